"""The package of a matter: everything that was kept about it, under safe names, and provably as it was written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import PurePosixPath, PureWindowsPath
from zipfile import ZipFile

import pytest
from sqlalchemy import insert

from storage import meetings
from storage.mail_tables import AttachmentRow, IncomingAttachmentRow, IncomingRow, LetterRow, MessageRow
from storage.statements import Statement
from tests.cast import KANSLI, NOW
from tests.integration.lived import FIRST, live_a_little
from uppdrag.service import matter, queries
from uppdrag.service.house import House
from workflow.convening import Calendar, state_meetings
from workflow.errors import Refused
from workflow.sammantraden import CHEFSGRUPP, Sammantrade

EXTRACT, MAIL = b"%PDF-1.7 utdrag", b"Subject: Hej\r\n\r\nEtt mejl\r\n"
HOSTILE = (
    "../../etc/passwd",
    "C:\\Windows\\con.pdf",
    "CON",
    "a\x00b\u202efdp.exe",
    "…",
    "x" * 300 + ".pdf",
    " .hidden",
)


def with_mail(house: House) -> None:
    """A mail that left and an answer with a file whose name leads elsewhere."""
    live_a_little(house)
    board = Calendar(CHEFSGRUPP, "chefsgrupp")
    day = date(2026, 3, 20)
    held = Sammantrade(region=CHEFSGRUPP, body="chefsgrupp", first=day, last=day)
    with house.database.transaction() as session:
        meetings.save(session, [(board, state_meetings(board, [held], source="prov"))], KANSLI, NOW)
    digest = sha256(EXTRACT).hexdigest()
    rows = (
        (MessageRow, {"id": "<1@nspl>", "recipient": "reg@example.se", "office": "registrator", "region": "01",
                      "uppdrag": FIRST, "subject": "U2026-01: ../beslut?", "status": "skickad", "created_at": NOW,
                      "not_before": NOW, "expires_on": None, "attempts": 1, "next_try_at": NOW, "fence": 1,
                      "leased_by": "", "leased_until": None, "sent_at": NOW, "response": ""}),
        (LetterRow, {"message": "<1@nspl>", "raw": MAIL}),
        (IncomingRow, {"id": "svar1", "digest": "d", "received_at": NOW, "sender": "reg@example.se", "subject": "Svar",
                       "kind": "svar", "uppdrag": FIRST, "region": "01", "answers": "", "body": "Se bilagan. Åäö",
                       "note": "", "status": "registrerad", "event": f"{FIRST}/7", "dnr": "RS 1", "handled_by": "Anna",
                       "handled_at": NOW}),
        (AttachmentRow, {"digest": digest, "content_type": "application/pdf", "size": len(EXTRACT),
                         "content": EXTRACT}),
        (IncomingAttachmentRow, {"incoming": "svar1", "number": 1, "filename": HOSTILE[0], "digest": digest,
                                 "refused": ""}),
        (IncomingAttachmentRow, {"incoming": "svar1", "number": 2, "filename": "stor.zip", "digest": None,
                                 "refused": "för stor"}),
    )  # fmt: skip
    with house.database.transaction() as session:
        for table, values in rows:
            session.run(Statement(insert(table)), values)


def files(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name.removeprefix(f"{FIRST}/"): archive.read(name) for name in archive.namelist()}


def test_everything_that_was_kept_is_in_it(any_house: House) -> None:
    with_mail(any_house)
    made = matter.make(any_house, FIRST, now=NOW)
    held = files(made.content)
    assert EXTRACT in held.values()
    assert MAIL in held.values()
    assert "handlingar/protokollsutdrag-2026-03-20-5.pdf" in held
    assert "Åäö" in held["inkommet/001/mejl.txt"].decode()
    assert made.left_out == ("stor.zip i svaret 2026-03-27 10.00: för stor",)
    index = held["index.html"].decode()
    assert all(f'href="{path}"' in index for path in held if path not in ("index.html", "SHA256SUMS.txt"))
    assert "för stor" in index


def test_every_file_has_its_sum_and_every_event_its_line(house: House) -> None:
    with_mail(house)
    made = matter.make(house, FIRST, now=NOW)
    held = files(made.content)
    lines = [line.split("  ", 1) for line in held.pop("SHA256SUMS.txt").decode().splitlines()]
    sums = {path: digest for digest, path in lines}
    assert sums == {path: sha256(content).hexdigest() for path, content in held.items()}
    told = [json.loads(line) for line in held["logg.jsonl"].splitlines()]
    wanted = queries.history(house, FIRST)
    assert [(t["seq"], t["kind"], t["holds"]) for t in told] == [(e.seq, type(e.event).__name__, True) for e in wanted]
    assert json.loads(held["kontroll.json"])["broken"] == []
    assert made.holds


def test_the_same_database_gives_the_same_bytes_on_another_day(house: House) -> None:
    with_mail(house)
    later = NOW.replace(year=2027)
    assert matter.make(house, FIRST, now=NOW).content == matter.make(house, FIRST, now=later).content


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (f"UPDATE event SET role = 'system' WHERE stream = '{FIRST}' AND seq = 3", [f"{FIRST}/3"]),
        (f"UPDATE stream SET head = '{'0' * 64}' WHERE name = '{FIRST}'", []),
        ("UPDATE attachment SET content = x'00'", []),
    ],
)  # fmt: skip
@pytest.mark.sqlite_file("somebody changes it behind the program")
def test_what_was_tampered_with_shows(house: House, broken: str, named: list[str]) -> None:
    with_mail(house)
    with closing(sqlite3.connect(house.database.path)) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(broken)
    made = matter.make(house, FIRST, now=NOW)
    assert not made.holds
    assert json.loads(files(made.content)["kontroll.json"])["broken"] == named
    assert "stämmer inte" in files(made.content)["index.html"].decode()


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_name_leads_nowhere_and_every_system_takes_it(name: str) -> None:
    flat = matter.safe(name)
    assert flat
    assert len(flat) <= 80
    assert flat == PurePosixPath(flat).name == PureWindowsPath(flat).name
    assert not PureWindowsPath(flat).is_reserved()
    assert flat[0] not in ".-"


def test_a_sensitive_uppdrag_is_not_packed(house: House, somebody: Callable[..., object]) -> None:
    with pytest.raises(Refused) as no:
        matter.make(house, "U2026-09", now=NOW)
    assert [r.code for r in no.value.refusals] == ["package_sensitive"]
