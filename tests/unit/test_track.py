"""The road to a region's decision: chains of bodies, kinds of decisions, justering and laga kraft, contradictions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from definitions.holidays import work_calendar
from workflow import legal
from workflow.contradictions import doubts, in_decision, in_plan
from workflow.errors import Refusal
from workflow.facts import BadFact, clean_chain
from workflow.lifecycle import Outcome, RegionTrack, State
from workflow.links import as_text, from_text, in_order
from workflow.model import Decision, Facts, Link, Regionbeslut, RegionPatch, Task

TODAY = date(2026, 6, 30)
ADOPTED = Outcome(id="antagen", label="Antagen", counts="adopted")
SENT_BACK = Outcome(id="aterremitterad", label="Återremitterad", state="oppen", task=True)
TRACK = RegionTrack(
    states=(State(id="oppen", label="Öppen", initial=True),), transitions=(), outcomes=(ADOPTED, SENT_BACK),
    roles=("kansli",), open_in=("regionbeslut",), decided="beslutad", partly="delvis", amounts_to=("antagen",),
)  # fmt: skip
AGREEMENT = replace(TRACK, bodies=("RF",), delegable=False)
DECIDED = Decision(number=1, seq=1, set_no=1, outcome="antagen", body="RF", on=date(2026, 6, 9), paragraph="88")
DELEGATED = Decision(
    number=1, seq=1, set_no=1, outcome="antagen", kind="delegationsbeslut", body="regiondirektor",
    on=date(2026, 6, 9), delegationspunkt="4.2",
)  # fmt: skip
WORK = work_calendar()


def day(text: str) -> date:
    return date.fromisoformat(text)


def codes(refusals: list[Refusal]) -> list[str]:
    return [r.code for r in refusals]


def wrong(d: Decision, track: RegionTrack = TRACK, outcome: Outcome = ADOPTED) -> list[str]:
    return codes(in_decision(track, outcome, d, TODAY))


def chain(*links: str) -> tuple[Link, ...]:
    return clean_chain(";".join(links))


@pytest.mark.parametrize(
    ("announced", "laga_kraft"),
    [
        ("2026-03-23", "2026-04-14"),  # three weeks end on the same weekday, a Monday
        ("2026-03-13", "2026-04-08"),  # långfredagen, then Easter: the last day is Tuesday the 7th
        ("2026-05-29", "2026-06-23"),  # midsommarafton is not in the list of holidays, but in the law
        ("2026-12-03", "2026-12-29"),  # julafton, juldagen, annandagen on a Saturday, Sunday
        ("2026-12-10", "2027-01-05"),  # nyårsafton, nyårsdagen, a weekend
        ("2026-04-11", "2026-05-05"),  # announced on a Saturday: the last day is no Saturday
    ],
)
def test_laga_kraft_comes_the_day_after_the_last_day_to_appeal(announced: str, laga_kraft: str) -> None:
    decided = replace(DECIDED, on=day("2026-03-01"), tillkannagivet=day(announced))
    assert legal.laga_kraft_tidigast(decided, WORK.is_working) == day(laga_kraft)


@given(st.dates(day("2026-01-01"), day("2059-12-01")))
def test_the_last_day_to_appeal_is_the_first_working_day_three_weeks_on(announced: date) -> None:
    last = legal.overklagas_senast(announced, WORK.is_working)
    assert WORK.is_working(last)
    passed = [announced + timedelta(days=n) for n in range(21, (last - announced).days)]
    assert not any(WORK.is_working(free) for free in passed)


def test_laga_kraft_counts_from_the_justering_where_no_announcement_is_known() -> None:
    justerat = replace(DECIDED, justerat=day("2026-06-15"))
    announced = replace(justerat, tillkannagivet=day("2026-06-17"))
    assert legal.laga_kraft_tidigast(justerat, WORK.is_working) == day("2026-07-07")
    assert legal.laga_kraft_tidigast(announced, WORK.is_working) == day("2026-07-09")


def test_no_day_of_laga_kraft_is_made_up() -> None:
    assert legal.laga_kraft_tidigast(DECIDED, WORK.is_working) is None
    for kind in ("delegationsbeslut", "verkstallighet"):
        odd = replace(DECIDED, kind=kind, body="annan", justerat=day("2026-06-15"))
        assert legal.laga_kraft_tidigast(odd, WORK.is_working) is None


def test_a_chain_is_kept_as_it_was_typed() -> None:
    links = chain(
        "arbetsutskottet:2026-03-10:§ 45", "Regionstyrelsen:2026-03-24", "Hälso- och sjukvårdsnämnden", "RS::61"
    )
    assert links == (
        Link(body="AU", on=day("2026-03-10"), paragraph="45"), Link(body="RS", on=day("2026-03-24")),
        Link(body="Hälso- och sjukvårdsnämnden"), Link(body="RS", paragraph="61"),
    )  # fmt: skip
    assert [as_text(link) for link in links] == [
        "AU:2026-03-10:45", "RS:2026-03-24", "Hälso- och sjukvårdsnämnden", "RS::61",
    ]  # fmt: skip
    assert tuple(from_text(as_text(link)) for link in links) == links


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("AU:2026-02-30", "not_a_date"), ("AU:2026-03-10:sju", "not_a_paragraph"), (":2026-03-10", "not_a_link"),
        ("AU:2026-03-10:45:x", "not_a_link"), ("AU\x07", "control_character"),
    ],
)  # fmt: skip
def test_a_link_that_cannot_be_read_is_refused(typed: str, code: str) -> None:
    with pytest.raises(BadFact) as bad:
        clean_chain(typed)
    assert bad.value.code == code


@pytest.mark.parametrize(
    ("links", "good"),
    [
        (("AU:2026-03-10", "RS:2026-03-24"), True),
        (("RS:2026-03-24", "AU:2026-03-10"), False),
        (("AU:2026-03-10", "RS:2026-03-10"), True),
        (("RS:2026-03-10", "AU:2026-03-10"), False),
        (("RS:2026-03-10", "Kulturnämnden:2026-03-10"), True),
        (("RS", "AU:2026-03-10"), True),
        (("AU:2026-03-10", "RS", "AU:2026-03-09"), False),
        (("AU:2026-02-10", "RS:2026-02-24", "AU:2026-03-10", "RS:2026-03-24"), True),  # after an återremiss
    ],
)
def test_links_come_in_the_order_in_which_the_bodies_met(links: tuple[str, ...], good: bool) -> None:
    assert in_order(chain(*links)) == good
    assert ("links_out_of_order" in wrong(replace(DECIDED, links=chain(*links)))) != good


def test_a_whole_road_is_no_contradiction() -> None:
    whole = replace(
        DECIDED, links=chain("AU:2026-05-12:45", "RS:2026-05-26:61"), justerat=day("2026-06-20"),
        tillkannagivet=day("2026-06-22"),
    )  # fmt: skip
    assert wrong(whole) == []
    assert wrong(replace(DELEGATED, reported_to="RS", reported_on=day("2026-06-24"))) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"justerat": day("2026-06-08")}, "justerat_before_decision"),
        ({"tillkannagivet": day("2026-06-08")}, "announced_before"),
        ({"justerat": day("2026-06-12"), "tillkannagivet": day("2026-06-11")}, "announced_before"),
        ({"justerat": day("2026-07-01")}, "date_in_future"),
        ({"tillkannagivet": day("2026-07-01")}, "date_in_future"),
        ({"links": chain("AU:2026-06-10")}, "link_after_decision"),
        ({"on": None, "links": chain("AU:2026-07-01")}, "date_in_future"),
        ({"links": chain("RF:2026-06-09:88")}, "link_decides"),
        ({"kind": "verkstallighet"}, "decides_itself"),
        ({"kind": "verkstallighet", "body": "regiondirektor", "justerat": day("2026-06-12")}, "no_justering"),
        ({"body": "regiondirektor", "justerat": day("2026-06-12")}, "no_justering"),
        ({"delegationspunkt": "4.2"}, "not_delegated"),
        ({"reported_to": "RS"}, "not_delegated"),
        ({"task": Task(what="Kostnaden")}, "nothing_to_complete"),
    ],
)
def test_a_contradiction_is_named(changes: dict[str, Any], code: str) -> None:
    assert wrong(replace(DECIDED, **changes)) == [code]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"delegationspunkt": ""}, "delegationspunkt_missing"),
        ({"body": "RS"}, "decides_itself"),
        ({"body": "namnd"}, "decides_itself"),
        ({"reported_on": day("2026-06-08")}, "reported_before_decision"),
        ({"reported_on": day("2026-07-01")}, "date_in_future"),
        ({"tillkannagivet": day("2026-06-12")}, "no_justering"),
    ],
)
def test_a_contradiction_of_a_delegationsbeslut_is_named(changes: dict[str, Any], code: str) -> None:
    assert wrong(replace(DELEGATED, **changes)) == [code]


def test_a_matter_may_name_the_bodies_that_decide_it() -> None:
    assert wrong(replace(DECIDED, body="RS"), AGREEMENT) == ["body_excluded"]
    assert wrong(DELEGATED, AGREEMENT) == ["body_excluded", "not_delegable"]
    assert wrong(replace(DECIDED, body=""), AGREEMENT) == [], "nobody has said which"
    back = replace(DECIDED, body="RS", outcome="aterremitterad")
    assert wrong(back, AGREEMENT, SENT_BACK) == [], "RS may send back what only RF may adopt"


def test_a_plan_is_held_against_the_same_rules() -> None:
    planned = RegionPatch(planned_body="RF", planned_on=day("2026-09-22"), planned_chain=chain("AU:2026-08-25"))
    assert in_plan(AGREEMENT, planned) == [], "a plan lies ahead"
    assert codes(in_plan(AGREEMENT, {**planned, "planned_body": "RS"})) == ["body_excluded"]
    assert codes(in_plan(TRACK, {**planned, "planned_chain": chain("AU:2026-09-23")})) == ["link_after_decision"]
    assert codes(in_plan(TRACK, {**planned, "planned_chain": chain("RF:2026-08-25")})) == ["link_decides"]
    both = chain("RS:2026-08-25", "AU:2026-08-11")
    assert codes(in_plan(TRACK, {**planned, "planned_chain": both})) == ["links_out_of_order"]


def doubtful(d: Decision, rb: Regionbeslut | None = None) -> list[str]:
    return codes(doubts(d, rb, WORK.is_working))


def test_a_late_justering_or_announcement_is_doubted() -> None:
    held = replace(DECIDED, on=day("2026-06-09"))
    assert doubtful(replace(held, justerat=day("2026-06-23"))) == []
    assert doubtful(replace(held, justerat=day("2026-06-24"))) == ["justerat_late"]
    on_time = replace(held, justerat=day("2026-06-15"), tillkannagivet=day("2026-06-17"))
    assert doubtful(on_time) == []
    assert doubtful(replace(on_time, tillkannagivet=day("2026-06-18"))) == ["announced_late"]
    # The fourteenth day is midsommarafton: the Monday after will do.
    assert doubtful(replace(held, on=day("2026-06-05"), justerat=day("2026-06-22"))) == []


def test_a_decision_before_its_papers_were_sent_is_doubted() -> None:
    facts: dict[str, Facts] = {"expediera": {"version": 2, "on": "2026-06-10"}}
    rb = Regionbeslut(region="01", state="expedierad", sent_version=2, facts=facts)
    assert doubtful(replace(DECIDED, proposal_version=2), rb) == ["decided_before_sent"]
    assert doubtful(replace(DECIDED, proposal_version=1), rb) == [], "it answers what was sent before"
    assert doubtful(replace(DECIDED, proposal_version=2, on=day("2026-06-10")), rb) == []
    assert doubtful(replace(DECIDED, proposal_version=2), replace(rb, facts={"expediera": {"version": 2}})) == []
