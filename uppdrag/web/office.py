"""The kansli's other pages: *Utskick*, *Inkommet*, *Befattningshavare*, *Ärendegångar* and *Systemstatus*."""

from __future__ import annotations

from typing import get_args

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import catalogue, health, inbox, mailing, people, queries, suppressions
from uppdrag.web import drawing
from uppdrag.web.permissions import Pages
from uppdrag.web.rendering import render
from uppdrag.web.state import known_visitor, web_of
from workflow.incoming import SHOWN_KIND, SHOWN_STATUS, IncomingStatus
from workflow.lifecycle import AUDIENCES
from workflow.message import SHOWN, MessageStatus
from workflow.people import OFFICES

pages = Pages()
_MOST = 200


@pages.get("/utskick", ("kansli", "drift"))
def mails(request: Request) -> Response:
    """The queue and what has left. Who runs the program sees that mails exist, not to whom they went."""
    web = web_of(request)
    wanted = request.query_params.get("visa", "")
    statuses = [s for s in get_args(MessageStatus) if SHOWN[s] == wanted]
    found = mailing.listed(web.house, statuses=statuses, limit=_MOST)
    return render(
        request, "utskick.html", mails=found, shown=SHOWN, queue=mailing.queue(web.house), wanted=wanted,
        choices=list(dict.fromkeys(SHOWN.values())), most=_MOST, kansli=known_visitor(request).role == "kansli",
        suppressed=suppressions.listed(web.house) if known_visitor(request).role == "kansli" else [],
    )  # fmt: skip


@pages.get("/inkommet", ("kansli",))
def incoming(request: Request) -> Response:
    """Answers and bounces: those that wait for a person first."""
    web = web_of(request)
    wanted = next((s for s in get_args(IncomingStatus) if s == request.query_params.get("visa", "ny")), None)
    found = inbox.listed(web.house, status=wanted, limit=_MOST)
    return render(
        request, "inkommet.html", mails=found, kinds=SHOWN_KIND, statuses=SHOWN_STATUS, wanted=wanted or "",
        regions={r.lanskod: r for r in queries.regions(web.house)},
    )  # fmt: skip


@pages.get("/inkommet/{id}", ("kansli",))
def one_incoming(request: Request, id: str) -> Response:
    """One mail that came in, as text."""
    web = web_of(request)
    return render(
        request, "inkommet_ett.html", mail=inbox.show(web.house, id), kinds=SHOWN_KIND, statuses=SHOWN_STATUS,
        regions={r.lanskod: r for r in queries.regions(web.house)},
    )  # fmt: skip


@pages.get("/befattningshavare", ("kansli",))
def holders(request: Request) -> Response:
    """Who holds which office, and where no mail arrives."""
    web = web_of(request)
    now = web.settings.now()
    region = request.query_params.get("region", "")[:2]
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    return render(
        request, "befattningshavare.html", holders=people.listed(web.house, now=now, region=region), region=region,
        regions=regions, offices=OFFICES, silent=people.without_address(web.house, now=now),
    )  # fmt: skip


@pages.get("/arendegangar", ("kansli", "chefsgrupp", "insyn", "drift"))
def lifecycles(request: Request) -> Response:
    """Every published version, and how many uppdrag follow it."""
    found = [d for d in catalogue.listed(web_of(request).house) if d.kind == "lifecycle"]
    return render(request, "arendegangar.html", found=found)


@pages.get("/arendegangar/{id}", ("kansli", "chefsgrupp", "insyn", "drift"))
def lifecycle(request: Request, id: str) -> Response:
    """The newest version of one, drawn and in words."""
    return _lifecycle(request, id)


@pages.get("/arendegangar/{id}/{version}", ("kansli", "chefsgrupp", "insyn", "drift"))
def lifecycle_version(request: Request, id: str, version: str) -> Response:
    """The same of a certain version."""
    return _lifecycle(request, f"{id}/{version}")


@pages.get("/systemstatus", ("kansli", "insyn", "drift"))
def status(request: Request) -> Response:
    """Whether everything is alive."""
    web = web_of(request)
    checks = health.check(web.house, now=web.settings.now())
    return render(
        request, "systemstatus.html", checks=checks, database=web.house.database.url.get_backend_name(),
        definitions=catalogue.listed(web.house), address=web.settings.url,
    )  # fmt: skip


def _lifecycle(request: Request, ref: str) -> Response:
    lc = catalogue.lifecycle(web_of(request).house, ref)
    return render(
        request, "arendegang.html", lc=lc, drawn=drawing.diagram(lc), audiences=AUDIENCES,
        deadlines={d.id: d.label for d in lc.deadlines},
    )  # fmt: skip
