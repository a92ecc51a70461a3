"""The shapes of answers about regions, meetings and what is declared, as OpenAPI tells them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from uppdrag.web.api.shapes import Cell, Counts, Day, Shape


class PlanLink(Shape):
    body: str
    date: Day
    papers_by: Day | None


Verdict = Literal["ryms", "ryms_inte", "uppgift_saknas"]


class Plan(Shape):
    region: str
    chain: list[PlanLink]
    send_by: Day | None
    decides_on: Day | None
    slack_working_days: int | None
    verdict: Verdict
    missing: list[str]
    why: str


class Recommended(Shape):
    version: int | None
    paragraph: str | None
    on: Day | None


class Taken(Shape):
    region: str
    outcome: str
    version: int | None
    adaptation: str | None
    body: str | None
    decided_on: Day | None
    paragraph: str | None
    source: str | None


class Adaptation(Taken):
    uppdrag: str
    title: str
    region_name: str
    note: str | None
    counts_as: str
    concluded: bool
    recommended: Recommended


class MatrixCell(Cell):
    title: str
    uppdrag_state: str
    lifecycle: str
    region_name: str
    samverkansregioner: list[str]
    verdict: Verdict | None
    papers_by: Day | None
    why: str | None


class Region(Shape):
    lanskod: Annotated[str, Field(examples=["03"])]
    name: str
    short_name: str
    county: str
    samverkansregioner: list[str]
    fullmaktige: str
    styrelse: str


class Window(Shape):
    text: str | None
    first: Day
    last: Day


class Others(Counts):
    adaptations: list[Taken]


class InHand(Cell):
    open: bool
    title: str
    uppdrag_state: str
    lifecycle: str
    paused: bool
    sensitive: bool
    window: Window | None
    verdict: Verdict | None
    papers_by: Day | None
    why: str | None
    others: Others


class RegionInHand(Region):
    uppdrag: list[InHand]


class PapersRule(Shape):
    working_days: int
    before: str
    by: str | None


class Meeting(Shape):
    region: str | None
    body: str
    date: Day
    last_day: Day
    papers_by: Day | None
    papers_rule: PapersRule | None
    published_on: Day | None
    period: str | None
    source: str | None
    example: bool


class LifecycleListed(Shape):
    kind: Literal["lifecycle"]
    id: str
    version: int
    label: str
    digest: str
    uppdrag: int


class State(Shape):
    id: str
    label: str
    initial: bool
    final: bool


class Declared(Shape):
    name: str
    label: str
    type: str
    required: bool
    choices: list[str]


class Step(Shape):
    trigger: str
    label: str
    sources: list[str]
    target: str | None
    roles: list[str]
    automatic: bool
    facts: list[Declared]


class Deadline(Shape):
    id: str
    label: str
    regional: bool


class Outcome(Shape):
    id: str
    label: str
    final: bool
    counts_as: str | None
    requires: list[str]


class Track(Shape):
    states: list[State]
    transitions: list[Step]
    outcomes: list[Outcome]
    open_in: list[str]
    bodies: list[str]


class Lifecycle(Shape):
    id: str
    version: int
    label: str
    description: str
    states: list[State]
    transitions: list[Step]
    deadlines: list[Deadline]
    track: Track | None
