"""A window seen over all regions: how many fit, which decide the whole, and what would help each of them most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from workflow.calendar import Span, parse_span
from workflow.chains import Break, Chain, MeetingLink, Reach, Search
from workflow.planning import Missing, RegionPlan, plan_region
from workflow.sammantraden import FULLMAKTIGE, Sammantradesplan
from workflow.workdays import WorkCalendar

QUARTERS_SHOWN = 6
_DAY = timedelta(days=1)
_NO_CHAIRS_DECISION = (FULLMAKTIGE, "AU")
SHORT = 10
"""Working days: papers that are at most so late come before an extra meeting among what would help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """How many regions are known to fit by the end of a quarter such as `Q3 2026`."""

    text: str
    last: date
    fits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A window over all concerned regions, each counted once, by länskod.

    `first_for` gives for each that does not fit the earliest day on which it may have decided, None where no such day
    is known, earliest first. `fits_all_by` is the earliest last day of a window that fits all; None while
    `undetermined` names regions for which no day is known. `send_by` is the day when the papers must have left to all
    that fit. `breaks` counts the bodies at which the chains that do not fit break.
    """

    window: Span
    fits: tuple[str, ...]
    fits_not: tuple[str, ...]
    unknown: tuple[str, ...]
    first_for: tuple[tuple[str, date | None], ...]
    fits_all_by: date | None
    undetermined: tuple[str, ...]
    send_by: date | None
    quarters: tuple[Quarter, ...]
    breaks: tuple[tuple[str, int], ...]

    @property
    def concerned(self) -> int:
        return len(self.fits) + len(self.fits_not) + len(self.unknown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One thing that would make a region fit the window, tried on its calendar.

    `ask`: what is `missing`. `earlier_meeting`: the region has stated a late date, but `chain` fits. `earlier_papers`:
    had the papers been in `working_days` earlier, by `last`, or are they taken so much later, `chain` fits.
    `ordforandebeslut`: the chair of `body` decides, on `last` at the latest. `extra_meeting`: one more meeting of
    `body`, on `last` at the latest; its handlingsstopp is as the rule says, or is agreed.
    """

    kind: Literal["ask", "earlier_meeting", "earlier_papers", "ordforandebeslut", "extra_meeting"]
    body: str = ""
    last: date | None = None
    working_days: int = 0
    chain: tuple[MeetingLink, ...] = ()
    missing: Missing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A region that decides the whole, with what would make it fit, the best first; empty where no one thing would."""

    plan: RegionPlan
    remedies: tuple[Remedy, ...]


def survey(plans: Iterable[RegionPlan], window: Span, *, today: date) -> Survey:
    """How a window fits the regions whose plans for it are given. A region that is given twice counts once."""
    by_region = {p.region: p for p in plans}
    held = [by_region[region] for region in sorted(by_region)]
    late = [p for p in held if p.verdict == "ryms_inte"]
    sure_on = {p.region: day for p in held if (day := _sure_on(p, today))}
    undetermined = tuple(p.region for p in held if p.region not in sure_on)
    sure = list(sure_on.values())
    first_for = [(p.region, p.first_possible.decides_on if p.first_possible else None) for p in late]
    breaks: dict[str, int] = {}
    for p in late:
        breaks[_breaks_at(p)] = breaks.get(_breaks_at(p), 0) + 1
    return Survey(
        window=window,
        fits=tuple(p.region for p in held if p.fits),
        fits_not=tuple(p.region for p in late),
        unknown=tuple(p.region for p in held if p.verdict == "uppgift_saknas"),
        first_for=tuple(sorted(first_for, key=lambda pair: (pair[1] or date.max, pair[0]))),
        fits_all_by=max(sure) if sure and not undetermined else None,
        undetermined=undetermined,
        send_by=min((p.send_by for p in held if p.fits and p.send_by), default=None),
        quarters=_quarters(sure, window, today),
        breaks=tuple(sorted(breaks.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def ranking(
    plans: Iterable[RegionPlan], calendars: Mapping[str, Sammantradesplan], window: Span, *, today: date,
    work: WorkCalendar,
) -> tuple[Ranked, ...]:  # fmt: skip
    """The regions that keep the window from fitting all: those with no day in sight, then the latest, then the unknown.

    `calendars` by länskod, as the plans were made from.
    """
    by_region = {p.region: p for p in plans if not p.fits}
    ranked = []
    for p in sorted(by_region.values(), key=_weight):
        calendar = calendars.get(p.region, Sammantradesplan(p.region))
        ranked.append(Ranked(plan=p, remedies=tuple(_remedies(p, calendar, window, today, work))))
    return tuple(ranked)


def _weight(p: RegionPlan) -> tuple[bool, int, str]:
    first = p.first_possible.decides_on if p.first_possible else date.max
    return p.verdict == "uppgift_saknas", -first.toordinal(), p.region


def _sure_on(p: RegionPlan, today: date) -> date | None:
    """The earliest day by which a region is known to be able to decide: today, where that takes no meeting."""
    if p.first_sure:
        return p.first_sure.decides_on
    return None if p.bodies or p.why.code == "bodies_unknown" else today


def _breaks_at(p: RegionPlan) -> str:
    return p.why.papers_to if p.why.code == "papers_passed" else p.why.body


def _quarters(sure: list[date], window: Span, today: date) -> tuple[Quarter, ...]:
    """From the quarter of today on, to the one by which all that are sure fit, or that of the window's end."""
    until = max([*sure, window.last, today])
    found: list[Quarter] = []
    year, q = today.year, (today.month + 2) // 3
    while len(found) < QUARTERS_SHOWN:
        span = parse_span(f"Q{q} {year}")
        found.append(Quarter(text=span.text, last=span.last, fits=sum(day <= span.last for day in sure)))
        if span.last >= until:
            break
        year, q = (year, q + 1) if q < 4 else (year + 1, 1)
    return tuple(found)


