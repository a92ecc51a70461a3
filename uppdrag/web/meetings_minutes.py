"""*Protokollet*: one page to take the minutes in, each item saved for itself, and read once the meeting is closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag.service import minutes_desk
from uppdrag.service.minutes_desk import Desk, Seat
from uppdrag.web import forms, meetings_attendance, meetings_form, meetings_protokoll
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Complaint
from uppdrag.web.meetings_kit import READING, complaint, day_of, held, sentence
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.errors import Refused, UppdragError

pages = Pages()
_WITHOUT_SAVING = ("forslag", "alla")


@pages.get("/moten/{day}/protokoll", READING)
def minutes(request: Request, day: str) -> Response:
    """The minutes: to take, as long as the meeting is open; then to read, and to justera."""
    desk = _desk(request, day)
    if desk.meeting.closed_on:
        return meetings_protokoll.show(request, desk)
    if known_visitor(request).role != "kansli" or not desk.meeting.summoned_on:
        return meetings_protokoll.not_yet(request, desk)
    return _page(request, desk)


@pages.post("/moten/{day}/protokoll/narvaro", ("kansli",))
def attendance(request: Request, day: str) -> Response:
    """Save who was there."""
    web, form, desk = web_of(request), dict(form_of(request)), _desk(request, day)
    if form.get("steg") in _WITHOUT_SAVING:
        return _head(request, desk, meetings_attendance.everybody(desk, form))
    try:
        head = meetings_attendance.head_of(form)
        minutes_desk.save_head(
            web.house, desk.meeting.day, head, form.get("sedd", ""), actor=known_visitor(request).actor,
            now=web.settings.now(),
        )  # fmt: skip
    except UppdragError as no:
        desk = _desk(request, day)
        return _head(request, desk, _newest(form, no, minutes_desk.mark(desk.minutes)), no=no)
    if _by_htmx(request):
        return _head(request, _desk(request, day), saved=True)
    return see_other(f"/moten/{day}/protokoll?sparad=narvaro#narvaro")


@pages.get("/moten/{day}/protokoll/{number}", ("kansli",))
def one(request: Request, day: str, number: str) -> Response:
    """One item's minutes, on a page of its own: to correct its text until it is justerad."""
    desk = _desk(request, day)
    return _item(request, desk, _seat(desk, number), alone=True)


@pages.post("/moten/{day}/protokoll/{number}", ("kansli",))
def save(request: Request, day: str, number: str) -> Response:
    """Save one item."""
    web, form, desk = web_of(request), dict(form_of(request)), _desk(request, day)
    seat = _seat(desk, number)
    if form.get("steg") == "forslag":
        form[f"{meetings_form.stem(seat.item.number)}beslut"] = seat.item.proposal
        return _item(request, desk, seat, form, focus=f"{meetings_form.stem(seat.item.number)}beslut")
    try:
        note = meetings_form.note_of(desk, seat, form)
        minutes_desk.save_item(
            web.house, desk.meeting.day, seat.item.number, note, form.get("sedd", ""),
            actor=known_visitor(request).actor, now=web.settings.now(),
        )  # fmt: skip
    except UppdragError as no:
        desk = _desk(request, day)
        seat = _seat(desk, number)
        return _item(request, desk, seat, _newest(form, no, seat.seen), no=no)
    if _by_htmx(request):
        desk = _desk(request, day)
        return _item(request, desk, _seat(desk, number), saved=True)
    return see_other(f"/moten/{day}/protokoll?sparad={seat.item.number}#p-{seat.item.number}")


def _desk(request: Request, day: str) -> Desk:
    held(request, day)
    return minutes_desk.desk(web_of(request).house, day_of(day))


def _seat(desk: Desk, number: str) -> Seat:
    """The item that an address names. Raises HTTPException (404) where there is none that can be decided on."""
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
    seat = desk.seat(wanted)
    if seat is None or seat.item.withdrawn:
        raise HTTPException(404)
    return seat


def _by_htmx(request: Request) -> bool:
    return "hx-request" in request.headers


