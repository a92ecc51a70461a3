"""Over random histories, from the outside: terminal, page, letter, workbook and API all say the same numbers."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any, cast

import docx
import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own

from tests.api import calling
from tests.integration.test_numbers_agree import live
from tests.journeys.command_line import CommandLine
from tests.web import SETTINGS, visiting
from uppdrag.service.house import House
from workflow.calendar import STOCKHOLM
from workflow.figures import Period, month_before

Counts = tuple[int, ...]
"""Of one uppdrag: concerned regions, and those that have adopted, rejected, found it not theirs, and are left."""
NAMES = ("concerned", "adopted", "rejected", "not_concerned", "pending")
SIGNS = {"●": 1, "◐": 1, "✕": 2, "–": 3}
"""Where a sign of the matrix is counted; an open one is left."""
_ROW = re.compile(r"<tr>\s*<td[^>]*><a [^>]*>([^<]+)</a>.*?<td class=\"tal\">(.*?)</td>.*?</tr>", re.DOTALL)


@pytest.mark.parametrize("seed", range(3))
def test_every_door_says_the_same_numbers(
    house: House, command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seed: int
) -> None:
    now = live(house, random.Random(seed)).astimezone(STOCKHOLM)
    month = month_before(now.date())
    monkeypatch.setenv("UPPDRAG_NOW", f"{now:%Y-%m-%dT%H:%M}")

    rows = command_line("status", "--format", "json").json()
    told = {r["id"]: tuple(r["regions"][name] for name in NAMES) for r in rows if r["regions"]["concerned"]}
    assert sum(adopted + rejected for _, adopted, rejected, _, _ in told.values())

    assert dict(_of_the_matrix(command_line("matrix").out)) == told
    assert command_line("report", "workbook", "--output", str(tmp_path)).status == 0
    book = load_workbook(tmp_path / f"uppdrag-{now:%Y-%m-%d}.xlsx")
    assert dict(_of_the_workbook(book)) == told
    with calling(house) as other:
        other.log_in()
        items = other.get("/uppdrag").json()["items"]
    assert {i["id"]: tuple(i["regions"][n] for n in NAMES) for i in items if i["regions"]["concerned"]} == told

    assert command_line("letter", "draft", month.name, "--by", "Anna Ek").status == 0
    assert command_line("report", "letter", "--period", month.name, "--format", "docx", "--output", str(tmp_path)).out
    letter = docx.Document(str(tmp_path / f"manadsbrev-{month.name}.docx"))
    assert dict(_of_the_letter(letter)) == told
    with visiting(house, replace(SETTINGS, fixed_now=now)) as at:
        at.log_in("kansli", now=now)
        page, figure = at.get("/uppdrag").text, at.get(f"/rapporter/{month.name}/siffra/regionerna").text
    assert dict(_of_the_page(page)) == {id: f"{c - left} av {c}" for id, (c, *_, left) in told.items()}
    decided = _decided_in(book, month)
    assert _number(letter, "Beslut i regionerna") == len(decided)
    assert figure.count("<tr>") - 1 == len(decided)


def _of_the_matrix(text: str) -> Iterator[tuple[str, Counts]]:
    for line in text.splitlines():
        if line.startswith("U20"):
            cells = re.findall(r"[●◐✕–○↩◌›»·]", line[line.index("/") :])
            counted = [sum(SIGNS.get(c) == kind for c in cells) for kind in (1, 2, 3)]
            yield line.split()[0], (len(cells), *counted, len(cells) - sum(counted))


def _of_the_workbook(book: Any) -> Iterator[tuple[str, Counts]]:
    heads, *rows = book["Uppdrag"].iter_rows(values_only=True)
    wanted = [heads.index(h) for h in ("Berörda regioner", "Antagit", "Avslagit", "Ej berörda", "Återstår")]
    for row in rows:
        if row[wanted[0]]:
            yield row[0], tuple(int(row[at]) for at in wanted)


def _of_the_letter(letter: Any) -> Iterator[tuple[str, Counts]]:
    (table,) = (t for t in letter.tables if t.rows[0].cells[-1].text == "Kvar")
    for row in table.rows[1:]:
        about, concerned, adopted, _, rejected, not_concerned, left = (c.text for c in row.cells)
        yield about.split()[0], tuple(map(int, (concerned, adopted, rejected, not_concerned, left)))


def _of_the_page(page: str) -> Iterator[tuple[str, str]]:
    for id, many in _ROW.findall(page):
        if " av " in (text := unescape(many).replace("\xa0", " ")):
            yield id, text


def _decided_in(book: Any, month: Period) -> Sequence[Any]:
    heads, *rows = book["Regioner"].iter_rows(values_only=True)
    kind, day = heads.index("Räknas som"), heads.index("Beslutsdag")
    return [r for r in rows if r[kind] != "öppen" and r[day] and month.holds(cast(date, r[day].date()))]


def _number(letter: Any, label: str) -> int:
    return next(int(r.cells[1].text) for t in letter.tables for r in t.rows if r.cells[0].text == label)
