"""The backward plan against an exhaustive search over small calendars, and every remedy tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise, product
from random import Random

import pytest

from definitions.holidays import work_calendar
from workflow.calendar import Span
from workflow.planning import RegionPlan, plan_region
from workflow.sammantraden import PapersRule, Sammantrade, Sammantradesplan
from workflow.windows import Remedy, ranking

WORK = work_calendar()
DAY = timedelta(days=1)
BODIES = ("AU", "RS", "RF")
CASES = 4000

Meetings = tuple[Sammantrade, ...]


def day(text: str) -> date:
    return date.fromisoformat(text)


def rule(body: str, before: str, working_days: int) -> PapersRule:
    return PapersRule(region="03", body=body, before=before, working_days=working_days)


class Case:
    """A small calendar made by chance, and what trying everything says of it."""

    def __init__(self, seed: int, *, ruled: bool = True) -> None:
        chance = Random(seed)
        self.today = chance.choice((
            day("2026-03-27"), day("2026-06-18"), day("2026-09-10"), day("2026-10-12"), day("2026-12-22"),
        )) + DAY * chance.randrange(10)  # fmt: skip
        self.bodies = chance.choice((BODIES, BODIES, ("RS", "RF"), ("AU", "RS"), ("RS",), ("RF",), ("HSN", "RS", "RF")))
        end = self.today + DAY * chance.randrange(-3, 90)
        self.window = Span(text="", first=min(end, self.today + 20 * DAY), last=end, reading="")
        reach = chance.choice((30, 60, 120))
        self.meetings = tuple(
            m for body in (*self.bodies, "AU") for m in self._meetings(chance, body, reach) if chance.random() < 0.9
        )
        self.meetings = tuple({(m.body, m.first, m.last): m for m in self.meetings}.values())
        choices: tuple[tuple[PapersRule, ...], ...] = (
            (), (rule("RS", "AU", 10),), (rule("RS", "RS", 12),), (rule("AU", "AU", 5), rule("RF", "RS", 2)),
        )  # fmt: skip
        self.rules = chance.choice(choices) if ruled else ()
        self.calendar = Sammantradesplan("03", self.meetings, self.rules)
        self.chance = chance

    def _meetings(self, chance: Random, body: str, reach: int) -> Iterator[Sammantrade]:
        knows_papers = chance.random()
        for _ in range(chance.choice((0, 1, 2, 3, 4))):
            first = self.today + DAY * chance.randrange(-15, reach)
            last = first + DAY * chance.choice((0, 0, 0, 1, 6))
            papers_by = first - DAY * chance.randrange(0, 40) if chance.random() < knows_papers else None
            yield Sammantrade(region="03", body=body, first=first, last=last, papers_by=papers_by)

    def plan(self, window: Span | None = None) -> RegionPlan:
        return plan_region(self.calendar, self.bodies, window or self.window, today=self.today, work=WORK)

    def of(self, body: str) -> Meetings:
        return tuple(m for m in self.meetings if m.body == body)

    def known_until(self, body: str) -> date:
        if not self.of(body):
            return date.min
        last = max(m.first for m in self.of(body))
        while (last + DAY).month == last.month or last.month % 3:
            last += DAY
        return last

    def papers(self, meeting: Sammantrade, later: tuple[str, ...]) -> date | None:
        """When papers must be in: as stated, by the body's rule, or by that of a later body that counts from it."""
        if meeting.papers_by is not None:
            return meeting.papers_by
        for r in self.rules:
            if r.body == meeting.body and r.before == meeting.body:
                return WORK.add_working_days(meeting.first, -r.working_days)
            if r.body == meeting.body:
                before = [m.first for m in self.of(r.before) if m.first <= meeting.first]
                known = before and self.known_until(r.before) >= meeting.first
                if known:
                    return WORK.add_working_days(max(before), -r.working_days)
        counted = [r for r in self.rules if r.before == meeting.body and r.body != meeting.body and r.body in later]
        return WORK.add_working_days(meeting.first, -counted[0].working_days) if counted else None

    def stops(self, chain: Meetings) -> list[date | None]:
        return [self.papers(m, self.bodies[j + 1 :]) for j, m in enumerate(chain)]

    def chains(self) -> list[Meetings]:
        """Every chain of known meetings that can be reached, though its first handlingsstopp may be unknown."""
        tried = product(*(self.of(body) for body in self.bodies))
        return [
            c for c in tried
            if all(a.last < b.first for a, b in pairwise(c)) and c[0].first >= self.today
            and all(p is None or p >= self.today for p in self.stops(c))
        ]  # fmt: skip

    def sure(self) -> list[Meetings]:
        return [c for c in self.chains() if self.stops(c)[0] is not None]

    def could_fit(self) -> bool:
        """Whether some chain of known meetings, and of any that may be held after what is known, fits the window."""

        @cache
        def goes_on(j: int, after: date) -> bool:
            if j == len(self.bodies):
                return True
            body = self.bodies[j]
            days = (self.today + DAY * n for n in range((self.window.last - self.today).days + 1))
            if any(d > after and d > self.known_until(body) and goes_on(j + 1, d) for d in days):
                return True
            return any(
                m.first > after and m.last <= self.window.last and m.first >= self.today
                and ((p := self.papers(m, self.bodies[j + 1 :])) is None or p >= self.today) and goes_on(j + 1, m.last)
                for m in self.of(body)
            )  # fmt: skip

        return goes_on(0, self.today - DAY)


