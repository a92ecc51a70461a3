"""What följeforskningen gets: uppdrag, events and decisions as CSV without persons, and what each column means."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime
from io import StringIO
from typing import IO, Any

from storage import lines, queries, uppdrag
from uppdrag.documents.form import neutral
from uppdrag.service.house import House
from uppdrag.service.research_fields import BESLUT, FILES, HANDELSER, LEFT_OUT, UPPDRAG, Field
from workflow.calendar import local_date
from workflow.status import StatusFilter

DICTIONARY = "dataordlista.csv"
_EACH = 5_000


def write(
    house: House, to: Callable[[str], AbstractContextManager[IO[bytes]]], *, now: datetime,
    told: Callable[[int], None] = lambda _: None,
) -> dict[str, int]:  # fmt: skip
    """Write the files, each to what `to` gives for its name; how many lines each has. `told`: how many so far.

    All is read in one transaction. The same database gives the same bytes.
    """
    counts: dict[str, int] = {}
    with house.database.reading() as session:
        rows = queries.status(session, StatusFilter(today=local_date(now)))
        every: tuple[tuple[str, Iterable[Any]], ...] = (
            (UPPDRAG, (uppdrag.load(session, row.id, seq=0).uppdrag for row in rows)),
            (HANDELSER, lines.events(session)),
            (BESLUT, lines.decisions(session)),
        )
        for name, found in every:
            with to(name) as file:
                file.write(b"\xef\xbb\xbf" + _line([field.name for field in FILES[name]]))
                counts[name] = 0
                for one in found:
                    file.write(_line([_written(field, one) for field in FILES[name]]))
                    counts[name] += 1
                    if counts[name] % _EACH == 0:
                        told(sum(counts.values()))
    with to(DICTIONARY) as file:
        file.write(b"\xef\xbb\xbf")
        file.writelines(map(_line, dictionary()))
    return counts


def dictionary() -> Iterator[list[str]]:
    """The data dictionary: every column of every file, and every column of the database that was left out."""
    yield ["fil", "kolumn", "betydelse", "typ", "enhet", "värden", "källa"]
    for name, fields in FILES.items():
        for f in fields:
            yield [name, f.name, f.meaning, f.type, f.unit, f.values, f.source]
    for name, columns in LEFT_OUT.items():
        for column, why in columns.items():
            yield [name, "", f"{column} i databasen är inte med", "", "", "", why]


def _written(field: Field[Any], one: Any) -> str:
    value = field.take(one)
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _line(cells: list[str]) -> bytes:
    """Cells as Excel on Swedish Windows, R and pandas read them: semicolons between, quotes where needed."""
    written = StringIO(newline="")
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerow([neutral(cell) for cell in cells])
    return written.getvalue().encode()
