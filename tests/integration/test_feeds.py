"""Calendars to subscribe to: what stands in them, what never does, and links that are made, seen and ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from tests.cast import KANSLI, NOW, TODAY
from tests.integration.doing import decide, new, step, track, with_the_regions
from tests.web import ORIGIN, SETTINGS, Visiting, visiting
from uppdrag.service import feeds, meetings, tokens
from uppdrag.service.house import House

MEETINGS = Path(__file__).parents[2] / "definitions" / "meetings" / "exempel-2026-2027.csv"


@pytest.fixture
def id(any_house: House) -> str:
    """An uppdrag that Uppsala plans to decide on in June."""
    meetings.import_meetings(any_house, "exempel.csv", MEETINGS.read_bytes(), actor=KANSLI, now=NOW)
    id = with_the_regions(any_house, "01", "03")
    step(any_house, id, "omprioritera", planerad_tid="Q3 2026", tidsgrans="regionbeslut", paragraf="9")
    track(any_house, id, "03", "planera", instans="RF", datum="2026-06-09")
    return id


@pytest.fixture
def at(any_house: House) -> Iterator[Visiting]:
    with visiting(any_house) as somebody:
        somebody.log_in("region", "03", name="Eva Lind")
        yield somebody


def _events(content: bytes) -> dict[str, Any]:
    return {str(e["UID"]): e for e in Calendar.from_ical(content).walk("VEVENT")}


def _summaries(house: House, region: str) -> set[str]:
    return {str(e["SUMMARY"]) for e in _events(feeds.calendar(house, SETTINGS, region, now=NOW)).values()}


def test_a_region_sees_its_meetings_its_plans_and_when_time_is_up(any_house: House, id: str) -> None:
    told = _summaries(any_house, "03")
    assert f"{id} Uppsala: planerat beslut, RF" in told
    assert f"{id}: planerad tid för regionernas beslut går ut" in told
    assert "EXEMPEL: Regionfullmäktige, Uppsala" in told
    assert not any("Stockholm" in one or "Chefsgruppens" in one for one in told)
    kansli = _summaries(any_house, "")
    assert {f"{id} Uppsala: planerat beslut, RF", "EXEMPEL: Chefsgruppens möte"} <= kansli
    assert not any("Regionfullmäktige" in one for one in kansli)


def test_what_is_told_anew_keeps_its_name_and_rises(any_house: House, id: str) -> None:
    before = _events(feeds.calendar(any_house, SETTINGS, "03", now=NOW))
    again = feeds.calendar(any_house, SETTINGS, "03", now=NOW + timedelta(hours=5))
    assert again == feeds.calendar(any_house, SETTINGS, "03", now=NOW), "the same facts are the same bytes"
    track(any_house, id, "03", "planera", instans="RF", datum="2026-06-16")
    after = _events(feeds.calendar(any_house, SETTINGS, "03", now=NOW))
    (moved,) = (uid for uid, e in after.items() if "planerat beslut" in e["SUMMARY"])
    assert (before[moved].start, after[moved].start) == (date(2026, 6, 9), date(2026, 6, 16))
    assert after[moved].end == date(2026, 6, 17)
    assert after[moved]["SEQUENCE"] > before[moved]["SEQUENCE"]
    assert after[moved]["LAST-MODIFIED"].dt >= before[moved]["LAST-MODIFIED"].dt
    decide(any_house, id, "03", body="RF")
    assert moved not in _events(feeds.calendar(any_house, SETTINGS, "03", now=NOW))


def test_a_meeting_that_is_not_held_says_so(any_house: House, id: str) -> None:
    def held() -> list[str]:
        found = _events(feeds.calendar(any_house, SETTINGS, "03", now=NOW)).values()
        return [str(e["STATUS"]) for e in found if e.start == date(2026, 12, 1)]

    heading = "länskod;organ;datum;inställt\n"
    for row, expected in (("03;HSN;2026-12-01;\n", "CONFIRMED"), ("03;HSN;2026-12-01;ja\n", "CANCELLED")):
        meetings.import_meetings(any_house, "m.csv", (heading + row).encode(), actor=KANSLI, now=NOW)
        assert expected in held()


def test_a_sensitive_uppdrag_stands_with_its_neutral_title(any_house: House) -> None:
    secret = new(
        any_house, "regiongemensamt", title="Hemlig rubrik", neutral_title="Uppdrag A", sensitive=True, regions=("03",)
    ).uppdrag
    step(any_house, secret, "omprioritera", planerad_tid="Q3 2026", tidsgrans="regionbeslut", paragraf="9")
    for region in ("", "03"):
        content = feeds.calendar(any_house, SETTINGS, region, now=NOW)
        assert secret.encode() in content
        assert b"Uppdrag A" in content
        assert b"Hemlig" not in content


def test_a_link_is_made_seen_used_and_ended(at: Visiting, any_house: House, id: str) -> None:
    assert "Ingen länk gäller" in at.get("/kalender").text
    hidden = at.hidden(at.get("/kalender"))
    made = [at.post("/kalender", hidden) for _ in range(2)]
    addresses = {unescape(one) for page in made for one in re.findall(r'href="([^"]+\.ics)"', page.text)}
    assert len(addresses) == 1, "the same form sent twice is the same link"
    address = addresses.pop().removeprefix(ORIGIN)
    listed = at.get("/kalender").text
    assert "Eva Lind" in listed
    assert address.split("/")[-1].removesuffix(".ics") not in listed, "the secret is shown once"
    at.client.cookies.clear()
    found = at.get(address)
    assert (found.status_code, found.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert found.headers["cache-control"] == "private, no-cache"
    assert f"{id} Uppsala: planerat beslut" in found.text.replace("\r\n ", "")
    same = at.get(address, headers={"If-None-Match": found.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    at.web.visits.write()
    ((number, link),) = tokens.subscriptions(any_house, "03")
    assert link.used_on == TODAY
    secret = address.split("/")[-1]
    for elsewhere in (f"/kalender/region/01/{secret}", f"/kalender/kansli/{secret}", f"{address[:-6]}x.ics"):
        assert at.get(elsewhere).status_code == 404
    assert at.client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret[:-4]}"}).status_code == 401
    at.log_in("region", "01", name="Olle")
    assert at.post(f"/kalender/{number}/avsluta", {}).status_code == 404
    at.log_in("region", "03", name="Eva Lind")
    assert at.post(f"/kalender/{number}/avsluta", {}).status_code == 303
    assert at.get(address).status_code == 404
    assert "Ingen länk gäller" in at.get("/kalender").text


def test_there_is_an_end_to_how_many_links_there_are(at: Visiting, any_house: House) -> None:
    for n in range(tokens.MOST_FEEDS):
        assert at.post("/kalender", {"nyckel": f"form {n}"}).status_code == 200
    full = at.post("/kalender", {"nyckel": "one more"})
    assert full.status_code == 422
    assert "Ta bort en som inte används" in full.text
    at.log_in("kansli")
    assert at.post("/kalender", {"nyckel": "another"}).status_code == 200
