"""Correcting an entry that was wrong: a new event says what it replaces, and why. Nothing is ever erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from workflow import contradictions, effects, links, region
from workflow.commands import Correct, Decide
from workflow.errors import Refusal, Refused
from workflow.events import Advanced, Corrected, Event, Identified, RegionAdvanced, RegionDecided
from workflow.facts import BadFact, clean_date, clean_number, clean_text, clean_yes_no, read_facts
from workflow.lifecycle import Fact, Lifecycle
from workflow.model import (
    Decision,
    Matter,
    Regionbeslut,
    RegionPatch,
    Task,
    Uppdrag,
    UppdragPatch,
)  # fmt: skip
from workflow.revision import attributes, in_words, neutral

_DECISION_DAYS = ("on", "justerat", "tillkannagivet", "reported_on", "task_due")
_DECISION_TEXTS = (
    "outcome", "body", "paragraph", "dnr", "adaptation", "note", "source", "kind", "links", "delegationspunkt",
    "reported_to", "missing", "task_owner",
)  # fmt: skip
DECISION_FACTS = (*_DECISION_TEXTS, *_DECISION_DAYS, "version", "complete")
"""What may be corrected on a decision."""


def correct(lifecycle: Lifecycle, matter: Matter, c: Correct, today: date) -> Corrected:
    """The event that replaces, or withdraws, an earlier one. Raises Refused with every reason why not."""
    u: Uppdrag = matter.uppdrag
    event = c.replaces.event
    try:
        why = clean_text(c.why, long=True)
    except BadFact as bad:
        raise Refused(
            [Refusal.of(bad.code, fact="why", label="skäl", value=c.why[:80], expected=bad.expected)]
        ) from None
    if not why:
        raise Refused([Refusal.of("why_missing")], subject=u.id)
    if not c.withdraw and not c.changes:
        raise Refused([Refusal.of("nothing_to_correct")], subject=c.replaces.id)
    match event:
        case RegionDecided():
            return _decision(lifecycle, matter, c, why, today)
        case Advanced() if not event.automatic:
            return _advanced(lifecycle, matter, c, why, today)
        case RegionAdvanced() if event.decision is None:
            return _region_advanced(lifecycle, matter, c, why, today)
        case Identified() if not c.withdraw:
            return _identified(u, c, why)
        case _:
            raise Refused([Refusal.of("cannot_correct", event=c.replaces.id)], subject=u.id)


def _identified(u: Uppdrag, c: Correct, why: str) -> Corrected:
    stated = dict(c.changes)
    marked = stated.pop("sensitive", None)
    patch, refusals = attributes(u, stated)
    if marked is not None:
        try:
            patch["sensitive"] = clean_yes_no(marked)
        except BadFact as bad:
            refusals.append(
                Refusal.of(bad.code, fact="sensitive", label="känslig", value=marked, expected=bad.expected)
            )
    refusals += neutral(u, patch)
    if not patch and not refusals:
        refusals.append(Refusal.of("nothing_changed"))
    if refusals:
        raise Refused(refusals, subject=u.id)
    before, after = in_words(u, patch)
    return Corrected(
        replaces=c.replaces.seq, of="Identified", why=why, withdrawn=False, before=before, after=after, patch=patch,
        effective=patch, on=c.replaces.on,
    )  # fmt: skip


def _restated(
    c: Correct, declared: tuple[Fact, ...], facts: Mapping[str, Any], today: date
) -> tuple[dict[str, Any], date | None]:
    """The event's facts and day with the corrections laid over them."""
    changes = dict(c.changes)
    on, refusals = c.replaces.on, []
    if "on" in changes:
        raw = changes.pop("on")
        try:
            on = clean_date(raw) if raw else None
            if on and on > today:
                refusals.append(Refusal.of("date_in_future", date=on, today=today))
        except BadFact as bad:
            refusals.append(Refusal.of(bad.code, fact="on", label="datum", value=raw[:80], expected=bad.expected))
    fresh, more = read_facts(declared, changes, facts, today=today, unknown_allowed=True)
    cleared = {name for name, raw in changes.items() if not raw.strip()}
    refusals += more
    refusals += [Refusal.of("fact_missing", fact=f.name, label=f.label, type=f.type)
                 for f in declared if f.required and f.name in cleared]  # fmt: skip
    if refusals:
        raise Refused(refusals, subject=c.replaces.id)
    return {k: v for k, v in {**facts, **fresh}.items() if k not in cleared or k in fresh}, on


def _shown(facts: Mapping[str, Any], on: date | None) -> dict[str, str]:
    words = {k: ", ".join(v) if isinstance(v, tuple) else str(v) for k, v in facts.items()}
    return {**words, "on": on.isoformat()} if on else words


