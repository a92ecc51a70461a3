"""What becomes true of a beredningsplan, and what then holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, assert_never

from workflow.beredning import Beredningsplan, Line, OwnMatter, Placement, Ruling, Tabled, id_of
from workflow.paper_events import (
    MatterAdded,
    MatterPlaced,
    MatterReleased,
    PreparationDecided,
    PreparationEvent,
    PreparationTabled,
)


def evolve(plan: Beredningsplan | None, event: PreparationEvent, *, id: str) -> Beredningsplan:
    """The plan after one more event of the stream `id`; None before the first. Raises ValueError where the event is
    about another year, or about what never was."""
    if id_of(event.year) != id:
        raise ValueError(f"{id}: {type(event).__name__} of another year")
    before = plan or Beredningsplan(year=event.year)
    after = replace(before, version=before.version + 1)
    match event:
        case MatterPlaced():
            kept = tuple(p for p in before.placements if p.key != event.key)
            put = Placement(key=event.key, day=event.day, why=event.why)
            return replace(after, edition=before.edition + 1, placements=(*kept, put))
        case MatterReleased():
            kept = tuple(p for p in before.placements if p.key != event.key)
            return replace(after, edition=before.edition + 1, placements=kept)
        case MatterAdded():
            own = OwnMatter(key=event.key, title=event.title, kind=event.kind, day=event.day)
            return replace(after, edition=before.edition + 1, own=(*before.own, own))
        case PreparationTabled():
            tabled = Tabled(event=after.version, edition=before.edition, meeting=event.meeting, lines=event.lines)
            return replace(after, tabled=(*before.tabled, tabled))
        case PreparationDecided():
            if before.put(event.tabled) is None:
                raise ValueError(f"{id}: a decision on what was never put before the meeting")
            ruling = Ruling(meeting=event.meeting, paragraph=event.paragraph, tabled=event.tabled)
            return replace(after, rulings=(*before.rulings, ruling))
        case _:
            assert_never(event)


def replay(events: Iterable[PreparationEvent], *, id: str) -> Beredningsplan | None:
    """What the events of one stream amount to."""
    plan: Beredningsplan | None = None
    for event in events:
        plan = evolve(plan, event, id=id)
    return plan


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan has otherwise than when it was decided: a matter that is `new`, `gone` (dealt with, or not topical
    any more) or `moved` from one day to another, None for no meeting."""

    code: Literal["new", "gone", "moved"]
    title: str
    before: date | None = None
    after: date | None = None


def compare(before: Iterable[Line], after: Iterable[Line]) -> list[Change]:
    """What has changed from the lines of one plan to those of another, in the order of the later."""
    was = {line.key: line for line in before}
    found = []
    for line in after:
        known = was.pop(line.key, None)
        if known is None:
            found.append(Change("new", line.title, None, line.day))
        elif known.day != line.day:
            found.append(Change("moved", line.title, known.day, line.day))
    return [*found, *(Change("gone", line.title, line.day, None) for line in was.values())]
