"""Changing a beredningsplan: a matter moved, one added, the plan put on an agenda. Each is shown before it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, cast

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag.service import beredning_changing
from uppdrag.service.beredning import Preparation, called
from uppdrag.service.beredning_changing import Moved
from uppdrag.web import forms
from uppdrag.web.beredning import plan_of, short, where
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.meetings_kit import Reader, complaint, once, sentence
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import day as in_words
from uppdrag.web.rendering import render
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import beredning as told
from workflow.beredning_fill import Row
from workflow.errors import Refusal, Refused, UppdragError
from workflow.meeting import Kind

pages = Pages()
_LEFT_OUT, _BY_TIME, _NOWHERE = "utanfor", "tiden", "inget"
_KINDS = (("beslut", "Beslut"), ("information", "Information"))
_ALSO = {"not_a_coming_meeting": "mote", "matter_without_title": "rubrik", "not_placed_by_hand": "mote"}


@pages.get("/beredningsplan/{year}/flytta", ("kansli",))
def ask_move(request: Request, year: str) -> Response:
    """Where a matter is to be dealt with instead."""
    shown = plan_of(request, year)
    row = _row(shown, request.query_params.get("arende", "")[:80])
    note = row.placement.why if row.placement else ""
    return _move_form(request, shown, row, {"sedd": str(shown.plan.edition), "skal": note})


@pages.post("/beredningsplan/{year}/flytta", ("kansli",))
def move(request: Request, year: str) -> Response:
    """Show what the move would be, and then keep it."""
    form, shown = form_of(request), plan_of(request, year)
    row = _row(shown, form.get("arende", "")[:80])
    if form.get("steg") == "andra":
        return _move_form(request, shown, row, form)

    def change() -> str:
        _moved(request, shown, row, form, dry_run=False)
        return f"/beredningsplan/{shown.year}?klart=flyttat"

    try:
        if form.get("steg") == "registrera":
            return once(request, change)
        done = _moved(request, shown, row, form, dry_run=True)
    except UppdragError as no:
        return _move_form(request, plan_of(request, year), row, form, no)
    return _review(request, shown, "Flytta ett ärende", form, done, about=[("Står nu", where(row))])


@pages.get("/beredningsplan/{year}/nytt", ("kansli",))
def ask_new(request: Request, year: str) -> Response:
    """A matter that no uppdrag stands behind."""
    shown = plan_of(request, year)
    return _new_form(request, shown, {"sedd": str(shown.plan.edition), "nyckel": forms.new_key()})


@pages.post("/beredningsplan/{year}/nytt", ("kansli",))
def add(request: Request, year: str) -> Response:
    """Show what would be added, and then add it."""
    form, shown = form_of(request), plan_of(request, year)
    if form.get("steg") == "andra":
        return _new_form(request, shown, form)

    def change() -> str:
        _added(request, shown, form, dry_run=False)
        return f"/beredningsplan/{shown.year}?klart=tillagt"

    try:
        if form.get("steg") == "registrera":
            return once(request, change)
        done = _added(request, shown, form, dry_run=True)
    except UppdragError as no:
        return _new_form(request, plan_of(request, year), form, no)
    return _review(request, shown, "Lägg till ett ärende", form, done, about=[])


@pages.get("/beredningsplan/{year}/besluta", ("kansli",))
def ask_submit(request: Request, year: str) -> Response:
    """On which meeting's agenda the plan is to be put."""
    shown = plan_of(request, year)
    return _submit_form(request, shown, {"sedd": str(shown.plan.edition)})


