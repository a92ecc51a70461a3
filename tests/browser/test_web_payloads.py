"""What people write stays text: payloads in every field of every form, shown on every page, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from playwright.sync_api import Browser, Dialog, Error, Page

from tests.browser.conftest import served, write_to_each_other
from tests.browser.enumerated import addresses, beginnings
from tests.browser.seen import Site
from tests.integration.tampering import copy_of
from tests.reliability import Tried
from tests.web import SETTINGS, Visiting, visiting
from uppdrag.web.app import create_app

_MARKUP = (
    "<script data-harm>alert(1)</script><img data-harm src=x onerror=alert(1)><a data-harm href=javascript:x>a</a>"
)
_HIDDEN = "{{7*7}} ${7*7} \u202eåäö\u2066 😀\r\nSet-Cookie: a=b <svg data-harm onload=alert(1)>"
PAYLOADS = (f"\"'>{_MARKUP} {_HIDDEN}", f'=HYPERLINK("http://evil.example") {_HIDDEN} {_MARKUP}')
"""What is written in the fields of a form, by turns."""
UNWRITTEN = ("a" * 1_000_000, "a" * 50_000, "a\0b", "\r\n" * 500, "😀" * 5000)
_FORMS = """() => [...document.forms].map((f, n) => ({n, action: new URL(f.action).pathname, method: f.method,
  names: [...f.elements].filter(e => e.name && e.type !== 'hidden' && e.type !== 'submit').map(e => e.name).join()}))"""
_FILL = """([n, said, plain]) => {
  const form = document.forms[n], chosen = new Set();
  let written = 0;
  form.noValidate = true;
  for (const e of form.elements) {
    if (e.type === 'radio') { if (!chosen.has(e.name)) { e.checked = true; chosen.add(e.name); } }
    else if (e.type === 'checkbox') e.checked = false;
    else if (e.tagName === 'SELECT') e.selectedIndex = Math.min(1, e.options.length - 1);
    else if (e.type === 'date') e.value = '2026-03-20';
    else if (['text', 'search', 'email', 'url', 'tel', 'textarea'].includes(e.type)) {
      e.removeAttribute('maxlength');
      if (e.type === 'email') e.type = 'text';
      const short = plain && (e.getAttribute('aria-invalid') || e.inputMode === 'numeric');
      e.value = short ? '12' : said[written++ % said.length];
    }
  }
  const buttons = [...form.elements].filter(e => e.type === 'submit');
  const button = buttons.find(b => b.value === 'granska') || buttons.find(b => b.value === 'registrera') || buttons[0];
  if (button) form.requestSubmit(button); else form.submit();
}"""


_FORM = re.compile(r'<form[^>]*action="([^"]+)"[^>]*method="post"[^>]*>(.*?)</form>', re.DOTALL)
_NAME = re.compile(r'<(?:input|textarea|select)[^>]*\bname="(\w+)"')


@dataclass
class Watch:
    """What a page does that no page may."""

    address: str
    wrong: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        page.on("dialog", lambda d: self._asked_in_a_dialog(page, d))
        page.on("request", lambda r: self._asked(page, r.url))
        page.on("console", lambda m: self._said(page, m.text))

    def look(self, page: Page) -> None:
        if page.locator("[data-harm]").count():
            self.wrong.append(f"{page.url}: markup became part of the page")

    def _asked_in_a_dialog(self, page: Page, dialog: Dialog) -> None:
        self.wrong.append(f"{page.url}: a dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, page: Page, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.wrong.append(f"{page.url}: asked for {url}")

    def _said(self, page: Page, text: str) -> None:
        if "Content Security Policy" in text:
            self.wrong.append(f"{page.url}: {text[:160]}")


@pytest.fixture
def own_site(tmp_path: Path, templates: Callable[[bool], Path]) -> Iterator[Site]:
    """A site that nobody else looks at: it will be full of harm."""
    with served(copy_of(templates(True), tmp_path), write_to_each_other) as one:
        yield one


@pytest.mark.parametrize("each", [5, pytest.param(1, marks=pytest.mark.soak)])
def test_what_people_write_stays_text_on_every_page(chromium: Browser, own_site: Site, each: int, tried: Tried) -> None:
    """Here on every fifth page and its forms, on all of them in `make soak`."""
    app = create_app(own_site.house, SETTINGS)
    watch, filled = Watch(own_site.address), set[tuple[str, str]]()
    with visiting(own_site.house, app=app) as at:
        page = _page(chromium, own_site, at)
        watch.on(page)
        begin = beginnings(app, "kansli", "01", own_site.receipt)
        for path in [*addresses(at, app, begin)][::each]:
            page.goto(path)
            for form in _new_forms(page, filled):
                _fill_in(page, watch, path, form["names"])
                page.goto(path)
        for path in [*addresses(at, app, begin)][::each]:  # and again, now that the payloads are everywhere
            page.goto(path)
            watch.look(page)
    assert not watch.wrong
    assert len(filled) > 15 // each, "the forms were found"
    tried("Indata", "formulär fyllda med markup och kod, visade i en riktig webbläsare", len(filled),
          "allt var text på varje sida")  # fmt: skip


def test_no_form_falls_over_what_no_person_writes(own_site: Site) -> None:
    app = create_app(own_site.house, SETTINGS)
    fell = []
    with visiting(own_site.house, app=app) as at:
        at.log_in("kansli")
        found = _posts(at, addresses(at, app, beginnings(app, "kansli", "01", own_site.receipt)))
        for action, names in found:
            for said in UNWRITTEN:
                answer = at.post(action, {**dict.fromkeys(names, said), "steg": "granska"})
                if not _is_clear(answer, said):
                    fell.append((action, said[:3], answer.status_code, answer.text[:200]))
    assert not fell
    assert len(found) > 15, "the forms were found"


def _is_clear(answer: Response, said: str) -> bool:
    """Whether a person learns what to do: a page that says it, which is no error of ours; too much is said to be so."""
    if len(said) >= 1_000_000:
        return answer.status_code == 413 and "<h1" in answer.text
    return answer.status_code < 500 and (answer.status_code == 303 or "<h1" in answer.text)


def _page(chromium: Browser, site: Site, at: Visiting) -> Page:
    token = at.log_in("kansli")
    context = chromium.new_context(base_url=site.address, locale="sv-SE")
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": "uppdrag", "value": token, "url": site.address}])
    return context.new_page()


def _new_forms(page: Page, filled: set[tuple[str, str]]) -> list[dict[str, Any]]:
    """The forms of a page that have not been met before, wherever they are posted to."""
    new = []
    for form in page.evaluate(_FORMS):
        known = (form["names"], form["action"].split("/")[1])
        if form["names"] and known not in filled:
            filled.add(known)
            new.append(form)
    return new


def _fill_in(page: Page, watch: Watch, path: str, names: str) -> None:
    """Fill a form in, once more where it is refused with what such a form wants, and record what it then shows."""
    page.goto(path)
    for plain in (False, True):
        n = next((form["n"] for form in page.evaluate(_FORMS) if form["names"] == names), None)
        if n is None or (plain and not page.locator("[aria-invalid]").count()):
            break
        _submit(page, n, plain=plain)
        watch.look(page)
    recorded = page.locator("main button[name=steg][value=registrera]")
    if recorded.count():
        recorded.first.click()
        watch.look(page)


def _submit(page: Page, n: int, *, plain: bool) -> None:
    try:
        with page.expect_navigation():
            page.evaluate(_FILL, [n, PAYLOADS, plain])
    except Error as wrong:
        raise AssertionError(f"{page.url}: form {n} led nowhere") from wrong


def _posts(at: Visiting, found: dict[str, str]) -> list[tuple[str, list[str]]]:
    """Where forms are posted to, once each, with the names of what is written in them."""
    posts: dict[str, list[str]] = {}
    for path in found:
        for action, inside in _FORM.findall(at.get(path).text):
            names = _NAME.findall(inside)
            posts.setdefault(re.sub(r"\d+", "0", action), [action, *[x for x in names if x != "formular"]])
    return [(one[0], one[1:]) for one in posts.values() if one[1:] and "/logga-ut" not in one[0]]
