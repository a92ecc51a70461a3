"""Chefsgruppen's papers as documents: dagordning, kallelse, protokoll, protokollsutdrag, and the missiv to a region.

A document says when its content last changed, never when it was written out: the same facts give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from storage import motes, people, uppdrag
from storage.database import Session
from uppdrag.documents.document import Document
from uppdrag.documents.formats import FORMATS, MEDIA_TYPES, Format, file_name, rendered
from uppdrag.service import (
    agenda,
    justering,
    kit,
    papers_agenda,
    papers_handoff,
    papers_minutes,
    papers_missiv,
    papers_question,
)
from uppdrag.service.addressing import Addresses
from uppdrag.service.chefsgrupp import date_of, form_of, place_of
from uppdrag.service.directives_reading import directive_titles
from uppdrag.service.house import House
from uppdrag.service.papers_agenda import Called
from uppdrag.service.papers_minutes import Held
from uppdrag.service.papers_neutral import Neutral
from uppdrag.settings import Settings
from uppdrag.words.after_meetings import called
from workflow.calendar import STOCKHOLM, local_date
from workflow.errors import Refusal, Refused
from workflow.events import Event
from workflow.handing_on import handoff_of
from workflow.holding import noted
from workflow.meeting import AgendaItem, Meeting
from workflow.meeting_events import (
    AgendaKept,
    HandedOn,
    HandOffReturned,
    MattersCirculated,
    MeetingArranged,
    MeetingClosed,
    MeetingSummoned,
    MembersReplied,
    MinutesTaken,
    ParagraphsApproved,
)
from workflow.model import Matter, Uppdrag

__all__ = [
    "FORMATS", "MEDIA_TYPES", "Format", "dagordning", "file_name", "handoff", "kallelse", "kallelse_within", "missiv",
    "missives", "protokoll", "question", "question_within", "rendered", "utdrag",
]  # fmt: skip
_CALLING = (MeetingArranged, AgendaKept, MeetingSummoned)
_DECIDING = (*_CALLING, MattersCirculated, MembersReplied, MinutesTaken, MeetingClosed, ParagraphsApproved)


def dagordning(house: House, day: date, *, now: datetime) -> Document:
    """The agenda of a meeting as it stands; before the kallelse, as it is proposed on the day of `now`. Raises Refused
    where there is no meeting."""
    with house.database.reading() as session:
        return papers_agenda.dagordning(_called(house, session, day, now))


def kallelse(house: House, day: date, *, now: datetime) -> Document:
    """The kallelse to a meeting, with its agenda. Raises Refused where there is no meeting."""
    with house.database.reading() as session:
        return kallelse_within(house, session, day, now=now)


def kallelse_within(house: House, session: Session, day: date, *, now: datetime) -> Document:
    """The same, in a transaction that is open: as what has been recorded in it will be read."""
    return papers_agenda.kallelse(_called(house, session, day, now))


def protokoll(house: House, day: date, *, now: datetime) -> Document:
    """The protokoll of a meeting or of what was decided per capsulam, a draft until every § is justerad. Raises Refused
    where there is none, or its kallelse has not gone out."""
    with house.database.reading() as session:
        meeting = _meeting(session, day)
        if not meeting.summoned_on:
            raise Refused([Refusal.of("not_summoned", day=day)], subject=called(meeting))
        return papers_minutes.protokoll(_held(house, session, meeting, _last(session, day, _DECIDING, now)))


def utdrag(house: House, day: date, paragraph: int, *, now: datetime) -> Document:
    """One § of a protokoll. Raises Refused where the meeting is not closed or has no such §."""
    with house.database.reading() as session:
        meeting = _meeting(session, day)
        if not meeting.closed_on:
            raise Refused([Refusal.of("not_closed", day=day)], subject=called(meeting))
        given = [note.paragraph for _, note in noted(meeting)]
        if paragraph not in given:
            known = f"{given[0]}–{given[-1]}" if given else "inga"
            raise Refused([Refusal.of("no_such_paragraph", paragraph=paragraph, known=known)], subject=called(meeting))
        # Another § that is justerad later makes no other utdrag of this one.
        others = tuple(a.paragraph for a in meeting.approvals if a.paragraph != paragraph)
        changed = _last(session, day, _DECIDING, now, but=others)
        return papers_minutes.utdrag(_held(house, session, meeting, changed), paragraph)


def question(house: House, day: date, *, now: datetime) -> Document:
    """The matters that were put to the members per capsulam. Raises Refused where none were."""
    with house.database.reading() as session:
        return question_within(house, session, _meeting(session, day), now=now)


def question_within(house: House, session: Session, meeting: Meeting, *, now: datetime) -> Document:
    """The same, in a transaction that is open."""
    if meeting.circulation is None:
        raise Refused([Refusal.of("not_circulation", day=meeting.day)])
    neutral = _neutral(session, meeting.items)
    items = [neutral.item(i) for i in meeting.items]
    changed = _last(session, meeting.day, (MattersCirculated,), now)
    return papers_question.question(meeting, items, form_of(house, session), changed)


def handoff(house: House, day: date, body: str, *, now: datetime) -> Document:
    """What a meeting has handed on to a body, as a list. Raises Refused where it has handed on nothing."""
    with house.database.reading() as session:
        meeting = motes.load(session, day)
        place_of(session, meeting)
        given = handoff_of(meeting, body)
        if given is None or not given.handed:
            label = given.label if given else body
            raise Refused([Refusal.of("nothing_handed", body=label)], subject=f"Mötet {day}")
        changed = _last(session, day, (HandedOn, HandOffReturned), now)
        return papers_handoff.handoff(_held(house, session, meeting, changed), given)


def missiv(house: House, id: str, region: str, settings: Settings, *, now: datetime) -> Document:
    """The letter to a region about an approved proposal, as the mail says it; dated on the day of `now`.

    Raises NotFound, or Refused where no proposal has been approved or the region is not concerned.
    """
    (letter,) = missives(house, id, (region,), settings, now=now)
    return letter


def missives(
    house: House, id: str, regions: Sequence[str] | None, settings: Settings, *, now: datetime
) -> list[Document]:
    """The letters to the regions that have not concluded, or to those named; drafts as long as a § that they rest on is
    not justerad. Raises as `missiv` does."""
    known, chosen = kit.load(house, id, regions, settings, _morning(now))
    with house.database.reading() as session:
        awaited = justering.awaited(session, known.lifecycle, Matter(uppdrag=known.u, regions={}, seq=0))
    paragraphs = tuple(dict.fromkeys(f"§ {no.facts['paragraph']}" for no in awaited))
    return [papers_missiv.missiv(known, place, rb, paragraphs) for place, rb in chosen]


def _called(house: House, session: Session, day: date, now: datetime) -> Called:
    shown = agenda.read(house, session, day, now=now)
    meeting = shown.held.meeting
    neutral = _neutral(session, shown.items)
    regions = house.regions(session)
    kansli = Addresses(people.all_holders(session), regions, day).kansli()
    return Called(
        agenda=shown, items=tuple(map(neutral.item, shown.items)), regions={r.lanskod: r.short_name for r in regions},
        answers_to=kansli.email if kansli else "", today=local_date(now), changed=_last(session, day, _CALLING, now)
        if meeting.summoned_on else max(_last(session, day, _CALLING, _morning(now)), _morning(now)),
    )  # fmt: skip


def _meeting(session: Session, day: date) -> Meeting:
    """The meeting on a day, or what is decided per capsulam by then. Raises Refused where there is neither."""
    meeting = motes.load(session, day)
    if meeting.circulation is None:
        date_of(session, day)
    return meeting


def _held(house: House, session: Session, meeting: Meeting, changed: datetime) -> Held:
    neutral = _neutral(session, meeting.items, meeting)
    to_regions = frozenset(
        t.trigger
        for lifecycle in house.lifecycles(session).values()
        for t in lifecycle.transitions if lifecycle.track and t.target in lifecycle.track.open_in
    )  # fmt: skip
    return Held(
        meeting=meeting, form=form_of(house, session), neutral=neutral, to_regions=to_regions, changed=changed
    )  # fmt: skip


def _neutral(session: Session, items: Iterable[AgendaItem], meeting: Meeting | None = None) -> Neutral:
    """What hides the titles of the sensitive among the uppdrag that are named."""
    ids = {id for i in items for id in (i.uppdrag, *i.covers) if id}
    notes = meeting.minutes.notes if meeting and meeting.minutes else ()
    ids |= {id for n in notes if n.reprioritised for id in n.reprioritised.uppdrag}
    found: list[Uppdrag] = [uppdrag.load(session, id, seq=0).uppdrag for id in sorted(ids)]
    titles = {u.id: (u.title, u.neutral_title) for u in found if u.sensitive}
    return Neutral({**directive_titles(session, titles), **titles})


def _last(
    session: Session, day: date, kinds: tuple[type[Event], ...], otherwise: datetime, but: tuple[int, ...] = ()
) -> datetime:
    """The moment of a meeting's last event of some kinds, aware UTC; a justering of only the § in `but` aside."""
    moments = [
        r.registered_at
        for r in motes.history(session, day)
        if isinstance(r.event, kinds)
        and not (isinstance(r.event, ParagraphsApproved) and {a.paragraph for a in r.event.approvals} <= set(but))
    ]
    return max(moments, default=otherwise)


def _morning(now: datetime) -> datetime:
    """When the local day of a moment began."""
    return datetime.combine(local_date(now), time.min, STOCKHOLM)
