"""A lifecycle as a drawing: states as boxes in columns, steps as lines. The same stands in words beside it.

Steps that lead back run above the boxes, each at a height of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from workflow.lifecycle import Lifecycle, Transition

WIDE, HIGH, GAP, ROW = 158, 48, 44, 84
_LANE = 18


class Box(NamedTuple):
    """A state: its upper left corner, its label, whether it begins or ends the lifecycle, and whether an uppdrag is
    `here` or has `been` there."""

    x: int
    y: int
    label: str
    kind: str
    standing: str = ""


class Line(NamedTuple):
    """A step from one state to another, as an SVG path; `automatic` ones happen by themselves. Of several that lead the
    same way the label names each."""

    path: str
    automatic: bool
    label: str


class Diagram(NamedTuple):
    """Boxes and lines in a picture so wide and so high. Every box is as `wide` and `high` as the others."""

    width: int
    height: int
    wide: int
    high: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def diagram(lc: Lifecycle, *, here: str = "", been: Collection[str] = ()) -> Diagram:
    """States in columns by how many steps they are from the first; those that cut it short stand lower.

    `here` is the state to mark, `been` those that were passed on the way to it.
    """
    depth = {lc.initial: 0}
    queue = [lc.initial]
    for state in queue:
        for t in lc.transitions:
            if state in t.sources and t.target and t.target not in depth:
                depth[t.target] = depth[state] + 1
                queue.append(t.target)
    at: dict[str, tuple[int, int]] = {}
    filled: dict[int, int] = {}
    for s in lc.states:
        column = depth.get(s.id, 0)
        at[s.id] = column, filled.get(column, 0)
        filled[column] = filled.get(column, 0) + 1
    steps: dict[tuple[str, str], list[Transition]] = {}
    for t in lc.transitions:
        for source in t.sources:
            if t.target and t.target != source:
                steps.setdefault((source, t.target), []).append(t)
    back = [pair for pair in steps if depth.get(pair[1], 0) < depth.get(pair[0], 0)]
    top = 8 + _LANE * len(back)
    boxes = tuple(
        Box(c * (WIDE + GAP) + 8, r * ROW + top, s.label, "first" if s.initial else "last" if s.final else "",
            "here" if s.id == here else "been" if s.id in been else "")
        for s in lc.states
        for c, r in (at[s.id],)
    )  # fmt: skip
    lines = tuple(
        Line(
            _back(at[pair[0]], at[pair[1]], top, back.index(pair)) if pair in back
            else _path(at[pair[0]], at[pair[1]], top),
            all(t.automatic for t in ways), ", ".join(dict.fromkeys(t.label for t in ways)),
        )
        for pair, ways in steps.items()
    )  # fmt: skip
    columns, rows = max(c for c, _ in at.values()) + 1, max(filled.values())
    return Diagram(columns * (WIDE + GAP) - GAP + 16, rows * ROW - (ROW - HIGH) + 8 + top, WIDE, HIGH, boxes, lines)


def _path(source: tuple[int, int], target: tuple[int, int], top: int) -> str:
    """Out at the right edge, in at the left; straight down within a column."""
    (c1, r1), (c2, r2) = source, target
    if c1 == c2:
        x = c1 * (WIDE + GAP) + 8 + WIDE // 2
        return f"M{x},{r1 * ROW + top + HIGH}V{r2 * ROW + top}"
    x1, y1 = c1 * (WIDE + GAP) + 8 + WIDE, r1 * ROW + top + HIGH // 2
    x2, y2 = c2 * (WIDE + GAP) + 8, r2 * ROW + top + HIGH // 2
    middle = x2 - GAP // 2
    return f"M{x1},{y1}H{middle}V{y2}H{x2}"


def _back(source: tuple[int, int], target: tuple[int, int], top: int, lane: int) -> str:
    """Up from the top edge, back over the others in a lane of its own, and down."""
    (c1, r1), (c2, r2) = source, target
    x1, x2 = c1 * (WIDE + GAP) + 8 + WIDE // 3, c2 * (WIDE + GAP) + 8 + 2 * WIDE // 3
    return f"M{x1},{r1 * ROW + top}V{4 + _LANE * lane + _LANE // 2}H{x2}V{r2 * ROW + top}"
