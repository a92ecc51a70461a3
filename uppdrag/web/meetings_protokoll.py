"""The protokoll of a meeting that is closed: its §, what is justerat, and what there is to do with each."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import minutes as service
from uppdrag.service import minutes_desk
from uppdrag.service.minutes_desk import Desk
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.meetings_kit import Reader, complaint, day_of, held, once
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import after_meetings, meeting_pages
from workflow.actions import promises
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused, UppdragError
from workflow.holding import noted
from workflow.meeting import AgendaItem, Approval, Note

pages = Pages()


class Paragraf(NamedTuple):
    """A § as it is shown. `sends`: the uppdrag that it has led to the regions."""

    item: AgendaItem
    note: Note
    approval: Approval | None
    sends: tuple[str, ...]


@pages.get("/moten/{day}/justera", ("kansli",))
def ask(request: Request, day: str) -> Response:
    """Which § and which day."""
    return _form(request, day, {"paragraf": request.query_params.get("paragraf", "")[:5],
                                "sedd": str(held(request, day).meeting.version)})  # fmt: skip


@pages.post("/moten/{day}/justera", ("kansli",))
def approve(request: Request, day: str) -> Response:
    """Justera a §, or every § that is left."""
    web, form, on = web_of(request), form_of(request), day_of(day)
    held(request, day)

    def change() -> str:
        read = Reader(form)
        when = read.day("dag", "Dagen")
        paragraph = read.number("paragraf", "Paragrafen", most=9999)
        read.done()
        service.approve(web.house, on, paragraph or None, on=when, actor=known_visitor(request).actor,
                        now=web.settings.now(), expected=forms.seen(form))  # fmt: skip
        return f"/moten/{day}/protokoll?justerad={paragraph or 'alla'}{f'#p-{paragraph}' if paragraph else ''}"

    try:
        return once(request, change)
    except UppdragError as no:
        return _form(request, day, form, no)


def show(request: Request, desk: Desk) -> Response:
    """The protokoll to read, for everybody who may."""
    web, kansli = web_of(request), known_visitor(request).role == "kansli"
    meeting, today = desk.meeting, local_date(web.settings.now())
    discreet = None if kansli else minutes_desk.discreet(web.house, meeting, meeting.items)
    sends = minutes_desk.to_send(web.house, meeting) if kansli else set()
    rows = [
        Paragraf(
            discreet.item(item) if discreet else item,
            discreet.note(note) if discreet else note,
            meeting.approval(note.paragraph),
            tuple(id for id in item.decides if id in sends),
        )
        for item, note in noted(meeting)
    ]
    left = [r for r in rows if r.approval is None]
    done = request.query_params.get("justerad", "")[:5]
    return render(
        request, "protokoll.html", desk=desk, meeting=meeting, rows=rows, left=left, kansli=kansli, justerad=done,
        outcomes=meeting_pages.OUTCOMES, saved=request.query_params.get("sparad", "")[:8],
        closed=request.query_params.get("avslutat", "") == "ja", deadlines=desk.deadlines,
        need=meeting_pages.need(desk.held.date, meeting, today),
        span=meeting_pages.paragraphs([r.note.paragraph for r in rows]),
        promises={(p.paragraph, p.number): p for p in promises(meeting)},
        settled=lambda p: after_meetings.settled(p, today), atgard=request.query_params.get("atgard", "")[:20],
        undertecknat=request.query_params.get("undertecknat", "") == "ja",
    )  # fmt: skip


def not_yet(request: Request, desk: Desk) -> Response:
    """Why there is no protokoll to read or take yet."""
    today = local_date(web_of(request).settings.now())
    return render(
        request, "protokoll_inte_an.html", desk=desk, kansli=known_visitor(request).role == "kansli",
        need=meeting_pages.need(desk.held.date, desk.meeting, today),
    )  # fmt: skip


def _form(request: Request, day: str, form: dict[str, str], no: UppdragError | None = None) -> Response:
    there = held(request, day)
    meeting, number = there.meeting, form.get("paragraf", "")
    left = [note.paragraph for _, note in noted(meeting) if meeting.approval(note.paragraph) is None]
    fields = [Field(name="dag", label="Dagen då det justerades", kind="date", value=form.get("dag", ""),
                    help="Utelämnad: i dag.")]  # fmt: skip
    if no is None and not meeting.closed_on:
        no = Refused([Refusal.of("not_closed", day=there.date.first)])
    also = {"date_in_future": "dag", "adjusted_before_meeting": "dag"}
    wrong = NO_COMPLAINT if no is None else complaint(no, fields, also)
    what = f"§\xa0{number}" if number else meeting_pages.paragraphs(left)
    told = isinstance(no, Refused) and any(r.code == "meeting_changed" for r in no.refusals)
    lead = f"{what} justeras. En justerad paragraf kan inte ändras, och det som följer av den får skickas."
    if not number or left == [int(number) if number.isdigit() else 0]:
        lead += " Då är alla justerade, och protokollet låses."
    return render(
        request, "bekrafta.html", status=200 if no is None else status_of(no), lead=lead, button="Justera",
        title=f"Justera § {number}" if number else "Justera protokollet", about=(), warnings=(), danger=False,
        back=f"/moten/{day}/protokoll", back_name=f"Protokollet {meeting_pages.dag(there.date.first)}",
        fields=forms.with_errors([replace(f) for f in fields], wrong), wrong=wrong, action=f"/moten/{day}/justera",
        hidden={"paragraf": number, "sedd": str(meeting.version) if told else form.get("sedd", "")},
    )  # fmt: skip
