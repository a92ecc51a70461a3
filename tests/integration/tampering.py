"""Somebody at the database file itself, past every door of the program."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sqlmodel import SQLModel

from storage import letter_tables, mail_tables, meeting_tables, privacy_tables, tables, token_tables, web_tables
from storage.proof import Report
from storage.tables import columns
from uppdrag.service import queries
from uppdrag.service.house import House

_OF_THE_RECORD = tables.__name__, meeting_tables.__name__, letter_tables.__name__
RECORD = sorted(
    (t for t in SQLModel.__subclasses__() if t.__module__ in _OF_THE_RECORD),
    key=lambda t: str(t.__tablename__),
)
"""The tables of what was decided, each column of which the proof answers for."""

_BESIDE = mail_tables.__name__, privacy_tables.__name__, token_tables.__name__, web_tables.__name__
WORK_IN_HAND = [t for t in SQLModel.__subclasses__() if t.__module__ in _BESIDE]
"""Mail, clock, who is logged in and who has a key: not the record, and not proved."""

KEYS = {str(t.__tablename__): [c.name for c in columns(t) if c.primary_key] for t in RECORD}
EVERY_COLUMN = [(str(t.__tablename__), c.name) for t in RECORD for c in columns(t)]


@contextmanager
def at_the_file(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for which nothing is refused."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("PRAGMA foreign_keys = OFF")
        for kind, name in db.execute("SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL").fetchall():
            if kind in ("trigger", "index"):
                db.execute(f"DROP {kind} {name}")
        yield db


def copy_of(original: Path, folder: Path) -> Path:
    """A fresh copy to tamper with."""
    for leftover in folder.glob("tampered.db*"):
        leftover.unlink()
    return Path(shutil.copy(original, folder / "tampered.db"))


def verify(path: Path, asked_head: str = "") -> Report:
    house = House.open(f"sqlite:///{path}")
    report = queries.verify(house, asked_head=asked_head)
    house.database.close()
    return report


def found(report: Report) -> list[tuple[str, str]]:
    return [(f.code, f.subject) for f in report.findings]


def a_row(db: sqlite3.Connection, table: str, column: str) -> tuple[tuple[object, ...], object]:
    """The key and value of a row in the middle of a table, if possible one that holds something in the column."""
    rows = db.execute(f"SELECT {', '.join(KEYS[table])}, {column} FROM {table}").fetchall()
    telling = [row for row in rows if row[-1] not in (None, "", 0, "{}")] or rows
    *key, value = telling[len(telling) // 2]
    return tuple(key), value


def put(db: sqlite3.Connection, table: str, key: Sequence[object], column: str, value: str, *given: object) -> bool:
    """Write an SQL value in a row; whether the row then holds something else."""
    where = " AND ".join(f"{name} = ?" for name in KEYS[table])
    look = f"SELECT typeof({column}), CAST({column} AS BLOB) FROM {table}"
    before = db.execute(look).fetchall()
    try:
        db.execute(f"UPDATE {table} SET {column} = {value} WHERE {where}", (*given, *key))
    except sqlite3.IntegrityError:
        return False
    return db.execute(look).fetchall() != before


def other_values(value: object) -> Iterator[tuple[str, tuple[object, ...]]]:
    """What somebody may write in a value's place, as SQL: of the same kind, of another, no text at all, nothing."""
    yield "CAST(x'c328' AS TEXT)", ()
    yield "NULL", ()
    others: list[object] = [b"\x00\xff", "x", -1]
    if isinstance(value, int):
        others += [value + 1, value + 0.5]
    elif isinstance(value, str):
        last = "1" if value.endswith("0") else "0"
        others += ["", value + " ", value[:-1] + last, value.swapcase(), value.replace("\n", "\r\n"), value.encode()]
    for other in others:
        if other != value or type(other) is not type(value):
            yield "?", (other,)
