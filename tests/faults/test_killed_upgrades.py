"""An upgrade of the schema that is killed: the database is as it was before, or as it is after, and says which."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from itertools import count
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, inspect
from sqlmodel import SQLModel

from storage import schema
from storage.database import Database
from tests.conftest import Postgres
from tests.faults.test_killed_copies import killed
from tests.reliability import Tried
from uppdrag import words
from uppdrag.service.house import House
from workflow.errors import StorageUnavailable

BEFORE = "0013"
PLACES = (0, 20)
"""The statements of the upgrade at which it is killed; in `make soak` at every one."""
PARTS = 6
"""The statements are shared among so many tests, that none takes long."""


def upgrade_and_die(url: str, at: int) -> None:
    """Upgrade, killed before the statement with a number, or after the whole of it."""
    database, seen = Database(url), count()

    def perhaps(*_: Any) -> None:
        if next(seen) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", perhaps)
    schema.upgrade(database)


def an_older_one(url: str) -> None:
    with closing(Database(url)) as database:
        schema.upgrade(database, to=BEFORE)
        with database.transaction() as session:
            session.connection.execute(
                "INSERT INTO suppression VALUES ('bort@r05.example', 'studs', '2026-03-01 08:00:00.000000')"
            )


def looks(database: Database) -> list[object]:
    """Every table with its columns and indexes, and what had been kept."""
    found = inspect(database.engine)
    tables = sorted(found.get_table_names())
    shape: list[object] = [
        (t, [c["name"] for c in found.get_columns(t)], sorted(str(i["name"]) for i in found.get_indexes(t)))
        for t in tables
    ]
    with database.reading() as session:
        return [*shape, list(session.raw("SELECT address FROM suppression"))]


def killed_at(url: str, at: int) -> bool:
    """Kill an upgrade at a place, look at what is left, and finish it. Whether it was killed before its end."""
    an_older_one(url)
    with closing(Database(url)) as database:
        before = looks(database)
    died = killed(upgrade_and_die, url, at)
    with closing(Database(url)) as database:
        if died:
            assert (schema.revision(database), looks(database)) == (BEFORE, before), f"killed at statement {at}"
            with pytest.raises(StorageUnavailable) as refused:
                House.open(url)
            assert refused.value.code == "older"
            assert "uppdrag db upgrade" in words.error(refused.value)[0]
            assert schema.upgrade(database) == list(schema.REVISIONS[schema.REVISIONS.index(BEFORE) + 1 :])
        assert schema.revision(database) == schema.HEAD
        with database.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
        assert looks(database)[-1] == before[-1]
    House.open(url).database.close()
    return died


@pytest.mark.parametrize("at", PLACES)
def test_an_upgrade_that_is_killed_is_undone_and_can_be_run_again(bare_url: str, at: int, tried: Tried) -> None:
    assert killed_at(bare_url, at)
    tried("Schema", "kill -9 mitt i en uppgradering", 1, "databasen som före; sades rakt ut; nästa uppgradering gick")


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_upgrade_killed_at_every_statement(
    kind: str, part: int, tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, tried: Tried
) -> None:
    for at in count(part, PARTS):
        name = postgres.create() if kind == "postgresql" else ""
        url = postgres.url(name) if name else f"sqlite:///{tmp_path_factory.mktemp('u')}/u.db"
        died = killed_at(url, at)
        if name:
            postgres.drop(name)
        if not died:
            break
    assert at > max(PLACES)
    times = len(range(part, at, PARTS))
    tried(
        "Schema", "kill -9 mitt i en uppgradering", times, "databasen som före; sades rakt ut; nästa uppgradering gick"
    )
