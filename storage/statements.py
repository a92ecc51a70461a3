"""Statements built with SQLAlchemy, compiled once per dialect, and what turns values into the driver's and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlmodel.sql.sqltypes import UTCDateTime

Row = tuple[Any, ...]
Processor = Callable[[Any], Any]


class Statement:
    """A statement that is compiled once for each dialect. Parameters go by name; values as Python has them."""

    __slots__ = ("_compiled", "construct")

    def __init__(self, construct: sa.sql.ClauseElement) -> None:
        self.construct = construct
        self._compiled: dict[str, _Compiled] = {}

    def on(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self.construct, dialect)
        return compiled


class _Compiled:
    """SQL text, what makes the driver's arguments of parameters by name, and what reads its rows back."""

    __slots__ = ("_results", "arguments", "sql")

    def __init__(self, construct: sa.sql.ClauseElement, dialect: Dialect) -> None:
        compiled = construct.compile(dialect=dialect)
        self.sql = str(compiled)
        self.arguments = _arguments(compiled, dialect)
        self._results: list[tuple[int, Processor]] = []
        if isinstance(construct, sa.Select):
            for i, column in enumerate(construct.selected_columns):
                read = _from_driver(column.type, dialect)
                if read is not None:
                    self._results.append((i, read))

    def read(self, row: Row) -> Row:
        """A row of the driver's with the values that Python has for them."""
        if not self._results:
            return row
        values = list(row)
        for i, read in self._results:
            values[i] = read(values[i])
        return tuple(values)

    def read_all(self, rows: list[Row]) -> list[Row]:
        """The same for many rows, a column at a time."""
        if not self._results or not rows:
            return rows
        values: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for i, read in self._results:
            values[i] = map(read, values[i])
        return list(zip(*values, strict=True))


def _arguments(compiled: Any, dialect: Dialect) -> Callable[[Mapping[str, Any]], Any]:
    """What makes a statement's arguments of its parameters: by position on SQLite, where names cost more."""
    defaults = {k: v for k, v in compiled.params.items() if v is not None}
    names: Sequence[str] = tuple(compiled.params)
    processors: dict[str, Processor] = {}
    positional = False
    if isinstance(compiled, sa.sql.compiler.SQLCompiler):
        found = {name: _to_driver(bind.type, dialect) for name, bind in compiled.binds.items()}
        processors = {name: process for name, process in found.items() if process is not None}
        if compiled.positiontup is not None:
            names, positional = compiled.positiontup, True
    take: Callable[[Mapping[str, Any]], Sequence[Any]] = itemgetter(*names) if len(names) > 1 else partial(_take, names)
    binds = [(i, processors[name]) for i, name in enumerate(names) if name in processors]
    if positional and not defaults and not binds:
        return take

    def arguments(params: Mapping[str, Any]) -> Any:
        values = list(take({**defaults, **params} if defaults else params))
        for i, process in binds:
            if values[i] is not None:  # which every driver has a word of its own for
                values[i] = process(values[i])
        return values if positional else dict(zip(names, values, strict=True))

    return arguments


def _take(names: Sequence[str], params: Mapping[str, Any]) -> list[Any]:
    return [params[name] for name in names]


def _to_driver(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Processor | None:
    """What turns a value of a column's type into the driver's, or None where nothing need be done."""
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    if process is None or dialect.name != "sqlite":
        return process
    # SQLite keeps days and moments as text. The same text as SQLAlchemy would make, by a shorter way.
    if isinstance(kind, sa.Date):
        return date.isoformat
    if isinstance(kind, sa.Boolean):
        return None  # the driver takes True and False as 1 and 0
    return _moment if isinstance(kind, UTCDateTime) else process


def _from_driver(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Processor | None:
    """What turns the driver's value back, or None where nothing need be done."""
    if isinstance(kind, UTCDateTime) and dialect.name == "sqlite":
        return _moment_again
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return _written(value if value.tzinfo is UTC else value.astimezone(UTC))


@lru_cache(maxsize=64)
def _written(in_utc: datetime) -> str:  # a batch has the same few moments in all its rows
    return in_utc.isoformat(" ", "microseconds")[: -len("+00:00")]


def _moment_again(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")
