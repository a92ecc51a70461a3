"""Pictures with a time axis: what regions had decided by each day, and the plan by quarter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from uppdrag.documents import charts, charts_svg
from uppdrag.documents.charts import Picture
from uppdrag.documents.remembering import remembered
from workflow.calendar import MONTHS as _MONTHS


class Bar(NamedTuple):
    """Something that is planned for a time: what it is called, its first and last local day, and whether it is done."""

    text: str
    first: date
    last: date
    done: bool


@remembered
def decided_over_time(
    title: str, days: Sequence[date], concerned: int, window: tuple[date, date] | None, today: date, *,
    undated: int = 0, name: str = "beslut",
) -> Picture:  # fmt: skip
    """How many of the concerned regions had decided, day by day, against the window (both days included). `undated`:
    how many have decided on a day that nobody has stated; they stand in the words and the table only."""
    from uppdrag.documents import charts_draw as draw

    figure, axes = draw.sheet(8.0, 3.8)
    counts = steps(axes, days, concerned, window, today)
    between = f" Planerad tid är {window[0]}–{window[1]}." if window else ""
    unknown = f" {undated} till har beslutat, dag saknas." if undated else ""
    rows = [(day.isoformat(), str(n)) for day, n in counts] + (
        [("dag saknas", str(len(days) + undated))] if undated else []
    )
    return charts.drawn(
        figure, name, title,
        f"{len(days)} av {concerned} regioner har en känd beslutsdag till och med {today}.{unknown}{between}",
        ("Dag", "Regioner som har beslutat"), rows,
    )  # fmt: skip


@remembered
def plan_by_quarter(title: str, bars: Sequence[Bar], today: date, *, name: str = "plan") -> Picture:
    """The plan on a time axis of quarters, in the order given. Raises ValueError where there is nothing in it."""
    from uppdrag.documents import charts_draw as draw

    if not bars:
        raise ValueError("a plan has something in it")
    first, last = _quarter(min(b.first for b in bars)), _quarter(max(b.last for b in bars) + timedelta(days=92))
    open_, done = draw.Look("", ""), draw.Look("", "////")
    figure, axes = draw.sheet(10.0, 1.2 + 0.42 * len(bars))
    start = date.toordinal(first)
    for n, bar in enumerate(bars):
        left, width = bar.first.toordinal() - start, (bar.last - bar.first).days + 1
        draw.box(axes, left, n - 0.3, width, 0.6, done if bar.done else open_)
        draw.aside(axes, left + width + 4, n, f"{bar.last}{', klart' if bar.done else ''}", size=9)
    marks = [first]
    while marks[-1] < last:
        marks.append(_quarter(marks[-1] + timedelta(days=95)))
    axes.set_xlim(0, (marks[-1] - first).days + 75)
    axes.set_ylim(len(bars) - 0.4, -0.8)
    axes.set_yticks(range(len(bars)), [charts.short(bar.text) for bar in bars])
    axes.set_xticks([(m - first).days + 45 for m in marks], [f"Q{(m.month + 2) // 3} {m.year}" for m in marks])
    axes.tick_params(axis="x", length=0)
    for mark in marks:
        axes.axvline((mark - first).days, color=charts_svg.INK, linewidth=0.3, zorder=0)
    axes.axvline((today - first).days, color=charts_svg.INK, linewidth=1.2, linestyle=":", zorder=0)
    axes.text((today - first).days, -0.75, "i dag", ha="center", va="bottom", fontsize=9)
    many = sum(bar.done for bar in bars)
    return charts.drawn(
        figure, name, title, f"{len(bars)} planerade tider på en tidsaxel, {many} klara. I dag är {today}.",
        ("Vad", "Från", "Till", "Klart"),
        [(b.text, b.first.isoformat(), b.last.isoformat(), "ja" if b.done else "nej") for b in bars],
    )  # fmt: skip


def steps(
    axes: Any, days: Sequence[date], concerned: int, window: tuple[date, date] | None, today: date | None
) -> list[tuple[date, int]]:
    """Draw how many had decided by each day, against the window and `today` where there is one; those numbers."""
    from uppdrag.documents import charts_draw as draw

    counts, total = list[tuple[date, int]](), 0
    for day, many in sorted(Counter(days).items()):
        total += many
        counts.append((day, total))
    ends = [*(window or ()), *([today] if today else []), *(day for day, _ in counts)]
    first, last = min(ends) - timedelta(days=14), max(ends) + timedelta(days=14)
    zero = first.toordinal()
    if window:
        left, width = window[0].toordinal() - zero, (window[1] - window[0]).days + 1
        draw.box(axes, left, concerned * 1.1, width, concerned * 0.09, draw.Look("", ".."))
        draw.aside(axes, left + width / 2, concerned * 1.145, "planerad tid", ha="center")
        for end in (left, left + width):
            axes.axvline(end, color=charts_svg.INK, linewidth=0.6)
    axes.axhline(concerned, color=charts_svg.INK, linewidth=0.9, linestyle=(0, (5, 3)))
    draw.aside(axes, (last - first).days, concerned, f"{concerned} berörda", ha="right")
    at = [(day.toordinal() - zero, n) for day, n in counts]
    end = max([min(today, last).toordinal() - zero if today else 0, *(x for x, _ in at)])
    axes.step([0, *(x for x, _ in at), end], [0, *(n for _, n in at), total], where="post", color=charts_svg.FILL,
              linewidth=2.6)  # fmt: skip
    axes.plot([x for x, _ in at], [n for _, n in at], marker="o", markersize=5, linestyle="none", color=charts_svg.FILL)
    if today:
        now = min(today, last).toordinal() - zero
        axes.axvline(now, color=charts_svg.INK, linewidth=1.2, linestyle=":")
        draw.aside(axes, now, concerned * 0.55, "i dag", ha="center")
    axes.set_xlim(0, (last - first).days)
    axes.set_ylim(0, concerned * 1.22)
    axes.set_yticks(sorted({0, concerned, *range(0, concerned, 5)} - set(range(concerned - 2, concerned))))
    _months(axes, first, last)
    axes.set_ylabel("regioner")
    return counts


def _quarter(day: date) -> date:
    """The first day of a day's quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _months(axes: Any, first: date, last: date) -> None:
    """Ticks at the first day of months, so few that their words have room."""
    months = []
    day = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    while day <= last:
        months.append(day)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    every = max(1, -(-len(months) // 8))
    kept = months[::every]
    axes.set_xticks([(m - first).days for m in kept], [f"{_MONTHS[m.month - 1][:3]} {m.year}" for m in kept])
