"""The beredningsplan on the pages: read by those who may, changed by the kansli, and two who change it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from html import unescape

import pytest
from httpx2 import Response

from tests.cast import KANSLI, NOW
from tests.integration.test_chefsgrupp import APRIL, JUNE, MARCH, OTHER, plan
from tests.web import Visiting, visiting
from uppdrag.service import agenda, beredning, beredning_changing
from uppdrag.service.house import House
from workflow.beredning import Beredningsplan

AT = "/beredningsplan/2026"
KEY = "U2026-01:redovisa"
DECEMBER = date(2026, 12, 11)


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    plan(house, MARCH, APRIL, JUNE, DECEMBER)
    with visiting(house) as somebody:
        somebody.log_in("kansli")
        yield somebody


def told(response: Response) -> str:
    """What a page says, without its tags."""
    main = response.text.partition('<main id="innehall"')[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).replace("\xa0", " ").split())


def kept(house: House) -> Beredningsplan:
    return beredning.preparation(house, 2026, now=NOW).plan


def move(at: Visiting, step: str, **said: str) -> Response:
    data = {"arende": KEY, "mote": "2026-04-24", "skal": "Väntar på underlag", "sedd": "1", "steg": step, **said}
    return at.post(f"{AT}/flytta", data)


def test_the_year_is_told_at_a_glance_and_meeting_by_meeting(at: Visiting) -> None:
    page = told(at.get(AT))
    assert "Inte beslutad av chefsgruppen. Version 1" in page
    assert "U2026-01 Redovisning för chefsgruppen : Regioninterna" in page
    assert page.index("27 mars 2026") < page.index("24 april 2026") < page.index("Utan möte i årets plan")
    assert "Läget är Identifierad. Kansliet bereder det först." in page
    assert "Översyn av avtal mellan regionerna" in page
    assert "säkerhetsskyddsavtal" not in page, "the sensitive by its neutral title, to everybody"


def test_chefsgruppen_reads_and_changes_nothing(at: Visiting) -> None:
    move(at, "registrera")
    for role in ("chefsgrupp", "insyn"):
        at.log_in(role)
        answer = at.get(AT)
        page = told(answer)
        assert "Beredningsplan 2026" in page
        assert "Väntar på underlag" in page
        for link in ("/flytta", "/nytt", "/besluta"):
            assert link not in answer.text
        assert "Ändringar" not in page, "who changed what is the kansli's own"
        assert move(at, "registrera", mote="2026-06-12", sedd="2").status_code == 403
    at.log_in("region", "03")
    assert at.get(AT).status_code == 403
    assert at.get(f"{AT}/fil/beredningsplan.pdf").status_code == 403


def test_a_matter_is_moved_after_a_look_at_what_follows(at: Visiting) -> None:
    form = at.get(f"{AT}/flytta?arende={KEY}")
    assert "Planerad tid redovisas Q1 2026, senast 31 mars 2026" in told(form)
    assert "checked" not in form.text.partition("<form action")[2], "nothing is chosen for anybody"
    assert at.hidden(form)["sedd"] == "1"
    review = move(at, "granska")
    assert "Det här registreras. Inget är registrerat än." in told(review)
    assert "Mötet 2026-04-24 ligger efter planerad tid" in told(review)
    assert "Dagordningen för mötet 27 mars följer efter." in told(review)
    assert kept(at.house).version == 0
    done = move(at, "registrera")
    assert done.headers["location"] == f"{AT}?klart=flyttat"
    assert [(p.day, p.why) for p in kept(at.house).placements] == [(APRIL, "Väntar på underlag")]
    page = told(at.get(f"{AT}?klart=flyttat"))
    assert "Ärendet är flyttat." in page
    assert "1 att kontrollera" in page
    assert "ställdes till 2026-04-24 (Väntar på underlag)." in page


def test_it_is_left_out_and_put_back(at: Visiting) -> None:
    move(at, "registrera", mote="utanfor")
    assert "Lämnat utanför årets plan" in told(at.get(AT))
    back = move(at, "granska", mote="tiden", sedd="2")
    assert "mötet 27 mars" in told(back)
    move(at, "registrera", mote="tiden", sedd="2")
    assert kept(at.house).placements == ()


def test_the_same_form_many_times_is_one_change(at: Visiting) -> None:
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: move(at, "registrera"), range(20)))
    assert {a.headers.get("location") for a in answers} == {f"{AT}?klart=flyttat"}
    said = {"rubrik": "Lokaler", "slag": "beslut", "mote": "inget", "sedd": "2", "nyckel": "n1", "steg": "registrera"}
    for _ in range(3):
        assert at.post(f"{AT}/nytt", said).status_code == 303
    assert (kept(at.house).version, len(kept(at.house).own)) == (2, 1)


def test_what_is_refused_comes_back_filled_in(at: Visiting) -> None:
    answer = move(at, "granska", mote="", skal="Ett skäl")
    assert answer.status_code == 422
    assert "Vart ärendet ska flyttas" in told(answer)
    assert 'value="Ett skäl"' in answer.text
    strange = move(at, "granska", mote="2026-05-01")
    assert strange.status_code == 422
    assert move(at, "granska", skal="rad\nbryt").status_code == 422
    new = at.post(f"{AT}/nytt", {"rubrik": "", "sedd": "1", "steg": "granska"})
    assert new.status_code == 422
    assert all(word in told(new) for word in ("Rubrik", "Slag av ärende", "Mötet"))
    assert kept(at.house).version == 0


def test_the_second_is_told_what_the_first_changed_and_can_go_on(at: Visiting) -> None:
    beredning_changing.place(at.house, 2026, "U2026-03:redovisa", DECEMBER, "", actor=OTHER, now=NOW)
    late = move(at, "registrera")
    assert late.status_code == 422
    assert "Någon har ändrat medan du skrev: Cia Dahl" in told(late)
    assert at.hidden(late)["sedd"] == "2"
    assert move(at, "registrera", sedd="2").status_code == 303


def test_the_plan_is_put_on_an_agenda(at: Visiting) -> None:
    review = at.post(f"{AT}/besluta", {"mote": "2026-03-27", "sedd": "1", "steg": "granska"})
    assert "Beredningsplan 2026, version 1, sätts på dagordningen för mötet 27 mars 2026" in told(review)
    assert at.post(f"{AT}/besluta", {"mote": "2026-03-27", "sedd": "1", "steg": "registrera"}).status_code == 303
    items = agenda.agenda(at.house, MARCH, now=NOW).items
    assert [i.documents for i in items if i.key == "beredningsplan-2026"] == [("Beredningsplan 2026, version 1",)]
    assert at.post(f"{AT}/besluta", {"sedd": "1", "steg": "granska"}).status_code == 422


def test_the_plan_is_fetched_as_files(at: Visiting) -> None:
    beredning_changing.add(at.house, 2026, "=HYPERLINK(1)", "beslut", APRIL, actor=KANSLI, now=NOW)
    starts = {"pdf": b"%PDF", "docx": b"PK", "csv": b"\xef\xbb\xbfM"}
    for kind, start in starts.items():
        answer = at.get(f"{AT}/fil/beredningsplan.{kind}")
        assert answer.content.startswith(start)
        assert answer.headers["content-disposition"].endswith(f'.{kind}"')
    assert "'=HYPERLINK(1)" in at.get(f"{AT}/fil/beredningsplan.csv").text
    assert at.get(f"{AT}/fil/beredningsplan.exe").status_code == 404


def test_a_year_without_meetings_says_how_they_come(at: Visiting) -> None:
    assert "Inga möten är planerade 2031." in told(at.get("/beredningsplan/2031"))
    for strange in ("31", "abcd", "9999", "2026x", "٢٠٢٦"):
        assert at.get(f"/beredningsplan/{strange}").status_code == 404
    assert at.get(f"{AT}/flytta?arende=finns-inte").status_code == 404


def test_what_somebody_writes_is_shown_as_text(at: Visiting) -> None:
    hostile = '<script>alert(1)</script> 2026-01-01 " {{ 7*7 }}'
    beredning_changing.add(at.house, 2026, hostile, "beslut", APRIL, actor=KANSLI, now=NOW)
    beredning_changing.place(at.house, 2026, KEY, APRIL, hostile, actor=KANSLI, now=NOW)
    answer = at.get(AT)
    assert "<script>alert" not in answer.text
    assert "{{ 7*7 }}" in told(answer)
