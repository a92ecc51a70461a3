"""The first page of each role, *Att göra*, the search box, and the files that the pages need."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from uppdrag.service import queries, todo
from uppdrag.service.people import listed as holders_listed
from uppdrag.web import tracks
from uppdrag.web.permissions import EVERYBODY, PUBLIC, READERS, Pages
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.calendar import local_date
from workflow.facts import is_uppdrag_id
from workflow.status import StatusFilter, StatusRow

pages = Pages()
_FIRST = {"kansli": "/att-gora", "chefsgrupp": "/uppdrag", "insyn": "/uppdrag", "drift": "/systemstatus"}
_MOST = 50


@pages.get("/", EVERYBODY)
def first(request: Request) -> Response:
    """To the page that a role begins its day with."""
    visitor = known_visitor(request)
    return see_other(_FIRST.get(visitor.role) or f"/svar/{visitor.region}")


@pages.get("/att-gora", ("kansli",))
def att_gora(request: Request) -> Response:
    """What needs a hand."""
    web = web_of(request)
    found = todo.todo(web.house, now=web.settings.now())
    onward = {d.row.id: tracks.onward(d.lifecycle, d.row.state, d.options) for d in (*found.overdue, *found.soon)}
    return render(
        request, "att_gora.html", found=found, onward=onward,
        regions={r.lanskod: r for r in queries.regions(web.house)}, labels=queries.labels(web.house),
    )  # fmt: skip


@pages.get("/sok", READERS)
def search(request: Request) -> Response:
    """Uppdrag, regions and, for the kansli, holders: by number, word or part of a word."""
    web, visitor = web_of(request), known_visitor(request)
    asked = " ".join(request.query_params.get("q", "").split())[:100]
    number = asked.upper()
    now = web.settings.now()
    today = local_date(now)
    if is_uppdrag_id(number) and queries.status(web.house, StatusFilter(today=today, id=number)):
        return see_other(f"/uppdrag/{number}")
    word = asked.casefold()
    rows = [
        r for r in queries.status(web.house, StatusFilter(today=today)) if word and word in _told(r, visitor.role)
    ]  # fmt: skip
    regions = [r for r in queries.regions(web.house) if word and (word in r.name.casefold() or word == r.lanskod)]
    holders = []
    if word and visitor.role == "kansli":
        holders = [
            h for h in holders_listed(web.house, now=now) if word in h.name.casefold() or word in h.email.casefold()
        ]
    return render(
        request, "sok.html", q=asked, rows=rows[:_MOST], regions=regions, holders=holders[:_MOST],
        labels=queries.labels(web.house), more=len(rows) > _MOST,
    )  # fmt: skip


@pages.get("/static/{name}", PUBLIC)
def static(request: Request, name: str) -> Response:
    """A stylesheet or picture. Its address changes with its content, so that it may be kept for good."""
    found = web_of(request).assets.at(f"/static/{name}")
    if found is None:
        raise HTTPException(404)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    if packed:
        headers["content-encoding"] = "gzip"
    return Response(found.packed if packed else found.plain, media_type=found.kind, headers=headers)


@pages.get("/favicon.ico", PUBLIC)
def icon(request: Request) -> Response:
    """What browsers ask for unasked."""
    return RedirectResponse(web_of(request).assets.address("ikon.svg"), status_code=301)


def _told(row: StatusRow, role: str) -> str:
    title = row.title if role == "kansli" else row.shown_title
    held = (row.owner,) if role == "kansli" or not row.sensitive else ()
    return " ".join((row.id, title, row.dnr, row.directive, row.section, *held)).casefold()
