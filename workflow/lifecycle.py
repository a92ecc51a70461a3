"""A declared process: states, transitions, facts, deadlines, reminder steps and the region's own track.

A Lifecycle is data, read from a definition. Whether it hangs together is for `workflow.soundness` to say.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

FactType = Literal[
    "date", "text", "long_text", "paragraph", "dnr", "outcome", "reference", "networks", "recipients",
    "choice", "number", "yes_no", "span", "person", "deadline", "chain",
]  # fmt: skip
FACT_TYPES: tuple[str, ...] = get_args(FactType)

Sets = Literal["", "day", "owner", "dnr", "directive", "networks", "proposal_version"]
"""The attribute of the uppdrag that a fact sets; once known it need not be stated again. `day` is no attribute: the
fact says on which day the step happened."""

RegionSets = Literal["", "dnr", "sent_version", "channel", "planned_on", "planned_body", "planned_chain"]
"""The same, on a region's track."""

# The types of the facts that a track keeps as something else than they are stated.
REGION_SETS_TYPES: Mapping[str, FactType] = {
    "sent_version": "number", "planned_on": "date", "planned_chain": "chain",
}  # fmt: skip

Effect = Literal[
    "", "send_back", "postpone", "reprioritise", "pause", "resume", "follow_up",
    "consult", "consult_answer", "consult_close",
]  # fmt: skip
"""What a transition does beside moving the state. The engine knows each; a definition only names them."""

RegionEffect = Literal["", "annul"]

# The facts that an effect reads; a transition with the effect must declare them with these names and types.
EFFECT_FACTS: Mapping[str, Mapping[str, FactType]] = {
    "send_back": {"saknas": "long_text", "klar_senast": "date"},
    "postpone": {},
    "reprioritise": {"planerad_tid": "span", "tidsgrans": "deadline", "paragraf": "paragraph"},
    "pause": {},
    "resume": {},
    "follow_up": {"uppdrag": "reference"},
    "consult": {"mottagare": "recipients", "svarsdag": "date"},
    "consult_answer": {"runda": "number", "mottagare": "text", "svar": "choice"},
    "consult_close": {"runda": "number", "sammanfattning": "long_text"},
}

AUDIENCES: Mapping[str, str] = {
    "kontakt": "regionens kontaktperson",
    "namndsekreterare": "regionens nämndsekreterare",
    "registrator": "regionens registrator",
    "hsd": "regionens hälso- och sjukvårdsdirektör",
    "regiondirektor": "regiondirektören",
    "chefsgruppsledamot": "en ledamot av chefsgruppen i samma samverkansregion",
    "ansvarig": "den som är ansvarig för uppdraget",
    "c_nspl": "C-NSPL",
}
"""Who a reminder step may be written to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that must or may be stated with a transition."""

    name: str
    type: FactType
    label: str
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    sets: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A place in the process. `final` means that nothing more is expected."""

    id: str
    label: str
    initial: bool = False
    final: bool = False
    means: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """What somebody, or the engine itself when `automatic`, may do from the named states.

    `target` is None when the state stays. `meets` names the deadline that is met by it; `done` is what history calls
    it, where the label of the state that it leads to would not say it.
    """

    trigger: str
    label: str
    sources: tuple[str, ...]
    target: str | None
    roles: tuple[str, ...]
    guards: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    effect: Effect = ""
    meets: str = ""
    done: str = ""
    automatic: bool = False
    while_paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A planned time that uppdrag of this kind may have, in the order in which they fall.

    `regional`: the regions are to meet it, each for itself. `at_meeting`: it is met at a meeting of chefsgruppen, so
    the last one in the span is the day that counts (DOMAIN: the quarter's last meeting is the real due date).
    """

    id: str
    label: str
    regional: bool = False
    at_meeting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderStep:
    """When whom is reminded of which deadline. `weeks` counts from it: -8 is eight weeks before, 1 a week after."""

    id: str
    deadline: str
    weeks: int
    audience: tuple[str, ...]
    template: str
    only_if_silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a region can have decided. A final one counts as `counts`; an open one leaves the region in `state`.

    `task`: it leaves something for the kansli to complete.
    """

    id: str
    label: str
    counts: Literal["", "adopted", "rejected", "not_concerned"] = ""
    requires: tuple[str, ...] = ()
    state: str = ""
    task: bool = False

    @property
    def final(self) -> bool:
        return self.counts != ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionTransition:
    """A step on a region's own track."""

    trigger: str
    label: str
    sources: tuple[str, ...]
    target: str | None
    roles: tuple[str, ...]
    facts: tuple[Fact, ...] = ()
    effect: RegionEffect = ""
    done: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionTrack:
    """The region's own small process. `open_in` are the uppdrag's states in which decisions can be registered.

    `decided` is the state of a concluded region, `partly` of one with more decisions to come. `amounts_to` ranks the
    final outcomes: a set of decisions amounts to the first that occurs in it. `bodies` are those that may adopt or
    reject, all where empty; `delegable` says whether the matter may be decided on delegation at all.
    """

    states: tuple[State, ...]
    transitions: tuple[RegionTransition, ...]
    outcomes: tuple[Outcome, ...]
    roles: tuple[str, ...]
    open_in: tuple[str, ...]
    decided: str
    partly: str
    amounts_to: tuple[str, ...]
    bodies: tuple[str, ...] = ()
    delegable: bool = True

    @property
    def initial(self) -> str:
        return next(s.id for s in self.states if s.initial)

    def outcome(self, name: str) -> Outcome | None:
        return next((o for o in self.outcomes if o.id == name), None)


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """One published version of a declared process."""

    id: str
    version: int
    label: str
    description: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    deadlines: tuple[Deadline, ...] = ()
    reminders: tuple[ReminderStep, ...] = ()
    track: RegionTrack | None = None

    @property
    def ref(self) -> str:
        """Id and version as people write them: `regiongemensamt/1`."""
        return f"{self.id}/{self.version}"

    @cached_property
    def initial(self) -> str:
        return next(s.id for s in self.states if s.initial)

    @cached_property
    def by_state(self) -> Mapping[str, State]:
        return {s.id: s for s in self.states}

    @cached_property
    def leaving(self) -> Mapping[str, tuple[Transition, ...]]:
        """The transitions from each state that somebody may ask for, as declared."""
        return {s.id: tuple(t for t in self.transitions if s.id in t.sources and not t.automatic) for s in self.states}

    @cached_property
    def automatic(self) -> Mapping[str, tuple[Transition, ...]]:
        """The transitions from each state that happen by themselves."""
        return {s.id: tuple(t for t in self.transitions if s.id in t.sources and t.automatic) for s in self.states}

    def label_of(self, state: str) -> str:
        return self.by_state[state].label if state in self.by_state else state

    def path_to(self, state: str, *, start: str = "") -> tuple[Transition, ...] | None:
        """The shortest way from `start` (the initial state) by transitions that somebody asks for; None where there is
        none."""
        ways: dict[str, tuple[Transition, ...]] = {start or self.initial: ()}
        queue = deque(ways)
        while queue:
            here = queue.popleft()
            if here == state:
                return ways[here]
            for t in self.leaving[here]:
                if t.target and t.target not in ways:
                    ways[t.target] = (*ways[here], t)
                    queue.append(t.target)
        return None
