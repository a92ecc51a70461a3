"""Words looked for in the mail and in what was stated of uppdrag. Capital or small letters are the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlmodel import col

from storage.database import Session
from storage.mail_tables import IncomingRow, MessageRow
from storage.statements import Statement
from storage.tables import UppdragRow

_VARIANTS = ("small", "capital", "typed")


def _has(*among: Any) -> ColumnElement[bool]:
    return or_(*(func.lower(c).like(bindparam(v), escape="\\") for c in among for v in _VARIANTS))


_M, _I, _U = MessageRow, IncomingRow, UppdragRow
_sent = Statement(
    select(col(_M.id))
    .where(_has(col(_M.subject), col(_M.recipient), col(_M.id)))
    .order_by(col(_M.created_at).desc())
    .limit(bindparam("at_most"))
)
_came_in = Statement(
    select(col(_I.id))
    .where(_has(col(_I.subject), col(_I.sender), col(_I.dnr), col(_I.id)))
    .order_by(col(_I.received_at).desc())
    .limit(bindparam("at_most"))
)
_stated = Statement(select(col(_U.id)).where(_has(col(_U.detail))).limit(bindparam("at_most")))


def sent(session: Session, word: str, at_most: int) -> list[str]:
    """The ids of messages whose subject, recipient or id has a word in it, newest first."""
    return _ids(session, _sent, word, at_most)


def came_in(session: Session, word: str, at_most: int) -> list[str]:
    """The ids of mails that came in whose subject, sender, number or id has a word in it, newest first."""
    return _ids(session, _came_in, word, at_most)


def stated(session: Session, word: str, at_most: int) -> list[str]:
    """The ids of uppdrag of which something was stated that may have a word in it."""
    return _ids(session, _stated, word, at_most)


def _ids(session: Session, statement: Statement, word: str, at_most: int) -> list[str]:
    # SQLite makes small letters of a to z only: å, ä and ö are looked for as they may stand.
    small = word.lower()
    params: dict[str, Any] = {
        "small": _like(small), "capital": _like(small[:1].upper() + small[1:]),
        "typed": _like("".join(c.lower() if c.isascii() else c for c in word)), "at_most": at_most,
    }  # fmt: skip
    return _first(session.all(statement, params))


def _first(rows: Sequence[Any]) -> list[str]:
    return [row[0] for row in rows]


def _like(word: str) -> str:
    plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
