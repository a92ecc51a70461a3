"""What became true of chefsgruppen's meetings, and of what is decided between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflow.aftermath import HandOff, Returned, Settled, SignedFile
from workflow.circulation import Reply
from workflow.meeting import AgendaItem, Approval, Arrangement, Minutes
from workflow.summons import Called, CalledOff, Summons


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


MeetingEvent = (
    MeetingArranged | AgendaKept | MeetingSummoned | MinutesTaken | MeetingClosed | ParagraphsApproved
    | MattersCirculated | MembersReplied | QuestionMailed | ProtokollSigned | ActionSettled | HandedOn | HandOffReturned
    | SummonsMailed | MeetingCalledOff | MeetingTakenOver
)  # fmt: skip
