"""The keys of other systems (åtkomstnycklar) and of calendars (kalenderlänkar): made, known again, listed and ended.

A secret is 256 random bits, told once; the database has its digest. It begins with letters that say what it is, so that
one that has strayed into a file or a log can be found.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from hmac import digest as hmac
from secrets import token_urlsafe

from storage import tokens
from storage.database import Session
from storage.tokens import Token
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from workflow.calendar import STOCKHOLM, local_date
from workflow.errors import NotFound, Refusal, Refused
from workflow.facts import BadFact, clean_text
from workflow.model import Actor

READ, WRITE, DECIDE, SENSITIVE = "read", "write", "decide:region", "sensitive"
SCOPES: Mapping[str, tuple[str, ...]] = {
    READ: ("kansli", "chefsgrupp", "region", "insyn"), WRITE: ("kansli", "chefsgrupp"), DECIDE: ("region",),
    SENSITIVE: ("kansli",),
}  # fmt: skip
"""What a key may be good for, and the roles that may have it."""
ROLES = ("kansli", "chefsgrupp", "region", "insyn")
LONGEST = 366
"""Days that a system's key lasts at most: then somebody must say again that it is needed."""
MOST_FEEDS = 10
"""Calendar links that a region, or the kansli, may have at a time."""
SECRET = re.compile(r"up[ak]_[A-Za-z0-9_-]+")
"""What a secret looks like, wherever it stands: a system's key, or a calendar's."""
_MIDNIGHT = time()


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Another system, or a calendar, that has shown its key. `ends_at` is None for a calendar's."""

    name: str
    role: str
    region: str
    scopes: frozenset[str]
    ends_at: datetime | None
    digest: str

    @property
    def actor(self) -> Actor:
        """Who acts, as the log has it."""
        return Actor(role=self.role, name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A key just made; the secret is not told again."""

    number: int
    secret: str
    token: Token


def create(
    house: House, name: str, *, role: str, region: str, scopes: Collection[str], days: int, by: str, now: datetime
) -> Made:
    """A key for another system, good until midnight so many days from now. Raises Refused."""
    client, made_by = _cleaned(name, "Systemets namn"), _cleaned(by, "Vem som skapar nyckeln")
    with house.database.transaction() as session:
        _check(house, session, role, region, scopes)
        if not 1 <= days <= LONGEST:
            raise Refused([Refusal.of("token_days", most=LONGEST)])
        ends = datetime.combine(local_date(now) + timedelta(days=days + 1), _MIDNIGHT, STOCKHOLM).astimezone(UTC)
        secret = f"upa_{token_urlsafe(32)}"
        token = Token(
            digest=_digest(secret), kind="api", client=client, role=role, region=region,
            scopes=" ".join(s for s in SCOPES if s in scopes), made_by=made_by, made_at=now, ends_at=ends,
        )  # fmt: skip
        return Made(number=_keep(session, token), secret=secret, token=token)


@persevering
def client(house: House, secret: str, *, now: datetime) -> Client | None:
    """Which system has a secret; None where none has, or its key has ended or been revoked."""
    return _found(house, secret, "api", now)


def listed(house: House) -> list[tuple[int, Token]]:
    """Every key there has been, by number: those of systems and of calendars."""
    with house.database.reading() as session:
        return tokens.everyone(session)


def revoke(house: House, number: int, *, now: datetime) -> Token:
    """End a key at once. Raises NotFound; Refused where it has been ended before."""
    with house.database.transaction() as session:
        return _revoke(session, number, now)


def subscribe(house: House, region: str, *, by: str, seed: bytes, now: datetime) -> Made:
    """A calendar link for a region, or for the kansli where it is empty.

    The secret is made of a `seed` that nobody else has and that has 256 random bits, so that the same form sent twice
    is the same link. Raises Refused where there are too many.
    """
    secret = f"upk_{_base64(hmac(seed, b'kalender', 'sha256'))}"
    with house.database.transaction() as session:
        session.alone()
        known = tokens.find(session, _digest(secret))
        if known is not None:
            return Made(number=known[0], secret=secret, token=known[1])
        if sum(_is_feed_of(token, region) for _, token in tokens.everyone(session)) >= MOST_FEEDS:
            raise Refused([Refusal.of("feeds_full", most=MOST_FEEDS)])
        token = Token(
            digest=_digest(secret), kind="feed", client=by, role="region" if region else "kansli", region=region,
            scopes=READ, made_by=by, made_at=now,
        )  # fmt: skip
        return Made(number=_keep(session, token), secret=secret, token=token)


def subscriptions(house: House, region: str) -> list[tuple[int, Token]]:
    """The calendar links of a region, or of the kansli, that work."""
    with house.database.reading() as session:
        return [(number, token) for number, token in tokens.everyone(session) if _is_feed_of(token, region)]


def unsubscribe(house: House, number: int, region: str, *, now: datetime) -> None:
    """End a calendar link of a region, or of the kansli. Raises NotFound for another's; twice is no matter."""
    with house.database.transaction() as session:
        found = dict(tokens.everyone(session)).get(number)
        if found is None or found.kind != "feed" or found.region != region:
            raise NotFound("feed", str(number))
        tokens.revoke(session, number, now)


def feed(house: House, secret: str, region: str, *, now: datetime) -> Client | None:
    """The calendar that has a secret, where its link is for this region, or for the kansli where that is empty."""
    found = _found(house, secret, "feed", now)
    return found if found is not None and found.region == region else None


def _found(house: House, secret: str, kind: str, now: datetime) -> Client | None:
    if not SECRET.fullmatch(secret):
        return None
    with house.database.reading() as session:
        found = tokens.find(session, _digest(secret))
    if found is None or found[1].kind != kind or found[1].revoked_at is not None:
        return None
    token = found[1]
    if token.ends_at is not None and now >= token.ends_at:
        return None
    return Client(
        name=token.client, role=token.role, region=token.region, scopes=frozenset(token.scopes.split()),
        ends_at=token.ends_at, digest=token.digest,
    )  # fmt: skip


def _check(house: House, session: Session, role: str, region: str, scopes: Collection[str]) -> None:
    wrong = []
    if role not in ROLES:
        wrong.append(Refusal.of("token_role", value=role, known=", ".join(ROLES)))
    if (role == "region") != bool(region):
        wrong.append(Refusal.of("token_region"))
    elif region and region not in {r.lanskod for r in house.regions(session)}:
        wrong.append(Refusal.of("unknown_region", region=region))
    for scope in scopes:
        if scope not in SCOPES:
            wrong.append(Refusal.of("token_scope", value=scope, known=", ".join(SCOPES)))
        elif role in ROLES and role not in SCOPES[scope]:
            wrong.append(Refusal.of("token_scope_of_others", scope=scope, role=role, roles=", ".join(SCOPES[scope])))
    if not scopes:
        wrong.append(Refusal.of("token_scope", value="", known=", ".join(SCOPES)))
    if wrong:
        raise Refused(wrong)


def _keep(session: Session, token: Token) -> int:
    tokens.keep(session, token)
    found = tokens.find(session, token.digest)
    assert found is not None  # noqa: S101 - it was kept just now
    return found[0]


def _revoke(session: Session, number: int, now: datetime) -> Token:
    found = dict(tokens.everyone(session)).get(number)
    if found is None:
        raise NotFound("token", str(number))
    if not tokens.revoke(session, number, now):
        raise Refused([Refusal.of("token_revoked", number=number)])
    return found


def _is_feed_of(token: Token, region: str) -> bool:
    return token.kind == "feed" and token.region == region and token.revoked_at is None


def _cleaned(text: str, label: str) -> str:
    try:
        cleaned = clean_text(text)
    except BadFact as bad:
        raise Refused([Refusal.of(bad.code, label=label, expected=bad.expected)]) from None
    if not cleaned:
        raise Refused([Refusal.of("fact_missing", fact="client", label=label)])
    return cleaned


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
