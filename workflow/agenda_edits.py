"""An agenda as it stands between what the rules propose and what somebody has made of it, and its versions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from workflow.agenda_form import CLOSING, OPENING, AgendaForm
from workflow.meeting import BY_HAND, AgendaItem, Meeting, named


def assemble(form: AgendaForm, meeting: Meeting, proposed: Sequence[AgendaItem]) -> list[AgendaItem]:
    """The agenda as it stands: what somebody has kept, with what has come since; frozen once the kallelse is out.

    A kept item that nobody has edited follows its rule: it changes with its uppdrag, and goes when no rule names it.
    """
    if not meeting.kept or meeting.closed_on:
        return list(meeting.items) if meeting.kept else list(proposed)
    if meeting.summoned_on:
        return list(meeting.items)
    fresh = {i.key: i for i in proposed if i.key not in meeting.removed}
    items = [_as_now(kept, fresh) for kept in meeting.items if kept.edited or kept.key in fresh]
    known = {i.key for i in items}
    for item in proposed:
        if item.key in fresh and item.key not in known:
            items.insert(_place(form, items, item.section), item)
            known.add(item.key)
    return [fits for i in items if (fits := _beside(i, items)) is not None]


def _as_now(kept: AgendaItem, fresh: Mapping[str, AgendaItem]) -> AgendaItem:
    """A kept item as it is shown now; of one about a directive that was edited, the uppdrag follow the directive."""
    now = fresh.get(kept.key, kept)
    if not kept.edited:
        return now
    if not kept.directive:
        return kept
    return replace(kept, uppdrag=now.uppdrag, covers=now.covers, trigger=now.trigger)


def _beside(item: AgendaItem, items: Sequence[AgendaItem]) -> AgendaItem | None:
    """An item about a directive without the uppdrag whose same step is an item of its own; None where none are left."""
    own = {i.uppdrag for i in items if i.uppdrag and i.key != item.key and i.trigger == item.trigger}
    if not item.directive or own.isdisjoint(item.decides):
        return item
    left = tuple(id for id in item.decides if id not in own)
    return replace(item, uppdrag="", covers=left) if left else None


def waiting(meeting: Meeting, proposed: Sequence[AgendaItem]) -> list[AgendaItem]:
    """What the rules bring to a meeting whose kallelse is out, and which is not on its agenda."""
    if not meeting.summoned_on or meeting.closed_on:
        return []
    on_it = {i.key for i in meeting.items} | named(meeting.items) | set(meeting.removed)
    told = {i.title for i in meeting.items if not i.uppdrag}
    free = [i for i in proposed if i.section not in (OPENING, CLOSING) and not (i.covers and not i.directive)]
    return [i for i in free if not _there(i, on_it) and (i.uppdrag or i.title not in told)]


def _there(item: AgendaItem, on_it: Collection[str]) -> bool:
    """Whether an item is on the agenda, or every uppdrag that it decides on."""
    return item.key in on_it or bool(item.directive and item.decides and set(item.decides) <= set(on_it))


def numbered(items: Iterable[AgendaItem]) -> list[AgendaItem]:
    """The items with their numbers: those that are frozen, else by place."""
    return [i if i.number else replace(i, number=place) for place, i in enumerate(items, start=1)]


def moved(items: Sequence[AgendaItem], key: str, place: int) -> list[AgendaItem]:
    """The items with one of them at another place, counted from 1."""
    item = next(i for i in items if i.key == key)
    rest = [i for i in items if i.key != key]
    rest.insert(min(max(place - 1, 0), len(rest)), item)
    return rest


def added(form: AgendaForm, meeting: Meeting, items: Sequence[AgendaItem], item: AgendaItem) -> list[AgendaItem]:
    """The items with one more, last in its section; after the kallelse it comes last, marked as late."""
    if meeting.summoned_on:
        number = max((i.number for i in items), default=0) + 1
        return [*items, replace(item, number=number, late=True, edited=True)]
    found = list(items)
    found.insert(_place(form, found, item.section), replace(item, edited=True))
    return found


def dropped(meeting: Meeting, items: Sequence[AgendaItem], key: str) -> list[AgendaItem]:
    """The items without one; after the kallelse it stays under its number, marked as withdrawn."""
    if meeting.summoned_on:
        return [replace(i, withdrawn=True) if i.key == key else i for i in items]
    return [i for i in items if i.key != key]


def next_key(meeting: Meeting, items: Iterable[AgendaItem], uppdrag: str = "", trigger: str = "") -> str:
    """What an added item is known by: the uppdrag and its step, or the next number among those added by hand."""
    taken = {i.key for i in (*items, *meeting.items)} | set(meeting.removed)
    if uppdrag:
        bases = (uppdrag, f"{uppdrag}:{trigger}") if trigger else (uppdrag,)
        free = next((base for base in bases if base not in taken or base in meeting.removed), "")
        if free:
            return free
    stem = uppdrag or BY_HAND
    return next(k for n in range(1, len(taken) + 2) if (k := f"{stem}-{n}") not in taken)


@dataclass(frozen=True, slots=True)
class Difference:
    """What one version of an agenda has otherwise than another: `added`, `removed`, `moved`, `edited`, `withdrawn` or
    `late`. `fields` are the names of what was edited."""

    code: Literal["added", "removed", "moved", "edited", "withdrawn", "late"]
    item: AgendaItem
    fields: tuple[str, ...] = ()


_SHOWN = ("title", "kind", "proposal", "presenter", "dnr", "documents", "minutes", "trigger", "covers", "section")


def compare(before: Sequence[AgendaItem], after: Sequence[AgendaItem]) -> list[Difference]:
    """What changed from one version of an agenda to another, in the order of the later."""
    was, now = {i.key: i for i in numbered(before)}, {i.key: i for i in numbered(after)}
    common_before, common_after = [k for k in was if k in now], [k for k in now if k in was]
    stayed = set(_longest_run(common_before, common_after))
    found = []
    for key, item in now.items():
        known = was.get(key)
        if known is None:
            found.append(Difference("late" if item.late else "added", item))
            continue
        if item.withdrawn and not known.withdrawn:
            found.append(Difference("withdrawn", item))
        if fields := tuple(n for n in _SHOWN if getattr(known, n) != getattr(item, n)):
            found.append(Difference("edited", item, fields))
        if key not in stayed:
            found.append(Difference("moved", item))
    return [*found, *(Difference("removed", i) for k, i in was.items() if k not in now)]


def _longest_run(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Those that keep their order: the longest common subsequence, so that one move is told as one."""
    rank = {key: n for n, key in enumerate(before)}
    best: list[list[str]] = []
    for key in after:
        runs = (run for run in best if rank[run[-1]] < rank[key])
        best.append([*max(runs, key=len, default=[]), key])
    return max(best, key=len, default=[])


def _place(form: AgendaForm, items: Sequence[AgendaItem], section: str) -> int:
    """Where an item of a section is put in: after the last of its own and earlier sections."""
    rank = {name: n for n, name in enumerate(form.order)}
    own = rank.get(section, len(rank) - 1)
    return max((n for n, i in enumerate(items, start=1) if rank.get(i.section, 0) <= own), default=0)
