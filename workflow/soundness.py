"""Whether a lifecycle hangs together: reachable, with a way out, every deadline met, nothing ambiguous."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workflow.lifecycle import EFFECT_FACTS, REGION_SETS_TYPES, Lifecycle, RegionTrack, Transition
from workflow.own_dates import OWN_DATES, PROTOKOLL, RECIPIENTS

_TRACK = "region_track"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing unsound. `path` leads to it in the definition, as keys and positions."""

    path: tuple[str | int, ...]
    code: str
    about: tuple[str, ...] = ()


def unsound(lifecycle: Lifecycle) -> list[Flaw]:
    """Everything wrong with how a lifecycle hangs together; names from outside are the loader's to check."""
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
        yield from _facts(t, at)
        for earlier in lc.transitions[:i]:
            shared = set(earlier.sources) & set(t.sources)
            if earlier.trigger == t.trigger and shared and set(earlier.guards) <= set(t.guards):
                yield Flaw(at, "cannot_tell_apart", (t.trigger, ", ".join(sorted(shared))))


def _facts(t: Transition, at: tuple[str | int, ...]) -> Iterator[Flaw]:
    declared = {f.name: f.type for f in t.facts}
    for name, wanted in EFFECT_FACTS.get(t.effect, {}).items():
        if declared.get(name) != wanted:
            yield Flaw((*at, "effect"), "effect_needs_fact", (t.effect, name, wanted))
    if len(declared) != len(t.facts):
        yield Flaw((*at, "facts"), "duplicate_fact", (t.trigger,))


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


def _closure(start: set[str], arrows: Sequence[tuple[str, str | None]]) -> set[str]:
    found, grown = set(start), True
    while grown:
        more = {b for a, b in arrows if a in found and b and b not in found}
        found |= more
        grown = bool(more)
    return found


def _deadlines(lc: Lifecycle) -> Iterator[Flaw]:
    met = {t.meets for t in lc.transitions if t.meets}
    for i, d in enumerate(lc.deadlines):
        if d.id in OWN_DATES:
            yield Flaw(("deadlines", i), "deadline_is_own_date", (d.id,))
        elif d.id not in met:
            yield Flaw(("deadlines", i), "deadline_never_met", (d.id,))
    known = {d.id for d in lc.deadlines} | OWN_DATES.keys()
    for i, r in enumerate(lc.reminders):
        at = ("reminders", i)
        if r.deadline not in known:
            yield Flaw((*at, "deadline"), "unknown_deadline", (r.deadline,))
        if r.deadline not in OWN_DATES:
            continue
        if lc.track is None:
            yield Flaw((*at, "deadline"), "own_date_needs_track", (r.deadline,))
        if not set(r.audience) <= set(RECIPIENTS):
            yield Flaw((*at, "audience"), "own_date_goes_elsewhere", (r.deadline, ", ".join(RECIPIENTS)))
        if r.deadline == PROTOKOLL and r.weeks < 1:
            yield Flaw((*at, "weeks"), "protokoll_comes_after", (str(r.weeks),))


def _track(lc: Lifecycle) -> Iterator[Flaw]:
    track = lc.track
    if track is None:
        return
    known = {s.id for s in track.states}
    initial = [s.id for s in track.states if s.initial]
    if len(initial) != 1:
        yield Flaw((_TRACK, "states"), "one_initial_state", (", ".join(initial) or "inget",))
    for state in track.open_in:
        if state not in lc.by_state:
            yield Flaw((_TRACK, "open_in"), "unknown_state", (state,))
    for key, state in (("decided", track.decided), ("partly", track.partly)):
        if state not in known:
            yield Flaw((_TRACK, key), "unknown_state", (state,))
    yield from _outcomes(track, known)
    yield from _steps(track, known)


def _outcomes(track: RegionTrack, known: set[str]) -> Iterator[Flaw]:
    for i, o in enumerate(track.outcomes):
        if o.state and o.state not in known:
            yield Flaw((_TRACK, "outcomes", i, "state"), "unknown_state", (o.state,))
        if o.final and o.task:
            yield Flaw((_TRACK, "outcomes", i, "task"), "final_outcome_leaves_task", (o.id,))
        if not o.final and not o.state:
            yield Flaw((_TRACK, "outcomes", i), "open_outcome_needs_state", (o.id,))
    final = {o.id for o in track.outcomes if o.final}
    if not final:
        yield Flaw((_TRACK, "outcomes"), "no_final_outcome")
    if set(track.amounts_to) != final or len(track.amounts_to) != len(final):
        yield Flaw((_TRACK, "amounts_to"), "amounts_to_final", (", ".join(sorted(final)),))


def _steps(track: RegionTrack, known: set[str]) -> Iterator[Flaw]:
    arrows: list[tuple[str, str | None]] = []
    for i, t in enumerate(track.transitions):
        for state in (*t.sources, t.target):
            if state is not None and state not in known:
                yield Flaw((_TRACK, "transitions", i), "unknown_state", (state,))
        for j, f in enumerate(t.facts):
            if (wanted := REGION_SETS_TYPES.get(f.sets, f.type)) != f.type:
                yield Flaw((_TRACK, "transitions", i, "facts", j), "fact_has_other_type", (f.name, f.sets, wanted))
        arrows += [(s, t.target) for s in t.sources]
        for earlier in track.transitions[:i]:
            if earlier.trigger == t.trigger and set(earlier.sources) & set(t.sources):
                yield Flaw((_TRACK, "transitions", i), "cannot_tell_apart", (t.trigger, ", ".join(t.sources)))
    start = {s.id for s in track.states if s.initial} | {track.decided, track.partly}
    reached = _closure(start | {o.state for o in track.outcomes if o.state}, arrows)
    for i, s in enumerate(track.states):
        if s.id not in reached:
            yield Flaw((_TRACK, "states", i), "unreachable_state", (s.id,))
