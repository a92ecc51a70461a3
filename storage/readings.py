"""Who has read what is sensitive: written once, listed, and forgotten when its time is up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, delete, func, insert, select
from sqlmodel import col

from storage.database import Session
from storage.privacy_tables import ReadingRow
from storage.statements import Statement

_R = ReadingRow
Door = Literal["sida", "fil", "api", "kommando"]
_NAMES = ("at", "uppdrag", "door", "what", "role", "region", "office", "name")
_note = Statement(insert(_R).values({name: bindparam(f"its_{name}") for name in _NAMES}))  # the database numbers them
_listed = Statement(
    select(*(getattr(_R, name) for name in _NAMES))
    .where(
        (bindparam("of") == "") | (col(_R.uppdrag) == bindparam("of")),
        (bindparam("by") == "") | (func.lower(col(_R.name)) == func.lower(bindparam("by"))),
        col(_R.at) >= bindparam("since"),
    )
    .order_by(col(_R.at).desc(), col(_R.number).desc())
    .limit(bindparam("most"))
)
_forget = Statement(delete(_R).where(col(_R.at) <= bindparam("before")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of one sensitive uppdrag; `at` is aware."""

    at: datetime
    uppdrag: str
    door: Door
    what: str
    role: str
    region: str
    office: str
    name: str


def note(session: Session, readings: Sequence[Reading]) -> None:
    """Keep that something was read."""
    session.run_many(_note, [{f"its_{name}": value for name, value in asdict(one).items()} for one in readings])


def listed(session: Session, *, since: datetime, uppdrag: str = "", name: str = "", most: int) -> list[Reading]:
    """The readings since a moment (aware), newest first: of one uppdrag, by one name, or all."""
    rows = session.all(_listed, {"of": uppdrag, "by": name, "since": since, "most": most})
    return [Reading(**dict(zip(_NAMES, row, strict=True))) for row in rows]


def forget(session: Session, *, before: datetime) -> int:
    """Delete those from before a moment; how many they were. The database refuses where two years have not passed."""
    return session.run(_forget, {"before": before})
