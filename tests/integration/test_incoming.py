"""From the mailbox to *Inkommet*: a real maildir, a real database, mails as they come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.mailbox import Letter
from storage import incoming as kept
from storage import intents
from tests import mails
from tests.cast import NOW, TODAY
from tests.integration.arriving import (
    EVA,
    Post,
    everything,
    only,
    post,
    send,
    settings,
    status_of,
)
from uppdrag.service import inbox, incoming
from uppdrag.service import people as offices
from uppdrag.service import suppressions as lifting
from uppdrag.service.house import House
from uppdrag.service.incoming import Reading
from uppdrag.settings import Settings
from workflow.incoming import Incoming
from workflow.message import Intent, Occasion

__all__ = ["post", "settings"]


BOMB = mails.nested(5_000)


def test_an_answer_lands_in_inkommet_with_its_files(house: House, post: Post, settings: Settings) -> None:
    send(house)
    post.put(mails.answer("Antaget.", ("§ 88.pdf", mails.PDF), ("virus.exe", b"MZ\x90")), at=NOW - timedelta(hours=2))
    assert incoming.read_mailbox(house, NOW, settings) == Reading(answers=1)
    mail = only(house)
    assert (mail.kind, mail.status, mail.uppdrag, mail.region) == ("svar", "ny", "U2026-01", "17")
    assert (mail.answers, mail.sender, mail.body, mail.note) == (mails.SENT, EVA, "Antaget.", "")
    assert mail.received_at == NOW - timedelta(hours=2)
    assert [(f.filename, bool(f.digest)) for f in mail.files] == [("§ 88.pdf", True), ("virus.exe", False)]
    assert "program" in mail.files[1].refused
    assert [(f.filename, content) for f, content in inbox.files(house, mail.id)] == [("§ 88.pdf", mails.PDF)]
    assert (post.names("new"), post.names("cur")) == ([], ["0001.example:2,S"])


def test_the_same_mail_twice_is_kept_once(house: House, post: Post, settings: Settings) -> None:
    send(house)
    raw = mails.answer("Antaget.", ("a.pdf", mails.PDF))
    post.put(raw, raw)
    assert incoming.read_mailbox(house, NOW, settings) == Reading(answers=1, known=1)
    post.put(raw)
    assert incoming.read_mailbox(house, NOW, settings) == Reading(known=1)
    assert len(everything(house)) == 1
    assert (len(post.names("new")), len(post.names("cur"))) == (0, 3)


def test_a_mail_that_was_kept_but_not_marked_is_marked_the_next_time(
    house: House, post: Post, settings: Settings
) -> None:
    send(house)
    raw = mails.answer()
    incoming.receive(house, Letter("new/x", raw), now=NOW, domain="uppdrag.example")
    post.put(raw)
    assert incoming.read_mailbox(house, NOW, settings) == Reading(known=1)
    assert post.names("cur") == ["0001.example:2,S"]


def test_two_files_with_the_same_content_are_kept_once(house: House, post: Post, settings: Settings) -> None:
    send(house)
    post.put(mails.answer("Ett", ("a.pdf", mails.PDF)), mails.answer("Två", ("b.pdf", mails.PDF)))
    incoming.read_mailbox(house, NOW, settings)
    assert {f.digest for m in everything(house) for f in m.files} == {only_digest(house)}


def only_digest(house: House) -> str:
    with house.database.reading() as session:
        ((digest,),) = session.raw("SELECT digest FROM attachment")
    return str(digest)


def test_readers_at_once_keep_each_mail_once(any_house: House, post: Post, settings: Settings) -> None:
    send(any_house)
    post.put(*(mails.answer(f"Svar {n}", ("a.pdf", mails.PDF)) for n in range(20)), mails.postfix())
    with ThreadPoolExecutor(4) as pool:
        readings = list(pool.map(lambda _: incoming.read_mailbox(any_house, NOW, settings), range(4)))
    assert sum(r.answers for r in readings) == 20
    assert sum(r.bounces for r in readings) == 1
    assert len(everything(any_house)) == 21
    assert post.names("new") == []


def test_unknown_mail_is_listed_and_left_alone(house: House, post: Post, settings: Settings) -> None:
    post.put(mails.answer("Erbjudande", to=""), mails.answer("Svar på annat", to="other@elsewhere.example"))
    assert incoming.read_mailbox(house, NOW, settings) == Reading(unknown=2)
    assert incoming.read_mailbox(house, NOW, settings) == Reading(known=2)
    assert [m.kind for m in everything(house)] == ["okant", "okant"]
    assert (len(post.names("new")), post.names("cur")) == (2, [])


def test_what_a_person_has_read_is_not_read_again_and_flags_are_kept(
    house: House, post: Post, settings: Settings
) -> None:
    send(house)
    post.put(mails.answer("Läst"), folder="cur", flags=":2,FS")
    post.put(mails.answer("Flaggat"), folder="cur", flags=":2,F")
    assert incoming.read_mailbox(house, NOW, settings) == Reading(answers=1)
    assert post.names("cur") == ["0001.example:2,FS", "0002.example:2,FS"]


def test_an_automatic_reply_needs_nobody(house: House, post: Post, settings: Settings) -> None:
    send(house)
    post.put(mails.answer("Åter måndag.", subject="Autosvar: Påminnelse", Auto_Submitted="auto-replied"))
    assert incoming.read_mailbox(house, NOW, settings) == Reading(automatic=1)
    mail = only(house)
    assert (mail.kind, mail.status, mail.uppdrag) == ("autosvar", "klar", "U2026-01")
    assert status_of(house) == "skickad"


def test_a_poison_mail_is_parked_and_the_others_go_on(house: House, post: Post, settings: Settings) -> None:
    send(house)
    post.put(mails.answer("Ett"), BOMB, b"", b"\x00\xff" * 5_000, mails.answer("Två"))
    assert incoming.read_mailbox(house, NOW, settings) == Reading(answers=2, unknown=3)
    assert sorted(m.body for m in everything(house) if m.kind == "svar") == ["Ett", "Två"]
    parked = next(m for m in everything(house) if m.note)
    assert (parked.kind, parked.status) == ("okant", "ny")


def test_a_mail_that_breaks_what_it_leads_to_is_parked_too(
    house: House, post: Post, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise ValueError("no")

    monkeypatch.setattr(offices, "flag_address", breaks)
    send(house)
    post.put(mails.postfix(), mails.answer("Antaget"))
    assert incoming.read_mailbox(house, NOW, settings) == Reading(answers=1, unknown=1)
    assert "ValueError" in next(m.note for m in everything(house) if m.kind == "okant")
    assert (status_of(house), lifting.listed(house)) == ("skickad", [])


def test_mails_whose_digests_begin_alike_are_told_apart(house: House) -> None:
    one = Incoming(id="", digest="a" * 64, received_at=NOW, kind="okant")
    alike = [replace(one, digest="a" * n + "b" * (64 - n)) for n in (60, 12, 18, 17)]
    with house.database.transaction() as session:
        ids = [mail.id for mail in (kept.keep(session, m, {}) for m in alike) if mail]
        assert kept.keep(session, alike[0], {}) is None
    assert [len(id) for id in ids] == [10, 16, 16, 64]


def test_an_answer_from_elsewhere_says_so(house: House, post: Post, settings: Settings) -> None:
    send(house)
    post.put(mails.answer("Antaget", sender="Någon <x@gmail.example>"))
    incoming.read_mailbox(house, NOW, settings)
    assert EVA in only(house).note


def test_the_address_that_was_written_to_stands_for_a_lost_thread(house: House, post: Post, settings: Settings) -> None:
    send(house, "abcdef234567@uppdrag.example", region="05")
    post.put(mails.answer("Antaget", to="").replace(b"uppdrag@kansli", b"svar+ABCDEF234567@uppdrag"))
    incoming.read_mailbox(house, NOW, settings)
    assert (only(house).kind, only(house).region) == ("svar", "05")


@pytest.mark.parametrize(("uppdrag", "matched"), [(("U2026-01", "U2026-02"), ""), (("U2026-02",), "U2026-02")])
def test_an_answer_to_a_digest_is_matched_as_far_as_it_goes(
    house: House, post: Post, settings: Settings, uppdrag: tuple[str, ...], matched: str
) -> None:
    send(house, uppdrag="-", region="-")
    occasions = [Occasion(uppdrag=u, region="17", step="paminnelse", office="registrator") for u in uppdrag]
    due = [Intent(id=intents.id_of(o), occasion=o, template="paminnelse_region", send_on=TODAY) for o in occasions]
    with house.database.transaction() as session:
        intents.add(session, due, NOW)
        intents.written(session, due, mails.SENT)
    post.put(mails.answer("Antaget"))
    incoming.read_mailbox(house, NOW, settings)
    mail = only(house)
    assert (mail.kind, mail.uppdrag, mail.region) == ("svar", matched, "17")
    assert ("U2026-01, U2026-02" in mail.note) == (not matched)
