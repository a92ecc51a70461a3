"""Uppdragsdirektiv: drafted from what is known, and decided at a meeting with every uppdrag they carry."""

from __future__ import annotations

import pytest

from tests.cast import KANSLI
from tests.integration.directing import (
    GAP,
    LATER,
    NUMBER,
    ROBUST,
    draft,
    edit,
    on,
    ready,
    sentences,
    with_a_draft,
    with_a_kallelse,
)
from tests.integration.doing import codes, matter, state, step
from tests.integration.test_chefsgrupp import APRIL, JUNE, MARCH, plan
from tests.integration.test_minutes import AFTER, BEFORE, note, take
from uppdrag import words
from uppdrag.service import agenda, chefsgrupp, directives, minutes, queries
from uppdrag.service import directives_reading as reading
from uppdrag.service.chefsgrupp_rows import agenda_row
from uppdrag.service.house import House
from workflow.errors import Refused


@pytest.fixture
def drafted(any_house: House) -> House:
    return with_a_draft(any_house)


@pytest.fixture
def called(drafted: House) -> House:
    return with_a_kallelse(drafted)


def test_a_draft_is_filled_with_what_is_known_and_the_rest_stands_in_brackets(drafted: House) -> None:
    text = reading.one(drafted, "D2026-01").directive.text
    said = {s.id: s.text for s in text.sections}
    assert (text.title, text.number, text.uppdrag) == ("Kommunikation", NUMBER, (ROBUST, GAP))
    assert "- U2026-04: Redovisning för chefsgruppen: drivs vidare under 2026" in said["redovisning"]
    assert said["genomforande"].startswith("Uppdragen är förankrade i HSD-nätverket.")
    assert "- U2026-04: Bo Bo" in said["ansvar"]
    assert said["avgransning"] == "[Vad som inte ingår.]"
    assert not any(mark in t for t in said.values() for mark in "{}")
    assert queries.verify(drafted).findings == ()


def test_a_sensitive_uppdrag_is_there_with_its_number_and_neutral_title_only(house: House) -> None:
    step(house, "U2026-09", "bered", ansvarig="Hemlig Person", natverk="Hemliga nätverket")
    changed = draft(house, "U2026-09", title="Neutralt", number="")
    told = reading.exported(house, "D2026-01") + repr(reading.document(house, "D2026-01"))
    u = matter(house, "U2026-09").uppdrag
    assert u.sensitive
    assert u.neutral_title in told
    assert not any(secret in told for secret in (u.title, "Hemlig", u.section))
    assert "känsligt uppdrag (U2026-09)" in sentences(changed)
    plan(house, MARCH)
    (item,) = on(house)
    assert item.title == "Uppdragsdirektiv: D2026-01"


def test_uppdrag_that_share_a_draft_come_as_one_item(drafted: House) -> None:
    (item,) = on(drafted)
    assert (item.key, item.uppdrag, item.covers, item.trigger, item.section) == (
        "D2026-01", "", (ROBUST, GAP), "besluta", "direktiv",
    )  # fmt: skip
    assert item.documents[0] == f"Uppdragsdirektiv {NUMBER}"
    assert item.proposal == (
        f"Chefsgruppen beslutar uppdragsdirektivet Kommunikation ({NUMBER}) och att uppdragen U2026-04 Robusta "
        "kommunikationer mellan samtliga 21 regioner och U2026-07 Gapanalys: slutsatser, nationell bild, spridning av "
        "påbörjade initiativ ska genomföras enligt det."
    )
    (row,) = [i for i in agenda_row(agenda.agenda(drafted, MARCH, now=BEFORE))["items"] if i["covers"]]
    assert row["why"] == f"Uppdragsdirektivet {NUMBER} är ett utkast för 2 uppdrag som är beredda."
    assert (row["section"], row["dnr"], row["presenter"]) == ("Beslut om uppdragsdirektiv", NUMBER, "Bo Bo")
    alone = {i.uppdrag for i in agenda.agenda(drafted, MARCH, now=BEFORE).items}
    assert not alone & {ROBUST, GAP}


