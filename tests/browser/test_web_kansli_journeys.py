"""The kansli's journeys in a real browser: a new uppdrag to its 21st decision, what is registered afterwards, a fault
that is corrected. Through the pages only, and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import monotonic

from playwright.sync_api import Page, expect

from tests.browser.seen import Site, violations
from uppdrag.service import queries

_MEETING = "2026-03-20"
_STEPS = (
    ("Markera som beredd", {"ansvarig": "Cia Dahl", "natverk": "HSD-nätverket"}),
    ("Registrera chefsgruppens beslut", {"mote": _MEETING, "paragraf": "17"}),
    ("Registrera redovisning", {"mote": _MEETING, "paragraf": "18", "rapport": "RK2026-1", "forslagsversion": "1"}),
    ("Godkänn för regionbeslut", {"mote": _MEETING, "paragraf": "19", "forslagsversion": "1"}),
)


def _record(page: Page) -> None:
    """Look at what will be recorded, and record it."""
    page.get_by_role("button", name="Granska").click()
    expect(page.get_by_text("Inget är registrerat än.")).to_be_visible()
    page.get_by_role("button", name="Registrera", exact=True).click()


def _new(page: Page, title: str) -> str:
    page.goto("/uppdrag/nytt?slag=regiongemensamt")
    page.get_by_label("Rubrik", exact=True).fill(title)
    _record(page)
    expect(page.get_by_role("status")).to_contain_text("Registrerat som")
    return page.url.split("/")[-1].split("?")[0]


def test_a_new_uppdrag_goes_to_its_21st_decision(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page()
    id = _new(page, "Gemensam lägesbild i alla regioner")
    for label, facts in _STEPS:
        page.get_by_role("link", name=label).first.click()
        for name, value in facts.items():
            page.locator(f"#f-{name}").fill(value)
        _record(page)
    page.get_by_role("link", name="Expediera", exact=True).click()
    assert not violations(page)
    page.get_by_label("E-post", exact=True).check()
    page.get_by_role("button", name="Granska").click()
    expect(page.get_by_text("21 regioner får ett mejl.")).to_be_visible()
    assert not violations(page)
    page.get_by_role("button", name="Skicka till 21 regioner").dblclick()
    expect(page.get_by_role("status")).to_contain_text("Registrerat som")
    expect(page.locator("#mejl")).to_contain_text("Väntar, lämnar tidigast")

    codes = [r.lanskod for r in queries.regions(site.house)]
    page.goto(f"/uppdrag/{id}/region/{codes[0]}")
    page.get_by_role("link", name="Registrera mottagande").click()
    page.locator("#f-dnr").fill("RS 2026-17")
    _record(page)
    page.get_by_role("link", name="Registrera ett beslut").click()
    page.get_by_label("Antagen", exact=True).check()
    expect(page.locator("#f-justerat")).to_be_hidden()
    page.locator("#f-instans").select_option("RF")
    page.get_by_text("Justering och tillkännagivande").click()
    page.locator("#f-justerat").fill("2026-03-25")
    page.locator("#f-datum").fill("2026-03-24")
    page.locator("#f-paragraf").fill("88")
    assert not violations(page)
    _record(page)

    pasted = "uppdrag;region;utfall;instans;datum;paragraf\n" + "".join(
        f"{id};{code};antagen;RF;2026-03-24;{n}\n" for n, code in enumerate(codes[1:20], start=1)
    )
    page.goto("/uppdrag/beslut")
    page.locator("#f-rader").fill(pasted + f"{id};99;antagen;RF;;\n")
    page.get_by_role("button", name="Granska").click()
    expect(page.get_by_role("alert")).to_contain_text("Rad 21:")
    page.locator("#f-rader").fill(pasted)
    page.get_by_role("button", name="Granska").click()
    page.get_by_role("button", name="Registrera 19 beslut").dblclick()
    expect(page.get_by_role("status")).to_contain_text("19 beslut är registrerade.")
    expect(page.locator(".sanning")).to_contain_text("1 region återstår.")

    page.get_by_role("link", name="Registrera beslut i").click()
    page.get_by_label("Avslagen").check()
    _record(page)
    page.goto(f"/uppdrag/{id}")
    expect(page.locator(".sanning")).to_contain_text("20 antog, 1 avslog")
    assert not violations(page)
    assert queries.detail(site.house, id, now=queries.history(site.house, id)[-1].registered_at).row.final


def test_a_new_uppdrag_takes_less_than_a_minute_with_nothing_but_the_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page()
    begun = monotonic()
    page.goto("/uppdrag/nytt?slag=regiongemensamt")
    pressed = 0

    def to(id: str) -> None:
        nonlocal pressed
        while page.evaluate("document.activeElement.id") != id:
            page.keyboard.press("Tab")
            pressed += 1
            assert pressed < 60, f"{id} is not reached by Tab"

    for field, value in (("f-rubrik", "Gemensam övning"), ("f-avsnitt", "5"), ("f-tid_redovisning", "Q4 2026")):
        to(field)
        page.keyboard.type(value)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Det här registreras.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("sista dagen i Q4")
    while page.evaluate("document.activeElement.textContent") != "Registrera":
        page.keyboard.press("Tab")
        pressed += 1
        assert pressed < 60
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Gemensam övning")).to_be_visible()
    assert monotonic() - begun < 60


def test_what_had_happened_is_registered_afterwards_in_steps(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page()
    page.goto("/uppdrag")
    page.get_by_role("link", name="Registrera i efterhand").click()
    page.get_by_label("Eller ett nytt, av slaget").select_option("regiongemensamt")
    page.get_by_label("Det nya uppdragets rubrik").fill("Beslutat före systemet")
    page.get_by_role("button", name="Fortsätt").click()
    page.get_by_label("Regionbeslut").check()
    page.get_by_role("button", name="Fortsätt").click()
    expect(page.get_by_role("heading", name="4. Godkänn för regionbeslut")).to_be_visible()
    page.locator("#f-s3_mote").fill("2025-12-11")
    page.locator("#f-s3_paragraf").fill("36")
    assert not violations(page)
    page.get_by_role("button", name="Fortsätt").click()
    page.get_by_label("Utfall, Uppsala").select_option("antagen")
    page.get_by_label("Paragraf, Uppsala").fill("tolv")
    assert not violations(page)
    page.get_by_role("button", name="Granska").click()
    expect(page.get_by_role("alert")).to_contain_text("Uppsala")
    page.get_by_label("Paragraf, Uppsala").fill("12")
    page.get_by_role("button", name="Granska").click()
    expect(page.get_by_text("Allt det här registreras, eller inget.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Uppsala: Antagen, § 12")
    assert not violations(page)
    page.get_by_role("button", name="Registrera allt").dblclick()
    expect(page.get_by_role("heading", name="Beslutat före systemet")).to_be_visible()
    expect(page.locator(".sanning")).to_contain_text("20 regioner återstår.")


def test_a_fault_is_corrected_in_the_open(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(wide=False)
    page.goto(f"/uppdrag/{site.matter}/region/03")
    page.get_by_role("link", name=re.compile("^Rätta")).first.click()
    expect(page.locator("#f-v_paragraph")).to_have_value("41")
    assert not violations(page)
    page.locator("#f-v_paragraph").fill("43")
    page.get_by_role("button", name="Granska").click()
    expect(page.get_by_role("alert")).to_contain_text("Skälet till rättelsen saknas.")
    expect(page.locator("#f-v_paragraph")).to_have_value("43")
    page.get_by_label("Skäl").fill("Fel paragraf i mejlet")
    page.get_by_role("button", name="Granska").click()
    expect(page.get_by_role("row", name="Paragraf")).to_have_accessible_name("Paragraf 41 43")
    assert not violations(page)
    page.get_by_role("button", name="Registrera").dblclick()
    expect(page.get_by_role("status")).to_contain_text("Registrerat som")
    history = page.locator("#historik")
    expect(history).to_contain_text("Rättad av")
    expect(history.locator("s")).to_contain_text("§ 41")
    fixes = [e for e in queries.history(site.house, site.matter) if e.region == "03" and e.replaces]
    assert len(fixes) == 1, "two clicks are one correction"
