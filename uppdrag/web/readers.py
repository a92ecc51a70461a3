"""*Läslogg*: who has read what is sensitive."""

from __future__ import annotations

from datetime import date

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import readings
from uppdrag.web.permissions import Pages
from uppdrag.web.rendering import render
from uppdrag.web.state import web_of
from uppdrag.words import readings as words
from workflow.facts import is_uppdrag_id

pages = Pages()
_LONGEST = 200


@pages.get("/laslogg", ("kansli",))
def listing(request: Request) -> Response:
    """The readings, newest first: of one uppdrag, by one name, from a day on, or all."""
    web, asked = web_of(request), request.query_params
    id, name, since = (asked.get(field, "").strip()[:_LONGEST] for field in ("uppdrag", "namn", "fran"))
    wrong = {}
    if id and not is_uppdrag_id(id.upper()):
        wrong["uppdrag"] = "Skriv numret som U2026-01."
    day = None
    if since:
        try:
            day = date.fromisoformat(since)
        except ValueError:
            wrong["fran"] = "Skriv dagen som 2026-03-01."
    found = [] if wrong else readings.listed(web.house, uppdrag=id.upper(), name=name, since=day)
    return render(
        request, "laslogg.html", found=found, asked={"uppdrag": id, "namn": name, "fran": since}, wrong=wrong,
        doors=words.DOORS, who=words.who, most=readings.MOST, chosen=bool(id or name or since),
    )  # fmt: skip
