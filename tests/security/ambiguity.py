"""Can a regular expression run away? Answered from the expression itself, without running it.

A backtracking matcher tries one way after another. It takes exponential time where some text can be read in two ways
round a loop, and polynomial time where it can be shared out between two loops (Weber and Seidl, "On the degree of
ambiguity of finite automata", 1991). The expression is turned into positions (Glushkov), each of which reads one sign
of a few that stand for all others.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

c: Any = import_module("re._constants")  # typeshed does not know them
parser: Any = import_module("re._parser")
_ALWAYS = " \n\t.-_09azAZåÅé\x00\x1f\x7f\u0663\u2028☃"
_UNROLLED = 8
"""A repetition of at most so many is written out; more of them count as a loop where they stand in each other."""
Way = tuple[int, ...]
Set = frozenset[int]


@dataclass(frozen=True, slots=True)
class RunsAway:
    """How a text makes an expression run away: `prefix`, then `pump` as often as one likes, then `end`."""

    kind: str
    prefix: str
    pump: str
    end: str

    def text(self, length: int) -> str:
        """Such a text of about so many signs."""
        return self.prefix + self.pump * max(length // len(self.pump), 1) + self.end


@dataclass(slots=True)
class _Part:
    """A part of an expression: in how many ways it may be nothing, and where it begins and ends, each in how many."""

    nothing: int
    first: Counter[int]
    last: Counter[int]


class Machine:
    """The positions of an expression. `searched`: it may begin anywhere; `whole`: it must read all there is."""

    def __init__(self, pattern: str | bytes, flags: int = 0, *, searched: bool, whole: bool, nested: bool) -> None:
        """`nested`: look for loops in each other, where long repetitions count as loops."""
        tree = parser.parse(pattern, flags)
        self._flags = tree.state.flags
        self._nested = nested
        self.signs = "".join(dict.fromkeys(_signs(tree)))
        self.reads: list[Set] = []
        self.follow: list[Counter[int]] = []
        self.may_fail = whole
        self.empty_loop = False
        everything = frozenset(range(len(self.signs)))
        before = self._at(everything) if searched else None
        part = self._sequence(tree)
        self.first = part.first
        self.free = frozenset() if self.may_fail else frozenset(part.last)
        self.never_fails = bool(part.nothing) and not self.may_fail
        if before is not None:
            self.follow[before] = Counter({before: 1}) + part.first
            self.first = Counter({before: 1}) + part.first

    def _at(self, reads: Set) -> int:
        self.reads.append(reads)
        self.follow.append(Counter())
        return len(self.reads) - 1

    def _sequence(self, tree: Iterable[tuple[Any, Any]]) -> _Part:
        whole = _Part(1, Counter(), Counter())
        for op, value in tree:
            whole = self._then(whole, self._one(op, value))
        return whole

    def _then(self, one: _Part, two: _Part) -> _Part:
        for p, ways in one.last.items():
            for q, more in two.first.items():
                self.follow[p][q] += ways * more
        return _Part(
            one.nothing * two.nothing,
            one.first + _times(two.first, one.nothing),
            two.last + _times(one.last, two.nothing),
        )

    def _one(self, op: Any, value: Any) -> _Part:
        if op in (c.LITERAL, c.NOT_LITERAL, c.ANY, c.IN):
            p = self._at(frozenset(n for n, sign in enumerate(self.signs) if _is(op, value, sign, self._flags)))
            return _Part(0, Counter([p]), Counter([p]))
        if op is c.BRANCH:
            each = [self._sequence(one) for one in value[1]]
            none = Counter[int]()
            first, last = sum((e.first for e in each), none), sum((e.last for e in each), none)
            return _Part(sum(e.nothing for e in each), first, last)
        if op in (c.SUBPATTERN, c.ATOMIC_GROUP):
            return self._sequence(value[3] if op is c.SUBPATTERN else value)
        if op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
            return self._repeated(*value)
        if op in (c.AT, c.ASSERT, c.ASSERT_NOT):
            self.may_fail = self.may_fail or value not in (c.AT_BEGINNING, c.AT_BEGINNING_STRING)
            return _Part(1, Counter(), Counter())
        raise NotImplementedError(f"{op}: nobody here has thought about what it can do")

    def _repeated(self, least: int, most: int, body: Any) -> _Part:
        if most <= _UNROLLED:
            whole = _Part(1, Counter(), Counter())
            for n in reversed(range(most)):  # each one may be the last: a(a(a)?)?
                whole = self._then(self._sequence(body), whole)
                whole.nothing += n >= least
            return whole
        part = self._sequence(body)
        if most is c.MAXREPEAT or self._nested:
            self.empty_loop = self.empty_loop or bool(part.nothing and part.first)
            for p, ways in part.last.items():
                for q, more in part.first.items():
                    self.follow[p][q] += ways * more
        part.nothing += least == 0
        return part


def runs_away(pattern: str | bytes, flags: int = 0, *, searched: bool = False, whole: bool = True) -> RunsAway | None:
    """How an expression can be made to run away, None where it cannot."""
    nested = Machine(pattern, flags, searched=False, whole=True, nested=True)
    if found := _exponential(nested):
        return found
    return _polynomial(Machine(pattern, flags, searched=searched, whole=whole, nested=False))


def _exponential(m: Machine) -> RunsAway | None:
    for ring in _rings(m):
        for q in ring:
            if any(m.follow[q][r] > 1 for r in ring):
                return RunsAway("exponential", _to(m, {q}), m.signs[min(m.reads[q])], _end(m))
        for q in ring:

            def on(at: Way, ring: Set = ring) -> Iterable[tuple[Way, str]]:
                return _step(m, at, (ring, ring))

            apart = _reached((q, q), on)
            for way in apart:
                if way[0] != way[1] and (q, q) in (back := _reached(way, on)):
                    return RunsAway("exponential", _to(m, {q}), apart[way] + back[q, q], _end(m))
    if m.empty_loop:
        return RunsAway("exponential", "", m.signs[0], _end(m))
    return None


def _polynomial(m: Machine) -> RunsAway | None:
    rings = [] if m.never_fails else _rings(m)
    for one in rings:
        for two in rings:
            for p in one - m.free:
                for q in two - m.free - {p}:

                    def on(at: Way, one: Set = one, two: Set = two) -> Iterable[tuple[Way, str]]:
                        return _step(m, at, (one, None, two))

                    if (p, q, q) in (found := _reached((p, p, q), on)):
                        return RunsAway("polynomial", _to(m, {p}), found[p, q, q], _end(m))
    return None


def _step(m: Machine, at: Way, within: Sequence[Set | None]) -> Iterable[tuple[Way, str]]:
    """Where each of some positions can go while they all read the same sign."""
    ways: list[tuple[Way, Set]] = [((), frozenset(range(len(m.signs))))]
    for position, ring in zip(at, within, strict=True):
        ways = [
            ((*way, to), both)
            for way, reads in ways
            for to in m.follow[position]
            if (ring is None or to in ring) and (both := reads & m.reads[to])
        ]
    return ((way, m.signs[min(reads)]) for way, reads in ways)


def _reached(start: Way, on: Callable[[Way], Iterable[tuple[Way, str]]]) -> dict[Way, str]:
    """Everywhere that can be come to by reading something, with what was read."""
    found: dict[Way, str] = {}
    waiting: deque[tuple[Way, str]] = deque([(start, "")])
    while waiting:
        at, read = waiting.popleft()
        for to, sign in on(at):
            if to not in found:
                found[to] = read + sign
                waiting.append((to, found[to]))
    return found


def _times(ways: Counter[int], times: int) -> Counter[int]:
    return Counter({place: number * times for place, number in ways.items() if times})


def _rings(m: Machine) -> list[Set]:
    """The positions that lead back to themselves, those together that lead to each other."""
    leads: list[set[int]] = []
    for start in range(len(m.reads)):
        seen, waiting = set[int](), [start]
        while waiting:
            for to in m.follow[waiting.pop()]:
                if to not in seen:
                    seen.add(to)
                    waiting.append(to)
        leads.append(seen)
    rings = {frozenset(q for q in leads[p] if p in leads[q]) for p in range(len(m.reads)) if p in leads[p]}
    return sorted(rings, key=min)


def _to(m: Machine, wanted: set[int]) -> str:
    """A text that leads from the beginning to some positions."""
    waiting = deque((p, m.signs[min(m.reads[p])]) for p in m.first if m.reads[p])
    seen = set[int]()
    while waiting:
        at, read = waiting.popleft()
        if at in wanted:
            return read
        if at not in seen:
            seen.add(at)
            waiting.extend((to, read + m.signs[min(m.reads[to])]) for to in m.follow[at] if m.reads[to])
    return ""


def _end(m: Machine) -> str:
    """A sign that as few positions as possible read."""
    return min(m.signs, key=lambda s: sum(m.signs.index(s) in reads for reads in m.reads))


def _signs(tree: Any) -> Iterable[str]:
    """Signs that stand for all that an expression tells apart: those it names, their neighbours, one of each kind."""
    for item in tree:
        if isinstance(item, tuple | list | parser.SubPattern):
            yield from _signs(item)
        elif isinstance(item, int) and not isinstance(item, bool) and type(item) is int and 0 <= item < 0x110000:
            for near in (item - 1, item, item + 1):
                if 0 <= near < 0x110000:
                    yield from dict.fromkeys((chr(near), chr(near).lower()[:1], chr(near).upper()[:1]))
    yield from _ALWAYS


def _is(op: Any, value: Any, sign: str, flags: int) -> bool:
    """Whether a position reads a sign."""
    alike = {sign, sign.lower(), sign.upper()} if flags & re.IGNORECASE else {sign}
    if op is c.LITERAL:
        return any(ord(one) == value for one in alike if len(one) == 1)
    if op is c.NOT_LITERAL:
        return all(ord(one) != value for one in alike if len(one) == 1)
    if op is c.ANY:
        return bool(flags & re.DOTALL) or sign != "\n"
    negated = bool(value) and value[0][0] is c.NEGATE
    return negated != any(_is_in(one, other, alike, flags) for one, other in value[negated:])


def _is_in(op: Any, value: Any, alike: set[str], flags: int) -> bool:
    each = [one for one in alike if len(one) == 1]
    if op is c.LITERAL:
        return any(ord(one) == value for one in each)
    if op is c.RANGE:
        return any(value[0] <= ord(one) <= value[1] for one in each)
    kind = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[str(value).rpartition("_")[2]]
    ascii_only = re.ASCII if flags & re.ASCII else 0
    return any(("NOT" in str(value)) != bool(re.match(kind, one, ascii_only)) for one in each)
