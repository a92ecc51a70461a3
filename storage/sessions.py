"""Who is logged in on the web, who is on the way in, and which pages were seen. Tokens are kept as digests only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.database import Session
from storage.statements import Statement
from storage.tables import columns
from storage.web_tables import WebLoginRow, WebSessionRow, WebVisitRow

_S, _L, _V = WebSessionRow, WebLoginRow, WebVisitRow
_OWNER = ("role", "office", "region", "name", "address", "issuer", "subject")
_open = Statement(insert(_S))
_find = Statement(select(*columns(_S)).where(col(_S.digest) == bindparam("of")))
_everyone = Statement(select(*columns(_S)).order_by(col(_S.made_at), col(_S.digest)))
_use = Statement(update(_S).where(col(_S.digest) == bindparam("of")).values(used_at=bindparam("moment")))
_end = Statement(delete(_S).where(col(_S.digest) == bindparam("of")))
_end_old = Statement(delete(_S).where((col(_S.ends_at) <= bindparam("now")) | (col(_S.used_at) <= bindparam("idle"))))
_own = Statement(
    select(*columns(_S))
    .where(*(getattr(_S, name) == bindparam(f"of_{name}") for name in _OWNER))
    .order_by(col(_S.made_at).desc(), col(_S.digest))
)
_end_own = Statement(delete(_S).where(*(getattr(_S, name) == bindparam(f"of_{name}") for name in _OWNER)))
_end_identity = Statement(
    delete(_S).where(col(_S.issuer) == bindparam("at_issuer"), col(_S.subject) == bindparam("of_subject"))
)
_begin = Statement(insert(_L))
_begin_once = {
    "sqlite": Statement(sqlite.insert(_L).on_conflict_do_nothing(index_elements=["digest"])),
    "postgresql": Statement(postgresql.insert(_L).on_conflict_do_nothing(index_elements=["digest"])),
}
_logins = Statement(select(func.count()).select_from(_L).where(col(_L.made_at) > bindparam("since")))
_find_login = Statement(select(*columns(_L)).where(col(_L.digest) == bindparam("of")))
_try = Statement(
    update(_L)
    .where(
        col(_L.digest) == bindparam("of"), col(_L.attempts) < bindparam("most"), col(_L.ends_at) > bindparam("moment")
    )
    .values(attempts=col(_L.attempts) + 1)
)  # fmt: skip
_prove = Statement(update(_L).where(col(_L.digest) == bindparam("of")).values(proven=True, code=""))
_spend = Statement(delete(_L).where(col(_L.digest) == bindparam("of"), col(_L.ends_at) > bindparam("moment")))
_asked = Statement(
    select(func.count()).select_from(_L).where(col(_L.address) == bindparam("of"), col(_L.made_at) > bindparam("since"))
)
_asked_from = Statement(
    select(func.count()).select_from(_L).where(col(_L.client) == bindparam("of"), col(_L.made_at) > bindparam("since"))
)
_VISIT = ("at", "role", "region", "name", "method", "path", "status")
_visit = Statement(insert(_V).values({name: bindparam(f"its_{name}") for name in _VISIT}))  # the database numbers them


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is logged in. Moments are aware UTC. `office` and `address` are empty where a link was used.

    `subject` is who an OpenID provider, `issuer`, says it is; empty where none was asked.
    """

    digest: str
    role: str
    office: str
    region: str
    name: str
    address: str
    made_at: datetime
    used_at: datetime
    ends_at: datetime
    issuer: str = ""
    subject: str = ""
    browser: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody on the way in. `code`: what the right code comes to, empty where none will do. `proven`: it was given.
    `role`: what a link is for, empty where a code was mailed. `subject`: who a provider says it is; `groups`: the roles
    that its groups give, by commas."""

    digest: str
    role: str
    address: str
    client: str
    code: str
    proven: bool
    attempts: int
    made_at: datetime
    ends_at: datetime
    issuer: str = ""
    subject: str = ""
    name: str = ""
    groups: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that somebody asked for, and the status of the answer."""

    at: datetime
    role: str
    region: str
    name: str
    method: str
    path: str
    status: int


