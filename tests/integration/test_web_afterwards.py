"""*Registrera i efterhand*, page by page: the way that an uppdrag had come and what regions had decided, as one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from httpx2 import Response

from tests.cast import NOW
from tests.integration.doing import matter, state
from tests.web import Visiting, visiting
from uppdrag.service import queries
from uppdrag.service.house import House
from workflow.calendar import local_date
from workflow.status import StatusFilter

PATH = "/uppdrag/efterhand"
STEPS = {
    "s0_ansvarig": "Cia Dahl", "s0_natverk": "HSD-nätverket", "s1_mote": "2025-11-20", "s1_paragraf": "31",
    "s2_mote": "2025-12-11", "s2_rapport": "RK2025-1", "s2_forslagsversion": "1", "s3_mote": "2025-12-11",
    "s3_paragraf": "36", "s3_forslagsversion": "1",
}  # fmt: skip


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    with visiting(house) as somebody:
        somebody.log_in("kansli")
        yield somebody


def _post(at: Visiting, before: Response, till: str, **said: str) -> Response:
    return at.post(PATH, {**at.hidden(before), **said, "till": till})


def _to_the_regions(at: Visiting) -> Response:
    first = at.get(PATH)
    second = _post(at, first, "lage", slag="regiongemensamt", rubrik="Gemensam lägesbild")
    third = _post(at, second, "steg", lage="regionbeslut")
    return _post(at, third, "regioner", **STEPS)


def _count(house: House) -> int:
    return len(queries.status(house, StatusFilter(today=local_date(NOW))))


def test_a_new_uppdrag_with_its_steps_and_decisions_is_shown_whole_and_recorded_once(
    at: Visiting, house: House
) -> None:
    before = _count(house)
    table = _to_the_regions(at)
    rows: dict[str, str] = {}
    for code, outcome in (("01", "antagen"), ("03", "avslagen"), ("14", "antagen_med_anpassning")):
        rows |= {f"r{code}_utfall": outcome, f"r{code}_instans": "RF", f"r{code}_datum": "2026-02-10",
                 f"r{code}_paragraf": "12"}  # fmt: skip
    whole = _post(at, table, "granska", **rows, r14_text="Gäller från 2027")
    assert whole.status_code == 200, whole.text
    assert "Allt det här registreras, eller inget." in whole.text
    for told in ("Gemensam lägesbild", "§ 31", "Stockholm: Antagen, RF § 12", "Uppsala: Avslagen"):
        assert told in whole.text
    assert _count(house) == before, "looking records nothing"
    made = [_post(at, whole, "registrera") for _ in range(2)]
    assert [m.status_code for m in made] == [303, 303]
    assert len({m.headers["location"] for m in made}) == 1
    assert _count(house) == before + 1
    id = made[0].headers["location"].split("/")[2].split("?")[0]
    assert state(house, id) == "regionbeslut"
    assert matter(house, id).regions["14"].decisions[0].adaptation == "Gäller från 2027"
    history = queries.history(house, id)
    assert len(history) == 8
    assert all(e.backfilled for e in history[1:])


def test_an_uppdrag_that_is_known_goes_on_from_where_it_stands(at: Visiting, house: House) -> None:
    second = _post(at, at.get(f"{PATH}?uppdrag=U2026-01"), "lage", uppdrag="U2026-01")
    assert "Chefsgruppsbeslut (där står det nu)" in second.text
    third = _post(at, second, "steg", lage="redovisad")
    whole = _post(at, third, "granska", s0_mote="2026-03-20")
    made = [_post(at, whole, "registrera") for _ in range(2)]
    assert [m.status_code for m in made] == [303, 303]
    assert state(house, "U2026-01") == "redovisad"


def test_nothing_is_recorded_where_one_region_will_not_do(at: Visiting, house: House) -> None:
    before = _count(house)
    table = _to_the_regions(at)
    no = _post(at, table, "registrera", r01_utfall="antagen", r03_utfall="ej_berord", r04_utfall="antagen",
               r04_datum="2026-04-30")  # fmt: skip
    assert no.status_code == 422
    assert 'href="#f-r03_text"' in no.text
    assert "Uppsala: Utfallet ej_berord kräver" in no.text
    assert "Sörmland: Datumet 2026-04-30 ligger i framtiden" in no.text
    assert 'value="2026-04-30"' in no.text, "nothing that was typed is lost"
    assert _count(house) == before


def test_each_page_says_what_it_lacks(at: Visiting, house: House) -> None:
    first = at.get(PATH)
    no = _post(at, first, "lage")
    assert no.status_code == 422
    assert 'href="#f-slag"' in no.text
    second = _post(at, first, "lage", slag="regiongemensamt", rubrik="Gemensam lägesbild")
    no = _post(at, second, "steg")
    assert no.status_code == 422
    assert "Läget saknas." in no.text
    third = _post(at, second, "steg", lage="redovisad")
    no = _post(at, third, "granska", s1_mote="i går")
    assert no.status_code == 422
    assert 'href="#f-s1_mote"' in no.text
    assert _post(at, second, "steg", lage="slutbehandlad").status_code == 422, "that follows by itself"


def test_somebody_of_a_region_registers_nothing_afterwards(house: House) -> None:
    with visiting(house) as at:
        at.log_in("region", "03")
        assert at.get(PATH).status_code == 403
