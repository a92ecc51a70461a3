"""A forger who knows how the chains are made, and what a gallring decision leaves to prove."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from storage import log
from storage.tables import EventRow, columns
from tests.integration.doing import empty
from tests.integration.lived import FIRST, OTHER, live_a_little
from tests.integration.tampering import at_the_file, copy_of, found, verify
from tests.reliability import Tried
from uppdrag.service import queries
from uppdrag.service.house import House

NAMES = [c.name for c in columns(EventRow)]


FORGERIES: dict[str, Callable[[str], str]] = {
    "another trigger": lambda said: said.replace("redovisa", "godkann"),
    "cut short": lambda said: said[:-1],
    "nothing": lambda said: said[:1] + said[-1:],
    "a region that is not": lambda said: said.replace('"region":"01"', '"region":"99"'),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_chain_made_anew_around_a_forged_event_is_seen(
    lived_in: Path, tmp_path: Path, how: str, tried: Tried
) -> None:
    """The forger makes every link after the event anew, and the head; a checkpoint has seen the old ones."""
    path = copy_of(lived_in, tmp_path)
    with at_the_file(path) as db:
        for seq in (5, 7):
            _rewrite(db, FIRST, seq, FORGERIES[how])
    assert any(f.subject.startswith(FIRST) for f in verify(path).findings)
    tried("Loggen", "en händelse förfalskad och hela kedjan efter den omräknad", 1, "hittad")


def test_a_command_made_up_after_the_last_checkpoint_must_still_agree_with_the_rows(
    lived_in: Path, tmp_path: Path
) -> None:
    path = copy_of(lived_in, tmp_path)
    with at_the_file(path) as db:
        _rewrite(db, OTHER, 2, lambda content: content.replace("Mer underlag", "Mindre underlag"))
    assert found(verify(path)) == [("row_changed", f"uppdrag {OTHER}")]


@pytest.fixture
def gallrad(any_house: House) -> House:
    """A house in which the content of one event in the middle of a stream has been emptied."""
    live_a_little(any_house)
    empty(any_house, FIRST, 5)
    return any_house


def test_an_emptied_event_leaves_a_chain_that_can_be_proved(gallrad: House) -> None:
    report = queries.verify(gallrad)
    assert report.findings == ()
    assert report.emptied == (f"{FIRST}/5",)


def test_every_event_of_an_uppdrag_can_be_emptied(gallrad: House) -> None:
    length = len(queries.history(gallrad, OTHER))
    for seq in range(1, length + 1):
        empty(gallrad, OTHER, seq)
    report = queries.verify(gallrad)
    assert report.findings == ()
    assert len(report.emptied) == 1 + length


TAMPERED = {
    "UPDATE uppdrag SET state = 'avbruten' WHERE id = 'U2026-01'": ("row_changed", "uppdrag U2026-01"),
    "UPDATE uppdrag SET changed_at = '2027-03-28 00:00:00' WHERE id = 'U2026-01'": ("row_changed", "uppdrag U2026-01"),
    "DELETE FROM uppdrag WHERE id = 'U2026-01'": ("row_missing", "uppdrag U2026-01"),
    "UPDATE regionbeslut SET version = 1 WHERE region = '01'": ("row_changed", "regionbeslut U2026-01 01"),
    "DELETE FROM regionbeslut WHERE region = '01'": ("row_missing", "regionbeslut U2026-01 01"),
    "DELETE FROM regionbeslut WHERE region = '25'": ("row_changed", "uppdrag U2026-01"),
    "UPDATE uppdrag SET detail = x'00' WHERE id = 'U2026-01'": ("row_changed", "uppdrag U2026-01"),
    "UPDATE event SET state = 'x' WHERE stream = 'U2026-01' AND seq = 7": ("event_changed", "U2026-01/7"),
    "UPDATE event SET content = '{}' WHERE stream = 'U2026-01' AND seq = 7": ("content_changed", "U2026-01/7"),
    "UPDATE event SET actor = 'x' WHERE stream = 'U2026-01' AND seq = 5": ("event_changed", "U2026-01/5"),
    "UPDATE event SET kind = 'x' WHERE stream = 'U2026-01' AND seq = 5": ("event_changed", "U2026-01/5"),
}


@pytest.mark.sqlite_file("somebody changes it behind the program")
@pytest.mark.parametrize("sql", TAMPERED)
def test_tampering_beside_an_emptied_event_is_still_seen(house: House, sql: str) -> None:
    live_a_little(house)
    empty(house, FIRST, 5)
    path = Path(house.database.path)
    with at_the_file(path) as db:
        assert db.execute(sql).rowcount >= 1
    assert TAMPERED[sql] in found(verify(path))


def _rewrite(db: sqlite3.Connection, stream: str, seq: int, forge: Callable[[str], str]) -> None:
    """Change what an event says, and make every link after it anew."""
    rows = db.execute(f"SELECT {', '.join(NAMES)} FROM event WHERE stream = ? ORDER BY seq", (stream,)).fetchall()
    previous = log.GENESIS
    for held in rows:
        row = dict(zip(NAMES, held, strict=True))
        row["registered_at"] = datetime.fromisoformat(f"{row['registered_at']}+00:00")
        row["happened_on"] = row["happened_on"] and datetime.fromisoformat(row["happened_on"]).date()
        if row["seq"] == seq:
            row["content"] = forge(row["content"])
            row["content_digest"] = log.content_digest(row)
        previous = row["chain"] = log.link(previous, row)
        db.execute(
            "UPDATE event SET content = ?, content_digest = ?, chain = ? WHERE stream = ? AND seq = ?",
            (row["content"], row["content_digest"], row["chain"], stream, row["seq"]),
        )
    db.execute("UPDATE stream SET head = ? WHERE name = ?", (previous, stream))
