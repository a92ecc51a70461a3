"""What a monitor asks of a web process: alive, ready, numbers. Told to whoever asks by any name, kept nowhere."""

from __future__ import annotations

import inspect
import json
import logging
from dataclasses import replace
from http.client import HTTPConnection

import pytest
from sqlalchemy import text

from storage import schema
from tests.web import SETTINGS, visiting
from uppdrag.service import logs
from uppdrag.service.house import House
from uppdrag.web import guard, server, watching
from workflow.errors import StorageUnavailable

TOKEN = "vindruva-7-gran-ås-mått"  # noqa: S105 - the tests' own
ELSEWHERE = {"host": "10.0.0.7:8000"}


def _set_revision(house: House, revision: str) -> None:
    with house.database.engine.connect() as connection:
        connection.execute(text("BEGIN"))
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
        connection.execute(text("COMMIT"))


def test_alive_touches_nothing_and_ready_asks_the_database(
    any_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    with visiting(any_house) as at:
        assert at.get(watching.READY, headers=ELSEWHERE).json()["status"] == "redo"
        for revision, said in (("9999", "newer"), (schema.REVISIONS[0], "older")):
            _set_revision(any_house, revision)
            answer = at.get(watching.READY)
            assert (answer.status_code, answer.json()["status"]) == (503, said)
            assert revision not in answer.text
        _set_revision(any_house, schema.HEAD)

        def away(*_: object) -> None:
            raise StorageUnavailable("unreachable", "host=db.example password=hemligt")

        monkeypatch.setattr(any_house.database, "reading", away)
        monkeypatch.setattr(any_house.database, "transaction", away)
        at.client.cookies.set("uppdrag", "somebody's")  # a probe through a browser looks nobody up
        gone = at.get(watching.READY)
        assert (gone.status_code, gone.json()["status"]) == (503, "unreachable")
        assert "db.example" not in gone.text
        alive = at.get(watching.ALIVE, headers=ELSEWHERE)
        assert (alive.status_code, alive.json()["status"]) == (200, "lever")
        assert alive.headers["cache-control"] == "no-store"
        assert at.get("/logga-in", headers=ELSEWHERE).status_code == 421, "nothing else by another name"
        assert not at.web.visits._waiting or all("halsa" not in v.path for v in at.web.visits._waiting)
        monkeypatch.undo()


def test_alive_is_answered_while_every_thread_waits_for_the_database() -> None:
    permission = watching.Anybody()
    assert inspect.iscoroutinefunction(permission.__call__)
    assert inspect.iscoroutinefunction(watching._alive), "answered by the loop itself, not by a thread of the pool"


def test_numbers_are_for_who_has_the_key(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with visiting(house) as at:
        assert at.get(watching.NUMBERS, headers={"authorization": "Bearer "}).status_code == 404
    with visiting(house, replace(SETTINGS, metrics_token=TOKEN)) as at:
        for header in ("", "Bearer fel", f"Basic {TOKEN}"):
            refused = at.get(watching.NUMBERS, headers={"authorization": header.encode()})
            assert (refused.status_code, "uppdrag_open" in refused.text) == (401, False)
            assert refused.headers["www-authenticate"].startswith("Bearer")
        at.get("/uppdrag/U2026-01?q=hemligt")
        key = {"authorization": f"Bearer {TOKEN}".encode(), **{k: v.encode() for k, v in ELSEWHERE.items()}}
        told = at.get(watching.NUMBERS, headers=key)
        assert told.status_code == 200
        assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
        for line in (
            "uppdrag_open 19.0", "uppdrag_database_up 1.0", "uppdrag_request_seconds_count ",
            'uppdrag_requests_total{method="GET",route="/uppdrag/{id}",status="303"} 1.0',
        ):  # fmt: skip
            assert line in told.text
        assert "U2026-01" not in told.text
        assert "hemligt" not in told.text

        def away(*_: object) -> None:
            raise StorageUnavailable("unreachable", "")

        monkeypatch.setattr(house.database, "reading", away)
        without = at.get(watching.NUMBERS, headers=key).text
        assert "uppdrag_database_up 0.0" in without
        assert "uppdrag_request_seconds_count" in without
        monkeypatch.undo()


def test_an_error_of_ours_is_found_in_the_log_by_its_number(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(logging.getLogger("uppdrag.web"), "handlers", [_Kept(seen)])

    def fall(*_: object, **__: object) -> None:
        raise RuntimeError("Anna Ek, anna@region.example")

    monkeypatch.setattr("uppdrag.web.todo.todo.todo", fall)
    with visiting(house) as at:
        at.log_in("kansli")
        answer = at.get("/att-gora", headers={"x-request-id": "av någon annan".encode()})
        number = answer.headers["x-request-id"]
        assert f"ärende {number}" in answer.text
        assert "ärende" not in at.get("/finns-inte").text.split("Felkod", 1)[1]
    failed, answered = map(json.loads, seen[:2])
    assert (failed["event"], failed["request"], failed["error"]) == ("page_failed", number, "RuntimeError")
    assert failed["where"][-1].startswith("uppdrag/web/todo.py:")
    assert (answered["event"], answered["route"], answered["status"]) == ("answered", "/att-gora", 500)
    assert "Anna" not in "".join(seen)


class _Kept(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines
        self.setFormatter(logs.JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


@pytest.mark.parametrize(("trusted", "told"), [("127.0.0.1", "203.0.113.9"), ("10.0.0.0/8", "127.0.0.1")])
def test_only_a_trusted_proxy_says_who_asks(
    house: House, monkeypatch: pytest.MonkeyPatch, trusted: str, told: str
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(guard.Guard, "_note", lambda _, request, *__: seen.append(request.client.host))
    port = server.free_port("127.0.0.1")
    chosen = replace(SETTINGS, trusted_proxies=(trusted,))
    with server.serving(house, chosen, host="127.0.0.1", port=port):
        asking = HTTPConnection("127.0.0.1", port, timeout=20)
        asking.request("GET", watching.ALIVE, headers={"X-Forwarded-For": "203.0.113.9"})
        assert asking.getresponse().status == 200
        asking.close()
    assert seen == [told]
