"""Holding a meeting of chefsgruppen: what becomes true of it from the first date to the last justerad §."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date
from hashlib import sha256
from typing import assert_never

from workflow.circulation import Circulation
from workflow.meeting import AgendaItem, Meeting, Note, id_of
from workflow.meeting_events import (
    ActionSettled,
    AgendaKept,
    HandedOn,
    HandOffReturned,
    MattersCirculated,
    MeetingArranged,
    MeetingCalledOff,
    MeetingClosed,
    MeetingEvent,
    MeetingSummoned,
    MeetingTakenOver,
    MembersReplied,
    MinutesTaken,
    ParagraphsApproved,
    ProtokollSigned,
    QuestionMailed,
    SummonsMailed,
)


def evolve(meeting: Meeting | None, event: MeetingEvent, *, id: str) -> Meeting:
    """The meeting after one more event of the stream `id`; None before the first.

    Raises ValueError where the event is about another, or a digest is not that of what was justerat.
    """
    if id_of(event.day) != id:
        raise ValueError(f"{id}: {type(event).__name__} of another meeting")
    before = meeting or Meeting(day=event.day)
    after = replace(before, version=before.version + 1)
    match event:
        case AgendaKept():
            return replace(
                after, kept=True, items=event.items, removed=event.removed, agenda_version=before.agenda_version + 1
            )
        case MeetingSummoned():
            return replace(
                after, kept=True, items=event.items, summoned_on=event.on, agenda_version=before.agenda_version + 1
            )
        case MinutesTaken():
            after = replace(after, minutes=event.minutes)
            if any(a.digest != digest_of(after, a.paragraph) for a in before.approvals):
                raise ValueError(f"{id}: a § that is justerad was changed")
            return after
        case MeetingClosed():
            return replace(after, minutes=event.minutes, closed_on=event.on)
        case ParagraphsApproved():
            if any(a.digest != digest_of(before, a.paragraph) for a in event.approvals):
                raise ValueError(f"{id}: a § is not what was justerat")
            after = replace(after, approvals=(*before.approvals, *event.approvals), digest=event.digest)
            if event.digest and event.digest != protokoll_digest(after):
                raise ValueError(f"{id}: the protokoll is not what was justerat")
            return after
        case MeetingArranged() | SummonsMailed() | MeetingCalledOff() | MeetingTakenOver():
            return _called(before, after, event)
        case _:
            return _beside(after, event, id)


def _called(
    before: Meeting, after: Meeting, event: MeetingArranged | SummonsMailed | MeetingCalledOff | MeetingTakenOver
) -> Meeting:
    """The meeting after where and when it is held, or whether it is, became known; `after` has the version counted."""
    match event:
        case MeetingArranged():
            if before.called_off:  # planned anew: only the invitation, which others have seen, goes on
                after = Meeting(day=event.day, version=after.version, agenda_version=before.agenda_version,
                                summons=before.summons)  # fmt: skip
            return replace(after, arrangement=event.arrangement)
        case SummonsMailed():
            return replace(after, summons=event.summons)
        case MeetingCalledOff():
            kept = before.summons if event.called_off.to is None else None  # where it is moved, so is its kallelse
            kept = replace(kept, sequence=event.sequence, called=()) if kept else None
            return replace(after, called_off=event.called_off, summons=kept)
        case MeetingTakenOver():
            return Meeting(
                day=event.day, version=after.version, agenda_version=before.agenda_version,
                arrangement=event.arrangement, summoned_on=event.summoned_on, summons=event.summons,
            )  # fmt: skip
        case _:
            assert_never(event)


def _beside(
    meeting: Meeting,
    event: MattersCirculated
    | MembersReplied
    | QuestionMailed
    | ProtokollSigned
    | ActionSettled
    | HandedOn
    | HandOffReturned,
    id: str,
) -> Meeting:
    """The meeting after an event beside its protokoll; of each thing the last word counts."""
    match event:
        case MattersCirculated():
            asked = Circulation(asked=event.asked)
            return replace(meeting, kept=True, items=event.items, summoned_on=event.on, circulation=asked)
        case MembersReplied():
            if meeting.circulation is None:
                raise ValueError(f"{id}: answers to what was never asked")
            return replace(meeting, circulation=meeting.circulation.with_replies(event.replies))
        case QuestionMailed():
            return meeting
        case ProtokollSigned():
            return replace(meeting, signed=(*meeting.signed, event.file))
        case ActionSettled():
            new = event.settled
            rest = [s for s in meeting.settled if (s.paragraph, s.number) != (new.paragraph, new.number)]
            return replace(meeting, settled=(*rest, new))
        case HandedOn():
            others = [h for h in meeting.handoffs if h.body != event.handoff.body]
            return replace(meeting, handoffs=(*others, event.handoff))
        case HandOffReturned():
            came = event.returned
            known = [r for r in meeting.returned if (r.body, r.paragraph) != (came.body, came.paragraph)]
            return replace(meeting, returned=(*known, came))
        case _:
            assert_never(event)


def replay(events: Iterable[MeetingEvent], *, id: str) -> Meeting | None:
    """What the events of one stream amount to."""
    meeting: Meeting | None = None
    for event in events:
        meeting = evolve(meeting, event, id=id)
    return meeting


def noted(meeting: Meeting) -> list[tuple[AgendaItem, Note]]:
    """The items that have a § and what was noted on each, in order of §."""
    notes = meeting.minutes.notes if meeting.minutes else ()
    found = [(item, n) for n in notes if n.paragraph and (item := meeting.item(n.item)) is not None]
    return sorted(found, key=lambda pair: pair[1].paragraph)


def digest_of(meeting: Meeting, paragraph: int) -> str:
    """SHA-256 in hex of what a § says: the item, the decision, who differed and what was to be done. Empty where there
    is no such §."""
    for item, note in noted(meeting):
        if note.paragraph == paragraph:
            said = {"day": meeting.day, "number": item.number, "title": item.title, "uppdrag": item.uppdrag,
                    "dnr": item.dnr, "proposal": item.proposal, "note": asdict(note)}  # fmt: skip
            return _digest(said)
    return ""


def protokoll_digest(meeting: Meeting) -> str:
    """SHA-256 in hex of the whole protokoll: who was there, and every § by its own digest."""
    head = {} if meeting.minutes is None else {**asdict(meeting.minutes), "notes": None}
    digests = [a.digest for a in sorted(meeting.approvals, key=lambda a: a.paragraph)]
    return _digest({"day": meeting.day, "head": head, "paragraphs": digests})


def _digest(said: object) -> str:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_as_text)
    return sha256(text.encode()).hexdigest()


def _as_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a protokoll")
