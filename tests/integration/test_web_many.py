"""Many at once from the page: decisions out of a file, what goes to the regions, the kit, and several planned times."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from httpx2 import Response

from tests.cast import KANSLI, NOW
from tests.integration.doing import decide, matter, with_the_regions
from tests.web import ORIGIN, SETTINGS, Visiting, visiting
from uppdrag.service import form_tokens, kit, mailing, people, queries
from uppdrag.service.house import House

PEOPLE = Path(__file__).parents[2] / "definitions" / "people" / "exempel.csv"


@pytest.fixture
def id(house: House) -> str:
    people.import_people(house, "exempel.csv", PEOPLE.read_bytes(), actor=KANSLI, now=NOW)
    return with_the_regions(house, "01", "03")


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    with visiting(house) as somebody:
        somebody.log_in("kansli")
        yield somebody


def _upload(at: Visiting, hidden: dict[str, str], name: str, content: bytes) -> Response:
    form = {"formular": form_tokens.form_token(at.token), **hidden, "steg": "granska"}
    return at.client.post("/uppdrag/beslut", data=form, files={"fil": (name, content)}, headers={"origin": ORIGIN})


def test_a_file_is_shown_line_by_line_and_recorded_once(at: Visiting, house: House, id: str) -> None:
    rows = f"uppdrag;region;utfall;instans;datum;paragraf\n{id};01;Antagen;RF;2026-03-20;88\n{id};3;avslagen;RF;;\n"
    shown = _upload(at, at.hidden(at.get("/uppdrag/beslut")), "svar.csv", rows.encode())
    assert "2\xa0beslut ur svar.csv registreras, alla eller inget." in shown.text
    assert "Stockholm: Antagen, RF § 88" in shown.text
    assert "Därmed: Slutbehandlad" in shown.text
    assert not matter(house, id).regions["01"].decisions
    made = [at.post("/uppdrag/beslut", {**at.hidden(shown), "steg": "registrera"}) for _ in range(2)]
    assert [m.status_code for m in made] == [303, 303]
    assert [len(rb.decisions) for rb in matter(house, id).regions.values()] == [1, 1]


def test_the_kits_own_workbook_is_read_as_it_is(at: Visiting, house: House, id: str) -> None:
    files = kit.make(house, id, ("03",), SETTINGS, now=NOW)
    book = next(f for f in files if f.name.endswith("xlsx"))
    shown = _upload(at, at.hidden(at.get("/uppdrag/beslut")), book.name, book.content)
    assert shown.status_code == 422, "nobody has filled it in yet"
    assert "Rad 2:" in shown.text or "Raden" in shown.text or "Filen har inga rader" in shown.text


def test_every_bad_line_is_named_and_nothing_is_recorded(at: Visiting, house: House, id: str) -> None:
    before = len(queries.history(house, id))
    hidden = at.hidden(at.get("/uppdrag/beslut"))
    rows = f"uppdrag;region;utfall;datum\n{id};01;antagen;i går\n{id};03;kanske;\nU2099-01;03;antagen;\n"
    no = at.post("/uppdrag/beslut", {**hidden, "rader": rows, "steg": "granska"})
    assert no.status_code == 422
    for told in ("Rad 2:", "Rad 3:", "Rad 4:", "Inget är registrerat."):
        assert told in no.text
    assert "i går" in no.text, "what was pasted comes back"
    assert len(queries.history(house, id)) == before
    empty = at.post("/uppdrag/beslut", {**hidden, "steg": "granska"})
    assert "inklistrade rader" in empty.text


def test_what_was_shown_is_what_is_sent_and_once(at: Visiting, house: House, id: str) -> None:
    path = f"/uppdrag/{id}/expediera"
    form = at.get(path)
    assert form.text.count(" checked") == 2, "those that are left to send to"
    hidden = at.hidden(form)
    chosen = {"till_01": "ja", "till_03": "ja", "handlingar": "RK2026-00012-3"}
    no = at.post(path, {**hidden, **chosen, "steg": "granska"})
    assert no.status_code == 422, "the channel is for a person to choose"
    shown = at.post(path, {**hidden, **chosen, "kanal": "epost", "steg": "granska"})
    assert "2\xa0regioner får ett mejl." in shown.text
    assert "RK2026-00012-3" in shown.text
    assert mailing.listed(house, limit=9) == []
    decide(house, id, "01")
    stale = at.post(path, {**at.hidden(shown), "steg": "registrera"})
    assert stale.status_code == 409
    assert mailing.listed(house, limit=9) == []
    sent = [at.post(path, {**at.hidden(stale), "steg": "registrera"}) for _ in range(2)]
    assert [s.status_code for s in sent] == [303, 303]
    assert len({s.headers["location"] for s in sent}) == 1
    assert [m.recipient for m in mailing.listed(house, limit=9)] == ["registrator@region-uppsala.example"]
    assert matter(house, id).regions["03"].sent_version == 1
    page = at.get(f"/uppdrag/{id}").text
    assert f"/utskick/{mailing.listed(house, limit=9)[0].id}" in page
    assert "Väntar, lämnar tidigast" in page


def test_nothing_is_sent_out_before_it_is_approved(at: Visiting) -> None:
    early = at.get("/uppdrag/U2026-01/expediera")
    assert early.status_code == 422
    assert "Bara ett godkänt förslag kan skickas ut" in early.text
    assert at.get("/uppdrag/U2026-01/underlag").status_code == 422


def test_the_kits_are_fetched_whole_or_one_by_one(at: Visiting, id: str) -> None:
    page = at.get(f"/uppdrag/{id}/underlag")
    links = re.findall(rf'href="(/uppdrag/{id}/underlag/\d\d/[^"]+)"', page.text)
    assert [link.rpartition(".")[2] for link in links] == ["docx", "pdf", "xlsx", "csv"] * 2
    assert {at.get(link).status_code for link in links} == {200}
    whole = at.get(f"/uppdrag/{id}/underlag/alla.zip")
    assert len(zipfile.ZipFile(BytesIO(whole.content)).namelist()) == 8
    assert at.get(f"/uppdrag/{id}/underlag/03/annat.docx").status_code == 404
    at.log_in("region", "03")
    assert at.get(links[-1]).status_code == 200
    assert at.get(links[0]).status_code == 403, "another region's"
    letter = at.get(links[5])
    assert (letter.headers["content-type"], letter.content[:8]) == ("application/pdf", b"%PDF-1.7")


def test_a_regions_letter_can_be_read_on_its_page(at: Visiting, id: str) -> None:
    at.log_in("region", "03")
    shown = at.get(f"/uppdrag/{id}/underlag/03").text
    assert '<article class="handling" lang="sv-SE">' in shown
    assert "<dt>Diarienummer</dt><dd><mark>[regionens diarienummer]</mark></dd>" in shown
    assert "<h3>Förslag till beslut</h3>" in shown


def test_a_question_is_narrowed_and_stays_so(at: Visiting, house: House, id: str) -> None:
    shown = at.get(f"/uppdrag/{id}/fraga?region=03")
    assert "1\xa0region får ett mejl." in shown.text
    assert ">Stockholm–Gotland</option>" in shown.text, "a samverkansregion has its name"
    asked = at.post(f"/uppdrag/{id}/fraga", at.hidden(shown))
    assert asked.status_code == 303
    assert [m.recipient for m in mailing.listed(house, limit=9)] == ["registrator@region-uppsala.example"]
    again = at.get(f"/uppdrag/{id}/fraga?region=03")
    assert "Högst ett i veckan" in again.text
    insisted = at.get(f"/uppdrag/{id}/fraga?region=03&igen=ja")
    assert "1\xa0region får ett mejl." in insisted.text
    twice = [at.post(f"/uppdrag/{id}/fraga", at.hidden(insisted)) for _ in range(2)]
    assert [a.status_code for a in twice] == [303, 303]
    assert len(mailing.listed(house, limit=9)) == 2, "the second click asks nobody again"
    assert at.get(f"/uppdrag/{id}/fraga?region=09").status_code == 422


def test_one_paragraph_moves_several_uppdrag_or_none(at: Visiting, house: House) -> None:
    path = "/uppdrag/omprioritera"
    hidden = at.hidden(at.get(path))
    said = {"valt_U2026-02": "ja", "valt_U2026-03": "ja", "tid": "Q1 2027", "paragraf": "41", "skal": "Resurser"}
    no = at.post(path, {**hidden, **said, "tid": "snart", "steg": "granska"})
    assert no.status_code == 422
    assert "U2026-02" in no.text
    assert "är inte en planerad tid" in no.text
    assert "Minst ett uppdrag saknas." in at.post(path, {**hidden, "tid": "Q1 2027", "steg": "granska"}).text
    shown = at.post(path, {**hidden, **said, "steg": "granska"})
    assert "U2026-02: Omprioriterat" in shown.text
    made = [at.post(path, {**at.hidden(shown), "steg": "registrera"}) for _ in range(2)]
    assert [m.status_code for m in made] == [303, 303]
    for id in ("U2026-02", "U2026-03"):
        moves = [e for e in queries.history(house, id) if getattr(e.event, "trigger", "") == "omprioritera"]
        assert len(moves) == 1
