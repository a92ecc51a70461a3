"""*Uppdrag*: the list as an address asks for it, and what the page of one draws and tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import KANSLI, NOW
from tests.integration.doing import decide, matter, new, step, track, with_the_regions
from tests.web import Visiting, visiting
from uppdrag.service import meetings, queries
from uppdrag.service.house import House
from uppdrag.web import timeline, tracks
from workflow.calendar import local_date

DEFINITIONS = Path(__file__).parents[2] / "definitions"


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    with visiting(house) as somebody:
        somebody.log_in("kansli")
        yield somebody


def _ids(page: str) -> list[str]:
    return re.findall(r'<td class="nummer"><a class="ds-link" href="/uppdrag/(U\d{4}-\d+)"', page)


def _stages(house: House, id: str) -> dict[str, tuple[str, str]]:
    return {s.label: (s.standing, s.note) for s in tracks.stages(queries.detail(house, id, now=NOW))}


def test_the_list_is_ordered_as_the_address_says(at: Visiting, house: House) -> None:
    ids = _ids(at.get("/uppdrag").text)
    assert ids == sorted(ids)
    by_time = _ids(at.get("/uppdrag?ordning=tid").text)
    assert by_time[:2] == ["U2026-01", "U2026-12"], "their time runs out on the last of March"
    assert by_time[-1] == "U2026-10", "it has none"
    step(house, "U2026-05", "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    assert _ids(at.get("/uppdrag?ordning=ansvarig").text)[0] == "U2026-05"
    assert _ids(at.get("/uppdrag?ansvarig=Cia+Dahl").text) == ["U2026-05"]
    assert _ids(at.get("/uppdrag?ordning=finns-inte").text) == ids
    page = at.get("/uppdrag?ordning=tid&arendegang=utredning").text
    assert '<option value="tid" selected>' in page, "the choice is in the address, and in the form"


def test_what_has_no_planned_time_surfaces_by_age(at: Visiting) -> None:
    page = at.get("/uppdrag?visa=utan").text
    assert _ids(page) == ["U2026-10"]
    assert "inget har hänt på 26\xa0dagar" in page
    assert '<option value="alder" selected>' in page


def test_others_than_the_kansli_do_not_find_by_who_is_responsible(house: House) -> None:
    step(house, "U2026-05", "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    with visiting(house) as at:
        at.log_in("region", "03")
        assert len(_ids(at.get("/uppdrag?ansvarig=Cia+Dahl").text)) > 1
        assert 'name="ansvarig"' not in at.get("/uppdrag").text


def test_what_was_sent_back_is_marked_where_it_stands_and_where_it_has_been(house: House) -> None:
    id = "U2026-01"
    step(house, id, "redovisa", mote="2026-03-20", paragraf="18", rapport="RK2026-1", forslagsversion="1")
    step(house, id, "aterremittera", paragraf="21", saknas="Kostnadsbilden", klar_senast="2026-05-04",
         on=NOW.date())  # fmt: skip
    stages = _stages(house, id)
    assert stages["Chefsgruppsbeslut"] == ("here", "återremitterat 2026-03-27 § 21")
    assert stages["Redovisad"] == ("ahead", "nådd 2026-03-20 § 18")
    step(house, id, "pausa", skal="Resurser")
    assert _stages(house, id)["Chefsgruppsbeslut"] == ("here", "pausat")


def test_what_was_broken_off_is_drawn_to_where_it_came(at: Visiting, house: House) -> None:
    step(house, "U2026-01", "avbryt", skal="Behovet är borta")
    assert list(_stages(house, "U2026-01")) == ["Identifierad", "Beredd", "Chefsgruppsbeslut", "Avbruten"]
    page = at.get("/uppdrag/U2026-01").text
    assert "● Avbruten" in page
    assert "✓ Beredd" in page
    assert "● Regionbeslut" not in page


def test_the_axis_and_its_table_say_the_same(at: Visiting, house: House) -> None:
    id = with_the_regions(house, "01", "03")
    decide(house, id, "01", body="RF", on=NOW.date())
    track(house, id, "03", "planera", instans="RF", datum="2026-06-09")
    page = at.get(f"/uppdrag/{id}").text
    told = re.findall(r"<title>(\d{4}-[^<]+)</title></(?:circle|rect)>", page)
    for day, text in (("2026-03-27", "Stockholm har beslutat i RF"), ("2026-06-09", "Uppsala ska besluta i RF")):
        assert f"{day}: {text}" in told
        assert re.search(rf'<td class="dag">{day}</td><th scope="row" class="bred">{text}</th>', page)
    rows = re.findall(r'<td class="dag">[^<]+</td><th scope="row" class="bred">', page)
    assert len(rows) == len(told)


def test_an_uppdrag_without_a_day_has_no_axis(house: House) -> None:
    found = queries.detail(house, "U2026-10", now=NOW)
    assert timeline.axis(found, None, [], {}, local_date(NOW)) is None


def test_which_version_stands_and_who_has_decided_on_which(at: Visiting, house: House) -> None:
    id = with_the_regions(house, "01", "03")
    track(house, id, "01", "expediera", version="1")
    decide(house, id, "01")
    page = at.get(f"/uppdrag/{id}").text
    table = page[page.index('aria-label="Förslagets versioner"') :]
    row = table[table.index("<tbody>") : table.index("</tbody>")]
    assert re.search(r">1 <span[^>]*>gäller</span></th><td[^>]*>2026-03-20 § 4</td>", row)
    assert row.count("<td>Stockholm</td>") == 2


def test_a_remissrunda_is_answered_from_its_table_and_closed(at: Visiting, house: House) -> None:
    id = "U2026-02"
    step(house, id, "remittera", mottagare="HSD-nätverket, Region Skåne", svarsdag="2026-04-30")
    page = at.get(f"/uppdrag/{id}").text
    assert "0\xa0svar av 2." in page
    link = re.search(rf'href="(/uppdrag/{id}/steg/remissvar\?runda=1&amp;mottagare=Region%20Sk%C3%A5ne)"', page)
    assert link
    form = at.get(link[1].replace("&amp;", "&"))
    assert 'value="Region Skåne"' in form.text
    said = {"runda": "1", "mottagare": "Region Skåne", "svar": "avstar", "steg": "registrera"}
    assert at.post(f"/uppdrag/{id}/steg/remissvar", {**at.hidden(form), **said}).status_code == 303
    assert [a.answer for a in matter(house, id).uppdrag.consultations[0].answers] == ["", "avstar"]
    closing = f"/uppdrag/{id}/steg/sammanfatta_remiss"
    form = at.get(f"{closing}?runda=1")
    said = {"runda": "1", "sammanfattning": "Inget att ändra", "steg": "registrera"}
    assert at.post(closing, {**at.hidden(form), **said}).status_code == 303
    assert "Avslutad. Inget att ändra" in at.get(f"/uppdrag/{id}").text


def test_reminders_to_come_are_told_before_they_leave(at: Visiting, house: House) -> None:
    id = with_the_regions(house, "01", "03")
    step(house, id, "omprioritera", planerad_tid="Q3 2026", paragraf="9", tidsgrans="regionbeslut")
    page = at.get(f"/uppdrag/{id}").text
    assert "Påminnelser som kommer" in page
    assert "i 2\xa0regioner" in page


def test_a_reminder_to_one_region_says_which(at: Visiting, house: House) -> None:
    id = with_the_regions(house, "03")
    step(house, id, "omprioritera", planerad_tid="Q3 2026", paragraf="9", tidsgrans="regionbeslut")
    assert "till regionens registrator i Uppsala</div>" in at.get(f"/uppdrag/{id}").text


def test_an_event_without_a_day_says_when_it_was_registered_and_only_once(at: Visiting, house: House) -> None:
    page = at.get("/uppdrag/U2026-01").text.partition('id="historik"')[2]
    assert '<span class="historik-nar">dag ej angiven</span>' in page
    assert page.count("registrerat 2026-") == page.count('<li id="h')


def test_each_kind_of_uppdrag_says_what_it_is(at: Visiting) -> None:
    page = at.get("/uppdrag/nytt").text
    assert "Ett stående åtagande som kansliet sköter." in page
    assert page.index("Regiongemensamt uppdrag") < page.index("Årsplan"), "å comes after z"


def test_the_plan_is_not_blamed_for_what_it_does_not_have(at: Visiting, house: House) -> None:
    assert "Planen anger ingen tid." in at.get("/uppdrag/U2026-10").text
    assert "Ingen tid är angiven." in at.get(f"/uppdrag/{new(house, 'atagande').uppdrag}").text


def test_what_was_changed_today_has_not_stood_still(at: Visiting, house: House) -> None:
    new(house, "atagande")
    page = at.get("/uppdrag").text
    assert "ändrat i dag" in page
    assert "0\xa0dagar" not in page


def test_a_new_uppdrag_may_concern_some_regions_only_and_follow_another(at: Visiting, house: House) -> None:
    path = "/uppdrag/nytt"
    hidden = at.hidden(at.get(f"{path}?slag=regiongemensamt"))
    said = {"rubrik": "Följd", "foralder": "U2026-01", "regioner": "01, 03", "dag": "2026-03-20"}
    no = at.post(path, {**hidden, **said, "regioner": "01, 99", "steg": "granska"})
    assert no.status_code == 422
    assert 'href="#f-regioner"' in no.text
    assert at.post(path, {**hidden, **said, "foralder": "U2099-01", "steg": "granska"}).status_code == 404
    made = at.post(path, {**hidden, **said, "steg": "registrera"})
    id = made.headers["location"].split("/")[2].split("?")[0]
    assert sorted(matter(house, id).regions) == ["01", "03"]
    assert "Följduppdrag skapat" in at.get("/uppdrag/U2026-01").text


def test_the_plan_tells_what_does_not_fit_first_and_tries_another_time(at: Visiting, house: House) -> None:
    stated = (DEFINITIONS / "meetings/exempel-2026-2027.csv").read_bytes()
    meetings.import_meetings(house, "exempel.csv", stated, actor=KANSLI, now=NOW)
    page = at.get("/uppdrag/U2026-01/plan").text
    assert "Ryms i " in page
    assert page.index(">Ryms inte <") < page.index(">Ryms <")
    assert "Det som skulle hjälpa mest" in page
    assert "Tiden du frågade om: Q4 2027" in at.get("/uppdrag/U2026-01/plan?tid=Q4+2027").text
    no = at.get("/uppdrag/U2026-01/plan?tid=snart")
    assert no.status_code == 422
    assert "är inte en planerad tid" in no.text
    assert "har inga beslut i regionerna" in at.get("/uppdrag/U2026-10/plan").text
    at.log_in("region", "03")
    assert at.get("/uppdrag/U2026-09/plan").status_code == 403, "it is sensitive"
