"""*Omprioritera flera*: one § moves the planned time of several uppdrag, all of them or none."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request
from fastapi.responses import Response

from uppdrag import words
from uppdrag.service import catalogue, commands, queries
from uppdrag.web import deciding, forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import Web, known_visitor, web_of
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused, UppdragError
from workflow.status import StatusFilter, StatusRow

pages = Pages()
_CHOSEN = "valt_"
_FACTS = {"planerad_tid": "tid", "paragraf": "paragraf", "tidsgrans": "grans", "skal": "skal"}
"""What an omprioritering declares, and the fields that say it."""


@pages.get("/uppdrag/omprioritera", ("kansli",))
def ask(request: Request) -> Response:
    """Which uppdrag, to when, under which §."""
    return _form(request, {"nyckel": forms.new_key()})


@pages.post("/uppdrag/omprioritera", ("kansli",))
def move(request: Request) -> Response:
    """Show what will be recorded, and then record it."""
    web, form = web_of(request), form_of(request)
    if form.get("steg") == "andra":
        return _form(request, form)
    ids = sorted(k.removeprefix(_CHOSEN) for k, v in form.items() if k.startswith(_CHOSEN) and v == "ja")
    try:
        if not ids:
            raise Refused([Refusal.of("fact_missing", label="Minst ett uppdrag")])
        days = deciding.read_days({"dag": form.get("dag", "").strip()}, [("dag", "Dagen")])
        answers = commands.reschedule(
            web.house, ids, {n: v for n, f in _FACTS.items() if (v := form.get(f, "").strip())},
            actor=known_visitor(request).actor, on=days["dag"], now=web.settings.now(), key=form.get("nyckel", ""),
            dry_run=form.get("steg") != "registrera",
        )  # fmt: skip
    except UppdragError as no:
        return _form(request, form, no)
    if form.get("steg") == "registrera":
        return see_other(f"/uppdrag?flyttade={len(answers)}")
    told = [f"{a.uppdrag}: {words.event(e, queries.lifecycle_of(web.house, a.uppdrag), {})}"
            for a in answers for e in a.events]  # fmt: skip
    return render(
        request, "granska.html", title=f"Omprioritera {len(answers)} uppdrag", lines=told, back="/uppdrag",
        action="/uppdrag/omprioritera", kept={k: v for k, v in form.items() if k not in ("formular", "steg")},
        about=[("Dag", form.get("dag", "") or "Uppgift saknas")],
        warnings=[words.sentence(w) for a in answers for w in a.warnings],
    )  # fmt: skip


def _form(request: Request, form: dict[str, str], no: UppdragError | None = None) -> Response:
    web = web_of(request)
    rows = _movable(web)
    deadlines = {d.id: d.label for r in rows for d in catalogue.lifecycle(web.house, r.lifecycle).deadlines}
    fields = [
        Field(name="tid", label="Ny planerad tid", required=True, help="Till exempel Q1 2027 eller 2027-03-31."),
        Field(name="grans", label="Vilken tidsgräns", kind="select", options=tuple(deadlines.items()),
              help="Utelämnad: den som ligger närmast i varje uppdrag."),
        Field(name="paragraf", label="Paragraf i protokollet", required=True, narrow=True),
        Field(name="dag", label="Chefsgruppens möte", kind="date"),
        Field(name="skal", label="Skäl", kind="long"),
    ]  # fmt: skip
    fields = [replace(f, value=form.get(f.name, "")) for f in fields]
    also = {**_FACTS, "on": "dag"}
    wrong = NO_COMPLAINT if no is None else forms.complaint(no, [f.name for f in fields], also)
    ticked = {r.id for r in rows if form.get(f"{_CHOSEN}{r.id}") == "ja"}
    return render(
        request, "omprioritera.html", status=200 if no is None else status_of(no), rows=rows, ticked=ticked,
        fields=forms.with_errors(fields, wrong), wrong=wrong, nyckel=form.get("nyckel", ""),
    )  # fmt: skip


def _movable(web: Web) -> list[StatusRow]:
    """The open uppdrag, those whose time runs out first on top."""
    today = local_date(web.settings.now())
    rows = [r for r in queries.status(web.house, StatusFilter(today=today)) if not r.final]
    return sorted(rows, key=lambda r: (r.deadline is None, r.deadline.last if r.deadline else today, r.id))
