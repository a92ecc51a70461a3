"""Who holds an office, whom a mail goes to, who may call, and what a list of holders says."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cast import TODAY
from tests.unit.offices import BY_CODE, example, holder
from uppdrag.words import sentence
from workflow.appointments import Alter, Appoint, Clear, End, Flag, decide, evolve, next_id
from workflow.errors import Refused
from workflow.events import HolderChanged, HolderEnded
from workflow.people import addressee, callers, in_office, unreachable


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
