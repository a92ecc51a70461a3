"""*Rapporter*: the månadsbrev, their figures, each of which opens what it was counted from, and the year's report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag.documents import sheet
from uppdrag.documents.document import Document
from uppdrag.documents.formats import MEDIA_TYPES, Format, file_name, rendered
from uppdrag.service import budget_reading, letters, reports, reports_year
from uppdrag.service.letters import Shown
from uppdrag.service.reports_letter import known_by
from uppdrag.service.reports_year import Year
from uppdrag.service.signing_in import WebRole
from uppdrag.web.permissions import Pages
from uppdrag.web.rendering import render, written
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import reports as words
from workflow.calendar import local_date
from workflow.errors import Refused
from workflow.figures import BY_REGIONS, HAPPENED, Figure, month_before
from workflow.letter import PARTS
from workflow.model import Region

pages = Pages()
READING: tuple[WebRole, ...] = ("kansli", "chefsgrupp", "insyn")
_FILE = re.compile(r"(brev|berattelse)\.(docx|pdf|xlsx)", re.ASCII)


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
        budgets=budget_reading.years(web.house, today),
    )  # fmt: skip


@pages.get("/rapporter/ar/{year}", READING)
def annual(request: Request, year: str) -> Response:
    """The verksamhetsberättelse of a year: its figures, the decisions region by region, and the whole of it."""
    found = _of_year(request, year)
    named = reports_year.figures(found.figures)
    counted = [(name, label, figure) for name, (label, figure) in named.items() if figure.value]
    decided = found.figures.of(*BY_REGIONS)
    tables = [
        ("Samverkansregion", "grupp", _rows(found.of_groups(decided))),
        ("Region", "region", _rows(found.of_regions(decided))),
    ]
    return render(
        request, "rapport_ar.html", year=year, f=found.figures, counted=counted, cut_off=known_by(found.figures),
        kinds=[words.KINDS[k] for k in BY_REGIONS], tables=tables if decided.value else [],
        done=named["plan-klart"][1].value, text=written(found.document, top=2),
    )  # fmt: skip


@pages.get("/rapporter/ar/{year}/siffra/{name}", READING)
def annual_figure(request: Request, year: str, name: str) -> Response:
    """What a figure of a year was counted from, or the part of it that is a region's or a samverkansregion's."""
    found = _of_year(request, year)
    label, counted = reports_year.figures(found.figures).get(name, ("", Figure()))
    if not label:
        raise HTTPException(404)
    asked = request.query_params
    if group := found.of_groups(counted).get(asked.get("grupp", "")):
        label, counted = f"{label}, samverkansregion {group[0]}", group[1]
    if region := found.of_regions(counted).get(asked.get("region", "")):
        label, counted = f"{label}, {region[0]}", region[1]
    return _listed(request, label, counted, found.regions, f"/rapporter/ar/{year}", f"Verksamhetsberättelse {year}")


@pages.get("/rapporter/ar/{year}/fil/{name}", READING)
def annual_file(request: Request, year: str, name: str) -> Response:
    """The report as a file, or its figures as a workbook."""
    asked = _FILE.fullmatch(name)
    if asked is None or asked[1] != "berattelse":
        raise HTTPException(404)
    found = _of_year(request, year)
    if asked[2] != "xlsx":
        return _file(found.document, "docx" if asked[2] == "docx" else "pdf")
    made = BytesIO()
    sheet.write(reports_year.workbook(found), made)
    return _attached(made.getvalue(), f"{found.document.name}.xlsx", sheet.MEDIA_TYPE)


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
    return _listed(request, label, counted, found.regions, f"/rapporter/{month}", f"Månadsbrev {_named(month)}")


@pages.get("/rapporter/{month}/fil/{name}", READING)
def file(request: Request, month: str, name: str) -> Response:
    """A letter as a file."""
    found = _FILE.fullmatch(name)
    if found is None or found[1] != "brev" or found[2] == "xlsx":
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


def _of_year(request: Request, year: str) -> Year:
    web = web_of(request)
    try:
        return reports.of_year(web.house, year, known_by=web.settings.now())
    except Refused:
        raise HTTPException(404) from None


def _rows(parts: Mapping[str, tuple[str, Figure]]) -> list[tuple[str, str, list[tuple[str, int]]]]:
    """Each part by its key and name, with how many decisions of each kind."""
    return [(key, name, [(k, part.of(k).value) for k in BY_REGIONS]) for key, (name, part) in parts.items()]


def _listed(
    request: Request, label: str, counted: Figure, regions: Mapping[str, Region], back: str, named: str
) -> Response:  # fmt: skip
    rows = [(s, words.what(s, regions), words.where(s)) for s in counted.counted]
    return render(request, "rapport_siffra.html", back=back, named=named, label=label, rows=rows)


def _named(month: str) -> str:
    return reports.period(month, month=True).text


def _file(document: Document, format: Format) -> Response:
    return _attached(rendered(document, format), file_name(document, format), MEDIA_TYPES[format])


def _attached(content: bytes, name: str, kind: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
