"""The list of uppdrag: what the address asks for, in which order, and how long nothing has happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from workflow.calendar import local_date
from workflow.status import StatusFilter, StatusRow, in_order

_ASKED = ("q", "tillstand", "arendegang", "region", "ansvarig", "visa", "ordning")
ORDERS: Mapping[str, str] = {
    "": "Nummer", "tid": "Planerad tid", "ansvarig": "Ansvarig", "regioner": "Regioner kvar", "alder": "Längst orört",
}  # fmt: skip
"""What the list can be ordered by, and what that is called."""
_KEYS: Mapping[str, Callable[[StatusRow], Any]] = {
    "tid": lambda r: (r.deadline is None, r.deadline.last if r.deadline else date.max, in_order(r.id)),
    "ansvarig": lambda r: (not r.owner, r.owner.casefold(), in_order(r.id)),
    "regioner": lambda r: (-r.regions.pending, in_order(r.id)),
    "alder": lambda r: (r.changed_at, in_order(r.id)),
}


def asked(query: Mapping[str, str]) -> dict[str, str]:
    """What an address asks for; what is empty asks for nothing. What has no planned time surfaces by age."""
    found = {name: query.get(name, "")[:100] for name in _ASKED}
    if found["ordning"] not in ORDERS:
        found["ordning"] = ""
    if found["visa"] == "utan" and "ordning" not in query:
        found["ordning"] = "alder"
    return found


def wanted(asked: Mapping[str, str], today: date) -> StatusFilter:
    """What is asked for of the uppdrag themselves, on a local day; `chosen` sees to the rest."""
    return StatusFilter(
        today=today, state=asked["tillstand"], lifecycle=asked["arendegang"], region=asked["region"],
        overdue=asked["visa"] == "efter",
    )  # fmt: skip


def chosen(rows: Sequence[StatusRow], asked: Mapping[str, str], *, kansli: bool) -> list[StatusRow]:
    """The rows that are asked for, in the order that is asked for. Others than the kansli know no owner by name."""
    word, owner = asked["q"].casefold().strip(), asked["ansvarig"].casefold() if kansli else ""
    found = [
        r for r in rows
        if _shown(r, asked["visa"], word, kansli=kansli) and (not owner or r.owner.casefold() == owner)
    ]  # fmt: skip
    key = _KEYS.get(asked["ordning"])
    return sorted(found, key=key) if key else found


def idle(rows: Sequence[StatusRow], today: date) -> dict[str, int]:
    """For how many days nothing has happened with each open uppdrag."""
    return {r.id: (today - local_date(r.changed_at)).days for r in rows if not r.final}


def _shown(row: StatusRow, view: str, word: str, *, kansli: bool) -> bool:
    if view != "alla" and row.final != (view == "avslutade"):
        return False
    if view == "utan" and row.deadline is not None:
        return False
    title = row.title if kansli else row.shown_title
    told = " ".join((row.id, title, row.dnr, row.directive, row.section, row.owner if kansli else "")).casefold()
    return word in told
