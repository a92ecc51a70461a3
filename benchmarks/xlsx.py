"""Writing every decision as a workbook: 210,000 of them, against the library writing the same cells, and the memory."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import page
from benchmarks.measure import Bar, take_turns
from benchmarks.scenario import NOW
from uppdrag.documents import sheet
from uppdrag.service import sheets
from uppdrag.service.house import House

UPPDRAG, MOST_MB = 10_000, 300
_DECIDED = """
INSERT INTO beslut SELECT uppdrag, region, 1, CAST(region AS INTEGER), 1,
    CASE length(region || uppdrag) % 3 WHEN 0 THEN 'antagen' WHEN 1 THEN 'avslagen' ELSE 'ej_berord' END,
    'RF', date('2026-04-01', abs(random() % 200) || ' days'), abs(random() % 200), 'RS 2026-' || abs(random() % 100000),
    '', '', 'protokollsutdrag', 1, 1, 0, 'beslut', '{}' FROM regionbeslut
"""
"""As the table would hold them; nothing that is measured reads the log."""


def measure(folder: Path, rounds: int) -> list[Bar]:
    house = House.open(f"sqlite:///{filled(folder)}")
    cells = _cells(house)
    if len(cells) != UPPDRAG * 21 + 1:
        raise AssertionError(f"{len(cells)} rows")

    turns = take_turns(
        rounds,
        {
            "ours": lambda: _write(house, folder / "ours.xlsx"),
            "theirs": lambda: _by_library(cells, folder / "theirs.xlsx"),
        },
        warm_up=0,
    )
    used = _memory(house.database.path, folder / "child.xlsx")
    return [
        turns.time("210 000 beslut som XLSX mot biblioteket: tid", "ours", "theirs", at_most=1.5),
        Bar(f"samma: högsta minne i MB mot {MOST_MB}", used / 1e3, MOST_MB / 1e3, used / MOST_MB, 1.0, False, None),
    ]  # fmt: skip


def filled(folder: Path) -> Path:
    """A database with ten thousand uppdrag on which every region has decided."""
    path = page.filled(folder, UPPDRAG)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(_DECIDED)
    connection.close()
    return path


def _write(house: House, to: Path) -> None:
    with sheets.whole(house, now=NOW) as book, to.open("wb") as file:
        sheet.write(replace(book, sheets=book.sheets[-1:]), file)


def _cells(house: House) -> list[list[Any]]:
    """The cells that ours come to, ready made: heading and rows."""
    with sheets.whole(house, now=NOW) as book:
        (*_, decided) = book.sheets
        return [[c.heading for c in decided.columns], *([_plain(cell) for cell in row] for row in decided.rows)]


def _plain(cell: Any) -> Any:
    return ("ja" if cell else "nej") if isinstance(cell, bool) else cell or None


def _by_library(cells: list[list[Any]], to: Path) -> None:
    from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own

    made = Workbook(write_only=True)
    blad = made.create_sheet("Beslut")
    for row in cells:
        blad.append(row)
    made.save(to)


def _memory(database: str, to: Path) -> float:
    """The peak of a process that does nothing else, in MB."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.xlsx", database, str(to)], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


if __name__ == "__main__":
    _write(House.open(f"sqlite:///{sys.argv[1]}"), Path(sys.argv[2]))
    # Not ru_maxrss: Linux lets a process inherit its parent's peak across exec.
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    print(int(peak) / 1024)
