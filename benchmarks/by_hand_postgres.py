"""The same rows written by hand with psycopg: the statements of by_hand.py as PostgreSQL takes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import psycopg

from benchmarks import by_hand
from benchmarks.by_hand import ByHand

_OF_ITS_OWN = {
    by_hand.BEGIN: "BEGIN",
    by_hand.LAST: f"{by_hand.LAST} FOR UPDATE",
    by_hand.HEAD: f"{by_hand.HEAD} FOR UPDATE",
}  # SQLite lets one write at a time; here the rows that somebody counts on are locked


class ByHandOnPostgres(ByHand):
    """One connection, kept open, which prepares what it has been asked five times."""

    def __init__(self, folder: str) -> None:
        """`folder`: that of the server's socket."""
        self.connection: psycopg.Connection[Any] = psycopg.connect(
            host=folder, user="postgres", dbname="postgres", autocommit=True
        )
        self.run = self._run
        self.run_many = self._run_many

    def _run(self, statement: str, parameters: Sequence[object] | None = None) -> psycopg.Cursor[Any]:
        return self.connection.execute(_written(statement), parameters)

    def _run_many(self, statement: str, many: Sequence[Sequence[object]]) -> None:
        with self.connection.cursor() as cursor:
            cursor.executemany(_written(statement), many)


@cache
def _written(statement: str) -> bytes:
    return _OF_ITS_OWN.get(statement, statement).replace("?", "%s").encode()
