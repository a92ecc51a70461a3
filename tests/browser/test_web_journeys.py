"""Journeys in a real browser, with no script and by keyboard: from the mail to the receipt, and a new uppdrag."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.seen import Site, violations
from tests.cast import NOW
from uppdrag.service import mailing, people, queries


def _code(site: Site, to: str) -> str:
    found = mailing.listed(site.house, recipient=to, limit=99)
    codes = [m for m in found if m.subject.startswith("Din kod")]
    told = re.search(r"\d{3} \d{3}", mailing.shown(site.house, codes[-1].id).message.text)
    assert told
    return told[0]


def test_a_region_goes_from_the_mail_to_the_receipt_on_a_phone(open_page: Callable[..., Page], site: Site) -> None:
    held = people.listed(site.house, now=NOW, region="14")
    address = next(h.email for h in held if h.office == "registrator")
    page = open_page("", wide=False)
    page.goto(f"/svar/{site.matter}/14")
    page.get_by_label("Befattningens e-postadress").fill(address)
    page.get_by_role("button", name="Mejla en kod").click()
    page.get_by_label("Koden, sex siffror").fill(_code(site, address))
    page.get_by_role("button", name="Fortsätt").click()
    page.get_by_label("Ditt namn").fill("Eva Lind")
    page.get_by_role("button", name="Logga in").click()

    expect(page.get_by_role("heading", name="Hur beslutade ni?")).to_be_visible()
    assert page.locator("input:checked").count() == 0
    expect(page.get_by_label("Vad anpassningen består i")).to_be_hidden()
    page.get_by_label("Antagen med anpassning").check()
    expect(page.get_by_label("Vad anpassningen består i")).to_be_visible()
    page.get_by_label(re.compile("^Beslutsinstans")).select_option("RF")
    page.get_by_label(re.compile("^Paragraf")).fill("88")
    page.get_by_role("button", name="Granska").click()
    expect(page.get_by_role("alert")).to_contain_text("anpassning")
    assert not violations(page), "a form with faults is a page too"

    page.get_by_label("Vad anpassningen består i").fill("Gäller från 2027")
    page.get_by_role("button", name="Granska").click()
    expect(page.get_by_text("Inget är registrerat än.")).to_be_visible()
    assert not violations(page)
    page.get_by_role("button", name="Registrera").dblclick()
    expect(page.get_by_role("heading", name="Tack. Svaret är registrerat.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Antagen med anpassning, RF § 88")
    assert not violations(page)
    receipt = next(m for m in mailing.listed(site.house, recipient=address, limit=9) if "Kvitto" in m.subject)
    assert "RF § 88" in mailing.shown(site.house, receipt.id).message.text
    decided = [e for e in queries.history(site.house, site.matter) if e.region == "14"]
    assert len(decided) == 1, "two clicks are one event"


def test_a_new_uppdrag_is_made_by_keyboard_alone(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/uppdrag")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_have_text("Hoppa till innehållet")
    skip.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Nytt uppdrag")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Utredning").press("Enter")
    page.get_by_label("Rubrik", exact=True).focus()
    page.keyboard.type("Gemensam lägesbild")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Det här registreras.")).to_be_visible()
    page.get_by_role("button", name="Registrera").press("Enter")
    expect(page.get_by_role("heading", name="Gemensam lägesbild")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Registrerat som")
