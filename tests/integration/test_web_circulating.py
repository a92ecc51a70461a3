"""A decision per capsulam on the pages: put, answered, concluded and justerad."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cast import KANSLI, NOW
from tests.integration.doing import state, step
from tests.integration.test_chefsgrupp import APRIL, plan
from tests.integration.test_web_meetings import told
from tests.integration.test_web_summons import HOLDERS
from tests.web import Visiting, visiting
from uppdrag.service import chefsgrupp, mailing, people
from uppdrag.service.house import House
from workflow.calendar import local_date

DAY = local_date(NOW)
AT = f"/moten/{DAY}"
ASKED = {"senast": str(DAY), "uppdrag1": "u2026-04", "rubrik2": "Lokaler", "forslag2": "Hyr <b>salen</b>.",
         "ledamoter": "Eva Ek\nBo Bo\n", "nyckel": "k"}  # fmt: skip


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    plan(house, APRIL)
    step(house, "U2026-04", "bered", ansvarig="Bo Bo", natverk="HSD-nätverket")
    with visiting(house) as somebody:
        somebody.log_in("kansli")
        yield somebody


def answered(at: Visiting, member: str, said: str, **more: str) -> int:
    return at.post(f"{AT}/svar", {"ledamot": member, "svar": said, "satt": "epost", **more}).status_code


def test_matters_are_put_once_and_stand_among_the_meetings(at: Visiting, house: House) -> None:
    led = [at.post("/moten/per-capsulam", ASKED).headers["location"] for _ in range(2)]
    assert led == [f"{AT}?sparat=stallt"] * 2
    page = told(at.get(AT))
    assert "2 ledamöter av 2 har inte svarat. Eva Ek, Bo Bo." in page
    assert "Hyr <b>salen</b>." in page
    assert "Per capsulam, 27 mars 2026" in told(at.get("/moten"))
    assert "0 av 2 har svarat. Svar senast 27 mars." in told(at.get("/moten"))


def test_what_is_missing_is_said_and_nothing_typed_is_lost(at: Visiting) -> None:
    page = at.post("/moten/per-capsulam", {**ASKED, "senast": "2026-04-24", "ledamoter": "Eva Ek"})
    assert page.status_code == 422
    assert "Chefsgruppen har möte 2026-04-24. Ta ärendet där, eller välj en annan sista svarsdag." in told(page)
    assert "Hyr &lt;b&gt;salen" in page.text
    nothing = at.post("/moten/per-capsulam", {"senast": str(DAY), "nyckel": "n", "ledamoter": "Eva"})
    assert "Ange minst ett ärende" in told(nothing)


def test_answers_are_noted_and_lead_to_a_decision_with_a_paragraph(at: Visiting, house: House) -> None:
    at.post("/moten/per-capsulam", ASKED)
    wrong = at.post(f"{AT}/svar", {"ledamot": "Eva Ek", "svar": "", "satt": "epost", "ord": "Mina ord"})
    assert wrong.status_code == 422
    assert "Svar saknas." in told(wrong)
    assert "Mina ord" in wrong.text
    assert answered(at, "Eva Ek", "bifall") == 303
    assert "1 ledamot av 2 har inte svarat. Bo Bo." in told(at.get(AT))
    assert answered(at, "Bo Bo", "avslag", punkt="2", ord="För dyrt.") == 303
    assert answered(at, "Bo Bo", "bifall", punkt="1") == 303
    page = told(at.get(AT))
    assert "Alla 2 har svarat." in page
    assert "Svaren leder till bifall." in page
    assert "För dyrt." in page
    for number, outcome in ((1, "bifall"), (2, "bifall")):
        form = {**at.hidden(at.get(f"{AT}/protokoll/{number}")), f"punkt{number}_utfall": outcome}
        assert at.post(f"{AT}/protokoll/{number}", form).status_code == 303
    shown = at.post(f"{AT}/avsluta", {"steg": "granska"})
    assert "1 uppdrag flyttas." in told(shown)
    assert "Punkt 2: utfallet är bifall, men Bo Bo svarade annorlunda." in told(shown)
    assert at.post(f"{AT}/avsluta", {**at.hidden(shown), "steg": "registrera"}).status_code == 303
    assert state(house, "U2026-04") == "chefsgruppsbeslut"
    protokoll = told(at.get(f"{AT}/protokoll"))
    assert "Avvikande mening. Bo Bo" in protokoll
    assert at.post(f"{AT}/justera", at.hidden(at.get(f"{AT}/justera"))).status_code == 303
    assert chefsgrupp.one(house, DAY).meeting.status == "justerat"


def test_the_question_is_mailed_after_it_was_shown_and_once(at: Visiting, house: House) -> None:
    people.import_people(house, "people", HOLDERS.read_bytes(), actor=KANSLI, now=NOW)
    at.post("/moten/per-capsulam", {**ASKED, "ledamoter": ""})
    page = at.get(f"{AT}/fraga")
    assert "ledamöter får frågan. Med ärendena som PDF. Inget är skickat än." in told(page)
    assert mailing.listed(house, limit=9) == []
    form = {**at.hidden(page)}
    led = [at.post(f"{AT}/fraga", form).headers["location"] for _ in range(2)]
    assert led[0] == led[1]
    assert led[0] == f"{AT}?skickat={len(mailing.listed(house, limit=99))}"
    assert "Alla har fått frågan." in told(at.get(f"{AT}/fraga"))
    late = at.post(f"{AT}/fraga", {**form, "visat": "x"})
    assert late.status_code == 422
    assert at.get(f"{AT}/handlingar/fraga.pdf").content.startswith(b"%PDF")
    assert at.get("/moten/2026-04-24/fraga").status_code == 404


def test_a_decision_per_capsulam_has_no_agenda_or_kallelse_to_change(at: Visiting) -> None:
    at.post("/moten/per-capsulam", ASKED)
    assert at.get(f"{AT}/kallelse").status_code == 303
    assert "/punkt" not in at.get(AT).text
    assert at.get(f"{AT}/punkt/1").status_code in (404, 422)
    at.log_in("chefsgrupp")
    assert "Notera ett svar" not in told(at.get(AT))
