"""Files as chance and malice make them: real samples with bits flipped, parts cut, spliced, repeated and blown up.

The same seed and number is the same file, so that one case can be run again by itself.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from random import Random

SHARDS: Sequence[bytes] = (
    b"", b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\r\n", b"\n", b"\r", b"\t", b";", b",", b":", b'"', b"'",
    b"=", b"=1+1", b"=?utf-8?q?=0D=0ABcc:_x?=", b"%s%n", b"../../etc/passwd", b"<!DOCTYPE x [<!ENTITY a 'a'>]>", b"&a;",
    b"]]>", b"<x>", b"</x>", b"\xc3", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xf0\x9f\x98\x80", b"\x1b[2J", b"\x85", b"\\",
    b"{", b"}", b"[", b"]", b"- ", b"? ", b"&a ", b"*a", b"!!python/object:os.system ", b"<<: ", b"|\n", b"null", b"NO",
    b"01", b"0x1", b"1e999", b"-1", b"NaN", b"9" * 30, b"9" * 5_000, b"2026-02-30", b"0000-00-00", b"99999-99-99",
    "å".encode(), "å".encode("cp1252"), "ſ".encode(), "٣".encode(), b"a" * 300, b" " * 300, b"\n" * 300, b"PK\x03\x04",
)  # fmt: skip
"""What readers stumble on."""

LARGEST = 6_000
"""Bytes of a mangled file, save for the few that are blown up: what is large is tried by itself."""
_BLOWN_UP = 200_000
_NESTS = ((b"[", b"]"), (b"{a: ", b"}"), (b"- ", b""), (b"<a>", b"</a>"), (b"BEGIN:VEVENT\r\n", b""), (b"((", b"))"),
          (b"> ", b""), (b"=?", b"?="), (b'"', b'"'))  # fmt: skip


def mangled(samples: Sequence[bytes], seed: int, number: int) -> bytes:
    """The file of this number: a sample with one to six things done to it."""
    chance = _chance(seed, number)
    held = bytearray(chance.choice(samples))
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 6))):
        chance.choice(_WAYS)(held, chance, samples)
    if chance.random() < 0.002:
        _blow_up(held, chance)
    else:
        del held[LARGEST:]
    return bytes(held)


def mangled_archive(samples: Sequence[bytes], seed: int, number: int) -> bytes:
    """The same for archives: most often a file inside is mangled, else the archive itself."""
    chance = _chance(seed, number)
    if chance.random() < 0.3:
        return mangled(samples, seed, number)
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(chance.choice(samples))) as source:
        names = source.namelist()
        chosen = chance.choice([name for name in names if name.endswith(("sheet1.xml", "Strings.xml"))] + names)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
            for name in names:
                content, called = source.read(name), name
                if name == chosen:
                    match chance.random():
                        case x if x < 0.03:
                            continue  # gone
                        case x if x < 0.06:
                            called = chance.choice(("../" + name, name.upper(), "/" + name, "xl/vbaProject.bin"))
                        case x if x < 0.07:
                            content = bytes(2_000_000)  # a bomb of a small kind: the large is tried by itself
                        case _:
                            content = mangled([content], seed, number)
                target.writestr(called, content)
    return packed.getvalue()


def smaller(content: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """The same failure in a smaller file: pieces are cut away for as long as it still fails."""
    step = max(1, len(content) // 2)
    while step:
        at = 0
        while at < len(content):
            without = content[:at] + content[at + step :]
            if fails(without):
                content = without
            else:
                at += step
        step //= 2
    return content


def _chance(seed: int, number: int) -> Random:
    return Random(seed * 1_000_003 + number)


def _place(held: bytearray, chance: Random) -> tuple[int, int]:
    """The beginning and end of a piece, short more often than long."""
    start = chance.randrange(len(held) + 1)
    return start, min(len(held), start + int(chance.paretovariate(0.7)))


def _flip(held: bytearray, chance: Random, _: Sequence[bytes]) -> None:
    for _bit in range(chance.choice((1, 1, 2, 8))):
        if held:
            held[chance.randrange(len(held))] ^= 1 << chance.randrange(8)


def _cut(held: bytearray, chance: Random, _: Sequence[bytes]) -> None:
    start, end = _place(held, chance)
    del held[start:end]


def _truncate(held: bytearray, chance: Random, _: Sequence[bytes]) -> None:
    del held[chance.randrange(len(held) + 1) :]


def _insert(held: bytearray, chance: Random, _: Sequence[bytes]) -> None:
    start, end = _place(held, chance)
    held[start : end if chance.random() < 0.5 else start] = chance.choice(SHARDS)


def _splice(held: bytearray, chance: Random, samples: Sequence[bytes]) -> None:
    other = chance.choice(samples)
    held[chance.randrange(len(held) + 1) :] = other[chance.randrange(len(other) + 1) :]


def _repeat(held: bytearray, chance: Random, _: Sequence[bytes]) -> None:
    start, end = _place(held, chance)
    held[start:start] = held[start:end] * chance.choice((1, 2, 10, 50))
    del held[LARGEST:]


def _move(held: bytearray, chance: Random, _: Sequence[bytes]) -> None:
    start, end = _place(held, chance)
    piece = held[start:end]
    del held[start:end]
    at = chance.randrange(len(held) + 1)
    held[at:at] = piece


def _lines(held: bytearray, chance: Random, _: Sequence[bytes]) -> None:
    """A line gone, doubled, moved or given another value."""
    lines = bytes(held).split(b"\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at] = lines[at].partition(b":")[0] + b": " + chance.choice(SHARDS)
        case _:
            lines[at], lines[other] = lines[other], lines[at]
    held[:] = b"\n".join(lines)


def _number(held: bytearray, chance: Random, _: Sequence[bytes]) -> None:
    """Another number where a number stood."""
    digits = [at for at, byte in enumerate(held) if 48 <= byte <= 57]
    if digits:
        at = chance.choice(digits)
        held[at : at + 1] = chance.choice((b"0", b"-1", b"9" * 12, b"9" * 400, b"1e9", b"0.1", b"4294967296", b" "))


def _nest(held: bytearray, chance: Random, _: Sequence[bytes]) -> None:
    start, end = _place(held, chance)
    opening, closing = chance.choice(_NESTS)
    deep = chance.choice((2, 25, 300))
    held[start:end] = opening * deep + held[start:end] + closing * deep


def _blow_up(held: bytearray, chance: Random) -> None:
    """Large for its kind: one piece over and over."""
    start, end = _place(held, chance)
    piece = bytes(held[start:end]) or b"["
    held[start:start] = piece * (_BLOWN_UP // len(piece))


_WAYS: Sequence[Callable[[bytearray, Random, Sequence[bytes]], None]] = (
    _flip, _flip, _cut, _truncate, _insert, _insert, _insert, _splice, _repeat, _move, _lines, _lines, _lines, _number,
    _nest,
)  # fmt: skip


def numbers(times: int, parts: int, part: int) -> Iterator[int]:
    """The numbers of one part of a campaign."""
    return iter(range(part, times, parts))
