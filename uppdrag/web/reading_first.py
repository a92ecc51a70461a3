"""The reading log before the answer: what is sensitive leaves only when it is written down who was shown it."""

from __future__ import annotations

import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Message

from uppdrag.service import readings
from uppdrag.service.readings import Door, Reader, Shown
from uppdrag.service.signing_in import Visitor
from uppdrag.service.tokens import Client
from uppdrag.web.api import problems
from uppdrag.web.state import Web
from workflow.errors import StorageUnavailable

_EMPTY_HANDED = (401, 403, 404)
"""Answers in which nothing is shown, whatever was read to find that out. So is whatever leads elsewhere (3xx), save
that who has it already is told so (304)."""
_log = logging.getLogger("uppdrag.web")


class Withheld(Exception):
    """The reading log could not be written: the answer that was made is not given."""


async def keep(web: Web, request: Request, start: Message, shown: Shown, what: str) -> None:
    """Write who is shown what, where an answer that begins with `start` shows anything. Raises Withheld."""
    status: int = start["status"]
    if not shown.ids or status in _EMPTY_HANDED or (300 <= status < 400 and status != 304):
        return
    who = request.scope["state"].get("visitor") or request.scope["state"].get("client")
    try:
        await run_in_threadpool(
            readings.note, web.house, list(shown.ids), _reader(who), _door(request, start), what,
            now=web.settings.now(),
        )  # fmt: skip
    except StorageUnavailable as wrong:
        _log.error("reading_withheld", extra={"code": wrong.code})
        raise Withheld from wrong


def _reader(who: Visitor | Client | None) -> Reader:
    match who:
        case Visitor():
            return Reader(name=who.name, role=who.role, region=who.region, office=who.office)
        case Client():
            return Reader(name=who.name, role=who.role, region=who.region, office="nyckel")
        case None:
            return Reader(name="ingen inloggad")


def _door(request: Request, start: Message) -> Door:
    if problems.concerns(request.url.path):
        return "api"
    kind = next((value for name, value in start["headers"] if name == b"content-type"), b"")
    return "sida" if kind.startswith(b"text/html") else "fil"
