"""*Kalender*: the links that a region or the kansli subscribes to its dates with, and the calendars themselves."""

from __future__ import annotations

from hashlib import sha256
from secrets import token_urlsafe

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag.service import feeds, queries, tokens
from uppdrag.service.tokens import Made
from uppdrag.web import forms
from uppdrag.web.api.calls import unchanged
from uppdrag.web.compression import AS_IT_IS
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT
from uppdrag.web.permissions import Pages, Permission, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.errors import UppdragError


class FeedKey(Permission):
    """A calendar, for whoever has its address. A wrong one is told no more than that there is nothing there."""

    def __call__(self, request: Request) -> None:
        """Raises HTTPException 404."""
        web, path = web_of(request), request.path_params
        found = tokens.feed(web.house, path["secret"], path.get("lanskod", ""), now=web.settings.now())
        if found is None:
            raise HTTPException(404)
        request.state.client = found


class _Calendars(Pages):
    """The pages, and the calendars beside them."""

    def install(self, app: FastAPI) -> None:
        """Add the routes to an application."""
        super().install(app)
        for path in ("/kalender/region/{lanskod}/{secret}.ics", "/kalender/kansli/{secret}.ics"):
            app.add_api_route(path, calendar, methods=["GET", "HEAD"], dependencies=[Depends(FeedKey())])


pages = _Calendars()


@pages.get("/kalender", ("kansli", "region"))
def overview(request: Request) -> Response:
    """The links that work, and a form for a new one."""
    return _page(request)


@pages.post("/kalender", ("kansli", "region"))
def subscribe(request: Request) -> Response:
    """Make a link, and show it: it is not shown again. The same form twice is the same link."""
    web, visitor = web_of(request), known_visitor(request)
    form_key = form_of(request).get("nyckel", "") or token_urlsafe(32)
    seed = sha256(f"{request.state.token}\x1f{form_key}".encode()).digest()  # the session's token is 256 random bits
    try:
        made = tokens.subscribe(web.house, visitor.region, by=visitor.name, seed=seed, now=web.settings.now())
    except UppdragError as no:
        return _page(request, no=no)
    return _page(request, made=made)


@pages.post("/kalender/{number}/avsluta", ("kansli", "region"))
def end(request: Request, number: str) -> Response:
    """End a link: whoever has it gets nothing more."""
    web = web_of(request)
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise HTTPException(404)
    tokens.unsubscribe(web.house, int(number), known_visitor(request).region, now=web.settings.now())
    return see_other("/kalender")


def calendar(request: Request) -> Response:
    """The calendar that an address is for; 304 where the program that asks has it already."""
    web = web_of(request)
    content = feeds.calendar(
        web.house, web.settings, request.path_params.get("lanskod", ""), now=web.settings.now()
    )  # fmt: skip
    tag = sha256(content).hexdigest()[:32]
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    if unchanged(request, tag):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="uppdrag.ics"'
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


def _page(request: Request, *, made: Made | None = None, no: UppdragError | None = None) -> Response:
    web, visitor = web_of(request), known_visitor(request)
    where = f"region/{visitor.region}" if visitor.region else "kansli"
    region = next((r for r in queries.regions(web.house) if r.lanskod == visitor.region), None)
    page = render(
        request, "kalender.html", status=200 if no is None else status_of(no), region=region, nyckel=forms.new_key(),
        links=tokens.subscriptions(web.house, visitor.region), made=made,
        address=f"{web.settings.url}/kalender/{where}/{made.secret}.ics" if made else "",
        wrong=forms.complaint(no, ()) if no else NO_COMPLAINT,
    )  # fmt: skip
    if made:
        page.headers["Cache-Control"] = AS_IT_IS
    return page
