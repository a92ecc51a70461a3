"""Who has read what is sensitive, and what a gallring leaves, at the command line."""

from __future__ import annotations

import getpass
import re
import shlex
import sqlite3
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest

from tests.journeys import manual
from tests.journeys.command_line import CommandLine
from tests.reliability import Tried

SENSITIVE = "säkerhetsskyddsavtal"
"""A word of the title of U2026-09 in the plan, which is sensitive."""


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


GALLRA = ("gallra", "U2026-12", "--decision", "RK2026-44", "--decided", "2026-03-20", "--decided-by", "AU")


def test_a_gallring_is_shown_confirmed_and_told_of_ever_after(kansli: CommandLine, tmp_path: Path) -> None:
    assert "slutbehandlat" in kansli(*GALLRA, "--dry-run").err
    ended = ("advance", "U2026-12", "avbryt", "--as", "kansli", "--by", "Anna", "--set", "skal=Behövs inte")
    assert kansli(*ended).status == 0
    shown = kansli(*GALLRA, "--dry-run")
    assert (shown.status, "så här mycket skulle gallras" in shown.out) == (0, True)
    left = shown.out.partition("finns kvar")[2]
    assert "definition  1" in left, "its title stands in the plan"
    assert "uppdrag" not in left.partition("Filer")[0].replace("uppdraget", ""), "and nowhere else"
    wrong = kansli(*GALLRA, "--confirm", "RK2026-45")
    assert (wrong.status, "Inget har gallrats" in wrong.err) == (1, True)
    assert "Behövs inte" in kansli("history", "U2026-12").out

    done = kansli(*GALLRA, "--confirm", "RK2026-44", "--by", "Anna")
    assert done.status == 0, done.err
    for said in ("är gallrat", "Säkerhetskopior som redan är tagna har kvar innehållet", "omskriven"):
        assert said in done.out
    assert "Behövs inte".encode() not in (tmp_path / "uppdrag.db").read_bytes()
    assert "redan gallrat" in kansli(*GALLRA, "--confirm", "RK2026-44").out
    history = kansli("history", "U2026-12").out
    assert "Gallrat enligt beslut RK2026-44 (2026-03-20, AU)" in history
    assert "av dem är gallrade enligt beslut RK2026-44." in kansli("verify").out
    assert "Gallrat enligt beslut RK2026-44" in kansli("status", "U2026-12").out
    assert kansli("db", "overwrite").out == "Databasen är omskriven.\n"


def test_a_gallring_asks_for_the_number_of_its_decision(kansli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("RK2026-4\n"))
    kansli("advance", "U2026-12", "avbryt", "--as", "kansli", "--by", "Anna", "--set", "skal=Behövs inte")
    asked = kansli(*GALLRA)
    assert asked.status == 1
    assert "10 § arkivlagen" in asked.out
    assert "Behövs inte" in kansli("history", "U2026-12").out
    assert kansli("gallra", "U2026-12", "--decision", "x", "--decided", "", "--decided-by", "AU").status == 2


@pytest.mark.soak
def test_whatever_command_shows_something_sensitive_is_written_down(
    kansli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tried: Tried
) -> None:
    """Every command's own example, of a sensitive uppdrag where it names one; no new command can forget."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", StringIO())
    file = tmp_path / "uppdrag.db"
    before = file.read_bytes()
    unlogged, shown, asked = [], [], 0
    for path, command in manual.commands():
        if path.split()[1] in ("serve", "clock", "simulate"):
            continue
        words = shlex.split(str(command.epilog).removeprefix("Exempel: uppdrag "))
        for leftover in tmp_path.glob("uppdrag.db*"):
            leftover.unlink()
        file.write_bytes(before)
        said = [kansli(*(re.sub(r"U2026-\d\d", "U2026-09", word) for word in words))]
        if "[ID]" in {getattr(p, "metavar", "") for p in command.params}:
            said.append(kansli(*path.split()[1:], "U2026-09"))
        asked += len(said)
        if any(SENSITIVE in one.out + one.err for one in said):
            shown.append(path)
            with closing(sqlite3.connect(file)) as db:
                if not db.execute("SELECT 1 FROM reading WHERE uppdrag = 'U2026-09'").fetchall():
                    unlogged.append(path)
    assert unlogged == []
    assert {"uppdrag status", "uppdrag history"} <= set(shown)
    tried("Integritet", "varje kommando, med ett känsligt uppdrag", asked,
          f"{len(shown)} visade något känsligt, och alla {len(shown)} stod i läsloggen")  # fmt: skip
