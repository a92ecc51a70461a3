"""What became true of a year's budget and of the regions' contributions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflow.budget import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetStated:
    """The posts of a budget as they now are proposed, all of them. `source` is the file or person that said so."""

    year: int
    posts: tuple[Post, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetFixed:
    """Chefsgruppen fixed the budget as it was last stated, at the meeting on a local day and under a §."""

    year: int
    on: date
    paragraph: str
    dnr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeNoted:
    """What a post cost in a quarter, in whole kronor. Noted again it is corrected, and `why` says why."""

    year: int
    post: str
    quarter: int
    amount: int
    source: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionsDeclared:
    """How much the regions are to contribute together, in hundredths of a full-time post, and what says so."""

    year: int
    extent: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionPlanned:
    """What a region is meant to contribute."""

    year: int
    region: str
    extent: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionAgreed:
    """What a region agreed to in an överenskommelse, which an uppdrag or a diarienummer names; 0: not any more."""

    year: int
    region: str
    uppdrag: str
    dnr: str
    extent: int
    first: date
    last: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionUsed:
    """What a region contributed in a quarter. Noted again it is corrected, and `why` says why."""

    year: int
    region: str
    quarter: int
    extent: int
    source: str
    why: str = ""


BudgetEvent = (
    BudgetStated | BudgetFixed | OutcomeNoted | ContributionsDeclared | ContributionPlanned | ContributionAgreed
    | ContributionUsed
)  # fmt: skip
