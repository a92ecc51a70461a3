"""What people state with a step: facts that will do, and facts with a flaw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from workflow.commands import Decide
from workflow.lifecycle import Fact, RegionTrack, RegionTransition, Transition
from workflow.model import Regionbeslut, Uppdrag

T = TypeVar("T")
Facts = dict[str, str]

FLAWS = ("", "missing", "wrong", "unknown", "control")
"""How what is stated may be wrong; empty: it is not."""

RECIPIENTS = ("HSD-nätverket", "Region Gotland", "säkerhetsskyddschefsnätverket")
OUTCOMES = (
    "antagen", "avslagen", "ej_berord", "antagen_med_anpassning", "aterremitterad", "bordlagd", "overlamnad", "utgar",
    "antecknad", "uppskjuten",
)  # fmt: skip

_GOOD: Mapping[str, tuple[str, ...]] = {
    "text": ("Någon", "Åsa Öberg"),
    "person": ("Cia Dahl", "Åsa Öberg"),
    "reference": ("rapport-7.pdf", "U2026-01"),
    "dnr": ("RK2026-00012-3", "HSN 2026/44"),
    "long_text": ("En rad.", "En rad.\nEn till, med § och ’."),
    "paragraph": ("§ 12", "7"),
    "date": ("2026-03-10", "2026-11-02"),
    "span": ("Q3 2026", "2026-09-30", "hösten 2026", "Q1–Q2 2027", "december"),
    "networks": ("HSD-nätverket", "HSD-nätverket, chefsnätverket"),
    "recipients": (", ".join(RECIPIENTS), RECIPIENTS[0]),
    "yes_no": ("nej", "ja"),
    "number": ("1", "2"),
    "chain": ("AU:2026-02-10", "AU:2026-02-10, RS:2026-02-24:61"),
}
_TEXTS = ("text", "person", "reference", "dnr", "long_text")
_WRONG: Mapping[str, str] = {
    "paragraph": "paragraf tolv", "date": "2026-02-30", "span": "Q5 2026", "yes_no": "kanske", "number": "0",
    "choice": "annat", "deadline": "annat", "networks": "x" * 301, "recipients": "x\x07",
    "chain": "AU:2026-02-30",
    **dict.fromkeys(_TEXTS, "x" * 10_001),
}  # fmt: skip


def pick(options: Sequence[T], n: int) -> T:
    """One of them, by a number that may be larger than they are many."""
    return options[n % len(options)]


def good_facts(t: Transition, u: Uppdrag, n: int) -> Facts:
    """All that the transition asks for, in a way that its rules accept; an odd `n` states what may be left out too."""
    facts = _stated(t.facts, n)
    if "cost_analysed" in t.guards and facts.get("medfor_kostnad") == "ja":
        facts["konsekvensanalys"] = "analys.pdf"
    if t.effect == "reprioritise" and u.due is None:
        facts["tidsgrans"] = pick([*next(f.choices for f in t.facts if f.name == "tidsgrans")], n)
    if t.effect in ("consult_answer", "consult_close"):
        still_open = [c for c in u.consultations if c.open]
        if still_open:
            chosen = pick(still_open, n)
            facts["runda"] = str(chosen.number)
            if t.effect == "consult_answer":
                facts["mottagare"] = pick(chosen.answers, n).recipient
    return facts


def good_step(t: RegionTransition, rb: Regionbeslut, n: int) -> Facts | None:
    """The same for a step on a region's track; None where there is nothing that the step could be about."""
    facts = _stated(t.facts, n)
    if t.effect == "annul":
        standing = [d.number for d in rb.decisions if not d.withdrawn]
        if not standing:
            return None
        facts["beslut"] = str(pick(standing, n))
    return facts


def road(outcome: str, n: int) -> dict[str, Any]:
    """What may be known besides of how a decision came about, for half of the numbers; for one in sixteen it cannot be
    true."""
    if n % 16 == 9:
        return {"links": "RS:2026-01-12:61, RF:2026-01-14"}
    if outcome in ("aterremitterad", "bordlagd") and n % 4 == 1:
        return {"missing": "Kostnaden", "task_owner": pick(("", "Åsa Öberg"), n), "task_due": date(2026, 5, 4)}
    match n % 8:
        case 2:
            return {"links": "AU:2026-01-10:45, RS:2026-01-12:61"}
        case 4:
            return {
                "kind": "delegationsbeslut", "body": "regiondirektör", "delegationspunkt": "4.2", "reported_to": "RS",
                "reported_on": date(2026, 1, 15),
            }  # fmt: skip
        case 6:
            return {"justerat": date(2026, 1, 20), "tillkannagivet": date(2026, 1, 21)}
        case _:
            return {}


def contradictions(track: RegionTrack, command: Decide) -> set[str]:
    """The names of what cannot be true of a decision made of `road`."""
    outcome = track.outcome(command.outcome)
    wrong = {"link_decides"} if "RF:" in command.links else set()
    if outcome is not None and outcome.counts in ("adopted", "rejected"):
        if track.bodies and command.body not in (*track.bodies, ""):
            wrong.add("body_excluded")
        if command.kind != "beslut" and not track.delegable:
            wrong.add("not_delegable")
    return wrong


def flawed(declared: Sequence[Fact], facts: Facts, known: Mapping[str, object], flaw: str, n: int) -> Facts | None:
    """The facts with a flaw; None where it cannot be had here. `known`: attributes that need not be stated again."""
    if not flaw:
        return facts
    if flaw == "unknown":
        return {**facts, "finns_inte": "x"}
    if flaw == "missing":
        names = [f.name for f in declared if f.required and not known.get(f.name)]
        return {k: v for k, v in facts.items() if k != pick(names, n)} if names else None
    if flaw == "control":
        texts = [f.name for f in declared if f.type in _TEXTS]
        return {**facts, pick(texts, n): "en rad\u2028eller två"} if texts else None
    return {**facts, (f := pick(declared, n)).name: _WRONG[f.type]} if declared else None


def _stated(declared: Sequence[Fact], n: int) -> Facts:
    return {f.name: pick(_values(f), n // 2 + i) for i, f in enumerate(declared) if f.required or n % 2}


def _values(fact: Fact) -> Sequence[str]:
    if fact.sets == "day":
        return "2026-02-10", "2026-01-20"  # the day when it happened has been
    if fact.sets == "planned_body":
        return "RF", "Regionfullmäktige"  # what every matter lets decide
    return [*fact.choices] if fact.choices else _GOOD[fact.type]
