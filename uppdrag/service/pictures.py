"""The pictures of the house as it stands: of one uppdrag, or of all of them. Each with its table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from uppdrag.documents import charts, charts_time
from uppdrag.documents.charts import Kind, Picture
from uppdrag.documents.charts_time import Bar
from uppdrag.documents.document import Block, Document, Heading, Paragraph
from uppdrag.service import queries
from uppdrag.service.house import House
from uppdrag.service.sheets import AUTHOR
from workflow.calendar import MONTHS, local_date
from workflow.following import window_of
from workflow.lifecycle import Lifecycle
from workflow.model import Region
from workflow.status import Cell, StatusFilter, StatusRow

_ADAPTED = "antagen_med_anpassning"
_NATIONAL = "regiongemensamt"


def of_uppdrag(house: House, id: str, *, now: datetime) -> list[Picture]:
    """The map of an uppdrag and its regions' decisions over time; empty where it has no regions. Raises NotFound."""
    found, today = queries.detail(house, id, now=now), local_date(now)
    if not found.cells:
        return []
    names = _names(queries.regions(house))
    kinds = {c.region: kind(c, found.lifecycle, found.row.state) for c in found.cells}
    concluded = [c for c in found.cells if c.category]
    window = window_of(found.lifecycle, found.matter.uppdrag.times)
    return [
        charts.region_map(f"Läget i regionerna: {id}", kinds, names, name=f"karta-{id}"),
        charts_time.decided_over_time(
            f"Regioner som har avslutat: {id}", [c.decided_on for c in concluded if c.decided_on], len(found.cells),
            (window.span.first, window.span.last) if window else None, today,
            undated=sum(c.decided_on is None for c in concluded), name=f"beslut-{id}",
        ),
    ]  # fmt: skip


def of_all(house: House, *, now: datetime) -> list[Picture]:
    """The plan by quarter, the uppdrag that lie with the regions against these, and how far the joint uppdrag have
    come. Pictures that there is nothing for are left out."""
    today = local_date(now)
    found = queries.matrix(house, StatusFilter(today=today))
    rows = queries.status(house, StatusFilter(today=today))
    kinds = queries.followed(house, rows)
    made = []
    if bars := [Bar(f"{r.id} {r.shown_title}", r.deadline.first, r.deadline.last, r.final) for r in rows if r.deadline]:
        bars.sort(key=lambda b: (b.last, b.first, b.text))
        made.append(charts_time.plan_by_quarter("Planen, kvartal för kvartal", bars, today))
    cells: dict[str, dict[str, Kind]] = {}
    by_id = {r.id: r for r in found.rows}
    for (id, region), cell in found.cells.items():
        lifecycle = kinds[by_id[id].lifecycle, by_id[id].lifecycle_version]
        cells.setdefault(id, {})[region] = kind(cell, lifecycle, by_id[id].state)
    if cells:
        told = [(f"{id} {by_id[id].shown_title}", held) for id, held in cells.items()]
        made.append(charts.by_region("Uppdragen mot regionerna", told, _names(found.regions)))
    if national := [r for r in rows if r.lifecycle == _NATIONAL]:
        made.append(charts.by_state("De regiongemensamma uppdragen i sin gång", _states(national, kinds)))
    return made


def document(pictures: Iterable[Picture], title: str, *, now: datetime, name: str) -> Document:
    """Pictures with their tables as a document."""
    today = local_date(now)
    blocks: list[Block] = [
        Heading(title, 1), Paragraph(f"Läget den {today.day} {MONTHS[today.month - 1]} {today.year}.", quiet=True)
    ]  # fmt: skip
    for picture in pictures:
        blocks += [Heading(picture.title), *picture.blocks()]
    return Document(title=title, author=AUTHOR, created=now, blocks=tuple(blocks), footer=title, name=name)


def kind(c: Cell, lifecycle: Lifecycle, state: str) -> Kind:
    """What a picture shows of a region on an uppdrag that is in a state: the same as the numbers count it as."""
    if c.category == "adopted":
        return "anpassad" if c.outcome == _ADAPTED else "antagen"
    if c.category:
        return "avslagen" if c.category == "rejected" else "ej_berord"
    if c.planned_on:
        return "planerad"
    asked = lifecycle.track is not None and state in lifecycle.track.open_in
    return "saknas" if asked else "oppen"


def _states(rows: Iterable[StatusRow], kinds: Mapping[tuple[str, int], Lifecycle]) -> list[tuple[str, int]]:
    """Every state in order, those too where nothing is."""
    counts = Counter(r.state for r in rows)
    newest = max((key for key in kinds if key[0] == _NATIONAL), key=lambda key: key[1])
    known = {s.id: s.label for s in kinds[newest].states}
    return [(known.get(id, id), counts[id]) for id in dict.fromkeys((*known, *counts))]


def _names(regions: Iterable[Region]) -> dict[str, str]:
    return {r.lanskod: r.short_name for r in regions}