def _newest(form: dict[str, str], no: UppdragError, seen: str) -> dict[str, str]:
    """The form as it was, made from what is there now where that has been told."""
    told = isinstance(no, Refused) and any(r.code in ("item_changed", "attendance_changed") for r in no.refusals)
    return {**form, "sedd": seen} if told else form


def shown(
    desk: Desk, seat: Seat, form: Mapping[str, str] | None = None, no: UppdragError | None = None
) -> dict[str, Any]:
    """What the piece of a page about one item is made of."""
    given = form if form is not None else meetings_form.stated(seat)
    asked = meetings_form.form_of(desk, seat, given)
    wrong = NO_COMPLAINT if no is None else _complaint(no, asked)
    return {
        "seat": seat, "item": seat.item, "note": seat.note, "seen": given.get("sedd", seat.seen), "wrong": wrong,
        "asked": asked._replace(
            outcome=forms.with_errors([asked.outcome], wrong)[0],
            decision=forms.with_errors([asked.decision], wrong)[0],
            facts=tuple(forms.with_errors(asked.facts, wrong)), dissent=forms.with_errors([asked.dissent], wrong)[0],
            other=tuple(forms.with_errors(asked.other, wrong)), many=tuple(forms.with_errors(asked.many, wrong)),
        ),
        "unsaved": form is not None,
        "changed": isinstance(no, Refused) and any(r.code == "item_changed" for r in no.refusals),
    }  # fmt: skip


def _complaint(no: UppdragError, asked: meetings_form.ItemForm) -> Complaint:
    """What was wrong; that of an action stands in general, with its words."""
    return complaint(no, asked.fields)


def _page(request: Request, desk: Desk, **more: Any) -> Response:
    saved = request.query_params.get("sparad", "")
    given = {
        "desk": desk, "head": meetings_attendance.shown(desk), "bits": [shown(desk, s) for s in _open(desk)],
        "saved": saved[:8], "focus": "", "nej": sentence, "status": 200,
        "names": meetings_attendance.names(desk), **more,
    }  # fmt: skip
    return render(request, "protokoll_ta.html", **given)


def _open(desk: Desk) -> list[Seat]:
    return [s for s in desk.seats if not s.item.withdrawn]


def _head(
    request: Request, desk: Desk, form: Mapping[str, str] | None = None, *, saved: bool = False,
    no: UppdragError | None = None,
) -> Response:  # fmt: skip
    head = meetings_attendance.shown(desk, form, no)
    if _by_htmx(request):
        told = "Närvaron är sparad." if saved else ""
        return _piece(request, no, desk=desk, head=head, bit=None, saved=saved, focus="", told=told)
    return _page(request, desk, head=head, status=200 if no is None else status_of(no))


def _item(
    request: Request, desk: Desk, seat: Seat, form: Mapping[str, str] | None = None, *, saved: bool = False,
    no: UppdragError | None = None, focus: str = "", alone: bool = False,
) -> Response:  # fmt: skip
    bit = shown(desk, seat, form, no)
    if _by_htmx(request):  # what was refused is shown in its place, with nothing typed lost
        left = len(desk.left)
        told = f"Punkt {seat.item.number} är sparad. {left} saknar utfall." if saved else ""
        return _piece(request, no, desk=desk, head=None, bit=bit, saved=saved, focus=focus, told=told)
    status = 200 if no is None else status_of(no)
    if alone or desk.meeting.closed_on:
        return render(request, "protokoll_punkt.html", status=status, desk=desk, bit=bit, focus=focus, nej=sentence,
                      names=meetings_attendance.names(desk))  # fmt: skip
    bits = [bit if s.item.key == seat.item.key else shown(desk, s) for s in _open(desk)]
    return _page(request, desk, bits=bits, status=status, focus=focus)


def _piece(request: Request, no: UppdragError | None, **given: Any) -> Response:
    """A piece of the page in the place of itself; one that was refused is scrolled to where it says why."""
    answer = render(request, "protokoll_bit.html", nej=sentence, **given)
    if no is not None:
        answer.headers["hx-reswap"] = "outerHTML show:top"
    return answer
