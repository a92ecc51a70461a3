"""*Tillgänglighet*: the statement that the law asks for (2018:1937, 13 §; Digg's template), and reports of faults."""

from __future__ import annotations

from datetime import date

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import shortcomings
from uppdrag.web import forms
from uppdrag.web.clients import client_of
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Complaint, Field
from uppdrag.web.permissions import PUBLIC, Pages, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.errors import Refused

pages = Pages()
ASSESSED = date(2026, 11, 22)
"""When the statement was last held against the pages."""
_NAMES = {"text": "text", "page": "sida", "contact": "kontakt"}


@pages.get("/tillganglighet", PUBLIC)
def statement(request: Request) -> Response:
    """What is known of how accessible the pages are, and where to tell us more."""
    return _statement(request, {"nyckel": forms.new_key()})


@pages.post("/tillganglighet", PUBLIC)
def report(request: Request) -> Response:
    """Keep a report. Nobody has to say who they are."""
    web, form = web_of(request), form_of(request)
    try:
        shortcomings.report(
            web.house, text=form.get("text", ""), page=form.get("sida", ""), contact=form.get("kontakt", ""),
            key=form.get("nyckel", ""), client=client_of(request), now=web.settings.now(),
        )  # fmt: skip
    except Refused as no:
        often = any(r.code == "reported_too_often" for r in no.refusals)
        wrong = forms.complaint(no, _NAMES.values(), _NAMES)
        return _statement(request, form, wrong, 429 if often else status_of(no))
    return see_other("/tillganglighet?tack=ja#anmal")


@pages.get("/anmalda-fel", ("kansli",))
def reported(request: Request) -> Response:
    """What was reported, and what became of it."""
    return _reported(request)


@pages.post("/anmalda-fel/{id}", ("kansli",))
def deal_with(request: Request, id: str) -> Response:
    """Say what became of a report."""
    web, form = web_of(request), form_of(request)
    try:
        shortcomings.deal_with(
            web.house, id, who=known_visitor(request).name, answer=form.get("answer", ""), now=web.settings.now()
        )
    except Refused as no:
        return _reported(request, forms.complaint(no, ("answer",)).by_field.get("answer", ""), id, form, status_of(no))
    return see_other("/anmalda-fel")


def _statement(
    request: Request, form: dict[str, str], wrong: Complaint = NO_COMPLAINT, status: int = 200
) -> Response:  # fmt: skip
    fields = [
        Field(name="text", label="Vad fungerar inte?", kind="long", required=True, value=form.get("text", ""),
              help="Berätta gärna vad du försökte göra, och om du använde till exempel skärmläsare eller förstoring."),
        Field(name="sida", label="Vilken sida gäller det?", value=form.get("sida", ""),
              help="Adressen eller rubriken räcker."),
        Field(name="kontakt", label="Hur når vi dig?", value=form.get("kontakt", ""),
              help="Bara om du vill ha svar. Du behöver inte säga vem du är."),
    ]  # fmt: skip
    web = web_of(request)
    return render(
        request, "tillganglighet.html", status=status, fields=forms.with_errors(fields, wrong), wrong=wrong,
        nyckel=form.get("nyckel", ""), kansli=web.settings.mail_answers_to, address=web.settings.url,
        assessed=ASSESSED, thanks=request.query_params.get("tack") == "ja",
    )  # fmt: skip


def _reported(
    request: Request, wrong: str = "", about: str = "", form: dict[str, str] | None = None, status: int = 200
) -> Response:
    found = shortcomings.listed(web_of(request).house)
    return render(
        request, "anmalda_fel.html", status=status, found=found, waiting=sum(not f.handled_at for f in found),
        wrong=wrong, about=about, typed=(form or {}).get("answer", ""),
    )  # fmt: skip
