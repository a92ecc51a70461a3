"""A whole database moved to another kind: everything comes along, and nothing half done is ever used."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import transfer
from storage.database import Database
from tests.cast import NOW
from tests.conftest import Postgres
from tests.integration import filled
from tests.integration.lived import step
from uppdrag import words
from uppdrag.service import mailing, queries, relocating, setup
from uppdrag.service.house import House
from uppdrag.service.relocating import Moved, Progress
from workflow.errors import Refused, StorageUnavailable


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, lived_in: Path) -> Path:
    """An SQLite file with something in every table; to be copied, not changed."""
    path = tmp_path_factory.mktemp("whole") / "whole.db"
    shutil.copy(lived_in, path)
    house = House.open(f"sqlite:///{path}")
    filled.fill(house)
    mailing.pause(house, "Väntar", who="Eva", now=NOW)
    house.database.close()
    return path


@pytest.fixture
def source(whole: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(whole, tmp_path / 'whole.db')}"


@pytest.fixture
def empty(postgres: Postgres) -> Iterator[str]:
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


def contents(url: str) -> transfer.Fingerprint:
    database = Database(url)
    try:
        with database.reading() as session:
            return transfer.fingerprint(session)
    finally:
        database.close()


def opened(url: str) -> House:
    house = House.open(url)
    assert queries.verify(house).findings == ()
    return house


def stopping(at: str, how: Callable[[], None]) -> Progress:
    """Progress that does something when a step has come to a table, and says no more."""
    done: list[str] = []

    def progress(step: str, table: str, _done: int, _all: int) -> None:
        if f"{step} {table}".strip() == at and not done:
            done.append(at)
            how()

    return progress


class PulledOut(Exception):
    """Somebody has pulled the plug."""


def pull_out() -> None:
    raise PulledOut


def test_every_row_of_every_table_moves_there_and_back(source: str, empty: str, tmp_path: Path) -> None:
    before = contents(source)
    assert [name for name, (count, _) in before.items() if not count] == [], "there is something in each table"

    there = relocating.move(source, empty, now=NOW)
    back = relocating.move(empty, f"sqlite:///{tmp_path}/back.db", now=NOW)
    again = relocating.move(source, empty, now=NOW)

    assert contents(source) == contents(empty) == contents(f"sqlite:///{tmp_path}/back.db") == before
    assert (there.report, back.report) == (again.report, again.report)
    assert (there.repeated, back.repeated, again.repeated) == (False, False, True)
    assert there.rows == sum(count for count, _ in before.values())
    house = opened(empty)
    mailing.resume(house, who="Eva", now=NOW)  # numbered by the database, after the numbers that were copied
    step(house, "U2026-06", "bordlagg", skal="Mer")
    assert queries.verify(house).findings == ()
    house.database.close()
    opened(f"sqlite:///{tmp_path}/back.db").database.close()


def test_a_move_that_is_broken_off_is_no_database_and_goes_on_where_it_was(source: str, empty: str) -> None:
    for at in ("copy event", "compare stream", "prove"):
        with pytest.raises(PulledOut):
            relocating.move(source, empty, now=NOW, progress=stopping(at, pull_out))
        with pytest.raises(StorageUnavailable) as refused:
            House.open(empty)
        assert refused.value.code == "unfinished"
        with pytest.raises(StorageUnavailable, match="unfinished"):
            setup.init(empty, now=NOW)
    done = relocating.move(source, empty, now=NOW)
    assert (done.found, done.anew) == (done.rows, False)
    assert contents(empty) == contents(source)
    opened(empty).database.close()


def test_a_source_that_is_written_to_meanwhile_is_found_and_the_copy_made_anew(source: str, empty: str) -> None:
    working = House.open(source)

    def work() -> None:
        step(working, "U2026-06", "bordlagg", skal="Under flytten")

    with pytest.raises(Refused) as refused:
        relocating.move(source, empty, now=NOW, progress=stopping("copy event", work))
    (told,) = refused.value.refusals
    assert told.code == "source_changed"
    assert {"event", "stream"} <= set(told.facts["tables"].split(", "))
    assert "Stanna tjänsten" in words.sentence(told)
    with pytest.raises(StorageUnavailable, match="unfinished"):
        House.open(empty)

    done: Moved = relocating.move(source, empty, now=NOW)
    assert done.anew
    assert contents(empty) == contents(source)
    working.database.close()


def test_a_target_that_is_written_to_meanwhile_is_never_finished(source: str, empty: str) -> None:
    target = Database(empty)

    def meddle() -> None:
        with target.transaction() as session:
            session.connection.execute("UPDATE message SET subject = 'Annat'")

    with pytest.raises(Refused, match="copy_differs"):
        relocating.move(source, empty, now=NOW, progress=stopping("copy web_visit", meddle))
    target.close()
    with pytest.raises(StorageUnavailable, match="unfinished"):
        House.open(empty)


def test_a_move_touches_no_other_database_and_shows_no_password(source: str, empty: str) -> None:
    other = Database(empty)
    with other.transaction() as session:
        session.connection.execute("CREATE TABLE patienter (id integer)")
    secret = other.url.set(password="hemligt").render_as_string(hide_password=False)  # noqa: S106 - nobody's
    before = contents(source)
    with pytest.raises(Refused, match="target_holds") as refused:
        relocating.move(source, secret, now=NOW)
    assert "hemligt" not in str(words.error(refused.value))
    assert transfer.names(other) == ["patienter"]
    with pytest.raises(Refused, match="move_same"):
        relocating.move(source, source, now=NOW)
    older = Database(source)
    with older.transaction() as session:
        session.connection.execute("UPDATE alembic_version SET version_num = '0014'")
    with pytest.raises(Refused, match="move_older") as told:
        relocating.move(source, empty, now=NOW)
    assert "uppdrag db upgrade" in str(words.error(told.value))
    assert contents(source) == before
    for database in (other, older):
        database.close()


def test_a_source_whose_log_does_not_hold_is_not_moved(source: str, empty: str) -> None:
    database = Database(source)
    with database.transaction() as session:
        session.connection.execute("UPDATE uppdrag SET title = 'Påhittat' WHERE id = 'U2026-03'")
    database.close()
    done = relocating.move(source, empty, now=NOW)
    assert [(f.code, f.subject) for f in done.report.findings] == [("row_changed", "uppdrag U2026-03")]
    with pytest.raises(StorageUnavailable, match="unfinished"):
        House.open(empty)


@pytest.mark.parametrize(
    ("change", "code", "table"),
    [
        ("question SET words = 'a' || char(0) || 'b'", "row_refused", "question"),
        ("reminder SET since = 'i går'", "row_unreadable", "reminder"),
    ],
)
def test_a_row_that_will_not_do_is_named_by_its_table(
    source: str, empty: str, change: str, code: str, table: str
) -> None:
    database = Database(source)
    with database.transaction() as session:
        session.connection.execute(f"UPDATE {change}")
    database.close()
    with pytest.raises(Refused, match=code) as refused:
        relocating.move(source, empty, now=NOW)
    assert f"Tabellen {table}" in words.error(refused.value)[0]
    with pytest.raises(StorageUnavailable):
        House.open(empty)
