"""A backup drill and a move at the command line, as docs/sakerhetskopia.md tells them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.command_line import CommandLine


def test_a_backup_is_taken_checked_and_restored(
    kansli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(tmp_path / "2026-03-27.backup")
    taken = kansli("backup", file)
    assert taken.status == 0
    assert "Loggen stämmer" in taken.out
    head = taken.out.rpartition("Kontrollpunkt: ")[2].strip()
    assert "--force" in kansli("backup", file).err
    checked = kansli("backup", "--check", file, "--head", head)
    assert (checked.status, "hel" in checked.out) == (0, True)
    other = kansli("backup", "--check", file, "--head", "1-" + "0" * 64)
    assert (other.status, "fel" in other.err) == (1, True)

    assert kansli("advance", "U2026-06", "bordlagg", "--as", "kansli", "--by", "Anna").status == 0
    monkeypatch.setenv("UPPDRAG_NOW", "2026-08-03T09:00")
    refused = kansli("restore", file)
    assert (refused.status, "--replace" in refused.err) == (1, True)
    restored = kansli("restore", file, "--replace", "--by", "Dan Drift")
    assert restored.status == 0, restored.err
    for said in ("2026-03-27 09:00", "fore_aterstallning_20260803_090000", "uppdrag outbox resume", "påminnelser"):
        assert said in restored.out
    assert "Bordlagt" not in kansli("history", "U2026-06").out
    assert "Dan Drift" in kansli("history", "system").out
    assert "Databasen återställdes 2026-08-03 09:00" in kansli("health").out
    assert kansli("outbox", "restored").out == "Inga mejl hålls efter en återställning.\n"
    assert kansli("outbox", "restored", "--cancel").status == 2
    assert kansli("verify").status == 0

    monkeypatch.setenv("UPPDRAG_DATABASE_URL", f"sqlite:///{file}")
    opened = kansli("status")
    assert (opened.status, "uppdrag restore" in opened.err) == (3, True)


def test_a_database_is_moved(kansli: CommandLine, tmp_path: Path) -> None:
    source, target = f"sqlite:///{tmp_path}/uppdrag.db", f"sqlite:///{tmp_path}/ny.db"
    first, again = kansli("db", "move", source, target), kansli("db", "move", source, target)
    assert (first.status, again.status) == (0, 0)
    assert "Flytten är klar" in first.out
    assert "  event: " in first.err, "progress"
    assert "Allt är redan flyttat" in again.out
    assert kansli("advance", "U2026-06", "bordlagg", "--as", "kansli", "--by", "Anna").status == 0
    refused = kansli("db", "move", source, target)
    assert (refused.status, "tom databas" in refused.err) == (1, True)
