"""A meeting that is not held, or is held on another day: who would be told is shown first."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import calling_off as service
from uppdrag.service.calling_off import Plan
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.meetings_kit import Reader, complaint, day_of, held, once
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import meeting_pages
from workflow.errors import Refusal, Refused, UppdragError

pages = Pages()


@pages.get("/moten/{day}/stall-in", ("kansli",))
def ask(request: Request, day: str) -> Response:
    """Why it is not held."""
    return _ask(request, day, {})


@pages.post("/moten/{day}/stall-in", ("kansli",))
def call_off(request: Request, day: str) -> Response:
    """Show what would happen and who would be told, and then call it off."""
    web, form, on = web_of(request), form_of(request), day_of(day)
    if form.get("steg") == "andra":
        return _ask(request, day, form)

    def planned() -> Plan:
        read = Reader(dict(form))
        why = read.text("skal", "Skälet", needed=True)
        read.done()
        return service.plan(web.house, on, why, web.settings, now=web.settings.now())

    def change() -> str:
        plan = planned()
        if form.get("visat") != _seal(plan):
            raise Refused([Refusal.of("call_off_changed")])
        service.call_off(web.house, on, plan.why, web.settings, actor=known_visitor(request).actor,
                         now=web.settings.now(), shown=plan)  # fmt: skip
        return f"/moten?ar={on.year}&installt={on}"

    try:
        if form.get("steg") == "gor":
            return once(request, change)
        plan = planned()
    except UppdragError as no:
        return _ask(request, day, form, no)
    to = f" till mötet {meeting_pages.dag(plan.next_day)}" if plan.next_day else ""
    told = len(plan.letters)
    lines = [f"{told} personer får veta det med mejl, och inbjudan tas bort ur deras kalendrar." if told
             else "Ingen mejlas."]  # fmt: skip
    lines += [f"Det som någon har lagt till på dagordningen följer med{to}: "
              + ", ".join(i.uppdrag or i.title for i in plan.carried) + "."] if plan.carried else []  # fmt: skip
    return render(
        request, "bekrafta.html", title=f"Ställ in mötet {meeting_pages.dag(on)}", danger=True,
        lead=" ".join(["Inget är registrerat än.", *lines]), button="Ställ in mötet", about=[("Skäl", plan.why)],
        warnings=["Kallelsen gick ut på ett annat sätt: meddela de kallade själv."] if plan.told_elsewhere else (),
        back=f"/moten/{day}", back_name=f"Mötet {meeting_pages.dag(on)}", fields=(), wrong=NO_COMPLAINT,
        hidden={"skal": plan.why, "visat": _seal(plan)}, action=f"/moten/{day}/stall-in",
    )  # fmt: skip


@pages.get("/moten/{day}/ny-dag", ("kansli",))
def ask_move(request: Request, day: str) -> Response:
    """Which day it is held on instead."""
    return _ask_move(request, day, {"sedd": str(held(request, day).meeting.version)})


@pages.post("/moten/{day}/ny-dag", ("kansli",))
def move(request: Request, day: str) -> Response:
    """Hold it on another day. Nobody is told by that: the page of the kallelse says who has not been."""
    web, form, on = web_of(request), form_of(request), day_of(day)

    def change() -> str:
        read = Reader(dict(form))
        to = read.day("till", "Ny dag")
        if to is None and not read.wrong:
            read.wrong.append(Refusal.of("fact_missing", fact="till", label="Ny dag"))
        read.done()
        after = service.move(web.house, on, to or on, actor=known_visitor(request).actor, now=web.settings.now(),
                             expected=forms.seen(form))  # fmt: skip
        return f"/moten/{after.day}?sparat=flyttat"

    try:
        return once(request, change)
    except UppdragError as no:
        return _ask_move(request, day, form, no)


def _ask(request: Request, day: str, form: dict[str, str], no: UppdragError | None = None) -> Response:
    there = held(request, day)
    fields = [Field(name="skal", label="Skäl", required=True, value=form.get("skal", ""), help="Står i mejlet.")]
    wrong = NO_COMPLAINT if no is None else complaint(no, fields)
    return render(
        request, "moten_form.html", status=200 if no is None else status_of(no), title="Ställ in mötet",
        over=(f"/moten/{day}", f"Mötet {meeting_pages.dag(there.date.first)}"), button="Granska", step="granska",
        lead="Mötet tas bort ur kalendern, och de som har fått kallelsen får veta det. Du ser vad som händer först.",
        back=f"/moten/{day}", fields=forms.with_errors(fields, wrong), wrong=wrong, hidden={},
        action=f"/moten/{day}/stall-in",
    )  # fmt: skip


def _ask_move(request: Request, day: str, form: dict[str, str], no: UppdragError | None = None) -> Response:
    there = held(request, day)
    fields = [Field(name="till", label="Ny dag", kind="date", required=True)]
    fields = [replace(f, value=form.get(f.name, "")) for f in fields]
    also = dict.fromkeys(("same_day", "meeting_moved_back", "day_taken"), "till")
    wrong = NO_COMPLAINT if no is None else complaint(no, fields, also)
    told = isinstance(no, Refused) and any(r.code == "meeting_changed" for r in no.refusals)
    return render(
        request, "moten_form.html", status=200 if no is None else status_of(no), title="Flytta mötet till en annan dag",
        over=(f"/moten/{day}", f"Mötet {meeting_pages.dag(there.date.first)}"), button="Flytta", step="flytta",
        lead="Dagordningen och kallelsen följer med. Ingen mejlas nu: du skickar ändringen från kallelsens sida.",
        back=f"/moten/{day}", fields=forms.with_errors(fields, wrong), wrong=wrong, action=f"/moten/{day}/ny-dag",
        hidden={"sedd": str(there.meeting.version) if told else form.get("sedd", "")},
    )  # fmt: skip


def _seal(plan: Plan) -> str:
    letters = [(one.address, one.message.subject, one.message.text) for one in plan.letters]
    carried = [i.key for i in plan.carried]
    return sha256(repr((plan.version, plan.why, letters, carried, plan.next_day)).encode()).hexdigest()
