"""The calls that SQLite makes on files, taken in its own import table: nothing is compiled, nothing else is touched.

SQLite reaches the system through a table of addresses that the loader has filled in. Each slot there that leads to a
call on files is made to lead to us while `intercepted` lasts. It syncs with fdatasync, which its own hook for tests
(`xSetSystemCall`) leaves out: the import table has all of them.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_INT, _LONG, _SIZE, _AT, _NAME = ctypes.c_int, ctypes.c_long, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_char_p
_CALLS: dict[str, tuple[Any, ...]] = {
    "open": (_INT, _NAME, _INT, _INT), "close": (_INT, _INT), "read": (_LONG, _INT, _AT, _SIZE),
    "pread": (_LONG, _INT, _AT, _SIZE, _LONG), "write": (_LONG, _INT, _AT, _SIZE),
    "pwrite": (_LONG, _INT, _AT, _SIZE, _LONG), "fsync": (_INT, _INT), "fdatasync": (_INT, _INT),
    "ftruncate": (_INT, _INT, _LONG), "unlink": (_INT, _NAME), "access": (_INT, _NAME, _INT),
    "stat": (_INT, _NAME, _AT), "fstat": (_INT, _INT, _AT), "fcntl": (_INT, _INT, _INT, _LONG),
    "mmap": (_LONG, _AT, _SIZE, _INT, _INT, _INT, _LONG), "usleep": (_INT, _INT),
}  # fmt: skip
"""What each call gives back and takes, under its name without the `64` of large files."""
_NEEDED = ({"open"}, {"pread", "read"}, {"pwrite", "write"}, {"fdatasync", "fsync"}, {"ftruncate"}, {"unlink"})
_STRTAB, _SYMTAB, _RELA, _RELASZ, _JMPREL, _PLTRELSZ = 5, 6, 7, 8, 23, 2
WRITES, SYNCS = ("write", "pwrite"), ("fsync", "fdatasync")


class NotReached(Exception):
    """This interpreter's SQLite calls the system in a way that cannot be intercepted."""


@dataclass(slots=True)
class Call:
    """A call that SQLite is about to make on a file. Exactly one of `through`, `partly` and `fail` answers it."""

    name: str
    path: str
    arguments: tuple[Any, ...]
    _real: Callable[..., int]

    def through(self) -> int:
        """Make it."""
        return self._real(*self.arguments)

    def partly(self, size: int) -> int:
        """Write only the first bytes of a write."""
        fd, at, _, *where = self.arguments
        return self._real(fd, at, size, *where)

    def fail(self, code: int) -> int:
        """Do nothing, and say that it failed with this errno."""
        ctypes.set_errno(code)
        return -1

    @property
    def data(self) -> bytes:
        """What a write writes."""
        return ctypes.string_at(self.arguments[1], self.arguments[2])

    @property
    def size(self) -> int:
        """How many bytes a write writes."""
        return int(self.arguments[2])


Handler = Callable[[Call], int]


@dataclass
class _Taken:
    """The calls on the files whose paths begin with `about`, and on the folder that they lie in."""

    about: str
    folder: str
    handler: Handler
    waits_at_most: int
    wrong: BaseException | None = None
    files: dict[int, str] = field(default_factory=dict)

    def concerns(self, path: str) -> bool:
        return path.startswith(self.about) or path == self.folder

    def answer(self, name: str, real: Callable[..., int], arguments: tuple[Any, ...]) -> int:
        try:
            return self._answer(name, real, arguments)
        except BaseException as wrong:  # noqa: BLE001 - nothing may be raised through C; it is when all is over
            self.wrong = self.wrong or wrong
            ctypes.set_errno(errno.EIO)
            return -1

    def _answer(self, name: str, real: Callable[..., int], arguments: tuple[Any, ...]) -> int:
        if name == "usleep":
            return real(min(arguments[0], self.waits_at_most))
        first = arguments[4] if name == "mmap" else arguments[0]
        path = os.fsdecode(first) if isinstance(first, bytes) else self.files.get(first, "")
        if not path or not self.concerns(path):
            return real(*arguments)
        if name == "close":
            self.files.pop(first, None)
        result = self.handler(Call(name, path, arguments, real))
        if name == "open" and result >= 0:
            self.files[result] = path
        return result