def _remedies(
    p: RegionPlan, calendar: Sammantradesplan, window: Span, today: date, work: WorkCalendar
) -> Iterable[Remedy]:
    if p.verdict == "uppgift_saknas":
        yield from (Remedy(kind="ask", body=m.body, missing=m) for m in p.missing)
        return
    if p.stated:
        yield from _without_stated(p, calendar, window, today, work)
        return
    if window.last < today or not p.bodies:
        return
    search = Search(calendar, p.bodies, today=today, work=work)
    papers = _earlier_papers(search, window.last)
    if papers and papers.working_days <= SHORT:
        yield papers
    yield from _chairs_decision(p.bodies[-1], window.last, today, work)
    yield from _extra_meetings(search, window.last)
    if papers and papers.working_days > SHORT:
        yield papers


def _without_stated(
    p: RegionPlan, calendar: Sammantradesplan, window: Span, today: date, work: WorkCalendar
) -> Iterable[Remedy]:
    """What the calendar would allow a region whose own date is too late."""
    own = plan_region(calendar, p.bodies, window, today=today, work=work)
    if own.fits:
        yield Remedy(kind="earlier_meeting", body=own.chain[-1].body, last=own.decides_on, chain=own.chain)
    else:
        yield from _remedies(own, calendar, window, today, work)


def _earlier_papers(search: Search, limit: date) -> Remedy | None:
    """The chain within the window whose papers are least late, and by how many working days they are."""
    best: Chain | None = None
    passed = date.min
    while not isinstance(found := search.last(limit, Reach.AHEAD, sent_after=passed), Break):
        best = Chain(found)
        passed = best.send_by or date.max
    if best is None:
        return None
    days = max(1, search.work.working_days_between(passed, search.today))
    if search.work.add_working_days(search.today, -days) > passed:
        days += 1  # today is a free day
    return Remedy(kind="earlier_papers", body=best.entry.papers_to if best.entry else "", working_days=days,
                  last=passed, chain=best.links)  # fmt: skip


def _chairs_decision(body: str, limit: date, today: date, work: WorkCalendar) -> Iterable[Remedy]:
    """A board may have let its chair decide what cannot wait (kommunallagen 6 kap. 39 §); fullmäktige cannot, and an
    arbetsutskott only prepares."""
    last = work.add_working_days(limit + _DAY, -1)
    if body not in _NO_CHAIRS_DECISION and last > today:
        yield Remedy(kind="ordforandebeslut", body=body, last=last)


def _extra_meetings(search: Search, limit: date) -> Iterable[Remedy]:
    """One more meeting of one body, after the earliest that can come before it and before the latest that must follow;
    the body that is easiest to call first."""
    for j, body in enumerate(search.bodies):
        before = search.first_end(Reach.SURE, stop=j)
        if before is None:
            continue
        # A rule may count the papers to those that follow from this very meeting: first as if they could be reached.
        for reach in (Reach.AHEAD, Reach.SURE):
            after = search.last(limit, reach, start=j + 1)
            if isinstance(after, Break):
                continue
            day = search.work.add_working_days(after[0].first if after else limit + _DAY, -1)
            if day > max(before, search.today) and _would_fit(search, j, day, limit):
                yield Remedy(kind="extra_meeting", body=body, last=day)
                break


def _would_fit(search: Search, j: int, day: date, limit: date) -> bool:
    """Whether one more meeting of body number `j` makes a chain; what it needs to take part itself is agreed."""
    reach = Reach.MAY if j == 0 else Reach.SURE
    return not isinstance(search.with_meeting(search.bodies[j], day).last(limit, reach), Break)
