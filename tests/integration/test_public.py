"""The page for everybody: nothing sensitive, nobody's name, and nothing before a person has looked at the whole."""

from __future__ import annotations

import re

import pytest

from storage import log
from tests.cast import NOW, actor
from tests.integration.lived import FIRST, live_a_little
from uppdrag.service import commands, public, queries
from uppdrag.service.house import House
from workflow.commands import Decide
from workflow.errors import NotFound, Refused
from workflow.events import StatusPublished


def published(house: House) -> list[StatusPublished]:
    with house.database.reading() as session:
        events = [e.event for e in log.read(session, public.STREAM)]
    return [e for e in events if isinstance(e, StatusPublished)]


@pytest.mark.parametrize("name", ["", "  ", "x" * 300])
def test_nothing_is_published_unless_somebody_confirms_it_by_name(house: House, name: str) -> None:
    pages: list[bytes] = []
    with pytest.raises(Refused) as no:
        public.publish(house, name, pages.append, now=NOW)
    assert [r.code for r in no.value.refusals] == ["publication_unconfirmed"]
    assert (pages, published(house)) == ([], [])


def test_the_log_says_who_confirmed_what(any_house: House) -> None:
    live_a_little(any_house)
    pages: list[bytes] = []
    made, recorded = public.publish(any_house, "Anna  Ek", pages.append, now=NOW)
    (event,) = published(any_house)
    assert (recorded.actor.name, recorded.registered_at) == ("Anna Ek", NOW)
    assert (event.digest, pages) == (made.digest, [made.page])
    assert queries.verify(any_house).findings == ()


def test_a_page_that_could_not_be_kept_was_not_published(house: House) -> None:
    def full(_: bytes) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        public.publish(house, "Anna Ek", full, now=NOW)
    assert published(house) == []
    with house.database.transaction() as session, pytest.raises(NotFound):
        log.lock(session, public.STREAM)


def test_a_sensitive_uppdrag_is_not_there_at_all(house: House) -> None:
    secret = queries.detail(house, "U2026-09", now=NOW).row
    found = public.shown(house, now=NOW)
    page = found.page.decode()
    assert [r.id for r in found.left_out] == ["U2026-09"]
    assert not any(told in page for told in (secret.id, secret.title, secret.neutral_title))


def test_only_what_a_region_has_decided_is_shown_and_nobody_by_name(house: House) -> None:
    live_a_little(house)
    given = Decide(
        actor=actor("region", "Mikael Hemlig"), region="09", outcome="antagen_med_anpassning", dnr="RS Hemlig 1",
        body="direktör Ingegerd Hemlig", adaptation="Hemlig vill", note="ring Hemlig", kind="delegationsbeslut",
        delegationspunkt="4.2 Hemlig",
    )  # fmt: skip
    commands.handle(house, FIRST, given, now=NOW)
    page = public.shown(house, now=NOW).page.decode()
    assert "Hemlig" not in page
    rows = re.findall(
        r"<tr><td>([^<]+)</td><td>([^<]+)</td><td>(?:<span[^>]*>)?([^<]+)(?:</span>)?</td><td>([^<]+)", page
    )
    decided = {row[0]: row[1:] for row in rows if row[1] in ("Antagen", "Antagen med anpassning", "Avslagen")}
    assert decided["Stockholm"] == ("Antagen med anpassning", "2026-03-27", "RF")
    assert decided["Gotland"] == ("Antagen med anpassning", "Uppgift saknas", "annan instans")
    assert "Uppsala" not in page, "a region that has not decided is not named"
    assert not re.search(r"försenad|efter planerad tid", page)


def test_the_page_needs_nothing_from_anywhere(house: House) -> None:
    page = public.shown(house, now=NOW).page.decode()
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import|src=|\son\w+=", page)
