"""Uppdragsdirektiv: drafted from what is known, edited by two, decided at a meeting with every uppdrag they carry."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document as Word

from definitions.direktiv import Stated
from tests.cast import KANSLI, NOW
from tests.integration.doing import codes, matter, new, state, step
from tests.integration.tampering import at_the_file, found, verify
from tests.integration.test_chefsgrupp import APRIL, JUNE, MARCH, OTHER, plan
from tests.integration.test_minutes import AFTER, BEFORE, note, take
from uppdrag import words
from uppdrag.documents.document import Table
from uppdrag.documents.formats import FORMATS, rendered
from uppdrag.service import agenda, chefsgrupp, commands, directives, minutes, papers, queries
from uppdrag.service import directives_reading as reading
from uppdrag.service.agenda import Addition
from uppdrag.service.chefsgrupp_rows import agenda_row
from uppdrag.service.directives import Changed
from uppdrag.service.house import House
from workflow.commands import Change
from workflow.errors import KeyReused, NotFound, Refused
from workflow.meeting import AgendaItem

NUMBER = "RK2026-00012-7"
LATER = datetime(2026, 4, 24, 15, tzinfo=UTC)
ROBUST, GAP = "U2026-04", "U2026-07"


def draft(house: House, *ids: str, key: str = "", title: str = "Kommunikation", number: str = NUMBER) -> Changed:
    stated = Stated(title=title, number=number)
    return directives.new(house, ids or (ROBUST, GAP), stated, actor=KANSLI, now=BEFORE, key=key)


def edit(house: House, *, seen: int | None = None, by: object = KANSLI, key: str = "", **said: object) -> Changed:
    return directives.edit(
        house, "D2026-01", Stated(**said), actor=by, now=BEFORE, expected=seen, key=key  # type: ignore[arg-type]
    )  # fmt: skip


def ready(house: House, *ids: str) -> None:
    for id in ids:
        step(house, id, "bered", ansvarig="Bo Bo", natverk="HSD-nätverket")


def on(house: House, day: date = MARCH, now: datetime = BEFORE) -> list[AgendaItem]:
    """The items about directives on an agenda."""
    return [i for i in agenda.agenda(house, day, now=now).items if i.directive]


def sentences(changed: Changed) -> str:
    return " ".join(words.sentence(w) for w in changed.warnings)


@pytest.fixture
def drafted(any_house: House) -> House:
    """Meetings, and a draft for two uppdrag that are ready for a decision."""
    plan(any_house, MARCH, APRIL, JUNE)
    ready(any_house, ROBUST, GAP)
    draft(any_house)
    return any_house


@pytest.fixture
def called(drafted: House) -> House:
    """The kallelse to the meeting in March is out."""
    agenda.summon(drafted, MARCH, None, actor=KANSLI, now=BEFORE)
    return drafted


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
