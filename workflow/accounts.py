"""What one uppdrag's history comes to in letters and reports: what happened when, under which §, and what is left.

A correction is followed back to what it corrected: the account says what now stands, under the event that first said
it. What a step means is read from how it is declared, not from its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from workflow.calendar import local_date
from workflow.events import Advanced, Changed, Corrected, Identified, Migrated, Recorded
from workflow.evolution import evolve
from workflow.figures import BY_REGIONS, Account, Kind, Lead, Promised, RegionStanding, Source, Standing
from workflow.following import window_of
from workflow.lifecycle import Lifecycle, Transition
from workflow.model import Decision, Facts, Matter, PlannedTime, Regionbeslut, Uppdrag

Lifecycles = Callable[[str, int], Lifecycle]
"""A published version of a lifecycle, by its id and version."""
_ENDED = "avbruten"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A step that stands, as it was last corrected."""

    recorded: Recorded
    event: Advanced
    transition: Transition
    facts: Facts
    on: date | None


def account(history: Sequence[Recorded], lifecycles: Lifecycles, *, plan: str = "") -> Account:
    """The account of one uppdrag from its first event to the last that is known. `plan`: the one whose planned times
    are to be set beside what was done, where the uppdrag has belonged to it."""
    matter, lifecycle, steps, sections = _read(history, lifecycles)
    u = matter.uppdrag
    told = _Teller(u, history, sections.get(plan, u.section))
    happened = [source for step in steps for source in told.step(step, lifecycle)]
    happened += [source for rb in matter.regions.values() for source in told.region(rb, lifecycle)]
    happened += [told.correction(r) for r in history if isinstance(r.event, Corrected)]
    concluded = _concluded(u, lifecycle, steps, told, happened)
    happened += [concluded] if concluded else []
    ahead = [told.planned(p, lifecycle) for p in u.times if not p.met] if _awaited(u) else []
    return Account(
        uppdrag=u.id, settled=local_date(history[-1].registered_at) if u.final else None,
        happened=tuple(happened), ahead=tuple(ahead), due=ahead[0] if ahead else None,
        standing=_standing(matter, lifecycle, told, happened) if u.tracked and u.concerned else None,
        lead=_lead(told, happened, concluded),
        promised=tuple(_promised(u, lifecycle, steps, told, history, concluded)) if plan and plan in sections else (),
    )  # fmt: skip


def _read(
    history: Sequence[Recorded], lifecycles: Lifecycles
) -> tuple[Matter, Lifecycle, list[_Step], dict[str, str]]:  # fmt: skip
    """Where the events lead, the steps among them that stand, and the uppdrag's section in each plan it has been in."""
    corrected = {r.event.replaces: r.event for r in history if isinstance(r.event, Corrected)}
    matter: Matter | None = None
    sections: dict[str, str] = {}
    steps: list[_Step] = []
    lifecycle: Lifecycle | None = None
    for r in history:
        matter = evolve(matter, r.event, id=r.stream)  # type: ignore[arg-type]  # an uppdrag's own stream
        u = matter.uppdrag
        sections[u.plan] = u.section
        if isinstance(r.event, Identified | Migrated):
            lifecycle = lifecycles(u.lifecycle, u.lifecycle_version)
        step = lifecycle and isinstance(r.event, Advanced) and _stands(r, r.event, lifecycle, corrected.get(r.seq))
        steps += [step] if step else []
    if matter is None or lifecycle is None:
        raise ValueError("an uppdrag has a history")
    return matter, lifecycle, steps, sections


def _stands(r: Recorded, event: Advanced, lifecycle: Lifecycle, correction: Corrected | None) -> _Step | None:
    t = next((t for t in lifecycle.transitions if t.trigger == event.trigger and event.source in t.sources), None)
    if t is None or (correction is not None and correction.withdrawn):
        return None
    facts, on = (correction.facts, correction.on) if correction else (event.facts, r.on)
    return _Step(recorded=r, event=event, transition=t, facts=facts, on=on)


def kinds(t: Transition, lifecycle: Lifecycle) -> tuple[Kind, ...]:
    """What a step is called in letters, where it is told of at all.

    Reported: it meets a time at a meeting of chefsgruppen with a report. Approved: it opens the way to the regions.
    Decided: chefsgruppen's step under a §, to a state of its own.
    """
    if t.effect == "reprioritise":
        return ("reprioritised",)
    if t.effect or t.automatic or "chefsgrupp" not in t.roles or t.target is None:
        return ()
    if lifecycle.track and t.target in lifecycle.track.open_in and any(f.sets == "proposal_version" for f in t.facts):
        return ("approved",)
    required = {f.type for f in t.facts if f.required}
    if "paragraph" not in required:
        return ()
    at_meeting = {d.id for d in lifecycle.deadlines if d.at_meeting}
    return ("reported",) if t.meets in at_meeting and "reference" in required else ("decided",)


