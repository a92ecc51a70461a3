"""What a transition changes on the uppdrag: its state, what its facts set, and the effect that it names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from workflow.calendar import Span, parse_span
from workflow.errors import Refusal, Refused
from workflow.facts import with_stated
from workflow.lifecycle import Lifecycle, Transition
from workflow.model import Answer, Consultation, Facts, FactValue, PlannedTime, Task, Uppdrag, UppdragPatch


def patch_of(
    lifecycle: Lifecycle, u: Uppdrag, t: Transition, facts: Facts, on: date | None, today: date
) -> UppdragPatch:
    """Everything that the transition changes, as new values. Raises Refused where its effect cannot be had."""
    patch = UppdragPatch()
    if t.target is not None:
        patch["state"] = t.target
        patch["final"] = lifecycle.by_state[t.target].final
    if t.meets and any(p.deadline == t.meets and not p.met for p in u.times):
        patch["times"] = tuple(replace(p, met=True) if p.deadline == t.meets else p for p in u.times)
    if u.task is not None and t.target not in (None, *t.sources):
        patch["task"] = None
    for fact in t.facts:
        if fact.sets not in ("", "day") and fact.name in facts:
            patch[fact.sets] = facts[fact.name]  # type: ignore[literal-required]  # the loader checks `sets`
    if not t.automatic:
        patch["facts"] = with_stated(u.facts, t.trigger, facts, on)
    patch.update(_effect(lifecycle, u, t, facts, today))
    return patch


def _effect(lifecycle: Lifecycle, u: Uppdrag, t: Transition, facts: Facts, today: date) -> UppdragPatch:
    match t.effect:
        case "":
            return UppdragPatch()
        case "send_back":
            return _send_back(lifecycle, u, facts)
        case "postpone":
            what, due = str(facts.get("skal", "")), _day(facts.get("ater"))
            return UppdragPatch(task=Task(what=what or t.label, owner=u.owner, due=due))
        case "reprioritise":
            return _reprioritise(lifecycle, u, facts, today)
        case "pause":
            return UppdragPatch(paused=True)
        case "resume":
            return UppdragPatch(paused=False, round=u.round + 1)
        case "follow_up":
            return UppdragPatch()
        case "consult":
            return _consult(u, facts)
        case "consult_answer":
            return _consult_answer(u, facts, today)
        case "consult_close":
            return _consult_close(u, facts)


def _day(value: FactValue | None) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _send_back(lifecycle: Lifecycle, u: Uppdrag, facts: Facts) -> UppdragPatch:
    """What was reported has to be reported again: the deadline that it met is open once more."""
    due = _day(facts.get("klar_senast"))
    reopened = {t.meets for t in lifecycle.transitions if t.meets and t.target == u.state}

    def again(p: PlannedTime) -> PlannedTime:
        if p.deadline not in reopened:
            return p
        words = f"återremiss, klar senast {due}"
        span = Span(text=words, first=due, last=due, reading="dagen själv") if due else p.span
        return replace(p, met=False, span=span)

    task = Task(what=str(facts.get("saknas", "")), owner=str(facts.get("ansvarig", "")) or u.owner, due=due)
    return UppdragPatch(task=task, round=u.round + 1, times=tuple(again(p) for p in u.times))


def _reprioritise(lifecycle: Lifecycle, u: Uppdrag, facts: Facts, today: date) -> UppdragPatch:
    """A new span for one planned time. Regions that have decided stand."""
    if "planerad_tid" not in facts:
        return UppdragPatch(round=u.round + 1)
    named = str(facts.get("tidsgrans", "")) or (u.due.deadline if u.due else "")
    named = named or next((d.id for d in lifecycle.deadlines), "")
    if not named:
        raise Refused([Refusal.of("no_time_to_move")], subject=u.id)
    span = parse_span(str(facts["planerad_tid"]), year=today.year)
    moved = {p.deadline: p for p in u.times} | {named: PlannedTime(deadline=named, span=span)}
    return UppdragPatch(round=u.round + 1, times=tuple(moved[d.id] for d in lifecycle.deadlines if d.id in moved))


def _consult(u: Uppdrag, facts: Facts) -> UppdragPatch:
    asked = facts.get("mottagare", ())
    recipients = asked if isinstance(asked, tuple) else (str(asked),)
    fresh = Consultation(
        number=len(u.consultations) + 1,
        answer_by=_day(facts.get("svarsdag")),
        answers=tuple(Answer(recipient=name) for name in recipients),
    )
    return UppdragPatch(consultations=(*u.consultations, fresh))


def _find(u: Uppdrag, facts: Facts) -> Consultation:
    number = facts.get("runda", 0)
    found = next((c for c in u.consultations if c.number == number), None)
    if found is None or not found.open:
        open_ones = ", ".join(str(c.number) for c in u.consultations if c.open)
        raise Refused([Refusal.of("no_such_consultation", round=number, open=open_ones)], subject=u.id)
    return found


def _with(u: Uppdrag, changed: Consultation) -> UppdragPatch:
    return UppdragPatch(consultations=tuple(changed if c.number == changed.number else c for c in u.consultations))


def _consult_answer(u: Uppdrag, facts: Facts, today: date) -> UppdragPatch:
    found, recipient = _find(u, facts), str(facts.get("mottagare", ""))
    if recipient not in {a.recipient for a in found.answers}:
        asked = ", ".join(a.recipient for a in found.answers)
        raise Refused([Refusal.of("not_asked", recipient=recipient, asked=asked)], subject=u.id)
    answer = Answer(
        recipient=recipient, answer=str(facts["svar"]), text=str(facts.get("synpunkter", "")), on=today
    )  # fmt: skip
    answers = tuple(answer if a.recipient == recipient else a for a in found.answers)
    return _with(u, replace(found, answers=answers))


def _consult_close(u: Uppdrag, facts: Facts) -> UppdragPatch:
    return _with(u, replace(_find(u, facts), summary=str(facts["sammanfattning"])))
