"""Who has read what is sensitive, and what a gallring leaves, at the command line."""

from __future__ import annotations

import getpass
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.journeys.command_line import CommandLine


def test_what_is_read_at_the_command_line_is_written_down(kansli: CommandLine) -> None:
    assert kansli("status").status == kansli("status", "U2026-01").status == 0
    assert kansli("readings").out == "Ingen har läst något känsligt.\n"
    for command in ("status", "history", "next"):
        assert kansli(command, "U2026-09").status == 0
    read = kansli("readings", "U2026-09", "--format", "json").json()
    assert [(r["name"], r["door"], r["role"]) for r in read] == [(getpass.getuser(), "kommando", "konto")] * 3
    assert sorted(r["what"].rpartition(" ")[2] for r in read) == ["history", "next", "status"]
    shown = kansli("readings", "--person", getpass.getuser(), "--since", "2026-03-27")
    assert shown.out.count("U2026-09") == 3
    assert "konto på servern" in shown.out
    assert kansli("readings", "--since", "2030-01-01").out == "Ingen har läst något känsligt.\n"
    assert kansli("readings", "U26").status == 1


def test_nothing_is_shown_where_it_cannot_be_written_down(kansli: CommandLine, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "uppdrag.db")) as db:
        db.execute("DROP TABLE reading")
    refused = kansli("status", "U2026-09")
    assert (refused.status, "säkerhetsskyddsavtal" in refused.out) == (3, False)
