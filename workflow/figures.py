"""The numbers of letters and reports, each with what it was counted from: what happened in a period, and what comes.

Whatever is counted stands in one place only: a happening belongs to the period of its own day, a region's decision to
that of the decision. What is known is what had been registered by a moment, so a past period can be told again.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from workflow.calendar import MONTHS
from workflow.model import Region

Kind = Literal[
    "decided", "reported", "approved", "adopted", "adapted", "rejected", "not_concerned", "returned", "concluded",
    "reprioritised", "corrected", "planned", "meeting",
]  # fmt: skip
BY_CHEFSGRUPP: tuple[Kind, ...] = ("decided", "reported", "approved")
BY_REGIONS: tuple[Kind, ...] = ("adopted", "adapted", "rejected", "not_concerned")
"""What a region's handling can have ended in; together they are the regions that have decided."""
HAPPENED: tuple[Kind, ...] = (*BY_CHEFSGRUPP, *BY_REGIONS, "returned", "concluded", "reprioritised")
"""What belongs to the period of its own day."""
AHEAD_MONTHS = 3
"""How far ahead a letter looks."""
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A month or a year: its local days, both included. `name` is what it is asked for by: `2026-03`, `2026`."""

    name: str
    first: date
    last: date

    @property
    def text(self) -> str:
        """As people say it: `mars 2026`, `2026`."""
        return self.name if len(self.name) == 4 else f"{MONTHS[self.first.month - 1]} {self.first.year}"

    @property
    def is_month(self) -> bool:
        return len(self.name) != 4

    def holds(self, day: date | None) -> bool:
        """Whether a local day lies in it; a day that nobody knows does not."""
        return day is not None and self.first <= day <= self.last


def period_of(text: str) -> Period | None:
    """A month or a year as it is asked for, None where the text is neither."""
    found = _PERIOD.fullmatch(text.strip())
    if found is None or not 1900 <= int(found[1]) <= 2200 or not 1 <= int(found[2] or 1) <= 12:
        return None
    year = int(found[1])
    if found[2] is None:
        return Period(name=found[1], first=date(year, 1, 1), last=date(year, 12, 31))
    month = int(found[2])
    return Period(name=found[0], first=date(year, month, 1), last=date(year, month, monthrange(year, month)[1]))


def month_before(day: date) -> Period:
    """The month before that of a local day."""
    last = day.replace(day=1) - timedelta(days=1)
    return Period(name=f"{last.year}-{last.month:02d}", first=last.replace(day=1), last=last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One thing that was counted, and where it can be followed to.

    `title` is the one that may leave the house, `on` the local day when it happened, None for *Uppgift saknas*, and
    `registered_on` the local day when it was registered. `paragraph` and `dnr` are chefsgruppen's, or the region's own.
    `event` names it in the log (`U2026-01/17`); empty for what lies ahead. `backfilled`: registrerat i efterhand.
    """

    kind: Kind
    uppdrag: str = ""
    title: str = ""
    section: str = ""
    region: str = ""
    on: date | None = None
    paragraph: str = ""
    dnr: str = ""
    event: str = ""
    registered_on: date | None = None
    backfilled: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number: how many things were counted, and each of them."""

    counted: tuple[Source, ...] = ()

    @property
    def value(self) -> int:
        return len(self.counted)

    def where(self, takes: Callable[[Source], bool]) -> Figure:
        """The figure of a part of it."""
        return Figure(counted=tuple(filter(takes, self.counted)))

    def of(self, *kinds: Kind) -> Figure:
        """The figure of some kinds of things alone."""
        return self.where(lambda s: s.kind in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """How long the regions took together: from the report to the last region's decision."""

    uppdrag: str
    title: str
    reported: Source
    last: Source

    @property
    def days(self) -> int:
        """Whole days; both sources have a day."""
        return (self.last.on - self.reported.on).days if self.last.on and self.reported.on else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionStanding:
    """What one concerned region has come to on an uppdrag: `kind` is empty until its handling is concluded, `on` the
    local day of the decision that concluded it, None for *Uppgift saknas*."""

    region: str
    kind: Kind | Literal[""] = ""
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the regions of one uppdrag divide, by what is known. decided + pending = concerned.

    `regions` are the concerned ones, each with what it has come to, and `window` the first and last local day of the
    regions' planned time; neither is known of a letter that was sent before these were kept.
    """

    uppdrag: str
    title: str
    section: str
    state: str
    open: bool
    concerned: int
    adopted: int
    adapted: int
    rejected: int
    not_concerned: int
    regions: tuple[RegionStanding, ...] = ()
    window: tuple[date, date] | None = None
    sensitive: bool = False

    @property
    def decided(self) -> int:
        return self.adopted + self.rejected + self.not_concerned

    @property
    def pending(self) -> int:
        return self.concerned - self.decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """One planned time of an uppdrag in a plan, or the uppdrag as such where it has none, beside what became of it.

    `planned` is the planned time as it was first stated, `now` as it now is where it was moved; both in the plan's
    words, or for a sensitive uppdrag its last day. `first_last` is the last local day of the former, `last` that of the
    latter. `done` is what met it. `outcome`: klart, flyttat, kvar, avbrutet.
    """

    uppdrag: str
    title: str
    section: str
    what: str
    planned: str
    now: str
    last: date | None
    outcome: Literal["klart", "flyttat", "kvar", "avbrutet"]
    state: str
    done: Source | None = None
    first_last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one uppdrag has been through, as far as letters and reports tell of it (see `workflow.accounts`).

    `settled`: the local day on which the last thing was registered of one where nothing more is expected, else None.
    `due`: the planned time next to be met, None where nothing is awaited.
    """

    uppdrag: str
    settled: date | None
    happened: tuple[Source, ...]
    ahead: tuple[Source, ...]
    due: Source | None
    standing: Standing | None
    lead: Lead | None
    promised: tuple[Promised, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything that is counted for a period, by what had been registered before `known_by` (aware).

    `happened` holds what happened in it; `undated` what was registered in it and whose own day nobody knows; `earlier`
    what was registered in it and happened before it. `ahead` are planned times and meetings to come, `passed` planned
    times that have gone out. `standings` and `promised` are as things now stand.
    """

    period: Period
    known_by: datetime
    happened: Figure
    undated: Figure
    earlier: Figure
    corrected: Figure
    ahead: Figure
    passed: Figure
    leads: tuple[Lead, ...] = ()
    standings: tuple[Standing, ...] = ()
    promised: tuple[Promised, ...] = ()

    def of(self, *kinds: Kind) -> Figure:
        """What happened of some kinds."""
        return self.happened.of(*kinds)

    @property
    def backfilled(self) -> Figure:
        """What happened in the period and was registered afterwards: marked so, or after its last day."""
        last = self.period.last
        return self.happened.where(lambda s: s.backfilled or (s.registered_on is not None and s.registered_on > last))


def figures(
    period: Period, accounts: Iterable[Account], meetings: Sequence[date], *, known_by: datetime
) -> Figures:  # fmt: skip
    """The figures of a period. `meetings` are chefsgruppen's days; accounts and meetings as known before `known_by`."""
    horizon = _months_on(period.last, AHEAD_MONTHS)
    happened, undated, earlier, corrected = list[Source](), list[Source](), list[Source](), list[Source]()
    ahead, passed = list[Source](), list[Source]()
    leads, standings, promised = list[Lead](), list[Standing](), list[Promised]()
    for account in accounts:
        if account.settled and account.settled < period.first:
            continue  # over and done with before the period began
        for source in account.happened:
            registered_here = period.holds(source.registered_on)
            if source.kind == "corrected":
                corrected += [source] if registered_here else []
            elif period.holds(source.on):
                happened.append(source)
            elif source.on is None:
                undated += [source] if registered_here else []
            elif registered_here:  # and nothing is registered before it has happened
                earlier.append(source)
        ahead += [s for s in account.ahead if s.on and period.last < s.on <= horizon]
        if account.due and account.due.on and account.due.on <= period.last:
            passed.append(account.due)
        if account.lead and period.holds(account.lead.last.on):
            leads.append(account.lead)
        standings += [account.standing] if account.standing else []
        promised += account.promised
    ahead += [Source(kind="meeting", on=day) for day in meetings if period.last < day <= horizon]
    return Figures(
        period=period, known_by=known_by, happened=_figure(happened), undated=_figure(undated),
        earlier=_figure(earlier), corrected=_figure(corrected), ahead=_figure(ahead), passed=_figure(passed),
        leads=tuple(leads), standings=tuple(standings), promised=tuple(promised),
    )  # fmt: skip


def by_section(figure: Figure) -> dict[str, Figure]:
    """A figure by the plan's sections, in their order; what has none comes last, under an empty name."""
    names = {s.section for s in figure.counted}
    return {name: figure.where(lambda s, name=name: s.section == name) for name in sorted(names, key=section_order)}  # type: ignore[misc]  # mypy cannot see a lambda's default


def section_order(section: str) -> tuple[bool, list[int], str]:
    """What sections are sorted by: 6.2 comes before 6.10, and none at all last."""
    return not section, [int(n) for n in re.findall(r"\d+", section)], section


def by_group(figure: Figure, regions: Iterable[Region]) -> dict[str, Figure]:
    """A figure of regions' decisions by samverkansregion. A region in two of them counts in its primary one alone."""
    primary = {r.lanskod: r.samverkansregioner[0] for r in regions if r.samverkansregioner}
    names = sorted(set(primary.values()))
    return {
        name: figure.where(lambda s, name=name: primary.get(s.region) == name)  # type: ignore[misc]  # as above
        for name in names
    }


def _figure(found: list[Source]) -> Figure:
    return Figure(counted=tuple(sorted(found, key=_order)))


def _order(s: Source) -> tuple[date, str, str, str]:
    return s.on or date.max, s.uppdrag, s.region, s.event


def _months_on(day: date, months: int) -> date:
    """The last day of the month so many months on."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])
