"""A fork server: all is imported and the database made once; each case is a fork that lives on a disk with one fault.

One case by itself, with what was told and found:

    python -m tests.faults.disk_server kill:417 short:96:12

A case is the kind of fault, the number of the call that it befalls and, for what is torn, how many percent are written.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from traceback import format_exc
from typing import Any, cast

from tests.faults import disk_life
from tests.faults.disk import KINDS, Disk, Fault, Made, faults, in_memory
from tests.faults.disk_life import STEPS, Wire, hurried
from tests.faults.syscalls import intercepted
from uppdrag import words
from uppdrag.service import queries
from uppdrag.service.house import House
from workflow.errors import StorageUnavailable

TRIES = 4
"""How often a step is tried: somebody who was told that it did not go tries again. The third time the fault is over."""
OPENING = "öppna"
TRUE = ("busy", "full", "readonly", "uncertain", "io", "unopened", "damaged")
"""What may be told of a disk with a fault. Not that the database is missing or elsewhere: it is not."""


@dataclass(slots=True)
class Life:
    """What came out of one life: its reports in order, and what was wrong with it."""

    fault: Fault
    reports: list[list[Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    struck: bool = False

    def of(self, kind: str) -> list[list[Any]]:
        return [rest for what, *rest in self.reports if what == kind]


class Server:
    """Lives and what is found afterwards, one after another in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._template, self._path = folder / "mall.db", folder / "uppdrag.db"
        disk_life.template(self._template)
        for _ in range(2):  # the first life reads more, for nothing is known yet
            self.made, self._whole = self._without_faults()
        gc.collect()
        gc.freeze()  # what a fork only reads need not be copied
        gc.disable()

    def live(self, fault: Fault) -> Life:
        """A life with a fault, in a process of its own, and what must hold after it."""
        life = Life(fault)
        self._fresh()
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(ours)
            _in_the_fork(self._path, fault, theirs)
        os.close(theirs)
        with os.fdopen(ours, encoding="utf-8") as lines:
            life.reports = [json.loads(line) for line in lines if line.endswith("\n")]
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        life.struck = killed or [True] in life.of("struck")
        life.wrong += [f"raised: {text}" for (text,) in life.of("raised")]
        if not killed and (status or not life.of("ended")):
            life.wrong.append(f"ended with {status}")
        try:
            life.wrong += [*_truths(life), *self._afterwards(life)]
        except Exception:  # noqa: BLE001 - whatever it was, it belongs to this case and is told with it
            life.wrong.append(format_exc())
        return life

    def _afterwards(self, life: Life) -> Iterator[str]:
        """The database is whole, and doing everything again leaves what a life without faults does."""
        with closing(sqlite3.connect(self._path)) as raw:
            if (found := raw.execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
                yield f"integrity: {found}"
        url = f"sqlite:///{self._path}"
        house = House.open(url)
        yield from map(str, queries.verify(house).findings)
        yield from _unclaimed(house, life)
        done = {step: events for step, events, _ in life.of("done")}
        with hurried(Wire()):
            for name, step in STEPS.items():
                again = step(house, TRIES + list(STEPS).index(name) // 3)
                if name in done and [*again.events] != done[name]:
                    yield f"{name} was answered {done[name]}, then {again}"
                if done.get(name) and not again.repeated:
                    yield f"{name} was answered and then done again: {again}"
        state = disk_life.state(house)
        house.database.close()
        for table, rows in state.items():
            if rows != self._whole[table]:
                yield f"{table}: {set(rows) ^ set(self._whole[table])}"

    def _without_faults(self) -> tuple[list[Made], dict[str, list[str]]]:
        self._fresh()
        disk = Disk()
        with hurried(Wire()), intercepted(str(self._path), disk.answer):
            house = House.open(f"sqlite:///{self._path}")
            for step in STEPS.values():
                step(house, 0)
            house.database.close()
        house = House.open(f"sqlite:///{self._path}")
        state = disk_life.state(house)
        house.database.close()
        return disk.made, state

    def _fresh(self) -> None:
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{self._path}{ending}").unlink(missing_ok=True)
        shutil.copy(self._template, self._path)


def _in_the_fork(path: Path, fault: Fault, out: int) -> None:
    """Live, tell what happens as it happens, and end the process whatever happens."""

    def tell(*what: object) -> None:
        os.write(out, json.dumps(what).encode() + b"\n")

    ended = 1
    try:
        disk = Disk(fault)
        with hurried(Wire(lambda *mail: tell("sent", *mail))), intercepted(str(path), disk.answer, waits_at_most=100):
            _live(path, disk, tell)
        tell("struck", disk.struck)
        tell("ended")
        ended = 0
    except BaseException:  # noqa: BLE001 - the parent is to see it
        tell("raised", format_exc())
    finally:
        os._exit(ended)


def _live(path: Path, disk: Disk, tell: Any) -> None:
    houses: list[House] = []

    def opened(_: House | None, __: int) -> disk_life.Done:
        houses.append(House.open(f"sqlite:///{path}"))
        return disk_life.Done()

    for name, step in ((OPENING, opened), *STEPS.items()):
        for attempt in range(TRIES):
            try:
                done = step(houses[0] if houses else cast("House", None), attempt)
            except StorageUnavailable as no:
                tell("told", name, no.code, words.error(no)[0])
                if attempt:
                    disk.end()
            else:
                tell("done", name, done.events, done.repeated)
                break
        else:
            raise AssertionError(f"{name} never went again, though the fault was over")
    houses[0].database.close()


def _truths(life: Life) -> Iterator[str]:
    """What was told was so: known names only, and nothing had been done where that was said."""
    last: dict[str, str] = {}
    for what, *rest in life.reports:
        if what == "told":
            name, code, sentence = rest
            last[name] = code if last.get(name) != "uncertain" else "uncertain"
            if code not in TRUE:
                yield f"{name}: {code} {sentence}"
        elif what == "done":
            name, _, repeated = rest
            if repeated and last.get(name) != "uncertain":
                yield f"{name}: told {last.get(name)}, though it had been recorded"


def _unclaimed(house: House, life: Life) -> Iterator[str]:
    """Every mail that was handed over had been claimed, and its bytes kept."""
    with house.database.reading() as session:
        rows = session.raw("SELECT m.recipient, l.raw, m.status FROM letter l JOIN message m ON m.id = l.message")
        kept = {(to, sha256(raw).hexdigest()): status for to, raw, status in cast("Any", rows)}
    for to, digest in life.of("sent"):
        if kept.get((to, digest), "koad") == "koad":
            yield f"a mail to {to} left and is not claimed"


def told_of(life: Life) -> str:
    """A life's case, and what was wrong with it."""
    case = f"{life.fault.kind}:{life.fault.number}:{life.fault.part}"
    return "\n".join([f"python -m tests.faults.disk_server {case}", *life.wrong])


def _asked(cases: Sequence[str]) -> Iterator[Fault]:
    for case in cases:
        kind, number, *part = case.split(":")
        if kind not in KINDS:
            raise SystemExit(f"{kind} is none of: {', '.join(KINDS)}")
        yield Fault(kind, int(number), *map(int, part))


def main(arguments: Sequence[str]) -> None:
    """Live the cases that are asked for, or with `--count N/PART/PARTS` a part of N over all calls. The last line
    says how many lives of each kind were struck, as JSON."""
    counted: dict[str, int] = {}
    wrong = 0
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
        server = Server(Path(folder))
        if arguments[:1] == ["--count"]:
            count, part, parts = map(int, arguments[1].split("/"))
            chosen, enough = iter(faults(server.made, sys.maxsize)[part::parts]), len(range(part, count, parts))
        else:
            chosen, enough = _asked(arguments), sys.maxsize
        for fault in chosen:
            life = server.live(fault)
            if enough == sys.maxsize:
                say(server.made[fault.number - 1], *life.reports)
            counted[fault.kind] = counted.get(fault.kind, 0) + life.struck
            if life.wrong:
                wrong += 1
                say(told_of(life))
            if sum(counted.values()) >= enough:
                break
    say(json.dumps(counted))
    sys.exit(1 if wrong else 0)


def say(*lines: object) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main(sys.argv[1:])
