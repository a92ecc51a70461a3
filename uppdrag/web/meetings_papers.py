"""The papers of a meeting, to read and to fetch: dagordning, kallelse, protokoll and an utdrag of each §."""

from __future__ import annotations

import re

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag.documents.document import Document
from uppdrag.service import papers
from uppdrag.web.meetings_kit import READING, day_of, held
from uppdrag.web.permissions import Forbidden, Pages
from uppdrag.web.rendering import render, written
from uppdrag.web.state import known_visitor, web_of
from workflow.errors import Refused

pages = Pages()
_NAME = re.compile(
    r"(dagordning|kallelse|fraga|protokoll|utdrag-([1-9]\d{0,3})|vidare-[a-z0-9_]{1,40})(?:\.(docx|pdf))?", re.ASCII
)


@pages.get("/moten/{day}/handlingar/{name}", READING)
def paper(request: Request, day: str, name: str) -> Response:
    """A paper: to read as a page, or as a DOCX to edit or a PDF. Who is not of the kansli sees no draft of a
    protokoll."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise HTTPException(404)
    there = held(request, day)
    draft = found[1] == "protokoll" and not there.meeting.closed_on
    if draft and known_visitor(request).role != "kansli":
        raise Forbidden("role")
    try:
        document = _made(request, day, found[1], int(found[2] or 0))
    except Refused:  # there is no such §, or nothing to write out yet
        raise HTTPException(404) from None
    if not found[3]:
        return render(request, "mote_handling.html", document=document, day=there.date.first, name=found[1],
                      text=written(document, top=2))  # fmt: skip
    format: papers.Format = "docx" if found[3] == "docx" else "pdf"
    disposition = f'attachment; filename="{papers.file_name(document, format)}"'
    return Response(
        papers.rendered(document, format), media_type=papers.MEDIA_TYPES[format],
        headers={"content-disposition": disposition, "cache-control": "no-store"},
    )  # fmt: skip


def _made(request: Request, day: str, what: str, paragraph: int) -> Document:
    web = web_of(request)
    house, on, now = web.house, day_of(day), web.settings.now()
    match what:
        case "dagordning":
            return papers.dagordning(house, on, now=now)
        case "kallelse":
            return papers.kallelse(house, on, now=now)
        case "fraga":
            return papers.question(house, on, now=now)
        case "protokoll":
            return papers.protokoll(house, on, now=now)
        case _ if paragraph:
            return papers.utdrag(house, on, paragraph, now=now)
        case _:
            return papers.handoff(house, on, what.removeprefix("vidare-"), now=now)
