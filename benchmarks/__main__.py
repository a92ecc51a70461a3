"""Run the benchmarks and print one table; exit status 1 when a bar is missed. All of them write docs/matningar.md too.

python -m benchmarks [--rounds N] [liv] [andra] [manga] [sida] [hjalp] [klocka] [planera] [laget] [skriva] [skicka]
                     [webb] [handling] [dagordning] [xlsx] [rapport] [pg] [arbetare] [skala]
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from benchmarks import (
    agenda,
    asof,
    batch,
    clock,
    composing,
    documents,
    help_text,
    life,
    page,
    peers,
    planning,
    postgres,
    report,
    scale,
    sending,
    web,
    xlsx,
)
from benchmarks.measure import Bar
from workflow.calendar import STOCKHOLM

_KEPT = Path("docs/matningar.md")
_ABOUT = (
    "Skriven av `make bench`. Varje rad är en kvot i samma körning, medianen av flera omgångar: först vårt, sedan det "
    "vi mäter oss med. Gränserna är bestämda i förväg. Hur kostnaden växer står i [scale.md](scale.md)."
)
Subject = Callable[[Path, int], list[Bar]]
SUBJECTS: Mapping[str, tuple[Subject, int]] = {
    "liv": (life.measure, 50),
    "andra": (peers.measure, 30),
    "manga": (batch.measure, 7),
    "sida": (page.measure, 25),
    "hjalp": (help_text.measure, 15),
    "klocka": (clock.measure, 15),
    "planera": (planning.measure, 15),
    "laget": (asof.measure, 25),
    "skriva": (composing.measure, 25),
    "skicka": (sending.measure, 9),
    "webb": (web.measure, 15),
    "handling": (documents.measure, 15),
    "dagordning": (agenda.measure, 25),
    "xlsx": (xlsx.measure, 3),
    "rapport": (report.measure, 5),
    "pg": (postgres.measure, 25),
    "arbetare": (postgres.measure_workers, 9),
    "skala": (scale.measure, 15),
}
"""What is measured, and in how many rounds unless somebody says otherwise."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("subjects", nargs="*", metavar="ämne", help=", ".join(SUBJECTS))
    asked = parser.parse_args()
    if unknown := set(asked.subjects) - set(SUBJECTS):
        parser.error(f"okänt ämne: {', '.join(unknown)}")
    bars: list[Bar] = []
    place = Path("var")
    place.mkdir(exist_ok=True)
    for name in asked.subjects or SUBJECTS:
        subject, rounds = SUBJECTS[name]
        # On the disk where the program's own database lies: /tmp may be memory.
        with tempfile.TemporaryDirectory(dir=place, prefix="bench-") as folder:
            bars += subject(Path(folder).resolve(), asked.rounds or rounds)
    print("\n".join(_table(bars)))
    if not asked.subjects and not asked.rounds:
        _KEPT.write_text("\n".join(_document(bars)), encoding="utf-8")
    return 0 if all(bar.held for bar in bars) else 1


def _document(bars: Iterable[Bar]) -> Iterable[str]:
    """The same for those who read: a table in Markdown."""
    yield from ("# Mätningar", "", _ABOUT, "")
    yield from ("| Mätt | vår | deras | kvot | gräns | |", "|---|---:|---:|---:|---|---|")
    for bar in bars:
        name, ours, theirs, ratio, limit, verdict, _ = _row(bar)
        yield f"| {name} | {ours} | {theirs} | {ratio} | {limit} | {verdict.lower()} |"
    yield from ("", f"{datetime.now(STOCKHOLM):%Y-%m-%d}. {_machine()}", "")


def _machine() -> str:
    load = " ".join(f"{number:.2f}" for number in os.getloadavg())
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{os.cpu_count()} kärnor, last {load}; {versions}."


def _table(bars: Iterable[Bar]) -> Iterable[str]:
    rows = [("Mätt", "vår", "deras", "kvot", "gräns", "", "fdatasync"), *(_row(bar) for bar in bars)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for name, *rest in rows:
        yield "  ".join((name.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(rest, widths[1:], strict=True))))
    yield ""
    yield f"Medianer; inom parentes fdatasyncs kvartiler. {_machine()}"


def _row(bar: Bar) -> tuple[str, ...]:
    sign = "minst" if bar.at_least else "högst"
    limit = "" if bar.limit is None else f"{sign} {bar.limit:g}"
    verdict = "" if bar.limit is None else "klarar" if bar.held else "MISSAR"
    sync = "" if bar.sync is None else "{1:.0f} µs ({0:.0f}–{2:.0f})".format(*(second * 1e6 for second in bar.sync))
    return bar.name, f"{bar.ours * 1e3:.2f} ms", f"{bar.theirs * 1e3:.2f} ms", f"{bar.ratio:.2f}", limit, verdict, sync


if __name__ == "__main__":  # the processes of `arbetare` read this file too
    sys.exit(main())
