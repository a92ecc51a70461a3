"""What people did to the mail by hand: who, what, when and why. What one form asked for is kept once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.database import Session
from storage.mail_tables import MailActRow
from storage.statements import Statement

QUEUE = "kon"
"""What an act is about that stops or opens the queue as a whole."""

_A = MailActRow
_NAMES = ("at", "about", "act", "who", "why")
_VALUES: dict[str, Any] = {name: bindparam(f"its_{name}") for name in ("key", *_NAMES)}  # the database numbers them
_add = {
    "sqlite": Statement(sqlite.insert(_A).values(_VALUES).on_conflict_do_nothing(index_elements=["key"])),
    "postgresql": Statement(postgresql.insert(_A).values(_VALUES).on_conflict_do_nothing(index_elements=["key"])),
}
_about = Statement(
    select(*(getattr(_A, name) for name in _NAMES)).where(col(_A.about) == bindparam("of")).order_by(col(_A.number))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAct:
    """One act. `about` as in the table; `at` is an aware UTC moment."""

    at: datetime
    about: str
    act: str
    who: str
    why: str = ""


def note(session: Session, act: MailAct, *, key: str) -> bool:
    """Keep one act under what its form is known by. False where it was kept already."""
    params = {"its_key": key, **{f"its_{name}": getattr(act, name) for name in _NAMES}}
    return session.run(_add[session.dialect.name], params) == 1


def about(session: Session, what: str) -> list[MailAct]:
    """What was done to one mail, address or the queue, oldest first."""
    return [MailAct(**dict(zip(_NAMES, row, strict=True))) for row in session.all(_about, {"of": what})]
