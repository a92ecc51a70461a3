"""What the program is made of, as the locks have it: names, versions and the hashes that an installation demands."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parents[2]
PYTHON_LOCKS = ("server", "run", "check", "bench", "node")
SHIPPED = "server"
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=(sha\d+):([0-9a-f]+)")


@dataclass(frozen=True, slots=True, order=True)
class Locked:
    """A package of PyPI's or npm's. `hashes` are pairs of algorithm and hex; `shipped`: it runs on a server, rather
    than only where the program is built, tried or measured. `licence` is npm's word for it."""

    kind: Literal["pypi", "npm"]
    name: str
    version: str
    hashes: frozenset[tuple[str, str]]
    shipped: bool
    licence: str = ""


def python(*names: str) -> list[Locked]:
    """The packages of some locks, each once."""
    found: dict[tuple[str, str], Locked] = {}
    shipped = {(name, version) for name, version, _ in _read(SHIPPED)}
    for lock in names or PYTHON_LOCKS:
        for name, version, hashes in _read(lock):
            known = found.get((name, version))
            merged = hashes | (known.hashes if known else frozenset())
            found[name, version] = Locked("pypi", name, version, merged, (name, version) in shipped)
    return sorted(found.values())


def npm() -> list[Locked]:
    """The packages of package-lock.json."""
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    found = []
    for path, one in packages.items():
        if path:
            algorithm, _, digest = one["integrity"].partition("-")
            hashes = frozenset({(algorithm, b64decode(digest).hex())})
            name = path.removeprefix("node_modules/")
            found.append(Locked("npm", name, one["version"], hashes, not one.get("dev", False), one["license"]))
    return sorted(found)


def _read(lock: str) -> list[tuple[str, str, frozenset[tuple[str, str]]]]:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    matches = ((_LOCKED.match(line), line) for line in text.splitlines())
    return [(match[1], match[2], frozenset(_HASH.findall(line))) for match, line in matches if match]
