"""The power goes: what a workload wrote, truncated, removed and synced, and the disks that may be left of it.

What was synced is there. Of what was written to a file since it was last synced, each sector holds any of the versions
that it has had since: that is none of the writes, all, some, the last one torn, and any order of them. A file that was
made or removed is so for certain only when its folder has been synced.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Literal

from tests.faults.disk import file_of
from tests.faults.syscalls import SYNCS, WRITES, Call

KEPT = ("db", "-wal")
"""The files that outlive a power cut. What is in `-shm` is not trusted by anybody who finds it there."""
SECTORS = (512, 4096)
Way = Literal["none", "all", "some", "torn"]
WAYS: tuple[Way, ...] = ("some", "torn", "some", "none", "some", "all")


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to a file: `write` of `data` at `at`, `truncate` to `at`, `make`, `remove`, `sync`; `sync` of the
    folder; or `answered`, when so many commits (`at`) had been acknowledged."""

    kind: str
    file: str = ""
    at: int = 0
    data: bytes = b""


@dataclass
class Recorder:
    """Writes down what is done to a database's files."""

    acts: list[Act] = field(default_factory=list)

    def answer(self, call: Call) -> int:
        file, result = file_of(call.path), 0
        if call.name == "open" and file in KEPT and not Path(call.path).exists():
            self.acts.append(Act("make", file))
        data = call.data if call.name in WRITES else b""
        result = call.through()
        if result < 0 or file not in (*KEPT, "folder"):
            return result
        if call.name == "pwrite":
            self.acts.append(Act("write", file, call.arguments[3], data[:result]))
        elif call.name == "ftruncate":
            self.acts.append(Act("truncate", file, call.arguments[1]))
        elif call.name == "unlink":
            self.acts.append(Act("remove", file))
        elif call.name in SYNCS:
            self.acts.append(Act("sync", file))
        elif call.name == "write":
            raise AssertionError("SQLite writes where a file happens to stand; the recorder does not know where")
        return result

    def answered(self, commits: int) -> None:
        """So many commits have been acknowledged."""
        self.acts.append(Act("answered", at=commits))


@dataclass(slots=True)
class OnDisk:
    """A file: what is certain, and what has been done to it since. `named`: its name is in its folder for certain."""

    certain: bytes | None
    since: list[Act] = field(default_factory=list)
    named: bool = True

    def now(self) -> bytes | None:
        """As a program sees it, to which everything has happened."""
        return _done(self.certain, self.since)


@dataclass(frozen=True, slots=True)
class Cut:
    """A disk after the power went before the act with a number. `answered`: the commits acknowledged by then."""

    number: int
    way: Way
    seed: int
    answered: int
    files: dict[str, bytes | None]


def cuts(start: dict[str, bytes | None], acts: Sequence[Act], count: int, first: int = 0) -> Iterator[Cut]:
    """So many disks, cut at every act, each time in another way; the same for the same acts and `first` seed."""
    writes = sum(act.kind != "answered" for act in acts) + 1
    files = {name: OnDisk(start.get(name)) for name in KEPT}
    answered = made = passed = 0
    for number, act in enumerate((*acts, Act("answered", at=-1))):
        if act.kind == "answered":
            answered = max(answered, act.at)
            if act.at >= 0:
                continue
        passed += 1
        while made < count * passed // writes:
            way = WAYS[made % len(WAYS)]
            seed = first + made
            yield Cut(number, way, seed, answered, {n: _left(f, way, Random(seed)) for n, f in files.items()})
            made += 1
        _do(files, act)


def _do(files: dict[str, OnDisk], act: Act) -> None:
    if act.kind == "sync" and act.file != "folder":
        file = files[act.file]
        if (now := file.now()) is not None:
            file.certain, file.since = now, []
    elif act.kind == "sync":
        for file in files.values():
            file.named = True
            if file.now() is None:
                file.certain, file.since = None, []
    elif act.kind != "answered":
        files[act.file].since.append(act)
        if act.kind == "make":
            files[act.file].named = False


def _left(file: OnDisk, way: Way, chance: Random) -> bytes | None:
    """What is left of a file of which some has not been synced."""
    if not file.named and (way == "none" or (way == "some" and chance.random() < 0.3)):
        return None
    if not file.since:
        return file.certain
    match way:
        case "none":
            return file.certain
        case "all":
            return file.now()
        case "torn":
            return _done(file.certain, _torn(file.since, chance))
        case "some":
            return _some(file, chance)


def _torn(since: Sequence[Act], chance: Random) -> list[Act]:
    """All but the last few, and part of the next."""
    if not since:
        return []
    last = max(0, len(since) - 1 - chance.choice((0, 0, 0, 1, 2, 5)))
    act = since[last]
    return [*since[:last], Act(act.kind, act.file, act.at, act.data[: chance.randrange(len(act.data) + 1)])]


def _some(file: OnDisk, chance: Random) -> bytes | None:
    """Of each sector any of its versions, of the length any, and of a file that was made or removed either."""
    versions: list[bytes | None] = [file.certain]
    step = max(1, len(file.since) // 4)
    for n in range(0, len(file.since), step):
        versions.append(_done(versions[-1], file.since[n : n + step]))
    there = [v for v in versions if v is not None]
    if not there or chance.choice(versions) is None:
        return None
    length, sector = len(chance.choice(there)), chance.choice(SECTORS)
    left = bytearray(length)
    for at in range(0, length, sector):
        version = chance.choice(there)[at : min(at + sector, length)]
        left[at : at + len(version)] = version
    return bytes(left)


def _done(before: bytes | None, acts: Sequence[Act]) -> bytes | None:
    """What acts make of a file."""
    if not acts:
        return before
    left = None if before is None else bytearray(before)
    for act in acts:
        if act.kind == "remove":
            left = None
            continue
        left = bytearray() if left is None else left
        if act.kind == "truncate":
            del left[act.at :]
            left.extend(bytes(act.at - len(left)))
        elif act.kind == "write":
            left.extend(bytes(max(0, act.at - len(left))))
            left[act.at : act.at + len(act.data)] = act.data
    return None if left is None else bytes(left)
