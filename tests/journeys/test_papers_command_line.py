"""Chefsgruppens handlingar on the command line: saved as files, never over another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.command_line import Run
from tests.journeys.test_meeting_command_line import PROTOKOLL

Kansli = Callable[..., Run]
STARTS = {"pdf": b"%PDF", "docx": b"PK", "html": b"<!doctype html>"}


@pytest.fixture
def meeting(kansli: Kansli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kansli:
    """`uppdrag meeting ...` in a folder of its own, with a meeting that is closed; § 16 is the directive."""
    monkeypatch.chdir(tmp_path)
    kansli("meeting", "plan", "2026", "2026-03-27", "2026-04-24", "--place", "Uppsala")
    bered = ("advance", "U2026-04", "bered", "--as", "kansli", "--by", "Anna", "--set", "ansvarig=Bo")
    kansli(*bered, "--set", "natverk=HSD-nätverket")
    kansli("meeting", "summon", "2026-03-27", "--channel", "annan")
    Path("protokoll.yaml").write_text(PROTOKOLL, encoding="utf-8")
    kansli("meeting", "minutes", "2026-03-27", "--file", "protokoll.yaml")
    return lambda *arguments: kansli("meeting", *arguments)


@pytest.mark.parametrize("format", STARTS)
def test_a_paper_is_saved_under_a_name_of_its_own_and_never_over_another(meeting: Kansli, format: str) -> None:
    for command, name in (("agenda", "dagordning"), ("kallelse", "kallelse"), ("minutes", "protokoll")):
        saved = meeting(command, "2026-03-27", "--format", format)
        assert saved.out == f"Sparat: {name}-2026-03-27.{format}\n"
        made = Path(f"{name}-2026-03-27.{format}")
        before = made.read_bytes()
        assert before.startswith(STARTS[format])
        again = meeting(command, "2026-03-27", "--format", format)
        assert again.status == 2
        assert "finns redan och skrivs inte över" in again.err
        assert made.read_bytes() == before


def test_what_is_shown_may_be_saved_too(meeting: Kansli) -> None:
    shown = meeting("agenda", "2026-03-27", "--format", "csv")
    assert meeting("agenda", "2026-03-27", "--format", "csv", "--output", "d.csv").out == "Sparat: d.csv\n"
    assert Path("d.csv").read_text(encoding="utf-8") == shown.out
    assert meeting("minutes", "2026-03-27", "--output", "d.csv").status == 2
    assert meeting("minutes", "2026-03-27", "--output", "saknas/p.txt").status == 0
    assert meeting("agenda", "2026-03-27", "--format", "pdf", "--output", "/proc/p.pdf").status == 2


def test_one_paragraph_is_saved_as_a_paper(meeting: Kansli) -> None:
    early = meeting("extract", "2026-03-27", "16")
    assert (early.status, "inte avslutat" in early.err) == (1, True)
    Path("mer.yaml").write_text(
        "\n".join(["punkter:", *(f"  - {{punkt: {n}, utfall: antecknad}}" for n in range(6, 10))])
    )
    closed = meeting("minutes", "2026-03-27", "--file", "mer.yaml"), meeting("close", "2026-03-27")
    assert [run.status for run in closed] == [0, 0], closed
    assert meeting("extract", "2026-03-27", "16").out == "Sparat: protokollsutdrag-2026-03-27-16.pdf\n"
    assert meeting("extract", "2026-03-27", "§ 16", "--format", "html", "--output", "u.html").status == 0
    assert "EJ JUSTERAD. § 16" in Path("u.html").read_text(encoding="utf-8")
    missing = meeting("extract", "2026-03-27", "99")
    assert (missing.status, "§ 99 finns inte i protokollet. De som finns: 12–" in missing.err) == (1, True)
    assert meeting("extract", "2026-03-27", "sexton").status == 2
    assert meeting("extract", "2026-03-27", "9" * 5000).status == 2


def test_bytes_do_not_go_to_a_terminal(meeting: Kansli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uppdrag.cli.saving.is_terminal", lambda: True)
    refused = meeting("kallelse", "2026-03-27", "--output", "-")
    assert (refused.status, refused.out) == (2, "")
    assert "Ange en fil: --output kallelse-2026-03-27.pdf" in refused.err


def test_the_missiv_to_each_region_is_saved_in_a_folder(kansli: Kansli, tmp_path: Path) -> None:
    for trigger, facts in (
        ("redovisa", ("mote=2026-03-20", "paragraf=4", "rapport=r.pdf", "forslagsversion=1")),
        ("godkann", ("mote=2026-03-20", "paragraf=5", "forslagsversion=1")),
    ):
        given = [part for fact in facts for part in ("--set", fact)]
        assert kansli("advance", "U2026-01", trigger, "--as", "kansli", "--by", "Anna", *given).status == 0
    asked = ("missiv", "U2026-01", "--to", str(tmp_path / "brev"), "--regions", "01,03")
    assert kansli(*asked).out.startswith("2 brev i ")
    assert sorted(path.name for path in (tmp_path / "brev").iterdir()) == [
        "missiv-U2026-01-v1-01.pdf", "missiv-U2026-01-v1-03.pdf",
    ]  # fmt: skip
    assert "Inget brev sparades." in kansli(*asked).out
    assert kansli("missiv", "U2026-04", "--to", str(tmp_path)).status == 1
