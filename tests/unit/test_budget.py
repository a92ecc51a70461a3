"""A budget's figures: exact, never more certain than what is noted, and read as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from uppdrag.intake import budget as intake
from uppdrag.intake.budget import Beside
from uppdrag.words import budget as words
from workflow.budget import Agreement, Budget, Line, Post, at_most, contributions, in_posts, lines, together, total
from workflow.budget_events import (
    BudgetEvent,
    BudgetFixed,
    BudgetStated,
    ContributionAgreed,
    ContributionsDeclared,
    ContributionUsed,
    OutcomeNoted,
)
from workflow.budgeting import evolve, replay
from workflow.facts import BadFact

TRAVEL, OTHER = Post(name="Resor", quarters=(100, 200, 300, 400)), Post(name="Möten", quarters=(10, 10, 10, 10))
BESIDE = Beside(2026, "fil.csv")


def told(*events: BudgetEvent) -> Budget:
    return replay(events, 2026)


def stated(*posts: Post) -> BudgetStated:
    return BudgetStated(year=2026, posts=posts, source="fil.csv")


def fixed(paragraph: str = "45") -> BudgetFixed:
    return BudgetFixed(year=2026, on=date(2025, 12, 12), paragraph=paragraph, dnr="")


def cost(post: str, quarter: int, amount: int, why: str = "") -> OutcomeNoted:
    return OutcomeNoted(year=2026, post=post, quarter=quarter, amount=amount, source="k", why=why)


def agrees(region: str, extent: int) -> ContributionAgreed:
    return ContributionAgreed(
        year=2026, region=region, uppdrag="", dnr="x", extent=extent, first=date(2026, 1, 1), last=None
    )


def agreed(extent: int, first: date, last: date | None = None, region: str = "03", dnr: str = "a") -> Agreement:
    return Agreement(region=region, uppdrag="", dnr=dnr, extent=extent, first=first, last=last, event=1)


def test_what_is_not_noted_is_not_nought() -> None:
    (travel, other) = found = lines(told(stated(TRAVEL, OTHER), fixed(), cost("Resor", 1, 130), cost("Resor", 2, 0)))
    assert (travel.difference(1), travel.difference(2), travel.difference(3)) == (-30, 200, None)
    assert (travel.left, other.noted) == (870, None)
    whole = total(found, "Allt")
    assert whole == Line(name="Allt", planned=(110, 210, 310, 410), outcome=(130, 0, None, None))
    assert words.spent(whole, found) == (
        "Noterat utfall (Q1, Q2) är 130\xa0kr; 910\xa0kr är kvar. För Q1 och Q2 saknas utfallet för någon post."
    )


def test_what_is_fixed_holds_until_another_is_fixed_and_no_outcome_is_lost() -> None:
    larger = Post(name="Resor", quarters=(900, 900, 900, 900))
    first = told(stated(TRAVEL, OTHER), fixed(), cost("Möten", 1, 7), stated(larger))
    assert (first.proposed, [line.budget for line in lines(first)]) == (True, [1000, 40])
    then = evolve(first, fixed("9"), id="budget:2026")
    left = [(line.name, line.left) for line in lines(then)]
    assert (then.proposed, left) == (False, [("Resor", 3600), ("Möten", -7)])
    assert [d.paragraph for d in then.fixed] == ["45", "9"]


def test_a_correction_keeps_what_stood_there() -> None:
    budget = told(stated(TRAVEL), cost("Resor", 1, 90), cost("Resor", 1, 95, "Fel konto"))
    (noted,) = budget.outcomes
    assert (noted.amount, noted.before, noted.why, noted.event) == (95, 90, "Fel konto", 3)


def test_agreements_beside_each_other_add_and_one_after_another_do_not() -> None:
    june, july = date(2026, 6, 30), date(2026, 7, 1)
    spring, autumn = agreed(100, date(2025, 3, 1), june), agreed(100, july, dnr="b")
    assert at_most([spring, autumn], 2026) == 100
    assert at_most([spring, agreed(50, date(2026, 6, 30), dnr="b")], 2026) == 150
    assert at_most([agreed(100, date(2025, 1, 1), date(2025, 12, 31))], 2026) == 0
    assert at_most([spring, autumn], 2027) == 100


def test_ten_are_shared_exactly_and_more_is_said_not_refused() -> None:
    ten = ContributionsDeclared(year=2026, extent=1000, source="Verksamhetsplan 2026, avsnitt 3")
    used = ContributionUsed(year=2026, region="01", quarter=1, extent=5, source="k")
    budget = told(ten, agrees("01", 333), agrees("02", 333), agrees("03", 284), used)
    every = together(contributions(budget))
    assert words.agreed(budget, every) == "9,5 av 10 heltidsresurser är överenskomna."
    assert (every.used, in_posts(5), in_posts(1000)) == ((5, None, None, None), "0,05", "10")
    more = evolve(budget, agrees("04", 75), id="budget:2026")
    assert words.agreed(more, together(contributions(more))) == (
        "10,25 av 10 heltidsresurser är överenskomna, 0,25 mer än angivet."
    )


@pytest.mark.parametrize(
    ("text", "extent"),
    [("0,5", 50), ("0.05", 5), ("50 %", 50), ("10", 1000), ("1,2", 120), ("0,505", None), ("-1", None), ("½", None),
     ("٣", None), ("1e2", None)],
)  # fmt: skip
def test_an_extent_is_read_as_people_write_it_or_not_at_all(text: str, extent: int | None) -> None:
    if extent is not None:
        assert intake.read_extent(text) == extent
    else:
        with pytest.raises(BadFact):
            intake.read_extent(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1 250 000 kr", 1250000), ("1\xa0250\xa0000", 1250000), ("41250,00", 41250), ("−51 777", -51777),
     ("41250,50", None), ("12 50", None), ("1.250.000", None), ("=1+1", None), ("99999999999", None)],
)  # fmt: skip
def test_an_amount_is_whole_kronor_or_not_at_all(text: str, amount: int | None) -> None:
    (event,), wrong = intake.outcome({"post": "Resor", "quarter": "k2", "amount": text}, BESIDE)
    assert isinstance(event, OutcomeNoted)
    assert ([r.code for r in wrong], event.amount) == ([] if amount is not None else ["not_kronor"], amount or 0)


def test_every_bad_line_of_the_posts_is_told_at_once() -> None:
    file = "post;q1;q2;q3;q4;helår\nResor;1;2;3;4;11\nresor;1;1;1;1;\n;1;1;-1;x;\nMöten;1;1;;1;\n"
    _, refused = intake.read_posts(file.encode(), BESIDE)
    assert [(line, r.code) for line, r in refused] == [
        (2, "budget_sum_differs"), (3, "budget_post_twice"), (4, "budget_needs"), (4, "not_kronor"), (4, "not_kronor"),
        (5, "budget_needs"),
    ]  # fmt: skip
