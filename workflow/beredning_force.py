"""What the beredningsplaner say of a year's meetings, as far as it still holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from workflow.beredning import Beredningsplan, OwnMatter
from workflow.meeting import AgendaItem, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """Chefsgruppen's meetings: every known day in order, and those of them that are still to be held. `moved`: the day
    that a meeting which was moved is held on instead."""

    days: tuple[date, ...]
    coming: tuple[date, ...]
    moved: Mapping[date, date] = field(default_factory=dict)

    def after(self, day: date) -> date | None:
        return next((d for d in self.days if d > day), None)

    def instead(self, day: date) -> date:
        """The coming meeting that what was meant for a day is meant for now: that one, where it was moved to, or the
        next one after; the day itself where none is known."""
        for _ in self.moved:
            day = self.moved.get(day, day)
        return next((d for d in self.coming if d >= day), day)

    def year(self, year: int) -> tuple[date, ...]:
        return tuple(d for d in self.days if d.year == year)


@dataclass(frozen=True, slots=True)
class Force:
    """What the plans say of a year's meetings, as far as it still holds: where each matter is put, and the matters of
    the plan's own that have not been dealt with."""

    placed: Mapping[str, date | None]
    own: tuple[OwnMatter, ...]

    def own_items(self, day: date) -> tuple[AgendaItem, ...]:
        """The matters of the plan's own that are meant for the meeting on a day, as its agenda has them."""
        why = Why.of("plan", year=day.year)
        meant = (o for o in self.own if self.placed.get(o.key) == day)
        return tuple(AgendaItem(key=o.key, section="", kind=o.kind, title=o.title, why=why) for o in meant)


def in_force(plans: Iterable[Beredningsplan], year: int, dealt: Mapping[str, date], rounds: Rounds) -> Force:
    """What still holds of the plans of a year and later ones, for the meetings of that year.

    `dealt`: the last meeting that has dealt with a matter, by key. What is put at a meeting that is not held, or that
    passed without dealing with it, is meant for the next one. What a later year's plan has put at a meeting is not
    taken up before.
    """
    placed: dict[str, date | None] = {}
    own: tuple[OwnMatter, ...] = ()
    for plan in sorted(plans, key=lambda p: p.year, reverse=True):
        if plan.year < year:
            continue
        for p in plan.placements:
            if p.day is not None and (p.key not in dealt or dealt[p.key] < p.day):
                placed[p.key] = rounds.instead(p.day)
            elif p.day is None and plan.year == year:
                placed[p.key] = None
        if plan.year == year:
            own = tuple(o for o in plan.own if o.key not in dealt or placed.get(o.key))
            placed |= {o.key: rounds.instead(o.day) for o in own if o.key not in placed and o.day is not None}
    done = [key for key, day in dealt.items() if ":" not in key and day.year == year]
    return Force({**dict.fromkeys(done), **placed}, own)
