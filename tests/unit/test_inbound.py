"""Mail that came in: what it is taken for, what is kept of it, and that nothing in it can break the reader."""

from __future__ import annotations

import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications import attachments, inbound, quoting, rawmail
from notifications.attachments import Kept, NotKept
from notifications.inbound import Answer, AutoReply, Bounce, Unknown
from tests import mails
from tests.reliability import Tried


@pytest.mark.parametrize("server", [mails.postfix, mails.exchange, mails.gmail, mails.exim])
def test_a_refused_mail_is_a_permanent_bounce_of_the_mail_that_was_sent(server: type) -> None:
    bounce = inbound.read(server())
    assert isinstance(bounce, Bounce)
    assert (bounce.outcome, bounce.recipient) == ("permanent", "eva.holm@region.example")
    assert bounce.originals[0] == mails.SENT
    assert "550" in bounce.said


@pytest.mark.parametrize(
    ("action", "status", "said", "outcome"),
    [
        ("failed", "5.1.1", "smtp; 550 5.1.1 unknown", "permanent"),
        ("failed", "5.2.2", "smtp; 552 5.2.2 mailbox full", "temporary"),
        ("failed", "4.4.7", "smtp; 451 4.4.7 delivery time expired", "temporary"),
        ("failed", "", "smtp; 450 try later", "temporary"),
        ("failed", "", "X-Notes; unknown", "permanent"),
        ("delayed", "4.4.1", "smtp; 421 4.4.1", "delayed"),
        ("delivered", "2.0.0", "smtp; 250 2.0.0 OK", "delivered"),
        ("relayed", "2.0.0", "smtp; 250 2.0.0 OK", "relayed"),
        ("expanded", "2.0.0", "smtp; 250 2.0.0 OK", "relayed"),
    ],
)
def test_a_report_says_how_it_went(action: str, status: str, said: str, outcome: str) -> None:
    bounce = inbound.read(mails.postfix(action=action, status=status, said=said))
    assert isinstance(bounce, Bounce)
    assert bounce.outcome == outcome


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner=x"},
        {"X_Autoreply": "yes"},
        {"Precedence": "auto_reply"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"X_MS_Exchange_Inbox_Rules_Loop": "eva.holm@region.example"},
    ],
)
def test_what_a_program_wrote_is_an_automatic_reply(headers: dict[str, str]) -> None:
    assert isinstance(inbound.read(mails.answer("Jag är åter den 7 april.", **headers)), AutoReply)


@pytest.mark.parametrize(
    "subject",
    [
        "Autosvar: Påminnelse: beslut", "Automatiskt svar: Påminnelse", "Frånvaro: Påminnelse", "Frånvarande",
        "Ej på plats: Påminnelse", "Jag är på semester Re: Påminnelse", "Out of Office: reminder", "Läst: Påminnelse",
        "Automatic reply: Påminnelse", "Bekräftelse på mottagen handling", "Semester",
    ],
)  # fmt: skip
def test_a_subject_tells_that_nobody_is_there(subject: str) -> None:
    assert isinstance(inbound.read(mails.answer("Åter måndag.", subject=subject)), AutoReply)


@pytest.mark.parametrize("subject", ["Sv: Påminnelse: beslut", "Re: Läst: nej", "Semesterstängt 2026?", "VB: Frånvaro"])
def test_an_ordinary_subject_is_a_persons(subject: str) -> None:
    assert isinstance(inbound.read(mails.answer("Hej", subject=subject)), Answer)


def test_a_person_is_not_automatic_for_saying_no() -> None:
    assert isinstance(inbound.read(mails.answer("Hej", Auto_Submitted="no")), Answer)


def test_a_registry_system_that_sends_the_minutes_answers() -> None:
    read = inbound.read(mails.answer("Se bilaga.", ("§ 88.pdf", mails.PDF), Auto_Submitted="auto-generated"))
    assert isinstance(read, Answer)
    assert read.note == "Sänt av ett system."
    logo = inbound.read(mails.answer("Åter måndag.", ("logga.png", mails.PNG), Auto_Submitted="auto-replied"))
    assert isinstance(logo, AutoReply)


