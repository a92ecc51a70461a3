"""The budget of a year: read in whole or not at all, corrected in the open, told as it was known, on page and paper."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from httpx2 import Response
from openpyxl import load_workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own

from storage import budgets
from tests.cast import KANSLI, NOW
from tests.integration.doing import codes
from tests.integration.tampering import at_the_file, found, verify
from tests.integration.test_papers import make_sensitive, said
from tests.web import SETTINGS, visiting
from uppdrag.service import budget, reports
from uppdrag.service.budget import Desk, Noted
from uppdrag.service.budget_reading import Shown, shown
from uppdrag.service.house import House
from uppdrag.service.sources import budget as packaged
from workflow.errors import LinesRefused, Refused

EVIL = "<script>alert(1)</script>"
POST = "Exempel: följeforskning"
LATER = NOW + timedelta(days=10)
AGREED = {"region": "03", "agreed": "0,5", "uppdrag": "U2026-15", "dnr": "RK2026-00031-2", "first": "2026-03-01"}


def desk(house: House, *, now: datetime = NOW, expected: int | None = None, dry_run: bool = False) -> Desk:
    return Desk(house=house, year=2026, actor=KANSLI, now=now, expected=expected, dry_run=dry_run)


def begun(house: House) -> Shown:
    """The example's posts, fixed, with one outcome; ten posts declared, and what Uppsala has agreed to and done."""
    budget.import_posts(desk(house), *packaged("exempel"))
    budget.fix(desk(house), date(2025, 12, 12), "§ 45", "RK2025-00123-1")
    cost(house, "71250")
    budget.declare(desk(house), "10", "Verksamhetsplan 2026, avsnitt 3")
    budget.note_contribution(desk(house), {"region": "Uppsala", "planned": "0,5"})
    budget.note_contribution(desk(house), AGREED)
    budget.note_contribution(desk(house), {"region": "03", "used": "0,25", "quarter": "Q1"})
    return shown(house, 2026)


def cost(house: House, amount: str, why: str = "", *, now: datetime = NOW, post: str = POST) -> Noted:
    stated = {"post": post, "quarter": "Q1", "amount": amount, "source": "Ekonomisystemet", "why": why}
    return budget.note_outcome(desk(house, now=now), stated)


def test_a_file_is_taken_whole_or_not_at_all_and_once(any_house: House) -> None:
    begun(any_house)
    bad = (
        f"post,kvartal,belopp\n{POST},Q9,x\nFinns inte,Q1,5\n{POST},Q4,1\n{POST},Q1,5\nExempel: möten och nätverk,Q1,9"
    )
    with pytest.raises(LinesRefused) as refused:
        budget.import_outcome(desk(any_house), "ut.csv", bad.encode())
    assert [(line, r.code) for line, r in refused.value.lines] == [
        (2, "not_a_quarter"), (2, "not_kronor"), (3, "budget_no_such_post"), (4, "quarter_not_begun"),
        (5, "outcome_noted"),
    ]  # fmt: skip
    before = shown(any_house, 2026)
    assert before.whole.outcome == (71250, None, None, None), "nothing of it was kept"
    good = f"post,kvartal,belopp\n{POST.upper()},Q1,71250\nExempel: möten och nätverk,Q1,9\n".encode()
    assert len(budget.import_outcome(desk(any_house, dry_run=True), "ut.csv", good).events) == 1
    assert shown(any_house, 2026) == before
    first = budget.import_outcome(desk(any_house), "ut.csv", good)
    assert (len(first.events), first.unchanged) == (1, 1)
    assert budget.import_outcome(desk(any_house), "ut.csv", good).events == ()
    with any_house.database.reading() as session:
        assert budgets.load(session, 2026) == shown(any_house, 2026).budget, "the row is what the events amount to"


