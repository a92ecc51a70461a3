"""Pages as fewer bytes: HTML is compressed on its way out, and nothing else is.

BREACH (CVE-2013-3587) reads a secret from how long a compressed page is. So no page that is compressed has one that
stays the same: the token of a form is masked anew in every page (form_tokens.form_token), and an answer that shows a
secret says `no-transform` (RFC 9111, section 5.2.2.6) and goes out as it is.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST = 600
"""Bytes of a page that it pays to compress."""
_LEVEL = 1
"""A tenth larger than the highest, in a third of the time: 2 ms for the largest page."""
AS_IT_IS = "no-store, no-transform"
"""What an answer says in Cache-Control that shows a secret."""
Header = tuple[bytes, bytes]


class Compressed:
    """Compresses what stands behind it, for who takes gzip."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _takes_gzip(scope["headers"]):
            await self._app(scope, receive, send)
            return
        held: Message | None = None

        async def compressed(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _may(message["headers"]):
                held = message
                return
            if held is not None:  # what comes next is the page, whole or in part
                start, held = held, None
                start, message = _packed(start, message)
                await send(start)
            await send(message)

        await self._app(scope, receive, compressed)
        if held is not None:
            await send(held)


def _packed(start: Message, body: Message) -> tuple[Message, Message]:
    headers = [*start["headers"], (b"vary", b"accept-encoding")]
    content = body.get("body", b"")
    if body.get("more_body") or len(content) < SMALLEST:  # in part: it goes out as it is
        return {**start, "headers": headers}, body
    packed = gzip.compress(content, _LEVEL, mtime=0)
    kept = [one for one in headers if one[0] != b"content-length"]
    kept += [(b"content-encoding", b"gzip"), (b"content-length", str(len(packed)).encode())]
    return {**start, "headers": kept}, {**body, "body": packed}


def _may(headers: Iterable[Header]) -> bool:
    told = dict(headers)
    return (
        told.get(b"content-type", b"").startswith(b"text/html")
        and b"content-encoding" not in told
        and b"no-transform" not in told.get(b"cache-control", b"")
    )


def _takes_gzip(headers: Iterable[Header]) -> bool:
    said = b",".join(value for name, value in headers if name == b"accept-encoding").decode("latin-1").lower()
    for part in said.split(","):
        coding, _, quality = part.replace(" ", "").partition(";")
        if coding in ("gzip", "*"):
            return quality not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
