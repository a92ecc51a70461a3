"""Expediering, frågor till regionerna and the decision kit from the command line."""

from __future__ import annotations

import csv
import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own

from tests.journeys.command_line import CommandLine, Run

U = "U2026-01"
BY = ("--as", "kansli", "--by", "Anna")


@pytest.fixture
def approved(kansli: CommandLine) -> CommandLine:
    """The command line with the first uppdrag approved for decision in the regions, and everybody in office."""
    kansli("people", "import", "exempel")
    stated = ("--set", "mote=2026-03-27", "--set", "forslagsversion=1")
    kansli("advance", U, "redovisa", *BY, *stated, "--set", "paragraf=18", "--set", "rapport=RK2026-00012-3")
    assert kansli("advance", U, "godkann", *BY, *stated, "--set", "paragraf=19").status == 0
    return kansli


def regions_of(place: Callable[..., Run]) -> dict[str, dict[str, Any]]:
    (row,) = place("status", U, "--format", "json").json()
    return {r["region"]: r for r in row["region_states"]}


def test_it_is_shown_first_and_without_a_terminal_it_takes_a_yes(approved: CommandLine) -> None:
    shown = approved("dispatch", U, *BY, "--dry-run")
    assert shown.status == 0
    for told in ("Version 1, e-post, 2026-03-27.", "registrator@region-uppsala.example", "Handlingar: RK2026-00012-3.",
                 "Ämne: U2026-01 Regioninterna", "Inget är skickat."):  # fmt: skip
        assert told in shown.out
    assert "Skicka först när paragrafen är justerad." in shown.err
    refused = approved("dispatch", U, *BY)
    assert (refused.status, "Ange --yes" in refused.err) == (2, True)
    assert {r["sent_version"] for r in regions_of(approved).values()} == {None}
    assert approved("outbox", "list", "--format", "json").json() == []


def test_everything_is_sent_once_and_status_shows_it(approved: CommandLine) -> None:
    done = approved("dispatch", U, *BY, "--yes", "--key", "k")
    assert "Registrerat: version 1 är expedierad till 21 regioner.\n21 mejl är köade." in done.out
    again = approved("dispatch", U, *BY, "--yes", "--key", "k")
    assert (again.status, "Redan registrerat. Inget skickas." in again.out) == (0, True)
    without_key = approved("dispatch", U, *BY, "--yes")
    assert "Region Gotland har redan fått version 1." in without_key.out
    assert len(approved("outbox", "list", "--format", "json").json()) == 21
    row = regions_of(approved)["03"]
    assert (row["state"], row["sent_version"], row["sent_on"], row["channel"]) == (
        "expedierad",
        1,
        "2026-03-27",
        "epost",
    )
    assert approved("verify").status == 0
    approved("decide", U, "03", "antagen", *BY, "--body", "RF", "--on", "2026-03-27")
    assert regions_of(approved)["03"]["version"] == 1
    assert "version 1, 2026-03-27" in approved("status", U).out


def test_a_person_states_another_channel(approved: CommandLine) -> None:
    done = approved("dispatch", U, *BY, "--yes", "--channel", "post", "--regions", "01,03", "--on", "2026-03-26",
                    "--format", "json")  # fmt: skip
    assert [(r["region"], r["channel"], r["address"]) for r in done.json()] == [
        ("01", "post", None),
        ("03", "post", None),
    ]
    assert approved("outbox", "list", "--format", "json").json() == []
    assert "Kanal: Post" in approved("history", U).out


def test_a_region_without_an_address_is_named_with_what_to_do(kansli: CommandLine, tmp_path: Path) -> None:
    stated = ("--set", "mote=2026-03-27", "--set", "forslagsversion=1")
    kansli("advance", U, "redovisa", *BY, *stated, "--set", "paragraf=18", "--set", "rapport=R-1")
    kansli("advance", U, "godkann", *BY, *stated, "--set", "paragraf=19")
    file = tmp_path / "lista.csv"
    file.write_text("befattning,länskod,namn,e-post\nregistrator,03,,registrator@uppsala.example\n")
    kansli("people", "import", str(file))
    refused = kansli("dispatch", U, *BY, "--yes", "--regions", "03,04")
    assert refused.status == 1
    assert "Region Sörmland saknar fungerande adress." in refused.err
    assert "--without" in refused.err
    assert kansli("dispatch", U, *BY, "--yes", "--regions", "03,04", "--without", "04").status == 0


