"""What has happened, as the pages tell it: what was corrected points to its correction, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from uppdrag import words
from uppdrag.service.signing_in import Visitor
from workflow.events import Advanced, Corrected, Identified, Recorded, RegionAdvanced, RegionDecided
from workflow.lifecycle import Lifecycle
from workflow.model import Region


class Entry(NamedTuple):
    """One event. `fixed_by`: the corrections of it that stand, `gone` the event that took it back, both by number.
    `original`: what it corrects, 0 where it corrects nothing. What the visitor may do with it: `fix`, `withdraw`."""

    recorded: Recorded
    text: str
    fixed_by: tuple[int, ...]
    gone: int
    original: int
    fix: bool
    withdraw: bool


def entries(
    history: Sequence[Recorded], lifecycle: Lifecycle, regions: Mapping[str, Region], visitor: Visitor
) -> list[Entry]:
    """The events, newest first."""
    fixes: dict[int, list[Recorded]] = {}
    for e in history:
        if e.replaces:
            fixes.setdefault(e.replaces, []).append(e)
    told = []
    for e in reversed(history):
        by = fixes.get(e.seq, [])
        gone = next((f.seq for f in by if isinstance(f.event, Corrected) and f.event.withdrawn), 0)
        open_to = not gone and correctable(e) and may_correct(e, lifecycle, visitor)
        told.append(
            Entry(
                e, words.event(e, lifecycle, regions), tuple(f.seq for f in by if f.seq != gone), gone, e.replaces,
                open_to, open_to and not isinstance(e.event, Identified),
            )
        )  # fmt: skip
    return told


def correctable(e: Recorded) -> bool:
    """Whether an event is of a kind that can be corrected."""
    match e.event:
        case RegionDecided() | Identified():
            return True
        case Advanced():
            return not e.event.automatic
        case RegionAdvanced():
            return e.event.decision is None
        case _:
            return False


def may_correct(e: Recorded, lifecycle: Lifecycle, visitor: Visitor) -> bool:
    """The kansli corrects what was registered; a region its own decisions, and the steps that it may take itself."""
    if visitor.role == "kansli":
        return True
    if visitor.role != "region" or e.region != visitor.region:
        return False
    if isinstance(e.event, RegionAdvanced):
        steps = lifecycle.track.transitions if lifecycle.track else ()
        trigger = e.event.trigger
        return any(t.trigger == trigger and "region" in t.roles for t in steps)
    return isinstance(e.event, RegionDecided)
