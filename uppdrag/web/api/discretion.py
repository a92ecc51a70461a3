"""What leaves the kansli of a sensitive uppdrag: number, neutral title, state and the regions' decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uppdrag.service import readings
from workflow.status import StatusRow

Row = dict[str, Any]
_HIDDEN = ("owner", "dnr", "directive", "section", "source", "notes", "task")


def uppdrag(row: Row, of: StatusRow, *, whole: bool) -> Row:
    """An uppdrag, in a list or in full: as it is for who may see the `whole`, else with what is sensitive left out."""
    if whole:
        return {**row, "title": readings.title(of, whole)}
    if not of.sensitive:
        return row
    told = {**row, **{name: None for name in _HIDDEN if name in row}}
    if told["deadline"]:
        told["deadline"] = {**told["deadline"], "text": None}
    if "times" in told:
        told["times"] = [{**t, "text": None, "reading": None} for t in told["times"]]
        told |= {"networks": [], "consultations": []}
        told["region_states"] = [region(r, of, whole=whole) for r in told["region_states"]]
    return told


def region(row: Row, of: StatusRow, *, whole: bool) -> Row:
    """A region on an uppdrag; what the kansli is to complete is told to nobody else."""
    if whole or not of.sensitive:
        return row
    decisions = [{**d, "task": None} for d in row["decisions"]]
    return {**row, "task": None, "decisions": decisions}


def cells(rows: list[Row], of: Mapping[str, StatusRow], *, whole: bool) -> list[Row]:
    """Cells of the matrix, or of one region, with the uppdrag's title."""
    told = []
    for row in rows:
        about = of[row["uppdrag"]]
        if whole:
            told.append({**row, "title": readings.title(about, whole)})
        elif about.sensitive:
            told.append({**row, "why": None, **({"window": _without_words(row["window"])} if "window" in row else {})})
        else:
            told.append(row)
    return told


def _without_words(window: Row | None) -> Row | None:
    return {**window, "text": None} if window else None
