"""A mail as the standard library reads it, within limits: size, parts, depth, length and number of headers.

Whoever writes to us decides what the bytes are, so nothing here trusts them. Beyond a limit, Unreadable is raised.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import EmailPolicy
from typing import Any

SIZE_LIMIT = 40 * 1024 * 1024
HEADER_LIMIT = 8_000
HEADERS_LIMIT = 2_000
PART_LIMIT = 100
DEPTH_LIMIT = 10
TEXT_LIMIT = 200_000
_HEAD_LIMIT = 64 * 1024
_BREAKS = re.compile(r"[\r\n\t\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_SAFE_CHARSET = re.compile(r"(?:utf-8|ascii|utf-16(?:-[bl]e)?|iso8859-\d+|cp125\d|cp850|cp437|mac-roman|koi8-[ru])")


class Unreadable(Exception):
    """The mail goes beyond a limit; the text says which, in Swedish."""


class _Tally:
    """How much of a mail has been read so far."""

    def __init__(self) -> None:
        self.headers = 0
        self.parts = 0

    def part(self, policy: Any = None) -> EmailMessage:
        self.parts += 1
        if self.parts > PART_LIMIT:
            raise Unreadable(f"Mejlet har fler än {PART_LIMIT} delar.")
        return EmailMessage(policy=policy)


def _bounded() -> EmailPolicy:
    """The default policy for one mail, with headers cut to what a header may be."""
    tally = _Tally()

    read: dict[tuple[str, str], Any] = {}

    class Bounded(EmailPolicy):
        def header_fetch_parse(self, name: str, value: str) -> Any:
            # The library would parse a header each time that it is asked for, and asks for the same ones over and over.
            found = read.get((name, value))
            if found is None:
                found = read[name, value] = super().header_fetch_parse(name, value)
            return found

        def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
            tally.headers += 1
            if tally.headers > HEADERS_LIMIT:
                raise Unreadable(f"Mejlet har fler än {HEADERS_LIMIT} rubrikfält.")
            name, value = super().header_source_parse(sourcelines)
            # A thread's newest mail stands last in References; of all other headers the beginning matters.
            return name, value[-HEADER_LIMIT:] if name.casefold() == "references" else value[:HEADER_LIMIT]

    return Bounded(message_factory=tally.part)


def parse(raw: bytes) -> Message[Any, Any]:
    """The mail. Raises Unreadable beyond a limit, and anything at all on a mail that was made to break its reader."""
    if len(raw) > SIZE_LIMIT:
        raise Unreadable(f"Mejlet är större än {SIZE_LIMIT // 1024 // 1024} MB.")
    return BytesParser(policy=_bounded()).parsebytes(raw)


def head(raw: bytes) -> Message[Any, Any]:
    """Only the headers of a mail, for one that cannot be read as a whole. An empty mail where not even they can."""
    with suppress(Exception):
        return BytesHeaderParser(policy=_bounded()).parsebytes(raw[:_HEAD_LIMIT])
    return EmailMessage()


def header(message: Message[Any, Any], name: str) -> str:
    """A header on one line without control characters; empty where it is missing or cannot be read."""
    with suppress(Exception):
        return one_line(str(message.get(name, "")))
    return ""


def headers(message: Message[Any, Any], name: str) -> list[str]:
    """Every header of a name."""
    with suppress(Exception):
        return [one_line(str(value)) for value in message.get_all(name, [])]
    return []


def content_type(part: Message[Any, Any]) -> str:
    """The declared content type in lower case; `text/plain` where it cannot be read."""
    with suppress(Exception):
        return part.get_content_type()
    return "text/plain"


def parameter(part: Message[Any, Any], name: str) -> str:
    """A parameter of the content type in lower case, or empty."""
    with suppress(Exception):
        found = part.get_param(name)
        return found.casefold() if isinstance(found, str) else ""
    return ""


def is_attached(part: Message[Any, Any]) -> bool:
    """Whether a part says that it is an attachment."""
    with suppress(Exception):
        return part.get_content_disposition() == "attachment"
    return False


def filename(part: Message[Any, Any]) -> str:
    """The name that a part says it has, or empty; not yet safe as the name of a file."""
    name = ""
    with suppress(Exception):
        name = part.get_filename() or ""
        if "=?" in name:
            name = str(make_header(decode_header(name)))
    return scrub(name)


def content(part: Message[Any, Any]) -> bytes:
    """A part's content with its transfer encoding undone; empty where that cannot be done."""
    with suppress(Exception):
        found = part.get_payload(decode=True)
        return found if isinstance(found, bytes) else b""
    return b""


def text(part: Message[Any, Any]) -> str:
    """A part's content as text, whatever its charset says, cut at TEXT_LIMIT characters."""
    return decoded(content(part)[: TEXT_LIMIT * 4], parameter(part, "charset"))[:TEXT_LIMIT]


def decoded(found: bytes, charset: str) -> str:
    """Bytes as text without control characters. A charset that is unknown or wrong gives way to UTF-8, then cp1252."""
    for name in (charset, "utf-8"):
        with suppress(LookupError, UnicodeError, ValueError):
            if _SAFE_CHARSET.fullmatch(codecs.lookup(name).name):  # others run programs, or are slow beyond reason
                return scrub(found.decode(name))
    return scrub(found.decode("cp1252", errors="replace"))


def scrub(told: str) -> str:
    """Text that every database and terminal takes: NFC, `\\n` for line breaks, no control, bidi or lone surrogates."""
    told = told.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n")
    if not told.isprintable():
        told = "".join(c for c in told if c.isprintable() or c in "\n\t" or unicodedata.category(c) == "Zs")
    return unicodedata.normalize("NFC", told)


def one_line(told: str) -> str:
    """Text on one line."""
    return " ".join(scrub(_BREAKS.sub(" ", told)).split())


def leaves(message: Message[Any, Any]) -> Iterator[tuple[Message[Any, Any], tuple[str, ...]]]:
    """The parts that hold something, each with the content types of what it lies in, outermost first.

    Raises Unreadable beyond DEPTH_LIMIT.
    """
    yield from _below(message, ())


def _below(
    part: Message[Any, Any], within: tuple[str, ...]
) -> Iterator[tuple[Message[Any, Any], tuple[str, ...]]]:  # fmt: skip
    if len(within) > DEPTH_LIMIT:
        raise Unreadable(f"Mejlets delar ligger djupare än {DEPTH_LIMIT} nivåer.")
    inner = part.get_payload()
    if isinstance(inner, list) and content_type(part) != "message/delivery-status":
        for one in inner:
            if isinstance(one, Message):
                yield from _below(one, (*within, content_type(part)))
    else:
        yield part, within
