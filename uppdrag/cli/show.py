"""How answers are shown: a table for people, JSON and CSV for programs. Plain when nobody is looking."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any


class Format(StrEnum):
    """How to show an answer."""

    table = "table"
    json = "json"
    csv = "csv"


FORMULA = ("=", "+", "-", "@", "\t", "\r")


def emit(format: Format, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows as JSON or CSV on stdout. Dates and moments must already be text."""
    if format is Format.json:
        import json

        json.dump(rows, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        write_csv(rows)


def emit_one(value: Mapping[str, Any]) -> None:
    """One thing with what belongs to it, as JSON on stdout."""
    import json

    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def write_csv(rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows as CSV; nested values get dotted headings, and what a spreadsheet would take for a formula is made text."""
    import csv

    flat = [dict(_flat(row)) for row in rows]
    headings = list(dict.fromkeys(name for row in flat for name in row))
    writer = csv.DictWriter(sys.stdout, headings, lineterminator="\n", restval="")
    if headings:
        writer.writeheader()
    writer.writerows(flat)


def _flat(row: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    import json

    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield (
                f"{prefix}{name}",
                _safe("; ".join(v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for v in value)),
            )
        else:
            yield f"{prefix}{name}", _safe("" if value is None else value)


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "", wide: Collection[int] = (1,),
    width: int = 140,
) -> None:  # fmt: skip
    """A table on stdout, `width` characters where it is no terminal; the columns `wide` share the room that is over."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, width=None if sys.stdout.isatty() else width)
    shown = Table(
        title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold", expand=False
    )
    for i, heading in enumerate(headings):
        shown.add_column(heading, no_wrap=i not in wide, overflow="fold", ratio=1 if i in wide else None)
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    console.print(shown)


def marked(text: str, style: str) -> str:
    """Text in a style where stdout is a terminal, plain otherwise."""
    import typer

    return typer.style(text, **_STYLES[style]) if sys.stdout.isatty() else text


_STYLES: Mapping[str, Mapping[str, Any]] = {
    "strong": {"bold": True}, "good": {"fg": "green"}, "look": {"fg": "yellow"}, "quiet": {"dim": True},
}  # fmt: skip
