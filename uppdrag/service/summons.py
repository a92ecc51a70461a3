"""The kallelse to a meeting of chefsgruppen: seen first, then recorded and queued as one.

Everybody who is called gets a mail of her or his own, with the agenda and an invitation to the calendar (iTIP,
RFC 5546). What is changed afterwards goes out as a new version to all; who comes to chefsgruppen gets the kallelse, and
who leaves it is told that it no longer counts. No version goes to the same person twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from notifications.heads import stamped
from storage import motes, outbox, people
from storage.database import Session
from uppdrag.service import agenda, heads, papers
from uppdrag.service.addressing import Addresses
from uppdrag.service.chefsgrupp import opened
from uppdrag.service.commands import writing
from uppdrag.service.dispatching import MAIL
from uppdrag.service.house import House
from uppdrag.service.meeting_duties import meeting_told
from uppdrag.service.persevering import persevering
from uppdrag.service.summons_letters import Letter, Template, Writer, agenda_of, hours_of, neutral_of, numbered, person
from uppdrag.settings import Settings
from uppdrag.words.summons import CHANNELS, changed
from workflow import agenda_edits
from workflow.agenda_edits import Difference
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused
from workflow.meeting import AgendaItem, Meeting, id_of
from workflow.meeting_events import MeetingSummoned, SummonsMailed
from workflow.message import Attachment
from workflow.model import Actor
from workflow.people import OFFICES
from workflow.summoning import Seat, changes, is_named, seats, vacancies
from workflow.summons import Called, Summons


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How the kallelse is to go out. Those in `without` (name, address or id) get none; `channel` is MAIL, or another
    by which a person has sent it; `on`: the local day of that, None for today."""

    actor: Actor
    without: tuple[str, ...] = ()
    channel: str = MAIL
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What sending the kallelse would do, as the meeting stands in its `version`. `sequence` is the version of the
    kallelse; `changes` what is otherwise than in the one before. `left_out` says who gets nothing and why."""

    day: date
    version: int
    sequence: int
    channel: str
    on: date
    items: tuple[AgendaItem, ...]
    letters: tuple[Letter, ...]
    left_out: tuple[Refusal, ...]
    changes: tuple[str, ...]
    warnings: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was done: the meeting afterwards, and the ids of the mails queued. `again`: it had been done already."""

    plan: Plan
    meeting: Meeting
    messages: tuple[str, ...]
    again: bool = False


def plan(house: House, day: date, wanted: Wanted, settings: Settings, *, now: datetime) -> Plan:
    """What would go to whom. Changes nothing.

    Raises Refused with every reason why not: among them each person who is called and whom no mail reaches.
    """
    with house.database.reading() as session:
        return _Desk(house, session, day, wanted, settings, now).plan()


@persevering
def send(
    house: House, day: date, wanted: Wanted, settings: Settings, *, now: datetime, shown: Plan | None = None
) -> Sent:
    """Record the kallelse and queue its mails: all of it, or nothing. From the first one on every number stands.

    `shown` is what somebody has confirmed: where it is no longer what would be sent, Refused; where it has been sent
    already, as when somebody clicks twice, nothing more happens. Otherwise as `plan`.
    """
    with writing(house) as session:
        _, meeting = opened(session, day)
        if shown is not None and _is_sent(session, shown):
            return Sent(plan=shown, meeting=meeting, messages=(), again=True)
        if shown is not None:
            opened(session, day, shown.version)  # tells what somebody has changed since
        desk = _Desk(house, session, day, wanted, settings, now)
        planned = desk.plan()
        if shown is not None and shown != planned:
            raise Refused([Refusal.of("summons_changed")], subject=f"Mötet {day}")
        meeting = desk.freeze(planned)
        if not planned.letters:
            return Sent(plan=planned, meeting=meeting, messages=())
        meeting, queued = desk.mail(meeting, planned)
        return Sent(plan=planned, meeting=meeting, messages=queued)


