"""What the log says when it is told again: every chain recomputed, every event replayed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from storage import log, tables
from storage.database import Session
from storage.raw import RawTable
from workflow import (
    appointments,
    beredning,
    beredning_events,
    budget,
    budgeting,
    convening,
    directing,
    direktiv,
    holding,
    letter,
    lettering,
    meeting,
)
from workflow.beredning import Beredningsplan
from workflow.budget import Budget
from workflow.budget_events import BudgetEvent
from workflow.convening import Calendar
from workflow.direktiv import Directive
from workflow.events import (
    CalendarEvent,
    Corrected,
    HolderAppointed,
    HolderEvent,
    Identified,
    Published,
    Recorded,
    RegionAdvanced,
    RegionDecided,
)
from workflow.evolution import evolve
from workflow.gallring_events import Gallrat
from workflow.letter import Letter
from workflow.meeting import Meeting
from workflow.meeting_events import MeetingEvent
from workflow.model import Matter
from workflow.paper_events import DirectiveEvent, LetterEvent, PreparationEvent
from workflow.people import Holder

_UPPDRAG = re.compile(r"U(\d{4})-(\d{2,6})", re.ASCII)
_TOUCHES_REGION = frozenset({RegionAdvanced.__name__, RegionDecided.__name__, Corrected.__name__})

# Events of a kind stand in streams of a kind, and nowhere else: what `Told` keeps of each, and what becomes of it.
_OF_STREAMS: tuple[tuple[Any, re.Pattern[str], str, Callable[..., Any]], ...] = (
    (CalendarEvent, convening.STREAM, "calendar", convening.evolve),
    (MeetingEvent, meeting.STREAM, "meeting", holding.evolve),
    (DirectiveEvent, direktiv.STREAM, "directive", directing.evolve),
    (PreparationEvent, beredning.STREAM, "plan", beredning_events.evolve),
    (LetterEvent, letter.STREAM, "letter", lettering.evolve),
    (BudgetEvent, budget.STREAM, "budget", budgeting.evolve),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written: a code, its subject, and the event or column that shows it."""

    code: str
    subject: str
    detail: str = ""


@dataclass(slots=True)
class Told:
    """What one stream says, as far as its chain holds: to `length`, whose link is `head`.

    `broken`: what comes after that is not as it was written. `emptied`: a gallring decision has emptied events, so that
    the chain holds but what they said is gone; `state`, `at` and `touched` (the last event of each region) still stand.
    """

    length: int = 0
    head: str = log.GENESIS
    broken: bool = False
    emptied: bool = False
    state: str = ""
    at: Any = None
    touched: dict[str, int] = field(default_factory=dict)
    matter: Matter | None = None
    holder: Holder | None = None
    calendar: Calendar | None = None
    meeting: Meeting | None = None
    directive: Directive | None = None
    plan: Beredningsplan | None = None
    letter: Letter | None = None
    budget: Budget | None = None


