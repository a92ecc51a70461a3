"""What a meeting asks of the kansli, day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from workflow.duties import duty, reminders
from workflow.meeting import Arrangement, Meeting
from workflow.sammantraden import Sammantrade
from workflow.summons import CalledOff
from workflow.workdays import QuietPeriod, WorkCalendar

DAY = date(2026, 4, 24)
HELD = Sammantrade(
    region="-", body="chefsgrupp", first=DAY, last=DAY, papers_by=date(2026, 4, 10), published_on=date(2026, 4, 15)
)  # fmt: skip
PLANNED = Meeting(day=DAY, arrangement=Arrangement(adjust_by=date(2026, 5, 11)))
CALLED = replace(PLANNED, summoned_on=date(2026, 4, 15))
CLOSED = replace(CALLED, closed_on=DAY)


@pytest.mark.parametrize(
    ("meeting", "today", "what"),
    [
        (PLANNED, date(2026, 4, 2), None),
        (PLANNED, date(2026, 4, 3), ("papers", False)),
        (PLANNED, date(2026, 4, 11), ("papers", True)),
        (PLANNED, date(2026, 4, 15), ("summons", False)),
        (PLANNED, DAY, ("summons", True)),
        (CALLED, date(2026, 4, 20), None),
        (CALLED, date(2026, 4, 26), None),
        (CALLED, date(2026, 4, 27), ("protokoll", False)),
        (CALLED, date(2026, 5, 1), ("protokoll", True)),
        (PLANNED, date(2026, 5, 1), ("protokoll", True)),
        (PLANNED, date(2026, 9, 1), None),
        (CLOSED, date(2026, 5, 10), None),
        (CLOSED, date(2026, 5, 11), ("justering", False)),
        (CLOSED, date(2026, 5, 12), ("justering", True)),
        (replace(CLOSED, digest="x"), date(2026, 5, 12), None),
    ],
)
def test_what_is_to_be_done_on_a_day(meeting: Meeting, today: date, what: tuple[str, bool] | None) -> None:
    found = duty(HELD, meeting, today)
    assert (None if found is None else (found.what, found.pressing)) == what


CALENDAR = WorkCalendar(
    free=frozenset({date(2026, 4, 3), date(2026, 4, 6)}), quiet=(QuietPeriod(date(2026, 7, 6), date(2026, 8, 2)),)
)  # fmt: skip


def mornings(meeting: Meeting, today: date = date(2026, 3, 1), held: Sammantrade = HELD) -> list[tuple[str, date]]:
    return [(r.occasion.deadline, r.send_on) for r in reminders(held, meeting, CALENDAR, today)]


def test_the_kansli_is_reminded_on_the_days_of_the_rhythm() -> None:
    """What counts down leaves before a free day (Good Friday), what follows on the meeting after one."""
    assert mornings(PLANNED) == [
        ("papers", date(2026, 4, 2)), ("papers", date(2026, 4, 10)), ("summons", date(2026, 4, 15)),
        ("protokoll", date(2026, 4, 27)), ("protokoll", date(2026, 5, 1)),
    ]  # fmt: skip
    july = replace(HELD, first=date(2026, 7, 3), papers_by=None, published_on=None)
    assert mornings(PLANNED, held=july) == [("protokoll", date(2026, 8, 3)), ("protokoll", date(2026, 8, 3))]


def test_no_reminder_of_what_is_done() -> None:
    assert mornings(CALLED) == [("protokoll", date(2026, 4, 27)), ("protokoll", date(2026, 5, 1))]
    assert mornings(CLOSED) == [("justering", date(2026, 5, 11))]
    assert mornings(replace(CLOSED, arrangement=Arrangement())) == []
    assert mornings(replace(CLOSED, digest="x")) == []
    assert mornings(replace(PLANNED, called_off=CalledOff(on=date(2026, 4, 1)))) == []
    assert mornings(PLANNED, today=date(2026, 4, 25))[0][0] == "protokoll", "no kallelse to what has been"
    assert mornings(PLANNED, today=date(2026, 9, 1)) == []


def test_a_day_that_is_set_anew_is_another_occasion() -> None:
    moved = replace(HELD, papers_by=date(2026, 4, 14))
    before, after = (reminders(held, PLANNED, CALENDAR, date(2026, 3, 1)) for held in (HELD, moved))
    papers = [{r.occasion for r in found if r.occasion.deadline == "papers"} for found in (before, after)]
    assert papers[0].isdisjoint(papers[1])
    assert all("NULL" not in str(r.occasion) and r.occasion.office == "kansli" for r in before)
