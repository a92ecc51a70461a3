"""The tests have teeth: with a bug planted in a copy of the program, the test that is for it fails.

`make teeth` plants them all, one at a time. One by itself: `make teeth ARGS="-k 'lease without a fence'"`.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reliability import Tried
from tests.teeth.planted import PLANTED, Planted

_ROOT = Path(__file__).parents[2]
_ROOMS = ("workflow", "definitions", "notifications", "storage", "uppdrag", "tests", "docs", "requirements")
_FILES = ("pyproject.toml", "README.md", "CHANGELOG.md")
_NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}


@pytest.mark.teeth
@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.bug)
def test_a_planted_bug_is_caught_by_its_test(planted: Planted, tmp_path: Path, tried: Tried) -> None:
    _copy_to(tmp_path)
    whole = _run(planted.caught_by, tmp_path)
    assert whole.returncode == 0, f"without the bug: {whole.stdout[-2000:]}"
    path = tmp_path / planted.file
    path.write_text(path.read_text(encoding="utf-8").replace(planted.right, planted.wrong), encoding="utf-8")
    broken = _run(planted.caught_by, tmp_path)
    assert broken.returncode == 1, broken.stdout[-2000:]
    assert " failed" in broken.stdout, broken.stdout[-2000:]  # by what it asserts, not by a file that cannot be read
    tried("Testerna", "fel som någon kunde göra, inplanterade ett i taget", 1, "vart och ett fångades av sitt test")


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.bug)
def test_what_is_planted_still_stands_in_the_program(planted: Planted) -> None:
    """Cheap enough for every run: else a bug would one day be planted in nothing, or for a test that has gone."""
    assert (_ROOT / planted.file).read_text(encoding="utf-8").count(planted.right) == 1
    path, name = planted.caught_by.partition("[")[0].split("::")
    tree = ast.parse((_ROOT / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


def test_no_bug_is_planted_twice() -> None:
    assert len({planted.bug for planted in PLANTED}) == len(PLANTED) >= 25


def _copy_to(folder: Path) -> None:
    for room in _ROOMS:
        shutil.copytree(_ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"), symlinks=True)
    for name in _FILES:
        shutil.copy(_ROOT / name, folder / name)


def _run(test: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """One test of the copy in this folder."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=short", test]
    environment = {**os.environ, **_NO_BYTECODE, "PYTHONPATH": str(folder), "PYTEST_ADDOPTS": ""}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
