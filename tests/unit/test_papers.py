"""Every kind of document, whatever stands in its fields: archivable and tagged, all of it there, the same each time."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise

import pikepdf
import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 has no types of its own
import pytest
import time_machine
from docx import Document as open_docx  # noqa: N813 - a function, whatever it is called

from tests.papers import KINDS, NEUTRAL, WITH_ITEMS
from tests.unit.test_pdf import EXTREME, failures, read, tags
from uppdrag.documents import page
from uppdrag.documents.document import plain
from uppdrag.documents.formats import FORMATS, Format, file_name, rendered
from uppdrag.service.papers_neutral import Neutral
from workflow.meeting import AgendaItem, Why

HUNDRED = 100
_VALIDATORS_OWN = "PDFA2A-STREAM-LENGTH-001"  # see test_pdf
kinds = pytest.mark.parametrize("kind", KINDS)


def squeezed(text: str) -> str:
    """A text without its spaces and hyphens, which lines may be broken at, and without what PDF readers put there."""
    return re.sub(r"[\s\x02\u00ad\u200b-]", "", text)


def keeps_to_the_standards(content: bytes) -> None:
    assert failures(content, "ua1") == []
    assert [f for f in failures(content, "2a") if not f.startswith(_VALIDATORS_OWN)] == []
    with pikepdf.open(BytesIO(content)) as opened:
        assert bool(opened.Root.MarkInfo.Marked)
        assert str(opened.Root.Lang) == "sv-SE"
        assert str(opened.docinfo.Title)
        assert bool(opened.Root.ViewerPreferences.DisplayDocTitle)
    found = tags(content)
    assert found.count("/H1") == 1
    levels = [1, *(int(tag[2:]) for tag in found if re.fullmatch(r"/H\d", tag))]
    assert all(after <= before + 1 for before, after in pairwise(levels))


@kinds
def test_everything_at_once_in_every_field(kind: str) -> None:
    holds_up(kind, " ".join(text[:100] for text in EXTREME.values()))


@pytest.mark.soak
@kinds
@pytest.mark.parametrize("text", EXTREME.values(), ids=EXTREME)
def test_whatever_stands_in_every_field(kind: str, text: str) -> None:
    holds_up(kind, text)


def holds_up(kind: str, text: str) -> None:
    made = KINDS[kind](text, 3)
    keeps_to_the_standards(rendered(made, "pdf"))
    opened = open_docx(BytesIO(rendered(made, "docx")))
    assert opened.core_properties.title == plain(made.title)[:255]
    assert opened.core_properties.language == "sv-SE"
    reader = _Elements()
    reader.feed(rendered(made, "html").decode())
    assert reader.found <= {
        "html", "head", "meta", "title", "style", "body", "main", "article", "footer", "h1", "h2", "h3", "h4", "p",
        "strong", "mark", "div", "span", "dl", "dt", "dd", "ul", "li", "table", "caption", "thead", "tbody", "tr", "th",
        "td", *_DRAWN,
    }  # fmt: skip


_DRAWN = ("figure", "figcaption", "svg", "desc", "g", "path", "rect", "text", "defs", "pattern", "clippath")
"""What a picture of ours is made of: nothing in it runs, and nothing is fetched."""


class _Elements(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@kinds
def test_a_document_about_nothing_is_still_one(kind: str) -> None:
    keeps_to_the_standards(rendered(KINDS[kind]("", 0), "pdf"))
    open_docx(BytesIO(rendered(KINDS[kind]("", 0), "docx")))


@pytest.mark.parametrize("kind", sorted(WITH_ITEMS))
def test_a_hundred_items_are_all_there_in_every_format(kind: str) -> None:
    made = KINDS[kind]("ärende om läkemedelsförsörjning", HUNDRED)
    content = rendered(made, "pdf")
    keeps_to_the_standards(content)
    reader = _Elements()
    reader.feed(rendered(made, "html").decode())
    opened = open_docx(BytesIO(rendered(made, "docx")))
    cells = [cell.text for table in opened.tables for cell in table._cells]
    for text in (read(content), reader.text, "\n".join([*(p.text for p in opened.paragraphs), *cells])):
        whole = squeezed(text)
        assert [n for n in range(1, HUNDRED + 1) if squeezed(f"{n} ärende om läkemedelsförsörjning") not in whole] == []


@pytest.mark.parametrize("kind", ["dagordning", "kallelse", "protokoll"])
def test_no_heading_stands_last_on_a_page(kind: str) -> None:
    made = KINDS[kind]("ärende", HUNDRED)
    headings = {plain(b.text) for b in made.blocks if hasattr(b, "level") and hasattr(b, "text")}
    with pypdfium2.PdfDocument(rendered(made, "pdf")) as opened:
        pages = [leaf.get_textpage().get_text_bounded().splitlines() for leaf in opened]
    assert len(pages) > 5
    for lines in pages[:-1]:
        last = [line.strip() for line in lines if "Sida " not in line and made.footer not in line][-1]
        assert last not in headings
        item = re.match(r"(§ )?\d+\.? \d+ ärende", last) and not last.endswith("(Utgår)")
        assert not item, "the heading of an item, without what it says"


@kinds
def test_nothing_runs_off_the_page(kind: str) -> None:
    texts = " ".join(EXTREME[name][:150] for name in ("long", "unbroken", "address"))
    with pypdfium2.PdfDocument(rendered(KINDS[kind](texts, 2), "pdf")) as opened:
        for leaf in opened:
            text = leaf.get_textpage()
            boxes = [text.get_charbox(n) for n in range(text.count_chars())]
            assert all(left > 70 and right < 526 for left, _, right, _ in boxes if right > left)


@kinds
@pytest.mark.parametrize("format", FORMATS)
def test_the_same_document_gives_the_same_bytes_whenever_it_is_written(kind: str, format: Format) -> None:
    with time_machine.travel(datetime(2026, 3, 20, 9, tzinfo=UTC)):
        once = rendered(KINDS[kind]("Ett ärende", 3), format)
    with time_machine.travel(datetime(2027, 11, 2, 23, tzinfo=UTC)):
        assert rendered(KINDS[kind]("Ett ärende", 3), format) == once


@kinds
def test_a_file_is_called_what_it_is(kind: str) -> None:
    name = file_name(KINDS[kind]("../../x", 1), "pdf")
    assert re.fullmatch(r"[\w-]+\.pdf", name), "a text never becomes a path"


@kinds
def test_a_draft_says_so_on_every_page(kind: str) -> None:
    made = KINDS[kind]("ärende", 30)
    word = {"protokoll": "UTKAST", "per capsulam": "UTKAST", "protokollsutdrag": "EJ JUSTERAD"}.get(kind, "")
    with pypdfium2.PdfDocument(rendered(made, "pdf")) as opened:
        pages = [leaf.get_textpage().get_text_bounded() for leaf in opened]
    assert all(word in text for text in pages)
    if not word:
        assert not any("UTKAST" in text or "EJ JUSTERAD" in text for text in pages)


@kinds
def test_no_paper_tells_how_to_appeal_and_none_decides_for_a_region(kind: str) -> None:
    text = page.render(KINDS[kind]("ärende", 5)).casefold()
    assert "överklag" not in text
    assert "besvär" not in text


def test_a_sensitive_uppdrag_has_its_neutral_title_wherever_its_own_stands() -> None:
    neutral = Neutral({"U2026-09": ("Hemlig plats", "Översyn"), "U2026-10": ("Hemlig", "Annat")})
    item = AgendaItem(
        key="a", section="s", kind="beslut", title="Hemlig plats", why=Why.of("task", what="Hemlig plats", due=""),
        uppdrag="U2026-09", proposal="Chefsgruppen godkänner hemlig PLATS.", documents=("hemlig.pdf",),
    )  # fmt: skip
    told = neutral.item(item)
    assert (told.title, told.proposal) == ("Översyn", "Chefsgruppen godkänner Översyn.")
    assert (told.documents, told.why) == ((), Why("standing"))
    assert neutral.text("Hemlig") == "Annat"
    assert NEUTRAL.item(item) == item
