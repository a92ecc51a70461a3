"""Documents and forms: real headings, properties of their own, nothing that breaks a file or becomes a formula."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from docx import Document as open_docx  # noqa: N813 - a function, whatever it is called
from docx.enum.text import WD_COLOR_INDEX
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own

from uppdrag.documents import docx, form
from uppdrag.documents.document import Bullets, Clauses, Document, Figure, Heading, Labelled, Paragraph, Table, plain
from uppdrag.documents.form import Column, Form
from uppdrag.intake import decisions
from uppdrag.intake.decisions import outcome_id
from workflow.model import Actor

WRITTEN = datetime(2026, 3, 27, 9, 15, tzinfo=UTC)
HOSTILE = "\x00\x07a\x1fb\x85\ud800\ufffe <w:p>&\r\nc\td"


def document(text: str = "Ett förslag", **more: Any) -> Document:
    blocks = (
        Heading(text, 1), Labelled(((text, "[datum]"), ("Uppdrag", text))), Heading("Förslag till beslut"),
        Clauses(text, (f"att anta {text}, och", "att [anpassning]")), Paragraph(text, quiet=True), Bullets((text,)),
        Table(caption=text, headings=("Nr", text), rows=(("1", text), ("2", text)), widths=(1, 4)),
    )  # fmt: skip
    return Document(title=text, author="NSPL:s kansli", created=WRITTEN, blocks=blocks, footer=text, **more)


def opened(content: bytes) -> Any:
    return open_docx(BytesIO(content))


def test_a_document_has_real_headings_and_att_satser_of_their_own() -> None:
    made = opened(docx.render(document()))
    styles = [(p.style.name, p.text) for p in made.paragraphs]
    assert styles[0] == ("Heading 1", "Ett förslag")
    assert ("Heading 2", "Förslag till beslut") in styles
    assert [text for style, text in styles if style == "Att-sats"] == ["att anta Ett förslag, och", "att [anpassning]"]
    assert ("List Bullet", "Ett förslag") in styles


def test_a_document_says_who_when_and_in_which_language() -> None:
    content = docx.render(document(subject="U2026-01"))
    p = opened(content).core_properties
    assert (p.title, p.author, p.last_modified_by) == ("Ett förslag", "NSPL:s kansli", "NSPL:s kansli")
    assert (p.language, p.subject, p.comments, p.keywords) == ("sv-SE", "U2026-01", "", "")
    assert (p.created, p.modified) == (WRITTEN, WRITTEN)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        styles = archive.read("word/styles.xml").decode()
        assert 'w:lang w:val="sv-SE"' in styles
        assert "en-US" not in styles
        assert "thumbnail" not in "".join(archive.namelist())


def test_a_document_is_a4_with_numbered_pages() -> None:
    made = opened(docx.render(document()))
    (section,) = made.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert 'w:instr="PAGE"' in section.footer.paragraphs[0]._p.xml


def test_what_is_to_be_filled_in_is_marked() -> None:
    runs = [r for p in opened(docx.render(document())).paragraphs for r in p.runs]
    marked = [r.text for r in runs if r.font.highlight_color == WD_COLOR_INDEX.YELLOW]
    assert marked == ["[datum]", "[anpassning]"]


def test_a_table_in_a_document_has_a_caption_and_a_first_row_that_is_repeated() -> None:
    made = opened(docx.render(document()))
    (table,) = made.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Nr", "Ett förslag"], ["1", "Ett förslag"], ["2", "Ett förslag"],
    ]  # fmt: skip
    assert ["tblHeader" in row._tr.xml for row in table.rows] == [True, False, False]
    assert [round(cell.width.mm) for cell in table.rows[0].cells] == [32, 128]
    assert [p.text for p in made.paragraphs if p.style.name == "Caption"] == ["Ett förslag"]


def test_a_figure_in_a_document_is_a_picture_that_says_what_it_shows() -> None:
    square = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40"/></svg>'
    blocks = (Heading("Karta", 1), Figure(svg=square, alt="En kvadrat", caption="Läget"))
    made = opened(docx.render(replace(document(), blocks=blocks)))
    (shape,) = made.inline_shapes
    assert (shape._inline.docPr.get("descr"), round(shape.width.mm)) == ("En kvadrat", 160)
    assert [p.text for p in made.paragraphs] == ["Karta", "", "Läget"]


@pytest.mark.parametrize("wrong", [
    {"headings": ()}, {"rows": (("1",),)}, {"rows": (("1", "2", "3"),)}, {"widths": (1,)}, {"widths": (0, 1)},
])  # fmt: skip
def test_a_table_whose_cells_do_not_fill_its_columns_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="column"):
        Table(**({"caption": "c", "headings": ("a", "b"), "rows": (("1", "2"),)} | wrong))


def test_no_text_is_shown_in_another_order_than_it_is_read() -> None:
    assert plain("a\u202eb\u2066c\u2069") == "abc"


def test_hostile_text_is_only_text_in_a_document() -> None:
    made = opened(docx.render(document(HOSTILE)))
    assert made.paragraphs[0].text == "ab <w:p>& c d"
    assert made.core_properties.title == "ab <w:p>& c d"


@settings(max_examples=40)
@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_no_text_breaks_a_document_or_a_form(text: str) -> None:
    opened(docx.render(document(text)))
    made = Form(title=text, author=text, created=WRITTEN, columns=(Column(heading="a", help=text),), rows=((text,),))
    cell = load_workbook(BytesIO(form.to_xlsx(made))).worksheets[0]["A2"]
    assert cell.data_type != "f"
    assert str(cell.value or "") == form.neutral(text)
    form.to_csv(made)


@pytest.mark.parametrize("start", ["=1+1", "+46", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(start: str) -> None:
    made = Form(title="t", author="a", created=WRITTEN, columns=(Column(heading="a", help=start),), rows=((start,),))
    book = load_workbook(BytesIO(form.to_xlsx(made)))
    cells = [c for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.value]
    assert all(c.data_type == "s" and not str(c.value).startswith(("=", "+", "-", "@", "\t", "\r")) for c in cells)
    (_, (cell,)) = csv.reader(StringIO(form.to_csv(made).decode("utf-8-sig")), delimiter=";")
    assert cell.startswith("'")


def test_a_form_keeps_the_zero_offers_choices_and_says_how_to_fill_it_in() -> None:
    columns = (
        Column(heading="region", help="Länskoden."), Column(heading="utfall", help="Välj.", choices=("Ja", "Nej")),
        Column(heading="datum", help="Dagen.", day=True),
    )  # fmt: skip
    made = Form(title="Beslut", author="NSPL:s kansli", created=WRITTEN, columns=columns, rows=(("03", "", ""),),
                notes=("En rad för varje beslut.",))  # fmt: skip
    book = load_workbook(BytesIO(form.to_xlsx(made)))
    sheet, guide = book.worksheets
    assert (sheet["A2"].value, sheet["A2"].number_format, sheet["C2"].number_format) == ("03", "@", "yyyy-mm-dd")
    (choice,) = sheet.data_validations.dataValidation
    assert (choice.formula1, str(choice.sqref)) == ('"Ja,Nej"', "B2:B22")
    assert [row[1].value for row in guide.iter_rows(min_row=2)] == [
        "Länskoden.", "Välj.", "Dagen.", "En rad för varje beslut."
    ]  # fmt: skip
    assert (book.properties.title, book.properties.creator) == ("Beslut", "NSPL:s kansli")


def test_a_workbook_of_decisions_is_read_as_a_csv_file_is() -> None:
    made = Form(
        title="t", author="a", created=WRITTEN, rows=(("U2026-01", "03", "Antagen med anpassning", "2026-06-09"),),
        columns=tuple(Column(heading=h, help="") for h in ("uppdrag", "region", "utfall", "datum")),
    )  # fmt: skip
    actor = Actor(role="kansli", name="Anna")
    (row,), bad = decisions.read(form.to_xlsx(made), actor)
    assert ((row,), bad) == (tuple(decisions.read(form.to_csv(made), actor)[0]), [])
    assert (row.command.region, row.command.outcome) == ("03", "antagen_med_anpassning")


def test_a_spreadsheet_that_takes_the_zero_of_a_lanskod_loses_nothing() -> None:
    (row,), _ = decisions.read(b"uppdrag;region;utfall\nU2026-01;3;antagen\n", Actor(role="kansli", name="Anna"))
    assert row.command.region == "03"


@pytest.mark.parametrize(
    ("words", "id"),
    [("Antagen", "antagen"), ("  Antagen  med anpassning", "antagen_med_anpassning"), ("Ej berörd", "ej_berord"),
     ("Återremitterad", "aterremitterad"), ("antagen_med_anpassning", "antagen_med_anpassning")],
)  # fmt: skip
def test_an_outcome_may_be_written_as_people_do(words: str, id: str) -> None:
    assert outcome_id(words) == id


def test_text_stays_on_one_line() -> None:
    assert plain("a\r\n\tb\u2028c") == "a bc"
