"""Moving an uppdrag to another version of its lifecycle: what would change for it, or why it cannot."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.errors import Refusal
from workflow.lifecycle import Lifecycle
from workflow.model import Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One uppdrag's move. `gained` and `lost` are the triggers that come and go from where it stands."""

    uppdrag: str
    title: str
    state: str
    from_version: int
    to_version: int
    final: bool
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    refusals: tuple[Refusal, ...]


def plan_move(matter: Matter, current: Lifecycle, to: Lifecycle) -> Move:
    """What the move does to this uppdrag; `refusals` says why it cannot be made."""
    u = matter.uppdrag
    refusals = []
    if u.state not in to.by_state:
        refusals.append(Refusal.of("state_gone", uppdrag=u.id, state=u.state, version=to.version))
    known = {d.id for d in to.deadlines}
    refusals += [Refusal.of("deadline_gone", uppdrag=u.id, deadline=p.deadline, version=to.version)
                 for p in u.times if p.deadline not in known]  # fmt: skip
    refusals += _regions(matter, to)
    before = {t.trigger for t in current.leaving[u.state]}
    after = {t.trigger for t in to.leaving.get(u.state, ())}
    return Move(
        uppdrag=u.id, title=u.title, state=u.state, from_version=u.lifecycle_version, to_version=to.version,
        final=to.by_state[u.state].final if u.state in to.by_state else u.final,
        gained=tuple(sorted(after - before)), lost=tuple(sorted(before - after)), refusals=tuple(refusals),
    )  # fmt: skip


def _regions(matter: Matter, to: Lifecycle) -> list[Refusal]:
    id = matter.uppdrag.id
    if not matter.regions:
        return []
    if to.track is None:
        return [Refusal.of("track_gone", uppdrag=id, version=to.version)]
    states, outcomes = {s.id for s in to.track.states}, {o.id for o in to.track.outcomes}
    refusals = []
    for rb in matter.regions.values():
        used = {d.outcome for d in rb.decisions if not d.withdrawn}
        if rb.state not in states or not used <= outcomes:
            gone = ", ".join(sorted(({rb.state} - states) | (used - outcomes)))
            refusals.append(Refusal.of("region_gone", uppdrag=id, region=rb.region, what=gone, version=to.version))
    return refusals
