"""What was registered wrongly is corrected in the open, from the page: before and after are shown first."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.doing import correct, decide, matter, state, with_the_regions
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


def _decided(house: House, id: str) -> str:
    answer = decide(house, id, "03", body="RF", paragraph="88", source="epost")
    return f"/uppdrag/{id}/historik/{answer.events[0].seq}"


def test_a_decision_is_corrected_and_both_stand_in_the_history(at: Visiting, house: House, id: str) -> None:
    path = f"{_decided(house, id)}/ratta"
    form = at.get(path)
    assert 'value="88"' in form.text, "the form is filled in with what is recorded"
    said = {"v_paragraph": "89", "v_outcome": "antagen", "v_body": "RF", "v_source": "epost", "v_kind": "beslut",
            "v_complete": "ja", "v_version": "1", "_skal": "Fel paragraf"}  # fmt: skip
    shown = at.post(path, {**at.hidden(form), **said, "steg": "granska"})
    assert "<s>88</s>" in shown.text
    assert "<strong>89</strong>" in shown.text
    assert matter(house, id).regions["03"].decisions[0].paragraph == "88"
    made = [at.post(path, {**at.hidden(shown), "steg": "registrera"}) for _ in range(2)]
    assert [m.status_code for m in made] == [303, 303]
    assert len({m.headers["location"] for m in made}) == 1, "the same form twice is one correction"
    assert matter(house, id).regions["03"].decisions[0].paragraph == "89"
    page = at.get(f"/uppdrag/{id}").text
    last = queries.history(house, id)[-1]
    assert f"Rättad av {last.id}" in page
    assert f"Det som stod i {id}/{last.replaces}" in page
    assert "<s>Uppsala: Antagen, RF § 88</s>" in page


def test_what_is_not_altered_is_no_correction_and_a_reason_is_needed(at: Visiting, house: House, id: str) -> None:
    path = f"{_decided(house, id)}/ratta"
    hidden = at.hidden(at.get(path))
    same = {f"v_{k[2:]}": v for k, v in hidden.items() if k.startswith("o_")}
    no = at.post(path, {**hidden, **same, "_skal": "Ingen aning", "steg": "granska"})
    assert no.status_code == 422
    assert "Ange vad som ska stå i stället" in no.text
    no = at.post(path, {**hidden, **same, "v_paragraph": "89", "_skal": "", "steg": "granska"})
    assert no.status_code == 422
    assert "Skälet till rättelsen saknas." in no.text
    assert 'value="89"' in no.text, "nothing that was typed is lost"


def test_two_who_correct_the_same_are_told(at: Visiting, house: House, id: str) -> None:
    path = f"{_decided(house, id)}/ratta"
    hidden = at.hidden(at.get(path))
    same = {f"v_{k[2:]}": v for k, v in hidden.items() if k.startswith("o_")}
    correct(house, f"{id}/{path.split('/')[4]}", paragraph="90")
    said = {**same, "v_dnr": "RS 2026-17", "_skal": "Numret saknades", "steg": "registrera"}
    second = at.post(path, {**hidden, **said})
    assert second.status_code == 409
    assert "har ändrats av någon annan" in second.text
    assert 'value="RS 2026-17"' in second.text


def test_a_decision_is_taken_back_and_the_uppdrag_opens_again(at: Visiting, house: House, id: str) -> None:
    decide(house, id, "01")
    path = f"{_decided(house, id)}/aterta"
    assert state(house, id) == "slutbehandlad"
    shown = at.post(path, {**at.hidden(at.get(path)), "_skal": "Fel region", "steg": "granska"})
    assert "Öppnat igen" in shown.text, "what follows is told before it happens"
    with ThreadPoolExecutor(5) as many:
        made = list(many.map(lambda _: at.post(path, {**at.hidden(shown), "steg": "registrera"}), range(5)))
    assert {m.status_code for m in made} == {303}
    assert state(house, id) == "regionbeslut"
    page = at.get(f"/uppdrag/{id}").text
    assert "Återtagen av" in page
    assert f'href="{path}"' not in page, "what is taken back is not taken back again"


def test_a_step_of_the_uppdrag_is_corrected(at: Visiting, house: House, id: str) -> None:
    seq = next(e.seq for e in queries.history(house, id) if getattr(e.event, "trigger", "") == "besluta")
    path = f"/uppdrag/{id}/historik/{seq}/ratta"
    hidden = at.hidden(at.get(path))
    same = {f"v_{k[2:]}": v for k, v in hidden.items() if k.startswith("o_")}
    shown = at.post(path, {**hidden, **same, "v_paragraf": "7", "_skal": "Fel i protokollet", "steg": "granska"})
    assert "Paragraf i protokollet" in shown.text
    assert at.post(path, {**at.hidden(shown), "steg": "registrera"}).status_code == 303
    assert matter(house, id).uppdrag.facts["besluta"]["paragraf"] == "7"


def test_a_correction_and_what_happens_by_itself_cannot_be_corrected(at: Visiting, house: House, id: str) -> None:
    decide(house, id, "01")
    path = _decided(house, id)
    last = queries.history(house, id)[-1].seq
    assert at.get(f"/uppdrag/{id}/historik/{last}/ratta").status_code == 422
    fixed = correct(house, f"{id}/{path.split('/')[4]}", paragraph="90").events[0]
    no = at.get(f"/uppdrag/{id}/historik/{fixed.seq}/ratta")
    assert no.status_code == 422
    assert "Det är en rättelse." in no.text
    assert at.get(f"/uppdrag/{id}/historik/999/ratta").status_code == 404
    assert at.get(f"/uppdrag/{id}/historik/x/ratta").status_code == 404


def test_a_region_corrects_its_own_decision_and_nobody_elses(house: House, id: str) -> None:
    own = _decided(house, id)
    other = decide(house, id, "01").events[0].seq
    with visiting(house) as at:
        at.log_in("region", "03", name="Eva Lind")
        assert f'href="{own}/ratta"' in at.get(f"/uppdrag/{id}/region/03").text
        assert at.get(f"/uppdrag/{id}/historik/{other}/ratta").status_code == 403
        assert at.get(f"/uppdrag/{id}/historik/2/ratta").status_code == 403
        hidden = at.hidden(at.get(f"{own}/ratta"))
        same = {f"v_{k[2:]}": v for k, v in hidden.items() if k.startswith("o_")}
        said = {**same, "v_paragraph": "89", "_skal": "Fel", "steg": "registrera"}
        assert at.post(f"{own}/ratta", {**hidden, **said}).status_code == 303
    assert queries.history(house, id)[-1].actor.name == "Eva Lind"


def test_a_namnd_gets_its_own_name_afterwards(at: Visiting, house: House, id: str) -> None:
    path = f"{_decided(house, id)}/ratta"
    hidden = at.hidden(at.get(path))
    same = {f"v_{k[2:]}": v for k, v in hidden.items() if k.startswith("o_")}
    said = {**same, "v_body": "namnd", "v_body_name": "Beredskapsnämnden", "_skal": "Det var nämnden"}
    shown = at.post(path, {**hidden, **said, "steg": "granska"})
    assert "<strong>Beredskapsnämnden</strong>" in shown.text
    back = at.post(path, {**at.hidden(shown), "steg": "andra"})
    assert 'value="Beredskapsnämnden"' in back.text, "nothing that was typed is lost"
    at.post(path, {**at.hidden(shown), "steg": "registrera"})
    assert matter(house, id).regions["03"].decisions[0].body == "Beredskapsnämnden"
    assert 'value="Beredskapsnämnden" selected' in at.get(path).text
