"""From the mailbox to *Inkommet*: a real maildir, a real database, mails as they come."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from notifications.mailbox import Letter
from storage import incoming as kept
from storage import intents, outbox, people, suppressions
from tests import mails
from tests.cast import KANSLI, NOW, TODAY
from uppdrag.service import commands, inbox, incoming
from uppdrag.service import people as offices
from uppdrag.service import suppressions as lifting
from uppdrag.service.house import House
from uppdrag.service.inbox import Registration
from uppdrag.service.incoming import Reading
from uppdrag.settings import Settings
from workflow.commands import Advance
from workflow.errors import KeyReused, NotFound, Refused
from workflow.incoming import Incoming
from workflow.message import Intent, Message, MessageStatus, Occasion

EVA = "eva.holm@region.example"
SAID = Registration(outcome="antagen", body="RF", paragraph="§ 88", on=TODAY)
BOMB = mails.nested(5_000)
ROSTER = f"befattning;länskod;namn;e-post\nregistrator;17;Eva Holm;{EVA}\nkansli;;Kansliet;kansliet@nspl.example\n"


class Post:
    """A maildir, into which the tests put mail."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._numbers = count(1)
        for folder in ("new", "cur", "tmp"):
            (path / folder).mkdir(parents=True)

    def put(self, *raw: bytes, folder: str = "new", flags: str = "", at: datetime = NOW) -> None:
        for one in raw:
            file = self.path / folder / f"{next(self._numbers):04d}.example{flags}"
            file.write_bytes(one)
            os.utime(file, (at.timestamp(), at.timestamp()))

    def names(self, folder: str) -> list[str]:
        return sorted(p.name for p in (self.path / folder).iterdir())


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path / "Maildir")


@pytest.fixture
def settings(post: Post, sqlite_url: str) -> Settings:
    return Settings(database_url=sqlite_url, mailbox=f"maildir:{post.path}", mail_from="NSPL <nspl@uppdrag.example>")


def send(house: House, id: str = mails.SENT, *, uppdrag: str = "U2026-01", region: str = "17", to: str = EVA,
         status: MessageStatus = "skickad", now: datetime = NOW, expires_on: date | None = None) -> None:  # fmt: skip
    """A mail that has left, as the outbox keeps it."""
    message = Message(id=id, recipient=to, subject="Påminnelse", text="Hej", html="", sender="nspl@uppdrag.example")
    with house.database.transaction() as session:
        outbox.enqueue(session, message, office="registrator", region=region, uppdrag=uppdrag, now=now, not_before=now,
                       expires_on=expires_on)  # fmt: skip
        (waiting,) = [k for k in outbox.due(session, now, 100) if k.queued.id == id]
        [taken] = outbox.claim(session, [(waiting, b"raw")], worker="w", until=now + timedelta(minutes=5))
        outbox.settle(session, taken, status, response="250 ok", sent_at=now)


def open_for_decisions(house: House, id: str = "U2026-01") -> None:
    facts = {"mote": "2026-03-27", "paragraf": "18", "forslagsversion": "1"}
    for trigger, more in (("redovisa", {"rapport": "R-1"}), ("godkann", {})):
        command = Advance(actor=KANSLI, on=TODAY, trigger=trigger, facts={**facts, **more})
        commands.handle(house, id, command, now=NOW)


def status_of(house: House, id: str = mails.SENT) -> str:
    with house.database.reading() as session:
        found = outbox.find(session, id)
    assert found is not None
    return found.queued.status


def everything(house: House) -> list[Incoming]:
    return inbox.listed(house)


def only(house: House) -> Incoming:
    (mail,) = everything(house)
    return mail


def decisions(house: House) -> int:
    with house.database.reading() as session:
        return sum(1 for _ in session.raw("SELECT 1 FROM beslut"))


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


@pytest.fixture
def registrator(house: House) -> Callable[[], str]:
    """Eva Holm is registrator in Region Uppsala; why mail does not reach her."""
    offices.import_people(house, "folk.csv", ROSTER.encode(), actor=KANSLI, now=NOW)

    def flagged() -> str:
        with house.database.reading() as session:
            return next(h.flagged for h in people.all_holders(session) if h.email == EVA)

    return flagged


def told(house: House) -> list[str]:
    with house.database.reading() as session:
        return [i.reason for i in intents.waiting(session, TODAY) if i.template == incoming.BOUNCED]


