"""The beredningsplan of a year: which matter is meant for which meeting. Frozen values.

Only what somebody has said by hand is kept; the rest is filled in from states and planned times each time it is asked
for (`workflow.beredning_fill`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from workflow.meeting import Kind

STREAM = re.compile(r"beredningsplan:(\d{4})", re.ASCII)
"""The name of a plan's stream: `beredningsplan:2026`."""
TABLED = re.compile(r"beredningsplan:(\d{4})/(\d{1,9})", re.ASCII)
"""What the item of an agenda that puts a plan before chefsgruppen has as its step: the id of the event."""
OWN = "plan"
"""What the keys of a plan's own matters begin with: `plan-2026-1`."""


def id_of(year: int) -> str:
    """The name of the stream of a year's plan."""
    return f"beredningsplan:{year:04d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A matter that somebody has put at the meeting on a day; None: left out of the year's plan. `key` is that of
    `agenda.key_of`, or the id of a yearly item."""

    key: str
    day: date | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMatter:
    """A matter that no uppdrag stands behind. `day`: where it was first put; None where that was not said."""

    key: str
    title: str
    kind: Kind = "beslut"
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A matter in the plan as it was put before chefsgruppen. `day` None: at no meeting."""

    key: str
    title: str
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabled:
    """The plan as it was put on the agenda of a meeting: its lines in that edition. `event` is the number of the event
    that did so."""

    event: int
    edition: int
    meeting: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Chefsgruppen's decision on the plan at a meeting, under a §: of what the event `tabled` put before it."""

    meeting: date
    paragraph: int
    tabled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beredningsplan:
    """What has been said by hand of a year's plan. `version` is the number of its last event; `edition` is the version
    that people see, and rises when somebody changes what the plan says."""

    year: int
    version: int = 0
    edition: int = 1
    placements: tuple[Placement, ...] = ()
    own: tuple[OwnMatter, ...] = ()
    tabled: tuple[Tabled, ...] = ()
    rulings: tuple[Ruling, ...] = ()

    def placement(self, key: str) -> Placement | None:
        """Where somebody has put a matter; None where its planned time says."""
        return next((p for p in self.placements if p.key == key), None)

    def put(self, event: int) -> Tabled | None:
        """The plan as an event put it before chefsgruppen."""
        return next((t for t in self.tabled if t.event == event), None)

    @property
    def decided(self) -> tuple[Ruling, Tabled] | None:
        """The newest decision on the plan, and what it was a decision on."""
        for ruling in reversed(self.rulings):
            if (put := self.put(ruling.tabled)) is not None:
                return ruling, put
        return None
