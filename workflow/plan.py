"""A verksamhetsplan as declared: its uppdrag, and what becomes of those that were open before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.calendar import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One uppdrag in a plan. `state` is where it stood when the plan was written, empty for the first state."""

    id: str
    title: str
    lifecycle: str
    section: str
    source: str
    neutral_title: str
    sensitive: bool
    owner: str
    dnr: str
    directive: str
    notes: str
    state: str
    regions: tuple[str, ...] | None
    """The concerned regions; None: all of them where the lifecycle has a track, otherwise none."""
    times: Mapping[str, Span]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanClosure:
    """An uppdrag that a new plan ends (with the trigger that does it) or wants reconsidered, and why."""

    id: str
    why: str
    trigger: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan. `follows` is the id of the plan whose open uppdrag it takes over, or empty.

    `documents` are the documents whose numbers the plan names, by number: one number on two of them is warned about.
    """

    id: str
    year: int
    title: str
    follows: str
    rows: tuple[PlanRow, ...]
    ended: tuple[PlanClosure, ...] = ()
    reconsidered: tuple[PlanClosure, ...] = ()
    documents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Samverkansregion:
    """One of the six groups of regions."""

    id: str
    name: str
