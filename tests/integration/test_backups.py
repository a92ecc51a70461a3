"""Backups taken while others write, checked to the last bit, and databases made of them whose mail waits."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from storage import restoring, schema, transfer
from storage.database import Database
from tests.cast import KANSLI, NOW
from tests.conftest import Postgres
from tests.integration import filled
from tests.integration.filled import WAITING
from tests.integration.lived import step
from tests.reliability import Tried
from uppdrag import words
from uppdrag.service import backups, commands, delivery, health, mailing, queries
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.commands import Advance
from workflow.errors import Refused, StorageUnavailable

LATER = NOW + timedelta(days=3)
CHANGED_BY_A_RESTORE = {
    "checkpoint", "checkpoint_stream", "event", "heartbeat", "mail_act", "message", "queue", "stream", "web_draft",
    "web_login", "web_session",
}  # fmt: skip


@pytest.fixture
def furnished(any_house: House) -> House:
    """A house with something in each table beside the record, one mail of which waits and one may have left."""
    filled.fill(any_house)
    return any_house


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, any_house: House, tmp_path: Path) -> Iterator[str]:
    """Where nothing is yet, of the other kind than the house."""
    if not any_house.database.path:
        yield f"sqlite:///{tmp_path}/ny/uppdrag.db"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


def address(house: House) -> str:
    return house.database.url.render_as_string(hide_password=False)


def contents(house: House) -> transfer.Fingerprint:
    with house.database.reading() as session:
        return transfer.fingerprint(session)


def test_a_backup_taken_while_others_write_is_of_one_moment(any_house: House, tmp_path: Path, tried: Tried) -> None:
    ended, done = threading.Event(), [0]

    def write() -> None:
        while not ended.is_set():
            asked = Advance(actor=KANSLI, trigger="bordlagg")
            commands.handle(any_house, f"U2026-{1 + done[0] % 19:02d}", asked, now=NOW)
            queries.seal(any_house, now=NOW)
            done[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        taken = [backups.take(address(any_house), tmp_path / f"{n}.backup", now=NOW) for n in range(3)]
    finally:
        ended.set()
        writer.join()
    assert [b.report.findings for b in taken if b.report] == [(), (), ()]
    assert done[0] > 3, "it wrote meanwhile"
    assert taken[0].manifest.events <= taken[-1].manifest.events <= len(list(_events(any_house)))
    checked = backups.check(tmp_path / "2.backup", head=taken[0].manifest.head)
    assert (checked.manifest, checked.report) == (taken[2].manifest, _with_head(taken[2], checked))
    assert sorted(p.name for p in tmp_path.glob("*.backup*")) == ["0.backup", "1.backup", "2.backup"]
    for n, backup in enumerate(taken):
        backups.restore(f"sqlite:///{tmp_path}/{n}.db", tmp_path / f"{n}.backup", now=LATER, who="Dan Drift")
        restored = House.open(f"sqlite:///{tmp_path}/{n}.db")
        assert queries.verify(restored, asked_head=backup.manifest.head).findings == ()
        restored.database.close()
    tried(
        "Kopior",
        "säkerhetskopia medan andra skriver, återställd",
        len(taken),
        "av ett ögonblick; verify av det återställda rent",
    )


def _events(house: House) -> Iterator[object]:
    with house.database.reading() as session:
        yield from session.raw("SELECT 1 FROM event")


def _with_head(taken: backups.Backup, checked: backups.Backup) -> object:
    assert checked.report
    assert checked.report.head == taken.manifest.head
    return taken.report


def test_a_restored_database_holds_its_mail_until_a_person_decides(
    furnished: House, elsewhere: str, tmp_path: Path
) -> None:
    file = tmp_path / "k.backup"
    taken = backups.take(address(furnished), file, now=NOW)
    assert file.stat().st_mode & 0o777 == 0o600
    assert {n: taken.manifest.rows[n] for n in ("web_session", "web_login", "web_draft", "heartbeat")} == {
        "web_session": 0, "web_login": 0, "web_draft": 0, "heartbeat": 0,
    }  # fmt: skip
    before = contents(furnished)

    done = backups.restore(elsewhere, file, now=LATER, who="Dan Drift", head=taken.manifest.head)
    assert done.held
    assert (done.held.messages, done.held.first, done.held.keys, done.aside) == (2, NOW, 1, "")
    assert done.held.reminders >= 1

    house = House.open(elsewhere)
    assert queries.verify(house, asked_head=taken.manifest.head).findings == ()
    assert set(transfer.differing(contents(house), before)) <= CHANGED_BY_A_RESTORE
    told = list(queries.history(house, "system"))[-1]
    assert (told.actor.name, told.event.held) == ("Dan Drift", 2)  # type: ignore[union-attr]  # a Restored
    assert "säkerhetskopia från 2026-03-27 10:00" in words.event(told, None, {})
    checks = {c.name: c for c in health.check(house, now=LATER)}
    assert not checks["queue"].ok
    assert "2 mejl hålls" in checks["restored"].text

    assert _sent(house) == 0, "the queue stands still"
    mailing.resume(house, who="Anna", now=LATER)
    assert _sent(house) == 0, "what waited is held by itself"
    assert {m.id for m in backups.held(house)} == {WAITING, "tagen-1@nspl.example"}
    mailing.cancel(house, "tagen-1@nspl.example", why="Hade gått", who="Anna", now=LATER)
    assert backups.release_held(house, who="Anna", now=LATER) == 1
    assert _sent(house) == 1
    assert backups.held(house) == []
    house.database.close()


def _sent(house: House) -> int:
    found = delivery.deliver(house, Settings(), worker="prov", clock=lambda: LATER + timedelta(hours=1))
    return found.simulated


def test_a_changed_bit_is_found_and_nothing_is_restored(
    house: House, tmp_path: Path, templates: Callable[[bool], Path], tried: Tried
) -> None:
    good = tmp_path / "k.backup"
    backups.take(address(house), good, now=NOW)
    raw, chance = good.read_bytes(), Random(8)
    bad = tmp_path / "skadad.backup"
    url = f"sqlite:///{tmp_path}/ny.db"
    wrecks = [b"", raw[:100], raw[:-1], raw + b"\0", b"Hej!" * 2000, templates(True).read_bytes()]
    for at in (0, 18, 24, 96, 100, *(chance.randrange(len(raw)) for _ in range(60))):
        flipped = bytearray(raw)
        flipped[at] ^= 1 << chance.randrange(8)
        wrecks.append(bytes(flipped))
    for wreck in wrecks:
        bad.write_bytes(wreck)
        with pytest.raises(StorageUnavailable, match="backup_damaged"):
            backups.restore(url, bad, now=LATER, who="Dan")
    assert sorted(p.name for p in tmp_path.glob("*ny*")) == []
    with pytest.raises(StorageUnavailable) as refused:
        House.open(f"sqlite:///{good}")
    assert "uppdrag restore" in words.error(refused.value)[0]
    assert good.read_bytes() == raw, "opened by mistake it is still whole"
    tried("Kopior", "en bit vänd i en kopia, eller kopian avklippt", len(wrecks), "alla hittade, inget återställt")


def test_what_is_there_is_refused_or_kept_aside(any_house: House, tmp_path: Path) -> None:
    url, file = address(any_house), tmp_path / "k.backup"
    backups.take(url, file, now=NOW)
    with pytest.raises(Refused, match="backup_exists"):
        backups.take(url, file, now=NOW)
    step(any_house, "U2026-06", "bordlagg", skal="Efter kopian")
    with pytest.raises(Refused, match="restore_over"):
        backups.restore(url, file, now=LATER, who="Dan")
    with any_house.database.reading() as session:
        session.one(restoring._looks, {"now": NOW})
        with pytest.raises(Refused, match="database_in_use"):
            backups.restore(url, file, now=LATER, who="Dan", replace=True)
    any_house.database.close()

    done = backups.restore(url, file, now=LATER, who="Dan", replace=True)
    assert queries.history(any_house, "U2026-06")[-1].state != "bordlagd"
    assert "fore_aterstallning_20260330" in done.aside
    if any_house.database.path:
        old = House.open(f"sqlite:///{done.aside}")
        assert "Efter kopian" in str(queries.history(old, "U2026-06")[-1])
        old.database.close()
        assert not list(tmp_path.glob("*aterstalls*"))
    else:
        with any_house.database.reading() as session:
            (kept,) = session.raw(
                f"SELECT content FROM {done.aside}.event WHERE stream = 'U2026-06' ORDER BY seq DESC LIMIT 1"
            )
        assert "Efter kopian" in kept[0]
    assert "Efter kopian" not in str(queries.history(any_house, "U2026-06"))
    assert queries.verify(any_house).findings == ()


def test_a_backup_of_an_older_schema_is_upgraded_on_the_way(bare_url: str, tmp_path: Path) -> None:
    with closing(Database(bare_url)) as database:
        schema.upgrade(database, to="0013")
        with database.transaction() as session:
            session.connection.execute(
                "INSERT INTO suppression VALUES ('bort@r05.example', 'studs', '2026-03-01 08:00:00.000000')"
            )
    file = tmp_path / "gammal.backup"
    taken = backups.take(bare_url, file, now=NOW)
    assert (taken.manifest.schema, taken.report) == ("0013", None)
    done = backups.restore(f"sqlite:///{tmp_path}/ny.db", file, now=LATER, who="Dan")
    assert done.upgraded == schema.REVISIONS[schema.REVISIONS.index("0013") + 1 :]
    house = House.open(f"sqlite:///{tmp_path}/ny.db")
    with house.database.reading() as session:
        assert list(session.raw("SELECT since FROM suppression")) == [("2026-03-01 08:00:00.000000",)]
    house.database.close()


@pytest.mark.sqlite_file("somebody changes it behind the program")
def test_a_log_that_does_not_hold_is_told_of_and_not_restored(house: House, tmp_path: Path) -> None:
    with closing(sqlite3.connect(house.database.path)) as db, db:
        db.execute("UPDATE uppdrag SET title = 'Påhittat' WHERE id = 'U2026-03'")
    taken = backups.take(address(house), tmp_path / "k.backup", now=NOW)
    assert taken.report
    assert [f.subject for f in taken.report.findings] == ["uppdrag U2026-03"]
    assert not backups.check(tmp_path / "k.backup").manifest.proved
    done = backups.restore(f"sqlite:///{tmp_path}/ny.db", tmp_path / "k.backup", now=LATER, who="Dan")
    assert done.report.findings == taken.report.findings
    assert not (tmp_path / "ny.db").exists()