def sits(body: str, on: date) -> int:
    """How many elections the body's members come from, of those of 2022 and 2026."""
    takes_over = ("2022-10-15", "2026-10-15") if body == "RF" else ("2023-01-01", "2027-01-01")
    return sum(on >= day(first) for first in takes_over)


def latest(chain: Meetings) -> list[tuple[date, date]]:
    return [(m.first, m.last) for m in reversed(chain)]


def days_of(plan: RegionPlan) -> list[tuple[str, date, date]]:
    return [(link.body, link.first, link.last) for link in plan.chain]


@pytest.mark.parametrize("share", range(4))
def test_the_plan_agrees_with_trying_everything(share: int) -> None:
    seen: dict[str, int] = {}
    for seed in range(share, CASES, 4):
        case = Case(seed)
        plan = case.plan()
        fitting = [c for c in case.sure() if c[-1].last <= case.window.last]
        verdict = "ryms" if fitting else "uppgift_saknas" if case.could_fit() else "ryms_inte"
        assert plan.verdict == verdict, seed
        if fitting:
            last = max(fitting, key=latest)
            stops = [p for p in case.stops(last) if p]
            assert days_of(plan) == [(m.body, m.first, m.last) for m in last], seed
            assert [link.papers_by for link in plan.chain] == case.stops(last), seed
            assert (plan.send_by, plan.decides_on) == (min(stops), last[-1].last), seed
        for found, all_such in ((plan.first_sure, case.sure()), (plan.first_possible, case.chains())):
            earliest = min((c[-1].last for c in all_such), default=None)
            assert (found.decides_on if found else None) == earliest, seed
        said_of = [plan.chain] if fitting else [plan.chain, plan.first_possible.links if plan.first_possible else ()]
        shifts = any(sits(a.body, a.first) != sits(b.body, b.first) for chain in said_of for a, b in pairwise(chain))
        assert ("shift_of_boards" in {n.code for n in plan.notes}) == shifts, seed
        slack = plan.slack_working_days
        assert slack == (plan.send_by and WORK.working_days_between(case.today, plan.send_by)), seed
        if plan.why.code == "papers_passed":
            assert plan.send_by is not None, seed
            assert plan.send_by < case.today, seed
        assert bool(plan.missing) or verdict != "uppgift_saknas", seed
        seen[plan.why.code] = seen.get(plan.why.code, 0) + 1
    rare = {"meeting_passed": 5, "papers_unknown": 10, "window_passed": 10}
    for code in ("last_chain", "papers_passed", "no_chain", "meetings_unknown", *rare):
        assert seen.get(code, 0) >= rare.get(code, 30), f"{code} is hardly tried: {seen}"


