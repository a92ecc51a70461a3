"""Logging in on the web: a code to a known address proves the office, or a link from whoever runs the program.

Tokens are made here and given to the browser; the database has their digests. The code itself travels by the outbox
like any mail, and is of no use without the token of the browser that asked for it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from secrets import randbelow, token_urlsafe
from typing import Literal

from storage import bindings, outbox, people, sessions
from storage.database import Session
from storage.sessions import Login, SignedIn
from uppdrag.service import code_mail
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from uppdrag.settings import Settings
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused
from workflow.facts import BadFact, clean_text
from workflow.model import Actor, Region
from workflow.people import OFFICES, REGION_OFFICES, Holder

WebRole = Literal["kansli", "chefsgrupp", "region", "insyn", "drift"]
WEB_ROLES: tuple[WebRole, ...] = ("kansli", "chefsgrupp", "region", "insyn", "drift")
_ROLE_OF: dict[str, WebRole] = {
    "chefsgrupp": "chefsgrupp", "chefsgrupp_adjungerad": "chefsgrupp", "ordforande": "chefsgrupp",
    "c_nspl": "kansli", "kansli": "kansli", **dict.fromkeys(REGION_OFFICES, "region"),
}  # fmt: skip

CODE_LASTS = timedelta(minutes=10)
LINK_LASTS = timedelta(hours=1)
IDLE = timedelta(hours=2)
"""Who has done nothing for so long is logged out."""
LONGEST = timedelta(hours=12)
"""Nobody is logged in for longer than a day's work."""
TRIES = 5
CODES = 3
"""How many codes an address is mailed in ten minutes; who asks for more gets the same answer and no mail."""
ASKED = 60
"""How many times a machine may ask in ten minutes. A county's people may share an address on the internet."""
ASKED_IN_ALL = 3_000
"""How many may ask in ten minutes: so large the table can grow, whoever asks."""
_log = logging.getLogger("uppdrag.login")


