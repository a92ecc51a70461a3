"""A mail that came in, read: a bounce, an automatic reply, an answer or unknown. Pure, and never raises."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from hashlib import sha256
from typing import Any, TypeAlias

from notifications import attachments, quoting, rawmail, returned
from notifications.attachments import DOCUMENTS, File, Kept, NotKept
from notifications.returned import Outcome

FILE_LIMIT = 20
FILES_SIZE_LIMIT = 30 * 1024 * 1024
REFERENCE_LIMIT = 30
_LINE_LIMIT = 300
_DECORATION_LIMIT = 50_000
_CALENDAR_LIMIT = 100_000
_ANSWERS = {b"ACCEPTED": "Tackar ja till", b"DECLINED": "Tackar nej till", b"TENTATIVE": "Svarar kanske på"}
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")

_MESSAGE_ID = re.compile(r"<([^<>\s]{1,250})>")
_IN_BRACKETS = re.compile(r"<([^<>\s]{1,190}@[^<>\s]{1,190})>")
_BARE = re.compile(r"[^\s<>@\",;]{1,64}@[^\s<>@\",;]{1,190}")
_TOKEN = re.compile(r"\+([A-Za-z0-9._=-]{4,64})@")
_AUTOMATIC_SUBJECT = re.compile(
    r"(?:autosvar|auto:|auto-?reply|automat\w* (?:svar|reply|response)|automatiskt? |frånvaro|frånvarande"
    r"|ej på (?:plats|kontoret|jobbet)|inte på (?:plats|kontoret|jobbet)|jag är (?:på semester|ledig|bortrest|inte)"
    r"|semester\b|tjänstledig|föräldraledig|out of (?:the )?office|on vacation|läst:|read:|inte läst:|not read:"
    r"|mottagningsbekräftelse|bekräftelse på mottag|vi har (?:tagit emot|mottagit))",
    re.IGNORECASE,
)
_AUTOMATIC_HEADERS = (
    "X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-MS-Exchange-Inbox-Rules-Loop",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What every mail has. `digest` is the SHA-256 of its bytes in hex; `references` are the Message-IDs that it says
    it answers, without angle brackets, the nearest first; `token` is what stood after `+` in the address that it was
    sent to. `note` says, in Swedish, what a person should know."""

    digest: str
    message_id: str = ""
    sender: str = ""
    subject: str = ""
    references: tuple[str, ...] = ()
    token: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce(Mail):
    """A mail server's word about a mail of ours; `originals` are Message-IDs that may be that mail's, surest first."""

    outcome: Outcome
    recipient: str = ""
    intended: str = ""
    originals: tuple[str, ...] = ()
    status: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoReply(Mail):
    """Nobody wrote it: out of office, a receipt, a list."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Mail):
    """Somebody answers. `text` is what she or he wrote, without quoted history."""

    text: str = ""
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Mail):
    """Something else: it answers nothing, or cannot be read."""

    text: str = ""
    files: tuple[File, ...] = ()


Inbound: TypeAlias = Bounce | AutoReply | Answer | Unknown


def read(raw: bytes) -> Inbound:
    """The mail as one value. One that cannot be read is Unknown, with a note that says why."""
    digest = sha256(raw).hexdigest()
    try:
        message = rawmail.parse(raw)
        return _read(message, digest)
    except rawmail.Unreadable as no:
        note = str(no)
    except Exception as wrong:  # noqa: BLE001 - whatever breaks the library is one mail's fault, and parks that one
        note = f"Mejlet går inte att läsa ({type(wrong).__name__})."
    return _parked(raw, digest, note)


def _parked(raw: bytes, digest: str, note: str) -> Unknown:
    message = rawmail.head(raw)
    return Unknown(
        digest=digest, message_id=_id(message), sender=_sender(message), subject=_subject(message),
        references=_references(message), token=_token(message), note=note,
    )  # fmt: skip


def _read(message: Message[Any, Any], digest: str) -> Inbound:
    said = returned.read(message)
    common: dict[str, Any] = {
        "digest": digest, "message_id": _id(message), "sender": _sender(message), "subject": _subject(message),
        "references": _references(message), "token": _token(message),
    }  # fmt: skip
    if said is not None:
        return Bounce(
            **common, outcome=said.outcome, recipient=said.recipient, intended=said.intended,
            originals=said.originals, status=said.status, said=said.said,
        )  # fmt: skip
    text, files = _contents(message)
    brings_document = any(isinstance(f, Kept) and f.content_type in DOCUMENTS for f in files)
    invited = _answer_to_invitation(message)
    if invited and not text.strip() and not brings_document:
        return AutoReply(**common, note=invited, text=invited)
    automatic = _automatic(message)
    # A registry's own system may send the protokollsutdrag: that is an answer, whoever pressed the button.
    if automatic and not brings_document:
        return AutoReply(**common, text=text)
    common["note"] = "Sänt av ett system." if automatic else invited
    if common["references"] or common["token"]:
        return Answer(**common, text=text, files=files)
    return Unknown(**common, text=text, files=files)


def _automatic(message: Message[Any, Any]) -> bool:
    """Whether a program wrote it (RFC 3834, and what came before it)."""
    submitted = rawmail.header(message, "Auto-Submitted").casefold()
    if submitted and not submitted.startswith("no"):
        return True
    if any(rawmail.header(message, name) for name in _AUTOMATIC_HEADERS):
        return True
    if rawmail.header(message, "Precedence").casefold() in ("auto_reply", "auto-reply", "bulk", "junk", "list"):
        return True
    if rawmail.content_type(message) == "multipart/report" or rawmail.header(message, "Return-Path") == "<>":
        return True
    subject = rawmail.header(message, "Subject")[:_LINE_LIMIT]
    return _AUTOMATIC_SUBJECT.match(subject) is not None


def _answer_to_invitation(message: Message[Any, Any]) -> str:
    """What somebody's calendar answers to an invitation (iTIP, RFC 5546, 3.2.3); empty where it is no such answer."""
    for part, _ in rawmail.leaves(message):
        if rawmail.content_type(part) == "text/calendar":
            said = re.sub(rb"\r?\n[ \t]", b"", rawmail.content(part)[:_CALENDAR_LIMIT]).upper()
            if re.search(rb"^METHOD:REPLY\r?$", said, re.MULTILINE):
                found = re.search(rb"PARTSTAT=([A-Z]+)", said)
                return f"{_ANSWERS.get(found[1] if found else b'', 'Svarar på')} inbjudan."
    return ""


