"""What every page holds to: who may see it, who may post to it, and what each answer tells the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from httpx2 import Headers

from tests.integration.doing import decide, with_the_regions
from tests.reliability import Tried
from tests.web import ORIGIN, SETTINGS, Visiting, visiting
from uppdrag.service import form_tokens, readings, signing_in
from uppdrag.service.house import House
from uppdrag.service.visits import Visits
from uppdrag.web import guard, rendering
from uppdrag.web.app import create_app
from uppdrag.web.permissions import Pages, PermissionMissing

HEADERS = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    with visiting(house) as somebody:
        yield somebody


def _is_guarded(headers: Headers) -> None:
    told = dict(headers)
    assert {name: told.get(name) for name in HEADERS} == HEADERS
    policy = told["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("path", "status"),
    [("/att-gora", 200), ("/finns-inte", 404), ("/uppdrag/U9999-01", 404), ("/uppdrag/%00", 400), ("/svar/99", 422)],
)
def test_every_answer_is_guarded(at: Visiting, path: str, status: int) -> None:
    at.log_in("kansli")
    response = at.get(path)
    assert response.status_code == status
    _is_guarded(response.headers)


def test_an_error_of_our_own_is_a_guarded_page_that_tells_nothing(
    at: Visiting, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fall(*_: object, **__: object) -> None:
        raise RuntimeError("hemligt")

    monkeypatch.setattr("uppdrag.web.todo.todo.todo", fall)
    at.log_in("kansli")
    response = at.get("/att-gora")
    assert response.status_code == 500
    _is_guarded(response.headers)
    assert "hemligt" not in response.text
    assert "Det som redan var registrerat är kvar." in response.text


def test_no_page_has_styles_or_scripts_of_its_own(at: Visiting) -> None:
    at.log_in("kansli")
    for path in ("/att-gora", "/uppdrag/U2026-01", "/laget?visa=alla", "/arendegangar/regiongemensamt/1"):
        page = re.sub(r'<script src="/static/uppdrag\.[0-9a-f]{16}\.js" defer></script>', "", at.get(path).text)
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:|https?://", page)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:9", ""])
def test_another_name_for_this_machine_is_not_answered(at: Visiting, host: str) -> None:
    response = at.get("/logga-in", headers={"host": host})
    assert response.status_code == 421
    _is_guarded(response.headers)


def test_more_than_a_form_holds_is_refused(at: Visiting) -> None:
    response = at.post("/logga-in", {"adress": "a" * (guard.LARGEST + 1)})
    assert response.status_code == 413
    _is_guarded(response.headers)


def test_a_route_that_does_not_say_who_it_is_for_stops_the_start(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    def install(self: Pages, app: FastAPI) -> None:
        app.add_api_route("/glomd", lambda: None)

    monkeypatch.setattr(Pages, "install", install)
    with pytest.raises(PermissionMissing, match="/glomd"):
        create_app(house, SETTINGS)


def test_a_region_answers_for_itself_only(house: House) -> None:
    id = with_the_regions(house, "01", "03")
    with visiting(house) as at:
        at.log_in("region", "03", name="Eva")
        assert at.get(f"/svar/{id}/03").status_code == 200
        assert at.get("/svar/03").status_code == 200
        for path in (f"/svar/{id}/01", "/svar/01", f"/svar/{id}/01/kvitto/1"):
            assert at.get(path).status_code == 403
        given = {"utfall": "antagen", "steg": "registrera", "nyckel": "k", "sedd": "0"}
        assert at.post(f"/svar/{id}/01", given).status_code == 403
        assert at.get(f"/uppdrag/{id}").status_code == 200, "others' public decisions may be seen"


def test_who_is_not_of_the_kansli_sees_the_neutral_title_only(house: House) -> None:
    told = "säkerhetsskyddsavtal"
    with visiting(house) as at:
        at.log_in("kansli")
        assert told in at.get("/uppdrag/U2026-09").text
        for role in ("chefsgrupp", "insyn", "region"):
            at.log_in(role, "03" if role == "region" else "")
            for path in ("/uppdrag", "/uppdrag/U2026-09", "/laget?visa=alla", "/regioner/03", "/sok?q=avtal"):
                assert told not in at.get(path).text, (role, path)
            assert at.get(f"/uppdrag?q={told}").text.count("U2026-09") == 0, "nor can it be guessed at by searching"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
        {"sec-fetch-site": "cross-site"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": ORIGIN, "sec-fetch-site": "same-site"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_no_other_site_posts_a_form(house: House, headers: dict[str, str], tried: Tried) -> None:
    id = with_the_regions(house, "01", "03")
    with visiting(house) as at:
        at.log_in("kansli")
        form = {"utfall": "antagen", "steg": "registrera", "nyckel": "k", "sedd": "0"}
        assert at.post(f"/svar/{id}/03", form, headers).status_code == 403
        assert at.post("/logga-in", {"adress": "a@b.example"}, headers).status_code == 403
        assert at.post(f"/svar/{id}/03", form, {"origin": ORIGIN}).status_code == 303
    tried("Åtkomst", "formulär som en annan webbplats sänder", 2, "togs inte emot")


def test_a_form_of_ours_is_taken_from_chromium_which_hides_its_origin(house: House) -> None:
    id = with_the_regions(house, "01", "03")
    with visiting(house) as at:
        at.log_in("kansli")
        form = {"utfall": "antagen", "steg": "registrera", "nyckel": "k", "sedd": "0"}
        from_here = {"origin": "null", "sec-fetch-site": "same-origin"}
        assert at.post(f"/svar/{id}/03", form, from_here).status_code == 303


def test_a_form_of_another_session_is_not_taken(house: House) -> None:
    id = with_the_regions(house, "01", "03")
    with visiting(house) as at:
        at.log_in("kansli")
        form = {"utfall": "antagen", "steg": "registrera", "nyckel": "k", "sedd": "0"}
        for formular in ("", form_tokens.form_token("somebody else's")):
            response = at.post(f"/svar/{id}/03", {**form, "formular": formular})
            assert response.status_code == 403
            assert "Inget har registrerats." in response.text


def test_over_https_the_cookie_is_bound_to_host_and_https(house: House) -> None:
    chosen = replace(SETTINGS, url="https://uppdrag.example.se")
    with visiting(house, chosen) as at:
        token = signing_in.invite(house, "kansli", now=chosen.now())
        response = at.post("/logga-in/lank", {"nyckel": token, "namn": "Anna"}, {"origin": chosen.url})
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-uppdrag=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie


def test_pages_are_read_in_a_transaction_that_cannot_write(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    id = with_the_regions(house, "01", "03")
    decide(house, id, "03")
    with visiting(house) as at:
        at.log_in("kansli")

        def never(*_: object, **__: object) -> None:
            raise AssertionError("a page asked for a transaction that writes")

        monkeypatch.setattr(Visits, "write", lambda _: None)  # the access log is written beside the pages
        monkeypatch.setattr(readings, "note", lambda *_, **__: None)  # so is who has read what is sensitive
        monkeypatch.setattr(house.database, "transaction", never)
        for place in (*rendering.PLACES, f"/uppdrag/{id}", f"/svar/{id}/01", "/uppdrag/nytt?slag=utredning"):
            path = place if isinstance(place, str) else place.address
            assert at.get(path).status_code == 200, path
        monkeypatch.undo()