@pages.post("/beredningsplan/{year}/besluta", ("kansli",))
def submit(request: Request, year: str) -> Response:
    """Show which version goes where, and then put it there."""
    form, shown, web = form_of(request), plan_of(request, year), web_of(request)
    if form.get("steg") == "andra":
        return _submit_form(request, shown, form)

    def change() -> str:
        day = _meeting(form, shown.rounds.coming)
        actor, now = known_visitor(request).actor, web.settings.now()
        beredning_changing.submit(web.house, shown.year, day, actor=actor, now=now, expected=forms.seen(form))
        return f"/beredningsplan/{shown.year}?klart=satt"

    try:
        if form.get("steg") == "registrera":
            return once(request, change)
        day = _meeting(form, shown.rounds.coming)
    except UppdragError as no:
        return _submit_form(request, plan_of(request, year), form, no)
    name = f"Beredningsplan {shown.year}, version {shown.plan.edition}"
    lines = [f"{name}, sätts på dagordningen för mötet {in_words(day)}, som en punkt för beslut.",
             "Får punkten bifall är det den versionen som chefsgruppen har beslutat."]  # fmt: skip
    return _granska(request, shown, "Sätt på en dagordning", form, lines, [], about=[])


def _moved(request: Request, shown: Preparation, row: Row, form: dict[str, str], *, dry_run: bool) -> Moved:
    """Move a matter as the form says. Raises Refused."""
    web, actor, read = web_of(request), known_visitor(request).actor, Reader(form)
    chosen, why = form.get("mote", ""), read.text("skal", "Skäl")
    given = {"actor": actor, "now": web.settings.now(), "expected": forms.seen(form), "dry_run": dry_run}
    if not chosen:
        read.wrong.append(Refusal.of("fact_missing", fact="mote", label="Vart ärendet ska flyttas"))
    read.done()
    if chosen == _BY_TIME:
        return beredning_changing.restore(web.house, shown.year, row.key, **given)  # type: ignore[arg-type]  # as above
    day = None if chosen == _LEFT_OUT else _meeting(form, shown.coming)
    return beredning_changing.place(web.house, shown.year, row.key, day, why, **given)  # type: ignore[arg-type]  # as above


def _added(request: Request, shown: Preparation, form: dict[str, str], *, dry_run: bool) -> Moved:
    """Add a matter as the form says. Raises Refused."""
    web, actor, read = web_of(request), known_visitor(request).actor, Reader(form)
    title = read.text("rubrik", "Rubrik", needed=True)
    kind, at = form.get("slag", ""), form.get("mote", "")
    if kind not in dict(_KINDS):
        read.wrong.append(Refusal.of("fact_missing", fact="slag", label="Slag av ärende"))
    if not at:
        read.wrong.append(Refusal.of("fact_missing", fact="mote", label="Mötet"))
    read.done()
    day = None if at == _NOWHERE else _meeting(form, shown.coming)
    return beredning_changing.add(
        web.house, shown.year, title, cast(Kind, kind), day, actor=actor, now=web.settings.now(),
        expected=forms.seen(form), key="" if dry_run else form.get("nyckel", ""), dry_run=dry_run,
    )  # fmt: skip


def _meeting(form: Mapping[str, str], coming: tuple[date, ...]) -> date:
    """The meeting that was chosen. Raises Refused where none was."""
    found = next((d for d in coming if d.isoformat() == form.get("mote", "")), None)
    if found is None:
        raise Refused([Refusal.of("fact_missing", fact="mote", label="Mötet")])
    return found


def _row(shown: Preparation, key: str) -> Row:
    row = shown.row(key)
    if row is None:
        raise HTTPException(404)
    return row


def _move_form(
    request: Request, shown: Preparation, row: Row, form: Mapping[str, str], no: UppdragError | None = None
) -> Response:
    options = [(d.isoformat(), in_words(d)) for d in shown.coming]
    options.append((_LEFT_OUT, "Lämna utanför årets plan"))
    if row.placement is not None:
        options.append((_BY_TIME, "Låt ärendet följa läge och planerad tid igen"))
    fields = [
        Field(name="mote", label="Vart ska ärendet flyttas?", kind="choice", options=tuple(options), required=True),
        Field(name="skal", label="Skäl", help="Står i planen, som chefsgruppen läser."),
    ]
    planned = f"{row.planned.text}, senast {in_words(row.planned.last)}" if row.planned else "Ingen angiven"
    about = [("Ärende", called(row)), ("Planerad tid", planned), ("Står nu", f"{where(row)}. {told.why(row.why)}")]
    return _form(request, shown, "Flytta ett ärende", "flytta", fields, about, form, no, {"arende": row.key})


