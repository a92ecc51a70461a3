"""The question of a decision per capsulam by mail to the members: seen first, then queued and recorded as one.

Each member who was asked gets a mail of her or his own, with the matters as PDF; those who have not answered can be
told again, once a day at most. Nobody gets the same mail twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from notifications.compose import Facts, compose
from notifications.heads import stamped
from storage import motes, outbox, people
from storage.database import Session
from uppdrag.service import heads, papers
from uppdrag.service.addressing import Addresses
from uppdrag.service.chefsgrupp import attendance, opened, place_of
from uppdrag.service.commands import writing
from uppdrag.service.house import House
from uppdrag.service.meeting_duties import meeting_told
from uppdrag.service.persevering import persevering
from uppdrag.settings import Settings
from uppdrag.words.after_meetings import called
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused
from workflow.meeting import Meeting, id_of
from workflow.meeting_events import QuestionMailed
from workflow.message import Attachment, Message
from workflow.model import Actor
from workflow.people import Holder

TEMPLATE = "per_capsulam"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """To one member. `message` is without the matters that go along."""

    member: str
    address: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What mailing the question would do, as it stands in `version`; `left_out` says who gets nothing and why."""

    day: date
    version: int
    again: bool
    letters: tuple[Letter, ...]
    left_out: tuple[Refusal, ...]


def plan(house: House, day: date, settings: Settings, *, now: datetime, again: bool = False) -> Plan:
    """What would go to whom: the question to those who have not had it, or `again` to those who have not answered.
    Changes nothing. Raises Refused."""
    with house.database.reading() as session:
        meeting = motes.load(session, day)
        place_of(session, meeting)
        return _plan(house, session, meeting, settings, now, again)


@persevering
def send(
    house: House, day: date, settings: Settings, *, actor: Actor, now: datetime, again: bool = False,
    shown: Plan | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Queue the mails and record that they were sent: all of it, or nothing. The ids of the mails.

    `shown` is what somebody has confirmed: where it is no longer what would be sent, Refused. Raises Refused.
    """
    with writing(house) as session:
        _, meeting = opened(session, day, shown.version if shown else None, or_circulated=True)
        planned = _plan(house, session, meeting, settings, now, again)
        if shown is not None and shown != planned:
            raise Refused([Refusal.of("question_changed")], subject=called(meeting))
        if not planned.letters:
            return ()
        document = papers.question_within(house, session, meeting, now=now)
        pdf = Attachment(
            filename=papers.file_name(document, "pdf"), content_type="application/pdf",
            content=papers.rendered(document, "pdf"),
        )  # fmt: skip
        head = heads.newest(session)
        whole = [stamped(replace(letter.message, attachments=(pdf,)), head) for letter in planned.letters]
        outbox.enqueue_all(session, [
            outbox.waiting(message, uppdrag=id_of(day), now=now, not_before=now) for message in whole
        ])  # fmt: skip
        ids = tuple(letter.message.id for letter in planned.letters)
        to = tuple(letter.member for letter in planned.letters)
        motes.save(session, meeting, [QuestionMailed(day=day, to=to, messages=ids, again=again)], actor, now)
        return ids


def _plan(
    house: House, session: Session, meeting: Meeting, settings: Settings, now: datetime, again: bool
) -> Plan:  # fmt: skip
    asked, today = meeting.circulation, local_date(now)
    if asked is None:
        raise Refused([Refusal.of("not_circulation", day=meeting.day)])
    if meeting.closed_on:
        raise Refused([Refusal.of("circulation_closed", day=meeting.closed_on)], subject=called(meeting))
    silent = asked.silent(i.key for i in meeting.items)
    known = {h.name or h.email: h for h in attendance(session, meeting.summoned_on or today).members}
    regions = house.regions(session)
    kansli = Addresses(people.all_holders(session), regions, today).kansli()
    letters, left_out = [], []
    for name in silent if again else asked.asked:
        holder = known.get(name)
        if holder is None or not holder.reachable:
            left_out.append(Refusal.of("member_without_address", who=name))
            continue
        message = _message(meeting, holder, kansli, settings, now, again)
        if outbox.find(session, message.id) is not None:
            left_out.append(Refusal.of("question_mailed", who=name))
        else:
            letters.append(Letter(member=name, address=holder.email, message=message))
    return Plan(day=meeting.day, version=meeting.version, again=again, letters=tuple(letters), left_out=tuple(left_out))


def _message(
    meeting: Meeting, holder: Holder, kansli: Holder | None, settings: Settings, now: datetime, again: bool
) -> Message:
    today = local_date(now)
    told = replace(meeting_told(meeting), circulated=True, again=again)
    occasion = ("per capsulam", id_of(meeting.day), today.isoformat() if again else "fråga")
    return compose(TEMPLATE, Facts(
        recipient=holder.email, occasions=occasion, today=today,
        link=f"{settings.url}/moten/{meeting.day.isoformat()}", ask=kansli.name if kansli else "",
        ask_at=kansli.email if kansli else settings.mail_answers_to, sender=settings.mail_from,
        reply_to=settings.mail_reply_to, domain=settings.mail_domain, office="ledamot i chefsgruppen", meeting=told,
    ))  # fmt: skip
