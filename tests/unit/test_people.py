"""Who holds an office, whom a mail goes to, who may call, and what a list of holders says."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own

from definitions import loader
from tests.cast import TODAY
from uppdrag.intake import people, tabular
from uppdrag.intake.addresses import clean_address
from uppdrag.words import sentence
from workflow.appointments import Alter, Appoint, Clear, End, Flag, decide, evolve, next_id
from workflow.errors import Refused
from workflow.events import HolderChanged, HolderEnded
from workflow.facts import BadFact
from workflow.model import Region
from workflow.people import Holder, addressee, callers, in_office, unreachable
from workflow.roster import Stated, compare

(ORGANISATION,) = (loader.load_organisation(source) for source in loader.packaged("organisation"))
REGIONS: Sequence[Region] = ORGANISATION.regions
BY_CODE = {r.lanskod: r for r in REGIONS}
EXAMPLE = Path(__file__).parents[2] / "definitions" / "people" / "exempel.csv"
HEADING = "befattning;länskod;namn;e-post;form;delad brevlåda;vakant;från;till"


def example() -> list[Holder]:
    rows, refused = people.read(EXAMPLE.read_bytes(), REGIONS)
    assert not refused
    return [holder for _, holder in compare([], rows, TODAY).new]


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


def holder(number: int = 1, /, **values: object) -> Holder:
    base: dict[str, object] = {"office": "registrator", "region": "03", "email": f"r{number}@region.example"}
    return Holder(id=f"person:03:registrator:{number}", **(base | values))  # type: ignore[arg-type]  # fields of a Holder


# whom a mail goes to


def test_acting_comes_before_ordinary_and_a_substitute_last() -> None:
    held = [
        holder(1, capacity="ersattare"), holder(2, capacity="ordinarie"),
        holder(3, capacity="tf", first=date(2026, 4, 1), last=date(2026, 4, 30)),
    ]  # fmt: skip
    assert [h.capacity for h in in_office(held, "registrator", "03", date(2026, 4, 30))] == [
        "tf", "ordinarie", "ersattare",
    ]  # fmt: skip
    assert [h.capacity for h in in_office(held, "registrator", "03", date(2026, 5, 1))] == ["ordinarie", "ersattare"]


def test_a_flagged_address_is_passed_over_and_a_vacancy_is_looked_after() -> None:
    first, second = holder(1, capacity="tf", flagged="550"), holder(2)
    assert addressee([first, second], "registrator", "03", TODAY) == second
    vacancy = holder(3, vacant=True)
    assert in_office([vacancy], "registrator", "03", TODAY) == []
    assert addressee([first, vacancy], "registrator", "03", TODAY) == vacancy


def test_halland_may_be_called_from_both_its_groups_and_never_by_the_late_director() -> None:
    called = callers(example(), BY_CODE, "13", TODAY)
    groups = {group for h in called for group in BY_CODE[h.region].samverkansregioner}
    assert groups == {"sodra", "vastra"}
    assert len(called) == 4


def test_a_director_in_chefsgruppen_is_never_asked_to_call_herself() -> None:
    held = example()
    called = callers(held, BY_CODE, "12", TODAY)
    assert [h.name for h in called] == ["Exempel HSD Kronoberg"]
    both = [h for h in held if h.office != "chefsgrupp" or h.region == "12"]
    assert [h.office for h in callers(both, BY_CODE, "12", TODAY)] == ["ordforande"]


def test_the_same_person_under_another_region_does_not_call_either() -> None:
    held = [
        holder(1, office="regiondirektor", region="12", email="Chef@skane.example"),
        holder(2, office="chefsgrupp", region="07", email="chef@skane.example"),
        holder(3, office="ordforande", region="", email="ordf@nspl.example"),
    ]
    assert [h.office for h in callers(held, BY_CODE, "12", TODAY)] == ["ordforande"]


def test_nobody_from_the_late_region_itself_calls_not_even_under_another_address() -> None:
    held = [
        holder(1, office="regiondirektor", region="12", email="chef@skane.example"),
        holder(2, office="chefsgrupp", region="12", email="privat@skane.example"),
    ]
    assert callers(held, BY_CODE, "12", TODAY) == []
    assert callers(held, BY_CODE, "07", TODAY) == [held[1]]


def test_a_region_is_unreachable_when_neither_registrator_nor_contact_can_be_mailed() -> None:
    held = example()
    assert unreachable(held, BY_CODE, TODAY) == []
    without = [h for h in held if (h.region, h.office) != ("13", "kontakt")]
    assert unreachable(without, BY_CODE, TODAY) == []
    silent = [h for h in without if (h.region, h.office) != ("13", "registrator")]
    assert unreachable(silent, BY_CODE, TODAY) == ["13"]


# taking an office, changing and leaving it


def test_a_new_address_takes_the_flag_of_the_old_one_away() -> None:
    (event,) = decide(holder(flagged="550"), Alter({"email": "ny@region.example"}), BY_CODE)
    assert isinstance(event, HolderChanged)
    assert evolve(holder(flagged="550"), event, id="person:03:registrator:1").reachable


def test_what_is_so_already_makes_no_event() -> None:
    there = holder(last=date(2026, 3, 1))
    assert decide(there, Alter({"email": there.email}), BY_CODE) == []
    assert decide(there, End(date(2026, 4, 1)), BY_CODE) == []
    assert decide(there, Clear(), BY_CODE) == []
    assert decide(holder(email=""), Flag("550"), BY_CODE) == []
    assert decide(there, End(date(2026, 2, 1)), BY_CODE) == [HolderEnded(last=date(2026, 2, 1))]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"office": "kejsare"}, "unknown_office"),
        ({"region": ""}, "office_needs_region"),
        ({"office": "kansli"}, "office_has_no_region"),
        ({"region": "02"}, "unknown_region"),
        ({"email": ""}, "holder_unnamed"),
        ({"email": "", "name": "Anna", "shared": True}, "shared_without_address"),
        ({"first": date(2026, 2, 1), "last": date(2026, 1, 1)}, "ends_before_it_begins"),
    ],
)
def test_a_holder_that_cannot_be_is_refused(values: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as no:
        decide(None, Appoint(holder(**values)), BY_CODE)
    assert [r.code for r in no.value.refusals] == [code]
    assert sentence(no.value.refusals[0])


def test_numbers_of_an_office_are_never_reused() -> None:
    assert next_id([], "kansli", "") == "person:-:kansli:1"
    taken = ["person:03:hsd:2", "person:03:hsd:10", "person:03:hsd_x:11", "person:04:hsd:12"]
    assert next_id(taken, "hsd", "03") == "person:03:hsd:11"


# a list of holders


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


# workbooks

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


# the difference


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
