"""A table of decisions, as a registrator fills it in, → commands. Every bad line is kept with its number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from uppdrag.intake import tabular
from workflow.commands import Decide
from workflow.errors import Refusal
from workflow.facts import BadFact, clean_date, clean_number, clean_yes_no
from workflow.model import Actor

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "uppdrag": ("uppdrag", "id"),
    "region": ("region", "länskod", "lanskod"),
    "outcome": ("outcome", "utfall"),
    "body": ("body", "beslutsinstans", "instans"),
    "on": ("on", "datum", "date"),
    "paragraph": ("paragraph", "paragraf", "§"),
    "dnr": ("dnr", "diarienummer"),
    "adaptation": ("adaptation", "anpassning"),
    "note": ("note", "notering"),
    "source": ("source", "källa", "kalla"),
    "version": ("version",),
    "more_to_come": ("more_to_come", "fler beslut"),
    "kind": ("kind", "slag"),
    "links": ("links", "led", "förslag"),
    "justerat": ("justerat",),
    "tillkannagivet": ("tillkannagivet", "tillkännagivet"),
    "delegationspunkt": ("delegationspunkt",),
    "reported_to": ("reported_to", "anmält till"),
    "reported_on": ("reported_on", "anmält"),
    "missing": ("missing", "att komplettera"),
    "task_owner": ("task_owner", "vem som kompletterar"),
    "task_due": ("task_due", "komplettera senast"),
}
"""Each column with the headings it may have."""

REQUIRED = ("uppdrag", "region", "outcome")
_ASCII = str.maketrans("åäö", "aao")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: its number (the heading is 1), its uppdrag, and what it asks for."""

    number: int
    uppdrag: str
    command: Decide


def read(content: bytes, actor: Actor) -> tuple[list[Row], list[tuple[int, Refusal]]]:
    """The rows of a CSV file or a workbook, and every line that cannot be read with the reason."""
    lines, refused = tabular.read(content, COLUMNS, REQUIRED)
    rows: list[Row] = []
    for line in lines:
        row, wrong = _row(line.number, line.cells, actor)
        refused += [(line.number, refusal) for refusal in wrong]
        if row is not None:
            rows.append(row)
    return rows, refused


def outcome_id(words: str) -> str:
    """The id of an outcome as people write it: `Antagen med anpassning` → `antagen_med_anpassning`."""
    return "_".join(words.split()).casefold().translate(_ASCII)


_DAYS = ("on", "justerat", "tillkannagivet", "reported_on", "task_due")
_TEXTS = (
    "body", "paragraph", "dnr", "adaptation", "note", "source", "links", "delegationspunkt", "reported_to", "missing",
    "task_owner",
)  # fmt: skip


def _row(number: int, cells: Mapping[str, str], actor: Actor) -> tuple[Row | None, list[Refusal]]:
    wrong: list[Refusal] = []
    said: dict[str, Any] = {"version": None, "more_to_come": False}
    for name in (*_DAYS, *said):
        raw = cells.get(name, "").strip()
        if not raw:
            continue
        try:
            said[name] = _READ.get(name, clean_date)(raw)
        except BadFact as bad:
            wrong.append(Refusal.of(bad.code, fact=name, label=name, value=raw[:80], expected=bad.expected))
    if wrong:
        return None, wrong
    said |= {name: cells.get(name, "").strip() for name in _TEXTS}
    version, more = said.pop("version"), said.pop("more_to_come")
    region = cells["region"].strip()
    command = Decide(
        actor=actor, region=f"0{region}" if len(region) == 1 else region,  # a spreadsheet has taken the zero of 03
        outcome=outcome_id(cells["outcome"]), proposal_version=version,
        complete=not more, kind=cells.get("kind", "").strip() or "beslut", **said,
    )  # fmt: skip
    return Row(number, cells["uppdrag"].strip(), command), []


_READ: Mapping[str, Callable[[str], object]] = {"version": clean_number, "more_to_come": clean_yes_no}
