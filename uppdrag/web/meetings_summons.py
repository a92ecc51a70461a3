"""*Kallelsen*: who gets what is shown before it is sent, and what those who were summoned have not been told."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import agenda as service
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.meetings_kit import Reader, complaint, day_of, held, once
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import meeting_pages
from workflow.errors import UppdragError

pages = Pages()


@pages.get("/moten/{day}/kallelse", ("kansli",))
def ask(request: Request, day: str) -> Response:
    """The kallelse, before it goes out and after."""
    return _form(request, day, {"sedd": str(held(request, day).meeting.version)})


@pages.post("/moten/{day}/kallelse", ("kansli",))
def summon(request: Request, day: str) -> Response:
    """Register that the kallelse has gone out by another way."""
    web, form, on = web_of(request), form_of(request), day_of(day)
    held(request, day)

    def change() -> str:
        read = Reader(form)
        sent = read.day("dag", "Dagen")
        read.done()
        service.summon(web.house, on, sent, actor=known_visitor(request).actor, now=web.settings.now(),
                       expected=forms.seen(form))  # fmt: skip
        return f"/moten/{day}?sparat=kallad"

    try:
        return once(request, change)
    except UppdragError as no:
        return _form(request, day, form, no)


def _form(request: Request, day: str, form: dict[str, str], no: UppdragError | None = None) -> Response:
    there = held(request, day)
    fields = [Field(name="dag", label="Dagen då kallelsen gick ut", kind="date", help="Utelämnad: i dag.")]
    fields = [replace(f, value=form.get(f.name, "")) for f in fields]
    also = {"date_in_future": "dag", "summoned_after_meeting": "dag"}
    wrong = NO_COMPLAINT if no is None else complaint(no, fields, also)
    return render(
        request, "moten_form.html", status=200 if no is None else status_of(no), title="Kallelsen har gått ut",
        over=(f"/moten/{day}", f"Mötet {meeting_pages.dag(there.date.first)}"), button="Registrera", step="registrera",
        lead="Registrera att kallelsen har gått ut på ett annat sätt. Därefter ligger numren fast: det som tillkommer "
        "får nästa nummer och märks.", back=f"/moten/{day}", fields=forms.with_errors(fields, wrong), wrong=wrong,
        action=f"/moten/{day}/kallelse", hidden={"sedd": form.get("sedd", "")},
    )  # fmt: skip
