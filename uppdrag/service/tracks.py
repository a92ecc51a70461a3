"""What the calendar and the other uppdrag say of a region's decisions: doubts, and the earliest day of laga kraft."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from definitions.holidays import work_calendar
from storage import meetings, tracks
from storage.database import Session
from workflow import contradictions, legal
from workflow.commands import Decide
from workflow.errors import Refusal
from workflow.events import Recorded, RegionDecided
from workflow.lifecycle import Lifecycle
from workflow.model import Decision, Matter, Regionbeslut

Elsewhere = Callable[[str, Decision, date], list[str]]
"""Answers on which uppdrag a region's § stands with another day, by länskod, decision and its day."""


def doubts(session: Session, id: str, lanskod: str, d: Decision, rb: Regionbeslut | None) -> list[Refusal]:
    """What deserves a look in a decision that was registered all the same. `rb`: the track, None where not in hand."""
    if d.withdrawn or d.on is None:
        return []
    if rb is None:
        rb = tracks.load_one(session, id, lanskod).get(lanskod)
    return _doubts(lanskod, d, d.on, rb, lambda lk, d, on: tracks.same_paragraph(session, d.body, lk, d.paragraph, on))


class Many:
    """The same for many decisions in one transaction: the §§ of a region are read once for each year."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._held: dict[tuple[str, int], dict[tuple[str, str], set[tuple[date, str]]]] = {}

    def doubts(self, recorded: Sequence[Recorded], after: Matter) -> tuple[Refusal, ...]:
        """What deserves a look in the decisions among these events, once they have been written."""
        found: list[Refusal] = []
        for e in recorded:
            if isinstance(e.event, RegionDecided) and e.event.decision.on is not None:
                d, lanskod = e.event.decision, e.event.region
                found += _doubts(lanskod, d, e.event.decision.on, after.regions[lanskod], self._elsewhere)
        return tuple(found)

    def _elsewhere(self, lanskod: str, d: Decision, on: date) -> list[str]:
        held = self._held.get((lanskod, on.year))
        if held is None:
            held = self._held[lanskod, on.year] = {}
            for id, body, paragraph, day in tracks.paragraphs(self._session, lanskod, on.year):
                held.setdefault((body, paragraph), set()).add((day, id))
        return sorted({id for day, id in held.get((d.body, d.paragraph), ()) if day != on})


def _doubts(lanskod: str, d: Decision, on: date, rb: Regionbeslut | None, elsewhere: Elsewhere) -> list[Refusal]:
    found = contradictions.doubts(d, rb, _is_working)
    if d.paragraph and d.body and (others := elsewhere(lanskod, d, on)):
        about = {"body": d.body, "paragraph": d.paragraph, "others": ", ".join(others)}
        found.append(Refusal.of("paragraph_twice", **about))
    return found


def with_due(session: Session, lifecycle: Lifecycle, command: Decide, today: date) -> Decide:
    """The same decision; what it leaves for the kansli is due on the region's next handlingsstopp, where one is known
    and nobody has stated another day."""
    outcome = lifecycle.track.outcome(command.outcome) if lifecycle.track else None
    if outcome is None or not outcome.task or command.task_due is not None:
        return command
    plan = meetings.plans(session, earliest=today).get(command.region)
    return replace(command, task_due=plan.next_papers_by(today, work_calendar())) if plan else command


def laga_kraft(matter: Matter) -> dict[tuple[str, int], date]:
    """The first day on which each decision can have laga kraft, by länskod and number; those whose day is known."""
    return {
        (lanskod, d.number): day
        for lanskod, rb in matter.regions.items()
        for d in rb.decisions
        if not d.withdrawn and (day := legal.laga_kraft_tidigast(d, _is_working)) is not None
    }


def _is_working(day: date) -> bool:
    return work_calendar().is_working(day)  # asked for late: few decisions need the holidays, which take long to load
