"""A disk that is full, can only be read, or whose database somebody else holds: from one moment to another."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Literal

from tests.faults.syscalls import WRITES, Call, intercepted
from uppdrag.service.house import House

Kind = Literal["full", "readonly", "busy"]
KINDS: tuple[Kind, ...] = ("full", "readonly", "busy")
_CHANGING = (*WRITES, "ftruncate", "unlink")
_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass
class Disk:
    """The disk under a house, whose calls are intercepted. `refused`: how many of them it has refused."""

    path: str
    now: Kind | None = None
    refused: int = 0

    def answer(self, call: Call) -> int:
        code = self._wrong_with(call)
        if not code:
            return call.through()
        self.refused += 1
        return call.fail(code)

    def _wrong_with(self, call: Call) -> int:
        if self.now == "full" and call.name in (*WRITES, "ftruncate"):
            return errno.ENOSPC
        opens = call.name == "open" and call.arguments[1] & _TO_WRITE
        if self.now == "readonly" and (opens or call.name in _CHANGING):
            return errno.EROFS
        return 0

    @contextmanager
    def trouble(self, kind: Kind) -> Iterator[None]:
        """While this lasts the database cannot be written."""
        self.now = kind
        try:
            if kind != "busy":
                yield
                return
            with closing(sqlite3.connect(self.path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                yield
                other.execute("ROLLBACK")
        finally:
            self.now = None


@contextmanager
def under(house: House) -> Iterator[Disk]:
    """The disk under a house. Whoever waits for a lock there waits for a third of a second, not half a minute."""
    disk = Disk(house.database.path)
    house.database.close()  # what was opened before could not be intercepted
    with intercepted(disk.path, disk.answer, waits_at_most=1_000):
        yield disk
        house.database.close()
