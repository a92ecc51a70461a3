"""The figures of a letter or a report, made from one text in every field and as many things as one likes."""

from __future__ import annotations

from datetime import UTC, date, datetime

from uppdrag.service.budget_reading import Shown, of_events
from workflow.budget import Post, id_of
from workflow.budget_events import (
    BudgetFixed,
    BudgetStated,
    ContributionAgreed,
    ContributionsDeclared,
    ContributionUsed,
    OutcomeNoted,
)
from workflow.events import Event, Recorded
from workflow.figures import HAPPENED, Figure, Figures, Lead, Promised, RegionStanding, Source, Standing, period_of
from workflow.letter import PARTS, Difference, LetterText, PartText
from workflow.model import Actor, Region

_REGIONS = (
    RegionStanding(region="01", kind="adopted", on=date(2026, 3, 1)), RegionStanding(region="03", kind="rejected"),
    RegionStanding(region="06"),
)  # fmt: skip
KNOWN_BY = datetime(2027, 1, 11, 7, tzinfo=UTC)


def figures(period: str, text: str, many: int) -> Figures:
    """So many things of each kind, all of them about a text."""
    asked = period_of(period)
    if asked is None:
        raise ValueError(f"{period} is no period")
    happened = Figure(counted=tuple(_source(kind, n, text) for kind in HAPPENED for n in range(1, many + 1)))
    ahead = Figure(counted=tuple(_source(kind, n, text) for kind in ("planned", "meeting") for n in range(1, many + 1)))
    part = happened.of("reprioritised")
    reported, concluded = happened.of("reported").counted, happened.of("concluded").counted
    return Figures(
        period=asked, known_by=KNOWN_BY, happened=happened, undated=part, earlier=part,
        corrected=Figure(counted=tuple(_source("corrected", n, text) for n in range(1, many + 1))), ahead=ahead,
        passed=ahead.of("planned"),
        leads=tuple(Lead(uppdrag="U2026-01", title=text, reported=a, last=b)
                    for a, b in zip(reported, concluded, strict=True)),
        standings=tuple(
            Standing(uppdrag=f"U2026-{n:02d}", title=text, section=text, state=text, open=True, concerned=21, adopted=3,
                     adapted=1, rejected=1, not_concerned=1, regions=_REGIONS) for n in range(1, many + 1)
        ),
        promised=tuple(
            Promised(uppdrag=f"U2026-{n:02d}", title=text, section=text, what=text, planned=text, now=text, last=None,
                     outcome="flyttat", state=text) for n in range(1, many + 1)
        ),
    )  # fmt: skip


def budget(year: int, text: str, regions: tuple[Region, ...]) -> Shown:
    """A budget with a post, its outcome and a region's contribution, all of them about a text."""
    told: list[Event] = [
        BudgetStated(year=year, posts=(Post(name=text, quarters=(1, 2, 3, 4)),), source=text),
        BudgetFixed(year=year, on=date(year - 1, 12, 12), paragraph="45", dnr=text),
        OutcomeNoted(year=year, post=text, quarter=1, amount=-1_250_000, source=text),
        OutcomeNoted(year=year, post=text, quarter=1, amount=1_250_000, source=text, why=text),
        ContributionsDeclared(year=year, extent=1000, source=text),
        *(
            ContributionAgreed(
                year=year, region=r.lanskod, uppdrag="U2026-15", dnr=text, extent=950, first=date(year, 1, 1), last=None
            )
            for r in regions
        ),
        *(ContributionUsed(year=year, region=r.lanskod, quarter=1, extent=5, source=text) for r in regions),
    ]  # fmt: skip
    events = [
        Recorded(stream=id_of(year), seq=n, cause=n, on=None, registered_at=KNOWN_BY, backfilled=False, state="",
                 actor=Actor(role="kansli", name=text), event=event)
        for n, event in enumerate(told, start=1)
    ]  # fmt: skip
    return of_events(year, events, regions)


def difference(text: str, many: int) -> Difference:
    told = Figure(counted=tuple(_source("adopted", n, text) for n in range(1, many + 1)))
    return Difference(added=told, gone=told)


def text_of(text: str) -> LetterText:
    return LetterText(introduction=text, parts=tuple(PartText(part=part, text=text) for part in PARTS))


def _source(kind: str, n: int, text: str) -> Source:
    return Source(
        kind=kind, uppdrag=f"U2026-{n:02d}", title=text, section=text, region="03", on=date(2026, 3, 1 + n % 28),  # type: ignore[arg-type]  # the caller names kinds
        paragraph=text, dnr=text, event=f"U2026-{n:02d}/{n}", registered_on=date(2026, 4, 1), backfilled=True,
        detail=text,
    )  # fmt: skip
