"""Office holders from the command line: a list read in, a change of director, and a region that mail cannot reach."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own

from tests.journeys.command_line import CommandLine

EXAMPLE = "registrator@region-uppsala.example"
KEYS = {"id", "office", "region", "name", "email", "capacity", "shared", "vacant", "first", "last", "flagged"}


def test_the_example_is_rehearsed_read_in_and_listed(kansli: CommandLine) -> None:
    assert "Det här skulle hända: 122 nya." in kansli("people", "import", "exempel", "--dry-run").out
    assert "Inga befattningshavare" in kansli("people", "list").out
    assert "Befattningshavare: 122 nya." in kansli("people", "import", "exempel").out
    assert kansli("people", "import", "exempel").out == "Befattningshavare: 122 oförändrade.\n"
    rows = kansli("people", "list", "--region", "03", "--format", "json").json()
    assert all(row.keys() == KEYS for row in rows)
    assert [row["office"] for row in rows][:3] == ["kontakt", "namndsekreterare", "registrator"]
    assert kansli("verify").status == 0


def test_a_bad_file_is_refused_line_by_line_and_nothing_is_registered(kansli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "lista.csv"
    file.write_text("befattning,länskod,e-post\nhsd,1,a@b.example\nhsd,03,ab.example\nhsd,04,c@b.example\n")
    run = kansli("people", "import", str(file))
    assert run.status == 1
    assert run.err.splitlines() == [
        f'{file}:2: Länskoden "1" har tappat sin nolla. Skriv 01; i Excel: formatera kolumnen som text.',
        f'{file}:3: "ab.example" går inte att använda som e-postadress. Skriv till exempel {EXAMPLE}.',
        "Inget registrerades. Rätta 2 fel och läs in filen igen.",
    ]
    assert kansli("people", "list", "--format", "json").json() == []
    assert kansli("people", "import", "finns-inte").status == 1


def test_a_workbook_is_read_in_as_it_is_shown(kansli: CommandLine, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Befattning", "Länskod", "E-post", "Delad brevlåda", "Från"])
    book.active.append(["Registrator", "01", "registrator@region-stockholm.example", True, date(2026, 4, 1)])
    book.save(tmp_path / "lista.xlsx")
    assert kansli("people", "import", str(tmp_path / "lista.xlsx")).status == 0
    (row,) = kansli("people", "list", "--format", "json").json()
    assert (row["region"], row["shared"], row["first"]) == ("01", True, "2026-04-01")
    book.active.append(["HSD", "01", '="hsd"&"@region-stockholm.example"'])
    book.save(tmp_path / "lista.xlsx")
    run = kansli("people", "import", str(tmp_path / "lista.xlsx"))
    assert run.status == 1
    assert "lista.xlsx:3: Cell C3 har en formel utan värde." in run.err


def test_a_successor_takes_over_and_is_introduced(kansli: CommandLine) -> None:
    kansli("people", "import", "exempel")
    stated = ("--as", "kansli", "--by", "Anna", "--set", "mote=2026-03-27", "--set", "forslagsversion=1")
    kansli("advance", "U2026-01", "redovisa", *stated, "--set", "paragraf=18", "--set", "rapport=R-1")
    kansli("advance", "U2026-01", "godkann", *stated, "--set", "paragraf=19")
    change = ("people", "replace", "regiondirektör", "13", "--name", "Eva Alm", "--email", "eva@halland.example",
              "--from", "2026-04-01")  # fmt: skip
    assert kansli(*change, "--dry-run").out.startswith("Det här skulle hända:")
    said = kansli(*change).out.splitlines()
    assert said == [
        "Exempel Regiondirektör Halland slutar 2026-03-31.",
        "regiondirektör i Halland: Eva Alm från 2026-04-01.",
        "Öppet i regionen: U2026-01.",
        "En introduktion skickas till efterträdaren.",
    ]
    assert kansli(*change).out.startswith("Så var det redan")
    later = ("--now", "2026-04-02", "people", "list", "--region", "13", "--format", "json")
    named = {row["name"] for row in kansli(*later).json() if row["office"] == "regiondirektor"}
    assert named == {"Eva Alm"}


def test_a_vacancy_without_anybody_to_look_after_it_is_said(kansli: CommandLine) -> None:
    kansli("people", "import", "exempel")
    run = kansli("people", "vacant", "hsd", "Halland", "--from", "2026-04-01")
    assert run.status == 0
    assert "vakant från 2026-04-01" in run.out
    assert "når ingen" in run.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("kejsare", "--from", "2026-04-01", "--name", "Eva"), "Befattning:"),
        (("hsd", "--from", "2026-04-01", "--name", "Eva"), "hör till en region"),
        (("hsd", "03", "--from", "2026-04-01", "--email", "eva"), "e-postadress"),
        (("hsd", "03", "--from", "snart", "--name", "Eva"), "Från:"),
    ],
)
def test_a_successor_that_will_not_do_is_refused_in_words(
    kansli: CommandLine, arguments: tuple[str, ...], said: str
) -> None:
    run = kansli("people", "replace", *arguments)
    assert run.status == 1
    assert said in run.err


def test_status_sounds_the_alarm_for_people_and_leaves_the_json_alone(kansli: CommandLine, tmp_path: Path) -> None:
    assert kansli("status").err == ""
    file = tmp_path / "lista.csv"
    file.write_text("befattning,länskod,namn,e-post\nregistrator,03,,registrator@uppsala.example\n")
    before = kansli("status", "--format", "json").json()
    kansli("people", "import", str(file))
    assert kansli("status").err.startswith("Larm: 20 regioner (Stockholm, Sörmland,")
    as_json = kansli("status", "--format", "json")
    assert (as_json.json(), as_json.err) == (before, "")


def test_what_was_wrong_about_a_holder_is_corrected(kansli: CommandLine) -> None:
    kansli("people", "import", "exempel")
    correct = ("people", "correct", "person:03:registrator:1", "--email", "diariet@region-uppsala.example")
    assert kansli(*correct, "--dry-run").out.startswith("Det här skulle hända:")
    assert f"{EXAMPLE} → diariet@region-uppsala.example" in kansli(*correct).out
    assert kansli(*correct).out.startswith("Så var det redan: ")
    refused = kansli("people", "correct", "person:03:registrator:9", "--name", "Eva")
    assert (refused.status, refused.err) == (1, "Befattningshavaren person:03:registrator:9 finns inte.\n")
    assert kansli("verify").status == 0
