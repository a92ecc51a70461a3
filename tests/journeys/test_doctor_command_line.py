"""`uppdrag doctor` at the command line: a line for each thing, and a status that a monitor reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.command_line import CommandLine


def test_the_doctor_says_what_is_wrong_in_lines_and_in_its_status(
    kansli: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = kansli("doctor", "--json").json()
    areas = {one["area"] for one in found}
    assert {
        "settings", "python", "libraries", "permissions", "schema", "sqlite", "durability", "future", "log", "clock",
        "sender", "queue", "mail", "backup", "pruning", "disk",
    } <= areas  # fmt: skip
    assert {one["level"] for one in found} <= {"bra", "varning", "fel"}
    sick = kansli("doctor")
    assert sick.status == 1
    assert "FEL     Klockan har aldrig gått. Starta med uppdrag serve." in sick.out
    monkeypatch.setenv("UPPDRAG_MAIL", "sharp")
    wrong = kansli("doctor")
    assert (wrong.status, "UPPDRAG_MAIL: skriv av, simulera, testadresser, skarp." in wrong.out) == (2, True)


def test_a_place_without_a_database_is_told_of(command_line: CommandLine) -> None:
    run = command_line("doctor")
    assert run.status == 1
    assert "uppdrag init" in run.out
    assert "Traceback" not in run.err
