"""What earlier meetings leave for the next one: what was postponed, decided between meetings, or promised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from workflow.actions import Promise, outstanding
from workflow.agenda import Carried
from workflow.holding import noted
from workflow.meeting import Meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is left for a meeting. `circulated` are the decisions per capsulam since the one before it."""

    carried: tuple[Carried, ...] = ()
    circulated: tuple[Meeting, ...] = ()
    promises: tuple[Promise, ...] = ()


def left_for(day: date, meetings: Iterable[Meeting]) -> Left:
    """What the closed ones of some meetings leave for the meeting on a day."""
    closed = sorted((m for m in meetings if m.closed_on and m.decided_on < day), key=lambda m: m.decided_on)
    held = [m for m in closed if m.circulation is None]
    last = held[-1].day if held else date.min
    between = [m for m in closed if m.circulation is not None and m.closed_on and m.closed_on >= last]
    told = tuple(m for m in between if m.closed_on and m.closed_on < day)
    return Left(carried=_carried([*held[-1:], *between]), circulated=told, promises=tuple(outstanding(closed)))


def _carried(sources: Sequence[Meeting]) -> tuple[Carried, ...]:
    """What was postponed or sent back; of a matter that was taken up again since, what was decided then."""
    latest: dict[str, Carried] = {}
    for meeting in sources:
        for item, note in noted(meeting):
            name = item.uppdrag or item.title
            latest.pop(name, None)
            if note.outcome in ("bordlagd", "aterremiss"):
                latest[name] = Carried(item, meeting.decided_on, note.paragraph, note.outcome)
    return tuple(latest.values())
