"""The first page of each role, *Att göra*, the search box, and the files that the pages need."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from uppdrag.service import health, queries, searching, todo
from uppdrag.web import tracks
from uppdrag.web.permissions import EVERYBODY, PUBLIC, READERS, Pages
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import chefsgrupp
from workflow.calendar import local_date
from workflow.facts import is_uppdrag_id
from workflow.incoming import SHOWN_KIND, SHOWN_QUESTION
from workflow.message import SHOWN
from workflow.people import OFFICES
from workflow.status import StatusFilter

pages = Pages()
_ALIVE = ("clock", "sender", "reminders")
_HANDS = {
    "papers": ("", "Se dagordningen"), "summons": ("/kallelse", "Kalla till mötet"),
    "protokoll": ("/protokoll", "Ta protokollet"), "justering": ("/protokoll", "Justera"),
    "answers": ("", "Se svaren"), "action": ("/protokoll", "Se protokollet"),
    "returned": ("/vidare", "Registrera besked"),
}  # fmt: skip
"""Where a meeting's duty is done, after the meeting's address, and what that is called."""
_FIRST = {"kansli": "/att-gora", "chefsgrupp": "/uppdrag", "insyn": "/uppdrag", "drift": "/systemstatus"}


@pages.get("/", EVERYBODY)
def first(request: Request) -> Response:
    """To the page that a role begins its day with."""
    visitor = known_visitor(request)
    return see_other(_FIRST.get(visitor.role) or f"/svar/{visitor.region}")


@pages.get("/att-gora", ("kansli",))
def att_gora(request: Request) -> Response:
    """What needs a hand."""
    web = web_of(request)
    now = web.settings.now()
    found = todo.todo(web.house, now=now)
    onward = {d.row.id: tracks.onward(d.lifecycle, d.row.state, d.options) for d in (*found.overdue, *found.soon)}
    return render(
        request, "att_gora.html", found=found, onward=onward,
        regions={r.lanskod: r for r in queries.regions(web.house)}, labels=queries.labels(web.house),
        silent=[c for c in health.check(web.house, now=now) if c.name in _ALIVE and not c.ok], shown=SHOWN,
        asked_kinds=SHOWN_QUESTION, kinds=SHOWN_KIND, open_in=_open_in,
        told=lambda duty: chefsgrupp.duty(duty, local_date(now)), hands=_HANDS,
    )  # fmt: skip


@pages.get("/sok", READERS)
def search(request: Request) -> Response:
    """Everything that has a word in it, and that the one who asks may see."""
    web, visitor = web_of(request), known_visitor(request)
    asked = " ".join(request.query_params.get("q", "").split())[:100]
    number, now = asked.upper(), web.settings.now()
    whole = is_uppdrag_id(number) and "hx-request" not in request.headers  # who still types is not led away
    if whole and queries.status(web.house, StatusFilter(today=local_date(now), id=number)):
        return see_other(f"/uppdrag/{number}")
    return render(
        request, "sok.html", q=asked, hits=searching.find(web.house, asked, role=visitor.role, now=now),
        labels=queries.labels(web.house), names={r.lanskod: r for r in queries.regions(web.house)}, shown=SHOWN,
        kinds=SHOWN_KIND, offices=OFFICES,
    )  # fmt: skip


@pages.get("/static/{name}", PUBLIC)
def static(request: Request, name: str) -> Response:
    """A stylesheet or picture. Its address changes with its content, so that it may be kept for good."""
    found = web_of(request).assets.at(f"/static/{name}")
    if found is None:
        raise HTTPException(404)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    tag = f'"{name}{"-gzip" if packed else ""}"'  # the name has the content's digest in it
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding", "etag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if packed:
        headers["content-encoding"] = "gzip"
    return Response(found.packed if packed else found.plain, media_type=found.kind, headers=headers)


@pages.get("/favicon.ico", PUBLIC)
def icon(request: Request) -> Response:
    """What browsers ask for unasked."""
    return RedirectResponse(web_of(request).assets.address("ikon.svg"), status_code=301)


def _open_in(due: todo.Due) -> bool:
    """Whether it lies with the regions."""
    track = due.lifecycle.track
    return track is not None and due.row.state in track.open_in
