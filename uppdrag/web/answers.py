"""*Svar*: a region's decision, or when it is planned: one short form, shown first, then registered, then a receipt."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag import words
from uppdrag.service import answering, following, inbox, queries
from uppdrag.service.commands import Answer
from uppdrag.service.queries import Detail
from uppdrag.service.signing_in import WebRole
from uppdrag.web import deciding, forms, tracks
from uppdrag.web.errors import Told, page, status_of
from uppdrag.web.forms import NO_COMPLAINT
from uppdrag.web.permissions import Pages, form_of, own_region
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.errors import UppdragError
from workflow.model import Regionbeslut

pages = Pages()
_ANSWERS: tuple[WebRole, ...] = ("kansli", "region")


@pages.get("/svar/{lanskod}", _ANSWERS)
def overview(request: Request, lanskod: str) -> Response:
    """What a region has been asked and has not answered: where a mail about several uppdrag leads."""
    own_region(request, lanskod)
    web = web_of(request)
    after = request.query_params.get("efter", "")[:20]
    found = following.page_of_region(web.house, lanskod, now=web.settings.now(), after=after, lists=("coming",))
    told = [(i, tracks.lage(i.cell, i.lifecycle, i.row.state)) for i in found.waiting]
    return render(request, "svar_lista.html", region=found.region, waiting=told, found=found, further=after)


@pages.get("/svar/{id}/{lanskod}", _ANSWERS)
def ask(request: Request, id: str, lanskod: str) -> Response:
    """The form. Nothing is chosen beforehand."""
    own_region(request, lanskod)
    return _form(
        request, id, lanskod, {"nyckel": forms.new_key(), "mejl": request.query_params.get("mejl", "")[:64]}
    )  # fmt: skip


@pages.post("/svar/{id}/{lanskod}", _ANSWERS)
def answer(request: Request, id: str, lanskod: str) -> Response:
    """Show what will be recorded, and then record it."""
    own_region(request, lanskod)
    web, form = web_of(request), form_of(request)
    if form.get("steg") == "andra":
        return _form(request, id, lanskod, form)
    if form.get("steg") == "led":
        return _form(request, id, lanskod, deciding.one_more(form))
    found, rb = _found(request, id, lanskod)
    regions = {r.lanskod: r for r in queries.regions(web.house)}

    def told(given: Answer) -> str:
        return "; ".join(words.event(e, found.lifecycle, regions) for e in given.events)

    try:
        command = deciding.command(found, rb, form, known_visitor(request).actor)
        given = answering.register(
            web.house, web.settings, id, command, now=web.settings.now(), key=form.get("nyckel", ""), told=told,
            expected=forms.seen(form),
            dry_run=form.get("steg") != "registrera", mail=form.get("mejl", "") if _kansli(request) else "",
        )  # fmt: skip
    except UppdragError as no:
        return _form(request, id, lanskod, form, no)
    if not given.dry_run:
        return see_other(f"/svar/{id}/{lanskod}/kvitto/{given.events[0].seq}")
    fields = deciding.answered(found, form, kansli=_kansli(request))
    return render(
        request, "granska.html", title=f"Granska svaret från {regions[lanskod].name}", back=f"/svar/{lanskod}",
        action=f"/svar/{id}/{lanskod}", kept={k: v for k, v in form.items() if k not in ("formular", "steg")},
        lines=[words.event(e, found.lifecycle, regions) for e in given.events],
        about=[("Uppdrag", f"{id} {found.row.shown_title}"), *((f.label, f.answer) for f in fields),
               *([("Mejlet", "Markeras som registrerat")] if form.get("mejl") else [])],
        warnings=[words.sentence(w) for w in given.warnings],
    )  # fmt: skip


@pages.get("/svar/{id}/{lanskod}/kvitto/{seq}", _ANSWERS)
def receipt(request: Request, id: str, lanskod: str, seq: str) -> Response:
    """What was registered, its number, and where to turn if it is wrong."""
    own_region(request, lanskod)
    web = web_of(request)
    found, rb = _found(request, id, lanskod)
    recorded = next((e for e in found.history if str(e.seq) == seq and e.region == lanskod), None)
    if recorded is None:
        raise HTTPException(404)
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    return render(
        request, "kvitto.html", recorded=recorded, told=words.event(recorded, found.lifecycle, regions), id=id,
        region=regions[lanskod], row=found.row, rb=rb,
    )  # fmt: skip


def _found(request: Request, id: str, lanskod: str) -> tuple[Detail, Regionbeslut]:
    web = web_of(request)
    found = queries.detail(web.house, id, now=web.settings.now())
    rb = found.matter.regions.get(lanskod)
    if rb is None or found.lifecycle.track is None:
        raise HTTPException(404)
    return found, rb


def _form(request: Request, id: str, lanskod: str, form: dict[str, str], no: UppdragError | None = None) -> Response:
    found, rb = _found(request, id, lanskod)
    track = found.lifecycle.track
    web = web_of(request)
    region = next(r for r in queries.regions(web.house) if r.lanskod == lanskod)
    if track is None or found.row.state not in track.open_in:
        told = f"Uppdragets läge är {found.lifecycle.label_of(found.row.state)}. Regionerna tillfrågas senare."
        return page(request, 409, Told("Det finns inget att svara på än", "Inget har registrerats.", told))
    fields = deciding.fields(found, form, kansli=_kansli(request))
    told_by = inbox.show(web.house, form["mejl"]) if form.get("mejl") and _kansli(request) else None
    wrong = NO_COMPLAINT if no is None else forms.complaint(no, [f.name for f in fields], deciding.ALSO)
    return render(
        request, "svar.html", status=200 if no is None else status_of(no), row=found.row, region=region, rb=rb,
        fields=forms.with_errors(fields, wrong), wrong=wrong, nyckel=form.get("nyckel", ""), id=id, mail=told_by,
        leder=deciding.rows(form), opened=deciding.ROAD if form.get("steg") == "led" else "",
        may_add=deciding.rows(deciding.one_more(form)) > deciding.rows(form),
        seen=str(rb.version) if no is not None and status_of(no) == 409 else form.get("sedd") or str(rb.version),
        time=next((t for t in found.matter.uppdrag.times if t.deadline in _regional(found)), None),
        known=tracks.lage(next(c for c in found.cells if c.region == lanskod), found.lifecycle, found.row.state),
    )  # fmt: skip


def _regional(found: Detail) -> set[str]:
    return {d.id for d in found.lifecycle.deadlines if d.regional}


def _kansli(request: Request) -> bool:
    return known_visitor(request).role == "kansli"
