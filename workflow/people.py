"""Befattningshavare: who holds which office, when, and where mail to the office goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypedDict

from workflow.model import Region

Capacity = Literal["ordinarie", "tf", "ersattare"]
CAPACITIES: tuple[Capacity, ...] = ("ordinarie", "tf", "ersattare")

REGION_OFFICES: Mapping[str, str] = {
    "kontakt": "kontaktperson",
    "namndsekreterare": "nämndsekreterare",
    "registrator": "registrator",
    "hsd": "hälso- och sjukvårdsdirektör",
    "regiondirektor": "regiondirektör",
}
"""The offices that every region has."""

NATIONAL_OFFICES: Mapping[str, str] = {
    "chefsgrupp": "ledamot av chefsgruppen",
    "chefsgrupp_adjungerad": "adjungerad i chefsgruppen",
    "ordforande": "chefsgruppens ordförande",
    "c_nspl": "C-NSPL",
    "kansli": "kansliet",
}
"""The offices that are not a region's own. A member of chefsgruppen has a region as well: the one she or he leads."""

OFFICES: Mapping[str, str] = {**REGION_OFFICES, **NATIONAL_OFFICES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who holds an office, for a time. `region` is a länskod, empty where the office has none.

    `email` empty: no address is known. `shared`: the address is a function's own mailbox, read by several. `vacant`:
    nobody holds the office, and the address, if any, is who looks after it. `first` and `last` are local dates, both
    included, None where open. `flagged` says why mail to the address no longer arrives, empty where it does.
    """

    id: str
    office: str
    region: str = ""
    name: str = ""
    email: str = ""
    capacity: Capacity = "ordinarie"
    shared: bool = False
    vacant: bool = False
    first: date | None = None
    last: date | None = None
    flagged: str = ""

    def holds(self, day: date) -> bool:
        """Whether the time in office includes a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    @property
    def reachable(self) -> bool:
        """Whether mail can be expected to arrive."""
        return bool(self.email) and not self.flagged


class HolderPatch(TypedDict, total=False):
    """What an event changed on a holder, as new values. Only what changed stands here."""

    name: str
    email: str
    shared: bool
    vacant: bool
    last: date | None
    flagged: str


_BEFORE = {"tf": 0, "ordinarie": 1, "ersattare": 2}


def in_office(holders: Iterable[Holder], office: str, region: str, day: date) -> list[Holder]:
    """Those who hold an office on a day: acting before ordinary, a substitute last; no vacancies."""
    found = [h for h in holders if h.office == office and h.region == region and h.holds(day) and not h.vacant]
    return sorted(found, key=lambda h: (_BEFORE[h.capacity], h.id))


def addressee(holders: Iterable[Holder], office: str, region: str, day: date) -> Holder | None:
    """Whom a mail to an office goes to: the first in office that mail reaches, or who looks after a vacancy."""
    held = list(holders)
    for h in in_office(held, office, region, day):
        if h.reachable:
            return h
    looked_after = (h for h in held if h.office == office and h.region == region and h.holds(day) and h.vacant)
    return next((h for h in looked_after if h.reachable), None)


def callers(holders: Sequence[Holder], regions: Mapping[str, Region], lanskod: str, day: date) -> list[Holder]:
    """The members of chefsgruppen who may call a late director: of the same samverkansregion, never the director.

    Halland lies in two samverkansregioner, so that more may call. Where nobody fits, the chair.
    """
    groups = set(regions[lanskod].samverkansregioner)
    own = {h.email.casefold() for office in ("regiondirektor", "hsd") for h in in_office(holders, office, lanskod, day)}
    members = [
        h
        for h in holders
        if h.office == "chefsgrupp" and h.holds(day) and not h.vacant and h.reachable and h.region in regions
        and groups & set(regions[h.region].samverkansregioner) and h.region != lanskod
        and h.email.casefold() not in own
    ]  # fmt: skip
    if members:
        return sorted(members, key=lambda h: h.id)
    return [h for h in in_office(holders, "ordforande", "", day) if h.reachable and h.email.casefold() not in own]


def registry(holders: Iterable[Holder], lanskod: str, day: date) -> Holder | None:
    """Who takes in what is sent to a region: the registrator, or the contact where no mail reaches the registrator."""
    held = list(holders)
    return next((h for o in ("registrator", "kontakt") if (h := addressee(held, o, lanskod, day))), None)


def unreachable(holders: Sequence[Holder], regions: Iterable[str], day: date) -> list[str]:
    """The länskoder of regions to which no mail can be sent: an alarm, not a silence."""
    return [r for r in regions if registry(holders, r, day) is None]
