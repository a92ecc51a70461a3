"""From an event to what then holds. No rules here: an event says what it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from workflow.events import (
    Advanced,
    Changed,
    Corrected,
    Identified,
    Migrated,
    Recorded,
    RegionAdvanced,
    RegionDecided,
    UppdragEvent,
)  # fmt: skip
from workflow.gallring_events import Emptied, Gallrat
from workflow.model import Category, Counts, Decision, Matter, Regionbeslut, RegionPatch, Uppdrag, altered


def evolve(matter: Matter | None, event: UppdragEvent, *, id: str) -> Matter:
    """The matter after one more event of the stream `id`. `matter` is None only before `Identified`."""
    if isinstance(event, Identified):
        return _identified(event, id)
    if isinstance(event, Gallrat) and event.uppdrag is not None:
        return Matter(uppdrag=event.uppdrag, regions={rb.region: rb for rb in event.regions}, seq=event.seq)
    if matter is None:
        raise ValueError(f"{id}: {type(event).__name__} before Identified")
    u, regions, seq = matter.uppdrag, matter.regions, matter.seq + 1
    match event:
        case Gallrat():
            pass  # of what came in and was mailed: the uppdrag is as it was
        case Advanced() | Migrated():
            u = altered(u, **event.patch) if event.patch else u
        case RegionAdvanced() | RegionDecided():
            u, regions = _region(u, regions, event.region, event.patch, event.decision, seq)
        case Changed():
            u = altered(u, **event.patch)
            fresh = [lk for lk in u.concerned if lk not in regions] if event.track_state else []
            regions = {**regions, **{lk: Regionbeslut(region=lk, state=event.track_state) for lk in fresh}}
        case Corrected():
            u = altered(u, **event.patch) if event.patch else u
            if event.region:
                u, regions = _region(u, regions, event.region, event.region_patch, event.decision, seq)
        case _:
            assert_never(event)
    return Matter(uppdrag=u, regions=regions, seq=seq)


def replay(events: Iterable[Recorded]) -> Matter | None:
    """What the events of one stream amount to; None where they begin with what has been emptied, and end there."""
    matter: Matter | None = None
    for recorded in events:
        if isinstance(recorded.event, Emptied):
            continue
        matter = evolve(matter, recorded.event, id=recorded.stream)  # type: ignore[arg-type]  # an uppdrag's own stream
    return matter


def _identified(e: Identified, id: str) -> Matter:
    uppdrag = Uppdrag(
        id=id, lifecycle=e.lifecycle, lifecycle_version=e.lifecycle_version, state=e.state, title=e.title,
        neutral_title=e.neutral_title, sensitive=e.sensitive, source=e.source, section=e.section, parent=e.parent,
        owner=e.owner, dnr=e.dnr, directive=e.directive, plan=e.plan, notes=e.notes, concerned=e.concerned,
        tracked=bool(e.track_state), times=e.times,
    )  # fmt: skip
    concerned = e.concerned if e.track_state else ()
    return Matter(
        uppdrag=uppdrag,
        regions={lk: Regionbeslut(region=lk, state=e.track_state) for lk in concerned},
        seq=1,
    )


def _region(
    u: Uppdrag,
    regions: Mapping[str, Regionbeslut],
    lanskod: str,
    patch: RegionPatch,
    decision: Decision | None,
    seq: int,
) -> tuple[Uppdrag, dict[str, Regionbeslut]]:
    before = regions[lanskod]
    decisions = before.decisions
    if decision is not None:
        decisions = (*(d for d in decisions if d.number != decision.number), decision)
        if len(decisions) > 1:
            decisions = tuple(sorted(decisions, key=lambda d: d.number))
    after = altered(before, **patch, decisions=decisions, version=seq)
    if after.category != before.category:
        u = altered(u, counts=_recount(u.counts, before.category, after.category))
    return u, {**regions, lanskod: after}


def _recount(counts: Counts, before: Category, after: Category) -> Counts:
    changed = {"adopted": counts.adopted, "rejected": counts.rejected, "not_concerned": counts.not_concerned}
    if before:
        changed[before] -= 1
    if after:
        changed[after] += 1
    return Counts(**changed)
