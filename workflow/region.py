"""One region's road to a decision: its own steps, its decisions, and what a set of decisions amounts to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from workflow import contradictions, links
from workflow.commands import Decide
from workflow.errors import Refusal
from workflow.facts import NUMBER_LIMIT, BadFact, clean_chain, clean_paragraph, clean_text, with_stated
from workflow.lifecycle import Outcome, RegionTrack, RegionTransition
from workflow.model import (
    KINDS,
    SOURCES,
    Decision,
    Facts,
    FactValue,
    Matter,
    Regionbeslut,
    RegionPatch,
    Task,
    Uppdrag,
)  # fmt: skip

_TEXTS = ("body", "paragraph", "dnr", "adaptation", "note", "source", "delegationspunkt", "reported_to")

_KIND_WORDS = {"delegation": "delegationsbeslut", "verkställighet": "verkstallighet"}
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


def task_of(decisions: Iterable[Decision], set_no: int) -> Task | None:
    """What the latest standing decision of a set leaves for the kansli to complete."""
    return next((d.task for d in reversed([*decisions]) if d.set_no == set_no and not d.withdrawn), None)


def reckoned(track: RegionTrack, rb: Regionbeslut, decisions: Iterable[Decision]) -> RegionPatch:
    """What a region becomes when a decision of its current set was corrected, to `decisions`.

    Steps taken since stand, unless the region is concluded by it or no longer is. Where nothing is left of the set, the
    set before it counts again; without any, the region is back where it began. What the kansli has to complete follows
    the decision that asked for it; what has been completed since stays so.
    """
    decisions = tuple(decisions)
    was = amounts_to(track, rb.decisions, rb.set_no)
    patch = _reckoned(track, rb, decisions, was)
    category = patch.get("category", rb.category)
    moved_on = "state" not in patch and was is not None and rb.state != was["state"]
    task = None if category or (moved_on and rb.task is None) else task_of(decisions, patch.get("set_no", rb.set_no))
    if task != rb.task:
        patch["task"] = task
    return patch


def _reckoned(
    track: RegionTrack, rb: Regionbeslut, decisions: tuple[Decision, ...], was: RegionPatch | None
) -> RegionPatch:
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
    stated: dict[str, Any] = {}
    for name in _TEXTS:
        _read(stated, refusals, name, getattr(command, name))
    if command.kind not in ("", "beslut"):
        _read(stated, refusals, "kind", command.kind)
    if command.links:
        _read(stated, refusals, "links", command.links)
    if outcome is not None:
        lacking = (n for n in outcome.requires if _lacks(command, n))
        refusals += [Refusal.of("decision_needs", outcome=command.outcome, fact=n) for n in lacking]
        stated["task"] = _task(outcome, u, command, refusals)
    version = command.proposal_version
    version = (rb.sent_version or u.proposal_version) if version is None else version
    if not 0 <= version <= NUMBER_LIMIT:
        expected = f"ett heltal från 1 till {NUMBER_LIMIT}"
        refusals.append(
            Refusal.of("not_a_number", fact="version", label="version", value=str(version)[:80], expected=expected)
        )
    elif version and u.proposal_version and version > u.proposal_version:
        refusals.append(Refusal.of("no_such_version", version=version, latest=u.proposal_version))
    if refusals or outcome is None:
        return None, refusals
    decision = Decision(
        number=len(rb.decisions) + 1,
        seq=seq,
        set_no=rb.set_no + 1 if rb.concluded else rb.set_no,
        outcome=command.outcome,
        on=command.on,
        proposal_version=version,
        complete=command.complete,
        justerat=command.justerat,
        tillkannagivet=command.tillkannagivet,
        reported_on=command.reported_on,
        **stated,
    )
    return decision, contradictions.in_decision(track, outcome, decision, today) or _already_there(rb, decision, u)


def _read(stated: dict[str, Any], refusals: list[Refusal], name: str, raw: str) -> None:
    try:
        stated[name] = clean_decision_text(name, raw)
    except BadFact as bad:
        refusals.append(Refusal.of(bad.code, fact=name, label=name, value=raw[:80], expected=bad.expected))


def _lacks(command: Decide, name: str) -> bool:
    value = getattr(command, "proposal_version" if name == "version" else name)
    return value is None or (isinstance(value, str) and not value.strip())


def _task(outcome: Outcome, u: Uppdrag, command: Decide, refusals: list[Refusal]) -> Task | None:
    """What the kansli has to complete after such a decision; somebody's date may well lie ahead."""
    if not (outcome.task or command.missing or command.task_owner or command.task_due):
        return None
    texts: dict[str, Any] = {}
    for name in ("missing", "task_owner"):
        _read(texts, refusals, name, getattr(command, name))
    return Task(what=texts.get("missing", ""), owner=texts.get("task_owner") or u.owner, due=command.task_due)


