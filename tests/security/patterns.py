"""Every regular expression in the program, found in its source, with how it is used."""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("workflow", "definitions", "notifications", "storage", "uppdrag")
_SEARCHING = frozenset({"search", "sub", "subn", "split", "findall", "finditer"})
_ASKED = _SEARCHING | {"match", "fullmatch", "compile"}
_WORTH_READING = re.compile(r"^import re$|\b(?:pattern|regex)=|\.(?:search|fullmatch|finditer|findall)\(", re.MULTILINE)
_FLAG = re.compile(r"re\.[A-Z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """An expression at a place. `text` is None where it is made as the program runs; `name`: what it is kept as.
    `ways`: how it is used, each as whether it may begin anywhere in a text, and whether it must read all of it."""

    file: str
    line: int
    name: str
    source: str
    text: str | bytes | None
    flags: int
    ways: frozenset[tuple[bool, bool]]

    @property
    def at(self) -> str:
        """What a list of exceptions calls it."""
        return f"{self.file}::{self.name or self.source}"


def patterns() -> Iterator[Pattern]:
    """All of them, file by file."""
    for path, tree in _trees():
        names = _kept_as(tree)
        for node, source, flags, method in _written(tree):
            name = names.get(id(node), "")
            text = _value(source, path)
            stated = _value(flags, path) if flags is not None else 0
            stated = int(stated) if isinstance(stated, int) else 0
            used = _uses(str(path) if name.startswith("_") else "")[name]
            methods = {method} if method != "compile" else used or {"search", "fullmatch"}
            anchored = isinstance(text, str) and text.startswith("^") and not stated & re.MULTILINE
            yield Pattern(
                file=str(path.relative_to(ROOT)), line=node.lineno, name=name, source=ast.unparse(source),
                text=text if isinstance(text, str | bytes) else None, flags=stated,
                ways=frozenset((one in _SEARCHING and not anchored, one == "fullmatch") for one in methods),
            )  # fmt: skip


@cache
def sources() -> dict[Path, str]:
    """The text of every file of the program."""
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return {path: path.read_text(encoding="utf-8") for path in files}


@cache
def _trees() -> tuple[tuple[Path, ast.Module], ...]:
    return tuple((path, ast.parse(text)) for path, text in sources().items() if _WORTH_READING.search(text))


@cache
def _uses(within: str) -> defaultdict[str, set[str]]:
    """By name, every method that is called on something of that name in a file, or anywhere in the program."""
    found = defaultdict[str, set[str]](set)
    for path, tree in _trees():
        if within not in str(path):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in _ASKED:
                held = node.value
                name = held.id if isinstance(held, ast.Name) else held.attr if isinstance(held, ast.Attribute) else ""
                found[name].add(node.attr)
    return found


def _written(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr, ast.expr | None, str]]:
    """Where an expression stands: the call or the keyword, the expression, its flags, and the function of `re`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        yield from ((k.value, k.value, None, "fullmatch") for k in node.keywords if k.arg in ("pattern", "regex"))
        of = node.func
        if not (isinstance(of, ast.Attribute) and isinstance(of.value, ast.Name) and of.value.id == "re"):
            continue
        if of.attr in _ASKED:
            stated = [*node.args[1:], *(k.value for k in node.keywords if k.arg == "flags")]
            flags = next((one for one in stated if _FLAG.match(ast.unparse(one))), None)
            yield node, node.args[0], flags, of.attr


def _kept_as(tree: ast.Module) -> dict[int, str]:
    """The name that a call's value is given, by the call."""
    found: dict[int, str] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=True))
            for one, value in pairs:
                name = one.id if isinstance(one, ast.Name) else one.attr if isinstance(one, ast.Attribute) else ""
                found[id(value)] = name
    return found


def _value(of: ast.expr, path: Path) -> object:
    """What an expression in a file's source comes to, None where that takes more than the module's names."""
    source = compile(ast.Expression(of), "<source>", "eval")
    try:
        return eval(source, {"re": re})  # noqa: S307 - the program's own
    except NameError:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    try:
        return eval(source, dict(vars(importlib.import_module(module))))  # noqa: S307 - the same
    except NameError:
        return None
