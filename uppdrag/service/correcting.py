"""What an event says today, in the words in which it may be corrected: what a correction's form is filled in with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from storage import log, uppdrag
from uppdrag.service.commands import as_corrected, last_word
from uppdrag.service.house import House
from workflow.correction import as_typed
from workflow.errors import NotFound, Refusal, Refused
from workflow.events import Advanced, Identified, Recorded, RegionAdvanced, RegionDecided
from workflow.lifecycle import Fact, Lifecycle
from workflow.model import Decision, FactValue, Matter
from workflow.revision import ATTRIBUTES

DAY = "on"
"""The name under which an event's own day is corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An event as it stands. `said`: what it says, by the names that a correction takes. `facts`: those among them that
    a step declares. `last`: the number of the last event that said something of it."""

    event: Recorded
    matter: Matter
    lifecycle: Lifecycle
    said: Mapping[str, str]
    facts: tuple[Fact, ...]
    last: int


def standing(house: House, id: str, seq: int) -> Standing:
    """An event of an uppdrag as it stands. Raises NotFound; Refused where it cannot be corrected, and why."""
    with house.database.reading() as session:
        history = list(log.read(session, id))
        found = next((e for e in history if e.seq == seq), None)
        if found is None:
            raise NotFound("event", f"{id}/{seq}")
        if found.replaces:
            raise Refused([Refusal.of("correct_the_original", event=f"{id}/{found.replaces}")], subject=found.id)
        event = as_corrected(found, history)
        matter = uppdrag.load(session, id, seq=0, regions="*")
        lifecycle = house.engine(session, matter.uppdrag.lifecycle, matter.uppdrag.lifecycle_version).lifecycle
    if isinstance(event.event, RegionDecided):
        event = replace(event, event=replace(event.event, decision=_decision(event, matter)))
    facts = _declared(event, lifecycle)
    return Standing(
        event=event, matter=matter, lifecycle=lifecycle, said=_said(event, matter, facts), facts=facts,
        last=last_word(found, history),
    )  # fmt: skip


def _declared(recorded: Recorded, lifecycle: Lifecycle) -> tuple[Fact, ...]:
    e = recorded.event
    if isinstance(e, Advanced):
        return next((t.facts for t in lifecycle.transitions if (t.trigger, e.source in t.sources) == (e.trigger, True)),
                    ())  # fmt: skip
    if isinstance(e, RegionAdvanced) and lifecycle.track:
        steps = lifecycle.track.transitions
        return next((t.facts for t in steps if (t.trigger, e.source in t.sources) == (e.trigger, True)), ())
    return ()


def _said(recorded: Recorded, matter: Matter, facts: tuple[Fact, ...]) -> dict[str, str]:
    day = recorded.on.isoformat() if recorded.on else ""
    match recorded.event:
        case RegionDecided():
            return as_typed(_decision(recorded, matter))
        case Advanced() | RegionAdvanced():
            said = {f.name: _typed(recorded.event.facts.get(f.name, "")) for f in facts}
            return said if any(f.sets == "day" for f in facts) else {**said, DAY: day}
        case Identified():
            u = matter.uppdrag
            said = {name: str(getattr(u, name)) for name in ATTRIBUTES if name not in ("plan", "standing")}
            return {**said, "sensitive": _typed(u.sensitive)}
        case _:
            raise Refused([Refusal.of("cannot_correct", event=recorded.id)], subject=recorded.id)


def _decision(recorded: Recorded, matter: Matter) -> Decision:
    """A decision as the corrections since have left it."""
    return next(d for d in matter.regions[recorded.region].decisions if d.seq == recorded.seq)


def _typed(value: FactValue) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
