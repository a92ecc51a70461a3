"""Meetings of the bodies that decide: dates, last days for papers, and what is not known."""

from __future__ import annotations

import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from workflow.workdays import WorkCalendar

CHEFSGRUPP = "-"
"""Stands where a region would: the meetings of chefsgruppen."""

FULLMAKTIGE = "RF"
FIRST_DAY = attrgetter("first")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Sammantrade:
    """One meeting of one body, from its first local day to its last; most have one day.

    `region` is a länskod, or CHEFSGRUPP. `body` is `AU`, `RS`, `RF`, `chefsgrupp` or a nämnd's own name. `papers_by`
    is the handlingsstopp that somebody has stated for this very meeting, None where nobody has. `published_on`: when
    the kallelse is published. `period` is the period of office in which the body sits, such as `2022–2026`; empty where
    unknown. `source` says where the date comes from. `example`: made up for demonstration.
    """

    region: str
    body: str
    first: date
    last: date
    papers_by: date | None = None
    published_on: date | None = None
    period: str = ""
    source: str = ""
    example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PapersRule:
    """A handlingsstopp stated as a rule: so many working days before the meeting of `before`, for papers to `body`.

    "Tio arbetsdagar före AU" for RS is `body="RS", before="AU", working_days=10`: it counts from the last AU before
    that RS. `stated_by` says who said so.
    """

    region: str
    body: str
    working_days: int
    before: str
    stated_by: str = ""


@dataclass(frozen=True, slots=True)
class Sammantradesplan:
    """Everything that is known of one region's meetings, or of chefsgruppen's."""

    region: str
    meetings: tuple[Sammantrade, ...] = ()
    rules: tuple[PapersRule, ...] = ()
    _by_body: dict[str, tuple[Sammantrade, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        held: dict[str, list[Sammantrade]] = {}
        for meeting in self.meetings:
            held.setdefault(meeting.body, []).append(meeting)
        for body, meetings in held.items():
            self._by_body[body] = tuple(sorted(meetings, key=lambda m: (m.first, m.last)))

    def of(self, body: str) -> Sequence[Sammantrade]:
        """The meetings of a body, earliest first."""
        return self._by_body.get(body, ())

    def on(self, body: str, day: date) -> Sammantrade | None:
        """The meeting of a body that is held on a day, the last that has begun by then."""
        held = self.of(body)
        at = bisect_right(held, day, key=FIRST_DAY)
        return held[at - 1] if at and held[at - 1].last >= day else None

    def last_known(self, body: str) -> date | None:
        """The first day of the last meeting that is known of a body; None where none is."""
        held = self.of(body)
        return held[-1].first if held else None

    def known_until(self, body: str) -> date:
        """The last day up to which the body's list is taken as whole; date.min where nothing is known.

        Meetings are planned and published a season or a year at a time, so a list that reaches into a quarter is taken
        to hold the whole of it: an RF in November is the last of its year, and not a sign that December is unknown.
        """
        last = self.last_known(body)
        if last is None:
            return date.min
        month = 3 * ((last.month + 2) // 3)
        return date(last.year, month, monthrange(last.year, month)[1])

    def papers_by(self, meeting: Sammantrade, work: WorkCalendar) -> date | None:
        """The handlingsstopp of a meeting: as stated for it, else by the body's rule, else None.

        A rule that counts from another body's meeting gives nothing where that body's meetings are not known as far as
        here: the last one before this may be one that nobody has told of.
        """
        if meeting.papers_by is not None:
            return meeting.papers_by
        rule = next((r for r in self.rules if r.body == meeting.body), None)
        if rule is None:
            return None
        counted_from = meeting.first
        if rule.before != meeting.body:
            held = self.of(rule.before)
            at = bisect_right(held, meeting.first, key=FIRST_DAY)
            if at == 0 or self.known_until(rule.before) < meeting.first:
                return None
            counted_from = held[at - 1].first
        return work.add_working_days(counted_from, -rule.working_days)

    def next_papers_by(self, after: date, work: WorkCalendar) -> date | None:
        """The first handlingsstopp of any body that comes after a local day; None where none is known."""
        stops = (self.papers_by(meeting, work) for meeting in self.meetings if meeting.first > after)
        return min((stop for stop in stops if stop is not None and stop > after), default=None)


def period_of(body: str, day: date) -> str:
    """The period of office on a day by the general rule, as the year of the election before and the one that ends it.

    A new fullmäktige sits from 15 October of the year of an election, every fourth year from 2026; boards mostly shift
    on the 1 January that follows, some at once: what is stated goes before this.
    """
    year = day.year if body == FULLMAKTIGE and (day.month, day.day) >= (10, 15) else day.year - 1
    elected = year - (year - 2026) % 4
    return f"{elected}–{elected + 4}"


def same_period(one: str, other: str) -> bool:
    """Whether two periods of office end in the same year: `2022–2026` and `2023–2026` do."""
    return _ends(one) == _ends(other)


def _ends(period: str) -> str:
    years = re.findall(r"\d{4}", period)
    return years[-1] if years else period.strip().casefold()


def plans_by_region(meetings: Iterable[Sammantrade], rules: Iterable[PapersRule] = ()) -> dict[str, Sammantradesplan]:
    """What is known, by region."""
    held: dict[str, list[Sammantrade]] = {}
    stated: dict[str, list[PapersRule]] = {}
    for meeting in meetings:
        held.setdefault(meeting.region, []).append(meeting)
    for rule in rules:
        stated.setdefault(rule.region, []).append(rule)
    return {
        region: Sammantradesplan(region, tuple(held.get(region, ())), tuple(stated.get(region, ())))
        for region in sorted({*held, *stated})
    }
