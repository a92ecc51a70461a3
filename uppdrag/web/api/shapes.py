"""The shapes of answers, as OpenAPI tells them. What is told is made by `uppdrag.service.rows`; a test compares."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, WithJsonSchema

Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


class Shape(BaseModel):
    """What is answered."""


class Span(Shape):
    id: str
    text: str | None
    first: Day
    last: Day


class Counts(Shape):
    concerned: int
    decided: int
    adopted: int
    rejected: int
    not_concerned: int
    pending: int


class Uppdrag(Shape):
    id: Annotated[str, Field(examples=["U2026-01"])]
    title: str
    lifecycle: str
    lifecycle_version: int
    state: str
    final: bool
    paused: bool
    owner: str | None
    dnr: str | None
    directive: str | None
    section: str | None
    plan: str | None
    standing: str | None
    deadline: Span | None
    regions: Counts
    overdue: bool
    sensitive: bool
    changed_at: Moment


class Time(Shape):
    id: str
    text: str | None
    first: Day
    last: Day
    reading: str | None
    interpreted: bool
    met: bool


class Task(Shape):
    what: str | None
    owner: str | None
    due: Day | None


class ConsultationAnswer(Shape):
    recipient: str
    answer: str | None
    text: str | None


class Consultation(Shape):
    number: int
    answer_by: Day | None
    open: bool
    summary: str | None
    answers: list[ConsultationAnswer]


class Link(Shape):
    body: str
    on: Day | None
    paragraph: str | None


class Decision(Shape):
    number: int
    outcome: str
    kind: Literal["beslut", "delegationsbeslut", "verkstallighet"]
    body: str | None
    on: Day | None
    paragraph: str | None
    dnr: str | None
    version: int | None
    complete: bool
    withdrawn: bool
    links: list[Link]
    justerat: Day | None
    tillkannagivet: Day | None
    delegationspunkt: str | None
    reported_to: str | None
    reported_on: Day | None
    task: Task | None


class RegionDecision(Decision):
    laga_kraft_tidigast: Day | None


class Cell(Shape):
    uppdrag: str
    region: str
    state: str
    outcome: str | None
    counts_as: Literal["adopted", "rejected", "not_concerned"] | None
    decided_on: Day | None
    body: str | None
    paragraph: str | None
    source: str | None
    version: int | None
    planned_on: Day | None
    planned_body: str | None
    dnr: str | None


class RegionState(Cell):
    sent_version: int | None
    sent_on: Day | None
    channel: str | None
    asked_on: Day | None
    asked_by: str | None
    planned_chain: list[Link]
    task: Task | None
    decisions: list[RegionDecision]


class UppdragInFull(Uppdrag):
    source: str | None
    parent: str | None
    round: int
    notes: str | None
    proposal_version: int | None
    networks: list[str]
    times: list[Time]
    task: Task | None
    consultations: list[Consultation]
    region_states: list[RegionState]


class Asks(Shape):
    name: str
    label: str
    type: str
    required: bool
    choices: list[str]
    known: Any


class Reason(Shape):
    code: str
    text: str


class Option(Shape):
    trigger: str
    label: str
    target: str
    allowed: bool
    automatic: bool
    roles: list[str]
    facts: list[Asks]
    reasons: list[Reason]


class Event(Shape):
    id: Annotated[str, Field(examples=["U2026-01/7"])]
    kind: str
    on: Day | None
    registered_at: Moment
    role: str
    by: str
    state: str
    backfilled: bool
    region: str | None
    trigger: str | None
    outcome: str | None
    replaces: str | None
    why: str | None
    text: str
    decision: Decision | None


class Me(Shape):
    client: str
    role: str
    region: str | None
    scopes: list[str]
    expires: Moment | None


class Answer(Shape):
    uppdrag: str
    state: str
    events: list[str]
    repeated: bool
    dry_run: bool
    warnings: list[str]


class Wrong(Shape):
    field: str | None
    code: str
    detail: str


class Problem(Shape):
    type: Annotated[str, Field(examples=["urn:uppdrag:problem:changed"])]
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[Wrong]
