"""The backward plan as the kansli would tell it: one calendar at a time, and the whole with all 21 regions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from definitions import loader
from definitions.holidays import work_calendar
from uppdrag.words.planning import lead, missing, note, why
from uppdrag.words.planning import ranked as ranked_words
from uppdrag.words.planning import survey as survey_words
from workflow.calendar import Span, parse_span
from workflow.planning import Missing, RegionPlan, Why, plan_region, without_meeting
from workflow.sammantraden import PapersRule, Sammantrade, Sammantradesplan, period_of, plans_by_region
from workflow.windows import ranking, survey

WORK = work_calendar()
DAY = timedelta(days=1)
BODIES = ("AU", "RS", "RF")
TODAY = date(2026, 3, 27)
Q3 = parse_span("Q2–Q3 2026")


def day(text: str) -> date:
    return date.fromisoformat(text)


def held(body: str, first: str, papers_by: str = "", *, last: str = "", region: str = "03", **more: str) -> Sammantrade:
    return Sammantrade(
        region=region, body=body, first=day(first), last=day(last or first),
        papers_by=day(papers_by) if papers_by else None, period=more.get("period", ""),
    )  # fmt: skip


def rule(body: str, before: str, working_days: int) -> PapersRule:
    return PapersRule(region="03", body=body, before=before, working_days=working_days)


def planned(
    meetings: Iterable[Sammantrade], bodies: tuple[str, ...] = BODIES, window: Span = Q3, today: date = TODAY,
    rules: tuple[PapersRule, ...] = (), planned_on: date | None = None, planned_body: str = "",
) -> RegionPlan:  # fmt: skip
    plan = Sammantradesplan("03", tuple(meetings), rules)
    return plan_region(plan, bodies, window, today=today, work=WORK, planned_on=planned_on, planned_body=planned_body)


SPRING = (held("AU", "2026-05-12"), held("RS", "2026-05-26"), held("RF", "2026-06-15"))
AUTUMN = (held("AU", "2026-10-13"), held("RS", "2026-10-27"), held("RF", "2026-11-24"))
TEN_DAYS_BEFORE_AU = (rule("RS", "AU", 10),)


def test_papers_to_rs_ten_working_days_before_au() -> None:
    plan = planned((*SPRING, *AUTUMN), rules=TEN_DAYS_BEFORE_AU)
    assert (plan.verdict, plan.send_by, plan.decides_on) == ("ryms", day("2026-04-27"), day("2026-06-15"))
    assert plan.slack_working_days == WORK.working_days_between(TODAY, day("2026-04-27")) == 19
    assert why(plan, year=2026) == "RF 15 juni är sista; handlingar till RS senast 27 april."


def test_without_au_the_rule_counts_from_the_last_au_before_rs() -> None:
    later = held("AU", "2026-05-19")
    plan = planned((*SPRING, *AUTUMN, later), ("RS", "RF"), rules=TEN_DAYS_BEFORE_AU)
    assert plan.send_by == day("2026-05-04")


def test_a_rule_says_nothing_where_the_meetings_it_counts_from_are_not_known() -> None:
    au, rs, rf = SPRING
    winter = replace(au, first=day("2026-02-10"), last=day("2026-02-10"))
    plan = planned((winter, rs, rf, *AUTUMN[1:]), ("RS", "RF"), rules=TEN_DAYS_BEFORE_AU)
    assert (plan.verdict, plan.send_by) == ("uppgift_saknas", None)
    assert missing(plan.missing, year=2026) == [
        "Uppgift saknas: handlingsstopp till RS 26 maj. Fråga nämndsekreteraren.",
    ]


def test_papers_that_are_late_are_said_with_how_late_and_with_the_next_chance() -> None:
    plan = planned((*SPRING, *AUTUMN), rules=TEN_DAYS_BEFORE_AU, today=day("2026-05-05"))
    assert (plan.verdict, plan.slack_working_days) == ("ryms_inte", -5)
    assert why(plan, year=2026) == (
        "RF 15 juni är sista, men handlingarna till RS skulle ha varit inne 27 april. "
        "Tidigast RF 24 november; handlingar till RS senast 29 september."
    )


def test_papers_may_be_sent_on_the_very_day() -> None:
    assert planned(SPRING, rules=TEN_DAYS_BEFORE_AU, today=day("2026-04-27")).slack_working_days == 0


def test_an_unknown_handlingsstopp_is_named_and_not_invented() -> None:
    plan = planned((held("AU", "2026-04-07"), *SPRING[1:], *AUTUMN))
    assert (plan.verdict, plan.send_by, plan.slack_working_days) == ("uppgift_saknas", None, None)
    assert plan.missing == (Missing(what="papers_by", body="AU", day=day("2026-04-07")),)
    assert missing(plan.missing, year=2026) == [
        "Uppgift saknas: handlingsstopp till AU 7 april. Fråga nämndsekreteraren.",
    ]


def test_a_chain_that_has_begun_does_not_fit_though_its_handlingsstopp_is_unknown() -> None:
    plan = planned((held("AU", "2026-03-24"), *SPRING[1:], *AUTUMN))
    assert (plan.verdict, plan.why.code) == ("ryms_inte", "meeting_passed")


def test_an_earlier_chain_counts_where_the_last_one_has_no_known_handlingsstopp() -> None:
    plan = planned((held("RF", "2026-06-15", "2026-05-20"), held("RF", "2026-09-22"), *AUTUMN), ("RF",))
    assert (plan.verdict, plan.decides_on) == ("ryms", day("2026-06-15"))
    assert [m.day for m in plan.missing] == [day("2026-09-22")]


def test_a_body_without_known_meetings_is_missing_and_not_a_no() -> None:
    plan = planned((SPRING[1], SPRING[2], *AUTUMN[1:]))
    assert plan.verdict == "uppgift_saknas"
    assert plan.missing == (Missing(what="meetings", body="AU", day=day("2026-09-30")),)
    assert missing(planned(()).missing, year=2026) == [
        "Uppgift saknas: sammanträden i AU, RS och RF till och med 30 september. Fråga nämndsekreteraren.",
    ]


def test_meetings_of_years_ago_say_nothing_of_what_comes() -> None:
    plan = planned((held("RS", "2019-08-27"), held("RF", "2024-04-24")), ("RS", "RF"))
    assert plan.verdict == "uppgift_saknas"
    assert missing(plan.missing, year=2026) == [
        "Uppgift saknas: sammanträden i RS och RF till och med 30 september. Fråga nämndsekreteraren.",
    ]


def test_a_calendar_that_reaches_past_the_window_says_no() -> None:
    plan = planned(AUTUMN, rules=TEN_DAYS_BEFORE_AU)
    assert (plan.verdict, plan.why) == ("ryms_inte", Why(code="no_chain", body="RF", day=day("2026-09-30")))
    assert plan.first_possible is not None
    assert plan.first_possible.decides_on == day("2026-11-24")


def test_what_is_not_published_yet_is_said_though_a_known_chain_fits() -> None:
    plan = planned(SPRING, rules=TEN_DAYS_BEFORE_AU)
    assert plan.verdict == "ryms"
    assert missing(plan.missing, year=2026)[-1] == (
        "Uppgift saknas: sammanträden i RF efter 15 juni. Fråga nämndsekreteraren."
    )


def test_rf_in_november_is_the_last_of_its_year() -> None:
    plan = planned(AUTUMN, window=parse_span("Q4 2026"), rules=TEN_DAYS_BEFORE_AU)
    assert (plan.verdict, plan.missing) == ("ryms", ())
    late = planned(AUTUMN, window=parse_span("Q4 2026"), rules=TEN_DAYS_BEFORE_AU, today=day("2026-11-01"))
    assert late.verdict == "ryms_inte"
    later = planned(AUTUMN, window=parse_span("Q1 2027"), rules=TEN_DAYS_BEFORE_AU, today=day("2026-11-01"))
    assert later.verdict == "uppgift_saknas", "the meetings of 2027 are not known"


def test_a_meeting_of_two_days_must_end_in_the_window() -> None:
    two_days = held("RF", "2026-09-30", "2026-09-01", last="2026-10-01")
    assert planned((two_days,), ("RF",)).verdict == "ryms_inte"
    assert planned((two_days,), ("RF",), parse_span("2026-10-01")).decides_on == day("2026-10-01")


def test_two_bodies_on_one_day_make_no_chain() -> None:
    same_day = (held("RS", "2026-06-15", "2026-05-01"), held("RF", "2026-06-15"))
    plan = planned((*same_day, *AUTUMN), ("RS", "RF"))
    assert (plan.verdict, plan.why.body, plan.why.before) == ("ryms_inte", "RS", "RF")
    assert why(plan, year=2026).startswith("RS har inget sammanträde som hinner före RF 15 juni.")


def test_a_decision_before_the_window_is_welcome() -> None:
    assert planned(SPRING, window=parse_span("Q3 2026"), rules=TEN_DAYS_BEFORE_AU).decides_on == day("2026-06-15")


def test_a_region_that_has_stated_a_date_is_judged_by_it_alone() -> None:
    late = planned((*SPRING, *AUTUMN), rules=TEN_DAYS_BEFORE_AU, planned_on=day("2026-11-24"), planned_body="RF")
    assert (late.verdict, late.decides_on) == ("ryms_inte", day("2026-11-24"))
    assert why(late, year=2026) == "Regionen har angett RF 24 november, efter planerad tid."
    in_time = planned((), planned_on=day("2026-06-09"), planned_body="RF")
    assert (in_time.verdict, in_time.missing) == ("ryms", ())
    assert note(in_time.notes[0], year=2026).startswith("RF 9 juni finns inte bland")


def test_a_stated_date_that_has_gone_asks_for_the_outcome() -> None:
    plan = planned((), planned_on=day("2026-03-10"), planned_body="RF")
    assert missing(plan.missing, year=2026) == [
        "Uppgift saknas: vad RF beslutade 10 mars. Fråga nämndsekreteraren.",
    ]


@pytest.mark.parametrize(
    ("rs", "rf", "shift", "stated"),
    [
        (held("RS", "2026-10-06", "2026-09-20"), held("RF", "2026-10-20"), True, False),
        (held("RS", "2026-09-01", "2026-08-20"), held("RF", "2026-10-14"), False, True),
        (held("RS", "2026-10-20", "2026-09-20"), held("RF", "2026-11-24"), True, False),
        (held("RS", "2027-01-12", "2026-12-20"), held("RF", "2027-02-09"), False, True),
        (
            held("RS", "2026-10-20", "2026-09-20", period="2026–2030"),
            held("RF", "2026-11-24", period="2026-2030"), False, True,
        ),
        (
            held("RS", "2026-10-20", "2026-09-20", period="2023–2026"),
            held("RF", "2026-11-24", period="2026–2030"), True, True,
        ),
        (
            held("RS", "2026-08-20", "2026-08-01", period="2023–2026"),
            held("RF", "2026-09-24", period="2022–2026"), False, True,
        ),
    ],
)  # fmt: skip
def test_a_shift_of_boards_within_the_chain_is_said(
    rs: Sammantrade, rf: Sammantrade, shift: bool, stated: bool
) -> None:
    plan = planned((rs, rf), ("RS", "RF"), Span(text="", first=TODAY, last=rf.last, reading=""))
    assert plan.fits
    assert [n.code for n in plan.notes] == (["shift_of_boards"] if shift else [])
    assert all(n.stated == stated for n in plan.notes)
    assert all(("huvudregeln" in note(n, year=2026)) != stated for n in plan.notes)


def test_a_shift_of_boards_is_said_of_the_chain_that_comes_too_late_as_well() -> None:
    plan = planned(AUTUMN, rules=TEN_DAYS_BEFORE_AU)
    assert (plan.verdict, plan.chain) == ("ryms_inte", ())
    assert [(n.code, n.before, n.after) for n in plan.notes] == [("shift_of_boards", "RS", "RF")]


def test_periods_of_office_by_the_general_rule() -> None:
    assert [period_of("RF", day(d)) for d in ("2026-10-14", "2026-10-15", "2030-10-14")] == [
        "2022–2026", "2026–2030", "2026–2030",
    ]  # fmt: skip
    assert [period_of("RS", day(d)) for d in ("2026-12-31", "2027-01-01", "2030-12-31")] == [
        "2022–2026", "2026–2030", "2026–2030",
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------------ the whole

REGIONS = {r.lanskod: r for r in loader.load_organisation(loader.packaged("organisation")[0]).regions}
LATE = ("08", "09", "13", "22", "25")


def all_regions(window: Span, today: date = TODAY) -> tuple[list[RegionPlan], dict[str, Sammantradesplan]]:
    """Sixteen regions with an RF in June as well, and five, Halland among them, that have one in November only."""
    calendars = plans_by_region(
        replace(m, region=lanskod)
        for lanskod in REGIONS
        for m in (held("RF", "2026-11-24", "2026-10-30"), held("RF", "2026-06-15", "2026-04-27"))
        if lanskod not in LATE or m.first.month == 11
    )
    plans = [plan_region(calendars[r], ("RF",), window, today=today, work=WORK) for r in REGIONS]
    return plans, calendars


def test_how_many_fit_and_when_the_others_may() -> None:
    plans, _ = all_regions(Q3)
    s = survey(plans, Q3, today=TODAY)
    told = survey_words(s, REGIONS)
    assert lead(s) == "16 av 21 regioner hinner besluta till Q3. De andra kan besluta tidigast 24 november."
    assert told[0] == (
        "Ryms i 16 av 21 till Q3; dessa fem tidigast 2026-11-24: "
        "Kalmar, Gotland, Halland, Västernorrland och Norrbotten."
    )
    assert (s.fits_all_by, s.send_by) == (day("2026-11-24"), day("2026-04-27"))
    assert [(q.text, q.fits) for q in s.quarters] == [("Q1 2026", 0), ("Q2 2026", 16), ("Q3 2026", 16), ("Q4 2026", 21)]
    assert told[-1] == "Q1 2026: 0 av 21, Q2 2026: 16 av 21, Q3 2026: 16 av 21 och Q4 2026: 21 av 21."
    assert "Det brister vid RF (fem regioner)." in told


def test_the_window_that_fits_all_is_the_earliest_that_does() -> None:
    plans, _ = all_regions(Q3)
    end = survey(plans, Q3, today=TODAY).fits_all_by
    assert end is not None
    for last, count in ((end, 21), (end - DAY, 16)):
        fitting, _ = all_regions(replace(Q3, last=last))
        assert sum(p.fits for p in fitting) == count


def test_halland_lies_in_two_samverkansregioner_and_counts_once() -> None:
    plans, calendars = all_regions(Q3)
    own = {p.region: p for p in plans}
    groups = {group for r in REGIONS.values() for group in r.samverkansregioner}
    by_group = [own[r.lanskod] for group in sorted(groups) for r in REGIONS.values() if group in r.samverkansregioner]
    assert len(by_group) == 22
    s = survey(by_group, Q3, today=TODAY)
    assert (s.concerned, s.fits_not) == (21, LATE)
    assert [r.plan.region for r in ranking(by_group, calendars, Q3, today=TODAY, work=WORK)] == list(LATE)


def test_one_unknown_region_leaves_the_whole_undetermined() -> None:
    plans, _ = all_regions(Q3)
    plans[0] = plan_region(Sammantradesplan("01"), ("RF",), Q3, today=TODAY, work=WORK)
    s = survey(plans, Q3, today=TODAY)
    assert (s.fits_all_by, s.undetermined, s.unknown, len(s.fits)) == (None, ("01",), ("01",), 15)
    told = survey_words(s, REGIONS)
    assert "Uppgift saknas för en region: Stockholm." in told
    assert "Tills dess går det inte att säga när alla ryms." in told
    assert lead(s) == (
        "15 av 21 regioner hinner besluta till Q3. Fem regioner kan besluta tidigast 24 november. "
        "För en region saknas uppgift."
    )


def test_a_region_that_decides_without_a_meeting_fits_from_today_on() -> None:
    plans, _ = all_regions(Q3)
    plans[0] = without_meeting("01", "regiondirektor", Q3, today=TODAY)
    s = survey(plans, Q3, today=TODAY)
    assert (len(s.fits), s.undetermined, s.quarters[0].fits) == (16, (), 1)
    assert s.fits_all_by == day("2026-11-24")


def test_the_regions_that_decide_the_whole_come_first_with_what_would_help() -> None:
    calendars = plans_by_region((
        replace(held("RS", "2026-10-20", "2026-10-01"), region="03"),
        *(replace(m, region="04") for m in (*SPRING, *AUTUMN)),
        replace(held("RF", "2026-12-15", "2026-11-01"), region="05"),
    ), [replace(TEN_DAYS_BEFORE_AU[0], region="04")])  # fmt: skip
    today = day("2026-05-05")
    bodies = {"03": ("RS",), "04": BODIES, "05": ("RF",), "06": ("RF",)}
    plans = [
        plan_region(calendars.get(r, Sammantradesplan(r)), b, Q3, today=today, work=WORK) for r, b in bodies.items()
    ]
    ranked = ranking(plans, calendars, Q3, today=today, work=WORK)
    assert [r.plan.region for r in ranked] == ["05", "04", "03", "06"]
    assert [ranked_words(r, year=2026) for r in ranked] == [
        ["Be om ett extra sammanträde i RF senast 30 september."],
        [
            (
                "Be regionen ta emot handlingarna till RS 5 arbetsdagar efter handlingsstoppet 27 april. "
                "Då ryms RF 15 juni."
            ),
            "Be om ett extra sammanträde i AU senast 25 maj.",
        ],
        [
            (
                "Be om ordförandebeslut i RS senast 30 september, om ordföranden får besluta i brådskande ärenden "
                "(6 kap. 39 § kommunallagen)."
            ),
            "Be om ett extra sammanträde i RS senast 30 september.",
        ],
        ["Uppgift saknas: sammanträden i RF till och med 30 september. Fråga nämndsekreteraren."],
    ]


def test_a_late_stated_date_is_met_with_the_meeting_that_would_do() -> None:
    plan = planned((*SPRING, *AUTUMN), rules=TEN_DAYS_BEFORE_AU, planned_on=day("2026-11-24"), planned_body="RF")
    calendar = Sammantradesplan("03", (*SPRING, *AUTUMN), TEN_DAYS_BEFORE_AU)
    ranked = ranking([plan], {"03": calendar}, Q3, today=TODAY, work=WORK)
    assert ranked_words(ranked[0], year=2026) == [
        "Be regionen ta upp ärendet redan i RF 15 juni; handlingar till RS senast 27 april.",
    ]