@pytest.mark.parametrize(("typed", "status", "sent"), [("ja\n", 0, 1), ("\n", 1, 0)])
def test_at_a_terminal_it_asks(approved: CommandLine, typed: str, status: int, sent: int) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, typed.encode())
    arguments = [sys.executable, "-m", "uppdrag", "dispatch", U, *BY, "--regions", "03"]
    ended = subprocess.run(arguments, stdin=theirs, capture_output=True, timeout=60, check=False)
    os.close(ours)
    os.close(theirs)
    assert ended.returncode == status, ended.stderr.decode()
    assert "Skicka till en region? Skriv ja" in ended.stderr.decode()
    assert len(approved("outbox", "list", "--format", "json").json()) == sent


def test_those_without_an_answer_are_asked_at_most_once_a_week(approved: CommandLine) -> None:
    approved("dispatch", U, *BY, "--yes")
    later = ("--now", "2026-05-04T09:00", "chase", U, *BY)
    shown = approved(*later, "--where", "samverkansregion=norra", "--dry-run")
    assert "registrator@region-norrbotten.example" in shown.out
    assert "hur går det med beslutet i Region" in shown.out
    assert approved(*later, "--where", "region=03,04").status == 2
    asked = approved(*later, "--where", "region=03,04", "--yes")
    assert "Registrerat: 2 regioner tillfrågas." in asked.out
    row = regions_of(approved)["03"]
    assert (row["asked_on"], row["asked_by"]) == ("2026-05-04", "Anna")
    assert "tillfrågad 2026-05-04 av Anna" in approved("status", U).out
    assert "Uppsala: Uppgift begärd. Mottagare: registrator i Region Uppsala" in approved("history", U).out
    again = approved(*later, "--where", "region=03", "--yes")
    assert "Region Uppsala fick mejl 2026-05-04." in again.out
    rows = approved(*later, "--where", "region=03", "--again", "--yes", "--format", "json").json()
    assert [(r["region"], r["dry_run"]) for r in rows] == [("03", False)]
    assert approved("verify").status == 0
    assert approved(*later, "--where", "färg=blå").status == 2