def test_an_answer_has_thread_sender_words_and_file() -> None:
    read = inbound.read(mails.answer(files := "Hej!\n\nRF antog, § 88.", ("Protokoll RF.pdf", mails.PDF)))
    assert isinstance(read, Answer)
    assert read.references == (mails.SENT, "first@uppdrag.example")
    assert (read.sender, read.text) == ("eva.holm@region.example", files)
    assert read.subject == "Sv: Påminnelse: beslut om ledningsmodell"
    (file,) = read.files
    assert isinstance(file, Kept)
    assert (file.filename, file.content_type, file.content) == ("Protokoll RF.pdf", "application/pdf", mails.PDF)


def test_a_mail_that_answers_nothing_is_unknown() -> None:
    read = inbound.read(mails.answer("Erbjudande!", to=""))
    assert isinstance(read, Unknown)
    assert (read.text, read.note) == ("Erbjudande!", "")


def test_a_token_in_the_address_stands_for_a_lost_thread() -> None:
    raw = mails.answer("Hej", to="").replace(b"uppdrag@kansli", b"uppdrag+u2026-01.17.a1b2c3@kansli")
    read = inbound.read(raw)
    assert isinstance(read, Answer)
    assert mails.SENT.startswith(f"{read.token}@")


OUTLOOK = """Antaget § 88.

/Eva

Från: NSPL kansli <uppdrag@kansli.example>
Skickat: den 20 mars 2026 08:15
Till: Eva Holm
Ämne: Påminnelse

Vi saknar beslut."""
RULED = "Antaget § 88.\n\n/Eva\n\n________________________________\nFrån: NSPL kansli\nVi saknar beslut."
GMAIL = (
    "Antaget § 88.\n\n/Eva\n\nDen fre 20 mars 2026 kl 08:15 skrev NSPL kansli <\nuppdrag@kansli.example>:\n\n"
    "> Vi saknar beslut.\n>\n> Hälsningar"
)
BELOW = "Den fre 20 mars 2026 skrev kansliet:\n> Vi saknar beslut.\n\nAntaget § 88.\n\n/Eva"
FORWARD = "Antaget § 88.\n\n/Eva\n\n-----Ursprungligt meddelande-----\nVi saknar beslut."
ENGLISH = "Antaget § 88.\n\n/Eva\n\nOn Fri, Mar 20, 2026 at 8:15 AM NSPL <a@b.example> wrote:\n> Vi saknar beslut."


@pytest.mark.parametrize("text", [OUTLOOK, RULED, GMAIL, BELOW, FORWARD, ENGLISH])
def test_what_lies_quoted_beneath_is_not_the_answer(text: str) -> None:
    assert quoting.own_words(text) == "Antaget § 88.\n\n/Eva"


def test_a_mail_of_nothing_but_quotes_is_shown_as_it_is() -> None:
    assert quoting.own_words("> Vi saknar beslut.") == "> Vi saknar beslut."


def test_a_line_that_only_names_a_sender_is_not_history() -> None:
    text = "Från: och med måndag gäller det.\nHälsningar"
    assert quoting.own_words(text) == text


def test_a_page_of_html_is_read_as_text() -> None:
    mail = EmailMessage()
    mail["From"], mail["In-Reply-To"] = "eva@region.example", f"<{mails.SENT}>"
    mail.set_content(
        "<html><head><style>p{color:red}</style></head><body><p>Antaget <b>§ 88</b>&nbsp;i&nbsp;RF.</p>"
        "<div>/Eva</div><blockquote>Vi saknar beslut.</blockquote><script>x()</script></body></html>",
        subtype="html",
    )
    read = inbound.read(mail.as_bytes(policy=SMTP))
    assert isinstance(read, Answer)
    assert read.text == "Antaget § 88 i RF.\n/Eva"


