"""A page that is read changes nothing: every GET of every role, in a transaction that cannot write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import insert
from sqlmodel import SQLModel

from storage.statements import Statement
from storage.tables import SeriesRow
from tests.integration.doing import decide, with_the_regions
from tests.reliability import Tried
from tests.web import SETTINGS, visiting
from uppdrag.service.house import House
from uppdrag.service.signing_in import WEB_ROLES
from uppdrag.service.visits import Visits
from uppdrag.web.app import create_app
from uppdrag.web.permissions import PUBLIC, Pages
from workflow.errors import StorageUnavailable

_YEAR = {"year": 1999, "last": 1}
_write = Statement(insert(SeriesRow))
_ALONE = ("/api/",)
"""What has tests of its own."""


def _content(house: House) -> list[str]:
    """Everything that the database holds, as text."""
    with house.database.reading() as session:
        return [
            f"{name} {row}"
            for name in SQLModel.metadata.tables
            if name != "reading"  # written beside the pages, before they are shown
            for row in sorted(map(repr, session.raw(f'SELECT * FROM "{name}"')))
        ]


def _paths(app: FastAPI, known: dict[str, str]) -> Iterator[str]:
    for route in app.routes:
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()) and not route.path.startswith(_ALONE):
            yield route.path_format.format(**{name: known.get(name, "1") for name in route.param_convertors})


def test_no_page_of_any_role_changes_the_database(house: House, monkeypatch: pytest.MonkeyPatch, tried: Tried) -> None:
    id = with_the_regions(house, "01", "03")
    decide(house, id, "03")
    app = create_app(house, SETTINGS)
    known = {"id": id, "lanskod": "03", "trigger": "pausa", "name": "x", "act": "pausa"}
    asked: list[int] = []
    with visiting(house, app=app) as at:
        monkeypatch.setattr(Visits, "write", lambda _: None)  # the access log is written beside the pages
        for role in WEB_ROLES:
            at.log_in(role, "03" if role == "region" else "")
            before = _content(house)
            asked += [at.get(path).status_code for path in _paths(app, known)]
            assert _content(house) == before, role
        monkeypatch.undo()
    assert asked.count(200) > 50, "the pages were there"
    assert 500 not in asked
    tried("Åtkomst", "sidor som bara läses, för varje roll", len(asked), "ingen ändrade något i databasen")


def test_a_page_that_would_write_fails(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that reads as pages do cannot write, whatever it tries."""
    install = Pages.install

    def with_one_more(self: Pages, app: FastAPI) -> None:
        if not any(isinstance(r, APIRoute) and r.path == "/skriver" for r in app.routes):
            more = Pages()

            @more.get("/skriver", PUBLIC)
            def writes() -> str:
                with house.database.reading() as session:
                    session.run(_write, _YEAR)
                return "skrivet"

            install(more, app)
        install(self, app)

    monkeypatch.setattr(Pages, "install", with_one_more)
    with visiting(house) as at:
        before = _content(house)
        assert at.get("/skriver").status_code == 503
        assert _content(house) == before


def test_a_transaction_that_reads_cannot_write(any_house: House) -> None:
    with pytest.raises(StorageUnavailable) as refused, any_house.database.reading() as session:
        session.run(_write, _YEAR)
    assert refused.value.code == "readonly"
    with any_house.database.transaction() as session:
        session.run(_write, _YEAR)
