"""How each region came to its decisions, and what is left for the kansli to complete: for `status ID` and `next`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import typer

from uppdrag import words
from uppdrag.service import tracks
from uppdrag.service.queries import Detail
from workflow.model import Decision, Link, Matter, Region, Regionbeslut, Task


def rows(d: Detail) -> list[dict[str, Any]]:
    """The plans, tasks and decisions of each region, in order of länskod, as rows."""
    laga_kraft = tracks.laga_kraft(d.matter)
    return [
        {
            "planned_body": rb.planned_body or None, "planned_chain": _links(rb.planned_chain),
            "task": task_row(rb.task),
            "decisions": [
                {**decision_row(one), "laga_kraft_tidigast": _day(laga_kraft.get((lanskod, one.number)))}
                for one in rb.decisions
            ],
        }
        for lanskod, rb in sorted(d.matter.regions.items())
    ]  # fmt: skip


def decision_row(d: Decision) -> dict[str, Any]:
    """A decision in full, as a row."""
    return {
        "number": d.number, "outcome": d.outcome, "kind": d.kind, "body": d.body or None, "on": _day(d.on),
        "paragraph": d.paragraph or None, "dnr": d.dnr or None, "version": d.proposal_version or None,
        "complete": d.complete, "withdrawn": d.withdrawn, "links": _links(d.links), "justerat": _day(d.justerat),
        "tillkannagivet": _day(d.tillkannagivet), "delegationspunkt": d.delegationspunkt or None,
        "reported_to": d.reported_to or None, "reported_on": _day(d.reported_on), "task": task_row(d.task),
    }  # fmt: skip


def task_row(task: Task | None) -> dict[str, Any] | None:
    """What the kansli has to complete, as a row."""
    return {"what": task.what or None, "owner": task.owner or None, "due": _day(task.due)} if task else None


def tasks(matter: Matter, regions: Mapping[str, Region]) -> None:
    """Say what the regions have asked the kansli to complete, what is due first on top."""
    asked = [(rb.task, rb.region) for rb in matter.regions.values() if rb.task is not None]
    for task, lanskod in sorted(asked, key=lambda pair: (pair[0].due or date.max, pair[1])):
        typer.echo(f"Att komplettera för {words.region(regions, lanskod)}: {words.task(task)}.")


def text(d: Detail, regions: Mapping[str, Region]) -> None:
    """Say how the regions came to their decisions, and how they plan to, where more is known than body and day."""
    laga_kraft = tracks.laga_kraft(d.matter)
    told = [
        f"{words.region(regions, rb.region)}: {line}."
        for _, rb in sorted(d.matter.regions.items())
        for line in (*_decided(rb, d, laga_kraft), *_planned(rb))
    ]
    if told:
        typer.echo()
    for line in told:
        typer.echo(line)


def _decided(rb: Regionbeslut, d: Detail, laga_kraft: Mapping[tuple[str, int], date]) -> list[str]:
    lines = []
    for one in rb.decisions:
        first = laga_kraft.get((rb.region, one.number))
        how = words.decided(one) if one.task is None else ""
        if not one.withdrawn and (how or first):
            last = f", laga kraft tidigast {first}" if first else ""
            lines.append(f"{words.outcome(d.lifecycle, one.outcome)}{words.where(one.body, one.paragraph)}{how}{last}")
    return lines


def _planned(rb: Regionbeslut) -> list[str]:
    if rb.concluded or not rb.planned_chain:
        return []
    chain = (*rb.planned_chain, Link(body=rb.planned_body, on=rb.planned_on))
    return [f"planerat {', '.join(map(words.link, chain))}"]


def _links(links: tuple[Link, ...]) -> list[dict[str, Any]]:
    return [{"body": one.body, "on": _day(one.on), "paragraph": one.paragraph or None} for one in links]


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
