"""A table to fill in and send back → XLSX and CSV. What a spreadsheet would take for a formula is made text."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any

from uppdrag.documents.document import plain

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SPARE_ROWS = 20
"""Empty rows that are ready to be filled in too: a region may take several decisions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its heading, how many characters wide it is, what may be chosen in it (empty: anything), and how to
    fill it in. `day`: it holds dates."""

    heading: str
    help: str
    width: int = 16
    choices: tuple[str, ...] = ()
    day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A table with what is known filled in. `created` is an aware moment; `notes` stand below how to fill it in."""

    title: str
    author: str
    created: datetime
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def neutral(text: str) -> str:
    """A cell's text that no spreadsheet takes for a formula."""
    cleaned = plain(text)
    return f"'{cleaned}" if text.startswith(_FORMULA) or cleaned.startswith(_FORMULA) else cleaned


def to_csv(form: Form) -> bytes:
    """The table as Excel on Swedish Windows opens it: UTF-8 with a mark, semicolons between the cells."""
    written = StringIO(newline="")
    rows = csv.writer(written, delimiter=";", lineterminator="\r\n")
    rows.writerow([neutral(column.heading) for column in form.columns])
    rows.writerows([neutral(cell) for cell in row] for row in form.rows)
    return written.getvalue().encode("utf-8-sig")


def to_xlsx(form: Form) -> bytes:
    """The table as a workbook: cells of text or dates, choices to choose from, and a sheet about how to fill it in."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own
    from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]  # as above

    book = Workbook()
    moment = form.created.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = book.properties
    properties.title, properties.creator, properties.language = plain(form.title), plain(form.author), "sv-SE"
    properties.lastModifiedBy, properties.created, properties.modified = plain(form.author), moment, moment
    sheet = book.active
    sheet.title, sheet.freeze_panes = "Beslut", "A2"
    _put(sheet, [column.heading for column in form.columns])
    for row in form.rows:
        _put(sheet, row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, column in enumerate(form.columns, start=1):
        _shape(sheet, number, column, len(form.rows))
    guide = book.create_sheet("Så fyller du i")
    _put(guide, ("Kolumn", "Så fyller du i"))
    for column in form.columns:
        _put(guide, (column.heading, column.help))
    for note in form.notes:
        _put(guide, ("", note))
    for cell in guide[1]:
        cell.font = Font(bold=True)
    guide.column_dimensions["A"].width, guide.column_dimensions["B"].width = 18, 90
    for (cell,) in guide.iter_rows(min_col=2, max_col=2):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def _put(sheet: Any, cells: Sequence[str]) -> None:
    sheet.append([neutral(cell) or None for cell in cells])


def _shape(sheet: Any, number: int, column: Column, rows: int) -> None:
    """A column's width, format and choices; the rows below the table are as ready as those in it."""
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # as above
    from openpyxl.worksheet.datavalidation import DataValidation  # type: ignore[import-untyped]  # as above

    letter, last = get_column_letter(number), 1 + rows + _SPARE_ROWS
    sheet.column_dimensions[letter].width = column.width
    for line in range(2, last + 1):
        sheet.cell(line, number).number_format = "yyyy-mm-dd" if column.day else "@"  # @ is text: 03 keeps its zero
    if column.choices:
        choice = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
        choice.errorTitle, choice.error = "Finns inte i listan", "Välj ett av alternativen i listan."
        choice.showErrorMessage = True
        sheet.add_data_validation(choice)
        choice.add(f"{letter}2:{letter}{last}")
