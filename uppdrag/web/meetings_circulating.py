"""*Per capsulam*: matters that are put to the members between meetings, and what each has answered."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import circulating as service
from uppdrag.service import minutes_desk
from uppdrag.service.agenda import Addition
from uppdrag.service.chefsgrupp import Held
from uppdrag.service.circulating import Matter
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.meetings_kit import Reader, complaint, day_of, held, once
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import after_meetings, meeting_pages
from workflow.calendar import local_date
from workflow.circulation import Answer, Channel
from workflow.concluding import suggestion
from workflow.errors import Refusal, Refused, UppdragError

pages = Pages()
_MATTERS = 3
_ALSO = {
    "meeting_that_day": "senast", "already_circulated": "senast", "answer_day_passed": "senast",
    "date_in_future": "dag", "no_members": "ledamoter", "no_matters": "uppdrag1", "item_without_title": "uppdrag1",
    "answered_before_asked": "dag", "no_such_member": "ledamot",
}  # fmt: skip


@pages.get("/moten/per-capsulam", ("kansli",))
def ask(request: Request) -> Response:
    """What is to be decided, by whom, and until when they answer."""
    return _form(request, {"nyckel": forms.new_key()})


@pages.post("/moten/per-capsulam", ("kansli",))
def circulate(request: Request) -> Response:
    """Record that matters have been put to the members."""
    web, form = web_of(request), form_of(request)

    def change() -> str:
        read = Reader(dict(form))
        day = read.day("senast", "Sista svarsdag")
        if day is None and not read.wrong:
            read.wrong.append(Refusal.of("fact_missing", fact="senast", label="Sista svarsdag"))
        on, matters = read.day("dag", "Dagen"), _matters(read)
        names = [read.plain(line, "ledamoter", "Ledamöter") for line in form.get("ledamoter", "").splitlines()]
        read.done()
        if day is None:
            raise Refused(read.wrong)
        service.circulate(web.house, day, matters, actor=known_visitor(request).actor, now=web.settings.now(), on=on,
                          members=list(filter(None, names)))  # fmt: skip
        return f"/moten/{day}?sparat=stallt"

    try:
        return once(request, change)
    except UppdragError as no:
        return _form(request, form, no)


@pages.post("/moten/{day}/svar", ("kansli",))
def answer(request: Request, day: str) -> Response:
    """Note what a member has answered."""
    web, form, on = web_of(request), form_of(request), day_of(day)

    def change() -> str:
        read = Reader(dict(form))
        member, when = read.text("ledamot", "Ledamot", needed=True), read.day("dag", "Dagen")
        said = next((a for a in get_args(Answer) if a == read.text("svar", "Svar", needed=True)), None)
        how = next((c for c in get_args(Channel) if c == read.text("satt", "Hur svaret kom", needed=True)), None)
        words, item = read.text("ord", "Ledamotens egna ord", long=True), read.number("punkt", "Ärende", most=999)
        read.done()
        if said is None or how is None:
            raise Refused([Refusal.of("not_a_choice", label="Svar", value=form.get("svar", "")[:40],
                                      expected=", ".join(after_meetings.ANSWERS.values()))])  # fmt: skip
        service.answer(web.house, on, member, said, on=when, channel=how, words=words, numbers=(item,) if item else (),
                       actor=known_visitor(request).actor, now=web.settings.now())  # fmt: skip
        return f"/moten/{day}?sparat=svar#svar"

    try:
        return once(request, change)
    except UppdragError as no:
        return show(request, held(request, day), form, no)


def show(request: Request, there: Held, form: dict[str, str] | None = None, no: UppdragError | None = None) -> Response:
    """What was put per capsulam, and the answers so far."""
    web, kansli = web_of(request), known_visitor(request).role == "kansli"
    meeting, asked, given = there.meeting, there.meeting.circulation, form or {}
    if asked is None:
        raise RuntimeError(f"{meeting.day} is no decision per capsulam")
    items, told = [i for i in meeting.items if not i.withdrawn], dict(after_meetings.ANSWERS)
    silent = asked.silent([i.key for i in items])
    discreet = None if kansli else minutes_desk.discreet(web.house, meeting, items)
    fields = [
        Field(name="ledamot", label="Ledamot", kind="select", options=tuple((n, n) for n in asked.asked),
              required=True),
        Field(name="svar", label="Svar", kind="choice", options=tuple((a, t.capitalize()) for a, t in told.items()),
              required=True),
        Field(name="satt", label="Hur svaret kom", kind="select", required=True,
              options=tuple((c, t.capitalize()) for c, t in after_meetings.CHANNELS.items())),
        *([Field(name="punkt", label="Ärende", kind="select", help="Utelämnat: alla.",
                 options=tuple((str(i.number), f"{i.number}. {i.title}") for i in items))] if len(items) > 1 else []),
        Field(name="ord", label="Ledamotens egna ord", kind="long"),
        Field(name="dag", label="Dagen då svaret kom", kind="date", help="Utelämnad: i dag."),
    ]  # fmt: skip
    fields = [replace(f, value=given.get(f.name, "")) for f in fields]
    wrong = NO_COMPLAINT if no is None else complaint(no, fields, _ALSO)
    said = {"stallt": "Frågan är registrerad.", "svar": "Svaret är noterat."}
    rows = [(i, list(asked.of(i.key)), suggestion(meeting, i)) for i in items]
    if discreet:
        rows = [
            (discreet.item(i), [replace(r, words=discreet.text(r.words)) for r in replies], way)
            for i, replies, way in rows
        ]
    return render(
        request, "per_capsulam.html", status=200 if no is None else status_of(no), meeting=meeting, asked=asked,
        rows=rows, silent=silent, kansli=kansli, fields=forms.with_errors(fields, wrong), wrong=wrong, told=told,
        need=meeting_pages.need(there.date, meeting, local_date(web.settings.now())), channels=after_meetings.CHANNELS,
        saved=said.get(request.query_params.get("sparat", ""), ""), outcomes=meeting_pages.OUTCOMES,
        sent=request.query_params.get("skickat", "")[:4],
    )  # fmt: skip


def _matters(read: Reader) -> list[Matter]:
    """The matters that are stated: of an uppdrag, or with a title of its own."""
    found = []
    for n in range(1, _MATTERS + 1):
        id, title = read.text(f"uppdrag{n}", "Uppdrag").upper(), read.text(f"rubrik{n}", "Rubrik")
        proposal = read.text(f"forslag{n}", "Förslag till beslut", long=True)
        if id or title:
            said = {"proposal": proposal} if proposal else {}
            found.append(Matter(what=Addition(uppdrag=id, title=title), said=said))
        elif proposal:
            read.wrong.append(Refusal.of("item_without_title", fact=f"uppdrag{n}"))
    return found


def _form(request: Request, form: dict[str, str], no: UppdragError | None = None) -> Response:
    fields = [Field(name="senast", label="Sista svarsdag", kind="date", required=True)]
    for n in range(1, _MATTERS + 1):
        group = "" if n == 1 else f"Ärende {n}"
        fields += [
            Field(name=f"uppdrag{n}", label="Uppdrag", narrow=True, group=group,
                  help="Numret, till exempel U2026-04. Utelämnat: ett ärende med egen rubrik."),
            Field(name=f"rubrik{n}", label="Rubrik", group=group, help="Utelämnad: uppdragets."),
            Field(name=f"forslag{n}", label="Förslag till beslut", kind="long", group=group,
                  help="Utelämnat: det som hör till uppdragets nästa steg."),
        ]  # fmt: skip
    fields += [
        Field(name="ledamoter", label="Tillfrågade, en per rad", kind="long",
              help="Utelämnat: chefsgruppens ordinarie ledamöter."),
        Field(name="dag", label="Dagen då frågan ställdes", kind="date", help="Utelämnad: i dag."),
    ]  # fmt: skip
    fields = [replace(f, value=form.get(f.name, "")) for f in fields]
    wrong = NO_COMPLAINT if no is None else complaint(no, fields, _ALSO)
    return render(
        request, "moten_form.html", status=200 if no is None else status_of(no), title="Beslut per capsulam",
        over=("/moten", "Möten"), button="Registrera frågan", step="registrera", back="/moten",
        lead="Ett beslut mellan mötena, med eget protokoll. Frågan mejlas först när du har sett mejlen, och "
        "svaren noteras här.", fields=forms.with_errors(fields, wrong), wrong=wrong, action="/moten/per-capsulam",
        hidden={"nyckel": form.get("nyckel", "")},
    )  # fmt: skip