def test_who_is_not_ready_is_told_of_and_waits(any_house: House) -> None:
    plan(any_house, MARCH)
    draft(any_house)
    assert on(any_house) == []
    ready(any_house, GAP)
    (item,) = on(any_house)
    assert (item.uppdrag, item.covers, item.trigger) == (GAP, (), "besluta")
    assert "Beslutas inte nu: U2026-04." in words.chefsgrupp.why(item.why)


def test_bifall_decides_the_directive_and_every_uppdrag_under_one_paragraph(called: House) -> None:
    take(called, {"Uppdragsdirektiv: Kommunikation": note("bifall", facts={"dnr": "RK2026-00099-1"})})
    rehearsed = minutes.close(called, MARCH, actor=KANSLI, now=AFTER, dry_run=True)
    assert (rehearsed.moved, [d.id for d in rehearsed.directives]) == ((ROBUST, GAP), ["D2026-01"])
    assert reading.one(called, "D2026-01").directive.status == "utkast"
    done = minutes.close(called, MARCH, actor=KANSLI, now=AFTER)
    assert done.moved == (ROBUST, GAP)
    told = reading.one(called, "D2026-01")
    (decided,) = told.directive.decisions
    kept = done.meeting.minutes
    paragraph = next(n.paragraph for n in kept.notes if n.item == "D2026-01") if kept else 0
    assert (told.directive.status, decided.day, decided.paragraph) == ("beslutat", MARCH, paragraph)
    for id in (ROBUST, GAP):
        u = matter(called, id).uppdrag
        assert (u.state, u.directive, u.dnr) == ("chefsgruppsbeslut", NUMBER, "RK2026-00099-1")
        assert u.facts["besluta"]["paragraf"] == str(paragraph)
    history = chefsgrupp.one(called, MARCH).meeting
    assert history.closed_on == AFTER.date()
    (moved,) = [r.event.moved for r in queries.history(called, "mote:2026-03-27") if hasattr(r.event, "moved")]
    assert "direktiv:D2026-01/2" in moved
    assert len(moved) == 5, "two steps, two numbers, one directive"
    assert queries.verify(called).findings == ()


@pytest.mark.parametrize("outcome", ["bordlagd", "aterremiss"])
def test_what_is_not_decided_comes_back_as_one_item(called: House, outcome: str) -> None:
    facts = {"skal": "Mer underlag"} if outcome == "bordlagd" else {"saknas": "Kostnaden", "klar_senast": "2026-04-10"}
    take(called, {"Uppdragsdirektiv: Kommunikation": note(outcome, facts=facts)})  # type: ignore[arg-type]
    done = minutes.close(called, MARCH, actor=KANSLI, now=AFTER)
    assert done.directives == ()
    assert [matter(called, id).uppdrag.task is not None for id in (ROBUST, GAP)] == [True, True]
    assert reading.one(called, "D2026-01").directive.status == "utkast"
    (item,) = on(called, APRIL, AFTER)
    assert (item.section, item.covers) == ("aterkommande", (ROBUST, GAP))
    again = [i for i in agenda.agenda(called, APRIL, now=AFTER).items if i.title == item.title]
    assert again == [item]


def test_a_postponed_directive_is_added_to_a_kallelse_that_is_out_once(any_house: House) -> None:
    plan(any_house, MARCH, APRIL, JUNE)
    agenda.summon(any_house, APRIL, None, actor=KANSLI, now=BEFORE)
    ready(any_house, ROBUST, GAP)
    draft(any_house)
    agenda.summon(any_house, MARCH, None, actor=KANSLI, now=BEFORE)
    take(any_house, {"Uppdragsdirektiv: Kommunikation": note("bordlagd")})
    minutes.close(any_house, MARCH, actor=KANSLI, now=AFTER)
    items = [i for i in chefsgrupp.one(any_house, APRIL).meeting.items if i.directive]
    assert [(i.key, i.late, i.covers) for i in items] == [("D2026-01", True, (ROBUST, GAP))]


