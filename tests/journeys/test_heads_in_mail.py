"""What a region has in its mail shows what somebody has taken out of the log since, however carefully it was done."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from storage import checkpoints
from storage.log import GENESIS
from tests.faults.relay import Mail, Relay
from tests.heads import head_in
from tests.integration.tampering import at_the_file, verify
from tests.journeys.command_line import Run
from tests.reliability import Tried

Kansli = Callable[..., Run]
BY = ("--as", "kansli", "--by", "Anna Ek")
MEETING = ("--set", "mote=2026-03-27", "--set", "paragraf=18", "--set", "forslagsversion=1")
OF_ONE = {"beslut": "uppdrag", "regionbeslut": "uppdrag", "uppdrag": "id", "event": "stream", "stream": "name"}
BEFORE, NEW = "fore.db", "U2026-20"


@pytest.fixture
def mailed(kansli: Kansli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Kansli, list[Mail], str]:
    """An uppdrag has gone to the regions, another has been added, the log has been proved, and the regions have been
    reminded: the mails that arrived, and the head that `verify` gave."""
    for arguments in (
        ("people", "import", "exempel"),
        ("advance", "U2026-01", "redovisa", *BY, *MEETING, "--set", "rapport=R-1"),
    ):
        assert kansli(*arguments).status == 0
    _copy(tmp_path / "uppdrag.db", tmp_path / BEFORE)
    assert kansli("advance", "U2026-01", "godkann", *BY, *MEETING).status == 0
    new = kansli("new", "Tillkommet", "--lifecycle", "atagande", *BY)
    assert NEW in new.out, new
    head = kansli("verify", "--format", "json").json()[0]["head"]
    monkeypatch.setenv("UPPDRAG_NOW", "2026-08-05T08:30")
    monkeypatch.setenv("UPPDRAG_MAIL", "testadresser")
    monkeypatch.setenv("UPPDRAG_MAIL_TEST_ADDRESSES", "@region-stockholm.example, @region-uppsala.example")
    monkeypatch.setenv("UPPDRAG_MAIL_FROM", "NSPL:s kansli <kansliet@nspl.example>")
    with Relay(tmp_path / "relay.jsonl") as relay:
        monkeypatch.setenv("UPPDRAG_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("UPPDRAG_SMTP_PORT", str(relay.port))
        assert kansli("remind").status == 0
        assert kansli("sender", "--once").status == 0
        return kansli, relay.mails, head


def _copy(source: Path, target: Path) -> None:
    """Copy a database as SQLite has it: part of it may stand in its -wal."""
    with closing(sqlite3.connect(source)) as held, closing(sqlite3.connect(target)) as copy:
        held.backup(copy)


def text_of(mail: Mail) -> str:
    body = message_from_bytes(mail.raw, policy=policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_what_is_removed_is_shown_by_a_mail_that_arrived(
    mailed: tuple[Kansli, list[Mail], str], tmp_path: Path, tried: Tried
) -> None:
    kansli, mails, head = mailed
    path = tmp_path / "uppdrag.db"
    assert len(mails) == 4
    heads = {head_in(text_of(mail)) for mail in mails}
    assert heads == {head}
    assert re.fullmatch(r"\d+-[0-9a-f]{64}", head)
    assert kansli("verify", "--head", head).status == 0, "nothing has been done yet"
    _copy(path, tmp_path / "helt.db")
    for remove in (the_end_of_a_stream, a_whole_uppdrag):
        _copy(tmp_path / "helt.db", path)
        with at_the_file(path) as db:
            remove(db, tmp_path / BEFORE)
        assert verify(path).findings, f"{remove.__name__}: whoever leaves the checkpoints is seen without any mail"
        with at_the_file(path) as db:
            seal_anew(db)
        alone = kansli("verify")
        assert alone.status == 0, f"{remove.__name__}: the forger was careless: {alone}"
        shown = kansli("verify", "--head", head)
        assert shown.status == 1, remove.__name__
        assert f"Kontrollpunkten {head} finns inte här. Loggen är inte en fortsättning på den." in shown.out + shown.err
    tried("Loggen", "slutet på en serie, eller ett helt uppdrag med rader och nummer, borta så att verify inget ser", 2,
          "kontrollpunkten i ett mejl som kom fram visade det")  # fmt: skip


def the_end_of_a_stream(db: sqlite3.Connection, before: Path) -> None:
    """U2026-01 is again as it was before chefsgruppen approved it, in every row."""
    db.execute("ATTACH ? AS earlier", (str(before),))
    for table, column in OF_ONE.items():
        db.execute(f"DELETE FROM {table} WHERE {column} = 'U2026-01'")
        db.execute(f"INSERT INTO {table} SELECT * FROM earlier.{table} WHERE {column} = 'U2026-01'")


def a_whole_uppdrag(db: sqlite3.Connection, _: Path) -> None:
    """The newest uppdrag has never been."""
    for table, column in OF_ONE.items():
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", (NEW,))
    db.execute("UPDATE series SET last = last - 1")


def seal_anew(db: sqlite3.Connection) -> None:
    """Every checkpoint as it would be, had what is gone never been."""
    db.execute(
        "DELETE FROM checkpoint_stream WHERE NOT EXISTS"
        " (SELECT 1 FROM event e WHERE (e.stream, e.seq) = (checkpoint_stream.stream, checkpoint_stream.seq))"
    )
    previous = GENESIS
    for number, made_at in db.execute("SELECT number, made_at FROM checkpoint ORDER BY number").fetchall():
        held = db.execute("SELECT stream, seq, head FROM checkpoint_stream WHERE checkpoint = ?", (number,)).fetchall()
        at = datetime.fromisoformat(made_at).replace(tzinfo=UTC)
        previous = checkpoints.link(previous, number, at, held)
        db.execute("UPDATE checkpoint SET head = ? WHERE number = ?", (previous, number))
    db.execute(
        "UPDATE stream SET sealed = coalesce((SELECT max(seq) FROM checkpoint_stream s WHERE s.stream = name), 0)"
    )
