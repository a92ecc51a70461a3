"""The beredningsplan on the command line: shown, moved, put on an agenda, decided, and written as a document."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys import manual
from tests.journeys.command_line import Run

Kansli = Callable[..., Run]


@pytest.fixture
def meeting(kansli: Kansli) -> Kansli:
    """`uppdrag meeting ...`, with four meetings in the year."""
    days = ("2026-03-27", "2026-04-24", "2026-06-12", "2026-12-11")
    assert kansli("meeting", "plan", "2026", *days).status == 0
    return lambda *arguments: kansli("meeting", *arguments)


def test_a_year_is_prepared_in_a_few_commands(meeting: Kansli) -> None:
    first = meeting("preparation", "2026")
    assert "Beredningsplan 2026, version 1. Inte beslutad av chefsgruppen." in first.out
    assert "2026-03-27  Regioninterna" in first.out
    which = meeting("place", "2026", "U2026-01", "2026-04-24")
    assert which.status == 1
    assert "U2026-01:redovisa (Redovisning för chefsgruppen), U2026-01:godkann" in which.err
    moved = meeting("place", "2026", "U2026-01:redovisa", "2026-04-24", "--why", "Väntar på underlag", "--seen", "1")
    assert "mötet 2026-04-24" in moved.out
    assert "ligger efter planerad tid (redovisas Q1 2026, senast 2026-03-31)" in moved.err
    assert "Så var det redan" in (
        meeting("place", "2026", "U2026-01:redovisa", "2026-04-24", "--why", "Väntar på underlag").out
    )
    late = meeting("leave-out", "2026", "U2026-04:redovisa", "--seen", "1", "--by", "Bo")
    assert late.status == 1
    assert "Väntar på underlag" in late.err
    assert "Enligt beredningsplanen 2026." in meeting("agenda", "2026-04-24").out
    assert "U2026-01" not in meeting("agenda", "2026-03-27").out
    assert meeting("leave-out", "2026", "U2026-04:redovisa", "--why", "Tas upp 2027").status == 0
    assert "utelämnat" in meeting("preparation", "2026").out
    assert "Redovisning för chefsgruppen, mötet 2026-12-11." in meeting("restore", "2026", "U2026-04:redovisa").out
    assert "mötet 2026-06-12" in meeting("matter", "2026", "--title", "Lokaler", "--on", "2026-06-12").out
    assert meeting("matter", "2026").status == 1
    assert meeting("place", "2026", "plan-2026-1", "2026-05-01").status == 1
    assert meeting("place", "2026", "plan-2026-1", "i morgon").status == 2


def test_the_plan_is_read_by_programs_and_people(meeting: Kansli, tmp_path: Path) -> None:
    read = meeting("preparation", "2026", "--format", "json").json()
    assert {"year", "version", "standing", "decision", "changes", "meetings", "matters", "handled"} == set(read)
    (matter,) = [m for m in read["matters"] if m["key"] == "U2026-03:redovisa"]
    assert (matter["meeting"], matter["planned_last"], matter["placed"]) == ("2026-06-12", "2026-06-30", False)
    assert "U2026-03:redovisa" in meeting("preparation", "2026", "--format", "csv").out
    starts = {"pdf": b"%PDF", "docx": b"PK", "html": b"<!doctype html>"}
    for format, start in starts.items():
        file = tmp_path / f"plan.{format}"
        assert meeting("preparation", "2026", "--format", format, "--output", str(file)).status == 0
        assert file.read_bytes().startswith(start)
    assert meeting("preparation", "2031").out.endswith("Planera dem: uppdrag meeting plan 2031\n")


def test_chefsgruppen_decides_on_it(meeting: Kansli, tmp_path: Path) -> None:
    put = meeting("submit", "2026", "2026-03-27")
    assert "beredningsplan 2026, version 1." in put.out
    number = int(put.out.split()[1])
    assert "Stod där redan" in meeting("submit", "2026", "2026-03-27").out
    meeting("summon", "2026-03-27", "--channel", "annan", "--on", "2026-03-27")
    items = meeting("agenda", "2026-03-27", "--format", "json").json()["items"]
    file = tmp_path / "protokoll.yaml"
    notes = [
        f"  - {{punkt: {i['number']}, utfall: {'bifall' if i['number'] == number else 'antecknad'}}}" for i in items
    ]
    file.write_text("\n".join(["narvarande: [Eva Ek]", "forsta_paragraf: 12", "punkter:", *notes]), encoding="utf-8")
    assert meeting("minutes", "2026-03-27", "--file", str(file)).status == 0
    assert "Beredningsplan 2026, version 1, blir beslutad." in meeting("close", "2026-03-27", "--dry-run").out
    assert "Beredningsplan 2026, version 1, är beslutad." in meeting("close", "2026-03-27").out
    assert f"Beslutad § {11 + number}, 2026-03-27, version 1." in meeting("preparation", "2026").out
    meeting("place", "2026", "U2026-03:redovisa", "2026-12-11")
    assert "Flyttat: U2026-03" in meeting("preparation", "2026").out


def test_the_examples_of_the_help_work_on_the_example_meetings(kansli: Kansli, tmp_path: Path) -> None:
    assert kansli("meetings", "import", "exempel").status == 0
    examples = {name.rpartition(" ")[2]: shlex.split(example(name)) for name in COMMANDS}
    for name, words in examples.items():
        assert words[:3] == ["uppdrag", "meeting", name]
        more = ("--output", str(tmp_path / "plan.pdf")) if "pdf" in words else ()
        done = kansli(*words[1:], *more)
        assert done.status == 0, (words, done.err)


COMMANDS = tuple(
    f"uppdrag meeting {name}" for name in ("preparation", "place", "leave-out", "restore", "matter", "submit")
)


def example(path: str) -> str:
    """The example in a command's help."""
    epilog = next(command.epilog for name, command in manual.commands() if name == path)
    return str(epilog).removeprefix("Exempel: ")
