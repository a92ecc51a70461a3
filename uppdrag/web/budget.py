"""*Budget*: a year's posts beside their outcome, and what the regions contribute, to read and to fetch."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag import words
from uppdrag.documents import sheet
from uppdrag.service import budget_reading, budget_rows
from uppdrag.service.budget_reading import Shown
from uppdrag.service.signing_in import WebRole
from uppdrag.web.permissions import Pages
from uppdrag.web.rendering import capital, render, unbroken
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import budget as told
from workflow.budget import QUARTERS
from workflow.budget_events import BudgetEvent, ContributionAgreed

pages = Pages()
READING: tuple[WebRole, ...] = ("kansli", "chefsgrupp", "insyn")
NEAR = range(2000, 2201)
_DONE = {"fil": "Filen är inläst.", "faststalld": "Beslutet är registrerat."}


class Change(NamedTuple):
    """What somebody has noted: the event's name, when (aware), what, and who."""

    event: str
    when: datetime
    what: str
    who: str


@pages.get("/budget/{year}", READING)
def show(request: Request, year: str) -> Response:
    """The budget by post and quarter, and the contributions by region."""
    shown, kansli = _budget_of(request, year), known_visitor(request).role == "kansli"
    return render(
        request, "budget.html", shown=shown, year=shown.year, kansli=kansli, quarters=QUARTERS, told=told,
        standing=told.standing(shown.budget, shown.whole), spent=told.spent(shown.whole, shown.lines),
        agreed=told.agreed(shown.budget, shown.together), history=_history(shown),
        warnings=[unbroken(words.sentence(w)) for w in shown.warnings],
        done=_DONE.get(request.query_params.get("klart", ""), ""),
    )  # fmt: skip


@pages.get("/budget/{year}/fil/{name}", READING)
def file(request: Request, year: str, name: str) -> Response:
    """The budget as a workbook."""
    shown = _budget_of(request, year)
    if name != "budget.xlsx":
        raise HTTPException(404)
    made = BytesIO()
    sheet.write(budget_rows.book(shown, now=web_of(request).settings.now()), made)
    named = f'attachment; filename="budget-{shown.year}.xlsx"'
    headers = {"content-disposition": named, "cache-control": "no-store"}
    return Response(made.getvalue(), media_type=sheet.MEDIA_TYPE, headers=headers)


def year_of(year: str) -> int:
    """The year that an address names. Raises HTTPException (404) where it names none."""
    if not (year.isascii() and year.isdigit() and len(year) == 4 and int(year) in NEAR):
        raise HTTPException(404)
    return int(year)


def _budget_of(request: Request, year: str) -> Shown:
    return budget_reading.shown(web_of(request).house, year_of(year))


def _history(shown: Shown) -> list[Change]:
    """What somebody has noted, the newest first."""
    found = []
    for r in sorted(shown.events.values(), key=lambda r: r.seq, reverse=True):
        if isinstance(r.event, BudgetEvent):
            event: BudgetEvent = r.event
            if isinstance(event, ContributionAgreed) and event.uppdrag in shown.discreet:
                event = replace(event, dnr="")
            what = f"{capital(told.happened(event, shown.regions))}."
            found.append(Change(r.id, r.registered_at, unbroken(what), r.actor.name))
    return found
