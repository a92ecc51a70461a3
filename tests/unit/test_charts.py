"""Pictures say in words and numbers what they show, can be read without colours, and are the same each time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from xml.etree import ElementTree

import pytest

from tests.cast import NOW
from uppdrag.documents import charts, charts_svg, charts_time, docx, page, pdf
from uppdrag.documents.charts import LETTERS, WORDS, Kind, Picture
from uppdrag.documents.charts_time import Bar
from uppdrag.documents.document import Document, Heading

SVG = "{http://www.w3.org/2000/svg}"
CODES = "01 03 04 05 06 07 08 09 10 12 13 14 17 18 19 20 21 22 23 24 25"
NAMES = {code: f"Region {code}" for code in CODES.split(" ")}
KINDS: dict[str, Kind] = {code: list(WORDS)[n % len(WORDS)] for n, code in enumerate(NAMES)}
DAYS = [date(2026, 4, 20), date(2026, 4, 20), date(2026, 6, 15)]
HOSTILE = ("$x^2$ <script>alert(1)</script>", "]]>&amp; \\frac", "\x00\u202eåäö \U0001f600", "", "x" * 400, "{}%s")


def the_map(text: str = "Karta") -> Picture:
    return charts.region_map(text, KINDS, {**NAMES, "01": text})


def decided(text: str = "Beslut") -> Picture:
    return charts_time.decided_over_time(
        text, DAYS, 21, (date(2026, 4, 1), date(2026, 9, 30)), date(2026, 7, 1), undated=2, name="beslut"
    )  # fmt: skip


def plan(text: str = "Plan") -> Picture:
    bars = [Bar(text, date(2026, 1, 1), date(2026, 3, 31), True), Bar("b", date(2026, 4, 1), date(2026, 9, 30), False)]
    return charts_time.plan_by_quarter(text, bars, date(2026, 7, 1))


def regions(text: str = "Regioner") -> Picture:
    return charts.by_region(text, [(text, KINDS), ("två", {"01": "antagen"})], {**NAMES, "25": text})


def states(text: str = "Gång") -> Picture:
    return charts.by_state(text, [(text, 3), ("Beredd", 0), ("Klar", 1)])


ALL = (the_map, decided, plan, regions, states)


def parsed(picture: Picture) -> ElementTree.Element:
    return ElementTree.fromstring(picture.svg)  # noqa: S314 - our own drawing


def texts(picture: Picture) -> str:
    return " ".join("".join(element.itertext()) for element in parsed(picture).iter(f"{SVG}text"))


@pytest.mark.parametrize("made", ALL)
def test_the_same_input_gives_the_same_bytes(made: Callable[[], Picture]) -> None:
    ours = made()
    assert ours.svg == made().svg
    assert ours.png == made().png
    assert ours.png.startswith(b"\x89PNG")


def test_another_process_draws_the_same() -> None:
    digest = sha256("".join(one().svg for one in ALL).encode()).hexdigest()
    asked = (
        "from tests.unit.test_charts import ALL; from hashlib import sha256; "
        "print(sha256(''.join(one().svg for one in ALL).encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/New_York"}
    told = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True, env=environment)
    assert told.stdout.strip() == digest


@pytest.mark.parametrize("made", ALL)
def test_a_picture_says_what_it_shows(made: Callable[[], Picture]) -> None:
    picture = made()
    root = parsed(picture)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert (root.get("role"), title.text) == ("img", picture.title)
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert picture.alt in (description.text or "")
    assert picture.table.rows


def test_the_table_and_the_words_have_the_numbers_of_the_picture() -> None:
    counts = Counter(KINDS.values())
    picture = the_map("Stockholm")
    assert Counter(row[1] for row in picture.table.rows) == {WORDS[k]: n for k, n in counts.items()}
    for k, n in counts.items():
        assert f"{n} {WORDS[k]}" in picture.alt
        assert f"{WORDS[k]}: {n}" in texts(picture)
    assert decided().table.rows == (("2026-04-20", "2"), ("2026-06-15", "3"), ("dag saknas", "5"))
    assert decided().alt.startswith("3 av 21 regioner")
    assert [row[1:] for row in states().table.rows] == [("3",), ("0",), ("1",)]
    first = regions().table.rows[0]
    assert list(first[1:-1]) == [str(counts[k]) for k in WORDS]
    assert [row[1:] for row in plan().table.rows] == [
        ("2026-01-01", "2026-03-31", "ja"),
        ("2026-04-01", "2026-09-30", "nej"),
    ]


def test_nothing_is_told_by_colour_alone() -> None:
    from uppdrag.documents import charts_svg

    assert len(set(LETTERS.values())) == len(WORDS)
    looks = charts.looks_of()
    ground = Counter((look.fill, look.hatch) for look in looks.values())
    assert ground[charts_svg.PAPER, ""] == 2, "what is not known, and what is not asked yet, are both blank"
    assert len(ground) == len(WORDS) - 1
    assert contrast(charts_svg.FILL, charts_svg.PAPER) >= 4.5
    assert contrast(charts_svg.INK, charts_svg.PAPER) >= 7
    colours = {c.lower() for made in ALL for c in re.findall(r"#[0-9a-fA-F]{6}\b", made().svg)}
    assert colours <= {charts_svg.INK, charts_svg.PAPER, charts_svg.FILL}


def test_no_shore_runs_through_a_letter_on_the_map() -> None:
    from uppdrag.documents import charts_svg

    drawn = parsed(charts.region_map("Karta", dict.fromkeys(NAMES, "antagen"), NAMES))
    filled = [e for e in drawn.iter(f"{SVG}path") if e.get("fill") == charts_svg.FILL]
    assert len(filled) == 2 * len(NAMES) + 1, "every region, a piece of ground under each letter, and the legend"


def contrast(one: str, other: str) -> float:
    """WCAG 2.1, relative luminance."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("made", ALL)
