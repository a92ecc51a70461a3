"""What regions ask the kansli on their pages. A question is kept once, under what its form was known by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.database import Session
from storage.mail_tables import QuestionRow
from storage.statements import Statement
from storage.tables import columns
from workflow.incoming import Question

_Q = QuestionRow
_COLUMNS = columns(_Q)
_NAMES = tuple(c.name for c in _COLUMNS)
_add = {
    "sqlite": Statement(sqlite.insert(_Q).on_conflict_do_nothing(index_elements=["id"])),
    "postgresql": Statement(postgresql.insert(_Q).on_conflict_do_nothing(index_elements=["id"])),
}
_find = Statement(select(*_COLUMNS).where(col(_Q.id) == bindparam("of")))
_listed = Statement(
    select(*_COLUMNS)
    .where(
        (bindparam("any_region") == 1) | (col(_Q.region) == bindparam("at")),
        (bindparam("also_answered") == 1) | text("answered_at IS NULL"),
    )
    .order_by(col(_Q.asked_at), col(_Q.id))
)
_answer = Statement(
    update(_Q)
    .where(col(_Q.id) == bindparam("of"), text("answered_at IS NULL"))
    .values(answer=bindparam("said"), answered_by=bindparam("who"), answered_at=bindparam("moment"))
)


def keep(session: Session, question: Question) -> bool:
    """Keep a question. False where it was kept already."""
    return session.run(_add[session.dialect.name], {name: getattr(question, name) for name in _NAMES}) == 1


def find(session: Session, id: str) -> Question | None:
    """A question, or None."""
    row = session.one(_find, {"of": id})
    return None if row is None else Question(**dict(zip(_NAMES, row, strict=True)))


def listed(session: Session, *, region: str = "", answered: bool = False) -> list[Question]:
    """The questions of a region, or of all, the one that has waited longest first; the answered ones where asked."""
    rows = session.all(_listed, {"any_region": int(not region), "at": region, "also_answered": int(answered)})
    return [Question(**dict(zip(_NAMES, row, strict=True))) for row in rows]


def answer(session: Session, id: str, said: str, who: str, moment: datetime) -> bool:
    """Keep the answer. False where there is no such question, or it has been answered."""
    return session.run(_answer, {"of": id, "said": said, "who": who, "moment": moment}) == 1
