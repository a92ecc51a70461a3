"""Taking the minutes on a page: item by item, two at once, closing shown before it is done, and justering."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from httpx2 import Response

from tests.cast import KANSLI, NOW
from tests.integration.doing import state, step
from tests.integration.test_chefsgrupp import APRIL, JUNE, MARCH, plan
from tests.integration.test_web_meetings import told
from tests.web import ORIGIN, Visiting, visiting
from uppdrag.service import agenda, chefsgrupp, minutes
from uppdrag.service.agenda import Addition
from uppdrag.service.house import House
from uppdrag.service.visits import Visits
from workflow.meeting import Action, AgendaItem, Meeting, Minutes, Note, Present
from workflow.minutes import Taken

AT = "/moten/2026-03-27"
BEFORE = datetime(2026, 3, 20, 9, tzinfo=UTC)
HTMX = {"hx-request": "true"}


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    """The kallelse is out: a directive (U2026-04), a report (U2026-01), an approval (U2026-02), an item about rooms."""
    plan(house, MARCH, APRIL, JUNE)
    step(house, "U2026-04", "bered", ansvarig="Bo Bo", natverk="HSD-nätverket")
    step(house, "U2026-02", "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="2")
    agenda.add(house, MARCH, Addition(title="Lokaler"), {}, actor=KANSLI, now=BEFORE)
    agenda.summon(house, MARCH, None, actor=KANSLI, now=BEFORE)
    with visiting(house) as somebody:
        somebody.log_in("kansli")
        yield somebody


def meeting(house: House) -> Meeting:
    return chefsgrupp.one(house, MARCH).meeting


def noted(house: House) -> Minutes:
    return meeting(house).minutes or Minutes()


def item(house: House, name: str) -> AgendaItem:
    return next(i for i in meeting(house).items if name in (i.uppdrag, i.title))


def form(at: Visiting, number: int, **answers: str) -> dict[str, str]:
    """The form of one item as its page has it, with these answers."""
    page = at.get(f"{AT}/protokoll/{number}")
    return {**at.hidden(page), **{f"punkt{number}_{name}": value for name, value in answers.items()}}


def save(at: Visiting, house: House, name: str, **answers: str) -> Response:
    number = item(house, name).number
    return at.post(f"{AT}/protokoll/{number}", form(at, number, **answers))


def take_all(at: Visiting, house: House) -> None:
    """Who was there, and an outcome on every item."""
    page = at.get(f"{AT}/protokoll")
    at.post(f"{AT}/protokoll/narvaro", {**at.hidden(page), "sedd": _seen(page), "narv0": "Eva Ek", "ordforande": "Eva",
                                        "sekreterare": "Anna Ek"})  # fmt: skip
    wanted = {
        "U2026-04": Note(item="", outcome="bifall"), "U2026-02": Note(item="", outcome="bifall"),
        "U2026-01": Note(item="", outcome="bordlagd"),
    }  # fmt: skip
    notes = {i.number: wanted.get(i.uppdrag, Note(item="", outcome="antecknad")) for i in meeting(house).items}
    minutes.take(house, MARCH, Taken(notes=notes), actor=KANSLI, now=BEFORE)


def _seen(page: Response) -> str:
    return page.text.partition('id="narvaro"')[2].partition('name="sedd" value="')[2].partition('"')[0]


def close(at: Visiting) -> Response:
    shown = at.post(f"{AT}/avsluta", {"steg": "granska"})
    return at.post(f"{AT}/avsluta", {**at.hidden(shown), "steg": "registrera"})


def test_nothing_is_chosen_before_somebody_chooses_and_what_lacks_an_outcome_is_named(at: Visiting) -> None:
    page = at.get(f"{AT}/protokoll")
    assert " checked" not in page.text
    said = told(page)
    assert "punkter saknar utfall" in said
    assert "5. U2026-04" in said.partition("saknar utfall")[2].partition("Närvaro")[0]


def test_an_item_is_saved_for_itself_and_only_its_piece_comes_back(at: Visiting, house: House) -> None:
    number = item(house, "Lokaler").number
    said = form(at, number, utfall="avslag", beslut="Nej.", avvikande="Eva vill.\n\nBo också.", atg0_vad="Boka",
                atg0_vem="Anna Ek", atg0_senast="2026-04-10", atg1_vad="Mejla", atg1_vem="Bo")  # fmt: skip
    answer = at.client.post(
        f"{AT}/protokoll/{number}", data={**said, "formular": at.hidden(at.get(f"{AT}/protokoll"))["formular"]},
        headers={"origin": ORIGIN, **HTMX}, follow_redirects=False,
    )  # fmt: skip
    assert answer.status_code == 200
    assert answer.text.count("<article") == 1
    assert "<html" not in answer.text
    assert f"Punkt {number} är sparad." in answer.text
    note = noted(house).of(item(house, "Lokaler").key)
    assert note is not None
    assert (note.outcome, note.decision, note.dissent) == ("avslag", "Nej.", ("Eva vill.", "Bo också."))
    assert [a.what for a in note.actions] == ["Boka", "Mejla"]
    assert note.actions[0] == Action(what="Boka", owner="Anna Ek", due=note.actions[0].due)
    version = meeting(house).version
    assert at.post(f"{AT}/protokoll/{number}", said).status_code == 303
    assert meeting(house).version == version, "the same form twice is saved once"


def test_what_the_step_asks_for_is_asked_by_outcome(at: Visiting, house: House) -> None:
    report = item(house, "U2026-01").number
    page = at.get(f"{AT}/protokoll/{report}").text
    assert f'name="punkt{report}_bifall_rapport"' in page
    assert f'name="punkt{report}_aterremiss_saknas"' in page
    assert f'name="punkt{report}_bifall_mote"' not in page, "the meeting knows its own day"
    save(at, house, "U2026-01", utfall="bifall", bifall_rapport="r.pdf", bifall_forslagsversion="1", bordlagd_skal="x")
    note = noted(house).of("U2026-01")
    assert note is not None
    assert note.facts == {"rapport": "r.pdf", "forslagsversion": "1"}, "only what belongs to the outcome"
    approval = item(house, "U2026-02").number
    page = at.get(f"{AT}/protokoll/{approval}").text
    assert "Känt sedan tidigare: 2." in page
    assert f'name="punkt{approval}_aterremiss_klar_senast"' in page


def test_the_proposal_is_one_press_away_and_nothing_is_saved_by_it(at: Visiting, house: House) -> None:
    number = item(house, "U2026-04").number
    page = at.post(f"{AT}/protokoll/{number}", {**form(at, number, utfall="bifall"), "steg": "forslag"})
    assert "Chefsgruppen beslutar att uppdraget" in page.text.partition(f'name="punkt{number}_beslut"')[2][:400]
    assert 'value="bifall" checked' in page.text
    assert meeting(house).minutes is None


def test_what_cannot_be_is_said_and_nothing_typed_is_lost(at: Visiting, house: House) -> None:
    number = item(house, "Lokaler").number
    page = at.post(f"{AT}/protokoll/{number}", form(
        at, number, utfall="kanske", beslut="Långt <b> svar", atg0_vad="Boka", omp_uppdrag="U2026-03, X1",
        omp_tid="snart"))  # fmt: skip
    assert page.status_code == 422
    said = told(page)
    assert 'Utfall: "kanske" finns inte.' in said
    assert "Vem som gör åtgärden saknas." in said
    assert "Uppdraget X1 finns inte." in said
    assert 'Ny planerad tid: "snart" är inte en planerad tid.' in said
    assert "Långt &lt;b&gt; svar" in page.text
    assert 'value="U2026-03, X1"' in page.text
    assert meeting(house).minutes is None


def test_two_who_write_are_told_of_each_other_only_where_they_meet(at: Visiting, house: House) -> None:
    rooms, report = item(house, "Lokaler").number, item(house, "U2026-01").number
    mine = {n: form(at, n, utfall="bifall", beslut=f"Mitt {n}") for n in (rooms, report)}
    at.log_in("kansli", name="Cia Dahl")
    at.post(f"{AT}/protokoll/{rooms}", form(at, rooms, utfall="avslag", beslut="Cias"))
    at.log_in("kansli")
    assert at.post(f"{AT}/protokoll/{report}", mine[report]).status_code == 303, "another item is no hindrance"
    told_of = at.post(f"{AT}/protokoll/{rooms}", mine[rooms])
    assert told_of.status_code == 422
    said = told(told_of)
    assert f"Cia Dahl 10.00 ändrade punkt {rooms} medan du skrev." in said
    assert told_of.text.count("Inte sparat</span>") == 1, "and whoever leaves the page is asked"
    assert "Så står det nu: avslag. Cias" in said
    assert f"Mitt {rooms}" in told_of.text
    piece = told_of.text.partition(f'id="p-{rooms}"')[2]
    again = {**mine[rooms], "sedd": piece.partition('name="sedd" value="')[2].partition('"')[0]}
    assert at.post(f"{AT}/protokoll/{rooms}", again).status_code == 303
    assert (noted(house).of(item(house, "Lokaler").key) or Note(item="")).decision == f"Mitt {rooms}"


def test_who_was_there_is_ticked_and_who_left_when(at: Visiting, house: House) -> None:
    page = at.get(f"{AT}/protokoll")
    base = {"sedd": _seen(page)}
    wrong = at.post(f"{AT}/protokoll/narvaro", {**base, "narv0": "Eva Ek", "narv0_lamnade": "sent"})
    assert "När Eva Ek lämnade mötet" in told(wrong)
    assert 'value="sent"' in wrong.text
    there = {"narv0": "Eva Ek", "narv0_lamnade": "14:10", "adj5": "Ada SKR", "ordforande": "Ove Ord",
             "justerare": "Bo Bo, Eva Ek", "forsta": "12"}  # fmt: skip
    for _ in range(2):
        assert at.post(f"{AT}/protokoll/narvaro", {**base, **there}).status_code == 303
    head = noted(house)
    assert head.present == (Present(name="Eva Ek", left="14.10"),)
    assert (head.adjungerade, head.chair, head.adjusters) == (
        (Present(name="Ada SKR"),),
        "Ove Ord",
        ("Bo Bo", "Eva Ek"),
    )
    assert head.first_paragraph == 12
    at.log_in("kansli", name="Cia Dahl")
    late = at.post(f"{AT}/protokoll/narvaro", {**base, "narv0": "Någon annan"})
    assert "Anna Ek 10.00 ändrade närvaron medan du skrev." in told(late)
    assert "Någon annan" in late.text


def test_a_meeting_that_cannot_be_closed_says_why_by_name_with_the_way_there(at: Visiting, house: House) -> None:
    page = at.post(f"{AT}/avsluta", {"steg": "granska"})
    assert page.status_code == 422
    said, number = told(page), item(house, "Lokaler").number
    assert "Mötet kan inte avslutas än. Inget är flyttat." in said
    assert f"Punkt {number} Lokaler har inget utfall. Till punkt {number}" in said
    assert "Närvaron saknas. Ange vilka som var med. Till närvaron" in said
    assert f'href="{AT}/protokoll#p-{number}"' in page.text
    take_all(at, house)
    save(at, house, "U2026-01", utfall="bifall")
    said = told(at.post(f"{AT}/avsluta", {"steg": "granska"}))
    assert "U2026-01: Rapport saknas." in said
    assert meeting(house).status == "kallat"


def test_what_will_happen_is_shown_and_then_one_form_closes(at: Visiting, house: House) -> None:
    take_all(at, house)
    shown = at.post(f"{AT}/avsluta", {"steg": "granska"})
    said = told(shown)
    assert "2 uppdrag flyttas. Inget är registrerat än." in said
    assert "Redovisad → till Regionbeslut" in said
    assert "Beredd → till Chefsgruppsbeslut" in said
    assert "1 ärende bordläggs till mötet 24 april 2026." in said
    assert meeting(house).status == "kallat"
    assert state(house, "U2026-02") == "redovisad"
    led = {at.post(f"{AT}/avsluta", {**at.hidden(shown), "steg": "registrera"}).headers["location"] for _ in range(2)}
    assert led == {f"{AT}/protokoll?avslutat=ja"}
    assert state(house, "U2026-02") == "regionbeslut"
    assert meeting(house).status == "avslutat"


def test_what_was_changed_after_it_was_shown_is_not_closed_unseen(at: Visiting, house: House) -> None:
    take_all(at, house)
    shown = at.hidden(at.post(f"{AT}/avsluta", {"steg": "granska"}))
    save(at, house, "Lokaler", utfall="avslag", beslut="Nej.")
    late = at.post(f"{AT}/avsluta", {**shown, "steg": "registrera"})
    assert late.status_code == 422
    assert "Någon har ändrat" in told(late)
    assert meeting(house).status == "kallat"


def test_a_paragraph_is_justerad_for_itself_then_all_and_nothing_is_sent_before(at: Visiting, house: House) -> None:
    take_all(at, house)
    close(at)
    paragraph = (noted(house).of("U2026-02") or Note(item="")).paragraph
    said = told(at.get(f"{AT}/protokoll"))
    assert "Expedieras när paragrafen är justerad." in said
    assert "/uppdrag/U2026-02/expediera" not in at.get(f"{AT}/protokoll").text
    ask = at.get(f"{AT}/justera?paragraf={paragraph}")
    assert f"§ {paragraph} justeras." in told(ask)
    early = at.post(f"{AT}/justera", {**at.hidden(ask), "dag": "2026-03-01"})
    assert "ligger före mötet" in told(early)
    for _ in range(2):
        assert at.post(f"{AT}/justera", at.hidden(ask)).status_code == 303
    assert len(meeting(house).approvals) == 1
    assert "/uppdrag/U2026-02/expediera" in at.get(f"{AT}/protokoll").text
    rest = at.get(f"{AT}/justera")
    assert "Då är alla justerade, och protokollet låses." in told(rest)
    at.post(f"{AT}/justera", at.hidden(rest))
    page = told(at.get(f"{AT}/protokoll"))
    assert "Protokollet är justerat och låst." in page
    assert meeting(house).digest in page
    assert "Rätta texten" not in page


def test_the_text_is_corrected_until_it_is_justerad_and_the_outcome_stands(at: Visiting, house: House) -> None:
    take_all(at, house)
    close(at)
    number = item(house, "U2026-02").number
    page = at.get(f"{AT}/protokoll/{number}")
    assert f"punkt{number}_utfall" not in page.text
    said = {**at.hidden(page), f"punkt{number}_beslut": "Rättad text."}
    assert at.post(f"{AT}/protokoll/{number}", said).status_code == 303
    note = noted(house).of("U2026-02")
    assert note is not None
    assert (note.outcome, note.decision) == ("bifall", "Rättad text.")
    at.post(f"{AT}/justera", at.hidden(at.get(f"{AT}/justera?paragraf={note.paragraph}")))
    late = at.post(f"{AT}/protokoll/{number}", {**form(at, number), f"punkt{number}_beslut": "Igen."})
    assert f"§ {note.paragraph} är justerad och kan inte ändras." in told(late)


def test_who_sits_in_chefsgruppen_reads_the_protokoll_once_it_is_closed(at: Visiting, house: House) -> None:
    take_all(at, house)
    at.log_in("chefsgrupp")
    assert "Protokollet visas när mötet är avslutat." in told(at.get(f"{AT}/protokoll"))
    assert at.get(f"{AT}/handlingar/protokoll").status_code == 403
    at.log_in("kansli")
    assert at.get(f"{AT}/handlingar/protokoll").status_code == 200
    close(at)
    at.log_in("chefsgrupp")
    page = at.get(f"{AT}/protokoll")
    assert "Eva Ek" in told(page)
    assert "/justera" not in page.text
    paragraph = (noted(house).of("U2026-02") or Note(item="")).paragraph
    assert at.get(f"{AT}/handlingar/utdrag-{paragraph}.pdf").content.startswith(b"%PDF")


def test_what_was_typed_when_the_session_had_ended_is_shown_again_by_its_name(at: Visiting, house: House) -> None:
    number = item(house, "Lokaler").number
    said = form(at, number, utfall="avslag", beslut="Nej, av dessa skäl.")
    at.client.cookies.delete("uppdrag")
    assert at.post(f"{AT}/protokoll/{number}", said).headers["location"] == "/logga-in?vidare=/fortsatt"
    at.log_in("kansli")
    page = told(at.get("/fortsatt"))
    assert f"Punkt {number}: beslut Nej, av dessa skäl." in page
    assert meeting(house).minutes is None


def test_an_uppdrag_leads_to_the_paragraph_that_it_was_decided_under(at: Visiting, house: House) -> None:
    take_all(at, house)
    close(at)
    paragraph = (noted(house).of("U2026-04") or Note(item="")).paragraph
    link = f'href="{AT}/protokoll#p-{paragraph}"'
    assert at.get("/uppdrag/U2026-04").text.count(link) == 2, "on its way, and among what is known of it"
    at.log_in("region", "03")
    assert link not in at.get("/uppdrag/U2026-04").text


def test_reading_writes_nothing(at: Visiting, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    take_all(at, house)
    number = item(house, "Lokaler").number

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a page asked for a transaction that writes")

    monkeypatch.setattr(Visits, "write", lambda _: None)  # the access log is written beside the pages
    monkeypatch.setattr(house.database, "transaction", never)
    for path in ("", "/protokoll", f"/protokoll/{number}", "/avsluta", "/kallelse", "/versioner", "/plats", "/ny-dag",
                 "/stall-in", "/justera", "/punkt", f"/punkt/{number}", f"/punkt/{number}/ta-bort",
                 "/handlingar/dagordning", "/handlingar/protokoll"):  # fmt: skip
        assert at.get(f"{AT}{path}").status_code in (200, 422), path
    monkeypatch.undo()


def test_many_of_the_same_form_at_once_are_one_change(at: Visiting, house: House) -> None:
    number, before = item(house, "Lokaler").number, meeting(house).version
    said = form(at, number, utfall="avslag", beslut="Nej.")
    added = {"formular": said["formular"], "sedd": str(before + 1), "rubrik": "Sent", "slag": "beslut"}

    def post(path: str, data: dict[str, str]) -> list[int]:
        def one(_: int) -> int:
            return at.client.post(
                path, data=data, headers={"origin": ORIGIN}, follow_redirects=False
            ).status_code  # fmt: skip

        with ThreadPoolExecutor(12) as pool:
            return list(pool.map(one, range(24)))

    assert set(post(f"{AT}/protokoll/{number}", said)) == {303}
    assert meeting(house).version == before + 1
    assert set(post(f"{AT}/punkt", added)) == {303}
    assert [i.title for i in meeting(house).items].count("Sent") == 1
    assert meeting(house).version == before + 2


def test_what_people_write_stays_text(at: Visiting, house: House) -> None:
    harm = "\"'><script>alert(1)</script><img src=x onerror=alert(1)> {{7*7}}"
    agenda.add(house, MARCH, Addition(title=harm), {"proposal": harm, "presenter": harm, "documents": (harm,)},
               actor=KANSLI, now=NOW)  # fmt: skip
    number = next(i.number for i in meeting(house).items if i.title == harm)
    saved = form(at, number, utfall="bifall", beslut=harm, avvikande=harm, atg0_vad=harm, atg0_vem=harm)
    assert at.post(f"{AT}/protokoll/{number}", saved).status_code == 303
    take_all(at, house)
    assert at.post(f"{AT}/protokoll/{number}", {**saved, "sedd": form(at, number)["sedd"]}).status_code == 303
    pages = [AT, f"{AT}/protokoll", f"{AT}/protokoll/{number}", f"{AT}/punkt/{number}", f"{AT}/kallelse",
             f"{AT}/versioner?fran=1", f"{AT}/punkt/{number}/ta-bort", f"{AT}/handlingar/dagordning"]  # fmt: skip
    found = {path: at.get(path).text for path in pages} | {"shown": at.post(f"{AT}/avsluta", {"steg": "granska"}).text}
    close(at)
    found |= {path: at.get(path).text for path in (f"{AT}/protokoll", f"{AT}/vidare", "/moten/atgarder")}
    assert sum("&lt;script&gt;" in text for text in found.values()) >= 8
    for path, text in found.items():
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
