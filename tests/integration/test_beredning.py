"""The beredningsplan of a year: filled in, moved by hand, followed by the agenda, and decided by chefsgruppen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cast import KANSLI, NOW
from tests.integration.doing import codes, new, step
from tests.integration.tampering import at_the_file, found, verify
from tests.integration.test_chefsgrupp import APRIL, JUNE, MARCH, OTHER, plan
from tests.web import SETTINGS
from uppdrag.documents import page
from uppdrag.documents.formats import rendered
from uppdrag.service import agenda, beredning, beredning_changing, calling_off, minutes, queries
from uppdrag.service.beredning import Preparation
from uppdrag.service.beredning_changing import Moved
from uppdrag.service.beredning_document import document
from uppdrag.service.house import House
from uppdrag.words.beredning import change, standing
from workflow.errors import Refused
from workflow.meeting import Minutes, Note, Outcome, Present
from workflow.minutes import Taken
from workflow.model import Actor

DECEMBER = date(2026, 12, 11)
FIRST = "U2026-01:redovisa"


def shown(house: House, year: int = 2026) -> Preparation:
    return beredning.preparation(house, year, now=NOW)


def at(house: House, key: str) -> date | None:
    row = shown(house).row(key)
    assert row is not None, key
    return row.day


def move(
    house: House, key: str, day: date | None, why: str = "", *, by: Actor = KANSLI, expected: int | None = None
) -> Moved:
    return beredning_changing.place(house, 2026, key, day, why, actor=by, now=NOW, expected=expected)


def on_agenda(house: House, day: date) -> dict[str, str]:
    """The keys of the items that are about something, and why each is there."""
    items = agenda.agenda(house, day, now=NOW).items
    return {i.key: i.why.code for i in items if i.section not in ("oppning", "avslutning")}


def hold(
    house: House, day: date, outcomes: dict[str, Outcome] | None = None, *, dry_run: bool = False
) -> minutes.Closing:
    """Summon to a meeting, give every item an outcome (`antecknad` where none is said) and close it."""
    items = agenda.agenda(house, day, now=NOW).items
    if not agenda.agenda(house, day, now=NOW).held.meeting.summoned_on:
        agenda.summon(house, day, None, actor=KANSLI, now=NOW)
    told = {i.number: Note(item="", outcome=(outcomes or {}).get(i.key, "antecknad")) for i in items}
    taken = Taken(head={"present": (Present(name="Eva Ek"),)}, notes=told)
    later = NOW + timedelta(days=max((day - NOW.date()).days, 0))
    minutes.take(house, day, taken, actor=KANSLI, now=later)
    return minutes.close(house, day, actor=KANSLI, now=later, dry_run=dry_run)


@pytest.fixture
def planned(any_house: House) -> House:
    """Four meetings of a year with the plan's nineteen uppdrag."""
    plan(any_house, MARCH, APRIL, JUNE, DECEMBER)
    return any_house


def test_a_plan_is_there_before_anybody_has_touched_it(planned: House) -> None:
    found = shown(planned)
    assert (found.plan.version, found.plan.edition, found.days) == (0, 1, (MARCH, APRIL, JUNE, DECEMBER))
    assert at(planned, FIRST) == MARCH
    assert at(planned, "U2026-01:godkann") == APRIL
    assert at(planned, "U2026-03:redovisa") == JUNE
    assert at(planned, "motestider") == JUNE
    assert standing(found.decided) == "Inte beslutad av chefsgruppen"
    assert all("säkerhetsskydd" not in r.title for r in found.rows), "a sensitive uppdrag has its neutral title"


def test_what_is_moved_by_hand_is_kept_and_the_agenda_follows(planned: House) -> None:
    assert FIRST not in on_agenda(planned, APRIL)
    assert on_agenda(planned, MARCH)["U2026-01"] == "deadline"
    done = move(planned, FIRST, APRIL, "Väntar på underlag")
    assert done.after is not None
    assert [w.code for w in done.after.warnings] == ["after_planned_time"]
    assert "U2026-01" not in on_agenda(planned, MARCH)
    assert on_agenda(planned, APRIL)["U2026-01"] == "plan"
    move(planned, "U2026-03:redovisa", MARCH)
    assert on_agenda(planned, MARCH)["U2026-03"] == "plan", "also before its deadline would bring it"
    assert queries.verify(planned).findings == ()


