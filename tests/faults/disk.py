"""Faults of a disk: a call on the database's files is where the process dies, or is answered with an error."""

from __future__ import annotations

import errno
import os
import signal
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Literal, TypeVar

from tests.faults.syscalls import SYNCS, WRITES, Call

T = TypeVar("T")
Kind = Literal["kill", "torn", "eio", "eio_stays", "short", "enospc", "enospc_stays"]
"""Killed before the call, or when part of it was written; an error once, or until somebody was told; part of it written
and then an error; no space once, or until somebody was told."""
KINDS: tuple[Kind, ...] = ("kill", "torn", "eio", "eio_stays", "short", "enospc", "enospc_stays")
_FILLING = (*WRITES, *SYNCS, "ftruncate", "open")
_UNHARMED = ("close",)
"""The system lets go of a file also where it answers with an error, and SQLite does not ask how it went."""


@dataclass(frozen=True, slots=True)
class Made:
    """A call as it was made in a life without faults."""

    name: str
    file: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls the call with a number, the first being 1, or the next one after it that it can befall."""

    kind: Kind
    number: int
    part: int = 50
    """How much of a torn write reaches the file, in percent."""

    def befalls(self, name: str) -> bool:
        match self.kind:
            case "kill":
                return True
            case "torn" | "short":
                return name in WRITES
            case "eio" | "eio_stays":
                return name not in _UNHARMED
            case "enospc" | "enospc_stays":
                return name in _FILLING


class Disk:
    """Answers calls on the database's files: one of them with a fault, the others as they should be."""

    def __init__(self, fault: Fault | None = None) -> None:
        self.fault = fault
        self.made: list[Made] = []
        self.struck = False
        self._ended = False
        self._rest_fails = False

    def end(self) -> None:
        """The fault is over: there is space again, the disk has been changed."""
        self._ended = self.struck

    def answer(self, call: Call) -> int:
        self.made.append(Made(call.name, file_of(call.path)))
        fault = self.fault
        if fault is None or self._ended or len(self.made) < fault.number or not fault.befalls(call.name):
            return call.through()
        lasts = fault.kind.endswith("_stays")
        if self.struck and not lasts:
            if self._rest_fails and call.name in WRITES:
                self._rest_fails = False
                return call.fail(errno.EIO)
            return call.through()
        self.struck = True
        match fault.kind:
            case "kill":
                return _die()
            case "torn":
                call.partly(call.size * fault.part // 100)
                return _die()
            case "short":  # the system has written so much, and says what is wrong when it is asked for the rest
                self._rest_fails = True
                return call.partly(max(1, call.size * fault.part // 100)) if call.size > 1 else call.fail(errno.EIO)
            case "eio" | "eio_stays":
                return call.fail(errno.EIO)
            case "enospc" | "enospc_stays":
                return call.fail(errno.ENOSPC)


def faults(made: Sequence[Made], count: int) -> list[Fault]:
    """So many faults, spread evenly over the calls that a life made: as many of each kind, and of each kind one at each
    sort of call on each file before there are two. The same each time."""
    sorts: dict[Kind, dict[tuple[str, str], list[int]]] = {kind: defaultdict(list) for kind in KINDS}
    for number, one in enumerate(made, 1):
        for kind in KINDS:
            if Fault(kind, number).befalls(one.name):
                sorts[kind][one.name, one.file].append(number)
    kinds = []
    for kind, of in sorts.items():
        numbers = list(_in_turn([list(_spread(numbers)) for _, numbers in sorted(of.items())]))
        kinds.append([Fault(kind, n, part) for part in (50, 1, 99, 12, 88) for n in numbers])
    return list(islice(_in_turn(kinds), count))


def _in_turn(rows: Sequence[Sequence[T]]) -> Iterator[T]:
    """The first of each row, then the second of each, until the longest ends."""
    for rank in zip_longest(*rows):
        yield from (one for one in rank if one is not None)


def _spread(numbers: Sequence[int]) -> Iterator[int]:
    """The middle one, then the middle of each half, and so on: however many are taken, they lie far apart."""
    waiting = [(0, len(numbers))]
    for first, last in waiting:
        if first < last:
            middle = (first + last) // 2
            yield numbers[middle]
            waiting += [(first, middle), (middle + 1, last)]


def file_of(path: str) -> str:
    """Which of the database's files it is: `db`, `-wal`, `-shm`, `-journal`, or `folder`."""
    name = Path(path).name
    for ending in ("-wal", "-shm", "-journal"):
        if name.endswith(ending):
            return ending
    return "db" if name.endswith(".db") else "folder"


def _die() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("killed")


def in_memory() -> str | None:
    """A folder whose files are in memory, None where there is none and the usual one must do."""
    folder = "/dev/shm"  # noqa: S108 - each one makes a folder of its own in it, under a name that nobody can foresee
    return folder if Path(folder).is_dir() else None
