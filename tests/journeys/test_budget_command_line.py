"""The budget on the command line: read in, fixed, followed and shown to people and programs."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

from tests.journeys import manual
from tests.journeys.command_line import Run

Kansli = Callable[..., Run]


def test_a_year_is_followed_in_a_few_commands(kansli: Kansli, tmp_path: Path) -> None:
    assert kansli("budget", "show").out.startswith("Ingen budget för 2026 är inläst.\n")
    early = kansli("budget", "decide", "2026", "--on", "2025-12-12", "--paragraph", "45")
    assert (early.status, "uppdrag budget set 2026 FIL" in early.err) == (1, True)
    assert kansli("budget", "set", "2026", "exempel", "--dry-run").out.startswith("Det här skulle hända:\n5 poster")
    assert kansli("budget", "set", "2026", "exempel").status == 0
    for path in ("decide", "outcome", "contribution"):
        (example,) = (str(c.epilog).removeprefix("Exempel: uppdrag ") for n, c in manual.commands()
                      if n == f"uppdrag budget {path}")  # fmt: skip
        done = kansli(*shlex.split(example))
        assert (done.status, done.err) == (0, ""), path
        assert kansli(*shlex.split(example)).out.startswith("Så var det redan.")
    wrong = kansli("budget", "outcome", "2026", "--post", "Exempel: följeforskning", "--quarter", "Q1", "--amount", "1",
                   "--source", "Ekonomisystemet")  # fmt: skip
    assert (wrong.status, wrong.err.endswith("Ange --why.\n")) == (1, True)
    assert kansli("budget", "outcome", "2026", "fil.csv", "--post", "Resor").status == 2
    assert kansli("budget", "outcome", "2026", "--post", "x").err.endswith("Källa saknas. Ange --source.\n")
    ten = kansli("budget", "contribution", "2026", "--total", "10", "--source", "Verksamhetsplan 2026, avsnitt 3")
    assert ten.out.startswith("Regionerna ska bidra med 10 heltidsresurser")
    text = kansli("budget", "show", "2026").out.replace("\xa0", " ")
    assert "Budgeten 2026 är 7 400 000 kr, fastställd av chefsgruppen 12 december 2025, § 45" in text
    assert "0 av 10 heltidsresurser är överenskomna." in text
    read = kansli("budget", "show", "2026", "--format", "json").json()
    assert (read["total"]["outcome"], read["declared"], read["contributions"][0]["planned"]) == (71250, "10.00", "0.50")
    assert "region,Uppsala" in kansli("budget", "show", "2026", "--format", "csv").out
    book = tmp_path / "b.xlsx"
    assert kansli("budget", "show", "2026", "--format", "xlsx", "--output", str(book)).status == 0
    assert book.read_bytes().startswith(b"PK")
