"""Whatever is in a file from outside, it is read or refused in words, in little time and room, and nothing is written.

`python -m tests.faults.test_fuzzed_parsers XLSX 17` reads file number 17 by itself and shows it.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

import pytest

from tests.faults.mangling import mangled, mangled_archive, numbers, smaller
from tests.faults.parsers import PARSERS, Parser
from tests.reliability import Tried

SEED = 20260327
CI, SOAK = 10_000, 200_000
PARTS = 4
LONGEST = 3.0
"""Seconds of the processor's time that one file may take. Those that are read take a few thousandths."""
ROOM = 150_000
"""kB that the process may grow by at most while a campaign goes on."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_ACTS = frozenset({
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.system",
    "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen", "socket.connect", "socket.getaddrinfo", "shutil.rmtree",
    "tempfile.mkstemp", "tempfile.mkdtemp", "sqlite3.connect", "webbrowser.open",
})  # fmt: skip
_seen: list[str] | None = None


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if _seen is None:
        return
    if event in _ACTS:
        _seen.append(f"{event} {arguments!r}")
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
        _seen.append(f"open {arguments!r}")


@contextmanager
def nothing_is_written() -> Iterator[None]:
    """Raises where a file is written, a process started or a connection made. Modules may be read in."""
    global _seen  # noqa: PLW0603 - a hook of the interpreter's cannot be taken away, only silenced
    if not _hooked:
        sys.addaudithook(_hear)
        _hooked.append(True)
    compiled, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    heard: list[str] = []
    _seen = heard
    try:
        yield
    finally:
        _seen = None
        sys.dont_write_bytecode = compiled
    assert not heard, heard[:3]


_hooked: list[bool] = []


def file_of(parser: Parser, number: int) -> bytes:
    """The file of this number, always the same."""
    return (mangled_archive if parser.archive else mangled)(parser.samples(), SEED, number)


def _resident() -> int:
    """kB of memory that this process uses."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def campaign(parser: Parser, times: int, parts: int, part: int) -> int:
    """Read the files of one part of a campaign; how many were read rather than refused."""
    samples = parser.samples()
    make = mangled_archive if parser.archive else mangled
    for sample in samples:  # what is first needed later must not be taken for growth
        parser.check(sample, 1)
    gc.collect()
    before, read, largest = _resident(), 0, 0
    with nothing_is_written():
        for number in numbers(times, parts, part):
            content = make(samples, SEED, number)
            began = process_time()
            try:
                read += parser.check(content, number)
            except BaseException as wrong:
                wrong.add_note(f"{parser.name}, file {number}: {_shown(parser, content, number)!r}")
                raise
            took = process_time() - began
            assert took < LONGEST, f"{parser.name}, file {number}: {took:.1f} s"
            if number % 50 == 0:
                largest = max(largest, _resident())
                assert largest - before < ROOM, f"{parser.name}, near file {number}: {largest - before} kB more"
    return read


def _shown(parser: Parser, content: bytes, number: int) -> bytes:
    def fails(candidate: bytes) -> bool:
        try:
            parser.check(candidate, number)
        except BaseException:  # noqa: BLE001 - that is what is looked for
            return True
        return False

    return smaller(content, fails)[:2_000]


@pytest.mark.parametrize("parser", PARSERS, ids=lambda p: p.name.replace(" ", "_"))
@pytest.mark.parametrize(
    ("times", "parts", "part"),
    [(CI, PARTS, part) for part in range(PARTS)]
    + [pytest.param(SOAK, PARTS, part, marks=pytest.mark.soak) for part in range(PARTS)],
)  # fmt: skip
def test_a_mangled_file_is_read_or_refused(parser: Parser, times: int, parts: int, part: int, tried: Tried) -> None:
    campaign(parser, times, parts, part)
    mine = len(list(numbers(times, parts, part)))
    tried("Filer utifrån", f"sönderslagna {parser.name}", mine, "lästes eller avvisades med rad; inget skrevs")


@pytest.mark.parametrize("parser", PARSERS, ids=lambda p: p.name.replace(" ", "_"))
def test_the_samples_are_real_and_enough_of_what_is_mangled_is_read(parser: Parser) -> None:
    assert sum(parser.check(sample, 1) for sample in parser.samples()) >= len(parser.samples()) // 3
    read = sum(parser.check(file_of(parser, number), number) for number in range(300))
    assert read >= 3, f"{read} of 300: a campaign of what nothing can read tries little"


if __name__ == "__main__":
    wanted = next(p for p in PARSERS if sys.argv[1].casefold() in p.name.casefold())
    held = file_of(wanted, int(sys.argv[2]))
    sys.stdout.write(f"{held!r}\n{'läst' if wanted.check(held, int(sys.argv[2])) else 'avvisad'}\n")
