"""What may be said of a budget and why not, and what then holds. What stands so already is not said again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import assert_never

from workflow.budget import Agreement, Budget, Declared, Fixed, Outcome, Planned, Used, first_of, id_of, in_posts
from workflow.budget_events import (
    BudgetEvent,
    BudgetFixed,
    BudgetStated,
    ContributionAgreed,
    ContributionPlanned,
    ContributionsDeclared,
    ContributionUsed,
    OutcomeNoted,
)
from workflow.errors import Refusal


def evolve(budget: Budget | None, event: BudgetEvent, *, id: str) -> Budget:
    """The budget after one more event of the stream `id`; None before the first. Raises ValueError where the event is
    about another year."""
    if id_of(event.year) != id:
        raise ValueError(f"{id}: {type(event).__name__} of another year")
    before = budget or Budget(year=event.year)
    at = before.version + 1
    after = replace(before, version=at)
    match event:
        case BudgetStated():
            return replace(after, posts=event.posts, stated=at)
        case BudgetFixed():
            fixed = Fixed(on=event.on, paragraph=event.paragraph, dnr=event.dnr, posts=before.posts, event=at)
            return replace(after, fixed=(*before.fixed, fixed))
        case OutcomeNoted():
            was = before.outcome(event.post, event.quarter)
            outcome = Outcome(
                post=event.post, quarter=event.quarter, amount=event.amount, source=event.source, event=at,
                before=was.amount if was else None, why=event.why,
            )  # fmt: skip
            return replace(after, outcomes=(*(o for o in before.outcomes if o is not was), outcome))
        case ContributionsDeclared():
            return replace(after, declared=Declared(extent=event.extent, source=event.source, event=at))
        case ContributionPlanned():
            planned = Planned(region=event.region, extent=event.extent, source=event.source, event=at)
            return replace(after, planned=(*(p for p in before.planned if p.region != event.region), planned))
        case ContributionAgreed():
            agreed = _agreement(event, at)
            kept = tuple(a for a in before.agreements if a.key != agreed.key)
            return replace(after, agreements=(*kept, agreed) if agreed.extent else kept)
        case ContributionUsed():
            then = before.use(event.region, event.quarter)
            used = Used(
                region=event.region, quarter=event.quarter, extent=event.extent, source=event.source, event=at,
                before=then.extent if then else None, why=event.why,
            )  # fmt: skip
            return replace(after, used=(*(u for u in before.used if u is not then), used))
        case _:
            assert_never(event)


def replay(events: Iterable[BudgetEvent], year: int) -> Budget:
    """What the events of one stream amount to; a budget of which nothing is known has version 0."""
    budget = Budget(year=year)
    for event in events:
        budget = evolve(budget, event, id=id_of(year))
    return budget


def said(budget: Budget, event: BudgetEvent) -> bool:
    """Whether a budget says so already."""
    match event:
        case BudgetStated():
            return budget.posts == event.posts
        case BudgetFixed():
            now = budget.in_force
            wanted = (event.on, event.paragraph, event.dnr, budget.posts)
            return now is not None and (now.on, now.paragraph, now.dnr, now.posts) == wanted
        case OutcomeNoted():
            was = budget.outcome(event.post, event.quarter)
            return was is not None and was.amount == event.amount
        case ContributionsDeclared():
            declared = budget.declared
            return declared is not None and (declared.extent, declared.source) == (event.extent, event.source)
        case ContributionPlanned():
            planned = budget.plan(event.region)
            return planned is not None and planned.extent == event.extent
        case ContributionAgreed():
            wanted_one = _agreement(event, 0)
            known = next((a for a in budget.agreements if a.key == wanted_one.key), None)
            if not event.extent:
                return known is None
            return known is not None and replace(known, event=0) == wanted_one
        case ContributionUsed():
            then = budget.use(event.region, event.quarter)
            return then is not None and then.extent == event.extent
        case _:
            assert_never(event)


def refused(budget: Budget, event: BudgetEvent, *, today: date) -> list[Refusal]:
    """Why a budget cannot have this said of it on a local day. Never because the sum exceeds what was declared: that is
    shown."""
    match event:
        case BudgetStated():
            names = {p.name for p in event.posts}
            gone = sorted({o.post for o in budget.outcomes} - names)
            return [Refusal.of("budget_post_has_outcome", post=name) for name in gone]
        case BudgetFixed():
            if not budget.posts:
                return [Refusal.of("budget_missing", year=event.year)]
            return [Refusal.of("date_in_future", fact="dag", date=event.on, today=today)] if event.on > today else []
        case OutcomeNoted():
            return _of_outcome(budget, event, today)
        case ContributionAgreed():
            return _of_agreement(event)
        case ContributionUsed():
            if first := _not_begun(event.year, event.quarter, today):
                return [first]
            was = budget.use(event.region, event.quarter)
            if was is not None and was.extent != event.extent and not event.why:
                facts = {"region": event.region, "quarter": event.quarter, "before": in_posts(was.extent)}
                return [Refusal.of("contribution_noted", **facts)]
            return []
        case ContributionsDeclared() | ContributionPlanned():
            return []
        case _:
            assert_never(event)


def _of_outcome(budget: Budget, event: OutcomeNoted, today: date) -> list[Refusal]:
    known = list(dict.fromkeys(p.name for p in (*budget.lines, *budget.posts)))
    if not known:
        return [Refusal.of("budget_missing", year=event.year)]
    if event.post not in known:
        return [Refusal.of("budget_no_such_post", post=event.post, year=event.year, known=", ".join(known))]
    if early := _not_begun(event.year, event.quarter, today):
        return [early]
    was = budget.outcome(event.post, event.quarter)
    if was is not None and was.amount != event.amount and not event.why:
        return [Refusal.of("outcome_noted", post=event.post, quarter=event.quarter, before=was.amount)]
    return []


def _of_agreement(event: ContributionAgreed) -> list[Refusal]:
    if not event.uppdrag and not event.dnr:
        return [Refusal.of("agreement_unnamed", region=event.region)]
    if event.last is not None and event.last < event.first:
        return [Refusal.of("agreement_ends_first", first=event.first, last=event.last)]
    if event.first.year > event.year or (event.last is not None and event.last.year < event.year):
        return [Refusal.of("agreement_of_another_year", year=event.year, first=event.first)]
    return []


def _not_begun(year: int, quarter: int, today: date) -> Refusal | None:
    first = first_of(year, quarter)
    return Refusal.of("quarter_not_begun", quarter=quarter, year=year, first=first) if first > today else None


def _agreement(event: ContributionAgreed, at: int) -> Agreement:
    return Agreement(
        region=event.region, uppdrag=event.uppdrag, dnr=event.dnr, extent=event.extent, first=event.first,
        last=event.last, event=at,
    )  # fmt: skip
