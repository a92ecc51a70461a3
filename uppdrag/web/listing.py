"""The list of uppdrag: what the address asks for, in which order, and how long nothing has happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from uppdrag.service import queries
from uppdrag.service.house import House
from workflow.calendar import local_date
from workflow.status import Listed, StatusFilter, StatusRow, in_order

SHOWN = 50
"""Uppdrag on a page of the list."""
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


class Shown(NamedTuple):
    """A page of the list: `page` of `pages`, from 1; of how many uppdrag in all, and of them after planned time."""

    rows: Sequence[StatusRow]
    many: int
    overdue: int
    page: int
    pages: int


def shown(house: House, asked: Mapping[str, str], today: date, *, page: int, kansli: bool) -> Shown:
    """The page that is asked for, or the last where there are not so many."""
    if asked["q"].strip() or (asked["ansvarig"] and not kansli):  # words are looked for here, one by one
        rows = chosen(queries.status(house, wanted(asked, today)), asked, kansli=kansli)
        pages = max(1, -(-len(rows) // SHOWN))
        page = min(page, pages)
        some = rows[(page - 1) * SHOWN : page * SHOWN]
        return Shown(some, len(rows), sum(r.overdue for r in rows), page, pages)
    found = queries.listed(house, _listed(asked, today), skip=(page - 1) * SHOWN, limit=SHOWN)
    pages = max(1, -(-found.many // SHOWN))
    if page > pages:
        return shown(house, asked, today, page=pages, kansli=kansli)
    return Shown(*found, page, pages)


def _listed(asked: Mapping[str, str], today: date) -> Listed:
    view = asked["visa"]
    return Listed(
        today=today, final=None if view == "alla" else view == "avslutade", overdue=view == "efter",
        undated=view == "utan", state=asked["tillstand"], lifecycle=asked["arendegang"], region=asked["region"],
        owner=asked["ansvarig"], order=asked["ordning"],  # type: ignore[arg-type]  # `asked` takes no other
    )  # fmt: skip


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
