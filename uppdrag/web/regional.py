"""One region on one uppdrag: where it stands, the road to its decision, what was decided, and what can happen next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag import words
from uppdrag.service import mailing, planning, queries
from uppdrag.service import tracks as decided
from uppdrag.service.queries import Detail
from uppdrag.web import history, tracks
from uppdrag.web.permissions import READERS, Pages
from uppdrag.web.rendering import render
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import planning as plan_words
from workflow.errors import Refusal, Refused
from workflow.lifecycle import Lifecycle, RegionTransition
from workflow.model import Decision, Regionbeslut
from workflow.sendout import ASK, last_asked, sending

pages = Pages()
_MAILS = 500


class Leg(NamedTuple):
    """A place on the road to a decision: `done`, `here` (the next) or `ahead`; and what is known of it."""

    label: str
    standing: str
    told: str


class Doable(NamedTuple):
    """A step on the region's track, and why it cannot be taken; where it is taken."""

    label: str
    address: str
    why_not: tuple[str, ...]
    asked: str


@pages.get("/uppdrag/{id}/region/{lanskod}", READERS)
def one(request: Request, id: str, lanskod: str) -> Response:
    """The region's road. Others than the kansli and the region itself see what is public: its decisions."""
    web, visitor = web_of(request), known_visitor(request)
    found, rb = region_of(request, id, lanskod)
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    kansli = visitor.role == "kansli"
    inside = kansli or (visitor.role == "region" and visitor.region == lanskod)
    hidden = found.row.sensitive and not inside
    laga_kraft = decided.laga_kraft(found.matter)
    cell = next(c for c in found.cells if c.region == lanskod)
    its = [e for e in found.history if e.region == lanskod]
    mails = [
        m for m in mailing.about(web.house, id, limit=_MAILS) if m.region == lanskod
    ] if kansli else []  # fmt: skip
    now = web.settings.now()
    return render(
        request, "uppdrag_region.html", found=found, row=found.row, rb=rb, region=regions[lanskod], kansli=kansli,
        inside=inside, hidden=hidden, lage=tracks.lage(cell, found.lifecycle, found.row.state),
        fits=_fits(request, id, lanskod) if inside else "", legs=legs(found, rb, laga_kraft),
        decisions=[(d, words.outcome(found.lifecycle, d.outcome), _facts(d, inside and not hidden, laga_kraft, lanskod))
                   for d in rb.decisions],
        steps=steps(found, rb, visitor.role) if inside else [], open=open_for(found), mails=mails,
        asked=last_asked(found.history).get(lanskod), task=words.task(rb.task) if rb.task and kansli else "",
        history=history.entries(its, found.lifecycle, regions, visitor)
        if inside or (visitor.role == "insyn" and not hidden) else [],
        registered=next((e for e in its if str(e.seq) == request.query_params.get("registrerat", "")), None), now=now,
    )  # fmt: skip


def region_of(request: Request, id: str, lanskod: str) -> tuple[Detail, Regionbeslut]:
    """An uppdrag and one region's track on it. Raises 404 where it has none."""
    web = web_of(request)
    found = queries.detail(web.house, id, now=web.settings.now())
    rb = found.matter.regions.get(lanskod)
    if rb is None or found.lifecycle.track is None:
        raise HTTPException(404)
    return found, rb


def open_for(found: Detail) -> bool:
    """Whether the uppdrag lies with the regions."""
    return found.lifecycle.track is not None and found.row.state in found.lifecycle.track.open_in


def steps(found: Detail, rb: Regionbeslut, role: str) -> list[Doable]:
    """Every step of the track that a role may take, and of those that cannot be taken now why not."""
    track = found.lifecycle.track
    told = []
    for t in track.transitions if track else ():
        if role not in t.roles:
            continue
        here = f"/uppdrag/{found.row.id}/region/{rb.region}/steg/{t.trigger}"
        if t.trigger == ASK:  # the question is a mail as well
            here = f"/uppdrag/{found.row.id}/fraga?region={rb.region}"
        wanted = () if t.trigger == ASK else t.facts
        lacking = ", ".join(f.label for f in wanted if f.required and not (f.sets and getattr(rb, f.sets)))
        told.append(Doable(t.label, here, tuple(map(words.sentence, _why_not(found, rb, t))), lacking.lower()))
    return told


