"""Rows on their way in: an INSERT for what is new, an UPDATE of what changed and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlmodel import SQLModel

from storage.database import Session
from storage.statements import Statement
from storage.tables import columns

Values = dict[str, Any]
"""Columns by name."""


class Table:
    """A table's INSERT, and an UPDATE for each set of columns that change together; its key never does.

    What is not written costs nothing: an UPDATE that names an indexed column rewrites the index though the value stays.
    """

    def __init__(self, table: type[SQLModel], *key: str) -> None:
        self._table = table
        self._columns = {c.name: c for c in columns(table)}
        self._at = {name: f"at_{name}" for name in key}
        self._new = {name: f"new_{name}" for name in self._columns}
        self._updates: dict[tuple[str, ...], Statement] = {}
        self.insert = Statement(insert(table))

    def update(self, names: tuple[str, ...]) -> Statement:
        """The UPDATE of some columns."""
        statement = self._updates.get(names)
        if statement is None:
            where = (self._columns[name] == bindparam(at) for name, at in self._at.items())
            values = {name: bindparam(self._new[name], type_=self._columns[name].type) for name in names}
            statement = self._updates[names] = Statement(update(self._table).where(*where).values(values))
        return statement

    def parameters(self, key: Sequence[Any], changed: Mapping[str, Any]) -> Values:
        """What that UPDATE takes: the new values, and the key in order."""
        values = {self._new[name]: value for name, value in changed.items()}
        values.update(zip(self._at.values(), key, strict=True))
        return values


class Writes:
    """Rows gathered, so that each statement runs once; the tables are written in the order in which they are given."""

    __slots__ = ("_many",)

    def __init__(self, *tables: Table) -> None:
        self._many: dict[Table, dict[Statement, list[Values]]] = {table: {} for table in tables}

    def insert(self, table: Table, row: Values) -> None:
        self._many[table].setdefault(table.insert, []).append(row)

    def update(self, table: Table, key: Sequence[Any], changed: Mapping[str, Any]) -> None:
        if changed:
            statement = table.update(tuple(changed))
            self._many[table].setdefault(statement, []).append(table.parameters(key, changed))

    def run(self, session: Session) -> None:
        for statements in self._many.values():
            for statement, rows in statements.items():
                session.run_many(statement, rows)


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Values:
    """The columns that are not as they were."""
    return {name: value for name, value in after.items() if before[name] != value}
