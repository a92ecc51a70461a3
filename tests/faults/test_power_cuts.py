"""The power goes at any write: every commit that was acknowledged is there, and the log is one that a commit left."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults.at_the_disk import the_disk
from tests.faults.power import Act, Cut, cuts
from tests.faults.power_images import OURS, judged, told
from tests.reliability import Tried

__all__ = ["the_disk"]

IN_CI, IN_SOAK = 10_000, 100_000


@pytest.mark.usefixtures("the_disk")
@pytest.mark.parametrize(
    ("count", "first"),
    [(IN_CI, 0), (IN_CI, IN_CI), *(pytest.param(IN_SOAK, n * IN_SOAK, marks=pytest.mark.soak) for n in (1, 2))],
)
def test_every_acknowledged_commit_is_there_whenever_the_power_goes(count: int, first: int, tried: Tried) -> None:
    ways: Counter[str] = Counter()
    for cut, wrong in judged(OURS, count, first):
        assert not wrong, told(OURS, count, first, cut, wrong)
        ways[cut.way] += 1
    assert sum(ways.values()) == count
    for way, what in (
        ("none", "inget efter den sista synkningen"), ("all", "allt efter den"),
        ("some", "slumpvisa sektorer, i någon ordning"), ("torn", "den sista skrivningen halv"),
    ):  # fmt: skip
        tried("Disken", f"strömavbrott vid varje skrivning: {what}", ways[way], "varje kvitterat kommando fanns kvar")


@pytest.mark.usefixtures("the_disk")
def test_a_database_that_does_not_sync_each_commit_loses_some(tried: Tried) -> None:
    """With synchronous=NORMAL, which others use. The checks would see it, were ours like that."""
    wrong = [found for _, found in judged("NORMAL", 600) if found]
    assert len(wrong) > 50
    assert any("commits were acknowledged" in one for one in wrong)
    tried("Disken", "strömavbrott med synchronous=NORMAL", 600, "kvitterade kommandon saknades, så kontrollen biter")


BEFORE = {"db": b"aaaa" * 1024, "-wal": None}
ACTS = [
    Act("make", "-wal"), Act("write", "-wal", 0, b"1" * 8192), Act("sync", "-wal"), Act("sync", "folder"),
    Act("answered", at=1), Act("write", "-wal", 4096, b"2" * 4096), Act("write", "-wal", 0, b"3" * 4096),
    Act("sync", "-wal"), Act("answered", at=2), Act("write", "db", 0, b"b" * 4096), Act("sync", "db"),
    Act("remove", "-wal"),
]  # fmt: skip


def _disks(number: int) -> list[Cut]:
    return [cut for cut in cuts(BEFORE, ACTS, 3_000) if cut.number == number]


def test_what_was_synced_is_on_every_disk_and_what_was_not_is_there_in_every_way() -> None:
    assert {c.answered for c in _disks(5)} == {1}
    assert {c.files["-wal"] for c in _disks(5)} == {b"1" * 8192}
    halves = {((c.files["-wal"] or b"")[:4096], (c.files["-wal"] or b"")[4096:]) for c in _disks(7)}
    first, second = (b"1" * 4096, b"3" * 4096), (b"1" * 4096, b"2" * 4096)
    assert {(a, b) for a in first for b in second} <= halves, "none, both, and either of the two without the other"
    assert any(set(a) == set(b"13") for a, _ in halves), "and one torn"
    assert {c.files["-wal"] for c in _disks(9)} == {b"3" * 4096 + b"2" * 4096}
    assert {c.files["db"] for c in _disks(9)} == {BEFORE["db"]}


def test_a_file_that_was_made_or_removed_may_be_there_or_not_until_its_folder_is_synced() -> None:
    assert {c.files["-wal"] for c in _disks(3)} == {None, b"1" * 8192}, "it is synced, its folder is not"
    assert None not in {c.files["-wal"] for c in _disks(5)}
    at_the_end = {c.files["-wal"] for c in _disks(len(ACTS))}
    assert at_the_end == {None, b"3" * 4096 + b"2" * 4096}
