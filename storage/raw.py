"""Tables read exactly as the database holds them, beside what their rows should look like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import SQLModel

from storage import tables
from storage.database import Session
from storage.statements import Row, Statement


class RawTable:
    """One table. A value that merely reads alike (a 5 where a 1 stood for true) is not the same."""

    def __init__(self, session: Session, table: type[SQLModel]) -> None:
        self._columns = tables.columns(table)
        self.name = str(table.__tablename__)
        self.names = tuple(c.name for c in self._columns)
        self._key = tuple(i for i, c in enumerate(self._columns) if c.primary_key)
        self._select, self._insert = (statement.on(session.dialect) for statement in _statements(table))
        self._session = session

    def rows(self) -> Iterator[Row]:
        """Every row in order of its key, as the driver gives it."""
        quoted = ", ".join(f'"{self.names[i]}"' for i in self._key)
        yield from self._session.raw(f"{self._select.sql} ORDER BY {quoted}")  # column names of our own

    def key(self, row: Row) -> Row:
        return tuple(row[i] for i in self._key)

    def subject(self, key: Row) -> str:
        """What people call the row with a key."""
        return f"{self.name} {' '.join(map(str, key))}"

    def typed(self, row: Row) -> dict[str, Any] | None:
        """The row as Python values, or None where it does not hold them as it would have been written."""
        try:
            values = dict(zip(self.names, self._select.read(row), strict=True))
            if not all(_fits(values[c.name], c.type.python_type, bool(c.nullable)) for c in self._columns):
                return None
            return None if self.difference(row, self.stored(values)) else values
        except (ValueError, TypeError, AttributeError, OverflowError):
            return None

    def stored(self, values: Mapping[str, Any]) -> Row:
        """Values as the database would hold them."""
        given = self._insert.arguments(values)
        if not isinstance(given, dict):
            return tuple(int(v) if isinstance(v, bool) else v for v in given)
        return tuple(given[n] for n in self.names)

    def difference(self, row: Row, wanted: Row) -> str:
        """The columns in which two rows differ, in value or in kind."""
        return ", ".join(n for n, a, b in zip(self.names, row, wanted, strict=True) if a != b or type(a) is not type(b))


@cache
def _statements(table: type[SQLModel]) -> tuple[Statement, Statement]:
    return Statement(select(*tables.columns(table))), Statement(insert(table))


def _fits(value: Any, kind: type, nullable: bool) -> bool:
    if value is None:
        return nullable
    if isinstance(value, str):
        value.encode()  # raises UnicodeEncodeError, a ValueError, where the bytes were no text
    return isinstance(value, kind)
