"""Each login and each refusal stands in the log, without a name or a secret; a provider is asked by https only."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial

import httpx2
import pytest

from tests import oidc_provider
from tests.cast import KANSLI, NOW
from tests.integration.test_web_login import PEOPLE, REGISTRATOR, _code, _wrong
from tests.journeys.command_line import CommandLine
from tests.web import SETTINGS, visiting
from uppdrag.service import logging_out, people, signing_in
from uppdrag.service.house import House
from uppdrag.service.oidc import Provider
from uppdrag.settings import Oidc
from workflow.errors import Refused

ISSUER = "https://login.example"
PLACES = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint")


def _events(caplog: pytest.LogCaptureFixture, *names: str) -> list[dict[str, object]]:
    return [
        {name: getattr(r, name) for name in names if hasattr(r, name)} for r in caplog.records
        if r.getMessage() in ("logged_in", "login_refused", "refused")
    ]  # fmt: skip


def test_each_login_and_each_refused_one_stands_in_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    people.import_people(house, "exempel.csv", PEOPLE.read_bytes(), actor=KANSLI, now=NOW)
    caplog.set_level(logging.INFO)
    with visiting(house) as at:
        at.post("/logga-in", {"adress": REGISTRATOR})
        code = _code(house)
        at.post("/logga-in/kod", {"kod": _wrong(code)})
        at.post("/logga-in/kod", {"kod": code})
        at.post("/logga-in/vem", {"namn": "Eva Lind"})
        link = signing_in.invite(house, "drift", now=NOW)
        for _ in range(2):
            at.client.cookies.clear()
            at.post("/logga-in/lank", {"nyckel": link, "namn": "Bo Ek"})
    assert _events(caplog, "way", "code", "role", "region") == [
        {"way": "code", "code": "code_wrong"}, {"way": "code", "role": "region", "region": "03"},
        {"way": "link", "role": "drift", "region": ""}, {"way": "link", "code": "link_spent"},
    ]  # fmt: skip
    told = str([r.__dict__ for r in caplog.records if r.name.startswith("uppdrag")])
    for secret in (code, code.replace(" ", ""), link, REGISTRATOR, "Eva Lind", "Bo Ek"):
        assert secret not in told


def test_what_somebody_was_not_let_to_do_stands_in_the_log_and_among_the_visits(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with visiting(house) as at:
        at.log_in("insyn", name="Kim Ek")
        assert at.get("/utskick").status_code == 403
        assert at.client.get("/api/v1/uppdrag").status_code == 401
        assert at.get("/", headers={"host": "evil.example"}).status_code == 421
        at.web.visits.write()
    assert _events(caplog, "status", "route") == [
        {"status": 403, "route": "/utskick"}, {"status": 401, "route": "/api/v1/uppdrag"},
        {"status": 421, "route": "-"},
    ]  # fmt: skip
    with house.database.reading() as session:
        seen = [str(row) for row in session.raw("SELECT role, name, path, status FROM web_visit")]
    assert any("insyn" in row and "Kim Ek" in row and "/utskick" in row and "403" in row for row in seen)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("address", ["http://login.example/x", "ftp://login.example/x", "file:///etc/passwd", 7])
def test_nothing_of_the_providers_is_asked_without_tls(place: str, address: object) -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        known = {name: f"{ISSUER}/{name}" for name in PLACES}
        return httpx2.Response(200, json={"issuer": ISSUER, **known, place: address})

    provider = Provider(
        Oidc(issuer=ISSUER, client_id="uppdrag"), "https://uppdrag.example/", httpx2.MockTransport(answer)
    )
    given = {"access_token": "hemlig"}
    asks = partial(provider._more, {}, given) if place == "userinfo_endpoint" else partial(provider._endpoint, place)
    with pytest.raises(Refused):
        asks()
    assert all(one.startswith(f"{ISSUER}/") for one in asked)


def test_where_the_provider_leads_on_nobody_follows() -> None:
    """A redirect could send a code or a token to another machine."""
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.host)
        return httpx2.Response(302, headers={"location": "https://evil.example/"})

    provider = Provider(
        Oidc(issuer=ISSUER, client_id="uppdrag"), "https://uppdrag.example/", httpx2.MockTransport(answer)
    )
    with pytest.raises(Refused):
        provider.address("token")
    assert set(asked) == {"login.example"}


def test_no_other_site_begins_a_login(house: House) -> None:
    """A page elsewhere that leads to the provider would log people in unasked; they come to a choice instead."""
    with oidc_provider.provider() as idp:
        chosen = replace(SETTINGS, oidc=Oidc(issuer=idp.address, client_id=oidc_provider.CLIENT_ID))
        with visiting(house, chosen) as at:
            led = at.get("/logga-in/oidc?vidare=/uppdrag", headers={"sec-fetch-site": "cross-site"})
            assert led.headers["location"] == "/logga-in?vidare=/uppdrag"
            assert "set-cookie" not in led.headers
            for here in ({"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {}):
                assert at.get("/logga-in/oidc", headers=here).headers["location"].startswith(f"{idp.address}/authorize")


def test_whoever_runs_the_program_logs_somebody_out(house: House) -> None:
    with visiting(house) as one, visiting(house) as other, visiting(house) as third:
        one.log_in("kansli", name="Anna Ek")
        other.log_in("region", "03", name="Anna Ek, registrator i Region Uppsala")
        third.log_in("insyn", name="Anna Ekman")
        assert sorted(logging_out.end(house, "Anna Ek")) == ["Anna Ek", "Anna Ek, registrator i Region Uppsala"]
        assert [at.get("/uppdrag").status_code for at in (one, other, third)] == [303, 303, 200]
        assert logging_out.end(house) == ("Anna Ekman",)
        assert third.get("/uppdrag").status_code == 303


def test_logging_out_from_the_command_line_says_whom(command_line: CommandLine) -> None:
    assert command_line("init").status == 0
    for arguments in ((), ("--all", "--name", "Anna Ek")):
        wrong = command_line("logout", *arguments)
        assert (wrong.status, "--name NAMN" in wrong.err) == (2, True)
    assert command_line("logout", "--name", "Anna Ek").out == "Ingen är inloggad som Anna Ek.\n"
    assert command_line("logout", "--all").out == "Ingen är inloggad.\n"
