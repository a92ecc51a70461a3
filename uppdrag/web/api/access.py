"""Who calls: a key in the Authorization header, what it is good for, and how often it is used."""

from __future__ import annotations

from fastapi import Request

from uppdrag.service import tokens
from uppdrag.service.tokens import DECIDE, READ, SENSITIVE, WRITE, Client
from uppdrag.web.api.problems import Problem
from uppdrag.web.permissions import Permission
from uppdrag.web.state import web_of

_MEANS = {
    READ: "läsa", WRITE: "registrera för kansliet eller chefsgruppen", DECIDE: "registrera för den egna regionen",
    SENSITIVE: "läsa om känsliga uppdrag",
}  # fmt: skip
_REALM = 'Bearer realm="uppdrag"'


class Bearer(Permission):
    """A route for other systems, whose key must have one of some scopes."""

    def __init__(self, *scopes: str) -> None:
        self.scopes = scopes

    def __call__(self, request: Request) -> None:
        """Raises Problem: 401, 429 or 403."""
        web = web_of(request)
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        given = kind.casefold() == "bearer"
        found = tokens.client(web.house, secret.strip(), now=web.settings.now()) if given else None
        if found is None:
            why = ', error="invalid_token"' if given else ""
            detail = "Nyckeln finns inte, har gått ut eller är återkallad." if given else "Anropet har ingen nyckel."
            told = f"{detail} Skicka den så: Authorization: Bearer upa_… Kansliet ger ut nycklar."
            raise Problem("unauthorized", told, headers={"WWW-Authenticate": f"{_REALM}{why}"})
        request.state.client = found
        if wait := web.limiter.take(found.digest):
            raise Problem("too_often", f"Vänta {wait} s och försök igen.", headers={"Retry-After": str(wait)})
        if not found.scopes & set(self.scopes):
            needed = " eller ".join(self.scopes)
            raise Problem(
                "scope_missing", f"Nyckeln får inte {' eller '.join(_MEANS[s] for s in self.scopes)} ({needed}).",
                headers={"WWW-Authenticate": f'{_REALM}, error="insufficient_scope", scope="{" ".join(self.scopes)}"'},
            )  # fmt: skip


class Open(Permission):
    """A route for everybody, with or without a key."""

    def __call__(self, request: Request) -> None:
        """Nothing is asked."""


def for_region(client: Client, lanskod: str) -> None:
    """Raises Problem where somebody of one region would register for another."""
    if WRITE not in client.scopes and client.region != lanskod:
        raise Problem("other_region", f"Nyckeln gäller region {client.region}, inte {lanskod}.")


def sees_sensitive(client: Client) -> bool:
    """Whether the client may read more of a sensitive uppdrag than its number and its neutral title."""
    return SENSITIVE in client.scopes


def not_hidden(client: Client, sensitive: bool) -> None:
    """Raises Problem where what is asked for would tell of a sensitive uppdrag."""
    if sensitive and not sees_sensitive(client):
        raise Problem("sensitive", "Uppdraget är känsligt. Nyckeln ser bara nummer, neutral rubrik och beslut.")
