"""Drawing pictures: shapes and texts on axes → SVG. The only user of matplotlib, imported when a picture is drawn.

Ink, paper and one fill are all the colours there are: what tells one thing from another is a pattern and a letter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any, cast

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from uppdrag.documents.charts_svg import FILL, INK, PAPER
from uppdrag.documents.typeface import PICTURES

_LAN = re.compile(r'<path id="lan-(\d\d)" d="([^"]+)">')
_STEP = re.compile(r"([MLZ])(?:(-?[\d.]+),(-?[\d.]+))?")
_CODES = {"M": Path.MOVETO, "L": Path.LINETO, "Z": Path.CLOSEPOLY}
_ROOM = 0.12
"""Inches between what is drawn and the edge: a page's own letters may be wider than those that were measured."""
_MAP = (333.0, 800.0)
"""The size of the map's own drawing."""

mpl.rcParams.update({
    "svg.fonttype": "none", "svg.hashsalt": "uppdrag", "font.family": PICTURES, "font.size": 11.0,
    "text.parse_math": False, "text.color": INK, "axes.edgecolor": INK, "axes.labelcolor": INK, "xtick.color": INK,
    "ytick.color": INK, "hatch.color": INK, "hatch.linewidth": 0.9, "axes.spines.top": False,
    "axes.spines.right": False, "figure.facecolor": "none", "axes.facecolor": "none",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of thing looks: its letter, and its pattern; `solid`: filled, the letter in paper's colour."""

    letter: str
    hatch: str = ""
    solid: bool = False

    @property
    def fill(self) -> str:
        return FILL if self.solid else PAPER

    @property
    def ink(self) -> str:
        return PAPER if self.solid else INK


_NONE = Look("")


def sheet(width: float, height: float) -> tuple[Figure, Any]:
    """An empty picture, so many inches wide and high, and its axes."""
    figure = Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=_ROOM, h_pad=_ROOM))
    FigureCanvasSVG(figure)
    return figure, figure.add_subplot()


def parts(width: float, height: float, *places: tuple[float, float, float, float]) -> tuple[Figure, list[Any]]:
    """An empty picture whose axes stand where they are put (left, bottom, width, height, as shares of it), which is
    drawn in a tenth of the time that measuring takes."""
    figure = Figure(figsize=(width, height))
    FigureCanvasSVG(figure)
    return figure, [figure.add_axes(place) for place in places]


def written(figure: Figure) -> bytes:
    """The picture as matplotlib writes it: no date, and no id that chance has chosen."""
    made = BytesIO()
    figure.savefig(made, format="svg", metadata={"Date": None, "Creator": None})
    return made.getvalue()


def regions(axes: Any, looks: Mapping[str, Look], *, size: float = 9) -> None:
    """The 21 regions, each with its look, its letter of a size in points; one that has none is an outline."""
    for code, path in sorted(_shapes().items()):
        look = looks.get(code, _NONE)
        axes.add_patch(PathPatch(path, facecolor=look.fill, edgecolor=INK, linewidth=0.7, hatch=look.hatch))
    for code, at in _middles().items():
        if code in looks:
            letter(axes, *at, looks[code], size=size, crossed=True)
    axes.set_xlim(0, _MAP[0])
    axes.set_ylim(_MAP[1], 0)
    axes.set_aspect("equal")
    axes.axis("off")


def box(axes: Any, x: float, y: float, width: float, height: float, look: Look) -> None:
    """A box with its lower left corner at a point."""
    drawn = Rectangle((x, y), width, height, facecolor=look.fill, edgecolor=INK, linewidth=0.7, hatch=look.hatch)
    drawn.set_in_layout(False)  # it lies within the axes: measuring hundreds of them takes longer than drawing
    axes.add_patch(drawn)


def letter(axes: Any, x: float, y: float, look: Look, size: float = 10, *, crossed: bool = False) -> None:
    """A look's letter, on a piece of its ground where a pattern would run through it, or lines do that it is `crossed`
    by: a region has shores."""
    ground = {"boxstyle": "round,pad=0.12", "facecolor": look.fill, "edgecolor": "none"}
    bbox = ground if look.hatch or crossed else None
    drawn = axes.text(x, y, look.letter, ha="center", va="center", fontsize=size, color=look.ink, bbox=bbox)
    drawn.set_in_layout(False)


def aside(axes: Any, x: float, y: float, text: str, *, ha: str = "left", size: float = 9.5) -> None:
    """A text beside what it is about, on the page's own ground."""
    ground = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.0}
    axes.text(x, y, text, ha=ha, va="center", fontsize=size, bbox=ground)


def legend(axes: Any, told: Sequence[tuple[Look, str]], *, x: float, y: float, step: float, size: float) -> None:
    """What each look means, below each other from a point in the axes' own measure, each box `size` wide."""
    down = -1 if step < 0 else 1
    for n, (look, text) in enumerate(told):
        at = y + n * step
        box(axes, x, at, size, size * 0.75 * down, look)
        letter(axes, x + size / 2, at + size * 0.375 * down, look, size=9)
        axes.text(x + size * 1.3, at + size * 0.375 * down, text, ha="left", va="center")


@cache
def _shapes() -> dict[str, Path]:
    drawn = (files("uppdrag.documents") / "lan.svg").read_text(encoding="utf-8")
    return {code: _path(d) for code, d in _LAN.findall(drawn)}


@cache
def _middles() -> dict[str, tuple[float, float]]:
    return {code: _middle(path) for code, path in sorted(_shapes().items())}


def _path(d: str) -> Path:
    points, codes, start = list[tuple[float, float]](), list[int](), (0.0, 0.0)
    for step, x, y in _STEP.findall(d):
        point = (float(x), float(y)) if x else start
        start = point if step == "M" else start
        points.append(point)
        codes.append(int(_CODES[step]))
    return Path(points, codes)


def _middle(path: Path) -> tuple[float, float]:
    """A point inside the largest of a region's pieces: where a letter fits best among the middles of its width."""
    pieces: list[Any] = [piece for piece in cast(list[Any], path.to_polygons()) if len(piece) > 2]
    largest = max(pieces, key=lambda piece: float(abs(_area(piece))))
    low, high = float(largest[:, 1].min()), float(largest[:, 1].max())
    outline = Path(largest)
    best = (0.0, 0.0, 0.0)
    for n in range(1, 24):
        y = low + (high - low) * n / 24
        inside = [x for x in range(int(_MAP[0])) if outline.contains_point((x, y))]
        room = min(len(inside), 2 * min(y - low, high - y))
        if inside and room > best[0]:
            best = room, inside[len(inside) // 2], y
    return best[1], best[2]


def _area(piece: Any) -> float:
    x, y = piece[:, 0], piece[:, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)
