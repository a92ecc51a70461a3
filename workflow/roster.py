"""A list of holders against those who are there: who is new, changed, unchanged, absent or has left already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from workflow.appointments import CHANGEABLE, next_id
from workflow.people import Holder, HolderPatch


@dataclass(frozen=True, slots=True)
class Stated:
    """A holder as a list states it, without id: the line it stands on, and the columns that the list has. About the
    others it says nothing; nor does an empty first or last day say anything."""

    number: int
    holder: Holder
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a list comes to. `new` have their ids; `absent` hold an office now and are not in the list; `left` are in it
    although their time in office is over; `twice` names a line and the earlier one that says the same."""

    new: tuple[tuple[Stated, Holder], ...]
    changed: tuple[tuple[Stated, Holder, HolderPatch], ...]
    unchanged: tuple[Holder, ...]
    absent: tuple[Holder, ...]
    left: tuple[Holder, ...]
    twice: tuple[tuple[Stated, int], ...]


def compare(known: Sequence[Holder], stated: Sequence[Stated], today: date) -> Comparison:
    """Match a list with those who are there, on office, region, capacity, first day, and address or name."""
    lines: dict[tuple[object, ...], int] = {}
    twice, single = [], []
    for s in stated:
        h = s.holder
        key = (h.office, h.region, h.capacity, h.first, h.email.casefold(), h.name.casefold())
        if key in lines:
            twice.append((s, lines[key]))
        else:
            lines[key] = s.number
            single.append(s)
    found = _matched(known, single, today)
    taken, new = [h.id for h in known], []
    changed: list[tuple[Stated, Holder, HolderPatch]] = []
    unchanged, left = [], []
    for s in single:
        holder = found.get(s.number)
        if holder is None:
            id = next_id(taken, s.holder.office, s.holder.region)
            taken.append(id)
            new.append((s, replace(s.holder, id=id)))
            continue
        patch = _patch(holder, s)
        if patch:
            changed.append((s, holder, patch))
        else:
            unchanged.append(holder)
        if _over(holder, today) and s.holder.last is None:
            left.append(holder)
    matched = {h.id for h in found.values()}
    absent = [h for h in known if h.id not in matched and h.holds(today)]
    return Comparison(tuple(new), tuple(changed), tuple(unchanged), tuple(absent), tuple(left), tuple(twice))


def _matched(known: Sequence[Holder], stated: Sequence[Stated], today: date) -> dict[int, Holder]:
    """The holder that each line is about, by line; the surest matches first, and nobody for two lines."""
    free = {h.id: h for h in sorted(known, key=lambda h: (_over(h, today), -(h.first or date.min).toordinal(), h.id))}
    found: dict[int, Holder] = {}
    for alike in (_same, _same_address, _same_name):
        for s in stated:
            if s.number in found:
                continue
            match = next((h for h in free.values() if _same_office(h, s.holder) and alike(h, s.holder)), None)
            if match is not None:
                found[s.number] = free.pop(match.id)
    return found


def _same_office(a: Holder, b: Holder) -> bool:
    """Whether `b`, from a list, may be `a`: the same office in the same capacity, and no other first day."""
    return (a.office, a.region, a.capacity) == (b.office, b.region, b.capacity) and b.first in (None, a.first)


def _same(a: Holder, b: Holder) -> bool:
    return a.email.casefold() == b.email.casefold() and a.name.casefold() == b.name.casefold()


def _same_address(a: Holder, b: Holder) -> bool:
    return bool(a.email) and a.email.casefold() == b.email.casefold()


def _same_name(a: Holder, b: Holder) -> bool:
    return bool(a.name) and a.name.casefold() == b.name.casefold()


def _over(holder: Holder, today: date) -> bool:
    return holder.last is not None and holder.last < today


def _patch(holder: Holder, s: Stated) -> HolderPatch:
    values = {name: getattr(s.holder, name) for name in CHANGEABLE if name in s.columns}
    if values.get("last", ...) is None:
        del values["last"]
    patch: HolderPatch = {n: v for n, v in values.items() if getattr(holder, n) != v}  # type: ignore[assignment]  # CHANGEABLE are its names
    return patch
