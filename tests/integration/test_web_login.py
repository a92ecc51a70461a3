"""Logging in: a code proves the office, the person says who it is, and a session ends when it should."""

from __future__ import annotations

import logging
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import Request

from storage import sessions
from tests.cast import KANSLI, NOW
from tests.integration.doing import with_the_regions
from tests.web import SETTINGS, Visiting, visiting
from uppdrag.service import form_tokens, mailing, people, signing_in
from uppdrag.service.house import House
from uppdrag.web.clients import client_of
from workflow.errors import Refused

REGISTRATOR = "registrator@region-uppsala.example"
PEOPLE = Path(__file__).parents[2] / "definitions" / "people" / "exempel.csv"


@pytest.fixture
def peopled(any_house: House) -> House:
    """A house of either kind whose offices are held."""
    people.import_people(any_house, "exempel.csv", PEOPLE.read_bytes(), actor=KANSLI, now=NOW)
    return any_house


@pytest.fixture
def at(peopled: House) -> Iterator[Visiting]:
    with visiting(peopled) as somebody:
        yield somebody


def _mails(house: House, to: str = REGISTRATOR) -> list[str]:
    return [m.id for m in mailing.listed(house, recipient=to, limit=100)]


def _code(house: House, to: str = REGISTRATOR) -> str:
    """The code in the newest mail to an address."""
    newest = max((mailing.shown(house, id) for id in _mails(house, to)), key=lambda k: k.queued.created_at)
    found = re.search(r"Koden är (\d{3} \d{3})", newest.message.text)
    assert found
    return found[1]


def _wrong(code: str) -> str:
    return "000001" if code.replace(" ", "") != "000001" else "000002"


def test_a_registrator_logs_in_from_the_mail_to_the_matter_behind_it(at: Visiting, peopled: House) -> None:
    id = with_the_regions(peopled, "01", "03")
    wanted = at.get(f"/svar/{id}/03")
    assert wanted.headers["location"] == f"/logga-in?vidare=/svar/{id}/03"
    asked = at.post("/logga-in", {"adress": REGISTRATOR.upper(), "vidare": f"/svar/{id}/03"})
    assert asked.headers["location"] == f"/logga-in/kod?vidare=/svar/{id}/03"
    proved = at.post("/logga-in/kod", {"kod": _code(peopled), "vidare": f"/svar/{id}/03"})
    assert proved.headers["location"] == f"/logga-in/vem?vidare=/svar/{id}/03"
    assert "Registrator i Region Uppsala" in at.get("/logga-in/vem").text
    assert at.post("/logga-in/vem", {"namn": " "}).status_code == 422, "the office is proven, the person is asked for"
    entered = at.post("/logga-in/vem", {"namn": "Eva Lind", "vidare": f"/svar/{id}/03"})
    assert entered.headers["location"] == f"/svar/{id}/03"
    page = at.get(f"/svar/{id}/03")
    assert page.status_code == 200
    assert "Eva Lind, registrator i Region Uppsala" in page.text


def test_an_unknown_address_gets_the_same_answer_and_no_mail(at: Visiting, peopled: House) -> None:
    known, unknown = (at.post("/logga-in", {"adress": a}) for a in (REGISTRATOR, "nagon@annan.example"))
    assert (known.status_code, known.headers["location"]) == (unknown.status_code, unknown.headers["location"])
    assert known.headers["set-cookie"].split("=")[0] == unknown.headers["set-cookie"].split("=")[0]
    assert len(_mails(peopled)) == 1
    assert not _mails(peopled, "nagon@annan.example")
    for _ in range(signing_in.TRIES - 1):
        refused = at.post("/logga-in/kod", {"kod": "123456"})
        assert refused.status_code == 422
        assert "Koden stämmer inte" in refused.text


def test_an_unknown_address_takes_as_long(house: House) -> None:
    people.import_people(house, "exempel.csv", PEOPLE.read_bytes(), actor=KANSLI, now=NOW)
    known = sorted({h.email for h in people.listed(house, now=NOW) if h.reachable})[:30]
    took: dict[bool, list[float]] = {True: [], False: []}
    for n, address in enumerate(known):
        for here, asked in ((True, address), (False, f"x{address}")):
            began = time.perf_counter()
            signing_in.ask_code(house, SETTINGS, asked, client=f"machine {n}", now=NOW)
            took[here].append(time.perf_counter() - began)
    apart = statistics.median(took[True]) / statistics.median(took[False])
    assert 0.5 < apart < 2, "the commit is what takes time, and both have one"


