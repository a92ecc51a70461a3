"""What became true. An event carries what it changed as new values, so that replaying needs no rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from workflow.budget_events import BudgetEvent
from workflow.gallring_events import Emptied, Gallrat
from workflow.meeting_events import (
    MeetingEvent,
)
from workflow.model import Actor, Decision, Facts, PlannedTime, RegionPatch, UppdragPatch
from workflow.paper_events import (
    DirectiveEvent,
    LetterEvent,
    PreparationEvent,
)
from workflow.people import Capacity, HolderPatch
from workflow.sammantraden import Sammantrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """An uppdrag exists, with its concerned regions on their tracks' first state (`track_state`, empty: no track)."""

    lifecycle: str
    lifecycle_version: int
    state: str
    title: str
    neutral_title: str
    sensitive: bool
    source: str
    section: str
    parent: str
    owner: str
    dnr: str
    directive: str
    plan: str
    notes: str
    concerned: tuple[str, ...]
    track_state: str
    times: tuple[PlannedTime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """A declared transition happened."""

    trigger: str
    source: str
    target: str
    facts: Facts = field(default_factory=dict)
    patch: UppdragPatch = field(default_factory=UppdragPatch)
    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionAdvanced:
    """A step on a region's own track. `decision` is one that the step changed, as when it is annulled."""

    region: str
    trigger: str
    source: str
    target: str
    facts: Facts = field(default_factory=dict)
    patch: RegionPatch = field(default_factory=RegionPatch)
    decision: Decision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionDecided:
    """A region's decision was registered, and what the region now amounts to."""

    region: str
    decision: Decision
    patch: RegionPatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Attributes changed with the plan; `before` holds the old values in words."""

    why: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    patch: UppdragPatch
    track_state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """An earlier event was wrong. `patch` and `region_patch` are applied; `effective` is what the event now says."""

    replaces: int
    of: str
    why: str
    withdrawn: bool
    before: Mapping[str, str]
    after: Mapping[str, str]
    facts: Facts = field(default_factory=dict)
    on: date | None = None
    patch: UppdragPatch = field(default_factory=UppdragPatch)
    effective: UppdragPatch = field(default_factory=UppdragPatch)
    region: str = ""
    decision: Decision | None = None
    region_patch: RegionPatch = field(default_factory=RegionPatch)
    region_effective: RegionPatch = field(default_factory=RegionPatch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """The uppdrag follows another version of its lifecycle."""

    version_before: int
    patch: UppdragPatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """This database came into being."""

    schema: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """This database was made of a backup that was taken at `taken_at` (aware UTC) by version `program`. `held`: mails
    that waited in it, and may have left from the database that it was taken of."""

    taken_at: datetime
    program: str
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A version of something declared was taken into use. `digest` is SHA-256 in hex over its source."""

    kind: str
    id: str
    version: int
    file: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanImported:
    """A plan was read in: which uppdrag were new, changed, carried over, ended or are to be reconsidered."""

    plan: str
    version: int
    digest: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    carried_over: tuple[str, ...]
    ended: tuple[str, ...]
    reconsidered: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPublished:
    """Somebody looked at the page for everybody as a whole and published it. `digest` is SHA-256 in hex of the page,
    `uppdrag` those that it shows."""

    digest: str
    uppdrag: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderAppointed:
    """Somebody was given an office, or it became vacant. `first` and `last` are local dates, None where open."""

    office: str
    region: str
    name: str
    email: str
    capacity: Capacity
    shared: bool
    vacant: bool
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderChanged:
    """What is known of a holder changed; `before` and `after` hold the values in words."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    patch: HolderPatch


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderEnded:
    """The time in office ends with a local date, `last`."""

    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressFlagged:
    """Mail to the holder's address no longer arrives, and why."""

    address: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressCleared:
    """Mail may be sent to the holder's address again."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingsStated:
    """Meetings of one body as they now are, each whole, and the first days of those that are not held after all.

    `source` names the file or person that said it.
    """

    region: str
    body: str
    meetings: tuple[Sammantrade, ...]
    cancelled: tuple[date, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersRuleStated:
    """Somebody stated a body's handlingsstopp as a rule: working days before the meeting of the body `before`."""

    region: str
    body: str
    working_days: int
    before: str
    stated_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersRuleWithdrawn:
    """A body's handlingsstopp follows no rule any more."""

    region: str
    body: str


UppdragEvent = Identified | Advanced | RegionAdvanced | RegionDecided | Changed | Corrected | Migrated | Gallrat
HolderEvent = HolderAppointed | HolderChanged | HolderEnded | AddressFlagged | AddressCleared
CalendarEvent = MeetingsStated | PapersRuleStated | PapersRuleWithdrawn
Event = (
    DirectiveEvent | UppdragEvent | HolderEvent | CalendarEvent | MeetingEvent | PreparationEvent | LetterEvent
    | BudgetEvent | Installed | Restored | Published | PlanImported | StatusPublished | Emptied
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event as it stands in the log. `registered_at` is aware UTC, `on` a local date or None where not stated.

    `cause` is the seq of the first event of the same command. `backfilled`: registrerat i efterhand.
    """

    stream: str
    seq: int
    cause: int
    on: date | None
    registered_at: datetime
    actor: Actor
    backfilled: bool
    state: str
    event: Event

    @property
    def id(self) -> str:
        """How people name it: `U2026-01/17`."""
        return f"{self.stream}/{self.seq}"

    @property
    def region(self) -> str:
        """The länskod that it concerns, or empty."""
        return getattr(self.event, "region", "")

    @property
    def replaces(self) -> int:
        """The seq of the event that it corrects, or 0."""
        return self.event.replaces if isinstance(self.event, Corrected) else 0
