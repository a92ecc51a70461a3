"""*Tillgänglighet*: the statement is there for everybody, and a fault that is reported reaches the kansli."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from storage import web_faults
from tests.cast import NOW
from tests.web import Visiting, visiting
from uppdrag.service import shortcomings, todo
from uppdrag.service.house import House
from workflow.errors import Refused


@pytest.fixture
def at(any_house: House) -> Iterator[Visiting]:
    with visiting(any_house) as somebody:
        yield somebody


def test_the_statement_is_linked_from_every_page_and_says_whom_to_complain_to(at: Visiting) -> None:
    assert 'href="/tillganglighet"' in at.get("/logga-in").text
    page = at.get("/tillganglighet")
    assert page.status_code == 200
    for said in ("(2018:1937)", "delvis förenliga", "Digg", "axe-core", "skärmläsare"):
        assert said in page.text


def test_a_fault_is_reported_by_anybody_and_answered_by_the_kansli(at: Visiting, any_house: House) -> None:
    key = at.hidden(at.get("/tillganglighet"))["nyckel"]
    said = {"text": "Kartan går inte att läsa\r\nmed min skärmläsare", "sida": "/laget", "kontakt": "", "nyckel": key}
    for _ in range(3):
        assert at.post("/tillganglighet", said).status_code == 303, "pressed thrice it is one report"
    assert "Anmälan är sparad" in at.get("/tillganglighet?tack=ja").text
    assert todo.todo(any_house, now=NOW).reported == 1

    at.log_in("kansli")
    assert "1\xa0anmälan väntar på svar" in at.get("/att-gora").text
    listed = at.get("/anmalda-fel")
    assert "med min skärmläsare" in listed.text
    place = re.search(r'action="(/anmalda-fel/[^"]+)"', listed.text)
    assert place
    assert at.post(place[1], {"answer": " "}).status_code == 422
    assert at.post(place[1], {"answer": "Tabellen har fått en rubrik."}).status_code == 303
    assert at.post(place[1], {"answer": "Nej."}).status_code == 303
    told = at.get("/anmalda-fel").text
    assert "Tabellen har fått en rubrik." in told
    assert "Nej." not in told, "what was answered first stays"
    assert todo.todo(any_house, now=NOW).reported == 0


def test_what_was_typed_comes_back_when_it_will_not_do(at: Visiting) -> None:
    refused = at.post("/tillganglighet", {"text": "", "sida": "/laget?a=<b>", "kontakt": "mig@exempel.se"})
    assert refused.status_code == 422
    assert "Vad som inte fungerar saknas." in refused.text
    assert "/laget?a=&lt;b&gt;" in refused.text
    assert "mig@exempel.se" in refused.text


def test_reports_are_limited_and_the_machine_is_forgotten(any_house: House) -> None:
    def report(n: int, client: str = "one machine") -> None:
        shortcomings.report(any_house, text=f"Fel {n}", page="", contact="", key=f"{n}", client=client, now=NOW)

    for n in range(shortcomings.FROM_ONE):
        report(n)
    with pytest.raises(Refused):
        report(99)
    report(100, "another machine")
    with any_house.database.transaction() as session:
        web_faults.forget(session, before=NOW)
    assert {f.client for f in shortcomings.listed(any_house)} == {""}
