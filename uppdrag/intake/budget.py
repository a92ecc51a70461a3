"""Tables of posts, outcome and contributions, as the kansli keeps them → events. Every bad line by its number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from uppdrag.intake import tabular
from uppdrag.intake.tabular import Refused
from workflow.budget import QUARTERS, Post
from workflow.budget_events import (
    BudgetEvent,
    BudgetStated,
    ContributionAgreed,
    ContributionPlanned,
    ContributionUsed,
    OutcomeNoted,
)
from workflow.errors import Refusal
from workflow.facts import BadFact, clean_date, clean_text, is_uppdrag_id
from workflow.model import Region

POSTS: tabular.Columns = {
    "post": ("post", "budgetpost"), **{f"q{q}": (f"q{q}", f"kvartal {q}") for q in QUARTERS},
    "total": ("helår", "helar", "summa", "totalt"),
}  # fmt: skip
OUTCOME: tabular.Columns = {
    "post": ("post", "budgetpost"), "quarter": ("kvartal", "quarter"), "amount": ("belopp", "utfall", "amount"),
    "source": ("källa", "kalla", "source"), "why": ("skäl", "skal", "why"),
}  # fmt: skip
CONTRIBUTIONS: tabular.Columns = {
    "region": ("region", "länskod", "lanskod"), "planned": ("planerat", "planned"),
    "agreed": ("överenskommet", "overenskommet", "agreed"), "uppdrag": ("uppdrag", "id"),
    "dnr": ("diarienummer", "dnr"), "first": ("från", "fran", "from"), "last": ("till", "to", "until"),
    "quarter": ("kvartal", "quarter"), "used": ("använt", "anvant", "used"), "source": ("källa", "kalla", "source"),
    "why": ("skäl", "skal", "why"),
}  # fmt: skip

_AMOUNT = re.compile(r"([-\u2212]?)(\d{1,3}(?: \d{3})+|\d{1,10})(?:[.,]0{1,2})?(?: ?kr)?", re.IGNORECASE | re.ASCII)
_EXTENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?", re.ASCII)
_PERCENT = re.compile(r"(\d{1,5})\s*%", re.ASCII)
_QUARTER = re.compile(r"(?:[qk]|kvartal )?([1-4])", re.IGNORECASE | re.ASCII)

T = TypeVar("T")
E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says, by its number (the heading is 1; 0: no file)."""

    number: int
    event: BudgetEvent


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the table: the year, the source where a line has none, and why a line corrects another."""

    year: int
    source: str
    why: str = ""


def read_posts(content: bytes, beside: Beside) -> tuple[list[Said], list[Refused]]:
    """The posts of a CSV or XLSX file, all of them in one."""
    lines, refused = tabular.read(content, POSTS, ("post", *(f"q{q}" for q in QUARTERS)))
    posts: list[Post] = []
    seen: dict[str, int] = {}
    for line in lines:
        reading = _Reading(line.cells, POSTS)
        name = reading.of("post", clean_text, "", needed=True)
        first, second, third, fourth = (reading.of(f"q{q}", _planned, 0, needed=True) for q in QUARTERS)
        post = Post(name=name, quarters=(first, second, third, fourth))
        stated = reading.of("total", _planned, None)
        if not reading.wrong and stated not in (None, post.total):
            reading.wrong.append(Refusal.of("budget_sum_differs", post=name, found=post.total, stated=stated))
        if name and name.casefold() in seen:
            reading.wrong.append(Refusal.of("budget_post_twice", post=name, line=seen[name.casefold()]))
        seen.setdefault(name.casefold(), line.number)
        refused += [(line.number, refusal) for refusal in reading.wrong]
        posts.append(post)
    event = BudgetStated(year=beside.year, posts=tuple(posts), source=beside.source)
    return ([Said(1, event)] if posts else []), refused


def read_outcome(content: bytes, beside: Beside) -> tuple[list[Said], list[Refused]]:
    """The outcome of posts, a post and a quarter on each line."""
    return _each(content, OUTCOME, ("post", "quarter", "amount"), partial(outcome, beside=beside))


def read_contributions(
    content: bytes, beside: Beside, regions: Sequence[Region]
) -> tuple[list[Said], list[Refused]]:  # fmt: skip
    """The regions' contributions. A line may say what is planned, agreed or used, or several of them."""
    told = partial(contribution, beside=beside, regions=regions)
    return _each(content, CONTRIBUTIONS, ("region",), told)


def outcome(cells: Mapping[str, str], beside: Beside) -> tuple[list[BudgetEvent], list[Refusal]]:
    """What cells by column say of a post, and every reason why that will not do."""
    reading = _Reading(cells, OUTCOME)
    event = OutcomeNoted(
        year=beside.year, post=reading.of("post", clean_text, "", needed=True),
        quarter=reading.of("quarter", _quarter, 1, needed=True),
        amount=reading.of("amount", _amount, 0, needed=True), source=reading.source(beside), why=reading.why(beside),
    )  # fmt: skip
    return [event], reading.wrong


