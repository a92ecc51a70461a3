"""Moving matters in a beredningsplan by hand, putting it on an agenda, and what chefsgruppen decides of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from storage import beredningsplaner, log, motes
from storage.database import Session
from uppdrag.service.agenda import proposal
from uppdrag.service.beredning import Preparation, called, lines_of, read
from uppdrag.service.chefsgrupp import CALENDAR, days, opened
from uppdrag.service.commands import writing
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from uppdrag.words.beredning import happened, listed
from workflow import agenda_edits
from workflow.agenda import section_by_hand
from workflow.beredning import OWN, TABLED, Beredningsplan, id_of
from workflow.beredning_events import evolve
from workflow.beredning_fill import Row
from workflow.calendar import STOCKHOLM, local_date
from workflow.errors import Refusal, Refused
from workflow.meeting import AgendaItem, Kind, Meeting, Note, Why
from workflow.meeting_events import AgendaKept
from workflow.model import Actor
from workflow.paper_events import (
    MatterAdded,
    MatterPlaced,
    MatterReleased,
    PreparationDecided,
    PreparationEvent,
    PreparationTabled,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a change made of a matter: the plan after it, and the row before and after. `changed` False: it stood so."""

    plan: Beredningsplan
    before: Row | None
    after: Row | None
    changed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """The plan as it was put on an agenda: in which edition, and as which item. `changed` False: it was there."""

    plan: Beredningsplan
    meeting: date
    number: int
    changed: bool = True


@persevering
def place(
    house: House, year: int, matter: str, day: date | None, why: str, *, actor: Actor, now: datetime,
    expected: int | None = None, dry_run: bool = False,
) -> Moved:  # fmt: skip
    """Put a matter at a coming meeting of the year, or leave it out (`day` None); `why` in words, cleaned.

    `expected`: the edition that the caller saw. What stands so already is not recorded again. Raises Refused.
    """
    with writing(house, dry_run=dry_run) as session:
        desk = _Desk(house, session, year, actor, now)
        row = find(desk.before, matter)
        if row.placement is not None and (row.placement.day, row.placement.why) == (day, why):
            return Moved(plan=desk.before.plan, before=row, after=row, changed=False)
        desk.expect(expected)
        desk.at_a_coming_meeting(day)
        event = MatterPlaced(year=year, key=row.key, title=called(row), day=day, why=why)
        return desk.keep(row, event)


@persevering
def restore(
    house: House, year: int, matter: str, *, actor: Actor, now: datetime, expected: int | None = None,
    dry_run: bool = False,
) -> Moved:  # fmt: skip
    """Let a matter follow its planned time again. Raises Refused."""
    with writing(house, dry_run=dry_run) as session:
        desk = _Desk(house, session, year, actor, now)
        row = find(desk.before, matter)
        desk.expect(expected)
        if row.placement is None:
            raise Refused([Refusal.of("not_placed_by_hand", matter=called(row))])
        return desk.keep(row, MatterReleased(year=year, key=row.key, title=called(row)))


@persevering
def add(
    house: House, year: int, title: str, kind: Kind, day: date | None, *, actor: Actor, now: datetime,
    expected: int | None = None, key: str = "", dry_run: bool = False,
) -> Moved:  # fmt: skip
    """Add a matter that no uppdrag stands behind, at a coming meeting or at none yet; `title` cleaned.

    `key`: what the form was known by; the same form adds one. Raises Refused.
    """
    with writing(house, dry_run=dry_run) as session:
        desk = _Desk(house, session, year, actor, now)
        if key and (found := log.find_key(session, log.owned_key(actor, key))) is not None:
            return desk.added(*found[:2])
        desk.expect(expected)
        if not title:
            raise Refused([Refusal.of("matter_without_title", fact="title")])
        desk.at_a_coming_meeting(day)
        own = f"{OWN}-{year}-{len(desk.before.plan.own) + 1}"
        event = MatterAdded(year=year, key=own, title=title, kind=kind, day=day)
        return desk.keep(None, event, key=key)


@persevering
def submit(
    house: House, year: int, day: date, *, actor: Actor, now: datetime, expected: int | None = None
) -> Submitted:  # fmt: skip
    """Put the plan as it stands on the agenda of the meeting on a day, for decision; there already, the item gets the
    edition that now is. Raises Refused."""
    with writing(house) as session:
        _, meeting = opened(session, day)
        if meeting.closed_on:
            raise Refused([Refusal.of("meeting_closed", day=meeting.closed_on)], subject=f"Mötet {day}")
        desk = _Desk(house, session, year, actor, now)
        desk.expect(expected)
        plan, lines = desk.before.plan, lines_of(desk.before.rows)
        form = desk.before.form
        items = agenda_edits.assemble(form, meeting, proposal(house, session, form, meeting, now))
        name = f"beredningsplan-{year}"
        there = next((i for i in items if i.key == name and not i.withdrawn), None)
        tabled = plan.put(_event_of(there)) if there is not None else None
        if there is not None and tabled is not None and (tabled.edition, tabled.lines) == (plan.edition, lines):
            return Submitted(plan=plan, meeting=day, number=_number(items, name), changed=False)
        event = PreparationTabled(year=year, meeting=day, lines=lines)
        after = beredningsplaner.save(session, plan, [event], actor, now)
        paper = f"Beredningsplan {year}, version {plan.edition}"
        item = AgendaItem(
            key=name, section=section_by_hand(form).id, kind="beslut", title=f"Beredningsplan {year}",
            why=Why.of("by_hand", who=actor.name, day=local_date(now)), trigger=f"{id_of(year)}/{after.version}",
            proposal=f"Chefsgruppen fastställer beredningsplan {year}, version {plan.edition}.", documents=(paper,),
            minutes=section_by_hand(form).minutes,
        )  # fmt: skip
        if any(i.key == name for i in items):
            items = [_renewed(i, item) if i.key == name else i for i in items]
        else:
            items = agenda_edits.added(form, meeting, items, item)
        removed = tuple(k for k in meeting.removed if k != name)
        motes.save(session, meeting, [AgendaKept(day=day, items=tuple(items), removed=removed)], actor, now)
        return Submitted(plan=after, meeting=day, number=_number(items, name))


