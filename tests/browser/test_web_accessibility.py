"""Every page holds to WCAG 2.1 AA as far as axe-core can tell: wide and 360 px, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.seen import OUTSIDE, Site, pages, violations

_LOOKS = [(True, False), (True, True), (False, False), (False, True)]
_NAMES = ["wide-light", "wide-dark", "narrow-light", "narrow-dark"]


@pytest.mark.parametrize(("wide", "dark"), _LOOKS, ids=_NAMES)
def test_no_page_of_the_kansli_has_a_violation(
    open_page: Callable[..., Page], site: Site, wide: bool, dark: bool
) -> None:
    page = open_page(wide=wide, dark=dark)
    found = {}
    for path in pages(site.matter):
        page.goto(path)
        if wrong := violations(page):
            found[path] = wrong
    assert not found


@pytest.mark.parametrize(("wide", "dark"), _LOOKS, ids=_NAMES)
def test_no_page_before_the_login_has_a_violation(open_page: Callable[..., Page], wide: bool, dark: bool) -> None:
    page = open_page("", wide=wide, dark=dark)
    found = {}
    for path in OUTSIDE:
        page.goto(path)
        if wrong := violations(page):
            found[path] = wrong
    assert not found


def test_no_page_is_wider_than_a_phone(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(wide=False)
    too_wide = []
    for path in pages(site.matter):
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            too_wide.append(path)
    assert not too_wide


def test_a_page_asks_nobody_else_for_anything(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.on("console", lambda m: said.append(m.text))
    page.goto(f"/uppdrag/{site.matter}")
    assert asked
    assert not [url for url in asked if not url.startswith((site.address, "data:"))]
    assert len([url for url in asked if url.startswith(site.address)]) <= 4, "a page is at most four requests"
    assert not said, "nothing that the content security policy had to stop"
