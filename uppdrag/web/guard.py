"""What stands around every request: security headers on every answer, limits, and a page also when all else fails."""

from __future__ import annotations

import logging
import re
import secrets
import time
from urllib.parse import unquote_to_bytes, urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from uppdrag.service import readings
from uppdrag.service.logs import request_id
from uppdrag.service.readings import Shown
from uppdrag.service.tokens import SECRET
from uppdrag.web import errors
from uppdrag.web.reading_first import Withheld, keep
from uppdrag.web.state import Web
from uppdrag.web.watching import WATCHED

LARGEST = 1_000_000
"""Bytes of a form. The longest text that is kept has 10,000 characters."""
LARGEST_SCAN = 21_000_000
"""Bytes of a form with a signed protokoll in it, which somebody has scanned."""
_SCAN = re.compile(r"/moten/\d{4}-\d{2}-\d{2}/undertecknat", re.ASCII)
_LEAVING = re.compile(r"(/avregistrera/).+", re.DOTALL)
_HEADERS = (
    (
        b"content-security-policy",
        (
            b"default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
            b"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
    ),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_UNKEPT = ("/static/", "/halsa")
"""What tells nothing of anybody, and is asked for without end."""
_REFUSED = (401, 403, 413, 421, 429)
"""What somebody was not let to do: it stands in the log, whoever it was in the table of visits."""
_METHODS = {name: name for name in ("GET", "HEAD", "POST")}
_log = logging.getLogger("uppdrag.web")


class TooLarge(Exception):
    """More was posted than a form can hold."""


class Guard:
    """The outermost layer. Its answers have the same headers as everybody's."""

    def __init__(self, app: ASGIApp, web: Web) -> None:
        self._app = app
        self._web = web
        self._hosts = {urlsplit(origin).netloc for origin in web.origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        request = Request(scope)
        number = secrets.token_hex(6)  # ours alone: what a browser sends would stand in our log
        request_id.set(number)
        began = time.perf_counter()
        status = 0
        received = 0
        largest = _largest(request)

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > largest:
                raise TooLarge
            return message

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                await keep(self._web, request, message, told, _told_of(request))
                status = message["status"]
                own = {name for name, _ in message["headers"]}  # a page that frames another says so itself
                headers = [*message["headers"], *(one for one in _HEADERS if one[0] not in own)]
                headers.append((b"x-request-id", number.encode()))
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                message = {**message, "headers": headers}
            await send(message)

        told = Shown()
        try:
            if why := self._refused(request):
                await errors.plain(self._web, why, request.url.path)(scope, receive, guarded)
            else:
                with readings.gathering() as told:
                    await self._app(scope, counted, guarded)
        except Withheld:
            told = Shown()
            await errors.plain(self._web, 503, request.url.path)(scope, receive, guarded)
        except TooLarge:
            await errors.plain(self._web, 413, request.url.path)(scope, receive, guarded)
        except Exception as wrong:  # noqa: BLE001 - whatever went wrong, a page says so and the log knows
            _log.exception("page_failed", extra={"path": _told_of(request), "kind": type(wrong).__name__})
            if not status:
                await errors.plain(self._web, 500, request.url.path)(scope, receive, guarded)
        finally:
            self._note(request, status, time.perf_counter() - began)

    def _note(self, request: Request, status: int, seconds: float) -> None:
        """Count an answer, and keep who asked for it."""
        route = getattr(request.scope.get("route"), "path", "-")
        self._web.meters.answered(_METHODS.get(request.method, "-"), route, status, seconds)
        if status in _REFUSED:
            _log.warning("refused", extra={"route": route, "status": status})
        if status >= 500:
            _log.warning("answered", extra={"route": route, "status": status, "ms": round(seconds * 1000)})
        if not request.url.path.startswith(_UNKEPT):
            state = request.scope["state"]
            who = state.get("visitor") or state.get("client")
            self._web.visits.note(who, request.method, _told_of(request), status, now=self._web.settings.now())

    def _refused(self, request: Request) -> int:
        """The status of a request that goes no further, 0 where it may."""
        if request.headers.get("host", "") not in self._hosts and request.url.path not in WATCHED:
            return 421  # another name for this machine, which a page elsewhere might have given it
        if b"\0" in unquote_to_bytes(request.scope.get("raw_path") or b"") or b"\0" in unquote_to_bytes(
            request.scope.get("query_string", b"")
        ):
            return 400
        length = request.headers.get("content-length", "0")
        return 413 if not length.isdigit() or int(length) > _largest(request) else 0


def _largest(request: Request) -> int:
    return LARGEST_SCAN if _SCAN.fullmatch(request.url.path) else LARGEST


def _told_of(request: Request) -> str:
    """The path as it may be kept: a calendar's address, and that by which an office leaves the letter, has a secret in
    it; and PostgreSQL keeps no null characters."""
    return _LEAVING.sub(r"\1***", SECRET.sub("***", request.url.path)).replace("\0", "\ufffd")
