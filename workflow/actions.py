"""What people took upon themselves at meetings, and what has become of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from workflow.aftermath import Settled
from workflow.holding import noted
from workflow.meeting import Action, Meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The `number`th action, from 1, of a § that was decided on `day` at the meeting `meeting`; `settled` is what was
    said of it last, None where nothing was."""

    meeting: date
    day: date
    paragraph: int
    number: int
    action: Action
    uppdrag: str = ""
    settled: Settled | None = None

    @property
    def open(self) -> bool:
        return self.settled is None or self.settled.how == "oppen"

    @property
    def told(self) -> str:
        """As people name it: `§ 12 Ta fram direktivet (Bo Bo, senast 2026-04-10)`."""
        a = self.action
        return f"§ {self.paragraph} {a.what.rstrip('.')} ({a.owner}{f', senast {a.due}' if a.due else ''})"

    def late(self, today: date) -> bool:
        """Whether it is open and its day has passed."""
        return self.open and self.action.due is not None and self.action.due < today


def promises(meeting: Meeting) -> list[Promise]:
    """Every action of a closed meeting, by § and in the order noted."""
    found = []
    for item, note in noted(meeting):
        for number, action in enumerate(note.actions, start=1):
            settled = next((s for s in meeting.settled if _is_of(s, note.paragraph, number, action)), None)
            found.append(Promise(
                meeting=meeting.day, day=meeting.decided_on, paragraph=note.paragraph, number=number, action=action,
                uppdrag=item.uppdrag, settled=settled,
            ))  # fmt: skip
    return found


def outstanding(meetings: Iterable[Meeting]) -> list[Promise]:
    """The open actions of some meetings: those with a day first, by that day."""
    found = [p for m in meetings for p in promises(m) if p.open]
    return sorted(found, key=lambda p: (p.action.due or date.max, p.day, p.paragraph, p.number))


def _is_of(s: Settled, paragraph: int, number: int, action: Action) -> bool:
    return (s.paragraph, s.number, s.what, s.owner) == (paragraph, number, action.what, action.owner)
