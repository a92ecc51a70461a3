"""The agenda of a meeting of chefsgruppen: proposed by the declared rules, changed by hand, frozen by the kallelse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from storage import motes, uppdrag
from storage.database import Session
from storage.uppdrag import State
from uppdrag.service.beredning import force_on
from uppdrag.service.chefsgrupp import Held, attendance, date_of, days, form_of, opened
from uppdrag.service.commands import writing
from uppdrag.service.directives_agenda import drafts
from uppdrag.service.fitting import Fits
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from workflow import agenda_edits
from workflow.agenda import Candidate, Occasion, Regional, item_of, propose
from workflow.agenda_directives import share
from workflow.agenda_edits import Difference
from workflow.agenda_form import AgendaForm
from workflow.beredning_force import Force
from workflow.calendar import local_date
from workflow.carrying import left_for
from workflow.errors import Refusal, Refused
from workflow.lifecycle import Lifecycle
from workflow.meeting import AgendaItem, Kind, Meeting, Why
from workflow.meeting_events import AgendaKept, MeetingSummoned
from workflow.model import Actor, Uppdrag


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """An agenda as it stands. `waiting` is what the rules bring after the kallelse, and which is not on it. `form`
    says what its sections are called."""

    held: Held
    form: AgendaForm
    items: tuple[AgendaItem, ...]
    waiting: tuple[AgendaItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """An item that somebody adds: about an uppdrag, or with a title of its own. `step` is what a bifall takes; empty
    for the one that the uppdrag has before it. `section` empty: the last one that is filled by hand. `directive`: an
    uppdragsdirektiv in draft, with the uppdrag that are ready."""

    uppdrag: str = ""
    title: str = ""
    kind: Kind = "beslut"
    section: str = ""
    step: str = ""
    directive: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a change made of an agenda: the meeting after it, and the differences."""

    meeting: Meeting
    items: tuple[AgendaItem, ...]
    differences: tuple[Difference, ...]


def agenda(house: House, day: date, *, now: datetime) -> Agenda:
    """The agenda of a meeting. Raises Refused where there is none on that day."""
    with house.database.reading() as session:
        return read(house, session, day, now=now)


def read(house: House, session: Session, day: date, *, now: datetime) -> Agenda:
    """The same, in a transaction that is open."""
    there, meeting, form = date_of(session, day), motes.load(session, day), form_of(house, session)
    proposed = proposal(house, session, form, meeting, now)
    return Agenda(
        held=Held(date=there, meeting=meeting, attendance=attendance(session, day)), form=form,
        items=tuple(agenda_edits.numbered(agenda_edits.assemble(form, meeting, proposed))),
        waiting=tuple(agenda_edits.waiting(meeting, proposed)),
    )  # fmt: skip


@persevering
def add(
    house: House, day: date, what: Addition, said: Mapping[str, object], *, actor: Actor, now: datetime,
    expected: int | None = None,
) -> Changed:  # fmt: skip
    """Add an item. `said` are the fields of an AgendaItem that somebody states, cleaned. Raises NotFound or Refused."""
    with writing(house) as session:
        desk = _Desk(house, session, day, now, expected)
        item = new_item(house, session, desk.form, desk.meeting, desk.items, what, actor=actor, now=now)
        item = replace(item, **said)  # type: ignore[arg-type]  # fields of an item, cleaned
        return desk.keep(agenda_edits.added(desk.form, desk.meeting, desk.items, item), actor)


@persevering
def drop(
    house: House, day: date, number: int, *, actor: Actor, now: datetime, expected: int | None = None
) -> Changed:  # fmt: skip
    """Take an item away; after the kallelse it keeps its number, marked as withdrawn. Raises Refused."""
    with writing(house) as session:
        desk = _Desk(house, session, day, now, expected)
        key = desk.at(number).key
        removed = desk.meeting.removed if desk.meeting.summoned_on else (*desk.meeting.removed, key)
        return desk.keep(agenda_edits.dropped(desk.meeting, desk.items, key), actor, removed=removed)


@persevering
def move(
    house: House, day: date, number: int, place: int, *, actor: Actor, now: datetime, expected: int | None = None
) -> Changed:
    """Put an item at another place, counted from 1. Raises Refused; also once the kallelse is out."""
    with writing(house) as session:
        desk = _Desk(house, session, day, now, expected)
        if desk.meeting.summoned_on:
            raise Refused([Refusal.of("agenda_frozen", day=desk.meeting.summoned_on)], subject=f"Mötet {day}")
        return desk.keep(agenda_edits.moved(desk.items, desk.at(number).key, place), actor)