def test_a_permanent_bounce_stops_mail_flags_the_office_and_tells_the_kansli_once(
    house: House, post: Post, settings: Settings, registrator: Callable[[], str]
) -> None:
    send(house)
    send(house, "another@uppdrag.example", uppdrag="U2026-02")
    post.put(mails.postfix(), mails.exchange(), mails.gmail(original="another@uppdrag.example"))
    assert incoming.read_mailbox(house, NOW, settings) == Reading(bounces=3)
    assert {m.status for m in everything(house)} == {"klar"}
    assert (status_of(house), status_of(house, "another@uppdrag.example")) == ("kraver_atgard", "kraver_atgard")
    assert "550" in registrator()
    assert [s.address for s in lifting.listed(house)] == [EVA]
    (reason,) = told(house)
    assert reason.startswith(f"{EVA}: 550 5.1.1")


def test_a_lifted_suppression_sends_again_what_did_not_arrive(
    house: House, post: Post, settings: Settings, registrator: Callable[[], str]
) -> None:
    send(house)
    send(house, "hers@uppdrag.example", to="annan@region.example", status="kraver_atgard")
    send(house, "stale@uppdrag.example", status="kraver_atgard", expires_on=TODAY)
    post.put(mails.postfix())
    incoming.read_mailbox(house, NOW, settings)
    later = NOW + timedelta(days=1)
    assert lifting.lift(house, EVA.upper(), actor=KANSLI, now=later) == [mails.SENT]
    assert (status_of(house), status_of(house, "hers@uppdrag.example")) == ("koad", "kraver_atgard")
    assert (registrator(), lifting.listed(house)) == ("", [])
    with house.database.reading() as session:
        found = outbox.find(session, mails.SENT)
        assert found is not None
        assert (found.raw, found.queued.next_try_at, found.queued.attempts) == (b"raw", later, 0)
    with pytest.raises(NotFound):
        lifting.lift(house, EVA, actor=KANSLI, now=later)


@pytest.mark.parametrize(
    ("action", "status", "becomes"),
    [
        ("delivered", "2.0.0", "levererad"), ("delayed", "4.4.1", "skickad"), ("relayed", "2.0.0", "skickad"),
        ("failed", "4.4.7", "kraver_atgard"), ("failed", "5.2.2", "kraver_atgard"),
    ],
)  # fmt: skip
def test_other_reports_leave_the_address_alone(
    house: House, post: Post, settings: Settings, action: str, status: str, becomes: str
) -> None:
    send(house)
    post.put(mails.postfix(action=action, status=status, said="smtp; said so"))
    assert incoming.read_mailbox(house, NOW, settings) == Reading(bounces=1)
    assert (status_of(house), lifting.listed(house), told(house)) == (becomes, [], [])
    assert only(house).status == "klar"


def test_a_receipt_settles_a_mail_that_was_uncertain(house: House, post: Post, settings: Settings) -> None:
    send(house, status="osaker")
    post.put(mails.postfix(action="delivered", status="2.0.0", said="smtp; 250 ok"))
    incoming.read_mailbox(house, NOW, settings)
    assert status_of(house) == "levererad"


def test_a_bounce_of_an_address_that_mail_was_passed_on_to_waits_for_a_person(
    house: House, post: Post, settings: Settings
) -> None:
    send(house)
    post.put(mails.postfix("vikarie@other.example"), mails.postfix("x@y.example", original="never@sent.example"))
    incoming.read_mailbox(house, NOW, settings)
    assert [(m.kind, m.status) for m in everything(house)] == [("studs", "ny")] * 2
    assert (status_of(house), lifting.listed(house), told(house)) == ("skickad", [], [])


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


def test_registering_gives_one_event_however_often_it_is_pressed(house: House, post: Post, settings: Settings) -> None:
    send(house)
    open_for_decisions(house)
    post.put(mails.answer("Antaget", ("§ 88.pdf", mails.PDF)))
    incoming.read_mailbox(house, NOW, settings)
    id = only(house).id
    rehearsed = inbox.register(house, id, SAID, actor=KANSLI, now=NOW, dry_run=True)
    assert (rehearsed.dry_run, only(house).status, decisions(house)) == (True, "ny", 0)
    first = inbox.register(house, id, SAID, actor=KANSLI, now=NOW)
    again = inbox.register(house, id, SAID, actor=KANSLI, now=NOW + timedelta(minutes=1))
    assert (again.repeated, again.events, decisions(house)) == (True, first.events, 1)
    mail = only(house)
    assert (mail.status, mail.event, mail.handled_by) == ("registrerad", first.events[0].id, KANSLI.name)
    assert mail.handled_at == NOW
    with pytest.raises(KeyReused):
        inbox.register(house, id, replace(SAID, outcome="avslagen"), actor=KANSLI, now=NOW)
    with pytest.raises(Refused, match="incoming_registered"):
        inbox.register(house, id, SAID, actor=replace(KANSLI, name="Bo"), now=NOW)
    with pytest.raises(Refused, match="incoming_registered"):
        inbox.dismiss(house, id, "nej", actor=KANSLI, now=NOW)
    assert decisions(house) == 1


