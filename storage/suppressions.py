"""Addresses that mail no longer goes to, since when and why. An address is the same in capitals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.database import Session
from storage.mail_tables import SuppressionRow
from storage.statements import Statement

_S = SuppressionRow
_add = {
    "sqlite": Statement(sqlite.insert(_S).on_conflict_do_nothing()),
    "postgresql": Statement(postgresql.insert(_S).on_conflict_do_nothing()),
}
_all = Statement(select(col(_S.address), col(_S.reason), col(_S.since)).order_by(col(_S.since), col(_S.address)))
_reason = Statement(select(col(_S.reason)).where(col(_S.address) == bindparam("of")))
_lift = Statement(delete(_S).where(col(_S.address) == bindparam("of")))


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that mail no longer goes to. `since` is an aware UTC moment."""

    address: str
    reason: str
    since: datetime


def add(session: Session, address: str, reason: str, now: datetime) -> bool:
    """Stop mail to an address. False where it already was: the first reason stands."""
    row = {"address": address.lower(), "reason": reason, "since": now}
    return session.run(_add[session.dialect.name], row) == 1


def lift(session: Session, address: str) -> bool:
    """Let mail go to the address again. False where nothing stopped it."""
    return session.run(_lift, {"of": address.lower()}) == 1


def reason(session: Session, address: str) -> str:
    """Why mail does not go to an address, empty where it does."""
    row = session.one(_reason, {"of": address.lower()})
    return "" if row is None else str(row[0])


def reasons(session: Session) -> dict[str, str]:
    """Why mail does not go to each address (in small letters) that it does not go to."""
    return {row.address: row.reason for row in everyone(session)}


def everyone(session: Session) -> list[Suppression]:
    """All of them, oldest first."""
    return [Suppression(*row) for row in session.all(_all, {})]
