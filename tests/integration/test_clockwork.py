"""The clock: each occasion once, however late, doubled or broken off; and none after an answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from storage import intents, reminders
from tests.cast import actor
from uppdrag.service import clockwork, commands, meetings
from uppdrag.service.house import House
from workflow.calendar import STOCKHOLM
from workflow.commands import Advance, AdvanceRegion, Decide
from workflow.message import NONE, Intent
from workflow.workdays import QuietPeriod, WorkCalendar

KANSLI = actor("kansli")
CALENDAR = WorkCalendar(free=frozenset({date(2026, 6, 19)}), quiet=(QuietPeriod(date(2026, 7, 6), date(2026, 8, 2)),))
APPROVED = datetime(2026, 3, 27, 9, tzinfo=STOCKHOLM)


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=STOCKHOLM)


def send_to_regions(house: House) -> None:
    """U2026-01 approved for the regions on 27 March, with the window Q2–Q3 2026."""
    facts = {"mote": "2026-03-27", "paragraf": "18", "forslagsversion": "1"}
    for trigger, more in (("redovisa", {"rapport": "R-1"}), ("godkann", {})):
        command = Advance(actor=KANSLI, trigger=trigger, facts={**facts, **more})
        commands.handle(house, "U2026-01", command, now=APPROVED)


def kept(house: House, region: str, uppdrag: str = "U2026-01") -> list[Intent]:
    with house.database.reading() as session:
        return intents.of_track(session, uppdrag, region, 1)


def live(house: House, first: date, last: date) -> None:
    """Tick every morning of a period."""
    day = first
    while day <= last:
        clockwork.tick(house, CALENDAR, now=at(day))
        day += timedelta(days=1)


def steps(found: list[Intent]) -> list[tuple[str, str, date, str]]:
    return sorted((i.occasion.step, i.occasion.office, i.send_on, i.status) for i in found)


def test_a_region_that_says_nothing_gets_each_declared_step_once(house: House) -> None:
    send_to_regions(house)
    live(house, date(2026, 3, 27), date(2026, 11, 30))
    assert steps(kept(house, "17")) == [
        # Eight weeks before 30 September is 5 August; the quiet weeks end on 2 August.
        ("atta_veckor_till_regionbeslut", "kontakt", date(2026, 8, 5), "vantar"),
        ("atta_veckor_till_regionbeslut", "registrator", date(2026, 8, 5), "vantar"),
        ("efter_planerad_tid", "regiondirektor", date(2026, 10, 7), "vantar"),
        ("en_vecka_till_regionbeslut", "kontakt", date(2026, 9, 23), "vantar"),
        ("en_vecka_till_regionbeslut", "regiondirektor", date(2026, 9, 23), "vantar"),
        ("en_vecka_till_regionbeslut", "registrator", date(2026, 9, 23), "vantar"),
        ("fyra_veckor_till_regionbeslut", "regiondirektor", date(2026, 9, 2), "vantar"),
        ("samtal", "chefsgruppsledamot", date(2026, 10, 21), "vantar"),
        ("till_kansliet", "c_nspl", date(2026, 11, 4), "vantar"),
    ]


def test_a_region_that_has_decided_gets_nothing(house: House) -> None:
    send_to_regions(house)
    decision = Decide(actor=KANSLI, region="17", outcome="antagen", source="protokollsutdrag")
    commands.handle(house, "U2026-01", decision, now=at(date(2026, 6, 9)))
    live(house, date(2026, 6, 10), date(2026, 11, 30))
    assert kept(house, "17") == []
    assert len(kept(house, "03")) == 9
    with house.database.reading() as session:
        assert ("U2026-01", "17") not in reminders.every(session)


def test_a_stated_date_silences_until_ten_working_days_after_it(house: House) -> None:
    send_to_regions(house)
    facts = {"instans": "RF", "datum": "2026-09-21"}
    planned = AdvanceRegion(actor=KANSLI, region="17", trigger="planera", facts=facts)
    commands.handle(house, "U2026-01", planned, now=at(date(2026, 4, 1)))
    live(house, date(2026, 4, 1), date(2026, 11, 30))
    assert steps(kept(house, "17")) == [
        ("efter_planerad_tid", "regiondirektor", date(2026, 10, 7), "vantar"),
        ("samtal", "chefsgruppsledamot", date(2026, 10, 21), "vantar"),
        ("till_kansliet", "c_nspl", date(2026, 11, 4), "vantar"),
    ]


def test_three_weeks_of_downtime_leave_the_latest_step_and_record_the_others_as_passed_over(house: House) -> None:
    send_to_regions(house)
    live(house, date(2026, 3, 27), date(2026, 4, 1))
    clockwork.tick(house, CALENDAR, now=at(date(2026, 10, 26)))
    found = {(i.occasion.step, i.occasion.office): i.status for i in kept(house, "17")}
    assert found["efter_planerad_tid", "regiondirektor"] == "vantar"
    assert found["samtal", "chefsgruppsledamot"] == "vantar"
    passed = {key for key, status in found.items() if status == "overhoppad"}
    assert passed == {
        (step, office)
        for step, offices in (
            ("atta_veckor_till_regionbeslut", ("kontakt", "registrator")),
            ("en_vecka_till_regionbeslut", ("kontakt", "registrator", "regiondirektor")),
            ("fyra_veckor_till_regionbeslut", ("regiondirektor",)),
        )
        for office in offices
    }


def test_doubled_ticks_and_a_clock_set_back_make_nothing_twice(house: House) -> None:
    send_to_regions(house)
    clockwork.tick(house, CALENDAR, now=at(date(2026, 3, 27)))
    for moment in (at(date(2026, 8, 5)), at(date(2026, 8, 5)), at(date(2026, 8, 4)), at(date(2026, 8, 5), 10)):
        clockwork.tick(house, CALENDAR, now=moment)
    assert len(kept(house, "17")) == 2


def test_nothing_is_made_before_the_morning_opens(house: House) -> None:
    send_to_regions(house)
    clockwork.tick(house, CALENDAR, now=at(date(2026, 3, 27)))
    clockwork.tick(house, CALENDAR, now=datetime(2026, 8, 5, 5, 59, tzinfo=UTC))  # 07:59 in Stockholm
    assert kept(house, "17") == []
    clockwork.tick(house, CALENDAR, now=datetime(2026, 8, 5, 6, 0, tzinfo=UTC))
    assert len(kept(house, "17")) == 2


def test_an_omprioritering_replaces_the_plan(house: House) -> None:
    send_to_regions(house)
    live(house, date(2026, 8, 3), date(2026, 8, 6))
    assert len(kept(house, "17")) == 2
    moved = {"planerad_tid": "Q1 2027", "paragraf": "41"}
    commands.reschedule(house, ["U2026-01"], moved, actor=KANSLI, on=None, now=at(date(2026, 8, 10)))
    live(house, date(2026, 8, 10), date(2027, 2, 28))
    with house.database.reading() as session:
        second = intents.of_track(session, "U2026-01", "17", 2)
    assert min(i.send_on for i in second) == date(2027, 2, 3)
    assert {i.due for i in second} == {date(2027, 3, 31)}


@pytest.mark.parametrize(("pause", "expected"), [(True, 0), (False, 21 * 2)])
def test_a_pause_is_silence(house: House, pause: bool, expected: int) -> None:
    send_to_regions(house)
    clockwork.tick(house, CALENDAR, now=at(date(2026, 3, 27)))
    if pause:
        command = Advance(actor=KANSLI, trigger="pausa", facts={"skal": "väntar"})
        commands.handle(house, "U2026-01", command, now=at(date(2026, 4, 1)))
    live(house, date(2026, 8, 3), date(2026, 8, 6))
    with house.database.reading() as session:
        waiting = [i for i in intents.waiting(session, date(2026, 8, 6)) if i.occasion.uppdrag == "U2026-01"]
    assert len([i for i in waiting if i.occasion.region != NONE]) == expected


def test_a_changed_holiday_moves_what_has_not_been_sent_and_says_what_moved(house: House) -> None:
    send_to_regions(house)
    clockwork.tick(house, CALENDAR, now=at(date(2026, 3, 27)))
    closed = WorkCalendar(free=frozenset({date(2026, 8, 5)}), quiet=CALENDAR.quiet)
    moved = clockwork.renew(house, closed, now=at(date(2026, 4, 1)))
    mine = next(m for m in moved if (m.uppdrag, m.region) == ("U2026-01", "17"))
    assert mine.before == closed.opens_on(date(2026, 8, 5))
    assert mine.after == closed.opens_on(date(2026, 8, 4))


def test_what_is_foreseen_for_a_day_is_what_the_tick_of_that_day_makes(house: House) -> None:
    send_to_regions(house)
    clockwork.tick(house, CALENDAR, now=at(date(2026, 3, 27)))
    day = date(2026, 8, 5)
    with house.database.reading() as session:
        foreseen = clockwork.foresee(house, session, CALENDAR, day=day, today=date(2026, 4, 1))
    live(house, date(2026, 4, 1), day)
    with house.database.reading() as session:
        made = [i for i in intents.waiting(session, day) if i.send_on == day]
    assert sorted(f.reminder.occasion for f in foreseen) == sorted(i.occasion for i in made)
    assert len(made) == 42


def test_the_owner_is_reminded_of_a_report(house: House) -> None:
    live(house, date(2026, 1, 12), date(2026, 3, 31))
    assert sorted((i.occasion.step, i.occasion.office, i.send_on) for i in kept(house, NONE)) == [
        ("en_vecka_till_redovisning", "ansvarig", date(2026, 3, 24)),
        ("en_vecka_till_redovisning", "c_nspl", date(2026, 3, 24)),
        ("fyra_veckor_till_redovisning", "ansvarig", date(2026, 3, 3)),
        ("fyra_veckor_till_redovisning", "c_nspl", date(2026, 3, 3)),
    ]


MEETINGS = """lanskod,body,date,last_day,papers_by,source_url
17,AU,2026-05-12,,2026-04-30,
17,RS,2026-05-26,,,
17,RF,2026-06-16,,,
17,AU,2026-08-25,,2026-08-13,
17,RS,2026-09-08,,,
17,RF,2026-09-29,,,
20,AU,2026-08-25,,,
20,RS,2026-09-08,,,
20,RF,2026-09-29,,,
-,chefsgrupp,2026-10-22,,,
-,chefsgrupp,2026-12-03,,,
"""


def state_meetings(house: House, text: str, now: datetime) -> list[clockwork.Moved]:
    return meetings.import_meetings(house, "sammantraden.csv", text.encode(), actor=KANSLI, now=now).moved


def countdown(house: House, region: str, uppdrag: str = "U2026-01") -> set[tuple[date, date | None]]:
    """The mornings of what counts down, each with the day it counts to."""
    return {(i.send_on, i.due) for i in kept(house, region, uppdrag) if i.expires_on}


def test_a_region_is_reminded_before_the_handlingsstopp_of_its_last_chain(house: House) -> None:
    state_meetings(house, MEETINGS, at(date(2026, 3, 2)))
    send_to_regions(house)
    live(house, date(2026, 3, 27), date(2026, 11, 30))
    # Eight and four weeks before 13 August lie in spring and in the quiet weeks; one week before is 6 August.
    handlingsstopp, ends = date(2026, 8, 13), date(2026, 9, 30)
    assert countdown(house, "17") == {
        (date(2026, 6, 18), handlingsstopp), (date(2026, 7, 3), handlingsstopp), (date(2026, 8, 6), handlingsstopp)
    }  # fmt: skip
    without = {(date(2026, 8, 5), ends), (date(2026, 9, 2), ends), (date(2026, 9, 23), ends)}
    assert countdown(house, "20") == without, "its handlingsstopp is not known"
    assert countdown(house, "03") == without, "its meetings are not known"
    assert {i.due for i in kept(house, "17") if not i.expires_on} == {ends}


def test_a_chain_that_had_passed_when_the_regions_were_asked_does_not_count(house: House) -> None:
    state_meetings(house, "\n".join(MEETINGS.splitlines()[:4]), at(date(2026, 3, 2)))
    facts = {"mote": "2026-05-04", "paragraf": "18", "forslagsversion": "1"}
    for trigger, more in (("redovisa", {"rapport": "R-1"}), ("godkann", {})):
        command = Advance(actor=KANSLI, trigger=trigger, facts={**facts, **more})
        commands.handle(house, "U2026-01", command, now=at(date(2026, 5, 4)))
    live(house, date(2026, 5, 4), date(2026, 9, 30))
    assert {due for _, due in countdown(house, "17")} == {date(2026, 9, 30)}


def test_a_changed_meeting_moves_what_has_not_been_sent_and_says_what_moved(house: House) -> None:
    state_meetings(house, MEETINGS, at(date(2026, 3, 2)))
    send_to_regions(house)
    live(house, date(2026, 3, 27), date(2026, 6, 1))
    later = MEETINGS.replace("2026-08-13", "2026-08-20")
    moved = {(m.uppdrag, m.region): m for m in state_meetings(house, later, at(date(2026, 6, 2)))}
    assert moved.keys() == {("U2026-01", "17")}
    assert moved["U2026-01", "17"].before == CALENDAR.opens_on(date(2026, 6, 18))
    assert moved["U2026-01", "17"].after == CALENDAR.opens_on(date(2026, 6, 25))
    assert state_meetings(house, later, at(date(2026, 6, 3))) == [], "the same list again moves nothing"
    live(house, date(2026, 6, 3), date(2026, 11, 30))
    assert {due for _, due in countdown(house, "17")} == {date(2026, 8, 20)}


def test_a_rule_for_the_papers_moves_reminders_too(house: House) -> None:
    state_meetings(house, MEETINGS, at(date(2026, 3, 2)))
    send_to_regions(house)
    live(house, date(2026, 3, 27), date(2026, 6, 1))
    rule = "tio arbetsdagar före AU"
    done = meetings.set_rule(house, "20", "AU", rule, by="Gun", actor=KANSLI, now=at(date(2026, 6, 2)))
    assert {(m.uppdrag, m.region) for m in done.moved} == {("U2026-01", "20")}
    live(house, date(2026, 6, 2), date(2026, 11, 30))
    assert {due for _, due in countdown(house, "20")} == {date(2026, 8, 11)}


def test_a_redovisning_counts_to_the_last_meeting_of_chefsgruppen_in_its_quarter(house: House) -> None:
    state_meetings(house, MEETINGS, at(date(2026, 3, 2)))
    live(house, date(2026, 3, 27), date(2026, 12, 31))
    meeting = date(2026, 12, 3)
    assert countdown(house, NONE, "U2026-02") == {(date(2026, 11, 5), meeting), (date(2026, 11, 26), meeting)}