def _rebase(current: Any, was: Mapping[str, Any], wanted: Mapping[str, Any], c: Correct) -> dict[str, Any]:
    """The attributes to set so that an event's effect becomes `wanted`; refused where later events set them too.

    That the value is still the same says nothing: somebody may have set it anew.
    """
    patch: dict[str, Any] = {}
    region = current.region if isinstance(current, Regionbeslut) else ""
    later = {name for event in c.since for name in _set_by(event, region)}
    for name in dict.fromkeys((*was, *wanted)):
        if name == "facts":
            continue
        earlier = getattr(_just_before(c, current), name)
        before, after = was.get(name, earlier), wanted.get(name, earlier)
        if before == after:
            continue
        if name in later:
            raise Refused([Refusal.of("later_event", event=c.replaces.id, fact=name)], subject=c.replaces.id)
        patch[name] = after
    return patch


def _set_by(event: Event, lanskod: str) -> set[str]:
    """The attributes that an event set: the uppdrag's own, or with `lanskod` those of that region's track."""
    if lanskod:
        if getattr(event, "region", "") != lanskod:
            return set()
        return {*(event.region_patch if isinstance(event, Corrected) else getattr(event, "patch", {}))}
    return set() if isinstance(event, RegionAdvanced | RegionDecided) else {*getattr(event, "patch", {})}


def _just_before(c: Correct, current: Any) -> Any:
    """The value that `current` was just before the event that is corrected."""
    if isinstance(current, Uppdrag):
        return c.before.uppdrag
    return c.before.regions[current.region]


def _advanced(lifecycle: Lifecycle, matter: Matter, c: Correct, why: str, today: date) -> Corrected:
    u: Uppdrag = matter.uppdrag
    event = c.replaces.event
    assert isinstance(event, Advanced)  # noqa: S101 - by the match in correct()
    t = next((t for t in lifecycle.transitions if t.trigger == event.trigger and event.source in t.sources), None)
    if t is None:
        raise Refused([Refusal.of("cannot_correct", event=c.replaces.id)], subject=u.id)
    facts, on = _restated(c, t.facts, event.facts, today) if not c.withdraw else ({}, None)
    for fact in t.facts:
        if fact.sets == "day" and fact.name in facts:
            on = _not_later(date.fromisoformat(str(facts[fact.name])), today, c)
    was_before = c.before.uppdrag
    effective = UppdragPatch()
    if not c.withdraw:
        effective = effects.patch_of(lifecycle, was_before, t, facts, on, today)
    patch = _rebase(u, event.patch, effective, c)
    if not _repeated(c, t.trigger):
        patch["facts"] = _refacted(u.facts, was_before.facts, effective.get("facts", {}), t.trigger)
    return Corrected(
        replaces=c.replaces.seq, of="Advanced", why=why, withdrawn=c.withdraw,
        before=_shown(event.facts, c.replaces.on), after=_shown(facts, on), facts=facts, on=on,
        patch=patch, effective=effective,  # type: ignore[arg-type]  # attributes of Uppdrag by construction
    )  # fmt: skip


def _not_later(day: date, today: date, c: Correct) -> date:
    if day > today:
        raise Refused([Refusal.of("date_in_future", date=day, today=today)], subject=c.replaces.id)
    return day


def _repeated(c: Correct, trigger: str, lanskod: str = "") -> bool:
    """Whether the same step was taken again later, so that its facts are that one's."""
    return any(
        isinstance(e, Advanced | RegionAdvanced) and e.trigger == trigger and getattr(e, "region", "") == lanskod
        for e in c.since
    )


def _refacted(current: Mapping[str, Any], before: Mapping[str, Any], wanted: Mapping[str, Any], trigger: str) -> Any:
    others = {k: v for k, v in current.items() if k != trigger}
    latest = wanted.get(trigger, before.get(trigger))
    return others if latest is None else {**others, trigger: latest}


def _region_advanced(lifecycle: Lifecycle, matter: Matter, c: Correct, why: str, today: date) -> Corrected:
    event, track = c.replaces.event, lifecycle.track
    assert isinstance(event, RegionAdvanced)  # noqa: S101 - by the match in correct()
    t = (
        next((t for t in track.transitions if t.trigger == event.trigger and event.source in t.sources), None)
        if track
        else None
    )
    if t is None:
        raise Refused([Refusal.of("cannot_correct", event=c.replaces.id)], subject=matter.uppdrag.id)
    rb: Regionbeslut = matter.regions[event.region]
    was_before = c.before.regions[event.region]
    facts, on = _restated(c, t.facts, event.facts, today) if not c.withdraw else ({}, None)
    effective = RegionPatch() if c.withdraw else region.step_patch(was_before, t, facts, on)
    if track is not None and (wrong := contradictions.in_plan(track, effective)):
        raise Refused(wrong, subject=c.replaces.id)
    patch = _rebase(rb, event.patch, effective, c)
    if patch.get("task") is not None:  # what is asked for again is what the decisions, as corrected since, ask for
        patch["task"] = region.task_of(rb.decisions, rb.set_no)
    if not _repeated(c, t.trigger, event.region):
        patch["facts"] = _refacted(rb.facts, was_before.facts, effective.get("facts", {}), t.trigger)
    return Corrected(
        replaces=c.replaces.seq, of="RegionAdvanced", why=why, withdrawn=c.withdraw, region=event.region,
        before=_shown(event.facts, c.replaces.on), after=_shown(facts, on), facts=facts, on=on,
        region_patch=patch, region_effective=effective,  # type: ignore[arg-type]  # attributes of Regionbeslut
    )  # fmt: skip


