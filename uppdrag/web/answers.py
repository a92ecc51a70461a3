"""*Svar*: a region's decision, or when it is planned: one short form, shown first, then registered, then a receipt."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag import words
from uppdrag.service import answering, following, queries
from uppdrag.service.commands import Answer
from uppdrag.service.queries import Detail
from uppdrag.service.signing_in import WebRole
from uppdrag.web import forms, tracks
from uppdrag.web.errors import Told, page, status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.permissions import Pages, form_of, own_region
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.commands import AdvanceRegion, Decide
from workflow.errors import Refusal, Refused, UppdragError
from workflow.facts import BadFact, clean_date
from workflow.lifecycle import RegionTransition
from workflow.model import BODIES, SOURCES, Regionbeslut

pages = Pages()
_ANSWERS: tuple[WebRole, ...] = ("kansli", "region")
_PLANNED = "planerat"
_BODIES = {
    "RF": "Regionfullmäktige (RF)", "RS": "Regionstyrelsen (RS)", "namnd": "En nämnd",
    "regiondirektor": "Regiondirektören", "annan": "Annan",
}  # fmt: skip
_ALSO = {
    "outcome": "utfall", "unknown_outcome": "utfall", "body": "instans", "on": "datum", "paragraph": "paragraf",
    "adaptation": "anpassning", "note": "notering", "missing": "saknas", "source": "kalla", "instans": "instans",
}  # fmt: skip


@pages.get("/svar/{lanskod}", _ANSWERS)
def overview(request: Request, lanskod: str) -> Response:
    """What a region has been asked and has not answered: where a mail about several uppdrag leads."""
    own_region(request, lanskod)
    web = web_of(request)
    found = following.region(web.house, lanskod, now=web.settings.now())
    waiting = [i for i in found.open if i.lifecycle.track and i.row.state in i.lifecycle.track.open_in]
    told = [(i, tracks.lage(i.cell, i.lifecycle, i.row.state)) for i in waiting]
    return render(
        request, "svar_lista.html", region=found.region, waiting=told, coming=len(found.open) - len(waiting),
        decided=len(found.decided),
    )  # fmt: skip


@pages.get("/svar/{id}/{lanskod}", _ANSWERS)
def ask(request: Request, id: str, lanskod: str) -> Response:
    """The form. Nothing is chosen beforehand."""
    own_region(request, lanskod)
    return _form(request, id, lanskod, {"nyckel": forms.new_key()})


@pages.post("/svar/{id}/{lanskod}", _ANSWERS)
def answer(request: Request, id: str, lanskod: str) -> Response:
    """Show what will be recorded, and then record it."""
    own_region(request, lanskod)
    web, form = web_of(request), form_of(request)
    if form.get("steg") == "andra":
        return _form(request, id, lanskod, form)
    found, rb = _found(request, id, lanskod)
    regions = {r.lanskod: r for r in queries.regions(web.house)}

    def told(given: Answer) -> str:
        return "; ".join(words.event(e, found.lifecycle, regions) for e in given.events)

    try:
        command = _command(request, found, rb, form)
        given = answering.register(
            web.house, web.settings, id, command, now=web.settings.now(), key=form.get("nyckel", ""), told=told,
            expected=forms.seen(form),
            dry_run=form.get("steg") != "registrera",
        )  # fmt: skip
    except UppdragError as no:
        return _form(request, id, lanskod, form, no)
    if not given.dry_run:
        return see_other(f"/svar/{id}/{lanskod}/kvitto/{given.events[0].seq}")
    fields = [f for f in _fields(request, found, form) if f.value and f.name != "fler"]
    return render(
        request, "granska.html", title=f"Granska svaret från {regions[lanskod].name}", back=f"/svar/{lanskod}",
        action=f"/svar/{id}/{lanskod}", kept={k: v for k, v in form.items() if k not in ("formular", "steg")},
        lines=[words.event(e, found.lifecycle, regions) for e in given.events],
        about=[("Uppdrag", f"{id} {found.row.shown_title}"), *((f.label, f.answer) for f in fields)],
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
        region=regions[lanskod], row=found.row, rb=rb, kansli=web.settings.mail_answers_to,
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
    fields = _fields(request, found, form)
    wrong = NO_COMPLAINT if no is None else forms.complaint(no, [f.name for f in fields], _ALSO)
    return render(
        request, "svar.html", status=200 if no is None else status_of(no), row=found.row, region=region, rb=rb,
        fields=forms.with_errors(fields, wrong), wrong=wrong, nyckel=form.get("nyckel", ""), id=id,
        seen=str(rb.version) if no is not None and status_of(no) == 409 else form.get("sedd") or str(rb.version),
        time=next((t for t in found.matter.uppdrag.times if t.deadline in _regional(found)), None),
        known=tracks.lage(next(c for c in found.cells if c.region == lanskod), found.lifecycle, found.row.state),
    )  # fmt: skip


def _regional(found: Detail) -> set[str]:
    return {d.id for d in found.lifecycle.deadlines if d.regional}


def _planning(found: Detail) -> RegionTransition | None:
    """The step on the region's track that says when a decision is planned."""
    steps = found.lifecycle.track.transitions if found.lifecycle.track else ()
    return next((t for t in steps if any(f.sets == "planned_on" for f in t.facts)), None)


