"""A step on a region's own track, from the page: what it asks for, what will be recorded, and then the step itself."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag import words
from uppdrag.service import answering, commands, queries
from uppdrag.service.commands import Answer
from uppdrag.service.queries import Detail
from uppdrag.web import deciding, forms
from uppdrag.web.errors import Told, page, status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.permissions import Forbidden, Pages, form_of, own_region
from uppdrag.web.regional import region_of, state_label, steps
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.commands import AdvanceRegion
from workflow.engine import FactAsked
from workflow.errors import UppdragError
from workflow.lifecycle import RegionTransition
from workflow.model import Regionbeslut

pages = Pages()
_ON = "_dag"
_AFTERWARDS = "_efterhand"


@pages.get("/uppdrag/{id}/region/{lanskod}/steg/{trigger}", ("kansli", "region"))
def ask(request: Request, id: str, lanskod: str, trigger: str) -> Response:
    """The form of a step."""
    own_region(request, lanskod)
    return _form(request, id, lanskod, trigger, {"nyckel": forms.new_key()})


@pages.post("/uppdrag/{id}/region/{lanskod}/steg/{trigger}", ("kansli", "region"))
def take(request: Request, id: str, lanskod: str, trigger: str) -> Response:
    """Show what will be recorded, and then record it. A region's own step is receipted, as its decisions are."""
    own_region(request, lanskod)
    web, form = web_of(request), form_of(request)
    if form.get("steg") == "andra":
        return _form(request, id, lanskod, trigger, form)
    found, rb = region_of(request, id, lanskod)
    step = _declared(request, found, rb, trigger)
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    now, key, dry_run = web.settings.now(), form.get("nyckel", ""), form.get("steg") != "registrera"

    def told(given: Answer) -> str:
        return "; ".join(words.event(e, found.lifecycle, regions) for e in given.events)

    try:
        command = _command(request, step, rb, form)
        if command.actor.role == "region":
            given = answering.register(
                web.house, web.settings, id, command, now=now, key=key, expected=forms.seen(form), told=told,
                dry_run=dry_run,
            )  # fmt: skip
        else:
            given = commands.handle(
                web.house, id, command, now=now, key=key, expected=forms.seen(form), dry_run=dry_run
            )
    except UppdragError as no:
        return _form(request, id, lanskod, trigger, form, no)
    here = f"/uppdrag/{id}/region/{lanskod}"
    if not given.dry_run:
        return see_other(f"{here}?registrerat={given.events[0].seq}")
    return render(
        request, "granska.html", title=f"{step.label}: {regions[lanskod].name}", back=here,
        action=f"{here}/steg/{trigger}", kept={k: v for k, v in form.items() if k not in ("formular", "steg")},
        lines=[words.event(e, found.lifecycle, regions) for e in given.events],
        about=[("Uppdrag", f"{id} {found.row.shown_title}"),
               ("Dag", command.on.isoformat() if command.on else "Uppgift saknas")],
        warnings=[words.sentence(w) for w in given.warnings],
    )  # fmt: skip


def _declared(request: Request, found: Detail, rb: Regionbeslut, trigger: str) -> RegionTransition:
    """The step as the track declares it: from where the region stands, else from elsewhere."""
    track = found.lifecycle.track
    named = [t for t in track.transitions if t.trigger == trigger] if track else []
    if not named:
        raise HTTPException(404)
    step = next((t for t in named if rb.state in t.sources), named[0])
    if known_visitor(request).role not in step.roles:
        raise Forbidden("role")
    return step


def _form(
    request: Request, id: str, lanskod: str, trigger: str, form: dict[str, str], no: UppdragError | None = None
) -> Response:
    found, rb = region_of(request, id, lanskod)
    step = _declared(request, found, rb, trigger)
    doable = next(s for s in steps(found, rb, known_visitor(request).role) if s.label == step.label)
    if doable.why_not:
        return page(request, 409, Told("Steget går inte att ta nu", "Inget har registrerats.", doable.why_not[0]))
    fields = _fields(step, rb, form)
    also = {"on": _ON, "links_out_of_order": "led1_datum", "link_after_decision": "led1_datum"}
    wrong = NO_COMPLAINT if no is None else forms.complaint(no, [f.name for f in fields], also)
    region = next(r for r in queries.regions(web_of(request).house) if r.lanskod == lanskod)
    target = state_label(found.lifecycle, step.target) if step.target else ""
    conflict = no is not None and status_of(no) == 409
    return render(
        request, "steg.html", status=200 if no is None else status_of(no), heading=step.label, lead=region.name,
        back=f"/uppdrag/{id}/region/{lanskod}", number=f"{id} · {region.short_name}",
        where=" → ".join(dict.fromkeys(filter(None, (state_label(found.lifecycle, rb.state), target)))),
        action=f"/uppdrag/{id}/region/{lanskod}/steg/{trigger}", fields=forms.with_errors(fields, wrong), wrong=wrong,
        nyckel=form.get("nyckel", ""), why_not=[],
        seen=str(rb.version) if conflict else form.get("sedd") or str(rb.version),
    )  # fmt: skip


def _fields(step: RegionTransition, rb: Regionbeslut, form: dict[str, str]) -> list[Field]:
    asked: list[Field] = []
    for fact in step.facts:
        if fact.type == "chain":
            asked += deciding.road(paragraphs=False)
        else:
            known = getattr(rb, fact.sets) if fact.sets else None
            asked.append(forms.of_fact(FactAsked(fact=fact, known=known or None), form))
    asked.append(Field(name=_ON, label="Dagen då det hände", kind="date"))
    if not any(f.sets == "planned_on" for f in step.facts):
        asked.append(
            Field(name=_AFTERWARDS, kind="tick",
                  label="Registrera i efterhand: det som inte längre är känt får utelämnas")
        )  # fmt: skip
    return [replace(f, value=form.get(f.name, "")) for f in asked]


def _command(request: Request, step: RegionTransition, rb: Regionbeslut, form: dict[str, str]) -> AdvanceRegion:
    on = deciding.read_days({_ON: form.get(_ON, "").strip()}, [(_ON, "Dagen")])[_ON]
    facts = {f.name: v for f in step.facts if f.type != "chain" and (v := form.get(f.name, "")).strip()}
    chain = deciding.chain_text(form, with_paragraphs=False)
    facts |= {f.name: chain for f in step.facts if f.type == "chain" and chain}
    return AdvanceRegion(
        actor=known_visitor(request).actor, on=on, region=rb.region, trigger=step.trigger, facts=facts,
        backfill=form.get(_AFTERWARDS) == "ja",
    )  # fmt: skip