def test_what_is_left_out_is_on_no_agenda_until_it_is_put_back(planned: House) -> None:
    move(planned, FIRST, None, "Tas upp 2027")
    assert "U2026-01" not in on_agenda(planned, MARCH)
    row = shown(planned).row(FIRST)
    assert row is not None
    assert row.left_out
    back = beredning_changing.restore(planned, 2026, FIRST, actor=KANSLI, now=NOW)
    assert back.after is not None
    assert (back.after.day, back.after.placement) == (MARCH, None)
    assert on_agenda(planned, MARCH)["U2026-01"] == "deadline"
    with pytest.raises(Refused) as no:
        beredning_changing.restore(planned, 2026, FIRST, actor=KANSLI, now=NOW)
    assert codes(no.value) == ["not_placed_by_hand"]


def test_a_matter_of_its_own_and_a_yearly_one_reach_the_agenda_where_they_are_put(planned: House) -> None:
    added = beredning_changing.add(planned, 2026, "Lokaler", "beslut", APRIL, actor=KANSLI, now=NOW)
    assert added.after is not None
    own = added.after.key
    assert on_agenda(planned, APRIL)[own] == "plan"
    move(planned, own, JUNE)
    move(planned, "motestider", DECEMBER)
    assert own not in on_agenda(planned, APRIL)
    assert own in on_agenda(planned, JUNE)
    assert "motestider" not in on_agenda(planned, JUNE)
    assert on_agenda(planned, DECEMBER)["motestider"] == "plan"


def test_the_same_form_adds_one_matter(planned: House) -> None:
    def add(_: int) -> Moved:
        return beredning_changing.add(
            planned, 2026, "Lokaler", "beslut", APRIL, actor=KANSLI, now=NOW, key="k", expected=1
        )

    with ThreadPoolExecutor(8) as many:
        done = list(many.map(add, range(20)))
    assert sum(one.changed for one in done) == 1
    assert len(shown(planned).plan.own) == 1


def test_what_stands_so_already_is_not_recorded_again(planned: House) -> None:
    move(planned, FIRST, APRIL, "Skäl", expected=1)
    again = move(planned, FIRST, APRIL, "Skäl", expected=1)
    assert (again.changed, shown(planned).plan.version) == (False, 1)


def test_the_second_secretary_is_told_what_the_first_changed(planned: House) -> None:
    move(planned, FIRST, APRIL, "Väntar på underlag", expected=1)
    with pytest.raises(Refused) as no:
        move(planned, "U2026-03:redovisa", APRIL, by=OTHER, expected=1)
    (refusal,) = no.value.refusals
    assert refusal.code == "meeting_changed"
    assert "Anna Ek 2026-03-27 10.00: U2026-01 " in refusal.facts["what"]
    assert "ställdes till 2026-04-24 (Väntar på underlag)" in refusal.facts["what"]
    assert move(planned, "U2026-03:redovisa", APRIL, by=OTHER, expected=2).plan.edition == 3
    with pytest.raises(Refused) as no:
        move(planned, FIRST, JUNE, expected=9)
    assert codes(no.value) == ["meeting_version_unknown"]


def test_what_cannot_be_is_refused_by_name(planned: House) -> None:
    for key, day, code in (
        ("U2026-99", APRIL, "no_such_matter"), ("U2026-01", APRIL, "several_matters"),
        (FIRST, date(2026, 5, 1), "not_a_coming_meeting"),
    ):  # fmt: skip
        with pytest.raises(Refused) as no:
            move(planned, key, day)
        assert codes(no.value) == [code]
    with pytest.raises(Refused) as no:
        beredning_changing.place(planned, 2027, FIRST, APRIL, "", actor=KANSLI, now=NOW)
    assert codes(no.value) == ["no_meetings_that_year"]
    with pytest.raises(Refused) as no:
        beredning_changing.add(planned, 2026, "", "beslut", None, actor=KANSLI, now=NOW)
    assert codes(no.value) == ["matter_without_title"]
    assert shown(planned).plan.version == 0