def _fields(request: Request, found: Detail, form: dict[str, str]) -> list[Field]:
    """What is asked. What belongs to some outcomes only says which."""
    track = found.lifecycle.track
    if track is None:
        return []
    outcomes = [(o.id, o.label) for o in track.outcomes]
    if _planning(found):
        outcomes.append((_PLANNED, "Inte beslutat än, men planerat"))
    needs = {need: " ".join(o.id for o in track.outcomes if need in o.requires) for need in ("adaptation", "note")}
    tasks = " ".join(o.id for o in track.outcomes if o.task)
    decided = " ".join(o.id for o in track.outcomes)
    final = " ".join(o.id for o in track.outcomes if o.final)
    bodies = tuple((b, _BODIES[b]) for b in BODIES if not track.bodies or b in track.bodies)
    fields = [
        Field(name="utfall", label="Utfall", kind="choice", options=tuple(outcomes), required=True),
        Field(name="anpassning", label="Vad anpassningen består i", kind="long", required=True,
              shown_for=needs["adaptation"]),
        Field(name="notering", label="Varför regionen inte är berörd", kind="long", required=True,
              shown_for=needs["note"]),
        Field(name="saknas", label="Vad som behöver kompletteras", kind="long", shown_for=tasks),
        Field(name="instans", label="Beslutsinstans", kind="select", options=bodies),
        Field(name="datum", label="Datum", kind="date"),
        Field(name="paragraf", label="Paragraf", narrow=True, shown_for=decided, help="Bara siffran, till exempel 88."),
        Field(name="dnr", label="Ert diarienummer", shown_for=decided),
    ]  # fmt: skip
    if known_visitor(request).role == "kansli":
        fields[-1] = replace(fields[-1], label="Regionens diarienummer")
        known = tuple((s, words.SOURCES[s].capitalize()) for s in SOURCES)
        fields.append(Field(name="kalla", label="Källa", kind="select", options=known, shown_for=decided))
    fields.append(
        Field(name="fler", label="Regionen har fler beslut kvar att fatta i uppdraget", kind="tick", shown_for=final)
    )
    return [replace(f, value=form.get(f.name, "")) for f in fields]


def _command(request: Request, found: Detail, rb: Regionbeslut, form: dict[str, str]) -> Decide | AdvanceRegion:
    actor = known_visitor(request).actor
    outcome, body, written = form.get("utfall", ""), form.get("instans", ""), form.get("datum", "").strip()
    planning = _planning(found)
    if not outcome:
        raise Refused([Refusal.of("fact_missing", fact="utfall", label="Utfall")])
    try:
        on = clean_date(written) if written else None
    except BadFact as bad:
        raise Refused(
            [Refusal.of(bad.code, fact="datum", label="Datum", value=written[:80], expected=bad.expected)]
        ) from None
    if outcome == _PLANNED and planning:
        names = {f.sets: f.name for f in planning.facts}
        facts = {names["planned_body"]: body, names["planned_on"]: written}
        return AdvanceRegion(actor=actor, region=rb.region, trigger=planning.trigger, facts=facts)
    asked = {f.name for f in _fields(request, found, form) if not f.shown_for or outcome in f.shown_for.split()}

    def said(name: str) -> str:
        return form.get(name, "") if name in asked else ""

    return Decide(
        actor=actor, on=on, region=rb.region, outcome=outcome, body=body, paragraph=said("paragraf"), dnr=said("dnr"),
        adaptation=said("anpassning"), note=said("notering"), source=said("kalla"), missing=said("saknas"),
        complete=said("fler") != "ja",
    )  # fmt: skip
