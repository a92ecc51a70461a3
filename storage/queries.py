"""Questions: lists of uppdrag, the matrix of regions, history. Each is compiled once for its combination of filters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, case, exists, func, select, text, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.database import Session
from storage.statements import Row, Statement
from storage.tables import BeslutRow, EventRow, RegionbeslutRow, StreamRow, UppdragRow
from workflow.convening import STREAMS
from workflow.status import Cell, DeadlineRow, RegionCounts, StatusFilter, StatusRow, in_order

_U = UppdragRow
STATUS = (
    col(_U.id), col(_U.title), col(_U.neutral_title), col(_U.lifecycle), col(_U.lifecycle_version), col(_U.state),
    col(_U.final), col(_U.paused), col(_U.owner), col(_U.dnr), col(_U.directive), col(_U.section), col(_U.plan),
    col(_U.standing), col(_U.sensitive), col(_U.due), col(_U.due_text), col(_U.due_first), col(_U.due_last),
    col(_U.regions), col(_U.adopted), col(_U.rejected), col(_U.not_concerned), col(_U.changed_at),
)  # fmt: skip


@cache
def _status(filters: frozenset[str]) -> Statement:
    """The list's statement for one combination of filters."""
    where: dict[str, Any] = {
        "id": col(_U.id) == bindparam("id"),
        "state": col(_U.state) == bindparam("state"),
        "lifecycle": col(_U.lifecycle) == bindparam("lifecycle"),
        "owner": func.lower(_U.owner) == func.lower(bindparam("owner")),
        "plan": col(_U.plan) == bindparam("plan"),
        "overdue": (col(_U.due_last) < bindparam("today")) & ~col(_U.final) & ~col(_U.paused),
        "due_before": (col(_U.due_last) < bindparam("due_before")) & ~col(_U.final),
        "idle_since": (col(_U.changed_at) < bindparam("idle_since")) & ~col(_U.final),
        "settled_by": col(_U.changed_at) < bindparam("settled_by"),
        "region": exists().where(
            col(RegionbeslutRow.uppdrag) == col(_U.id), col(RegionbeslutRow.region) == bindparam("region")
        ),
        "after": tuple_(col(_U.year), col(_U.number)) > tuple_(bindparam("after_year"), bindparam("after_number")),
    }
    query = select(*STATUS).where(*(where[name] for name in where if name in filters))
    query = query.order_by(col(_U.year), col(_U.number))
    return Statement(query.limit(bindparam("limit", type_=Integer)) if "limit" in filters else query)


def status(session: Session, wanted: StatusFilter, *, settled_by: datetime | None = None) -> list[StatusRow]:
    """The uppdrag that a filter asks for, in order of id. `settled_by`: only those unchanged since that moment."""
    given: dict[str, Any] = {
        "id": wanted.id, "state": wanted.state, "lifecycle": wanted.lifecycle, "owner": wanted.owner,
        "plan": wanted.plan, "region": wanted.region, "due_before": wanted.due_before,
        "idle_since": wanted.idle_since, "limit": wanted.limit, "after": wanted.after,
        "settled_by": settled_by,
    }  # fmt: skip
    given = {name: value for name, value in given.items() if value}
    if wanted.overdue:
        given["overdue"] = True
    filters = frozenset(given)
    if wanted.after:
        given["after_year"], given["after_number"] = in_order(wanted.after)
    if wanted.overdue:
        given["today"] = wanted.today
    given.pop("overdue", None)
    given.pop("after", None)
    return [status_row(row, wanted.today) for row in session.all(_status(filters), given)]


def status_row(row: Row, today: date) -> StatusRow:
    (
        id, title, neutral_title, lifecycle, version, state, final, paused, owner, dnr, directive, section, plan,
        standing, sensitive, due, due_text, due_first, due_last, regions, adopted, rejected, not_concerned, changed_at,
    ) = row  # fmt: skip
    return StatusRow(
        id, title, neutral_title, lifecycle, version, state, final, paused, owner, dnr, directive, section, plan,
        standing, sensitive,
        DeadlineRow(due, due_text, due_first, due_last) if due else None,
        RegionCounts(regions, adopted, rejected, not_concerned),
        bool(due and due_last < today and not final and not paused),
        changed_at,
    )  # fmt: skip


_R, _B = RegionbeslutRow, BeslutRow
_LATER = aliased(_B)
# Regionbeslut.deciding, in SQL.
_standing = (col(_LATER.uppdrag) == col(_R.uppdrag), col(_LATER.region) == col(_R.region), ~col(_LATER.withdrawn))
_last = select(func.max(_LATER.number)).where(*_standing).correlate(_R).scalar_subquery()
_latest = (
    select(col(_LATER.number))
    .where(*_standing, col(_LATER.set_no) == col(_R.set_no))
    .order_by(
        case((col(_LATER.complete) & col(_LATER.decided_on).is_(None), 1), else_=0).desc(),
        func.coalesce(col(_LATER.decided_on), date.min).desc(), col(_LATER.number).desc(),
    )
    .limit(1)
    .correlate(_R)
    .scalar_subquery()
)  # fmt: skip
_deciding = case((col(_R.category) == "", _last), else_=_latest)