class Retold:
    """The log, told again. `findings` must be read to the end before the rest says anything."""

    def __init__(self, session: Session) -> None:
        self.table = RawTable(session, tables.EventRow)
        self.streams: dict[str, Told] = {}
        self.links: dict[tuple[str, int], str] = {}
        self.published: dict[tuple[str, int], tuple[Published, Any]] = {}
        self.emptied: list[str] = []
        self.decided: dict[str, str] = {}
        self.events = 0

    def findings(self) -> Iterator[Finding]:
        """The first bad event of each stream."""
        astray: dict[str, Told] = {}
        for row in self.table.rows():
            self.events += 1
            stream, seq, values = row[0], row[1], self.table.typed(row)
            told = self.streams.setdefault(str(stream), Told())
            if told.broken:
                continue
            if isinstance(seq, int | float) and seq < 1:  # it stands before the first: its place is empty further on
                astray.setdefault(str(stream), told)
            elif seq != told.length + 1:
                told.broken = True
                yield Finding("event_missing", f"{stream}/{told.length + 1}")
            elif values is None or log.link(told.head, values) != values["chain"] or _half_emptied(values):
                told.broken = True
                yield Finding("event_changed", f"{stream}/{seq}")
            elif values["content"] is not None and log.content_digest(values) != values["content_digest"]:
                told.broken = True
                yield Finding("content_changed", f"{stream}/{seq}")
            else:
                yield from self._tell(told, values)
        for name, told in astray.items():
            if not told.broken:
                told.broken = True
                yield Finding("event_missing", f"{name}/{told.length + 1}")

    def undecided(self) -> Iterator[Finding]:
        """The events that are empty though no gallring decision names them."""
        return (Finding("emptied_undecided", id) for id in self.emptied if id not in self.decided)

    def uppdrag(self) -> Iterator[tuple[str, Told]]:
        """The streams of uppdrag, broken ones too."""
        return ((name, told) for name, told in self.streams.items() if _UPPDRAG.fullmatch(name))

    def numbers(self, names: set[str]) -> dict[int, set[int]]:
        """The numbers of the uppdrag that there are traces of, by year; `names` are streams that have only a head."""
        given: dict[int, set[int]] = {}
        for name in names | self.streams.keys():
            if match := _UPPDRAG.fullmatch(name):
                given.setdefault(int(match[1]), set()).add(int(match[2]))
        return given

    def _tell(self, told: Told, values: Mapping[str, Any]) -> Iterator[Finding]:
        """Take in one event whose link holds."""
        stream, seq = values["stream"], values["seq"]
        told.length, told.head, told.at = seq, values["chain"], values["registered_at"]
        told.state = values["state"]
        self.links[stream, seq] = values["chain"]
        if values["region"] and values["kind"] in _TOUCHES_REGION:
            told.touched[values["region"]] = seq
        if values["content"] is None:
            told.emptied, told.matter, told.holder, told.calendar, told.meeting = True, None, None, None, None
            told.directive = told.plan = told.letter = told.budget = None
            self.emptied.append(f"{stream}/{seq}")
        elif not told.emptied or values["kind"] == Gallrat.__name__:
            try:
                recorded = log.recorded(tuple(values[name] for name in self.table.names))
                good = self._replay(told, recorded, values)
            except Exception:  # noqa: BLE001 - the chain may have been forged around anything at all
                good = False
            if not good:
                told.broken = True
                yield Finding("event_changed", f"{stream}/{seq}")

    def _replay(self, told: Told, recorded: Recorded, values: Mapping[str, Any]) -> bool:
        """Whether the event is one that can follow, and the columns beside it say the same."""
        event, state = recorded.event, ""
        if isinstance(event, Gallrat):
            return self._gallrat(told, event, values)
        if isinstance(event, Published):
            self.published[event.id, event.version] = (event, recorded.registered_at)
        if isinstance(event, HolderEvent) or appointments.STREAM.fullmatch(recorded.stream):
            if not isinstance(event, HolderEvent) or (told.holder is None) != isinstance(event, HolderAppointed):
                return False
            told.holder = appointments.evolve(told.holder, event, id=recorded.stream)
        for kinds, stream, name, after in _OF_STREAMS:
            if isinstance(event, kinds) or stream.fullmatch(recorded.stream):
                if not isinstance(event, kinds):
                    return False
                setattr(told, name, after(getattr(told, name), event, id=recorded.stream))
        if _UPPDRAG.fullmatch(recorded.stream):
            if (told.matter is None) != isinstance(event, Identified):
                return False
            told.matter = evolve(told.matter, event, id=recorded.stream)  # type: ignore[arg-type]  # an uppdrag's stream
            state = told.matter.uppdrag.state
        said = type(event).__name__, recorded.region, recorded.replaces, state
        return said == (values["kind"], values["region"], values["replaces"], values["state"])

    def _gallrat(self, told: Told, event: Gallrat, values: Mapping[str, Any]) -> bool:
        """Note what a gallring decision emptied; where it says what is left, the stream is told again from here."""
        self.decided.update(dict.fromkeys(event.emptied, event.decision))
        stream, state = values["stream"], ""
        if appointments.STREAM.fullmatch(stream):
            if event.holder is None or event.holder.id != stream:
                return False
            told.holder, told.emptied = event.holder, False
        elif _UPPDRAG.fullmatch(stream):
            state = told.state
            if event.uppdrag is not None:
                told.emptied = False
            if not told.emptied:
                told.matter = evolve(told.matter, event, id=stream)
                state = told.matter.uppdrag.state
                if (told.matter.uppdrag.id, told.matter.seq) != (stream, values["seq"]):
                    return False
        else:
            return False
        return (values["region"], values["replaces"], state) == ("", 0, values["state"])


def _half_emptied(values: Mapping[str, Any]) -> bool:
    """A gallring decision empties content, actor and salt together, and each event has all three before it."""
    return len({values["content"] is None, values["actor"] is None, values["salt"] is None}) > 1
