"""A copy of a whole database, taken while others write."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.database import Database
from workflow.errors import StorageUnavailable


def copy_to(database: Database, path: Path) -> None:
    """Copy an SQLite database to a new file, as it stood at one moment. Raises StorageUnavailable for other kinds."""
    if not database.path:
        raise StorageUnavailable("unreachable", "en kopia kan bara tas av en SQLite-databas")
    with closing(sqlite3.connect(database.path)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
