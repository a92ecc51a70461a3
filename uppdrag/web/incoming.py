"""*Inkommet*: answers, bounces and questions, each with what a person does with it."""

from __future__ import annotations

from typing import get_args
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import inbox, mailing, queries, questions, readings
from uppdrag.web import forms
from uppdrag.web.confirming import confirm
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import moment, render, see_other
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words.mails import INCOMING_ACTS
from workflow.calendar import local_date
from workflow.errors import NotFound, UppdragError
from workflow.incoming import SHOWN_KIND, SHOWN_QUESTION, SHOWN_STATUS, Incoming, IncomingStatus
from workflow.status import StatusFilter

pages = Pages()
_MOST = 200
_UNNUMBERED = "diariefor"


@pages.get("/inkommet", ("kansli",))
def listing(request: Request) -> Response:
    """What has come in: that which waits for a person first. `visa=diariefor`: answers without a number."""
    web = web_of(request)
    asked = request.query_params.get("visa", "ny")
    wanted = next((s for s in get_args(IncomingStatus) if s == asked), None)
    found = inbox.listed(web.house, status=wanted, limit=10 * _MOST if asked == _UNNUMBERED else _MOST)
    if asked == _UNNUMBERED:
        found = [m for m in found if inbox.wants_number(m)][:_MOST]
    return render(
        request, "inkommet.html", mails=found, kinds=SHOWN_KIND, statuses=SHOWN_STATUS, wanted=wanted or "",
        unnumbered=asked == _UNNUMBERED, regions={r.lanskod: r for r in queries.regions(web.house)}, most=_MOST,
        questions=questions.listed(web.house, answered=asked == "alla") if asked in ("ny", "alla") else [],
        asked_kinds=SHOWN_QUESTION,
    )  # fmt: skip


@pages.get("/inkommet/{id}", ("kansli",))
def one(request: Request, id: str) -> Response:
    """One mail that came in, as text, with its files to fetch."""
    web = web_of(request)
    mail = inbox.show(web.house, id)
    try:
        about = mailing.letter(web.house, mail.answers, now=web.settings.now()) if mail.answers else None
    except NotFound:
        about = None
    return render(
        request, "inkommet_ett.html", mail=mail, kinds=SHOWN_KIND, statuses=SHOWN_STATUS, about=about,
        acts=inbox.acts(web.house, id), told=INCOMING_ACTS, numbered=not inbox.wants_number(mail),
        regions={r.lanskod: r for r in queries.regions(web.house)},
    )  # fmt: skip


@pages.get("/inkommet/{id}/fil/{number}", ("kansli",))
def file(request: Request, id: str, number: str) -> Response:
    """A file, to be kept and opened elsewhere: a browser is never to show it as a page of ours."""
    if not (number.isascii() and number.isdigit() and len(number) < 4):
        raise NotFound("file", f"{id}/{number}")
    found, content = inbox.file(web_of(request).house, id, int(number))
    plain = "".join(c if c.isascii() and (c.isalnum() or c in " .-_") else "_" for c in found.filename) or "fil"
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.filename, safe='')}"
    return Response(
        content, media_type="application/octet-stream",
        headers={"content-disposition": named, "content-security-policy": "default-src 'none'; sandbox"},
    )  # fmt: skip


@pages.get("/inkommet/{id}/diariefor", ("kansli",))
def ask_number(request: Request, id: str) -> Response:
    """Under which number a mail is in the diarium."""
    return _ask_number(request, id)


@pages.post("/inkommet/{id}/diariefor", ("kansli",))
def number(request: Request, id: str) -> Response:
    """Note the number."""
    web, form = web_of(request), form_of(request)
    try:
        inbox.mark_dnr(
            web.house, id, form.get("dnr", ""), actor=known_visitor(request).actor, now=web.settings.now(),
            key=form.get("nyckel", ""),
        )  # fmt: skip
    except UppdragError as no:
        return _ask_number(request, id, form, no)
    return see_other(f"/inkommet/{id}")


@pages.get("/inkommet/{id}/avfarda", ("kansli",))
def ask_dismissal(request: Request, id: str) -> Response:
    """Why a mail leads to nothing."""
    return _ask_dismissal(request, id)


@pages.post("/inkommet/{id}/avfarda", ("kansli",))
def dismiss(request: Request, id: str) -> Response:
    """Put it aside. Twice by the same person is once."""
    web, form = web_of(request), form_of(request)
    actor = known_visitor(request).actor
    mail = inbox.show(web.house, id)
    if (mail.status, mail.handled_by) == ("avfardad", actor.name):
        return see_other("/inkommet")
    try:
        inbox.dismiss(web.house, id, form.get("why", ""), actor=actor, now=web.settings.now())
    except UppdragError as no:
        return _ask_dismissal(request, id, form, no)
    return see_other("/inkommet")


