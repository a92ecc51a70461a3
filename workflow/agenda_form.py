"""The declared form of chefsgruppen's agenda, and the year's rhythm: data, read from a definition."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from workflow.meeting import Kind
from workflow.workdays import WorkCalendar

Takes = Literal[
    "returned", "step", "regions", "follow_up", "reconsider", "yearly", "hand", "circulated", "promises"
]  # fmt: skip
"""What a section takes up: matters that were sent back or postponed, those that have a step before them, how it stands
in the regions, follow-ups that somebody has set a day for, what the plan wants reconsidered, what every year brings,
what was decided per capsulam since the meeting before, actions that are open, or only what is put there by hand."""
When = Literal["ready", "due"]
"""A step's matters as soon as their state allows the step, or at the last meeting within their planned time."""

OPENING, CLOSING = "oppning", "avslutning"
"""The sections of the items that every agenda opens and closes with."""
PROPOSAL_NAMES = frozenset({"titel", "uppdrag", "dnr", "direktiv", "version", "tid", "ryms"})
"""What a declared text may name in braces."""
DIRECTIVE_NAMES = frozenset({"direktivet", "titel", "nummer", "version", "uppdragen"})
"""The same of the texts about an uppdragsdirektiv; `uppdragen` only where there are uppdrag to decide on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An item that every agenda has."""

    id: str
    title: str
    kind: Kind = "formalia"
    proposal: str = ""
    minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Yearly(Standing):
    """An item of one meeting a year: the last one held by the end of `month` (1–12)."""

    month: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One kind of matters, by one rule. `triggers` are the steps that the rule is about."""

    id: str
    label: str
    takes: Takes
    kind: Kind = "beslut"
    triggers: tuple[str, ...] = ()
    when: When = "ready"
    minutes: int = 0
    proposal: str = ""
    yearly: tuple[Yearly, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When chefsgruppen meets, where nobody lists the dates: the `week`th `weekday` (0 is Monday) of some months, 5
    the last. `papers`, `summons` and `adjustment` are working days before, before and after."""

    weekday: int
    week: int
    months: tuple[int, ...]
    papers: int
    summons: int
    adjustment: int
    starts: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveForm:
    """How uppdrag that share an uppdragsdirektiv in draft come on the agenda: as one item of a section, where `trigger`
    is the step before them. `proposal` is the text of one with uppdrag to decide on, `alone` of one without."""

    section: str
    trigger: str
    title: str
    proposal: str
    alone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Somebody that chefsgruppen hands §§ on to: who presents there, and what is asked where nothing else is said."""

    id: str
    label: str
    presenter: str = ""
    asks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaForm:
    """The declared form of an agenda. `proposals` are the texts of a förslag till beslut, by step; `handoff` the bodies
    that §§ are handed on to."""

    opening: tuple[Standing, ...]
    sections: tuple[Section, ...]
    closing: tuple[Standing, ...]
    proposals: Mapping[str, str] = field(default_factory=dict)
    directive: DirectiveForm | None = None
    handoff: tuple[Body, ...] = ()
    rhythm: Rhythm

    @property
    def order(self) -> tuple[str, ...]:
        """The sections in the order of the agenda."""
        return (OPENING, *(s.id for s in self.sections), CLOSING)

    def label(self, section: str) -> str:
        return next((s.label for s in self.sections if s.id == section), "")


def days_of(rhythm: Rhythm, year: int, work: WorkCalendar) -> list[date]:
    """The days of a year on which chefsgruppen meets by its rhythm; what is not a working day gives way to the one
    before."""
    return [_working(_day_in(rhythm, year, month), work) for month in rhythm.months]


def _day_in(rhythm: Rhythm, year: int, month: int) -> date:
    length = monthrange(year, month)[1]
    days = [day for n in range(1, length + 1) if (day := date(year, month, n)).weekday() == rhythm.weekday]
    return days[min(rhythm.week, len(days)) - 1]


def _working(day: date, work: WorkCalendar) -> date:
    while not work.is_working(day):
        day -= timedelta(days=1)
    return day
