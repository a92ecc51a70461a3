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


def test_a_letter_is_drafted_written_read_and_sent(kansli: Kansli) -> None:
    assert "Inget månadsbrev finns än" in kansli("letter", "list").out
    wrong = kansli("letter", "show", "2026-02")
    assert (wrong.status, "uppdrag letter draft 2026-02" in wrong.err) == (1, True)
    assert kansli("letter", "draft", "2026-02").out == "Månadsbrevet 2026-02, version 1. Utkast.\n"
    named = ("--name", "Rut Ek", "--email", "rd@r01.example", "--from", "2026-03-27", "--keep")
    assert kansli("people", "replace", "regiondirektor", "01", *named).status == 0
    assert kansli("letter", "write", "2026-02", "--introduction", "Hej!", "--part", "kommer=Vi ses.").status == 0
    assert kansli("letter", "write", "2026-02", "--part", "kommer").status == 2
    assert "vilande" in kansli("letter", "hold", "2026-02", "--why", "Väntar").out.casefold()
    assert kansli("letter", "write", "2026-02", "--hide", "avsnitt").status == 0
    seen = kansli("letter", "show", "2026-02")
    assert "Ämne: Regionernas gemensamma uppdrag: månadsbrev februari 2026" in seen.out
    assert "Till: regiondirektör i Region Stockholm, rd@r01.example" in seen.out
    read = seen.out.rpartition("Kvitto: ")[2].strip()
    assert kansli("letter", "send", "2026-02", "--by", "Anna Ek").status == 1
    sent = ("letter", "send", "2026-02", "--read", read, "--by", "Anna Ek")
    assert kansli(*sent).out == "1 mejl köade.\n"
    assert kansli(*sent).out == "Brevet var redan skickat till 1.\n"
    (row,) = kansli("letter", "list", "--format", "json").json()
    assert (row["status"], row["recipients"]) == ("skickat", 1)
    assert kansli("letter", "subscribe", "01", "regiondirektor", "--off").out == "Får inte brevet längre.\n"
    assert kansli("letter", "subscribe", "01", "kontakt").status == 1
