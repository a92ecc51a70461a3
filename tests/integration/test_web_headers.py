"""What every answer tells the browser: each page, each of the API's, each file, and everything that goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.routing import APIRoute
from httpx2 import Headers, Response

from tests.integration.doing import with_the_regions
from tests.reliability import Tried
from tests.web import ORIGIN, SETTINGS, Visiting, visiting
from uppdrag.service.house import House
from uppdrag.web import guard

ALWAYS = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
POLICY = ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")
FRAMED = ("/rapporter/{month}/html", "/utskick/mallar/{name}/html", "/utskick/{id}/html")
"""Mails as they look, shown inside a page of ours and nowhere else."""


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    with visiting(house) as somebody:
        yield somebody


def _missing(headers: Headers, *, kept: bool = False, framed: bool = False) -> list[str]:
    """What an answer should have told and did not."""
    told = dict(headers)
    wrong = [name for name, value in ALWAYS.items() if told.get(name) != value and not (framed and "frame" in name)]
    policy = told.get("content-security-policy", "")
    wrong += [part for part in POLICY if part not in policy and not (framed and part != "default-src 'none'")]
    wrong += [part for part in ("unsafe", "*", "http:", "https:") if part in policy and not framed]
    if not kept and not told.get("cache-control", "").startswith("no-store"):
        wrong.append("no-store")
    kind = told.get("content-type", "")
    if told.get("content-length", "0") != "0" and not kind:
        wrong.append("content-type")
    if kind.startswith("text/") and "charset=utf-8" not in kind:
        wrong.append(kind)
    return wrong + [name for name in ("server", "x-powered-by") if name in told]


@pytest.mark.parametrize("role", ["kansli", ""])
def test_every_route_tells_it_by_every_method(house: House, role: str, tried: Tried) -> None:
    id = with_the_regions(house, "01", "03")
    known = {"id": id, "lanskod": "03", "trigger": "pausa", "seq": "1", "version": "1", "act": "x", "number": "1",
             "day": "2026-04-24"}  # fmt: skip
    wrong, times = {}, 0
    with visiting(house) as at:
        routes = [r for r in at.client.app.routes if isinstance(r, APIRoute)]  # type: ignore[attr-defined]  # FastAPI's app
        assert len(routes) > 50
        for route in routes:
            names = {n: known.get(n, "regiongemensamt") for n in re.findall(r"{(\w+)}", route.path_format)}
            path = route.path_format.format(**(known | names | {"name": "regiongemensamt"}))
            for method in sorted({*(route.methods or ()), "PUT"} - {"HEAD"}):
                if role:
                    at.log_in("kansli")
                answer = at.post(path, {}) if method == "POST" else at.client.request(
                    method, path, follow_redirects=False
                )  # fmt: skip
                times += 1
                if found := _missing(answer.headers, kept="/static/" in path, framed=route.path in FRAMED):
                    wrong[method, path, answer.status_code] = found
    assert not wrong
    tried("Åtkomst", "säkerhetshuvuden på varje svar, av varje metod", times, "alla fanns, också på fel")


def _fall(*_: object, **__: object) -> None:
    raise RuntimeError("planted")


def test_everything_that_goes_wrong_tells_it_too(at: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    at.log_in("kansli")
    monkeypatch.setattr("uppdrag.web.accessibility.shortcomings.listed", _fall)
    answers: dict[int, Response] = {
        303: at.post("/uppdrag/nytt", {}, {"origin": ORIGIN}) if not at.client.cookies else at.get("/"),
        400: at.get("/uppdrag/%00"),
        403: at.post("/uppdrag/nytt", {}, {"origin": "https://evil.example"}),
        404: at.get("/finns-inte"),
        405: at.client.request("DELETE", "/uppdrag"),
        413: at.post("/uppdrag/nytt", {"titel": "a" * (guard.LARGEST + 1)}),
        421: at.get("/", headers={"host": "evil.example"}),
        422: at.post("/tillganglighet", {"text": ""}),
        500: at.get("/anmalda-fel"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert not _missing(answer.headers), status
        assert "Set-Cookie" not in answer.headers
    missing = at.get("/static/finns.inte.css")
    assert (missing.status_code, _missing(missing.headers)) == (404, [])


def test_a_file_is_kept_and_guarded(at: Visiting) -> None:
    assets = at.web.assets
    for name in ("uppdrag.css", "uppdrag.js", "ikon.svg"):
        answer = at.get(assets.address(name))
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert not _missing(answer.headers, kept=True)


def test_cookies_cannot_be_read_by_a_page_nor_sent_from_elsewhere(house: House) -> None:
    chosen = replace(SETTINGS, url="https://uppdrag.example.se")
    with visiting(house, chosen) as at:
        asked = at.post("/logga-in", {"adress": "nagon@region.example"}, {"origin": chosen.url})
        left = at.post("/uppdrag/nytt", {"titel": "Utan inloggning"}, {"origin": chosen.url})
    for answer in (asked, left):
        parts = {part.strip() for part in answer.headers["set-cookie"].split(";")}
        assert answer.headers["set-cookie"].startswith("__Host-uppdrag-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= parts
