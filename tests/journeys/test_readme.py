"""The tour in the README is what the program really says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.journeys.command_line import CommandLine

README = Path(__file__).parents[2] / "README.md"


def blocks() -> list[tuple[list[str], str]]:
    """Each console block: its commands, and the output it shows."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL):
        lines = block.splitlines()
        commands = [line[2:] for line in lines if line.startswith("$ ")]
        found.append((commands, "\n".join(line for line in lines if not line.startswith("$ "))))
    return found


def plain(text: str) -> str:
    """Output without trailing blanks, and without the one thing that differs: fingerprints are salted."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return re.sub(r"(\d+)-[0-9a-f]{64}", r"\1-…", "\n".join(line for line in lines if line))


def test_the_tour_shows_what_the_program_says(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UPPDRAG_DATABASE_URL", "sqlite:///var/uppdrag.db")
    monkeypatch.chdir(tmp_path)
    assert len(blocks()) >= 5
    for commands, shown in blocks():
        said = ""
        for command in commands:
            words = shlex.split(command)
            if words[0] == "export":
                monkeypatch.setenv(*words[1].split("=", 1))
                continue
            assert words[0] == "uppdrag"
            run = command_line(*words[1:])
            said += run.out + run.err
        assert plain(said) == plain(shown)
