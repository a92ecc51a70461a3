"""What is registered on the pages: shown first, registered once, told afterwards; and what is refused says why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cast import KANSLI, NOW
from tests.integration.doing import decide, matter, state, with_the_regions
from tests.web import SETTINGS, Visiting, visiting
from uppdrag.service import answering, mailing, people, queries
from uppdrag.service.house import House
from workflow.commands import Decide
from workflow.model import Actor

PEOPLE = Path(__file__).parents[2] / "definitions" / "people" / "exempel.csv"
ANSWER = {"utfall": "antagen", "instans": "RF", "datum": "2026-03-20", "paragraf": "88", "dnr": "RS 2026-17"}


@pytest.fixture
def id(house: House) -> str:
    """An uppdrag that lies with Stockholm and Uppsala."""
    people.import_people(house, "exempel.csv", PEOPLE.read_bytes(), actor=KANSLI, now=NOW)
    return with_the_regions(house, "01", "03")


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    with visiting(house) as somebody:
        somebody.log_in("region", "03", name="Eva Lind")
        yield somebody


def _events(house: House, id: str) -> int:
    return len(queries.history(house, id))


def test_nothing_is_chosen_beforehand(at: Visiting, id: str) -> None:
    page = at.get(f"/svar/{id}/03").text
    assert 'value="antagen"' in page
    assert " checked" not in page
    assert " selected" not in page
    assert not re.search(r'<input class="ds-input"[^>]* value="[^"]+" type="(?:text|date)"', page)


def test_what_will_be_recorded_is_shown_before_it_is(at: Visiting, house: House, id: str) -> None:
    before = _events(house, id)
    hidden = at.hidden(at.get(f"/svar/{id}/03"))
    shown = at.post(f"/svar/{id}/03", {**hidden, **ANSWER, "steg": "granska"})
    assert "Uppsala: Antagen, RF § 88" in shown.text
    assert "Inget är registrerat än." in shown.text
    assert _events(house, id) == before
    again = at.post(f"/svar/{id}/03", {**at.hidden(shown), "steg": "andra"})
    assert 'value="88"' in again.text, "what was written is still there"
    done = at.post(f"/svar/{id}/03", {**at.hidden(shown), "steg": "registrera"})
    receipt = at.get(done.headers["location"])
    assert "Uppsala: Antagen, RF § 88" in receipt.text
    assert "Anmäl fel" in receipt.text
    held = matter(house, id).regions["03"]
    assert (held.outcome, held.decisions[0].paragraph, held.decisions[0].on) == (
        "antagen", "88", NOW.date().replace(day=20)
    )  # fmt: skip
    assert queries.history(house, id)[-1].actor == Actor(role="region", name="Eva Lind")


def test_a_receipt_goes_to_the_registrator_once(at: Visiting, house: House, id: str) -> None:
    hidden = at.hidden(at.get(f"/svar/{id}/03"))
    for _ in range(2):
        assert at.post(f"/svar/{id}/03", {**hidden, **ANSWER, "steg": "registrera"}).status_code == 303
    mails = mailing.listed(house, recipient="registrator@region-uppsala.example", limit=9)
    assert [m.subject for m in mails] == [f"{id} Kvitto: {id}/6"]
    text = mailing.shown(house, mails[0].id).message.text
    assert "Uppsala: Antagen, RF § 88" in text
    assert "Anmäl fel" in text


def test_fifty_posts_of_one_form_are_one_event(at: Visiting, house: House, id: str) -> None:
    before = _events(house, id)
    hidden = at.hidden(at.get(f"/svar/{id}/03"))
    with ThreadPoolExecutor(10) as many:
        answers = list(
            many.map(lambda _: at.post(f"/svar/{id}/03", {**hidden, **ANSWER, "steg": "registrera"}), range(50))
        )
    assert {a.status_code for a in answers} == {303}
    assert len({a.headers["location"] for a in answers}) == 1
    assert _events(house, id) == before + 1
    assert len(mailing.listed(house, limit=99)) == 1


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"utfall": ""}, "utfall-0", "Utfall saknas."),
        ({"utfall": "antagen_med_anpassning"}, "anpassning", "anpassning"),
        ({"utfall": "ej_berord"}, "notering", "notering"),
        ({"datum": "20 mars"}, "datum", "är inte ett datum"),
        ({"paragraf": "åttioåtta"}, "paragraf", "är inte en paragraf"),
        ({"utfall": "planerat", "instans": "", "datum": ""}, "datum", "saknas"),
    ],
)
def test_what_will_not_do_is_said_beside_its_field_and_nothing_is_lost(
    at: Visiting, house: House, id: str, said: dict[str, str], field: str, sentence: str
) -> None:
    before = _events(house, id)
    hidden = at.hidden(at.get(f"/svar/{id}/03"))
    refused = at.post(f"/svar/{id}/03", {**hidden, **ANSWER, **said, "steg": "granska"})
    assert refused.status_code == 422
    told = re.search(rf'<a class="ds-link" href="#f-{field}">([^<]+)</a>', refused.text)
    assert told, "the summary leads to the field"
    assert sentence in told[1]
    assert 'value="RS 2026-17"' in refused.text
    assert _events(house, id) == before


def test_a_planned_day_is_said_in_the_same_form(at: Visiting, house: House, id: str) -> None:
    hidden = at.hidden(at.get(f"/svar/{id}/03"))
    planned = {"utfall": "planerat", "instans": "RF", "datum": "2026-06-09"}
    assert at.post(f"/svar/{id}/03", {**hidden, **planned, "steg": "registrera"}).status_code == 303
    held = matter(house, id).regions["03"]
    assert (held.planned_body, str(held.planned_on)) == ("RF", "2026-06-09")
    assert "Planerad" in at.get(f"/uppdrag/{id}").text


def test_what_an_outcome_does_not_ask_for_is_not_recorded(at: Visiting, house: House, id: str) -> None:
    hidden = at.hidden(at.get(f"/svar/{id}/03"))
    at.post(f"/svar/{id}/03", {**hidden, **ANSWER, "anpassning": "kvar sedan förut", "steg": "registrera"})
    assert not matter(house, id).regions["03"].decisions[0].adaptation


def test_who_comes_second_is_told_and_loses_nothing(at: Visiting, house: House, id: str) -> None:
    hidden = at.hidden(at.get(f"/svar/{id}/03"))
    decide(house, id, "03", "bordlagd", body="RF")
    second = at.post(f"/svar/{id}/03", {**hidden, **ANSWER, "steg": "registrera"})
    assert second.status_code == 409
    assert "har ändrats av någon annan" in second.text
    assert 'value="88"' in second.text
    fresh = at.post(f"/svar/{id}/03", {**at.hidden(second), **ANSWER, "steg": "registrera"})
    assert fresh.status_code == 303


def test_a_form_sent_after_the_session_ended_leads_to_the_login(at: Visiting, house: House, id: str) -> None:
    before = _events(house, id)
    hidden = at.hidden(at.get(f"/svar/{id}/03"))
    at.client.cookies.clear()
    lost = at.post(f"/svar/{id}/03", {**hidden, **ANSWER, "steg": "registrera"})
    assert lost.status_code == 303, "what was written is kept until somebody has logged in again"
    assert lost.headers["location"].startswith("/logga-in")
    assert _events(house, id) == before


def test_a_region_is_not_asked_before_the_proposal_is_approved(at: Visiting) -> None:
    early = at.get("/svar/U2026-01/03")
    assert early.status_code == 409
    assert "Regionerna tillfrågas senare." in early.text


def test_a_refused_answer_leaves_no_receipt(house: House, id: str) -> None:
    command = Decide(actor=KANSLI, region="03", outcome="antagen")
    answering.register(
        house, SETTINGS, id, command, now=NOW, key="k", expected=0, told=lambda _: "", dry_run=True
    )  # fmt: skip
    assert mailing.listed(house, limit=9) == []


def test_a_step_is_shown_and_then_taken_once(house: House) -> None:
    facts = {"mote": "2026-03-20", "paragraf": "18", "rapport": "RK2026-1", "forslagsversion": "1"}
    with visiting(house) as at:
        at.log_in("kansli")
        path = "/uppdrag/U2026-01/steg/redovisa"
        hidden = at.hidden(at.get(path))
        missing = at.post(path, {**hidden, "mote": "2026-03-20", "steg": "granska"})
        assert missing.status_code == 422
        assert "Rapport saknas." in missing.text
        shown = at.post(path, {**hidden, **facts, "steg": "granska"})
        assert "Redovisad." in shown.text
        assert state(house, "U2026-01") == "chefsgruppsbeslut"
        answers = [at.post(path, {**at.hidden(shown), "steg": "registrera"}) for _ in range(2)]
        assert [a.headers["location"] for a in answers] == ["/uppdrag/U2026-01?registrerat=4"] * 2
        assert "Registrerat som U2026-01/4." in at.get(answers[0].headers["location"]).text
        assert state(house, "U2026-01") == "redovisad"
        again = at.get(path)
        assert again.status_code == 409
        assert "Registrera redovisning går inte när läget är Redovisad." in again.text


def test_a_new_uppdrag_is_shown_and_then_made_once(house: House) -> None:
    asked = {"rubrik": "Gemensam lägesbild", "avsnitt": "5", "tid_redovisning": "Q4 2026"}
    with visiting(house) as at:
        at.log_in("kansli")
        hidden = at.hidden(at.get("/uppdrag/nytt?slag=regiongemensamt"))
        refused = at.post("/uppdrag/nytt", {**hidden, "tid_redovisning": "snart", "steg": "granska"})
        assert refused.status_code == 422
        assert "Rubriken saknas." in refused.text
        assert "är inte en planerad tid" in refused.text
        shown = at.post("/uppdrag/nytt", {**hidden, **asked, "steg": "granska"})
        assert "sista dagen i Q4" in shown.text, "how the time is read is shown"
        made = [at.post("/uppdrag/nytt", {**at.hidden(shown), "steg": "registrera"}) for _ in range(2)]
        assert len({m.headers["location"] for m in made}) == 1
        assert "Gemensam lägesbild" in at.get(made[0].headers["location"]).text


def test_a_question_goes_to_those_that_were_shown_and_once(house: House, id: str) -> None:
    with visiting(house) as at:
        at.log_in("kansli")
        shown = at.get(f"/uppdrag/{id}/fraga")
        assert "2\xa0regioner får ett mejl." in shown.text
        assert "registrator@region-uppsala.example" in shown.text
        decide(house, id, "01")
        stale = at.post(f"/uppdrag/{id}/fraga", at.hidden(shown))
        assert stale.status_code == 409
        assert "Inget har skickats." in stale.text
        assert mailing.listed(house, limit=9) == []
        asked = [at.post(f"/uppdrag/{id}/fraga", at.hidden(stale)) for _ in range(2)]
        assert [a.status_code for a in asked] == [303, 303]
        assert len({a.headers["location"] for a in asked}) == 1
        assert [m.recipient for m in mailing.listed(house, limit=9)] == ["registrator@region-uppsala.example"]


def test_markup_in_a_text_is_text(house: House, id: str) -> None:
    nasty = "<script>alert(1)</script>\" onload='x' {{ 7*7 }} =1+1 \u202e 😀"
    with visiting(house) as at:
        at.log_in("kansli")
        hidden = at.hidden(at.get("/uppdrag/nytt?slag=utredning"))
        made = at.post("/uppdrag/nytt", {**hidden, "rubrik": nasty, "steg": "registrera"})
        assert made.status_code == 303
        for path in (made.headers["location"], "/uppdrag", "/sok?q=onload", f"/sok?q={'%3Cscript%3E'}"):
            page = at.get(path).text
            assert "<script>" not in page
            assert "7*7" in page or "sok?q=%3C" in path
            assert "49" not in re.sub(r"[0-9a-f]{16,}", "", page) or "7*7" in page


def test_a_namnd_has_its_own_name(at: Visiting, house: House, id: str) -> None:
    hidden = at.hidden(at.get(f"/svar/{id}/03"))
    named = {**ANSWER, "instans": "namnd", "namnd": "Hälso- och sjukvårdsnämnden"}
    shown = at.post(f"/svar/{id}/03", {**hidden, **named, "steg": "granska"})
    assert "Uppsala: Antagen, Hälso- och sjukvårdsnämnden § 88" in shown.text
    at.post(f"/svar/{id}/03", {**at.hidden(shown), "steg": "registrera"})
    assert matter(house, id).regions["03"].decisions[0].body == "Hälso- och sjukvårdsnämnden"
    assert "Hälso- och sjukvårdsnämnden" in at.get(f"/uppdrag/{id}/region/03").text


def test_the_name_of_a_namnd_belongs_to_a_namnd_only(at: Visiting, house: House, id: str) -> None:
    hidden = at.hidden(at.get(f"/svar/{id}/03"))
    at.post(f"/svar/{id}/03", {**hidden, **ANSWER, "namnd": "kvar sedan förut", "steg": "registrera"})
    assert matter(house, id).regions["03"].decisions[0].body == "RF"


def test_a_namnd_by_name_may_plan_its_decision(at: Visiting, house: House, id: str) -> None:
    hidden = at.hidden(at.get(f"/svar/{id}/03"))
    planned = {"utfall": "planerat", "instans": "namnd", "namnd": "Beredskapsnämnden", "datum": "2026-06-09"}
    assert at.post(f"/svar/{id}/03", {**hidden, **planned, "steg": "registrera"}).status_code == 303
    assert matter(house, id).regions["03"].planned_body == "Beredskapsnämnden"


def test_as_many_links_as_the_road_had(at: Visiting, house: House, id: str) -> None:
    hidden = at.hidden(at.get(f"/svar/{id}/03"))
    road: dict[str, str] = {}
    for n, body in enumerate(("AU", "namnd", "AU", "RS"), start=1):
        road |= {f"led{n}_instans": body, f"led{n}_datum": f"2026-03-0{n}", f"led{n}_paragraf": str(n)}
    first = {name: value for name, value in road.items() if "led4" not in name}
    assert 'name="led4_instans"' not in at.get(f"/svar/{id}/03").text
    empty = at.post(f"/svar/{id}/03", {**hidden, **ANSWER, "steg": "led"}).text
    assert re.search("<details[^>]* open>\\s*<summary>Beredning", empty), "what was asked for is seen"
    more = at.post(f"/svar/{id}/03", {**hidden, **ANSWER, **first, "steg": "led"})
    assert 'name="led4_instans"' in more.text
    assert 'value="RS 2026-17"' in more.text, "what was written is still there"
    shown = at.post(f"/svar/{id}/03", {**at.hidden(more), **ANSWER, **road, "steg": "granska"})
    at.post(f"/svar/{id}/03", {**at.hidden(shown), "steg": "registrera"})
    assert [k.body for k in matter(house, id).regions["03"].decisions[0].links] == ["AU", "namnd", "AU", "RS"]
