"""The pictures of a letter and of a year's report, from the same figures as their words: whatever is registered since,
the figures of that day give the same pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from uppdrag.documents import charts_reports
from uppdrag.documents.charts import Kind as Shown
from uppdrag.documents.charts import Picture
from uppdrag.words import reports as words
from workflow.figures import Figures, Kind, Promised, Standing
from workflow.model import Region

_SHOWN: Mapping[Kind, Shown] = {
    "adopted": "antagen", "adapted": "anpassad", "rejected": "avslagen", "not_concerned": "ej_berord"
}  # fmt: skip


def with_regions(f: Figures) -> tuple[Standing, ...]:
    """The uppdrag that lie with the regions, or that some region has concluded."""
    return tuple(s for s in f.standings if s.open or s.decided)


def concluded_map(f: Figures, regions: Mapping[str, Region]) -> Picture | None:
    """The map of how many uppdrag each region has concluded; None where none has concluded any, or where the figures
    are from before it was kept which."""
    held = _held(f)
    if not any(n for n, _ in held.values()):
        return None
    many = len(with_regions(f))
    return charts_reports.concluded_map("Så långt har regionerna kommit", held, _names(regions), many)


def concluded_words(f: Figures) -> str:
    """What that map says, in a sentence; empty where there is none."""
    held = _held(f)
    return charts_reports.concluded_words(held, len(with_regions(f))) if any(n for n, _ in held.values()) else ""


def concluded(f: Figures, regions: Mapping[str, Region]) -> Iterator[tuple[Standing, Picture]]:
    """Each uppdrag that the last region concluded in the period, and its picture. Of sensitive ones there is none: it
    would compile what the regions have said of them."""
    in_period = {s.uppdrag for s in f.of("concluded").counted}
    for standing in f.standings:
        if standing.uppdrag in in_period and not standing.sensitive and not standing.pending and standing.regions:
            yield standing, charts_reports.concluded(
                standing.uppdrag, {r.region: (_SHOWN[r.kind], r.on) for r in standing.regions if r.kind},
                standing.window, _names(regions), name=f"avslutat-{standing.uppdrag}",
            )  # fmt: skip


def plan(promised: Sequence[Promised]) -> Picture | None:
    """What became of each quarter's planned times, by the quarter that the plan first said; None without a plan."""
    if not promised:
        return None
    found: dict[tuple[int, int] | None, Counter[str]] = {}
    for p in promised:
        quarter = (p.first_last.year, (p.first_last.month + 2) // 3) if p.first_last else None
        found.setdefault(quarter, Counter())[p.outcome] += 1
    rows = [(f"Q{q} {year}", found[year, q]) for year, q in sorted(filter(None, found))]
    rows += [("utan tid", found[None])] if None in found else []
    return charts_reports.plan_and_outcome("Planerat och gjort, kvartal för kvartal", rows, words.OUTCOMES)


def _held(f: Figures) -> dict[str, tuple[int, int]]:
    """For each region how many uppdrag it has concluded, and how many it has had."""
    concluded, had = Counter[str](), Counter[str]()
    for standing in with_regions(f):
        had.update(r.region for r in standing.regions)
        concluded.update(r.region for r in standing.regions if r.kind)
    return {region: (concluded[region], had[region]) for region in sorted(had)}


def _names(regions: Mapping[str, Region]) -> dict[str, str]:
    return {code: r.short_name for code, r in regions.items()}