class _Teller:
    """What is known of one uppdrag as sources. Of a sensitive one: number, neutral title, days and §, nothing more."""

    def __init__(self, u: Uppdrag, history: Sequence[Recorded], section: str) -> None:
        self._u, self._history, self.section = u, history, section
        self.title = u.neutral_title if u.sensitive else u.title

    def step(self, step: _Step, lifecycle: Lifecycle) -> Iterable[Source]:
        dnr = next((str(step.facts[f.name]) for f in step.transition.facts
                    if f.type == "dnr" and f.name in step.facts), self._u.dnr)  # fmt: skip
        for kind in kinds(step.transition, lifecycle):
            yield self._source(
                kind, step.recorded, on=step.on, paragraph=_paragraph(step), dnr=dnr,
                detail=str(step.facts.get("planerad_tid", "")) if kind == "reprioritised" else "",
            )  # fmt: skip

    def region(self, rb: Regionbeslut, lifecycle: Lifecycle) -> Iterable[Source]:
        """The decision that concluded a region, or the one by which the matter came back."""
        track = lifecycle.track
        standing = [d for d in rb.decisions if d.set_no == rb.set_no and not d.withdrawn]
        if not standing or track is None:
            return
        outcome = track.outcome(rb.outcome)
        if (last := rb.deciding) is not None and rb.concluded and outcome is not None:
            adapted = "adaptation" in outcome.requires
            kind: Kind = "adapted" if adapted else rb.category or "adopted"
            words = next((d.adaptation for d in reversed(standing) if d.adaptation), "") if adapted else ""
            yield self._decision(kind, rb, last, words)
        elif outcome is not None and not outcome.final:
            yield self._decision("returned", rb, standing[-1], outcome.label)

    def correction(self, r: Recorded) -> Source:
        event = r.event
        if not isinstance(event, Corrected):
            raise TypeError("a correction is an event of its own")
        return replace(
            self._source("corrected", r, on=None, detail=event.why), region=event.region, dnr="",
        )  # fmt: skip

    def planned(self, p: PlannedTime, lifecycle: Lifecycle) -> Source:
        u = self._u
        return Source(
            kind="planned", uppdrag=u.id, title=self.title, section=self.section, on=p.span.last, dnr=self._own(u.dnr),
            detail=label_of(p.deadline, lifecycle),
        )  # fmt: skip

    def concluded(self, step: _Step, last: date | None) -> Source:
        return self._source("concluded", step.recorded, on=last or step.on, dnr=self._u.dnr)

    def words(self, p: PlannedTime) -> str:
        """A planned time as it may be told."""
        return p.span.last.isoformat() if self._u.sensitive else p.span.text

    def _decision(self, kind: Kind, rb: Regionbeslut, d: Decision, detail: str) -> Source:
        found = self._source(
            kind, self._history[d.seq - 1], on=d.on, paragraph=d.paragraph, dnr=d.dnr or rb.dnr, detail=detail
        )
        return replace(found, region=rb.region)

    def _source(
        self, kind: Kind, r: Recorded, *, on: date | None, paragraph: str = "", dnr: str = "", detail: str = ""
    ) -> Source:
        return Source(
            kind=kind, uppdrag=self._u.id, title=self.title, section=self.section, on=on, paragraph=paragraph,
            dnr=self._own(dnr), event=r.id, registered_on=local_date(r.registered_at), backfilled=r.backfilled,
            detail=self._own(detail),
        )  # fmt: skip

    def _own(self, text: str) -> str:
        return "" if self._u.sensitive else text


def label_of(deadline: str, lifecycle: Lifecycle) -> str:
    """What people call a deadline."""
    return next((d.label for d in lifecycle.deadlines if d.id == deadline), deadline)


def _paragraph(step: _Step) -> str:
    return next((str(step.facts[f.name]) for f in step.transition.facts
                 if f.type == "paragraph" and f.name in step.facts), "")  # fmt: skip


def _awaited(u: Uppdrag) -> bool:
    return not u.final and not u.paused


