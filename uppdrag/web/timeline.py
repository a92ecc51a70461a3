"""One uppdrag on one time axis: planned time, steps, meetings, handlingsstopp and decisions. A table says the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from uppdrag import words
from uppdrag.service.planning import UppdragPlan
from uppdrag.service.queries import Detail
from uppdrag.web.tracks import body_name, reached
from workflow.calendar import MONTHS
from workflow.model import Region
from workflow.sammantraden import Sammantrade

LEFT, WIDTH, LANE, TOP = 190, 790, 34, 34
LANES = ("Planerad tid", "Uppdraget", "Chefsgruppen", "Sista dag för handlingar", "Regionerna")
_PLANNED, _STEPS, _BOARD, _PAPERS, _REGIONS = range(len(LANES))
_LONGEST = timedelta(days=550)
_MOST_NAMES = 4


class Entry(NamedTuple):
    """Something on the axis: its lane, its first and last local day, what it is called, and whether it is to come."""

    lane: int
    first: date
    last: date
    text: str
    coming: bool


class Mark(NamedTuple):
    """An entry as it is drawn: a bar where `width` is not 0, else a point at its middle."""

    x: int
    y: int
    width: int
    kind: str
    text: str


class Tick(NamedTuple):
    """A month's first day on the axis; `label` is empty where there is no room for one."""

    x: int
    label: str


class Axis(NamedTuple):
    """The drawing: its size, months, marks, today, and the same as rows in order of time."""

    width: int
    height: int
    ticks: tuple[Tick, ...]
    lanes: tuple[tuple[int, str], ...]
    marks: tuple[Mark, ...]
    today: int
    rows: tuple[Entry, ...]


def axis(
    found: Detail, plan: UppdragPlan | None, board: Sequence[Sammantrade], regions: Mapping[str, Region], today: date
) -> Axis | None:
    """The time axis of an uppdrag; None where no day is known of it. `board`: the meetings of chefsgruppen."""
    entries = [*_times(found), *_steps(found), *_regional(found, regions), *_handlings(plan, regions, today)]
    if not entries:
        return None
    first = max(min(e.first for e in entries), today - _LONGEST)
    last = min(max(*(e.last for e in entries), today), max(first, today) + _LONGEST)
    entries += [
        Entry(_BOARD, m.first, m.last, "Chefsgruppens möte" + (" (exempel)" if m.example else ""), m.first >= today)
        for m in board if first <= m.first <= last
    ]  # fmt: skip
    start, end = first.replace(day=1), _month_after(last)
    scale = WIDTH / (end - start).days

    def x(day: date) -> int:
        return LEFT + round((min(max(day, start), end) - start).days * scale)

    rows = tuple(sorted(entries, key=lambda e: (e.first, e.lane)))
    marks = tuple(
        Mark(x(e.first), TOP + e.lane * LANE + LANE // 2, x(e.last + timedelta(days=1)) - x(e.first)
             if e.lane == _PLANNED else 0, "coming" if e.coming else "done", f"{told(e)}: {e.text}")
        for e in rows if e.last >= start and e.first <= end
    )  # fmt: skip
    return Axis(
        LEFT + WIDTH + 30, TOP + LANE * len(LANES) + 18, tuple(_ticks(start, end, x)),
        tuple((TOP + n * LANE + LANE // 2 + 5, label) for n, label in enumerate(LANES)), marks, x(today), rows,
    )  # fmt: skip


def told(e: Entry) -> str:
    """When: a day, or from when to when."""
    return e.first.isoformat() if e.first == e.last else f"{e.first.isoformat()}–{e.last.isoformat()}"


def _times(found: Detail) -> Iterable[Entry]:
    labels = {d.id: d.label for d in found.lifecycle.deadlines}
    for t in found.matter.uppdrag.times:
        text = f"{labels.get(t.deadline, t.deadline)}, ”{t.span.text}”{' (klart)' if t.met else ''}"
        yield Entry(_PLANNED, t.span.first, t.span.last, text, not t.met)
    for c in found.matter.uppdrag.consultations:
        if c.open and c.answer_by:
            yield Entry(_STEPS, c.answer_by, c.answer_by, f"Sista svarsdag i remissrunda {c.number}", True)


def _steps(found: Detail) -> Iterable[Entry]:
    for state, (on, paragraph, _) in reached(found).items():
        if on:
            label = found.lifecycle.label_of(state)
            yield Entry(_STEPS, on, on, label + (f" § {paragraph}" if paragraph else ""), False)


def _regional(found: Detail, regions: Mapping[str, Region]) -> Iterable[Entry]:
    decided: dict[tuple[date, str], list[str]] = {}
    planned: dict[tuple[date, str], list[str]] = {}
    for c in found.cells:
        if c.category and c.decided_on:
            decided.setdefault((c.decided_on, body_name(c.body)), []).append(c.region)
        elif not c.category and c.planned_on:
            planned.setdefault((c.planned_on, body_name(c.planned_body)), []).append(c.region)
    for held, verb in ((decided, "har beslutat"), (planned, "ska besluta")):
        for (day, body), codes in held.items():
            where = f" i {body}" if body else ""
            yield Entry(_REGIONS, day, day, f"{_who(codes, regions)} {verb}{where}", held is planned)


def _handlings(plan: UppdragPlan | None, regions: Mapping[str, Region], today: date) -> Iterable[Entry]:
    """The last days for papers, and the last meetings that fit, of the regions that are left."""
    papers: dict[tuple[date, str], list[str]] = {}
    meetings: dict[tuple[date, str], list[str]] = {}
    for p in plan.plans if plan else ():
        link = next((k for k in p.chain if k.papers_by == p.send_by), None)
        if p.send_by is not None:
            papers.setdefault((p.send_by, link.papers_to if link else ""), []).append(p.region)
        if p.decides_on is not None and p.chain and not p.stated:
            meetings.setdefault((p.decides_on, p.chain[-1].body), []).append(p.region)
    for (day, body), codes in papers.items():
        yield Entry(_PAPERS, day, day, f"Handlingar till {body_name(body)}: {_who(codes, regions)}", day >= today)
    for (day, body), codes in meetings.items():
        text = f"Sista {body_name(body)} i planerad tid: {_who(codes, regions)}"
        yield Entry(_REGIONS, day, day, text, True)


def _who(codes: Sequence[str], regions: Mapping[str, Region]) -> str:
    if len(codes) > _MOST_NAMES:
        return f"{len(codes)} regioner"
    return ", ".join(words.region(regions, code) for code in codes)


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _ticks(start: date, end: date, x: Callable[[date], int]) -> Iterable[Tick]:
    months = []
    day = start
    while day <= end:
        months.append(day)
        day = _month_after(day)
    every = 1 if len(months) <= 13 else 3
    for n, month in enumerate(months):
        label = MONTHS[month.month - 1][:3] + (f" {month.year}" if n == 0 or month.month == 1 else "")
        wanted = (month.month - 1) % every == 0 and n < len(months) - 1
        yield Tick(x(month), label if wanted else "")