@contextmanager
def intercepted(about: str, handler: Handler, *, waits_at_most: int = 1_000_000) -> Iterator[None]:
    """Let `handler` answer each call on the files whose paths begin with `about`. It may be called by any thread.

    Each time that SQLite waits for a lock it waits no longer than so many microseconds; it still believes that it has.
    Files that are already open are left alone. Raises NotReached, and at the end what the handler raised.
    """
    at = Path(about).absolute()
    taken = _Taken(str(at), str(at.parent), handler, waits_at_most)
    kept, before = [], []
    for slot, name in _slots():
        restype, *argtypes = _CALLS[name]
        kind = ctypes.CFUNCTYPE(restype, *argtypes, use_errno=True)
        led = ctypes.c_void_p.from_address(slot)
        real = kind(led.value or 0)
        ours = kind(lambda *arguments, name=name, real=real: taken.answer(name, real, arguments))
        kept.append(ours)
        before.append((led, led.value))
        led.value = ctypes.cast(ours, ctypes.c_void_p).value
    try:
        yield
    finally:
        for led, value in before:
            led.value = value
    if taken.wrong:
        raise taken.wrong


def _slots() -> list[tuple[int, str]]:
    """Where SQLite keeps the addresses of the calls, made writable, and their names."""
    assert sqlite3.sqlite_version, "it is loaded"
    for base in _loaded("libsqlite3", "_sqlite3"):
        found = [(at, name) for at, name in _imports(base) if name in _CALLS]
        names = {name for _, name in found}
        if all(names & one for one in _NEEDED):
            libc = ctypes.CDLL(None, use_errno=True)
            for page in {at & -mmap.PAGESIZE for at, _ in found}:
                read_write = ctypes.c_int(mmap.PROT_READ | mmap.PROT_WRITE)
                if libc.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(mmap.PAGESIZE), read_write):
                    raise NotReached(
                        f"The import table of SQLite cannot be written: {os.strerror(ctypes.get_errno())}."
                    )
            return found
    raise NotReached(
        "This Python has SQLite built in, so its calls on files cannot be intercepted. "
        "Use a Python whose sqlite3 is linked with libsqlite3.so, such as Debian's."
    )


def _loaded(*names: str) -> Iterator[int]:
    """Where shared libraries of these names have been loaded, the first name first."""
    parts = [line.split(maxsplit=5) for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()]
    for name in names:
        for part in parts:
            if len(part) == 6 and Path(part[5]).name.startswith(name) and int(part[2], 16) == 0:
                yield int(part[0].partition("-")[0], 16)


def _imports(base: int) -> Iterator[tuple[int, str]]:
    """The slots of a loaded library that the loader filled in, and what each leads to. A 64-bit ELF with addends."""
    head = ctypes.string_at(base, 64)
    if head[:5] != b"\x7fELF\x02":
        raise NotReached("SQLite's library is not a 64-bit ELF.")
    offset, size, count = *struct.unpack_from("<Q", head, 32), *struct.unpack_from("<HH", head, 54)
    headers = [struct.unpack("<IIQQQQQQ", ctypes.string_at(base + offset + n * size, 56)) for n in range(count)]
    at = base + next(h[3] for h in headers if h[0] == 2)  # PT_DYNAMIC
    known: dict[int, int] = {}
    while (entry := struct.unpack("<QQ", ctypes.string_at(at, 16)))[0]:
        known[entry[0]] = entry[1]
        at += 16
    symbols, names = (_address(base, known[tag]) for tag in (_SYMTAB, _STRTAB))
    for table, length in ((_JMPREL, _PLTRELSZ), (_RELA, _RELASZ)):
        if table not in known:
            continue
        for slot, info, _ in struct.iter_unpack("<QQq", ctypes.string_at(_address(base, known[table]), known[length])):
            if symbol := info >> 32:
                (name,) = struct.unpack("<I", ctypes.string_at(symbols + 24 * symbol, 4))
                yield base + slot, ctypes.string_at(names + name).decode().removesuffix("64")


def _address(base: int, value: int) -> int:
    """The loader has put addresses in the place of offsets, on most machines."""
    return value if value >= base else base + value
