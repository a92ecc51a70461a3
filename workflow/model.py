"""What exists: an uppdrag, its planned times, its remissrundor, and what each region has decided. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypedDict, TypeVar

from workflow.calendar import Span

T = TypeVar("T")

ROLES = ("kansli", "chefsgrupp", "region", "system")
"""Who may act. `system` is the engine itself, for what becomes true by itself."""

FactValue = str | int | bool | tuple[str, ...]
Facts = Mapping[str, FactValue]
"""Facts as they are kept: dates as ISO text, lists as tuples."""

Category = Literal["", "adopted", "rejected", "not_concerned"]
"""What a concluded region counts as; empty while it is open."""

SOURCES = ("muntlig", "epost", "publicerat_protokoll", "protokollsutdrag")
"""Källa, weakest first; empty means that nothing is known (*Uppgift saknas*)."""

STANDINGS = ("", "omprovas")
"""What a plan may say of an uppdrag that it takes over."""

BODIES = ("RF", "RS", "namnd", "regiondirektor", "annan")
"""Beslutsinstans: fullmäktige, styrelse, a nämnd, the director, another named office holder."""

DecisionKind = Literal["beslut", "delegationsbeslut", "verkstallighet"]
KINDS: tuple[DecisionKind, ...] = ("beslut", "delegationsbeslut", "verkstallighet")
"""Slag: a body's own decision, one taken on delegation, or plain carrying out, for which no decision is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did it: a role, and a person's or office's name as it stands in the log."""

    role: str
    name: str