@cache
def _cells(filters: frozenset[str]) -> Statement:
    where: dict[str, Any] = {
        "uppdrag": col(_R.uppdrag) == bindparam("uppdrag"),
        "region": col(_R.region) == bindparam("lanskod"),
        "settled_by": col(_U.changed_at) < bindparam("settled_by"),
    }
    query = (
        select(
            col(_R.uppdrag), col(_R.region), col(_R.state), col(_R.outcome), col(_R.category), col(_B.decided_on),
            col(_B.body), col(_B.paragraph), col(_B.source), col(_B.proposal_version), col(_R.planned_on),
            col(_R.version), col(_R.planned_body), col(_R.dnr),
        )
        .join(_U, col(_U.id) == col(_R.uppdrag))
        .outerjoin(
            _B,
            (col(_B.uppdrag) == col(_R.uppdrag))
            & (col(_B.region) == col(_R.region))
            & (col(_B.number) == _deciding),
        )
        .order_by(col(_U.year), col(_U.number), col(_R.region))
    )  # fmt: skip
    return Statement(query.where(*(where[name] for name in where if name in filters)))


def cells(session: Session, uppdrag: str = "", *, region: str = "", settled_by: datetime | None = None) -> list[Cell]:
    """Every region of every uppdrag that has regions, or of one uppdrag, or one region of each, by uppdrag and länskod.

    `settled_by`: only those of uppdrag unchanged since that moment.
    """
    given = {"uppdrag": uppdrag, "region": region, "settled_by": settled_by}
    filters = frozenset(name for name, value in given.items() if value)
    rows = session.all(_cells(filters), {"uppdrag": uppdrag, "lanskod": region, "settled_by": settled_by})
    return list(map(_cell, rows))


def each_cell(session: Session) -> Iterator[Cell]:
    """Every region of every uppdrag that has regions, one by one: for what may be large."""
    return map(_cell, session.each(_cells(frozenset()), {}))


def _cell(r: Row) -> Cell:
    return Cell(
        uppdrag=r[0], region=r[1], state=r[2], outcome=r[3], category=r[4], decided_on=r[5], body=r[6] or "",
        paragraph=r[7] or "", source=r[8] or "", proposal_version=r[9] or 0, planned_on=r[10], version=r[11],
        planned_body=r[12], dnr=r[13],
    )  # fmt: skip


_dnr = Statement(
    select(col(_U.id)).where(
        # The indexes hold only the uppdrag that have a number, and are used only where the question says so too.
        ((col(_U.dnr) == bindparam("number")) & text("dnr <> ''"))
        | ((col(_U.directive) == bindparam("number")) & text("directive <> ''")),
        col(_U.id) != bindparam("but"),
    )
)
_ids_following = Statement(
    select(col(_U.id))
    .where(col(_U.lifecycle) == bindparam("lifecycle"), col(_U.lifecycle_version) != bindparam("version"))
    .order_by(col(_U.year), col(_U.number))
)
_open_in_plan = Statement(
    select(col(_U.id)).where(col(_U.plan) == bindparam("plan"), ~col(_U.final)).order_by(col(_U.year), col(_U.number))
)
_links = Statement(select(col(StreamRow.name), col(StreamRow.head)).order_by(col(StreamRow.name)))
_events = Statement(select(func.count()).select_from(EventRow))


def others_with_number(session: Session, number: str, but: str) -> list[str]:
    """The other uppdrag on which a diarienummer stands."""
    return [row[0] for row in session.all(_dnr, {"number": number, "but": but})]


def following(session: Session, lifecycle: str, but_version: int) -> list[str]:
    """The uppdrag that follow another version of a lifecycle."""
    return [row[0] for row in session.all(_ids_following, {"lifecycle": lifecycle, "version": but_version})]


def open_in_plan(session: Session, plan: str) -> list[str]:
    """The uppdrag of a plan that are not finished."""
    return [row[0] for row in session.all(_open_in_plan, {"plan": plan})]


def links(session: Session) -> tuple[tuple[str, ...], dict[str, str]]:
    """The last link of every stream: those of the meetings' calendars in order of name, and the others by name."""
    meetings, others = list[str](), dict[str, str]()
    for name, head in session.all(_links, {}):
        if name.startswith(STREAMS):
            meetings.append(head)
        else:
            others[name] = head
    return tuple(meetings), others


def count_events(session: Session) -> int:
    """How many events the log holds."""
    row = session.one(_events, {})
    return row[0] if row else 0
