"""What people read of a budget: amounts, extents, its standing, what somebody noted, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import assert_never

from uppdrag.words.labels import region
from uppdrag.words.papers import day_in_words
from workflow.budget import Agreement, Budget, Contribution, Fixed, Line, complete, in_posts
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
from workflow.model import Region

ALL_POSTS = "Hela budgeten"
ALL_REGIONS = "Alla regioner"
AT_MOST = (
    "Överenskommet är det mesta som gäller samtidigt under året: följer en överenskommelse på en annan läggs de inte "
    "ihop. Summan för ett kvartal är det som är noterat."
)
DIFFERENCE = "Avvikelsen är budget minus utfall: ett minustecken betyder att det har kostat mer än budgeten."


def kronor(amount: int) -> str:
    """`1 250 000 kr`, whose parts stay on one line."""
    return f"{number(amount)}\xa0kr"


def number(amount: int | None) -> str:
    """`1 250 000` as it stands in a table, and `–` where nothing is noted."""
    return "–" if amount is None else f"{amount:,}".replace(",", "\xa0").replace("-", "−")


def extent(hundredths: int | None) -> str:
    """`9,5` full-time posts, and `–` where nothing is noted."""
    return "–" if hundredths is None else in_posts(hundredths)


def full_time(hundredths: int) -> str:
    """`9,5 heltidsresurser`, `1 heltidsresurs`."""
    return f"{in_posts(hundredths)} {'heltidsresurs' if hundredths == 100 else 'heltidsresurser'}"


def quarter(which: int, year: int) -> str:
    """`Q1 2026`."""
    return f"Q{which} {year}"


def fixed(decision: Fixed | None) -> str:
    """`fastställd av chefsgruppen 12 december 2025, § 45, dnr RK2025-1`, or that it is not."""
    if decision is None:
        return "inte fastställd av chefsgruppen"
    dnr = f", dnr {decision.dnr}" if decision.dnr else ""
    return f"fastställd av chefsgruppen {day_in_words(decision.on)}, § {decision.paragraph}{dnr}"


def standing(budget: Budget, whole: Line) -> str:
    """How large the budget is, and whether chefsgruppen has fixed it."""
    if not budget.lines:
        return f"Ingen budget för {budget.year} är inläst."
    return f"Budgeten {budget.year} är {kronor(whole.budget)}, {fixed(budget.in_force)}."


def spent(whole: Line, lines: Iterable[Line]) -> str:
    """What is noted as outcome, for which quarters, and what is left."""
    known = [q for q, one in enumerate(whole.outcome, start=1) if one is not None]
    if not known:
        return "Inget utfall är noterat."
    whole_quarters = set(complete(lines))
    partly = [f"Q{q}" for q in known if q not in whole_quarters]
    lacking = f" För {' och '.join(partly)} saknas utfallet för någon post." if partly else ""
    left = f"{kronor(whole.left)} är kvar" if whole.left >= 0 else f"{kronor(-whole.left)} mer än årets budget"
    names = ", ".join(f"Q{q}" for q in known)
    return f"Noterat utfall ({names}) är {kronor(whole.spent)}; {left}.{lacking}"


def agreed(budget: Budget, all_regions: Contribution) -> str:
    """`9,5 av 10 heltidsresurser är överenskomna.` More than declared is said so, and not refused."""
    much = in_posts(all_regions.agreed)
    if budget.declared is None:
        return f"{much} heltidsresurser är överenskomna. Hur många regionerna ska bidra med är inte angivet."
    over = all_regions.agreed - budget.declared.extent
    more = f", {in_posts(over)} mer än angivet" if over > 0 else ""
    return f"{much} av {in_posts(budget.declared.extent)} heltidsresurser är överenskomna{more}."


def named(a: Agreement, dnr: str) -> str:
    """`U2026-20, dnr RK2026-00031-2`; `dnr` as it may be shown."""
    return ", ".join(filter(None, (a.uppdrag, f"dnr {dnr}" if dnr else "")))


def holds(first: date, last: date | None) -> str:
    """`1 mars 2026–31 december 2026`."""
    return f"{day_in_words(first)}–{day_in_words(last)}" if last else f"från {day_in_words(first)} tills vidare"


def happened(event: BudgetEvent, regions: Mapping[str, Region]) -> str:
    """What somebody noted."""
    match event:
        case BudgetStated():
            total = sum(p.total for p in event.posts)
            return f"{len(event.posts)} poster, tillsammans {kronor(total)}, enligt {event.source}"
        case BudgetFixed():
            dnr = f", dnr {event.dnr}" if event.dnr else ""
            return f"chefsgruppen fastställde budgeten {event.on}, § {event.paragraph}{dnr}"
        case OutcomeNoted():
            what = f"{event.post}, Q{event.quarter}: utfall {kronor(event.amount)}, enligt {event.source}"
        case ContributionsDeclared():
            return f"regionerna ska bidra med {full_time(event.extent)}, enligt {event.source}"
        case ContributionPlanned():
            who = region(regions, event.region)
            return f"{who}: {full_time(event.extent)} planerat, enligt {event.source}"
        case ContributionAgreed():
            name = ", ".join(filter(None, (event.uppdrag, f"dnr {event.dnr}" if event.dnr else "")))
            who = region(regions, event.region)
            if not event.extent:
                return f"{who}: överenskommelsen {name} räknas inte längre"
            much = f"{full_time(event.extent)}, {holds(event.first, event.last)}"
            return f"{who}: överenskommelse {name}, {much}"
        case ContributionUsed():
            who = region(regions, event.region)
            what = f"{who}, Q{event.quarter}: {full_time(event.extent)} använt, enligt {event.source}"
        case _:
            assert_never(event)
    return f"{what}. Rättat: {event.why}" if event.why else what


REFUSALS: Mapping[str, str] = {
    "budget_needs": "{label} saknas.",
    "budget_missing": "Budgeten {year} har inga poster. Läs in dem: uppdrag budget set {year} FIL",
    "budget_no_such_post": "Posten {post} finns inte i budgeten {year}. De som finns: {known}.",
    "budget_post_has_outcome": "Posten {post} har utfall och kan inte tas bort. Låt den stå kvar, med 0 kr.",
    "budget_post_twice": "Posten {post} står redan på rad {line}. Slå ihop dem, eller ge dem olika namn.",
    "budget_sum_differs": "Posten {post}: kvartalen blir {found} kr, men helåret är {stated} kr. Rätta det som är fel.",
    "budget_changed": "Någon har ändrat sedan du läste version {seen}; nu är det version {version}. Inget är sparat. "
    "Läs om och gör om det.",
    "quarter_not_begun": "Q{quarter} {year} börjar {first}. Notera det när kvartalet har börjat.",
    "outcome_noted": "{post}, Q{quarter}: {before} kr är redan noterat. Ange skälet om det ska rättas.",
    "contribution_noted": "Region {region}, Q{quarter}: {before} är redan noterat som använt. Ange skälet om det ska "
    "rättas.",
    "contribution_empty": "Ange vad som gäller regionen: planerat, överenskommet eller använt.",
    "contribution_needs": "{label} hör till {belongs}. Ange båda.",
    "agreement_unnamed": "Region {region}: ange överenskommelsens uppdrag, dess diarienummer eller båda.",
    "agreement_ends_first": "Överenskommelsen slutar {last}, före första dagen {first}. Rätta den ena.",
    "agreement_of_another_year": "Överenskommelsen gäller ingen dag {year} (från {first}). Ange det år som den gäller.",
    "not_an_agreement": "{uppdrag} följer ärendegången {lifecycle}. Ange ett uppdrag med ärendegången overenskommelse, "
    "eller bara diarienumret.",
    "agreement_not_signed": "{uppdrag} är inte undertecknad (läge: {state}), men räknas som överenskommen.",
    "not_kronor": '{label}: "{value}" är inte hela kronor. Skriv till exempel 41250.',
    "not_an_extent": '{label}: "{value}" går inte att läsa. Skriv heltidsresurser med högst två decimaler, till '
    "exempel 0,5.",
    "not_an_uppdrag_id": '{label}: "{value}" är inget uppdragsnummer. Skriv till exempel U2026-15.',
    "not_a_quarter": '{label}: "{value}" är inget kvartal. Skriv Q1, Q2, Q3 eller Q4.',
}
"""Why something cannot be noted in a budget, and what to do instead."""
