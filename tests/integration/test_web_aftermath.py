"""What a meeting leaves behind, on its pages: actions that are ticked off, and the signed protokoll."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from httpx2 import Response

from tests.cast import KANSLI, NOW
from tests.integration.test_chefsgrupp import MARCH, plan
from tests.integration.test_web_meetings import told
from tests.integration.test_web_minutes import BEFORE
from tests.web import ORIGIN, Visiting, visiting
from uppdrag.service import agenda, chefsgrupp, handing_on, minutes
from uppdrag.service.house import House
from uppdrag.web import guard
from workflow.calendar import local_date
from workflow.meeting import Action, Note, Present
from workflow.minutes import Taken

AT = "/moten/2026-03-27"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    """A meeting that is closed, with two actions under its first §."""
    plan(house, MARCH)
    agenda.summon(house, MARCH, None, actor=KANSLI, now=BEFORE)
    actions = (Action(what="Boka sal", owner="Anna Ek", due=MARCH), Action(what="Mejla alla", owner="Bo Bo"))
    notes = {i.number: Note(item="", outcome="antecknad") for i in chefsgrupp.one(house, MARCH).meeting.items}
    notes[1] = Note(item="", outcome="antecknad", actions=actions)
    head = {"present": (Present(name="Eva Ek"),)}
    minutes.take(house, MARCH, Taken(head=head, notes=notes), actor=KANSLI, now=NOW)
    minutes.close(house, MARCH, actor=KANSLI, now=NOW)
    with visiting(house) as somebody:
        somebody.log_in("kansli")
        yield somebody


def upload(at: Visiting, content: bytes, name: str = "signerat.pdf") -> Response:
    token = at.hidden(at.get(f"{AT}/protokoll"))["formular"]
    return at.client.post(
        f"{AT}/undertecknat", data={"formular": token}, files={"fil": (name, content, "application/pdf")},
        headers={"origin": ORIGIN}, follow_redirects=False,
    )  # fmt: skip


def lock(house: House) -> None:
    minutes.approve(house, MARCH, None, on=None, actor=KANSLI, now=NOW)


def test_an_action_is_ticked_off_and_opened_again(at: Visiting, house: House) -> None:
    page = told(at.get("/moten/atgarder"))
    assert "2 åtgärder är öppna." in page
    assert page.index("Boka sal") < page.index("Mejla alla"), "those with a day first"
    form = {"paragraf": "1", "nummer": "1", "hur": "klar", "fran": "protokoll"}
    led = {at.post(f"{AT}/atgard", form).headers["location"] for _ in range(2)}
    assert led == {f"{AT}/protokoll?atgard=klar#p-1"}
    assert "Boka sal: Anna Ek, senast 27 mars 2026 klar 2026-03-27" in told(at.get(f"{AT}/protokoll"))
    assert "1 åtgärd är öppen." in told(at.get("/moten/atgarder"))
    at.post(f"{AT}/atgard", {**form, "hur": "oppen", "fran": "atgarder"})
    assert "2 åtgärder är öppna." in told(at.get("/moten/atgarder"))
    wrong = at.post(f"{AT}/atgard", {**form, "hur": "kanske"})
    assert wrong.status_code == 422
    assert 'Åtgärdens läge: "kanske" finns inte.' in told(wrong)
    at.log_in("chefsgrupp")
    assert '<form class="flytta"' not in at.get("/moten/atgarder").text


def test_the_signed_protokoll_is_kept_as_it_is_once_all_is_justerat(at: Visiting, house: House) -> None:
    early = upload(at, PDF)
    assert early.status_code == 422
    assert "Protokollet 2026-03-27 är inte justerat i sin helhet." in told(early)
    lock(house)
    assert upload(at, PDF).headers["location"] == f"{AT}/protokoll?undertecknat=ja"
    assert upload(at, PDF).status_code == 303
    signed = chefsgrupp.one(house, MARCH).meeting.signed
    assert [(f.name, f.on) for f in signed] == [("signerat.pdf", local_date(NOW))]
    assert signed[0].digest in told(at.get(f"{AT}/protokoll"))
    at.log_in("chefsgrupp")
    file = at.get(f"{AT}/undertecknat")
    assert file.content == PDF
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["cache-control"] == "no-store"
    assert file.headers["content-disposition"] == 'attachment; filename="protokoll-2026-03-27-undertecknat.pdf"'


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [(b"", "tom.pdf", "En PDF-fil saknas."), (b"hej", "x.txt", "är ingen PDF"), (PDF[:-8], "x.pdf", "är avbruten")],
)
def test_what_is_no_whole_pdf_is_refused(at: Visiting, house: House, content: bytes, name: str, why: str) -> None:
    lock(house)
    answer = upload(at, content, name)
    assert answer.status_code == 422
    assert why in told(answer)
    assert at.get(f"{AT}/undertecknat").status_code == 404


def test_a_scan_may_be_larger_than_a_form_and_no_larger_than_that(at: Visiting, house: House) -> None:
    lock(house)
    scanned = PDF[:-6] + b"%" + b" " * 3_000_000 + b"\n%%EOF\n"
    assert upload(at, scanned).status_code == 303
    assert at.post(f"{AT}/atgard", {"hur": "x" * 1_000_001}).status_code == 413
    assert upload(at, PDF + b" " * guard.LARGEST_SCAN).status_code == 413


def test_what_is_justerat_is_handed_on_and_followed_until_an_answer_comes(at: Visiting, house: House) -> None:
    page = at.get(f"{AT}/vidare")
    assert "Inget är lämnat vidare än. Bara det som är justerat kan lämnas vidare." in told(page)
    body = handing_on.overview(house, MARCH).bodies[0]
    lock(house)
    seen = str(chefsgrupp.one(house, MARCH).meeting.version)
    form = {"organ": body.id, "sedd": seen, "motesdag": "2026-04-14", "begars": "Att ställa sig bakom förslaget."}
    none = at.post(f"{AT}/vidare", form)
    assert none.status_code == 422
    assert "Ange minst en paragraf att lämna vidare" in told(none)
    assert "Att ställa sig bakom förslaget." in none.text
    led = {at.post(f"{AT}/vidare", {**form, "valt_1": "ja"}).headers["location"] for _ in range(2)}
    assert led == {f"{AT}/vidare?sparat=vidare"}
    said = told(at.get(f"{AT}/vidare"))
    assert "1 paragraf är lämnad vidare. 1 väntar på besked." in said
    assert f"Till {body.label}, möte 14 april 2026" in said
    assert at.get(f"{AT}/handlingar/vidare-{body.id}.pdf").content.startswith(b"%PDF")
    answer = {"organ": body.id, "paragraf": "1", "utfall": "", "text": "Vi håller med."}
    assert "Besked saknas." in told(at.post(f"{AT}/besked", answer))
    assert at.post(f"{AT}/besked", {**answer, "utfall": "tillstyrker"}).status_code == 303
    assert "tillstyrker 27 mars 2026 Vi håller med." in told(at.get(f"{AT}/vidare"))
    at.log_in("chefsgrupp")
    assert "Registrera besked" not in told(at.get(f"{AT}/vidare"))


def test_a_paragraph_has_an_utdrag_to_read_and_fetch(at: Visiting) -> None:
    assert f'href="{AT}/handlingar/utdrag-1"' in at.get(f"{AT}/protokoll").text
    assert "Boka sal" in told(at.get(f"{AT}/handlingar/utdrag-1"))
    assert at.get(f"{AT}/handlingar/utdrag-1.docx").content.startswith(b"PK")
    assert at.get(f"{AT}/handlingar/utdrag-99").status_code == 404
    assert at.get(f"{AT}/handlingar/vidare-finns_inte").status_code == 404
