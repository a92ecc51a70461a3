"""Regions, their meetings and what is declared, as rows for programs: the command line's JSON and the API's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uppdrag import words
from uppdrag.service.catalogue import Listed
from uppdrag.service.following import Adaptations, InHand, RegionInHand
from uppdrag.service.meetings import Known
from uppdrag.service.queries import Matrix
from uppdrag.service.rows import cell_row, counts_row, day
from uppdrag.words import planning
from workflow.following import DecisionTaken
from workflow.lifecycle import Lifecycle, RegionTransition, State, Transition
from workflow.model import Region
from workflow.planning import RegionPlan
from workflow.sammantraden import CHEFSGRUPP
from workflow.status import StatusRow


def matrix_rows(found: Matrix, year: int) -> list[dict[str, Any]]:
    """One row per uppdrag and region; `year` is the one that days are told without."""
    rows, regions = {row.id: row for row in found.rows}, {r.lanskod: r for r in found.regions}
    return [
        {
            **cell_row(c), "title": rows[c.uppdrag].shown_title, "uppdrag_state": rows[c.uppdrag].state,
            "lifecycle": rows[c.uppdrag].lifecycle, "region_name": regions[c.region].short_name,
            "samverkansregioner": list(regions[c.region].samverkansregioner),
            **_fit_row(found.fits.get((c.uppdrag, c.region)), year),
        }
        for c in found.cells.values()
    ]  # fmt: skip


def region_rows(found: RegionInHand, year: int) -> list[dict[str, Any]]:
    """One row per uppdrag that the region has in hand, in the same order as people see them."""
    return [_in_hand_row(i, year) for i in (*found.open, *found.decided)]


def adaptations_rows(found: Adaptations, regions: Mapping[str, Region]) -> list[dict[str, Any]]:
    """One row per decision that stands, beside what was recommended."""
    r = found.recommended
    recommended = {"version": r.version or None, "paragraph": r.paragraph or None, "on": r.on or None}
    return [
        {
            "uppdrag": found.row.id, "title": found.row.shown_title, "region_name": words.region(regions, d.region),
            **_taken_row(d, found.row), "counts_as": d.category, "concluded": d.concluded, "recommended": recommended,
        }
        for d in found.taken
    ]  # fmt: skip


def plan_row(p: RegionPlan, year: int) -> dict[str, Any]:
    """How a region fits a window; `year` is the one that days are told without."""
    notes = [planning.note(n, year=year) for n in p.notes]
    return {
        "region": p.region,
        "chain": [
            {"body": link.body, "date": link.first.isoformat(), "papers_by": day(link.papers_by)} for link in p.chain
        ],
        "send_by": day(p.send_by), "decides_on": day(p.decides_on), "slack_working_days": p.slack_working_days,
        "verdict": p.verdict, "missing": planning.missing(p.missing, year=year),
        "why": " ".join([planning.why(p, year=year), *notes]),
    }  # fmt: skip


def meeting_row(k: Known) -> dict[str, Any]:
    """A meeting and its handlingsstopp; chefsgruppen has no region."""
    m = k.meeting
    return {
        "region": None if m.region == CHEFSGRUPP else m.region, "body": m.body, "date": day(m.first),
        "last_day": day(m.last), "papers_by": day(k.papers_by),
        "papers_rule": {"working_days": k.rule.working_days, "before": k.rule.before, "by": k.rule.stated_by or None}
        if k.rule else None,
        "published_on": day(m.published_on), "period": m.period or None, "source": m.source or None,
        "example": m.example,
    }  # fmt: skip


def region_row(r: Region) -> dict[str, Any]:
    """A region as the organisation declares it."""
    return {
        "lanskod": r.lanskod, "name": r.name, "short_name": r.short_name, "county": r.county,
        "samverkansregioner": list(r.samverkansregioner), "fullmaktige": r.fullmaktige, "styrelse": r.styrelse,
    }  # fmt: skip


def definition_row(d: Listed) -> dict[str, Any]:
    """A published version of something declared."""
    return {
        "kind": d.kind, "id": d.id, "version": d.version, "label": d.label, "digest": d.digest, "uppdrag": d.uppdrag,
    }  # fmt: skip


def lifecycle_row(lc: Lifecycle) -> dict[str, Any]:
    """A declared process: its states, steps and deadlines, and the region's own track."""
    track = lc.track
    return {
        "id": lc.id, "version": lc.version, "label": lc.label, "description": lc.description,
        "states": [_state_row(s) for s in lc.states], "transitions": [_step_row(t) for t in lc.transitions],
        "deadlines": [{"id": d.id, "label": d.label, "regional": d.regional} for d in lc.deadlines],
        "track": {
            "states": [_state_row(s) for s in track.states], "transitions": [_step_row(t) for t in track.transitions],
            "outcomes": [
                {"id": o.id, "label": o.label, "final": o.final, "counts_as": o.counts or None,
                 "requires": list(o.requires)}
                for o in track.outcomes
            ],
            "open_in": list(track.open_in), "bodies": list(track.bodies),
        } if track else None,
    }  # fmt: skip


def _state_row(s: State) -> dict[str, Any]:
    return {"id": s.id, "label": s.label, "initial": s.initial, "final": s.final}


def _step_row(t: Transition | RegionTransition) -> dict[str, Any]:
    return {
        "trigger": t.trigger, "label": t.label, "sources": list(t.sources), "target": t.target, "roles": list(t.roles),
        "automatic": isinstance(t, Transition) and t.automatic,
        "facts": [
            {"name": f.name, "label": f.label, "type": f.type, "required": f.required, "choices": list(f.choices)}
            for f in t.facts
        ],
    }  # fmt: skip


def _fit_row(fits: RegionPlan | None, year: int) -> dict[str, Any]:
    if fits is None:
        return {"verdict": None, "papers_by": None, "why": None}
    return {"verdict": fits.verdict, "papers_by": day(fits.send_by), "why": planning.why(fits, year=year)}


def _in_hand_row(i: InHand, year: int) -> dict[str, Any]:
    w = i.window
    return {
        **cell_row(i.cell), "open": i.open, "title": i.row.shown_title, "uppdrag_state": i.row.state,
        "lifecycle": i.row.lifecycle, "paused": i.row.paused, "sensitive": i.row.sensitive,
        "window": {"text": w.text, "first": day(w.first), "last": day(w.last)} if w else None,
        **_fit_row(i.fits, year),
        "others": {
            **counts_row(i.others),
            "adaptations": [_taken_row(d, i.row, public=True) for d in i.adapted],
        },
    }  # fmt: skip


def _taken_row(d: DecisionTaken, row: StatusRow, *, public: bool = False) -> dict[str, Any]:
    """A decision as a row. Free text about a sensitive uppdrag stays in the house; `public`: so do the notes."""
    told = {
        "region": d.region, "outcome": d.outcome, "version": d.proposal_version or None,
        "adaptation": (d.adaptation or None) if not row.sensitive else None, "body": d.body or None,
        "decided_on": day(d.on), "paragraph": d.paragraph or None, "source": d.source or None,
    }  # fmt: skip
    return told if public else {**told, "note": (d.note or None) if not row.sensitive else None}
