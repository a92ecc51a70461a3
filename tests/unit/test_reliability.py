"""The table of what was tried: told by the tests, summed over processes, and written only when all held."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from tests.reliability import Row, page
from workflow.calendar import STOCKHOLM

_ROOT = Path(__file__).parents[2]
_TESTS = """
import pytest

@pytest.mark.parametrize("part", [1, 2])
def test_sums(tried, part):
    tried("Disken", "strömavbrott", 10_000, "inget saknades")

def test_silent():
    assert True
"""


def test_the_rows_of_all_processes_are_summed_and_written_when_all_held(tmp_path: Path) -> None:
    written = _run(tmp_path, _TESTS)
    text = (tmp_path / "out.md").read_text(encoding="utf-8")
    assert written.returncode == 0
    assert "| strömavbrott | 20\N{NO-BREAK SPACE}000 | inget saknades | `test_inner.py::test_sums` |" in text
    assert "Disken: strömavbrott: 20\N{NO-BREAK SPACE}000: inget saknades" in written.stdout
    assert "2 passed" in written.stdout  # what tells nothing was left out


def test_nothing_is_written_when_something_fell(tmp_path: Path) -> None:
    fallen = _run(tmp_path, _TESTS + "\ndef test_falls(tried):\n    assert False\n")
    assert fallen.returncode == 1
    assert not (tmp_path / "out.md").exists()
    assert "skrevs inte: test_inner.py::test_falls" in fallen.stdout


def test_the_page_holds_what_the_tests_tell() -> None:
    """A campaign that came or went after the page was written shows here: run `make reliability` again."""
    shown = set(re.findall(r"`(tests/[^`]+)`", (_ROOT / "docs/reliability.md").read_text(encoding="utf-8")))
    assert _telling(soak=False) <= shown <= _telling(soak=True)


def test_rows_stand_in_order_under_their_rooms() -> None:
    rows = {Row("B", "b", "höll", "t"): 1, Row("A", "z", "höll", "t"): 2, Row("A", "a", "höll", "t"): 1_000_000}
    lines = page(rows, datetime(2026, 11, 22, tzinfo=STOCKHOLM), long=False).splitlines()
    assert [line for line in lines if line.startswith(("## ", "| a", "| z", "| b"))] == [
        "## A", "| a | 1\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}000 | höll | `t` |", "| z | 2 | höll | `t` |",
        "## B", "| b | 1 | höll | `t` |",
    ]  # fmt: skip


def _run(folder: Path, tests: str) -> subprocess.CompletedProcess[str]:
    """A run of its own over these tests, in two processes."""
    (folder / "test_inner.py").write_text(tests, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "tests.reliability", "--reliability=out.md"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=_environment())


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8"}


def _telling(*, soak: bool) -> set[str]:
    """Every test that asks for `tried`, by file and name; with those that are for `make soak` only, or without."""
    found = set()
    for path in sorted((_ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                names = {argument.arg for argument in node.args.args + node.args.kwonlyargs}
                marks = {ast.unparse(decorator) for decorator in node.decorator_list}
                if "tried" in names and (soak or "pytest.mark.soak" not in marks):
                    found.add(f"{path.relative_to(_ROOT)}::{node.name}")
    return found
