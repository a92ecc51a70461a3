"""A table of decisions, as a registrator fills it in, → commands. Every bad line is kept with its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

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
}
"""Each column with the headings it may have."""

REQUIRED = ("uppdrag", "region", "outcome")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: its number (the heading is 1), its uppdrag, and what it asks for."""

    number: int
    uppdrag: str
    command: Decide


def read_csv(content: bytes, actor: Actor) -> tuple[list[Row], list[tuple[int, Refusal]]]:
    """The rows of a CSV file, and every line that cannot be read with the reason."""
    lines, refused = tabular.read_csv(content, COLUMNS, REQUIRED)
    rows: list[Row] = []
    for line in lines:
        row, wrong = _row(line.number, line.cells, actor)
        refused += [(line.number, refusal) for refusal in wrong]
        if row is not None:
            rows.append(row)
    return rows, refused


def _row(number: int, cells: Mapping[str, str], actor: Actor) -> tuple[Row | None, list[Refusal]]:
    wrong: list[Refusal] = []
    on: date | None = None
    version: int | None = None
    more = False
    for name in ("on", "version", "more_to_come"):
        raw = cells.get(name, "").strip()
        if not raw:
            continue
        try:
            if name == "on":
                on = clean_date(raw)
            elif name == "version":
                version = clean_number(raw)
            else:
                more = clean_yes_no(raw)
        except BadFact as bad:
            wrong.append(Refusal.of(bad.code, fact=name, label=name, value=raw[:80], expected=bad.expected))
    if wrong:
        return None, wrong
    texts = {n: cells.get(n, "").strip() for n in ("body", "paragraph", "dnr", "adaptation", "note", "source")}
    command = Decide(
        actor=actor, on=on, region=cells["region"].strip(), outcome=cells["outcome"].strip(), proposal_version=version,
        complete=not more, **texts,  # type: ignore[arg-type]  # texts only
    )  # fmt: skip
    return Row(number, cells["uppdrag"].strip(), command), []
