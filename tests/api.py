"""Another system at the API, with a key of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.cast import NOW
from tests.web import SETTINGS
from uppdrag.service import tokens
from uppdrag.service.house import House
from uppdrag.service.tokens import Made
from uppdrag.settings import Settings
from uppdrag.web.api.limits import Limiter
from uppdrag.web.app import create_app
from uppdrag.web.state import Web

ROOT = "/api/v1"
SCOPES = {
    "kansli": ("read", "write", "sensitive"), "chefsgrupp": ("read", "write"), "region": ("read", "decide:region"),
    "insyn": ("read",),
}  # fmt: skip


class Calling:
    """A client. Only the clock and the network are made up."""

    def __init__(self, client: TestClient, app: FastAPI) -> None:
        self.client = client
        self.app = app
        self.house = self.web.house
        self.secret = ""

    def log_in(self, role: str = "kansli", region: str = "", *scopes: str, name: str = "Diariet") -> Made:
        """Have a new key from now on."""
        made = tokens.create(
            self.house, name, role=role, region=region, scopes=scopes or SCOPES[role], days=30, by="Anna Ek", now=NOW
        )
        self.secret = made.secret
        return made

    def unhurried(self, burst: int = 100_000) -> None:
        """Call as often as `burst` from now on, and then no more: no time passes."""
        self.app.state.web = replace(self.web, limiter=Limiter(burst=burst, clock=lambda: 0.0))

    @property
    def web(self) -> Web:
        """What the server's requests share."""
        web: Web = self.app.state.web
        return web

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Response:
        """A question. `path` under the API's root."""
        return self.client.get(ROOT + path, headers={**self._key(), **(headers or {})})

    def tag(self, path: str) -> str:
        """The entity tag of what there is at a path."""
        return self.get(path).headers["etag"]

    def post(
        self, path: str, body: Any, *, match: str = "", key: str = "", headers: Mapping[str, str] | None = None
    ) -> Response:  # fmt: skip
        """A command, with a new Idempotency-Key unless one is given."""
        sent = {"Idempotency-Key": key or uuid4().hex, **({"If-Match": match} if match else {})}
        return self.client.post(ROOT + path, json=body, headers={**self._key(), **sent, **(headers or {})})

    def advance(self, id: str, trigger: str, **facts: str) -> Response:
        """A step of an uppdrag as it is now."""
        return self.post(
            f"/uppdrag/{id}/advance", {"trigger": trigger, "facts": facts}, match=self.tag(f"/uppdrag/{id}")
        )

    def _key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} if self.secret else {}


@contextmanager
def calling(house: House, chosen: Settings = SETTINGS, app: FastAPI | None = None) -> Iterator[Calling]:
    """A client of a house, without a key."""
    app = app or create_app(house, chosen)
    with TestClient(app, base_url=chosen.url, raise_server_exceptions=False) as client:
        yield Calling(client, app)