@pytest.mark.parametrize(
    ("name", "content", "kept_as"),
    [
        ("a.pdf", mails.PDF, "a.pdf"), ("a.docx", mails.DOCX, "a.docx"), ("a.xlsx", mails.XLSX, "a.xlsx"),
        ("a.odt", mails.ODT, "a.odt"), ("a.PNG", mails.PNG, "a.PNG"), ("a.jpeg", mails.JPEG, "a.jpeg"),
        ("a.txt", "Åäö\r\n".encode("cp1252"), "a.txt"), ("a.csv", b"a;b\n1;2\n", "a.csv"),
        ("a.csv", "a;b".encode("utf-16"), "a.csv"), ("a.exe", mails.PDF, "a.exe.pdf"), ("protokoll", mails.PDF,
        "protokoll.pdf"), ("", mails.PDF, "bilaga-1.pdf"), ("../../etc/pass\x00wd.pdf", mails.PDF, "passwd.pdf"),
        ("C:\\Temp\\§ 88.pdf", mails.PDF, "§ 88.pdf"), ("\u202efdp.exe", mails.PDF, "fdp.exe.pdf"),
        ("con.pdf", mails.PDF, "_con.pdf"), ("a\r\nb.pdf", mails.PDF, "a b.pdf"),
        ("x" * 400 + ".pdf", mails.PDF, "x" * 116 + ".pdf"), ("a<b>:c.pdf", mails.PDF, "a_b__c.pdf"),
    ],
)  # fmt: skip
def test_a_file_is_kept_under_a_clean_name_that_tells_what_it_is(name: str, content: bytes, kept_as: str) -> None:
    found = attachments.inspect(name, content, 1)
    assert isinstance(found, Kept)
    assert found.filename == kept_as


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", b"MZ\x90\x00", "program"), ("a.pdf", b"\x7fELF\x02", "program"), ("a.txt", b"#!/bin/sh\n", "program"),
        ("a.docx", mails.office(mails.WORD_MANIFEST, "word/document.xml", "word/vbaProject.bin"), "makron"),
        ("a.xlsm", mails.office(mails.SHEET_MANIFEST.replace("sheet.main", "sheet.macroEnabled.main"),
                                "xl/workbook.xml"), "makron"),
        ("a.odt", mails.archive(mimetype="application/vnd.oasis.opendocument.text", Basic__m="x"), "makron"),
        ("a.pdf", mails.PDF.replace(b"/Root", b"/Encrypt 4 0 R /Root"), "krypterad"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "lösenord"),
        ("winmail.dat", b"\x78\x9f\x3e\x22" + bytes(60), "winmail.dat"),
        ("a.zip", mails.archive(beslut=mails.PDF), "ZIP-arkiv"),
        ("a.docx", mails.archive(bomb=bytes(60_000_000)), "orimligt stor"),
        ("a.docx", mails.DOCX[:-30], "skadad"),
        ("a.png", mails.PNG[:16] + b"\x00\x01\x00\x00" * 2, "bildpunkter"),
        ("a.pdf", b"", "tom"), ("a.pdf", bytes(attachments.SIZE_LIMIT + 1), "större än 20 MB"),
        ("a.html", b"<html>", "tas inte emot"), ("a.txt", b"\x00\x01\x02", "tas inte emot"),
        ("a.svg", b"<svg/>", "tas inte emot"),
    ],
)  # fmt: skip
def test_what_may_do_harm_is_refused_with_a_reason(name: str, content: bytes, says: str, tried: Tried) -> None:
    found = attachments.inspect(name, content, 1)
    assert isinstance(found, NotKept)
    assert says in found.reason
    tried("Indata", "bilagor i mejl: program, makron, bomber, krypterade, okända", 1, "vägrades med skäl")


