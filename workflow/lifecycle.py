"""A declared process: states, transitions, facts, deadlines, reminder steps and the region's own track.

A Lifecycle is data, read from a definition. `unsound` names everything that makes one unusable; an engine is only
built from a sound one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

FactType = Literal[
    "date", "text", "long_text", "paragraph", "dnr", "outcome", "reference", "networks", "recipients",
    "choice", "number", "yes_no", "span", "person", "deadline",
]  # fmt: skip
FACT_TYPES: tuple[str, ...] = get_args(FactType)

Sets = Literal["", "owner", "dnr", "directive", "networks", "proposal_version"]
"""The attribute of the uppdrag that a fact sets; once known it need not be stated again."""

RegionSets = Literal["", "dnr", "sent_version", "channel", "planned_on", "planned_body"]
"""The same, on a region's track."""

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

    `target` is None when the state stays. `meets` names the deadline that is met by it.
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
    automatic: bool = False
    while_paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A planned time that uppdrag of this kind may have, in the order in which they fall."""

    id: str
    label: str


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
    """What a region can have decided. A final one counts as `counts`; an open one leaves the region in `state`."""

    id: str
    label: str
    counts: Literal["", "adopted", "rejected", "not_concerned"] = ""
    requires: tuple[str, ...] = ()
    state: str = ""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionTrack:
    """The region's own small process. `open_in` are the uppdrag's states in which decisions can be registered.

    `decided` is the state of a concluded region, `partly` of one with more decisions to come. `amounts_to` ranks the final outcomes: a set of decisions amounts to the first that occurs in it.
    """

    states: tuple[State, ...]
    transitions: tuple[RegionTransition, ...]
    outcomes: tuple[Outcome, ...]
    roles: tuple[str, ...]
    open_in: tuple[str, ...]
    decided: str
    partly: str
    amounts_to: tuple[str, ...]

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

    def path_to(self, state: str) -> tuple[Transition, ...] | None:
        """The shortest way from the initial state by transitions that somebody asks for; None where there is none."""
        ways: dict[str, tuple[Transition, ...]] = {self.initial: ()}
        queue = deque([self.initial])
        while queue:
            here = queue.popleft()
            if here == state:
                return ways[here]
            for t in self.leaving[here]:
                if t.target and t.target not in ways:
                    ways[t.target] = (*ways[here], t)
                    queue.append(t.target)
        return None


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing unsound. `path` leads to it in the definition, as keys and positions."""

    path: tuple[str | int, ...]
    code: str
    about: tuple[str, ...] = ()


def unsound(lifecycle: Lifecycle) -> list[Flaw]:
    """Everything wrong with how a lifecycle hangs together; the names it uses from outside are checked by the loader."""
    return [*_states(lifecycle), *_transitions(lifecycle), *_reachability(lifecycle), *_deadlines(lifecycle),
            *_track(lifecycle)]  # fmt: skip


def _states(lc: Lifecycle) -> Iterator[Flaw]:
    initial = [s.id for s in lc.states if s.initial]
    if len(initial) != 1:
        yield Flaw(("states",), "one_initial_state", (", ".join(initial) or "inget",))
    if not any(s.final for s in lc.states):
        yield Flaw(("states",), "no_final_state")


def _transitions(lc: Lifecycle) -> Iterator[Flaw]:
    known = {s.id for s in lc.states}
    deadlines = {d.id for d in lc.deadlines}
    for i, t in enumerate(lc.transitions):
        at = ("transitions", i)
        for source in t.sources:
            if source not in known:
                yield Flaw((*at, "from"), "unknown_state", (source,))
        if t.target is not None and t.target not in known:
            yield Flaw((*at, "to"), "unknown_state", (t.target,))
        if t.meets and t.meets not in deadlines:
            yield Flaw((*at, "meets"), "unknown_deadline", (t.meets,))
        if t.automatic and (not t.guards or t.facts):
            yield Flaw(at, "automatic_needs_guard", (t.trigger,))
        if t.automatic and t.target in (None, *t.sources):
            yield Flaw(at, "automatic_goes_nowhere", (t.trigger,))
        declared = {f.name: f.type for f in t.facts}
        for name, wanted in EFFECT_FACTS.get(t.effect, {}).items():
            if declared.get(name) != wanted:
                yield Flaw((*at, "effect"), "effect_needs_fact", (t.effect, name, wanted))
        if len(declared) != len(t.facts):
            yield Flaw((*at, "facts"), "duplicate_fact", (t.trigger,))
        for earlier in lc.transitions[:i]:
            shared = set(earlier.sources) & set(t.sources)
            if earlier.trigger == t.trigger and shared and set(earlier.guards) <= set(t.guards):
                yield Flaw(at, "cannot_tell_apart", (t.trigger, ", ".join(sorted(shared))))


