"""*Rapporter*: a månadsbrev from draft to sent, every figure opened, and how an office leaves it without logging in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest

from definitions.holidays import work_calendar
from tests.cast import KANSLI
from tests.integration.lived import FIRST, live_a_little, step
from tests.integration.test_dispatching import settle
from tests.integration.test_letters import APRIL, MAY, MONTH, leader, mails
from tests.web import SETTINGS, Visiting, visiting
from uppdrag.service import commands, letters
from uppdrag.service.house import House
from workflow.commands import Decide
from workflow.letter import PARTS

EVIL = "<script>alert(1)</script>\"'&{{7*7}}"
PAGE = f"/rapporter/{MONTH}"
YEAR = "/rapporter/ar/2026"


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    """The kansli on the first working day of April, with the draft of March."""
    settle(house, leader("01", "regiondirektor"), leader("03", "hsd"))
    live_a_little(house)
    letters.draft_due(house, work_calendar(), now=APRIL)
    with visiting(house, replace(SETTINGS, fixed_now=APRIL)) as visitor:
        visitor.log_in("kansli", now=APRIL)
        yield visitor


def test_every_figure_opens_what_it_was_counted_from(at: Visiting) -> None:
    page = at.get(PAGE)
    assert "Utkast." in page.text
    assert f'href="{PAGE}/siffra/decided"' in page.text
    listed = at.get(f"{PAGE}/siffra/regionerna").text
    assert "Beslut i regionerna: 1" in listed
    assert f'href="/uppdrag/{FIRST}/region/01"' in listed
    assert "27 mars 2026, § 9, dnr RS 1" in listed
    for name in ("passed", "ahead", "undated", "earlier", "corrected", "added", "gone"):
        assert at.get(f"{PAGE}/siffra/{name}").status_code == 200
    assert at.get(f"{PAGE}/siffra/hemligt").status_code == 404
    assert at.get("/rapporter/2026-01").status_code == 404
    assert at.get("/rapporter/mars").status_code == 404


def test_every_figure_of_a_year_opens_what_it_was_counted_from(at: Visiting) -> None:
    page = at.get(YEAR).text
    assert "punkter i planen är klara" in page
    assert "<svg " in page
    assert " style=" not in page
    links = re.findall(rf'href="({YEAR}/siffra/[^"]+)" aria-label="[^"]+: (\d+), visa vilka"', page)
    assert len(links) > 10
    for path, many in links:
        opened = at.get(unescape(path)).text
        assert f": {many}</h1>" in opened, path
        assert opened.count("<tr>") == int(many) + 1, path
    of_one = at.get(f"{YEAR}/siffra/adapted?region=01").text
    assert "Antaget med anpassning, Region Stockholm: 1</h1>" in of_one
    assert f'href="/uppdrag/{FIRST}/region/01"' in of_one
    assert "Antaget med anpassning, samverkansregion Stockholm–Gotland: 1</h1>" in at.get(
        f"{YEAR}/siffra/adapted?grupp=stockholm_gotland"
    ).text  # fmt: skip
    for path in ("/rapporter/ar/2027", "/rapporter/ar/mars", f"{YEAR}/siffra/hemligt"):
        assert at.get(path).status_code == 404, path


def test_the_letter_is_read_as_the_mail_that_it_becomes(at: Visiting) -> None:
    asked = at.get(f"{PAGE}/skicka")
    assert f'<iframe class="brev-ram hel" src="{PAGE}/html"' in asked.text
    assert "frame-src 'self'" in asked.headers["content-security-policy"]
    mail = at.get(f"{PAGE}/html")
    assert 'src="data:image/png;base64,' in mail.text
    assert "cid:" not in mail.text
    assert "href=" not in mail.text, "it is looked at, and unsubscribes nobody"
    policy = mail.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "img-src data:" in policy
    assert policy.endswith("sandbox")
    assert at.get("/rapporter/2026-01/html").status_code == 404
    at.post(f"{PAGE}/skicka", {**at.hidden(asked), "har_last": "ja"})
    sent = at.get(f"/utskick/{mails(at.house)[0].id}/html").text
    assert 'src="data:image/png;base64,' in sent, "and afterwards as it went"


def test_the_kansli_writes_reads_and_sends(at: Visiting, house: House) -> None:
    form = at.get(f"{PAGE}/text")
    shown = {f"visa-{part}": "ja" for part in PARTS if part != "avsnitt"}
    text = {**at.hidden(form), **shown, "inledning": EVIL, "text-kommer": "Vi ses."}
    assert at.post(f"{PAGE}/text", text).status_code == 303
    page = at.get(PAGE).text
    assert "<script>alert" not in page
    assert "Vi ses." in page
    assert "Delar som utelämnas: Per avsnitt i verksamhetsplanen." in page
    stale = at.post(f"{PAGE}/text", {**text, "inledning": "Något annat"})
    assert (stale.status_code, "Någon har ändrat brevet" in stale.text) == (422, True)
    assert "Något annat" in stale.text, "nothing typed is lost"
    asked = at.get(f"{PAGE}/skicka")
    assert "2 mottagare får brevet" in asked.text.replace("\xa0", " ")
    assert "<script>alert" not in asked.text
    unread = at.post(f"{PAGE}/skicka", at.hidden(asked))
    assert (unread.status_code, mails(house)) == (422, [])
    confirmed = {**at.hidden(asked), "har_last": "ja"}
    late = Decide(actor=KANSLI, region="09", outcome="antagen", body="RS", on=date(2026, 3, 24))
    commands.handle(house, FIRST, late, now=APRIL - timedelta(minutes=1))
    changed = at.post(f"{PAGE}/skicka", confirmed)
    assert (changed.status_code, "Brevet är inte längre det som visades" in changed.text) == (422, True)
    confirmed = {**at.hidden(changed), "har_last": "ja"}
    assert at.post(f"{PAGE}/skicka", confirmed).headers["location"] == PAGE
    assert at.post(f"{PAGE}/skicka", confirmed).status_code == 303, "clicked twice"
    assert len(mails(house)) == 2
    assert "Skickat" in at.get(PAGE).text
    assert at.get(f"{PAGE}/skicka").status_code == 303


def test_a_letter_rests_with_a_reason(at: Visiting, house: House) -> None:
    asked = at.hidden(at.get(f"{PAGE}/vila"))
    assert at.post(f"{PAGE}/vila", asked).status_code == 422
    assert at.post(f"{PAGE}/vila", {**asked, "skal": "Väntar på justering"}).status_code == 303
    assert letters.one(house, MONTH).held == "Väntar på justering"
    assert "Vilande." in at.get(PAGE).text


def test_letters_and_reports_are_fetched_as_files(at: Visiting) -> None:
    for path, begins in (
        (f"{PAGE}/fil/brev.pdf", b"%PDF"), (f"{PAGE}/fil/brev.docx", b"PK"), (f"{YEAR}/fil/berattelse.docx", b"PK"),
        (f"{YEAR}/fil/berattelse.pdf", b"%PDF"), (f"{YEAR}/fil/berattelse.xlsx", b"PK"),
    ):  # fmt: skip
        assert at.get(path).content.startswith(begins), path
    for path in ("/rapporter/ar/2027/fil/berattelse.pdf", f"{YEAR}/fil/brev.pdf", f"{PAGE}/fil/brev.xlsx"):
        assert at.get(path).status_code == 404, path


def test_a_draft_by_hand_and_only_by_the_kansli(house: House) -> None:
    with visiting(house, replace(SETTINGS, fixed_now=APRIL)) as visitor:
        visitor.log_in("kansli", now=APRIL)
        hidden = visitor.hidden(visitor.get("/rapporter"))
        assert hidden["manad"] == MONTH
        assert visitor.post("/rapporter", {"manad": MONTH}).headers["location"] == PAGE
        assert visitor.post("/rapporter", {"manad": "2026-04"}).status_code == 422
        visitor.log_in("chefsgrupp", now=APRIL)
        assert visitor.get(PAGE).status_code == 200
        assert "Läs och skicka" not in visitor.get(PAGE).text
        assert visitor.get(f"{PAGE}/skicka").status_code == 403
        assert visitor.post(f"{PAGE}/skicka", {"har_last": "ja"}).status_code == 403


def test_an_office_leaves_by_its_link_alone_as_mail_programs_do_it(at: Visiting, house: House) -> None:
    step(house, "U2026-04", "ateruppta")
    at.post(f"{PAGE}/skicka", {**at.hidden(at.get(f"{PAGE}/skicka")), "har_last": "ja"})
    address = next(m for m in mails(house) if m.recipient == "hsd@r03.example").headers["List-Unsubscribe"]
    path = address.strip("<>").removeprefix(SETTINGS.url)
    with visiting(house, replace(SETTINGS, fixed_now=APRIL)) as nobody:
        asked = nobody.get(path)
        assert "hälso- och sjukvårdsdirektör i Region Uppsala" in asked.text
        assert len(letters.shown(house, MONTH, now=APRIL).letter.sent.to) == 2  # type: ignore[union-attr]  # it was sent
        assert _to(house) == ["01:regiondirektor", "03:hsd"], "looking changes nothing"
        body = {"List-Unsubscribe": "One-Click"}
        done = nobody.post(path, body, headers={})
        assert (done.status_code, "Ni får inte månadsbrevet längre" in done.text) == (200, True)
        assert nobody.post(path, body, headers={"origin": "https://mail.example"}).status_code == 200
        assert _to(house) == ["01:regiondirektor"]
        wrong = nobody.post(f"{path[:-1]}x", body, headers={})
        assert (wrong.status_code, "Länken går inte att använda" in wrong.text) == (404, True)


def _to(house: House) -> list[str]:
    letters.draft_due(house, work_calendar(), now=MAY)
    return [r.named for r in letters.shown(house, "2026-04", now=MAY).to]
