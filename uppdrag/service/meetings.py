"""Meeting calendars: read a list in, state a rule for the handlingsstopp, tell what is known, write it out again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePath

from definitions.holidays import FIRST, LAST, work_calendar
from storage import log, meetings, motes, reminders
from storage.database import Session
from uppdrag.intake import icalendar, meeting_sheets
from uppdrag.intake import meetings as intake
from uppdrag.service import clockwork
from uppdrag.service.clockwork import Moved
from uppdrag.service.commands import writing
from uppdrag.service.house import SYSTEM_STREAM, House
from uppdrag.words.meetings import heading
from workflow.calendar import local_date
from workflow.convening import THE_CHEFSGRUPP, Calendar, Entry, id_of, state_meetings, state_rule
from workflow.errors import LinesRefused, Refusal, Refused
from workflow.events import CalendarEvent
from workflow.facts import BadFact
from workflow.model import Actor, Region
from workflow.sammantraden import CHEFSGRUPP, PapersRule, Sammantrade
from workflow.timetable import CalendarChange, Stated, compare
from workflow.workdays import WorkCalendar


@dataclass(slots=True, kw_only=True)
class MeetingsReport:
    """What reading a list in did, or would do. `absent` are known, not in the list, and stay; `displaced` are examples
    that gave way to real dates; `left_out` are examples that were not read in beside real dates; `moved` are the
    reminders that now leave on another morning."""

    file: str
    new: list[Sammantrade] = field(default_factory=list)
    changed: list[tuple[Sammantrade, Sammantrade]] = field(default_factory=list)
    cancelled: list[Sammantrade] = field(default_factory=list)
    displaced: list[Sammantrade] = field(default_factory=list)
    absent: list[Sammantrade] = field(default_factory=list)
    left_out: list[Sammantrade] = field(default_factory=list)
    rules: list[tuple[PapersRule | None, PapersRule | None]] = field(default_factory=list)
    warnings: list[tuple[int, Refusal]] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    unchanged: int = 0
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class RuleReport:
    """A rule before and after, and the reminders that now leave on another morning."""

    before: PapersRule | None
    after: PapersRule | None
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A meeting as it is told. `papers_by` is stated for it or follows the `rule`; None where nobody knows."""

    meeting: Sammantrade
    papers_by: date | None
    rule: PapersRule | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which meetings somebody asks for. Region and body as typed, empty for all; local days, both included."""

    region: str = ""
    body: str = ""
    first: date | None = None
    last: date | None = None


def import_meetings(
    house: House, file: str, content: bytes, *, actor: Actor, now: datetime, region: str = "", body: str = "",
    whole: bool = False, dry_run: bool = False,
) -> MeetingsReport:  # fmt: skip
    """Read a CSV, XLSX or iCalendar file of meetings in; all or nothing, and the same file twice changes nothing.

    What is known and not in the file stays, unless the file is the `whole` truth about its bodies and years (see
    `workflow.timetable.compare`). `region` and `body` say whose meetings an iCalendar file holds. Raises LinesRefused
    with every bad line.
    """
    with writing(house, dry_run=dry_run) as session:
        log.lock(session, SYSTEM_STREAM)  # two lists at once would each miss what the other states
        stated, refused = intake.read(content, house.regions(session), region=region, body=body)
        refused += _on_days_for_answers(session, stated)
        found = compare(meetings.all_calendars(session), stated, local_date(now), whole=whole)
        if refused or found.refused:
            raise LinesRefused(file, sorted([*refused, *found.refused], key=lambda r: r[0]))
        statements = [(c.calendar, _events(c, file)) for c in found.changes]
        before = reminders.every(session)
        if found.changes:
            meetings.save(session, [(calendar, events) for calendar, events in statements if events], actor, now)
            reminders.look_at_all(session, now)
    moved = {(m.region, m.body, m.first) for c in found.changes for m in c.meetings()}
    numbers = {(s.meeting.region, s.meeting.body, s.meeting.first): s.number for s in stated}
    report = _report(file, found.changes, dry_run)
    free = [(numbers[key], no) for key in moved for no in _on_free_days(key, work_calendar())]
    report.warnings = sorted([*found.warnings, *free], key=lambda w: w[0])
    if found.changes and not dry_run:
        report.moved = clockwork.renew(house, work_calendar(), now=now, before=before)
    return report


def _on_days_for_answers(session: Session, stated: Sequence[Stated]) -> list[tuple[int, Refusal]]:
    """The lines that put a meeting of chefsgruppen on the last day to answer what is decided per capsulam."""
    own = [s for s in stated if (s.meeting.region, s.meeting.body) == (CHEFSGRUPP, THE_CHEFSGRUPP)]
    taken = {m.day for m in motes.every(session) if m.circulation} if own else set()
    return [
        (s.number, Refusal.of("circulation_that_day", day=s.meeting.first)) for s in own if s.meeting.first in taken
    ]


def set_rule(
    house: House, region: str, body: str, words: str, *, by: str, actor: Actor, now: datetime, dry_run: bool = False
) -> RuleReport:
    """State a body's handlingsstopp as a rule in `words` ("tio arbetsdagar före AU"), as said by somebody; empty words
    withdraw it. Raises Refused."""
    with writing(house, dry_run=dry_run) as session:
        log.lock(session, SYSTEM_STREAM)
        lanskod, name = _named(region, body, house.regions(session))
        if lanskod == CHEFSGRUPP:
            raise Refused([Refusal.of("not_a_region", value=region)])
        try:
            after = intake.clean_rule(words, lanskod, name, by) if words.strip() else None
        except BadFact as bad:
            raise Refused([Refusal.of(bad.code, label="Regeln", value=words[:80], expected=bad.expected)]) from None
        calendar = meetings.all_calendars(session).get(id_of(lanskod, name), Calendar(lanskod, name))
        if after is None and calendar.rule is None:
            raise Refused([Refusal.of("no_rule", body=name)])
        looks = reminders.every(session)
        events = state_rule(calendar, after)
        if events:
            meetings.save(session, [(calendar, events)], actor, now)
            reminders.look_at_all(session, now)
    moved = clockwork.renew(house, work_calendar(), now=now, before=looks) if events and not dry_run else []
    return RuleReport(calendar.rule, after, tuple(moved))


def listed(house: House, wanted: Wanted) -> list[Known]:
    """The meetings asked for, by day, with the handlingsstopp that each has. Raises Refused."""
    with house.database.reading() as session:
        lanskod, name = _named(wanted.region, wanted.body, house.regions(session))
        plans = meetings.plans(session)
    work = work_calendar()
    found = []
    for plan in plans.values():
        for m in plan.meetings:
            if _asked_for(m, lanskod, name, wanted):
                rule = next((r for r in plan.rules if r.body == m.body), None) if m.papers_by is None else None
                found.append(Known(meeting=m, papers_by=plan.papers_by(m, work), rule=rule))
    return sorted(found, key=lambda k: (k.meeting.first, k.meeting.region, k.meeting.body))


def export(house: House, file: str, wanted: Wanted, *, now: datetime) -> tuple[bytes, int]:
    """The meetings asked for as the content of a file, whose name says CSV, XLSX or iCalendar; and how many they are.

    An iCalendar file also says which meetings are not held after all. Raises Refused.
    """
    kind = PurePath(file).suffix.casefold()
    if kind not in (".csv", ".xlsx", ".ics"):
        raise Refused([Refusal.of("unknown_file_kind", file=file)])
    with house.database.reading() as session:
        regions = house.regions(session)
        lanskod, name = _named(wanted.region, wanted.body, regions)
        calendars = meetings.all_calendars(session)
    entries = [
        e for c in calendars.values() for e in c.entries.values() if _asked_for(e.meeting, lanskod, name, wanted)
    ]  # fmt: skip
    entries.sort(key=lambda e: (e.meeting.first, e.meeting.region, e.meeting.body))
    held = [e.meeting for e in entries if not e.cancelled]
    if not held:
        raise Refused([Refusal.of("no_meetings_to_export")])
    if kind == ".ics":
        return icalendar.write(_with_headings(entries, regions), now), len(held)
    rules = {(c.region, c.body): c.rule for c in calendars.values() if c.rule}
    write = meeting_sheets.write_csv if kind == ".csv" else meeting_sheets.write_xlsx
    return write(held, rules), len(held)


def _events(change: CalendarChange, source: str) -> list[CalendarEvent]:
    stated = state_meetings(change.calendar, change.meetings(), change.gone(), source=source)
    return stated + state_rule(change.calendar, change.rule)


def _report(file: str, changes: Sequence[CalendarChange], dry_run: bool) -> MeetingsReport:
    report = MeetingsReport(file=file, dry_run=dry_run)
    for c in changes:
        report.new += c.new
        report.changed += c.changed
        report.cancelled += c.cancelled
        report.displaced += c.displaced
        report.absent += c.absent
        report.left_out += c.left_out
        report.unchanged += c.unchanged
        if c.rule != c.calendar.rule:
            report.rules.append((c.calendar.rule, c.rule))
    return report


def _on_free_days(key: tuple[str, str, date], work: WorkCalendar) -> list[Refusal]:
    """A warning where a meeting begins on a Saturday, a Sunday or a holiday, in the years whose holidays are known."""
    _, body, day = key
    if work.is_working(day) or (day.weekday() < 5 and not FIRST <= day.year <= LAST):
        return []
    weekday = ("helgdag",) * 5 + ("lördag", "söndag")
    return [Refusal.of("meeting_on_free_day", body=body, day=day, weekday=weekday[day.weekday()])]


def _named(region: str, body: str, regions: Sequence[Region]) -> tuple[str, str]:
    """Region and body as they were typed; empty where they were not. Raises Refused."""
    asked: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("Region", region, lambda word: intake.clean_region(word, regions)), ("Organ", body, intake.clean_body),
    )  # fmt: skip
    wrong, found = [], []
    for label, value, clean in asked:
        try:
            found.append(clean(value) if value else "")
        except BadFact as bad:
            wrong.append(Refusal.of(bad.code, label=label, value=value[:80], expected=bad.expected))
    if wrong:
        raise Refused(wrong)
    return found[0], found[1]


def _asked_for(m: Sammantrade, lanskod: str, body: str, wanted: Wanted) -> bool:
    return (
        (not lanskod or m.region == lanskod) and (not body or m.body == body)
        and (wanted.first is None or m.last >= wanted.first) and (wanted.last is None or m.first <= wanted.last)
    )  # fmt: skip


def _with_headings(entries: Sequence[Entry], regions: Sequence[Region]) -> list[tuple[Entry, str]]:
    by_code = {r.lanskod: r for r in regions}
    return [(e, heading(e.meeting.region, e.meeting.body, by_code)) for e in entries]
