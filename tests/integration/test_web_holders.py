"""*Befattningshavare* on the pages: who takes over, addresses and lists, shown before they are recorded."""

from __future__ import annotations

import re
from datetime import date

from tests.cast import KANSLI, NOW
from tests.integration.at_the_office import TO, at, id
from tests.web import SETTINGS, Visiting
from uppdrag.service import people
from uppdrag.service.house import House

__all__ = ["at", "id"]


def test_a_successor_takes_over_after_what_follows_was_shown(at: Visiting, house: House, id: str) -> None:
    held = next(h for h in people.listed(house, now=NOW, region="03") if h.office == "registrator")
    form = at.get("/befattningshavare/byt?befattning=registrator&region=03")
    assert " checked" not in form.text
    said = {"vad": "ordinarie", "vem": held.id, "namn": "Eva Ny", "epost": "eva.ny@region-uppsala.example",
            "forsta": "2026-04-01"}  # fmt: skip
    refused = at.post("/befattningshavare/byt", {**at.hidden(form), **said, "vem": "", "steg": "granska"})
    assert refused.status_code == 422
    assert 'value="Eva Ny"' in refused.text
    shown = at.post("/befattningshavare/byt", {**at.hidden(form), **said, "steg": "granska"})
    assert f"går över: {id}." in shown.text
    assert "En introduktion går till eva.ny@region-uppsala.example" in shown.text
    letter = shown.text.partition("Introduktionen till eva.ny@region-uppsala.example")[2]
    assert "registrator i Region Uppsala" in letter
    assert id in letter, "the mail is there as it would go, with what is open"
    assert len([h for h in people.listed(house, now=NOW, region="03") if h.office == "registrator"]) == 1
    done = [at.post("/befattningshavare/byt", {**at.hidden(shown), "steg": "registrera"}) for _ in range(2)]
    assert [r.status_code for r in done] == [303, 303]
    now = [h for h in people.listed(house, now=NOW, region="03") if h.office == "registrator"]
    assert {(h.email, h.last) for h in now} == {(TO, date(2026, 3, 31)), ("eva.ny@region-uppsala.example", None)}


def test_what_has_changed_since_it_was_shown_is_shown_again(at: Visiting, house: House) -> None:
    held = next(h for h in people.listed(house, now=NOW, region="03") if h.office == "hsd")
    said = {"befattning": "hsd", "region": "03", "vad": "vakant", "vem": held.id, "forsta": "2026-04-01"}
    shown = at.post("/befattningshavare/byt", {**said, "steg": "granska"})
    people.change(house, held.id, {"name": "Nytt Namn"}, actor=KANSLI, now=NOW)
    again = at.post("/befattningshavare/byt", {**at.hidden(shown), "steg": "registrera"})
    assert "Läget har ändrats sedan du såg listan" in again.text
    assert "Nytt Namn slutar" in again.text
    assert not any(h.vacant and h.office == "hsd" for h in people.listed(house, now=NOW, region="03"))


def test_an_address_is_corrected_and_mail_written_anew(at: Visiting, house: House) -> None:
    held = next(h for h in people.listed(house, now=NOW, region="03") if h.office == "registrator")
    path = f"/befattningshavare/ratta/{held.id}"
    said = {"namn": held.name, "epost": "ny@region-uppsala.example", "delad": "ja", "sista": ""}
    assert at.post(path, {**said, "epost": "inte en adress", "steg": "granska"}).status_code == 422
    shown = at.post(path, {**said, "steg": "granska"})
    assert f"{TO} → ny@region-uppsala.example" in shown.text
    assert at.post(path, {**at.hidden(shown), "steg": "registrera"}).status_code == 303
    assert next(h for h in people.listed(house, now=NOW) if h.id == held.id).email == "ny@region-uppsala.example"
    assert at.get("/befattningshavare/ratta/person:03:registrator:99").status_code == 404


def test_a_list_is_read_in_as_it_was_shown_or_not_at_all(at: Visiting, house: House) -> None:
    before = people.listed(house, now=NOW)
    path = "/befattningshavare/lista"

    def sent(content: bytes, name: str = "folk.csv") -> str:
        form = {"formular": at.hidden(at.get(path))["formular"], "steg": "granska"}
        return at.client.post(
            path, data=form, files={"fil": (name, content)}, headers={"origin": SETTINGS.url}
        ).text  # fmt: skip

    bad = sent(b"befattning;region;namn;e-post\nregistrator;03;Eva;inte en adress\nhsd;99;Bo;bo@x.example\n")
    assert "2" in bad
    assert "går inte att använda som e-postadress" in bad
    assert people.listed(house, now=NOW) == before
    good = "befattning;region;namn;e-post;form\nhsd;03;Ny Person;ny.person@region-uppsala.example;ersättare\n".encode()
    shown = sent(good)
    assert "Ny: " in shown
    assert "Ny Person" in shown
    assert people.listed(house, now=NOW) == before
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown))
    assert at.post(path, {**hidden, "visat": "annat", "steg": "registrera"}).status_code == 200
    assert people.listed(house, now=NOW) == before, "another difference than the one that was seen"
    for _ in range(2):
        assert at.post(path, {**hidden, "steg": "registrera"}).status_code == 303
    assert len(people.listed(house, now=NOW)) == len(before) + 1
    assert "Filen saknas." in at.post(path, {"steg": "granska"}).text
