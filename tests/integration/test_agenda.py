"""The agenda of a meeting: proposed from what is in the database, changed by hand, frozen by the kallelse."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.cast import KANSLI, NOW
from tests.integration.doing import codes, new, step
from tests.integration.test_chefsgrupp import APRIL, JUNE, MARCH, OTHER, plan
from uppdrag.service import agenda, commands, queries, sources
from uppdrag.service import meetings as calendars
from uppdrag.service.agenda import Addition, Agenda, Changed
from uppdrag.service.chefsgrupp_rows import agenda_row
from uppdrag.service.house import House
from workflow.commands import Change
from workflow.errors import NotFound, Refused

BEFORE = datetime(2026, 3, 20, 9, tzinfo=UTC)


def shown(house: House, day: date = MARCH, now: datetime = BEFORE) -> Agenda:
    return agenda.agenda(house, day, now=now)


def lines(found: Agenda | Changed) -> list[tuple[int, str]]:
    """What is about uppdrag or was added: number and uppdrag, or title."""
    standing = ("oppning", "arligen", "avslutning")
    return [(i.number, i.uppdrag or i.title) for i in found.items if i.section not in standing]


def add(house: House, expected: int | None = None, said: dict[str, object] | None = None, **what: Any) -> Changed:
    return agenda.add(house, MARCH, Addition(**what), said or {}, actor=KANSLI, now=BEFORE, expected=expected)


@pytest.fixture
def planned(any_house: House) -> House:
    """Three meetings; one uppdrag before its directive, one reported, one with the regions, one sent back."""
    plan(any_house, MARCH, APRIL, JUNE)
    step(any_house, "U2026-04", "bered", ansvarig="Bo Bo", natverk="HSD-nätverket")
    step(any_house, "U2026-02", "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="2")
    step(any_house, "U2026-05", "bordlagg", skal="Mer underlag")
    return any_house


def test_the_agenda_is_proposed_from_states_deadlines_and_tasks(planned: House) -> None:
    row = agenda_row(shown(planned))
    told = [(i["uppdrag"], i["section"], i["kind"], i["step"]) for i in row["items"] if i["uppdrag"]]
    assert told == [
        ("U2026-05", "Återremitterat och bordlagt", "beslut", ""),
        ("U2026-04", "Beslut om uppdragsdirektiv", "beslut", "besluta"),
        ("U2026-01", "Redovisningar", "beslut", "redovisa"),
        ("U2026-02", "Godkännande för regionbeslut", "beslut", "godkann"),
    ]
    assert [i["number"] for i in row["items"]] == list(range(1, len(row["items"]) + 1))
    assert row["items"][6]["why"].startswith("Redovisning för chefsgruppen: redovisas Q1 2026, senast 2026-03-31.")
    assert row["meeting"]["date"] == "2026-03-27"
    wanted = {"number", "title", "uppdrag", "dnr", "kind", "presenter", "proposal", "documents", "why"}
    assert all(wanted <= i.keys() for i in row["items"])


def test_what_is_to_be_approved_has_the_planners_verdict(house: House) -> None:
    name, content = sources.meetings("exempel")
    calendars.import_meetings(house, name, content, actor=KANSLI, now=NOW)
    step(house, "U2026-01", "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="1")
    (item,) = [i for i in shown(house).items if i.uppdrag == "U2026-01"]
    fits, every = map(int, item.why.facts["fits"].split("/"))
    assert 0 < fits < every == 21
    assert f"Ryms i {fits} av 21 regioner" in item.proposal


def test_how_it_stands_in_the_regions_is_one_item(planned: House) -> None:
    step(planned, "U2026-02", "godkann", mote="2026-03-20", paragraf="5", forslagsversion="2")
    (item,) = [i for i in shown(planned).items if i.covers]
    assert (item.covers, item.kind, item.why.facts["concerned"]) == (("U2026-02",), "information", "21")


def test_looking_at_an_agenda_keeps_nothing(planned: House) -> None:
    before = len(queries.history(planned, "mote:2026-03-27"))
    shown(planned)
    assert len(queries.history(planned, "mote:2026-03-27")) == before


def test_what_hands_have_made_stays_while_the_rest_follows_the_uppdrag(planned: House) -> None:
    place = next(i.number for i in shown(planned).items if i.uppdrag == "U2026-02")
    agenda.move(planned, MARCH, place, 5, actor=KANSLI, now=BEFORE)
    add(planned, title="Lokaler", said={"presenter": "Eva"})
    agenda.drop(planned, MARCH, 8, actor=KANSLI, now=BEFORE)  # U2026-01
    assert lines(shown(planned)) == [(5, "U2026-02"), (6, "U2026-05"), (7, "U2026-04"), (9, "Lokaler")]
    step(planned, "U2026-04", "besluta", mote="2026-03-20", paragraf="6")
    new(planned, "utredning", title="Nytt")
    step(planned, "U2026-20", "bered", ansvarig="A", natverk="n")
    assert lines(shown(planned)) == [(5, "U2026-02"), (6, "U2026-05"), (7, "U2026-20"), (9, "Lokaler")]
    assert queries.verify(planned).findings == ()


def test_the_kallelse_freezes_the_numbers(planned: House) -> None:
    agenda.summon(planned, MARCH, None, actor=KANSLI, now=BEFORE)
    before = shown(planned)
    with pytest.raises(Refused) as no:
        agenda.move(planned, MARCH, 5, 6, actor=KANSLI, now=BEFORE)
    assert codes(no.value) == ["agenda_frozen"]
    agenda.drop(planned, MARCH, 5, actor=KANSLI, now=BEFORE)
    step(planned, "U2026-03", "redovisa", mote="2026-03-20", paragraf="9", rapport="r.pdf")
    new(planned, "utredning", title="Nytt")
    step(planned, "U2026-20", "bered", ansvarig="A", natverk="n")
    after = shown(planned)
    assert [(i.number, i.key) for i in after.items] == [(i.number, i.key) for i in before.items]
    assert after.items[4].withdrawn
    assert [i.uppdrag for i in after.waiting] == ["U2026-20"]
    add(planned, uppdrag="U2026-20")
    last = shown(planned).items[-1]
    assert (last.number, last.uppdrag, last.late, last.trigger) == (len(before.items) + 1, "U2026-20", True, "besluta")
    with pytest.raises(Refused) as no:
        agenda.summon(planned, MARCH, None, actor=KANSLI, now=BEFORE)
    assert codes(no.value) == ["already_summoned"]


def test_versions_are_kept_and_compared(planned: House) -> None:
    add(planned, title="Lokaler")
    place = next(i.number for i in shown(planned).items if i.title == "Lokaler")
    agenda.edit(planned, MARCH, place, {"proposal": "Chefsgruppen hyr."}, actor=OTHER, now=BEFORE)
    assert [(n, who) for n, who, _, _ in agenda.versions(planned, MARCH)] == [(1, "Anna Ek"), (2, "Cia Dahl")]
    (found,) = agenda.compare(planned, MARCH, 1, 2, now=BEFORE)
    assert (found.code, found.fields) == ("edited", ("proposal",))
    with pytest.raises(Refused) as no:
        agenda.compare(planned, MARCH, 1, 7, now=BEFORE)
    assert codes(no.value) == ["no_such_agenda"]


def test_the_second_secretary_is_told_what_the_first_changed(planned: House) -> None:
    seen = shown(planned).held.meeting.version
    add(planned, title="Lokaler", expected=seen)
    with pytest.raises(Refused) as no:
        agenda.drop(planned, MARCH, 5, actor=OTHER, now=BEFORE, expected=seen)
    (refusal,) = no.value.refusals
    assert refusal.code == "meeting_changed"
    assert "Anna Ek 2026-03-20 10.00" in refusal.facts["what"]
    seen += 1
    agenda.edit(planned, MARCH, 5, {"presenter": "Eva"}, actor=OTHER, now=BEFORE, expected=seen)
    with pytest.raises(Refused) as no:
        add(planned, title="Annat", expected=seen)
    assert "U2026-05" in no.value.refusals[0].facts["what"]
    assert "föredragande" in no.value.refusals[0].facts["what"]


def test_what_cannot_be_added_is_refused_by_name(planned: House) -> None:
    with pytest.raises(Refused) as no:
        add(planned)
    assert codes(no.value) == ["item_without_title"]
    with pytest.raises(Refused) as no:
        add(planned, uppdrag="U2026-04", step="dansa")
    assert codes(no.value) == ["no_such_step"]
    with pytest.raises(Refused) as no:
        add(planned, title="x", section="fel")
    assert codes(no.value) == ["no_such_section"]
    with pytest.raises(NotFound):
        add(planned, uppdrag="U2026-99")
    with pytest.raises(Refused) as no:
        agenda.drop(planned, MARCH, 99, actor=KANSLI, now=BEFORE)
    assert codes(no.value) == ["no_such_item"]


def test_an_uppdrag_may_have_a_second_item_about_its_next_step(planned: House) -> None:
    add(planned, uppdrag="U2026-01", step="godkann")
    both = [i for i in shown(planned).items if i.uppdrag == "U2026-01"]
    assert [(i.trigger, i.key) for i in both] == [("redovisa", "U2026-01"), ("godkann", "U2026-01:godkann")]


def test_what_the_plan_wants_reconsidered_has_its_place(house: House) -> None:
    plan(house, MARCH)
    with house.database.transaction() as session:
        command = Change(actor=KANSLI, why="Ny plan", attributes={"standing": "omprovas"})
        commands.advance(house, session, "U2026-05", command, NOW, regions="*")
    (item,) = [i for i in shown(house).items if i.uppdrag == "U2026-05"]
    assert item.section == "ompravning"
