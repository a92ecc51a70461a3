"""A step of an uppdrag: a form of the facts that it asks for, what will be recorded, and then the step itself."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag import words
from uppdrag.service import commands, queries
from uppdrag.web import forms
from uppdrag.web.errors import Told, page, status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.commands import Advance
from workflow.engine import Option
from workflow.errors import Refusal, Refused, UppdragError
from workflow.facts import BadFact, clean_date
from workflow.lifecycle import Lifecycle, Transition
from workflow.model import Matter

pages = Pages()
_ON = "_dag"
_AFTERWARDS = "_efterhand"


@pages.get("/uppdrag/{id}/steg/{trigger}", ("kansli",))
def ask(request: Request, id: str, trigger: str) -> Response:
    """The form of a step. What the address names is filled in, as when somebody has chosen one who answers."""
    chosen = {name: value[:300] for name, value in request.query_params.items() if not name.startswith("_")}
    return _form(request, id, trigger, {**chosen, "nyckel": forms.new_key(), "sedd": ""})


@pages.post("/uppdrag/{id}/steg/{trigger}", ("kansli",))
def take(request: Request, id: str, trigger: str) -> Response:
    """Show what will be recorded, and then record it."""
    web, form = web_of(request), form_of(request)
    if form.get("steg") == "andra":
        return _form(request, id, trigger, form)
    matter, lifecycle, _ = _option(request, id, trigger)
    way = _declared(lifecycle, matter.uppdrag.state, trigger)
    try:
        answer = commands.handle(
            web.house, id, _command(request, way, form), now=web.settings.now(), key=form.get("nyckel", ""),
            expected=forms.seen(form),
            dry_run=form.get("steg") != "registrera",
        )  # fmt: skip
    except UppdragError as no:
        return _form(request, id, trigger, form, no)
    if not answer.dry_run:
        return see_other(f"/uppdrag/{id}?registrerat={answer.events[0].seq}")
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    return render(
        request, "granska.html", title=f"{way.label}: {id}", back=f"/uppdrag/{id}",
        action=f"/uppdrag/{id}/steg/{trigger}", kept={k: v for k, v in form.items() if k not in ("formular", "steg")},
        lines=[words.event(e, lifecycle, regions) for e in answer.events],
        about=[("Dag", answer.events[0].on.isoformat() if answer.events[0].on else "Uppgift saknas")],
        warnings=[words.sentence(w) for w in answer.warnings],
    )  # fmt: skip


def _option(request: Request, id: str, trigger: str) -> tuple[Matter, Lifecycle, Option | None]:
    """The step as it can be taken from here; None where it leads from another state only."""
    matter, lifecycle, options = queries.next_steps(web_of(request).house, id, role=known_visitor(request).role)
    return matter, lifecycle, next((o for o in options if o.trigger == trigger and not o.automatic), None)


def _declared(lifecycle: Lifecycle, state: str, trigger: str) -> Transition:
    """The step as it is declared: from this state, else from another, as when the same form comes twice."""
    ways = [t for t in lifecycle.transitions if t.trigger == trigger and not t.automatic]
    if not ways:
        raise HTTPException(404)
    return next((t for t in ways if state in t.sources), ways[0])


def _form(
    request: Request, id: str, trigger: str, form: dict[str, str], no: UppdragError | None = None
) -> Response:  # fmt: skip
    newest = queries.history(web_of(request).house, id)[-1].seq  # read first: what comes after it is a conflict
    matter, lifecycle, option = _option(request, id, trigger)
    way = _declared(lifecycle, matter.uppdrag.state, trigger)
    if option is None:
        told = f"{way.label} går inte när läget är {lifecycle.label_of(matter.uppdrag.state)}."
        return page(request, 409, Told("Steget går inte att ta nu", "Inget har registrerats.", told))
    fields = _fields(option, form)
    wrong = NO_COMPLAINT if no is None else forms.complaint(no, [f.name for f in fields], {"on": _ON})
    conflict = no is not None and status_of(no) == 409
    u = matter.uppdrag
    return render(
        request, "steg.html", status=200 if no is None else status_of(no), heading=option.label, lead=u.title,
        number=id, back=f"/uppdrag/{id}", action=f"/uppdrag/{id}/steg/{trigger}",
        where=" → ".join(dict.fromkeys((lifecycle.label_of(u.state), lifecycle.label_of(option.target)))),
        fields=forms.with_errors(fields, wrong), wrong=wrong, nyckel=form.get("nyckel", ""),
        seen=str(newest) if conflict else form.get("sedd") or str(newest),
        why_not=[words.sentence(r) for r in option.reasons],
    )  # fmt: skip


def _fields(option: Option, form: dict[str, str]) -> list[Field]:
    fields = [forms.of_fact(asked, form) for asked in option.facts]
    if not any(asked.fact.sets == "day" for asked in option.facts):
        fields.append(Field(name=_ON, label="Dagen då det hände", kind="date"))
    fields.append(
        Field(name=_AFTERWARDS, kind="tick", label="Registrera i efterhand: det som inte längre är känt får utelämnas")
    )
    return [replace(f, value=form.get(f.name, "")) for f in fields]


def _command(request: Request, way: Transition, form: dict[str, str]) -> Advance:
    try:
        on = clean_date(form[_ON]) if form.get(_ON, "").strip() else None
    except BadFact as bad:
        raise Refused(
            [Refusal.of(bad.code, fact=_ON, label="Dagen", value=form[_ON][:80], expected=bad.expected)]
        ) from None
    facts = {f.name: v for f in way.facts if (v := form.get(f.name, "")).strip()}
    return Advance(
        actor=known_visitor(request).actor, on=on, trigger=way.trigger, facts=facts,
        backfill=form.get(_AFTERWARDS) == "ja",
    )  # fmt: skip
