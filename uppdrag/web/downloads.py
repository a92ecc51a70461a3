"""What is listed on *Uppdrag* and *Läget i regionerna*, as a workbook to work on."""

from __future__ import annotations

from io import BytesIO

from fastapi import Request
from fastapi.responses import Response

from uppdrag.documents import sheet
from uppdrag.documents.sheet import Book
from uppdrag.service import queries, sheets
from uppdrag.web import listing
from uppdrag.web.permissions import READERS, Pages
from uppdrag.web.state import known_visitor, web_of
from workflow.calendar import local_date
from workflow.status import MatrixFilter, StatusFilter

pages = Pages()


@pages.get("/uttag/uppdrag.xlsx", READERS)
def of_uppdrag(request: Request) -> Response:
    """The uppdrag that the page lists for the same choice. Others than the kansli see nobody's name."""
    web = web_of(request)
    now = web.settings.now()
    today = local_date(now)
    kansli = known_visitor(request).role == "kansli"
    asked = listing.asked(request.query_params)
    found = queries.status(web.house, listing.wanted(asked, today))
    rows = listing.chosen(found, asked, kansli=kansli)
    return _download(sheets.listed(web.house, rows, now=now, owners=kansli), f"uppdrag-{today}.xlsx")


@pages.get("/uttag/laget.xlsx", READERS)
def of_regions(request: Request) -> Response:
    """Every region of the uppdrag that the page shows for the same choice."""
    web = web_of(request)
    now = web.settings.now()
    today = local_date(now)
    group = request.query_params.get("grupp", "")[:60]
    groups = {g for r in queries.regions(web.house) for g in r.samverkansregioner}
    chosen = MatrixFilter(samverkansregion=group if group in groups else "")
    found = queries.matrix(web.house, StatusFilter(today=today), chosen)
    every = request.query_params.get("visa", "") == "alla"
    follow = queries.followed(web.house, found.rows)
    tracks = {row.id: follow[row.lifecycle, row.lifecycle_version].track for row in found.rows}
    rows = [row for row in found.rows if every or ((track := tracks[row.id]) and row.state in track.open_in)]
    ids = {row.id for row in rows}
    cells = [c for c in found.cells.values() if c.uppdrag in ids]
    kansli = known_visitor(request).role == "kansli"
    return _download(sheets.listed(web.house, rows, cells, now=now, owners=kansli), f"laget-{today}.xlsx")


def _download(book: Book, name: str) -> Response:
    made = BytesIO()
    sheet.write(book, made)
    return Response(
        made.getvalue(), media_type=sheet.MEDIA_TYPE,
        headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
    )  # fmt: skip
