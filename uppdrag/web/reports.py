"""*Rapporter*: the månadsbrev, their figures, each of which opens what it was counted from, and the year's report."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag.documents.document import Document
from uppdrag.documents.formats import MEDIA_TYPES, Format, file_name, rendered
from uppdrag.service import letters, queries, reports
from uppdrag.service.letters import Shown
from uppdrag.service.signing_in import WebRole
from uppdrag.web.permissions import Pages
from uppdrag.web.rendering import render, written
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import reports as words
from workflow.calendar import local_date
from workflow.errors import Refused
from workflow.figures import BY_REGIONS, HAPPENED, Figure, month_before
from workflow.letter import PARTS

pages = Pages()
READING: tuple[WebRole, ...] = ("kansli", "chefsgrupp", "insyn")
_FILE = re.compile(r"(brev|\d{4})\.(docx|pdf)", re.ASCII)


@pages.get("/rapporter", READING)
def every(request: Request) -> Response:
    """The letters, and the years whose report can be fetched."""
    web = web_of(request)
    today = local_date(web.settings.now())
    found = letters.every(web.house)
    last = month_before(today)
    missing = last if last.name not in {one.month for one in found} else None
    return render(
        request, "rapporter.html", letters=found, standing=words.STATUS, missing=missing,
        years=reports.years(web.house, today), writes=known_visitor(request).role == "kansli", named=_named,
    )  # fmt: skip


@pages.get("/rapporter/ar/{name}", READING)
def annual(request: Request, name: str) -> Response:
    """The verksamhetsberättelse of a year, as a file."""
    found = _FILE.fullmatch(name)
    if found is None or found[1] == "brev":
        raise HTTPException(404)
    web = web_of(request)
    try:
        document = reports.annual(web.house, found[1], known_by=web.settings.now())
    except Refused:
        raise HTTPException(404) from None
    return _file(document, "docx" if found[2] == "docx" else "pdf")


@pages.get("/rapporter/{month}", READING)
def one(request: Request, month: str) -> Response:
    """A letter as it was sent, or as it would be sent now, with what can be done with it."""
    found = opened(request, month)
    counted = [
        (name, label, figure)
        for name, (label, figure) in figures(found).items() if figure.value
    ]  # fmt: skip
    return render(
        request, "rapport.html", found=found, letter=found.letter, counted=counted, named=_named(month),
        text=written(found.document, top=2), writes=known_visitor(request).role == "kansli",
        hidden=[words.PARTS[p] for p in PARTS if not found.letter.text.shows(p)],
    )  # fmt: skip


@pages.get("/rapporter/{month}/siffra/{name}", READING)
def figure(request: Request, month: str, name: str) -> Response:
    """What a figure of a letter was counted from."""
    found = opened(request, month)
    label, counted = figures(found).get(name, ("", Figure()))
    if not label:
        raise HTTPException(404)
    regions = {r.lanskod: r for r in queries.regions(web_of(request).house)}
    rows = [(s, words.what(s, regions), words.where(s)) for s in counted.counted]
    return render(request, "rapport_siffra.html", month=month, named=_named(month), label=label, rows=rows)


@pages.get("/rapporter/{month}/fil/{name}", READING)
def file(request: Request, month: str, name: str) -> Response:
    """A letter as a file."""
    found = _FILE.fullmatch(name)
    if found is None or found[1] != "brev":
        raise HTTPException(404)
    return _file(opened(request, month).document, "docx" if found[2] == "docx" else "pdf")


def opened(request: Request, month: str) -> Shown:
    """A letter that there is; else the page is not there."""
    web = web_of(request)
    try:
        return letters.shown(web.house, month, now=web.settings.now())
    except Refused:
        raise HTTPException(404) from None


def figures(found: Shown) -> Mapping[str, tuple[str, Figure]]:
    """Every figure of a letter, by what it is called in addresses, with its name in words."""
    f = found.figures
    return {
        "regionerna": ("Beslut i regionerna", f.of(*BY_REGIONS)),
        **{kind: (words.KINDS[kind], f.of(kind)) for kind in HAPPENED},
        "ahead": ("Det som kommer", f.ahead), "passed": ("Efter planerad tid", f.passed),
        "earlier": ("Registrerat nu, hände tidigare", f.earlier), "undated": ("Dagen är inte känd", f.undated),
        "corrected": ("Rättat", f.corrected), "added": ("Tillkommet sedan förra brevet", found.since.added),
        "gone": ("Står inte längre kvar från förra brevet", found.since.gone),
    }  # fmt: skip


def _named(month: str) -> str:
    return reports.period(month, month=True).text


def _file(document: Document, format: Format) -> Response:
    disposition = f'attachment; filename="{file_name(document, format)}"'
    headers = {"content-disposition": disposition, "cache-control": "no-store"}
    return Response(rendered(document, format), media_type=MEDIA_TYPES[format], headers=headers)
