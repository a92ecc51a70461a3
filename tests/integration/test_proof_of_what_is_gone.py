"""What was taken away from the record is missed: rows, ends of streams, whole uppdrag, checkpoints."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.cast import NOW
from tests.integration.lived import FIRST, NEWEST, OTHER, step
from tests.integration.tampering import KEYS, at_the_file, copy_of, found, verify
from tests.reliability import Tried
from uppdrag.service import queries
from uppdrag.service.house import House

OF_ONE = {"beslut": "uppdrag", "regionbeslut": "uppdrag", "uppdrag": "id", "event": "stream", "stream": "name"}


@pytest.mark.parametrize("table", KEYS)
@pytest.mark.parametrize("which", ["first", "middle", "last"])
def test_a_deleted_row_is_missed(lived_in: Path, tmp_path: Path, table: str, which: str, tried: Tried) -> None:
    path = copy_of(lived_in, tmp_path)
    with at_the_file(path) as db:
        keys = sorted(db.execute(f"SELECT {', '.join(KEYS[table])} FROM {table}"))
        key = {"first": keys[0], "middle": keys[len(keys) // 2], "last": keys[-1]}[which]
        where = " AND ".join(f"{name} = ?" for name in KEYS[table])
        assert db.execute(f"DELETE FROM {table} WHERE {where}", key).rowcount == 1
    report = verify(path)
    assert report.findings
    subjects = {subject for _, subject in found(report)}
    if table == "event":
        stream, seq = key
        assert subjects & {f"{stream}/{seq}", stream}, "the event, or where it was the last its stream, is named"
    elif table not in ("checkpoint_stream", "stream"):
        assert " ".join(map(str, (table, *key))) in subjects
    tried("Loggen", "en rad borttagen, den första, en i mitten eller den sista i varje tabell", 1, "alla saknade")


@pytest.mark.parametrize("id", [OTHER, NEWEST])
@pytest.mark.parametrize("number_too", [False, True])
def test_an_erased_uppdrag_is_missed(lived_in: Path, tmp_path: Path, id: str, number_too: bool, tried: Tried) -> None:
    """Also where it was the last one and the year's number was put back: a checkpoint remembers it."""
    path = copy_of(lived_in, tmp_path)
    with at_the_file(path) as db:
        erase(db, id)
        if number_too and id == NEWEST:
            db.execute("UPDATE series SET last = last - 1")
    codes = found(verify(path))
    assert ("stream_cut", id) in codes
    if id == OTHER:
        assert ("stream_missing", id) in codes
    elif not number_too:
        assert ("row_changed", "series 2026") in codes
    tried(
        "Loggen", "ett helt uppdrag borttaget, med och utan sitt nummer, kontrollpunkterna kvar", 1, "saknat varje gång"
    )


def test_an_erased_uppdrag_is_missed_when_its_checkpoint_lines_are_gone_too(lived_in: Path, tmp_path: Path) -> None:
    path = copy_of(lived_in, tmp_path)
    with at_the_file(path) as db:
        erase(db, NEWEST)
        db.execute("UPDATE series SET last = last - 1")
        db.execute("DELETE FROM checkpoint_stream WHERE stream = ?", (NEWEST,))
    assert ("checkpoint_changed", "checkpoint 3") in found(verify(path))


@pytest.mark.sqlite_file("somebody changes it behind the program")
@pytest.mark.parametrize("mark", ["moved back", "left"])
def test_a_stream_that_was_put_back_in_time_is_missed(house: House, tmp_path: Path, mark: str) -> None:
    """Events, head and rows are all as they were before the last command: only a checkpoint has seen it."""
    path = Path(house.database.path)
    step(house, FIRST, "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="1")
    earlier = sqlite3.connect(path)
    earlier.execute("VACUUM INTO ?", (str(tmp_path / "earlier.db"),))
    earlier.close()
    step(house, FIRST, "godkann", mote="2026-03-20", paragraf="5", forslagsversion="1")
    queries.seal(house, now=NOW)
    assert verify(path).findings == ()
    with at_the_file(path) as db:
        db.execute("ATTACH ? AS earlier", (str(tmp_path / "earlier.db"),))
        sealed = db.execute("SELECT sealed FROM stream WHERE name = ?", (FIRST,)).fetchone()
        erase(db, FIRST)
        for table, column in OF_ONE.items():
            db.execute(f"INSERT INTO {table} SELECT * FROM earlier.{table} WHERE {column} = ?", (FIRST,))
        if mark == "left":
            db.execute("UPDATE stream SET sealed = ? WHERE name = ?", (*sealed, FIRST))
    assert ("stream_cut", FIRST) in found(verify(path))


def test_newest_checkpoints_that_are_gone_are_missed_by_who_has_seen_one(lived_in: Path, tmp_path: Path) -> None:
    head = verify(lived_in).head
    path = copy_of(lived_in, tmp_path)
    with at_the_file(path) as db:
        db.execute("DELETE FROM checkpoint WHERE number = 3")
        db.execute("DELETE FROM checkpoint_stream WHERE checkpoint = 3")
        db.execute(
            "UPDATE stream SET sealed = coalesce((SELECT max(seq) FROM checkpoint_stream s WHERE s.stream = name), 0)"
        )
    assert verify(path).findings == ()
    assert found(verify(path, asked_head=head)) == [("head_unknown", head)]


def test_a_line_added_to_no_checkpoint_is_seen(lived_in: Path, tmp_path: Path) -> None:
    path = copy_of(lived_in, tmp_path)
    with at_the_file(path) as db:
        db.execute("INSERT INTO checkpoint_stream SELECT 9, name, seq, head FROM stream WHERE name = 'system'")
    assert found(verify(path)) == [("checkpoint_changed", "checkpoint 9")]


@pytest.mark.parametrize("name", ["asked", "made up"])
def test_a_checkpoint_that_was_seen_is_recognised(lived_in: Path, name: str) -> None:
    head = verify(lived_in).head if name == "asked" else "3-" + "0" * 64
    assert bool(verify(lived_in, asked_head=head).findings) == (name != "asked")


def erase(db: sqlite3.Connection, id: str) -> None:
    """Take away everything that there is about an uppdrag."""
    for table, column in OF_ONE.items():
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", (id,))
