"""A Message as the bytes that leave: nothing in a field can become a header, and what is read back is what was meant.

Written out here and not by EmailMessage, which makes encoded words of long references and, on CPython 3.11, real
headers of an encoded word that hides CR LF; it also takes longer than the sending.
"""

from __future__ import annotations

import re
from base64 import encodebytes
from binascii import a2b_qp, b2a_qp
from datetime import datetime
from email.header import decode_header, make_header
from email.parser import BytesParser
from email.policy import compat32
from email.utils import encode_rfc2231, format_datetime
from functools import lru_cache

from workflow.calendar import STOCKHOLM
from workflow.message import Attachment, CalendarPart, Inline, Message

REFERENCES = 10
"""How many of a thread's Message-IDs are named: the first, and the newest of the others (RFC 5322, 3.6.4)."""
LONGEST = 900
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_DOT_ATOM = rf"{_ATEXT}+(?:\.{_ATEXT}+)*"
_ID = re.compile(rf"{_DOT_ATOM}@{_DOT_ATOM}")
_ADDRESS = re.compile(rf"(?=.{{1,64}}@.{{1,253}}$){_DOT_ATOM}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_MAILBOX = re.compile(r'(?:"(?P<quoted>[^"\\]*)"|(?P<name>[^"<>\\]*?))\s*<(?P<address>[^<>]*)>')
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
_PLAIN = re.compile(r"[\x20-\x7e]*")
_NOT_IN_HEADERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_OURS_TO_SET = frozenset((
    "from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id", "in-reply-to", "references",
    "auto-submitted", "x-auto-response-suppress", "mime-version", "return-path", "resent-to", "resent-cc", "resent-bcc",
))  # fmt: skip
_File = tuple[str | None, str, object]
"""A file as it is read: its name, its type and its bytes."""
_AS_IT_IS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-!*+/")  # RFC 2047, 5 (3)


class Malformed(ValueError):
    """A message that must not leave: the field, and why, in Swedish."""

    def __init__(self, field: str, why: str) -> None:
        self.field = field
        self.why = why
        super().__init__(f"{field}: {why}")


def serialise(message: Message, now: datetime) -> bytes:
    """The mail, dated `now` (aware): ASCII, CR LF, lines of at most 998 characters. The same again, the same bytes.

    Raises Malformed where a header value has control characters or `=?`, an address is not one, or the bytes do not
    say what the message says.
    """
    headers = [(name, checked(name, value)) for name, value in _headers(message, now)]
    head = "".join(f"{name}: {_written(name, value)}\r\n" for name, value in headers)
    raw = head.encode("ascii") + b"MIME-Version: 1.0\r\n" + _body(message)
    _compare(raw, headers, message)
    return raw


def checked(name: str, value: str) -> str:
    """A header's value, when it may stand in one. Raises Malformed."""
    if "=?" in value:
        raise Malformed(name, "innehåller =?, som börjar ett kodat ord")
    if _NOT_IN_HEADERS.search(value):
        raise Malformed(name, "innehåller ett styrtecken")
    if len(value) > LONGEST:
        raise Malformed(name, f"är längre än {LONGEST} tecken")
    return value


@lru_cache(maxsize=100)
def mailbox(text: str) -> tuple[str, str]:
    """Name and address. The name need not be quoted: `NSPL:s kansli <...>` is how people write it. Raises Malformed."""
    found = _MAILBOX.fullmatch(checked("From", text).strip())
    if found is None:
        return "", _address("From", text.strip())
    return (found["quoted"] or found["name"] or "").strip(), _address("From", found["address"])


def _address(name: str, address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise Malformed(name, "är ingen e-postadress i ASCII")
    return address


def _headers(message: Message, now: datetime) -> list[tuple[str, str]]:
    if len(message.id) > 60 or not _ID.fullmatch(message.id):
        raise Malformed("Message-ID", "ska vara namn@domän, högst 60 tecken")
    thread = message.references
    if not all(_ID.fullmatch(id) for id in thread):
        raise Malformed("References", "ska vara tidigare Message-ID")
    thread = thread if len(thread) <= REFERENCES else (thread[0], *thread[1 - REFERENCES :])
    mailbox(message.sender)
    headers = [
        ("From", message.sender),
        ("To", _address("To", message.recipient)),
        ("Reply-To", _address("Reply-To", mailbox(message.reply_to)[1]) if message.reply_to else ""),
        ("Subject", message.subject.strip(" ")),
        ("Date", format_datetime(now.astimezone(STOCKHOLM))),
        ("Message-ID", f"<{message.id}>"),
        ("In-Reply-To", f"<{thread[-1]}>" if thread else ""),
        ("References", " ".join(f"<{id}>" for id in thread)),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("Content-Language", "sv"),
    ]
    for name, value in message.headers.items():
        lower = name.lower()
        if not _NAME.fullmatch(name) or lower in _NOT_OURS_TO_SET or lower.startswith("content-"):
            raise Malformed("headers", "fältet får inte sättas här")
        if not _PLAIN.fullmatch(value):
            raise Malformed(name, "ska vara ASCII utan styrtecken")
        headers.append((name, value.strip(" ")))
    return [(name, value) for name, value in headers if value]


def _written(name: str, value: str) -> str:
    if name == "From":
        shown, address = mailbox(value)
        if not shown:
            return address
        return f'"{shown}" <{address}>' if _PLAIN.fullmatch(shown) else f"{_encoded(shown)} <{address}>"
    return value if _PLAIN.fullmatch(value) else _encoded(value)


@lru_cache(maxsize=1_000)
def _encoded(text: str) -> str:
    """Encoded words of whole characters, one a line; a line is at most 76 characters long (RFC 2047)."""
    words, word = [], ""
    for written in map(_quoted, text):
        if len(word) + len(written) > 54:
            words.append(word)
            word = ""
        word += written
    return "\r\n ".join(f"=?utf-8?q?{word}?=" for word in (*words, word))


@lru_cache(maxsize=1_000)
def _quoted(character: str) -> str:
    octets = character.encode()
    return "".join(chr(o) if o in _AS_IT_IS else "_" if o == 0x20 else f"={o:02X}" for o in octets)


def _body(message: Message) -> bytes:
    html = _text("html", message.html)
    if message.pictures:
        html = _multipart("related", [html, *(_picture(p, message.html) for p in message.pictures)], "text/html")
    said = [_text("plain", message.text), html]
    if message.calendar is not None:
        said.append(_calendar(message.calendar))  # last: what a program that understands it prefers (RFC 2046, 5.1.4)
    alternative = _multipart("alternative", said)
    if not message.attachments:
        return alternative
    return _multipart("mixed", [alternative, *map(_file, message.attachments)])


def _multipart(kind: str, parts: list[bytes], begins_with: str = "") -> bytes:
    mark = _mark(kind)
    first = f'; type="{begins_with}"' if begins_with else ""  # RFC 2387, 3.1
    head = f'Content-Type: multipart/{kind}; boundary="{mark}"{first}\r\n\r\n'
    inner = b"".join(f"--{mark}\r\n".encode() + part + b"\r\n" for part in parts)
    return head.encode() + inner + f"--{mark}--\r\n".encode()


def _mark(kind: str) -> str:
    # Quoted-printable and base64 never hold "=_", so no part can hold the mark. It is the same in all mails: whoever
    # parses makes a regular expression of each new one, which takes as long as the rest of the parsing.
    return f"=_{kind}"


def _text(kind: str, text: str) -> bytes:
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    octets = f"{_normal(text)}\n".replace("\n", "\r\n").encode("utf-8", "replace")
    return head.encode() + b2a_qp(octets, istext=True)


def _calendar(part: CalendarPart) -> bytes:
    """As RFC 6047, 2.4 has it; in base64, so that no relay changes where its lines end."""
    head = (
        f'Content-Type: text/calendar; charset="utf-8"; method={part.method}\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + encodebytes(part.content).replace(b"\n", b"\r\n")


def _picture(picture: Inline, html: str) -> bytes:
    """A picture in its place in the HTML (RFC 2387). One that stands nowhere would be shown as a file."""
    if not _ID.fullmatch(picture.id) or len(picture.id) > LONGEST or f'"cid:{picture.id}"' not in html:
        raise Malformed("Content-ID", "är inte en bild som texten visar")
    named = Attachment(filename=picture.filename, content_type=picture.content_type, content=picture.content)
    return _file(named, "inline", f"Content-ID: <{picture.id}>\r\n")


def _file(attachment: Attachment, how: str = "attachment", more: str = "") -> bytes:
    name = checked("Content-Disposition", attachment.filename)
    if not _TYPE.fullmatch(attachment.content_type):
        raise Malformed("Content-Type", "är ingen filtyp som kan bifogas")
    if not name or len(name) > 80 or any(c in name for c in '"\\/'):
        raise Malformed("Content-Disposition", 'är inget filnamn: högst 80 tecken, utan " / \\')
    shown = f'filename="{name}"' if _PLAIN.fullmatch(name) else f"filename*={encode_rfc2231(name, 'utf-8')}"
    head = (
        f"Content-Type: {attachment.content_type}\r\nContent-Disposition: {how}; {shown}\r\n{more}"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + encodebytes(attachment.content).replace(b"\n", b"\r\n")


def _compare(raw: bytes, headers: list[tuple[str, str]], message: Message) -> None:
    """Read the mail again, as any reader would. Raises Malformed where it says anything else than was meant."""
    ends = raw.count(b"\r\n")
    bare = raw.count(b"\r") > ends or raw.count(b"\n") > ends  # which some readers take for the end of a line
    if bare or not raw.isascii() or b"\0" in raw or max(map(len, raw.split(b"\r\n"))) > 998:
        raise Malformed("mail", "går inte att skriva som rader av ASCII")
    head, _, body = raw.partition(b"\r\n\r\n")
    found = _read_headers(head)
    if [name for name, _ in found] != [*(name for name, _ in headers), "MIME-Version", "Content-Type"]:
        raise Malformed("mail", "har fått ett rubrikfält som ingen skrev")
    for (name, meant), (_, value) in zip(headers, found, strict=False):
        if value != meant and not _reads(name, value, meant):
            raise Malformed(name, "läses inte som det skrevs")
    files, calendars, pictures = list[_File](), list[tuple[str | None, object]](), list[tuple[str, _File]]()
    if message.attachments or message.calendar or message.pictures:
        files, texts, calendars, pictures = _read_with_files(raw)
    else:
        texts = _read_texts(body)
    if [_normal(text) for text in texts] != [_normal(message.text), _normal(message.html)]:
        raise Malformed("mail", "texten läses inte som den skrevs")
    if files != [(a.filename, a.content_type, a.content) for a in message.attachments]:
        raise Malformed("mail", "bilagorna läses inte som de skrevs")
    if pictures != [(f"<{p.id}>", (p.filename, p.content_type, p.content)) for p in message.pictures]:
        raise Malformed("mail", "bilderna läses inte som de skrevs")
    if calendars != ([(message.calendar.method, message.calendar.content)] if message.calendar else []):
        raise Malformed("mail", "inbjudan läses inte som den skrevs")


@lru_cache(maxsize=1_000)
def _reads(name: str, value: str, meant: str) -> bool:
    """Whether a header's value is read as it was meant. The sender is the same in a thousand mails, a subject in 21."""
    read = str(make_header(decode_header(value))) if "=?" in value else value
    return mailbox(read) == mailbox(meant) if name == "From" else read == meant


def _read_headers(head: bytes) -> list[tuple[str, str]]:
    """The fields of a head: a line that begins with white space goes on with the one before (RFC 5322, 2.2.3)."""
    fields: list[tuple[str, str]] = []
    for line in head.decode("ascii").split("\r\n"):
        if line[:1] in (" ", "\t") and fields:
            fields[-1] = fields[-1][0], f"{fields[-1][1]}\r\n{line}"
        else:
            name, _, value = line.partition(": ")
            fields.append((name, value))
    return fields


def _read_texts(body: bytes) -> list[str]:
    """The texts of a body without files. Split at its mark, which is all that a parser would do, line by line."""
    opening, *parts = body.split(f"--{_mark('alternative')}".encode())
    if opening or not parts or parts.pop() != b"--\r\n":
        return []
    return [a2b_qp(part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")).decode("utf-8", "replace") for part in parts]


def _read_with_files(
    raw: bytes,
) -> tuple[list[_File], list[str], list[tuple[str | None, object]], list[tuple[str, _File]]]:
    """The files, the texts, the calendars (method and content) and the pictures (id and file) of a mail."""
    files: list[_File] = []
    texts: list[str] = []
    calendars: list[tuple[str | None, object]] = []
    pictures: list[tuple[str, _File]] = []
    for part in BytesParser(policy=compat32).parsebytes(raw).walk():
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        file = part.get_filename(), part.get_content_type(), content
        if part.get_content_disposition() == "attachment":
            files.append(file)
        elif part["Content-ID"]:
            pictures.append((str(part["Content-ID"]), file))
        elif part.get_content_type() == "text/calendar":
            calendars.append((str(part.get_param("method") or ""), content))
        else:
            texts.append(bytes(content).decode() if isinstance(content, bytes) else "")
    return files, texts, calendars, pictures


def _normal(text: str) -> str:
    """A text with its lines ended the same way, however they were, and no empty ones last."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.rstrip("\n")
