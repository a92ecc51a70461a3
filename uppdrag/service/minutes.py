"""The minutes of a meeting: taken, closed into steps of uppdrag in one transaction, and justerade § by §."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from definitions.minutes import load_minutes
from definitions.source import Source
from storage import log, motes, uppdrag
from storage.database import Session
from uppdrag.service import clockwork, commands
from uppdrag.service.beredning_changing import decided_within
from uppdrag.service.chefsgrupp import days, form_of, opened
from uppdrag.service.commands import Answer, writing
from uppdrag.service.directives_deciding import Decision, decide_within, take_up
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from uppdrag.words.after_meetings import called
from uppdrag.words.refusals import sentence
from workflow import agenda_edits
from workflow.calendar import local_date
from workflow.commands import Advance
from workflow.concluding import doubts, not_ready, recorded
from workflow.direktiv import Directive
from workflow.errors import NotFound, Refusal, Refused
from workflow.holding import digest_of, noted, protokoll_digest
from workflow.meeting import AgendaItem, Approval, Meeting, Note, Why
from workflow.meeting_events import AgendaKept, MeetingClosed, MinutesTaken, ParagraphsApproved
from workflow.message import NONE
from workflow.minutes import Taken, facts, left, merged, reprioritising, step, with_paragraphs
from workflow.model import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What closing a meeting did, or would do. `answers` are the steps, each with the item that led to it; `carried`
    the items that go to the next meeting, and which that is, None where it is not known; `warnings` deserve a look;
    `plans` are the beredningsplaner that were decided, year and version; `directives` the uppdragsdirektiv."""

    meeting: Meeting
    answers: tuple[tuple[AgendaItem, Answer], ...]
    carried: tuple[AgendaItem, ...]
    next_day: date | None
    dry_run: bool
    warnings: tuple[Refusal, ...] = ()
    plans: tuple[tuple[int, int], ...] = ()
    directives: tuple[Directive, ...] = ()

    @property
    def moved(self) -> tuple[str, ...]:
        """The uppdrag that were moved, those that were only postponed aside."""
        postponed = {id for item in self.carried for id in item.decides}
        return tuple(dict.fromkeys(a.uppdrag for _, a in self.answers if a.uppdrag not in postponed))


def read(file: str, content: bytes, day: date) -> Taken:
    """The minutes in a file, YAML or JSON. Raises DefinitionInvalid with every problem."""
    return load_minutes(Source(file, content.decode("utf-8", errors="replace")), day)


@persevering
def take(house: House, day: date, taken: Taken, *, actor: Actor, now: datetime, expected: int | None = None) -> Meeting:
    """Note what was decided at a meeting; what is not stated stays. Raises Refused with every reason why not."""
    with writing(house) as session:
        _, meeting = opened(session, day, expected, or_circulated=True)
        if not meeting.summoned_on:
            raise Refused([Refusal.of("not_summoned", day=day)], subject=called(meeting))
        minutes, refused = merged(meeting, taken)
        if refused:
            raise Refused(refused, subject=called(meeting))
        if minutes == meeting.minutes:
            return meeting
        return motes.save(session, meeting, [MinutesTaken(day=day, minutes=minutes)], actor, now)[0]


@persevering
def close(
    house: House, day: date, *, actor: Actor, now: datetime, expected: int | None = None, dry_run: bool = False
) -> Closing:
    """Turn the outcomes of a meeting into steps of its uppdrag, and give each item its §: all of it, or nothing.

    Raises Refused with every reason why not: each item without an outcome, each step that cannot be taken.
    """
    with writing(house, dry_run=dry_run) as session:
        _, meeting = opened(session, day, expected, or_circulated=True)
        return close_within(house, session, meeting, actor=actor, now=now, dry_run=dry_run)


