"""A database of an older or a newer schema: every command refuses it, says what to do and writes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import schema
from storage.database import Database
from tests.journeys.command_line import CommandLine, Run
from tests.reliability import Tried

Kansli = Callable[..., Run]
BY = ("--as", "kansli", "--by", "Anna Ek")
REFUSING = (
    ("status",), ("next", "U2026-01"), ("verify",), ("remind",), ("sender", "--once"), ("sender",), ("clock",),
    ("serve", "--port", "0"), ("new", "Tillkommet", "--lifecycle", "atagande", *BY),
    ("advance", "U2026-01", "bordlagg", *BY), ("people", "import", "exempel"), ("meetings", "import", "exempel"),
    ("outbox", "pause", "--why", "Prov", *BY[2:]),
)  # fmt: skip
"""Those that read, those that write, and the service."""


def held(folder: Path) -> dict[str, str]:
    """Every file of the database; what SQLite keeps beside it is gone when the last of us has closed it."""
    kept = sorted(f for f in folder.iterdir() if not f.name.endswith(("-shm", "-wal")))
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in kept}


def refused(run: Kansli, folder: Path, says: str, commands: tuple[tuple[str, ...], ...]) -> int:
    before = held(folder)
    for command in commands:
        said = run(*command)
        assert said.status == 3, (command, said)
        assert says in said.err, (command, said)
        assert held(folder) == before, command
    return len(commands)


def test_a_newer_schema_is_refused_by_every_command(kansli: Kansli, tmp_path: Path, tried: Tried) -> None:
    database = Database(f"sqlite:///{tmp_path}/uppdrag.db")
    with database.transaction() as session:
        session.connection.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    says = f"Databasen har ett nyare schema än programmet (9999 / {schema.HEAD}). Uppgradera programmet."
    times = refused(kansli, tmp_path, says, (*REFUSING, ("init",), ("db", "upgrade")))
    tried(
        "Schema", "kommandon mot en databas med nyare schema", times, "alla vägrade och sade vad man gör; inget skrivet"
    )


@pytest.mark.parametrize("upgrading", [("init",), ("db", "upgrade")], ids=" ".join)
def test_an_older_schema_is_refused_until_it_is_upgraded(
    command_line: CommandLine, tmp_path: Path, upgrading: tuple[str, ...], tried: Tried
) -> None:
    database = Database(f"sqlite:///{tmp_path}/uppdrag.db")
    schema.upgrade(database, to="0013")
    database.close()
    says = f"Databasen har ett äldre schema (0013 / {schema.HEAD}). Ta en säkerhetskopia och kör: uppdrag db upgrade"
    times = refused(command_line, tmp_path, says, REFUSING if upgrading == ("init",) else REFUSING[:2])
    assert command_line(*upgrading).status == 0
    assert command_line("init").status == 0, "the definitions, where only the schema was upgraded"
    assert command_line("verify").status == 0
    tried("Schema", "kommandon mot en databas med äldre schema", times,
          "alla vägrade och sade vad man gör; init och db upgrade uppgraderade")  # fmt: skip