def _already_there(rb: Regionbeslut, new: Decision, u: Uppdrag) -> list[Refusal]:
    """The same decision entered by two people is one decision, however they put what it leaves to the kansli."""
    for old in rb.decisions:
        if not old.withdrawn and replace(new, number=old.number, seq=old.seq, set_no=old.set_no, task=old.task) == old:
            return [Refusal.of("already_registered", event=f"{u.id}/{old.seq}", region=rb.region)]
    return []


def clean_decision_text(name: str, raw: str) -> Any:
    """What is typed of a decision as it is kept: text, save for the links of a chain. Raises BadFact."""
    if not raw:
        return ""
    if name == "paragraph":
        return clean_paragraph(raw) if raw.strip() else ""
    if name == "links":
        return clean_chain(raw)
    text = clean_text(raw, long=name in ("adaptation", "note", "missing"))
    if name == "body":
        return links.body_code(text)
    if name == "kind":
        code = _KIND_WORDS.get(text.casefold(), text)
        if code not in KINDS:
            raise BadFact("not_a_choice", ", ".join(KINDS))
        return code
    if name == "source" and text:
        code = _SOURCE_WORDS.get(text.casefold(), text)
        if code not in SOURCES:
            raise BadFact("not_a_choice", ", ".join(SOURCES))
        return code
    return text


_KEPT_AS: Mapping[str, Callable[[FactValue], object]] = {
    "planned_on": lambda value: date.fromisoformat(str(value)),
    "planned_body": lambda value: links.body_code(str(value)),
    "planned_chain": lambda value: tuple(links.from_text(one) for one in value) if isinstance(value, tuple) else (),
}
"""What becomes of a step's fact where the track does not keep it as it was stated."""


def step_patch(rb: Regionbeslut, t: RegionTransition, facts: Facts, on: date | None) -> RegionPatch:
    """What a step on the track changes, as new values."""
    patch = RegionPatch()
    if t.target is not None:
        patch["state"] = t.target
    for fact in t.facts:
        if fact.sets and fact.name in facts:
            value = facts[fact.name]
            kept = _KEPT_AS[fact.sets](value) if fact.sets in _KEPT_AS else value
            patch[fact.sets] = kept  # type: ignore[literal-required]  # the loader checks `sets`
    if "planned_on" in patch and rb.planned_chain:
        patch.setdefault("planned_chain", ())  # a chain belongs to the day that it was planned for
    if "sent_version" in patch and rb.task is not None:
        patch["task"] = None
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
    patch = patch or RegionPatch(state=track.initial, outcome="", category="", set_no=rb.set_no)
    task = None if patch["category"] else task_of(left, rb.set_no)
    if task != rb.task:
        patch["task"] = task
    return patch, gone


def region_of(matter: Matter, lanskod: str) -> Regionbeslut | Refusal:
    """The region's track in hand, or why there is none."""
    found = matter.regions.get(lanskod)
    if found is not None:
        return found
    return Refusal.of("region_not_concerned", region=lanskod, concerned=", ".join(matter.uppdrag.concerned) or "ingen")
