"""How an uppdrag and its regions are shown: the stages of the lifecycle, and each region's läge in order of need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from uppdrag import words
from uppdrag.service.planning import UppdragPlan
from uppdrag.service.queries import Detail
from uppdrag.words import planning
from workflow.engine import Option
from workflow.events import Advanced, Corrected, Identified, RegionDecided
from workflow.lifecycle import Lifecycle
from workflow.model import Region, Regionbeslut
from workflow.planning import RegionPlan
from workflow.status import Cell


class Lage(NamedTuple):
    """Where a region stands: what the stylesheet calls it, the word, and the mark that stands beside it."""

    key: str
    label: str
    mark: str


UNKNOWN = Lage("saknas", "Uppgift saknas", "?")
PLANNED = Lage("planerad", "Planerad", "○")
FITS_NOT = Lage("ryms_inte", "Ryms inte i sammanträdesplanen", "!")
MARKS = {
    "ryms_inte": "!", "aterremitterad": "↩", "bordlagd": "↷", "saknas": "?", "mottagen": "→", "delvis_beslutad": "◔",
    "planerad": "○", "avslagen": "✕", "ej_berord": "–", "antagen_med_anpassning": "◐", "antagen": "●", "ej_fragad": "·",
}  # fmt: skip
ORDER = tuple(MARKS)
"""What needs a hand first: does not fit, sent back, unknown, on the way, planned, decided, not asked yet."""
_SILENT = ("ej_expedierad", "expedierad")


class Stage(NamedTuple):
    """A state on the way: `done`, `here` or `ahead`; when, and at which §. `note`: what happened to it beside that, as
    when it was reached once and sent back."""

    id: str
    label: str
    standing: str
    on: date | None
    paragraph: str
    afterwards: bool
    note: str = ""


class RegionRow(NamedTuple):
    """A region on one uppdrag, in words. `on` and `paragraph` are the decision's; `planned`: `on` is to come. `why`:
    how the region's meetings fit the planned time, empty where that is not looked at."""

    code: str
    name: str
    lage: Lage
    body: str
    on: date | None
    paragraph: str
    planned: bool
    source: str
    dnr: str
    why: str


def lage(cell: Cell, lifecycle: Lifecycle, state: str) -> Lage:
    """Where a region stands on an uppdrag that is in a state."""
    track = lifecycle.track
    if cell.category:
        return _lage(cell.outcome, words.outcome(lifecycle, cell.outcome))
    if cell.state in ("aterremitterad", "bordlagd", "delvis_beslutad", "mottagen"):
        label = next((s.label for s in track.states if s.id == cell.state), cell.state) if track else cell.state
        return _lage(cell.state, label)
    if cell.planned_on:
        return PLANNED
    if track and state not in track.open_in and cell.state in _SILENT:
        return Lage("ej_fragad", "Inte tillfrågad än", MARKS["ej_fragad"])
    return UNKNOWN


def in_overview(cell: Cell, lifecycle: Lifecycle, state: str, plan: RegionPlan | None) -> Lage:
    """The same where it is also known how the region's meetings fit the planned time."""
    asked = lifecycle.track is not None and state in lifecycle.track.open_in and not cell.category
    fits_not = asked and plan is not None and plan.verdict == "ryms_inte"
    return FITS_NOT if fits_not else lage(cell, lifecycle, state)


def rows(found: Detail, regions: Mapping[str, Region], plan: UppdragPlan | None) -> list[RegionRow]:
    """The concerned regions, what needs a hand first. `plan`: how they fit the planned time, where there is one."""
    plans = {p.region: p for p in plan.plans} if plan else {}
    asked = found.lifecycle.track is not None and found.row.state in found.lifecycle.track.open_in
    by_region = {
        e.event.decision.seq: e.actor.role for e in found.history if isinstance(e.event, RegionDecided)
    }  # fmt: skip
    shown = []
    for cell in found.cells:
        planned = not cell.category and cell.planned_on is not None
        its = plans.get(cell.region) if asked and not cell.category else None
        where = in_overview(cell, found.lifecycle, found.row.state, its)
        shown.append(
            RegionRow(
                cell.region, words.region(regions, cell.region), where,
                body_name(cell.planned_body if planned else cell.body), cell.planned_on if planned else cell.decided_on,
                "" if planned else cell.paragraph, planned,
                _source(cell, found.matter.regions.get(cell.region), by_region), cell.dnr,
                _why(its, plan.window.last.year) if its and plan else "",
            )
        )  # fmt: skip
    return sorted(shown, key=lambda r: (_rank(r.lage), r.on or date.max, r.code))


def legend(shown: Sequence[RegionRow]) -> list[tuple[Lage, int]]:
    """How many regions stand where, in the order of the table."""
    counts = Counter(r.lage for r in shown)
    return sorted(counts.items(), key=lambda pair: _rank(pair[0]))


