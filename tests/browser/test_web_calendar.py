"""A calendar link is made and ended in a real browser, on a phone too, and can be read by whoever needs help to see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.seen import violations


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("dark", [True, False])
def test_a_link_is_made_and_ended(open_page: Callable[..., Page], wide: bool, dark: bool) -> None:
    page = open_page("region", "12", wide=wide, dark=dark)
    page.goto("/kalender")
    assert page.get_by_text("Ingen länk gäller").count() == 1
    page.get_by_role("button", name="Skapa en kalenderlänk").click()
    address = page.get_by_role("link", name=".ics").inner_text()
    assert "/kalender/region/12/upk_" in address
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/kalender")
    assert address not in page.content()
    page.get_by_role("button", name="Ta bort").click()
    assert page.get_by_text("Ingen länk gäller").count() == 1
    assert page.request.get(address).status == 404