def _decision(lifecycle: Lifecycle, matter: Matter, c: Correct, why: str, today: date) -> Corrected:
    event, track = c.replaces.event, lifecycle.track
    assert isinstance(event, RegionDecided)  # noqa: S101 - by the match in correct()
    if track is None:
        raise Refused([Refusal.of("cannot_correct", event=c.replaces.id)], subject=matter.uppdrag.id)
    rb: Regionbeslut = matter.regions[event.region]
    old = next(d for d in rb.decisions if d.seq == c.replaces.seq)
    if old.withdrawn:
        raise Refused([Refusal.of("already_withdrawn", event=c.replaces.id)], subject=matter.uppdrag.id)
    new = replace(old, withdrawn=True) if c.withdraw else _redecided(lifecycle, matter, rb, old, c, today)
    if new == old:
        raise Refused([Refusal.of("nothing_changed")], subject=c.replaces.id)
    decisions = tuple(new if d is old else d for d in rb.decisions)
    patch = region.reckoned(track, rb, decisions) if old.set_no == rb.set_no else RegionPatch()
    return Corrected(
        replaces=c.replaces.seq, of="RegionDecided", why=why, withdrawn=c.withdraw, region=event.region,
        before=as_typed(old), after={} if c.withdraw else as_typed(new), on=new.on, decision=new, region_patch=patch,
    )  # fmt: skip


def _redecided(
    lifecycle: Lifecycle, matter: Matter, rb: Regionbeslut, old: Decision, c: Correct, today: date
) -> Decision:
    track = lifecycle.track
    assert track is not None  # noqa: S101 - the caller has one
    stated = {**as_typed(old), **{k: v.strip() for k, v in c.changes.items()}}
    outcome = track.outcome(stated["outcome"])
    if outcome is not None and not outcome.task:  # then there is nothing left to complete, save what is said so now
        stated |= {n: c.changes.get(n, "").strip() for n in ("missing", "task_owner", "task_due")}
    refusals = [Refusal.of("unknown_fact", fact=name, known=", ".join(DECISION_FACTS))
                for name in c.changes if name not in DECISION_FACTS]  # fmt: skip
    read: dict[str, Any] = {"version": old.proposal_version, "complete": old.complete}
    for name in (*_DECISION_DAYS, "version", "complete"):
        raw = stated.get(name, "")
        try:
            if name == "version":
                read[name] = clean_number(raw) if raw not in ("", "0") else 0
            elif name == "complete":
                read[name] = clean_yes_no(raw)
            else:
                read[name] = clean_date(raw) if raw else None
        except BadFact as bad:
            refusals.append(Refusal.of(bad.code, fact=name, label=name, value=raw[:80], expected=bad.expected))
    read |= {n: stated[n] for n in _DECISION_TEXTS}
    command = Decide(actor=c.actor, region=rb.region, proposal_version=read.pop("version"), **read)
    alone = replace(rb, decisions=tuple(d for d in rb.decisions if d is not old))
    new, more = region.read_decision(track, matter.uppdrag, alone, command, seq=old.seq, today=today)
    if refusals or more or new is None:
        raise Refused([*refusals, *more], subject=c.replaces.id)
    return replace(new, number=old.number, set_no=old.set_no)


def as_typed(d: Decision) -> dict[str, str]:
    """A decision in words, as each of DECISION_FACTS may be typed again."""
    task = d.task or Task(what="")
    days = (d.on, d.justerat, d.tillkannagivet, d.reported_on, task.due)
    return {
        "outcome": d.outcome, "body": d.body, "paragraph": d.paragraph, "dnr": d.dnr, "adaptation": d.adaptation,
        "note": d.note, "source": d.source, "kind": d.kind, "links": ", ".join(map(links.as_text, d.links)),
        "delegationspunkt": d.delegationspunkt, "reported_to": d.reported_to, "missing": task.what,
        "task_owner": task.owner, "version": str(d.proposal_version or ""), "complete": "ja" if d.complete else "nej",
        **{n: day.isoformat() if day else "" for n, day in zip(_DECISION_DAYS, days, strict=True)},
    }  # fmt: skip
