"""One region on one uppdrag: its road, its own steps from the page, and the road to a decision in the answer's form."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.doing import decide, matter, track, with_the_regions
from tests.web import Visiting, visiting
from uppdrag.service import queries
from uppdrag.service.house import House


@pytest.fixture
def id(house: House) -> str:
    return with_the_regions(house, "01", "03")


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    with visiting(house) as somebody:
        somebody.log_in("kansli")
        yield somebody


def _take(at: Visiting, path: str, **said: str) -> str:
    """Fill in a form, look at it, record it; where it leads."""
    shown = at.post(path, {**at.hidden(at.get(path)), **said, "steg": "granska"})
    assert shown.status_code == 200, shown.text
    assert "Inget är registrerat än." in shown.text
    done = at.post(path, {**at.hidden(shown), "steg": "registrera"})
    assert done.status_code == 303, done.text
    return str(done.headers["location"])


def test_every_step_of_the_track_is_taken_from_the_page(at: Visiting, house: House, id: str) -> None:
    here = f"/uppdrag/{id}/region/03"
    _take(at, f"{here}/steg/expediera", version="1", kanal="post", _dag="2026-03-23")
    _take(at, f"{here}/steg/ta_emot", dnr="RS 2026-17", _dag="2026-03-24")
    led = {"led1_instans": "AU", "led1_datum": "2026-05-12", "led2_instans": "RS", "led2_datum": "2026-05-26"}
    where = _take(at, f"{here}/steg/planera", instans="RF", datum="2026-06-09", **led)
    held = matter(house, id).regions["03"]
    assert (held.sent_version, held.channel, held.dnr) == (1, "post", "RS 2026-17")
    assert [(k.body, str(k.on)) for k in held.planned_chain] == [("AU", "2026-05-12"), ("RS", "2026-05-26")]
    page = at.get(where).text
    assert "Registrerat som" in page
    for told in ("version 1, 2026-03-23", "RS 2026-17", "2026-05-12", "2026-05-26", "2026-06-09 (planerat)"):
        assert told in page


def test_a_step_that_cannot_be_taken_says_why(at: Visiting, house: House, id: str) -> None:
    here = f"/uppdrag/{id}/region/03"
    assert "Registrera inhibition går inte från Ej expedierad." in at.get(here).text
    assert at.get(f"{here}/steg/upphav").status_code == 409
    decide(house, id, "03")
    page = at.get(f"{here}/steg/planera")
    assert page.status_code == 409
    assert "Inget har registrerats." in page.text
    assert at.get(f"{here}/steg/finns_inte").status_code == 404
    assert at.get(f"/uppdrag/{id}/region/99").status_code == 404


def test_a_refused_step_keeps_what_was_typed(at: Visiting, house: House, id: str) -> None:
    path = f"/uppdrag/{id}/region/03/steg/planera"
    before = len(queries.history(house, id))
    said = {"instans": "RF", "datum": "snart", "led1_instans": "AU", "led1_datum": "2026-05-12", "steg": "granska"}
    no = at.post(path, {**at.hidden(at.get(path)), **said})
    assert no.status_code == 422
    assert "är inte ett datum" in no.text
    assert 'value="2026-05-12"' in no.text
    assert len(queries.history(house, id)) == before


def test_a_region_takes_its_own_steps_and_no_others(house: House, id: str) -> None:
    with visiting(house) as at:
        at.log_in("region", "03", name="Eva Lind")
        assert at.get(f"/uppdrag/{id}/region/01/steg/ta_emot").status_code == 403
        assert at.get(f"/uppdrag/{id}/region/03/steg/expediera").status_code == 403, "the kansli sends, not the region"
        _take(at, f"/uppdrag/{id}/region/03/steg/ta_emot", dnr="RS 2026-17")
        assert matter(house, id).regions["03"].dnr == "RS 2026-17"
        assert queries.history(house, id)[-1].actor.name == "Eva Lind"


def test_a_region_sees_another_regions_decision_but_not_its_notes(house: House, id: str) -> None:
    decide(house, id, "01", "antagen_med_anpassning", adaptation="Gäller från 2027", body="RF", paragraph="88")
    with visiting(house) as at:
        at.log_in("region", "03")
        page = at.get(f"/uppdrag/{id}/region/01").text
        assert "§ 88" in page
        assert "Det här kan göras" not in page
        assert "Historik" not in page


def test_the_road_to_a_decision_is_asked_of_the_body_that_has_one(at: Visiting, house: House, id: str) -> None:
    path = f"/svar/{id}/03"
    said = {
        "utfall": "antagen", "instans": "RF", "datum": "2026-03-10", "paragraf": "88", "justerat": "2026-03-12",
        "tillkannagivet": "2026-03-13", "led1_instans": "AU", "led1_datum": "2026-02-10", "led1_paragraf": "45",
        "led2_instans": "RS", "led2_datum": "2026-02-24", "led2_paragraf": "12",
        "slag": "delegationsbeslut", "delegationspunkt": "kvar sedan en annan instans",
    }  # fmt: skip
    _take(at, path, **said)
    made = matter(house, id).regions["03"].decisions[0]
    assert [(k.body, k.paragraph) for k in made.links] == [("AU", "45"), ("RS", "12")]
    assert (made.kind, made.delegationspunkt) == ("beslut", ""), "RF decides itself: it was not asked"
    page = at.get(f"/uppdrag/{id}/region/03").text
    assert "2026-04-08" in page, "three weeks on is långfredagen: the last day to appeal moves past påsk"
    no = at.post(path, {**at.hidden(at.get(path)), **said, "led2_datum": "2026-03-11", "steg": "granska"})
    assert no.status_code == 422
    assert 'href="#f-led1_datum"' in no.text
    assert "kan inte ligga efter beslutsdagen" in no.text


def test_an_office_holder_decides_on_delegation(at: Visiting, house: House, id: str) -> None:
    path = f"/svar/{id}/03"
    said = {"utfall": "antagen", "instans": "regiondirektor", "datum": "2026-03-10", "slag": "delegationsbeslut",
            "justerat": "2026-03-12"}  # fmt: skip
    no = at.post(path, {**at.hidden(at.get(path)), **said, "steg": "granska"})
    assert "Ett delegationsbeslut kräver delegationspunkten." in no.text
    _take(at, path, **said, delegationspunkt="4.2", anmalt_till="RS", anmalt="2026-03-24")
    made = matter(house, id).regions["03"].decisions[0]
    assert (made.kind, made.delegationspunkt, made.reported_to) == ("delegationsbeslut", "4.2", "RS")
    assert made.justerat is None, "an office holder's decision is not justerat: it was not asked"


def test_a_question_to_one_region_is_narrowed_to_it(at: Visiting, house: House, id: str) -> None:
    track(house, id, "03", "ta_emot", dnr="RS 2026-17")
    assert f"/uppdrag/{id}/fraga?region=03" in at.get(f"/uppdrag/{id}/region/03").text
