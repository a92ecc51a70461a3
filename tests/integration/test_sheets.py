"""The workbook says the same as the answers to the same questions."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own

from storage import lines
from tests.cast import NOW
from tests.integration.lived import FIRST, live_a_little
from tests.web import visiting
from uppdrag.service import queries, sheets
from uppdrag.service.house import House
from uppdrag.service.signing_in import WebRole
from workflow.status import StatusFilter

ALL = StatusFilter(today=date(2026, 3, 27))


def rows(book: Any, name: str) -> list[dict[str, Any]]:
    head, *below = [[cell.value for cell in row] for row in book[name].iter_rows()]
    return [dict(zip(head, row, strict=True)) for row in below]


def whole(house: House) -> Any:
    made = BytesIO()
    sheets.write_all(house, made, now=NOW)
    return load_workbook(made)


def test_the_numbers_are_those_of_the_status(any_house: House) -> None:
    live_a_little(any_house)
    book = whole(any_house)
    told = {r["Nummer"]: r for r in rows(book, "Uppdrag")}
    for row in queries.status(any_house, ALL):
        its = told.pop(row.id)
        assert its["Uppdrag"] == row.shown_title
        assert its["Efter planerad tid"] == ("ja" if row.overdue else "nej")
        if row.regions.concerned:
            assert (its["Har avslutat"], its["Antagit"], its["Återstår"]) == (
                row.regions.decided, row.regions.adopted, row.regions.pending
            )  # fmt: skip
    assert not told
    matrix = queries.matrix(any_house, ALL)
    assert {(r["Nummer"], r["Länskod"]) for r in rows(book, "Regioner")} == set(matrix.cells)


def test_every_decision_stands_there_also_one_that_was_taken_back(any_house: House) -> None:
    live_a_little(any_house)
    told = {(r["Nummer"], r["Länskod"], r["Beslut nr"]): r for r in rows(whole(any_house), "Beslut")}
    matter = queries.detail(any_house, FIRST, now=NOW).matter
    decided = {(FIRST, code, d.number): d for code, rb in matter.regions.items() for d in rb.decisions}
    assert {key for key in told if key[0] == FIRST} == set(decided)
    assert [key[1] for key, row in told.items() if row["Tillbakataget"] == "ja"] == ["04"]
    with any_house.database.reading() as session:
        assert lines.count_decisions(session) == len(told)
    first = told[FIRST, "01", 1]
    assert (first["Paragraf"], first["Anpassning"], first["Beslutsdag"].date()) == ("9", "Egen form", NOW.date())


def test_no_word_of_a_sensitive_uppdrag_leaves_but_its_neutral_title(house: House) -> None:
    secret = queries.detail(house, "U2026-09", now=NOW).row
    assert secret.sensitive
    text = " ".join(str(cell.value) for sheet in whole(house) for row in sheet.iter_rows() for cell in row)
    assert secret.neutral_title in text
    assert secret.title not in text


def test_the_pages_offer_what_they_list(house: House) -> None:
    live_a_little(house)
    with visiting(house) as at:
        at.log_in("kansli")
        for page, query in (("/uppdrag", "?visa=alla&q=bår"), ("/laget", "?visa=alla")):
            shown = at.get(page + query).text
            link = re.search(r'href="(/uttag/[^"]+)"', shown)
            assert link, page
            got = at.get(link[1].replace("&amp;", "&"))
            assert got.status_code == 200
            told = {r["Nummer"] for r in rows(load_workbook(BytesIO(got.content)), "Uppdrag")}
            assert told == set(re.findall(r'href="/uppdrag/(U2026-\d+)"', shown)), page


def test_only_the_kansli_sees_who_is_responsible(house: House) -> None:
    live_a_little(house)
    with visiting(house) as at:
        roles: tuple[tuple[WebRole, bool], ...] = ("kansli", True), ("insyn", False)
        for role, seen in roles:
            at.log_in(role)
            got = at.get("/uttag/uppdrag.xlsx?visa=alla").content
            named = {r["Ansvarig"] for r in rows(load_workbook(BytesIO(got)), "Uppdrag")}
            assert ("Cia Dahl" in named) == seen
