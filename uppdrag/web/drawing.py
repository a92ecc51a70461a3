"""A lifecycle as a drawing: states as boxes in columns, steps as lines. The same stands in words beside it."""

from __future__ import annotations

from typing import NamedTuple

from workflow.lifecycle import Lifecycle

WIDE, HIGH, GAP, ROW = 158, 48, 44, 84


class Box(NamedTuple):
    """A state: its upper left corner, its label, and whether it begins or ends the lifecycle."""

    x: int
    y: int
    label: str
    kind: str


class Line(NamedTuple):
    """A step from one state to another, as an SVG path; `automatic` ones happen by themselves."""

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


def diagram(lc: Lifecycle) -> Diagram:
    """States in columns by how many steps they are from the first; those that cut it short stand lower."""
    depth = {lc.initial: 0}
    queue = [lc.initial]
    for here in queue:
        for t in lc.transitions:
            if here in t.sources and t.target and t.target not in depth:
                depth[t.target] = depth[here] + 1
                queue.append(t.target)
    at: dict[str, tuple[int, int]] = {}
    filled: dict[int, int] = {}
    for s in lc.states:
        column = depth.get(s.id, 0)
        at[s.id] = column, filled.get(column, 0)
        filled[column] = filled.get(column, 0) + 1
    boxes = tuple(
        Box(c * (WIDE + GAP) + 8, r * ROW + 8, s.label, "first" if s.initial else "last" if s.final else "")
        for s in lc.states
        for c, r in (at[s.id],)
    )
    lines: dict[tuple[str, str], Line] = {}
    for t in lc.transitions:
        for source in t.sources:
            if t.target and t.target != source and depth[t.target] >= depth.get(source, 0):
                lines.setdefault((source, t.target), Line(_path(at[source], at[t.target]), t.automatic, t.label))
    columns, rows = max(c for c, _ in at.values()) + 1, max(filled.values())
    return Diagram(
        columns * (WIDE + GAP) - GAP + 16, rows * ROW - (ROW - HIGH) + 16, WIDE, HIGH, boxes, tuple(lines.values())
    )


def _path(source: tuple[int, int], target: tuple[int, int]) -> str:
    """Out at the right edge, in at the left; straight down within a column."""
    (c1, r1), (c2, r2) = source, target
    if c1 == c2:
        x = c1 * (WIDE + GAP) + 8 + WIDE // 2
        return f"M{x},{r1 * ROW + 8 + HIGH}V{r2 * ROW + 8}"
    x1, y1 = c1 * (WIDE + GAP) + 8 + WIDE, r1 * ROW + 8 + HIGH // 2
    x2, y2 = c2 * (WIDE + GAP) + 8, r2 * ROW + 8 + HIGH // 2
    middle = x2 - GAP // 2
    return f"M{x1},{y1}H{middle}V{y2}H{x2}"
