"""Changing what is known of an uppdrag, as when a plan is revised. Nothing is ever erased."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.commands import Change
from workflow.errors import Refusal, Refused
from workflow.events import Changed
from workflow.facts import BadFact, clean_text
from workflow.lifecycle import Lifecycle
from workflow.model import STANDINGS, Matter, PlannedTime, Uppdrag, UppdragPatch

ATTRIBUTES = ("title", "neutral_title", "source", "section", "owner", "dnr", "directive", "notes", "plan", "standing")
"""What may be changed on an uppdrag in words."""


def change(lifecycle: Lifecycle, regions: frozenset[str], matter: Matter, c: Change) -> Changed:
    """New attributes from a revised plan. Raises Refused where a value will not do or nothing changes."""
    u: Uppdrag = matter.uppdrag
    patch, refusals = attributes(u, c.attributes)
    if c.sensitive is not None and c.sensitive != u.sensitive:
        patch["sensitive"] = c.sensitive
    if c.times is not None:
        _times(lifecycle, u, c, patch, refusals)
    if c.regions is not None:
        _concerned(regions, matter, c.regions, patch, refusals)
    refusals += neutral(u, patch)
    if refusals:
        raise Refused(refusals, subject=u.id)
    if not patch:
        raise Refused([Refusal.of("nothing_changed")], subject=u.id)
    before, after = in_words(u, patch)
    track = lifecycle.track.initial if lifecycle.track and "concerned" in patch else ""
    return Changed(why=c.why, before=before, after=after, patch=patch, track_state=track)


def attributes(u: Uppdrag, stated: Mapping[str, str]) -> tuple[UppdragPatch, list[Refusal]]:
    """What stated words change on an uppdrag, and why some of them will not do."""
    patch, refusals = UppdragPatch(), []
    for name, raw in stated.items():
        if name not in ATTRIBUTES:
            refusals.append(Refusal.of("unknown_fact", fact=name, known=", ".join(ATTRIBUTES)))
            continue
        try:
            value = clean_text(raw, long=name == "notes")
        except BadFact as bad:
            refusals.append(Refusal.of(bad.code, fact=name, label=name, value=raw[:80], expected=bad.expected))
            continue
        if name == "title" and not value:
            refusals.append(Refusal.of("title_missing"))
        elif name == "standing" and value not in STANDINGS:
            expected = ", ".join(s or '""' for s in STANDINGS)
            refusals.append(Refusal.of("not_a_choice", fact=name, label=name, value=value[:80], expected=expected))
        elif value != getattr(u, name):
            patch[name] = value  # type: ignore[literal-required]  # one of ATTRIBUTES
    return patch, refusals


def neutral(u: Uppdrag, patch: UppdragPatch) -> list[Refusal]:
    """What a sensitive uppdrag would lack once it is changed: the title by which others know it."""
    sensitive = patch.get("sensitive", u.sensitive)
    return (
        [Refusal.of("neutral_title_missing")] if sensitive and not patch.get("neutral_title", u.neutral_title) else []
    )


def _times(lifecycle: Lifecycle, u: Uppdrag, c: Change, patch: UppdragPatch, refusals: list[Refusal]) -> None:
    declared = [d.id for d in lifecycle.deadlines]
    stated = c.times or {}
    known = ", ".join(declared) or "inga"
    refusals += [Refusal.of("unknown_deadline", deadline=name, known=known) for name in stated if name not in declared]
    now = {p.deadline: p for p in u.times}
    for name, span in stated.items():
        if name not in now or now[name].span != span:
            now[name] = PlannedTime(deadline=name, span=span, met=now[name].met if name in now else False)
    times = tuple(now[d] for d in declared if d in now)
    if times != u.times:
        patch["times"] = times


def _concerned(
    known: frozenset[str], matter: Matter, wanted: tuple[str, ...], patch: UppdragPatch, refusals: list[Refusal]
) -> None:
    u: Uppdrag = matter.uppdrag
    refusals += [Refusal.of("unknown_region", region=r) for r in wanted if r not in known]
    # A region that is no longer concerned says so itself, with the outcome ej_berord: its track stands.
    refusals += [Refusal.of("region_stays", region=r) for r in u.concerned if r not in wanted]
    concerned = tuple(sorted(set(wanted) | set(u.concerned)))
    if concerned != u.concerned:
        patch["concerned"] = concerned


def in_words(u: Uppdrag, patch: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """What a change says as people read it: before, and after."""

    def words(value: Any) -> str:
        if isinstance(value, tuple):
            return ", ".join(v.span.text if isinstance(v, PlannedTime) else str(v) for v in value)
        return {True: "ja", False: "nej"}.get(value, str(value)) if isinstance(value, bool) else str(value)

    return {k: words(getattr(u, k)) for k in patch}, {k: words(v) for k, v in patch.items()}
