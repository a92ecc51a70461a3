"""Which reminder comes next, to whom, on which morning, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from definitions import loader
from definitions.holidays import work_calendar
from notifications.catalogue import TEMPLATES
from workflow.calendar import parse_span
from workflow.message import Occasion
from workflow.model import Decision, PlannedTime, Regionbeslut, Task, Uppdrag
from workflow.own_dates import unproven
from workflow.reminders import (
    Reminder,
    due_day,
    next_morning,
    of_own_dates,
    of_region,
    of_uppdrag,
    owners,
    split,
    still_missing,
)
from workflow.sammantraden import CHEFSGRUPP, Sammantrade, Sammantradesplan

CALENDAR = work_calendar()
LIFECYCLE = next(
    lifecycle
    for source in loader.packaged("lifecycle")
    if (lifecycle := loader.load_lifecycle(source, loader.by_ref(loader.packaged("fragment")), templates=TEMPLATES)).id
    == "regiongemensamt"
)
MATTER = Uppdrag(
    id="U2026-01", lifecycle="regiongemensamt", lifecycle_version=1, state="regionbeslut", title="Beredning",
    concerned=("03",), tracked=True,
    times=(
        PlannedTime(deadline="redovisning", span=parse_span("Q1 2026"), met=True),
        PlannedTime(deadline="regionbeslut", span=parse_span("Q2–Q3 2026")),
    ),
)  # fmt: skip
SILENT = Regionbeslut(region="03", state="ej_expedierad")
LONG_AGO = date(2025, 1, 1)


def plan(
    rb: Regionbeslut = SILENT, u: Uppdrag = MATTER, papers_by: date | None = None
) -> dict[tuple[str, str], Reminder]:
    found = of_region(LIFECYCLE, u, rb, CALENDAR, papers_by=papers_by)
    return {(r.occasion.step, r.occasion.office): r for r in found}


def mornings(found: dict[tuple[str, str], Reminder]) -> dict[str, str]:
    return {step: r.send_on.isoformat() for (step, _), r in found.items()}


def test_a_silent_region_is_reminded_as_the_lifecycle_says() -> None:
    assert mornings(plan()) == {
        "atta_veckor_till_regionbeslut": "2026-08-05",
        "fyra_veckor_till_regionbeslut": "2026-09-02",
        "en_vecka_till_regionbeslut": "2026-09-23",
        "efter_planerad_tid": "2026-10-07",
        "samtal": "2026-10-21",
        "till_kansliet": "2026-11-04",
    }
    offices = {office for step, office in plan() if step == "en_vecka_till_regionbeslut"}
    assert offices == {"kontakt", "registrator", "regiondirektor"}


def test_handlingsstopp_counts_and_not_the_windows_end() -> None:
    found = plan(papers_by=date(2026, 9, 2))
    first = found["atta_veckor_till_regionbeslut", "registrator"]
    assert (first.due, first.send_on) == (date(2026, 9, 2), date(2026, 7, 3))  # eight weeks before lies in July
    assert first.why == "8 veckor före handlingsstopp 2026-09-02; 2026-07-08 är ledig eller tyst"
    assert found["efter_planerad_tid", "regiondirektor"].due == date(2026, 9, 30)


def test_a_handlingsstopp_after_the_window_does_not_move_it() -> None:
    assert plan(papers_by=date(2026, 11, 1)) == plan()


@pytest.mark.parametrize(
    "known",
    [
        {"dnr": "RS 2026-1"},
        {"planned_on": date(2026, 6, 1)},
        {"decisions": (Decision(number=1, seq=2, set_no=1, outcome="bordlagd"),)},
    ],
)
def test_the_director_is_asked_only_where_nothing_is_known(known: dict[str, object]) -> None:
    heard = replace(SILENT, **known)  # type: ignore[arg-type]  # a test names the fields
    assert ("fyra_veckor_till_regionbeslut", "regiondirektor") in plan()
    assert ("fyra_veckor_till_regionbeslut", "regiondirektor") not in plan(heard)


def test_a_stated_date_silences_until_ten_working_days_after_it() -> None:
    found = plan(replace(SILENT, planned_on=date(2026, 9, 28)))
    until = CALENDAR.add_working_days(date(2026, 9, 28), 10)
    assert until == date(2026, 10, 12)
    assert not any(r.counts_down for r in found.values())
    after = found["efter_planerad_tid", "regiondirektor"]
    assert after.send_on == date(2026, 10, 13)
    assert "tio arbetsdagar efter det är 2026-10-12" in after.why
    assert found["samtal", "chefsgruppsledamot"].send_on == date(2026, 10, 21)


def test_a_stated_date_that_has_passed_long_before_silences_nothing() -> None:
    found = plan(replace(SILENT, planned_on=date(2026, 6, 1)))
    assert ("atta_veckor_till_regionbeslut", "registrator") in found


@pytest.mark.parametrize("change", [{"final": True}, {"paused": True}, {"state": "redovisad"}, {"times": ()}])
def test_what_is_not_with_the_regions_reminds_nobody(change: dict[str, object]) -> None:
    assert plan(u=replace(MATTER, **change)) == {}  # type: ignore[arg-type]  # a test names the fields


def test_a_region_that_has_decided_is_left_in_peace() -> None:
    assert plan(replace(SILENT, category="rejected")) == {}


def test_the_kanslis_own_date_is_its_own_track() -> None:
    before = replace(MATTER, state="chefsgruppsbeslut", times=(replace(MATTER.times[0], met=False), MATTER.times[1]))
    found = of_uppdrag(LIFECYCLE, before, CALENDAR)
    assert {r.occasion.office for r in found} == {"ansvarig", "c_nspl"}
    assert {r.occasion.region for r in found} == {"-"}
    assert [r.send_on for r in found] == sorted(r.send_on for r in found)
    assert of_uppdrag(LIFECYCLE, MATTER, CALENDAR) == [], "the next time to be met is the regions'"


def test_what_is_reported_to_chefsgruppen_counts_to_the_quarters_last_meeting() -> None:
    before = replace(MATTER, times=(PlannedTime(deadline="redovisning", span=parse_span("Q4 2026")),))
    meetings = Sammantradesplan(
        CHEFSGRUPP,
        tuple(
            Sammantrade(region=CHEFSGRUPP, body="chefsgrupp", first=day, last=day)
            for day in (date(2026, 9, 24), date(2026, 10, 22), date(2026, 12, 3), date(2027, 1, 21))
        ),
    )
    known = of_uppdrag(LIFECYCLE, before, CALENDAR, meetings=meetings)
    assert {r.due for r in known} == {date(2026, 12, 3)}
    assert {r.send_on for r in known} == {date(2026, 11, 5), date(2026, 11, 26)}
    assert {r.why for r in known} == {
        f"{weeks} före chefsgruppens sista möte 2026-12-03" for weeks in ("4 veckor", "en vecka")
    }
    nothing_within = Sammantradesplan(CHEFSGRUPP, meetings.meetings[-1:])
    for unknown in (None, nothing_within):
        assert {r.due for r in of_uppdrag(LIFECYCLE, before, CALENDAR, meetings=unknown)} == {date(2026, 12, 31)}


def test_a_time_that_is_not_met_at_a_meeting_counts_to_its_own_end() -> None:
    own = replace(LIFECYCLE, deadlines=tuple(replace(d, at_meeting=False) for d in LIFECYCLE.deadlines))
    planned = PlannedTime(deadline="redovisning", span=parse_span("Q4 2026"))
    day = date(2026, 12, 3)
    meetings = Sammantradesplan(CHEFSGRUPP, (Sammantrade(region="-", body="chefsgrupp", first=day, last=day),))
    assert due_day(LIFECYCLE, planned, meetings) == day
    assert due_day(own, planned, meetings) == date(2026, 12, 31)


@given(days=st.integers(0, 3000), dnr=st.booleans(), stated=st.none() | st.integers(-200, 200))
def test_what_counts_down_never_leaves_after_its_day_and_what_follows_never_before(
    days: int, dnr: bool, stated: int | None
) -> None:
    last = date(2026, 1, 1) + timedelta(days=days)
    times = (PlannedTime(deadline="regionbeslut", span=parse_span(last.isoformat())),)
    rb = replace(SILENT, dnr="x" if dnr else "", planned_on=None if stated is None else last + timedelta(days=stated))
    for r in of_region(LIFECYCLE, replace(MATTER, times=times), rb, CALENDAR):
        assert CALENDAR.may_send_on(r.send_on)
        assert r.send_on <= r.due if r.counts_down else r.send_on > last


def test_an_office_gets_the_latest_step_and_the_others_are_passed_over() -> None:
    everything = tuple(plan().values())
    found = split(everything, (), since=LONG_AGO, today=date(2026, 10, 22))
    told = {(r.occasion.office, r.occasion.step) for r in found.send}
    assert told == {("regiondirektor", "efter_planerad_tid"), ("chefsgruppsledamot", "samtal")}
    assert {r.occasion.step for r in found.skip} >= {"atta_veckor_till_regionbeslut", "en_vecka_till_regionbeslut"}
    assert not set(found.send) & set(found.skip)


def test_what_was_due_before_the_plan_was_made_is_passed_over() -> None:
    found = split(tuple(plan().values()), (), since=date(2026, 8, 20), today=date(2026, 8, 20))
    assert found.send == ()
    assert {r.occasion.step for r in found.skip} == {"atta_veckor_till_regionbeslut"}


def test_what_is_served_is_served_once() -> None:
    everything = tuple(plan().values())
    today = date(2026, 8, 5)
    sent = split(everything, (), since=LONG_AGO, today=today).send
    assert {r.occasion.office for r in sent} == {"kontakt", "registrator"}
    again = split(everything, {r.occasion for r in sent}, since=LONG_AGO, today=today)
    assert (again.send, again.skip) == ((), ())


def test_every_morning_of_the_year_serves_each_occasion_once() -> None:
    everything = tuple(plan().values())
    served: set[Occasion] = set()
    days = [date(2026, 4, 1) + timedelta(days=n) for n in range(365)]
    sent = []
    for today in days:
        found = split(everything, served, since=days[0], today=today)
        sent += [(today, r) for r in found.send]
        served |= {r.occasion for r in (*found.send, *found.skip)}
    assert {r.occasion for _, r in sent} == {r.occasion for r in everything}
    assert all(today == r.send_on for today, r in sent)


def test_the_next_morning_is_the_first_that_is_not_served() -> None:
    everything = sorted(plan().values(), key=lambda r: r.send_on)
    served: set[Occasion] = set()
    seen = []
    while (morning := next_morning(everything, served, since=LONG_AGO)) is not None:
        seen.append(morning)
        served |= {r.occasion for r in everything if r.send_on == morning}
    assert all(a < b for a, b in pairwise(seen))
    assert len(seen) == 6
    assert next_morning(everything, (), since=date(2026, 10, 1)) == date(2026, 10, 7)


@pytest.mark.parametrize(
    ("change", "rb", "missing"),
    [
        ({}, SILENT, True),
        ({"final": True}, SILENT, False),
        ({"paused": True}, SILENT, False),
        ({"round": 2}, SILENT, False),
        ({"times": ()}, SILENT, False),
        ({}, replace(SILENT, category="adopted"), False),
        ({}, None, False),
    ],
)
def test_what_is_still_missing(change: dict[str, object], rb: Regionbeslut | None, missing: bool) -> None:
    at = Occasion(uppdrag="U2026-01", region="03", deadline="regionbeslut", step="samtal", round=1, office="c_nspl")
    assert still_missing(at, replace(MATTER, **change), rb) is missing  # type: ignore[arg-type]  # a test names the fields


HEARD = Decision(number=1, seq=9, set_no=1, outcome="antagen", body="RS", on=date(2026, 3, 24), source="epost")
TOLD = replace(SILENT, state="beslutad", outcome="antagen", category="adopted", decisions=(HEARD,))
PROVEN = replace(HEARD, number=2, seq=10, source="protokollsutdrag")


def own(rb: Regionbeslut, u: Uppdrag = MATTER) -> list[Reminder]:
    return of_own_dates(LIFECYCLE, u, rb, CALENDAR, registered=lambda seq: date(2026, 4, seq))


def deciding(*decisions: Decision, **more: object) -> Regionbeslut:
    return replace(TOLD, decisions=decisions, **more)  # type: ignore[arg-type]  # a test names the fields


@pytest.mark.parametrize("change", [{}, {"final": True, "state": "slutbehandlad"}, {"times": ()}])
def test_the_kansli_is_reminded_of_a_protokoll_also_when_the_region_and_the_uppdrag_are_done(
    change: dict[str, object],
) -> None:
    found = own(TOLD, replace(MATTER, **change))  # type: ignore[arg-type]  # a test names the fields
    assert {(r.occasion.office, r.send_on, r.due, r.why) for r in found} == {
        (office, date(2026, 4, 14), date(2026, 3, 24), "3 veckor efter beslutet 2026-03-24")
        for office in ("ansvarig", "c_nspl")
    }
    assert all(r.stands and not r.counts_down for r in found)
    assert own(TOLD, replace(MATTER, paused=True)) == []


def test_a_protokoll_counts_from_the_registration_where_the_day_is_unknown() -> None:
    found = own(deciding(replace(HEARD, on=None)))
    assert {(r.send_on, r.why) for r in found} == {(date(2026, 4, 30), "3 veckor efter registreringen 2026-04-09")}


@pytest.mark.parametrize(
    ("rb", "awaited"),
    [
        (TOLD, 1),
        (deciding(replace(HEARD, source="")), 1),
        (deciding(replace(HEARD, source="publicerat_protokoll")), None),
        (deciding(replace(HEARD, withdrawn=True)), None),
        (deciding(replace(HEARD, body="annan")), None),
        (deciding(replace(HEARD, body=""), category="not_concerned"), None),
        (deciding(replace(HEARD, body=""), category="adopted"), 1),
        (deciding(replace(HEARD, complete=False), PROVEN), None),
        (deciding(replace(HEARD, complete=False, paragraph="41"), replace(PROVEN, paragraph="42")), 1),
        (deciding(replace(HEARD, complete=False), replace(PROVEN, body="RF")), 1),
        (deciding(replace(HEARD, complete=False), replace(HEARD, number=2, body="RF")), 2),
        (deciding(replace(HEARD, outcome="bordlagd"), replace(PROVEN, on=date(2026, 5, 1))), None),
        (deciding(HEARD, replace(PROVEN, set_no=2, on=date(2026, 5, 1)), set_no=2), None),
        (SILENT, None),
    ],
)
def test_which_protokoll_is_awaited(rb: Regionbeslut, awaited: int | None) -> None:
    found = unproven(rb)
    assert (found.number if found else None) == awaited
    assert {r.occasion.round for r in own(rb)} == ({awaited} if awaited else set())


TASK = Task(what="En konsekvensanalys", owner="Maja", due=date(2026, 4, 30))
SENT_BACK = replace(
    SILENT, state="aterremitterad", outcome="aterremitterad", task=TASK,
    decisions=(replace(PROVEN, number=3, outcome="aterremitterad", task=TASK),),
)  # fmt: skip


def test_what_a_region_sent_back_is_counted_down_to_and_followed_up() -> None:
    found = {(r.occasion.step, r.send_on, r.counts_down) for r in own(SENT_BACK)}
    assert found == {
        ("en_vecka_till_komplettering", date(2026, 4, 23), True),
        ("efter_komplettering", date(2026, 5, 4), False),  # the first of May is a Friday and a holiday
    }
    assert own(replace(SENT_BACK, task=None)) == []
    assert own(replace(SENT_BACK, task=replace(TASK, due=None))) == []
    assert own(SENT_BACK, replace(MATTER, final=True)) == []


def test_what_stands_is_not_passed_over_where_the_plan_began_after_its_morning() -> None:
    found, today = own(TOLD), date(2026, 9, 1)
    assert split(found, (), since=today, today=today).send == tuple(found)
    assert next_morning(found, (), since=today) == date(2026, 4, 14)
    counting = [r for r in own(SENT_BACK) if r.counts_down]
    assert split(counting, (), since=date(2026, 4, 27), today=date(2026, 4, 27)).send == ()


def test_the_kanslis_own_do_not_pass_over_what_is_asked_about_the_region() -> None:
    both = [*plan().values(), *own(SENT_BACK)]
    sent = split(both, (), since=LONG_AGO, today=date(2026, 11, 5)).send
    told = {(r.occasion.deadline, r.occasion.office) for r in sent}
    assert {("regionbeslut", "c_nspl"), ("komplettering", "c_nspl"), ("komplettering", "ansvarig")} <= told


@pytest.mark.parametrize(
    ("deadline", "round", "rb", "change", "missing"),
    [
        ("protokoll", 1, TOLD, {"final": True, "round": 7}, True),
        ("protokoll", 1, TOLD, {"paused": True}, False),
        ("protokoll", 2, TOLD, {}, False),
        ("protokoll", 1, deciding(replace(HEARD, source="protokollsutdrag")), {}, False),
        ("protokoll", 1, None, {}, False),
        ("komplettering", 3, SENT_BACK, {}, True),
        ("komplettering", 3, replace(SENT_BACK, task=None), {}, False),
        ("komplettering", 3, SENT_BACK, {"final": True}, False),
    ],
)
def test_what_the_kansli_still_waits_for(
    deadline: str, round: int, rb: Regionbeslut | None, change: dict[str, object], missing: bool
) -> None:
    at = Occasion(uppdrag="U2026-01", region="03", deadline=deadline, step="s", round=round, office="ansvarig")
    assert still_missing(at, replace(MATTER, **change), rb) is missing  # type: ignore[arg-type]  # a test names them


def test_who_answers_for_what() -> None:
    u = replace(MATTER, owner="Olle", task=replace(TASK, owner="Nils"))
    for deadline, names in (("protokoll", ("Olle",)), ("komplettering", ("Maja", "Olle")),
                            ("redovisning", ("Nils", "Olle"))):  # fmt: skip
        at = Occasion(uppdrag="U2026-01", region="03", deadline=deadline, step="s", round=1, office="ansvarig")
        assert owners(at, u, SENT_BACK) == names
