"""Gallring: a decision to destroy is carried out, as a whole or not at all, and is itself an event in the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from storage import gallring, log, people, uppdrag
from storage.database import Session
from storage.log import Entry, Head
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from workflow import appointments
from workflow.calendar import local_date
from workflow.errors import NotFound, Refusal, Refused
from workflow.events import Recorded
from workflow.facts import is_uppdrag_id
from workflow.gallring import (
    Gallringsbeslut,
    cleaned,
    left_of,
    left_of_holder,
    number_of,
    texts,
    without,
)
from workflow.gallring_events import Gallrat, Scope
from workflow.model import Actor, Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a decision covers: an uppdrag, whole or only its `post` (what was mailed, came in and was asked), or a
    holder of an office; and the documents about several uppdrag (`mote:2026-03-20`) that it names `also`."""

    target: str
    beslut: Gallringsbeslut
    actor: Actor
    post: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a gallring came to: how many events and rows were emptied, and in how many rows of which tables some text of
    it still stands. `repeated`: it had been carried out before."""

    target: str
    event: str
    events: int
    rows: Mapping[str, int]
    left: Mapping[str, int]
    repeated: bool = False
    dry_run: bool = False


@persevering
def gallra(house: House, asked: Asked, *, confirmed: str, now: datetime, dry_run: bool = False) -> Done:
    """Carry out a gallringsbeslut in one transaction. `confirmed`: its number, once more; not asked of a dry run.

    Raises NotFound, or Refused where there is no such decision to speak of, where what it covers is not finished, or
    where it was carried out under another. The same again changes nothing.
    """
    beslut, wrong = cleaned(asked.beslut, local_date(now))
    if not wrong and not dry_run and confirmed.strip() != beslut.number:
        wrong = [Refusal.of("gallring_unconfirmed", number=beslut.number)]
    if wrong:
        raise Refused(wrong, subject=asked.target)
    with house.database.transaction(undo=dry_run) as session:
        head = _locked(session, asked.target)
        history = list(log.read(session, asked.target))
        scope = _scope(asked)
        for r in history:
            if isinstance(r.event, Gallrat) and (r.event.decision, r.event.scope) == (beslut.number, scope):
                e = r.event
                return Done(
                    target=asked.target, event=r.id, events=len(e.emptied), rows=e.removed, left={}, repeated=True
                )
        if wrong := _refusals(session, asked, local_date(now)):
            raise Refused(wrong, subject=asked.target)
        if scope == "person":
            return _of_holder(session, asked.target, beslut, head, asked.actor, now, dry_run=dry_run)
        return _of_uppdrag(house, session, asked, beslut, head, now, dry_run=dry_run)


def overwrite(house: House) -> bool:
    """Write the database anew, so that nothing of what is gone is left in its files. False where others are reading:
    stop the service and do it again."""
    return gallring.overwrite(house.database)


def _of_uppdrag(
    house: House, session: Session, asked: Asked, beslut: Gallringsbeslut, head: Head, now: datetime, *, dry_run: bool
) -> Done:  # fmt: skip
    id, whole = asked.target, not asked.post
    before = uppdrag.load(session, id, seq=head.seq, regions="*")
    own = gallring.contents(session, id)
    gone = texts(content for _, content in own.values()) if whole else frozenset[str]()
    emptied = {id: [seq for seq, (kind, _) in own.items() if kind != Gallrat.__name__]} if whole else {}
    rows = gallring.empty_post(session, id, beslut.words)
    for stream in asked.also if whole else ():
        told = gallring.contents(session, stream)
        emptied[stream] = [s for s, (_, said) in told.items() if without(said, gone, id, beslut.words) != said]
        rows += gallring.empty_document(session, stream, gone, id, beslut.words)
    left, regions = left_of(before, beslut) if whole else (None, ())
    rows += _counted(before) if whole else Counter()
    rows += gallring.forget_reminders(session, id) if whole else Counter()
    event = Gallrat(
        seq=head.seq + 1, decision=beslut.number, decided_on=beslut.on, decided_by=beslut.by, scope=_scope(asked),
        emptied=tuple(f"{stream}/{seq}" for stream, numbers in emptied.items() for seq in numbers),
        removed=dict(sorted(rows.items())), uppdrag=left, regions=regions,
    )  # fmt: skip
    (recorded,), head = log.append(session, id, head, [_entry(event, before.uppdrag.state, asked.actor)], now)
    after = before if left is None else Matter(uppdrag=left, regions={rb.region: rb for rb in regions}, seq=head.seq)
    changes = uppdrag.Changes()
    changes.save(before, after, now)
    changes.write(session)
    for stream, numbers in emptied.items():
        gallring.empty_events(session, stream, numbers)
    house.recent.keep(after, head.chain)
    return _done(session, recorded, event, gone, dry_run=dry_run)


def _of_holder(
    session: Session, id: str, beslut: Gallringsbeslut, head: Head, actor: Actor, now: datetime, *, dry_run: bool
) -> Done:  # fmt: skip
    before = next(h for h in people.all_holders(session) if h.id == id)
    said = gallring.contents(session, id)
    left = left_of_holder(before)
    rows = gallring.empty_holder(session, id) + Counter({"holder": 1})
    event = Gallrat(
        seq=head.seq + 1, decision=beslut.number, decided_on=beslut.on, decided_by=beslut.by, scope="person",
        emptied=tuple(f"{id}/{seq}" for seq in said), removed=dict(sorted(rows.items())), holder=left,
    )  # fmt: skip
    (recorded,), _ = log.append(session, id, head, [_entry(event, "", actor)], now)
    people.keep(session, before, left)
    gallring.empty_events(session, id, said)
    gone = frozenset(text for text in (before.name, before.email) if text)
    return _done(session, recorded, event, gone, dry_run=dry_run)


def _done(session: Session, recorded: Recorded, event: Gallrat, gone: frozenset[str], *, dry_run: bool) -> Done:
    return Done(
        target=recorded.stream, event=recorded.id, events=len(event.emptied), rows=event.removed,
        left=dict(sorted(gallring.traces(session, gone).items())), dry_run=dry_run,
    )  # fmt: skip


def _entry(event: Gallrat, state: str, actor: Actor) -> Entry:
    return Entry(event=event, state=state, actor=actor, on=event.decided_on)


def _counted(before: Matter) -> Counter[str]:
    tracks = before.regions.values()
    return +Counter(uppdrag=1, regionbeslut=len(before.regions), beslut=sum(len(rb.decisions) for rb in tracks))


def _scope(asked: Asked) -> Scope:
    if not is_uppdrag_id(asked.target):
        return "person"
    return "post" if asked.post else "allt"


def _locked(session: Session, target: str) -> Head:
    if not is_uppdrag_id(target) and not appointments.STREAM.fullmatch(target):
        raise Refused([Refusal.of("gallring_target", target=target)])
    try:
        return log.lock(session, target)
    except NotFound:
        raise NotFound("uppdrag" if is_uppdrag_id(target) else "holder", target) from None


def _refusals(session: Session, asked: Asked, today: date) -> list[Refusal]:
    """Why not: what is not finished is not destroyed."""
    if _scope(asked) == "person":
        holder = next(h for h in people.all_holders(session) if h.id == asked.target)
        if not holder.name and not holder.email:
            return [Refusal.of("gallring_other", target=asked.target, beslut="som står i historiken")]
        ended = holder.last is not None and holder.last < today
        return [] if ended else [Refusal.of("gallring_holder")]
    u = uppdrag.load(session, asked.target, seq=0).uppdrag
    if number := number_of(u):
        return [Refusal.of("gallring_other", target=u.id, beslut=number)]
    wrong = [] if u.final else [Refusal.of("gallring_open")]
    unsent, waiting = gallring.unfinished(session, (u.id, *asked.also))
    wrong += [Refusal.of("gallring_unsent", unsent=unsent)] if unsent else []
    wrong += [Refusal.of("gallring_waiting", waiting=waiting)] if waiting else []
    for stream in asked.also:
        known = stream.partition(":")[0] in gallring.ALSO and gallring.contents(session, stream)
        wrong += [] if known else [Refusal.of("gallring_also", stream=stream)]
    return wrong
