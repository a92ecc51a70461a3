"""Whoever is shown anything of a sensitive uppdrag stands in the reading log, by whichever door; nobody else does."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from definitions.direktiv import Stated
from storage import readings as stored
from storage.database import Session
from tests.api import calling
from tests.cast import KANSLI, NOW
from tests.integration.secrets import SECRET, live_in_secret, write_about
from tests.integration.test_append_only import Refused, trying
from tests.reliability import Tried
from tests.web import SETTINGS, Visiting, visiting
from uppdrag.service import directives, queries, readings
from uppdrag.service.house import House
from uppdrag.service.logs import JsonLines
from uppdrag.service.readings import Reader
from uppdrag.service.signing_in import WebRole
from uppdrag.web.app import create_app
from workflow.errors import StorageUnavailable

_WITHOUT_CONTENT = (401, 403, 404, 405)


def _paths(app: FastAPI, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    for route in app.routes:
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
            path = route.path_format.format(**{name: known.get(name, "1") for name in route.param_convertors})
            yield route.path, f"{path}?q=norr" if route.path == "/sok" else path


def _logged(house: House) -> int:
    with house.database.reading() as session:
        return sum(1 for _ in session.raw("SELECT 1 FROM reading"))


@pytest.fixture
def secret(house: House) -> str:
    id = live_in_secret(house)
    directives.new(house, [id], Stated(title=f"Om {SECRET}"), actor=KANSLI, now=NOW, key="d")
    return id


@pytest.mark.parametrize(
    "roles", [("kansli", "api"), pytest.param(("chefsgrupp", "region", "insyn", "drift"), marks=pytest.mark.soak)]
)
def test_every_page_that_shows_anything_sensitive_is_written_down(
    house: House, secret: str, roles: tuple[WebRole | Literal["api"], ...], tried: Tried
) -> None:
    """By what stands in the answer, whatever the route: a new page cannot forget."""
    app, mail = create_app(house, SETTINGS), write_about(house, secret, word=f"{SECRET}2")
    known = {"lanskod": "03", "trigger": "pausa", "name": "x", "act": "pausa", "seq": "9", "version": "1",
             "number": "1", "day": "2026-04-24", "year": "2026", "month": "2026-02"}  # fmt: skip
    unlogged, shown, asked = [], 0, 0
    with visiting(house, app=app) as at, calling(house, app=app) as system:
        system.unhurried()
        system.log_in("kansli")
        for role in roles:
            if role != "api":
                at.log_in(role, "03" if role == "region" else "")
            for route, wanted in _paths(app, {**known, "id": "ID"}):
                path = wanted.replace(
                    "ID", mail if "/inkommet" in wanted else "D1" if "/direktiv/" in wanted else secret
                )
                if route.startswith("/api/") != (role == "api"):
                    continue
                before = _logged(house)
                answer = system.get(path.removeprefix("/api/v1")) if role == "api" else at.get(path)
                asked += 1
                told = SECRET in answer.text or SECRET.encode() in answer.content
                shown += told
                if told and answer.status_code not in _WITHOUT_CONTENT and _logged(house) == before:
                    unlogged.append(f"{role} {route}")
    assert unlogged == []
    assert shown > 20 or "kansli" not in roles, "it was there to be seen"
    tried("Integritet", f"varje sida, fil och API-svar om ett känsligt uppdrag, som {', '.join(roles)}", asked,
          f"{shown} visade något känsligt, och alla {shown} stod i läsloggen")  # fmt: skip


def test_nobody_stands_there_who_was_shown_nothing(house: House, secret: str) -> None:
    with visiting(house) as at:
        at.log_in("chefsgrupp")
        for path in ("/uppdrag", "/laget", "/rapporter", "/sok?q=x", f"/uppdrag/{secret}/bilder-som-inte-finns"):
            at.get(path)
        at.log_in("kansli")
        at.get("/regioner")
        at.get("/uppdrag/U2026-01")
        at.get(f"/inkommet/{secret}")
        at.get(f"/uppdrag/{secret}x")
    assert readings.listed(house) == []


def test_it_says_who_and_when_and_through_which_door(house: House, secret: str) -> None:
    with visiting(house) as at:
        at.log_in("kansli")
        at.get(f"/uppdrag/{secret}")
    with calling(house) as system:
        system.log_in("kansli", name="Diariet")
        system.get(f"/uppdrag/{secret}")
    page, api = sorted(readings.listed(house, uppdrag=secret), key=lambda r: r.name)
    assert (page.name, page.role, page.office, page.door, page.what) == (
        "Anna Ek", "kansli", "", "sida", f"/uppdrag/{secret}",
    )  # fmt: skip
    assert (api.name, api.office, api.door, api.what) == ("Diariet", "nyckel", "api", f"/api/v1/uppdrag/{secret}")
    assert page.at == api.at == NOW
    assert readings.listed(house, name="anna ek") == [page]
    assert readings.listed(house, since=NOW.date() + timedelta(days=1)) == []


def test_the_page_is_not_shown_where_it_cannot_be_written_down(
    house: House, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_session: Session, _readings: object) -> None:
        raise StorageUnavailable("full", "disk")

    with visiting(house) as at, calling(house, app=at.client.app) as system:  # type: ignore[arg-type]  # the same app
        at.log_in("kansli")
        system.log_in("kansli")
        monkeypatch.setattr(stored, "note", full)
        page, api = at.get(f"/uppdrag/{secret}"), system.get(f"/uppdrag/{secret}")
        assert page.status_code == api.status_code == 503
        assert SECRET not in page.text + api.text
        assert page.headers["content-security-policy"]
        assert at.get("/uppdrag/U2026-01").status_code == 200, "what is not sensitive needs no log"


def test_a_page_without_anything_sensitive_writes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "note", lambda *_, **__: pytest.fail("written"))
    with visiting(house) as at:
        at.log_in("region", "03")
        assert at.get("/uppdrag/U2026-01").status_code == 200


def test_the_database_changes_none_and_forgets_none_before_its_time(any_house: House) -> None:
    for days in (0, 600, 800):
        readings.note(any_house, ["U2026-09"], Reader(name="Anna"), "sida", "/", now=NOW + timedelta(days=days))
    with pytest.raises(Refused, match="reading: UPDATE is refused"), trying(any_house) as session:
        session.connection.execute("UPDATE reading SET name = 'Bo'")
    with pytest.raises(Refused, match="reading: DELETE is refused"), trying(any_house) as session:
        session.connection.execute("DELETE FROM reading")
    with any_house.database.transaction() as session:
        assert stored.forget(session, before=NOW + timedelta(days=800) - readings.KEPT) == 1
    assert len(readings.listed(any_house)) == 2


def _look(at: Visiting, query: str) -> str:
    at.log_in("kansli")
    return at.get(f"/laslogg{query}").text


def test_the_kansli_sees_who_has_read(house: House, secret: str) -> None:
    with visiting(house) as at:
        assert "Ingen har läst något känsligt" in _look(at, "")
        at.get(f"/uppdrag/{secret}")
        page = _look(at, f"?uppdrag={secret.lower()}&namn=Anna+Ek&fran=2026-03-27")
        assert "1\xa0läsning" in page
        assert f"<code>/uppdrag/{secret}</code>" in page
        assert "Skriv numret som" in _look(at, "?uppdrag=7")
        assert "Skriv dagen som" in _look(at, "?fran=igår")


def test_the_program_s_own_log_says_nothing_of_it(
    house: House, secret: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Not what is sensitive, nor who read it: also where a page breaks with all of it in hand."""

    def breaks(*_: object, **__: object) -> None:
        raise ValueError(f"{SECRET} för Anna Ek")

    caplog.set_level(logging.INFO)
    with visiting(house) as at:
        at.log_in("kansli")
        assert at.get(f"/uppdrag/{secret}").status_code == 200
        assert at.get(f"/sok?q={SECRET}").status_code == 200
        monkeypatch.setattr(stored, "note", lambda *_: (_ for _ in ()).throw(StorageUnavailable("full", SECRET)))
        assert at.get(f"/uppdrag/{secret}").status_code == 503
        monkeypatch.setattr(queries, "detail", breaks)
        assert at.get(f"/uppdrag/{secret}").status_code == 500
    lines = [JsonLines().format(record) for record in caplog.records if record.name.startswith("uppdrag")]
    assert {json.loads(line)["event"] for line in lines} >= {"reading_withheld", "page_failed"}
    assert not [line for line in lines if SECRET in line or "Anna" in line]
