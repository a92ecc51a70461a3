"""The pictures: what each shows, its words for those who do not see it, and a table with the same numbers.

A picture is the same SVG in page, mail, DOCX and PDF. What tells one thing from another is a pattern and a letter, so
that it can be read without colours and on grey paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from uppdrag.documents.document import Block, Figure, Table, plain
from uppdrag.documents.remembering import remembered
from uppdrag.documents.typeface import legible

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
_MAILED = 150
"""Points per inch of a picture in a mail."""
_WIDE, _MIDDLE, _NARROW, _SHORT = 6, 4, 2, 5
"""Shares of a table's width: its first column, others, and those whose heading has few characters."""


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

    def blocks(self) -> tuple[Block, ...]:
        """The picture and its table, as a document has them."""
        return Figure(svg=self.svg, alt=self.alt, caption=f"{self.alt} {self.source}".strip()), self.table

    @cached_property
    def png(self) -> bytes:
        """The picture on white, for programs that know no SVG."""
        from uppdrag.documents import pdf

        return pdf.picture(self.svg)

    @cached_property
    def mailed(self) -> bytes:
        """The same for mail: no denser than a telephone shows it."""
        from uppdrag.documents import pdf

        return pdf.picture(self.svg, dense=_MAILED)


@remembered
def region_map(title: str, kinds: Mapping[str, Kind], names: Mapping[str, str], *, name: str = "karta") -> Picture:
    """The map of the regions on one uppdrag: what each has come to, by länskod. `names`: every region's name."""
    from uppdrag.documents import charts_draw as draw

    looks = looks_of()
    figure, axes = draw.sheet(6.2, 7.4)
    draw.regions(axes, {code: looks[kind] for code, kind in kinds.items()})
    counts = Counter(kinds.values())
    told = [(looks[k], f"{WORDS[k]}: {counts[k]}") for k in WORDS if counts[k]]
    axes.set_xlim(-250, 333)
    draw.legend(axes, told, x=-245, y=20, step=44, size=36)
    said = ", ".join(f"{counts[k]} {WORDS[k]}" for k in WORDS if counts[k])
    return drawn(
        figure, name, title, f"Karta över regionerna: {said or 'inget är känt'}.",
        ("Region", "Läge"), [(names.get(code, code), WORDS[kind]) for code, kind in sorted(kinds.items())],
        source="Karta: SCB, CC0.",
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
    looks, codes = looks_of(), sorted(names)
    used = [k for k in WORDS if any(k in held.values() for _, held in rows)]
    figure, axes = draw.sheet(11.0, 2.4 + 0.42 * len(rows))
    for y, (_, held) in enumerate(rows):
        for x, code in enumerate(codes):
            if kind := held.get(code):
                draw.box(axes, x, y, 0.94, 0.9, looks[kind])
                draw.letter(axes, x + 0.47, y + 0.45, looks[kind], size=9)
    axes.set_xlim(0, len(codes))
    axes.set_ylim(len(rows) + 0.6, 0)
    axes.set_yticks([y + 0.45 for y in range(len(rows))], [short(text) for text, _ in rows])
    axes.set_xticks(
        [x + 0.47 for x in range(len(codes))], [short(names[c], _LONG // 2) for c in codes], rotation=60, ha="left"
    )
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    meaning = " · ".join(f"{LETTERS[k]} {WORDS[k]}" for k in used)
    axes.text(len(codes), len(rows) + 0.35, meaning, ha="right", va="center", fontsize=9.5)
    counts = Counter(kind for _, held in rows for kind in held.values())
    said = ", ".join(f"{counts[k]} {WORDS[k]}" for k in used)
    return drawn(
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
    axes.set_yticks(range(len(states)), [short(label) for label, _ in states])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(length=0)
    said = ", ".join(f"{label} {n}" for label, n in states)
    return drawn(
        figure, name, title, f"Antal uppdrag i varje tillstånd: {said}.", ("Tillstånd", "Uppdrag"),
        [(label, str(n)) for label, n in states],
    )  # fmt: skip


def drawn(
    figure: object, name: str, title: str, alt: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], *,
    source: str = "", widths: tuple[int, ...] = (),
) -> Picture:  # fmt: skip
    """A picture of what has been drawn on a figure, with its words and its table."""
    from uppdrag.documents import charts_draw as draw
    from uppdrag.documents import charts_svg

    told = plain(f"{alt} {source}".strip())
    svg = charts_svg.tidy(draw.written(figure), name=name, title=plain(title), description=told)  # type: ignore[arg-type]  # matplotlib's Figure stays in charts_draw
    shares = widths or (_WIDE, *(_NARROW if len(h) < _SHORT else _MIDDLE for h in headings[1:]))
    table = Table(caption=f"Samma uppgifter i tabell: {title}", headings=headings, rows=tuple(rows), widths=shares)
    return Picture(name=name, title=title, alt=plain(alt), svg=svg, table=table, source=source)


def looks_of() -> Mapping[Kind, Look]:
    """How each kind looks."""
    from uppdrag.documents import charts_draw as draw

    return {k: draw.Look(LETTERS[k], _PATTERNS[k], solid=k == "antagen") for k in WORDS}


def _text(text: str) -> str:
    return legible(plain(text)).strip() or "–"


def short(text: str, most: int = _LONG) -> str:
    """A text as a label has room for it, without what the typeface lacks."""
    whole = _text(text)
    return whole if len(whole) <= most else f"{whole[: most - 1].rstrip()}…"
