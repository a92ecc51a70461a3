"""Eight clocks and eight senders at one database at once: each occasion once, each message claimed and marked once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from storage import intents, outbox, reminders
from tests.cast import actor
from tests.faults.lives import EXAMPLE
from tests.integration.processes import Done, at_once
from uppdrag.service import clockwork, commands, composing, delivery, people, queries
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.commands import Advance, Decide
from workflow.workdays import WorkCalendar

CALENDAR = WorkCalendar(free=frozenset())
SETTINGS = Settings(mail="simulera")
APPROVED = datetime(2026, 3, 27, 9, tzinfo=UTC)
MORNINGS = (datetime(2026, 8, 5, 6, 30, tzinfo=UTC), datetime(2026, 9, 23, 6, 30, tzinfo=UTC))
"""Eight weeks and one week before 30 September, in the middle of the hour when mail begins to leave."""


def work(url: str, now: datetime, kind: str, number: int) -> Done:
    """A clock or a sender that wakes many times on one morning. `refused` is how much it made or sent."""
    house = House.open(url)
    count = 0
    for _ in range(8):
        if kind == "clock":
            count += clockwork.tick(house, CALENDAR, now=now).made
            composing.compose_due(house, now=now, settings=SETTINGS, calendar=CALENDAR)
        else:
            count += delivery.deliver(
                house, SETTINGS, worker=f"{kind} {number}", clock=lambda: now,
            ).simulated  # fmt: skip
    house.database.close()
    return Done({kind: ()}, count)


@pytest.fixture
def with_the_regions(any_house: House) -> House:
    """U2026-01 lies with the regions, some of which have answered, and everybody has an address."""
    people.import_people(any_house, EXAMPLE.name, EXAMPLE.read_bytes(), actor=actor("kansli"), now=APPROVED)
    facts = {"mote": "2026-03-27", "paragraf": "18", "forslagsversion": "1"}
    for trigger, more in (("redovisa", {"rapport": "R-1"}), ("godkann", {})):
        command = Advance(actor=actor("kansli"), trigger=trigger, facts={**facts, **more})
        commands.handle(any_house, "U2026-01", command, now=APPROVED)
    for region in ("03", "17"):
        decision = Decide(actor=actor("kansli"), region=region, outcome="antagen", on=date(2026, 3, 27))
        commands.handle(any_house, "U2026-01", decision, now=APPROVED)
    return any_house


def test_eight_clocks_and_eight_senders_at_once_serve_each_occasion_once(
    with_the_regions: House, database_url: str
) -> None:
    house = with_the_regions
    did: Counter[str] = Counter()
    for now in MORNINGS:
        each = at_once(work, [(database_url, now, kind, n) for n in range(8) for kind in ("clock", "sender")])
        each.append(work(database_url, now, "sender", 9))  # the senders may have been ready before the clocks were
        for done in each:
            did.update(dict.fromkeys(done.accepted, done.refused))

    with house.database.reading() as session:
        messages = [outbox.find(session, m.id) for m in outbox.newest(session, limit=10_000)]
        served = {m.queued.id: intents.of_message(session, m.queued.id) for m in messages if m}
        every = [i for region in ("-", *(r.lanskod for r in house.regions(session)))
                 for i in intents.of_track(session, "U2026-01", region, 1)]  # fmt: skip
        behind = reminders.first(session)
    sent = [m for m in messages if m and m.queued.status == "skickad"]
    assert did["sender"] == len(sent) == len(messages)
    assert all(m.fence == 1 and m.queued.attempts == 1 for m in sent)
    occasions = Counter(i.occasion for m in sent for i in served[m.queued.id])
    assert set(occasions.values()) == {1}
    assert {i.status for i in every} <= {"skriven", "overhoppad"}
    answered = [i for i in every if i.occasion.region in ("03", "17")]
    assert {(i.occasion.deadline, i.occasion.office) for i in answered} == {
        ("protokoll", "ansvarig"), ("protokoll", "c_nspl")
    }, "a region that has answered is asked nothing, the kansli waits for its protokoll"  # fmt: skip
    assert len(answered) == 4
    steps = Counter(i.occasion.step for i in every if i.occasion.region != "-")
    assert steps["atta_veckor_till_regionbeslut"] == 19 * 2
    assert steps["en_vecka_till_regionbeslut"] == 19 * 3
    assert did["clock"] == len(occasions)
    assert behind is None or behind > MORNINGS[-1]
    assert queries.verify(house).findings == ()
