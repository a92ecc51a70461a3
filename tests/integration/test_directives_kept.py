"""Uppdragsdirektiv as they are kept: their numbers, two who edit, their files, and what was done behind them."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document as Word

from definitions.direktiv import Stated
from tests.cast import KANSLI, NOW
from tests.integration.directing import (
    GAP,
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
from tests.integration.doing import codes, matter, new, state, step
from tests.integration.tampering import at_the_file, found, verify
from tests.integration.test_chefsgrupp import APRIL, MARCH, OTHER, plan
from tests.integration.test_minutes import AFTER, BEFORE, note, take
from uppdrag import words
from uppdrag.documents.document import Table
from uppdrag.documents.formats import FORMATS, rendered
from uppdrag.service import agenda, commands, directives, minutes, papers, queries
from uppdrag.service import directives_reading as reading
from uppdrag.service.agenda import Addition
from uppdrag.service.directives import Changed
from uppdrag.service.house import House
from workflow.commands import Change
from workflow.errors import KeyReused, NotFound, Refused


@pytest.fixture
def drafted(any_house: House) -> House:
    return with_a_draft(any_house)


@pytest.fixture
def called(drafted: House) -> House:
    return with_a_kallelse(drafted)


def test_a_number_that_comes_after_the_decision_is_put_on_the_uppdrag_too(any_house: House) -> None:
    plan(any_house, MARCH)
    ready(any_house, ROBUST)
    draft(any_house, ROBUST, number="")
    agenda.summon(any_house, MARCH, None, actor=KANSLI, now=BEFORE)
    take(any_house, {ROBUST: note("bifall")})
    done = minutes.close(any_house, MARCH, actor=KANSLI, now=AFTER)
    assert [w.code for w in done.warnings] == ["directive_without_number"]
    with pytest.raises(Refused):
        edit(any_house, number=NUMBER, title="Något annat")
    edit(any_house, number=NUMBER)
    assert matter(any_house, ROBUST).uppdrag.directive == NUMBER
    with pytest.raises(Refused) as no:
        edit(any_house, number="RK2026-1")
    assert codes(no.value) == ["directive_decided"]


def test_a_number_on_another_document_is_warned_about_and_kept(any_house: House) -> None:
    told = sentences(draft(any_house, number="RK2025-00085-56"))
    assert "U2026-01, U2026-02, U2026-03 (följer ett uppdragsdirektiv med det numret" in told
    assert "Samverkansavtal avseende nationell samordning" in told
    step(any_house, "U2026-02", "redovisa", mote="2026-03-20", paragraf="4", rapport="RK2026-5_1", forslagsversion="1")
    ready(any_house, "U2026-05")
    step(any_house, "U2026-05", "besluta", mote="2026-03-13", paragraf="2", dnr="RK2026-6")
    assert "U2026-02 (rapport)" in sentences(edit(any_house, number="RK2026-5_1"))
    assert "U2026-02" not in sentences(edit(any_house, number="RK2026-5x1")), "_ is no wildcard"
    assert "U2026-05 (diarienummer)" in sentences(edit(any_house, number="RK2026-6"))
    other = draft(any_house, "U2026-08", number="RK2026-6")
    assert "uppdragsdirektivet D2026-01" in sentences(other)
    agreement = new(any_house, "samverkansavtal", title="Avtalet").uppdrag
    step(any_house, agreement, "bered", ansvarig="Bo", natverk="HSD-nätverket")
    registered = step(any_house, agreement, "besluta", mote="2026-03-13", paragraf="3", dnr="RK2026-6")
    assert "D2026-01" in words.sentence(registered.warnings[0]), "the other way round too"
    assert f"{agreement} (samverkansavtalets diarienummer)" in sentences(edit(any_house, title="Annan rubrik"))


def test_an_imported_number_without_a_document_is_listed_until_there_is_one(house: House) -> None:
    _, imported = reading.listed(house)
    assert [(i.number, i.uppdrag) for i in imported] == [("RK2025-00085-56", ("U2026-01", "U2026-02", "U2026-03"))]
    draft(house, "U2026-01", "U2026-02", number="RK2025-00085-56")
    _, imported = reading.listed(house)
    assert [i.uppdrag for i in imported] == [("U2026-03",)]
    assert [d.id for d in reading.of_uppdrag(house, "U2026-02")] == ["D2026-01"]


def test_the_second_secretary_is_told_what_the_first_changed(drafted: House) -> None:
    seen = reading.one(drafted, "D2026-01").directive.version
    edit(drafted, seen=seen, sections={"bakgrund": "Annas text"}, title="Ny rubrik")
    with pytest.raises(Refused) as no:
        edit(drafted, seen=seen, by=OTHER, sections={"syfte": "Cias text"})
    (refusal,) = no.value.refusals
    assert (refusal.code, refusal.facts["what"]) == (
        "directive_changed", "Anna Ek 2026-03-20 10.00: ändrat: rubrik, Bakgrund",
    )  # fmt: skip
    assert reading.one(drafted, "D2026-01").directive.text.title == "Ny rubrik"


def test_the_same_form_sent_again_is_one_event(drafted: House) -> None:
    edit(drafted, seen=1, key="k", title="Ny rubrik")
    after = edit(drafted, seen=1, key="k", title="Ny rubrik")
    assert (after.repeated, after.directive.version) == (True, 2)
    with pytest.raises(KeyReused):
        edit(drafted, seen=1, key="k", title="En annan")
    draft(drafted, "U2026-05", key="n", number="")
    assert draft(drafted, "U2026-05", key="n", number="").directive.id == "D2026-02"
    assert len(reading.listed(drafted)[0]) == 2


def test_what_cannot_be_carried_is_refused_by_name_all_at_once(drafted: House) -> None:
    step(drafted, "U2026-12", "avbryt", skal="Behövs inte")
    with pytest.raises(Refused) as no:
        draft(drafted, ROBUST, "U2026-12", "U2026-99")
    assert codes(no.value) == ["uppdrag_in_other_draft", "uppdrag_is_final", "no_such_uppdrag"]
    with pytest.raises(Refused) as no:
        directives.new(drafted, (), Stated(title="x"), actor=KANSLI, now=NOW)
    assert codes(no.value) == ["directive_without_uppdrag"]
    with pytest.raises(Refused) as no:
        edit(drafted, title="", sections={"syfte": "a\x07b"})
    assert sorted(codes(no.value)) == ["control_character", "fact_missing"]
    with pytest.raises(Refused) as no:
        edit(drafted, title="Kommunikation")
    assert codes(no.value) == ["nothing_changed"]
    with pytest.raises(NotFound):
        directives.edit(drafted, "D2026-77", Stated(), actor=KANSLI, now=NOW)


def test_a_file_says_what_the_directive_says(drafted: House) -> None:
    written = reading.exported(drafted, "D2026-01")
    changed = written.replace("[Vad som inte ingår.]", "Regionernas egna nät ingår inte.")
    stated = reading.read(drafted, "D2026-01", "d.yaml", changed.encode())
    after = directives.edit(drafted, "D2026-01", stated, actor=KANSLI, now=NOW)
    assert after.differing == ("Avgränsning",)
    same = reading.read(drafted, "D2026-01", "d.yaml", reading.exported(drafted, "D2026-01").encode())
    with pytest.raises(Refused):
        directives.edit(drafted, "D2026-01", same, actor=KANSLI, now=NOW)


def test_the_document_is_the_same_in_every_format_and_at_every_hour(drafted: House) -> None:
    edit(drafted, sections={"syfte": "Ett stycke.\n\n- första\n- andra\n\nEtt till. [fyll i]"})
    document = reading.document(drafted, "D2026-01")
    assert [b.rows[0][:2] for b in document.blocks if isinstance(b, Table)] == [
        (ROBUST, "Robusta kommunikationer mellan samtliga 21 regioner")
    ]
    for format in FORMATS:
        assert rendered(document, format) == rendered(reading.document(drafted, "D2026-01"), format)
    word = Word(BytesIO(rendered(document, "docx")))
    lines = [p.text for p in word.paragraphs]
    assert {"Kommunikation", "Syfte och mål", "första", "Ett till. [fyll i]"} <= set(lines)
    assert "besvär" not in " ".join(lines)


def test_on_an_agenda_that_somebody_has_edited_the_draft_takes_its_uppdrag_but_no_others_item(drafted: House) -> None:
    agenda.add(drafted, MARCH, Addition(uppdrag=GAP, step="besluta"), {}, actor=KANSLI, now=BEFORE)
    (item,) = on(drafted)
    assert item.covers == (ROBUST,)
    assert [i.uppdrag for i in agenda.agenda(drafted, MARCH, now=BEFORE).items if i.uppdrag == GAP] == [GAP]
    agenda.edit(drafted, MARCH, item.number, {"minutes": 40}, actor=KANSLI, now=BEFORE)
    number = next(i.number for i in agenda.agenda(drafted, MARCH, now=BEFORE).items if i.uppdrag == GAP)
    agenda.drop(drafted, MARCH, number, actor=KANSLI, now=BEFORE)
    (item,) = on(drafted)
    assert (item.minutes, item.covers) == (40, (ROBUST, GAP))


def test_a_draft_after_the_kallelse_waits_and_can_be_added(any_house: House) -> None:
    plan(any_house, MARCH)
    agenda.summon(any_house, MARCH, None, actor=KANSLI, now=BEFORE)
    ready(any_house, ROBUST, GAP)
    draft(any_house)
    assert [i.key for i in agenda.agenda(any_house, MARCH, now=BEFORE).waiting] == ["D2026-01"]
    agenda.add(any_house, MARCH, Addition(directive="D2026-01"), {}, actor=KANSLI, now=BEFORE)
    (item,) = on(any_house)
    assert (item.late, item.covers) == (True, (ROBUST, GAP))
    assert agenda.agenda(any_house, MARCH, now=BEFORE).waiting == ()
    with pytest.raises(Refused) as no:
        agenda.add(any_house, MARCH, Addition(directive="D2026-01"), {}, actor=KANSLI, now=BEFORE)
    assert codes(no.value) == ["directive_on_agenda"]


def test_a_directive_that_was_tampered_with_is_found(drafted: House) -> None:
    if not drafted.database.path:
        pytest.skip("the file is SQLite's")
    path = Path(drafted.database.path)
    with at_the_file(path) as db:
        db.execute("UPDATE direktiv SET content = replace(content, 'Kommunikation', 'Annat')")
    assert found(verify(path)) == [("row_changed", "direktiv direktiv:D2026-01")]


def test_a_decision_of_a_meeting_that_is_not_here_is_registered_afterwards(drafted: House) -> None:
    def decide(day: date, key: str = "") -> Changed:
        return directives.decide(drafted, "D2026-01", day, 9, actor=KANSLI, now=BEFORE, key=key)

    with pytest.raises(Refused) as no:
        decide(APRIL)
    assert codes(no.value) == ["date_in_future"]
    agenda.summon(drafted, MARCH, None, actor=KANSLI, now=BEFORE)
    with pytest.raises(Refused) as no:
        directives.decide(drafted, "D2026-01", MARCH, 9, actor=KANSLI, now=AFTER)
    assert codes(no.value) == ["directive_at_meeting"]
    before = date(2026, 2, 13)
    decide(before, "k")
    after = decide(before, "k")
    assert [(d.day, d.paragraph) for d in after.directive.decisions] == [(before, 9)]
    assert [(matter(drafted, id).uppdrag.directive, state(drafted, id)) for id in (ROBUST, GAP)] == [
        (NUMBER, "beredd"), (NUMBER, "beredd"),
    ]  # fmt: skip
    assert queries.verify(drafted).findings == ()


def test_a_title_is_hidden_in_every_paper_once_an_uppdrag_has_become_sensitive(called: House) -> None:
    take(called, {"Uppdragsdirektiv: Kommunikation": note("bifall")})
    secret = Change(actor=KANSLI, why="Nu känsligt", attributes={"neutral_title": "Ett ärende"}, sensitive=True)
    with called.database.transaction() as session:
        commands.advance(called, session, GAP, secret, AFTER)
    minutes.close(called, MARCH, actor=KANSLI, now=AFTER)
    for paper in (papers.dagordning, papers.kallelse, papers.protokoll):
        told = repr(paper(called, MARCH, now=AFTER).blocks)
        assert "Kommunikation" not in told
        assert "Gapanalys" not in told
        assert "D2026-01" in told
        assert f"Uppdragsdirektiv {NUMBER}" not in told
