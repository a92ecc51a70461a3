"""What became true. An event carries what it changed as new values, so that replaying needs no rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from workflow.aftermath import HandOff, Returned, Settled, SignedFile
from workflow.beredning import Line
from workflow.circulation import Reply
from workflow.direktiv import Carried, DirectiveText
from workflow.letter import LetterText, Sent
from workflow.meeting import AgendaItem, Approval, Arrangement, Kind, Minutes
from workflow.model import Actor, Decision, Facts, PlannedTime, RegionPatch, UppdragPatch
from workflow.people import Capacity, HolderPatch
from workflow.sammantraden import Sammantrade
from workflow.summons import Called, CalledOff, Summons


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


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingArranged:
    """Chefsgruppens meeting on a day: where, at what time, and when it is to be justerat."""

    day: date
    arrangement: Arrangement


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaKept:
    """The agenda as it then was, each item whole, and the keys of the items that somebody has taken away."""

    day: date
    items: tuple[AgendaItem, ...]
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingSummoned:
    """The kallelse went out on the local day `on`, with these items under these numbers. `channel` says how: `epost`
    where the program itself mails it, empty where nobody has said."""

    day: date
    on: date
    items: tuple[AgendaItem, ...]
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesTaken:
    """What has been noted at the meeting, whole, as it then stood."""

    day: date
    minutes: Minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingClosed:
    """The meeting is over. `minutes` carry their §; `moved` are the ids of the events that its outcomes became."""

    day: date
    on: date
    minutes: Minutes
    moved: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphsApproved:
    """Paragraphs were justerade. `digest` is SHA-256 in hex of the protokoll where that was the last of them."""

    day: date
    approvals: tuple[Approval, ...]
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MattersCirculated:
    """Matters were put to the members on the local day `on`, to be decided per capsulam by `day`."""

    day: date
    on: date
    items: tuple[AgendaItem, ...]
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersReplied:
    """Answers came in about matters that are decided per capsulam."""

    day: date
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionMailed:
    """The matters were mailed to members, by name, with the ids of the mails; `again`: to those who were silent."""

    day: date
    to: tuple[str, ...]
    messages: tuple[str, ...]
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtokollSigned:
    """The protokoll was signed, and the file of it is kept. An earlier one is kept too, but no longer counts."""

    day: date
    file: SignedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSettled:
    """An action of the protokoll was done, turned out not to be needed, or is open again."""

    day: date
    settled: Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOn:
    """What is handed on to one body, whole, as it now is."""

    day: date
    handoff: HandOff


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffReturned:
    """What came back about a § that was handed on."""

    day: date
    returned: Returned


@dataclass(frozen=True, slots=True, kw_only=True)
class SummonsMailed:
    """Mails with the kallelse were queued; `summons` is what everybody now has. `withdrawn` were told that they are no
    longer called."""

    day: date
    summons: Summons
    withdrawn: tuple[Called, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCalledOff:
    """The meeting is not held on this day. `sequence` is the version of its kallelse that says so, and `withdrawn` are
    those who were told."""

    day: date
    called_off: CalledOff
    sequence: int = 0
    withdrawn: tuple[Called, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingTakenOver:
    """The meeting of the day `origin` is held on this one instead, with what was said of it then; its agenda follows as
    an event of its own."""

    day: date
    origin: date
    arrangement: Arrangement
    summoned_on: date | None = None
    summons: Summons | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveWritten:
    """A draft of an uppdragsdirektiv as it then was, whole. After a decision it begins the next revision."""

    text: DirectiveText


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveDecided:
    """Chefsgruppen decided the draft at the meeting on a local day, under a §; `carried` are its uppdrag as they were."""

    day: date
    paragraph: int
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveNumbered:
    """A directive that had been decided without one got its diarienummer."""

    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveEnded:
    """A draft was given up, or a directive holds no longer, and why."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterPlaced:
    """Somebody put a matter of a year's beredningsplan at the meeting on a day; None: left it out. `title` is what it
    was called."""

    year: int
    key: str
    title: str
    day: date | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterReleased:
    """Somebody let a matter of the beredningsplan follow its planned time again."""

    year: int
    key: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterAdded:
    """The beredningsplan got a matter that no uppdrag stands behind."""

    year: int
    key: str
    title: str
    kind: Kind
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationTabled:
    """The beredningsplan was put on the agenda of a meeting, and said this."""

    year: int
    meeting: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationDecided:
    """Chefsgruppen decided on the beredningsplan as the event `tabled` had put it before the meeting."""

    year: int
    meeting: date
    paragraph: int
    tabled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDrafted:
    """There is a draft of the månadsbrev of a month (`2026-03`)."""

    month: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWritten:
    """The kansli's own words in the letter as they then were, whole. A letter that was held is a draft again."""

    month: str
    text: LetterText


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterHeld:
    """The letter is not to be sent for now, and why."""

    month: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSent:
    """Somebody confirmed the letter as it was shown, and it went out; with every figure as it then was."""

    month: str
    sent: Sent


UppdragEvent = Identified | Advanced | RegionAdvanced | RegionDecided | Changed | Corrected | Migrated
HolderEvent = HolderAppointed | HolderChanged | HolderEnded | AddressFlagged | AddressCleared
CalendarEvent = MeetingsStated | PapersRuleStated | PapersRuleWithdrawn
MeetingEvent = (
    MeetingArranged | AgendaKept | MeetingSummoned | MinutesTaken | MeetingClosed | ParagraphsApproved
    | MattersCirculated | MembersReplied | QuestionMailed | ProtokollSigned | ActionSettled | HandedOn | HandOffReturned
    | SummonsMailed | MeetingCalledOff | MeetingTakenOver
)  # fmt: skip
DirectiveEvent = DirectiveWritten | DirectiveDecided | DirectiveNumbered | DirectiveEnded
PreparationEvent = MatterPlaced | MatterReleased | MatterAdded | PreparationTabled | PreparationDecided
LetterEvent = LetterDrafted | LetterWritten | LetterHeld | LetterSent
Event = (
    DirectiveEvent | UppdragEvent | HolderEvent | CalendarEvent | MeetingEvent | PreparationEvent | LetterEvent
    | Installed | Published | PlanImported | StatusPublished
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
