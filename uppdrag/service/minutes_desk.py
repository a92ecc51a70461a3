"""The minutes as they are taken on a page: each item with what can be decided on it, and saved for itself.

Two may write at once: who saves an item that somebody else has changed meanwhile is told so, and nobody is stopped
because another item was changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256

from storage import motes, uppdrag
from storage.database import Session
from uppdrag.service import minutes
from uppdrag.service.chefsgrupp import Held, days, one
from uppdrag.service.directives_reading import directive_titles
from uppdrag.service.house import House
from uppdrag.service.papers_neutral import Neutral
from workflow.calendar import STOCKHOLM
from workflow.engine import Option
from workflow.errors import NotFound, Refusal, Refused
from workflow.meeting import OUTCOMES, AgendaItem, Meeting, Minutes, Note, named
from workflow.meeting_events import MeetingClosed, MinutesTaken
from workflow.minutes import Taken, step
from workflow.model import Actor

_TRIES = 5
"""How often a save is tried anew because another item was saved in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One item on the desk: what has been noted on it, and which step each outcome takes. `state` is what its uppdrag
    is now, in words; `others` are the steps that may be taken instead. `known_version`: of the proposal, 0 where
    none is. `sensitive`: neutral title only."""

    item: AgendaItem
    note: Note
    state: str = ""
    ways: Mapping[str, Option] = field(default_factory=dict)
    others: tuple[Option, ...] = ()
    known_version: int = 0
    sensitive: bool = False

    @property
    def seen(self) -> str:
        """What a form carries, to say which note it was made from."""
        return mark(self.note)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A meeting whose minutes are taken. `deadlines` can be moved by an omprioritering; `following` is the next
    meeting; `last_paragraph` the year's last so far."""

    held: Held
    seats: tuple[Seat, ...]
    deadlines: Mapping[str, str]
    following: date | None
    last_paragraph: int

    @property
    def meeting(self) -> Meeting:
        return self.held.meeting

    @property
    def minutes(self) -> Minutes:
        return self.meeting.minutes or Minutes()

    @property
    def left(self) -> tuple[Seat, ...]:
        """The items that have no outcome yet."""
        return tuple(s for s in self.seats if not s.note.outcome and not s.item.withdrawn)

    def seat(self, number: int) -> Seat | None:
        return next((s for s in self.seats if s.item.number == number), None)


def desk(house: House, day: date) -> Desk:
    """The minutes of the meeting on a day, as they stand. Raises Refused where there is no meeting."""
    held = one(house, day)
    meeting, known = held.meeting, held.meeting.minutes or Minutes()
    with house.database.reading() as session:
        deadlines = {d.id: d.label for lc in house.lifecycles(session).values() for d in lc.deadlines}
        return Desk(
            held=held,
            seats=tuple(_seat(house, session, i, known.of(i.key) or Note(item=i.key)) for i in meeting.items),
            deadlines=deadlines, following=next((later for later in days(session) if later > day), None),
            last_paragraph=motes.last_paragraph(session, day.year),
        )  # fmt: skip


def mark(what: Note | Minutes) -> str:
    """A short digest of a note, or of who was there: the same for the same content."""
    told = (
        replace(what, notes=()) if isinstance(what, Minutes) else replace(what, facts=dict(sorted(what.facts.items())))
    )
    return sha256(repr(told).encode()).hexdigest()[:16]


def save_item(
    house: House, day: date, number: int, note: Note, seen: str, *, actor: Actor, now: datetime
) -> Meeting:  # fmt: skip
    """Note one item, where it still is what somebody saw (`seen`, a `mark`). The same twice changes nothing.

    Raises Refused: also where somebody else has changed the item since, with who and when.
    """

    def key(meeting: Meeting) -> str:
        return next((i.key for i in meeting.items if i.number == number), "")

    def known(meeting: Meeting) -> Note:
        return (meeting.minutes or Minutes()).of(key(meeting)) or Note(item=key(meeting))

    def refused(meeting: Meeting) -> Refusal | None:
        there = known(meeting)
        stated = replace(note, item=there.item, paragraph=there.paragraph)
        if seen == mark(there) or mark(stated) == mark(there):
            return None
        return Refusal.of("item_changed", number=number, who=_who(house, day, lambda m: m.of(there.item)))

    return _save(house, day, Taken(notes={number: note}), refused, actor, now)


