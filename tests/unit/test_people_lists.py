"""Lists of people, CSV and XLSX: every line that will not do is named."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own

from tests.cast import TODAY
from tests.unit.offices import BY_CODE, REGIONS, example, holder
from uppdrag.intake import people, tabular
from uppdrag.intake.addresses import clean_address
from uppdrag.words import sentence
from workflow.facts import BadFact
from workflow.people import Holder
from workflow.roster import Stated, compare

HEADING = "befattning;länskod;namn;e-post;form;delad brevlåda;vakant;från;till"


def lines(*rows: str, heading: str = HEADING) -> bytes:
    return "\n".join((heading, *rows)).encode()


def told(content: bytes) -> list[tuple[int, str]]:
    """Every bad line with the sentence that people read about it."""
    return sorted((number, sentence(refusal)) for number, refusal in people.read(content, REGIONS)[1])


def workbook(*rows: Sequence[object], numbers_as: str = "General") -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    for cell in book.active["B"]:
        cell.number_format = numbers_as
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_the_example_holds_every_office_and_reserved_domains_only() -> None:
    held = example()
    for office in ("kontakt", "namndsekreterare", "registrator", "hsd", "regiondirektor"):
        assert [h.region for h in held if h.office == office] == sorted(BY_CODE), office
    members = [h for h in held if h.office == "chefsgrupp"]
    assert len(members) == 12
    for title in ("Regiondirektör", "HSD"):
        led = [BY_CODE[h.region].samverkansregioner[0] for h in members if title in h.name]
        assert sorted(led) == sorted(s for s in {r.samverkansregioner[0] for r in REGIONS})
    national = [h.office for h in held if not h.region]
    assert sorted(national) == ["c_nspl", "chefsgrupp_adjungerad", "chefsgrupp_adjungerad", "kansli", "ordforande"]
    assert all(h.email.endswith(".example") and h.name.startswith("Exempel ") for h in held)


def test_headings_may_be_english_and_a_region_named() -> None:
    heading = "office,Region,Email,Shared,Capacity,From"
    row = "registrator,Region Halland,a@b.example,x,acting,2026-04-01"
    rows, refused = people.read(lines(row, heading=heading), REGIONS)
    assert not refused
    (read,) = rows
    assert read.holder == Holder(
        id="", office="registrator", region="13", email="a@b.example", shared=True, capacity="tf",
        first=date(2026, 4, 1),
    )  # fmt: skip
    assert "name" not in read.columns


def test_every_bad_line_is_named_at_once() -> None:
    found = told(
        lines(
            "registrator;1;Anna;a@b.example;;;;;",
            "kejsare;03;Anna;a@b.example;;;;;",
            "registrator;03;Anna;annab.example;;;;;",
            "registrator;03;Anna\x0bBcc: x;a@b.example;;;;;",
            "registrator;03;=?utf-8?q?=0d=0aBcc:_x?=;a@b.example;;;;;",
            "registrator;03;Anna;åsa@b.example;;;;;",
            "registrator;03;Anna;a@b.example;vikarie;;;;",
            "registrator;03;Anna;a@b.example;;;;1 april;",
            "registrator;03;Anna;a@b.example;;;;2026-04-01;2026-03-01",
            "registrator;03;;;;;;;",
            "registrator;99;Anna;a@b.example;;;;;",
            "registrator;03;Anna",
        )
    )
    assert [number for number, _ in found] == list(range(2, 14)), found
    assert "tappat sin nolla. Skriv 01" in dict(found)[2]
    assert "åsa@b.example" in dict(found)[7]


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "@b.example", "a@b", "a@test", "a b@c.example", "a@b.example, c@d.example", "<a@b.example>",
     "a@b.example\r\nBcc: c@d.example", "a@[127.0.0.1]", '"a b"@c.example', "a@localhost", "Anna <a@b.example>"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadFact):
        clean_address(address)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Anna.Ek@Region-Uppsala.Example ", "Anna.Ek@region-uppsala.example"),
        ("a@b.test", "a@b.test"),
        ("a@example.com", "a@example.com"),
        ("a@västmanland.se", "a@xn--vstmanland-q5a.se"),
    ],
)
def test_an_address_is_kept_as_it_is_mailed_to(typed: str, kept: str) -> None:
    assert clean_address(typed) == kept


def test_excels_own_encodings_are_read() -> None:
    row = "nämndsekreterare;03;Åsa Öberg;a@b.example;ersättare;;;;"
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        rows, refused = people.read(lines(row).decode().encode(encoding), REGIONS)
        assert not refused, encoding
        assert rows[0].holder.name == "Åsa Öberg"


TITLES = HEADING.split(";")


def test_a_workbook_gives_dates_numbers_and_yes_as_people_see_them() -> None:
    midnight = datetime(2026, 4, 1)  # noqa: DTZ001 - a workbook knows no time zone
    row = ("registrator", 3, "Anna", "a@b.example", None, True, None, midnight, date(2026, 12, 31))
    rows, refused = people.read(workbook(TITLES, row, (), numbers_as="00"), REGIONS)
    assert not refused
    read = rows[0].holder
    assert (read.region, read.shared, read.first, read.last) == ("03", True, date(2026, 4, 1), date(2026, 12, 31))


def test_a_lost_zero_in_a_workbook_gets_a_helpful_refusal() -> None:
    found = told(workbook(TITLES, ("registrator", 1, "Anna", "a@b.example")))
    assert found == [(2, 'Länskoden "1" har tappat sin nolla. Skriv 01; i Excel: formatera kolumnen som text.')]


def test_a_formula_without_a_value_is_named_and_never_read_as_nothing() -> None:
    content = workbook(TITLES, ("registrator", "03", "Anna", '="a"&"@b.example"'), ("hsd", "03", "Bo", "#N/A"))
    assert [(n, text.split(".")[0]) for n, text in told(content)] == [
        (2, "Cell D2 har en formel utan värde"), (3, "Cell D3 visar #N/A"),
    ]  # fmt: skip


def rewritten(content: bytes, pattern: str, replacement: str) -> bytes:
    """A workbook whose first sheet says something else than openpyxl would."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            part = source.read(name).decode()
            if name.endswith("sheet1.xml"):
                part, count = re.subn(pattern, replacement, part)
                assert count == 1
            out.writestr(name, part)
    return target.getvalue()


