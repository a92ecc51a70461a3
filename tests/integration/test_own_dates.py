"""The kansli's own dates remind whoever answers for them, and C-NSPL, while there is still time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import pytest

from definitions.holidays import work_calendar
from storage import people
from tests.cast import CHEFSGRUPP, KANSLI
from uppdrag.service import clockwork, commands, composing, delivery
from uppdrag.service.commands import New
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.appointments import Appoint, decide
from workflow.calendar import STOCKHOLM, parse_span
from workflow.commands import Advance
from workflow.people import Holder

SETTINGS = Settings()
OWNER, MENDER, HEAD = "olle@nspl.example", "maja@nspl.example", "cecilia@nspl.example"
STAFF = (
    Holder(id="c", office="c_nspl", name="Cecilia Nord", email=HEAD),
    Holder(id="k", office="kansli", name="", email="kansli@nspl.example", shared=True),
    Holder(id="k2", office="kansli", name="Olle Owner", email=OWNER),
    Holder(id="k3", office="kansli", name="Maja Mender", email=MENDER),
)
BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def staffed(house: House) -> House:
    """The kansli's own people, and nobody else."""
    with house.database.transaction() as session:
        for holder in STAFF:
            people.save(session, holder.id, None, decide(None, Appoint(holder), ()), KANSLI, BEGUN)
    return house


def created(house: House, lifecycle: str, times: Mapping[str, str]) -> str:
    new = New(
        title="Ett eget datum", lifecycle=lifecycle, actor=KANSLI, owner="Olle Owner",
        times={deadline: parse_span(words) for deadline, words in times.items()},
    )  # fmt: skip
    return commands.new(house, new, now=BEGUN).uppdrag


def lived(house: House, id: str, until: date, begun: datetime = BEGUN) -> list[tuple[date, str]]:
    """The mails about an uppdrag that leave each morning, digests among them, with the day and to whom."""
    left: list[tuple[date, str]] = []
    day = begun.date() + timedelta(days=1)
    seen: set[str] = set()
    while day <= until:
        now = datetime.combine(day, time(8, 5), STOCKHOLM).astimezone(UTC)
        clockwork.tick(house, work_calendar(), now=now)
        composing.compose_due(house, now=now, settings=SETTINGS)
        delivery.deliver(house, SETTINGS, worker="prov", clock=lambda: now)  # noqa: B023 - used at once
        with house.database.reading() as session:
            rows = list(
                session.raw(
                    "SELECT DISTINCT m.id, m.recipient FROM message m JOIN intent i ON i.message = m.id "
                    f"WHERE i.uppdrag = '{id}' AND m.status = 'skickad'"
                )
            )
            left += [(day, recipient) for message, recipient in rows if message not in seen]
            seen |= {message for message, _ in rows}
        day += timedelta(days=1)
    return sorted(left)


@pytest.mark.parametrize("lifecycle", ["regiongemensamt", "utredning"])
def test_a_redovisning_reminds_its_owner_and_c_nspl(staffed: House, lifecycle: str) -> None:
    id = created(staffed, lifecycle, {"redovisning": "2026-06-30"})
    left = lived(staffed, id, date(2026, 6, 30))
    first, last = date(2026, 6, 2), date(2026, 6, 23)
    assert left == [(first, HEAD), (first, OWNER), (last, HEAD), (last, OWNER)]


def test_an_answer_to_an_authority_reminds_its_owner_and_c_nspl(staffed: House) -> None:
    id = created(staffed, "inkommande", {"svarsdag": "2026-06-30"})
    left = lived(staffed, id, date(2026, 6, 30))
    assert left == [(date(2026, 6, 2), OWNER), (date(2026, 6, 23), HEAD), (date(2026, 6, 23), OWNER)]


def test_what_was_sent_back_reminds_who_completes_it_and_c_nspl(staffed: House) -> None:
    id, now = "U2026-01", datetime(2026, 3, 27, 9, tzinfo=UTC)
    for trigger, actor, facts in (
        ("redovisa", KANSLI, {"mote": "2026-03-27", "paragraf": "12", "rapport": "R1", "forslagsversion": "1"}),
        ("aterremittera", CHEFSGRUPP, {"paragraf": "13", "saknas": "En konsekvensanalys", "ansvarig": "Maja Mender",
                                       "klar_senast": "2026-06-30"}),
    ):  # fmt: skip
        commands.handle(staffed, id, Advance(actor=actor, trigger=trigger, facts=facts), now=now)
    left = lived(staffed, id, date(2026, 6, 30), begun=now)
    first, last = date(2026, 6, 2), date(2026, 6, 23)
    assert left == [(first, HEAD), (first, MENDER), (last, HEAD), (last, MENDER)]
