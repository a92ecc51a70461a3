"""How SQLite finds what the most used pages ask for: by which index, as docs/scale.md says it.

`python -m tests.integration.test_query_plans` prints what the program does today.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from storage import in_hand, listing, outbox, queries, reminders
from storage.statements import Statement
from uppdrag.service import setup
from uppdrag.service.house import House

pytestmark = pytest.mark.sqlite_file("how it finds what is asked for")

DOCS = Path(__file__).parents[2] / "docs" / "scale.md"
_TODAY, _NOW = date(2026, 3, 27), datetime(2026, 3, 27, 8, tzinfo=UTC)
_STATE: Mapping[str, Any] = {"lifecycle": "regiongemensamt", "version": 1, "state": "regionbeslut"}
ASKED: tuple[tuple[str, Statement, Mapping[str, Any]], ...] = (
    ("nästa 50 uppdrag i listan", queries._status(frozenset({"after", "limit"})),
     {"after_year": 2026, "after_number": 7, "limit": 50}),
    ("pågående uppdrag i nummerordning", listing._page(frozenset({"open"}), ""), {"limit": 50, "skip": 0}),
    ("hur många som pågår", listing._count(frozenset({"open"})), {}),
    ("hur många som är efter planerad tid", listing._count(frozenset({"overdue"})), {"today": _TODAY}),
    ("uppdrag som väntar på en region", in_hand._open(True, False), {**_STATE, "region": "03", "limit": 50}),
    ("nästa sida av dem", in_hand._open(True, True),
     {**_STATE, "region": "03", "limit": 50, "due": _TODAY, "year": 2026, "number": 7}),
    ("en regions senaste beslut", in_hand._decided(True), {"region": "03", "limit": 40}),
    ("hur många en region är klar med", in_hand._concluded, {"region": "03"}),
    ("ett uppdrags regioner", queries._cells(frozenset({"uppdrag"})), {"uppdrag": "U2026-01"}),
    ("mejl om ett uppdrag", outbox._about, {"of": "U2026-01", "at_most": 500}),
    ("vad klockan ska titta på", reminders._due, {"now": _NOW, "most": 100}),
)  # fmt: skip


def plans(house: House) -> Iterator[tuple[str, list[str]]]:
    with house.database.reading() as session:
        for what, statement, given in ASKED:
            compiled = statement.on(session.dialect)
            rows = session.connection.execute(f"EXPLAIN QUERY PLAN {compiled.sql}", compiled.arguments(given))
            yield what, [row[3] for row in rows.fetchall()]


def written(house: House) -> str:
    """The plans as the document has them."""
    return "\n".join(line for what, steps in plans(house) for line in (what, *filter(None, map(_said, steps))))


def _said(step: str) -> str:
    """A step as a person reads it; how it is worded differs between versions of SQLite."""
    found = re.match(r"SEARCH (\w+) USING (COVERING )?(?:INDEX (\S+)|PRIMARY KEY)", step)
    if found is None:
        return ""
    return f"    {found[1]}: {found[3] or 'primärnyckeln'}{' (inget annat läses)' if found[2] else ''}"


def test_no_page_reads_more_than_it_shows(house: House) -> None:
    for what, steps in plans(house):
        assert not [s for s in steps if s.startswith("SCAN")], what
        assert any("INDEX" in s or "PRIMARY KEY" in s for s in steps), what


def test_the_document_shows_them(house: House) -> None:
    found = re.search(r"```plan\n(.*?)\n```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    assert found[1] == written(house)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        setup.init(f"sqlite:///{folder}/plan.db", now=_NOW)
        sys.stdout.write(written(House.open(f"sqlite:///{folder}/plan.db")) + "\n")