def _reachability(lc: Lifecycle) -> Iterator[Flaw]:
    known = {s.id for s in lc.states}
    arrows = [(s, t.target) for t in lc.transitions if t.target in known for s in t.sources if s in known]
    reached = _closure({s.id for s in lc.states if s.initial}, arrows)
    leads_out = _closure({s.id for s in lc.states if s.final}, [(b, a) for a, b in arrows if b])
    for i, s in enumerate(lc.states):
        if s.id not in reached:
            yield Flaw(("states", i), "unreachable_state", (s.id,))
        elif s.id not in leads_out:
            yield Flaw(("states", i), "no_way_out", (s.id,))


def _closure(start: set[str], arrows: list[tuple[str, str | None]]) -> set[str]:
    found, grown = set(start), True
    while grown:
        more = {b for a, b in arrows if a in found and b and b not in found}
        found |= more
        grown = bool(more)
    return found


def _deadlines(lc: Lifecycle) -> Iterator[Flaw]:
    met = {t.meets for t in lc.transitions if t.meets}
    for i, d in enumerate(lc.deadlines):
        if d.id not in met:
            yield Flaw(("deadlines", i), "deadline_never_met", (d.id,))
    known = {d.id for d in lc.deadlines}
    for i, r in enumerate(lc.reminders):
        if r.deadline not in known:
            yield Flaw(("reminders", i, "deadline"), "unknown_deadline", (r.deadline,))


def _track(lc: Lifecycle) -> Iterator[Flaw]:
    track = lc.track
    if track is None:
        return
    at = ("region_track",)
    known = {s.id for s in track.states}
    if sum(s.initial for s in track.states) != 1:
        yield Flaw(
            (*at, "states"), "one_initial_state", (", ".join(s.id for s in track.states if s.initial) or "inget",)
        )
    for state in track.open_in:
        if state not in lc.by_state:
            yield Flaw((*at, "open_in"), "unknown_state", (state,))
    for key, state in (("decided", track.decided), ("partly", track.partly)):
        if state not in known:
            yield Flaw((*at, key), "unknown_state", (state,))
    for i, o in enumerate(track.outcomes):
        if o.state and o.state not in known:
            yield Flaw((*at, "outcomes", i, "state"), "unknown_state", (o.state,))
        if not o.final and not o.state:
            yield Flaw((*at, "outcomes", i), "open_outcome_needs_state", (o.id,))
    final = {o.id for o in track.outcomes if o.final}
    if not final:
        yield Flaw((*at, "outcomes"), "no_final_outcome")
    if set(track.amounts_to) != final or len(track.amounts_to) != len(final):
        yield Flaw((*at, "amounts_to"), "amounts_to_final", (", ".join(sorted(final)),))
    arrows: list[tuple[str, str | None]] = []
    for i, t in enumerate(track.transitions):
        for state in (*t.sources, t.target):
            if state is not None and state not in known:
                yield Flaw((*at, "transitions", i), "unknown_state", (state,))
        arrows += [(s, t.target) for s in t.sources]
        for earlier in track.transitions[:i]:
            if earlier.trigger == t.trigger and set(earlier.sources) & set(t.sources):
                yield Flaw((*at, "transitions", i), "cannot_tell_apart", (t.trigger, ", ".join(t.sources)))
    start = (
        {s.id for s in track.states if s.initial}
        | {track.decided, track.partly}
        | {o.state for o in track.outcomes if o.state}
    )
    for i, s in enumerate(track.states):
        if s.id not in _closure(start, arrows):
            yield Flaw((*at, "states", i), "unreachable_state", (s.id,))