def test_a_hostile_text_is_only_text(made: Callable[[str], Picture], text: str) -> None:
    picture = made(text)
    root = parsed(picture)
    assert not [
        e for e in root.iter() if e.tag.rpartition("}")[2] in ("script", "style", "image", "foreignObject", "a")
    ]
    assert "\x00" not in picture.svg
    assert picture.png
    if text.startswith("$") and made is states:
        assert "$x^2$ <script>" in texts(picture)


def test_five_pictures_can_stand_on_one_page_that_lets_no_style_stand_inline() -> None:
    ids: list[str] = []
    for made in ALL:
        root = parsed(made())
        its = [e.get("id", "") for e in root.iter() if e.get("id")]
        referred = set(re.findall(r"url\(#([^)]+)\)", made().svg)) | set(re.findall(r' href="#([^"]+)"', made().svg))
        assert referred <= set(its)
        assert not [e for e in root.iter() if e.get("style")]
        ids += its
    assert len(ids) == len(set(ids))


def test_a_page_gives_the_picture_its_own_colours() -> None:
    shown = charts_svg.on_page(the_map().svg)
    assert not re.search(r"#[0-9a-f]{6}\b", shown)
    assert "currentColor" in shown


@pytest.mark.parametrize("made", ALL)
def test_every_format_takes_the_same_picture(made: Callable[[], Picture]) -> None:
    picture = made()
    document = Document(
        title="Bilder", author="Kansliet", created=NOW, blocks=(Heading("Bilder", 1), *picture.blocks())
    )  # fmt: skip
    assert picture.svg in page.whole(document).decode()
    for render in (docx.render, pdf.render):
        assert render(document) == render(document)


def test_nothing_is_imported_before_a_picture_is_drawn() -> None:
    asked = (
        "import sys, uppdrag.documents.formats, uppdrag.documents.charts, uppdrag.service.pictures; "
        "print([m for m in ('matplotlib', 'numpy') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"
