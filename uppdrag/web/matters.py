"""*Uppdrag*: the list, and the page of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response

from uppdrag import words
from uppdrag.service import catalogue, directives_reading, meetings, minutes_desk, planning, queries, reminding
from uppdrag.service.mailing import about as mails_about
from uppdrag.service.queries import Detail
from uppdrag.service.reminding import ForeseenReminder
from uppdrag.web import drawing, history, listing, proposals, timeline, tracks
from uppdrag.web.meetings_kit import READING
from uppdrag.web.permissions import READERS, Pages
from uppdrag.web.rendering import page_number, render
from uppdrag.web.state import Web, known_visitor, web_of
from uppdrag.words import chefsgrupp
from uppdrag.words import planning as plan_words
from workflow.calendar import local_date
from workflow.errors import Refused
from workflow.lifecycle import AUDIENCES
from workflow.model import Region
from workflow.people import REGION_OFFICES
from workflow.sammantraden import CHEFSGRUPP, Sammantrade


class Minuted(NamedTuple):
    """A § about an uppdrag: the day its meeting is known by, that of the decision, its number and the outcome."""

    day: date
    on: date
    paragraph: str
    outcome: str


pages = Pages()
_MAILS = 500
_COMING = 12


@pages.get("/uppdrag", READERS)
def all_of_them(request: Request) -> Response:
    """The uppdrag that a choice asks for; the open ones where nothing is chosen."""
    web = web_of(request)
    today = local_date(web.settings.now())
    asked = listing.asked(request.query_params)
    kansli = known_visitor(request).role == "kansli"
    found = listing.shown(
        web.house, asked, today, page=page_number(request.query_params.get("sida", "")), kansli=kansli
    )
    labels = queries.labels(web.house)
    kinds = {lc.id: lc.label for lc in catalogue.newest(web.house)}
    return render(
        request, "uppdrag_lista.html", found=found, rows=found.rows, asked=asked, labels=labels, lifecycles=kinds,
        chosen=any(v for k, v in asked.items() if k != "ordning"), regions=queries.regions(web.house),
        owners=queries.owners(web.house) if kansli else [], orders=listing.ORDERS,
        states=dict(sorted({s: label for (_, s), label in labels.items()}.items(), key=lambda pair: pair[1])),
        moved=request.query_params.get("flyttade", "")[:4], idle=listing.idle(found.rows, today),
        query=request.url.query, turned=request.url.remove_query_params("sida").query,
    )  # fmt: skip


@pages.get("/uppdrag/{id}", READERS)
def one(request: Request, id: str) -> Response:
    """One uppdrag in full. Who is not of the kansli sees less of one that is sensitive."""
    web, visitor = web_of(request), known_visitor(request)
    now = web.settings.now()
    found = queries.detail(web.house, id, now=now)
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    plan = _plan(web, id)
    rows = tracks.rows(found, regions, plan)
    kansli = visitor.role == "kansli"
    hidden = found.row.sensitive and not kansli
    options = queries.options(web.house, found) if kansli else []
    registered = request.query_params.get("registrerat", "")
    mails = mails_about(web.house, id, limit=_MAILS) if kansli else []
    lc = found.lifecycle
    return render(
        request, "uppdrag.html", found=found, row=found.row, u=found.matter.uppdrag, lc=lc,
        stages=tracks.stages(found), regions=rows, legend=tracks.legend(rows), lan=web.assets.lan,
        drawn=drawing.diagram(lc, here=found.row.state, been=tracks.been(found)),
        laget={r.code: r for r in rows}, kansli=kansli, hidden=hidden, options=options,
        lead=plan_words.lead(plan.survey) if plan else "", fits=plan_words.survey(plan.survey, regions) if plan else [],
        onward=tracks.onward(lc, found.row.state, options), unasked=all(r.lage.key == "ej_fragad" for r in rows),
        history=history.entries(found.history, lc, regions, visitor)
        if visitor.role in ("kansli", "insyn") and not hidden else [], mails=mails,
        coming=_coming(web, found, regions) if kansli else [], versions=proposals.versions(found, regions),
        axis=None if hidden else timeline.axis(found, plan, _board(web, found), regions, local_date(now)),
        when=timeline.told, lanes=timeline.LANES,
        registered=next((e for e in found.history if str(e.seq) == registered), None),
        taken_in=request.query_params.get("antal", "")[:6],
        sentence=words.sentence, deadlines={d.id: d.label for d in lc.deadlines},
        directives=directives_reading.of_uppdrag(web.house, id) if visitor.role in READING else [],
        answer=visitor.region if visitor.region in found.matter.regions and visitor.role == "region" else "",
        minuted=_minuted(web, id, visitor.role), decides=bool(lc.track and found.row.state in lc.track.open_in),
        unsent=sum(not rb.concluded and rb.sent_version != found.matter.uppdrag.proposal_version
                   for rb in found.matter.regions.values()),
    )  # fmt: skip


def _minuted(web: Web, id: str, role: str) -> list[Minuted]:
    """Where chefsgruppen has decided on an uppdrag, for those who may read its protokoll."""
    if role not in READING:
        return []
    return [
        Minuted(m.day, m.decided_on, str(note.paragraph), chefsgrupp.OUTCOMES[note.outcome])
        for m, note in minutes_desk.decided(web.house, id)
    ]


def _plan(web: Web, id: str) -> planning.UppdragPlan | None:
    """How the regions that are left fit the planned time; None where nothing is left, or no time is planned."""
    try:
        return planning.plan(web.house, id, now=web.settings.now())
    except Refused:
        return None


def _board(web: Web, found: Detail) -> list[Sammantrade]:
    """Chefsgruppens meetings, where a planned time is to be met at one of them."""
    if found.row.final or not any(d.at_meeting for d in found.lifecycle.deadlines):
        return []
    return [k.meeting for k in meetings.listed(web.house, meetings.Wanted(region=CHEFSGRUPP))]


def _coming(
    web: Web, found: Detail, regions: Mapping[str, Region]
) -> list[tuple[ForeseenReminder, str, int, int]]:  # fmt: skip
    """The reminders that the clock is to write, alike ones as one: to whom, to how many, and how many none reaches."""

    def alike(r: ForeseenReminder) -> tuple[date, date, str, str]:
        return r.send_on, r.due, r.step, r.office

    left = sorted(reminding.of_uppdrag(web.house, found.row.id, now=web.settings.now()), key=alike)
    told = []
    for _, those in groupby(left, key=alike):
        group = list(those)
        first, alone = group[0], len(group) == 1
        place = f" i {words.region(regions, first.region)}" if alone and first.office in REGION_OFFICES else ""
        told.append((first, f"{AUDIENCES.get(first.office, first.office)}{place}", len(group),
                     sum(not r.recipient for r in group)))  # fmt: skip
    return told[:_COMING]