def test_a_formula_counts_as_its_value_even_when_that_is_an_empty_text() -> None:
    content = workbook(TITLES, ("registrator", "03", "Anna", "D2"), ("registrator", "03", "Bo", "D3"))
    for cell, value in (("D2", "a@b.example"), ("D3", "")):  # as Excel writes what it has worked out
        content = rewritten(content, rf'<c r="{cell}".*?</c>', f'<c r="{cell}" t="str"><f>X1</f><v>{value}</v></c>')
    rows, refused = people.read(content, REGIONS)
    assert not refused
    assert [r.holder.email for r in rows] == ["a@b.example", ""]


def test_what_a_workbook_says_of_its_own_size_is_not_believed() -> None:
    row = ("registrator", "03", "Anna", "a@b.example")
    content = rewritten(workbook(TITLES, row, row), r'<dimension ref="[^"]*"', '<dimension ref="A1:D2"')
    assert [r.number for r in people.read(content, REGIONS)[0]] == [2, 3]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"PK\x03\x04 not a workbook", "unreadable_workbook"),
        (b"x" * (tabular.SIZE_LIMIT + 1), "file_too_large"),
        (lines(*["kansli;;;a@b.example;;;;;"] * (tabular.ROW_LIMIT + 1)), "too_many_rows"),
        (lines("x;y", heading="befattning;telefon"), "bad_column"),
        (lines("Anna", heading="namn"), "column_missing"),
        (lines("hsd;01;01", heading="befattning;region;länskod"), "column_twice"),
        (lines('hsd;"01;Anna;;;;;;'), "unreadable_line"),
    ],
)
def test_a_file_that_will_not_do_is_refused_as_a_whole(content: bytes, code: str) -> None:
    rows, refused = people.read(content, REGIONS)
    assert rows == []
    assert [refusal.code for _, refusal in refused] == [code]
    assert sentence(refused[0][1])


def stated(number: int, *columns: str, **values: object) -> Stated:
    return Stated(number, holder(99, **values), frozenset(columns or ("email", "name", "last")))


def test_a_line_without_a_first_day_means_who_stands_there_whatever_day_it_was() -> None:
    there = holder(1, name="Anna", first=date(2026, 1, 1))
    found = compare([there], [stated(2, name="Anna", email=there.email)], TODAY)
    assert (found.unchanged, found.new, found.changed) == ((there,), (), ())
    again = stated(2, name="Anna", email=there.email, first=date(2027, 1, 1))
    assert [h.id for _, h in compare([there], [again], TODAY).new] == ["person:03:registrator:2"]


def test_a_name_or_an_address_is_enough_to_be_known_by() -> None:
    there = holder(1, name="Anna", email="anna@region.example")
    renamed = compare([there], [stated(2, name="Anna Ek", email="ANNA@region.example")], TODAY)
    assert [patch for _, _, patch in renamed.changed] == [{"name": "Anna Ek", "email": "ANNA@region.example"}]
    moved = compare([there], [stated(2, name="anna", email="ny@region.example")], TODAY)
    assert [h.id for _, h, _ in moved.changed] == [there.id]


def test_a_column_that_the_list_lacks_says_nothing() -> None:
    there = holder(1, name="Anna", shared=True)
    assert compare([there], [stated(2, "email", email=there.email)], TODAY).unchanged == (there,)


def test_a_sure_match_is_never_taken_by_a_line_that_comes_before() -> None:
    anna, bo = holder(1, name="Anna", email="r@region.example"), holder(2, name="Bo", email="r@region.example")
    found = compare(
        [anna, bo],
        [stated(2, name="Cia", email="r@region.example"), stated(3, name="Anna", email="r@region.example")], TODAY,
    )  # fmt: skip
    assert found.unchanged == (anna,)
    assert [h.id for _, h, _ in found.changed] == [bo.id]


def test_who_has_left_and_still_stands_in_the_list_is_not_brought_back() -> None:
    gone = holder(1, name="Anna", last=date(2026, 1, 31))
    found = compare([gone], [stated(2, name="Anna", email=gone.email)], TODAY)
    assert (found.left, found.unchanged, found.absent) == ((gone,), (gone,), ())