def test_however_many_ask_from_however_many_places_the_table_is_bounded(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(signing_in, "ASKED_IN_ALL", 5)
    for n in range(5):
        signing_in.ask_code(house, SETTINGS, f"x{n}@x.example", client=f"machine {n}", now=NOW)
    with pytest.raises(Refused):
        signing_in.ask_code(house, SETTINGS, "y@x.example", client="another", now=NOW)


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"), ("testclient", "testclient"),
    ],
)  # fmt: skip
def test_a_subscriber_is_one_machine_whatever_its_address(host: str, counted: str) -> None:
    scope = {"type": "http", "client": (host, 1), "headers": [], "method": "GET", "path": "/"}
    assert client_of(Request(scope)) == counted


def test_a_code_is_good_in_the_browser_that_asked_for_it_only(at: Visiting, peopled: House) -> None:
    at.post("/logga-in", {"adress": REGISTRATOR})
    code = _code(peopled)
    with visiting(peopled) as other:
        other.post("/logga-in", {"adress": "nagon@annan.example"})
        assert other.post("/logga-in/kod", {"kod": code}).status_code == 422
    assert at.post("/logga-in/kod", {"kod": code}).status_code == 303


def test_a_code_cannot_be_guessed(at: Visiting, peopled: House) -> None:
    at.post("/logga-in", {"adress": REGISTRATOR})
    code = _code(peopled)
    for _ in range(signing_in.TRIES):
        assert at.post("/logga-in/kod", {"kod": _wrong(code)}).status_code == 422
    spent = at.post("/logga-in/kod", {"kod": code})
    assert (spent.status_code, "gäller inte längre" in spent.text) == (422, True)


def test_a_code_lasts_ten_minutes_and_is_used_once(peopled: House) -> None:
    token = signing_in.ask_code(peopled, SETTINGS, REGISTRATOR, client="x", now=NOW)
    code = _code(peopled)
    with pytest.raises(Refused):
        signing_in.prove(peopled, token, code, now=NOW + timedelta(minutes=10))
    signing_in.prove(peopled, token, code, now=NOW + timedelta(minutes=9, seconds=59))
    with pytest.raises(Refused):
        signing_in.prove(peopled, token, code, now=NOW + timedelta(minutes=9, seconds=59))
    signing_in.enter(peopled, token, "", "Eva", now=NOW)
    with pytest.raises(Refused):
        signing_in.enter(peopled, token, "", "Mallory", now=NOW)


def test_an_address_is_mailed_three_codes_and_a_machine_asks_sixty_times(peopled: House) -> None:
    for _ in range(signing_in.ASKED):
        signing_in.ask_code(peopled, SETTINGS, REGISTRATOR, client="one machine", now=NOW)
    assert len(_mails(peopled)) == signing_in.CODES
    with pytest.raises(Refused):
        signing_in.ask_code(peopled, SETTINGS, "annan@region.example", client="one machine", now=NOW)
    signing_in.ask_code(peopled, SETTINGS, REGISTRATOR, client="one machine", now=NOW + timedelta(minutes=10))
    assert len(_mails(peopled)) == signing_in.CODES + 1


