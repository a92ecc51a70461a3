"""A mail is looked at from the command line before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.command_line import CommandLine
from tests.journeys.test_command_line import send_to_regions


def test_a_mail_is_shown_as_it_would_be_written_today(kansli: CommandLine, tmp_path: Path) -> None:
    send_to_regions(kansli)
    file = tmp_path / "mejl.html"
    shown = kansli(
        "outbox", "preview", "paminnelse_region", "--uppdrag", "U2026-01", "--region", "23", "--output", str(file)
    )
    assert shown.status == 0
    assert "Ämne: U2026-01 Regioninterna" in shown.out
    assert "beslutet i Region Jämtland Härjedalen" in shown.out
    assert "Planerad tid går ut 30 september 2026" in shown.out
    html = file.read_text("utf-8")
    assert html.startswith("<!DOCTYPE html>")
    assert "Vad har ni beslutat?" in html


def test_an_example_needs_no_uppdrag(kansli: CommandLine) -> None:
    assert "registrator@region.example" in kansli("outbox", "preview", "samlat").out


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        (("paminelse",), 2, "De som finns:"),
        (("samlat", "--region", "03"), 2, "Ange --uppdrag"),
        (("samlat", "--uppdrag", "U2026-99"), 1, "finns inte"),
        (("paminnelse_atagande", "--uppdrag", "U2026-10"), 1, "ingen planerad tid"),
    ],
)
def test_a_mail_that_cannot_be_shown_says_why(
    kansli: CommandLine, asked: tuple[str, ...], status: int, said: str
) -> None:
    no = kansli("outbox", "preview", *asked)
    assert (no.status, said in no.err, "Traceback" in no.err) == (status, True, False)