def test_a_rehearsal_leaves_no_trace(planned: House) -> None:
    done = beredning_changing.place(planned, 2026, FIRST, JUNE, "", actor=KANSLI, now=NOW, dry_run=True)
    assert done.after is not None
    assert done.after.day == JUNE
    assert shown(planned).plan.version == 0


def test_a_meeting_that_is_called_off_gives_its_matters_to_the_next(planned: House) -> None:
    move(planned, FIRST, APRIL)
    calling_off.call_off(planned, APRIL, "För få ärenden", SETTINGS, actor=KANSLI, now=NOW)
    row = shown(planned).row(FIRST)
    assert row is not None
    assert (row.day, [w.code for w in row.warnings]) == (JUNE, ["after_planned_time", "placed_meeting_gone"])
    assert on_agenda(planned, JUNE)["U2026-01"] == "plan"


def test_a_meeting_that_is_moved_takes_its_matters_along(planned: House) -> None:
    move(planned, FIRST, APRIL)
    earlier = date(2026, 4, 21)
    calling_off.move(planned, APRIL, earlier, actor=KANSLI, now=NOW)
    assert at(planned, FIRST) == earlier
    assert on_agenda(planned, earlier)["U2026-01"] == "plan"
    assert "U2026-01" not in on_agenda(planned, JUNE)


def test_what_stands_on_an_agenda_that_is_out_is_pointed_out(planned: House) -> None:
    agenda.summon(planned, MARCH, None, actor=KANSLI, now=NOW)
    done = move(planned, FIRST, APRIL)
    assert done.after is not None
    assert "still_on_agenda" in [w.code for w in done.after.warnings]


def test_chefsgruppen_decides_on_the_version_that_was_put_before_it(planned: House) -> None:
    move(planned, FIRST, APRIL)
    done = beredning_changing.submit(planned, 2026, MARCH, actor=KANSLI, now=NOW)
    item = next(i for i in agenda.agenda(planned, MARCH, now=NOW).items if i.number == done.number)
    assert (item.title, item.documents) == ("Beredningsplan 2026", ("Beredningsplan 2026, version 2",))
    again = beredning_changing.submit(planned, 2026, MARCH, actor=KANSLI, now=NOW)
    assert (again.changed, again.number) == (False, done.number)
    move(planned, "U2026-03:redovisa", DECEMBER)
    rehearsed = hold(planned, MARCH, {"beredningsplan-2026": "bifall"}, dry_run=True)
    assert rehearsed.plans == ((2026, 2),)
    assert shown(planned).decided is None
    closed = minutes.close(planned, MARCH, actor=KANSLI, now=NOW)
    assert closed.plans == ((2026, 2),)
    after = shown(planned)
    paragraph = next(
        n.paragraph for n in (closed.meeting.minutes or Minutes()).notes if n.item == "beredningsplan-2026"
    )
    assert standing(after.decided) == f"Beslutad § {paragraph}, 2026-03-27, version 2"
    told = [change(c) for c in after.changes]
    assert any(t.startswith("Flyttat: U2026-03") and t.endswith("från 2026-06-12 till 2026-12-11.") for t in told)
    assert after.plan.edition == 3
    assert queries.verify(planned).findings == ()


def test_a_new_version_takes_the_place_of_the_one_on_the_agenda(planned: House) -> None:
    first = beredning_changing.submit(planned, 2026, MARCH, actor=KANSLI, now=NOW)
    agenda.edit(planned, MARCH, first.number, {"presenter": "Eva"}, actor=KANSLI, now=NOW)
    move(planned, FIRST, APRIL)
    done = beredning_changing.submit(planned, 2026, MARCH, actor=KANSLI, now=NOW)
    items = [i for i in agenda.agenda(planned, MARCH, now=NOW).items if i.key == "beredningsplan-2026"]
    assert [(i.documents, i.presenter) for i in items] == [(("Beredningsplan 2026, version 2",), "Eva")]
    assert done.number == items[0].number


