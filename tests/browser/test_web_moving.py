"""Choosing in a list without a reload, and the same with one: JavaScript makes it calmer, nothing depends on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from storage import sessions
from tests.browser.seen import Site
from uppdrag.service import signing_in

_SENTENCE = "#utfall"
_STAYED = "document.documentElement.dataset.stayed"


@pytest.fixture
def without_scripts(chromium: Browser, site: Site, open_page: Callable[..., Page]) -> Iterator[Page]:
    """The kansli in a browser that runs no scripts."""
    context = chromium.new_context(base_url=site.address, java_script_enabled=False, locale="sv-SE")
    context.add_cookies(open_page("kansli").context.cookies())  # type: ignore[arg-type]  # playwright's own two types
    yield context.new_page()
    context.close()


def _at(page: Page, path: str) -> Page:
    """A page that is marked, so that a reload shows."""
    page.goto(path)
    page.wait_for_function("window.htmx !== undefined")
    page.evaluate(f"{_STAYED} = 'yes'")
    return page


def _stayed(page: Page) -> bool:
    return bool(page.evaluate(f"{_STAYED} === 'yes'"))


def _shown(page: Page) -> tuple[str, str]:
    return page.inner_text(_SENTENCE), page.inner_text("#resultat")


@pytest.mark.parametrize(
    ("path", "label", "choice", "address"),
    [
        ("/uppdrag", "Visa", "alla", r"visa=alla"),
        ("/laget", "Visa", "alla", r"visa=alla"),
        ("/utskick", "Läge", "skickad", r"visa=skickad"),
    ],
)
def test_a_choice_shows_the_same_with_and_without_scripts(
    open_page: Callable[..., Page], without_scripts: Page, path: str, label: str, choice: str, address: str
) -> None:
    page = _at(open_page(), path)
    before = page.inner_text("#innehall")
    field = page.get_by_label(label, exact=True)
    field.focus()
    field.select_option(choice)
    expect(page).to_have_url(re.compile(address))
    expect(page.locator("#innehall")).not_to_have_text(before, use_inner_text=True)
    assert _stayed(page), "there was no reload"
    assert page.evaluate("document.activeElement.tagName") == "SELECT", "the focus stays in the field"

    without_scripts.goto(path)
    without_scripts.get_by_label(label, exact=True).select_option(choice)
    without_scripts.locator(".urval button").click()
    expect(without_scripts).to_have_url(page.url)
    assert _shown(without_scripts) == _shown(page)


def test_the_number_is_told_to_who_listens(open_page: Callable[..., Page]) -> None:
    page = _at(open_page(), "/uppdrag")
    told = page.locator(_SENTENCE)
    expect(told).to_have_attribute("role", "status")
    told.evaluate("e => e.dataset.same = 'yes'")
    page.get_by_label("Ord eller nummer").fill("finns inte alls")
    page.get_by_label("Ord eller nummer").press("Enter")
    expect(told).to_contain_text("Inget uppdrag passar urvalet")
    expect(told).to_have_attribute("data-same", "yes")
    assert page.locator("#resultat tbody tr").count() == 0
    assert _stayed(page)
    assert page.evaluate("document.activeElement.id") == "u-q"


def test_back_shows_what_was_chosen_before(open_page: Callable[..., Page]) -> None:
    page = _at(open_page(), "/uppdrag")
    first = _shown(page)
    page.get_by_label("Visa", exact=True).select_option("avslutade")
    expect(page).to_have_url(re.compile("visa=avslutade"))
    second = _shown(page)
    assert second != first
    page.go_back(wait_until="load")
    expect(page).to_have_url(re.compile("/uppdrag$"))
    expect(page.locator(_SENTENCE)).to_have_text(first[0], use_inner_text=True)
    assert _shown(page) == first
    assert page.get_by_label("Visa", exact=True).input_value() == "", "the fields say what is shown"
    page.go_forward(wait_until="load")
    expect(page.locator(_SENTENCE)).to_have_text(second[0], use_inner_text=True)
    assert page.get_by_label("Visa", exact=True).input_value() == "avslutade"


def test_a_search_shows_while_it_is_typed_and_keeps_the_focus(open_page: Callable[..., Page]) -> None:
    page = _at(open_page(), "/sok")
    box = page.get_by_role("searchbox")
    box.press_sequentially("kris", delay=20)
    expect(page.locator(_SENTENCE)).to_contain_text("träff")
    expect(page.locator("h1")).to_have_text("Sökning på ”kris”")
    expect(page).to_have_url(re.compile(r"q=kris$"))
    assert _stayed(page)
    box.fill("U2026-01")
    expect(page.locator("h1")).to_have_text("Sökning på ”U2026-01”")
    expect(page.locator("#resultat")).to_contain_text("U2026-01")
    assert _stayed(page), "nobody is led away while typing"
    box.press("Enter")
    expect(page).to_have_url(re.compile("/uppdrag/U2026-01$"))


def test_a_session_that_ended_leads_to_the_login_and_back_to_the_choice(
    open_page: Callable[..., Page], site: Site
) -> None:
    page = _at(open_page("chefsgrupp"), "/uppdrag")
    with site.house.database.transaction() as session:
        sessions.end(session, signing_in._digest("browser-chefsgrupp-"))
    page.get_by_label("Visa", exact=True).select_option("alla")
    expect(page).to_have_url(re.compile(r"/logga-in\?vidare=/uppdrag.*visa%3Dalla"))
    expect(page.locator("h1")).to_contain_text("Logga in")
    assert page.locator(".urval").count() == 0, "the login is a page, not a piece of the list"


@pytest.mark.parametrize("status", [403, 429, 500])
def test_what_went_wrong_is_a_page_of_its_own(open_page: Callable[..., Page], status: int) -> None:
    page = _at(open_page(), "/uppdrag")
    wrong = "<h1>Något gick fel</h1>"
    page.route(
        "**/uppdrag?*", lambda route: route.fulfill(status=status, body=wrong, content_type="text/html; charset=utf-8")
    )
    page.get_by_label("Visa", exact=True).select_option("alla")
    expect(page.locator("h1")).to_have_text("Något gick fel")
    expect(page).to_have_url(re.compile("visa=alla"))


def test_a_lost_network_is_told_by_the_browser_and_the_choice_is_kept(open_page: Callable[..., Page]) -> None:
    page = _at(open_page(), "/uppdrag")
    page.context.set_offline(True)
    with page.expect_event("requestfailed", lambda request: request.is_navigation_request()):
        page.get_by_label("Visa", exact=True).select_option("alla")
    page.context.set_offline(False)
    page.reload()
    expect(page).to_have_url(re.compile("visa=alla"))
    assert page.get_by_label("Visa", exact=True).input_value() == "alla"


def test_nothing_that_was_shown_is_kept_in_the_browser(open_page: Callable[..., Page]) -> None:
    page = _at(open_page(), "/uppdrag")
    page.get_by_label("Visa", exact=True).select_option("alla")
    expect(page).to_have_url(re.compile("visa=alla"))
    kept = page.evaluate("[...Object.values(localStorage), ...Object.values(sessionStorage)]")
    assert not [one for one in kept if "<" in one or "U2026" in one]


def test_only_our_script_runs_and_it_breaks_no_rule(open_page: Callable[..., Page]) -> None:
    page = open_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda wrong: said.append(str(wrong)))
    _at(page, "/uppdrag")
    page.get_by_label("Visa", exact=True).select_option("alla")
    expect(page).to_have_url(re.compile("visa=alla"))
    assert said == []
    assert page.evaluate("document.querySelectorAll('script').length") == 1
    with pytest.raises(Error, match="violates the following Content Security Policy"):
        page.add_script_tag(content="window.ran = true")
    assert page.evaluate("window.ran") is None
