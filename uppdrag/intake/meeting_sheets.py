"""Meetings → a table that people keep in a spreadsheet: CSV or XLSX, as `uppdrag.intake.meetings` reads them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from uppdrag.intake.meetings import COLUMNS, NOTHING
from workflow.sammantraden import PapersRule, Sammantrade

_FORMULA = ("=", "+", "-", "@")
_HEADINGS = tuple(words[0] for name, words in COLUMNS.items() if name != "cancelled")

_Cell = str | date


def write_csv(meetings: Iterable[Sammantrade], rules: Mapping[tuple[str, str], PapersRule]) -> bytes:
    """A CSV file (UTF-8 with a mark, so that Excel sees the letters); `rules` by region and body."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_HEADINGS)
    writer.writerows(_cells(m, rules) for m in meetings)
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(meetings: Iterable[Sammantrade], rules: Mapping[tuple[str, str], PapersRule]) -> bytes:
    """A workbook with one sheet. Days are days; a länskod is text and keeps its zero."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own

    book = Workbook()
    sheet = book.active
    sheet.title = "Sammanträden"
    sheet.freeze_panes = "A2"
    sheet.append(_HEADINGS)
    for number, m in enumerate(meetings, start=2):
        for column, value in enumerate(_cells(m, rules), start=1):
            cell = sheet.cell(number, column)
            cell.value = value or None
            cell.number_format = "yyyy-mm-dd" if isinstance(value, date) else "@"
    for letter, wide in zip("ABCDEFGHIJK", (9, 22, 12, 12, 15, 28, 22, 12, 14, 40, 9), strict=True):
        sheet.column_dimensions[letter].width = wide
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _cells(m: Sammantrade, rules: Mapping[tuple[str, str], PapersRule]) -> Sequence[_Cell]:
    rule = rules.get((m.region, m.body))
    days = f"{rule.working_days} {'arbetsdag' if rule.working_days == 1 else 'arbetsdagar'}" if rule else ""
    return (
        m.region, _plain(m.body), m.first, m.last if m.last != m.first else "", m.papers_by or "",
        f"{days} före {rule.before}" if rule else "", _plain(rule.stated_by) if rule else "", m.published_on or "",
        _plain(m.period), _plain(m.source), "ja" if m.example else "",
    )  # fmt: skip


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) and text != NOTHING else text
