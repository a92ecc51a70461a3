"""A browser without a screen: asks for pages as somebody who is logged in, and fills in forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from html import unescape

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from storage import sessions
from storage.sessions import SignedIn
from tests.cast import NOW
from uppdrag import settings
from uppdrag.service import form_tokens, signing_in
from uppdrag.service.house import House
from uppdrag.service.signing_in import LONGEST, WebRole
from uppdrag.settings import Settings
from uppdrag.web.app import create_app
from uppdrag.web.state import Web

ORIGIN = "http://127.0.0.1:8000"
SETTINGS: Settings = replace(settings.read({}), url=ORIGIN, fixed_now=NOW)
_FIELD = re.compile(r"<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")


class Visiting:
    """Somebody at the pages. Only the clock and the network are made up."""

    def __init__(self, client: TestClient, app: FastAPI) -> None:
        self.client = client
        self.web: Web = app.state.web
        self.house = self.web.house
        self.token = ""

    def log_in(
        self, role: WebRole, region: str = "", name: str = "Anna Ek", now: datetime = NOW, *, office: str = "",
        address: str = "",
    ) -> str:  # fmt: skip
        """Be somebody from now on, with an `office` where its `address` was proven. The session's token."""
        self.token = f"token-of-{role}-{region}-{name}"
        digest = signing_in._digest(self.token)
        with self.house.database.transaction() as session:
            sessions.end(session, digest)
            sessions.open(session, SignedIn(digest, role, office, region, name, address, now, now, now + LONGEST))
        self.client.cookies.set("uppdrag", self.token)
        return self.token

    def get(self, path: str, **more: object) -> Response:
        """A page, and not where it leads."""
        return self.client.get(path, follow_redirects=False, **more)  # type: ignore[arg-type]  # httpx's own options

    def post(self, path: str, data: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Response:
        """What a form of this session posts."""
        form = {"formular": form_tokens.form_token(self.token), **data} if self.token else dict(data)
        sent = {"origin": ORIGIN} if headers is None else dict(headers)
        return self.client.post(path, data=form, headers=sent, follow_redirects=False)

    def hidden(self, response: Response) -> dict[str, str]:
        """What a form carries without showing it."""
        return {name: unescape(value) for name, value in _FIELD.findall(response.text)}


@contextmanager
def visiting(house: House, chosen: Settings = SETTINGS, app: FastAPI | None = None) -> Iterator[Visiting]:
    """Somebody at the pages of a house, not logged in."""
    app = app or create_app(house, chosen)
    with TestClient(app, base_url=chosen.url, raise_server_exceptions=False) as client:
        yield Visiting(client, app)
