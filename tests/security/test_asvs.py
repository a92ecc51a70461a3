"""The table of ASVS: every requirement once, and what is said to show it is there."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from tests.security import asvs

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
REQUIREMENTS = list(asvs.requirements())


def _tests() -> set[str]:
    """Every test there is, as `file::test`, found without running anything."""
    found = set[str]()
    for file in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found.add(f"{file.relative_to(ROOT / 'tests')}::{node.name}")
    return found


def _headings(file: str) -> set[str]:
    page = DOCS / file
    lines = page.read_text(encoding="utf-8").splitlines() if page.is_file() else []
    return {line.lstrip("#").strip() for line in lines if line.startswith("#")}


def test_the_page_is_that_of_the_data() -> None:
    written = (DOCS / "asvs.md").read_text(encoding="utf-8")
    assert written == asvs.render(), "python -m tests.security.asvs > docs/asvs.md"


def test_every_requirement_of_levels_1_and_2_is_there_once() -> None:
    wanted = {number for number, level in asvs.levels().items() if level in "12"}
    counted = Counter(one.number for one in REQUIREMENTS)
    assert set(counted) == wanted
    assert max(counted.values()) == 1
    assert Counter(asvs.levels().values()) == {"1": 70, "2": 183, "3": 92}, "as the standard counts them"


def test_what_is_said_to_show_it_is_there() -> None:
    tests = _tests()
    wrong = []
    for one in REQUIREMENTS:
        if one.kind == "test":
            wrong += [f"{one.number}: {e}" for e in one.evidence if e not in tests]
        elif one.kind == "dokument":
            pairs = [e.partition("#") for e in one.evidence]
            wrong += [f"{one.number}: {f}#{h}" for f, _, h in pairs if h not in _headings(f)]
    assert not wrong
    assert len(tests) > 1_000, "the tests were found"


def test_each_says_what_its_kind_wants() -> None:
    for one in REQUIREMENTS:
        assert one.asked, one.number
        assert bool(one.evidence) == (one.kind in ("test", "dokument")), one.number
        assert one.note or one.kind in ("test", "dokument"), f"{one.number} does not say why"
        assert not set(";|\n") & set(one.asked + one.note), one.number
