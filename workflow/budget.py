"""NSPL's budget of a year, and what the regions contribute in full-time posts. Frozen values, and what they come to.

Money is whole kronor; a contribution is an extent in hundredths of a full-time post, 50 for half of one. Both are
followed by quarter, as the plan's own times are: four figures to note for each post and region, not twelve.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

STREAM = re.compile(r"budget:(\d{4})", re.ASCII)
"""The name of the stream of a year's budget: `budget:2026`."""
QUARTERS = (1, 2, 3, 4)

ByQuarter = tuple[int, int, int, int]


def id_of(year: int) -> str:
    """The name of the stream of a year's budget."""
    return f"budget:{year:04d}"


def in_posts(extent: int) -> str:
    """An extent as people write it: 950 is `9,5`, 100 is `1`."""
    whole, part = divmod(extent, 100)
    return f"{whole},{part:02d}".rstrip("0") if part else str(whole)


def first_of(year: int, quarter: int) -> date:
    """The first day of a quarter."""
    return date(year, quarter * 3 - 2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post of the budget, known by its name within the year: whole kronor for each quarter."""

    name: str
    quarters: ByQuarter

    @property
    def total(self) -> int:
        return sum(self.quarters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """The budget as chefsgruppen fixed it on a local day, under a §; `dnr` may be empty. `event` is the number of the
    event that says so, here as everywhere below."""

    on: date
    paragraph: str
    dnr: str
    posts: tuple[Post, ...]
    event: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a post has cost in a quarter by what was last noted. `before` is what it was corrected from, and `why`."""

    post: str
    quarter: int
    amount: int
    source: str
    event: int
    before: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """How much the regions are to contribute together, in hundredths of a full-time post, and what says so."""

    extent: int
    source: str
    event: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What one region is meant to contribute."""

    region: str
    extent: int
    source: str
    event: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What a region has agreed to in an överenskommelse: an uppdrag, a diarienummer or both name it. `last` None: until
    further notice."""

    region: str
    uppdrag: str
    dnr: str
    extent: int
    first: date
    last: date | None
    event: int

    @property
    def key(self) -> tuple[str, str, str]:
        return self.region, self.uppdrag, self.dnr


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a region has contributed in a quarter by what was last noted. `before` and `why` as in Outcome."""

    region: str
    quarter: int
    extent: int
    source: str
    event: int
    before: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Everything that is known of a year's budget. `version` is the number of its last event; `posts` are those last
    stated, by the event `stated`, fixed or not; `fixed` chefsgruppen's decisions, the newest last."""

    year: int
    version: int = 0
    posts: tuple[Post, ...] = ()
    stated: int = 0
    fixed: tuple[Fixed, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    declared: Declared | None = None
    planned: tuple[Planned, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    used: tuple[Used, ...] = ()

    @property
    def in_force(self) -> Fixed | None:
        """Chefsgruppen's newest decision."""
        return self.fixed[-1] if self.fixed else None

    @property
    def proposed(self) -> bool:
        """Whether the posts that were last stated are other than those that chefsgruppen has fixed."""
        return bool(self.posts) and (self.in_force is None or self.in_force.posts != self.posts)

    @property
    def lines(self) -> tuple[Post, ...]:
        """The posts that outcome is held against: those that are fixed, else those that are proposed."""
        return self.in_force.posts if self.in_force else self.posts

    def outcome(self, post: str, quarter: int) -> Outcome | None:
        """What was last noted of a post in a quarter."""
        return next((o for o in self.outcomes if (o.post, o.quarter) == (post, quarter)), None)

    def use(self, region: str, quarter: int) -> Used | None:
        """What was last noted of a region in a quarter."""
        return next((u for u in self.used if (u.region, u.quarter) == (region, quarter)), None)

    def plan(self, region: str) -> Planned | None:
        """What a region is meant to contribute."""
        return next((p for p in self.planned if p.region == region), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A post beside its outcome. `outcome` has None for a quarter of which nothing is noted."""

    name: str
    planned: ByQuarter
    outcome: tuple[int | None, ...]

    @property
    def budget(self) -> int:
        """Whole kronor for the year."""
        return sum(self.planned)

    @property
    def spent(self) -> int:
        """Whole kronor in the quarters that are noted."""
        return sum(o for o in self.outcome if o is not None)

    @property
    def noted(self) -> int | None:
        """The same, None where no quarter is noted."""
        return None if all(o is None for o in self.outcome) else self.spent

    @property
    def left(self) -> int:
        """What the year's budget has left; negative where more has been spent."""
        return self.budget - self.spent

    def difference(self, quarter: int) -> int | None:
        """Budget less outcome of a quarter; negative where more has been spent. None where nothing is noted."""
        noted = self.outcome[quarter - 1]
        return None if noted is None else self.planned[quarter - 1] - noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """A region's contribution in hundredths of a full-time post. `agreed` is the most that holds at one time of the
    year; `used` has None for a quarter of which nothing is noted."""

    region: str
    planned: int | None
    agreed: int
    used: tuple[int | None, ...]
    agreements: tuple[Agreement, ...]


def lines(budget: Budget) -> tuple[Line, ...]:
    """Each post beside its outcome, and last those that have outcome although the budget does not have them yet."""
    planned: dict[str, ByQuarter] = {p.name: p.quarters for p in budget.lines}
    names = dict.fromkeys((*planned, *sorted({o.post for o in budget.outcomes})))
    return tuple(
        Line(
            name=name, planned=planned.get(name, (0, 0, 0, 0)),
            outcome=tuple(o.amount if (o := budget.outcome(name, q)) else None for q in QUARTERS),
        )
        for name in names
    )  # fmt: skip


def total(found: Iterable[Line], name: str) -> Line:
    """Posts as one. A quarter has an outcome where any of them has."""
    each = list(found)
    first, second, third, fourth = (sum(line.planned[q - 1] for line in each) for q in QUARTERS)
    noted = ([o for line in each if (o := line.outcome[q - 1]) is not None] for q in QUARTERS)
    return Line(
        name=name, planned=(first, second, third, fourth), outcome=tuple(sum(one) if one else None for one in noted)
    )


def contributions(budget: Budget) -> tuple[Contribution, ...]:
    """Each region of which anything is planned, agreed or used, by länskod."""
    planned, agreed = (p.region for p in budget.planned), (a.region for a in budget.agreements)
    named = {*planned, *agreed, *(u.region for u in budget.used)}
    return tuple(
        Contribution(
            region=region, planned=p.extent if (p := budget.plan(region)) else None,
            agreed=at_most(agreements := tuple(a for a in budget.agreements if a.region == region), budget.year),
            used=tuple(u.extent if (u := budget.use(region, q)) else None for q in QUARTERS), agreements=agreements,
        )
        for region in sorted(named)
    )  # fmt: skip


def at_most(agreements: Iterable[Agreement], year: int) -> int:
    """The most that holds at one time of the year: what follows on another is not added to it, what runs beside it
    is."""
    of_year = [a for a in agreements if _touches(a, year)]
    days = {max(a.first, date(year, 1, 1)) for a in of_year}  # it only ever rises on the first day of one
    return max((sum(a.extent for a in of_year if _holds(a, day)) for day in days), default=0)


def together(found: Iterable[Contribution]) -> Contribution:
    """The regions as one, without their agreements."""
    each = list(found)
    planned = [c.planned for c in each if c.planned is not None]
    used = ([u for c in each if (u := c.used[q - 1]) is not None] for q in QUARTERS)
    return Contribution(
        region="", planned=sum(planned) if planned else None, agreed=sum(c.agreed for c in each), agreements=(),
        used=tuple(sum(one) if one else None for one in used),
    )  # fmt: skip


def _touches(a: Agreement, year: int) -> bool:
    return a.first <= date(year, 12, 31) and (a.last is None or a.last >= date(year, 1, 1))


def _holds(a: Agreement, day: date) -> bool:
    return a.first <= day and (a.last is None or a.last >= day)


def complete(found: Iterable[Line]) -> Iterator[int]:
    """The quarters of which every post has an outcome."""
    each = list(found)
    return (q for q in QUARTERS if each and all(line.outcome[q - 1] is not None for line in each))