@persevering
def edit(
    house: House, day: date, number: int, said: Mapping[str, object], *, actor: Actor, now: datetime,
    expected: int | None = None,
) -> Changed:  # fmt: skip
    """Change what an item says: the fields in `said`, cleaned. Raises Refused."""
    with writing(house) as session:
        desk = _Desk(house, session, day, now, expected)
        before = desk.at(number)
        after = replace(before, **said)  # type: ignore[arg-type]  # fields of an item, cleaned
        if after == before:
            raise Refused([Refusal.of("nothing_changed")], subject=f"Mötet {day}")
        items = [replace(after, edited=True) if i.key == before.key else i for i in desk.items]
        return desk.keep(items, actor)


@persevering
def summon(
    house: House, day: date, on: date | None, *, actor: Actor, now: datetime, expected: int | None = None
) -> Meeting:
    """Record that the kallelse has gone out: from here every number stands. Raises Refused."""
    today = local_date(now)
    with writing(house) as session:
        desk = _Desk(house, session, day, now, expected)
        if desk.meeting.summoned_on:
            raise Refused([Refusal.of("already_summoned", day=desk.meeting.summoned_on)], subject=f"Mötet {day}")
        sent = on or today
        if sent > today:
            raise Refused([Refusal.of("date_in_future", date=sent, today=today)], subject=f"Mötet {day}")
        if sent > day:
            raise Refused([Refusal.of("summoned_after_meeting", on=sent, day=day)], subject=f"Mötet {day}")
        event = MeetingSummoned(day=day, on=sent, items=tuple(agenda_edits.numbered(desk.items)))
        return motes.save(session, desk.meeting, [event], actor, now)[0]


def versions(house: House, day: date) -> list[tuple[int, str, datetime, tuple[AgendaItem, ...]]]:
    """Every kept version of an agenda: its number, who made it, when (UTC), and its items. Raises Refused."""
    with house.database.reading() as session:
        date_of(session, day)
        found = [r for r in motes.history(session, day) if isinstance(r.event, AgendaKept | MeetingSummoned)]
    return [
        (n, r.actor.name, r.registered_at, _items_of(r.event)) for n, r in enumerate(found, start=1)
    ]  # fmt: skip


def compare(house: House, day: date, one: int, other: int | None, *, now: datetime) -> list[Difference]:
    """What version `other` (None: the agenda as it stands) has otherwise than `one`. Raises Refused."""
    kept = {n: items for n, _, _, items in versions(house, day)}
    known = ", ".join(map(str, kept)) or "inga"
    missing = [n for n in (one, other) if n is not None and n not in kept]
    if missing:
        raise Refused([Refusal.of("no_such_agenda", version=n, known=known) for n in missing])
    after = kept[other] if other is not None else agenda(house, day, now=now).items
    return agenda_edits.compare(kept[one], after)


def proposal(
    house: House, session: Session, form: AgendaForm, meeting: Meeting, now: datetime
) -> list[AgendaItem]:  # fmt: skip
    """What the declared rules bring to a meeting, as seen now."""
    if meeting.closed_on:
        return []
    day, held = meeting.day, days(session)
    following = next((one for one in held if one > day), None)
    lifecycles = house.lifecycles(session).values()
    ready, timed, regional = _states(form, lifecycles)
    found = uppdrag.for_meeting(
        session, ready, timed, before=following or date.min, begun=date.min if following else day
    )  # fmt: skip
    known = motes.every(session)
    force = force_on(session, day, held, known, now)
    fits = Fits(session, max(day, local_date(now)))
    candidates = []
    for u in (*found, *_put_there(session, force, day, found)):
        lifecycle = house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle
        candidates.append(Candidate(uppdrag=u, lifecycle=lifecycle, fits=partial(fits.of, lifecycle, u)))
    left = left_for(day, known)
    occasion = Occasion(
        day=day, following=following, year=tuple(d for d in held if d.year == day.year),
        carried=left.carried, circulated=left.circulated, promises=left.promises, placed=force.placed,
        own=force.own_items(day),
    )  # fmt: skip
    lying = [Regional(*row) for row in uppdrag.with_regions(session, regional)]
    return share(form, propose(form, candidates, lying, occasion), drafts(house, session, form))


def _put_there(session: Session, force: Force, day: date, found: Sequence[Uppdrag]) -> list[Uppdrag]:
    """The uppdrag that the beredningsplan has put at a meeting, beside those that are found."""
    put = {key.partition(":")[0] for key, at in force.placed.items() if at == day and key.startswith("U")}
    return [uppdrag.load(session, id, seq=0).uppdrag for id in sorted(put - {u.id for u in found})]


