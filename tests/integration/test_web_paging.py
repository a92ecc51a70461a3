"""Long lists are shown a page at a time: each uppdrag on one page and no more, and the first sentence counts all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from tests.integration.doing import decide, with_the_regions
from tests.web import Visiting, visiting
from uppdrag.service import following, overview
from uppdrag.service.house import House
from uppdrag.web import listing
from workflow.calendar import parse_span

_ROW = re.compile(r'href="/uppdrag/(U\d{4}-\d+)"')
_ASKED = re.compile(r'href="/svar/(U\d{4}-\d+)/03"')
_NEXT = re.compile(r'rel="next" href="([^"]+)"')


@pytest.fixture
def at(any_house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visiting]:
    for module, name, size in (
        (following, "PAGE", 2), (following, "BESIDE", 2), (following, "COUNTED", 4), (listing, "SHOWN", 2),
        (overview, "SHOWN", 2),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, size)
    with visiting(any_house) as somebody:
        somebody.log_in("kansli")
        yield somebody


def lying(house: House, many: int) -> list[str]:
    """So many uppdrag that lie with Uppsala and Stockholm, half of them without a planned time."""
    times = {"regionbeslut": parse_span("Q3 2026")}
    return [with_the_regions(house, "01", "03", times=times if n % 2 else {}) for n in range(many)]


def turned(at: Visiting, path: str, row: re.Pattern[str] = _ROW) -> list[list[str]]:
    """The uppdrag on each page, from the first to the last."""
    pages = []
    while path:
        text = at.get(path).text
        pages.append(list(dict.fromkeys(row.findall(text))))
        found = _NEXT.search(text)
        path = unescape(found[1]) if found else ""
        assert len(pages) < 50
    return pages


def told(at: Visiting, path: str) -> str:
    return at.get(path).text.replace("\xa0", " ")


def each_once(pages: list[list[str]]) -> list[str]:
    assert all(len(page) <= 2 for page in pages)
    found = [id for page in pages for id in page]
    assert len(found) == len(set(found))
    return found


def test_a_region_turns_the_pages_of_what_waits_for_it(at: Visiting) -> None:
    ids = lying(at.house, 5)
    decide(at.house, ids[0], "03")
    first = told(at, "/regioner/03")
    assert "4 uppdrag väntar på beslut" in first
    assert "1 uppdrag är beslutat" in first
    found = each_once(turned(at, "/svar/03", _ASKED))
    assert found == [ids[1], ids[3], ids[2], ids[4]], "a planned time comes before none"


def test_more_than_are_counted_is_said_to_be_more(at: Visiting) -> None:
    lying(at.house, 5)
    assert "Fler än 4 uppdrag väntar på beslut" in told(at, "/regioner/03")


@pytest.mark.parametrize("order", ["", "tid", "ansvarig", "regioner", "alder"])
def test_the_list_has_every_uppdrag_on_one_page(at: Visiting, order: str) -> None:
    found = each_once(turned(at, f"/uppdrag?visa=alla&ordning={order}"))
    assert len(found) == 19
    assert "19 uppdrag" in told(at, f"/uppdrag?visa=alla&ordning={order}&sida=999")


def test_the_matrix_has_every_uppdrag_on_one_page(at: Visiting) -> None:
    ids = lying(at.house, 5)
    assert each_once(turned(at, "/laget")) == ids
    assert "5 uppdrag ligger hos regionerna" in told(at, "/laget?sida=3")
