"""*Beredningsplan*: which matter is meant for which meeting of a year, to read and to fetch."""

from __future__ import annotations

import re
from datetime import date, datetime
from io import StringIO
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag import words
from uppdrag.documents.formats import MEDIA_TYPES, Format, file_name, rendered
from uppdrag.service import beredning, beredning_rows
from uppdrag.service.beredning import Preparation
from uppdrag.service.beredning_document import document
from uppdrag.web.meetings_kit import READING
from uppdrag.web.permissions import Pages
from uppdrag.web.rendering import capital, render, unbroken
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import beredning as told
from uppdrag.words.chefsgrupp import OUTCOMES
from workflow.beredning_fill import Row
from workflow.calendar import MONTHS
from workflow.paper_events import PreparationEvent

pages = Pages()
NEAR = range(2000, 2101)
_FILE = re.compile(r"beredningsplan\.(pdf|docx|csv)", re.ASCII)
_DONE = {
    "flyttat": "Ärendet är flyttat.", "tillagt": "Ärendet är tillagt.", "satt": "Planen står på mötets dagordning.",
}  # fmt: skip


class Changed(NamedTuple):
    """What somebody has made of a plan: when (aware), what, and who."""

    when: datetime
    what: str
    who: str


@pages.get("/beredningsplan/{year}", READING)
def show(request: Request, year: str) -> Response:
    """The plan: the year at a glance, then meeting by meeting, each matter with why it stands there."""
    shown, kansli = plan_of(request, year), known_visitor(request).role == "kansli"
    at_meetings = [r for r in shown.rows if r.day is not None]
    return render(
        request, "beredningsplan.html", shown=shown, year=shown.year, standing=told.standing(shown.decided),
        counted=told.counted(len(shown.rows), sum(r.placement is not None for r in shown.rows)),
        changes=[unbroken(told.change(c)) for c in shown.changes], planned=at_meetings,
        meetings=[(day, [r for r in at_meetings if r.day == day]) for day in shown.coming],
        nowhere=[r for r in shown.rows if r.day is None and not r.left_out], kansli=kansli,
        left_out=[r for r in shown.rows if r.left_out], why=lambda r: unbroken(told.why(r.why)), short=short,
        warnings=lambda r: [unbroken(words.sentence(w)) for w in r.warnings], outcomes=OUTCOMES,
        history=_history(request, shown) if kansli else [],
        done=_DONE.get(request.query_params.get("klart", ""), ""), doubtful=[r for r in shown.rows if r.warnings],
        where=where,
    )  # fmt: skip


@pages.get("/beredningsplan/{year}/fil/{name}", READING)
def file(request: Request, year: str, name: str) -> Response:
    """The plan as a PDF to read, a DOCX to edit or a CSV to count in."""
    found, shown = _FILE.fullmatch(name), plan_of(request, year)
    if found is None:
        raise HTTPException(404)
    if found[1] == "csv":
        content, media, named = _csv(shown), "text/csv; charset=utf-8", f"beredningsplan-{shown.year}.csv"
    else:
        format: Format = "docx" if found[1] == "docx" else "pdf"
        paper = document(shown, now=web_of(request).settings.now())
        content, media, named = rendered(paper, format), MEDIA_TYPES[format], file_name(paper, format)
    headers = {"content-disposition": f'attachment; filename="{named}"', "cache-control": "no-store"}
    return Response(content, media_type=media, headers=headers)


def plan_of(request: Request, year: str) -> Preparation:
    """The plan that an address names. Raises HTTPException (404) where it names no year."""
    if not (year.isascii() and year.isdigit() and len(year) == 4 and int(year) in NEAR):
        raise HTTPException(404)
    web = web_of(request)
    return beredning.preparation(web.house, int(year), now=web.settings.now())


def short(day: date) -> str:
    """A day as it heads a narrow column: `27 mars`."""
    return f"{day.day}\xa0{MONTHS[day.month - 1]}"


def where(row: Row) -> str:
    """Where a matter stands now: `mötet 27 mars`, at none, or left out."""
    if row.day is not None:
        return f"mötet {short(row.day)}"
    return "utanför årets plan" if row.left_out else told.NOWHERE


def _history(request: Request, shown: Preparation) -> list[Changed]:
    """What somebody has changed, the newest first."""
    found = beredning.history(web_of(request).house, shown.year)
    return [
        Changed(r.registered_at, unbroken(f"{capital(told.happened(r.event))}."), r.actor.name)
        for r in reversed(found) if isinstance(r.event, PreparationEvent)
    ]  # fmt: skip


def _csv(shown: Preparation) -> bytes:
    """The matters as Excel on Swedish Windows opens them: UTF-8 with a mark, semicolons, nothing that is a formula."""
    import csv

    from uppdrag.documents.form import neutral

    written = StringIO(newline="")
    out = csv.writer(written, delimiter=";", lineterminator="\r\n")
    out.writerow(("Möte", "Ärende", "Rubrik", "Behandling", "Planerad tid", "Senast", "Varför", "Att kontrollera"))
    for row in map(beredning_rows.matter_row, shown.rows):
        note = f"{row['why']} {row['note']}".strip()
        at = row["meeting"] or ("utelämnat" if row["left_out"] else told.NOWHERE)
        cells = (at, row["uppdrag"], row["title"], row["what"], row["planned"], row["planned_last"] or "", note,
                 " ".join(row["warnings"]))  # fmt: skip
        out.writerow([neutral(str(cell)) for cell in cells])
    return written.getvalue().encode("utf-8-sig")
