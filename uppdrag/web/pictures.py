"""*Bilder*: the pictures of one uppdrag and of all of them, each above the table that says the same."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag.documents.charts import Picture
from uppdrag.service import pictures, queries
from uppdrag.web.permissions import READERS, Forbidden, Pages
from uppdrag.web.rendering import render, written
from uppdrag.web.state import known_visitor, web_of

pages = Pages()


@pages.get("/bilder", READERS)
def of_all(request: Request) -> Response:
    """The plan by quarter, the uppdrag against the regions, and how far the joint uppdrag have come."""
    web = web_of(request)
    made = pictures.of_all(web.house, now=web.settings.now())
    return _shown(request, made, "Bilder av läget", "/laget", "Läget i regionerna")


@pages.get("/uppdrag/{id}/bilder", READERS)
def of_uppdrag(request: Request, id: str) -> Response:
    """The map and the decisions over time. Of a sensitive uppdrag only the kansli sees them: they are a compiled
    picture."""
    web = web_of(request)
    now = web.settings.now()
    row = queries.detail(web.house, id, now=now).row
    if row.sensitive and known_visitor(request).role != "kansli":
        raise Forbidden("role")
    made = pictures.of_uppdrag(web.house, id, now=now)
    if not made:
        raise HTTPException(404)
    return _shown(request, made, f"Bilder: {id}", f"/uppdrag/{id}", f"{id} {row.shown_title}")


def _shown(request: Request, made: Sequence[Picture], title: str, back: str, back_to: str) -> Response:
    now = web_of(request).settings.now()
    document = pictures.document(made, title, now=now, name="bilder") if made else None
    text = written(document, top=1) if document else ""
    return render(request, "bilder.html", title=title, back=back, back_to=back_to, text=text)
