"""The minutes: taken in parts, closed into steps all or nothing, justerade § by § and then locked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import web
from tests.cast import KANSLI
from tests.integration.doing import codes, matter, state, step
from tests.integration.tampering import at_the_file, found, verify
from tests.integration.test_chefsgrupp import APRIL, JUNE, MARCH, OTHER, plan
from tests.integration.test_dispatching import SETTINGS, approved, waiting
from uppdrag.service import agenda, chefsgrupp, dispatching, minutes, queries, todo
from uppdrag.service.agenda import Addition
from uppdrag.service.house import House
from uppdrag.service.minutes import Closing
from workflow.errors import DefinitionInvalid, Refused
from workflow.meeting import Meeting, Note, Outcome, Present, Reprioritised
from workflow.minutes import Taken

BEFORE, AFTER = datetime(2026, 3, 20, 9, tzinfo=UTC), datetime(2026, 3, 27, 15, tzinfo=UTC)
HERE = (Present(name="Eva Ek"), Present(name="Bo Bo", left="14.10"))
Notes = Mapping[str, Note]


@pytest.fixture
def called(any_house: House) -> House:
    """The kallelse to the meeting in March is out: a directive (U2026-04), a report (U2026-01), an approval (U2026-02)
    and an item about rooms."""
    plan(any_house, MARCH, APRIL, JUNE)
    step(any_house, "U2026-04", "bered", ansvarig="Bo Bo", natverk="HSD-nätverket")
    step(any_house, "U2026-02", "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="2")
    agenda.add(any_house, MARCH, Addition(title="Lokaler"), {}, actor=KANSLI, now=BEFORE)
    agenda.summon(any_house, MARCH, None, actor=KANSLI, now=BEFORE)
    return any_house


def take(house: House, notes: Notes | None = None, *, day: date = MARCH, but: str = "", **head: Any) -> Meeting:
    """The minutes of a meeting: `notes` by uppdrag or title, every other item noted; `but` is left out."""
    wanted = dict(notes or {})
    stated = {}
    for item in chefsgrupp.one(house, day).meeting.items:
        name = item.uppdrag or item.title
        if name != but and not item.withdrawn:
            stated[item.number] = wanted.pop(name, Note(item="", outcome="antecknad"))
    assert not wanted, "no such items"
    return minutes.take(house, day, Taken(head={"present": HERE, **head}, notes=stated), actor=KANSLI, now=AFTER)


def note(outcome: Outcome, **more: Any) -> Note:
    return Note(item="", outcome=outcome, **more)


def close(house: House, day: date = MARCH, now: datetime = AFTER, dry_run: bool = False) -> Closing:
    return minutes.close(house, day, actor=KANSLI, now=now, dry_run=dry_run)


def approve(house: House, paragraph: int | None = None, on: date | None = None) -> Meeting:
    return minutes.approve(house, MARCH, paragraph, on=on, actor=OTHER, now=AFTER)


DECIDED: Notes = {
    "U2026-04": note("bifall"),
    "U2026-01": note("bifall", facts={"rapport": "rapport.pdf", "forslagsversion": "1"}),
    "U2026-02": note("bifall", decision="Chefsgruppen godkänner version 2.", dissent=("Eva Ek avstår.",)),
}


def test_outcomes_become_steps_and_every_item_gets_its_paragraph(called: House) -> None:
    take(called, DECIDED)
    rehearsed = close(called, dry_run=True)
    assert len(rehearsed.moved) == 3
    assert [state(called, id) for id in ("U2026-04", "U2026-01", "U2026-02")] == [
        "beredd", "chefsgruppsbeslut", "redovisad",
    ]  # fmt: skip
    done = close(called)
    assert done.moved == rehearsed.moved
    assert [state(called, id) for id in ("U2026-04", "U2026-01", "U2026-02")] == [
        "chefsgruppsbeslut", "redovisad", "regionbeslut",
    ]  # fmt: skip
    kept = done.meeting.minutes
    assert kept is not None
    assert [n.paragraph for n in kept.notes] == list(range(1, len(kept.notes) + 1))
    facts = matter(called, "U2026-02").uppdrag.facts["godkann"]
    paragraph = next(n.paragraph for n in kept.notes if n.item == "U2026-02")
    assert (facts["mote"], facts["paragraf"], facts["forslagsversion"]) == ("2026-03-27", str(paragraph), 2)
    assert next(n for n in kept.notes if n.item == "U2026-04").decision.startswith("Chefsgruppen beslutar att")
    assert queries.verify(called).findings == ()
    with pytest.raises(Refused) as no:
        close(called)
    assert codes(no.value) == ["meeting_closed"]


def test_items_without_an_outcome_keep_the_meeting_open_by_name(called: House) -> None:
    take(called, DECIDED, but="Lokaler")
    with pytest.raises(Refused) as no:
        close(called)
    assert [(r.code, r.facts["title"]) for r in no.value.refusals] == [("item_without_outcome", "Lokaler")]
    number = no.value.refusals[0].facts["number"]
    taken = Taken(notes={int(number): note("avslag", decision="Nej.")})
    minutes.take(called, MARCH, taken, actor=KANSLI, now=AFTER)
    assert len(close(called).moved) == 3, "what had been taken before is still there"


def test_one_step_that_cannot_be_taken_leaves_everything_as_it_was(called: House) -> None:
    before = {id: len(queries.history(called, id)) for id in ("U2026-01", "U2026-02", "U2026-04")}
    take(called, {**DECIDED, "U2026-01": note("bifall")})
    with pytest.raises(Refused) as no:
        close(called)
    assert codes(no.value) == ["item_refused", "item_refused"], "both facts that are missing"
    assert {r.facts["uppdrag"] for r in no.value.refusals} == {"U2026-01"}
    assert "Rapport saknas" in no.value.refusals[0].facts["why"]
    assert {id: len(queries.history(called, id)) for id in before} == before
    assert chefsgrupp.one(called, MARCH).meeting.status == "kallat"


def test_before_its_day_and_without_attendance_a_meeting_is_not_closed(called: House) -> None:
    take(called, DECIDED, present=())
    with pytest.raises(Refused) as no:
        close(called, now=BEFORE)
    assert codes(no.value) == ["meeting_not_held", "attendance_missing"]


def test_what_was_postponed_or_sent_back_is_on_the_next_agenda(called: House) -> None:
    notes: Notes = {
        "U2026-04": note("bordlagd", facts={"skal": "Mer underlag"}),
        "U2026-01": note("bordlagd", decision="Bordläggs."),
        "U2026-02": note("aterremiss", facts={"saknas": "Kostnaden", "klar_senast": "2026-05-04"}),
        "Lokaler": note("bordlagd"),
    }
    take(called, notes)
    done = close(called)
    assert (done.moved, done.next_day) == (("U2026-02",), APRIL)
    assert state(called, "U2026-02") == "chefsgruppsbeslut"

    def back(day: date) -> list[str]:
        items = agenda.agenda(called, day, now=AFTER).items
        return [i.uppdrag or i.title for i in items if i.section == "aterkommande"]

    assert back(APRIL) == ["U2026-01", "U2026-04", "Lokaler"]
    assert back(JUNE) == ["U2026-01", "U2026-02", "U2026-04", "Lokaler"], "once the completion is due"


def test_what_was_postponed_comes_late_to_an_agenda_whose_kallelse_is_out(called: House) -> None:
    agenda.drop(called, APRIL, 5, actor=KANSLI, now=BEFORE)  # U2026-04, so that it can come back
    agenda.summon(called, APRIL, None, actor=KANSLI, now=AFTER)
    take(called, {**DECIDED, "U2026-04": note("bordlagd"), "Lokaler": note("bordlagd")})
    close(called)
    late = [(i.uppdrag or i.title, i.late) for i in chefsgrupp.one(called, APRIL).meeting.items if i.late]
    assert late == [("U2026-04", True), ("Lokaler", True)]


def test_one_paragraph_moves_the_planned_time_of_many(called: House) -> None:
    many = Reprioritised(uppdrag=("U2026-02", "U2026-03"), span="Q3 2027", deadline="redovisning", why="Resurser")
    take(called, {**DECIDED, "Lokaler": note("bifall", reprioritised=many)})
    done = close(called)
    spans = {
        p.span.text for id in many.uppdrag for p in matter(called, id).uppdrag.times if p.deadline == "redovisning"
    }
    assert spans == {"Q3 2027"}
    paragraph = next(n.paragraph for n in done.meeting.minutes.notes if n.reprioritised) if done.meeting.minutes else 0
    assert {matter(called, id).uppdrag.facts["omprioritera"]["paragraf"] for id in many.uppdrag} == {str(paragraph)}
    assert len(done.moved) == 4


def test_paragraphs_go_on_through_the_year_and_are_never_given_twice(called: House) -> None:
    take(called, DECIDED, first_paragraph=40)
    agenda.summon(called, APRIL, None, actor=KANSLI, now=AFTER)
    later = datetime(2026, 4, 24, 15, tzinfo=UTC)
    take(called, day=APRIL)
    with pytest.raises(Refused) as no:
        close(called, APRIL, later)
    assert "earlier_meeting_open" in codes(no.value)
    first = close(called).meeting.minutes
    last = close(called, APRIL, later).meeting.minutes
    assert first is not None
    assert last is not None
    numbers = [n.paragraph for n in (*first.notes, *last.notes)]
    assert numbers == list(range(40, 40 + len(numbers)))


def test_the_text_can_be_corrected_until_the_paragraph_is_justerad(called: House) -> None:
    take(called, DECIDED)
    close(called)
    item = next(i for i in chefsgrupp.one(called, MARCH).meeting.items if i.uppdrag == "U2026-02")
    said = note("bifall", decision="Rättad text.")
    minutes.take(called, MARCH, Taken(notes={item.number: said}), actor=KANSLI, now=AFTER)
    with pytest.raises(Refused) as no:
        minutes.take(called, MARCH, Taken(notes={item.number: note("avslag")}), actor=KANSLI, now=AFTER)
    assert codes(no.value) == ["outcome_stands"]
    kept = chefsgrupp.one(called, MARCH).meeting.minutes
    paragraph = next(n.paragraph for n in kept.notes if n.item == "U2026-02") if kept else 0
    approve(called, paragraph)
    with pytest.raises(Refused) as no:
        minutes.take(called, MARCH, Taken(notes={item.number: note("bifall", decision="x")}), actor=KANSLI, now=AFTER)
    assert codes(no.value) == ["paragraph_approved"]
    after = approve(called)
    assert (after.status, len(after.digest)) == ("justerat", 64)
    with pytest.raises(Refused) as no:
        minutes.take(called, MARCH, Taken(head={"secretary": "Nils"}), actor=KANSLI, now=AFTER)
    assert codes(no.value) == ["protokoll_locked"]
    with pytest.raises(Refused) as no:
        approve(called)
    assert codes(no.value) == ["already_approved"]
    assert queries.verify(called).findings == ()


def test_a_paragraph_that_is_not_there_or_a_day_that_cannot_be_is_refused(called: House) -> None:
    take(called, DECIDED)
    with pytest.raises(Refused) as no:
        approve(called)
    assert codes(no.value) == ["not_closed"]
    close(called)
    for paragraph, on, code in ((99, None, "no_such_paragraph"), (1, BEFORE.date(), "adjusted_before_meeting"),
                                (1, APRIL, "date_in_future")):  # fmt: skip
        with pytest.raises(Refused) as no:
            approve(called, paragraph, on)
        assert codes(no.value) == [code]


def test_nothing_is_sent_out_before_the_paragraph_is_justerad(house: House) -> None:
    id = approved(house)
    plan(house, MARCH, APRIL)
    step(house, id, "omprioritera", planerad_tid="Q4 2026", paragraf="7", tidsgrans="regionbeslut")
    agenda.add(house, MARCH, Addition(title="Ny tid"), {}, actor=KANSLI, now=BEFORE)
    agenda.summon(house, MARCH, None, actor=KANSLI, now=BEFORE)
    many = Reprioritised(uppdrag=(id,), span="Q1 2027", deadline="regionbeslut")
    take(house, {"Ny tid": note("bifall", reprioritised=many)})
    wanted = dispatching.Wanted(actor=KANSLI)
    dispatching.plan(house, id, wanted, SETTINGS, now=AFTER)
    done = close(house)
    paragraph = next(n.paragraph for n in done.meeting.minutes.notes if n.reprioritised) if done.meeting.minutes else 0
    with pytest.raises(Refused) as no:
        dispatching.dispatch(house, id, wanted, SETTINGS, now=AFTER)
    assert codes(no.value) == ["paragraph_not_approved"]
    assert waiting(house) == []
    approve(house, paragraph)
    dispatching.dispatch(house, id, wanted, SETTINGS, now=AFTER)
    assert len(waiting(house)) == 3


def test_a_justerad_paragraph_that_was_tampered_with_is_found(called: House) -> None:
    if not called.database.path:
        pytest.skip("the file is SQLite's")
    take(called, DECIDED)
    close(called)
    approve(called)
    path = Path(called.database.path)
    with at_the_file(path) as db:
        db.execute("UPDATE paragraf SET justerad = NULL WHERE number = 3")
        db.execute("UPDATE mote SET content = replace(content, 'version 2', 'version 3') WHERE day = '2026-03-27'")
    assert found(verify(path)) == [
        ("row_changed", "mote mote:2026-03-27"), ("row_changed", "paragraf mote:2026-03-27 3"),
    ]  # fmt: skip


def test_the_second_secretary_who_takes_the_minutes_is_told_of_the_first(called: House) -> None:
    seen = chefsgrupp.one(called, MARCH).meeting.version
    one = Taken(notes={1: note("antecknad")})
    minutes.take(called, MARCH, one, actor=KANSLI, now=AFTER, expected=seen)
    with pytest.raises(Refused) as no:
        minutes.take(called, MARCH, Taken(notes={2: note("bifall")}), actor=OTHER, now=AFTER, expected=seen)
    assert "Anna Ek 2026-03-27 16.00: protokollet för 1 punkter" in no.value.refusals[0].facts["what"]


def test_a_protokoll_that_is_missing_is_told_of_until_the_meeting_is_closed(house: House) -> None:
    plan(house, MARCH)

    def asked(day: int) -> list[tuple[str, bool]]:
        now = datetime(2026, 4, day, 9, tzinfo=UTC)
        found = todo.todo(house, now=now)
        assert found.count >= len(found.meetings)
        return [(d.what, d.pressing) for d in found.meetings]

    assert (asked(1), asked(3)) == ([("protokoll", False)], [("protokoll", True)])
    fixed = replace(web.SETTINGS, fixed_now=datetime(2026, 4, 3, 9, tzinfo=UTC))
    with web.visiting(house, fixed) as at:
        at.log_in("kansli", now=datetime(2026, 4, 3, 8, tzinfo=UTC))
        assert "Protokollet från mötet 2026-03-27 saknas sedan 7 dagar." in at.get("/att-gora").text
    agenda.summon(house, MARCH, MARCH, actor=KANSLI, now=AFTER)
    take(house)
    close(house)
    assert asked(3) == []


WRONG = {
    "punkter: [{punkt: 1, utfall: kanske}]": "utfall",
    "punkter: [{punkt: 1, utfall: bifall}, {punkt: 1, utfall: avslag}]": "punkt 1 står två gånger",
    "narvarande: [{namn: Bo, lamnade: sent}]": "09.00",
    "punkter: [{punkt: 1, utfall: bifall, omprioritera: {uppdrag: [U2026-01], planerad_tid: snart}}]": "Q3 2026",
    'ordforande: "a\\u0007b"': "dolt tecken",
    "protokoll: nej": "protokoll",
    'punkter: [{punkt: 1, utfall: bifall, atgarder: [{vad: "", vem: Bo}]}]': "vad är tomt",
    "{": "YAML",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_file_that_will_not_do_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(DefinitionInvalid) as no:
        minutes.read("p.yaml", text.encode(), MARCH)
    assert any(WRONG[text] in p.text and p.line for p in no.value.problems), no.value


def test_minutes_may_be_json_too() -> None:
    taken = minutes.read("p.json", b'{"ordforande": "Ove", "punkter": [{"punkt": 3, "utfall": "bifall"}]}', MARCH)
    assert taken == Taken(head={"chair": "Ove"}, notes={3: note("bifall")})
