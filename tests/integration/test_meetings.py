"""Meeting calendars on real databases: lists read in, replaced, written out; examples give way to real dates."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage import meetings as stored
from tests.cast import KANSLI, NOW
from uppdrag.service import meetings, queries, sources
from uppdrag.service.house import House
from uppdrag.service.meetings import MeetingsReport, Wanted
from workflow.errors import LinesRefused, Refused
from workflow.sammantraden import CHEFSGRUPP, PapersRule, Sammantrade

HEADING = "lanskod,body,date,last_day,papers_by,source_url"
REAL = Path(__file__).parent / "fixtures" / "sammantraden.csv"
JUNE, NOVEMBER = "03,RF,2026-06-15,,2026-05-25,", "03,RF,2026-11-23,,2026-11-02,"


def read_in(
    house: House, *rows: str, heading: str = HEADING, whole: bool = False, dry_run: bool = False, now: datetime = NOW
) -> MeetingsReport:
    content = "\n".join((heading, *rows)).encode()
    return meetings.import_meetings(
        house, "lista.csv", content, actor=KANSLI, now=now, whole=whole, dry_run=dry_run
    )  # fmt: skip


def read_file(house: House, content: bytes, name: str = "fil", *, dry_run: bool = False) -> MeetingsReport:
    return meetings.import_meetings(house, name, content, actor=KANSLI, now=NOW, dry_run=dry_run)


def held(house: House, region: str = "03") -> list[Sammantrade]:
    with house.database.reading() as session:
        plan = stored.plans(session).get(region)
    return sorted(plan.meetings) if plan else []


def days(found: list[Sammantrade]) -> list[str]:
    return [m.first.isoformat() for m in found]


def count_events(house: House) -> int:
    report = queries.verify(house)
    assert report.findings == ()
    return report.events


def test_the_real_dates_are_read_in_once(any_house: House) -> None:
    content = REAL.read_bytes()
    report = read_file(any_house, content)
    assert (len(report.new), report.unchanged) == (206, 0)
    assert [(number, no.code) for number, no in report.warnings] == [(23, "meeting_on_free_day")]
    (two_days,) = [m for m in held(any_house, "01") if m.first == date(2019, 11, 19)]
    assert two_days.last == date(2019, 11, 20)
    events = count_events(any_house)
    again = read_file(any_house, content)
    assert (again.unchanged, again.new, again.changed, again.warnings) == (206, [], [], [])
    assert count_events(any_house) == events


def test_a_changed_day_for_papers_moves_and_the_old_one_stays_in_the_log(any_house: House) -> None:
    read_in(any_house, JUNE, NOVEMBER)
    rehearsed = read_in(any_house, JUNE.replace("05-25", "05-18"), dry_run=True)
    assert [(b.papers_by, a.papers_by) for b, a in rehearsed.changed] == [(date(2026, 5, 25), date(2026, 5, 18))]
    assert held(any_house)[0].papers_by == date(2026, 5, 25), "a dry run changes nothing"
    events = count_events(any_house)
    report = read_in(any_house, JUNE.replace("05-25", "05-18"))
    assert report.changed == rehearsed.changed
    assert held(any_house)[0].papers_by == date(2026, 5, 18)
    assert count_events(any_house) == events + 1


def test_what_a_file_does_not_say_stays_and_a_hyphen_empties(any_house: House) -> None:
    read_in(any_house, JUNE)
    read_in(any_house, "03,RF,2026-06-15,2026-06-16,,")
    assert (held(any_house)[0].papers_by, held(any_house)[0].last) == (date(2026, 5, 25), date(2026, 6, 16))
    read_in(any_house, "03,RF,2026-06-15,-,-,")
    assert (held(any_house)[0].papers_by, held(any_house)[0].last) == (None, date(2026, 6, 15))


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        (["03,RF,2026-06-15,,2026-06-16,"], [(2, "papers_after_meeting")]),
        (["03,RF,2026-06-15,2026-06-14,,"], [(2, "meeting_ends_first")]),
        ([JUNE, "03,RS,2026-05-25,,,", JUNE], [(4, "meeting_twice")]),
        (["3,RF,2026-06-15,,,", "03,RF,2026-06-31,,,", "03,RG,2026-06-15,,,"],
         [(2, "lost_zero"), (3, "not_a_date"), (4, "not_a_body")]),
        (["-,RF,2026-06-15,,,", "03,chefsgrupp,2026-06-15,,,"],
         [(3, "chefsgrupp_has_no_region"), (2, "chefsgrupp_has_no_region")]),
    ],
)  # fmt: skip
def test_a_bad_calendar_is_refused_line_by_line_and_leaves_no_trace(
    any_house: House, rows: list[str], refused: list[tuple[int, str]]
) -> None:
    events = count_events(any_house)
    with pytest.raises(LinesRefused) as no:
        read_in(any_house, "01,RF,2026-06-09,,,", *rows)
    assert [(number, r.code) for number, r in no.value.lines] == sorted((n + 1, code) for n, code in refused)
    assert held(any_house, "01") == []
    assert count_events(any_house) == events


def test_papers_kept_from_before_may_not_end_up_after_the_meeting(house: House) -> None:
    read_in(house, "03,RF,2026-06-15,,,", heading=HEADING)
    with pytest.raises(LinesRefused):
        read_in(house, "03,RF,2026-06-15,,2026-06-20,")


def test_meetings_that_overlap_are_warned_about(house: House) -> None:
    report = read_in(house, "03,RF,2026-11-24,2026-11-25,,", "03,RF,2026-11-25,,,")
    assert [(number, no.code) for number, no in report.warnings] == [(3, "meetings_overlap")]


def test_a_meeting_missing_from_a_newer_file_stays_unless_the_file_is_the_whole_truth(any_house: House) -> None:
    read_in(any_house, "03,RF,2026-02-16,,,", JUNE, NOVEMBER, "03,RF,2027-02-15,,,", "03,RS,2026-05-26,,,")
    report = read_in(any_house, NOVEMBER)
    assert days(report.absent) == ["2026-02-16", "2026-06-15"]
    assert len(held(any_house)) == 5
    report = read_in(any_house, NOVEMBER, whole=True)
    assert days(report.cancelled) == ["2026-06-15"]
    left = [(m.body, m.first.isoformat()) for m in held(any_house)]
    assert left == [("RF", "2026-02-16"), ("RF", "2026-11-23"), ("RF", "2027-02-15"), ("RS", "2026-05-26")], (
        "what has been held, other years and other bodies stay"
    )
    read_in(any_house, JUNE)
    assert "2026-06-15" in days(held(any_house)), "a meeting that is on again"
    assert count_events(any_house)


def test_real_dates_displace_the_examples_of_that_body_and_year(any_house: House) -> None:
    name, content = sources.meetings("exempel")
    read_file(any_house, content, name)
    before = held(any_house)
    report = read_in(any_house, "03,RF,2026-06-16,,,https://example.se")
    assert {(m.body, m.first.year) for m in report.displaced} == {("RF", 2026)}
    now = held(any_house)
    assert [m.first for m in now if m.body == "RF" and m.first.year == 2026] == [date(2026, 6, 16)]
    assert sum(m.example for m in now) == sum(m.example for m in before) - len(report.displaced)
    with any_house.database.reading() as session:
        assert {r.body for r in stored.plans(session)["03"].rules} == {"AU", "RS"}, "nor is RF's example rule true"
    again = read_file(any_house, content, name)
    assert (again.new, len(again.left_out)) == ([], len(report.displaced))
    assert count_events(any_house)


def test_nothing_of_an_example_is_left_on_a_real_date(house: House) -> None:
    read_in(house, "03,RF,2026-06-15,2026-06-16,2026-05-25,Exempel,ja", heading=f"{HEADING},example")
    assert held(house)[0].example
    read_in(house, "03,RF,2026-06-15,,,")
    assert held(house) == [
        Sammantrade(region="03", body="RF", first=date(2026, 6, 15), last=date(2026, 6, 15)),
    ]  # fmt: skip


def test_a_rule_is_stated_changed_and_withdrawn(any_house: House) -> None:
    read_in(any_house, "03,AU,2026-05-12,,,", "03,RS,2026-05-26,,,", "03,RF,2026-06-15,,,")

    def state(words: str, by: str = "Gun") -> tuple[PapersRule | None, PapersRule | None]:
        done = meetings.set_rule(any_house, "Uppsala", "AU", words, by=by, actor=KANSLI, now=NOW)
        return done.before, done.after

    ten = PapersRule(region="03", body="AU", working_days=10, before="AU", stated_by="Gun")
    assert state("tio arbetsdagar före AU") == (None, ten)
    (au,) = meetings.listed(any_house, Wanted(region="03", body="AU"))
    assert (au.papers_by, au.rule) == (date(2026, 4, 27), ten), "1 May is a holiday"
    events = count_events(any_house)
    assert state("10 arbetsdagar före AU") == (ten, ten)
    assert count_events(any_house) == events, "the same rule again changes nothing"
    assert state("tolv arbetsdagar före AU")[1] != ten
    assert meetings.listed(any_house, Wanted(region="03", body="AU"))[0].papers_by == date(2026, 4, 23)
    assert state("")[1] is None
    assert meetings.listed(any_house, Wanted(region="03", body="AU"))[0].papers_by is None
    with pytest.raises(Refused):
        state("")
    with pytest.raises(Refused):
        state("två veckor före")
    assert count_events(any_house) == events + 2


def test_rules_of_one_body_must_agree(house: House) -> None:
    heading = "lanskod,body,date,papers_rule,rule_by"
    rows = "03,AU,2026-05-12,tio arbetsdagar före AU,Gun", "03,AU,2026-06-09,tolv arbetsdagar före AU,Gun"
    with pytest.raises(LinesRefused) as no:
        read_in(house, *rows, heading=heading)
    assert [(number, r.code) for number, r in no.value.lines] == [(3, "rule_twice")]


@pytest.mark.parametrize("name", ["ut.csv", "ut.xlsx", "ut.ics"])
def test_what_was_exported_is_known_already(house: House, empty_house: House, name: str) -> None:
    read_file(house, sources.meetings("exempel")[1])
    content, count = meetings.export(house, name, Wanted(), now=NOW)
    assert read_file(house, content).unchanged == count
    report = read_file(empty_house, content)
    assert len(report.new) == count
    with house.database.reading() as one, empty_house.database.reading() as other:
        assert [p.meetings for p in stored.plans(one).values()] == [p.meetings for p in stored.plans(other).values()]
        if name != "ut.ics":
            assert stored.plans(one) == stored.plans(other)


def test_an_exported_calendar_tells_subscribers_what_is_not_held(house: House) -> None:
    read_in(house, JUNE, NOVEMBER)
    read_in(house, NOVEMBER, whole=True)
    content, count = meetings.export(house, "ut.ics", Wanted(region="03"), now=NOW)
    assert count == 1
    assert (content.count(b"STATUS:CANCELLED"), content.count(b"STATUS:CONFIRMED")) == (1, 1)
    assert b"SEQUENCE:1" in content
    read_in(house, NOVEMBER.replace("11-02", "11-03"))
    content, _ = meetings.export(house, "ut.ics", Wanted(region="03"), now=NOW)
    assert content.count(b"SEQUENCE:1") == 2, "raised for what changed too"
    csv, _ = meetings.export(house, "ut.csv", Wanted(), now=NOW)
    assert b"2026-06-15" not in csv


def test_a_cancelled_event_cancels_the_meeting(house: House) -> None:
    read_in(house, JUNE, NOVEMBER)
    content, _ = meetings.export(house, "ut.ics", Wanted(), now=NOW)
    report = read_file(house, content.replace(b"STATUS:CONFIRMED", b"STATUS:CANCELLED", 1))
    assert (days(report.cancelled), days(held(house))) == (["2026-06-15"], ["2026-11-23"])


def test_plans_are_of_the_days_asked_for(any_house: House) -> None:
    read_in(any_house, JUNE, NOVEMBER, "-,chefsgrupp,2026-09-25,,,")
    with any_house.database.reading() as session:
        some = stored.plans(session, date(2026, 6, 15), date(2026, 9, 25))
        everything = stored.plans(session)
    assert {region: days(list(p.meetings)) for region, p in some.items()} == {
        "03": ["2026-06-15"], CHEFSGRUPP: ["2026-09-25"],
    }  # fmt: skip
    assert len(everything["03"].meetings) == 2


def test_two_lists_at_once_lose_nothing(any_house: House) -> None:
    with ThreadPoolExecutor(2) as pool:
        wanted = [pool.submit(read_in, any_house, row) for row in (JUNE, NOVEMBER)]
        assert [len(w.result().new) for w in wanted] == [1, 1]
    assert days(held(any_house)) == ["2026-06-15", "2026-11-23"]
    assert count_events(any_house)


@pytest.mark.parametrize(
    "wrong", ["papers_by = '2026-06-16'", "last = '2026-06-14'", "region = '01'", "body = 'RS'", "revision = -1"]
)
def test_the_database_refuses_a_calendar_that_cannot_be(any_house: House, wrong: str) -> None:
    read_in(any_house, JUNE)
    with any_house.database.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text(f"UPDATE sammantrade SET {wrong}"))
