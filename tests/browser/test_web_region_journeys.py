"""Journeys beside the answer, in a real browser: a receipt that is wrong, an answer by mail, and a new registrator."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from notifications.mailbox import Letter
from storage import outbox
from tests import mails
from tests.browser.seen import Site, violations
from tests.browser.test_web_journeys import _code
from tests.cast import NOW
from tests.web import SETTINGS
from uppdrag.service import inbox, incoming, people, queries, questions
from workflow.message import Message


def _recorded(site: Site, region: str) -> int:
    """How many events there are about a region; other tests may have come before at the same site."""
    return sum(e.region == region for e in queries.history(site.house, site.matter))


def _sent(site: Site, region: str, id: str = mails.SENT) -> str:
    """A mail to a region's registrator; the address that it went to."""
    held = people.listed(site.house, now=NOW, region=region)
    to = next(h.email for h in held if h.office == "registrator")
    letter = Message(id=id, recipient=to, subject=f"{site.matter} Påminnelse", text="Hur går det?", html=_HTML,
                     sender=SETTINGS.mail_from)  # fmt: skip
    with site.house.database.transaction() as session:
        if outbox.find(session, id) is None:
            outbox.enqueue(session, letter, uppdrag=site.matter, region=region, now=NOW, not_before=NOW)
    return to


_HTML = '<!doctype html><html lang="sv"><title>Hej</title><p style="color: #123456">Hej</p></html>'


def _narrow(page: Page) -> bool:
    return not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def test_a_region_goes_from_the_mail_to_the_receipt_and_reports_a_fault(
    open_page: Callable[..., Page], site: Site
) -> None:
    address = _sent(site, "13", "u2026-01.13.a1@uppdrag.example")
    before = _recorded(site, "13")
    page = open_page("", wide=False)
    page.goto(f"/svar/{site.matter}/13")
    page.get_by_label("Befattningens e-postadress").fill(address)
    page.get_by_role("button", name="Mejla en kod").click()
    page.get_by_label("Koden, sex siffror").fill(_code(site, address))
    page.get_by_role("button", name="Fortsätt").click()
    page.get_by_label("Ditt namn").fill("Eva Lind")
    page.get_by_role("button", name="Logga in").click()
    page.get_by_label("Antagen", exact=True).check()
    page.get_by_label(re.compile("^Beslutsinstans")).select_option("RF")
    page.get_by_label(re.compile("^Paragraf")).first.fill("88")
    page.get_by_role("button", name="Granska").click()
    page.get_by_role("button", name="Registrera").dblclick()
    expect(page.get_by_role("heading", name="Tack. Svaret är registrerat.")).to_be_visible()
    assert _narrow(page)
    page.get_by_role("link", name="Anmäl fel").click()
    expect(page.locator("main")).to_contain_text("RF § 88")
    assert not violations(page)
    page.get_by_label("Vad är fel?").fill("Det var § 89.")
    page.get_by_role("button", name="Anmäl fel").dblclick()
    expect(page.get_by_role("status")).to_contain_text("Kansliet har fått din anmälan.")
    expect(page.locator("#fragor")).to_contain_text("Det var § 89.")
    assert not violations(page)
    assert _narrow(page)
    told = [q for q in questions.listed(site.house, region="13") if q.kind == "fel"]
    assert len(told) == 1, "two clicks are one report"
    assert _recorded(site, "13") == before + 1, "two clicks are one answer"


def test_an_answer_by_mail_is_registered_from_att_gora(open_page: Callable[..., Page], site: Site) -> None:
    _sent(site, "20", "u2026-01.20.a1@uppdrag.example")
    raw = mails.answer("RS antog, § 12.", ("utdrag.pdf", mails.PDF), to="u2026-01.20.a1@uppdrag.example",
                       subject="Sv: Svaret från Dalarna")  # fmt: skip
    incoming.receive(site.house, Letter(key="1", raw=raw, arrived_at=NOW), now=NOW, domain="uppdrag.example")
    page = open_page()
    page.goto("/att-gora")
    page.get_by_role("link", name="Registrera svaret Sv: Svaret från Dalarna").click()
    expect(page.locator("main")).to_contain_text("RS antog, § 12.")
    assert page.locator("input:checked").count() == 0
    assert not violations(page)
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Ladda ner utdrag.pdf").click()
    assert fetched.value.suggested_filename == "utdrag.pdf", "a file is kept, never shown"
    page.get_by_label("Antagen", exact=True).check()
    page.get_by_label(re.compile("^Beslutsinstans")).select_option("RS")
    page.get_by_label(re.compile("^Paragraf")).first.fill("12")
    page.get_by_role("button", name="Granska").click()
    expect(page.get_by_text("Inget är registrerat än.")).to_be_visible()
    page.get_by_role("button", name="Registrera").dblclick()
    expect(page.get_by_role("heading", name="Tack. Svaret är registrerat.")).to_be_visible()
    mail = next(m for m in inbox.listed(site.house) if m.subject == "Sv: Svaret från Dalarna")
    assert mail.status == "registrerad"
    page.goto(f"/inkommet/{mail.id}")
    expect(page.locator(".sanning")).to_contain_text(f"Svaret är registrerat som {mail.event}")
    page.get_by_role("link", name="Diarieför").click()
    page.get_by_label("Diarienummer").fill("RK2026-7-1")
    page.get_by_role("button", name="Diarieför").click()
    expect(page.locator("main")).to_contain_text("Diariefördes som RK2026-7-1 av Anna Ek")
    assert not violations(page)


def test_a_registrator_is_replaced_step_by_step(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(wide=False)
    page.goto("/befattningshavare")
    page.get_by_role("link", name="Byt befattningshavare").click()
    page.get_by_label("Befattning").select_option("registrator")
    page.get_by_label("Region", exact=True).select_option("19")
    page.get_by_role("button", name="Vidare").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Byt registrator")
    assert page.locator("input:checked").count() == 0
    assert not violations(page)
    page.get_by_label("En efterträdare tar över").check()
    page.get_by_role("group", name=re.compile("^Vem slutar")).get_by_role("radio").first.check()
    page.get_by_label(re.compile("^Namn på den som kommer")).fill("Kim Efter")
    page.get_by_label(re.compile("^E-postadress")).fill("kim.efter@region-vastmanland.example")
    page.get_by_label("Första dagen", exact=True).fill("2026-04-01")
    page.get_by_role("button", name="Granska").click()
    expect(page.locator("main")).to_contain_text(f"går över: {site.matter}")
    expect(page.locator("main")).to_contain_text("En introduktion går till kim.efter@region-vastmanland.example")
    assert _narrow(page)
    page.get_by_role("button", name="Registrera").dblclick()
    expect(page.get_by_role("status")).to_contain_text("Bytet är registrerat.")
    expect(page.locator("main")).to_contain_text("Kim Efter")
    held = [h for h in people.listed(site.house, now=NOW, region="19") if h.office == "registrator"]
    assert len([h for h in held if h.name == "Kim Efter"]) == 1
