"""A meeting of chefsgruppen in a real browser, with nothing but the keyboard: from the agenda to what is sent out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from storage import sessions
from tests.browser.conftest import served
from tests.browser.held import plan_meetings
from tests.browser.seen import Site, violations
from tests.cast import KANSLI, NOW
from tests.integration.doing import step
from tests.integration.tampering import copy_of
from uppdrag.service import agenda, chefsgrupp, mailing, queries, signing_in
from uppdrag.service.house import House

DAY, NEXT = date(2026, 3, 27), date(2026, 4, 24)
AT = f"/moten/{DAY}"
_MOST_TABS = 400


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory, templates: Callable[[bool], object]) -> Iterator[Site]:
    """A meeting today, whose agenda is proposed and whose kallelse has not gone out."""

    def prepare(house: House, _: str) -> None:
        step(house, "U2026-02", "redovisa", mote="2026-03-06", paragraf="4", rapport="r.pdf", forslagsversion="2")
        plan_meetings(house, DAY, NEXT)

    with served(copy_of(templates(True), tmp_path_factory.mktemp("meeting")), prepare) as one:  # type: ignore[arg-type]
        yield one


def _to(page: Page, wanted: Locator) -> None:
    """Tab until something has the focus."""
    handle = wanted.element_handle()
    for _ in range(_MOST_TABS):
        if page.evaluate("e => e === document.activeElement", handle):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{wanted} is not reached by Tab")


def _press(page: Page, wanted: Locator) -> None:
    _to(page, wanted)
    page.keyboard.press("Enter")


def _named(page: Page, role: str, name: str) -> Locator:
    return page.get_by_role(role, name=name).first  # type: ignore[arg-type]  # one of playwright's roles


@pytest.mark.parametrize(
    "wide", [pytest.param(True, id="wide"), pytest.param(False, id="narrow", marks=pytest.mark.soak)]
)
def test_a_meeting_is_held_with_nothing_but_the_keyboard(
    open_page: Callable[..., Page], site: Site, wide: bool
) -> None:  # fmt: skip
    page = open_page(wide=wide)
    page.goto(AT)
    _moves_on(page)
    _press(page, _named(page, "link", "Kalla till mötet"))
    expect(page.locator(".sanning")).to_contain_text("får kallelsen")
    _press(page, page.get_by_role("button", name=re.compile("^Skicka kallelsen till")))
    expect(page.get_by_role("status")).to_contain_text("mejl är köade")
    assert mailing.listed(site.house, limit=3)
    page.goto(AT)
    assert not violations(page)
    page.goto(f"{AT}/protokoll")
    _attend(page)
    _decide(page, site, lose_the_network=wide)
    assert not violations(page)
    _press(page, _named(page, "button", "Visa vad som händer"))
    expect(page.locator(".sanning")).to_contain_text("1 uppdrag flyttas.")
    assert not violations(page)
    _press(page, _named(page, "button", "Avsluta mötet"))
    expect(page.get_by_role("status")).to_contain_text("Mötet är avslutat. Inget är skickat.")
    assert queries.detail(site.house, "U2026-02", now=NOW).row.state == "regionbeslut"
    expect(page.get_by_text("Expedieras när paragrafen är justerad.")).to_be_visible()
    _press(page, _named(page, "link", "Justera allt"))
    _press(page, _named(page, "button", "Justera"))
    expect(page.locator(".sanning")).to_contain_text("Protokollet är justerat och låst.")
    assert not violations(page)
    _press(page, _named(page, "link", "Expediera U2026-02"))
    expect(page.get_by_role("heading", name="Expediera version 2")).to_be_visible()


def _moves_on(page: Page) -> None:
    """An item is moved two places with Return twice: the focus goes with it."""
    title = page.locator("#punkt-2 .punkt-vad").inner_text().partition(". ")[2]
    down = page.locator("#punkt-2 button[value=ner]")
    _press(page, down)
    expect(page.locator("#punkt-3 .punkt-vad")).to_contain_text(title)
    page.keyboard.press("Enter")
    expect(page.locator("#punkt-4 .punkt-vad")).to_contain_text(title)


def _attend(page: Page) -> None:
    _press(page, page.locator("#alla-ledamoter"))
    expect(page.locator("#narvaro input[type=checkbox]:checked").first).to_be_visible()
    _to(page, page.locator("#f-ordforande"))
    page.keyboard.type("Ove Ord")
    page.keyboard.press("Tab")
    page.keyboard.type("Anna Ek")
    page.keyboard.press("Enter")
    expect(page.locator("#sagt")).to_have_text("Närvaron är sparad.")


def _decide(page: Page, site: Site, *, lose_the_network: bool) -> None:
    """Bifall on the approval, everything else to the protokoll, each saved by itself with Ctrl and Return."""
    items = [i for i in chefsgrupp.one(site.house, DAY).meeting.items if not i.withdrawn]
    left = len(items)
    for item in items:
        article = page.locator(f"#p-{item.number}")
        _to(page, article.locator("input[type=radio]").first)
        if item.uppdrag == "U2026-02":
            page.keyboard.press("Space")
            expect(article.get_by_label("Godkänd version av förslaget")).to_be_visible()
        else:
            for _ in range(4):
                page.keyboard.press("ArrowRight")
        expect(article.locator(".osparat")).to_have_text("Ändrat, inte sparat")
        if lose_the_network and item is items[0]:
            page.context.set_offline(True)
            page.keyboard.press("Control+Enter")
            expect(article.locator(".osparat")).to_contain_text("nätet svarar inte")
            page.context.set_offline(False)
        page.keyboard.press("Control+Enter")
        left -= 1
        expect(article.locator(".ta-lage")).to_contain_text("sparat")
        expect(page.locator("#kvar")).to_contain_text(f"{left} punkt" if left else "Alla punkter har utfall")


def test_what_is_refused_or_not_saved_is_not_left_behind(open_page: Callable[..., Page], site: Site) -> None:
    agenda.summon(site.house, DAY, None, actor=KANSLI, now=NOW)
    page = open_page()
    page.goto(f"{AT}/protokoll")
    article = page.locator("#p-2")
    article.locator("summary").click()
    article.locator("#f-punkt2_beslut").fill("Så beslutas.")
    article.locator("#f-punkt2_atg0_vad").fill("Boka sal")
    article.locator("#spara-2").click()
    expect(article.get_by_role("alert")).to_contain_text("Vem som gör åtgärden saknas.")
    expect(article.get_by_role("alert")).to_be_in_viewport()
    expect(article.locator("#f-punkt2_beslut")).to_have_value("Så beslutas.")
    assert not violations(page)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="Mötet 27 mars").click()
    assert asked == ["beforeunload"]
    article.locator("#f-punkt2_atg0_vem").fill("Anna Ek")
    article.locator("#spara-2").click()
    expect(article.locator(".ta-lage")).to_contain_text("sparat")
    page.get_by_role("link", name="Mötet 27 mars").click()
    expect(page.get_by_role("heading", name="Chefsgruppens möte")).to_be_visible()


def test_a_session_that_ends_while_minutes_are_taken_costs_nothing(open_page: Callable[..., Page], site: Site) -> None:
    agenda.summon(site.house, DAY, None, actor=KANSLI, now=NOW)
    page = open_page()
    page.goto(f"{AT}/protokoll")
    page.locator("#f-punkt2_beslut").fill("Så beslutas.")
    with site.house.database.transaction() as session:
        sessions.end(session, signing_in._digest("browser-kansli-"))
    page.locator("#spara-2").click()
    expect(page.get_by_role("heading", name="Logga in")).to_be_visible()
    expect(page).to_have_url(re.compile("vidare=/fortsatt"))