def _new_form(
    request: Request, shown: Preparation, form: Mapping[str, str], no: UppdragError | None = None
) -> Response:
    days = tuple((d.isoformat(), in_words(d)) for d in shown.coming)
    fields = [
        Field(
            name="rubrik", label="Rubrik", required=True, help="Ärenden som gäller ett uppdrag finns redan i planen."
        ),
        Field(name="slag", label="Slag av ärende", kind="choice", options=_KINDS, required=True),
        Field(name="mote", label="Möte", kind="choice", required=True, options=(*days, (_NOWHERE, "Inget möte än"))),
    ]
    hidden = {"nyckel": form.get("nyckel") or forms.new_key()}
    return _form(request, shown, "Lägg till ett ärende", "nytt", fields, [], form, no, hidden)


def _submit_form(
    request: Request, shown: Preparation, form: Mapping[str, str], no: UppdragError | None = None
) -> Response:
    days = tuple((d.isoformat(), in_words(d)) for d in shown.rounds.coming[:12])
    fields = [Field(name="mote", label="Möte", kind="choice", options=days, required=True)]
    about = [("Plan", f"Version {shown.plan.edition}"), ("Beslut", told.standing(shown.decided))]
    return _form(request, shown, "Sätt på en dagordning", "besluta", fields, about, form, no, {})


_Step = Literal["flytta", "nytt", "besluta"]


def _form(
    request: Request, shown: Preparation, title: str, step: _Step, fields: list[Field], about: list[tuple[str, str]],
    form: Mapping[str, str], no: UppdragError | None, hidden: Mapping[str, str],
) -> Response:  # fmt: skip
    """A form about the plan, with what was answered. After somebody else's change it is about the plan as it now is."""
    fields = [forms.filled(f, form) for f in fields]
    wrong = NO_COMPLAINT if no is None else complaint(no, fields, _ALSO)
    moved_on = isinstance(no, Refused) and any(r.code == "meeting_changed" for r in no.refusals)
    seen = str(shown.plan.edition) if moved_on else form.get("sedd", "")
    return render(
        request, "beredningsplan_form.html", status=200 if no is None else status_of(no), title=title, about=about,
        year=shown.year, fields=forms.with_errors(fields, wrong), wrong=wrong, hidden={**hidden, "sedd": seen},
        action=f"/beredningsplan/{shown.year}/{step}",
    )  # fmt: skip


def _review(
    request: Request, shown: Preparation, title: str, form: dict[str, str], done: Moved,
    *, about: list[tuple[str, str]],
) -> Response:  # fmt: skip
    """What a change would make of a matter, before it is kept."""
    after = done.after
    lines = [f"{called(after)}: {where(after)}." if after else "Ärendet är inte kvar i årets plan."]
    stands = any(w.code == "still_on_agenda" for w in (after.warnings if after else ()))
    if done.before is not None and done.before.day != (after.day if after else None) and not stands:
        lines += [f"Dagordningen för mötet {short(d)} följer efter." for d in (done.before.day,) if d is not None]
    lines += [] if done.changed else ["Så står det redan."]
    return _granska(request, shown, title, form, lines, [sentence(w) for w in (after.warnings if after else ())],
                    about=about)  # fmt: skip


def _granska(
    request: Request, shown: Preparation, title: str, form: dict[str, str], lines: list[str], warnings: list[str],
    *, about: list[tuple[str, str]],
) -> Response:  # fmt: skip
    more = [("Skäl", form["skal"].strip())] if form.get("skal", "").strip() else []
    return render(
        request, "granska.html", title=title, lines=lines, back=f"/beredningsplan/{shown.year}",
        action=request.url.path, kept={k: v for k, v in form.items() if k not in ("formular", "steg")},
        about=[*about, *more], warnings=warnings,
    )  # fmt: skip
