"""Who is called to a meeting of chefsgruppen, and what has changed since the kallelse was last told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from workflow.agenda_edits import Difference
from workflow.meeting import Meeting
from workflow.people import Holder
from workflow.summons import CALL_ROLES, CallRole, Summons

OFFICES: Mapping[str, CallRole] = {
    "ordforande": "ordforande", "chefsgrupp": "ledamot", "chefsgrupp_adjungerad": "adjungerad",
}  # fmt: skip
"""The offices that are called, and as what; a substitute for a member is called as such."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A holder and in which capacity she or he is called."""

    holder: Holder
    role: CallRole


def seats(holders: Iterable[Holder], day: date) -> list[Seat]:
    """Those who are called to a meeting on a day, each person once, in her or his first capacity."""
    found = sorted(
        (Seat(h, _role(h)) for h in holders if h.office in OFFICES and h.holds(day) and not h.vacant),
        key=lambda s: (CALL_ROLES.index(s.role), s.holder.region, not s.holder.reachable, s.holder.id),
    )
    addresses: set[str] = set()
    names: set[str] = set()
    one_each = []
    for seat in sorted(found, key=lambda s: not s.holder.reachable):  # whom mail reaches in any capacity, it reaches
        address, name = seat.holder.email.casefold(), seat.holder.name.casefold()
        if (address and address in addresses) or (not seat.holder.reachable and name and name in names):
            continue
        one_each.append(seat)
        addresses.add(address)
        names.add(name)
    return sorted(one_each, key=found.index)


def vacancies(holders: Iterable[Holder], day: date) -> list[Holder]:
    """The seats that nobody holds on a day."""
    return [h for h in holders if h.office in OFFICES and h.holds(day) and h.vacant]


def is_named(holder: Holder, word: str) -> bool:
    """Whether somebody is meant by a word: name, address or id."""
    return word.strip().casefold() in {*_names(holder), holder.id.casefold()}


def changes(told: Summons, meeting: Meeting, differences: Sequence[Difference]) -> list[str]:
    """What is otherwise than the kallelse last said: `day`, `hours`, `place`, `link` and `agenda`."""
    at = meeting.arrangement
    pairs = (
        ("day", told.day, meeting.day), ("hours", (told.starts, told.ends), (at.starts, at.ends)),
        ("place", told.place, at.place), ("link", told.link, at.link),
    )  # fmt: skip
    return [name for name, was, now in pairs if was != now] + (["agenda"] if differences else [])


def untold(meeting: Meeting) -> bool:
    """Whether something has been changed since the kallelse was mailed."""
    told = meeting.summons
    if told is None or not told.called or meeting.closed_on:
        return False
    return told.agenda_version != meeting.agenda_version or bool(changes(told, meeting, ()))


def _role(holder: Holder) -> CallRole:
    return "ersattare" if holder.office == "chefsgrupp" and holder.capacity == "ersattare" else OFFICES[holder.office]


def _names(holder: Holder) -> Iterator[str]:
    return (text.casefold() for text in (holder.email, holder.name) if text)
