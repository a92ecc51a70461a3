"""Corrections: what an event says today, in the words in which it may be corrected, and what replaces that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from storage import log, uppdrag
from uppdrag.service import commands
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from workflow.commands import Command, Correct
from workflow.correction import as_typed
from workflow.errors import NotFound, Refusal, Refused, VersionConflict
from workflow.events import Advanced, Corrected, Event, Identified, Recorded, RegionAdvanced, RegionDecided
from workflow.evolution import replay
from workflow.lifecycle import Fact, Lifecycle
from workflow.model import Actor, Decision, FactValue, Matter
from workflow.revision import ATTRIBUTES

DAY = "on"
"""The name under which an event's own day is corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction(Command):
    """What is asked for when an event is corrected: what its idempotency key belongs to."""

    event: str
    why: str
    changes: Mapping[str, str]
    withdraw: bool


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


@persevering
def correct(
    house: House, event_id: str, *, why: str, actor: Actor, changes: Mapping[str, str], withdraw: bool, now: datetime,
    key: str = "", expected: int | None = None, dry_run: bool = False,
) -> commands.Answer:  # fmt: skip
    """Replace what an event (`U2026-01/17`) says, or withdraw it. `expected`: the number of the last event that said
    something of it, itself or a correction, as the caller saw it."""
    id, _, number = event_id.partition("/")
    if not (number.isascii() and number.isdigit()):
        raise NotFound("event", event_id)
    asked = Correction(actor=actor, event=f"{id}/{int(number)}", why=why, changes=dict(changes), withdraw=withdraw)
    with commands.writing(house, dry_run=dry_run) as session:
        head = log.lock(session, id)
        if key and (answer := commands.repeated(session, asked, key, id)):
            return answer
        history = list(log.read(session, id))
        target = next((e for e in history if e.seq == int(number)), None)
        if target is None:
            raise NotFound("event", event_id)
        if isinstance(target.event, Corrected):
            raise Refused([Refusal.of("correct_the_original", event=f"{id}/{target.replaces}")], subject=event_id)
        last = last_word(target, history)
        if expected is not None and expected != last:
            raise VersionConflict(event_id, expected, last)
        before = replay(history[: target.seq - 1])
        matter = uppdrag.load(session, id, seq=head.seq, regions="*")
        command = Correct(
            actor=actor, why=why, changes=dict(changes), withdraw=withdraw, before=before or matter,
            replaces=as_corrected(target, history), since=_standing_since(target, history),
        )  # fmt: skip
        engine = house.engine(session, matter.uppdrag.lifecycle, matter.uppdrag.lifecycle_version)
        digest = asked.digest() if key else ""
        return commands.carry_out(
            house, session, engine, head, matter, command, now, key=key, digest=digest, dry_run=dry_run
        )


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


def as_corrected(target: Recorded, history: Sequence[Recorded]) -> Recorded:
    """An event as the corrections since have left it. Raises Refused where it has been withdrawn."""
    for later in history[target.seq :]:
        fix = later.event
        if not isinstance(fix, Corrected) or fix.replaces != target.seq:
            continue
        if fix.withdrawn:
            raise Refused([Refusal.of("already_withdrawn", event=target.id)], subject=target.id)
        event = target.event
        if isinstance(event, Advanced):
            event = replace(event, facts=fix.facts, patch=fix.effective)
        elif isinstance(event, RegionAdvanced):
            event = replace(event, facts=fix.facts, patch=fix.region_effective)
        target = replace(target, event=event, on=fix.on)
    return target


def last_word(target: Recorded, history: Sequence[Recorded]) -> int:
    """The number of the last event that says something of an event: the newest correction, else itself."""
    return max(e.seq for e in history if target.seq in (e.seq, e.replaces))


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


def _standing_since(target: Recorded, history: Sequence[Recorded]) -> tuple[Event, ...]:
    """What has happened after an event and still stands; its own corrections are part of itself.

    What came and was withdrawn since is left out. Where what was withdrawn came before, its withdrawal came since.
    """
    later = history[target.seq :]
    taken_back = (e.replaces for e in later if isinstance(e.event, Corrected) and e.event.withdrawn)
    gone = {seq for seq in taken_back if seq > target.seq}
    return tuple(e.event for e in later if e.seq not in gone and e.replaces not in gone | {target.seq})
