"""What people state, read as its declared type; every fault at once."""

from __future__ import annotations

from datetime import date

import pytest

from workflow.facts import LONG_TEXT_LIMIT, TEXT_LIMIT, BadFact, clean_list, clean_paragraph, clean_text, read_facts
from workflow.lifecycle import Fact, FactType

TODAY = date(2026, 3, 27)


def fact(type: FactType, *, required: bool = False, name: str = "x") -> Fact:
    choices = {"ja_tack": "Ja tack"} if type in ("choice", "outcome", "deadline") else {}
    return Fact(name=name, type=type, label="Uppgiften", required=required, choices=choices)


def read_one(type: FactType, raw: str) -> object:
    facts, refusals = read_facts([fact(type)], {"x": raw}, {}, today=TODAY, unknown_allowed=False)
    assert not refusals, refusals
    return facts["x"]


@pytest.mark.parametrize(
    ("type", "raw", "value"),
    [
        ("text", "  Åsa Öst ", "Åsa Öst"),
        ("long_text", "Två\nrader", "Två\nrader"),
        ("paragraph", "§ 19", "19"),
        ("paragraph", "19A", "19a"),
        ("date", "2026-03-27", "2026-03-27"),
        ("dnr", "RK2025-00085-56", "RK2025-00085-56"),
        ("networks", "HSD, Beredskap; HSD", ("HSD", "Beredskap")),
        ("recipients", "A,B", ("A", "B")),
        ("yes_no", "Ja", True),
        ("yes_no", "nej", False),
        ("number", "7", 7),
        ("span", "Q1 2027", "Q1 2027"),
        ("choice", "ja_tack", "ja_tack"),
        ("text", "A\u030asa", "Åsa"),
    ],
)
def test_a_fact_is_read_as_its_type(type: FactType, raw: str, value: object) -> None:
    assert read_one(type, raw) == value


@pytest.mark.parametrize(
    ("type", "raw", "code"),
    [
        ("date", "31 juni", "not_a_date"),
        ("date", "2026-06-31", "not_a_date"),
        ("paragraph", "nitton", "not_a_paragraph"),
        ("number", "0", "not_a_number"),
        ("number", "-1", "not_a_number"),
        ("number", "٣", "not_a_number"),
        ("number", "9" * 5000, "not_a_number"),
        ("yes_no", "kanske", "not_yes_or_no"),
        ("choice", "annat", "not_a_choice"),
        ("span", "Q5 2026", "not_a_span"),
        ("text", "rad ett\r\nBcc: någon", "control_character"),
        ("text", "noll\x00", "control_character"),
        ("long_text", "noll\x00", "control_character"),
        ("text", "ett\u2028två", "control_character"),
        ("text", "x" * (TEXT_LIMIT + 1), "text_too_long"),
        ("long_text", "x" * (LONG_TEXT_LIMIT + 1), "text_too_long"),
    ],
)
def test_what_will_not_do_is_refused_by_name(type: FactType, raw: str, code: str) -> None:
    facts, refusals = read_facts([fact(type)], {"x": raw}, {}, today=TODAY, unknown_allowed=False)
    assert [(r.code, r.facts["fact"]) for r in refusals] == [(code, "x")]
    assert not facts


def test_every_fault_is_told_at_once() -> None:
    declared = [fact("date", name="dag"), fact("number", name="antal"), fact("text", required=True, name="namn")]
    stated = {"dag": "i går", "antal": "många", "okänd": "1"}
    _, refusals = read_facts(declared, stated, {}, today=TODAY, unknown_allowed=False)
    assert sorted((r.code, r.facts["fact"]) for r in refusals) == [
        ("fact_missing", "namn"), ("not_a_date", "dag"), ("not_a_number", "antal"), ("unknown_fact", "okänd"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "unknown_allowed", "refused"), [({}, False, 1), ({"x": "Bo"}, False, 0), ({}, True, 0)]
)
def test_a_required_fact_may_be_known_or_lost_in_the_past(
    known: dict[str, str], unknown_allowed: bool, refused: int
) -> None:
    _, refusals = read_facts([fact("text", required=True)], {}, known, today=TODAY, unknown_allowed=unknown_allowed)
    assert len(refusals) == refused


def test_cleaning_says_which_character_was_hidden() -> None:
    with pytest.raises(BadFact) as bad:
        clean_text("a\tb")
    assert (bad.value.code, bad.value.expected) == ("control_character", "U+0009")
    assert clean_paragraph("§19") == "19"
    assert clean_list(" , ;") == ()
