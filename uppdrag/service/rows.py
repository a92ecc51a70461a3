"""Answers to commands and questions as rows for programs: the command line's JSON and the API's. Keys are stable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from uppdrag import words
from uppdrag.service import tracks
from uppdrag.service.commands import Answer
from uppdrag.service.queries import Detail
from workflow.engine import Option
from workflow.events import Advanced, Corrected, Recorded, RegionAdvanced, RegionDecided
from workflow.model import Decision, FactValue, Link, Regionbeslut, Task
from workflow.sendout import Asked, last_asked, sending
from workflow.status import Cell, RegionCounts, StatusRow


def day(value: date | None) -> str | None:
    """A day as ISO text."""
    return value.isoformat() if value else None


def answer_row(a: Answer) -> dict[str, Any]:
    """What a command came to."""
    return {
        "uppdrag": a.uppdrag, "state": a.state, "events": [e.id for e in a.events], "repeated": a.repeated,
        "dry_run": a.dry_run, "warnings": [words.sentence(w) for w in a.warnings],
    }  # fmt: skip


def status_row(row: StatusRow) -> dict[str, Any]:
    """An uppdrag in a list, with the neutral title where it is sensitive."""
    d = row.deadline
    return {
        "id": row.id, "title": row.shown_title, "lifecycle": row.lifecycle, "lifecycle_version": row.lifecycle_version,
        "state": row.state, "final": row.final, "paused": row.paused, "owner": row.owner or None,
        "dnr": row.dnr or row.directive or None, "directive": row.directive or None, "section": row.section or None,
        "plan": row.plan or None, "standing": row.standing or None,
        "deadline": {"id": d.id, "text": d.text, "first": day(d.first), "last": day(d.last)} if d else None,
        "regions": counts_row(row.regions), "overdue": row.overdue, "sensitive": row.sensitive,
        "changed_at": row.changed_at.isoformat(),
    }  # fmt: skip


def counts_row(r: RegionCounts) -> dict[str, int]:
    """How the concerned regions divide."""
    return {
        "concerned": r.concerned, "decided": r.decided, "adopted": r.adopted, "rejected": r.rejected,
        "not_concerned": r.not_concerned, "pending": r.pending,
    }  # fmt: skip


def detail_row(d: Detail) -> dict[str, Any]:
    """One uppdrag in full."""
    u = d.matter.uppdrag
    return {
        **status_row(d.row),
        "source": u.source or None, "parent": u.parent or None, "round": u.round, "notes": u.notes or None,
        "proposal_version": u.proposal_version or None, "networks": list(u.networks),
        "times": [
            {"id": t.deadline, "text": t.span.text, "first": day(t.span.first), "last": day(t.span.last),
             "reading": t.span.reading, "interpreted": t.span.interpreted, "met": t.met}
            for t in u.times
        ],
        "task": task_row(u.task),
        "consultations": [
            {"number": c.number, "answer_by": day(c.answer_by), "open": c.open, "summary": c.summary or None,
             "answers": [
                 {"recipient": a.recipient, "answer": a.answer or None, "text": a.text or None} for a in c.answers
             ]}
            for c in u.consultations
        ],
        "region_states": region_state_rows(d),
    }  # fmt: skip


def region_state_rows(d: Detail) -> list[dict[str, Any]]:
    """Each region on one uppdrag, by länskod: where it stands, what it was sent and asked, its road to a decision."""
    return [
        {**cell_row(c), **sent, **road}
        for c, sent, road in zip(d.cells, sent_rows(d), road_rows(d), strict=True)
    ]  # fmt: skip


def cell_row(c: Cell) -> dict[str, Any]:
    """One region on one uppdrag."""
    return {
        "uppdrag": c.uppdrag, "region": c.region, "state": c.state, "outcome": c.outcome or None,
        "counts_as": c.category or None, "decided_on": day(c.decided_on), "body": c.body or None,
        "paragraph": c.paragraph or None, "source": c.source or None, "version": c.proposal_version or None,
        "planned_on": day(c.planned_on), "planned_body": c.planned_body or None, "dnr": c.dnr or None,
    }  # fmt: skip


def sent_rows(d: Detail) -> list[dict[str, Any]]:
    """What each region has been sent and asked, in order of länskod."""
    asked = last_asked(d.history)
    return [_sent_row(d, rb, asked.get(lanskod)) for lanskod, rb in sorted(d.matter.regions.items())]


def road_rows(d: Detail) -> list[dict[str, Any]]:
    """The plans, tasks and decisions of each region, in order of länskod."""
    laga_kraft = tracks.laga_kraft(d.matter)
    return [
        {
            "planned_body": rb.planned_body or None, "planned_chain": _link_rows(rb.planned_chain),
            "task": task_row(rb.task),
            "decisions": [
                {**decision_row(one), "laga_kraft_tidigast": day(laga_kraft.get((lanskod, one.number)))}
                for one in rb.decisions
            ],
        }
        for lanskod, rb in sorted(d.matter.regions.items())
    ]  # fmt: skip


def decision_row(d: Decision) -> dict[str, Any]:
    """A decision in full."""
    return {
        "number": d.number, "outcome": d.outcome, "kind": d.kind, "body": d.body or None, "on": day(d.on),
        "paragraph": d.paragraph or None, "dnr": d.dnr or None, "version": d.proposal_version or None,
        "complete": d.complete, "withdrawn": d.withdrawn, "links": _link_rows(d.links), "justerat": day(d.justerat),
        "tillkannagivet": day(d.tillkannagivet), "delegationspunkt": d.delegationspunkt or None,
        "reported_to": d.reported_to or None, "reported_on": day(d.reported_on), "task": task_row(d.task),
    }  # fmt: skip


def task_row(task: Task | None) -> dict[str, Any] | None:
    """What the kansli has to complete."""
    return {"what": task.what or None, "owner": task.owner or None, "due": day(task.due)} if task else None


def options_rows(options: Sequence[Option]) -> list[dict[str, Any]]:
    """What can happen next."""
    return [
        {
            "trigger": o.trigger, "label": o.label, "target": o.target, "allowed": o.allowed, "automatic": o.automatic,
            "roles": list(o.roles),
            "facts": [
                {"name": a.fact.name, "label": a.fact.label, "type": a.fact.type, "required": a.fact.required,
                 "choices": list(a.fact.choices), "known": _known(a.known)}
                for a in o.facts
            ],
            "reasons": [{"code": r.code, "text": words.sentence(r)} for r in o.reasons],
        }
        for o in options
    ]  # fmt: skip


def history_row(recorded: Recorded, text: str) -> dict[str, Any]:
    """One event, with what it says in words."""
    e = recorded.event
    return {
        "id": recorded.id, "kind": type(e).__name__, "on": day(recorded.on),
        "registered_at": recorded.registered_at.isoformat(), "role": recorded.actor.role, "by": recorded.actor.name,
        "state": recorded.state, "backfilled": recorded.backfilled, "region": recorded.region or None,
        "trigger": e.trigger if isinstance(e, Advanced | RegionAdvanced) else None,
        "outcome": e.decision.outcome if isinstance(e, RegionDecided) else None,
        "replaces": f"{recorded.stream}/{e.replaces}" if isinstance(e, Corrected) else None,
        "why": getattr(e, "why", None), "text": text,
        "decision": decision_row(decision) if (decision := getattr(e, "decision", None)) else None,
    }  # fmt: skip


def _sent_row(d: Detail, rb: Regionbeslut, asked: Asked | None) -> dict[str, Any]:
    step = sending(d.lifecycle)
    on = rb.facts.get(step.trigger, {}).get("on") if step and rb.sent_version else None
    return {
        "region": rb.region, "sent_version": rb.sent_version or None, "sent_on": on, "channel": rb.channel or None,
        "asked_on": asked.on.isoformat() if asked else None, "asked_by": asked.by if asked else None,
    }  # fmt: skip


def _link_rows(links: tuple[Link, ...]) -> list[dict[str, Any]]:
    return [{"body": one.body, "on": day(one.on), "paragraph": one.paragraph or None} for one in links]


def _known(value: FactValue | None) -> Any:
    return list(value) if isinstance(value, tuple) else value
