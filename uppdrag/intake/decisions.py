"""A table of decisions, as a registrator fills it in, → commands. Every bad line is kept with its number."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

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
    """The rows of a CSV file, and every line that cannot be read with the reason.

    UTF-8, or what Excel writes on Swedish Windows (cp1252); comma, semicolon or tab between the cells.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first, _, _ = text.partition("\n")
    divider = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True)
    try:
        return _rows(reader, actor)
    except csv.Error:
        return [], [(reader.line_num, Refusal.of("unreadable_line"))]


def _rows(reader: object, actor: Actor) -> tuple[list[Row], list[tuple[int, Refusal]]]:
    lines = iter(reader)  # type: ignore[call-overload]  # csv's reader type has no name of its own
    heading = next(lines, None)
    if heading is None:
        return [], [(1, Refusal.of("empty_file"))]
    names, bad = _heading(heading)
    if bad:
        return [], [(1, refusal) for refusal in bad]
    rows: list[Row] = []
    refused: list[tuple[int, Refusal]] = []
    for cells in lines:
        number = reader.line_num  # type: ignore[attr-defined]  # csv's reader type has no name of its own
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            refused.append((number, Refusal.of("cells_missing", found=len(cells), wanted=len(names))))
            continue
        row, wrong = _row(number, dict(zip(names, cells, strict=True)), actor)
        refused += [(number, refusal) for refusal in wrong]
        if row is not None:
            rows.append(row)
    if not rows and not refused:
        refused.append((1, Refusal.of("empty_file")))
    return rows, refused


def _heading(cells: list[str]) -> tuple[list[str], list[Refusal]]:
    by_word = {word: name for name, words in COLUMNS.items() for word in words}
    names = [by_word.get(cell.strip().casefold(), "") for cell in cells]
    known = ", ".join(COLUMNS)
    bad = [Refusal.of("bad_column", column=cell.strip()[:60] or "utan namn", known=known)
           for cell, name in zip(cells, names, strict=True) if not name]  # fmt: skip
    bad += [Refusal.of("column_twice", column=name) for name in dict.fromkeys(names) if name and names.count(name) > 1]
    bad += [Refusal.of("column_missing", column=name) for name in REQUIRED if name not in names]
    return names, bad


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
