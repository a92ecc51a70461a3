"""Chefsgruppen's meetings on the pages: a year's dates, the agenda changed by hand, and two who change it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from httpx2 import Response

from tests.cast import KANSLI, NOW
from tests.integration.doing import new, step
from tests.integration.test_chefsgrupp import APRIL, JUNE, MARCH, plan
from tests.web import SETTINGS, Visiting, visiting
from uppdrag.service import agenda, chefsgrupp
from uppdrag.service.agenda import Addition
from uppdrag.service.house import House
from workflow.meeting import AgendaItem

AT = "/moten/2026-04-24"


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    plan(house, MARCH, APRIL, JUNE)
    with visiting(house) as somebody:
        somebody.log_in("kansli")
        yield somebody


def told(response: Response) -> str:
    """What a page says, without its tags."""
    main = response.text.partition('<main id="innehall"')[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).replace("\xa0", " ").split())


def items(house: House) -> list[AgendaItem]:
    return list(agenda.agenda(house, APRIL, now=NOW).items)


def version(house: House) -> str:
    return str(chefsgrupp.one(house, APRIL).meeting.version)


def test_a_year_without_meetings_says_how_they_come(empty_house: House) -> None:
    with visiting(empty_house) as at:
        at.log_in("kansli")
        page = told(at.get("/moten"))
        assert "Inga möten är planerade 2026. Datumen kommer hit när kansliet planerar året." in page
        assert "Planera 2026 års möten" in page
        at.log_in("chefsgrupp")
        assert "Planera" not in told(at.get("/moten"))


def test_the_next_meeting_comes_first_with_what_it_needs(at: Visiting) -> None:
    page = told(at.get("/moten"))
    assert "Nästa möte är fredag 27 mars 2026. Mötet är i dag." in page
    assert page.index("Fredag 24 april 2026") < page.index("Fredag 12 juni 2026")
    assert "Handlingarna ska vara inne 10 april. Kallelsen ska ut senast 15 april." in page


def test_a_years_dates_are_shown_before_they_are_set(at: Visiting, house: House) -> None:
    form = {"ar": "2026", "dagar": "2026-04-24\n2026-09-11, 2026-10-09", "plats": "Örebro", "borjar": "9:30",
            "nyckel": "k"}  # fmt: skip
    page = at.post("/moten/planera", {**form, "steg": "granska"})
    assert "2 nya möten läggs till. Inget är sparat än. 1 möte fanns redan och står kvar som de är." in told(page)
    assert len(chefsgrupp.listed(house)) == 3
    kept = at.hidden(page)
    done = [at.post("/moten/planera", {**kept, "steg": "registrera"}) for _ in range(2)]
    assert [d.headers["location"] for d in done] == ["/moten?ar=2026&planerade=2"] * 2
    held = [h for h in chefsgrupp.listed(house) if h.date.first.month > 6]
    assert [(h.date.first.isoformat(), h.meeting.arrangement.starts) for h in held] == [
        ("2026-09-11", "09.30"), ("2026-10-09", "09.30"),
    ]  # fmt: skip


def test_a_day_that_is_none_comes_back_with_what_was_typed(at: Visiting) -> None:
    form = {"ar": "2026", "dagar": "2026-13-01", "plats": "Örebro <b>", "nyckel": "k", "steg": "granska"}
    page = at.post("/moten/planera", form)
    assert page.status_code == 422
    assert 'Dagar: "2026-13-01" är inte ett datum. Skriv ÅÅÅÅ-MM-DD.' in told(page)
    assert 'value="Örebro &lt;b&gt;"' in page.text
    other = at.post("/moten/planera", {**form, "ar": "2027", "dagar": "2026-05-05"})
    assert "2026-05-05 ligger inte i 2027." in told(other)


def test_the_meeting_says_first_what_it_needs_and_then_why_each_item_is_there(at: Visiting, house: House) -> None:
    step(house, "U2026-04", "bered", ansvarig="Bo Bo", natverk="HSD-nätverket")
    page = told(at.get(AT))
    assert "Kallelsen ska ut senast 15 april. 2 ärenden, 1 saknar föredragande." in page
    assert "Läget är Beredd. Nästa steg: Registrera chefsgruppens beslut." in page
    assert "föredragande Bo Bo" in page
    assert page.index("Kalla till mötet") < page.index("Dagordning")


def test_who_reads_changes_nothing_and_sees_only_a_neutral_title(at: Visiting, house: House) -> None:
    secret = new(house, "regiongemensamt", title="Hemliga lager i berg", sensitive=True, neutral_title="Lager").uppdrag
    step(house, secret, "bered", ansvarig="Bo Bo", natverk="HSD-nätverket")
    said = {"proposal": "Hemliga lager i berg ska byggas."}
    agenda.add(house, APRIL, Addition(uppdrag=secret, step="besluta"), said, actor=KANSLI, now=NOW)
    for role in ("chefsgrupp", "insyn"):
        at.log_in(role)
        for address in (AT, f"{AT}/handlingar/dagordning"):
            page = at.get(address)
            assert page.status_code == 200
            assert "Lager" in page.text
            assert "Hemliga" not in page.text, (role, address)
        assert "/punkt" not in at.get(AT).text
    at.log_in("region", "03")
    assert [at.get(path).status_code for path in ("/moten", AT, f"{AT}/handlingar/dagordning.pdf")] == [403] * 3


def test_an_item_is_moved_up_down_and_to_a_number(at: Visiting, house: House) -> None:
    first = [i.key for i in items(house)]
    moved = at.post(f"{AT}/punkt/3/flytta", {"sedd": version(house), "hall": "upp"})
    assert moved.headers["location"] == f"{AT}?flyttad=2&hall=upp"
    assert [i.key for i in items(house)][1:3] == [first[2], first[1]]
    assert 'value="upp" autofocus' in at.get(moved.headers["location"]).text, "the next Return moves it on"
    at.post(f"{AT}/punkt/2/flytta", {"sedd": version(house), "hall": "ner"})
    assert [i.key for i in items(house)] == first
    at.post(f"{AT}/punkt/1/flytta", {"sedd": version(house), "hall": "till", "plats": "4"})
    assert [i.key for i in items(house)][3] == first[0]
    assert at.post(f"{AT}/punkt/1/flytta", {"sedd": version(house), "hall": "till", "plats": "x"}).status_code == 422


def test_a_form_that_comes_twice_is_one_change(at: Visiting, house: House) -> None:
    seen = version(house)
    form = {"sedd": seen, "rubrik": "Lokaler", "slag": "information", "minuter": "15"}
    led = {at.post(f"{AT}/punkt", form).headers["location"] for _ in range(3)}
    assert len(led) == 1
    assert [i.title for i in items(house)].count("Lokaler") == 1
    assert version(house) == str(int(seen) + 1)


def test_an_item_is_added_edited_and_taken_away(at: Visiting, house: House) -> None:
    wrong = at.post(f"{AT}/punkt", {"sedd": version(house), "uppdrag": "", "rubrik": "", "forslag": "Att så sker."})
    assert wrong.status_code == 422
    assert "Slag saknas." in told(wrong)
    assert "Ange en rubrik, eller vilket uppdrag punkten gäller." in told(wrong)
    assert "Att så sker." in wrong.text
    assert at.post(f"{AT}/punkt", {"sedd": version(house), "uppdrag": "U2099-01", "slag": "beslut"}).status_code == 404
    at.post(f"{AT}/punkt", {"sedd": version(house), "uppdrag": "u2026-05", "slag": "information", "avsnitt": "ovrigt"})
    item = next(i for i in items(house) if i.uppdrag == "U2026-05")
    assert (item.kind, item.section) == ("information", "ovrigt")
    page = at.get(f"{AT}/punkt/{item.number}")
    assert 'value="information" checked' in page.text
    said = {"sedd": version(house), "rubrik": "Ny rubrik", "slag": "beslut", "handlingar": "PM\nKarta\n",
            "minuter": "7"}  # fmt: skip
    assert at.post(f"{AT}/punkt/{item.number}", said).status_code == 303
    edited = items(house)[item.number - 1]
    assert (edited.title, edited.documents, edited.minutes) == ("Ny rubrik", ("PM", "Karta"), 7)
    assert "Ta bort" in told(at.get(f"{AT}/punkt/{item.number}/ta-bort"))
    at.post(f"{AT}/punkt/{item.number}/ta-bort", {"sedd": version(house)})
    assert "U2026-05" not in [i.uppdrag for i in items(house)]
    assert "Ny rubrik togs bort" in told(at.get(f"{AT}/versioner"))


def test_the_second_secretary_is_told_what_the_first_changed_and_keeps_what_was_typed(
    at: Visiting, house: House
) -> None:
    agenda.drop(house, APRIL, 1, actor=KANSLI, now=NOW)
    seen = version(house)
    at.post(f"{AT}/punkt", {"sedd": seen, "rubrik": "Lokaler", "slag": "information"})
    at.log_in("kansli", name="Cia Dahl")
    page = at.post(f"{AT}/punkt", {"sedd": seen, "rubrik": "Budget för övningen", "slag": "beslut"})
    assert page.status_code == 422
    assert "Någon har ändrat medan du skrev: Anna Ek 2026-03-27 10.00: " in told(page)
    assert "Lokaler lades till" in told(page)
    assert 'value="Budget för övningen"' in page.text
    again = at.post(f"{AT}/punkt", {**at.hidden(page), "rubrik": "Budget för övningen", "slag": "beslut"})
    assert again.status_code == 303
    assert {"Lokaler", "Budget för övningen"} <= {i.title for i in items(house)}
    moved = at.post(f"{AT}/punkt/3/flytta", {"sedd": seen, "hall": "upp"})
    assert moved.status_code == 422
    assert "Lokaler lades till" in told(moved)


def test_after_the_kallelse_what_comes_late_waits_until_somebody_adds_it(at: Visiting, house: House) -> None:
    at.post(f"{AT}/kallelse", {"kanal": "annan", "steg": "registrera"})
    assert "Numren ligger fast" in told(at.get(f"{AT}?sparat=kallad"))
    step(house, "U2026-04", "bered", ansvarig="Bo Bo", natverk="HSD-nätverket")
    page = at.get(AT)
    assert "1 ärende har tillkommit och står inte på dagordningen." in told(page)
    assert "/flytta" not in page.text
    key = re.search(r'name="vantande" value="([^"]+)"', page.text)
    assert key
    led = [at.post(f"{AT}/punkt", {"sedd": version(house), "vantande": key[1]}) for _ in range(2)]
    assert led[0].status_code == 303
    late = items(house)[-1]
    assert (late.uppdrag, late.late, late.trigger, late.why.code) == ("U2026-04", True, "besluta", "state")
    at.post(f"{AT}/punkt/{late.number}/ta-bort", {"sedd": version(house)})
    shown = told(at.get(AT))
    assert "Tillkommande efter kallelsen" in shown
    assert "tillkommande utgår" in shown
    assert led[1].headers.get("location") != led[0].headers["location"] or led[1].status_code == 303


def test_where_and_when_is_said_of_each(at: Visiting, house: House) -> None:
    page = at.get(f"{AT}/plats")
    assert 'value="Uppsala"' in page.text
    form = {"sedd": version(house), "plats": "Uppsala", "lank": "https://mote.example/1", "borjar": "10", "slutar": ""}
    wrong = at.post(f"{AT}/plats", form)
    assert 'Börjar: "10" är inte ett klockslag.' in told(wrong)
    assert at.post(f"{AT}/plats", {**form, "borjar": "10:15"}).headers["location"] == f"{AT}?sparat=plats"
    at_ = chefsgrupp.one(house, APRIL).meeting.arrangement
    assert (at_.link, at_.starts, at_.ends) == ("https://mote.example/1", "10.15", "12.00")
    assert 'href="https://mote.example/1"' in at.get(AT).text
    at.post(f"{AT}/plats", {"sedd": version(house), "lank": "javascript:alert(1)"})
    shown = at.get(AT).text
    assert "javascript:alert(1)" in shown
    assert 'href="javascript' not in shown, "what is no address of a page is not made into a link"


@pytest.mark.parametrize("path", ["/moten/i-morgon", "/moten/2026-04-25", f"{AT}/punkt/99", f"{AT}/protokoll/99",
                                  f"{AT}/handlingar/x.pdf", f"{AT}/handlingar/protokoll"])  # fmt: skip
def test_what_is_not_there_is_not_found(at: Visiting, path: str) -> None:
    assert at.get(path).status_code == 404


@pytest.mark.parametrize(
    ("name", "kind", "start"),
    [("dagordning.pdf", "application/pdf", b"%PDF"), ("kallelse.docx", "application/vnd.openxml", b"PK")],
)
def test_papers_are_files_that_nobody_keeps(at: Visiting, name: str, kind: str, start: bytes) -> None:
    at.log_in("chefsgrupp")
    answer = at.get(f"{AT}/handlingar/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.content.startswith(start)
    assert answer.headers["cache-control"] == "no-store"
    stem, _, ending = name.partition(".")
    assert answer.headers["content-disposition"] == f'attachment; filename="{stem}-2026-04-24.{ending}"'


def test_att_gora_leads_to_where_a_meetings_duty_is_done(at: Visiting, house: House) -> None:
    at.post(f"{AT}/plats", {"sedd": version(house), "plats": "Gävle"})
    fixed = replace(SETTINGS, fixed_now=datetime(2026, 4, 16, 9, tzinfo=UTC))
    with visiting(house, fixed) as later:
        later.log_in("kansli", now=datetime(2026, 4, 16, 8, tzinfo=UTC))
        page = later.get("/att-gora").text
    assert f'href="{AT}/kallelse">Kalla till mötet' in page
    assert 'href="/moten/2026-03-27/protokoll">Ta protokollet' in page
