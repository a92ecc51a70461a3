"""What does not last is taken away when its time is up, as it was declared; what is of the record stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from sqlmodel import SQLModel

from storage import pruning as stored
from storage.heartbeats import Heartbeat, beat
from storage.mail_tables import HeartbeatRow, IncomingRow, MessageRow, UnsubscribeLinkRow
from storage.privacy_tables import ReadingRow
from storage.raw import RawTable
from storage.statements import Statement
from storage.web_tables import WebDraftRow, WebFaultRow, WebLoginRow, WebSessionRow, WebVisitRow
from tests.cast import NOW
from tests.integration import filled
from tests.journeys import pruning_manual
from tests.reliability import Tried
from uppdrag.service import pruning
from uppdrag.service.house import House
from uppdrag.settings import Settings

PLAIN, DECIDED = Settings(), Settings(gallring_decision="RF 2026:12")
KINDS = {kind.name: kind for kind in pruning.SCHEDULE}
_MAIL = {"digest": "d", "sender": "a@r03.example", "body": "Hej från \U0001f4c5", "handled_by": "Eva"}
_SESSION = {"role": "kansli", "name": "Eva", "made_at": NOW, "ends_at": NOW + timedelta(hours=12)}


def _rows(kind: str, at: datetime, n: int) -> tuple[type[SQLModel], Mapping[str, Any]]:
    """A row of a kind whose time counts from a moment."""
    digest, id = f"{n:064x}", f"rad-{n}"
    rows: dict[str, tuple[type[SQLModel], dict[str, Any]]] = {
        "login": (WebLoginRow, {"digest": digest, "made_at": at, "ends_at": at}),
        "session": (WebSessionRow, {**_SESSION, "digest": digest, "used_at": at}),
        "draft": (WebDraftRow, {"digest": digest, "sealed": "x", "made_at": at, "ends_at": at}),
        "visit": (WebVisitRow, {"number": 1_000 + n, "at": at, "method": "GET", "path": "/", "status": 200}),
        "fault_client": (WebFaultRow, {"id": id, "text": "Går inte", "client": "10.0.0.1", "made_at": at}),
        "reading": (ReadingRow, {"number": 1_000 + n, "at": at, "uppdrag": "U2026-09", "door": "sida", "what": "/",
                                 "name": "Eva"}),
        "heartbeat": (HeartbeatRow, {"worker": id, "kind": "clock", "beat_at": at}),
        "unsubscribe_link": (UnsubscribeLinkRow, {"digest": digest, "region": "03", "office": "hsd", "made_at": at}),
        "delivery": (MessageRow, {"id": id, "recipient": "e@r03.example", "status": "skickad", "fence": 1,
                                  "sent_at": at, "created_at": at, "not_before": at, "next_try_at": at,
                                  "response": "250 OK"}),
        "mail_automatic": (IncomingRow, {**_MAIL, "id": id, "digest": digest, "kind": "studs", "status": "klar",
                                         "received_at": at}),
        "mail_in_diary": (IncomingRow, {**_MAIL, "id": id, "digest": digest, "kind": "svar", "status": "registrerad",
                                        "dnr": "RK2026-1", "received_at": at, "handled_at": at}),
    }  # fmt: skip
    return rows[kind]


def _put(house: House, table: type[SQLModel], row: Mapping[str, Any]) -> None:
    with house.database.transaction() as session:
        session.run(Statement(insert(table)), _whole(table, row))


def _whole(table: type[SQLModel], row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: field.default for name, field in table.model_fields.items() if not field.is_required()}
    return {**{name: None if value is ... else value for name, value in plain.items()}, **row}


def _beat(house: House, now: datetime) -> None:
    with house.database.transaction() as session:
        beat(session, Heartbeat("clock@test:1", "clock", now, "simulera"))


def _all(house: House) -> dict[str, list[tuple[object, ...]]]:
    with house.database.reading() as session:
        return {
            name: sorted((tuple(row) for row in RawTable(session, table).rows()), key=repr)
            for name, table in _tables().items()
        }


def _tables() -> dict[str, type[SQLModel]]:
    found: dict[str, type[SQLModel]] = {}
    left = list(SQLModel.__subclasses__())
    while left:
        table = left.pop()
        left += table.__subclasses__()
        if hasattr(table, "__table__") and table.__module__.startswith("storage."):
            found[str(table.__tablename__)] = table
    return found


def test_each_kind_goes_when_its_time_is_up_and_not_before(any_house: House, tried: Tried) -> None:
    for n, (name, kind) in enumerate(KINDS.items(), start=1):
        edge = NOW - kind.keeps
        for m, at in enumerate((edge - timedelta(seconds=1), edge + timedelta(seconds=1))):
            _put(any_house, *_rows(name, at, n * 10 + m))
    _beat(any_house, NOW)
    foreseen = {d.kind.name: d.rows for d in pruning.due(any_house, DECIDED, now=NOW)}
    assert foreseen == dict.fromkeys(KINDS, 1)
    assert pruning.run(any_house, DECIDED, now=NOW) == dict.fromkeys(KINDS, 1)
    assert pruning.run(any_house, DECIDED, now=NOW) == {}
    assert {d.kind.name: d.rows for d in pruning.due(any_house, DECIDED, now=NOW)} == dict.fromkeys(KINDS, 0)
    tried("Gallring och rensning", "slag som rensas, en sekund före och efter sin tid", 2 * len(KINDS),
          "bara det som var för gammalt togs bort")  # fmt: skip


def test_what_needs_a_decision_stays_where_nobody_has_decided(any_house: House) -> None:
    long_ago = NOW - timedelta(days=4_000)
    for n, name in enumerate(("mail_automatic", "mail_in_diary"), start=1):
        _put(any_house, *_rows(name, long_ago, n))
    assert pruning.run(any_house, PLAIN, now=NOW) == {}
    assert {d.kind.name for d in pruning.due(any_house, PLAIN, now=NOW) if d.rows is None} == {
        "mail_automatic", "mail_in_diary",
    }  # fmt: skip
    pruning.run(any_house, DECIDED, now=NOW)
    bodies = {row[_column("body")] for row in _all(any_house)["incoming"]}
    assert bodies == {"Texten är gallrad enligt RF 2026:12."}


def _column(name: str) -> int:
    return [column.name for column in IncomingRow.__table__.columns].index(name)  # type: ignore[attr-defined]  # a table


@pytest.mark.parametrize(
    "unlike",
    [
        {"status": "ny"}, {"status": "ny", "dnr": ""}, {"status": "registrerad", "dnr": ""},
        {"kind": "okant", "status": "klar"}, {"status": "avfardad", "dnr": ""}, {"kind": "studs", "status": "ny"},
        {"kind": "autosvar", "status": "ny", "dnr": ""},
    ],
    ids=lambda unlike: " ".join(f"{name} {value or 'tomt'}" for name, value in unlike.items()),
)  # fmt: skip
def test_a_mail_that_nobody_has_finished_stays_whole_however_old(house: House, unlike: dict[str, str]) -> None:
    _put(house, *(_rows("mail_in_diary", NOW - timedelta(days=4_000), 1)[0],
                  {**_rows("mail_in_diary", NOW - timedelta(days=4_000), 1)[1], **unlike}))  # fmt: skip
    before = _all(house)["incoming"]
    assert pruning.run(house, DECIDED, now=NOW) == {}
    assert _all(house)["incoming"] == before


def test_twenty_years_later_every_table_of_the_record_is_as_it_was(any_house: House, tried: Tried) -> None:
    filled.fill(any_house)
    later = NOW + timedelta(days=7_300)
    before = _all(any_house)
    _beat(any_house, later)
    pruning.run(any_house, DECIDED, now=later)
    after = _all(any_house)
    pruned = {kind.table for kind in stored.KINDS.values()}
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= pruned, changed - pruned
    kept = {name for name, rows in before.items() if rows} - pruned
    assert {"event", "uppdrag", "regionbeslut", "attachment", "letter", "question", "api_token"} <= kept
    tried("Gallring och rensning", "tabeller jämförda rad för rad efter tjugo års rensning", len(before),
          "inget annat än det som är deklarerat ändrades")  # fmt: skip


def test_a_message_keeps_all_but_what_the_server_answered(house: House) -> None:
    _put(house, *_rows("delivery", NOW - timedelta(days=400), 1))
    (before,) = _all(house)["message"]
    pruning.run(house, PLAIN, now=NOW)
    (after,) = _all(house)["message"]
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [("250 OK", "")]


def test_many_rows_go_in_small_transactions_and_the_rest_the_next_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "BATCH", 3)
    monkeypatch.setattr(pruning, "_MOST", 2)
    for n in range(10):
        _put(house, *_rows("visit", NOW - timedelta(days=200), n))
    assert [pruning.run(house, PLAIN, now=NOW).get("visit", 0) for _ in range(3)] == [6, 4, 0]


def test_a_setting_says_how_long_the_log_of_pages_is_kept(house: House) -> None:
    _put(house, *_rows("visit", NOW - timedelta(days=40), 1))
    assert pruning.run(house, PLAIN, now=NOW) == {}
    assert pruning.run(house, replace(PLAIN, keep_visits=30), now=NOW) == {"visit": 1}


def test_what_is_declared_is_what_is_done_and_what_the_page_says() -> None:
    assert set(KINDS) == set(stored.KINDS)
    assert all(kind.why.endswith(".") and kind.what for kind in KINDS.values())
    page = (Path(__file__).parents[2] / "docs" / "rensning.md").read_text(encoding="utf-8")
    assert page == pruning_manual.render(), "python -m tests.journeys.pruning_manual > docs/rensning.md"
