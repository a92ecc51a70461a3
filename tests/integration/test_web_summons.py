"""The kallelse on its page: seen before it is sent, sent once, told of what changed since, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import Response

from tests.cast import KANSLI, NOW
from tests.integration.test_chefsgrupp import APRIL, JUNE, MARCH, plan
from tests.integration.test_web_meetings import AT, told, version
from tests.web import Visiting, visiting
from uppdrag.service import agenda, chefsgrupp, mailing, people
from uppdrag.service.agenda import Addition
from uppdrag.service.house import House

HOLDERS = Path(__file__).parents[2] / "definitions" / "people" / "exempel.csv"


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    people.import_people(house, "people", HOLDERS.read_bytes(), actor=KANSLI, now=NOW)
    plan(house, MARCH, APRIL, JUNE)
    with visiting(house) as somebody:
        somebody.log_in("kansli")
        yield somebody


def mails(house: House) -> int:
    return len(mailing.listed(house, limit=500))


def send(at: Visiting) -> Response:
    shown = at.get(f"{AT}/kallelse")
    hidden = shown.text.partition('name="visat" value="')[2].partition('"')[0]
    return at.post(f"{AT}/kallelse", {"steg": "skicka", "visat": hidden})


def test_who_gets_the_kallelse_is_shown_and_then_it_is_sent_once(at: Visiting, house: House) -> None:
    page = at.get(f"{AT}/kallelse")
    said = told(page)
    assert "personer får kallelsen. Med dagordningen som PDF och en inbjudan till kalendern." in said
    assert "Inget är skickat än." in said
    assert "Exempel SKR-direktör Ett" in said
    assert mails(house) == 0
    led = [send(at), send(at)]
    assert led[0].status_code == 303
    count = mails(house)
    assert count > 10
    assert led[0].headers["location"] == f"{AT}/kallelse?skickat={count}"
    assert chefsgrupp.one(house, APRIL).meeting.status == "kallat"
    assert "Alla kallade har den senaste kallelsen." in told(at.get(f"{AT}/kallelse"))


def test_the_same_form_twice_is_one_kallelse(at: Visiting, house: House) -> None:
    shown = at.get(f"{AT}/kallelse").text.partition('name="visat" value="')[2].partition('"')[0]
    form = {"steg": "skicka", "visat": shown}
    first = at.post(f"{AT}/kallelse", form)
    count = mails(house)
    assert at.post(f"{AT}/kallelse", form).headers["location"] == first.headers["location"]
    assert mails(house) == count


def test_what_was_changed_after_it_was_shown_is_not_sent_unseen(at: Visiting, house: House) -> None:
    shown = at.get(f"{AT}/kallelse").text.partition('name="visat" value="')[2].partition('"')[0]
    agenda.add(house, APRIL, Addition(title="Lokaler"), {}, actor=KANSLI, now=NOW)
    page = at.post(f"{AT}/kallelse", {"steg": "skicka", "visat": shown})
    assert page.status_code == 422
    assert "Något har ändrats sedan kallelsen visades. Inget är skickat." in told(page)
    assert mails(house) == 0


def test_a_change_is_told_of_until_those_who_are_called_have_it(at: Visiting, house: House) -> None:
    send(at)
    at.post(f"{AT}/plats", {"sedd": version(house), "plats": "Gävle"})
    assert "Det som har ändrats är inte meddelat de kallade." in told(at.get(AT))
    assert "får ändringen. Det som har ändrats: platsen." in told(at.get(f"{AT}/kallelse"))
    before = mails(house)
    assert send(at).status_code == 303
    assert mails(house) == 2 * before
    assert "inte meddelat" not in told(at.get(AT))


def test_whom_no_mail_reaches_is_left_out_only_when_somebody_says_so(at: Visiting, house: House) -> None:
    one = next(h for h in people.listed(house, now=NOW) if h.office == "chefsgrupp")
    with house.database.transaction() as session:
        people.flag_address(session, one.email, "studsar", KANSLI, NOW)
    page = at.get(f"{AT}/kallelse")
    said = told(page)
    assert "Kallelsen kan inte mejlas nu." in said
    assert one.name in said
    assert 'name="visat"' not in page.text
    without = at.post(f"{AT}/kallelse", {"steg": "granska", "utan_0": one.name})
    assert "personer får kallelsen" in told(without)
    assert f"{one.name}: får ingen kallelse härifrån." in told(without)


def test_a_meeting_is_called_off_after_it_was_shown_who_is_told(at: Visiting, house: House) -> None:
    send(at)
    count = mails(house)
    wrong = at.post(f"{AT}/stall-in", {"steg": "granska", "skal": ""})
    assert "Skälet saknas." in told(wrong)
    page = at.post(f"{AT}/stall-in", {"steg": "granska", "skal": "Storm"})
    assert f"{count} personer får veta det med mejl" in told(page)
    assert mails(house) == count
    form = {**at.hidden(page), "steg": "gor"}
    assert [at.post(f"{AT}/stall-in", form).status_code for _ in range(2)] == [303, 303]
    assert mails(house) == 2 * count
    assert "24 april" not in told(at.get("/moten")).partition("Kommande")[2]


def test_a_meeting_is_moved_to_another_day_with_its_agenda(at: Visiting, house: House) -> None:
    taken = at.post(f"{AT}/ny-dag", {"sedd": version(house), "till": "2026-06-12"})
    assert "Chefsgruppen har redan ett möte 2026-06-12." in told(taken)
    agenda.add(house, APRIL, Addition(title="Lokaler"), {}, actor=KANSLI, now=NOW)
    moved = at.post(f"{AT}/ny-dag", {"sedd": version(house), "till": "2026-04-28"})
    assert moved.headers["location"] == "/moten/2026-04-28?sparat=flyttat"
    assert "Lokaler" in told(at.get("/moten/2026-04-28"))
    assert at.get(AT).status_code == 404
