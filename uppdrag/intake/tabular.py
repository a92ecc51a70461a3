"""A table from outside, CSV or XLSX → its lines by column. Every line that cannot be read is kept with its number."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from workflow.errors import Refusal

SIZE_LIMIT = 5 * 1024 * 1024
UNPACKED_LIMIT = 20 * 1024 * 1024
MARKUP_LIMIT = 500_000  # of `<` in all of a workbook: each becomes an object many times as large
PARTS_LIMIT = 2_000
ROW_LIMIT = 5_000
COLUMN_LIMIT = 100

Columns = Mapping[str, tuple[str, ...]]
"""Each column with the headings it may have, the one that people are told first."""

Refused = tuple[int, Refusal]
"""A line's number, and why it cannot be read."""

_Row = tuple[int, Sequence[str | Refusal]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: its number (the heading is 1), and its cells by column, trimmed."""

    number: int
    cells: Mapping[str, str]


def read(content: bytes, columns: Columns, required: Iterable[str]) -> tuple[list[Line], list[Refused]]:
    """The lines of a CSV file or of the first sheet of a workbook, told apart by how the file begins."""
    if len(content) > SIZE_LIMIT:
        return [], [(1, Refusal.of("file_too_large", limit=f"{SIZE_LIMIT // 1024 // 1024} MB"))]
    lines, refused = (read_xlsx if content.startswith(b"PK") else read_csv)(content, columns, required)
    if len(lines) > ROW_LIMIT:
        return [], [(lines[ROW_LIMIT].number, Refusal.of("too_many_rows", limit=ROW_LIMIT))]
    return lines, refused


def read_csv(content: bytes, columns: Columns, required: Iterable[str]) -> tuple[list[Line], list[Refused]]:
    """The lines of a CSV file, and those that cannot be read with the reason.

    UTF-8, or what Excel writes on Swedish Windows (cp1252, or UTF-16 as "Unicode-text"); comma, semicolon or tab
    between the cells.
    """
    text = _decoded(content)
    first, _, _ = text.partition("\n")
    divider = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True)
    try:
        return _lines(((reader.line_num, cells) for cells in reader), columns, required)
    except csv.Error:
        return [], [(reader.line_num, Refusal.of("unreadable_line"))]


def read_xlsx(content: bytes, columns: Columns, required: Iterable[str]) -> tuple[list[Line], list[Refused]]:
    """The lines of a workbook's first sheet. Dates become ISO text, yes and no `ja` and `nej`, formulas their value."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if any("vbaproject" in part.filename.casefold() for part in archive.infolist()):
                return [], [(1, Refusal.of("workbook_with_macros"))]
            if _is_bomb(archive):
                return [], [(1, Refusal.of("file_too_large", limit=f"{UNPACKED_LIMIT // 1024 // 1024} MB uppackad"))]
        return _lines(_sheet(content), columns, required)
    except Exception:  # noqa: BLE001 - whatever is wrong inside a file from outside, it cannot be read
        return [], [(1, Refusal.of("unreadable_workbook"))]


def _is_bomb(archive: zipfile.ZipFile) -> bool:
    """Whether it would become unreasonably large, whatever it says of itself."""
    parts = archive.infolist()
    unpacked = marks = 0
    for part in parts[: PARTS_LIMIT + 1]:
        with archive.open(part) as file:
            while piece := file.read(1 << 16):
                unpacked += len(piece)
                marks += piece.count(b"<")
                if unpacked > UNPACKED_LIMIT or marks > MARKUP_LIMIT:
                    return True
    return len(parts) > PARTS_LIMIT


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _lines(rows: Iterable[_Row], columns: Columns, required: Iterable[str]) -> tuple[list[Line], list[Refused]]:
    remaining = iter(rows)
    heading = next(remaining, None)
    if heading is None:
        return [], [(1, Refusal.of("empty_file"))]
    names, bad = _heading([cell if isinstance(cell, str) else "" for cell in heading[1]], columns, required)
    if bad:
        return [], [(heading[0], refusal) for refusal in bad]
    lines: list[Line] = []
    refused: list[Refused] = []
    for number, cells in remaining:
        if not any(isinstance(cell, Refusal) or cell.strip() for cell in cells):
            continue
        unread = [cell for cell in cells if isinstance(cell, Refusal)]
        if len(cells) != len(names):
            refused.append((number, Refusal.of("cells_missing", found=len(cells), wanted=len(names))))
        elif unread:
            refused += [(number, refusal) for refusal in unread]
        else:
            texts = (cell.strip() for cell in cells if isinstance(cell, str))
            lines.append(Line(number, dict(zip(names, texts, strict=True))))
    if not lines and not refused:
        refused.append((1, Refusal.of("empty_file")))
    return lines, refused


def _heading(cells: Sequence[str], columns: Columns, required: Iterable[str]) -> tuple[list[str], list[Refusal]]:
    if len(cells) > COLUMN_LIMIT:
        return [], [Refusal.of("too_many_columns", limit=COLUMN_LIMIT)]
    by_word = {word: name for name, words in columns.items() for word in words}
    names = [by_word.get(" ".join(cell.split()).casefold(), "") for cell in cells]
    known = ", ".join(words[0] for words in columns.values())
    bad = [Refusal.of("bad_column", column=cell.strip()[:60] or "utan namn", known=known)
           for cell, name in zip(cells, names, strict=True) if not name]  # fmt: skip
    twice = dict.fromkeys(name for name in names if name and names.count(name) > 1)
    bad += [Refusal.of("column_twice", column=columns[name][0]) for name in twice]
    bad += [Refusal.of("column_missing", column=columns[name][0]) for name in required if name not in names]
    return names, bad


def _sheet(content: bytes) -> Iterator[_Row]:
    """The rows of the first sheet as wide as its heading. Read twice: for the values, and for which are formulas."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not keep of a workbook is nothing that we read
        book = load_workbook(io.BytesIO(content), read_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size may be wrong
        width = 0
        rows = zip(_rows(book, sheet, data_only=True), _rows(book, sheet, data_only=False), strict=True)
        for number, (values, formulas) in enumerate(rows, start=1):
            if number > ROW_LIMIT * 2:  # also where most of them are empty
                yield number, [Refusal.of("too_many_rows", limit=ROW_LIMIT)] * width
                return
            cells = [_cell(value, formula) for value, formula in zip(values, formulas, strict=True)]
            while len(cells) > width and not cells[-1]:
                cells.pop()
            width = width or len(cells)
            yield number, cells


def _rows(book: Any, sheet: Any, *, data_only: bool) -> Iterator[Sequence[Any]]:
    """The cells of each row: their values, or their formulas. The workbook is read once for both, and twice as fast."""
    book._data_only = data_only  # what openpyxl looks at when the first row is asked for
    yield from sheet.iter_rows(max_col=COLUMN_LIMIT)


def _cell(value: Any, formula: Any) -> str | Refusal:
    if formula.data_type == "f" and value.value is None and value.data_type != "str":
        return Refusal.of("formula_unread", cell=value.coordinate)
    if value.data_type == "e":
        return Refusal.of("cell_error", cell=value.coordinate, value=value.value)
    return _text(value.value, value.number_format if value.value is not None else "")


def _text(value: object, number_format: str) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nej"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date():
            return value.isoformat()
        case int() | float() if value == int(value):
            whole = str(int(value))
            return whole.zfill(len(number_format)) if set(number_format) == {"0"} else whole  # 1 shown as 01
        case _:
            return str(value)