def legs(found: Detail, rb: Regionbeslut, laga_kraft: Mapping[tuple[str, int], date]) -> list[Leg]:
    """The road from the papers to laga kraft: what has been, what is planned, and what is not known."""
    step = sending(found.lifecycle)
    sent_on = str(rb.facts.get(step.trigger, {}).get("on", "")) if step else ""
    sent = f"version {rb.sent_version}{f', {sent_on}' if sent_on else ''}" if rb.sent_version else ""
    road = [Leg("Expedierad", "done" if rb.sent_version else "ahead", sent)]
    road.append(Leg("Mottagen", "done" if rb.dnr else "ahead", rb.dnr))
    last = rb.deciding
    standing = last if last is not None and (rb.concluded or last.set_no == rb.set_no) else None
    if standing is not None and (rb.concluded or not rb.planned_on):
        road = [leg._replace(told=leg.told or "Uppgift saknas") for leg in road]
        road += [Leg(tracks.body_name(k.body), "done", _where(k.on, k.paragraph)) for k in standing.links]
        label = tracks.body_name(standing.body) or "Beslut"
        road.append(Leg(_first(label), "done", _where(standing.on, standing.paragraph)))
        if standing.justerat or standing.tillkannagivet:
            road.append(Leg("Justerat", "done", _day(standing.justerat)))
            road.append(Leg("Tillkännagivet", "done" if standing.tillkannagivet else "ahead",
                            _day(standing.tillkannagivet)))  # fmt: skip
        if (first := laga_kraft.get((rb.region, standing.number))) is not None:
            road.append(Leg("Laga kraft tidigast", "here", _day(first)))
        return road
    road += [Leg(tracks.body_name(k.body), "ahead", f"{_day(k.on)} (planerat)".strip()) for k in rb.planned_chain]
    decides = _first(tracks.body_name(rb.planned_body)) or "Beslut"
    told = f"{_day(rb.planned_on)} (planerat)" if rb.planned_on else "Uppgift saknas"
    road.append(Leg(decides, "ahead", told))
    passed = max((n for n, leg in enumerate(road) if leg.standing == "done"), default=-1)
    return [leg._replace(standing="here") if n == passed + 1 else leg for n, leg in enumerate(road)]


def _why_not(found: Detail, rb: Regionbeslut, t: RegionTransition) -> list[Refusal]:
    track, lc = found.lifecycle.track, found.lifecycle
    if track is None or found.row.state not in track.open_in:
        open_in = ", ".join(lc.label_of(s) for s in (track.open_in if track else ()))
        return [Refusal.of("not_open_for_regions", state=lc.label_of(found.row.state), open_in=open_in)]
    if rb.state not in t.sources:
        possible = ", ".join(o.label for o in track.transitions if rb.state in o.sources) or "inget"
        return [Refusal.of("not_from_here", trigger=t.label, state=state_label(lc, rb.state), possible=possible)]
    return []


def state_label(lifecycle: Lifecycle, state: str) -> str:
    """What people call a state of the region's track."""
    states = lifecycle.track.states if lifecycle.track else ()
    return next((s.label for s in states if s.id == state), state)


def _facts(
    d: Decision, inside: bool, laga_kraft: Mapping[tuple[str, int], date], lanskod: str
) -> list[tuple[str, str]]:
    """What is known of a decision, by name; what is for the kansli and the region itself only `inside`."""
    first = laga_kraft.get((lanskod, d.number))
    told = [
        ("Beslutsinstans", _first(tracks.body_name(d.body)) or "Uppgift saknas"),
        ("Datum", _day(d.on) or "Uppgift saknas"), ("Paragraf", f"§ {d.paragraph}" if d.paragraph else ""),
        ("Slag", words.KINDS[d.kind] if d.kind != "beslut" else ""),
        ("Efter förslag av", ", ".join(map(words.link, d.links))),
        ("Delegationspunkt", d.delegationspunkt),
        ("Anmält", " ".join(filter(None, (_day(d.reported_on), f"till {d.reported_to}" if d.reported_to else "")))),
        ("Justerat", _day(d.justerat)), ("Tillkännagivet", _day(d.tillkannagivet)),
        ("Laga kraft tidigast", _day(first)),
        ("Förslagets version", str(d.proposal_version or "")), ("Källa", _first(words.SOURCES[d.source])),
        ("Anpassning", d.adaptation),
    ]  # fmt: skip
    if inside:
        told += [("Regionens diarienummer", d.dnr), ("Notering", d.note),
                 ("Att komplettera", words.task(d.task) if d.task else "")]  # fmt: skip
    return [(name, value) for name, value in told if value]


def _fits(request: Request, id: str, lanskod: str) -> str:
    """How the region's meetings fit the planned time; empty where that is not looked at."""
    web = web_of(request)
    try:
        plan = planning.plan(web.house, id, now=web.settings.now())
    except Refused:
        return ""
    its = next((p for p in plan.plans if p.region == lanskod), None)
    if its is None:
        return ""
    year = plan.window.last.year
    return " ".join((_first(plan_words.VERDICTS[its.verdict]) + ".", plan_words.why(its, year=year),
                     *plan_words.missing(its.missing, year=year)))  # fmt: skip


def _where(on: date | None, paragraph: str) -> str:
    return " ".join(filter(None, (_day(on), f"§ {paragraph}" if paragraph else ""))) or "Uppgift saknas"


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