SYSTEM = Actor(role="system", name="uppdrag")


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One of the 21. `lanskod` is the key and a string (`01`). The first samverkansregion is the primary contact."""

    lanskod: str
    name: str
    short_name: str
    county: str
    samverkansregioner: tuple[str, ...]
    fullmaktige: str
    styrelse: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTime:
    """A declared deadline with this uppdrag's own span; `met` when the transition that meets it has happened."""

    deadline: str
    span: Span
    met: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something for the kansli to complete, after återremiss or bordläggning."""

    what: str
    owner: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One recipient's answer in a remissrunda: `svar`, `inga_synpunkter` or `avstar`; empty while awaited."""

    recipient: str
    answer: str = ""
    text: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """A remissrunda: who was asked, until which local date, what each answered, and the summary that ends it."""

    number: int
    answer_by: date | None
    answers: tuple[Answer, ...]
    summary: str = ""

    @property
    def open(self) -> bool:
        return not self.summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One body in a chain (AU → RS → RF): its local day and its §, None and empty where nobody has said.

    The § of a link is a proposal's; the decision's own stands with the decision.
    """

    body: str
    on: date | None = None
    paragraph: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision taken elsewhere, as registered. `seq` is its event; `set_no` the set it belongs to.

    `on` is a local date or None for *Uppgift saknas*, as are the days of justering, of its tillkännagivande and of when
    a delegationsbeslut was reported (anmält) to `reported_to`. `complete` is the registrant's word that the set is
    whole. `links` are the bodies that proposed before; `task` is what an open outcome leaves to the kansli.
    """

    number: int
    seq: int
    set_no: int
    outcome: str
    body: str = ""
    on: date | None = None
    paragraph: str = ""
    dnr: str = ""
    adaptation: str = ""
    note: str = ""
    source: str = ""
    proposal_version: int = 0
    complete: bool = True
    withdrawn: bool = False
    kind: DecisionKind = "beslut"
    links: tuple[Link, ...] = ()
    justerat: date | None = None
    tillkannagivet: date | None = None
    delegationspunkt: str = ""
    reported_to: str = ""
    reported_on: date | None = None
    task: Task | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Regionbeslut:
    """One region's own track on one uppdrag. `version` is the seq of the last event that touched it.

    `planned_chain` are the bodies that are to propose before `planned_body` decides; `task` is what the kansli has to
    complete since the region sent the matter back or postponed it.
    """

    region: str
    state: str
    outcome: str = ""
    category: Category = ""
    set_no: int = 1
    version: int = 0
    dnr: str = ""
    sent_version: int = 0
    channel: str = ""
    planned_on: date | None = None
    planned_body: str = ""
    planned_chain: tuple[Link, ...] = ()
    task: Task | None = None
    facts: Mapping[str, Facts] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()

    @property
    def concluded(self) -> bool:
        return self.category != ""

    @property
    def deciding(self) -> Decision | None:
        """The decision that says when and where: the last registered one that stands. Of a set that concluded the
        handling it is the one with the latest day, in whatever order they were registered; but where the one that made
        the set whole has no day, nobody knows when the region was done, and it is that one."""
        standing = [d for d in self.decisions if not d.withdrawn]
        if not self.concluded:
            return standing[-1] if standing else None
        whole = [d for d in standing if d.set_no == self.set_no]
        return max(whole, key=lambda d: (d.complete and d.on is None, d.on or date.min, d.number), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many of the concerned regions have concluded, and as what."""

    adopted: int = 0
    rejected: int = 0
    not_concerned: int = 0

    @property
    def decided(self) -> int:
        return self.adopted + self.rejected + self.not_concerned


@dataclass(frozen=True, slots=True, kw_only=True)
class Uppdrag:
    """One joint assignment, pinned to a version of its lifecycle.

    `final`: its state is one where nothing more is expected. `tracked`: each concerned region has a track of its own.
    `times` are in the lifecycle's order; `facts` holds, per trigger, what was last stated with it. `round` rises at
    omprioritering, återremiss and resume. `standing` is `omprovas` when a plan says that it is to be reconsidered.
    """

    id: str
    lifecycle: str
    lifecycle_version: int
    state: str
    title: str
    final: bool = False
    neutral_title: str = ""
    sensitive: bool = False
    source: str = ""
    section: str = ""
    parent: str = ""
    owner: str = ""
    dnr: str = ""
    directive: str = ""
    plan: str = ""
    standing: str = ""
    notes: str = ""
    networks: tuple[str, ...] = ()
    concerned: tuple[str, ...] = ()
    tracked: bool = False
    paused: bool = False
    round: int = 1
    proposal_version: int = 0
    times: tuple[PlannedTime, ...] = ()
    task: Task | None = None
    consultations: tuple[Consultation, ...] = ()
    facts: Mapping[str, Facts] = field(default_factory=dict)
    counts: Counts = Counts()

    @property
    def tracks(self) -> int:
        """How many regions have a track."""
        return len(self.concerned) if self.tracked else 0

    @property
    def due(self) -> PlannedTime | None:
        """The planned time that is next to be met, or None."""
        return next((t for t in self.times if not t.met), None)


def altered(value: T, **changes: object) -> T:
    """`dataclasses.replace` for values with slots, in half the time: nothing is computed or checked anew."""
    new = object.__new__(type(value))
    put = object.__setattr__
    for name in value.__slots__:  # type: ignore[attr-defined]  # every value of the model has slots
        put(new, name, changes[name] if name in changes else getattr(value, name))
    return new


class UppdragPatch(TypedDict, total=False):
    """What an event changed on an uppdrag, as new values. Only what changed stands here."""

    lifecycle_version: int
    state: str
    final: bool
    title: str
    neutral_title: str
    sensitive: bool
    source: str
    section: str
    owner: str
    dnr: str
    directive: str
    plan: str
    standing: str
    notes: str
    networks: tuple[str, ...]
    concerned: tuple[str, ...]
    paused: bool
    round: int
    proposal_version: int
    times: tuple[PlannedTime, ...]
    task: Task | None
    consultations: tuple[Consultation, ...]
    facts: Mapping[str, Facts]


class RegionPatch(TypedDict, total=False):
    """What an event changed on one region's track, as new values; decisions travel on their own."""

    state: str
    outcome: str
    category: Category
    set_no: int
    dnr: str
    sent_version: int
    channel: str
    planned_on: date | None
    planned_body: str
    planned_chain: tuple[Link, ...]
    task: Task | None
    facts: Mapping[str, Facts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """An uppdrag with those of its regions that are in hand: all of them in a replay, one of them in a command."""

    uppdrag: Uppdrag
    regions: Mapping[str, Regionbeslut]
    seq: int
    """How many events the uppdrag has had; the next one gets seq + 1."""