def test_two_who_note_at_once_both_count_and_what_was_not_seen_is_refused(any_house: House) -> None:
    budget.import_posts(desk(any_house), *packaged("exempel"))
    names = [p.name for p in shown(any_house, 2026).budget.posts]
    with ThreadPoolExecutor(4) as together:
        list(together.map(lambda name: cost(any_house, "10", post=name), names))
    assert shown(any_house, 2026).whole.outcome[0] == 50
    with pytest.raises(Refused) as stale:
        budget.fix(desk(any_house, expected=1), date(2025, 12, 12), "45")
    assert codes(stale.value) == ["budget_changed"]
    with pytest.raises(Refused) as early:
        budget.fix(desk(any_house), date(2026, 12, 12), "45")
    assert codes(early.value) == ["date_in_future"]
    gone = b"post,q1,q2,q3,q4\nAnnat,1,1,1,1\n"
    with pytest.raises(LinesRefused) as lost:
        budget.import_posts(desk(any_house), "ny.csv", gone)
    assert {r.code for r in lost.value.refusals} == {"budget_post_has_outcome"}


def test_an_agreement_is_an_uppdrag_of_its_kind_or_a_number(house: House) -> None:
    for wrong, code in (
        ({"uppdrag": "U2026-04"}, "not_an_agreement"), ({"uppdrag": "U2026-99"}, "no_such_uppdrag"),
        ({"uppdrag": "", "dnr": ""}, "agreement_unnamed"), ({"last": "2026-02-01"}, "agreement_ends_first"),
        ({"first": "2027-01-01"}, "agreement_of_another_year"), ({"agreed": ""}, "contribution_needs"),
        ({"region": "3"}, "lost_zero"), ({"used": "1"}, "contribution_needs"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            budget.note_contribution(desk(house), {**AGREED, **wrong})
        assert code in codes(refused.value), wrong
    noted = budget.note_contribution(desk(house), AGREED)
    assert [w.code for w in noted.warnings] == ["agreement_not_signed"]
    budget.note_contribution(desk(house), {**AGREED, "agreed": "0"})
    assert shown(house, 2026).budget.agreements == ()


def test_the_years_report_has_each_figure_with_its_note_as_it_was_known(house: House) -> None:
    begun(house)
    cut_off = NOW + timedelta(days=1)
    then = reports.annual(house, "2026", known_by=cut_off)
    text = said(then)
    assert (
        "Budgeten 2026 är 7 400 000 kr, fastställd av chefsgruppen 12 december 2025, § 45, dnr RK2025-00123-1" in text
    )
    assert "0,5 av 10 heltidsresurser är överenskomna (not " in text
    assert "Uppsala 0,5 0,5 0,25 – – –" in text
    assert "Överenskommet: 0,5, från 1 mars 2026 tills vidare U2026-15 , dnr RK2026-00031-2 budget:2026/6" in text
    assert "Utfall Q1: 71 250 kr Ekonomisystemet, registrerat 27 mars 2026 budget:2026/3" in text
    cost(house, "72250", "Fel konto", now=LATER)
    budget.note_contribution(desk(house, now=LATER), {"region": "01", "planned": "2"})
    assert reports.annual(house, "2026", known_by=cut_off) == then
    now = said(reports.annual(house, "2026", known_by=LATER + timedelta(days=1)))
    assert "Utfall Q1: 72 250 kr (rättat från 71 250: Fel konto)" in now
    make_sensitive(house, "U2026-15")
    for known_by in (cut_off, LATER + timedelta(days=1)):
        assert "RK2026-00031-2" not in said(reports.annual(house, "2026", known_by=known_by))


def test_the_page_says_how_it_stands_and_gives_the_same_as_a_workbook(house: House) -> None:
    begun(house)
    cost(house, "90000", EVIL, now=LATER)
    make_sensitive(house, "U2026-15")
    with visiting(house, replace(SETTINGS, fixed_now=LATER)) as at:
        at.log_in("chefsgrupp", now=LATER)
        page = at.get("/budget/2026").text
        text = page.replace("\xa0", " ")
        assert "fastställd av chefsgruppen 12 december 2025, § 45" in text
        assert "0,5 av 10 heltidsresurser är överenskomna." in text
        assert "−15 000" in text
        assert "över budget" in text
        assert 'href="/uppdrag/U2026-15"' in page
        assert "RK2026-00031-2" not in page, "the uppdrag is sensitive"
        assert (EVIL in page, "uppdrag budget set" in page) == (False, False)
        book = load_workbook(BytesIO(at.get("/budget/2026/fil/budget.xlsx").content))
        assert [c.value for c in book["Resursbidrag"][2]][1:5] == ["Uppsala", 0.5, 0.5, 0.25]
        assert 'href="/budget/2026"' in at.get("/rapporter").text
        assert "Ingen budget för 2030 är inläst." in at.get("/budget/2030").text
        assert [at.get(f"/budget/{name}").status_code for name in ("26", "2026/fil/x.exe", "٢٠٢٦")] == [404] * 3
        at.log_in("kansli", now=LATER)
        assert "uppdrag budget set 2026" in at.get("/budget/2026").text


def test_a_file_is_read_in_on_the_page_as_it_was_shown_or_not_at_all(house: House) -> None:
    begun(house)
    path = "/budget/2026/fil"
    with visiting(house) as at:
        at.log_in("kansli")

        def sent(file: str, kind: str = "utfall", why: str = "") -> Response:
            form = {"formular": at.hidden(at.get(path))["formular"], "steg": "granska", "vad": kind, "skal": why}
            return at.client.post(
                path, data=form, files={"fil": (f"{EVIL}.csv", file.encode())}, headers={"origin": SETTINGS.url},
                follow_redirects=False,
            )  # fmt: skip

        assert "Vad filen innehåller saknas." in sent("x", kind="").text
        bad = sent(f"post,kvartal,belopp\n{POST},Q1,1\n{POST},Q9,{EVIL}\n")
        assert (bad.status_code, ".csv:2: " in bad.text, ".csv:3: " in bad.text) == (422, True, True)
        shows = sent(f"post,kvartal,belopp\n{POST},Q1,80000\n", why="Fel konto")
        assert "1 uppgift skulle noteras" in shows.text.replace("\xa0", " ")
        assert EVIL not in bad.text + shows.text
        assert shown(house, 2026).whole.spent == 71250
        confirmed = {**at.hidden(shows), "steg": "registrera"}
        assert at.post(path, confirmed).headers["location"] == "/budget/2026?klart=fil"
        assert at.post(path, confirmed).status_code == 303, "clicked twice"
        budget = shown(house, 2026).budget
        assert [o.amount for o in budget.outcomes] == [80000]
        cost(house, "90000", "Rättat")
        stale = at.post(path, confirmed)
        assert "Något har ändrats sedan du såg det här" in stale.text
        assert shown(house, 2026).budget.outcomes[0].amount == 90000


@pytest.mark.sqlite_file("somebody changes it behind the program")
def test_the_kansli_notes_on_the_page_that_the_budget_was_fixed_as_it_was_shown(house: House) -> None:
    budget.import_posts(desk(house), *packaged("exempel"))
    path = "/budget/2026/faststall"
    with visiting(house) as at:
        at.log_in("kansli")
        assert f'href="{path}"' in at.get("/budget/2026").text
        asked = at.get(path)
        assert "7 400 000 kr" in asked.text.replace("\xa0", " ")
        said = {**at.hidden(asked), "dag": "2027-01-01", "paragraf": "x", "dnr": EVIL}
        wrong = at.post(path, said)
        assert (wrong.status_code, "inte en paragraf" in wrong.text, EVIL in wrong.text) == (422, True, False)
        assert "ligger i framtiden" in at.post(path, {**said, "paragraf": "45"}).text
        budget.import_posts(desk(house), "ny.csv", b"post,q1,q2,q3,q4\nResor,1,1,1,1\n")
        good = {**said, "dag": "2025-12-12", "paragraf": "§ 45", "dnr": ""}
        stale = at.post(path, good)
        assert (stale.status_code, "Någon har ändrat" in stale.text) == (422, True)
        assert shown(house, 2026).budget.fixed == ()
        for _ in range(2):
            assert at.post(path, {**good, **at.hidden(stale)}).headers["location"] == "/budget/2026?klart=faststalld"
        (decision,) = shown(house, 2026).budget.fixed
        assert (decision.paragraph, decision.posts[0].name) == ("45", "Resor")
        assert f'href="{path}"' not in at.get("/budget/2026").text


@pytest.mark.sqlite_file("somebody changes it behind the program")
def test_a_budget_that_is_changed_behind_the_programs_back_is_found(house: House, tmp_path: Path) -> None:
    begun(house)
    house.database.close()
    with at_the_file(tmp_path / "uppdrag.db") as db:
        db.execute("UPDATE budget SET content = replace(content, '71250', '17250')")
    assert ("row_changed", "budget budget:2026") in found(verify(tmp_path / "uppdrag.db"))
