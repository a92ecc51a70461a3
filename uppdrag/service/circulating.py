"""Decisions per capsulam: matters put to the members between meetings, their answers, and what was decided.

It is kept as a meeting is: a stream of its own by its day (the last to answer), §§ in the year's sequence, justering.
It stands in no calendar: chefsgruppen's last meeting of a quarter is a due date, and this is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from definitions.holidays import work_calendar
from storage import log, motes
from storage.database import Session
from uppdrag.service.agenda import Addition, new_item
from uppdrag.service.chefsgrupp import attendance, days, form_of, opened
from uppdrag.service.commands import writing
from uppdrag.service.house import SYSTEM_STREAM, House
from uppdrag.service.minutes import Closing, close_within
from uppdrag.service.persevering import persevering
from workflow import agenda_edits
from workflow.calendar import local_date
from workflow.circulation import Answer, Channel, Circulation, Reply
from workflow.errors import Refusal, Refused
from workflow.meeting import AgendaItem, Arrangement, Meeting
from workflow.meeting_events import MattersCirculated, MeetingArranged, MeetingEvent, MembersReplied, MinutesTaken
from workflow.minutes import Taken, merged
from workflow.model import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A matter to be decided per capsulam. `said` are the fields of an AgendaItem that somebody states, cleaned: its
    `proposal` is needed where the matter's step has no declared one."""

    what: Addition
    said: Mapping[str, object] = field(default_factory=dict)


@persevering
def circulate(
    house: House, day: date, matters: Sequence[Matter], *, actor: Actor, now: datetime, on: date | None = None,
    members: Sequence[str] = (),
) -> Meeting:  # fmt: skip
    """Record that matters are put to the members, to be answered by the local day `day`; `on` is when, None for today.

    `members` are names, cleaned; empty: the ordinary members of chefsgruppen on `on`. The last day for justering
    follows the declared rhythm. Raises NotFound, or Refused with every reason why not: also on a day with a meeting.
    """
    today = local_date(now)
    asked_on = on or today
    with writing(house) as session:
        log.lock(session, SYSTEM_STREAM)  # the day is asked for in the calendar too
        meeting, form = motes.load(session, day), form_of(house, session)
        asked = tuple(dict.fromkeys(members)) or _members(session, asked_on)
        refused = _impossible(session, meeting, asked_on, today)
        refused += [Refusal.of("no_matters")] if not matters else []
        refused += [Refusal.of("no_members")] if not asked else []
        items: list[AgendaItem] = []
        for matter in matters:
            item = new_item(house, session, form, meeting, items, matter.what, actor=actor, now=now)
            alone = replace(item, section="", minutes=0, edited=True)  # no agenda, and no time is set aside
            item = replace(alone, **matter.said)  # type: ignore[arg-type]  # fields of an item, cleaned
            refused += [] if item.proposal else [Refusal.of("proposal_missing", title=item.title)]
            items.append(item)
        if refused:
            raise Refused(refused, subject=f"Per capsulam {day}")
        adjust_by = work_calendar().add_working_days(day, form.rhythm.adjustment)
        events: list[MeetingEvent] = [
            MeetingArranged(day=day, arrangement=Arrangement(adjust_by=adjust_by)),
            MattersCirculated(day=day, on=asked_on, items=tuple(agenda_edits.numbered(items)), asked=asked),
        ]
        return motes.save(session, meeting, events, actor, now)[0]


@persevering
def answer(
    house: House, day: date, member: str, said: Answer, *, on: date | None = None, channel: Channel, words: str = "",
    numbers: Sequence[int] = (), actor: Actor, now: datetime, expected: int | None = None,
) -> Meeting:  # fmt: skip
    """Note what a member answers about the matters with some numbers, or about all; a later answer is what counts.

    `member`: the name as it was asked, or a part of it that nobody else has. `on`: the local day when it came, None for
    today; `words`, cleaned, become the avvikande mening of a decision that goes otherwise. Raises Refused.
    """
    today = local_date(now)
    with writing(house) as session:
        meeting, asked = _asked(session, day, expected)
        when, name = on or today, _named(asked, member)
        items = [i for i in meeting.items if not i.withdrawn and (not numbers or i.number in numbers)]
        last = max(i.number for i in meeting.items)
        strange = sorted(set(numbers) - {i.number for i in items})
        refused = [Refusal.of("no_such_item", number=n, last=last) for n in strange]
        if name is None:
            refused.append(Refusal.of("no_such_member", member=member, known=", ".join(asked.asked)))
        if when > today:
            refused.append(Refusal.of("date_in_future", date=when, today=today))
        if meeting.summoned_on and when < meeting.summoned_on:
            refused.append(Refusal.of("answered_before_asked", on=when, asked=meeting.summoned_on))
        if refused or name is None:
            raise Refused(refused, subject=f"Per capsulam {day}")
        replies = [
            Reply(member=name, item=i.key, answer=said, on=when, channel=channel, words=words) for i in items
        ]  # fmt: skip
        new = tuple(r for r in replies if r not in asked.replies)
        return motes.save(session, meeting, [MembersReplied(day=day, replies=new)] if new else [], actor, now)[0]


@persevering
def conclude(
    house: House, day: date, taken: Taken, *, actor: Actor, now: datetime, expected: int | None = None,
    dry_run: bool = False,
) -> Closing:  # fmt: skip
    """Record what was decided on each matter and close it as a meeting is closed: all of it, or nothing.

    `taken` may say the outcomes by number, or nothing where they were noted before (`minutes.take`). Members' answers
    are checked by `workflow.concluding`. Raises Refused with every reason why not.
    """
    with writing(house, dry_run=dry_run) as session:
        meeting, _ = _asked(session, day, expected)
        minutes, refused = merged(meeting, taken)
        if refused:
            raise Refused(refused, subject=f"Per capsulam {day}")
        if minutes != meeting.minutes:
            meeting, _ = motes.save(session, meeting, [MinutesTaken(day=day, minutes=minutes)], actor, now)
        return close_within(house, session, meeting, actor=actor, now=now, dry_run=dry_run)


def _impossible(session: Session, meeting: Meeting, asked_on: date, today: date) -> list[Refusal]:
    day, refused = meeting.day, []
    if day in days(session):
        refused.append(Refusal.of("meeting_that_day", day=day))
    elif meeting.version:
        refused.append(Refusal.of("already_circulated" if meeting.circulation else "day_had_meeting", day=day))
    if asked_on > today:
        refused.append(Refusal.of("date_in_future", date=asked_on, today=today))
    if day < asked_on:
        refused.append(Refusal.of("answer_day_passed", day=day, on=asked_on))
    return refused


def _asked(session: Session, day: date, expected: int | None) -> tuple[Meeting, Circulation]:
    """What was put per capsulam and is not concluded. Raises Refused."""
    _, meeting = opened(session, day, expected, or_circulated=True)
    if meeting.circulation is None:
        raise Refused([Refusal.of("not_circulation", day=day)])
    if meeting.closed_on:
        raise Refused([Refusal.of("circulation_closed", day=meeting.closed_on)], subject=f"Per capsulam {day}")
    return meeting, meeting.circulation


def _members(session: Session, day: date) -> tuple[str, ...]:
    found = attendance(session, day).members
    return tuple(dict.fromkeys(h.name or h.email for h in found if not h.vacant))


def _named(asked: Circulation, member: str) -> str | None:
    wanted = member.casefold().strip()
    exact = [name for name in asked.asked if name.casefold() == wanted]
    found = exact or [name for name in asked.asked if wanted and wanted in name.casefold()]
    return found[0] if len(found) == 1 else None