@dataclass(frozen=True, slots=True)
class Post:
    """An office that an address was proven to be the office of."""

    role: WebRole
    office: str
    region: str

    @property
    def key(self) -> str:
        """What a form calls it."""
        return f"{self.office or self.role}:{self.region}"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is logged in. `region` is a länskod, empty where the office has none. `issuer` is the OpenID provider that
    says who it is, empty where none was asked."""

    role: WebRole
    office: str
    region: str
    name: str
    digest: str
    issuer: str = ""

    @property
    def actor(self) -> Actor:
        """Who acts, as the log has it. Raises ValueError for a role that only reads."""
        if self.role not in ("kansli", "chefsgrupp", "region"):
            raise ValueError(self.role)
        return Actor(role=self.role, name=self.name)


def ask_code(house: House, settings: Settings, address: str, *, client: str, now: datetime) -> str:
    """Mail a code to an address where it is an office's. The token that the browser is to keep until it has the code.

    An address that nobody knows gets the same answer. `client` names the machine that asks. Raises Refused
    (`asked_too_often`).
    """
    token, wanted = token_urlsafe(32), address.strip().casefold()
    with house.database.transaction() as session:
        since = now - CODE_LASTS
        to_address, by_client = sessions.asked(session, address=wanted, client=client, since=since)
        if by_client >= ASKED or sessions.asked_in_all(session, since=since) >= ASKED_IN_ALL:
            _log.warning("login_refused", extra={"way": "code", "code": "asked_too_often"})
            raise Refused([Refusal.of("asked_too_often")])
        held = _posts_of(session, wanted, now)
        code = f"{randbelow(10**6):06d}" if held and to_address < CODES else ""
        if code:
            recipient = held[0][0].email
            outbox.enqueue(session, code_mail.written(settings, recipient, code), now=now, not_before=now,
                           expires_on=local_date(now + CODE_LASTS))  # fmt: skip
        sessions.begin(
            session,
            Login(digest=_digest(token), role="", address=wanted, client=client, code=_digest(token, code) if code else
                  "", proven=False, attempts=0, made_at=now, ends_at=now + CODE_LASTS),
        )  # fmt: skip
    return token


def prove(house: House, token: str, code: str, *, now: datetime) -> None:
    """Give the code. Raises Refused: `code_wrong`, or `code_spent` after too many tries or ten minutes."""
    digest = _digest(token)
    with house.database.transaction() as session:
        counted = sessions.attempt(session, digest, most=TRIES, now=now)
        login = sessions.login(session, digest)
        given = _digest(token, "".join(code.split()))
        right = counted and login is not None and bool(login.code) and compare_digest(login.code, given)
        if right:
            sessions.prove(session, digest)
    if not right:  # said once the try has been counted for good
        spent = not counted or login is None or login.attempts >= TRIES
        code = "code_spent" if spent else "code_wrong"
        _log.warning("login_refused", extra={"way": "code", "code": code})
        raise Refused([Refusal.of(code)])


def posts(house: House, token: str, *, now: datetime) -> tuple[Post, ...]:
    """The offices that a proven login may enter as. Raises Refused (`code_spent`) where it is not proven."""
    with house.database.reading() as session:
        return tuple(post for _, post in posts_for(session, _proven(session, token, now), now))


def called(house: House, token: str, *, now: datetime) -> str:
    """What the provider calls who is on the way in, empty where none was asked. Raises Refused (`code_spent`)."""
    with house.database.reading() as session:
        return _proven(session, token, now).name


def enter(
    house: House, token: str, post: str, name: str, *, now: datetime, before: str = "", browser: str = ""
) -> str:  # fmt: skip
    """Log in as an office (`Post.key`; empty where there is but one), under a person's own name.

    The new session's token; the one that the browser had `before` is logged out. Raises Refused: `name_missing`,
    `post_missing`, `code_spent`.
    """
    with house.database.transaction() as session:
        login = _proven(session, token, now)
        who = login.name or _cleaned(name)
        held = posts_for(session, login, now)
        chosen = next((one for one in held if one[1].key == post or (not post and len(held) == 1)), None)
        if chosen is None:
            raise Refused([Refusal.of("post_missing" if held else "code_spent")])
        if not sessions.spend(session, login.digest, now):
            raise Refused([Refusal.of("code_spent")])
        address, at = chosen
        signed = signature(who, at, house.regions(session))
        return open_session(session, at, signed, login=login, address=address, now=now, before=before, browser=browser)


def invite(house: House, role: WebRole, *, now: datetime) -> str:
    """A token that logs somebody in once, within the hour, in a role without a region."""
    token = token_urlsafe(32)
    with house.database.transaction() as session:
        sessions.begin(
            session,
            Login(digest=_digest(token), role=role, address="", client="", code="", proven=False, attempts=0,
                  made_at=now, ends_at=now + LINK_LASTS),
        )  # fmt: skip
    return token


def accept(house: House, token: str, name: str, *, now: datetime, before: str = "", browser: str = "") -> str:
    """Log in with a link; the new session's token. Raises Refused: `name_missing`, `link_spent`."""
    who = _cleaned(name)
    with house.database.transaction() as session:
        login = sessions.login(session, _digest(token))
        role = next((r for r in WEB_ROLES if login is not None and r == login.role), None)
        if role is None or not sessions.spend(session, _digest(token), now):
            _log.warning("login_refused", extra={"way": "link", "code": "link_spent"})
            raise Refused([Refusal.of("link_spent")])
        at = Post(role=role, office="", region="")
        return open_session(session, at, who, login=None, address="", now=now, before=before, browser=browser)


@persevering
def visitor(house: House, token: str, *, now: datetime) -> Visitor | None:
    """Who has a session's token: None where it was ended, has stood idle or has lasted too long, or where what proved
    the office, an address or a provider's identity, is no longer the office's."""
    if not token:
        return None
    with house.database.reading() as session:
        found = sessions.find(session, _digest(token))
        if found is None or now >= found.ends_at or now - found.used_at >= IDLE:
            return None
        if found.office and not _still_held(session, found, now):
            return None
    role = next(r for r in WEB_ROLES if r == found.role)
    return Visitor(role, found.office, found.region, found.name, found.digest, found.issuer)


def leave(house: House, token: str) -> None:
    """Log out."""
    with house.database.transaction() as session:
        sessions.end(session, _digest(token))


def own(house: House, who: Visitor) -> tuple[SignedIn, ...]:
    """Where the same person is logged in, the newest first."""
    with house.database.reading() as session:
        found = sessions.find(session, who.digest)
        return tuple(sessions.own(session, found)) if found else ()