def test_an_archive_locked_with_a_password_is_refused() -> None:
    locked = bytearray(mails.DOCX)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(mark)
        while at >= 0:
            locked[at + offset] |= 1
            at = locked.find(mark, at + 4)
    found = attachments.inspect("a.docx", bytes(locked), 1)
    assert isinstance(found, NotKept)
    assert "lösenord" in found.reason


def test_a_logo_in_a_signature_is_no_attachment() -> None:
    mail = EmailMessage()
    mail["From"], mail["In-Reply-To"] = "eva@region.example", f"<{mails.SENT}>"
    mail.set_content("Antaget.")
    mail.add_alternative('<p>Antaget.</p><img src="cid:logo">', subtype="html")
    html = list(mail.iter_parts())[1]
    assert isinstance(html, EmailMessage)
    html.add_related(mails.PNG, maintype="image", subtype="png", cid="<logo>")
    read = inbound.read(mail.as_bytes(policy=SMTP))
    assert isinstance(read, Answer)
    assert (read.text, read.files) == ("Antaget.", ())


def test_a_file_inside_a_forwarded_mail_is_found() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Protokoll"
    inner.set_content("Från nämnden")
    inner.add_attachment(mails.PDF, maintype="application", subtype="pdf", filename="inre.pdf")
    outer = EmailMessage()
    outer["From"], outer["In-Reply-To"] = "eva@region.example", f"<{mails.SENT}>"
    outer.set_content("Se bifogat mejl.")
    outer.add_attachment(inner)
    read = inbound.read(outer.as_bytes(policy=SMTP))
    assert isinstance(read, Answer)
    assert (read.text, [f.filename for f in read.files]) == ("Se bifogat mejl.", ["inre.pdf"])


@pytest.mark.parametrize("charset", ["x-unknown", "idna", "unicode_escape", "utf-7", "zlib", "", "utf-8\x00"])
def test_a_charset_that_is_unknown_or_odd_still_gives_words(charset: str) -> None:
    raw = mails.answer("Antaget").replace(b'charset="utf-8"', f'charset="{charset}"'.encode())
    read = inbound.read(raw)
    assert isinstance(read, Answer)
    assert read.text.startswith("Antaget")


def test_a_charset_that_is_a_program_is_not_run() -> None:
    raw = mails.answer(r"Antaget \x41").replace(b'charset="utf-8"', b"charset=unicode_escape")
    read = inbound.read(raw)
    assert isinstance(read, Answer)
    assert read.text == r"Antaget \x41"


def test_swedish_in_the_wrong_charset_is_read_right() -> None:
    head = f"From: eva@region.example\r\nIn-Reply-To: <{mails.SENT}>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    read = inbound.read(head.encode() + "Återremitterad på mötet".encode("cp1252"))
    assert isinstance(read, Answer)
    assert read.text == "Återremitterad på mötet"


POISONS = {
    "deep": mails.nested(60),
    "deeper": mails.nested(5_000),
    "mails in mails": b"Content-Type: message/rfc822\n\n" * 3_000,
    "parts": b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\n" * 200_000,
    "headers": b"a: b\n" * 300_000,
    "too large": b"From: a@b.example\n\n" + bytes(rawmail.SIZE_LIMIT),
}


@pytest.mark.parametrize("name", POISONS)
def test_a_mail_that_would_break_its_reader_is_parked(name: str) -> None:
    started = time.thread_time()
    read = inbound.read(POISONS[name])
    assert isinstance(read, Unknown)
    assert read.note.startswith("Mejlet")
    assert time.thread_time() - started < 10


