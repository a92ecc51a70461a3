"""Decide and explain: a lifecycle turned into machines that know what may happen, and why not.

The only user of `transitions`. One flat machine per lifecycle version is shared by every uppdrag; what it moves is an
attempt, never the uppdrag itself. No I/O and no clock: `now` is an argument.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import assert_never

from transitions import EventData, Machine, State

from workflow import contradictions, correction, effects, gallring, region, revision
from workflow.attempt import Attempt, guard_refusals, known, pause_refusals, role_refusals
from workflow.calendar import local_date
from workflow.commands import Advance, AdvanceRegion, AnyCommand, Change, Correct, Decide, Identify, Migrate
from workflow.errors import Refusal, Refused, TransitionRefused
from workflow.events import Advanced, Identified, Migrated, RegionAdvanced, RegionDecided, UppdragEvent
from workflow.evolution import evolve
from workflow.facts import BadFact, clean_text
from workflow.lifecycle import Fact, Lifecycle, RegionTrack, RegionTransition, Transition
from workflow.model import SYSTEM, Facts, FactValue, Matter, PlannedTime, Regionbeslut, Uppdrag, UppdragPatch

logging.getLogger("transitions").setLevel(logging.WARNING)  # it logs every callback at INFO


@dataclass(frozen=True, slots=True)
class Step:
    """What a command came to: its events, the matter after them, and the local date when it happened, if known."""

    events: tuple[UppdragEvent, ...]
    after: Matter
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactAsked:
    """A fact that a transition asks for, and what is already known of it."""

    fact: Fact
    known: FactValue | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One trigger from here: whether it may be pulled, by whom, what it asks for, and every reason why not."""

    trigger: str
    label: str
    target: str
    allowed: bool
    roles: tuple[str, ...]
    facts: tuple[FactAsked, ...]
    reasons: tuple[Refusal, ...]
    automatic: bool


