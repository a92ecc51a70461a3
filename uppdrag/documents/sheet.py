"""Lists → one XLSX workbook to work on: filters, a header that stays, real days and numbers, and no formulas.

Rows are written as they come, so that a workbook takes little memory whatever its length. openpyxl also reads what
comes in and writes the forms: one library for the format, although others write somewhat faster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import IO, Any

from uppdrag.documents.document import plain
from uppdrag.documents.form import neutral

Cell = str | int | Decimal | date | bool | None
"""What a cell holds: text (a länskod too: 03 keeps its zero), a number, a local day, yes or no, or nothing."""
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575
"""What a sheet of Excel holds below its header."""
_EACH = 5_000
_YES, _NO = "ja", "nej"
_ABOUT = "Om filen"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what stands in it in a sentence, and how many characters wide it is."""

    heading: str
    help: str
    width: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A list. Each row has a cell for each column; the rows may be made while they are written."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A workbook. `created` is the aware moment at which its content was true; `about` says what it is, line by
    line."""

    title: str
    author: str
    created: datetime
    about: tuple[tuple[str, str], ...]
    sheets: tuple[Sheet, ...]


def write(book: Book, to: IO[bytes], told: Callable[[int], None] = lambda _: None) -> int:
    """Write the workbook; how many rows its lists have. `told` is called now and then with how many there are so far.

    Raises ValueError where a list has more rows than Excel takes.
    """
    from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own

    made = Workbook(write_only=True)
    moment = book.created.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = made.properties
    properties.title, properties.creator, properties.language = plain(book.title), plain(book.author), "sv-SE"
    properties.lastModifiedBy, properties.created = plain(book.author), moment
    count = 0
    for one in book.sheets:
        count = _list(made.create_sheet(one.name), one, count, told)
    _describe(made.create_sheet(_ABOUT), book)
    made.save(to)
    return count


def _list(sheet: Any, one: Sheet, before: int, told: Callable[[int], None]) -> int:
    sheet.freeze_panes = "B2"
    _widths(sheet, [column.width for column in one.columns])
    sheet.append(_headings(sheet, [column.heading for column in one.columns]))
    append, rows = sheet.append, 0
    for rows, row in enumerate(one.rows, start=1):
        if rows > MOST_ROWS:
            raise ValueError(f"{one.name} has more than {MOST_ROWS} rows")
        append([_text(cell) if isinstance(cell, str) else cell if type(cell) is not bool else _YES if cell else _NO
                for cell in row])  # fmt: skip
        if rows % _EACH == 0:
            told(before + rows)
    sheet.auto_filter.ref = f"A1:{_letter(len(one.columns))}{rows + 1}"
    return before + rows


def _describe(sheet: Any, book: Book) -> None:
    """What the file is and when it was taken, and what stands in each column."""
    sheet.freeze_panes = "A2"
    _widths(sheet, [22, 26, 100])
    sheet.append(_headings(sheet, [book.title, "", ""]))
    for label, text in book.about:
        sheet.append([neutral(label), neutral(text)])
    for one in book.sheets:
        sheet.append([])
        sheet.append(_headings(sheet, [f"Bladet {one.name}", "Kolumn", "Vad som står där"]))
        for column in one.columns:
            sheet.append([None, neutral(column.heading), neutral(column.help)])


def _headings(sheet: Any, texts: Sequence[str]) -> list[Any]:
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]  # as above
    from openpyxl.styles import Font  # type: ignore[import-untyped]  # as above

    cells = [WriteOnlyCell(sheet, neutral(text)) for text in texts]
    for cell in cells:
        cell.font = Font(bold=True)
    return cells


def _widths(sheet: Any, widths: Sequence[int]) -> None:
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[_letter(number)].width = width


def _letter(number: int) -> str:
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # as above

    return str(get_column_letter(number))


@lru_cache(maxsize=20_000)  # the same few words stand in thousands of rows
def _text(cell: str) -> str | None:
    return neutral(cell) or None