def save_head(
    house: House, day: date, head: Mapping[str, object], seen: str, *, actor: Actor, now: datetime
) -> Meeting:  # fmt: skip
    """State who was there, where that still is what somebody saw. Raises Refused as `save_item`."""

    def refused(meeting: Meeting) -> Refusal | None:
        there = meeting.minutes or Minutes()
        stated = replace(there, **head)  # type: ignore[arg-type]  # fields of Minutes
        if mark(there) == seen or mark(stated) == mark(there):
            return None
        return Refusal.of("attendance_changed", who=_who(house, day, lambda m: replace(m, notes=())))

    return _save(house, day, Taken(head=head), refused, actor, now)


def decided(house: House, id: str) -> list[tuple[Meeting, Note]]:
    """What chefsgruppen has decided on an uppdrag under §§ that were given here, each with its meeting."""
    with house.database.reading() as session:
        found = [m for m in motes.every(session) if m.closed_on and m.minutes]
    return [
        (m, note)
        for m in found
        for note in (m.minutes.notes if m.minutes else ())
        if (item := m.item(note.item)) is not None
        and (id == item.uppdrag or id in item.covers or (note.reprioritised and id in note.reprioritised.uppdrag))
    ]


def discreet(house: House, meeting: Meeting, items: Iterable[AgendaItem]) -> Neutral:
    """What hides the titles of the sensitive among the uppdrag of a meeting from who is not of the kansli."""
    notes = meeting.minutes.notes if meeting.minutes else ()
    ids = named([*items, *meeting.items]) | {id for n in notes if n.reprioritised for id in n.reprioritised.uppdrag}
    titles = {}
    with house.database.reading() as session:
        for id in sorted(ids):
            with suppress(NotFound):
                u = uppdrag.load(session, id, seq=0).uppdrag
                if u.sensitive:
                    titles[id] = (u.title, u.neutral_title)
        told = {**directive_titles(session, titles), **titles}
    return Neutral(told)


def to_send(house: House, meeting: Meeting) -> set[str]:
    """The uppdrag that a decision has led to the regions: what is to be sent out once its § is justerad."""
    found = set[str]()
    with house.database.reading() as session:
        for note in meeting.minutes.notes if meeting.minutes else ():
            item = meeting.item(note.item)
            if item is None or note.outcome != "bifall":
                continue
            for id in item.decides:
                with suppress(NotFound):
                    u = uppdrag.load(session, id, seq=0).uppdrag
                    lifecycle = house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle
                    taken, track = note.trigger or item.trigger, lifecycle.track
                    if track and any(t.trigger == taken and t.target in track.open_in for t in lifecycle.transitions):
                        found.add(id)
    return found


def _save(
    house: House, day: date, taken: Taken, refused: Callable[[Meeting], Refusal | None], actor: Actor, now: datetime
) -> Meeting:  # fmt: skip
    """Take what is stated, unless what it is about was changed; another item saved meanwhile is no hindrance."""
    for tried in range(_TRIES):
        with house.database.reading() as session:
            meeting = motes.load(session, day)
        if no := refused(meeting):
            raise Refused([no], subject=f"Mötet {day}")
        try:
            return minutes.take(house, day, taken, actor=actor, now=now, expected=meeting.version)
        except Refused as changed:
            if tried == _TRIES - 1 or changed.refusals[0].code != "meeting_changed":
                raise
    raise AssertionError("the last try returns or raises")


def _who(house: House, day: date, part: Callable[[Minutes], object]) -> str:
    """Who changed a part of the minutes last, and when, as people read it."""
    with house.database.reading() as session:
        history = motes.history(session, day)
    found, was = "Någon annan", part(Minutes())
    for r in history:
        if isinstance(r.event, MinutesTaken | MeetingClosed) and part(r.event.minutes) != was:
            was = part(r.event.minutes)
            found = f"{r.actor.name} {r.registered_at.astimezone(STOCKHOLM):%H.%M}"
    return found


def _seat(house: House, session: Session, item: AgendaItem, note: Note) -> Seat:
    """An item with the steps that its uppdrag can take from where it is; of several that share a directive, the
    first's."""
    if not item.decides:
        return Seat(item=item, note=note)
    try:
        u = uppdrag.load(session, item.decides[0], seq=0).uppdrag
    except NotFound:
        return Seat(item=item, note=note)
    engine = house.engine(session, u.lifecycle, u.lifecycle_version)
    options = {o.trigger: o for o in engine.explain(u, role=None) if "chefsgrupp" in o.roles}
    ways: dict[str, Option] = {}
    for outcome in OUTCOMES:
        if (o := options.get(step(engine.lifecycle, u, item, Note(item=item.key, outcome=outcome)))) is not None:
            ways[outcome] = o
    return Seat(
        item=item, note=note, state=engine.lifecycle.label_of(u.state), ways=ways, sensitive=u.sensitive,
        others=tuple(o for o in options.values() if o.trigger != item.trigger), known_version=u.proposal_version or 0,
    )  # fmt: skip
