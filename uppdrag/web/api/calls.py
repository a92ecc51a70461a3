"""One call and its reply: conditions (If-Match, If-None-Match), the client's own key for what it sends, and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service.house import House
from uppdrag.service.tokens import Client
from uppdrag.web.api.problems import Problem
from uppdrag.web.state import Web, web_of
from workflow.calendar import local_date
from workflow.errors import NotFound
from workflow.facts import is_uppdrag_id

_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e]*)"\s*')
_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?")
NEVER = -1
"""A version that nothing has: what somebody has seen who has seen another."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a client that may make it, at a moment."""

    request: Request
    client: Client
    now: datetime

    @property
    def web(self) -> Web:
        return web_of(self.request)

    @property
    def house(self) -> House:
        return self.web.house

    @property
    def today(self) -> date:
        """The local day."""
        return local_date(self.now)

    @property
    def id(self) -> str:
        """The uppdrag that the address names. Raises NotFound where it can be none."""
        named = str(self.request.path_params["id"])
        if not is_uppdrag_id(named):
            raise NotFound("uppdrag", named)
        return named

    @property
    def lanskod(self) -> str:
        """The region that the address names."""
        return str(self.request.path_params["lanskod"])

    @property
    def key(self) -> str:
        """What the client knows this command by, under its own region: the same again is the same answer."""
        key = self.request.headers.get("idempotency-key")
        if not key:
            told = "Skicka Idempotency-Key, en ny för varje sak som ska registreras. Då blir det aldrig två av en."
            raise Problem("idempotency_key_missing", told)
        if not _KEY.fullmatch(key):
            raise Problem("idempotency_key_invalid", "Idempotency-Key är högst 200 synliga tecken ur ASCII.")
        return f"api:{self.client.region or '-'}:{key}"

    def seen(self, current: Reply) -> int | None:
        """The version that the client has seen, by If-Match; None where it says that any will do.

        NEVER where it is another than the one now: whether that is a conflict is for the command to say, for the same
        one sent again is none.
        """
        return seen_of(self.tags(), {"": current})[""]

    def tags(self) -> frozenset[str] | None:
        """The entity tags of If-Match, None for `*`. Raises Problem where there are none."""
        given = self.request.headers.get("if-match")
        if given is None:
            told = "Läs först det som ska ändras, och skicka dess ETag i If-Match. Då skrivs inget över av misstag."
            raise Problem("if_match_missing", told)
        if given.strip() == "*":
            return None
        found = tags_in(given)
        if not found:
            raise Problem("if_match_invalid", 'If-Match ska vara en ETag, till exempel "7-3fa9c0de12345678".')
        return frozenset(tag for weak, tag in found if not weak)


@dataclass(frozen=True)
class Reply:
    """What a call came to. `version`: what a command that changes it must have seen; None for what is only read."""

    content: Any
    version: int | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def body(self) -> bytes:
        return json.dumps(self.content, ensure_ascii=False, separators=(",", ":")).encode()

    @cached_property
    def tag(self) -> str:
        """The strong entity tag, without its quotes: the version, and a digest of every byte that is told of it."""
        digest = sha256(self.body).hexdigest()
        return digest[:32] if self.version is None else f"{self.version}-{digest[:16]}"

    def respond(self, request: Request, *, tagged: bool) -> Response:
        """As it is answered; 304 where the client has it already."""
        headers = {"Vary": "Authorization", "Content-Language": "sv", **self.headers}
        if tagged:
            headers["ETag"] = f'"{self.tag}"'
            if unchanged(request, self.tag):
                return Response(status_code=304, headers=headers)
        return Response(self.body, status_code=self.status, media_type="application/json", headers=headers)


def seen_of(tags: frozenset[str] | None, current: Mapping[str, Reply]) -> dict[str, int | None]:
    """The same for several things under one If-Match, which then names the tag of each."""
    if tags is None:
        return dict.fromkeys(current)
    return {name: reply.version if reply.tag in tags else NEVER for name, reply in current.items()}


def unchanged(request: Request, tag: str) -> bool:
    """Whether the client says that it has the representation with a tag (RFC 9110, If-None-Match)."""
    given = request.headers.get("if-none-match", "")
    return given.strip() == "*" or tag in {found for _, found in tags_in(given)}


def tags_in(header: str) -> list[tuple[bool, str]]:
    """The entity tags of a header, each with whether it is weak; none where one of them cannot be read."""
    found, at = [], 0
    while match := _TAG.match(header, at):
        found.append((bool(match[1]), match[2]))
        if match.end() == len(header):
            return found
        if header[match.end()] != ",":
            return []
        at = match.end() + 1
    return []
