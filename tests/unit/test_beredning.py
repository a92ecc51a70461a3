"""The beredningsplan's filling: the agenda's rules through the year, and what hands have put elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from tests.unit.test_agenda import form, lifecycles, many
from workflow.agenda import Candidate, Carried, Occasion, propose
from workflow.beredning import Beredningsplan, Line, OwnMatter, Placement, id_of
from workflow.beredning_events import Change, compare, evolve, replay
from workflow.beredning_fill import Row, fill
from workflow.beredning_force import Rounds, in_force
from workflow.calendar import Span
from workflow.meeting import AgendaItem
from workflow.model import PlannedTime, Task, Uppdrag
from workflow.paper_events import MatterAdded, MatterPlaced, MatterReleased, PreparationDecided, PreparationTabled

FEB, MARCH, APRIL, JUNE = date(2026, 2, 13), date(2026, 3, 27), date(2026, 4, 24), date(2026, 6, 12)
DECEMBER, NEXT_YEAR = date(2026, 12, 11), date(2027, 1, 15)
DAYS = (FEB, MARCH, APRIL, JUNE, DECEMBER, NEXT_YEAR)
ROUNDS = Rounds(days=DAYS, coming=DAYS[1:])


def span(text: str, first: date, last: date) -> Span:
    return Span(text=text, first=first, last=last, reading="sista dagen")


Q1 = span("Q1 2026", date(2026, 1, 1), date(2026, 3, 31))
Q2 = span("Q2 2026", date(2026, 4, 1), date(2026, 6, 30))
Q2_2027 = span("Q2 2027", date(2027, 4, 1), date(2027, 6, 30))


def matter(lifecycle: str = "utredning", state: str = "chefsgruppsbeslut", **more: object) -> Candidate:
    u = Uppdrag(
        id="U2026-01", lifecycle=lifecycle, lifecycle_version=1, state=state, title="Ledningsmodell",
        **more,  # type: ignore[arg-type]  # attributes of an uppdrag
    )  # fmt: skip
    return Candidate(uppdrag=u, lifecycle=lifecycles()[lifecycle])


def planned(*spans: tuple[str, Span]) -> tuple[PlannedTime, ...]:
    return tuple(PlannedTime(deadline=name, span=s) for name, s in spans)


def filled(
    *found: Candidate, placements: tuple[Placement, ...] = (), own: tuple[OwnMatter, ...] = (), year: int = 2026,
    dealt: Mapping[str, date] | None = None, rounds: Rounds = ROUNDS, later: tuple[Beredningsplan, ...] = (),
) -> list[Row]:  # fmt: skip
    """The rows about uppdrag and own matters."""
    plans = [Beredningsplan(year=2026, version=1, placements=placements, own=own), *later]
    rows = fill(form(), found, rounds, plans, year, dealt=dealt or {})
    return [r for r in rows if r.uppdrag or r.key.startswith("plan-")]


def at(rows: list[Row]) -> list[tuple[str, date | None]]:
    return [(r.key, r.day) for r in rows]


def put(step: str, day: date | None, why: str = "") -> tuple[Placement, ...]:
    return (Placement(key=f"U2026-01:{step}", day=day, why=why),)


def test_a_matter_stands_at_the_last_meeting_within_its_planned_time() -> None:
    (row,) = filled(matter(times=planned(("redovisning", Q2))))
    assert (row.key, row.day, row.why.code) == ("U2026-01:redovisa", JUNE, "deadline")
    assert (row.what, row.planned, row.warnings) == ("Redovisning för chefsgruppen", Q2, ())


def test_what_is_ready_stands_at_the_next_meeting() -> None:
    assert at(filled(matter(state="beredd")))[0] == ("U2026-01:besluta", MARCH)


def test_what_follows_stands_at_a_meeting_after() -> None:
    rows = filled(matter("regiongemensamt", times=planned(("redovisning", Q1), ("regionbeslut", Q2))))
    assert at(rows) == [("U2026-01:redovisa", MARCH), ("U2026-01:godkann", APRIL)]
    assert (rows[1].why.code, rows[1].why.facts["day"]) == ("follows", "2026-03-27")


def test_what_waits_for_the_kansli_stands_at_no_meeting_and_what_is_due_after_it_does() -> None:
    rows = filled(matter(state="identifierad", times=planned(("redovisning", Q2))))
    assert at(rows) == [("U2026-01:redovisa", JUNE), ("U2026-01:besluta", None)]
    assert rows[1].why.facts["state"] == "Identifierad"


def test_a_matter_without_planned_time_or_due_another_year_says_so() -> None:
    assert [(r.day, r.why.code) for r in filled(matter())] == [(None, "no_time")]
    assert [(r.day, r.why.code) for r in filled(matter(times=planned(("redovisning", Q2_2027))))] == [(None, "later")]


def test_what_is_finished_or_paused_is_no_matter() -> None:
    assert filled(matter(state="redovisad", final=True), matter(paused=True)) == []


def test_a_matter_is_moved_by_hand_earlier_and_later() -> None:
    c = matter(times=planned(("redovisning", Q2)))
    (early,) = filled(c, placements=put("redovisa", MARCH))
    assert (early.day, early.why.code, early.warnings) == (MARCH, "plan", ())
    (late,) = filled(c, placements=put("redovisa", DECEMBER, "Väntar"))
    assert (late.day, late.placement and late.placement.why) == (DECEMBER, "Väntar")
    assert [w.code for w in late.warnings] == ["after_planned_time"]


def test_what_follows_on_a_moved_matter_moves_along() -> None:
    c = matter("regiongemensamt", times=planned(("redovisning", Q1)))
    assert at(filled(c, placements=put("redovisa", APRIL))) == [
        ("U2026-01:redovisa", APRIL),
        ("U2026-01:godkann", JUNE),
    ]


def test_what_is_left_out_stands_at_no_meeting() -> None:
    (row,) = filled(matter(times=planned(("redovisning", Q2))), placements=put("redovisa", None))
    assert row.left_out


def test_a_meeting_that_is_not_held_or_has_been_gives_way_to_the_next() -> None:
    c = matter(times=planned(("redovisning", Q2)))
    (gone,) = filled(c, placements=put("redovisa", date(2026, 4, 10)))
    assert (gone.day, [w.code for w in gone.warnings]) == (APRIL, ["placed_meeting_gone"])
    (passed,) = filled(c, placements=put("redovisa", FEB))
    assert (passed.day, [w.code for w in passed.warnings]) == (MARCH, ["placed_meeting_passed"])


def test_a_step_put_before_the_one_that_leads_to_it_waits_for_its_turn() -> None:
    c = matter("regiongemensamt", times=planned(("redovisning", Q2)))
    rows = filled(c, placements=put("godkann", MARCH))
    assert at(rows) == [("U2026-01:redovisa", JUNE), ("U2026-01:godkann", DECEMBER)]
    assert [w.code for w in rows[1].warnings] == ["placed_before_its_turn"]


def test_what_a_meeting_has_dealt_with_is_no_longer_held_by_its_placement() -> None:
    c = matter(times=planned(("redovisning", Q2)))
    (row,) = filled(c, placements=put("redovisa", FEB), dealt={"U2026-01:redovisa": FEB})
    assert (row.day, row.why.code) == (JUNE, "deadline")


def test_what_waits_for_the_kansli_can_be_put_at_a_meeting() -> None:
    c = matter(state="identifierad", times=planned(("redovisning", Q2)))
    assert at(filled(c, placements=put("besluta", APRIL))) == [("U2026-01:besluta", APRIL), ("U2026-01:redovisa", JUNE)]


def test_what_came_back_comes_once_and_then_its_deadline() -> None:
    c = matter(state="identifierad", task=Task(what="Kostnaden"), times=planned(("redovisning", Q2)))
    assert at(filled(c))[:2] == [("U2026-01:aterkommande", MARCH), ("U2026-01:redovisa", JUNE)]


def test_a_matter_of_the_plans_own_stands_where_it_was_put_or_moved() -> None:
    own = (OwnMatter(key="plan-2026-1", title="Lokaler", day=APRIL), OwnMatter(key="plan-2026-2", title="Bilar"))
    assert at(filled(own=own)) == [("plan-2026-1", APRIL), ("plan-2026-2", None)]
    moved = (Placement(key="plan-2026-1", day=JUNE), Placement(key="plan-2026-2", day=MARCH))
    assert at(filled(own=own, placements=moved)) == [("plan-2026-2", MARCH), ("plan-2026-1", JUNE)]
    assert at(filled(own=own, dealt={"plan-2026-1": FEB})) == [("plan-2026-2", None)]


def yearly(rounds: Rounds = ROUNDS, **more: object) -> list[tuple[str, date | None]]:
    plan = Beredningsplan(year=2026, version=1, **more)  # type: ignore[arg-type]  # fields of a plan
    rows = fill(form(), [], rounds, [plan], 2026, dealt={})
    return [(r.key, r.day) for r in rows]


def test_the_yearly_matters_stand_where_declared_and_can_be_moved_or_left_out() -> None:
    assert yearly() == [("halvar", JUNE), ("motestider", JUNE)]
    assert ("motestider", DECEMBER) in yearly(placements=(Placement(key="motestider", day=DECEMBER),))
    assert ("motestider", None) in yearly(placements=(Placement(key="motestider", day=None),))


def test_the_next_year_begins_where_this_one_ends() -> None:
    c = matter(
        "regiongemensamt", times=planned(("redovisning", span("Q4 2026", date(2026, 10, 1), date(2026, 12, 31))))
    )
    assert at(filled(c, year=2027)) == [("U2026-01:godkann", NEXT_YEAR)]
    later = Beredningsplan(year=2027, version=1, placements=put("redovisa", NEXT_YEAR))
    assert at(filled(c, year=2027, later=(later,)))[0] == ("U2026-01:redovisa", NEXT_YEAR)
    assert filled(c, later=(later,))[0].why.code == "later_plan"


@given(many)
def test_every_open_uppdrag_is_brought_once_for_each_step_and_never_before_it(found: tuple[Candidate, ...]) -> None:
    rows = filled(*found)
    assert len({r.key for r in rows}) == len(rows) or any("aterkommande" in r.key for r in rows)
    for c in found:
        mine = [r for r in rows if r.uppdrag == c.uppdrag.id]
        if c.uppdrag.final or c.uppdrag.paused:
            assert mine == []
    first = [r for r in rows if r.day == MARCH]
    items = propose(form(), found, (), Occasion(day=MARCH, following=APRIL, year=DAYS[:5]))
    assert {i.uppdrag for i in items if i.uppdrag} <= {r.uppdrag for r in first}, "the next meeting is as its agenda"


def brought(c: Candidate, placed: Mapping[str, date | None], day: date = MARCH) -> list[AgendaItem]:
    items = propose(form(), [c], [], Occasion(day=day, following=APRIL, year=DAYS[:5], placed=placed))
    return [i for i in items if i.uppdrag]


def test_the_agenda_takes_up_what_the_plan_has_put_there_and_nothing_that_it_has_put_elsewhere() -> None:
    c = matter(times=planned(("redovisning", Q2)))
    assert brought(c, {}) == []
    (item,) = brought(c, {"U2026-01:redovisa": MARCH})
    assert (item.section, item.trigger, item.why.code) == ("redovisning", "redovisa", "plan")
    due = matter(times=planned(("redovisning", Q1)))
    assert [i.why.code for i in brought(due, {})] == ["deadline"]
    assert brought(due, {"U2026-01:redovisa": JUNE}) == []
    assert brought(due, {"U2026-01:redovisa": None}) == []
    assert [i.why.code for i in brought(due, {"U2026-01:godkann": JUNE})] == ["deadline"], "another step"


def test_what_chefsgruppen_has_postponed_comes_back_though_the_plan_leaves_it_out() -> None:
    c = matter(times=planned(("redovisning", Q1)))
    item = replace(brought(c, {})[0], key="U2026-01")
    back = Occasion(
        day=APRIL, following=JUNE, year=DAYS[:5], carried=(Carried(item, MARCH, 12, "bordlagd"),),
        placed={"U2026-01:redovisa": None},
    )  # fmt: skip
    assert [i.why.code for i in propose(form(), [c], [], back) if i.uppdrag] == ["carried"]
    assert [i for i in propose(form(), [c], [], replace(back, placed={"U2026-01:redovisa": JUNE})) if i.uppdrag] == []


def test_only_what_can_be_decided_is_taken_up() -> None:
    assert brought(matter(state="identifierad"), {"U2026-01:besluta": MARCH}) == []


def test_what_was_put_at_a_meeting_that_is_moved_goes_along() -> None:
    old, new = date(2026, 5, 8), APRIL
    rounds = Rounds(days=DAYS, coming=DAYS[1:], moved={old: new})
    (row,) = filled(matter(times=planned(("redovisning", Q2))), placements=put("redovisa", old), rounds=rounds)
    assert (row.day, [w.code for w in row.warnings]) == (APRIL, ["placed_meeting_gone"])


def test_what_a_plan_says_holds_for_the_first_meeting_from_that_day() -> None:
    every = Rounds(days=DAYS, coming=DAYS)
    plan = Beredningsplan(year=2026, placements=put("redovisa", date(2026, 4, 1)))
    assert in_force([plan], 2026, {}, every).placed == {"U2026-01:redovisa": APRIL}
    assert in_force([plan], 2027, {}, every).placed == {}
    earlier = Beredningsplan(year=2025, placements=put("redovisa", None))
    assert in_force([earlier, plan], 2025, {}, every).placed == {"U2026-01:redovisa": None}


EVENTS = (
    MatterPlaced(year=2026, key="U2026-01:redovisa", title="Ledningsmodell", day=JUNE, why="Väntar"),
    MatterAdded(year=2026, key="plan-2026-1", title="Lokaler", kind="beslut", day=None),
    PreparationTabled(year=2026, meeting=MARCH, lines=(Line(key="x", title="X", day=JUNE),)),
    MatterReleased(year=2026, key="U2026-01:redovisa", title="Ledningsmodell"),
    PreparationDecided(year=2026, meeting=MARCH, paragraph=12, tabled=3),
)


def test_the_events_of_a_plan_amount_to_it() -> None:
    plan = replay(EVENTS, id=id_of(2026))
    assert plan is not None
    assert (plan.version, plan.edition, plan.placements) == (5, 4, ())
    assert plan.own[0].title == "Lokaler"
    ruling, tabled = plan.decided or pytest.fail("it was decided")
    assert (ruling.paragraph, ruling.meeting, tabled.edition) == (12, MARCH, 3)
    with pytest.raises(ValueError, match="another year"):
        evolve(plan, EVENTS[0], id=id_of(2027))
    with pytest.raises(ValueError, match="never put"):
        evolve(plan, replace(EVENTS[4], tabled=4), id=id_of(2026))


def test_what_has_changed_since_the_decision_is_told() -> None:
    before = [
        Line(key="a", title="A", day=MARCH),
        Line(key="b", title="B", day=JUNE),
        Line(key="c", title="C", day=None),
    ]
    after = [
        Line(key="d", title="D", day=APRIL),
        Line(key="b", title="B", day=None),
        Line(key="c", title="C", day=None),
    ]
    assert compare(before, after) == [
        Change("new", "D", None, APRIL), Change("moved", "B", JUNE, None), Change("gone", "A", MARCH, None),
    ]  # fmt: skip
