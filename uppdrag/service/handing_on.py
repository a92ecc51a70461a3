"""What chefsgruppen passes on, followed to the next body: the regions, and those that the agenda's form declares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from storage import log, motes, uppdrag
from storage.database import Session
from uppdrag.service.chefsgrupp import form_of, opened, place_of
from uppdrag.service.commands import writing
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from uppdrag.words.after_meetings import called
from workflow.aftermath import HandOff, Return, Returned
from workflow.agenda_form import Body
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused
from workflow.events import Advanced, Corrected, Recorded, RegionAdvanced
from workflow.handing_on import Asked, Passed, body_named, handed_on, handoff_of, passed
from workflow.holding import noted
from workflow.lifecycle import Lifecycle
from workflow.meeting import AgendaItem, Meeting, Note
from workflow.meeting_events import HandedOn, HandOffReturned
from workflow.model import Actor
from workflow.sendout import sending


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRegions:
    """How far a § has come with the regions: which `version` of the proposal it approved, how many regions are
    concerned and have been sent it, and the local days of the first and the last sending."""

    version: int
    concerned: int
    sent: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One § of a meeting, and where it has gone: to the regions, None where it does not lead there, and to others."""

    item: AgendaItem
    note: Note
    justerad: bool
    regions: ToRegions | None
    passed: tuple[Passed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The §§ of one meeting and what has been handed on. `bodies`: those that can be chosen."""

    meeting: Meeting
    bodies: tuple[Body, ...]
    followed: tuple[Followed, ...]


def overview(house: House, day: date) -> Overview:
    """Each § of a closed meeting or decision per capsulam, with where it has gone. Raises Refused."""
    with house.database.reading() as session:
        meeting = motes.load(session, day)
        place_of(session, meeting)
        if not meeting.closed_on:
            raise Refused([Refusal.of("not_closed", day=day)], subject=called(meeting))
        given = passed([meeting])
        return Overview(
            meeting=meeting, bodies=form_of(house, session).handoff,
            followed=tuple(
                Followed(
                    item=item, note=note, justerad=meeting.approval(note.paragraph) is not None,
                    regions=_to_regions(house, session, meeting, item, note),
                    passed=tuple(p for p in given if p.handed.paragraph == note.paragraph),
                )
                for item, note in noted(meeting)
            ),
        )  # fmt: skip


def listed(house: House, *, only_open: bool = False, body: str = "") -> list[Passed]:
    """Every § that was handed on to a body, by meeting; `only_open`: those of which nothing has come back."""
    with house.database.reading() as session:
        found = passed(motes.every(session))
    return [p for p in found if body in ("", p.handoff.body) and not (only_open and p.returned)]


@persevering
def hand_on(
    house: House, day: date, body: str, asked: Asked, *, actor: Actor, now: datetime, expected: int | None = None
) -> HandOff:
    """Hand §§ of a meeting on to a declared body; what was handed on before stays unless it is said otherwise.

    Only what is justerat can be handed on. Raises Refused with every reason why not.
    """
    with writing(house) as session:
        _, meeting = opened(session, day, expected, or_circulated=True)
        chosen = _body(house, session, body)
        if not meeting.closed_on:
            raise Refused([Refusal.of("not_closed", day=day)], subject=called(meeting))
        after, refused = handed_on(meeting, chosen, asked, local_date(now))
        if not refused and not after.handed and not asked.without:
            refused.append(Refusal.of("nothing_handed", body=chosen.label))
        if refused:
            raise Refused(refused, subject=called(meeting))
        if after != handoff_of(meeting, body):
            motes.save(session, meeting, [HandedOn(day=day, handoff=after)], actor, now)
        return after


@persevering
def come_back(
    house: House, day: date, body: str, paragraph: int, outcome: Return, *, on: date | None = None, text: str = "",
    reference: str = "", actor: Actor, now: datetime, expected: int | None = None,
) -> Meeting:  # fmt: skip
    """Register what came back about a § on a local day (None: today); said again, it corrects what was said before.

    `text` and `reference`, the number there, are cleaned. Raises Refused.
    """
    today = local_date(now)
    with writing(house) as session:
        _, meeting = opened(session, day, expected, or_circulated=True)
        label = _body(house, session, body).label
        handoff, when = handoff_of(meeting, body), on or today
        if handoff is None or handoff.of(paragraph) is None:
            raise Refused([Refusal.of("not_handed", paragraph=paragraph, body=label)], subject=called(meeting))
        if when > today:
            raise Refused([Refusal.of("date_in_future", date=when, today=today)], subject=called(meeting))
        if when < meeting.decided_on:
            no = Refusal.of("returned_before", on=when, day=meeting.decided_on)
            raise Refused([no], subject=called(meeting))
        came = Returned(
            body=body, paragraph=paragraph, outcome=outcome, on=when, by=actor.name, text=text, reference=reference
        )
        if came in meeting.returned:
            return meeting
        return motes.save(session, meeting, [HandOffReturned(day=day, returned=came)], actor, now)[0]


def _body(house: House, session: Session, id: str) -> Body:
    """A declared body. Raises Refused, naming those there are."""
    bodies = form_of(house, session).handoff
    found = body_named(bodies, id)
    if found is None:
        known = ", ".join(f"{b.id} ({b.label})" for b in bodies) or "inga"
        raise Refused([Refusal.of("no_such_body", body=id, known=known)])
    return found


def _to_regions(
    house: House, session: Session, meeting: Meeting, item: AgendaItem, note: Note
) -> ToRegions | None:  # fmt: skip
    """How far what a § approved has come with the regions; None where its step does not lead to them."""
    if not item.uppdrag or note.outcome != "bifall":
        return None
    u = uppdrag.load(session, item.uppdrag, seq=0).uppdrag
    lifecycle = house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle
    history = list(log.read(session, item.uppdrag))
    gone = {e.event.replaces for e in history if isinstance(e.event, Corrected) and e.event.withdrawn}
    standing = [e for e in history if e.seq not in gone]
    version = _approved(lifecycle, standing, meeting, note)
    step = sending(lifecycle)
    if version is None or step is None:
        return None
    name = next(f.name for f in step.facts if f.sets == "sent_version")
    days = {
        e.event.region: e.on or local_date(e.registered_at)
        for e in standing
        if isinstance(e.event, RegionAdvanced)
        and e.event.trigger == step.trigger and str(e.event.facts.get(name)) == str(version)
    }  # fmt: skip
    return ToRegions(
        version=version, concerned=len(u.concerned), sent=len(days), first=min(days.values(), default=None),
        last=max(days.values(), default=None),
    )  # fmt: skip


def _approved(lifecycle: Lifecycle, standing: list[Recorded], meeting: Meeting, note: Note) -> int | None:
    """Which version of the proposal a § sent to the regions, None where it did not."""
    leading = {
        t.trigger: t for t in lifecycle.transitions if lifecycle.track and t.target in lifecycle.track.open_in
    }  # fmt: skip
    for e in standing:
        if not isinstance(e.event, Advanced) or e.event.trigger not in leading or e.on != meeting.decided_on:
            continue
        facts = leading[e.event.trigger].facts
        paragraph = next((str(e.event.facts.get(f.name)) for f in facts if f.type == "paragraph"), "")
        version = next((e.event.facts.get(f.name) for f in facts if f.sets == "proposal_version"), None)
        if paragraph == str(note.paragraph) and version is not None:
            return int(str(version))
    return None