def test_the_kit_goes_out_and_comes_back_filled_in(approved: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "underlag"
    done = approved("kit", U, "--to", str(folder), "--regions", "03,12")
    assert f"6 filer för 2 regioner i {folder}." in done.out
    book = load_workbook(folder / f"{U}-v1-03-beslut.xlsx")
    sheet = book.worksheets[0]
    column = {cell.value: cell.column for cell in sheet[1]}
    filled = {"utfall": "Antagen med anpassning", "beslutsinstans": "RF", "datum": date(2026, 3, 24), "paragraf": 88,
              "anpassning": "Gäller från 2027", "källa": "protokollsutdrag"}  # fmt: skip
    for heading, value in filled.items():
        sheet.cell(2, column[heading], value)
    book.save(tmp_path / "svar.xlsx")
    answered = approved("decide", "--file", str(tmp_path / "svar.xlsx"))
    assert (answered.status, answered.out.splitlines()[-1]) == (0, "1 beslut registrerade."), answered.err
    row = regions_of(approved)["03"]
    assert (row["outcome"], row["paragraph"], row["decided_on"]) == ("antagen_med_anpassning", "88", "2026-03-24")

    text = (folder / f"{U}-v1-12-beslut.csv").read_text("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text), delimiter=";")
    line |= {"utfall": "Avslagen", "beslutsinstans": "RS", "datum": "2026-03-25"}
    back = io.StringIO()
    writer = csv.DictWriter(back, list(line), delimiter=";")
    writer.writeheader()
    writer.writerow(line)
    (tmp_path / "svar.csv").write_text(back.getvalue(), encoding="cp1252")
    assert approved("decide", "--file", str(tmp_path / "svar.csv")).status == 0
    assert regions_of(approved)["12"]["outcome"] == "avslagen"
    assert "för 19 regioner" in approved("kit", U, "--to", str(tmp_path / "rest")).out, (
        "those that have decided need none"
    )


def test_every_outcome_in_the_list_can_be_read_back(approved: CommandLine, tmp_path: Path) -> None:
    approved("kit", U, "--to", str(tmp_path), "--regions", "03")
    book = load_workbook(tmp_path / f"{U}-v1-03-beslut.xlsx")
    sheet = book.worksheets[0]
    column = {cell.value: cell.column for cell in sheet[1]}
    choices = next(
        v.formula1.strip('"').split(",") for v in sheet.data_validations.dataValidation if "Antagen" in v.formula1
    )
    assert len(choices) == 9
    for chosen in choices:
        sheet.cell(2, column["utfall"], chosen)
        for heading in ("anpassning", "notering", "att komplettera"):
            sheet.cell(2, column[heading], "Ett skäl")
        book.save(tmp_path / "svar.xlsx")
        run = approved("decide", "--file", str(tmp_path / "svar.xlsx"), "--dry-run")
        assert "finns inte" not in run.err, (chosen, run.err)


def test_the_letter_is_ready_to_go_on_from(approved: CommandLine, tmp_path: Path) -> None:
    approved("track", U, "17", "planera", "--as", "region", "--by", "Bo", "--set", "instans=RF", "--set",
             "datum=2026-06-09")  # fmt: skip
    approved("kit", U, "--to", str(tmp_path), "--regions", "03,17")
    letters = {
        code: [p.text for p in Document(str(tmp_path / f"{U}-v1-{code}-tjansteskrivelse.docx")).paragraphs]
        for code in ("03", "17")
    }
    title = "Regioninterna besluts- och beredningsprocesser för fredstida krissituationer och katastroftillstånd"
    for told in ("Regionstyrelsen föreslår att regionfullmäktige beslutar", "Förslag till beslut"):
        assert told in letters["03"]
        assert told in letters["17"]
    assert "Regionstyrelsen beslutar" in letters["03"]
    assert "Regionstyrelsen beslutar" not in letters["17"], "it has said that fullmäktige decides"
    whole = "\n".join(letters["17"])
    assert f"att anta förslaget ”{title}" in whole
    for told in ("version 1", "27 mars 2026, § 19", "läst som sista dagen i Q3, 30 september 2026", "RK2025-00085-56",
                 "RK2026-00012-3", "Region Värmland"):  # fmt: skip
        assert told in whole, told


def test_a_kit_is_not_written_over_and_not_before_the_proposal_is_approved(
    kansli: CommandLine, approved: CommandLine, tmp_path: Path
) -> None:
    approved("kit", U, "--to", str(tmp_path), "--regions", "03")
    again = approved("kit", U, "--to", str(tmp_path), "--regions", "03")
    assert (again.status, again.out, again.err.count("finns redan.")) == (0, "Ingen fil sparades.\n", 3)
    to_read = approved("kit", U, "--to", str(tmp_path), "--regions", "03", "--format", "pdf")
    assert "1 fil för 1 region" in to_read.out, to_read.out
    assert (tmp_path / f"{U}-v1-03-tjansteskrivelse.pdf").read_bytes().startswith(b"%PDF-")
    early = kansli("kit", "U2026-02", "--to", str(tmp_path))
    assert (early.status, "Bara ett godkänt förslag" in early.err) == (1, True)
    stranger = kansli("kit", U, "--to", str(tmp_path), "--regions", "99")
    assert stranger.status == 1


def test_the_kit_of_a_sensitive_uppdrag_has_its_neutral_title_only(kansli: CommandLine, tmp_path: Path) -> None:
    hidden = ("--sensitive", "--neutral-title", "Översyn av avtal")
    kansli("new", "HEMLIG rubrik", "--lifecycle", "regiongemensamt", "--regions", "03", "--section", "9.9", *hidden)
    id = "U2026-20"
    kansli("advance", id, "bered", *BY, "--set", "ansvarig=Bo", "--set", "natverk=HEMLIGA nätverket")
    kansli("advance", id, "besluta", *BY, "--set", "mote=2026-03-13", "--set", "paragraf=2")
    stated = ("--set", "mote=2026-03-27", "--set", "forslagsversion=1")
    kansli("advance", id, "redovisa", *BY, *stated, "--set", "paragraf=18", "--set", "rapport=HEMLIG-1")
    kansli("advance", id, "godkann", *BY, *stated, "--set", "paragraf=19")
    kansli("kit", id, "--to", str(tmp_path))
    letter = Document(str(tmp_path / f"{id}-v1-03-tjansteskrivelse.docx"))
    whole = "\n".join([*(p.text for p in letter.paragraphs), letter.core_properties.title])
    assert "Översyn av avtal" in whole
    assert "HEMLIG" not in whole
    assert "9.9" not in whole