def close_within(
    house: House, session: Session, meeting: Meeting, *, actor: Actor, now: datetime, dry_run: bool = False
) -> Closing:
    """The same in a transaction that is already open, of a meeting that was opened in it."""
    day = meeting.day
    if refused := _not_yet(session, meeting, local_date(now)):
        raise Refused(refused, subject=called(meeting))
    decided = min(day, local_date(now))  # per capsulam, what all have answered is decided before the last day
    numbered = with_paragraphs(recorded(meeting), motes.last_paragraph(session, decided.year))
    closer = _Closer(house, session, meeting, decided, actor, now)
    answers = closer.carry_out(numbered.notes)
    moved = [*(answer.events for _, answer in answers), *(d.events for d in closer.directives)]
    ids = tuple(e.id for events in moved for e in events)
    closed = MeetingClosed(day=day, on=local_date(now), minutes=numbered, moved=ids)
    after, _ = motes.save(session, meeting, [closed], actor, now)
    plans = decided_within(session, after, numbered.notes, actor, now)
    following = next((one for one in days(session) if one > decided), None)
    carried = _carry(house, session, after, following, actor, now)
    answers = [(item, replace(answer, dry_run=dry_run)) for item, answer in answers]
    return Closing(
        meeting=after, answers=tuple(answers), carried=carried, next_day=following, dry_run=dry_run,
        warnings=(*doubts(meeting), *(w for d in closer.directives for w in d.warnings)), plans=tuple(plans),
        directives=tuple(d.directive for d in closer.directives),
    )  # fmt: skip


@persevering
def approve(
    house: House, day: date, paragraph: int | None, *, on: date | None, actor: Actor, now: datetime,
    expected: int | None = None,
) -> Meeting:  # fmt: skip
    """Justera a §, or every § that is left. With the last of them the protokoll is locked. Raises Refused."""
    today = local_date(now)
    with writing(house) as session:
        _, meeting = opened(session, day, expected, or_circulated=True)
        subject = called(meeting)
        if not meeting.closed_on:
            raise Refused([Refusal.of("not_closed", day=day)], subject=subject)
        when = on or today
        if when > today:
            raise Refused([Refusal.of("date_in_future", date=when, today=today)], subject=subject)
        if when < meeting.decided_on:
            no = Refusal.of("adjusted_before_meeting", day=when, meeting=meeting.decided_on)
            raise Refused([no], subject=subject)
        given = [note.paragraph for _, note in noted(meeting)]
        if paragraph is not None and paragraph not in given:
            known = f"{given[0]}–{given[-1]}" if given else "inga"
            raise Refused([Refusal.of("no_such_paragraph", paragraph=paragraph, known=known)], subject=subject)
        wanted = [p for p in given if paragraph in (None, p) and meeting.approval(p) is None]
        if not wanted:
            raise Refused([Refusal.of("already_approved", day=day)], subject=subject)
        approvals = tuple(Approval(paragraph=p, on=when, by=actor.name, digest=digest_of(meeting, p)) for p in wanted)
        whole = replace(meeting, approvals=(*meeting.approvals, *approvals))
        digest = protokoll_digest(whole) if len(whole.approvals) == len(given) else ""
        event = ParagraphsApproved(day=day, approvals=approvals, digest=digest)
        after, _ = motes.save(session, meeting, [event], actor, now)
        about = {id for item, note in noted(after) if note.paragraph in wanted for id in _about(item, note)}
        _look_again(house, session, about, now)
        return after


def _look_again(house: House, session: Session, about: Iterable[str], now: datetime) -> None:
    """Let the clock look at the uppdrag whose reminders to the regions have waited for the justering."""
    for id in sorted(about):
        log.lock(session, id)
        matter = uppdrag.load(session, id, seq=0, regions="*")
        lifecycle = house.engine(session, matter.uppdrag.lifecycle, matter.uppdrag.lifecycle_version).lifecycle
        if lifecycle.track is not None and matter.uppdrag.state in lifecycle.track.open_in:
            clockwork.look_again(session, [clockwork.Touched(matter, NONE)], now)


