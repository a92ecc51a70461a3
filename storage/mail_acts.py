"""What people did to the mail by hand: who, what, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select
from sqlmodel import col

from storage.database import Session
from storage.mail_tables import MailActRow
from storage.statements import Statement

QUEUE = "kon"
"""What an act is about that stops or opens the queue as a whole."""

_A = MailActRow
_NAMES = ("at", "about", "act", "who", "why")
_add = Statement(insert(_A).values({name: bindparam(f"its_{name}") for name in _NAMES}))  # the database numbers them
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


def note(session: Session, act: MailAct) -> None:
    """Keep one act."""
    session.run(_add, {f"its_{name}": getattr(act, name) for name in _NAMES})


def about(session: Session, what: str) -> list[MailAct]:
    """What was done to one mail, address or the queue, oldest first."""
    return [MailAct(**dict(zip(_NAMES, row, strict=True))) for row in session.all(_about, {"of": what})]
