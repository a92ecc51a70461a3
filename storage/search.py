"""Words looked for in the mail and in what was stated of uppdrag. Capital or small letters are the same."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, literal, null, or_, select, text
from sqlmodel import col

from storage.database import Session
from storage.mail_tables import IncomingRow, MessageRow
from storage.statements import Statement
from storage.tables import BeslutRow, RegionbeslutRow, UppdragRow

_VARIANTS = ("small", "capital", "typed")


class RegionsWord(NamedTuple):
    """What a region has said on an uppdrag: its decision, or only the number that it keeps the matter under."""

    uppdrag: str
    region: str
    decided_on: date | None
    paragraph: str
    dnr: str


def _has(*among: Any) -> ColumnElement[bool]:
    return or_(*(func.lower(c).like(bindparam(v), escape="\\") for c in among for v in _VARIANTS))


_M, _I, _U, _B, _R = MessageRow, IncomingRow, UppdragRow, BeslutRow, RegionbeslutRow
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
_DECISION = (col(_B.uppdrag), col(_B.region), col(_B.decided_on), col(_B.paragraph), col(_B.dnr))
_standing = text("NOT withdrawn")
_decided = Statement(
    select(*_DECISION)
    .where(_has(col(_B.dnr)), _standing)
    .order_by(col(_B.uppdrag), col(_B.region), col(_B.number))
    .limit(bindparam("at_most"))
)
_at_paragraph = Statement(
    select(*_DECISION)
    .where(col(_B.paragraph) == bindparam("of"), _standing)
    .order_by(col(_B.uppdrag), col(_B.region), col(_B.number))
    .limit(bindparam("at_most"))
)
_received = Statement(
    select(col(_R.uppdrag), col(_R.region), null(), literal(""), col(_R.dnr))
    .where(_has(col(_R.dnr)))
    .order_by(col(_R.uppdrag), col(_R.region))
    .limit(bindparam("at_most"))
)
_stated = Statement(select(col(_U.id)).where(_has(col(_U.detail))).limit(bindparam("at_most")))


def sent(session: Session, word: str, at_most: int) -> list[str]:
    """The ids of messages whose subject, recipient or id has a word in it, newest first."""
    return _ids(session, _sent, word, at_most)


def came_in(session: Session, word: str, at_most: int) -> list[str]:
    """The ids of mails that came in whose subject, sender, number or id has a word in it, newest first."""
    return _ids(session, _came_in, word, at_most)


def numbered(session: Session, word: str, at_most: int) -> list[RegionsWord]:
    """The decisions that stand whose number in a region has a word in it, and the tracks that do."""
    params = _params(word, at_most)
    found = [RegionsWord(*row) for row in session.all(_decided, params)]
    known = {(d.uppdrag, d.region, d.dnr) for d in found}
    received = [RegionsWord(*row) for row in session.all(_received, params)]
    return [*found, *(r for r in received if (r.uppdrag, r.region, r.dnr) not in known)]


def at_paragraph(session: Session, paragraph: str, at_most: int) -> list[RegionsWord]:
    """The decisions that stand with a §."""
    return [RegionsWord(*row) for row in session.all(_at_paragraph, {"of": paragraph, "at_most": at_most})]


def stated(session: Session, word: str, at_most: int) -> list[str]:
    """The ids of uppdrag of which something was stated that may have a word in it."""
    return _ids(session, _stated, word, at_most)


def _ids(session: Session, statement: Statement, word: str, at_most: int) -> list[str]:
    return [row[0] for row in session.all(statement, _params(word, at_most))]


def _params(word: str, at_most: int) -> dict[str, Any]:
    # SQLite makes small letters of a to z only: å, ä and ö are looked for as they may stand.
    small = word.lower()
    return {
        "small": _like(small), "capital": _like(small[:1].upper() + small[1:]),
        "typed": _like("".join(c.lower() if c.isascii() else c for c in word)), "at_most": at_most,
    }  # fmt: skip


def _like(word: str) -> str:
    plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
