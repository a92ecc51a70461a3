"""What a meeting asks of the kansli, day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from workflow.duties import duty
from workflow.meeting import Arrangement, Meeting
from workflow.sammantraden import Sammantrade

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
