"""Every page of every role holds to WCAG 2.1 AA as far as axe-core can tell: wide and 360 px, light and dark. By
keyboard everything is reached and seen, and at 200 % no page has to be scrolled sideways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest
from playwright.sync_api import Page

from tests.browser.enumerated import OUTSIDE, pages_of
from tests.browser.seen import WCAG, Site, violations
from uppdrag.service.signing_in import WebRole

_SHARES = [("kansli", n, 4) for n in range(4)] + [("region", 0, 1)]
"""The roles that have pages of their own, and which part of them: the kansli has so many that it takes four goes."""
_OTHERS = [(role, 0, 1) for role in get_args(WebRole) if role not in ("kansli", "region")]
"""Those who see the same pages with less on them."""
_WIDTHS = {"wide": 1280, "at 200 %": 640, "narrow": 360}
_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_COLOURS = ("color-contrast", "link-in-text-block")
_MAIL = "/html"
_STOPS = """() => {
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const shown = e => !e.disabled && e.checkVisibility({visibilityProperty: true});
  const look = e => { const s = getComputedStyle(e); return [s.boxShadow, s.borderColor, s.backgroundColor].join() };
  const stops = [...document.querySelectorAll(all)].filter(shown), before = new Map(stops.map(e => [e, look(e)]));
  const at = window.tabbed = {before, reached: new Set(), unseen: [], around: false};
  document.activeElement.blur();
  document.addEventListener('focusin', ({target: e}) => {
    if (at.reached.has(e)) { at.around ||= e === [...at.reached][0] && at.reached.size > 1; return; }
    at.reached.add(e);
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const own = e.type === 'date';  // whose parts have rings of the browser's own
    if (!(ring || own || before.get(e) !== look(e)) || !(box.width * box.height)) {
      at.unseen.push('focus is not seen: ' + e.outerHTML.slice(0, 120));
    }
  });
  return stops.length;
}"""
_MISSED = """() => {
  const at = window.tabbed, named = new Set([...at.reached].filter(e => e.type === 'radio').map(e => e.name));
  const missed = [...at.before.keys()].filter(e => !at.reached.has(e) && !(e.type === 'radio' && named.has(e.name)));
  return [...at.unseen, ...missed.map(e => 'not reached: ' + e.outerHTML.slice(0, 120))];
}"""


@pytest.fixture(scope="module")
def site(full_site: Site) -> Site:
    """There is something on every page."""
    return full_site


@pytest.mark.parametrize(
    ("role", "share", "of"),
    [*_SHARES[::2], *(pytest.param(*one, marks=pytest.mark.soak) for one in _SHARES[1::2])],
)
def test_no_page_has_a_violation_or_is_too_wide(
    open_page: Callable[..., Page], site: Site, role: WebRole, share: int, of: int
) -> None:
    page = open_page(role, "01" if role == "region" else "")
    assert not _wrong_on(page, [*_once(site, role), "/finns-inte"][share::of])


@pytest.mark.soak
@pytest.mark.parametrize(("role", "share", "of"), [*_SHARES[:4], *_OTHERS])
def test_no_page_of_any_role_and_of_any_kind_has_a_violation_or_is_too_wide(
    open_page: Callable[..., Page], site: Site, role: WebRole, share: int, of: int
) -> None:
    assert not _wrong_on(open_page(role), [*pages_of(site, role)][share::of], closely=True)


def _wrong_on(page: Page, paths: list[str], *, closely: bool = False) -> dict[str, Any]:
    """What is wrong on each of some pages where something is."""
    return {path: wrong for path in paths if (wrong := _looked_at(page, path, closely=closely))}


def test_no_page_before_the_login_has_a_violation_or_is_too_wide(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page("")
    found = {}
    for path in OUTSIDE:
        if wrong := _looked_at(page, path):
            found[path] = wrong
    assert not found


@pytest.mark.parametrize(
    ("role", "share", "of"),
    [_SHARES[4], *(pytest.param(*one, marks=pytest.mark.soak) for one in _SHARES[:4])],
)
def test_everything_is_reached_by_keyboard_and_seen_to_be(
    open_page: Callable[..., Page], site: Site, role: WebRole, share: int, of: int
) -> None:
    page = open_page(role, "01" if role == "region" else "")
    found = {}
    for path in _once(site, role)[share::of]:
        if wrong := _tabbed_through(page, path):
            found[path] = wrong
    assert not found


def test_the_way_in_is_reached_by_keyboard_and_seen_to_be(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page("")
    found = {}
    for path in OUTSIDE:
        if wrong := _tabbed_through(page, path):
            found[path] = wrong
    assert not found


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


def _once(site: Site, role: WebRole) -> list[str]:
    """One address of each page that a role can see."""
    once = {route: path for path, route in reversed(pages_of(site, role).items())}
    return sorted(once.values())


def _open(page: Page, path: str) -> None:
    """A mail as it was sent lets no script run, not even axe: its markup is looked at by itself."""
    page.set_viewport_size({"width": _WIDTHS["wide"], "height": 900})
    if path.endswith(_MAIL):
        sent = page.request.get(path).text()
        page.goto("about:blank")
        page.set_content(sent)
    else:
        page.goto(path)


def _looked_at(page: Page, path: str, *, closely: bool = False) -> list[str]:
    """What is wrong with a page in each look. What the dark changes is colours; what the width changes, all else.
    `closely`: at the wide page too, and at the dark in each width; otherwise axe looks at the narrow one."""
    wrong, mail = [], path.endswith(_MAIL)
    _open(page, path)
    for name, width in _WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900 if width != _WIDTHS["at 200 %"] else 450})
        if page.evaluate(_TOO_WIDE):
            wrong.append(f"{name}: has to be scrolled sideways")
        if name == "at 200 %" or (name == "wide" and not closely):
            continue
        wrong += [f"{name}, light: {one}" for one in (violations(page, WCAG) if mail else violations(page))]
        if closely or name == "narrow":
            page.emulate_media(color_scheme="dark")
            wrong += [f"{name}, dark: {one}" for one in violations(page, _COLOURS)]
            page.emulate_media(color_scheme="light")
    return wrong


def _tabbed_through(page: Page, path: str) -> list[str]:
    """What Tab does not come to, or comes to unseen, from the page's beginning until it begins anew."""
    _open(page, path)
    stops: int = page.evaluate(_STOPS)
    for n in range(4 * stops + 10):  # a date has four
        page.keyboard.press("Tab")
        if n % 15 == 14 and page.evaluate("window.tabbed.around"):
            break
    found: Any = page.evaluate(_MISSED)
    return [str(one) for one in found]
