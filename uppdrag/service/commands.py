"""A command: lock and load, decide, save, append, commit. One transaction each; a batch is one as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime

from storage import direktiv, log, uppdrag
from storage.database import Session
from storage.queries import others_with_number
from uppdrag.service import clockwork, justering, tracks
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from workflow.calendar import Span, local_date
from workflow.commands import Advance, AdvanceRegion, AnyCommand, Command, Decide, Identify
from workflow.engine import Engine, Step
from workflow.errors import KeyReused, Refusal, Refused, VersionConflict
from workflow.events import Advanced, Corrected, Identified, Recorded, RegionDecided
from workflow.model import Actor, Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command came to. `repeated`: its key had already been accepted; `warnings`: recorded all the same."""

    uppdrag: str
    events: tuple[Recorded, ...]
    repeated: bool = False
    dry_run: bool = False
    warnings: tuple[Refusal, ...] = ()

    @property
    def state(self) -> str:
        """The uppdrag's state after the command."""
        return self.events[-1].state


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A new uppdrag as somebody asks for it. `regions` None: all, where the lifecycle has a region track."""

    title: str
    lifecycle: str
    actor: Actor
    on: date | None = None
    section: str = ""
    source: str = ""
    parent: str = ""
    regions: tuple[str, ...] | None = None
    owner: str = ""
    sensitive: bool = False
    neutral_title: str = ""
    times: Mapping[str, Span] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescheduling(Command):
    """What is asked for when several uppdrag are moved under one §: what its idempotency key belongs to."""

    ids: tuple[str, ...]
    facts: Mapping[str, str]


def writing(house: House, *, dry_run: bool = False) -> AbstractContextManager[Session]:
    """A transaction that is undone at the end of a dry run."""
    return house.database.transaction(undo=dry_run)


@persevering
def handle(
    house: House, id: str, command: Advance | AdvanceRegion | Decide, *, now: datetime, key: str = "",
    expected: int | None = None, dry_run: bool = False,
) -> Answer:  # fmt: skip
    """Carry out one command on one uppdrag.

    `expected`: the seq of the uppdrag, or for a region's command the version of its Regionbeslut, that the caller saw.
    Raises Refused, NotFound, KeyReused or VersionConflict; then nothing happened.
    """
    with writing(house, dry_run=dry_run) as session:
        return handle_within(house, session, id, command, now=now, key=key, expected=expected, dry_run=dry_run)


def handle_within(
    house: House, session: Session, id: str, command: Advance | AdvanceRegion | Decide, *, now: datetime,
    key: str = "", expected: int | None = None, dry_run: bool = False,
) -> Answer:  # fmt: skip
    """The same in a transaction that is already open: what it is a part of is kept with it, or undone with it."""
    head = log.lock(session, id)
    if key and (answer := repeated(session, command, key, id)):
        return answer
    region = command.region if isinstance(command, AdvanceRegion | Decide) else None
    matter = house.recent.load(session, id, head, region)
    _expect(matter, region, expected)
    engine = house.engine(session, matter.uppdrag.lifecycle, matter.uppdrag.lifecycle_version)
    digest = command.digest() if key else ""  # of what was asked for, before anything is added
    if isinstance(command, AdvanceRegion) and (waits := justering.holds(session, engine.lifecycle, matter, command)):
        raise Refused(waits, subject=id)
    if isinstance(command, Decide):
        command = tracks.with_due(session, engine.lifecycle, command, local_date(now))
    return carry_out(house, session, engine, head, matter, command, now, key=key, digest=digest, dry_run=dry_run)


@persevering
def new(house: House, wanted: New, *, now: datetime, key: str = "", dry_run: bool = False) -> Answer:
    """Identify an uppdrag under the next number of the year; a parent notes it as a följduppdrag."""
    with writing(house, dry_run=dry_run) as session:
        return replace(new_within(house, session, wanted, now=now, key=key), dry_run=dry_run)


def new_within(house: House, session: Session, wanted: New, *, now: datetime, key: str = "") -> Answer:
    """The same in a transaction that is already open, and in which nothing has been locked yet."""
    year = local_date(now).year
    session.alone()
    engine = house.newest(session, wanted.lifecycle)
    regions = wanted.regions
    if regions is None:
        regions = tuple(sorted(engine.regions)) if engine.lifecycle.track else ()
    command = Identify(
        actor=wanted.actor, on=wanted.on, id="", title=wanted.title, neutral_title=wanted.neutral_title,
        sensitive=wanted.sensitive, source=wanted.source, section=wanted.section, parent=wanted.parent,
        owner=wanted.owner, regions=regions, times=wanted.times or {},
    )  # fmt: skip
    if key and (answer := repeated(session, command, key)):
        return answer
    parent = log.lock(session, wanted.parent) if wanted.parent else None
    id = f"U{year}-{uppdrag.take_number(session, year):02d}"
    answer = identify(house, session, engine, replace(command, id=id), now, key=key, asked=command)
    if parent is not None:
        _note_follow_up(house, session, wanted, parent, id, now)
    return answer


def identify(
    house: House, session: Session, engine: Engine, command: Identify, now: datetime, *, key: str = "",
    asked: Identify | None = None,
) -> Answer:  # fmt: skip
    """Record a new uppdrag in a transaction that is already open."""
    step = engine.decide(None, command, now)
    digest = (asked or command).digest() if key else ""
    recorded = _record(house, session, log.EMPTY, None, step, command, now, key, digest)
    return Answer(uppdrag=command.id, events=recorded, warnings=_warnings(session, recorded))


def advance(
    house: House, session: Session, id: str, command: AnyCommand, now: datetime, *, regions: str | None = None
) -> Answer:
    """One more command in a transaction that is already open."""
    head = log.lock(session, id)
    matter = uppdrag.load(session, id, seq=head.seq, regions=regions)
    engine = house.engine(session, matter.uppdrag.lifecycle, matter.uppdrag.lifecycle_version)
    return carry_out(house, session, engine, head, matter, command, now)


@persevering
def reschedule(
    house: House, ids: Sequence[str], facts: Mapping[str, str], *, actor: Actor, on: date | None, now: datetime,
    key: str = "", expected: Mapping[str, int] | None = None, dry_run: bool = False,
) -> tuple[Answer, ...]:  # fmt: skip
    """Omprioritering: one § moves the planned time of several uppdrag; all of them or none.

    `expected`: the seq of each that the caller saw. The key belongs to all of them together.
    """
    answers, refused = [], []
    asked = Rescheduling(actor=actor, on=on, ids=tuple(sorted(dict.fromkeys(ids))), facts=dict(facts))
    with writing(house, dry_run=dry_run) as session:
        for number, id in enumerate(asked.ids):
            head = log.lock(session, id)
            its_key = (f"{key}:{id}" if number else key) if key else ""
            if its_key and (answer := repeated(session, asked, its_key, id)):
                answers.append(answer)
                continue
            matter = uppdrag.load(session, id, seq=head.seq)
            _expect(matter, None, (expected or {}).get(id))
            engine = house.engine(session, matter.uppdrag.lifecycle, matter.uppdrag.lifecycle_version)
            ways = engine.lifecycle.leaving[matter.uppdrag.state]
            trigger = next((t.trigger for t in ways if t.effect == "reprioritise"), "omprioritera")
            command = Advance(actor=actor, on=on, trigger=trigger, facts=dict(facts))
            digest = asked.digest() if key else ""
            try:
                answers.append(
                    carry_out(
                        house, session, engine, head, matter, command, now, key=its_key, digest=digest, dry_run=dry_run
                    )
                )
            except Refused as no:
                refused += [replace(r, about=(*r.about, ("uppdrag", id))) for r in no.refusals]
        if refused:
            raise Refused(refused, subject=", ".join(ids))
    return tuple(answers)


def _note_follow_up(house: House, session: Session, wanted: New, head: log.Head, child: str, now: datetime) -> None:
    parent = uppdrag.load(session, wanted.parent, seq=head.seq)
    engine = house.engine(session, parent.uppdrag.lifecycle, parent.uppdrag.lifecycle_version)
    ways = [t for t in engine.lifecycle.leaving[parent.uppdrag.state] if t.effect == "follow_up"]
    trigger = ways[0].trigger if ways else "foljduppdrag"
    command = Advance(actor=wanted.actor, on=wanted.on, trigger=trigger, facts={"uppdrag": child})
    carry_out(house, session, engine, head, parent, command, now)


def _expect(matter: Matter, region: str | None, expected: int | None) -> None:
    if expected is None:
        return
    found = matter.seq
    if region is not None:
        found = matter.regions[region].version if region in matter.regions else 0
    if found != expected:
        subject = f"{matter.uppdrag.id} {region}" if region else matter.uppdrag.id
        raise VersionConflict(subject, expected, found)


def repeated(session: Session, command: Command, key: str, id: str = "") -> Answer | None:
    """The answer that was given to the same command under the same key. Raises KeyReused for another command.

    The same words about another uppdrag are another command; `id` is empty only where the uppdrag is yet to come.
    """
    found = log.find_key(session, log.owned_key(command.actor, key))
    if found is None:
        return None
    stream, seq, digest = found
    if digest != command.digest() or (id and stream != id):
        raise KeyReused(key, stream, seq)
    events = tuple(log.read_command(session, stream, seq))
    return Answer(uppdrag=stream, events=events, repeated=True, warnings=_warnings(session, events))


def recorded(session: Session, actor: Actor, key: str) -> Answer | None:
    """What somebody has had recorded under a key, whatever was asked for; None where the key is new."""
    found = log.find_key(session, log.owned_key(actor, key))
    if found is None:
        return None
    stream, seq, _ = found
    return Answer(uppdrag=stream, events=tuple(log.read_command(session, stream, seq)), repeated=True)


def carry_out(
    house: House, session: Session, engine: Engine, head: log.Head, matter: Matter, command: AnyCommand,
    now: datetime, *, key: str = "", digest: str = "", dry_run: bool = False,
) -> Answer:  # fmt: skip
    """Decide and record a command in a transaction that is already open, with the uppdrag locked and loaded.

    `digest`: of what was asked for, where that is not the command itself. Raises Refused.
    """
    step = engine.decide(matter, command, now)
    digest = digest or (command.digest() if key else "")
    recorded = _record(house, session, head, matter, step, command, now, key, digest)
    return Answer(
        uppdrag=matter.uppdrag.id, events=recorded, dry_run=dry_run, warnings=_warnings(session, recorded, step.after)
    )  # fmt: skip


def _record(
    house: House, session: Session, head: log.Head, before: Matter | None, step: Step, command: AnyCommand,
    now: datetime, key: str, digest: str,
) -> tuple[Recorded, ...]:  # fmt: skip
    entries = entries_of(step, before, command, key, digest, house.installed_on(session))
    recorded, head = log.append(session, step.after.uppdrag.id, head, entries, now)
    changes = uppdrag.Changes()
    changes.save(before, step.after, now)
    changes.write(session)
    clockwork.look_again(session, clockwork.touched(step.after, step.events), now)
    house.recent.keep(step.after, head.chain)
    return tuple(recorded)


def entries_of(
    step: Step, before: Matter | None, command: AnyCommand, key: str, digest: str,
    installed_on: date,
) -> list[log.Entry]:  # fmt: skip
    backfilled = command.backfill or (step.on is not None and step.on < installed_on)
    owned = log.owned_key(command.actor, key) if key else ""
    entries, state = [], before.uppdrag.state if before else ""
    for event in step.events:
        if isinstance(event, Advanced):
            state = event.target
        elif isinstance(event, Corrected):
            state = event.patch.get("state", state)
        elif isinstance(event, Identified):
            state = event.state
        automatic = isinstance(event, Advanced) and event.automatic
        entries.append(
            log.Entry(
                event=event,
                state=state,
                actor=command.actor,
                on=None if automatic else step.on,
                backfilled=backfilled,
                key=owned,
                command_digest=digest,
            )
        )
    return entries


def _warnings(session: Session, recorded: Sequence[Recorded], after: Matter | None = None) -> tuple[Refusal, ...]:
    """What deserves a look although it was recorded: a diarienummer that also stands on another uppdrag, a decision
    whose days or § are unlikely. `after`: the matter with its regions, where it is in hand."""
    warnings: list[Refusal] = []
    for e in recorded:
        if isinstance(e.event, RegionDecided | Corrected) and e.event.decision is not None:
            rb = after.regions.get(e.event.region) if after else None
            warnings += tracks.doubts(session, e.stream, e.event.region, e.event.decision, rb)
        if isinstance(e.event, Advanced) and (number := e.event.patch.get("dnr")):
            directives = (d.id for d in direktiv.numbered(session, number))
            others = [*others_with_number(session, number, e.stream), *directives]
            if others:
                warnings.append(Refusal.of("number_elsewhere", number=number, others=", ".join(others)))
    return tuple(warnings)