def test_two_people_who_press_at_once_register_one_event(any_house: House, post: Post, settings: Settings) -> None:
    send(any_house)
    open_for_decisions(any_house)
    post.put(mails.answer("Antaget"))
    incoming.read_mailbox(any_house, NOW, settings)
    id = only(any_house).id

    def press(n: int) -> bool:
        said = replace(SAID, paragraph=str(n))
        try:
            inbox.register(any_house, id, said, actor=replace(KANSLI, name=f"Person {n}"), now=NOW)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(press, range(6))) == 1
    assert decisions(any_house) == 1


@pytest.mark.parametrize(
    ("files", "source"),
    [([("a.pdf", mails.PDF)], "protokollsutdrag"), ([], "epost"), ([("logga.png", mails.PNG)], "epost"),
     ([("a.exe", b"MZ")], "epost")],
)  # fmt: skip
def test_the_source_is_the_document_where_there_is_one(
    house: House, post: Post, settings: Settings, files: list[tuple[str, bytes]], source: str
) -> None:
    send(house)
    open_for_decisions(house)
    post.put(mails.answer("Antaget", *files))
    incoming.read_mailbox(house, NOW, settings)
    inbox.register(house, only(house).id, SAID, actor=KANSLI, now=NOW)
    with house.database.reading() as session:
        assert list(session.raw("SELECT source FROM beslut")) == [(source,)]


def test_a_mail_that_was_not_matched_can_be_registered_by_naming_what_it_is_about(
    house: House, post: Post, settings: Settings
) -> None:
    open_for_decisions(house)
    post.put(mails.answer("Antaget", to=""))
    incoming.read_mailbox(house, NOW, settings)
    id = only(house).id
    with pytest.raises(Refused, match="incoming_unmatched"):
        inbox.register(house, id, SAID, actor=KANSLI, now=NOW)
    inbox.register(house, id, replace(SAID, uppdrag="U2026-01", region="03"), actor=KANSLI, now=NOW)
    assert (only(house).uppdrag, only(house).region, decisions(house)) == ("U2026-01", "03", 1)


def test_a_refused_decision_leaves_the_mail_waiting(house: House, post: Post, settings: Settings) -> None:
    send(house)
    post.put(mails.answer("Antaget"))
    incoming.read_mailbox(house, NOW, settings)
    with pytest.raises(Refused, match="not_open_for_regions"):
        inbox.register(house, only(house).id, SAID, actor=KANSLI, now=NOW)
    assert (only(house).status, decisions(house)) == ("ny", 0)


def test_a_mail_is_diariefort_or_put_aside_with_a_reason(house: House, post: Post, settings: Settings) -> None:
    post.put(mails.answer("Reklam", to=""))
    incoming.read_mailbox(house, NOW, settings)
    id = only(house).id
    assert inbox.mark_dnr(house, id, " RK2026-00085-57 ", actor=KANSLI, now=NOW).dnr == "RK2026-00085-57"
    for wrong in ("", "a\nb", "x" * 400):
        with pytest.raises(Refused):
            inbox.mark_dnr(house, id, wrong, actor=KANSLI, now=NOW)
        with pytest.raises(Refused):
            inbox.dismiss(house, id, wrong, actor=KANSLI, now=NOW)
    inbox.dismiss(house, id, "Reklam", actor=KANSLI, now=NOW)
    mail = inbox.show(house, id)
    assert (mail.status, mail.note, mail.dnr) == ("avfardad", "Avfärdat: Reklam", "RK2026-00085-57")
    with pytest.raises(Refused, match="incoming_handled"):
        inbox.dismiss(house, id, "Igen", actor=KANSLI, now=NOW)
    with pytest.raises(NotFound):
        inbox.show(house, "finns-inte")
    with house.database.reading() as session:
        assert not suppressions.everyone(session)
