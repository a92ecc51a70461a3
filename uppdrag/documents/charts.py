"""The pictures: what each shows, its words for those who do not see it, and a table with the same numbers.

A picture is the same SVG in page, mail, DOCX and PDF. What tells one thing from another is a pattern and a letter, so
that it can be read without colours and on grey paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from uppdrag.documents.document import Block, Figure, Table, plain
from uppdrag.documents.remembering import remembered
from uppdrag.documents.typeface import legible
from workflow.calendar import MONTHS as _MONTHS

if TYPE_CHECKING:
    from uppdrag.documents.charts_draw import Look

Kind = Literal["antagen", "anpassad", "avslagen", "ej_berord", "planerad", "oppen", "saknas"]
WORDS: Mapping[Kind, str] = {
    "antagen": "antagen", "anpassad": "antagen med anpassning", "avslagen": "avslagen", "ej_berord": "ej berörd",
    "planerad": "beslut planerat", "oppen": "inte tillfrågad än", "saknas": "uppgift saknas",
}  # fmt: skip
"""What a region has come to on an uppdrag, in the order of legends."""
LETTERS: Mapping[Kind, str] = {
    "antagen": "A", "anpassad": "M", "avslagen": "N", "ej_berord": "E", "planerad": "P", "oppen": "–", "saknas": "?"
}  # fmt: skip
_PATTERNS: Mapping[Kind, str] = {
    "antagen": "", "anpassad": "////", "avslagen": "xxxx", "ej_berord": "..", "planerad": "----", "oppen": "",
    "saknas": "",
}  # fmt: skip
_LONG = 46
"""Characters of a label; the table has the whole text."""
_WIDE, _MIDDLE, _NARROW, _SHORT = 6, 4, 2, 5
"""Shares of a table's width: its first column, others, and those whose heading has few characters."""


class Bar(NamedTuple):
    """Something that is planned for a time: what it is called, its first and last local day, and whether it is done."""

    text: str
    first: date
    last: date
    done: bool


@dataclass(frozen=True, slots=False, kw_only=True)
class Picture:
    """A picture with its words. `name`: its own among those on a page. `alt` says what it shows; `source` who made what
    it is drawn from."""

    name: str
    title: str
    alt: str
    svg: str
    table: Table
    source: str = ""

    def blocks(self, *, on_page: bool = False) -> tuple[Block, ...]:
        """The picture and its table, as a document has them, or a page with colours of its own."""
        caption = f"{self.alt} {self.source}".strip()
        return Figure(svg=self.on_page if on_page else self.svg, alt=self.alt, caption=caption), self.table

    @cached_property
    def png(self) -> bytes:
        """The picture for mail, on white."""
        from uppdrag.documents import pdf

        return pdf.picture(self.svg)

    @property
    def on_page(self) -> str:
        """The picture for a page: its ink, paper and fill are the page's own, so that it can be dark."""
        from uppdrag.documents import charts_draw as draw

        shown = self.svg.replace(draw.INK, "currentColor")
        return shown.replace(draw.PAPER, "var(--bild-papper)").replace(draw.FILL, "var(--bild-fyllning)")


@remembered
def region_map(title: str, kinds: Mapping[str, Kind], names: Mapping[str, str], *, name: str = "karta") -> Picture:
    """The map of the regions on one uppdrag: what each has come to, by länskod. `names`: every region's name."""
    from uppdrag.documents import charts_draw as draw

    looks = _looks()
    figure, axes = draw.sheet(6.2, 7.4)
    draw.regions(axes, {code: looks[kind] for code, kind in kinds.items()})
    counts = Counter(kinds.values())
    told = [(looks[k], f"{WORDS[k]}: {counts[k]}") for k in WORDS if counts[k]]
    axes.set_xlim(-250, 333)
    draw.legend(axes, told, x=-245, y=20, step=44, size=36)
    said = ", ".join(f"{counts[k]} {WORDS[k]}" for k in WORDS if counts[k])
    return _picture(
        figure, name, title, f"Karta över regionerna: {said or 'inget är känt'}.",
        ("Region", "Läge"), [(names.get(code, code), WORDS[kind]) for code, kind in sorted(kinds.items())],
        source="Karta: SCB, CC0.",
    )  # fmt: skip


