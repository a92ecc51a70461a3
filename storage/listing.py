"""The list of uppdrag, a page of it in an order, and how many there are in all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, case, exists, func, select, text
from sqlmodel import col

from storage.database import Session
from storage.in_hand import State
from storage.queries import STATUS, status_row
from storage.statements import Statement
from storage.tables import RegionbeslutRow, UppdragRow
from workflow.status import Listed, Order, StatusRow

_U = UppdragRow
_ORDERS: Mapping[Order, tuple[Any, ...]] = {
    "": (),
    "tid": (case((col(_U.due_last).is_(None), 1), else_=0), col(_U.due_last)),
    "ansvarig": (case((col(_U.owner) == "", 1), else_=0), func.lower(_U.owner)),
    "regioner": (
        (col(_U.regions) - col(_U.adopted) - col(_U.rejected) - col(_U.not_concerned)).desc(),
    ),
    "alder": (col(_U.changed_at),),
}  # fmt: skip
"""By number, planned time (those without one last), owner, regions that are left, or what has lain longest."""
_in_state = Statement(
    select(col(_U.year), col(_U.number), col(_U.id)).where(
        col(_U.lifecycle) == bindparam("lifecycle"), col(_U.lifecycle_version) == bindparam("version"),
        col(_U.state) == bindparam("state"), col(_U.regions) > 0,
    )
)  # fmt: skip
_with_regions = Statement(select(col(_U.id)).where(col(_U.regions) > 0).order_by(col(_U.year), col(_U.number)))
_owners = Statement(select(col(_U.owner)).where(text("owner <> ''")).distinct().order_by(col(_U.owner)))


class Page(NamedTuple):
    """Some of the uppdrag that were asked for; how many there are in all, and are after planned time."""

    rows: list[StatusRow]
    many: int
    overdue: int


def page(session: Session, wanted: Listed, *, skip: int, limit: int) -> Page:
    """The uppdrag that are asked for, from the one after `skip` others, at most `limit`."""
    given = {
        name: value
        for name in ("state", "lifecycle", "region", "owner")
        if (value := getattr(wanted, name))
    }  # fmt: skip
    filters = frozenset(given) | {name for name in ("overdue", "undated") if getattr(wanted, name)}
    if wanted.final is not None:
        filters |= {"final" if wanted.final else "open"}
    at = {**given, "today": wanted.today}
    rows = session.all(_page(filters, wanted.order), {**at, "limit": limit, "skip": skip})
    late = filters - {"open"} | {"overdue"}
    ((many,), (overdue,)) = (session.one(_count(asked), at) or (0,) for asked in (filters, late))
    return Page([status_row(row, wanted.today) for row in rows], many, overdue)


def lying(session: Session, states: Iterable[State]) -> list[str]:
    """The ids of the uppdrag in any of some states, in order."""
    found: list[tuple[int, int, str]] = []
    for state in states:
        found += session.all(_in_state, state._asdict())
    return [id for _, _, id in sorted(found)]


def with_regions(session: Session) -> list[str]:
    """The ids of every uppdrag that regions are concerned by, in order."""
    return [id for (id,) in session.all(_with_regions, {})]


def owners(session: Session) -> list[str]:
    """Everybody who is responsible for an uppdrag, by name."""
    return [name for (name,) in session.all(_owners, {})]


_OVERDUE = (col(_U.due_last) < bindparam("today")) & ~col(_U.final) & ~col(_U.paused)


def _asked(filters: frozenset[str]) -> list[Any]:
    where: dict[str, Any] = {
        "final": col(_U.final), "open": ~col(_U.final), "overdue": _OVERDUE,
        "undated": col(_U.due_last).is_(None),
        "state": col(_U.state) == bindparam("state"), "lifecycle": col(_U.lifecycle) == bindparam("lifecycle"),
        "owner": func.lower(_U.owner) == func.lower(bindparam("owner")),
        "region": exists().where(
            col(RegionbeslutRow.uppdrag) == col(_U.id), col(RegionbeslutRow.region) == bindparam("region")
        ),
    }  # fmt: skip
    return [condition for name, condition in where.items() if name in filters]


@cache
def _page(filters: frozenset[str], order: Order) -> Statement:
    query = select(*STATUS).where(*_asked(filters)).order_by(*_ORDERS[order], col(_U.year), col(_U.number))
    return Statement(query.limit(bindparam("limit", type_=Integer)).offset(bindparam("skip", type_=Integer)))


@cache
def _count(filters: frozenset[str]) -> Statement:
    return Statement(select(func.count()).select_from(_U).where(*_asked(filters)))
