"""A workbook keeps what it was given as what it is, and runs nothing."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own

from tests.cast import NOW
from tests.reliability import Tried
from uppdrag.documents.sheet import Book, Cell, Column, Sheet, write

HOSTILE = (
    "=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\x0b=1", "\u2028=1", "a\x00b\ud800", "<b>&",
    "å" * 40_000,
)  # fmt: skip


def written(*rows: tuple[Cell, ...]) -> Any:
    made = BytesIO()
    columns = (Column("Nummer", "Nummer."), Column("Länskod", "Kod."), Column("Dag", "Dag."), Column("Antal", "=Antal"))
    book = Book(
        title="Prov", author="Kansliet", created=NOW, about=(("Uttaget", "nu"),),
        sheets=(Sheet(name="Blad", columns=columns, rows=rows),),
    )  # fmt: skip
    write(book, made)
    return load_workbook(made)


def test_days_are_days_numbers_numbers_and_a_lanskod_text() -> None:
    sheet = written(("U2026-01", "03", date(2026, 3, 27), 21), ("U2026-02", "", None, True))["Blad"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "d", "n"]
    assert [cell.value for cell in sheet[2]] == ["U2026-01", "03", datetime.fromisoformat("2026-03-27"), 21]
    assert sheet["C2"].number_format == "yyyy-mm-dd"
    assert [cell.value for cell in sheet[3]] == ["U2026-02", None, None, "ja"]


def test_the_header_stays_and_every_row_is_within_the_filter() -> None:
    sheet = written(("a", "b", None, 1), ("c", "d", None, 2))["Blad"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:D3"
    assert sheet["A1"].font.bold
    assert sheet.column_dimensions["B"].width == 14


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_becomes_a_formula_or_breaks_the_file(text: str, tried: Tried) -> None:
    cell = written((text, text, None, 1))["Blad"]["A2"]
    assert cell.data_type == "s"
    assert not str(cell.value).startswith(("=", "+", "-", "@"))
    tried("Indata", "text som kunde bli en formel i en arbetsbok", 1, "var bara text")


def test_the_last_sheet_says_what_the_file_is_and_what_stands_in_each_column() -> None:
    book = written(("a", "b", None, 1))
    told = [[cell.value for cell in row] for row in book["Om filen"].iter_rows()]
    assert book.sheetnames == ["Blad", "Om filen"]
    assert told[1][:2] == ["Uttaget", "nu"]
    assert told[-1] == [None, "Antal", "'=Antal"]
