"""One flaw planted for each rule of soundness, and nothing found where nothing was planted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from definitions import problems
from workflow.lifecycle import (
    Deadline,
    Fact,
    Lifecycle,
    Outcome,
    RegionTrack,
    RegionTransition,
    ReminderStep,
    State,
    Transition,
)
from workflow.soundness import unsound

RESULT = Fact(name="resultat", type="text", label="Resultat")
FINISH = Transition(
    trigger="avsluta", label="Avsluta", sources=("ny",), target="klar", roles=("kansli",), meets="slut",
    facts=(RESULT,),
)  # fmt: skip
REOPEN = Transition(
    trigger="oppna_igen", label="Öppnas igen", sources=("klar",), target="ny", roles=("system",),
    guards=("some_region_open",), automatic=True,
)  # fmt: skip
SEND = RegionTransition(
    trigger="expediera", label="Expediera", sources=("ej_expedierad",), target="expedierad", roles=("kansli",)
)
TRACK = RegionTrack(
    states=(
        State(id="ej_expedierad", label="Ej expedierad", initial=True), State(id="expedierad", label="Expedierad"),
        State(id="delvis", label="Delvis"), State(id="beslutad", label="Beslutad", final=True),
        State(id="bordlagd", label="Bordlagd"),
    ),
    transitions=(SEND,),
    outcomes=(
        Outcome(id="antagen", label="Antagen", counts="adopted"),
        Outcome(id="avslagen", label="Avslagen", counts="rejected"),
        Outcome(id="bordlagd", label="Bordlagd", state="bordlagd"),
    ),
    roles=("region",), open_in=("ny",), decided="beslutad", partly="delvis", amounts_to=("avslagen", "antagen"),
)  # fmt: skip
SOUND = Lifecycle(
    id="liten", version=1, label="Liten", description="En liten ärendegång.",
    states=(State(id="ny", label="Ny", initial=True), State(id="klar", label="Klar", final=True)),
    transitions=(FINISH, REOPEN),
    deadlines=(Deadline(id="slut", label="Slut"),),
    reminders=(ReminderStep(id="r", deadline="slut", weeks=-1, audience=("c_nspl",), template="t"),),
    track=TRACK,
)  # fmt: skip


def states(*more: State) -> Lifecycle:
    return replace(SOUND, states=(*SOUND.states, *more))


def finish(**changes: object) -> Lifecycle:
    return replace(SOUND, transitions=(replace(FINISH, **changes), REOPEN))  # type: ignore[arg-type]  # any field


def more(*transitions: Transition) -> Lifecycle:
    return replace(SOUND, transitions=(*SOUND.transitions, *transitions))


def track(**changes: object) -> Lifecycle:
    return replace(SOUND, track=replace(TRACK, **changes))  # type: ignore[arg-type]  # any field


OWN = ReminderStep(id="p", deadline="protokoll", weeks=3, audience=("ansvarig", "c_nspl"), template="t")
LONELY = State(id="ensam", label="Ensam")
STUCK = Transition(trigger="fastna", label="Fastna", sources=("ny",), target="ensam", roles=("kansli",))

PLANTED: dict[str, list[tuple[Callable[[], Lifecycle], tuple[str | int, ...]]]] = {
    "one_initial_state": [
        (lambda: states(replace(LONELY, initial=True)), ("states",)),
        (lambda: replace(SOUND, states=(replace(SOUND.states[0], initial=False), SOUND.states[1])), ("states",)),
        (lambda: track(states=(*TRACK.states, replace(LONELY, initial=True))), ("region_track", "states")),
    ],
    "no_final_state": [
        (lambda: replace(SOUND, states=(SOUND.states[0], replace(SOUND.states[1], final=False))), ("states",)),
    ],
    "unknown_state": [
        (lambda: finish(target="klart"), ("transitions", 0, "to")),
        (lambda: finish(sources=("ny", "nytt")), ("transitions", 0, "from")),
        (lambda: track(open_in=("nytt",)), ("region_track", "open_in")),
        (lambda: track(decided="klart"), ("region_track", "decided")),
        (lambda: track(partly="halvt"), ("region_track", "partly")),
        (lambda: track(transitions=(replace(SEND, target="borta"),)), ("region_track", "transitions", 0)),
        (lambda: track(outcomes=(*TRACK.outcomes[:2], replace(TRACK.outcomes[2], state="borta"))),
         ("region_track", "outcomes", 2, "state")),
    ],
    "unknown_deadline": [
        (lambda: finish(meets="slutet"), ("transitions", 0, "meets")),
        (lambda: replace(SOUND, reminders=(replace(SOUND.reminders[0], deadline="slutet"),)),
         ("reminders", 0, "deadline")),
    ],
    "deadline_is_own_date": [
        (lambda: replace(SOUND, deadlines=(*SOUND.deadlines, Deadline(id="protokoll", label="Protokoll"))),
         ("deadlines", 1)),
    ],
    "own_date_needs_track": [
        (lambda: replace(SOUND, transitions=(FINISH,), track=None, reminders=(OWN,)), ("reminders", 0, "deadline")),
    ],
    "own_date_goes_elsewhere": [
        (lambda: replace(SOUND, reminders=(replace(OWN, audience=("c_nspl", "registrator")),)),
         ("reminders", 0, "audience")),
    ],
    "protokoll_comes_after": [
        (lambda: replace(SOUND, reminders=(replace(OWN, weeks=0),)), ("reminders", 0, "weeks")),
    ],
    "automatic_needs_guard": [
        (lambda: more(replace(REOPEN, trigger="igen", guards=())), ("transitions", 2)),
        (lambda: more(replace(REOPEN, trigger="igen", facts=(RESULT,))), ("transitions", 2)),
    ],
    "automatic_goes_nowhere": [
        (lambda: more(replace(REOPEN, trigger="igen", target=None)), ("transitions", 2)),
        (lambda: more(replace(REOPEN, trigger="igen", target="klar")), ("transitions", 2)),
    ],
    "effect_needs_fact": [
        (lambda: finish(effect="consult_close"), ("transitions", 0, "effect")),
        (lambda: finish(effect="follow_up", facts=(replace(RESULT, name="uppdrag"),)), ("transitions", 0, "effect")),
    ],
    "duplicate_fact": [(lambda: finish(facts=(RESULT, RESULT)), ("transitions", 0, "facts"))],
    "cannot_tell_apart": [
        (lambda: more(replace(FINISH, meets="")), ("transitions", 2)),
        (lambda: more(replace(FINISH, guards=("is_paused",), target=None)), ("transitions", 2)),
        (lambda: track(transitions=(SEND, replace(SEND, target=None))), ("region_track", "transitions", 1)),
    ],
    "unreachable_state": [
        (lambda: states(LONELY), ("states", 2)),
        (lambda: track(states=(*TRACK.states, LONELY)), ("region_track", "states", 5)),
    ],
    "no_way_out": [(lambda: replace(states(LONELY), transitions=(FINISH, REOPEN, STUCK)), ("states", 2))],
    "deadline_never_met": [(lambda: finish(meets=""), ("deadlines", 0))],
    "open_outcome_needs_state": [
        (lambda: track(outcomes=(*TRACK.outcomes, Outcome(id="utgar", label="Utgår"))),
         ("region_track", "outcomes", 3)),
    ],
    "final_outcome_leaves_task": [
        (lambda: track(outcomes=(replace(TRACK.outcomes[0], task=True), *TRACK.outcomes[1:])),
         ("region_track", "outcomes", 0, "task")),
    ],
    "fact_has_other_type": [
        (partial(track, transitions=(replace(SEND, facts=(replace(RESULT, sets=sets),)),)),
         ("region_track", "transitions", 0, "facts", 0))
        for sets in ("sent_version", "planned_on", "planned_chain")
    ],
    "no_final_outcome": [
        (lambda: track(outcomes=TRACK.outcomes[2:], amounts_to=()), ("region_track", "outcomes")),
    ],
    "amounts_to_final": [
        (lambda: track(amounts_to=("avslagen",)), ("region_track", "amounts_to")),
        (lambda: track(amounts_to=("avslagen", "antagen", "bordlagd")), ("region_track", "amounts_to")),
        (lambda: track(amounts_to=("avslagen", "antagen", "antagen")), ("region_track", "amounts_to")),
    ],
}  # fmt: skip
CASES = [(code, i) for code, planted in PLANTED.items() for i in range(len(planted))]


def test_nothing_is_found_where_nothing_was_planted() -> None:
    assert unsound(SOUND) == []


def test_a_flaw_is_planted_for_every_rule_that_has_words() -> None:
    assert set(PLANTED) == set(problems.FLAWS)


@pytest.mark.parametrize(("code", "which"), CASES)
def test_a_planted_flaw_is_found_where_it_stands(code: str, which: int) -> None:
    plant, path = PLANTED[code][which]
    assert (code, path) in {(flaw.code, flaw.path) for flaw in unsound(plant())}


@pytest.mark.parametrize("distinct", ["guards", "sources"])
def test_transitions_that_something_tells_apart_are_sound(distinct: str) -> None:
    guarded = replace(FINISH, guards=("is_paused",))
    other = replace(FINISH, sources=("klar",), target="ny") if distinct == "sources" else FINISH
    assert unsound(replace(SOUND, transitions=(guarded, other, REOPEN))) == []
