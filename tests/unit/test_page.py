"""A document as a piece of a web page: every text escaped, and each piece in the element that says what it is."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uppdrag.documents import page
from uppdrag.documents.document import Block, Bullets, Clauses, Document, Figure, Heading, Labelled, Paragraph, Table


def fragment(*blocks: Block, top: int = 1) -> str:
    made = Document(title="t", author="a", created=datetime(2026, 3, 27, tzinfo=UTC), blocks=blocks)
    return page.render(made, top=top)


def test_a_table_has_its_caption_and_headings_with_scope() -> None:
    table = Table(caption="Ärenden", headings=("Nr", "Ärende"), rows=(("1", "[titel]"),))
    shown = fragment(table)
    assert "<caption>Ärenden</caption>" in shown
    assert '<th scope="col">Nr</th><th scope="col">Ärende</th>' in shown
    assert "<tr><td>1</td><td><mark>[titel]</mark></td></tr>" in shown
    assert 'role="region" tabindex="0" aria-label="Ärenden"' in shown


def test_a_figure_says_what_it_shows_and_no_text_of_it_becomes_an_element() -> None:
    shown = fragment(Figure(svg="<svg></svg>", alt='Karta "över" <län>', caption="Läget"))
    assert 'role="img" aria-label="Karta &quot;över&quot; &lt;län&gt;"><svg></svg></div>' in shown
    assert "<figcaption>Läget</figcaption>" in shown
    with pytest.raises(ValueError, match="shows"):
        Figure(svg="<svg></svg>", alt=" \n", caption="Läget")


def test_headings_go_below_the_pages_own_and_skip_no_level() -> None:
    shown = fragment(Heading("A", 1), Heading("", 2), Heading("B", 3), Heading("C", 3), top=2)
    assert [line for line in shown.splitlines() if line.startswith("<h")] == ["<h2>A</h2>", "<h3>B</h3>", "<h4>C</h4>"]


def test_each_piece_says_what_it_is() -> None:
    shown = fragment(
        Paragraph("Tyst", quiet=True), Labelled((("Datum", "[datum]"),)), Clauses("Vi beslutar", ("att a", "att b"))
    )
    assert '<article class="handling" lang="sv-SE">' in shown
    assert '<p class="tyst">Tyst</p>' in shown
    assert "<dt>Datum</dt><dd><mark>[datum]</mark></dd>" in shown
    assert '<p>Vi beslutar</p>\n<ul class="att-satser"><li>att a</li><li>att b</li></ul>' in shown


class _Reader(HTMLParser):
    """The elements and attributes of a page, and the text in it."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}


@given(st.text(st.characters(codec=None, exclude_categories=())) | st.sampled_from(
    ['<script>alert(1)</script>', '"><img src=x onerror=a>', "' onload='x", "</article>", "[<b>]", "&lt;"],
))  # fmt: skip
def test_no_text_becomes_an_element(text: str) -> None:
    reader = _Reader()
    reader.feed(fragment(
        Heading(text), Paragraph(text), Labelled(((text, text),)), Bullets((text,)), Clauses(text, (text,)),
        Table(caption=text, headings=(text,), rows=((text,),)),
    ))  # fmt: skip
    assert reader.elements <= {
        "article", "h1", "p", "dl", "div", "dt", "dd", "ul", "li", "table", "caption", "thead", "tbody", "tr", "th",
        "td", "mark",
    }  # fmt: skip
    assert reader.attributes <= {"class", "lang", "role", "tabindex", "aria-label", "scope"}
