"""What the kansli asks for, as plain rows: where each uppdrag stands, and each region in it.

The rows of a list are tuples with names: a frozen dataclass takes five times as long to make.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFilter:
    """Which uppdrag to show. `today` is the local date that *efter planerad tid* is judged by.

    `limit` and `after` (an uppdrag id) page through the list in order of id.
    """

    today: date
    id: str = ""
    state: str = ""
    lifecycle: str = ""
    region: str = ""
    owner: str = ""
    plan: str = ""
    overdue: bool = False
    due_before: date | None = None
    idle_since: datetime | None = None
    after: str = ""
    limit: int = 0


class DeadlineRow(NamedTuple):
    """The planned time next to be met: its id, the plan's words and the two local dates they are read as."""

    id: str
    text: str
    first: date
    last: date


class RegionCounts(NamedTuple):
    """How the concerned regions divide. decided = adopted + rejected + not_concerned; pending is the rest."""

    concerned: int
    adopted: int
    rejected: int
    not_concerned: int

    @property
    def decided(self) -> int:
        return self.adopted + self.rejected + self.not_concerned

    @property
    def pending(self) -> int:
        return self.concerned - self.decided


class StatusRow(NamedTuple):
    """One uppdrag in a list. `overdue`: its planned time has passed and it is neither finished nor paused."""

    id: str
    title: str
    neutral_title: str
    lifecycle: str
    lifecycle_version: int
    state: str
    final: bool
    paused: bool
    owner: str
    dnr: str
    directive: str
    section: str
    plan: str
    standing: str
    sensitive: bool
    deadline: DeadlineRow | None
    regions: RegionCounts
    overdue: bool
    changed_at: datetime

    @property
    def shown_title(self) -> str:
        """The title as it may stand in lists that leave the house: the neutral one where the uppdrag is sensitive."""
        return self.neutral_title if self.sensitive else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One region on one uppdrag. `outcome` is empty while nothing is decided; `source` and `body` of the last word."""

    uppdrag: str
    region: str
    state: str
    outcome: str
    category: str
    decided_on: date | None
    body: str
    paragraph: str
    source: str
    proposal_version: int
    planned_on: date | None
    version: int
