"""What is taken away when its time is up, a thousand rows at a time. Nothing here touches the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, select, update
from sqlmodel import SQLModel, col

from storage import heartbeats
from storage.database import Session
from storage.mail_tables import HeartbeatRow, IncomingRow, MessageRow, UnsubscribeLinkRow
from storage.privacy_tables import ReadingRow
from storage.statements import Statement
from storage.web_tables import WebDraftRow, WebFaultRow, WebLoginRow, WebSessionRow, WebVisitRow

BATCH = 1_000
"""Rows of one transaction: nobody waits long for it."""
EMPTIED = "Texten är gallrad enligt "
"""What stands where a text stood, before the number of the decision."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """Rows of one table whose time is up. `empties`: the column that is emptied; without one the rows are deleted."""

    table: str
    empties: str
    statement: Statement
    counted: Statement


def _rows(key: Any, when: ColumnElement[bool], empties: str = "") -> _Kind:
    table: type[SQLModel] = key.class_
    chosen = col(key).in_(select(col(key)).where(when).limit(bindparam("most")))
    made: Any = delete(table).where(chosen)
    if empties:
        made = update(table).where(chosen).values({empties: bindparam("instead")})
    counted = select(func.count()).select_from(table).where(when)
    return _Kind(str(table.__tablename__), empties, Statement(made), Statement(counted))


def _one_of(column: Any, one: str, other: str) -> ColumnElement[bool]:
    return (col(column) == one) | (col(column) == other)


_before: Any = bindparam("before")
_I, _M = IncomingRow, MessageRow
_has_text = (col(_I.body) != "") & col(_I.body).not_like(f"{EMPTIED}%")

KINDS: Mapping[str, _Kind] = {
    "login": _rows(WebLoginRow.digest, col(WebLoginRow.ends_at) <= _before),
    "session": _rows(WebSessionRow.digest, col(WebSessionRow.used_at) <= _before),
    "draft": _rows(WebDraftRow.digest, col(WebDraftRow.ends_at) <= _before),
    "visit": _rows(WebVisitRow.number, col(WebVisitRow.at) <= _before),
    "fault_client": _rows(
        WebFaultRow.id, (col(WebFaultRow.made_at) <= _before) & (col(WebFaultRow.client) != ""), "client"
    ),
    "reading": _rows(ReadingRow.number, col(ReadingRow.at) <= _before),
    "heartbeat": _rows(
        HeartbeatRow.worker, (col(HeartbeatRow.beat_at) <= _before) & (col(HeartbeatRow.kind) != heartbeats.BACKUP)
    ),
    "unsubscribe_link": _rows(UnsubscribeLinkRow.digest, col(UnsubscribeLinkRow.made_at) <= _before),
    "delivery": _rows(
        _M.id,
        _one_of(_M.status, "skickad", "levererad") & (col(_M.sent_at) <= _before) & (col(_M.response) != ""),
        "response",
    ),
    "mail_automatic": _rows(
        _I.id,
        _one_of(_I.kind, "studs", "autosvar") & (col(_I.status) == "klar") & (col(_I.received_at) <= _before)
        & _has_text,
        "body",
    ),
    "mail_in_diary": _rows(
        _I.id,
        _one_of(_I.status, "registrerad", "avfardad") & (col(_I.dnr) != "") & (col(_I.handled_at) <= _before)
        & _has_text,
        "body",
    ),
}  # fmt: skip
"""By the name that `uppdrag.service.pruning` knows each by."""


def waiting(session: Session, kind: str, *, before: datetime) -> int:
    """How many rows of a kind are older than a moment."""
    found = session.one(KINDS[kind].counted, {"before": before})
    return found[0] if found else 0


def prune(session: Session, kind: str, *, before: datetime, instead: str = "") -> int:
    """Take away at most BATCH of them; how many they were. `instead`: what stands where a text is emptied."""
    one = KINDS[kind]
    given = {"before": before, "most": BATCH, **({"instead": instead} if one.empties else {})}
    return session.run(one.statement, given)