def contribution(
    cells: Mapping[str, str], beside: Beside, regions: Sequence[Region]
) -> tuple[list[BudgetEvent], list[Refusal]]:  # fmt: skip
    """What cells by column say of a region, and every reason why that will not do."""
    reading = _Reading(cells, CONTRIBUTIONS)
    region = reading.of("region", partial(_region, regions), "", needed=True)
    told: list[BudgetEvent] = []
    if reading.has("planned"):
        extent = reading.of("planned", read_extent, 0)
        told.append(ContributionPlanned(year=beside.year, region=region, extent=extent, source=reading.source(beside)))
    reading.only_with("agreed", "uppdrag", "dnr", "last")
    if reading.pair("agreed", "first"):
        first = reading.of("first", clean_date, None)
        agreed = reading.of("agreed", read_extent, 0)
        if first is not None:
            told.append(
                ContributionAgreed(
                    year=beside.year, region=region, uppdrag=reading.of("uppdrag", _uppdrag, ""),
                    dnr=reading.of("dnr", clean_text, ""), extent=agreed, first=first,
                    last=reading.of("last", clean_date, None),
                )
            )  # fmt: skip
    if reading.pair("used", "quarter"):
        used, quarter = reading.of("used", read_extent, 0), reading.of("quarter", _quarter, 1)
        told.append(
            ContributionUsed(
                year=beside.year, region=region, quarter=quarter, extent=used, source=reading.source(beside),
                why=reading.why(beside),
            )
        )  # fmt: skip
    if not told and not reading.wrong:
        reading.wrong.append(Refusal.of("contribution_empty"))
    return told, reading.wrong


def read_extent(value: str) -> int:
    """`0,5`, `0.50` and `50 %` are all 50 hundredths of a full-time post. Raises BadFact."""
    if match := _PERCENT.fullmatch(value.strip()):
        return int(match[1])
    if match := _EXTENT.fullmatch(value.strip()):
        return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    raise BadFact("not_an_extent")


def _each(
    content: bytes, columns: tabular.Columns, required: Sequence[str],
    read: Callable[[Mapping[str, str]], tuple[list[BudgetEvent], list[Refusal]]],
) -> tuple[list[Said], list[Refused]]:  # fmt: skip
    lines, refused = tabular.read(content, columns, required)
    said: list[Said] = []
    for line in lines:
        events, wrong = read(line.cells)
        refused += [(line.number, refusal) for refusal in wrong]
        said += [] if wrong else [Said(line.number, event) for event in events]
    return said, refused


class _Reading:
    """A line being read: its cells as their types, and everything that could not be read of it."""

    def __init__(self, cells: Mapping[str, str], columns: tabular.Columns) -> None:
        self._cells = cells
        self._columns = columns
        self.wrong: list[Refusal] = []

    def has(self, column: str) -> bool:
        return bool(self._cells.get(column, "").strip())

    def of(self, column: str, clean: Callable[[str], T], empty: E, *, needed: bool = False) -> T | E:
        """A cell as its type; `empty` where it has nothing or cannot be read."""
        raw = self._cells.get(column, "").strip()
        if not raw:
            if needed:
                self.wrong.append(Refusal.of("budget_needs", fact=column, label=self._label(column)))
            return empty
        try:
            return clean(raw)
        except BadFact as bad:
            shown = "".join(c if c.isprintable() else "�" for c in raw[:80])
            facts = {"fact": column, "label": self._label(column), "value": shown, "expected": bad.expected}
            self.wrong.append(Refusal.of(bad.code, **facts))
            return empty

    def source(self, beside: Beside) -> str:
        return self.of("source", clean_text, "", needed=not beside.source) or beside.source

    def why(self, beside: Beside) -> str:
        return self.of("why", clean_text, "") or beside.why

    def pair(self, one: str, other: str) -> bool:
        """Whether both are stated; one without the other will not do."""
        lacking = [column for column in (one, other) if not self.has(column)]
        if len(lacking) == 1:
            belongs = other if lacking == [one] else one
            self._needs(lacking[0], belongs)
        return not lacking

    def only_with(self, one: str, *others: str) -> None:
        """The others will not do without the one."""
        stated = [column for column in others if self.has(column)]
        if stated and not self.has(one):
            self._needs(one, stated[0])

    def _needs(self, column: str, belongs: str) -> None:
        facts = {"label": self._label(column), "belongs": self._columns[belongs][0]}
        self.wrong.append(Refusal.of("contribution_needs", fact=column, **facts))

    def _label(self, column: str) -> str:
        return self._columns[column][0].capitalize()


def _amount(value: str) -> int:
    match = _AMOUNT.fullmatch(" ".join(value.split()))  # with the spaces of Swedish numbers, of whatever kind
    if match is None:
        raise BadFact("not_kronor")
    amount = int(re.sub(r"\D", "", match[2]))
    return -amount if match[1] else amount


def _planned(value: str) -> int:
    amount = _amount(value)
    if amount < 0:
        raise BadFact("not_kronor")
    return amount


def _quarter(value: str) -> int:
    match = _QUARTER.fullmatch(" ".join(value.split()))
    if match is None:
        raise BadFact("not_a_quarter")
    return int(match[1])


def _uppdrag(value: str) -> str:
    id = value.strip().upper()
    if not is_uppdrag_id(id):
        raise BadFact("not_an_uppdrag_id")
    return id


def _region(regions: Sequence[Region], value: str) -> str:
    known = {word.casefold(): r.lanskod for r in regions for word in (r.lanskod, r.name, r.short_name)}
    word = " ".join(value.split()).casefold()
    if word in known:
        return known[word]
    if word.zfill(2) in known:
        raise BadFact("lost_zero", word.zfill(2))
    raise BadFact("not_a_region")
