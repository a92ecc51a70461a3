"""What a meeting leaves behind: the actions that people took on, and the protokoll as it was signed."""

from __future__ import annotations

from typing import get_args

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag.service import actions, minutes_desk, signed
from uppdrag.web.errors import status_of
from uppdrag.web.meetings_kit import READING, Reader, day_of, held, once, sentences
from uppdrag.web.permissions import Pages, files_of, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import after_meetings
from workflow.aftermath import HowSettled
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused, UppdragError

pages = Pages()
_FILE = "fil"


@pages.get("/moten/atgarder", READING)
def open_actions(request: Request) -> Response:
    """The actions that are open, of every meeting, those that are due first."""
    return _actions(request)


@pages.post("/moten/{day}/atgard", ("kansli",))
def settle(request: Request, day: str) -> Response:
    """Say that an action is done, is not needed, or is open again."""
    web, form, on = web_of(request), form_of(request), day_of(day)

    def change() -> str:
        read = Reader(dict(form))
        paragraph, number = (
            read.number("paragraf", "Paragrafen", most=9999), read.number("nummer", "Åtgärden", most=99)
        )  # fmt: skip
        read.done()
        how = _how(form.get("hur", ""))
        actions.settle(web.house, on, paragraph, number or None, how, actor=known_visitor(request).actor,
                       now=web.settings.now())  # fmt: skip
        said = f"atgard={after_meetings.SETTLED[how].replace(' ', '+')}"
        if form.get("fran") == "atgarder":
            return f"/moten/atgarder?{said}"
        return f"/moten/{day}/protokoll?{said}#p-{paragraph}"

    try:
        return once(request, change)
    except UppdragError as no:
        return _actions(request, no)


@pages.post("/moten/{day}/undertecknat", ("kansli",), files=1)
def sign(request: Request, day: str) -> Response:
    """Attach the protokoll as it was signed."""
    web, on = web_of(request), day_of(day)
    held(request, day)
    name, content = files_of(request).get(_FILE, ("", b""))
    try:
        if not content:
            raise Refused([Refusal.of("fact_missing", label="En PDF-fil")])
        signed.sign(web.house, on, name, content, actor=known_visitor(request).actor, now=web.settings.now())
    except UppdragError as no:
        return render(
            request, "mote_nej.html", status=status_of(no), day=on, lines=sentences(no),
            back=(f"/moten/{day}/protokoll", "Tillbaka till protokollet"),
        )  # fmt: skip
    return see_other(f"/moten/{day}/protokoll?undertecknat=ja")


@pages.get("/moten/{day}/undertecknat", READING)
def signed_file(request: Request, day: str) -> Response:
    """The protokoll as it was signed, byte for byte."""
    web, on = web_of(request), day_of(day)
    held(request, day)
    try:
        _, content = signed.signed(web.house, on)
    except Refused as no:
        if any(r.code == "not_signed" for r in no.refusals):
            raise HTTPException(404) from None
        raise
    headers = {"content-disposition": f'attachment; filename="protokoll-{on}-undertecknat.pdf"',
               "cache-control": "no-store",}  # fmt: skip
    return Response(content, media_type="application/pdf", headers=headers)


def _how(stated: str) -> HowSettled:
    known_ways: tuple[HowSettled, ...] = get_args(HowSettled)
    found = next((how for how in known_ways if how == stated), None)
    if found is None:
        known = ", ".join(after_meetings.SETTLED.values())
        raise Refused([Refusal.of("not_a_choice", label="Åtgärdens läge", value=stated[:80], expected=known)])
    return found


def _actions(request: Request, no: UppdragError | None = None) -> Response:
    web, kansli = web_of(request), known_visitor(request).role == "kansli"
    today = local_date(web.settings.now())
    found = actions.listed(web.house, only_open=True)
    texts = {id(p): p.action.what for p in found}
    if not kansli:
        for day in {p.meeting for p in found}:
            discreet = minutes_desk.discreet(web.house, minutes_desk.desk(web.house, day).meeting, ())
            texts |= {id(p): discreet.text(p.action.what) for p in found if p.meeting == day}
    return render(
        request, "mote_atgarder.html", status=200 if no is None else status_of(no), rows=found, today_=today,
        late=sum(p.late(today) for p in found), kansli=kansli, texts=texts, key=id,
        wrong=sentences(no) if no is not None else [], said=request.query_params.get("atgard", "")[:20],
    )  # fmt: skip
