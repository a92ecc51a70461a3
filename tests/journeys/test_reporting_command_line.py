"""Månadsbrev and verksamhetsberättelse on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.journeys.command_line import Run

Kansli = Callable[..., Run]


def test_a_letter_and_a_report_are_written_as_files(kansli: Kansli, tmp_path: Path) -> None:
    done = kansli("report", "letter", "--period", "2026-02", "--output", str(tmp_path / "brev"))
    assert (done.status, done.out) == (0, f"Sparat: {tmp_path}/brev/manadsbrev-2026-02.pdf\n")
    assert (tmp_path / "brev" / "manadsbrev-2026-02.pdf").read_bytes().startswith(b"%PDF")
    asked = ("report", "annual", "--period", "2026", "--format", "html", "--output", str(tmp_path))
    assert kansli(*asked, "--as-of", "2026-03-26").status == 0
    text = (tmp_path / "verksamhetsberattelse-2026.html").read_text(encoding="utf-8")
    assert "det som var registrerat till och med 26 mars 2026" in text
    again = kansli(*asked)
    assert again.status == 2
    assert "finns redan och skrivs inte över" in again.err


def test_what_is_no_period_is_refused(kansli: Kansli) -> None:
    wrong = kansli("report", "letter", "--period", "2026")
    assert wrong.status == 1
    assert "”2026” är inte en månad. Skriv till exempel 2026-03." in wrong.err
    assert "har inte börjat än" in kansli("report", "annual", "--period", "2027").err
    assert kansli("report", "annual", "--period", "2026", "--as-of", "i går").status == 2
