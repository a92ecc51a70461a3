"""Every page that there is, found as a person would: by following links, until each route has been met."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from html import unescape
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.routing import APIRoute

from tests.browser.held import ADDRESSES
from tests.browser.seen import Site
from tests.web import SETTINGS, Visiting, visiting
from uppdrag.service.signing_in import WebRole
from uppdrag.web import permissions
from uppdrag.web.app import create_app
from uppdrag.web.permissions import Allow

_LINK = re.compile(r'<(?:a|iframe)\b[^>]*\b(?:href|src)="(/[^"]*)"')
_FILES = (".pdf", ".docx", ".xlsx", ".csv", ".zip")
_EACH = 2
"""Addresses looked at of each route: one with and one without a question, or of two things."""
ELSEWHERE = (
    "/", "/arendegangar/{id}", "/fortsatt", "/logga-in/oidc", "/logga-in/oidc/svar", "/logga-in/vem",
    "/logga-in", "/utloggad", "/inkommet/{id}/fil/{number}", "/uppdrag/{id}/underlag/alla.zip",
    "/uppdrag/{id}/underlag/{lanskod}/{name}", "/direktiv/{id}/fil/{name}",
    "/beredningsplan/{year}/fil/{name}", "/budget/{year}/fil/{name}", "/moten/{day}/undertecknat",
    "/avregistrera/{token}", "/rapporter/ar/{year}/fil/{name}", "/rapporter/{month}/fil/{name}",
)  # fmt: skip
"""Routes that lead on to another page when they are just opened, belong to who is not logged in, or give a file."""
OUTSIDE = ("/logga-in", "/logga-in/kod", "/logga-in/lank?nyckel=x", "/utloggad", "/tillganglighet", "/finns-inte")
"""The pages of those who are not logged in."""
NO_PAGE = ("/static/", "/favicon.ico", "/api/", "/kalender/", "/uttag/")
"""What is served beside the pages."""
DRAWN = "/bilder"
"""Pages of pictures take seconds to draw: they are looked at by themselves, not by everybody who goes everywhere."""


@cache
def pages_of(site: Site, role: WebRole) -> dict[str, str]:
    """Addresses of every page that a role can see, the region being 01, each with the path of its route."""
    app = create_app(site.house, SETTINGS)
    with visiting(site.house, app=app) as at:
        at.log_in(role, region="01" if role == "region" else "")
        return addresses(at, app, beginnings(app, role, "01", site.receipt))


def page_routes(app: FastAPI, role: WebRole | None = None) -> list[APIRoute]:
    """The routes of pages: all of them, or those that a role may see."""
    found = [r for r in app.routes if isinstance(r, APIRoute) and "GET" in (r.methods or ()) and _is_page(r)]
    return [r for r in found if role is None or not permissions.permission(r) or role in permissions.permission(r)]


def route_of(app: FastAPI, address: str) -> APIRoute | None:
    """The page's route that an address leads to."""
    path = urlsplit(address).path
    return next((r for r in page_routes(app) if r.path_regex.match(path)), None)


def beginnings(app: FastAPI, role: WebRole, region: str, receipt: str) -> list[str]:
    """Where to begin: the pages whose addresses say all, a region's own, and a receipt that is reached by answering."""
    plain = [r.path for r in page_routes(app, role) if "{" not in r.path]
    own = [
        f"/svar/{region}",
        f"/regioner/{region}",
        receipt,
        receipt.replace("/svar/", "/anmal-fel/").replace("/kvitto", ""),
    ]
    return [*plain, *own, *ADDRESSES, "/sok?q=beslut", "/laget?visa=alla", "/uppdrag?visa=alla"]


def addresses(at: Visiting, app: FastAPI, begin: Iterable[str]) -> dict[str, str]:
    """Addresses that answer with a page, each with the path of its route, of whoever is logged in.

    Begins at some addresses and follows links.
    """
    waiting, seen = list(begin), set[str]()
    found: dict[str, str] = {}
    met: dict[str, int] = {}
    while waiting:
        address = waiting.pop(0)
        route = route_of(app, address)
        if address in seen or address.endswith(_FILES) or route is None or met.get(route.path, 0) >= _EACH:
            continue
        seen.add(address)
        answer = at.get(address)
        if answer.status_code != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        met[route.path] = met.get(route.path, 0) + 1
        found[address] = route.path
        waiting += [unescape(link).partition("#")[0] for link in _LINK.findall(answer.text)]
    return found


def missed(app: FastAPI, role: WebRole, found: Mapping[str, str], but: Iterable[str] = ()) -> list[str]:
    """The pages that a role may see and that were not met."""
    return sorted({r.path for r in page_routes(app, role)} - set(found.values()) - {*ELSEWHERE, *but})


def _is_page(route: APIRoute) -> bool:
    return (
        not route.path.startswith(NO_PAGE)
        and not route.path.endswith(DRAWN)
        and any(isinstance(d.dependency, Allow) for d in route.dependencies)
    )
