"""How each region came to its decisions, and what is left for the kansli to complete: for `status ID` and `next`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import typer

from uppdrag import words
from uppdrag.service import tracks
from uppdrag.service.queries import Detail
from workflow.model import Link, Matter, Region, Regionbeslut


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
