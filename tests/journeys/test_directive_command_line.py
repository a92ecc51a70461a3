"""Uppdragsdirektiv on the command line: from a draft for two uppdrag to a decided document and its next version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.command_line import Run

Kansli = Callable[..., Run]
NUMBER = "RK2025-00085-56"


def ready(kansli: Kansli) -> None:
    """A draft for two uppdrag that are ready for it."""
    for id in ("U2026-04", "U2026-07"):
        bered = ("advance", id, "bered", "--as", "kansli", "--by", "Anna", "--set", "ansvarig=Bo")
        assert kansli(*bered, "--set", "natverk=HSD-nätverket").status == 0
    made = kansli("directive", "new", "--uppdrag", "U2026-04", "--uppdrag", "U2026-07", "--title", "Samband")
    assert (made.out, made.err) == ("D2026-01, ändring 1: Utkast.\n", "")


@pytest.fixture
def directive(kansli: Kansli) -> Kansli:
    """`uppdrag directive ...`, with a meeting and a draft for two uppdrag that are ready."""
    assert kansli("meeting", "plan", "2026", "2026-03-27", "2026-04-24").status == 0
    ready(kansli)
    return lambda *arguments: kansli("directive", *arguments)


def test_a_number_on_another_document_is_warned_about(directive: Kansli, kansli: Kansli) -> None:
    done = directive("edit", "D2026-01", "--number", NUMBER)
    assert done.status == 0
    assert f"Att kontrollera: Numret {NUMBER} står även på: U2026-01, U2026-02, U2026-03 (följer" in done.err
    assert "Samverkansavtal" in done.err
    (mine, imported) = directive("list", "--format", "json").json()
    assert (mine["number"], imported["number"]) == (NUMBER, NUMBER)
    assert (mine["document"], imported["document"]) == (True, False)
    assert "Samverkansavtal" in mine["warnings"][0]
    shown = directive("list")
    assert "Dokumentet finns inte här" in shown.out
    assert "Att kontrollera: D2026-01" in shown.err
    assert f"Uppdragsdirektiv {NUMBER}: dokumentet finns inte här" in kansli("status", "U2026-01").out
    assert f"Uppdragsdirektiv D2026-01 {NUMBER}: Utkast" in kansli("status", "U2026-04").out


def test_the_sections_are_edited_in_a_file_and_by_one_at_a_time(directive: Kansli, tmp_path: Path) -> None:
    file = tmp_path / "direktiv.yaml"
    assert directive("export", "D2026-01", "--output", str(file)).status == 0
    file.write_text(file.read_text(encoding="utf-8").replace("[Vad som inte ingår.]", "Inget annat."), encoding="utf-8")
    assert "Ändrat: Avgränsning." in directive("edit", "D2026-01", "--file", str(file), "--seen", "1").out
    late = directive("edit", "D2026-01", "--title", "Mitt", "--seen", "1", "--by", "Bo")
    assert late.status == 1
    assert "kansliet 2026-03-27 09.00: ändrat: Avgränsning" in late.err
    file.write_text("avsnitt: {hittepå: x}\n", encoding="utf-8")
    wrong = directive("edit", "D2026-01", "--file", str(file))
    assert wrong.status == 1
    assert "direktiv.yaml:1:" in wrong.err
    assert "bakgrund, syfte" in wrong.err
    assert directive("edit", "D2026-01", "--file", str(tmp_path / "ingen.yaml")).status == 1
    assert "Inget annat." in directive("show", "D2026-01").out
    row = directive("show", "D2026-01", "--format", "json").json()
    assert [h["version"] for h in row["history"]] == [1, 2]
    assert directive("show", "D2026-02").status == 1


def test_the_document_is_written_in_every_format(directive: Kansli, tmp_path: Path) -> None:
    for format, start in (("docx", b"PK"), ("pdf", b"%PDF"), ("html", b"<!doctype")):
        file = tmp_path / f"d.{format}"
        assert directive("document", "D2026-01", "--format", format, "--output", str(file)).status == 0
        assert file.read_bytes().startswith(start)
    assert directive("document", "D2026-01", "--revision", "2").status == 1


def test_a_directive_is_decided_with_its_uppdrag_and_revised(directive: Kansli, kansli: Kansli, tmp_path: Path) -> None:
    directive("edit", "D2026-01", "--number", "RK2026-00012-7")
    agenda = kansli("meeting", "agenda", "2026-03-27", "--format", "json").json()["items"]
    (item,) = [i for i in agenda if i["key"] == "D2026-01"]
    assert item["covers"] == ["U2026-04", "U2026-07"]
    assert item["documents"] == ["Uppdragsdirektiv RK2026-00012-7"]
    assert kansli("meeting", "summon", "2026-03-27", "--channel", "annan").status == 0
    notes = "\n".join(
        f"  - {{punkt: {i['number']}, utfall: {'bifall' if i['key'] == 'D2026-01' else 'antecknad'}}}" for i in agenda
    )
    file = tmp_path / "p.yaml"
    file.write_text(f"narvarande: [Eva Ek]\npunkter:\n{notes}\n", encoding="utf-8")
    assert kansli("meeting", "minutes", "2026-03-27", "--file", str(file)).status == 0
    rehearsed = kansli("meeting", "close", "2026-03-27", "--dry-run")
    assert "2 uppdrag flyttas" in rehearsed.out
    assert "Uppdragsdirektivet RK2026-00012-7 blir beslutat." in rehearsed.out
    assert "är beslutat" in kansli("meeting", "close", "2026-03-27").out
    assert "RK2026-00012-7" in kansli("status", "U2026-07").out
    locked = directive("edit", "D2026-01", "--title", "Ny")
    assert (locked.status, "Gör en ny version" in locked.err) == (1, True)
    assert "Version 2 är utkast" in directive("revise", "D2026-01").out
    assert directive("end", "D2026-01", "--why", "").status == 1
    assert "Beslutat 2026-03-27" in directive("end", "D2026-01", "--why", "Behövs inte").out
    assert kansli("verify").status == 0


def test_a_draft_after_the_kallelse_is_added_by_its_id(kansli: Kansli) -> None:
    assert kansli("meeting", "plan", "2026", "2026-03-27").status == 0
    assert kansli("meeting", "summon", "2026-03-27", "--channel", "annan").status == 0
    ready(kansli)
    told = kansli("meeting", "agenda", "2026-03-27").out
    assert "uppdrag meeting add 2026-03-27 --directive D2026-01" in told
    assert "tillkom efter kallelsen" in kansli("meeting", "add", "2026-03-27", "--directive", "D2026-01").out