def _concluded(
    u: Uppdrag, lifecycle: Lifecycle, steps: Sequence[_Step], told: _Teller, happened: Sequence[Source]
) -> Source | None:
    """That every concerned region has concluded its handling, on the day of the last decision; None while one has not,
    or has not any more."""
    regional = {d.id for d in lifecycle.deadlines if d.regional}
    closing = [s for s in steps if s.transition.meets in regional and s.transition.automatic]
    if not closing or u.counts.decided < u.tracks or u.state == _ENDED:
        return None
    days = [s.on for s in happened if s.on and s.kind in ("adopted", "adapted", "rejected", "not_concerned")]
    return told.concluded(closing[-1], max(days, default=None))


def _standing(matter: Matter, lifecycle: Lifecycle, told: _Teller, happened: Sequence[Source]) -> Standing:
    u, track = matter.uppdrag, lifecycle.track
    adapting = {o.id for o in track.outcomes if "adaptation" in o.requires} if track else set[str]()
    planned = window_of(lifecycle, u.times)
    return Standing(
        uppdrag=u.id, title=told.title, section=told.section, state=lifecycle.label_of(u.state), concerned=u.tracks,
        open=bool(track and u.state in track.open_in and not u.final), adopted=u.counts.adopted,
        adapted=sum(rb.concluded and rb.outcome in adapting for rb in matter.regions.values()),
        rejected=u.counts.rejected, not_concerned=u.counts.not_concerned, regions=_regions(u, happened),
        window=(planned.span.first, planned.span.last) if planned else None, sensitive=u.sensitive,
    )  # fmt: skip


def _regions(u: Uppdrag, happened: Sequence[Source]) -> tuple[RegionStanding, ...]:
    """The concerned regions, each with the decision that concluded it: the same ones that are counted as decided."""
    concluded = {s.region: s for s in happened if s.kind in BY_REGIONS}
    return tuple(
        RegionStanding(region=region, kind=concluded[region].kind, on=concluded[region].on)
        if region in concluded
        else RegionStanding(region=region)
        for region in sorted(u.concerned)
    )


def _lead(told: _Teller, happened: Sequence[Source], concluded: Source | None) -> Lead | None:
    reported = [s for s in happened if s.kind == "reported" and s.on]
    if concluded is None or concluded.on is None or not reported:
        return None
    return Lead(uppdrag=concluded.uppdrag, title=told.title, reported=reported[-1], last=concluded)


def _promised(
    u: Uppdrag, lifecycle: Lifecycle, steps: Sequence[_Step], told: _Teller, history: Sequence[Recorded],
    concluded: Source | None,
) -> Iterable[Promised]:  # fmt: skip
    state, first = lifecycle.label_of(u.state), _first_times(history)
    for p in u.times:
        meeting = [s for s in steps if s.transition.meets == p.deadline]
        done = None
        if p.met and meeting:
            regional = meeting[-1].transition.automatic
            done = (
                concluded if regional else replace(told.concluded(meeting[-1], None), paragraph=_paragraph(meeting[-1]))
            )
        before = first.get(p.deadline, p)
        was, now, moved = told.words(before), told.words(p), before.span.last != p.span.last
        yield Promised(
            uppdrag=u.id, title=told.title, section=told.section, what=label_of(p.deadline, lifecycle), planned=was,
            now=now if moved else "", last=p.span.last, state=state, done=done, first_last=before.span.last,
            outcome="klart" if p.met else "avbrutet" if u.final else "flyttat" if moved else "kvar",
        )  # fmt: skip
    if not u.times:
        outcome = "avbrutet" if u.state == _ENDED else "klart" if u.final else "kvar"
        last = next((s for s in reversed(steps) if s.event.target == u.state != s.event.source), None)
        yield Promised(
            uppdrag=u.id, title=told.title, section=told.section, what="", planned="", now="", last=None, state=state,
            outcome=outcome,  # type: ignore[arg-type]  # one of the four by construction
            done=replace(told.concluded(last, None), paragraph=_paragraph(last)) if last and u.final else None,
        )  # fmt: skip


def _first_times(history: Sequence[Recorded]) -> Mapping[str, PlannedTime]:
    """Each planned time as it was first stated."""
    first: dict[str, PlannedTime] = {}
    for r in history:
        event = r.event
        times = event.times if isinstance(event, Identified) else ()
        if isinstance(event, Advanced | Changed | Corrected):
            times = event.patch.get("times", ())
        for p in times:
            first.setdefault(p.deadline, p)
    return first
