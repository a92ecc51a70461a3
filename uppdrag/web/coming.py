"""*Det som kommer att gå* and *Mallarna*: reminders before they are written, and what each mail looks like."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import groupby

from fastapi import Request
from fastapi.responses import Response

from uppdrag import words
from uppdrag.service import preview, queries, reminding
from uppdrag.web.letters import FRAMES, isolated
from uppdrag.web.permissions import Pages
from uppdrag.web.rendering import render
from uppdrag.web.state import web_of
from workflow.calendar import local_date
from workflow.facts import BadFact, clean_date
from workflow.model import Region
from workflow.people import OFFICES, REGION_OFFICES

pages = Pages()
_WEEKS = 4
_LONGEST = timedelta(days=3700)


@pages.get("/utskick/kommande", ("kansli",))
def coming(request: Request) -> Response:
    """What would leave in the coming weeks, or on a chosen day, to whom, and why that day."""
    web = web_of(request)
    now = web.settings.now()
    today = local_date(now)
    written, wrong, day = request.query_params.get("dag", "").strip()[:20], "", None
    if written:
        try:
            day = clean_date(written)
            if not today <= day <= today + _LONGEST:
                day, wrong = None, "Välj i dag eller en senare dag."
        except BadFact:
            wrong = "Skriv dagen som 2026-08-05."
    last = today + timedelta(weeks=_WEEKS)
    rows = (
        reminding.foreseen(web.house, day=day, now=now) if day else reminding.coming(web.house, last=last, now=now)
    )  # fmt: skip
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    by_day = [(send_on, list(those)) for send_on, those in groupby(rows, key=lambda r: day or r.send_on)]
    return render(
        request, "utskick_kommande.html", status=422 if wrong else 200, by_day=by_day, day=day, written=written,
        wrong=wrong, last=last, number=len(rows), unreached=sum(not r.recipient for r in rows), regions=regions,
        office=lambda r: _office(r, regions),
    )  # fmt: skip


@pages.get("/utskick/mallar", ("kansli",))
def templates(request: Request) -> Response:
    """Every mail that exists, and whom it is for."""
    return render(request, "utskick_mallar.html", names=preview.names())


@pages.get("/utskick/mallar/{name}", ("kansli",))
def template(request: Request, name: str) -> Response:
    """One of them, about an uppdrag and people that do not exist."""
    web = web_of(request)
    message = preview.example(name, web.settings, now=web.settings.now())
    response = render(
        request, "utskick_mall.html", name=name, purpose=preview.names()[name], message=message
    )  # fmt: skip
    response.headers.update(FRAMES)
    return response


@pages.get("/utskick/mallar/{name}/html", ("kansli",))
def template_html(request: Request, name: str) -> Response:
    """What it looks like, for a frame of ours."""
    web = web_of(request)
    return isolated(preview.example(name, web.settings, now=web.settings.now()).html)


def _office(r: reminding.ForeseenReminder, regions: Mapping[str, Region]) -> str:
    """Whom it goes to. An office of the kansli's own has no region, whichever region it is about."""
    if r.office not in OFFICES:
        return r.office
    return words.office(r.office, r.region if r.office in REGION_OFFICES else "", regions)
