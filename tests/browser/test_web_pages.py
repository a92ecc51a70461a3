"""Every page that there is can be reached by following links, and what has the focus is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import live, write_to_each_other
from tests.browser.enumerated import addresses, beginnings, missed
from tests.browser.seen import Site
from tests.integration.tampering import copy_of
from tests.web import SETTINGS, visiting
from uppdrag.service.house import House
from uppdrag.service.signing_in import WEB_ROLES, WebRole
from uppdrag.web.app import create_app
from uppdrag.web.server import free_port, serving

_FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  const ring = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none'
    || e.type === 'date';  // whose parts have rings of the browser's own
  const group = e.type === 'radio' ? e.name : '';
  return {what: e.outerHTML.slice(0, 120), ring, size: box.width * box.height, group};
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, templates: Callable[[bool], Path]) -> Iterator[Site]:
    """A site of our own, where there is something on every page."""
    house = House.open(f"sqlite:///{copy_of(templates(True), tmp_path_factory.mktemp('all'))}")
    matter = live(house)
    write_to_each_other(house, matter)
    port = free_port("127.0.0.1")
    address = f"http://127.0.0.1:{port}"
    with serving(house, replace(SETTINGS, url=address), host="127.0.0.1", port=port):
        yield Site(address, house, matter)
    house.database.close()


def _pages(site: Site, role: WebRole) -> dict[str, str]:
    """Addresses of every page that a role can see, by route."""
    app = create_app(site.house, SETTINGS)
    with visiting(site.house, app=app) as at:
        at.log_in(role, region="01" if role == "region" else "")
        return addresses(at, app, beginnings(app, role, "01", site.receipt))


@pytest.mark.parametrize("role", WEB_ROLES)
def test_no_page_is_left_out(site: Site, role: WebRole) -> None:
    """A new route is met by following links, or must be named in `enumerated`."""
    but = ("/uppdrag/{id}/historik/{seq}/ratta", "/uppdrag/{id}/historik/{seq}/aterta") if role == "region" else ()
    assert missed(create_app(site.house, SETTINGS), role, _pages(site, role), but) == []


@pytest.mark.parametrize("path", ["/att-gora", "/uppdrag/nytt?slag=regiongemensamt", "/svar/U2026-01/12", "/utskick"])
def test_what_has_focus_is_seen(open_page: Callable[..., Page], path: str) -> None:
    page = open_page()
    page.goto(path)
    unseen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        at: Any = page.evaluate(_FOCUSED)
        if at is None:
            break
        if not at["ring"] or not at["size"]:
            unseen.append(at["what"])
    assert not unseen