def leave_everywhere(house: House, who: Visitor) -> int:
    """Log the same person out wherever it is; how many logins it were."""
    with house.database.transaction() as session:
        found = sessions.find(session, who.digest)
        return sessions.end_own(session, found) if found else 0


def posts_for(session: Session, login: Login, now: datetime) -> list[tuple[str, Post]]:
    """What a proven login may enter as: the address behind an office, or empty, and the post."""
    if not login.subject:
        return [(h.email.casefold(), post) for h, post in _posts_of(session, login.address, now)]
    roles = [Post(role=r, office="", region="") for r in WEB_ROLES if r in login.groups.split(",")]
    bound = {b.holder for b in bindings.of(session, login.issuer, login.subject) if b.revoked_at is None}
    held = [h for h in people.all_holders(session) if h.id in bound and _is_in_office(h, now)] if bound else []
    return [*(("", post) for post in roles), *((h.email.casefold(), post) for h, post in _posts(held))]


def signature(name: str, post: Post, regions: Sequence[Region]) -> str:
    """How somebody signs: a region's people with office and region."""
    return name if post.role != "region" else f"{name}, {OFFICES[post.office]} i {_named(regions, post.region)}"


def open_session(
    session: Session, post: Post, name: str, *, login: Login | None, address: str, now: datetime, before: str,
    browser: str,
) -> str:  # fmt: skip
    """Log somebody in, under a new token; the one that the browser had `before` is logged out."""
    token = token_urlsafe(32)
    if before:
        sessions.end(session, _digest(before))
    sessions.end_old(session, now=now, idle=now - IDLE)
    sessions.open(
        session,
        SignedIn(digest=_digest(token), role=post.role, office=post.office, region=post.region, name=name,
                 address=address, made_at=now, used_at=now, ends_at=now + LONGEST, issuer=login.issuer if login else
                 "", subject=login.subject if login else "", browser=browser),
    )  # fmt: skip
    way = "link" if login is None else "provider" if login.issuer else "code"
    _log.info("logged_in", extra={"way": way, "role": post.role, "region": post.region})
    return token


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _still_held(session: Session, found: SignedIn, now: datetime) -> bool:
    held = people.at_post(session, found.office, found.region)
    if not found.subject:
        return any(_is_at(h, found.address, now) for h in held)
    bound = {b.holder for b in bindings.of(session, found.issuer, found.subject) if b.revoked_at is None}
    return any(h.id in bound and _is_in_office(h, now) for h in held)


def _posts_of(session: Session, address: str, now: datetime) -> list[tuple[Holder, Post]]:
    """The offices whose address this is, each once, in the order of OFFICES."""
    return _posts([h for h in people.all_holders(session) if _is_at(h, address, now)])


def _posts(held: Sequence[Holder]) -> list[tuple[Holder, Post]]:
    order = list(OFFICES)
    found: dict[str, tuple[Holder, Post]] = {}
    for h in sorted((h for h in held if h.office in _ROLE_OF), key=lambda h: (order.index(h.office), h.region, h.id)):
        post = Post(role=_ROLE_OF[h.office], office=h.office, region=h.region)
        found.setdefault(post.key, (h, post))
    return list(found.values())


def _is_at(h: Holder, address: str, now: datetime) -> bool:
    return bool(address) and h.email.casefold() == address and h.reachable and _is_in_office(h, now)


def _is_in_office(h: Holder, now: datetime) -> bool:
    return not h.vacant and h.holds(local_date(now))


def _proven(session: Session, token: str, now: datetime) -> Login:
    login = sessions.login(session, _digest(token)) if token else None
    if login is None or not login.proven or now >= login.ends_at:
        raise Refused([Refusal.of("code_spent")])
    return login


def _cleaned(name: str) -> str:
    try:
        cleaned = clean_text(name)
    except BadFact as bad:
        raise Refused([Refusal.of(bad.code, fact="namn", label="Namnet", expected=bad.expected)]) from None
    if not cleaned:
        raise Refused([Refusal.of("name_missing")])
    return cleaned


def _named(regions: Sequence[Region], lanskod: str) -> str:
    return next((r.name for r in regions if r.lanskod == lanskod), lanskod)