class _Closer:
    """The outcomes of one meeting, carried out in one transaction."""

    def __init__(
        self, house: House, session: Session, meeting: Meeting, decided: date, actor: Actor, now: datetime
    ) -> None:
        self._house, self._session, self._meeting, self._decided = house, session, meeting, decided
        self._actor, self._now = actor, now
        self._refused: list[Refusal] = []
        self._answers: list[tuple[AgendaItem, Answer]] = []
        self.directives: list[Decision] = []

    def carry_out(self, notes: Sequence[Note]) -> list[tuple[AgendaItem, Answer]]:
        """Every step in the order of the agenda. Raises Refused with every one that cannot be taken."""
        pairs = [(item, note) for note in notes if (item := self._meeting.item(note.item)) is not None]
        carried = take_up(self._session, (item for item, _ in pairs))
        for id in sorted({*carried, *(id for item, note in pairs for id in _about(item, note))}):
            try:
                log.lock(self._session, id)  # in one order, so that two who close or move many do not wait in a ring
            except NotFound:
                self._refused.append(Refusal.of("no_such_uppdrag", uppdrag=id))
        if not self._refused:
            for item, note in pairs:
                for id in item.decides:
                    self._pull(item, note, id, many=False)
                if item.directive and note.outcome == "bifall" and not note.trigger:
                    self._decide(item, note)
                for id in note.reprioritised.uppdrag if note.reprioritised else ():
                    self._pull(item, note, id, many=True)
        if self._refused:
            raise Refused(self._refused, subject=called(self._meeting))
        return self._answers

    def _pull(self, item: AgendaItem, note: Note, id: str, *, many: bool) -> None:
        u = uppdrag.load(self._session, id, seq=0).uppdrag
        lifecycle = self._house.engine(self._session, u.lifecycle, u.lifecycle_version).lifecycle
        if many:
            trigger, said = reprioritising(lifecycle, u, note)
            trigger = trigger or "omprioritera"
        else:
            trigger = step(lifecycle, u, item, note)
            said = facts(lifecycle, u, trigger, note, self._decided)
        if not trigger:
            return
        command = Advance(actor=self._actor, on=self._decided, trigger=trigger, facts=said)
        try:
            answer = commands.handle_within(self._house, self._session, id, command, now=self._now)
        except Refused as no:
            self._refused += [
                Refusal.of("item_refused", number=item.number, uppdrag=id, why=sentence(r)) for r in no.refusals
            ]
        else:
            self._answers.append((item, answer))

    def _decide(self, item: AgendaItem, note: Note) -> None:
        """Let the uppdragsdirektiv that an item is about be decided under its §."""
        try:
            decision = decide_within(
                self._house, self._session, item.directive, self._decided, note.paragraph, actor=self._actor,
                now=self._now,
            )  # fmt: skip
        except Refused as no:
            about = {"number": item.number, "directive": item.directive}
            self._refused += [Refusal.of("directive_item_refused", **about, why=sentence(r)) for r in no.refusals]
        else:
            self.directives.append(decision)


def _about(item: AgendaItem, note: Note) -> set[str]:
    return {*item.decides, *(note.reprioritised.uppdrag if note.reprioritised else ())}


def _not_yet(session: Session, meeting: Meeting, today: date) -> list[Refusal]:
    """Every reason why a meeting cannot be closed."""
    if meeting.closed_on:
        return [Refusal.of("meeting_closed", day=meeting.closed_on)]
    if not meeting.summoned_on:
        return [Refusal.of("not_summoned", day=meeting.day)]
    refused = not_ready(meeting, today)
    refused += [Refusal.of("item_without_outcome", number=i.number, title=i.title) for i in left(meeting)]
    last, first = (
        motes.last_paragraph(session, min(meeting.day, today).year),
        meeting.minutes.first_paragraph if meeting.minutes else 0,
    )
    if first and first <= last:
        refused.append(Refusal.of("paragraph_taken", first=first, last=last))
    earlier = [m for m in motes.every(session) if m.day < meeting.day and m.day.year == meeting.day.year]
    refused += [Refusal.of("earlier_meeting_open", day=m.day) for m in earlier if m.minutes and not m.closed_on]
    return refused


def _carry(
    house: House, session: Session, closed: Meeting, following: date | None, actor: Actor, now: datetime
) -> tuple[AgendaItem, ...]:
    """Put what was postponed on the next agenda where its kallelse is out; elsewhere its rule brings it."""
    notes = closed.minutes.notes if closed.minutes else ()
    postponed = [
        (item, note) for note in notes if note.outcome == "bordlagd" and (item := closed.item(note.item)) is not None
    ]  # fmt: skip
    if following is None or not postponed:
        return tuple(item for item, _ in postponed)
    there = motes.load(session, following)
    if there.summoned_on and not there.closed_on:
        form, items = form_of(house, session), list(there.items)
        for item, note in postponed:
            if item.uppdrag in {i.uppdrag for i in items if i.uppdrag} or item.directive in {i.key for i in items}:
                continue
            why = Why.of("carried", how="bordlagd", day=closed.decided_on, paragraph=note.paragraph, what="")
            key = item.directive or item.uppdrag or f"{closed.decided_on.isoformat()}:{note.paragraph}"
            again = replace(item, key=key, why=why, number=0, late=False, withdrawn=False)
            items = agenda_edits.added(form, there, items, again)
        if len(items) > len(there.items):
            event = AgendaKept(day=following, items=tuple(items), removed=there.removed)
            motes.save(session, there, [event], actor, now)
    return tuple(item for item, _ in postponed)