@remembered
def decided_over_time(
    title: str, days: Sequence[date], concerned: int, window: tuple[date, date] | None, today: date, *,
    undated: int = 0, name: str = "beslut",
) -> Picture:  # fmt: skip
    """How many of the concerned regions had decided, day by day, against the window (both days included). `undated`:
    how many have decided on a day that nobody has stated; they stand in the words and the table only."""
    from uppdrag.documents import charts_draw as draw

    counts, total = list[tuple[date, int]](), 0
    for day, many in sorted(Counter(days).items()):
        total += many
        counts.append((day, total))
    ends = [*(window or ()), today, *(day for day, _ in counts)]
    first, last = min(ends) - timedelta(days=14), max(ends) + timedelta(days=14)
    zero = first.toordinal()
    figure, axes = draw.sheet(8.0, 3.8)
    if window:
        left, width = window[0].toordinal() - zero, (window[1] - window[0]).days + 1
        draw.box(axes, left, concerned * 1.1, width, concerned * 0.09, draw.Look("", ".."))
        draw.aside(axes, left + width / 2, concerned * 1.145, "planerad tid", ha="center")
        for end in (left, left + width):
            axes.axvline(end, color=draw.INK, linewidth=0.6)
    axes.axhline(concerned, color=draw.INK, linewidth=0.9, linestyle=(0, (5, 3)))
    draw.aside(axes, (last - first).days, concerned, f"{concerned} berörda", ha="right")
    at = [(day.toordinal() - zero, n) for day, n in counts]
    now = min(today, last).toordinal() - zero
    axes.step([0, *(x for x, _ in at), max([now, *(x for x, _ in at)])], [0, *(n for _, n in at), total], where="post",
              color=draw.FILL, linewidth=2.6)  # fmt: skip
    axes.plot([x for x, _ in at], [n for _, n in at], marker="o", markersize=5, linestyle="none", color=draw.FILL)
    axes.axvline(now, color=draw.INK, linewidth=1.2, linestyle=":")
    draw.aside(axes, now, concerned * 0.55, "i dag", ha="center")
    axes.set_xlim(0, (last - first).days)
    axes.set_ylim(0, concerned * 1.22)
    axes.set_yticks(sorted({0, concerned, *range(0, concerned, 5)} - set(range(concerned - 2, concerned))))
    _months(axes, first, last)
    axes.set_ylabel("regioner")
    between = f" Planerad tid är {window[0]}–{window[1]}." if window else ""
    unknown = f" {undated} till har beslutat, dag saknas." if undated else ""
    rows = [(day.isoformat(), str(n)) for day, n in counts] + (
        [("dag saknas", str(total + undated))] if undated else []
    )
    return _picture(
        figure, name, title,
        f"{total} av {concerned} regioner har en känd beslutsdag till och med {today}.{unknown}{between}",
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
    axes.set_yticks(range(len(bars)), [_short(bar.text) for bar in bars])
    axes.set_xticks([(m - first).days + 45 for m in marks], [f"Q{(m.month + 2) // 3} {m.year}" for m in marks])
    axes.tick_params(axis="x", length=0)
    for mark in marks:
        axes.axvline((mark - first).days, color=draw.INK, linewidth=0.3, zorder=0)
    axes.axvline((today - first).days, color=draw.INK, linewidth=1.2, linestyle=":", zorder=0)
    axes.text((today - first).days, -0.75, "i dag", ha="center", va="bottom", fontsize=9)
    many = sum(bar.done for bar in bars)
    return _picture(
        figure, name, title, f"{len(bars)} planerade tider på en tidsaxel, {many} klara. I dag är {today}.",
        ("Vad", "Från", "Till", "Klart"),
        [(b.text, b.first.isoformat(), b.last.isoformat(), "ja" if b.done else "nej") for b in bars],
    )  # fmt: skip


@remembered
def by_region(
    title: str, rows: Sequence[tuple[str, Mapping[str, Kind]]], names: Mapping[str, str], *, name: str = "regioner"
) -> Picture:
    """Uppdrag × regions: a box with a letter for each, none where the region is not concerned. Raises ValueError where
    there is no uppdrag."""
    from uppdrag.documents import charts_draw as draw

    if not rows:
        raise ValueError("there are uppdrag to show")
    looks, codes = _looks(), sorted(names)
    used = [k for k in WORDS if any(k in held.values() for _, held in rows)]
    figure, axes = draw.sheet(11.0, 2.4 + 0.42 * len(rows))
    for y, (_, held) in enumerate(rows):
        for x, code in enumerate(codes):
            if kind := held.get(code):
                draw.box(axes, x, y, 0.94, 0.9, looks[kind])
                draw.letter(axes, x + 0.47, y + 0.45, looks[kind], size=9)
    axes.set_xlim(0, len(codes))
    axes.set_ylim(len(rows) + 0.6, 0)
    axes.set_yticks([y + 0.45 for y in range(len(rows))], [_short(text) for text, _ in rows])
    axes.set_xticks(
        [x + 0.47 for x in range(len(codes))], [_short(names[c], _LONG // 2) for c in codes], rotation=60, ha="left"
    )
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    meaning = " · ".join(f"{LETTERS[k]} {WORDS[k]}" for k in used)
    axes.text(len(codes), len(rows) + 0.35, meaning, ha="right", va="center", fontsize=9.5)
    counts = Counter(kind for _, held in rows for kind in held.values())
    said = ", ".join(f"{counts[k]} {WORDS[k]}" for k in used)
    return _picture(
        figure, name, title, f"{len(rows)} uppdrag mot {len(codes)} regioner: {said or 'inget är känt'}.",
        ("Uppdrag", *(WORDS[k].capitalize() for k in used), "Vilka"),
        [
            (text, *(str(sum(v == k for v in held.values())) for k in used),
             "; ".join(f"{names.get(c, c)} {LETTERS[k]}" for c, k in sorted(held.items())))
            for text, held in rows
        ],
    )  # fmt: skip


@remembered
def by_state(title: str, states: Sequence[tuple[str, int]], *, name: str = "gang") -> Picture:
    """The states of a lifecycle in order, each with how many uppdrag are there."""
    from uppdrag.documents import charts_draw as draw

    figure, axes = draw.sheet(8.0, 0.9 + 0.5 * len(states))
    most = max((n for _, n in states), default=0) or 1
    for y, (_, n) in enumerate(states):
        if n:
            draw.box(axes, 0, y - 0.33, n, 0.66, draw.Look("", solid=True))
        axes.text(n + most * 0.02, y, str(n), va="center", fontweight="bold")
    axes.set_xlim(0, most * 1.12)
    axes.set_ylim(len(states) - 0.4, -0.6)
    axes.set_yticks(range(len(states)), [_short(label) for label, _ in states])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(length=0)
    said = ", ".join(f"{label} {n}" for label, n in states)
    return _picture(
        figure, name, title, f"Antal uppdrag i varje tillstånd: {said}.", ("Tillstånd", "Uppdrag"),
        [(label, str(n)) for label, n in states],
    )  # fmt: skip


def _picture(
    figure: object, name: str, title: str, alt: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], *,
    source: str = "",
) -> Picture:  # fmt: skip
    from uppdrag.documents import charts_draw as draw
    from uppdrag.documents import charts_svg

    told = plain(f"{alt} {source}".strip())
    svg = charts_svg.tidy(draw.written(figure), name=name, title=plain(title), description=told)  # type: ignore[arg-type]  # matplotlib's Figure stays in charts_draw
    widths = (_WIDE, *(_NARROW if len(h) < _SHORT else _MIDDLE for h in headings[1:]))
    table = Table(caption=f"Samma uppgifter i tabell: {title}", headings=headings, rows=tuple(rows), widths=widths)
    return Picture(name=name, title=title, alt=plain(alt), svg=svg, table=table, source=source)


def _looks() -> Mapping[Kind, Look]:
    from uppdrag.documents import charts_draw as draw

    return {k: draw.Look(LETTERS[k], _PATTERNS[k], solid=k == "antagen") for k in WORDS}


def _text(text: str) -> str:
    return legible(plain(text)).strip() or "–"


def _short(text: str, most: int = _LONG) -> str:
    whole = _text(text)
    return whole if len(whole) <= most else f"{whole[: most - 1].rstrip()}…"


def _quarter(day: date) -> date:
    """The first day of a day's quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _months(axes: object, first: date, last: date) -> None:
    """Ticks at the first day of months, so few that their words have room."""
    months = []
    day = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    while day <= last:
        months.append(day)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    every = max(1, -(-len(months) // 8))
    kept = months[::every]
    axes.set_xticks([(m - first).days for m in kept], [f"{_MONTHS[m.month - 1][:3]} {m.year}" for m in kept])  # type: ignore[attr-defined]  # matplotlib's Axes stays in charts_draw
