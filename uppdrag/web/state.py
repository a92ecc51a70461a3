"""What every request of one web server shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fastapi import Request

from uppdrag.service.house import House
from uppdrag.service.metrics import Meters
from uppdrag.service.oidc import Provider
from uppdrag.service.overview import Overview
from uppdrag.service.signing_in import Visitor
from uppdrag.service.verifying import Verifying
from uppdrag.service.visits import Visits
from uppdrag.settings import Settings
from uppdrag.web.api.limits import Limiter
from uppdrag.web.assets import Assets
from uppdrag.web.done import Done
from uppdrag.web.tracks import Lage

_LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """A house with its settings, the stylesheets and pictures, the access log, the proof of the log, the numbers for a
    monitor, and every region on every uppdrag."""

    house: House
    settings: Settings
    assets: Assets
    visits: Visits
    verifying: Verifying
    meters: Meters
    provider: Provider | None = None
    overview: Overview[Lage]
    limiter: Limiter = field(default_factory=Limiter)
    done: Done = field(default_factory=Done)

    @property
    def secure(self) -> bool:
        """Whether people reach the pages by https."""
        return self.settings.url.startswith("https:")

    @property
    def origins(self) -> frozenset[str]:
        """Where our own forms are posted from. A machine may call itself by both its names."""
        at = urlsplit(self.settings.url)
        names = _LOOPBACK if at.hostname in _LOOPBACK else (at.hostname,)
        port = f":{at.port}" if at.port else ""
        return frozenset(f"{at.scheme}://{name}{port}" for name in names)

    @property
    def session_cookie(self) -> str:
        """`__Host-` binds a cookie to this host and to https; a browser takes no such cookie over http."""
        return "__Host-uppdrag" if self.secure else "uppdrag"

    @property
    def oidc_cookie(self) -> str:
        """The cookie of somebody who is at the organisation's own login."""
        return f"{self.login_cookie}-oidc"

    @property
    def draft_cookie(self) -> str:
        """The cookie that opens what was posted when a session had ended."""
        return "__Host-uppdrag-utkast" if self.secure else "uppdrag-utkast"

    @property
    def login_cookie(self) -> str:
        """The cookie of somebody on the way in."""
        return "__Host-uppdrag-in" if self.secure else "uppdrag-in"


def web_of(request: Request) -> Web:
    """The server that a request came to."""
    web: Web = request.app.state.web
    return web


def visitor_of(request: Request) -> Visitor | None:
    """Who asks, where somebody is logged in."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    return visitor


def known_visitor(request: Request) -> Visitor:
    """Who asks, on a page that only those see who are logged in."""
    visitor = visitor_of(request)
    if visitor is None:
        raise RuntimeError(f"{request.url.path} was reached without a session")
    return visitor
