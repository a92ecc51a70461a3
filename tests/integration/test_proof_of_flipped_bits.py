"""One bit flipped anywhere in what was decided: `verify` finds it, names the first bad event and mends nothing."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.integration.tampering import EVERY_COLUMN, KEYS, at_the_file, copy_of
from tests.integration.test_proof import first_bad_events
from tests.reliability import Tried
from uppdrag.service import queries
from uppdrag.service.house import House

SMALL, LARGE = 150, 5_000
_LIKELY = {"event": 6, "beslut": 4}
"""Decisions and events are hit more often than the rest."""


@pytest.mark.parametrize("flips", [SMALL, pytest.param(LARGE, marks=pytest.mark.soak)])
def test_every_flipped_bit_is_found_and_left(lived_in: Path, tmp_path: Path, flips: int, tried: Tried) -> None:
    path, chance, hit = copy_of(lived_in, tmp_path), Random(26), Counter[str]()
    weights = [_LIKELY.get(table, 1) for table, _ in EVERY_COLUMN]
    house = House.open(f"sqlite:///{path}")
    with at_the_file(path) as db, closing(house.database):
        for number in range(flips):
            table, column = chance.choices(EVERY_COLUMN, weights)[0]
            where = f"frö 26, nummer {number}: {table}.{column}"
            if not (found := _flip(db, table, column, chance)):
                continue
            before, after, was, flipped = found
            report = queries.verify(house)
            assert report.findings, f"{where} {before}: {was!r} blev {flipped!r}"
            if table == "event" and column not in KEYS[table]:
                stream, seq = (part.decode() for part in before)
                assert first_bad_events(report, stream) == [f"{stream}/{seq}"], where
            assert _held(db, table, column, after) == flipped, f"{where}: verify ändrade något"
            _put(db, table, column, after, was)
            hit[table] += 1
        assert queries.verify(house).findings == (), "and all is as it was"
    told = hit["event"] + hit["beslut"]
    tried("Loggen", "en bit vänd i ett beslut eller en händelse, i vilken kolumn som helst", told,
          "alla hittade; den första händelsen som inte stämmer namngiven; inget lagat")  # fmt: skip
    tried("Loggen", "en bit vänd i någon annan rad av registren", hit.total() - told,
          "alla hittade, inget lagat")  # fmt: skip


Value = tuple[str, bytes]
"""A value as SQLite holds it: its type, and its bytes (of a number as text)."""
Key = tuple[bytes, ...]
"""A row's key, as the bytes of its columns."""


def _flip(db: sqlite3.Connection, table: str, column: str, chance: Random) -> tuple[Key, Key, Value, Value] | None:
    """Flip one bit in some row's column: the row's key before and after, and what stood and stands there. None where
    there is no bit, or where another row has the key that it would become."""
    keys = ", ".join(f"CAST({name} AS BLOB)" for name in KEYS[table])
    rows = db.execute(f"SELECT {keys} FROM {table} WHERE {column} IS NOT NULL").fetchall()
    if not rows:
        return None
    before: Key = chance.choice(rows)
    kind, held = was = _held(db, table, column, before)
    if kind == "integer":
        flipped: Value = (kind, str(int(held) ^ (1 << chance.randrange(8))).encode())
    elif held:
        at, bit = chance.randrange(len(held)), 1 << chance.randrange(8)
        flipped = (kind, held[:at] + bytes([held[at] ^ bit]) + held[at + 1 :])
    else:
        return None
    try:
        _put(db, table, column, before, flipped)
    except sqlite3.IntegrityError:
        return None
    after = tuple(flipped[1] if n == column else b for n, b in zip(KEYS[table], before, strict=True))
    return before, after, was, flipped


def _held(db: sqlite3.Connection, table: str, column: str, key: Key) -> Value:
    read = f"SELECT typeof({column}), CAST({column} AS BLOB) FROM {table} WHERE {_where(table)}"
    kind, held = db.execute(read, key).fetchone()
    return kind, bytes(held)


def _put(db: sqlite3.Connection, table: str, column: str, key: Key, value: Value) -> None:
    kind, held = value
    as_held = {"integer": "CAST(CAST(? AS TEXT) AS INTEGER)", "text": "CAST(? AS TEXT)", "blob": "?"}[kind]
    db.execute(f"UPDATE {table} SET {column} = {as_held} WHERE {_where(table)}", (held, *key))


def _where(table: str) -> str:
    return " AND ".join(f"CAST({name} AS BLOB) = ?" for name in KEYS[table])
