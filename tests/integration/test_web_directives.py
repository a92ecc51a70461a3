"""The pages of *Uppdragsdirektiv*: read, written by two, fetched, and hidden where an uppdrag is sensitive."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from docx import Document as Word

from tests.cast import KANSLI, NOW
from tests.integration.directing import GAP, NUMBER, ROBUST, draft, edit, ready
from tests.integration.doing import step
from tests.integration.test_chefsgrupp import APRIL, MARCH, plan
from tests.integration.test_minutes import AFTER, BEFORE, note, take
from tests.web import Visiting, visiting
from uppdrag.service import agenda, minutes, queries
from uppdrag.service import directives_reading as reading
from uppdrag.service.house import House

AT = "/direktiv/D2026-01"


@pytest.fixture
def at(any_house: House) -> Iterator[Visiting]:
    """The kansli at the pages, with meetings and a draft for two uppdrag that are ready."""
    plan(any_house, MARCH, APRIL)
    ready(any_house, ROBUST, GAP)
    draft(any_house)
    with visiting(any_house) as visit:
        visit.log_in("kansli")
        yield visit


def saved(at: Visiting) -> dict[str, str]:
    """The form of the draft as it is shown, ready to be posted."""
    shown = at.get(f"{AT}/andra")
    assert shown.status_code == 200
    text = reading.one(at.house, "D2026-01").directive.text
    said = {f"avsnitt-{s.id}": s.text.replace("\n", "\r\n") for s in text.sections}
    return {
        **at.hidden(shown), **said, "rubrik": text.title, "diarienummer": text.number,
        "uppdrag": ", ".join(text.uppdrag),
    }  # fmt: skip


def test_a_draft_is_begun_from_an_uppdrag_and_filled(house: House) -> None:
    with visiting(house) as at:
        at.log_in("kansli")
        matter = at.get(f"/uppdrag/{ROBUST}").text
        assert f'href="/direktiv/nytt?uppdrag={ROBUST}"' in matter
        form = at.hidden(at.get(f"/direktiv/nytt?uppdrag={ROBUST}"))
        posted = {**form, "uppdrag": f"{ROBUST}, u2026-07", "rubrik": "Samband", "diarienummer": "RK2025-00085-56"}
        first, second = (at.post("/direktiv/nytt", posted) for _ in range(2))
        assert first.headers["location"] == second.headers["location"] == f"{AT}/andra?nytt=ja"
        assert len(reading.listed(house)[0]) == 1
        page = at.get(AT).text
        assert "Numret RK2025-00085-56 står även på" in page
        assert "<mark>[Vad som inte ingår.]</mark>" in page
        assert "Samband" in at.get("/direktiv").text
        again = at.post("/direktiv/nytt", {**form, "uppdrag": "U2026-99", "rubrik": "Kvar", "nyckel": "annan"})
        assert again.status_code == 422
        assert "Uppdraget U2026-99 finns inte." in again.text
        assert 'value="Kvar"' in again.text, "nothing typed is lost"


def test_saving_nothing_new_or_twice_is_one_event(at: Visiting) -> None:
    form = {**saved(at), "rubrik": "Ny rubrik"}
    for _ in range(2):
        assert at.post(f"{AT}/andra", form).headers["location"] == f"{AT}?klart=sparat"
    assert reading.one(at.house, "D2026-01").directive.version == 2
    same = at.post(f"{AT}/andra", saved(at))
    assert (same.status_code, "Ingenting skulle ändras." in same.text) == (422, True)


def test_fifty_clicks_at_once_are_one_event(house: House) -> None:
    ready(house, ROBUST)
    draft(house, ROBUST)
    with visiting(house) as at:
        at.log_in("kansli")
        form = {**saved(at), "rubrik": "Ny rubrik"}
        with ThreadPoolExecutor(10) as many:
            answers = list(many.map(lambda _: at.post(f"{AT}/andra", form).status_code, range(50)))
        assert set(answers) == {303}
    assert reading.one(house, "D2026-01").directive.version == 2


def test_the_second_secretary_sees_what_the_first_saved_and_keeps_what_she_typed(at: Visiting) -> None:
    form = {**saved(at), "avsnitt-syfte": "Mitt syfte"}
    edit(at.house, sections={"syfte": "Annas syfte"})
    late = at.post(f"{AT}/andra", form)
    assert late.status_code == 422
    assert "Anna Ek 2026-03-20 10.00: ändrat: Syfte och mål" in late.text
    assert "Sparat nu: Annas syfte" in late.text
    assert "Mitt syfte" in late.text
    assert reading.one(at.house, "D2026-01").directive.text.sections[1].text == "Annas syfte"
    once_more = at.post(f"{AT}/andra", {**form, **at.hidden(late)})
    assert once_more.status_code == 303, "who has seen it may save over it"
    assert reading.one(at.house, "D2026-01").directive.text.sections[1].text == "Mitt syfte"


def test_a_key_used_for_something_else_is_told_and_the_next_try_works(at: Visiting) -> None:
    form = saved(at)
    at.post(f"{AT}/andra", {**form, "rubrik": "Ett"})
    wrong = at.post(f"{AT}/andra", {**form, "rubrik": "Två"})
    assert wrong.status_code == 409
    assert 'value="Två"' in wrong.text
    assert at.hidden(wrong)["nyckel"] != form["nyckel"]


def test_what_will_not_do_is_told_beside_its_field(at: Visiting) -> None:
    form = saved(at)
    wrong = at.post(f"{AT}/andra", {**form, "rubrik": "", "avsnitt-syfte": "a\x07b", "uppdrag": "U2026-99"})
    assert wrong.status_code == 422
    for field in ("rubrik", "avsnitt-syfte", "uppdrag"):
        assert f'id="e-{field}"' in wrong.text
    assert reading.one(at.house, "D2026-01").directive.version == 1


def test_it_is_fetched_as_word_and_pdf(at: Visiting) -> None:
    page = at.get(AT).text
    stem = f"{AT}/fil/uppdragsdirektiv-D2026-01-v1"
    assert f'href="{stem}.docx"' in page
    word = at.get(f"{stem}.docx")
    assert "Kommunikation" in [p.text for p in Word(BytesIO(word.content)).paragraphs]
    assert 'filename="uppdragsdirektiv-D2026-01-v1.docx"' in word.headers["content-disposition"]
    assert at.get(f"{stem}.pdf").content.startswith(b"%PDF")
    for name in ("uppdragsdirektiv-D2026-01-v2.pdf", "uppdragsdirektiv-D2026-02-v1.pdf", "x"):
        assert at.get(f"{AT}/fil/{name}").status_code == 404
    assert at.get("/direktiv/D2026-99").status_code == 404


def test_from_the_agenda_one_comes_to_the_directive_and_after_the_decision_it_is_locked(at: Visiting) -> None:
    assert f'href="{AT}"' in at.get("/moten/2026-03-27").text
    agenda.summon(at.house, MARCH, None, actor=KANSLI, now=BEFORE)
    take(at.house, {"Uppdragsdirektiv: Kommunikation": note("bifall")})
    minutes.close(at.house, MARCH, actor=KANSLI, now=AFTER)
    page = at.get(AT).text
    assert "Beslutat 2026-03-27, § " in page
    assert f'href="{AT}/andra"' not in page
    assert at.get(f"{AT}/andra").status_code == 303
    assert f'<a class="ds-link" href="{AT}">{NUMBER}</a>' in at.get(f"/uppdrag/{ROBUST}").text
    form = at.hidden(at.get(f"{AT}/ny-version"))
    for _ in range(2):
        assert at.post(f"{AT}/ny-version", form).headers["location"] == f"{AT}/andra"
    assert "Version 2 är utkast" in at.get(AT).text
    form = at.hidden(at.get(f"{AT}/avsluta"))
    assert "Skälet saknas." in at.post(f"{AT}/avsluta", {**form, "skal": " "}).text
    for _ in range(2):
        assert at.post(f"{AT}/avsluta", {**form, "skal": "Behövs inte"}).status_code == 303
    assert reading.one(at.house, "D2026-01").directive.status == "beslutat"
    assert queries.verify(at.house).findings == ()


def test_chefsgruppen_reads_but_not_what_is_sensitive(house: House) -> None:
    draft(house, ROBUST)
    step(house, "U2026-09", "bered", ansvarig="Hemlig Person", natverk="HSD-nätverket")
    draft(house, "U2026-09", title="Röjande rubrik", number="")
    with visiting(house) as at:
        at.log_in("chefsgrupp")
        assert "Kommunikation" in at.get(AT).text
        assert "/andra" not in at.get(AT).text
        assert at.get(f"{AT}/fil/uppdragsdirektiv-D2026-01-v1.pdf").status_code == 200
        for page in ("/direktiv", "/direktiv/D2026-02"):
            assert "Röjande" not in at.get(page).text
            assert "Hemlig" not in at.get(page).text
        assert "Texten lämnas av kansliet." in at.get("/direktiv/D2026-02").text
        assert at.get("/direktiv/D2026-02/fil/uppdragsdirektiv-D2026-02-v1.pdf").status_code == 403
        assert at.get(f"{AT}/andra").status_code == 403
        at.log_in("kansli")
        assert "Röjande rubrik" in at.get("/direktiv/D2026-02").text
        at.log_in("region", "03")
        assert at.get(AT).status_code == 403
        assert AT not in at.get(f"/uppdrag/{ROBUST}").text


def test_an_imported_number_is_shown_as_one_without_a_document(house: House) -> None:
    with visiting(house) as at:
        at.log_in("kansli", now=NOW)
        assert "RK2025-00085-56 (dokumentet finns inte här)" in at.get("/uppdrag/U2026-01").text
        assert "Nummer utan dokument här" in at.get("/direktiv").text


def test_hostile_text_is_only_text_on_the_page(at: Visiting) -> None:
    bad = "<script>alert(1)</script> #emph[x] $y$ {{ 7*7 }} </textarea>"
    form = {**saved(at), "rubrik": bad, "avsnitt-syfte": f"- {bad}\r\n\r\n{bad}"}
    assert at.post(f"{AT}/andra", form).status_code == 303
    for page in (AT, f"{AT}/andra", "/direktiv", "/moten/2026-03-27"):
        text = at.get(page).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text
        assert "49" not in text.split("alert(1)")[1][:60]
    assert at.get(f"{AT}/fil/uppdragsdirektiv-D2026-01-v1.pdf").content.startswith(b"%PDF")


def test_a_draft_is_given_up_once(at: Visiting) -> None:
    form = at.hidden(at.get(f"{AT}/avsluta"))
    for _ in range(2):
        answer = at.post(f"{AT}/avsluta", {**form, "skal": "Behövs inte"})
        assert answer.headers["location"] == f"{AT}?klart=avslutat"
    assert "Upphört. Skäl: Behövs inte" in at.get(AT).text
    assert at.post(f"{AT}/ny-version", at.hidden(at.get(f"{AT}/ny-version"))).status_code == 422


def test_a_decision_is_registered_afterwards_once(at: Visiting) -> None:
    form = at.hidden(at.get(f"{AT}/beslut"))
    wrong = at.post(f"{AT}/beslut", {**form, "dag": "i går", "paragraf": "x"})
    assert all(f'id="e-{field}"' in wrong.text for field in ("dag", "paragraf"))
    for _ in range(2):
        assert at.post(f"{AT}/beslut", {**form, "dag": "2026-02-13", "paragraf": "§ 9"}).status_code == 303
    assert "Beslutat 2026-02-13, § 9" in at.get(AT).text
