"""*Vidare från mötet*: what chefsgruppen has passed on, to the regions and to other bodies, and what came back."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag.service import handing_on as service
from uppdrag.service import minutes_desk
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.meetings_kit import READING, Reader, day_of, held, once, sentences
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import after_meetings
from workflow.aftermath import Return
from workflow.errors import Refusal, Refused, UppdragError
from workflow.handing_on import Asked, handoff_of

pages = Pages()
_CHOSEN = "valt_"
_KEPT = ("motesdag", "foredragande", "begars", "text", "referens", "dag", "utfall", "organ", "paragraf")


@pages.get("/moten/{day}/vidare", READING)
def overview(request: Request, day: str) -> Response:
    """Each § and where it has gone."""
    return _page(request, day, {})


@pages.post("/moten/{day}/vidare", ("kansli",))
def hand_on(request: Request, day: str) -> Response:
    """Hand §§ on to a body."""
    web, form, on = web_of(request), form_of(request), day_of(day)

    def change() -> str:
        read = Reader(dict(form))
        meets_on, presenter = read.day("motesdag", "Mötesdag"), read.text("foredragande", "Föredragande")
        asks, body = read.text("begars", "Vad som begärs", long=True), read.text("organ", "Till vem", needed=True)
        read.done()
        chosen = [name.removeprefix(_CHOSEN) for name, value in form.items() if name.startswith(_CHOSEN) and value]
        numbers = sorted(int(n) for n in chosen if n.isascii() and n.isdigit() and len(n) < 6)
        asked = Asked(paragraphs=dict.fromkeys(numbers, asks), meets_on=meets_on, presenter=presenter)
        service.hand_on(web.house, on, body, asked, actor=known_visitor(request).actor, now=web.settings.now(),
                        expected=forms.seen(form))  # fmt: skip
        return f"/moten/{day}/vidare?sparat=vidare"

    return _done_or_told(request, day, change)


@pages.post("/moten/{day}/besked", ("kansli",))
def come_back(request: Request, day: str) -> Response:
    """Register what came back about a §."""
    web, form, on = web_of(request), form_of(request), day_of(day)

    def change() -> str:
        read = Reader(dict(form))
        body, paragraph = read.text("organ", "Från vem", needed=True), read.number("paragraf", "Paragrafen", most=9999)
        stated = read.text("utfall", "Besked", needed=True)
        outcome = next((r for r in get_args(Return) if r == stated), None)
        text, number = read.text("text", "Vad de säger", long=True), read.text("referens", "Deras nummer")
        when = read.day("dag", "Dagen")
        read.done()
        if outcome is None:
            known = ", ".join(after_meetings.RETURNS.values())
            raise Refused([Refusal.of("not_a_choice", label="Besked", value=stated[:40], expected=known)])
        service.come_back(web.house, on, body, paragraph, outcome, on=when, text=text, reference=number,
                          actor=known_visitor(request).actor, now=web.settings.now())  # fmt: skip
        return f"/moten/{day}/vidare?sparat=besked#p-{paragraph}"

    return _done_or_told(request, day, change)


def _done_or_told(request: Request, day: str, change: Callable[[], str]) -> Response:
    try:
        return once(request, change)
    except UppdragError as no:
        return _page(request, day, form_of(request), no)


def _page(request: Request, day: str, form: dict[str, str], no: UppdragError | None = None) -> Response:
    web, kansli = web_of(request), known_visitor(request).role == "kansli"
    there = held(request, day)
    if not there.meeting.closed_on:
        raise HTTPException(404)
    found = service.overview(web.house, there.date.first)
    passed = [p for f in found.followed for p in f.passed]
    discreet = None if kansli else minutes_desk.discreet(web.house, found.meeting, found.meeting.items)
    said = {"vidare": "Det är lämnat vidare.", "besked": "Beskedet är registrerat."}
    return render(
        request, "mote_vidare.html", status=200 if no is None else status_of(no), found=found, meeting=found.meeting,
        kansli=kansli, wrong=sentences(no) if no is not None else [], form={k: form.get(k, "") for k in _KEPT},
        chosen={name.removeprefix(_CHOSEN) for name in form if name.startswith(_CHOSEN)}, passed=passed,
        waiting=sum(p.returned is None for p in passed), returns=after_meetings.RETURNS,
        told=(lambda item: discreet.item(item).title) if discreet else (lambda item: item.title),
        text=discreet.text if discreet else str, justerade=[f for f in found.followed if f.justerad],
        given={b.id: handoff_of(found.meeting, b.id) for b in found.bodies},
        saved=said.get(request.query_params.get("sparat", ""), ""),
    )  # fmt: skip
