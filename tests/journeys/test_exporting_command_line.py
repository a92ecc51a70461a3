"""uppdrag report: what is written, and that what is there already stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.command_line import Run

Kansli = Callable[..., Run]


@pytest.mark.parametrize(
    ("asked", "files"),
    [
        (("workbook",), ["uppdrag-2026-03-27.xlsx"]),
        (("research",), ["beslut.csv", "dataordlista.csv", "handelser.csv", "uppdrag.csv"]),
        (("crisis",), ["laget-2026-03-27.html"]),
        (("public", "--confirmed-by", "Anna Ek"), ["index.html"]),
        (("matter", "--uppdrag", "U2026-01"), ["U2026-01-arende.zip"]),
    ],
    ids=lambda value: value[0],
)
def test_a_report_is_written_and_never_over_another(
    kansli: Kansli, tmp_path: Path, asked: tuple[str, ...], files: list[str]
) -> None:
    to = tmp_path / "ut"
    first = kansli("report", *asked, "--output", str(to))
    assert (first.status, first.err) == (0, "")
    held = {path.name: path.read_bytes() for path in to.iterdir()}
    assert sorted(held) == files
    again = kansli("report", *asked, "--output", str(to))
    assert again.status == 2
    assert "skrivs inte över" in again.err
    assert {path.name: path.read_bytes() for path in to.iterdir()} == held


def test_nothing_is_published_that_nobody_has_confirmed(kansli: Kansli, tmp_path: Path) -> None:
    run = kansli("report", "public", "--output", str(tmp_path / "ut"))
    assert run.status == 1
    assert "--confirmed-by" in run.err
    assert "Utelämnat som känsligt: U2026-09." in run.out
    assert not (tmp_path / "ut").exists()


def test_a_list_is_written_as_a_workbook(kansli: Kansli, tmp_path: Path) -> None:
    for asked in (("status",), ("matrix",), ("status", "U2026-01")):
        path = tmp_path / f"{'-'.join(asked)}.xlsx"
        run = kansli(*asked, "--format", "xlsx", "--output", str(path))
        assert (run.status, run.out) == (0, f"Sparat: {path}\n")
        assert path.read_bytes().startswith(b"PK")