@pytest.mark.parametrize(
    "field",
    [
        "From: " + "(" * 50_000, "From: " + "<" * 50_000, "Subject: " + "=?utf-8?q?=41?= " * 20_000,
        "References: " + "<a@b> " * 50_000, "Content-Type: " + "a/b;" * 20_000 + "x*0*=" * 9_000,
        "To: " + '"' * 50_000, "Content-Type: text/plain; charset=" + "x" * 90_000, "Message-ID: <" + "[" * 20_000,
        "Subject: =?punycode?q?" + "a" * 9_000 + "-b?=", "Content-Disposition: attachment; filename*0*=" + "%" * 9_000,
        "From: \x00\udcff\udcfe", "Subject: a\x00b", "From:" + " a@b.example," * 9_000,
    ],
    ids=range(13),
)  # fmt: skip
def test_a_header_made_to_do_harm_costs_little_and_breaks_nothing(field: str) -> None:
    started = time.thread_time()
    bounded(inbound.read(f"{field}\nX: y\n\nhej\n".encode("utf-8", "surrogateescape")))
    assert time.thread_time() - started < 5


def bounded(read: inbound.Inbound) -> None:
    """Whatever came in, what goes on fits a database and a terminal."""
    assert len(read.digest) == 64
    assert len(read.subject) <= 300
    assert len(read.sender) <= 254
    assert len(read.references) <= inbound.REFERENCE_LIMIT
    text = read.said if isinstance(read, Bounce) else read.text
    assert len(text) <= quoting.BODY_LIMIT
    for told in (text, read.subject, read.sender, read.note, read.message_id, read.token, *read.references):
        told.encode()
        assert not any(c < " " and c not in "\n\t" for c in told)
    if isinstance(read, Answer | Unknown):
        assert len(read.files) <= inbound.FILE_LIMIT + 1
        for file in read.files:
            assert 1 <= len(file.filename) <= attachments.NAME_LIMIT
            assert file.filename.isprintable()
            assert not set(file.filename) & set('/\\:*?"<>|')


FIELDS = ("From", "To", "Subject", "References", "In-Reply-To", "Message-ID", "Content-Type", "Auto-Submitted",
          "Content-Transfer-Encoding", "Content-Disposition", "Return-Path", "X-Failed-Recipients")  # fmt: skip
TYPES = ("text/plain", "text/html; charset=cp1252", "multipart/mixed; boundary=b", "message/rfc822", "image/png",
         "multipart/report; report-type=delivery-status; boundary=b", "message/delivery-status", "multipart/related",
         "application/pdf; name*=utf-8''%E5", "text/plain; charset=\"", "message/partial")  # fmt: skip
LINES = st.one_of(
    st.tuples(st.sampled_from(FIELDS), st.text(max_size=60)).map(": ".join),
    st.sampled_from(TYPES).map("Content-Type: {}".format),
    st.sampled_from(("", "--b", "--b--", "Action: failed", "Status: 5.1.1", "Final-Recipient: rfc822; a@b.example", " ",
                     "begin 644 x", "=C3", "> x", "Den 3 mars skrev x:", "Content-Transfer-Encoding: base64")),
    st.text(max_size=80),
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(LINES, max_size=40))
def test_no_lines_break_the_reader(lines: list[str]) -> None:
    bounded(inbound.read("\n".join(lines).encode("utf-8", "surrogatepass")))


@settings(max_examples=300)
@given(st.binary(max_size=400), st.sampled_from((mails.postfix(), mails.exchange(), mails.answer())),
       st.integers(0, 4_000), st.integers(0, 300))  # fmt: skip
def test_no_damage_to_a_mail_breaks_the_reader(noise: bytes, mail: bytes, at: int, gone: int) -> None:
    bounded(inbound.read(mail[:at] + noise + mail[at + gone :]))


@settings(max_examples=300)
@given(st.text(max_size=300), st.binary(max_size=300))
def test_no_file_breaks_its_inspection(name: str, content: bytes) -> None:
    for beginning in (b"", b"PK\x03\x04", b"%PDF-", b"\x89PNG\r\n\x1a\n"):
        found = attachments.inspect(name, beginning + content, 1)
        assert 1 <= len(found.filename) <= attachments.NAME_LIMIT
        assert not set(found.filename) & set('/\\:*?"<>|')
