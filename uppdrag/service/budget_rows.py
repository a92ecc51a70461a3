"""A budget as plain rows for JSON and CSV, and as a workbook: kronor whole, extents exact with a decimal point."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from uppdrag.documents.sheet import Book, Cell, Column, Sheet
from uppdrag.service.budget_reading import Shown
from uppdrag.service.sheets import AUTHOR
from uppdrag.words import budget as words
from uppdrag.words import sentence
from workflow.budget import QUARTERS, Contribution, Line
from workflow.calendar import STOCKHOLM

_POSTS = (
    Column("Post", "Budgetposten.", 40),
    *(Column(f"Budget Q{q}", "Hela kronor.") for q in QUARTERS), Column("Budget helår", "Hela kronor."),
    *(Column(f"Utfall Q{q}", "Hela kronor; tomt där inget är noterat.") for q in QUARTERS),
    Column("Utfall", "Hela kronor, det som är noterat."), Column("Kvar av årets budget", "Budget minus utfall.", 20),
)  # fmt: skip
_REGIONS = (
    Column("Länskod", "Regionens länskod, som text: 03.", 9), Column("Region", "Regionens namn.", 20),
    Column("Planerat", "Heltidsresurser; tomt där inget är angivet."),
    Column("Överenskommet", "Heltidsresurser: det mesta som gäller samtidigt under året.", 16),
    *(Column(f"Använt Q{q}", "Heltidsresurser; tomt där inget är noterat.") for q in QUARTERS),
    Column("Överenskommelser", "Uppdrag, diarienummer och tid.", 50),
)  # fmt: skip


def budget_row(shown: Shown) -> dict[str, Any]:
    """The whole budget."""
    budget, fixed = shown.budget, shown.budget.in_force
    return {
        "year": budget.year, "version": budget.version,
        "fixed": fixed and {"date": fixed.on.isoformat(), "paragraph": fixed.paragraph, "dnr": fixed.dnr},
        "proposed": budget.proposed, "posts": [post_row(line) for line in shown.lines],
        "total": post_row(shown.whole), "declared": _exact(budget.declared.extent if budget.declared else None),
        "contributions": [contribution_row(shown, c) for c in shown.contributions],
        "together": contribution_row(shown, shown.together), "warnings": [sentence(w) for w in shown.warnings],
    }  # fmt: skip


def listed(shown: Shown) -> list[dict[str, Any]]:
    """Posts and regions one after the other: what they are stands in the first column."""
    return [
        *({"part": "post", **post_row(line)} for line in shown.lines),
        *({"part": "region", **contribution_row(shown, c)} for c in shown.contributions),
    ]


def post_row(line: Line) -> dict[str, Any]:
    """One post."""
    return {
        "name": line.name, "budget": line.budget,
        **{f"budget_q{q}": line.planned[q - 1] for q in QUARTERS},
        **{f"outcome_q{q}": line.outcome[q - 1] for q in QUARTERS}, "outcome": line.noted, "left": line.left,
    }  # fmt: skip


def contribution_row(shown: Shown, c: Contribution) -> dict[str, Any]:
    """One region; extents as text with two decimals, so that no program rounds them."""
    return {
        "region": c.region, "name": shown.name(c.region) if c.region else words.ALL_REGIONS,
        "planned": _exact(c.planned), "agreed": _exact(c.agreed),
        **{f"used_q{q}": _exact(c.used[q - 1]) for q in QUARTERS}, "agreements": agreements(shown, c),
    }  # fmt: skip


def agreements(shown: Shown, c: Contribution) -> list[str]:
    """A region's överenskommelser: what they are called, how much, and when they hold."""
    return [
        f"{words.named(a, shown.dnr(a))}: {words.extent(a.extent)}, {words.holds(a.first, a.last)}"
        for a in c.agreements
    ]  # fmt: skip


def book(shown: Shown, *, now: datetime) -> Book:
    """The budget as a workbook, a list of posts and one of regions."""
    title = f"Budget {shown.year}"
    about = (
        ("Läge", f"{now.astimezone(STOCKHOLM):%Y-%m-%d %H.%M}"),
        ("Budgeten", words.standing(shown.budget, shown.whole)),
        ("Resursbidrag", words.agreed(shown.budget, shown.together)),
        ("Ändringar", "Det som ändras i arbetsboken registreras inte."),
    )  # fmt: skip
    return Book(
        title=title, author=AUTHOR, created=now, about=about,
        sheets=(
            Sheet(name="Budget", columns=_POSTS, rows=[_post(line) for line in shown.lines]),
            Sheet(name="Resursbidrag", columns=_REGIONS, rows=[_region(shown, c) for c in shown.contributions]),
        ),
    )  # fmt: skip


def _post(line: Line) -> Sequence[Cell]:
    return line.name, *line.planned, line.budget, *line.outcome, line.noted, line.left


def _region(shown: Shown, c: Contribution) -> Sequence[Cell]:
    told = "; ".join(agreements(shown, c))
    return c.region, shown.name(c.region), _number(c.planned), _number(c.agreed), *map(_number, c.used), told


def _number(extent: int | None) -> Decimal | None:
    return None if extent is None else Decimal(extent).scaleb(-2)


def _exact(extent: int | None) -> str | None:
    return None if extent is None else f"{extent // 100}.{extent % 100:02d}"
