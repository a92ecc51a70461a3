"""The backward plan: a hundred uppdrag against one, and ten years of meetings against two."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from benchmarks.measure import Bar, take_turns
from definitions.holidays import work_calendar
from workflow.calendar import Span, parse_span
from workflow.planning import plan_region
from workflow.sammantraden import PapersRule, Sammantrade, Sammantradesplan

REGIONS, UPPDRAG, REPEATED = 21, 100, 40
BODIES = ("AU", "RS", "RF")
TODAY = date(2026, 1, 12)
RHYTHM = {"AU": (28, 12), "RS": (35, 26), "RF": (60, 47)}
"""Days between a body's meetings, and from the year's first day to its first one: the rhythm of published calendars."""

_WORK = work_calendar()


def measure(_: Path, rounds: int) -> list[Bar]:
    two, ten = _calendars(2), _calendars(10)
    window = parse_span("Q3 2026")
    many = [parse_span(f"Q{1 + n % 4} {2026 + n // 4 % 2}") for n in range(UPPDRAG)]

    def one() -> None:
        for _ in range(REPEATED):
            _plan(two, [window])

    turns = take_turns(
        rounds,
        {
            "one": one, "hundred": lambda: _plan(two, many),
            "two": lambda: _plan(two, many), "ten": lambda: _plan(ten, many),
        },
    )  # fmt: skip
    hundred = turns.cpu("hundred", "hundred", "one", at_most=None)
    return [
        Bar(
            f"planera {UPPDRAG} uppdrag × {REGIONS} regioner mot ett: CPU", hundred.ours, hundred.theirs / REPEATED,
            hundred.ratio * REPEATED, 110, False, None,
        ),
        turns.cpu("planera med tio års sammanträden mot två: CPU", "ten", "two", at_most=1.5),
    ]  # fmt: skip


def _plan(calendars: list[Sammantradesplan], windows: list[Span]) -> None:
    for window in windows:
        for calendar in calendars:
            plan_region(calendar, BODIES, window, today=TODAY, work=_WORK)


def _calendars(years: int) -> list[Sammantradesplan]:
    """So many years of meetings for each region, each shifted by some days; those of RS have their papers by a rule."""
    calendars = []
    for number in range(REGIONS):
        region = f"{number:02d}"
        meetings = []
        for body, (between, start) in RHYTHM.items():
            day = date(TODAY.year, 1, 1) + timedelta(days=start + number)
            while day.year < TODAY.year + years:
                meetings.append(Sammantrade(region=region, body=body, first=day, last=day))
                day += timedelta(days=between)
        rule = PapersRule(region=region, body="RS", working_days=10, before="AU")
        calendars.append(Sammantradesplan(region, tuple(meetings), (rule,)))
    return calendars
