"""What a mail server says about a mail of ours: delivered, delayed or refused (RFC 3464), or so in words of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from typing import Any, Literal

from notifications import rawmail

Outcome = Literal["permanent", "temporary", "delayed", "delivered", "relayed"]
"""The address does not work; it was given up, but the address may work; still tried; arrived; passed on to a server
that will not tell."""

_MESSAGE_ID = re.compile(r"<([^<>\s]{1,250})>")
_ADDRESS = re.compile(r"[^\s<>@,;:\"'()\[\]]{1,64}@[A-Za-z0-9åäöÅÄÖ.-]{1,190}[A-Za-z0-9]")
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_BASIC = re.compile(r"(?<![\d.])([245])\d\d(?=[ -])")
_HEADER_LINE = re.compile(r"^message-id:\s*<([^<>\s]{1,250})>", re.IGNORECASE | re.MULTILINE)
_ROBOTS = re.compile(
    r"(?:mailer-daemon|postmaster|maildelivery|mail-daemon|microsoftexchange[0-9a-f]+)@", re.IGNORECASE
)
_BLOCK_LIMIT = 50
_SAID_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """`recipient` is the address that it is about, `intended` the one that the mail was first sent to; `originals` are
    Message-IDs that may be the mail's, the surest first."""

    outcome: Outcome
    recipient: str
    intended: str
    originals: tuple[str, ...]
    status: str
    said: str


def read(message: Message[Any, Any]) -> Return | None:
    """What a mail server says, or None where the mail is not from one. Raises rawmail.Unreadable."""
    kind = rawmail.content_type(message)
    reported = kind == "multipart/report" and rawmail.parameter(message, "report-type") in ("delivery-status", "")
    blocks: list[Message[Any, Any]] = []
    texts: list[str] = []
    originals: list[str] = []
    for part, within in rawmail.leaves(message):
        inner = rawmail.content_type(part)
        if inner in ("message/delivery-status", "message/global-delivery-status"):
            blocks += _blocks(part)
        elif any(outer.startswith("message/") for outer in within):
            originals += _MESSAGE_ID.findall(_of_original(message))
        elif inner in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            originals += _HEADER_LINE.findall(rawmail.text(part))
        elif inner == "text/plain":
            texts.append(rawmail.text(part))
    if blocks and reported:
        return _report(message, blocks, originals)
    if _ROBOTS.search(rawmail.header(message, "From")) or rawmail.header(message, "X-Failed-Recipients"):
        return _in_words(message, "\n".join(texts)[:50_000], originals)
    return None


def _blocks(part: Message[Any, Any]) -> list[Message[Any, Any]]:
    found = part.get_payload()
    return [b for b in found[:_BLOCK_LIMIT] if isinstance(b, Message)] if isinstance(found, list) else []


def _of_original(message: Message[Any, Any]) -> str:
    """The Message-ID of the mail that a report has with it."""
    for part in message.walk():
        if rawmail.content_type(part) in ("message/rfc822", "message/global"):
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                return rawmail.header(inner[0], "Message-ID")
    return ""


def _report(message: Message[Any, Any], blocks: list[Message[Any, Any]], originals: list[str]) -> Return | None:
    told = [b for b in blocks if rawmail.header(b, "Action")]
    if not told:
        return None
    weight = {"failed": 0, "delayed": 1, "delivered": 2}
    worst = min(told, key=lambda b: weight.get(rawmail.header(b, "Action").casefold().split(" ")[0], 3))
    said = rawmail.header(worst, "Diagnostic-Code").partition(";")[2].strip() or rawmail.header(
        worst, "Diagnostic-Code"
    )
    status = rawmail.header(worst, "Status").split(" ")[0]
    match = _ENHANCED.search(status)
    return Return(
        outcome=_outcome(rawmail.header(worst, "Action").casefold().split(" ")[0], match[0] if match else "", said),
        recipient=_address(rawmail.header(worst, "Final-Recipient")),
        intended=_address(rawmail.header(worst, "Original-Recipient")),
        originals=_ids(message, originals), status=match[0] if match else "", said=said[:_SAID_LIMIT],
    )  # fmt: skip


def _in_words(message: Message[Any, Any], text: str, originals: list[str]) -> Return | None:
    """A server that writes prose (Exim, qmail, older Exchange). None where its words hold neither code nor address."""
    failed = _address(rawmail.header(message, "X-Failed-Recipients"))
    own, _, copy = text.partition("\nMessage-ID:")
    line = next((one for one in own.split("\n") if _ENHANCED.search(one) or _BASIC.search(one)), "").strip()
    named = [a for a in _ADDRESS.findall(own) if not _ROBOTS.search(a)]
    recipient = failed or (named[0] if named else "")
    if not recipient or not (line or failed):
        return None
    ids = [*originals, *_HEADER_LINE.findall(text), *(_MESSAGE_ID.findall(copy[:300]))]
    match = _ENHANCED.search(line)
    delayed = re.search(r"delayed|fördröj|not yet been delivered|will keep trying", own, re.IGNORECASE)
    return Return(
        outcome="delayed" if delayed and not failed else _outcome("failed", match[0] if match else "", line),
        recipient=recipient, intended="", originals=_ids(message, ids), status=match[0] if match else "",
        said=line[:_SAID_LIMIT],
    )  # fmt: skip


def _outcome(action: str, status: str, said: str) -> Outcome:
    match action:
        case "failed":
            basic = _BASIC.search(f"{said} ")
            first = status[:1] or (basic[1] if basic else "5")
            # A full mailbox (RFC 3463, X.2.2) is somebody's holiday, not a wrong address, whatever its first digit.
            return "temporary" if first == "4" or status[1:] == ".2.2" else "permanent"
        case "delayed":
            return "delayed"
        case "delivered":
            return "delivered"
        case _:
            return "relayed"


def _ids(message: Message[Any, Any], originals: list[str]) -> tuple[str, ...]:
    told = " ".join(rawmail.header(message, n) for n in ("X-Original-Message-ID", "In-Reply-To", "References"))
    return tuple(dict.fromkeys((*originals, *_MESSAGE_ID.findall(told))))[:10]


def _address(told: str) -> str:
    """The address of a field such as `rfc822; <anna@example.se>`."""
    found = _ADDRESS.search(told.partition(";")[2] or told)
    return found[0][:254] if found else ""
