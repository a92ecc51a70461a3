"""The IMAP folder as a mailbox, against a server on loopback."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

import pytest
import trustme

from notifications.imap import LEFT, folder_name
from notifications.mailbox import open_mailbox
from tests import mails
from tests.cast import NOW
from tests.integration.arriving import send
from tests.integration.imap_server import ImapServer
from uppdrag.service import inbox, incoming
from uppdrag.service.house import House
from uppdrag.service.incoming import Reading
from uppdrag.settings import Settings
from workflow.incoming import MailboxUnavailable

ANSWER, UNKNOWN = mails.answer("Antaget.", ("a.pdf", mails.PDF)), mails.answer("Reklam", to="")


def at(server: ImapServer, *, scheme: str = "imap", folder: str = "INBOX", word: str = "hemligt") -> Settings:
    address = f"{scheme}://{server.user}@127.0.0.1:{server.port}/{folder}"
    return Settings(mailbox=address, mailbox_password=word, mail_from="NSPL <nspl@uppdrag.example>")


@pytest.mark.parametrize("keywords", [True, False])
def test_answers_are_marked_as_seen_and_unknown_mail_stays_unseen(house: House, keywords: bool) -> None:
    send(house)
    with ImapServer([ANSWER, UNKNOWN], keywords=keywords) as server:
        assert incoming.read_mailbox(house, NOW, at(server)) == Reading(answers=1, unknown=1)
        assert [m.flags for m in server.mails] == [{r"\Seen"}, {LEFT} if keywords else set()]
        assert incoming.read_mailbox(house, NOW, at(server)) == Reading(known=0 if keywords else 1)
        assert not any(word in c.upper() for c in server.said for word in ("DELETE", "EXPUNGE", "MOVE"))
    answer = next(m for m in inbox.listed(house) if m.kind == "svar")
    assert answer.received_at == datetime(2026, 3, 26, 7, 15, tzinfo=UTC)
    assert [f.filename for f in answer.files] == ["a.pdf"]


def test_a_connection_that_breaks_keeps_what_was_read(house: House) -> None:
    send(house)
    raws = [mails.answer("Ett"), mails.answer("Två")]
    with ImapServer(raws, drop_after=1) as server:
        with pytest.raises(MailboxUnavailable):
            incoming.read_mailbox(house, NOW, at(server))
        assert [m.body for m in inbox.listed(house)] == ["Ett"]
        server.drop_after = None
        assert incoming.read_mailbox(house, NOW, at(server)) == Reading(answers=1)


def test_the_certificate_is_verified_save_for_a_server_on_this_machine(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("imap.example").configure_cert(context)
    with ImapServer([UNKNOWN], tls=context) as server:
        assert incoming.read_mailbox(house, NOW, at(server, scheme="imap+ssl")) == Reading(unknown=1)
        monkeypatch.setattr("notifications.imap._is_loopback", lambda _host: False)
        with pytest.raises(MailboxUnavailable, match="certificate"):
            incoming.read_mailbox(house, NOW, at(server, scheme="imap+ssl"))
        with pytest.raises(MailboxUnavailable, match=r"imap\+ssl"):
            incoming.read_mailbox(house, NOW, at(server))


def test_a_password_with_other_letters_than_ascii_works(house: House) -> None:
    with ImapServer([UNKNOWN], word="återställ") as server:
        assert incoming.read_mailbox(house, NOW, at(server, word="återställ")) == Reading(unknown=1)


def test_what_is_wrong_with_the_mailbox_is_told(house: House) -> None:
    with ImapServer([]) as server:
        right = at(server)
        with pytest.raises(MailboxUnavailable, match="refused"):
            incoming.read_mailbox(house, NOW, at(server, word="fel"))
        with pytest.raises(MailboxUnavailable, match="missing"):
            incoming.read_mailbox(house, NOW, at(server, folder="Finns%20inte"))
    with pytest.raises(MailboxUnavailable, match="unreachable"):
        incoming.read_mailbox(house, NOW, right)
    with pytest.raises(MailboxUnavailable, match="missing"), open_mailbox("maildir:/finns/inte"):
        pass


def test_a_folder_with_swedish_letters_is_named_as_imap_writes_it(house: House) -> None:
    assert folder_name("Svar & åäö") == "Svar &- &AOUA5AD2-"
    with ImapServer([UNKNOWN], folder="Svar &AOUA5AD2-") as server:
        assert incoming.read_mailbox(house, NOW, at(server, folder="Svar%20%C3%A5%C3%A4%C3%B6")) == Reading(unknown=1)
