"""Which uppdrag a region has in hand, a page at a time: found by index, however many there are or have been."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, bindparam, exists, func, literal, select, text, tuple_
from sqlmodel import col

from storage.database import Session
from storage.statements import Statement
from storage.tables import BeslutRow, RegionbeslutRow, UppdragRow

_U, _R, _B = UppdragRow, RegionbeslutRow, BeslutRow


class Place(NamedTuple):
    """Where an uppdrag stands among those that a region has open: the last local day of its planned time, None after
    all others, then in order of id."""

    due: date | None
    year: int
    number: int

    @property
    def key(self) -> tuple[bool, date, int, int]:
        return self.due is None, self.due or date.min, self.year, self.number


class State(NamedTuple):
    """A state of one version of a lifecycle."""

    lifecycle: str
    version: int
    state: str


_place = Statement(select(col(_U.due_last), col(_U.year), col(_U.number)).where(col(_U.id) == bindparam("id")))


@cache
def _open(dated: bool, after: bool) -> Statement:
    """Of the uppdrag in a state on which a region is not done, those with a planned time or those without one."""
    at: list[Any] = [col(_U.year), col(_U.number)]
    given: list[Any] = [bindparam("year", type_=Integer), bindparam("number", type_=Integer)]
    if dated:
        at, given = [col(_U.due_last), *at], [bindparam("due", type_=Date), *given]
    query = select(col(_U.id), col(_U.due_last), col(_U.year), col(_U.number)).where(
        col(_U.state) == bindparam("state"), col(_U.lifecycle) == bindparam("lifecycle"),
        col(_U.lifecycle_version) == bindparam("version"),
        col(_U.due_last).is_not(None) if dated else col(_U.due_last).is_(None),
        exists().where(
            col(_R.uppdrag) == col(_U.id), col(_R.region) == bindparam("region"), col(_R.category) == ""
        ),
        *([tuple_(*at) > tuple_(*given)] if after else []),
    )  # fmt: skip
    return Statement(query.order_by(*at).limit(bindparam("limit", type_=Integer)))


@cache
def _decided(dated: bool) -> Statement:
    """The standing decisions of a region that is done with their uppdrag, the latest day first."""
    query = select(col(_B.uppdrag)).where(
        col(_B.region) == bindparam("region"), ~col(_B.withdrawn),
        col(_B.decided_on).is_not(None) if dated else col(_B.decided_on).is_(None),
        exists().where(col(_R.uppdrag) == col(_B.uppdrag), col(_R.region) == col(_B.region), col(_R.category) != ""),
    )  # fmt: skip
    query = query.order_by(col(_B.decided_on).desc()) if dated else query
    return Statement(query.limit(bindparam("limit", type_=Integer)))


_concluded = Statement(
    select(func.count()).select_from(_R).where(col(_R.region) == bindparam("region"), col(_R.category) > "")
)
_concluded_by_region = Statement(
    select(col(_R.region), func.count()).where(col(_R.category) != "").group_by(col(_R.region))
)
_open_by_region = Statement(
    select(col(_R.region), func.count())
    .select_from(_U)
    .join(_R, col(_R.uppdrag) == col(_U.id))
    .where(
        col(_U.state) == bindparam("state"), col(_U.lifecycle) == bindparam("lifecycle"),
        col(_U.lifecycle_version) == bindparam("version"), col(_R.category) == "",
    )
    .group_by(col(_R.region))
)  # fmt: skip


_IN_STATE = (
    col(_U.state) == bindparam("state"), col(_U.lifecycle) == bindparam("lifecycle"),
    col(_U.lifecycle_version) == bindparam("version"),
)  # fmt: skip
_TASK = '%"task":{%'
"""As it is written in JSON: quotes inside a text have a backslash before them."""
_tasks = Statement(
    select(col(_U.id), literal(""), col(_U.year), col(_U.number))
    .where(~col(_U.final), col(_U.detail).like(_TASK))
    .order_by(col(_U.year), col(_U.number))
    .limit(bindparam("limit", type_=Integer))
)
_regions_tasks = Statement(
    select(col(_U.id), col(_R.region), col(_U.year), col(_U.number))
    .join(_U, col(_U.id) == col(_R.uppdrag))
    .where(text("regionbeslut.more <> '{}'"), col(_R.more).like(_TASK), col(_R.category) == "", ~col(_U.final))
    .order_by(col(_U.year), col(_U.number))
    .limit(bindparam("limit", type_=Integer))
)
_to_send = (col(_R.uppdrag) == col(_U.id), col(_R.state) == bindparam("initial"))


@cache
def _unsent(dated: bool) -> Statement:
    """Of the uppdrag in a state that have regions to send to, those with a planned time or those without one."""
    query = (
        select(col(_U.id), select(func.count()).select_from(_R).where(*_to_send).correlate(_U).scalar_subquery())
        .where(*_IN_STATE, ~col(_U.paused), exists().where(*_to_send))
        .where(col(_U.due_last).is_not(None) if dated else col(_U.due_last).is_(None))
        .order_by(*([col(_U.due_last)] if dated else []), col(_U.year), col(_U.number))
    )
    return Statement(query.limit(bindparam("limit", type_=Integer)))


def open_in(session: Session, region: str, states: Iterable[State], *, after: str = "", limit: int) -> list[str]:
    """The ids of uppdrag in any of some states on which a region is not done, those whose planned time runs out first
    before others; at most `limit`, from the one that comes `after` an uppdrag."""
    place = session.one(_place, {"id": after}) if after else None
    begin = Place._make(place) if place else None
    found: list[tuple[Place, str]] = []
    for state in states:
        for dated in (True, False):
            if dated and begin is not None and begin.due is None:
                continue
            later = begin is not None and (dated or begin.due is None)
            given = {"region": region, "limit": limit, **state._asdict()}
            if begin is not None and later:
                given |= begin._asdict() if dated else {"year": begin.year, "number": begin.number}
            rows = session.all(_open(dated, later), given)
            found += [(Place(due, year, number), id) for id, due, year, number in rows]
            if dated and len(rows) == limit:
                break
    return [id for _, id in sorted(found, key=lambda one: one[0].key)[:limit]]


def decided(session: Session, region: str, *, limit: int) -> list[str]:
    """The ids of the uppdrag that a region is done with, the latest decision first; those without a day last."""
    found: dict[str, None] = {}
    for dated in (True, False):
        rows = session.all(_decided(dated), {"region": region, "limit": limit * 2})
        found |= dict.fromkeys(id for (id,) in rows)
    return [*found][:limit]


def tasks(session: Session, *, limit: int) -> list[tuple[str, str]]:
    """What the kansli has to complete: an uppdrag that is not over, and the region whose task it is, empty where it is
    that of the whole uppdrag. In order of id, at most `limit` of each kind."""
    rows = [row for kept in (_tasks, _regions_tasks) for row in session.all(kept, {"limit": limit})]
    return [(id, region) for _, _, region, id in sorted((year, n, region, id) for id, region, year, n in rows)]


def unsent(session: Session, state: State, initial: str, *, limit: int) -> list[tuple[str, int]]:
    """The uppdrag in a state that have regions to which nothing has been sent, with how many; those whose planned time
    runs out first before others."""
    given = {**state._asdict(), "initial": initial, "limit": limit}
    return [(id, many) for dated in (True, False) for id, many in session.all(_unsent(dated), given)][:limit]


def concluded(session: Session, region: str) -> int:
    """How many uppdrag a region is done with."""
    row = session.one(_concluded, {"region": region})
    return int(row[0]) if row else 0


def by_region(session: Session, states: Sequence[State]) -> tuple[dict[str, int], dict[str, int]]:
    """Of each region how many uppdrag in any of some states it is not done with, and how many it is done with."""
    open_: dict[str, int] = {}
    for state in states:
        for region, many in session.all(_open_by_region, state._asdict()):
            open_[region] = open_.get(region, 0) + many
    return open_, dict(session.all(_concluded_by_region, {}))
