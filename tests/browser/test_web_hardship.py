"""Lost network, an ended session, the back button, two tabs and double clicks, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, expect

from storage import sessions
from storage.sessions import SignedIn
from tests.browser.seen import Site, violations
from tests.cast import NOW
from uppdrag.service import queries, signing_in
from workflow.events import RegionDecided

TEXT = 'Gäller från 2027. "Villkor" & <b>förbehåll</b> åäö'


def _decisions(site: Site, region: str) -> int:
    return len([
        e for e in queries.history(site.house, site.matter) if e.region == region and isinstance(e.event, RegionDecided)
    ])  # fmt: skip


def _fill_in(page: Page, site: Site, region: str) -> None:
    page.goto(f"/svar/{site.matter}/{region}")
    page.get_by_label("Antagen med anpassning").check()
    page.get_by_label("Vad anpassningen består i").fill(TEXT)
    page.get_by_label(re.compile("^Beslutsinstans")).select_option("RF")


def _is_filled_in(page: Page) -> None:
    expect(page.get_by_label("Antagen med anpassning")).to_be_checked()
    expect(page.get_by_label("Vad anpassningen består i")).to_have_value(TEXT)


def _end(site: Site, token: str) -> None:
    with site.house.database.transaction() as session:
        sessions.end(session, signing_in._digest(token))


def _log_in(site: Site, page: Page, token: str, region: str) -> None:
    digest, name = signing_in._digest(token), "Eva Lind, registrator i Region Skåne"
    with site.house.database.transaction() as session:
        sessions.end(session, digest)
        sessions.open(session, SignedIn(digest, "region", "", region, name, "", NOW, NOW, NOW + signing_in.LONGEST))
    page.context.add_cookies([{"name": "uppdrag", "value": token, "url": site.address}])


def test_a_session_that_ends_in_the_middle_of_a_form_costs_nothing(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page("region", "20")
    before = _decisions(site, "20")
    _fill_in(page, site, "20")
    _end(site, "browser-region-20")
    page.get_by_role("button", name="Granska").click()
    expect(page.get_by_role("heading", name="Logga in")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Inget har registrerats.")
    assert not violations(page)

    _log_in(site, page, "browser-region-20-again", "20")
    page.goto("/logga-in?vidare=/fortsatt")
    expect(page.get_by_role("heading", name="Det du skrev finns kvar")).to_be_visible()
    expect(page.get_by_text(TEXT)).to_be_visible()
    assert not violations(page)
    assert _decisions(site, "20") == before
    page.get_by_role("button", name="Fortsätt med formuläret").click()
    _is_filled_in(page)
    page.get_by_role("button", name="Granska").click()
    page.get_by_role("button", name="Registrera").dblclick()
    expect(page.get_by_role("heading", name="Tack. Svaret är registrerat.")).to_be_visible()
    assert _decisions(site, "20") == before + 1


def _lose_the_network_at(page: Page, button: str) -> None:
    page.context.set_offline(True)
    with suppress(Error):  # the browser says that there is no network
        page.get_by_role("button", name=button).click()
        page.wait_for_url(re.compile("^chrome-error:"), wait_until="commit")
    page.wait_for_timeout(500)
    page.context.set_offline(False)


def test_a_network_that_is_lost_before_the_review_costs_nothing(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page("region", "21")
    _fill_in(page, site, "21")
    _lose_the_network_at(page, "Granska")
    page.reload()
    expect(page.get_by_text("Inget är registrerat än.")).to_be_visible()
    page.get_by_role("button", name="Ändra").click()
    _is_filled_in(page)


def test_a_network_that_is_lost_when_it_is_registered_costs_nothing(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page("region", "21")
    _fill_in(page, site, "21")
    page.get_by_role("button", name="Granska").click()
    expect(page.get_by_text("Inget är registrerat än.")).to_be_visible()
    before = _decisions(site, "21")
    _lose_the_network_at(page, "Registrera")
    assert _decisions(site, "21") == before
    page.reload()
    expect(page.get_by_role("heading", name="Tack. Svaret är registrerat.")).to_be_visible()
    assert _decisions(site, "21") == before + 1


def test_the_back_button_brings_the_form_back_filled_in(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page("region", "22")
    _fill_in(page, site, "22")
    page.get_by_role("button", name="Granska").click()
    expect(page.get_by_text("Inget är registrerat än.")).to_be_visible()
    page.go_back()
    _is_filled_in(page)


def test_going_back_after_the_receipt_registers_nothing_anew(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page("region", "13")
    before = _decisions(site, "13")
    page.goto(f"/svar/{site.matter}/13")
    page.get_by_label("Antagen", exact=True).check()
    page.get_by_label(re.compile("^Beslutsinstans")).select_option("RF")
    page.get_by_role("button", name="Granska").click()
    page.get_by_role("button", name="Registrera").click()
    expect(page.get_by_role("heading", name="Tack. Svaret är registrerat.")).to_be_visible()
    after = _decisions(site, "13")
    assert after == before + 1
    try:
        page.go_back()
    except Error:  # Chromium asks before it posts again; without an answer it shows its own page
        return
    again = page.get_by_role("button", name="Registrera")
    if again.count():
        again.click()
    assert _decisions(site, "13") == after, "the same form, however often, is one event"


def test_a_form_of_another_tabs_login_is_shown_again(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page("region", "23")
    _fill_in(page, site, "23")
    _log_in(site, page, "browser-region-23-second-tab", "23")
    before = _decisions(site, "23")
    page.get_by_role("button", name="Granska").click()
    expect(page.get_by_text("Sidan hörde till en tidigare inloggning.")).to_be_visible()
    assert not violations(page)
    page.get_by_role("button", name="Fortsätt med formuläret").click()
    _is_filled_in(page)
    assert _decisions(site, "23") == before


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("dark", [True, False])
def test_the_pages_around_a_login_have_no_violation(
    open_page: Callable[..., Page], site: Site, wide: bool, dark: bool
) -> None:  # fmt: skip
    page = open_page(wide=wide, dark=dark)
    found = {}
    for path in ("/tillganglighet", "/tillganglighet?tack=ja", "/inloggningar", "/fortsatt", "/anmalda-fel"):
        page.goto(path)
        if wrong := violations(page):
            found[path] = wrong
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
    page.goto("/tillganglighet")
    page.get_by_role("button", name="Skicka anmälan").click()
    found["refused"] = violations(page)
    assert not {k: v for k, v in found.items() if v}
