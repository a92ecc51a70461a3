"""A mail as bytes: standing against injection through any field, and read back as it was meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.serialise import Malformed, serialise
from tests.reliability import Tried
from workflow.message import Attachment, Inline, Message

NOW = datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
PLAIN = Message(
    id="abcdefghijklmnopqrstuvwxyz@nspl.example", recipient="registrator@region.example", subject="Uppgift saknas",
    text="Hej!\n", html="<p>Hej!</p>", sender="NSPL:s kansli <kansli@nspl.example>",
)  # fmt: skip
PDF = Attachment(filename="protokoll.pdf", content_type="application/pdf", content=bytes(range(256)) * 9)
HIDDEN = {
    "crlf": "a\r\nBcc: x@y.example", "lf": "a\nb", "cr": "a\rb", "nul": "a\0b", "nel": "a\x85b", "ls": "a\u2028b",
    "vt": "a\x0bb", "word": "=?utf-8?q?a=0d=0aBcc:_x@y?=",
}  # fmt: skip
PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "subject": lambda text: {"subject": text},
    "recipient": lambda text: {"recipient": text},
    "after recipient": lambda text: {"recipient": f"a@b.example{text}"},
    "sender": lambda text: {"sender": text},
    "sender's name": lambda text: {"sender": f"{text} <a@b.example>"},
    "reply-to": lambda text: {"reply_to": f"{text} <a@b.example>"},
    "id": lambda text: {"id": f"{text}@b.example"},
    "references": lambda text: {"references": (f"{text}@b.example",)},
    "header": lambda text: {"headers": {"X-Prov": text}},
    "header's name": lambda text: {"headers": {text: "x"}},
    "filename": lambda text: {"attachments": (replace(PDF, filename=text),)},
    "content type": lambda text: {"attachments": (replace(PDF, content_type=text),)},
}


def read(raw: bytes) -> EmailMessage:
    """The mail as a reader of today has it."""
    read = message_from_bytes(raw, policy=default)
    assert isinstance(read, EmailMessage)
    return read


def test_the_headers_are_those_of_an_automatic_mail_in_a_thread() -> None:
    thread = tuple(f"{n:026d}@nspl.example" for n in range(30))
    raw = serialise(replace(PLAIN, references=thread, reply_to="svar@nspl.example",
                            headers={"List-Unsubscribe": "<https://nspl.example/sluta>"}), NOW)  # fmt: skip
    mail = read(raw)
    assert mail["From"].addresses[0].display_name == "NSPL:s kansli"
    assert (mail["To"], mail["Reply-To"]) == ("registrator@region.example", "svar@nspl.example")
    assert mail["Message-ID"] == f"<{PLAIN.id}>"
    assert mail["In-Reply-To"] == f"<{thread[-1]}>"
    assert str(mail["References"]).split() == [f"<{id}>" for id in (thread[0], *thread[-9:])]
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "OOF, AutoReply")
    assert (mail["Date"], mail["Content-Language"]) == ("Wed, 01 Jul 2026 08:30:00 +0200", "sv")
    assert b"=?" not in raw.partition(b"\r\n\r\n")[0]
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_text_html_and_attachments_arrive_whole() -> None:
    named = replace(PDF, filename="Protokoll från Åre.pdf")
    table = Attachment(filename="svar.csv", content_type="text/csv", content="å;b\r\n".encode())
    mail = read(serialise(replace(PLAIN, text="Åäö\n.\nFrom x\n" + "ord " * 400, attachments=(named, table)), NOW))
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n").startswith("Åäö\n.\nFrom x\nord ord")
    assert "<p>Hej!</p>" in html.get_content()
    files = [(part.get_filename(), part.get_payload(decode=True)) for part in mail.iter_attachments()]
    assert files == [(named.filename, named.content), (table.filename, table.content)]


def test_a_picture_stands_in_the_html_and_the_files_beside_it() -> None:
    """RFC 2046, 5.1.4 and RFC 2387: mixed(alternative(text, related(html, picture)), file)."""
    shown = Inline(id="karta@nspl.example", filename="karta.png", content_type="image/png", content=bytes(range(256)))
    html = '<p>Hej!</p><img src="cid:karta@nspl.example" alt="Karta">'
    mail = read(serialise(replace(PLAIN, html=html, pictures=(shown,), attachments=(PDF,)), NOW))
    alternative, file = mail.iter_parts()
    text, related = alternative.iter_parts()
    page, picture = related.iter_parts()
    assert [p.get_content_type() for p in (mail, alternative, text, related, page, picture, file)] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "application/pdf",
    ]  # fmt: skip
    assert (related.get_param("type"), picture["Content-ID"]) == ("text/html", "<karta@nspl.example>")
    assert (picture.get_content_disposition(), picture.get_content()) == ("inline", shown.content)
    assert len(list(mail.iter_attachments())) == 1, "the picture is no file of its own"
    told = replace(PLAIN, html=html, pictures=(shown,))
    for wrong in (
        replace(told, html="<p>Hej!</p>"), replace(told, pictures=(replace(shown, id="a b@c"),)),
        replace(told, pictures=(replace(shown, filename='x".png'),)),
    ):  # fmt: skip
        with pytest.raises(Malformed):
            serialise(wrong, NOW)


def test_the_same_message_at_the_same_moment_is_the_same_bytes() -> None:
    assert serialise(replace(PLAIN, attachments=(PDF,)), NOW) == serialise(replace(PLAIN, attachments=(PDF,)), NOW)


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("place", PLACES)
def test_injection_through_any_field_is_refused(place: str, hidden: str, tried: Tried) -> None:
    with pytest.raises(Malformed):
        serialise(replace(PLAIN, **PLACES[place](HIDDEN[hidden])), NOW)
    tried("Indata", "huvuden som göms i varje fält av ett mejl", 1, "vägrades")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipient", "a@b.example, c@d.example"), ("recipient", "<a@b.example>"), ("recipient", "åsa@b.example"),
        ("recipient", ""), ("sender", "a@b.example, c@d.example"), ("id", "x" * 60 + "@b"), ("id", "<a@b>"),
        ("headers", {"Bcc": "a@b.example"}), ("headers", {"content-type": "text/html"}), ("subject", "x" * 1000),
        ("attachments", (replace(PDF, content_type="message/rfc822"),)),
        ("attachments", (replace(PDF, filename='a".pdf'),)), ("text", "\ud800"),
    ],
)  # fmt: skip
def test_what_is_no_address_number_or_file_is_refused(field: str, value: Any) -> None:
    with pytest.raises(Malformed):
        serialise(replace(PLAIN, **{field: value}), NOW)


@given(subject=st.text(max_size=200), name=st.text(max_size=60), text=st.text(max_size=400), file=st.text(max_size=40))
@example(subject="Åse  å " * 20, name="Öst, a (b) <", text=".\r\n..\n", file="å b.pdf")
@example(subject="_=?é", name="é", text="--=_x", file="é%20*'.pdf")
def test_whatever_is_written_is_read_back_or_refused(subject: str, name: str, text: str, file: str) -> None:
    message = replace(
        PLAIN, subject=subject, sender=f"{name} <kansli@nspl.example>", text=text,
        attachments=(replace(PDF, filename=file),),
    )  # fmt: skip
    try:
        raw = serialise(message, NOW)
    except Malformed:
        return
    mail = read(raw)
    assert set(mail.keys()) <= {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
        "Content-Language", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert [address.addr_spec for address in mail["From"].addresses] == ["kansli@nspl.example"]
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
