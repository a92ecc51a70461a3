"""Whom an OpenID provider's identity is here: an office that its verified address bound it to, or a role of its groups.

The identity is `sub` at `iss`. An address binds it once, the first time; afterwards the address does not matter. A
holder is one identity only: who comes later with the same address is nobody until the kansli has unbound the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from storage import bindings, people, sessions
from storage.bindings import Binding
from storage.database import Session
from storage.sessions import Login
from uppdrag.service import signing_in
from uppdrag.service.house import House
from uppdrag.service.oidc import LASTS, Identity
from uppdrag.service.signing_in import ASKED, ASKED_IN_ALL, CODE_LASTS
from workflow.calendar import local_date
from workflow.errors import NotFound, Refusal, Refused


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody who came back from the provider: a session's token, or a token to choose an office with."""

    token: str
    chooses: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """A binding as it is shown: which office it gives, and whose it is."""

    binding: Binding
    office: str
    region: str
    holder_name: str


def begin(house: House, token: str, *, client: str, now: datetime) -> None:
    """Use up what a login at the provider began with. Raises Refused: `oidc_stale` when used, `asked_too_often`."""
    with house.database.transaction() as session:
        since = now - CODE_LASTS
        by_client = sessions.asked(session, address="", client=client, since=since)[1]
        if by_client >= ASKED or sessions.asked_in_all(session, since=since) >= ASKED_IN_ALL:
            raise Refused([Refusal.of("asked_too_often")])
        # It is forgotten later than it could be used.
        spent = _login(_digest(f"{token}\x1fspent"), client=client, now=now, ends_at=now + LASTS + timedelta(minutes=1))
        if not sessions.begin_once(session, spent):
            raise Refused([Refusal.of("oidc_stale")])


def arrive(
    house: House, who: Identity, *, choice: str, client: str, now: datetime, before: str = "", browser: str = ""
) -> Arrived:  # fmt: skip
    """Log an identity in where it has one role here; where it has several it chooses with the token `choice`.

    Raises Refused: `oidc_unknown`, or `oidc_taken` where its address is that of a holder who is another identity.
    """
    name = who.name or who.email or who.subject
    with house.database.transaction() as session:
        taken = _bind(session, who, now)
        login = _login(
            _digest(choice), client=client, now=now, ends_at=now + LASTS, issuer=who.issuer, subject=who.subject,
            name=name, groups=",".join(who.roles),
        )  # fmt: skip
        held = signing_in.posts_for(session, login, now)
        if len(held) == 1:
            address, post = held[0]
            signed = signing_in.signature(name, post, house.regions(session))
            token = signing_in.open_session(
                session, post, signed, login=login, address=address, now=now, before=before, browser=browser
            )
            return Arrived(token, chooses=False)
        if held:
            sessions.begin_once(session, login)
            return Arrived(choice, chooses=True)
    raise Refused([Refusal.of("oidc_taken" if taken else "oidc_unknown")])


def listed(house: House) -> list[Bound]:
    """Every binding, also those that were revoked, the oldest first."""
    with house.database.reading() as session:
        held = {h.id: h for h in people.all_holders(session)}
        return [
            Bound(b, held[b.holder].office, held[b.holder].region, held[b.holder].name)
            for b in bindings.everyone(session)
            if b.holder in held
        ]


def unbind(house: House, subject: str, *, now: datetime) -> int:
    """Let an identity be nobody, and log it out; how many bindings it had. Raises NotFound.

    Its address does not bind it again, until `allow`.
    """
    with house.database.transaction() as session:
        issuers = _issuers(session, subject)
        for issuer in issuers:
            sessions.end_identity(session, issuer, subject)
        return sum(bindings.revoke(session, issuer, subject, now) for issuer in issuers)


def allow(house: House, subject: str) -> int:
    """Let an identity that was unbound be bound by its address again; how many bindings it had. Raises NotFound."""
    with house.database.transaction() as session:
        return sum(bindings.forget(session, issuer, subject) for issuer in _issuers(session, subject))


def _bind(session: Session, who: Identity, now: datetime) -> bool:
    """Bind a verified address's holders to an identity that is not yet bound to them. Whether one was another's."""
    if not who.email:
        return False
    known = {b.holder for b in bindings.of(session, who.issuer, who.subject)}
    taken = False
    for h in people.all_holders(session):
        if h.email.casefold() != who.email or h.id in known or h.vacant or not h.holds(local_date(now)):
            continue
        if bindings.held(session, who.issuer, h.id):
            taken = True
        else:
            bindings.bind(session, Binding(who.issuer, who.subject, h.id, who.email, who.name, now))
    return taken


def _issuers(session: Session, subject: str) -> list[str]:
    found = sorted({b.issuer for b in bindings.everyone(session) if b.subject == subject})
    if not found:
        raise NotFound("identity", subject)
    return found


def _login(
    digest: str, *, client: str, now: datetime, ends_at: datetime, issuer: str = "", subject: str = "", name: str = "",
    groups: str = "",
) -> Login:  # fmt: skip
    return Login(
        digest=digest, role="", address="", client=client, code="", proven=bool(subject), attempts=0, made_at=now,
        ends_at=ends_at, issuer=issuer, subject=subject, name=name, groups=groups,
    )  # fmt: skip


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
