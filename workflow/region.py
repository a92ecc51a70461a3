"""One region's road to a decision: its own steps, its decisions, and what a set of decisions amounts to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from workflow.commands import Decide
from workflow.errors import Refusal
from workflow.facts import NUMBER_LIMIT, BadFact, clean_paragraph, clean_text, with_stated
from workflow.lifecycle import RegionTrack, RegionTransition
from workflow.model import SOURCES, Decision, Facts, Matter, Regionbeslut, RegionPatch, Uppdrag

_BODY_WORDS = {
    "rf": "RF", "regionfullmäktige": "RF", "fullmäktige": "RF",
    "rs": "RS", "regionstyrelsen": "RS", "regionstyrelse": "RS",
    "nämnd": "namnd", "namnd": "namnd", "regiondirektör": "regiondirektor", "regiondirektören": "regiondirektor",
    "regiondirektor": "regiondirektor", "annan": "annan", "au": "AU",
}  # fmt: skip
_SOURCE_WORDS = {
    "muntlig uppgift": "muntlig", "muntligt": "muntlig", "telefon": "muntlig", "e-post": "epost", "mejl": "epost",
    "mail": "epost", "email": "epost", "publicerat protokoll": "publicerat_protokoll", "protokoll": "protokollsutdrag",
}  # fmt: skip


def amounts_to(track: RegionTrack, decisions: Iterable[Decision], set_no: int) -> RegionPatch | None:
    """What a set of decisions makes of a region; None where none of its decisions stands.

    The registrant says when the set is whole; until then, and while the latest word is an open outcome, the region is
    open. A whole set amounts to the first of its final outcomes in the order that the definition declares.
    """
    standing = [d for d in decisions if d.set_no == set_no and not d.withdrawn]
    if not standing:
        return None
    latest = standing[-1]
    outcome = track.outcome(latest.outcome)
    if outcome is None or not outcome.final:
        state = outcome.state if outcome else track.decided
        return RegionPatch(state=state, outcome=latest.outcome, category="", set_no=set_no)
    if not latest.complete:
        return RegionPatch(state=track.partly, outcome="", category="", set_no=set_no)
    given = {d.outcome for d in standing}
    whole = track.outcome(next(o for o in track.amounts_to if o in given))
    if whole is None or not whole.counts:
        raise ValueError("amounts_to holds final outcomes only")
    return RegionPatch(state=track.decided, outcome=whole.id, category=whole.counts, set_no=set_no)


def reckoned(track: RegionTrack, rb: Regionbeslut, decisions: Iterable[Decision]) -> RegionPatch:
    """What a region becomes when a decision of its current set was corrected, to `decisions`.

    Steps taken since stand, unless the region is concluded by it or no longer is. Where nothing is left of the set, the
    set before it counts again; without any, the region is back where it began.
    """
    decisions = tuple(decisions)
    was = amounts_to(track, rb.decisions, rb.set_no)
    now = next(
        (patch for set_no in range(rb.set_no, 0, -1) if (patch := amounts_to(track, decisions, set_no)) is not None),
        RegionPatch(state=track.initial, outcome="", category="", set_no=1),
    )
    if now == was:
        return RegionPatch()
    moved_on = was is not None and rb.state != was["state"]
    if moved_on and not now["category"]:
        return RegionPatch(outcome=now["outcome"], category="", set_no=now["set_no"])
    return now


def read_decision(
    track: RegionTrack, u: Uppdrag, rb: Regionbeslut, command: Decide, *, seq: int, today: date
) -> tuple[Decision | None, list[Refusal]]:
    """The decision that a command registers, or every reason why it will not do."""
    refusals: list[Refusal] = []
    outcome = track.outcome(command.outcome)
    if outcome is None:
        refusals.append(
            Refusal.of("unknown_outcome", value=command.outcome, known=", ".join(o.id for o in track.outcomes))
        )
    if command.on is not None and command.on > today:
        refusals.append(Refusal.of("date_in_future", date=command.on, today=today))
    stated = {name: getattr(command, name) for name in ("body", "paragraph", "dnr", "adaptation", "note", "source")}
    texts: dict[str, Any] = {}
    for name, raw in stated.items():
        try:
            texts[name] = clean_decision_text(name, raw)
        except BadFact as bad:
            refusals.append(Refusal.of(bad.code, fact=name, label=name, value=raw[:80], expected=bad.expected))
    required = outcome.requires if outcome else ()
    refusals += [
        Refusal.of("decision_needs", outcome=command.outcome, fact=n) for n in required if not stated[n].strip()
    ]
    version = command.proposal_version
    version = (rb.sent_version or u.proposal_version) if version is None else version
    if not 0 <= version <= NUMBER_LIMIT:
        expected = f"ett heltal från 1 till {NUMBER_LIMIT}"
        refusals.append(
            Refusal.of("not_a_number", fact="version", label="version", value=str(version)[:80], expected=expected)
        )
    elif version and u.proposal_version and version > u.proposal_version:
        refusals.append(Refusal.of("no_such_version", version=version, latest=u.proposal_version))
    if refusals:
        return None, refusals
    decision = Decision(
        number=len(rb.decisions) + 1,
        seq=seq,
        set_no=rb.set_no + 1 if rb.concluded else rb.set_no,
        outcome=command.outcome,
        on=command.on,
        proposal_version=version,
        complete=command.complete,
        **texts,
    )
    return decision, _already_there(rb, decision, u)


def _already_there(rb: Regionbeslut, new: Decision, u: Uppdrag) -> list[Refusal]:
    """The same decision entered by two people is one decision."""
    for old in rb.decisions:
        if not old.withdrawn and replace(new, number=old.number, seq=old.seq, set_no=old.set_no) == old:
            return [Refusal.of("already_registered", event=f"{u.id}/{old.seq}", region=rb.region)]
    return []


def clean_decision_text(name: str, raw: str) -> str:
    """One text of a decision as it is kept. Raises BadFact."""
    if not raw:
        return ""
    if name == "paragraph":
        return clean_paragraph(raw) if raw.strip() else ""
    text = clean_text(raw, long=name in ("adaptation", "note"))
    if name == "body":
        return _BODY_WORDS.get(text.casefold(), text)
    if name == "source" and text:
        code = _SOURCE_WORDS.get(text.casefold(), text)
        if code not in SOURCES:
            raise BadFact("not_a_choice", ", ".join(SOURCES))
        return code
    return text


def step_patch(rb: Regionbeslut, t: RegionTransition, facts: Facts, on: date | None) -> RegionPatch:
    """What a step on the track changes, as new values."""
    patch = RegionPatch()
    if t.target is not None:
        patch["state"] = t.target
    for fact in t.facts:
        if fact.sets and fact.name in facts:
            value = facts[fact.name]
            kept = date.fromisoformat(str(value)) if fact.sets == "planned_on" else value
            patch[fact.sets] = kept  # type: ignore[literal-required]  # the loader checks `sets`
    patch["facts"] = with_stated(rb.facts, t.trigger, facts, on)
    return patch


def annulled(track: RegionTrack, rb: Regionbeslut, number: int) -> tuple[RegionPatch, Decision] | Refusal:
    """The region without decision `number`, which has been annulled (upphävt) elsewhere; it is open again."""
    found = next((d for d in rb.decisions if d.number == number and not d.withdrawn), None)
    if found is None:
        standing = ", ".join(str(d.number) for d in rb.decisions if not d.withdrawn) or "inget"
        return Refusal.of("no_such_decision", number=number, standing=standing)
    gone = replace(found, withdrawn=True)
    left = [gone if d is found else d for d in rb.decisions]
    patch = amounts_to(track, left, rb.set_no)
    return patch or RegionPatch(state=track.initial, outcome="", category="", set_no=rb.set_no), gone


def region_of(matter: Matter, lanskod: str) -> Regionbeslut | Refusal:
    """The region's track in hand, or why there is none."""
    found = matter.regions.get(lanskod)
    if found is not None:
        return found
    return Refusal.of("region_not_concerned", region=lanskod, concerned=", ".join(matter.uppdrag.concerned) or "ingen")
