"""What a region has been sent, and when it was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from workflow.calendar import local_date
from workflow.events import Corrected, Recorded, RegionAdvanced
from workflow.lifecycle import Lifecycle, RegionTransition

ASK = "begar_uppgift"
"""The step on a region's track that a question by hand is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """When (local date) a region was last asked, and by whom."""

    on: date
    by: str


def sending(lifecycle: Lifecycle) -> RegionTransition | None:
    """The step that tells which version a region was sent; None where the lifecycle has none."""
    steps = lifecycle.track.transitions if lifecycle.track else ()
    return next((t for t in steps if any(f.sets == "sent_version" for f in t.facts)), None)


def last_asked(history: Sequence[Recorded]) -> Mapping[str, Asked]:
    """When each region was last asked, by länskod; what was taken back does not count."""
    gone = {e.replaces for e in history if isinstance(e.event, Corrected) and e.event.withdrawn}
    return {
        e.event.region: Asked(on=e.on or local_date(e.registered_at), by=e.actor.name)
        for e in history
        if isinstance(e.event, RegionAdvanced) and e.event.trigger == ASK and e.seq not in gone
    }
