"""A workload whose every write is recorded, and the disks that a power cut may leave of it: each is opened and judged.

One disk by itself, with what was found on it:

    python -m tests.faults.power_images ours 10000 0 1234

that is how the database syncs (`ours`: as the program has it), how many disks there are, the seed of the first, and
which are wanted. The workload is lived anew: what is random in it is not the same as before, but the power goes at the
same place.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tests.cast import KANSLI
from tests.faults import disk_life
from tests.faults.disk import in_memory
from tests.faults.disk_life import STEPS, Wire, hurried
from tests.faults.power import KEPT, Act, Cut, Recorder, cuts
from tests.faults.syscalls import intercepted
from tests.integration.secretariat import ONE_WEEK
from uppdrag.service import commands, queries
from uppdrag.service.house import House
from workflow.commands import Advance

EVENTS = "SELECT stream, seq, chain FROM event ORDER BY stream, seq"
OURS = "ours"
"""The database syncs as the program has it do; else as this PRAGMA says."""
CHECKED = 0.4
"""How many of the disks SQLite checks whole, which takes longer than all the rest."""
PROVED = 500
"""One disk of so many is opened by the program itself and proved whole."""
_HEADS = """SELECT count(*) FROM stream s
    WHERE s.head <> (SELECT e.chain FROM event e WHERE e.stream = s.name AND e.seq = s.seq)"""


@dataclass(frozen=True, slots=True)
class Workload:
    """What was done to the files, what they were before, and what each acknowledged commit left in the log."""

    before: dict[str, bytes | None]
    acts: list[Act]
    commits: list[int]


def live(folder: Path, synchronous: str = OURS) -> Workload:
    """The short life and then a decision about each uppdrag, as a service does them; it is stopped and started once."""
    path = folder / "uppdrag.db"
    disk_life.template(path)
    recorder, commits = Recorder(), [_log(path)]
    before: dict[str, bytes | None] = {"db": path.read_bytes(), "-wal": None}
    with hurried(Wire()), intercepted(str(path), recorder.answer):
        for half in range(2):
            house = House.open(f"sqlite:///{path}")
            if synchronous != OURS:
                sa.event.listen(
                    house.database.engine, "connect", lambda c, _: c.execute(f"PRAGMA synchronous = {synchronous}")
                )
                house.database.close()
            for step in STEPS.values() if half == 0 else ():
                step(house, 0)
                _note(house, recorder, commits)
            for n in range(3, 20):
                command = Advance(actor=KANSLI, trigger="bordlagg")
                commands.handle(house, f"U2026-{n:02d}", command, now=ONE_WEEK, key=f"{half} {n}")
                _note(house, recorder, commits)
            house.database.close()
    return Workload(before, recorder.acts, commits)


def _note(house: House, recorder: Recorder, commits: list[int]) -> None:
    with house.database.reading() as session:
        commits.append(hash(tuple(session.raw(EVENTS))))
    recorder.answered(len(commits) - 1)


def _log(path: Path) -> int:
    with closing(sqlite3.connect(path)) as raw:
        return hash(tuple(raw.execute(EVENTS)))


class Judge:
    """Puts disks together in a folder, one after another, and says what is wrong with them."""

    def __init__(self, folder: Path, lived: Workload) -> None:
        self._path = folder / "disk.db"
        self._commits = lived.commits
        self._there: dict[str, bytes | None] = dict.fromkeys(KEPT)
        self.proved = 0

    def wrong(self, cut: Cut) -> str:
        """What is wrong with a disk, empty where nothing is."""
        self._put(cut)
        if cut.files["db"] is None:
            return "the database is gone"
        try:
            found = self._opened(cut)
        except sqlite3.Error as no:
            return f"cannot be read: {no}"
        if not found and cut.seed % PROVED == PROVED // 2:
            found = self._prove()
        return found

    def _put(self, cut: Cut) -> None:
        Path(f"{self._path}-shm").unlink(missing_ok=True)
        for name, content in cut.files.items():
            at = Path(f"{self._path}{'' if name == 'db' else name}")
            if content is None:
                at.unlink(missing_ok=True)
            elif content is not self._there[name]:
                at.write_bytes(content)
            self._there[name] = content

    def _opened(self, cut: Cut) -> str:
        # Reading only, or the log would be moved into the file when it is closed.
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, isolation_level=None)) as raw:
            if cut.seed % 5 < 5 * CHECKED and (found := raw.execute("PRAGMA quick_check(1)").fetchall()) != [("ok",)]:
                return f"damaged: {found}"
            log = hash(tuple(raw.execute(EVENTS)))
            if log not in self._commits:
                return "the log is none that a commit left"
            if raw.execute(_HEADS).fetchone() != (0,):
                return "a chain does not end where its stream does"
        last = len(self._commits) - 1 - self._commits[::-1].index(log)
        if last < cut.answered:
            return f"{cut.answered} commits were acknowledged, {last} are there"
        return ""

    def _prove(self) -> str:
        """As the program does, which writes: the files are put there anew for the next disk."""
        self.proved += 1
        house = House.open(f"sqlite:///{self._path}")
        findings = queries.verify(house).findings
        house.database.close()
        self._there = dict.fromkeys(KEPT)
        Path(f"{self._path}-wal").unlink(missing_ok=True)
        return "; ".join(map(str, findings))


def judged(synchronous: str, count: int, first: int = 0) -> Iterator[tuple[Cut, str]]:
    """So many disks of a workload, and what is wrong with each, empty where nothing is."""
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
        lived = live(Path(folder), synchronous)
        judge = Judge(Path(folder), lived)
        for cut in cuts(lived.before, lived.acts, count, first):
            yield cut, judge.wrong(cut)


def told(synchronous: str, count: int, first: int, cut: Cut, wrong: str) -> str:
    """A disk, how it is made again, and what is wrong with it."""
    again = f"python -m tests.faults.power_images {synchronous} {count} {first} {cut.seed}"
    return f"{again}: before act {cut.number}, {cut.way}: {wrong}"


def main(synchronous: str, count: str, first: str, *wanted: str) -> None:
    for cut, wrong in judged(synchronous, int(count), int(first)):
        if str(cut.seed) in wanted:
            sys.stdout.write(told(synchronous, int(count), int(first), cut, wrong or "whole") + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
