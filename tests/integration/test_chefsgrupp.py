"""Chefsgruppen's meetings: a year's dates, where they are held, and two who change one at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cast import KANSLI, NOW
from tests.integration.doing import codes
from tests.integration.tampering import at_the_file, found, verify
from uppdrag.service import chefsgrupp, people, queries, sources
from uppdrag.service import meetings as calendars
from uppdrag.service.chefsgrupp import YearPlan
from uppdrag.service.house import House
from workflow.errors import Refused
from workflow.meeting import Arrangement, Meeting
from workflow.model import Actor

MARCH, APRIL, JUNE = date(2026, 3, 27), date(2026, 4, 24), date(2026, 6, 12)
OTHER = Actor(role="kansli", name="Cia Dahl")


def plan(house: House, *days: date, year: int = 2026, dry_run: bool = False) -> YearPlan:
    """The year's meetings, in Uppsala."""
    return chefsgrupp.plan_year(
        house, year, days, Arrangement(place="Uppsala"), actor=KANSLI, now=NOW, dry_run=dry_run
    )  # fmt: skip


def arrange(house: House, by: Actor = KANSLI, expected: int | None = None, **where: Any) -> Meeting:
    return chefsgrupp.arrange(house, APRIL, Arrangement(**where), actor=by, now=NOW, expected=expected)


def test_a_years_dates_come_at_once_with_papers_kallelse_and_justering(any_house: House) -> None:
    plan(any_house, JUNE, MARCH, APRIL)
    held = chefsgrupp.listed(any_house, year=2026)
    assert [h.date.first for h in held] == [MARCH, APRIL, JUNE]
    april = held[1]
    assert (april.date.papers_by, april.date.published_on) == (date(2026, 4, 10), date(2026, 4, 15))
    assert april.meeting.arrangement == Arrangement(
        place="Uppsala", starts="09.00", ends="12.00", adjust_by=date(2026, 5, 11)
    )
    assert queries.verify(any_house).findings == ()


def test_the_dates_are_those_of_the_one_calendar_of_meetings(house: House) -> None:
    plan(house, MARCH, APRIL)
    wanted = calendars.Wanted(region="-")
    assert [k.meeting.first for k in calendars.listed(house, wanted)] == [MARCH, APRIL]


def test_without_dates_the_declared_rhythm_gives_them(house: House) -> None:
    new = plan(house, year=2027).new
    assert [m.first.month for m in new] == [1, 2, 3, 4, 5, 6, 9, 10, 11, 12]
    assert all(m.first.weekday() == 4 and 8 <= m.first.day <= 14 for m in new)


def test_planning_again_changes_nothing_and_a_rehearsal_leaves_no_trace(house: House) -> None:
    plan(house, MARCH, dry_run=True)
    assert chefsgrupp.listed(house) == []
    plan(house, MARCH)
    before = chefsgrupp.listed(house)
    again = plan(house, MARCH)
    assert (again.new, again.arranged, [m.first for m in again.kept]) == ((), (), [MARCH])
    assert chefsgrupp.listed(house) == before


def test_real_dates_displace_the_examples_of_their_year(house: House) -> None:
    name, content = sources.meetings("exempel")
    calendars.import_meetings(house, name, content, actor=KANSLI, now=NOW)
    done = plan(house, MARCH, date(2026, 5, 8))
    assert len(done.displaced) == 7, "of the eight examples one has the same day"
    assert [(h.date.first, h.date.example) for h in chefsgrupp.listed(house, year=2026)] == [
        (MARCH, False), (date(2026, 5, 8), False),
    ]  # fmt: skip


def test_a_date_of_another_year_is_refused_by_name(house: House) -> None:
    with pytest.raises(Refused) as no:
        plan(house, MARCH, date(2027, 4, 1))
    assert codes(no.value) == ["date_of_another_year"]
    assert chefsgrupp.listed(house) == []


def test_who_belongs_to_chefsgruppen_is_asked_of_the_holders_on_that_day(house: House) -> None:
    plan(house, APRIL)
    lines = (
        b"befattning;l\xc3\xa4nskod;namn;e-post;form;fr\xc3\xa5n;till\n"
        b"chefsgrupp;03;Eva Ek;eva@u.example;ordinarie;;\n"
        b"chefsgrupp;03;Bo Bo;bo@u.example;ers\xc3\xa4ttare;;\n"
        b"chefsgrupp;12;Slutat;slut@s.example;ordinarie;;2026-04-01\n"
        b"chefsgrupp_adjungerad;;Ada SKR;ada@skr.example;ordinarie;;\n"
        b"ordf\xc3\xb6rande;;Ove Ord;ove@o.example;ordinarie;;\n"
    )
    people.import_people(house, "p.csv", lines, actor=KANSLI, now=NOW)
    who = chefsgrupp.one(house, APRIL).attendance
    named = [[h.name for h in group] for group in (who.members, who.substitutes, who.adjungerade, who.chair)]
    assert named == [["Eva Ek"], ["Bo Bo"], ["Ada SKR"], ["Ove Ord"]]


def test_a_meeting_that_is_not_there_is_refused_with_the_nearest(house: House) -> None:
    plan(house, MARCH, APRIL)
    with pytest.raises(Refused) as no:
        chefsgrupp.one(house, date(2026, 4, 1))
    assert no.value.refusals[0].facts["near"] == "2026-03-27, 2026-04-24"


def test_the_second_of_two_is_told_what_the_first_changed(any_house: House) -> None:
    plan(any_house, APRIL)
    seen = chefsgrupp.one(any_house, APRIL).meeting.version
    arrange(any_house, place="Stockholm", expected=seen)
    with pytest.raises(Refused) as no:
        arrange(any_house, by=OTHER, place="Umeå", expected=seen)
    assert codes(no.value) == ["meeting_changed"]
    told = no.value.refusals[0].facts["what"]
    assert "Anna Ek" in told
    assert "Stockholm" in told
    assert chefsgrupp.one(any_house, APRIL).meeting.arrangement.place == "Stockholm"
    with pytest.raises(Refused) as no:
        arrange(any_house, place="Umeå", expected=99)
    assert codes(no.value) == ["meeting_version_unknown"]


def test_what_is_left_out_of_an_arrangement_stays_and_the_same_again_is_no_event(house: House) -> None:
    plan(house, APRIL)
    arrange(house, link="https://mote.example/1")
    again = arrange(house, place="Uppsala")
    assert (again.version, again.arrangement.place, again.arrangement.link) == (2, "Uppsala", "https://mote.example/1")
    with pytest.raises(Refused) as no:
        arrange(house, adjust_by=date(2026, 4, 1))
    assert codes(no.value) == ["adjusted_before_meeting"]


@pytest.mark.sqlite_file("somebody changes it behind the program")
def test_a_meeting_that_was_tampered_with_is_found(house: House) -> None:
    plan(house, APRIL)
    with at_the_file(Path(house.database.path)) as db:
        db.execute("UPDATE mote SET content = replace(content, 'Uppsala', 'Umeå')")
    assert found(verify(Path(house.database.path))) == [("row_changed", "mote mote:2026-04-24")]