def stages(found: Detail) -> list[Stage]:
    """The way to the first state that ends the lifecycle, with today's state marked; and where it left that way."""
    lc, here = found.lifecycle, found.row.state
    way = _way(lc)
    told = reached(found)
    if here not in way:
        way = (*(s for s in way if s in told), here)
    shown = []
    for n, id in enumerate(way):
        standing = "here" if id == here else "done" if n < way.index(here) else "ahead"
        on, paragraph, afterwards = told.get(id, (None, "", False)) if standing != "ahead" else (None, "", False)
        note = _rerouted(found, way) if standing == "here" else ""
        if standing == "ahead" and id in told:  # it has been there, and was sent back
            was, at, _ = told[id]
            day = was.isoformat() if was else "dag ej angiven"
            note = f"nådd {day}{f' § {at}' if at else ''}"
        shown.append(Stage(id, lc.label_of(id), standing, on, paragraph, afterwards, note))
    return shown


def been(found: Detail) -> set[str]:
    """The states that an uppdrag has been in."""
    return set(reached(found)) - {found.row.state}


def onward(lc: Lifecycle, state: str, options: Sequence[Option]) -> Option | None:
    """The step that leads to the next stage, where it can be taken."""
    way = _way(lc)
    ahead = way[way.index(state) + 1 :] if state in way else ()
    return next((o for o in options if o.allowed and not o.automatic and o.target in ahead[:1]), None)


def _rerouted(found: Detail, way: Sequence[str]) -> str:
    """How the uppdrag came to where it is, where that was no step ahead: paused, sent back, postponed, opened again."""
    if found.row.paused:
        return "pausat"
    gone = {e.replaces for e in found.history if isinstance(e.event, Corrected) and e.event.withdrawn}
    for e in reversed(found.history):
        step = e.event
        if e.seq in gone or not isinstance(step, Advanced):
            continue
        ways = [t for t in found.lifecycle.transitions if t.trigger == step.trigger and step.source in t.sources]
        backwards = step.source in way and step.target in way and way.index(step.target) < way.index(step.source)
        if ways and (backwards or ways[0].effect == "postpone"):
            paragraph = step.facts.get("paragraf", "")
            told = (ways[0].done or ways[0].label).lower(), e.on.isoformat() if e.on else ""
            return " ".join(filter(None, (*told, f"§ {paragraph}" if paragraph else "")))
        if step.source != step.target:
            return ""
    return ""


def body_name(body: str) -> str:
    """What people call a body."""
    return words.BODIES.get(body, body)


def _lage(key: str, label: str) -> Lage:
    return Lage(key if key in MARKS else "mottagen", label, MARKS.get(key, "→"))


def _why(plan: RegionPlan, year: int) -> str:
    verdict = "" if plan.verdict == "uppgift_saknas" else f"{planning.VERDICTS[plan.verdict].capitalize()}. "
    return verdict + planning.why(plan, year=year)


def _rank(one: Lage) -> int:
    return ORDER.index(one.key)


def _source(cell: Cell, rb: Regionbeslut | None, roles: Mapping[int, str]) -> str:
    if not cell.outcome:
        return "–"
    last = rb.deciding if rb else None
    if last is not None and not last.source and roles.get(last.seq) == "region":
        return "regionen själv"
    return words.SOURCES.get(cell.source, cell.source)


def _way(lc: Lifecycle) -> tuple[str, ...]:
    """The shortest way from the first state to the first that ends it, by whatever leads there."""
    goal = next((s.id for s in lc.states if s.final), lc.initial)
    ways: dict[str, tuple[str, ...]] = {lc.initial: (lc.initial,)}
    queue = [lc.initial]
    for here in queue:
        for t in lc.transitions:
            if here in t.sources and t.target and t.target not in ways:
                ways[t.target] = (*ways[here], t.target)
                queue.append(t.target)
    return ways.get(goal, (lc.initial,))


def reached(found: Detail) -> dict[str, tuple[date | None, str, bool]]:
    """When each state was last reached, and at which §; what was withdrawn is left out."""
    gone = {e.replaces for e in found.history if isinstance(e.event, Corrected) and e.event.withdrawn}
    fixed = {e.replaces: e.event for e in found.history if isinstance(e.event, Corrected) and not e.event.withdrawn}
    reached: dict[str, tuple[date | None, str, bool]] = {}
    for e in found.history:
        if e.seq in gone:
            continue
        if isinstance(e.event, Identified):
            reached[e.event.state] = (e.on, "", e.backfilled)
        elif isinstance(e.event, Advanced) and e.event.source != e.event.target:
            fix = fixed.get(e.seq)
            facts = fix.facts if fix else e.event.facts
            reached[e.event.target] = (fix.on if fix else e.on, str(facts.get("paragraf", "")), e.backfilled)
    return reached