def open(session: Session, signed_in: SignedIn) -> None:
    """Log somebody in."""
    session.run(_open, asdict(signed_in))


def find(session: Session, digest: str) -> SignedIn | None:
    """Who has the token of this digest, also when the time is up."""
    row = session.one(_find, {"of": digest})
    return None if row is None else SignedIn(*row)


def everyone(session: Session) -> list[SignedIn]:
    """Everybody who is logged in, who came first first."""
    return [SignedIn(*row) for row in session.all(_everyone, {})]


def use(session: Session, used: Iterable[tuple[str, datetime]]) -> None:
    """Note when tokens were last used."""
    session.run_many(_use, [{"of": digest, "moment": moment} for digest, moment in used])


def end(session: Session, digest: str) -> bool:
    """Log out. False where nobody was logged in."""
    return session.run(_end, {"of": digest}) == 1


def own(session: Session, of: SignedIn) -> list[SignedIn]:
    """Every login of the same person in the same office, the newest first."""
    return [SignedIn(*row) for row in session.all(_own, _owner(of))]


def end_own(session: Session, of: SignedIn) -> int:
    """Log the same person out everywhere; how many logins it were."""
    return session.run(_end_own, _owner(of))


def end_identity(session: Session, issuer: str, subject: str) -> int:
    """Log out whom a provider says that somebody is; how many logins it were."""
    return session.run(_end_identity, {"at_issuer": issuer, "of_subject": subject})


def end_old(session: Session, *, now: datetime, idle: datetime) -> int:
    """Log out those whose time is up, and who have done nothing since `idle`; how many they were."""
    return session.run(_end_old, {"now": now, "idle": idle})


def begin(session: Session, login: Login) -> None:
    """Let somebody try to log in."""
    session.run(_begin, asdict(login))


def begin_once(session: Session, login: Login) -> bool:
    """The same, unless somebody has already begun with the token of this digest: then False."""
    return session.run(_begin_once[session.dialect.name], asdict(login)) == 1


def login(session: Session, digest: str) -> Login | None:
    """Who is on the way in with the token of this digest, also when the time is up."""
    row = session.one(_find_login, {"of": digest})
    return None if row is None else Login(*row)


def attempt(session: Session, digest: str, *, most: int, now: datetime) -> bool:
    """Count a try, before it is looked at. False where there have been `most`, or the time is up."""
    return session.run(_try, {"of": digest, "most": most, "moment": now}) == 1


def prove(session: Session, digest: str) -> None:
    """The right code was given; it will not do again."""
    session.run(_prove, {"of": digest})


def spend(session: Session, digest: str, now: datetime) -> bool:
    """Use up a link or a proven login. False where somebody already has, or the time is up."""
    return session.run(_spend, {"of": digest, "moment": now}) == 1


def asked(session: Session, *, address: str, client: str, since: datetime) -> tuple[int, int]:
    """How many codes have been asked for since a moment: to an address, and from a machine."""
    to, by = (session.one(s, {"of": v, "since": since}) for s, v in ((_asked, address), (_asked_from, client)))
    return (to[0] if to else 0), (by[0] if by else 0)


def asked_in_all(session: Session, *, since: datetime) -> int:
    """How many have begun to log in since a moment."""
    found = session.one(_logins, {"since": since})
    return found[0] if found else 0


def note_visits(session: Session, visits: Sequence[Visit]) -> None:
    """Keep which pages were asked for."""
    session.run_many(_visit, [{f"its_{name}": getattr(visit, name) for name in _VISIT} for visit in visits])


def _owner(of: SignedIn) -> dict[str, str]:
    return {f"of_{name}": getattr(of, name) for name in _OWNER}
