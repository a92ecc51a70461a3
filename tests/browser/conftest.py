"""A real browser at a real server, with people, mails and decisions in the house."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from definitions.direktiv import Stated
from notifications.mailbox import Letter
from storage import sessions
from storage.sessions import SignedIn
from tests import mails
from tests.browser.held import hold_meetings
from tests.browser.seen import Site
from tests.cast import KANSLI, NOW, REGION
from tests.integration.doing import decide, step, track
from tests.integration.tampering import copy_of
from tests.web import SETTINGS
from uppdrag.service import chasing, directives, incoming, mailing, meetings, people, queries, questions, signing_in
from uppdrag.service.chasing import Asking
from uppdrag.service.house import House
from uppdrag.web.server import free_port, serving

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
DEFINITIONS = Path(__file__).parents[2] / "definitions"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; without one these tests are left out, save where CI is to run them all.

    For one module at a time: playwright keeps an event loop running, beside which other tests could not start theirs.
    """
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI=true, but there is no chromium: apt-get install chromium")
        pytest.skip("there is no chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def served(path: Path, *more: Callable[[House, str], None]) -> Iterator[Site]:
    """The pages of a copied database in which some time has passed, and `more` has happened, served for real."""
    house = House.open(f"sqlite:///{path}")
    matter = live(house)
    for happen in more:
        happen(house, matter)
    port = free_port("127.0.0.1")
    address = f"http://127.0.0.1:{port}"
    with serving(house, replace(SETTINGS, url=address), host="127.0.0.1", port=port):
        yield Site(address, house, matter)
    house.database.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, templates: Callable[[bool], Path]) -> Iterator[Site]:
    """The pages at an address, served for real."""
    with served(copy_of(templates(True), tmp_path_factory.mktemp("site"))) as one:
        yield one


@pytest.fixture(scope="session")
def full_site(tmp_path_factory: pytest.TempPathFactory, templates: Callable[[bool], Path]) -> Iterator[Site]:
    """A site with something on every page, at which nobody changes anything."""
    with served(copy_of(templates(True), tmp_path_factory.mktemp("full")), write_to_each_other, hold_meetings) as one:
        yield one


@pytest.fixture
def open_page(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """A page of its own for somebody in a role: wide or narrow, light or dark."""
    opened: list[BrowserContext] = []

    def page(role: str = "kansli", region: str = "", *, wide: bool = True, dark: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": 1280 if wide else 360, "height": 900}, color_scheme="dark" if dark else "light",
            base_url=site.address, locale="sv-SE",
        )  # fmt: skip
        if role:
            token = f"browser-{role}-{region}"
            with site.house.database.transaction() as session:
                digest = signing_in._digest(token)
                sessions.end(session, digest)
                name = "Anna Ek" if role == "kansli" else "Eva Lind, registrator i Region Skåne"
                sessions.open(session, SignedIn(digest, role, "", region, name, "", NOW, NOW, NOW + signing_in.LONGEST))
            context.add_cookies([{"name": "uppdrag", "value": token, "url": site.address}])
        opened.append(context)
        return context.new_page()

    yield page
    for context in opened:
        context.close()


def live(house: House) -> str:
    """Let some time pass in a house. The id of an uppdrag that lies with the regions."""
    people.import_people(house, "people", (DEFINITIONS / "people/exempel.csv").read_bytes(), actor=KANSLI, now=NOW)
    stated = (DEFINITIONS / "meetings/exempel-2026-2027.csv").read_bytes()
    meetings.import_meetings(house, "exempel.csv", stated, actor=KANSLI, now=NOW)
    id, meeting = "U2026-01", "2026-03-20"
    step(house, id, "redovisa", mote=meeting, paragraf="18", rapport="RK2026-1", forslagsversion="1")
    step(house, id, "godkann", mote=meeting, paragraf="19", forslagsversion="1")
    codes = [r.lanskod for r in queries.regions(house)]
    for code in codes[:9]:
        decide(house, id, code, body="RF", on=NOW.date(), paragraph="41", source="protokollsutdrag")
    decide(house, id, "23", "antagen_med_anpassning", adaptation="Gäller från 2027", body="RS")
    decide(house, id, "24", "avslagen", body="RF")
    decide(house, id, "25", "aterremitterad", body="RS")
    for code in ("17", "18", "19"):
        track(house, id, code, "planera", instans="RF", datum="2026-06-09")
    return id


def write_to_each_other(house: House, id: str) -> None:
    """Mails to go, an answer and a bounce that came in, and a question."""
    chasing.ask(house, id, Asking(actor=KANSLI), SETTINGS, now=NOW)
    waiting = mailing.listed(house, limit=3)
    for raw in (
        mails.answer("Hej! Vi antog det, § 41.", ("protokoll.pdf", mails.PDF), to=waiting[0].id),
        mails.answer("Vad gäller det här?", to="", subject="En fråga"),
        mails.postfix(waiting[1].recipient, original=waiting[1].id),
    ):
        incoming.receive(house, Letter("a", raw), now=NOW, domain=SETTINGS.mail_domain)
    _write_directives(house)
    questions.ask(
        house, "fraga", "Gäller det även kommunerna?", actor=REGION, region="12", uppdrag_id=id, now=NOW, key="fråga"
    )


def _write_directives(house: House) -> None:
    """A directive that was decided, and one in draft."""
    for uppdrag in ("U2026-04", "U2026-05"):
        directives.new(house, (uppdrag,), Stated(), actor=KANSLI, now=NOW)
    directives.decide(house, "D2026-01", NOW.date(), 9, actor=KANSLI, now=NOW)