class Engine:
    """One lifecycle version at work. Safe to share between threads."""

    def __init__(self, lifecycle: Lifecycle, regions: frozenset[str]) -> None:
        """`regions` are the länskoder that exist."""
        self.lifecycle = lifecycle
        self.regions = regions
        self._machine = _machine(tuple(lifecycle.by_state), lifecycle.initial)
        for t in lifecycle.transitions:
            self._machine.add_transition(t.trigger, list(t.sources), t.target, conditions=[partial(_may, t)])
        track = lifecycle.track
        if track is not None:
            self._track_machine = _machine(tuple(s.id for s in track.states), track.initial)
            for step in track.transitions:
                self._track_machine.add_transition(
                    step.trigger, list(step.sources), step.target, conditions=[partial(_may_step, step)]
                )

    def decide(self, matter: Matter | None, command: AnyCommand, now: datetime) -> Step:
        """The events that a command leads to, and the matter after them. Raises Refused with every reason why not.

        `now` is an aware moment: its day in Stockholm is today. For a region's command the matter must hold that
        region; for `Identify` it is None.
        """
        today = local_date(now)
        if command.on is not None and command.on > today:
            raise Refused([Refusal.of("date_in_future", date=command.on, today=today)], subject=_subject(matter))
        if isinstance(command, Identify):
            event = self._identify(command)
            return Step((event,), evolve(None, event, id=command.id), command.on)
        if matter is None:
            raise ValueError("only Identify needs no matter")
        if number := gallring.number_of(matter.uppdrag):
            raise Refused([Refusal.of("gallrat", beslut=number)])
        first, on = self._event(matter, command, today), command.on
        if isinstance(first, Advanced) and on is None:
            on = self._stated_day(first)
        events: list[UppdragEvent] = [first]
        after = evolve(matter, first, id=matter.uppdrag.id)
        while (following := self._automatic(after, today)) is not None:
            events.append(following)
            after = evolve(after, following, id=after.uppdrag.id)
            if len(events) > len(self.lifecycle.states) + 1:
                raise RuntimeError(f"{self.lifecycle.ref}: automatic transitions go in a ring: {events}")
        return Step(tuple(events), after, on)

    def explain(self, u: Uppdrag, *, role: str | None) -> list[Option]:
        """Every trigger from here, allowed or not, without side effects; none of what has been gallrat. `role` None:
        whoever may."""
        if gallring.number_of(u):
            return []
        here = (*self.lifecycle.leaving[u.state], *self.lifecycle.automatic[u.state])
        return [self._option(u, t, role) for t in here]

    def option(self, u: Uppdrag, trigger: str, *, role: str | None) -> Option | None:
        """One trigger from here, or None where there is none of that name."""
        return next((o for o in self.explain(u, role=role) if o.trigger == trigger), None)

    def _option(self, u: Uppdrag, t: Transition, role: str | None) -> Option:
        asked = tuple(FactAsked(fact=f, known=known(u, t).get(f.name)) for f in t.facts)
        reasons = [] if role is None else role_refusals(t.roles, role)
        reasons += pause_refusals(u, t)
        reasons += guard_refusals(u, t, {}, waived=False)
        return Option(
            trigger=t.trigger, label=t.label, target=t.target or u.state, allowed=not reasons, roles=t.roles,
            facts=asked, reasons=tuple(reasons), automatic=t.automatic,
        )  # fmt: skip

    def _event(self, matter: Matter, command: Advance | AdvanceRegion | Decide | Change | Correct | Migrate,
               today: date) -> UppdragEvent:  # fmt: skip
        match command:
            case Advance():
                return self._advance(matter.uppdrag, command, today)
            case AdvanceRegion():
                return self._advance_region(matter, command, today)
            case Decide():
                return self._decide_region(matter, command, today)
            case Change():
                return revision.change(self.lifecycle, self.regions, matter, command)
            case Correct():
                return correction.correct(self.lifecycle, matter, command, today)
            case Migrate():
                patch = UppdragPatch(lifecycle_version=command.version, final=command.final)
                return Migrated(version_before=matter.uppdrag.lifecycle_version, patch=patch)
            case _:
                assert_never(command)

    def _identify(self, c: Identify) -> Identified:
        refusals: list[Refusal] = []
        texts: dict[str, str] = {}
        for name in ("title", "neutral_title", "source", "section", "owner", "dnr", "directive", "plan", "notes"):
            try:
                texts[name] = clean_text(getattr(c, name), long=name == "notes")
            except BadFact as bad:
                value = getattr(c, name)[:80]
                refusals.append(Refusal.of(bad.code, fact=name, label=name, value=value, expected=bad.expected))
        if not texts.get("title", "-"):
            refusals.append(Refusal.of("title_missing"))
        if c.sensitive and not texts.get("neutral_title", "-"):
            refusals.append(Refusal.of("neutral_title_missing"))
        refusals += [Refusal.of("unknown_region", region=r) for r in c.regions if r not in self.regions]
        deadlines = [d.id for d in self.lifecycle.deadlines]
        for name in c.times:
            if name not in deadlines:
                refusals.append(Refusal.of("unknown_deadline", deadline=name, known=", ".join(deadlines) or "inga"))
        if refusals:
            raise Refused(refusals, subject=c.id)
        track = self.lifecycle.track
        return Identified(
            lifecycle=self.lifecycle.id,
            lifecycle_version=self.lifecycle.version,
            state=self.lifecycle.initial,
            sensitive=c.sensitive,
            parent=c.parent,
            concerned=tuple(sorted(set(c.regions))),
            track_state=track.initial if track else "",
            times=tuple(PlannedTime(deadline=d, span=c.times[d]) for d in deadlines if d in c.times),
            **texts,
        )

    def _advance(self, u: Uppdrag, c: Advance, today: date) -> Advanced:
        if not any(t.trigger == c.trigger for t in self.lifecycle.leaving[u.state]):
            raise TransitionRefused(c.trigger, u.state, [self._no_such_way(u, c.trigger)], subject=u.id)
        attempt = Attempt(u.state, u, c.actor, c.facts, today, c.backfill)
        moved = self._machine.events[c.trigger].trigger(attempt)
        if not moved or not isinstance(attempt.chosen, Transition):
            raise TransitionRefused(c.trigger, u.state, attempt.reasons, subject=u.id)
        t = attempt.chosen
        on = self._happened(u, t, attempt.facts, c.on, today)
        patch = effects.patch_of(self.lifecycle, u, t, attempt.facts, on, today)
        return Advanced(trigger=t.trigger, source=u.state, target=attempt.state, facts=attempt.facts, patch=patch)

    def _happened(self, u: Uppdrag, t: Transition, facts: Facts, on: date | None, today: date) -> date | None:
        """The day a step happened: as stated with the command, or by the fact that says it. Raises Refused."""
        for fact in t.facts:
            if fact.sets == "day" and fact.name in facts:
                stated = date.fromisoformat(str(facts[fact.name]))
                if stated > today:
                    raise Refused([Refusal.of("date_in_future", date=stated, today=today)], subject=u.id)
                if on is not None and on != stated:
                    refusal = Refusal.of("days_differ", on=on, label=fact.label, stated=stated)
                    raise Refused([refusal], subject=u.id)
                return stated
        return on

    def _stated_day(self, event: Advanced) -> date | None:
        """The day that an event's own facts say."""
        kept = event.patch.get("facts", {}).get(event.trigger, {}).get("on")
        return date.fromisoformat(str(kept)) if kept else None

    def _no_such_way(self, u: Uppdrag, trigger: str) -> Refusal:
        ways = ", ".join(t.trigger for t in self.lifecycle.leaving[u.state]) or "inget"
        everywhere = {t.trigger for t in self.lifecycle.transitions if not t.automatic}
        if trigger in everywhere:
            label = self.lifecycle.label_of(u.state)
            return Refusal.of("not_from_here", trigger=trigger, state=label, possible=ways)
        return Refusal.of("unknown_trigger", trigger=trigger, lifecycle=self.lifecycle.id, possible=ways)

    def _automatic(self, matter: Matter, today: date) -> Advanced | None:
        u = matter.uppdrag
        # Nearly always the guards say no; then the machine, which would ask them too, need not be started.
        due = (t for t in self.lifecycle.automatic[u.state] if not guard_refusals(u, t, {}, waived=False))
        for name in dict.fromkeys(t.trigger for t in due):
            attempt = Attempt(u.state, u, SYSTEM, {}, today, False)
            if self._machine.events[name].trigger(attempt) and isinstance(attempt.chosen, Transition):
                patch = effects.patch_of(self.lifecycle, u, attempt.chosen, {}, None, today)
                return Advanced(trigger=name, source=u.state, target=attempt.state, patch=patch, automatic=True)
        return None

    def _advance_region(self, matter: Matter, c: AdvanceRegion, today: date) -> RegionAdvanced:
        u = matter.uppdrag
        track, rb = self._track_of(matter, c.region, c.trigger)
        named = [t for t in track.transitions if t.trigger == c.trigger]
        if not any(rb.state in t.sources for t in named):
            possible = ", ".join(t.trigger for t in track.transitions if rb.state in t.sources) or "inget"
            label = next((s.label for s in track.states if s.id == rb.state), rb.state)
            code = "not_from_here" if named else "unknown_trigger"
            refusal = Refusal.of(code, trigger=c.trigger, state=label, possible=possible, lifecycle=self.lifecycle.id)
            raise TransitionRefused(c.trigger, rb.state, [refusal], subject=f"{u.id} {c.region}")
        attempt = Attempt(rb.state, u, c.actor, c.facts, today, c.backfill, rb)
        moved = self._track_machine.events[c.trigger].trigger(attempt)
        t = attempt.chosen
        if not moved or not isinstance(t, RegionTransition):
            raise TransitionRefused(c.trigger, rb.state, attempt.reasons, subject=f"{u.id} {c.region}")
        patch, decision = region.step_patch(rb, t, attempt.facts, c.on), None
        if wrong := contradictions.in_plan(track, patch):
            raise TransitionRefused(c.trigger, rb.state, wrong, subject=f"{u.id} {c.region}")
        if t.effect == "annul":
            found = region.annulled(track, rb, int(str(attempt.facts.get("beslut", 0))))
            if isinstance(found, Refusal):
                raise TransitionRefused(c.trigger, rb.state, [found], subject=f"{u.id} {c.region}")
            patch, decision = {**patch, **found[0]}, found[1]
        target = patch.get("state", rb.state)
        return RegionAdvanced(
            region=c.region, trigger=c.trigger, source=rb.state, target=target, facts=attempt.facts, patch=patch,
            decision=decision,
        )  # fmt: skip

    def _decide_region(self, matter: Matter, c: Decide, today: date) -> RegionDecided:
        u = matter.uppdrag
        track, rb = self._track_of(matter, c.region, "decide")
        role = role_refusals(track.roles, c.actor.role)
        decision, refusals = region.read_decision(track, u, rb, c, seq=matter.seq + 1, today=today)
        if role or refusals or decision is None:
            raise Refused([*role, *refusals], subject=f"{u.id} {c.region}")
        patch = region.amounts_to(track, (*rb.decisions, decision), decision.set_no)
        assert patch is not None  # noqa: S101 - the decision just added stands
        if decision.task != rb.task:
            patch["task"] = decision.task
        return RegionDecided(region=c.region, decision=decision, patch=patch)

    def _track_of(self, matter: Matter, lanskod: str, trigger: str) -> tuple[RegionTrack, Regionbeslut]:
        u, track = matter.uppdrag, self.lifecycle.track
        if track is None:
            refusal = Refusal.of("no_track", lifecycle=self.lifecycle.label)
            raise TransitionRefused(trigger, u.state, [refusal], subject=u.id)
        if lanskod not in self.regions:
            raise TransitionRefused(trigger, u.state, [Refusal.of("unknown_region", region=lanskod)], subject=u.id)
        rb = region.region_of(matter, lanskod)
        if isinstance(rb, Refusal):
            raise TransitionRefused(trigger, u.state, [rb], subject=u.id)
        if u.state not in track.open_in:
            states = ", ".join(self.lifecycle.label_of(s) for s in track.open_in)
            here = self.lifecycle.label_of(u.state)
            refusal = Refusal.of("not_open_for_regions", state=here, open_in=states)
            raise TransitionRefused(trigger, u.state, [refusal], subject=f"{u.id} {lanskod}")
        return track, rb


def _machine(states: tuple[str, ...], initial: str) -> Machine:
    """A machine without models, bypasses or queue: what PITFALLS found to be fast and safe to share."""
    return Machine(
        model=None, states=[State(s) for s in states], initial=initial, auto_transitions=False, queued=False,
        send_event=True,
    )  # fmt: skip


def _may(t: Transition, event: EventData) -> bool:
    """The condition on every transition of a machine."""
    return _attempt(event).may(t)


def _may_step(t: RegionTransition, event: EventData) -> bool:
    """The condition on every step of a region's machine."""
    return _attempt(event).may_step(t)


def _attempt(event: EventData) -> Attempt:
    attempt = event.model
    if not isinstance(attempt, Attempt):
        raise TypeError("a machine moves attempts only")
    return attempt


def _subject(matter: Matter | None) -> str:
    return matter.uppdrag.id if matter else ""