def new_item(
    house: House, session: Session, form: AgendaForm, meeting: Meeting, items: Sequence[AgendaItem], what: Addition, *,
    actor: Actor, now: datetime,
) -> AgendaItem:  # fmt: skip
    """An added item before somebody has said more of it; `items` are those beside it. Raises NotFound or Refused."""
    if what.directive:
        return _of_directive(house, session, form, meeting, items, what.directive, now)
    by_hand = [s for s in form.sections if s.takes == "hand"] or list(form.sections)
    section = next((s for s in form.sections if s.id == what.section), None if what.section else by_hand[-1])
    if section is None:
        known = ", ".join(s.id for s in form.sections)
        raise Refused([Refusal.of("no_such_section", section=what.section, known=known)])
    why = Why.of("by_hand", who=actor.name, day=local_date(now))
    key = agenda_edits.next_key(meeting, items, what.uppdrag, what.step)
    section = replace(section, kind=what.kind)
    if not what.uppdrag:
        if not what.title:
            raise Refused([Refusal.of("item_without_title")])
        return AgendaItem(
            key=key, section=section.id, kind=what.kind, title=what.title, why=why, minutes=section.minutes
        )
    u = uppdrag.load(session, what.uppdrag, seq=0).uppdrag
    lifecycle = house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle
    ways = tuple(t.trigger for t in lifecycle.transitions if "chefsgrupp" in t.roles)
    if what.step and what.step not in ways:
        told = ", ".join(dict.fromkeys(ways))
        raise Refused([Refusal.of("no_such_step", step=what.step, lifecycle=lifecycle.label, known=told)])
    fits = Fits(session, meeting.day)
    candidate = Candidate(uppdrag=u, lifecycle=lifecycle, fits=partial(fits.of, lifecycle, u))
    item = item_of(form, section, candidate, why, (what.step,) if what.step else tuple(form.proposals))
    trigger = what.step if what.kind == "beslut" and what.step else item.trigger
    return replace(item, key=key, title=what.title or item.title, trigger=trigger)


def _of_directive(
    house: House, session: Session, form: AgendaForm, meeting: Meeting, items: Sequence[AgendaItem], id: str,
    now: datetime,
) -> AgendaItem:  # fmt: skip
    """The item about a directive in draft, as the rules would bring it. Raises Refused where they would not."""
    if any(i.key == id and not i.withdrawn for i in items):
        raise Refused([Refusal.of("directive_on_agenda", directive=id)])
    found = next((i for i in proposal(house, session, form, meeting, now) if i.key == id), None)
    if found is None or any(i.key == id for i in items):
        raise Refused([Refusal.of("directive_not_ready", directive=id)])
    return found


class _Desk:
    """One agenda being changed, in one transaction."""

    def __init__(self, house: House, session: Session, day: date, now: datetime, expected: int | None) -> None:
        self._house, self._session, self._now = house, session, now
        _, self.meeting = opened(session, day, expected)
        if self.meeting.closed_on:
            raise Refused([Refusal.of("meeting_closed", day=self.meeting.closed_on)], subject=f"Mötet {day}")
        if self.meeting.circulation:
            raise Refused([Refusal.of("circulation_fixed")], subject=f"Mötet {day}")
        self.form = form_of(house, session)
        proposed = proposal(house, session, self.form, self.meeting, now)
        self.items = agenda_edits.assemble(self.form, self.meeting, proposed)

    def at(self, number: int) -> AgendaItem:
        """The item under a number. Raises Refused."""
        found = next((n for n in agenda_edits.numbered(self.items) if n.number == number), None)
        if found is None:
            raise Refused([Refusal.of("no_such_item", number=number, last=len(self.items))])
        return next(i for i in self.items if i.key == found.key)

    def keep(
        self, items: Sequence[AgendaItem], actor: Actor, removed: tuple[str, ...] | None = None
    ) -> Changed:  # fmt: skip
        """Keep the agenda as it now is."""
        meeting, before = self.meeting, self.items
        gone = meeting.removed if removed is None else removed
        standing = {i.key for i in items}
        event = AgendaKept(
            day=meeting.day, items=tuple(items), removed=tuple(k for k in dict.fromkeys(gone) if k not in standing)
        )
        after, _ = motes.save(self._session, meeting, [event], actor, self._now)
        return Changed(
            meeting=after, items=tuple(agenda_edits.numbered(items)),
            differences=tuple(agenda_edits.compare(before, items)),
        )  # fmt: skip


def _states(form: AgendaForm, lifecycles: Iterable[Lifecycle]) -> tuple[set[State], set[State], set[State]]:
    """The states that the rules about steps look for, at once and in time, and those of matters with the regions."""
    ready, timed, regional = set[State](), set[State](), set[State]()
    for lifecycle in lifecycles:
        for section in form.sections:
            for t in lifecycle.transitions:
                if t.trigger in section.triggers and "chefsgrupp" in t.roles:
                    (ready if section.when == "ready" else timed).update((lifecycle.id, s) for s in t.sources)
        if lifecycle.track:
            regional.update((lifecycle.id, s) for s in lifecycle.track.open_in)
    return ready, timed, regional


def _items_of(event: object) -> tuple[AgendaItem, ...]:
    return event.items if isinstance(event, AgendaKept | MeetingSummoned) else ()
