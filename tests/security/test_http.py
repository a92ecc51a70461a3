"""What is served and what is not: by each method, beside the pages, and between two requests."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.routing import APIRoute

from tests.cast import KANSLI, NOW
from tests.integration.test_web_login import PEOPLE, REGISTRATOR, _mails
from tests.reliability import Tried
from tests.web import ORIGIN, SETTINGS, Visiting, visiting
from uppdrag.service import people
from uppdrag.service.house import House
from uppdrag.web.app import create_app
from uppdrag.web.rendering import PLACES
from uppdrag.web.server import free_port, serving

UNSERVED = (
    "/.git/config", "/.git/HEAD", "/.svn/entries", "/.env", "/uppdrag.env", "/pyproject.toml", "/static/", "/static",
    "/static/../app.py", "/static/%2e%2e/app.py", "/docs", "/redoc", "/openapi.json", "/debug", "/console", "/metrics",
    "/api/", "/api/v1/", "/server-status", "/robots.txt.bak", "/var/uppdrag.db", "/uppdrag.db",
)  # fmt: skip


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    with visiting(house) as somebody:
        yield somebody


def test_nothing_but_pages_is_served(at: Visiting) -> None:
    at.log_in("kansli")
    assert {path: at.get(path).status_code for path in UNSERVED} == dict.fromkeys(UNSERVED, 404)
    assert not at.client.app.debug  # type: ignore[attr-defined]  # FastAPI's


def test_no_method_is_answered_that_is_not_declared(house: House, tried: Tried) -> None:
    app, times, wrong = create_app(house, SETTINGS), 0, []
    with visiting(house, app=app) as at:
        at.log_in("kansli")
        for route in app.routes:
            assert isinstance(route, APIRoute)
            path = re.sub(r"{\w+}", "1", route.path_format)
            for method in ("TRACE", "DELETE"):
                status = at.client.request(method, path, headers={"origin": ORIGIN}).status_code
                times += 1
                if status != 405:
                    wrong.append((method, path, status))
    assert not wrong
    tried("Åtkomst", "metoder som ingen sida har sagt att den svarar på", times, "alla fick 405")


def test_no_other_site_is_let_in_by_cors(at: Visiting) -> None:
    asks = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    for path in ("/", "/logga-in", "/api/v1/uppdrag", "/api/v1/openapi.json", "/halsa"):
        for method in ("OPTIONS", "GET"):
            answer = at.client.request(method, path, headers=asks, follow_redirects=False)
            assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_every_page_of_somebody_logged_in_leads_out(at: Visiting) -> None:
    for role in ("kansli", "chefsgrupp", "insyn", "drift"):
        at.log_in(role)
        for place in PLACES:
            if role in place.roles:
                assert 'action="/logga-ut" method="post"' in at.get(place.address).text, place


def test_logging_out_clears_the_browser(at: Visiting) -> None:
    at.log_in("kansli")
    left = at.post("/logga-ut", {})
    assert left.headers["clear-site-data"] == '"cache", "storage"'
    assert 'uppdrag=""' in left.headers["set-cookie"]


def test_a_field_that_comes_twice_counts_once(house: House) -> None:
    people.import_people(house, "exempel.csv", PEOPLE.read_bytes(), actor=KANSLI, now=NOW)
    others = "registrator@region-stockholm.example"
    with visiting(house) as at:
        twice = {"adress": [others, REGISTRATOR]}
        at.client.post(f"/logga-in?adress={others}", data=twice, headers={"origin": ORIGIN}, follow_redirects=False)
        assert (len(_mails(house)), len(_mails(house, others))) == (1, 0), "the last one, of the form"
        only_in_the_address = at.client.post(f"/logga-in?adress={others}", headers={"origin": ORIGIN})
        assert only_in_the_address.status_code == 422


def test_a_request_cannot_be_smuggled_within_another(house: House) -> None:
    """Transfer-Encoding alone counts where both are there (RFC 9112, section 6.3); what says it twice is refused."""
    port = free_port("127.0.0.1")
    smuggled = "GET /halsa HTTP/1.1\r\nHost: x\r\n\r\n"
    with serving(house, replace(SETTINGS, url=f"http://127.0.0.1:{port}"), host="127.0.0.1", port=port):
        for headers, body, answers in (
            (f"Content-Length: {5 + len(smuggled)}\r\nTransfer-Encoding: chunked", f"0\r\n\r\n{smuggled}", 2),
            (f"Transfer-Encoding: chunked\r\nContent-Length: {5 + len(smuggled)}", f"0\r\n\r\n{smuggled}", 2),
            (f"Content-Length: 0\r\nContent-Length: {len(smuggled)}", smuggled, 1),
            (f"Content-Length: +{len(smuggled)}", smuggled, 1),
            (f"Content-Length : {len(smuggled)}", smuggled, 1),
            ("Transfer-Encoding: xchunked", f"0\r\n\r\n{smuggled}", 1),
        ):  # fmt: skip
            told = _raw(port, f"POST /logga-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n\r\n{body}")
            assert told.count(b"HTTP/1.1 ") == answers, headers
        plain = _raw(port, f"GET /halsa HTTP/1.1\r\nHost: x\r\n\r\n{smuggled}")
        assert plain.count(b"Processen svarar") == 2, "two that are sent as two are two"


def _raw(port: int, request: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
        one.sendall(request.encode())
        one.shutdown(socket.SHUT_WR)
        told = b""
        while some := one.recv(65_536):
            told += some
    return told
