"""What became true of chefsgruppen's papers: uppdragsdirektiv, beredningsplaner and månadsbrev."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflow.beredning import Line
from workflow.direktiv import Carried, DirectiveText
from workflow.letter import LetterText, Sent
from workflow.meeting import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveWritten:
    """A draft of an uppdragsdirektiv as it then was, whole. After a decision it begins the next revision."""

    text: DirectiveText


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveDecided:
    """Chefsgruppen decided the draft at the meeting on a local day, under a §; `carried`: its uppdrag as they were."""

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


DirectiveEvent = DirectiveWritten | DirectiveDecided | DirectiveNumbered | DirectiveEnded
PreparationEvent = MatterPlaced | MatterReleased | MatterAdded | PreparationTabled | PreparationDecided
LetterEvent = LetterDrafted | LetterWritten | LetterHeld | LetterSent
