"""A copy of a whole database as an SQLite file, taken while others write."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage import transfer
from storage.database import Database


def copy_to(database: Database, path: Path) -> None:
    """Copy a database to a new SQLite file, as it stood at one moment."""
    if database.path:
        with closing(sqlite3.connect(database.path)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
        return
    copy = Database(f"sqlite:///{path}")
    try:
        transfer.begin(copy, {})
        with database.reading() as session:
            transfer.copy(session, copy, transfer.all_tables(), lambda _name, _done, _all: None)
        transfer.finish(copy)
    finally:
        copy.close()
