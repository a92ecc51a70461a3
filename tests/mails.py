"""Mails as they come in: what Exchange, Postfix and Gmail return, what people answer, and what is made to do harm."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from io import BytesIO

SENT = "u2026-01.17.a1b2c3@uppdrag.example"
"""The Message-ID of the mail that the answers are to."""

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + (100).to_bytes(4, "big") + (80).to_bytes(4, "big") + b"\x08\x02\x00"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(40)
WORD_MANIFEST = (
    '<Types><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
SHEET_MANIFEST = WORD_MANIFEST.replace("word/document", "xl/workbook").replace(
    "wordprocessingml.document", "spreadsheetml.sheet"
)


def _name(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def archive(**entries: str | bytes) -> bytes:
    """A ZIP archive; `__` in a name is a slash, `_dot_` a point."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return packed.getvalue()


def office(manifest: str, *names: str) -> bytes:
    """A file of Word's or Excel's."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", manifest)
        for name in names:
            file.writestr(name, "<xml/>")
    return packed.getvalue()


DOCX = office(WORD_MANIFEST, "word/document.xml")
XLSX = office(SHEET_MANIFEST, "xl/workbook.xml")
ODT = archive(mimetype="application/vnd.oasis.opendocument.text", content_dot_xml="<xml/>")


def answer(
    text: str = "Hej!\n\nRF antog förslaget, § 88. Protokollsutdrag bifogas.\n\n/Eva",
    *files: tuple[str, bytes],
    to: str = SENT,
    sender: str = "Eva Holm <eva.holm@region.example>",
    subject: str = "Sv: Påminnelse: beslut om ledningsmodell",
    **headers: str,
) -> bytes:
    """What a person answers, with files by name and content. `to` is the Message-ID that is answered."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "uppdrag@kansli.example", subject
    mail["Message-ID"] = f"<{_name(text, subject, sender)}@region.example>"
    if to:
        mail["In-Reply-To"] = f"<{to}>"
        mail["References"] = f"<first@uppdrag.example> <{to}>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes(policy=SMTP)


def postfix(
    recipient: str = "eva.holm@region.example",
    *,
    original: str = SENT,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 <eva.holm@region.example>: Recipient address rejected: User unknown",
) -> bytes:
    """A report as Postfix writes it; with `delivered` a receipt."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mail.kansli.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: uppdrag@kansli.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="9B095B5ADSN"
Message-Id: <20260327081502.{_name(recipient, original, action, status)}@mail.kansli.example>

This is a MIME-encapsulated message.

--9B095B5ADSN
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.kansli.example.

--9B095B5ADSN
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.kansli.example
X-Postfix-Queue-ID: 9B095B5ADSN
Arrival-Date: Fri, 27 Mar 2026 08:15:01 +0100 (CET)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.region.example
Diagnostic-Code: {said}

--9B095B5ADSN
Content-Description: Undelivered Message
Content-Type: message/rfc822

Message-ID: <{original}>
From: uppdrag@kansli.example
To: {recipient}
Subject: =?utf-8?q?P=C3=A5minnelse?=
Content-Type: text/plain; charset=utf-8

Hej

--9B095B5ADSN--
""".replace("\n", "\r\n").encode()


def exchange(recipient: str = "eva.holm@region.example", *, original: str = SENT) -> bytes:
    """A report as Exchange Online writes it: HTML first, the original's headers last, its id in In-Reply-To too."""
    return f"""From: <postmaster@region.example>
To: <uppdrag@kansli.example>
Date: Fri, 27 Mar 2026 07:15:09 +0000
Content-Type: multipart/report; report-type=delivery-status; boundary="d8a1-exchange"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: sv-SE
Message-ID: <0c6f57e1-6a3f-4c4e-9a4e-0e8d2f1a7b11@AM0PR0.region.example>
In-Reply-To: <{original}>
References: <{original}>
Subject: =?utf-8?B?T2xldmVyZXJiYXJ0OiBQw6VtaW5uZWxzZQ==?=
Auto-Submitted: auto-replied
MIME-Version: 1.0

--d8a1-exchange
Content-Type: multipart/alternative; differences=Content-Type; boundary="inner-exchange"

--inner-exchange
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Leveransen misslyckades f=C3=B6r dessa mottagare eller grupper:

--inner-exchange
Content-Type: text/html; charset="utf-8"

<html><body><p>Leveransen misslyckades</p></body></html>

--inner-exchange--

--d8a1-exchange
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR0.region.example
Received-From-MTA: dns;mail.kansli.example

Final-Recipient: rfc822;{recipient}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup

--d8a1-exchange
Content-Type: text/rfc822-headers

Received: from mail.kansli.example (192.0.2.7)
Message-ID: <{original}>
Subject: Paminnelse

--d8a1-exchange--
""".replace("\n", "\r\n").encode()


def gmail(recipient: str = "eva.holm@region.example", *, original: str = SENT) -> bytes:
    """A report as Gmail writes it."""
    return f"""Delivered-To: uppdrag@kansli.example
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: uppdrag@kansli.example
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: <{original}>
In-Reply-To: <{original}>
X-Failed-Recipients: {recipient}
Message-ID: <66055b01.050a0220.a1b2c.0d1e.GMR@mx.google.com>
MIME-Version: 1.0
Content-Type: multipart/report; boundary="000000000000dsn"; report-type=delivery-status

--000000000000dsn
Content-Type: text/plain; charset="UTF-8"

** Address not found **

--000000000000dsn
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.

--000000000000dsn
Content-Type: message/rfc822

Message-ID: <{original}>
Subject: Hej

Hej
--000000000000dsn--
""".replace("\n", "\r\n").encode()


def exim(recipient: str = "eva.holm@region.example", *, original: str = SENT) -> bytes:
    """A report in prose, as older Exim writes it."""
    return f"""From: Mail Delivery System <Mailer-Daemon@mx.region.example>
To: uppdrag@kansli.example
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: {recipient}
Auto-Submitted: auto-replied
Message-Id: <E1abc-0001-00@mx.region.example>

This message was created automatically by mail delivery software.

  {recipient}
    host mx2.region.example [192.0.2.9]
    SMTP error from remote mail server after RCPT TO:<{recipient}>:
    550 No such user here

------ This is a copy of the message, including all the headers. ------

Return-path: <uppdrag@kansli.example>
Message-ID: <{original}>
Subject: Hej

Hej
""".replace("\n", "\r\n").encode()


def nested(depth: int) -> bytes:
    """A mail whose parts lie one within the other."""
    begin = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
    return f"From: a@b.example\nIn-Reply-To: <{SENT}>\n{begin}\nhej\n".encode()
