"""Killed, refused or cut short at any call on the database's files: what was answered is there, the rest is whole or
not there at all, what was told is true, and all goes on without a restart.

A failure says how its case is run by itself: `python -m tests.faults.disk_server eio:417:50`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest

from tests.faults.at_the_disk import the_disk
from tests.faults.disk import KINDS, Fault, Made, faults
from tests.reliability import Tried

__all__ = ["the_disk"]

IN_CI, IN_SOAK, AT_ONCE = 300, 3_000, 2
_BEFALLS = {
    "kill": "dödad vid ett anrop", "torn": "halv skrivning, sedan dödad", "short": "halv skrivning, sedan fel (EIO)",
    "eio": "ett anrop svarar fel (EIO)", "eio_stays": "disken svarar fel (EIO) tills det har sagts",
    "enospc": "ett anrop får inte plats (ENOSPC)", "enospc_stays": "disken är full (ENOSPC) tills det har sagts",
}  # fmt: skip
_FORGETFUL = """
from contextlib import suppress
from storage.database import Database
said = Database._say
def forgetful(database, pooled, word):
    with suppress(Exception if word == "COMMIT" else ()):
        said(database, pooled, word)
Database._say = forgetful
"""
"""A database that takes every commit for done."""


def lives(arguments: Sequence[str], planted: str = "") -> subprocess.CompletedProcess[str]:
    """The fork server at work, with a bug planted in what it tests where there is one."""
    code = f"import sys\n{planted}\nfrom tests.faults.disk_server import main\nmain(sys.argv[1:])"
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("the_disk")
@pytest.mark.parametrize(
    ("count", "part"),
    [
        *((IN_CI, part) for part in range(AT_ONCE)),
        *(pytest.param(IN_SOAK, part, marks=pytest.mark.soak) for part in range(AT_ONCE)),
    ],
)
def test_nothing_is_lost_or_done_twice_whichever_call_fails(count: int, part: int, tried: Tried) -> None:
    lived = lives(("--count", f"{count}/{part}/{AT_ONCE}"))
    assert lived.returncode == 0, lived.stdout or lived.stderr
    struck = json.loads(lived.stdout)
    assert struck.keys() == set(KINDS)
    assert sum(struck.values()) == count // AT_ONCE
    for kind, times in struck.items():
        tried("Disken", _BEFALLS[kind], times, "det kvitterade fanns kvar, inget halvt, inget två gånger")


@pytest.mark.usefixtures("the_disk")
def test_a_commit_that_failed_and_was_answered_all_the_same_is_found() -> None:
    lived = lives(("--count", "21/0/1"), planted=_FORGETFUL)
    assert lived.returncode == 1
    assert "python -m tests.faults.disk_server" in lived.stdout, "and how it is tried again"


def test_faults_are_spread_over_every_kind_and_every_call() -> None:
    made = [Made(name, "db") for name in ("open", "pread", "fdatasync")] + [Made("pwrite", "-wal")] * 97
    chosen = faults(made, 70)
    assert len(set(chosen)) == 70
    assert {kind: sum(f.kind == kind for f in chosen) for kind in KINDS} == dict.fromkeys(KINDS, 10)
    assert {made[f.number - 1].name for f in chosen if f.kind == "kill"} == {"open", "pread", "fdatasync", "pwrite"}
    writes = sorted(f.number for f in chosen if f.kind == "torn")
    assert writes[0] < 20, "and from the first of many"
    assert writes[-1] > 80, "to the last"
    assert Fault("enospc", 1) in chosen
    assert not any(f.kind == "enospc" and made[f.number - 1].name == "pread" for f in chosen)
