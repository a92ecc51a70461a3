"""The keys of other systems and of calendars. A secret is kept as its digest only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import col

from storage.database import Session
from storage.statements import Statement
from storage.tables import columns
from storage.token_tables import ApiTokenRow

_T = ApiTokenRow
_COLUMNS = [c for c in columns(_T) if c.name != "number"]
_insert = Statement(insert(_T).values({c.name: bindparam(f"its_{c.name}") for c in _COLUMNS}))  # not the number
_FOUND = select(col(_T.number), *_COLUMNS)
_find = Statement(_FOUND.where(col(_T.digest) == bindparam("of")))
_all = Statement(_FOUND.order_by(col(_T.number)))
_revoke = Statement(
    update(_T)
    .where(col(_T.number) == bindparam("of"), col(_T.revoked_at).is_(None))
    .values(revoked_at=bindparam("moment"))
)
_use = Statement(update(_T).where(col(_T.digest) == bindparam("of")).values(used_on=bindparam("day")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A key. `digest` is SHA-256 in hex of its secret; `scopes` are divided by spaces; moments are aware UTC."""

    digest: str
    kind: str
    client: str
    role: str
    region: str
    scopes: str
    made_by: str
    made_at: datetime
    ends_at: datetime | None = None
    used_on: date | None = None
    revoked_at: datetime | None = None


def keep(session: Session, token: Token) -> None:
    """Keep a new key."""
    session.run(_insert, {f"its_{name}": value for name, value in asdict(token).items()})


def find(session: Session, digest: str) -> tuple[int, Token] | None:
    """The key whose secret has this digest and its number, also when it no longer works."""
    row = session.one(_find, {"of": digest})
    return None if row is None else _read(row)


def everyone(session: Session) -> list[tuple[int, Token]]:
    """Every key there has been, by number."""
    return [_read(row) for row in session.all(_all, {})]


def revoke(session: Session, number: int, now: datetime) -> bool:
    """End a key. False where there is none of that number, or it has been ended before."""
    return session.run(_revoke, {"of": number, "moment": now}) == 1


def use(session: Session, used: Iterable[tuple[str, date]]) -> None:
    """Note the local day on which keys were last used."""
    session.run_many(_use, [{"of": digest, "day": day} for digest, day in used])


def _read(row: tuple[object, ...]) -> tuple[int, Token]:
    number, *rest = row
    return int(str(number)), Token(**dict(zip((c.name for c in _COLUMNS), rest, strict=True)))  # type: ignore[arg-type]  # as the columns say