def test_one_uppdrag_that_cannot_take_the_step_leaves_everything_as_it_was(called: House) -> None:
    take(called, {"Uppdragsdirektiv: Kommunikation": note("bifall")})
    step(called, GAP, "besluta", mote="2026-03-20", paragraf="3", now=AFTER)
    with pytest.raises(Refused) as no:
        minutes.close(called, MARCH, actor=KANSLI, now=AFTER)
    assert {(r.code, r.facts["uppdrag"]) for r in no.value.refusals} == {("item_refused", GAP)}
    assert (state(called, ROBUST), reading.one(called, "D2026-01").directive.status) == ("beredd", "utkast")


def test_a_directive_that_was_given_up_meanwhile_cannot_be_decided(called: House) -> None:
    take(called, {"Uppdragsdirektiv: Kommunikation": note("bifall")})
    directives.end(called, "D2026-01", "Ersätts", actor=KANSLI, now=AFTER)
    with pytest.raises(Refused) as no:
        minutes.close(called, MARCH, actor=KANSLI, now=AFTER)
    assert codes(no.value) == ["directive_item_refused"]
    assert state(called, ROBUST) == "beredd"


def test_after_the_decision_it_is_locked_and_a_revision_is_decided_anew(called: House) -> None:
    take(called, {"Uppdragsdirektiv: Kommunikation": note("bifall")})
    minutes.close(called, MARCH, actor=KANSLI, now=AFTER)
    with pytest.raises(Refused) as no:
        edit(called, sections={"bakgrund": "Ny text"})
    assert codes(no.value) == ["directive_decided"]
    assert on(called, APRIL, AFTER) == []
    directives.revise(called, "D2026-01", actor=KANSLI, now=AFTER)
    edit(called, sections={"bakgrund": "Ny text"}, number="RK2026-00012-9")
    (item,) = on(called, APRIL, AFTER)
    assert (item.trigger, item.covers) == ("", ())
    assert item.proposal == "Chefsgruppen beslutar version 2 av uppdragsdirektivet Kommunikation (RK2026-00012-9)."
    assert "Den förra beslutades 2026-03-27, § " in words.chefsgrupp.why(item.why)
    agenda.summon(called, APRIL, None, actor=KANSLI, now=AFTER)
    take(called, {item.title: note("bifall")}, day=APRIL)
    done = minutes.close(called, APRIL, actor=KANSLI, now=LATER)
    assert (done.moved, [d.revision for d in done.directives]) == ((), [2])
    first, second = reading.one(called, "D2026-01").directive.decisions
    assert (first.text.section("bakgrund"), second.text.number) != (second.text.section("bakgrund"), first.text.number)
    assert matter(called, ROBUST).uppdrag.directive == "RK2026-00012-9"
    old, new_ = (reading.document(called, "D2026-01", revision=n) for n in (1, 2))
    assert ("version 1" in old.footer, "version 2" in new_.footer, old.created < new_.created) == (True, True, True)
    with pytest.raises(Refused):
        reading.document(called, "D2026-01", revision=3)
    assert queries.verify(called).findings == ()


def test_a_revision_that_is_given_up_leaves_what_was_decided(called: House) -> None:
    take(called, {"Uppdragsdirektiv: Kommunikation": note("bifall")})
    minutes.close(called, MARCH, actor=KANSLI, now=AFTER)
    directives.revise(called, "D2026-01", actor=KANSLI, now=AFTER)
    after = directives.end(called, "D2026-01", "Behövs inte", actor=KANSLI, now=AFTER).directive
    assert (after.status, after.revision, on(called, APRIL, AFTER)) == ("beslutat", 1, [])
    ended = directives.end(called, "D2026-01", "Arbetet är klart", actor=KANSLI, now=AFTER).directive
    assert ended.status == "upphort"
    with pytest.raises(Refused) as no:
        directives.revise(called, "D2026-01", actor=KANSLI, now=AFTER)
    assert codes(no.value) == ["directive_ended"]