class _Desk:
    """One kallelse: what is known, and the letters that come of it. Good for one transaction."""

    def __init__(
        self, house: House, session: Session, day: date, wanted: Wanted, settings: Settings, now: datetime
    ) -> None:
        self._house, self._session, self._wanted, self._settings, self._now = house, session, wanted, settings, now
        self._today = local_date(now)
        self._agenda = agenda.read(house, session, day, now=now)
        self._meeting = self._agenda.held.meeting
        self._holders = people.all_holders(session)
        self._seats = seats(self._holders, day)
        self._addresses = Addresses(self._holders, house.regions(session), day)

    def plan(self) -> Plan:
        """What would be sent, or every reason why not."""
        m, wanted = self._meeting, self._wanted
        if refused := [*self._not_at_all(), *(self._not_by_mail() if wanted.channel == MAIL else ())]:
            raise Refused(refused, subject=f"Mötet {m.day}")
        whole = Plan(
            day=m.day, version=m.version, sequence=0, channel=wanted.channel, on=wanted.on or self._today,
            items=self._agenda.items, letters=(), left_out=(), changes=(), warnings=(),
        )  # fmt: skip
        if wanted.channel != MAIL:
            return whole
        differences = self._differences()
        names = changes(m.summons, m, differences) if m.summons and m.summons.called else []
        sequence = (m.summons.sequence + bool(names or not m.summons.called)) if m.summons else 0
        writer = self._writer(sequence, names, differences)
        nowhere = Refusal.of("meeting_nowhere", day=m.day)
        return replace(
            whole, sequence=sequence, changes=tuple(names), letters=(*self._to_called(writer), *self._to_gone(writer)),
            left_out=tuple(self._left_out()),
            warnings=() if m.arrangement.place or m.arrangement.link else (nowhere,),
        )  # fmt: skip

    def freeze(self, planned: Plan) -> Meeting:
        """The meeting with the kallelse recorded, where it was not: from here every number stands."""
        m = self._meeting
        if m.summoned_on:
            return m
        event = MeetingSummoned(day=m.day, on=planned.on, items=planned.items, channel=planned.channel)
        return motes.save(self._session, m, [event], self._wanted.actor, self._now)[0]

    def mail(self, meeting: Meeting, planned: Plan) -> tuple[Meeting, tuple[str, ...]]:
        """Queue the letters, and record what everybody now has; the meeting after it and the ids of the mails."""
        at, before = meeting.arrangement, meeting.summons
        differences = self._differences()
        writer = self._writer(planned.sequence, planned.changes, differences)
        document = papers.kallelse_within(self._house, self._session, meeting.day, now=self._now)
        pdf = Attachment(
            filename=papers.file_name(document, "pdf"), content_type="application/pdf",
            content=papers.rendered(document, "pdf"),
        )  # fmt: skip
        head = heads.newest(self._session)
        outbox.enqueue_all(self._session, [
            outbox.waiting(
                stamped(writer.whole(letter, *(() if letter.cancels else (pdf,))), head), office=letter.office,
                uppdrag=id_of(meeting.day), now=self._now, not_before=self._now,
            )
            for letter in planned.letters
        ])  # fmt: skip
        new = {letter.address.casefold(): letter.called(planned.sequence) for letter in planned.letters}
        gone = {letter.address.casefold() for letter in planned.letters if letter.cancels} | self._elsewhere()
        kept = [c for c in (before.called if before else ()) if c.address.casefold() not in {*new, *gone}]
        called = [*kept, *(c for address, c in new.items() if address not in gone)]
        summons = Summons(
            uid=writer.uid, sequence=planned.sequence, on=self._today, day=meeting.day, place=at.place, link=at.link,
            starts=at.starts, ends=at.ends, agenda_version=meeting.agenda_version,
            called=tuple(sorted(called, key=lambda c: c.address)),
        )  # fmt: skip
        withdrawn = tuple(letter.called(planned.sequence) for letter in planned.letters if letter.cancels)
        event = SummonsMailed(day=meeting.day, summons=summons, withdrawn=withdrawn)
        after, _ = motes.save(self._session, meeting, [event], self._wanted.actor, self._now)
        return after, tuple(letter.message.id for letter in planned.letters)

    def _not_at_all(self) -> Iterator[Refusal]:
        """Why no kallelse can be recorded, however it goes."""
        m, wanted = self._meeting, self._wanted
        on = wanted.on or self._today
        if m.closed_on:
            yield Refusal.of("meeting_closed", day=m.closed_on)
        if wanted.channel not in CHANNELS:
            yield Refusal.of("not_a_choice", label="Kanal", value=wanted.channel[:80], expected=", ".join(CHANNELS))
        elif wanted.channel == MAIL:
            if on != self._today:
                yield Refusal.of("mail_leaves_today", today=self._today)
            elif m.day < self._today:
                yield Refusal.of("meeting_has_been", day=m.day)
        elif m.summoned_on:
            yield Refusal.of("already_summoned", day=m.summoned_on)
        elif on > self._today:
            yield Refusal.of("date_in_future", date=on, today=self._today)
        elif on > m.day:
            yield Refusal.of("summoned_after_meeting", on=on, day=m.day)

    def _not_by_mail(self) -> Iterator[Refusal]:
        """Why it cannot go by mail."""
        at = self._meeting.arrangement
        if not hours_of(at.starts, at.ends):
            yield Refusal.of("meeting_without_hours", day=self._meeting.day)
        called = self._seats
        if not called:
            yield Refusal.of("nobody_to_call", day=self._meeting.day)
        for word in self._wanted.without:
            if not any(is_named(seat.holder, word) for seat in called):
                known = ", ".join(person(seat.holder) for seat in called)
                yield Refusal.of("not_called", who=word, known=known)
        for seat in called:
            if not seat.holder.reachable and not self._is_without(seat):
                yield Refusal.of(
                    "person_without_address", who=person(seat.holder), office=self._addresses.post(seat.holder),
                    word=person(seat.holder),
                )  # fmt: skip

    def _is_without(self, seat: Seat) -> bool:
        return any(is_named(seat.holder, word) for word in self._wanted.without)

    def _left_out(self) -> Iterator[Refusal]:
        for seat in self._seats:
            told = self._meeting.summons.has(seat.holder.email) if self._meeting.summons else None
            if self._is_without(seat):
                yield Refusal.of("left_without_kallelse", who=person(seat.holder))
            elif told and not self._differs():
                yield Refusal.of("has_kallelse", who=person(seat.holder))
        for holder in vacancies(self._holders, self._meeting.day):
            place = f", {self._addresses.region(holder.region)}" if holder.region else ""
            yield Refusal.of("seat_vacant", office=f"{OFFICES[holder.office]}{place}")

    def _differs(self) -> bool:
        m = self._meeting
        return bool(m.summons and changes(m.summons, m, self._differences()))

    def _differences(self) -> list[Difference]:
        """What the agenda has otherwise than the one that was last mailed."""
        told = self._meeting.summons
        if told is None or not told.called or told.agenda_version == self._meeting.agenda_version:
            return []
        before = agenda_of(self._session, self._meeting.day, told.agenda_version)
        return agenda_edits.compare(before, self._agenda.items)

    def _writer(self, sequence: int, names: Sequence[str], differences: Sequence[Difference]) -> Writer:
        m = self._meeting
        neutral = neutral_of(self._session, self._agenda.items)
        edited = [d for d in differences if d.code not in ("late", "added", "withdrawn", "removed")]
        told = [n for n in names if n not in ("day", "agenda")] + (["agenda"] if edited else [])
        uid = m.summons.uid if m.summons else f"{uuid5(NAMESPACE_URL, f'{id_of(m.day)}:{m.version}')}"
        holder = self._addresses.kansli()
        return Writer(
            settings=self._settings, sequence=sequence, version=m.version, now=self._now,
            uid=uid if "@" in uid else f"{uid}@{self._settings.mail_domain}",
            items=[neutral.item(i) for i in self._agenda.items],
            ask=(holder.name, holder.email) if holder else ("", self._settings.mail_answers_to),
            told=replace(
                meeting_told(m), items=sum(not i.withdrawn for i in self._agenda.items), changes=changed(told),
                new=tuple(numbered(neutral.item(d.item)) for d in differences if d.code in ("late", "added")),
                gone=tuple(numbered(neutral.item(d.item)) for d in differences if d.code in ("withdrawn", "removed")),
                was=m.summons.day if m.summons and "day" in names else None,
            ),
        )  # fmt: skip

    def _to_called(self, writer: Writer) -> Iterator[Letter]:
        """To each who is called and does not have this version."""
        told = self._meeting.summons
        for seat in self._seats:
            if self._is_without(seat):
                continue
            h, had = seat.holder, told.has(seat.holder.email) if told else None
            if had is None or had.sequence != writer.sequence:
                template: Template = "kallelse_andrad" if had else "kallelse"
                earlier = had.messages if had else ()
                yield writer.letter(template, h.name, h.email, seat.role, office=h.office, earlier=earlier)

    def _to_gone(self, writer: Writer) -> Iterator[Letter]:
        """To each who has been called and no longer belongs to chefsgruppen."""
        for one in self._gone():
            if one.address.casefold() not in self._elsewhere():
                yield writer.letter(
                    "kallelse_atertagen", one.name, one.address, one.role, earlier=one.messages
                )  # fmt: skip

    def _gone(self) -> list[Called]:
        told = self._meeting.summons
        addresses = {seat.holder.email.casefold() for seat in self._seats}
        return [c for c in (told.called if told else ()) if c.address.casefold() not in addresses]

    def _elsewhere(self) -> set[str]:
        """The addresses that somebody who is still called has had before: there is nobody there to be told."""
        names = {seat.holder.name.casefold() for seat in self._seats if seat.holder.name}
        return {c.address.casefold() for c in self._gone() if c.name.casefold() in names}


def _is_sent(session: Session, shown: Plan) -> bool:
    return bool(shown.letters) and all(outbox.find(session, letter.message.id) for letter in shown.letters)
