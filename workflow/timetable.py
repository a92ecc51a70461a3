"""A list of meetings against the calendars that are there: what is new, changed, cancelled or absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from workflow.convening import Calendar, faults, id_of
from workflow.errors import Refusal
from workflow.sammantraden import PapersRule, Sammantrade

EXAMPLE = "Exempel"
"""A rule stated by somebody whose name begins with this word is an example, as a meeting may be."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A meeting as a list states it on line `number`. `columns` are the fields of the meeting that the line says
    something of: about the others it says nothing. `cancelled`: it is not held. `rule`: the body's handlingsstopp."""

    number: int
    meeting: Sammantrade
    columns: frozenset[str]
    cancelled: bool = False
    rule: PapersRule | None = None


@dataclass(slots=True)
class CalendarChange:
    """What a list makes of one calendar. `rule` is what then holds."""

    calendar: Calendar
    new: list[Sammantrade] = field(default_factory=list)
    changed: list[tuple[Sammantrade, Sammantrade]] = field(default_factory=list)
    cancelled: list[Sammantrade] = field(default_factory=list)
    displaced: list[Sammantrade] = field(default_factory=list)
    absent: list[Sammantrade] = field(default_factory=list)
    left_out: list[Sammantrade] = field(default_factory=list)
    unchanged: int = 0
    rule: PapersRule | None = None

    def meetings(self) -> list[Sammantrade]:
        """The meetings that are new or not as they were."""
        return [*self.new, *(after for _, after in self.changed)]

    def gone(self) -> list[date]:
        """The first days of those that are not held after all."""
        return [m.first for m in (*self.cancelled, *self.displaced)]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a list comes to, by calendar; and every line that will not do, or that somebody should look at."""

    changes: tuple[CalendarChange, ...]
    refused: tuple[tuple[int, Refusal], ...]
    warnings: tuple[tuple[int, Refusal], ...]


def compare(
    calendars: Mapping[str, Calendar], stated: Sequence[Stated], today: date, *, whole: bool = False
) -> Comparison:  # fmt: skip
    """Match a list with what is known, meeting by meeting, on region, body and first day.

    What is known and not in the list stays, unless the list is the `whole` truth: then the meetings of those bodies in
    those years that lie ahead of `today` and are not in it are cancelled. Real dates displace a body's examples of the
    same year, and then its example rule too; examples never stand beside real dates.
    """
    refused: list[tuple[int, Refusal]] = []
    warnings: list[tuple[int, Refusal]] = []
    changes = []
    by_calendar: dict[str, list[Stated]] = {}
    for s in stated:
        by_calendar.setdefault(id_of(s.meeting.region, s.meeting.body), []).append(s)
    for id, lines in sorted(by_calendar.items()):
        calendar = calendars.get(id, Calendar(lines[0].meeting.region, lines[0].meeting.body))
        single = list(_single(lines, refused))
        change = _matched(calendar, single, refused)
        _examples(change, single)
        _absent(change, single, today, whole)
        change.rule = _rule(calendar, single, change, refused)
        warnings += _overlaps(single)
        changes.append(change)
    return Comparison(tuple(changes), tuple(sorted(refused, key=_line)), tuple(sorted(warnings, key=_line)))


def is_example(rule: PapersRule) -> bool:
    """Whether a rule was made up for demonstration."""
    return rule.stated_by.startswith(EXAMPLE)


def _single(lines: Sequence[Stated], refused: list[tuple[int, Refusal]]) -> Iterator[Stated]:
    """Each meeting once; a line that names one again is refused."""
    seen: dict[date, int] = {}
    for s in lines:
        first = s.meeting.first
        if first in seen:
            refused.append((s.number, Refusal.of("meeting_twice", first=first, line=seen[first])))
        else:
            seen[first] = s.number
            yield s


def _matched(calendar: Calendar, lines: Sequence[Stated], refused: list[tuple[int, Refusal]]) -> CalendarChange:
    change = CalendarChange(calendar)
    standing = {m.first: m for m in calendar.standing()}
    real_years = {m.first.year for m in standing.values() if not m.example}
    real_years |= {s.meeting.first.year for s in lines if not (s.cancelled or s.meeting.example)}
    for s in lines:
        known = standing.get(s.meeting.first)
        if s.cancelled:
            if known is not None:
                change.cancelled.append(known)
            continue
        if s.meeting.example and s.meeting.first.year in real_years:
            change.left_out.append(s.meeting)
            continue
        after = _merged(known, s)
        if wrong := faults(after):
            refused += [(s.number, refusal) for refusal in wrong]
        elif known is None:
            change.new.append(after)
        elif known != after:
            change.changed.append((known, after))
        else:
            change.unchanged += 1
    return change


def _merged(known: Sammantrade | None, s: Stated) -> Sammantrade:
    """The meeting with what the line says of it. Nothing is kept of an example that turns out to be real."""
    if known is None or (known.example and not s.meeting.example):
        return s.meeting
    said = {name: getattr(s.meeting, name) for name in s.columns}
    return replace(known, **said, example=s.meeting.example)


def _examples(change: CalendarChange, lines: Sequence[Stated]) -> None:
    """Let the examples go from the years of which real dates have come."""
    years = {m.first.year for m in change.meetings() if not m.example}
    named = {s.meeting.first for s in lines}
    change.displaced = [
        m for m in change.calendar.standing() if m.example and m.first.year in years and m.first not in named
    ]  # fmt: skip


def _absent(change: CalendarChange, lines: Sequence[Stated], today: date, whole: bool) -> None:
    """The meetings of the list's own years that it does not name."""
    years = {s.meeting.first.year for s in lines}
    named = {s.meeting.first for s in lines} | {m.first for m in change.displaced}
    left = [m for m in change.calendar.standing() if m.first.year in years and m.first not in named]
    if whole:
        change.cancelled += [m for m in left if m.first >= today]
    else:
        change.absent = left


def _rule(
    calendar: Calendar, lines: Sequence[Stated], change: CalendarChange, refused: list[tuple[int, Refusal]]
) -> PapersRule | None:
    """The rule that then holds."""
    stated = None
    for s in lines:
        if s.rule is None:
            continue
        if stated is not None and s.rule != stated.rule:
            refused.append((s.number, Refusal.of("rule_twice", body=calendar.body, line=stated.number)))
        stated = stated or s
    known = calendar.rule
    gave_way = change.displaced or any(was.example and not now.example for was, now in change.changed)
    if known is not None and gave_way and is_example(known):
        known = None
    if stated is None or stated.rule is None:
        return known
    if is_example(stated.rule) and (change.left_out or (known is not None and not is_example(known))):
        return known
    return stated.rule


def _overlaps(lines: Sequence[Stated]) -> Iterator[tuple[int, Refusal]]:
    """Meetings of one body that begin before the one before has ended."""
    held = sorted((s for s in lines if not s.cancelled), key=lambda s: s.meeting.first)
    for before, after in pairwise(held):
        if after.meeting.first <= before.meeting.last:
            yield after.number, Refusal.of("meetings_overlap", first=after.meeting.first, line=before.number)


def _line(found: tuple[int, Refusal]) -> int:
    return found[0]
