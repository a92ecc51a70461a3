"""Questions on either kind of database: lists, the matrix of regions, what can happen next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.cast import NOW, TODAY
from tests.integration.doing import decide, new, step, track, with_the_regions
from uppdrag.service import queries
from uppdrag.service.house import House
from workflow.calendar import parse_span
from workflow.errors import NotFound
from workflow.status import StatusFilter


def ids(house: House, **wanted: Any) -> list[str]:
    return [row.id for row in queries.status(house, StatusFilter(**{"today": TODAY, **wanted}))]


@pytest.fixture
def house(any_house: House) -> House:
    """With some things done, in a database of either kind."""
    step(any_house, "U2026-06", "paborja", ansvarig="Åsa Öberg")
    step(any_house, "U2026-08", "paborja", ansvarig="Dan", now=NOW - timedelta(days=10))
    step(any_house, "U2026-12", "avbryt", skal="Behövs inte")
    step(any_house, "U2026-13", "pausa", skal="Väntar")
    with_the_regions(any_house, "01", "25")
    return any_house


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"id": "U2026-06"}, ["U2026-06"]),
        ({"state": "pagar"}, ["U2026-06", "U2026-08"]),
        ({"lifecycle": "overenskommelse"}, ["U2026-15"]),
        ({"region": "25"}, ["U2026-01", "U2026-02", "U2026-20"]),
        ({"region": "03"}, ["U2026-01", "U2026-02"]),
        ({"owner": "dan"}, ["U2026-08"]),
        ({"owner": "åsa öberg"}, ["U2026-06"]),
        ({"state": "pagar", "owner": "DAN"}, ["U2026-08"]),
        ({"overdue": True, "today": date(2026, 3, 31)}, []),
        ({"overdue": True, "today": date(2026, 4, 1)}, ["U2026-01"]),
        ({"due_before": date(2026, 6, 1)}, ["U2026-01", "U2026-13"]),
        ({"plan": "vp-2026", "lifecycle": "arsplan"}, ["U2026-17"]),
        ({"idle_since": NOW - timedelta(days=5), "state": "pagar"}, ["U2026-08"]),
        ({"limit": 2}, ["U2026-01", "U2026-02"]),
        ({"after": "U2026-18", "limit": 5}, ["U2026-19", "U2026-20"]),
        ({"id": "U2026-99"}, []),
    ],
)
def test_a_list_holds_what_was_asked_for(house: House, wanted: dict[str, Any], found: list[str]) -> None:
    assert ids(house, **wanted) == found


def test_a_list_is_in_order_of_number_beyond_a_hundred_and_over_the_years(any_house: House) -> None:
    for _ in range(20, 102):
        new(any_house)
    new(any_house, now=datetime(2027, 1, 2, tzinfo=UTC))
    found = ids(any_house)
    assert found[-4:] == ["U2026-99", "U2026-100", "U2026-101", "U2027-01"]
    assert ids(any_house, after="U2026-99", limit=2) == ["U2026-100", "U2026-101"]


def test_late_is_judged_by_the_day_in_stockholm(any_house: House) -> None:
    last_minute = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)
    assert not queries.detail(any_house, "U2026-01", now=last_minute).row.overdue
    assert queries.detail(any_house, "U2026-01", now=last_minute + timedelta(minutes=1)).row.overdue


def test_a_planned_time_that_is_met_gives_way_to_the_next(any_house: House) -> None:
    times = {"redovisning": parse_span("Q1 2026"), "regionbeslut": parse_span("Q3 2026")}
    id = new(any_house, "regiongemensamt", regions=("01",), times=times).uppdrag
    row = queries.detail(any_house, id, now=NOW).row
    assert row.deadline
    assert (row.deadline.id, row.deadline.text) == ("redovisning", "Q1 2026")
    step(any_house, id, "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    step(any_house, id, "besluta", mote="2026-03-13", paragraf="2")
    step(any_house, id, "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="1")
    row = queries.detail(any_house, id, now=NOW).row
    assert row.deadline
    assert (row.deadline.id, row.deadline.last) == ("regionbeslut", date(2026, 9, 30))


def test_a_sensitive_uppdrag_shows_its_neutral_title(any_house: House) -> None:
    sensitive, other = (queries.detail(any_house, id, now=NOW).row for id in ("U2026-09", "U2026-10"))
    assert sensitive.shown_title == "Översyn av avtal mellan regionerna"
    assert other.shown_title == other.title


def test_the_matrix_tells_where_each_region_stands(house: House) -> None:
    track(house, "U2026-20", "25", "planera", instans="RF", datum="2026-06-15")
    decide(house, "U2026-20", "01", "bordlagd", body="RS", on=TODAY, source="epost")
    decide(house, "U2026-20", "01", "antagen", body="RF", paragraph="§ 8")
    matrix = queries.matrix(house, StatusFilter(today=TODAY))
    assert [row.id for row in matrix.rows] == ["U2026-01", "U2026-02", "U2026-20"]
    assert len(matrix.regions) == 21
    assert len(matrix.cells) == 44
    decided, planned = matrix.cells["U2026-20", "01"], matrix.cells["U2026-20", "25"]
    assert (decided.outcome, decided.category, decided.body, decided.paragraph) == ("antagen", "adopted", "RF", "8")
    assert (planned.state, planned.planned_on, planned.outcome) == ("planerad", date(2026, 6, 15), "")


def test_the_matrix_forgets_a_decision_that_was_annulled(house: House) -> None:
    decide(house, "U2026-20", "01", "avslagen", body="RF", complete=False)
    decide(house, "U2026-20", "01", "antagen", body="RS")
    track(house, "U2026-20", "01", "upphav", beslut="2", upphavt_av="Kammarrätten")
    cell = queries.matrix(house, StatusFilter(today=TODAY)).cells["U2026-20", "01"]
    assert (cell.outcome, cell.body) == ("", "RF")


def test_what_can_happen_next_is_told_for_a_role_or_for_anybody(any_house: House) -> None:
    step(any_house, "U2026-06", "paborja", ansvarig="Cia Dahl")
    _, _, anybody = queries.next_steps(any_house, "U2026-06", role=None)
    allowed = {o.trigger for o in anybody if o.allowed}
    assert {"folj_upp", "avsluta", "pausa", "remittera", "foljduppdrag"} <= allowed
    assert {"ateruppta", "remissvar"}.isdisjoint(allowed)
    _, _, chefsgrupp = queries.next_steps(any_house, "U2026-06", role="chefsgrupp")
    refused = {o.trigger: [r.code for r in o.reasons] for o in chefsgrupp if not o.allowed}
    assert refused["folj_upp"] == ["role_not_allowed"]
    assert refused["remissvar"] == ["role_not_allowed", "no_consultation_open"]


def test_what_is_already_known_is_not_asked_for_again(any_house: House) -> None:
    step(any_house, "U2026-10", "paborja", ansvarig="Cia Dahl")
    step(any_house, "U2026-10", "avsluta", resultat="Klart", dnr="RK2026-7")
    _, _, options = queries.next_steps(any_house, "U2026-17", role="kansli")
    asked = {a.fact.name: a for a in next(o for o in options if o.trigger == "skriv_utkast").facts}
    assert asked["ansvarig"].known is None
    step(any_house, "U2026-17", "skriv_utkast", ansvarig="Cia Dahl", utkast="u.docx")
    _, _, options = queries.next_steps(any_house, "U2026-17", role="kansli")
    asked = {a.fact.name: a for a in next(o for o in options if o.trigger == "skriv_utkast").facts}
    assert asked["ansvarig"].known == "Cia Dahl"
    assert step(any_house, "U2026-17", "skriv_utkast", utkast="u2.docx").state == "utkast"


@pytest.mark.parametrize("id", ["U2026-99", "", "system"])
def test_nobody_knows_of_what_is_not_there(any_house: House, id: str) -> None:
    with pytest.raises(NotFound):
        queries.next_steps(any_house, id, role=None)
    with pytest.raises(NotFound):
        queries.detail(any_house, id, now=NOW)
