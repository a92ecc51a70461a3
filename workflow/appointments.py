"""Taking an office, changing, leaving it: what is asked for about a holder, what then becomes true, and why not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from workflow.errors import Refusal, Refused
from workflow.events import (
    AddressCleared,
    AddressFlagged,
    HolderAppointed,
    HolderChanged,
    HolderEnded,
    HolderEvent,
)
from workflow.people import OFFICES, REGION_OFFICES, Holder, HolderPatch

STREAM = re.compile(r"person:(?:\d{2}|-):[a-z_]+:[1-9]\d*", re.ASCII)
"""A holder's id, and the name of the holder's stream: `person:01:registrator:1`, `person:-:kansli:2`."""

CHANGEABLE = ("name", "email", "shared", "vacant", "last")
"""What may be said anew about a holder. Another office, region, capacity or first day is another appointment."""

_WITH_REGION = frozenset({*REGION_OFFICES, "chefsgrupp"})


@dataclass(frozen=True, slots=True)
class Appoint:
    """Give somebody an office: the holder as he or she is to be, with an id from `next_id`."""

    holder: Holder


@dataclass(frozen=True, slots=True)
class Alter:
    """Say something anew about a holder: new values by name, of those in CHANGEABLE."""

    values: HolderPatch


@dataclass(frozen=True, slots=True)
class End:
    """End the time in office with a local date."""

    last: date


@dataclass(frozen=True, slots=True)
class Flag:
    """Note that mail to the address no longer arrives, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Clear:
    """Note that mail may be sent to the address again."""


HolderCommand = Appoint | Alter | End | Flag | Clear


def decide(holder: Holder | None, command: HolderCommand, regions: Collection[str]) -> list[HolderEvent]:
    """What a command makes true; nothing where it already is. `holder` is None only before Appoint; `regions` are the
    länskoder that exist. Raises Refused with every reason."""
    if isinstance(command, Appoint):
        _sound(command.holder, regions)
        return [_appointed(command.holder)]
    if holder is None:
        raise ValueError(f"{type(command).__name__} before Appoint")
    match command:
        case Alter():
            return _altered(holder, command.values, regions)
        case End():
            if holder.last is not None and holder.last <= command.last:
                return []
            _sound(replace(holder, last=command.last), regions)
            return [HolderEnded(last=command.last)]
        case Flag():
            return [] if holder.flagged or not holder.email else [AddressFlagged(address=holder.email, why=command.why)]
        case Clear():
            return [AddressCleared(address=holder.email)] if holder.flagged else []
        case _:
            assert_never(command)


def evolve(holder: Holder | None, event: HolderEvent, *, id: str) -> Holder:
    """The holder after one more event of the stream `id`. `holder` is None only before HolderAppointed."""
    if isinstance(event, HolderAppointed):
        return Holder(
            id=id, office=event.office, region=event.region, name=event.name, email=event.email,
            capacity=event.capacity, shared=event.shared, vacant=event.vacant, first=event.first, last=event.last,
        )  # fmt: skip
    if holder is None:
        raise ValueError(f"{id}: {type(event).__name__} before HolderAppointed")
    match event:
        case HolderChanged():
            return replace(holder, **event.patch)
        case HolderEnded():
            return replace(holder, last=event.last)
        case AddressFlagged():
            return replace(holder, flagged=event.why)
        case AddressCleared():
            return replace(holder, flagged="")
        case _:
            assert_never(event)


def next_id(taken: Iterable[str], office: str, region: str) -> str:
    """The id of the next holder of an office. Numbers are never reused."""
    series = f"person:{region or '-'}:{office}:"
    last = max((int(id.removeprefix(series)) for id in taken if id.startswith(series)), default=0)
    return f"{series}{last + 1}"


def faults(holder: Holder, regions: Collection[str]) -> list[Refusal]:
    """Every reason why a holder cannot be as stated."""
    wrong = []
    if holder.office not in OFFICES:
        wrong.append(Refusal.of("unknown_office", office=holder.office, known=", ".join(OFFICES)))
    elif holder.office in _WITH_REGION and not holder.region:
        wrong.append(Refusal.of("office_needs_region", office=OFFICES[holder.office]))
    elif holder.office not in _WITH_REGION and holder.region:
        wrong.append(Refusal.of("office_has_no_region", office=OFFICES[holder.office]))
    if holder.region and holder.region not in regions:
        wrong.append(Refusal.of("unknown_region", region=holder.region))
    if not (holder.vacant or holder.name or holder.email):
        wrong.append(Refusal.of("holder_unnamed"))
    if holder.shared and not holder.email:
        wrong.append(Refusal.of("shared_without_address"))
    if holder.first and holder.last and holder.last < holder.first:
        wrong.append(Refusal.of("ends_before_it_begins", who=called(holder), first=holder.first, last=holder.last))
    return wrong


def called(holder: Holder) -> str:
    """How people name a holder: by name, else by address, else as a vacancy."""
    return holder.name or holder.email or "vakant"


def in_words(holder: Holder, names: Iterable[str]) -> dict[str, str]:
    """Some of a holder's values as text, for a log that is read."""
    return {name: _word(getattr(holder, name)) for name in names}


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return "" if value is None else str(value)


def _sound(holder: Holder, regions: Collection[str]) -> None:
    if wrong := faults(holder, regions):
        raise Refused(wrong)


def _appointed(h: Holder) -> HolderAppointed:
    return HolderAppointed(
        office=h.office, region=h.region, name=h.name, email=h.email, capacity=h.capacity, shared=h.shared,
        vacant=h.vacant, first=h.first, last=h.last,
    )  # fmt: skip


def _altered(holder: Holder, values: Mapping[str, object], regions: Collection[str]) -> list[HolderEvent]:
    changed = {name: value for name, value in values.items() if getattr(holder, name) != value}
    if not changed:
        return []
    if holder.flagged and "email" in changed:
        changed["flagged"] = ""  # the flag was about the old address
    after = replace(holder, **changed)  # type: ignore[arg-type]  # the values of a HolderPatch
    _sound(after, regions)
    patch: HolderPatch = changed  # type: ignore[assignment]  # the same
    return [HolderChanged(before=in_words(holder, changed), after=in_words(after, changed), patch=patch)]