def test_what_becomes_known_later_never_contradicts_a_verdict() -> None:
    tried = 0
    for seed in range(CASES // 2):
        case = Case(seed, ruled=False)
        before = case.plan()
        more = tuple(_told_later(case))
        told = tuple(
            replace(m, papers_by=m.first - DAY * case.chance.randrange(30))
            if m.papers_by is None and m.body == case.bodies[0]
            else m
            for m in case.meetings
        )
        after = plan_region(
            Sammantradesplan("03", (*told, *more)), case.bodies, case.window, today=case.today, work=WORK
        )
        if before.verdict != "uppgift_saknas":
            assert after.verdict == before.verdict, seed
            tried += 1
    assert tried > CASES // 8


def _told_later(case: Case) -> Iterator[Sammantrade]:
    for body in set(case.bodies):
        for d in (case.today + DAY * case.chance.randrange(90) for _ in range(4)):
            if d > case.known_until(body):
                yield Sammantrade(region="03", body=body, first=d, last=d, papers_by=d - DAY)


def test_a_window_fits_from_the_first_sure_day_on() -> None:
    for seed in range(0, CASES, 4):
        case = Case(seed)
        first = case.plan().first_sure
        if first:
            assert case.plan(replace(case.window, last=first.decides_on)).fits, seed
            assert not case.plan(replace(case.window, last=first.decides_on - DAY)).fits, seed


# ------------------------------------------------------------------------------------------------------- remedies


def with_remedy(case: Case, r: Remedy) -> RegionPlan:
    """The plan, had the remedy been taken."""
    today, meetings = case.today, case.meetings
    if r.kind == "extra_meeting":
        assert r.last is not None
        extra = Sammantrade(region="03", body=r.body, first=r.last, last=r.last)
        if not case.rules and r.body == case.bodies[0]:
            extra = replace(extra, papers_by=today)
        meetings = (*meetings, extra)
    if r.kind == "earlier_papers":
        today = WORK.add_working_days(today, -r.working_days)
    plan = Sammantradesplan("03", meetings, case.rules)
    return plan_region(plan, case.bodies, case.window, today=today, work=WORK)


def test_every_remedy_makes_the_region_fit() -> None:
    tried: dict[str, int] = {}
    for seed in range(CASES):
        case = Case(seed)
        plan = case.plan()
        for ranked in ranking([plan], {"03": case.calendar}, case.window, today=case.today, work=WORK):
            for r in ranked.remedies:
                tried[r.kind] = tried.get(r.kind, 0) + 1
                if r.kind == "earlier_papers":
                    assert with_remedy(case, r).fits, seed
                    less = with_remedy(case, replace(r, working_days=r.working_days - 1))
                    # An earlier day would have had meetings that have been held by now.
                    assert not (less.fits and less.chain[0].first >= case.today), seed
                elif r.kind == "extra_meeting" and (r.body != case.bodies[0] or not case.rules):
                    assert with_remedy(case, r).fits, seed
                elif r.kind == "ordforandebeslut":
                    assert r.body not in ("RF", "AU"), seed
                    assert r.last is not None, seed
                    assert case.today < r.last <= case.window.last, seed
                elif r.kind == "ask":
                    assert r.missing in plan.missing, seed
    assert min(tried[kind] for kind in ("earlier_papers", "extra_meeting", "ordforandebeslut", "ask")) > 30, tried


def test_an_extra_meeting_is_found_wherever_one_would_do() -> None:
    found = 0
    for seed in range(0, CASES, 8):
        case = Case(seed, ruled=False)
        plan = case.plan()
        if plan.verdict != "ryms_inte":
            continue
        ranked = ranking([plan], {"03": case.calendar}, case.window, today=case.today, work=WORK)
        said = {r.body: r.last for r in ranked[0].remedies if r.kind == "extra_meeting"}
        days = [case.today + DAY * n for n in range(1, (case.window.last - case.today).days + 1)]
        would = {
            body: d for body in case.bodies for d in days
            if WORK.is_working(d) and with_remedy(case, Remedy(kind="extra_meeting", body=body, last=d)).fits
        }  # fmt: skip
        assert said == would, seed
        found += bool(would)
    assert found > 20
