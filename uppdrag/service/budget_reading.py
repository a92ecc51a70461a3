"""The budget of a year as it stands, or stood: posts beside their outcome, and the regions' contributions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from storage import budgets, uppdrag
from storage.database import Session
from uppdrag.service.budget import unsigned
from uppdrag.service.house import House
from uppdrag.words.budget import ALL_POSTS
from workflow.budget import Agreement, Budget, Contribution, Line, contributions, lines, together, total
from workflow.budgeting import replay
from workflow.errors import Refusal
from workflow.events import Recorded
from workflow.model import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A year's budget. `regions` by länskod; `whole` and `together` are all posts and all regions as one; `events` what
    has happened with it, by number; `discreet` the uppdrag of which only the number may be shown."""

    budget: Budget
    lines: tuple[Line, ...]
    whole: Line
    contributions: tuple[Contribution, ...]
    together: Contribution
    regions: Mapping[str, Region]
    events: Mapping[int, Recorded]
    warnings: tuple[Refusal, ...] = ()
    discreet: frozenset[str] = frozenset()

    @property
    def year(self) -> int:
        return self.budget.year

    def name(self, lanskod: str) -> str:
        """What people call a region."""
        return self.regions[lanskod].short_name if lanskod in self.regions else lanskod

    def dnr(self, agreement: Agreement) -> str:
        """The diarienummer of an överenskommelse as it may be shown."""
        return "" if agreement.uppdrag in self.discreet else agreement.dnr


def shown(house: House, year: int) -> Shown:
    """A year's budget as it stands."""
    with house.database.reading() as session:
        return within(house, session, year)


def years(house: House, today: date) -> list[int]:
    """This year and those of which anything is known, the newest first."""
    with house.database.reading() as session:
        return sorted({today.year, *budgets.years(session)}, reverse=True)


def within(house: House, session: Session, year: int, *, known_by: datetime | None = None) -> Shown:
    """The same in a transaction that is open, by what had been registered before `known_by` (aware), or all."""
    events = budgets.history(session, year)
    if known_by is not None:  # as in `storage.asof`: everything up to the last event with an earlier moment
        last = max((r.seq for r in events if r.registered_at < known_by), default=0)
        events = [r for r in events if r.seq <= last]
    told = of_events(year, events, house.regions(session))
    named = {a.uppdrag for a in told.budget.agreements if a.uppdrag}
    discreet = frozenset(id for id in named if uppdrag.load(session, id, seq=0).uppdrag.sensitive)
    warnings = tuple(unsigned(house, session, told.budget.agreements)) if known_by is None else ()
    return replace(told, discreet=discreet, warnings=warnings)


def of_events(year: int, events: Sequence[Recorded], regions: Sequence[Region]) -> Shown:
    """What the events of a budget amount to."""
    budget = replay((r.event for r in events), year)  # type: ignore[misc]  # the stream holds nothing else
    found, given = lines(budget), contributions(budget)
    return Shown(
        budget=budget, lines=found, whole=total(found, ALL_POSTS), contributions=given, together=together(given),
        regions={r.lanskod: r for r in regions}, events={r.seq: r for r in events},
    )  # fmt: skip
