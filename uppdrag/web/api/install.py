"""Everything of the API on an application: the routes, and what they are."""

from __future__ import annotations

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response

from uppdrag import VERSION
from uppdrag.web.api import acting, openapi, reading
from uppdrag.web.api.access import Open
from uppdrag.web.api.calls import Reply
from uppdrag.web.api.routes import ROOT
from uppdrag.web.state import web_of

ROUTES = (
    reading.about_uppdrag, reading.about_regions, reading.about_rules, reading.about_key, acting.registering,
)  # fmt: skip
OPERATIONS = [operation for routes in ROUTES for operation in routes.operations]


def install(app: FastAPI) -> None:
    """Add the API to an application."""
    for routes in ROUTES:
        routes.install(app)
    app.add_api_route(
        f"{ROOT}/openapi.json", _description, methods=["GET", "HEAD"], dependencies=[Depends(Open())]
    )  # fmt: skip


def _description(request: Request) -> Response:
    told = openapi.document(OPERATIONS, version=VERSION, server=web_of(request).settings.url)
    return Reply(told).respond(request, tagged=True)