def _contents(message: Message[Any, Any]) -> tuple[str, tuple[File, ...]]:
    """What was written, and the files that came with it."""
    plain: list[str] = []
    html: list[str] = []
    files: list[File] = []
    room = FILES_SIZE_LIMIT
    for part, within in rawmail.leaves(message):
        kind = rawmail.content_type(part)
        name = rawmail.filename(part)
        enclosed = any(outer.startswith("message/") for outer in within)
        if kind in ("text/plain", "text/html") and not name and not rawmail.is_attached(part):
            if not enclosed:
                (plain if kind == "text/plain" else html).append(rawmail.text(part))
            continue
        if kind in _SIGNATURES:
            continue
        content = rawmail.content(part)
        if kind.startswith("image/") and "multipart/related" in within and len(content) < _DECORATION_LIMIT:
            continue
        number = len(files) + 1
        if number > FILE_LIMIT:
            files.append(NotKept(filename="…", reason=f"Mejlet har fler än {FILE_LIMIT} filer."))
            break
        found = attachments.inspect(name, content, number)
        if isinstance(found, Kept) and len(content) > room:
            found = NotKept(filename=found.filename, reason="Filerna är tillsammans för stora.")
        elif isinstance(found, Kept):
            room -= len(content)
        files.append(found)
    written = "\n".join(plain) if any(p.strip() for p in plain) else quoting.from_html("\n".join(html))
    return quoting.own_words(written[: rawmail.TEXT_LIMIT]), tuple(files)


def _id(message: Message[Any, Any]) -> str:
    found = _MESSAGE_ID.search(rawmail.header(message, "Message-ID"))
    return found[1] if found else ""


def _subject(message: Message[Any, Any]) -> str:
    return rawmail.header(message, "Subject")[:_LINE_LIMIT]


def _sender(message: Message[Any, Any]) -> str:
    told = rawmail.header(message, "From")[:2_000]
    bracketed = _IN_BRACKETS.findall(told)
    if bracketed:
        return str(bracketed[-1])[:254]
    bare = _BARE.search(told)
    return bare[0][:254] if bare else ""


def _references(message: Message[Any, Any]) -> tuple[str, ...]:
    nearest = _MESSAGE_ID.findall(rawmail.header(message, "In-Reply-To"))
    thread = reversed(_MESSAGE_ID.findall(rawmail.header(message, "References")))
    return tuple(dict.fromkeys((*nearest, *thread)))[:REFERENCE_LIMIT]


def _token(message: Message[Any, Any]) -> str:
    for name in ("To", "Delivered-To", "X-Original-To", "Cc"):
        for told in rawmail.headers(message, name):
            if found := _TOKEN.search(told[:2_000]):
                return found[1]
    return ""