def test_a_link_is_a_form_that_logs_in_once(at: Visiting, peopled: House) -> None:
    token = signing_in.invite(peopled, "kansli", now=NOW)
    for _ in range(3):
        assert at.get(f"/logga-in/lank?nyckel={token}").status_code == 200, "opening it changes nothing"
    entered = at.post("/logga-in/lank", {"nyckel": token, "namn": "Anna Ek"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert at.get("/att-gora").status_code == 200
    again = at.post("/logga-in/lank", {"nyckel": token, "namn": "Mallory"})
    assert again.status_code == 403, "a form of nobody's is not taken in a session"
    with visiting(peopled) as other:
        spent = other.post("/logga-in/lank", {"nyckel": token, "namn": "Mallory"})
        assert (spent.status_code, "redan använts" in spent.text) == (422, True)


def test_a_link_lasts_an_hour(peopled: House) -> None:
    token = signing_in.invite(peopled, "drift", now=NOW)
    with pytest.raises(Refused):
        signing_in.accept(peopled, token, "Anna", now=NOW + timedelta(hours=1))
    assert signing_in.accept(peopled, token, "Anna", now=NOW + timedelta(minutes=59))


def _entered(house: House, before: str = "", now: datetime = NOW) -> str:
    token = signing_in.ask_code(house, SETTINGS, REGISTRATOR, client="x", now=now)
    signing_in.prove(house, token, _code(house), now=now)
    return signing_in.enter(house, token, "", "Eva Lind", now=now, before=before)


def test_a_session_ends_when_it_stands_idle_and_after_a_days_work(peopled: House) -> None:
    token = _entered(peopled)
    assert signing_in.visitor(peopled, token, now=NOW + signing_in.IDLE - timedelta(seconds=1))
    assert not signing_in.visitor(peopled, token, now=NOW + signing_in.IDLE)
    late = NOW + signing_in.LONGEST
    with peopled.database.transaction() as session:
        sessions.use(session, [(signing_in._digest(token), late - timedelta(minutes=1))])
    assert signing_in.visitor(peopled, token, now=late - timedelta(seconds=1))
    assert not signing_in.visitor(peopled, token, now=late)


def test_who_has_left_the_office_is_logged_out_at_once(peopled: House) -> None:
    token = _entered(peopled)
    assert signing_in.visitor(peopled, token, now=NOW)
    successor = {"office": "registrator", "region": "03", "name": "Ny", "email": "ny@region-uppsala.example",
                 "first": "2026-03-27"}  # fmt: skip
    people.replace(peopled, successor, actor=KANSLI, now=NOW)
    assert not signing_in.visitor(peopled, token, now=NOW)


def test_logging_in_again_changes_the_token_and_logging_out_ends_it(at: Visiting, peopled: House) -> None:
    first = _entered(peopled)
    second = _entered(peopled, before=first, now=NOW + timedelta(seconds=1))
    assert first != second
    assert not signing_in.visitor(peopled, first, now=NOW)
    at.token = second
    at.client.cookies.set("uppdrag", second)
    assert at.get("/svar/03").status_code == 200
    at.post("/logga-ut", {})
    assert not signing_in.visitor(peopled, second, now=NOW)
    assert at.get("/svar/03").status_code == 303


def test_who_holds_several_offices_says_which(peopled: House) -> None:
    both = {"office": "kontakt", "region": "04", "name": "Eva", "email": REGISTRATOR, "first": "2026-01-01"}
    people.replace(peopled, both, actor=KANSLI, now=NOW)
    token = signing_in.ask_code(peopled, SETTINGS, REGISTRATOR, client="x", now=NOW)
    signing_in.prove(peopled, token, _code(peopled), now=NOW)
    keys = [p.key for p in signing_in.posts(peopled, token, now=NOW)]
    assert sorted(keys) == ["kontakt:04", "registrator:03"]
    for wrong in ("", "hsd:01"):
        with pytest.raises(Refused):
            signing_in.enter(peopled, token, wrong, "Eva", now=NOW)
    entered = signing_in.enter(peopled, token, "kontakt:04", "Eva", now=NOW)
    visitor = signing_in.visitor(peopled, entered, now=NOW)
    assert visitor
    assert (visitor.role, visitor.region) == ("region", "04")


def test_tokens_stand_nowhere_in_the_database_nor_in_the_log(
    at: Visiting, peopled: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link = signing_in.invite(peopled, "kansli", now=NOW)
    at.get(f"/logga-in/lank?nyckel={link}")
    at.post("/logga-in/lank", {"nyckel": link, "namn": "Anna Ek"})
    session_token = at.client.cookies["uppdrag"]
    at.get("/att-gora")
    at.web.visits.write()
    with peopled.database.reading() as session:
        held = str([list(session.raw(f"SELECT * FROM {t}")) for t in ("web_session", "web_login", "web_visit")])
    assert "/att-gora" in held, "the access log knows what was seen"
    ours = str([r.__dict__ for r in caplog.records if not r.name.startswith("httpx")])  # but not the browser's own
    for secret in (link, session_token, form_tokens.form_token(session_token)):
        assert secret not in held
        assert secret not in ours


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y"]
)
def test_a_login_leads_to_our_own_pages_only(at: Visiting, peopled: House, onward: str) -> None:
    at.post("/logga-in", {"adress": REGISTRATOR, "vidare": onward})
    at.post("/logga-in/kod", {"kod": _code(peopled), "vidare": onward})
    assert at.post("/logga-in/vem", {"namn": "Eva", "vidare": onward}).headers["location"] == "/"


def test_the_time_of_use_is_written_beside_the_page(peopled: House) -> None:
    later = NOW + timedelta(hours=1)
    token = _entered(peopled)
    with visiting(peopled, replace(SETTINGS, fixed_now=later)) as at:
        at.client.cookies.set("uppdrag", token)
        assert at.get("/svar/03").status_code == 200
    with peopled.database.reading() as session:
        found = sessions.find(session, signing_in._digest(token))
    assert found
    assert found.used_at == later