def decided_within(
    session: Session, meeting: Meeting, notes: Iterable[Note], actor: Actor, now: datetime
) -> list[tuple[int, int]]:  # fmt: skip
    """Record in an open transaction which plans chefsgruppen said yes to at a meeting that is being closed: year and
    edition of each."""
    found = []
    for note in notes:
        item = meeting.item(note.item)
        named = TABLED.fullmatch(item.trigger) if item is not None and note.outcome == "bifall" else None
        if named is None:
            continue
        plan = beredningsplaner.load(session, int(named[1]))
        put = plan.put(int(named[2]))
        if put is not None:
            event = PreparationDecided(
                year=plan.year, meeting=meeting.decided_on, paragraph=note.paragraph, tabled=put.event
            )
            beredningsplaner.save(session, plan, [event], actor, now)
            found.append((plan.year, put.edition))
    return found


def find(shown: Preparation, matter: str) -> Row:
    """The row that somebody means by its key, or by an uppdrag that has one. Raises Refused."""
    wanted = matter.strip()
    found = [r for r in shown.rows if r.key.casefold() == wanted.casefold()]
    found = found or [r for r in shown.rows if r.uppdrag and r.uppdrag.casefold() == wanted.casefold()]
    if not found:
        raise Refused([Refusal.of("no_such_matter", matter=wanted[:80] or "–", year=shown.year)])
    if len(found) > 1:
        known = ", ".join(f"{r.key} ({r.what})" for r in found)
        raise Refused([Refusal.of("several_matters", matter=wanted[:80], known=known)])
    return found[0]


class _Desk:
    """One plan being changed, in one transaction; every other change of chefsgruppen's meetings waits."""

    def __init__(self, house: House, session: Session, year: int, actor: Actor, now: datetime) -> None:
        if not any(day.year == year for day in days(session)):
            raise Refused([Refusal.of("no_meetings_that_year", year=year)])
        log.lock(session, CALENDAR)
        self._house, self._session, self._actor, self._now = house, session, actor, now
        self.before = read(house, session, year, now=now)

    def expect(self, edition: int | None) -> None:
        """Raises Refused, with what has changed, where the plan is not in the edition that somebody saw."""
        plan = self.before.plan
        if edition is None or edition == plan.edition:
            return
        told, at = [], Beredningsplan(year=plan.year)
        for r in beredningsplaner.history(self._session, plan.year):
            if isinstance(r.event, PreparationEvent):
                at = evolve(at, r.event, id=r.stream)
                if at.edition > edition:
                    moment = r.registered_at.astimezone(STOCKHOLM)
                    told.append(f"{r.actor.name} {moment:%Y-%m-%d %H.%M}: {happened(r.event)}")
        code = "meeting_changed" if told else "meeting_version_unknown"
        facts = {"seen": edition, "version": plan.edition, "what": "; ".join(told)}
        raise Refused([Refusal.of(code, **facts)], subject=f"Beredningsplan {plan.year}")

    def at_a_coming_meeting(self, day: date | None) -> None:
        """Raises Refused where no meeting of the year is to be held on the day."""
        if day is not None and day not in self.before.coming:
            known = listed(self.before.coming)
            raise Refused([Refusal.of("not_a_coming_meeting", fact="day", day=day, year=self.before.year, known=known)])

    def keep(self, row: Row | None, event: MatterPlaced | MatterReleased | MatterAdded, *, key: str = "") -> Moved:
        """Keep a change, and see where that leaves the matter."""
        plan = beredningsplaner.save(self._session, self.before.plan, [event], self._actor, self._now, key=key)
        shown = read(self._house, self._session, plan.year, now=self._now)
        return Moved(plan=shown.plan, before=row, after=shown.row(event.key))

    def added(self, stream: str, seq: int) -> Moved:
        """What the same form has added before."""
        event = log.read_one(self._session, stream, seq).event
        row = self.before.row(event.key) if isinstance(event, MatterAdded) else None
        return Moved(plan=self.before.plan, before=None, after=row, changed=False)


def _event_of(item: AgendaItem) -> int:
    """The event that put a plan on an agenda, by its item."""
    named = TABLED.fullmatch(item.trigger)
    return int(named[2]) if named else 0


def _renewed(there: AgendaItem, item: AgendaItem) -> AgendaItem:
    """An item that is there, about the edition that now is; its place, number and what somebody said of it stay."""
    return replace(
        there, trigger=item.trigger, documents=item.documents, proposal=item.proposal, edited=True, withdrawn=False
    )


def _number(items: Iterable[AgendaItem], key: str) -> int:
    return next(i.number for i in agenda_edits.numbered(items) if i.key == key)
