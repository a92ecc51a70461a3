"""A folder on an IMAP server; the only user of imaplib. Mails are fetched without being marked, and never deleted."""

from __future__ import annotations

import imaplib
import re
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from itertools import groupby
from typing import Any

from notifications.mailbox import Letter, Mailbox
from notifications.rawmail import SIZE_LIMIT
from workflow.incoming import MailboxUnavailable

TIMEOUT_SECONDS = 30
LEFT = "UppdragListad"
"""The keyword of a mail that was left for a person: not fetched again, and still unseen."""

_ARRIVED = re.compile(rb'INTERNALDATE "([^"]+)"')


@contextmanager
def open_folder(*, host: str, port: int | None, user: str, password: str, folder: str, tls: bool) -> Iterator[Mailbox]:
    """A folder, open until the block ends. Raises MailboxUnavailable.

    TLS from the first byte, with the certificate verified unless the server is on this machine.
    """
    here = _is_loopback(host)
    if not tls and not here:
        raise MailboxUnavailable("unreachable", "skriv imap+ssl://; imap:// går bara till den egna maskinen")
    try:
        connection = _connect(host, port, tls=tls, verify=not here)
    except ssl.SSLCertVerificationError as wrong:
        raise MailboxUnavailable("certificate", wrong.verify_message) from wrong
    except (OSError, imaplib.IMAP4.error) as wrong:
        raise MailboxUnavailable("unreachable", type(wrong).__name__) from wrong
    try:
        yield _select(connection, user, password, folder)
    except (OSError, imaplib.IMAP4.error) as wrong:
        raise MailboxUnavailable("unreachable", type(wrong).__name__) from wrong
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            connection.logout()
        with suppress(OSError):  # a connection that broke is still open on this side
            connection.shutdown()


class _Folder:
    """A selected folder."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection

    def letters(self) -> Iterator[Letter]:
        _, found = self._connection.uid("SEARCH", "UNSEEN", "UNKEYWORD", LEFT)
        for uid in (found[0] or b"").split():
            _, answer = self._connection.uid("FETCH", uid.decode(), f"(INTERNALDATE BODY.PEEK[]<0.{SIZE_LIMIT + 1}>)")
            parts = [part for part in answer if isinstance(part, tuple) and len(part) == 2]
            if parts:
                yield Letter(uid.decode(), parts[0][1], _moment(b" ".join(_flat(answer))))

    def seen(self, letter: Letter) -> None:
        self._connection.uid("STORE", letter.key, "+FLAGS.SILENT", r"(\Seen)")

    def leave(self, letter: Letter) -> None:
        with suppress(imaplib.IMAP4.error):  # a server without keywords: it is fetched again, and known again
            self._connection.uid("STORE", letter.key, "+FLAGS.SILENT", f"({LEFT})")


def _connect(host: str, port: int | None, *, tls: bool, verify: bool) -> imaplib.IMAP4:
    if not tls:
        return imaplib.IMAP4(host, port or 143, timeout=TIMEOUT_SECONDS)
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=TIMEOUT_SECONDS)


def _select(connection: imaplib.IMAP4, user: str, password: str, folder: str) -> _Folder:
    try:
        if (user + password).isascii():
            connection.login(user, password)
        else:  # LOGIN is ASCII only, and å is a letter in passwords too
            connection.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise MailboxUnavailable("refused", "användare eller lösenord") from None
    name = folder_name(folder).replace("\\", "\\\\").replace('"', r"\"")
    status, _ = connection.select(f'"{name}"')
    if status != "OK":
        raise MailboxUnavailable("missing", folder)
    return _Folder(connection)


def folder_name(folder: str) -> str:
    """A folder's name as IMAP writes it (RFC 3501, 5.1.3): `Inkommet åäö` is `Inkommet &AOUA5AD2-`."""
    told = []
    for plain, run in groupby(folder, key=lambda c: " " <= c <= "~"):
        part = "".join(run)
        if plain:
            told.append(part.replace("&", "&-"))
        else:
            told.append(f"&{b64encode(part.encode('utf-16-be')).decode().rstrip('=').replace('/', ',')}-")
    return "".join(told)


def _flat(answer: list[Any]) -> Iterator[bytes]:
    for part in answer:
        if isinstance(part, tuple):
            yield part[0]
        elif isinstance(part, bytes):
            yield part


def _moment(told: bytes) -> datetime | None:
    found = _ARRIVED.search(told)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