def test_a_plan_that_is_postponed_is_decided_at_the_next_meeting(planned: House) -> None:
    beredning_changing.submit(planned, 2026, MARCH, actor=KANSLI, now=NOW)
    assert hold(planned, MARCH, {"beredningsplan-2026": "bordlagd"}).plans == ()
    assert shown(planned).decided is None
    key = next(k for k, why in on_agenda(planned, APRIL).items() if why == "carried")
    assert hold(planned, APRIL, {key: "bifall"}).plans == ((2026, 1),)
    ruling, tabled = shown(planned).decided or pytest.fail("it was decided")
    assert (ruling.meeting, tabled.meeting) == (APRIL, MARCH)


def test_an_outcome_that_is_no_bifall_decides_nothing(planned: House) -> None:
    beredning_changing.submit(planned, 2026, MARCH, actor=KANSLI, now=NOW)
    hold(planned, MARCH, {"beredningsplan-2026": "avslag"})
    assert shown(planned).decided is None


def test_what_a_meeting_has_dealt_with_is_told_and_does_not_come_again(planned: House) -> None:
    beredning_changing.add(planned, 2026, "Lokaler", "beslut", MARCH, actor=KANSLI, now=NOW)
    move(planned, "motestider", MARCH)
    hold(planned, MARCH)
    after = shown(planned)
    assert {h.title for h in after.handled} >= {"Lokaler", "Mötestider för nästa år"}
    assert after.row("plan-2026-1") is None
    assert "motestider" not in on_agenda(planned, JUNE)


def test_the_next_years_plan_goes_on_from_this_one(planned: House) -> None:
    plan(planned, date(2027, 1, 15), date(2027, 2, 12), year=2027)
    keys = {r.key: r.day for r in shown(planned, 2027).rows}
    assert keys["U2026-02:godkann"] == date(2027, 1, 15)
    assert FIRST not in keys
    move_next = beredning_changing.place(
        planned, 2027, "U2026-02:godkann", date(2027, 2, 12), "", actor=KANSLI, now=NOW
    )
    assert move_next.after is not None
    assert move_next.after.day == date(2027, 2, 12)


def test_what_becomes_ready_is_found_by_the_agenda_where_it_was_put(planned: House) -> None:
    new(planned, "utredning", title="Nytt")
    move(planned, "U2026-20:besluta", APRIL)
    assert "U2026-20" not in on_agenda(planned, APRIL), "the kansli has not prepared it"
    step(planned, "U2026-20", "bered", ansvarig="A", natverk="n")
    assert on_agenda(planned, APRIL)["U2026-20"] == "plan"
    assert "U2026-20" not in on_agenda(planned, MARCH)


@pytest.mark.sqlite_file("somebody changes it behind the program")
def test_a_plan_that_is_changed_behind_the_programs_back_is_found(house: House, tmp_path: Path) -> None:
    plan(house, MARCH, APRIL, JUNE, DECEMBER)
    move(house, FIRST, APRIL, "Väntar")
    house.database.close()
    with at_the_file(tmp_path / "uppdrag.db") as db:
        db.execute("UPDATE beredningsplan SET content = replace(content, '2026-04-24', '2026-06-12')")
    assert ("row_changed", "beredningsplan beredningsplan:2026") in found(verify(tmp_path / "uppdrag.db"))


def test_the_document_says_what_where_when_and_what_somebody_decided(planned: House) -> None:
    move(planned, FIRST, APRIL, "Väntar på underlag")
    move(planned, "U2026-19:redovisa", None, "Tas upp 2027")
    beredning_changing.submit(planned, 2026, MARCH, actor=KANSLI, now=NOW)
    hold(planned, MARCH, {"beredningsplan-2026": "bifall"})
    move(planned, "U2026-03:redovisa", DECEMBER)
    made = document(shown(planned), now=NOW)
    text = page.render(made)
    for said in (
        "Mötet 24 april 2026", "Ställt dit för hand: Väntar på underlag.", "Tas upp 2027.", "version 3",
        "ligger efter planerad tid (redovisas Q1 2026", "Ändrat sedan beslutet", "Behandlat under året",
        "Utan möte i årets plan", "Lämnat utanför årets plan", "Beslutad §",
    ):  # fmt: skip
        assert said in text, said
    assert "säkerhetsskyddsavtal" not in text
    assert made.name == "beredningsplan-2026-version-4"
    assert rendered(made, "pdf") == rendered(document(shown(planned), now=NOW), "pdf"), "the same facts, the same bytes"
