"""The outbox on both databases: bytes that freeze, leases with fences, threads, and a queue that can stand still."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest

from storage import mail_queue, outbox, suppressions
from storage.mail_queue import OPEN, QueueState
from storage.outbox import Kept
from uppdrag.service.house import House
from workflow.message import Attachment, Message

LEASE = timedelta(minutes=10)


def mail(name: str = "eva", subject: str = "Uppgift saknas – åäö") -> Message:
    attachment = Attachment(filename="protokoll.pdf", content_type="application/pdf", content=bytes(range(256)))
    return Message(
        id=f"{name}@nspl.example", recipient=f"{name}@region.example", subject=subject, text="Hej!", html="<p>Hej!",
        sender="kansli@nspl.example", references=("forsta@nspl.example",), attachments=(attachment,),
    )  # fmt: skip


def enqueue(house: House, message: Message, now: datetime, *, track: str = "03") -> None:
    with house.database.transaction() as session:
        outbox.enqueue(
            session, message, office="registrator", region=track, uppdrag="U2026-01", now=now, not_before=now
        )


def claim(house: House, now: datetime, raw: bytes = b"raw\0bytes") -> list[Kept]:
    with house.database.transaction() as session:
        found = outbox.due(session, now, 100)
        return outbox.claim(session, [(kept, raw) for kept in found], worker="w", until=now + LEASE)


def find(house: House, name: str = "eva") -> Kept:
    with house.database.reading() as session:
        found = outbox.find(session, f"{name}@nspl.example")
    assert found is not None
    return found


def test_a_message_comes_back_as_it_was_written(any_house: House, now: datetime) -> None:
    enqueue(any_house, mail(), now)
    kept = find(any_house)
    assert (kept.message, kept.raw, kept.queued.status) == (mail(), None, "koad")
    assert (kept.queued.created_at, kept.queued.region) == (now, "03")


def test_a_message_leaves_neither_before_its_time_nor_for_two_workers(any_house: House, now: datetime) -> None:
    enqueue(any_house, mail(), now)
    assert claim(any_house, now - timedelta(seconds=1)) == []
    assert len(claim(any_house, now)) == 1
    assert claim(any_house, now + LEASE - timedelta(seconds=1)) == []
    assert [kept.fence for kept in claim(any_house, now + LEASE)] == [2]


def test_the_first_claim_freezes_the_bytes(any_house: House, now: datetime) -> None:
    enqueue(any_house, mail(), now)
    with any_house.database.transaction() as session:
        assert outbox.replace_draft(session, mail(subject="Ny"))
    assert claim(any_house, now, raw=b"first")[0].queued.subject == "Ny"
    with any_house.database.transaction() as session:
        assert not outbox.replace_draft(session, mail(subject="Nyare"))
        assert not outbox.cancel(session, "eva@nspl.example", "svarat")
    again = claim(any_house, now + LEASE, raw=b"second")
    assert (again[0].raw, find(any_house).raw) == (b"first", b"first")


def test_a_worker_whose_lease_ran_out_cannot_mark_what_another_has_taken(any_house: House, now: datetime) -> None:
    enqueue(any_house, mail(), now)
    (slow,) = claim(any_house, now)
    (quick,) = claim(any_house, now + LEASE)
    with any_house.database.transaction() as session:
        assert not outbox.settle(session, slow, "kraver_atgard", response="sent")
    assert find(any_house).queued.status == "tagen"
    with any_house.database.transaction() as session:
        assert outbox.settle(session, quick, "skickad", response="250 ok", attempts=1, sent_at=now)
        assert not outbox.settle(session, slow, "koad", response="sent")
        assert not outbox.settle(session, quick, "koad", response="en gång till")
    assert (find(any_house).queued.status, find(any_house).queued.sent_at) == ("skickad", now)


def test_a_returned_mail_is_not_overwritten_by_the_worker(any_house: House, now: datetime) -> None:
    enqueue(any_house, mail(), now)
    (taken,) = claim(any_house, now)
    with any_house.database.transaction() as session:
        outbox.move(session, "eva@nspl.example", {"tagen"}, "kraver_atgard", response="550 okänd")
        assert not outbox.settle(session, taken, "skickad", response="250 ok", sent_at=now)
    assert find(any_house).queued.response == "550 okänd"


def test_what_was_never_claimed_can_be_taken_back(any_house: House, now: datetime) -> None:
    enqueue(any_house, mail(), now)
    with any_house.database.transaction() as session:
        assert outbox.cancel(session, "eva@nspl.example", "Regionen har beslutat.")
        assert not outbox.cancel(session, "eva@nspl.example", "igen")
    assert claim(any_house, now) == []
    assert (find(any_house).queued.status, find(any_house).queued.response) == ("avbruten", "Regionen har beslutat.")


def test_workers_at_once_never_claim_the_same(any_house: House, now: datetime) -> None:
    for n in range(40):
        enqueue(any_house, mail(f"n{n}"), now)
    gate, claimed = Barrier(4), list[str]()

    def work() -> None:
        gate.wait()
        while True:
            with any_house.database.transaction() as session:
                found = outbox.due(session, now, 3)
                for kept in found:
                    outbox.claim(session, [(kept, b"x")], worker="w", until=now + LEASE)
            claimed.extend(kept.queued.id for kept in found)
            if not found:
                return

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed))
    assert set(claimed) <= {f"n{n}@nspl.example" for n in range(40)}
    assert len(claimed) + len(claim(any_house, now)) == 40


def test_a_thread_is_one_recipients_about_one_region(any_house: House, now: datetime) -> None:
    first, second, other = mail("a"), replace(mail("b", "Nytt ämne"), recipient="a@region.example"), mail("c")
    enqueue(any_house, second, now + timedelta(days=7))
    enqueue(any_house, first, now)
    enqueue(any_house, other, now)
    enqueue(any_house, replace(mail("d"), recipient="a@region.example"), now, track="04")
    with any_house.database.transaction() as session:
        told = outbox.thread(session, "U2026-01", "03", "a@region.example")
        assert (told.references, told.subject) == (("a@nspl.example", "b@nspl.example"), first.subject)
        outbox.cancel(session, "b@nspl.example", "behövs inte")
        assert outbox.thread(session, "U2026-01", "03", "a@region.example").references == ("a@nspl.example",)
        assert outbox.thread(session, "U2026-02", "03", "a@region.example").references == ()


def test_the_newest_come_first_and_are_counted(any_house: House, now: datetime) -> None:
    for n in range(3):
        enqueue(any_house, mail(f"n{n}"), now + timedelta(minutes=n))
    claim(any_house, now)
    with any_house.database.reading() as session:
        assert [m.id[:2] for m in outbox.newest(session)] == ["n2", "n1", "n0"]
        assert [m.id[:2] for m in outbox.newest(session, status="tagen")] == ["n0"]
        assert [m.id[:2] for m in outbox.newest(session, recipient="n1@region.example")] == ["n1"]
        assert len(outbox.newest(session, limit=2)) == 2
        assert outbox.counts(session) == {"koad": 2, "tagen": 1}
        assert outbox.find(session, "ingen@nspl.example") is None


def test_one_worker_takes_the_probe(any_house: House, now: datetime) -> None:
    down = QueueState("Servern svarar inte", now, now + timedelta(minutes=1))
    with any_house.database.transaction() as session:
        assert mail_queue.state(session) == OPEN
        mail_queue.put(session, down)
        assert mail_queue.state(session) == down
        assert mail_queue.take_probe(session, down, now + LEASE)
        assert not mail_queue.take_probe(session, down, now + LEASE)
        mail_queue.put(session, OPEN)
        assert mail_queue.state(session).open


def test_a_suppressed_address_is_the_same_in_capitals(any_house: House, now: datetime) -> None:
    with any_house.database.transaction() as session:
        assert suppressions.add(session, "Eva@Region.example", "550 okänd", now)
        assert not suppressions.add(session, "eva@region.example", "annat", now)
        assert suppressions.reason(session, "EVA@region.example") == "550 okänd"
        assert suppressions.lift(session, "eva@REGION.example")
        assert not suppressions.lift(session, "eva@region.example")
        assert suppressions.everyone(session) == []


@pytest.mark.parametrize("status", ["tagen", "skickad", "osaker", "levererad"])
def test_the_database_refuses_a_sent_message_without_bytes(any_house: House, now: datetime, status: str) -> None:
    enqueue(any_house, mail(), now)
    with any_house.database.transaction() as session, pytest.raises(Exception, match="ck_message_frozen"):
        session.connection.execute(f"UPDATE message SET status = '{status}'")