@pages.get("/inkommet/{id}/koppla", ("kansli",))
def ask_link(request: Request, id: str) -> Response:
    """Which uppdrag and region a mail is about."""
    return _ask_link(request, id)


@pages.post("/inkommet/{id}/koppla", ("kansli",))
def link(request: Request, id: str) -> Response:
    """Note it, and go on to what the mail says."""
    web, form = web_of(request), form_of(request)
    try:
        inbox.link(
            web.house, id, form.get("uppdrag", ""), form.get("region", ""), actor=known_visitor(request).actor,
            now=web.settings.now(), key=form.get("nyckel", ""),
        )  # fmt: skip
    except UppdragError as no:
        return _ask_link(request, id, form, no)
    return see_other(f"/inkommet/{id}")


@pages.get("/inkommet/fraga/{id}", ("kansli",))
def question(request: Request, id: str) -> Response:
    """What a region asks, and a place to answer."""
    return _question(request, id)


@pages.post("/inkommet/fraga/{id}", ("kansli",))
def answer(request: Request, id: str) -> Response:
    """Answer it."""
    web, form = web_of(request), form_of(request)
    try:
        questions.answer(
            web.house, web.settings, id, form.get("svar", ""), actor=known_visitor(request).actor,
            now=web.settings.now(),
        )  # fmt: skip
    except UppdragError as no:
        return _question(request, id, form, no)
    return see_other(f"/inkommet/fraga/{id}")


def _question(
    request: Request, id: str, form: dict[str, str] | None = None, no: UppdragError | None = None
) -> Response:  # fmt: skip
    web = web_of(request)
    field = Field(name="svar", label="Svar till regionen", kind="long", required=True,
                  help="Mejlas till registratorn och visas på regionens sida. Skriv inget hemligt.")  # fmt: skip
    field = forms.filled(field, form or {})
    wrong = NO_COMPLAINT if no is None else forms.complaint(no, ["svar"])
    return render(
        request, "fraga_fran_region.html", status=200 if no is None else status_of(no), q=questions.show(web.house, id),
        kinds=SHOWN_QUESTION, regions={r.lanskod: r for r in queries.regions(web.house)}, wrong=wrong,
        fields=forms.with_errors([field], wrong),
    )  # fmt: skip


def _ask_number(
    request: Request, id: str, form: dict[str, str] | None = None, no: UppdragError | None = None
) -> Response:  # fmt: skip
    mail = inbox.show(web_of(request).house, id)
    number = Field(
        name="dnr", label="Diarienummer", required=True, value=mail.dnr, help="Till exempel RK2026-00085-57."
    )
    return confirm(
        request, title="Vilket diarienummer har mejlet?", fields=[number], back=(f"/inkommet/{id}", "Mejlet"),
        lead="Mejlet registreras i diariet, som är ett annat system. Här antecknas numret.", button="Diarieför",
        about=_about(mail), form=form, no=no,
    )  # fmt: skip


def _ask_dismissal(
    request: Request, id: str, form: dict[str, str] | None = None, no: UppdragError | None = None
) -> Response:  # fmt: skip
    mail = inbox.show(web_of(request).house, id)
    why = Field(name="why", label="Skälet", required=True, help="Till exempel: fråga som är besvarad per telefon.")
    return confirm(
        request, title="Ska mejlet avfärdas?", fields=[why], back=(f"/inkommet/{id}", "Mejlet"), button="Avfärda",
        lead="Inget beslut registreras. Mejlet och filerna finns kvar, med skälet.", about=_about(mail), danger=True,
        form=form, no=no,
    )  # fmt: skip


def _ask_link(
    request: Request, id: str, form: dict[str, str] | None = None, no: UppdragError | None = None
) -> Response:  # fmt: skip
    web = web_of(request)
    mail = inbox.show(web.house, id)
    rows = queries.status(web.house, StatusFilter(today=local_date(web.settings.now())))
    matters = tuple((r.id, f"{r.id} {readings.title(r, True)}"[:90]) for r in rows if r.regions.concerned)
    regions = tuple((r.lanskod, r.name) for r in queries.regions(web.house))
    fields = [
        Field(name="uppdrag", label="Uppdrag", kind="select", options=matters, value=mail.uppdrag, required=True),
        Field(name="region", label="Region", kind="select", options=regions, value=mail.region, required=True),
    ]
    return confirm(
        request, title="Vad gäller mejlet?", fields=fields, back=(f"/inkommet/{id}", "Mejlet"), button="Koppla",
        lead="När mejlet är kopplat kan svaret registreras därifrån.", about=_about(mail), form=form, no=no,
    )  # fmt: skip


def _about(mail: Incoming) -> list[tuple[str, str]]:
    return [("Ämne", mail.subject or "Utan rubrik"), ("Från", mail.sender), ("Kom in", moment(mail.received_at))]
