"""Changing an agenda: add an item, edit it, move it, take it away. Each form carries the version it was made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, get_args

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag.service import agenda as service
from uppdrag.service import catalogue
from uppdrag.service.agenda import Addition, Agenda, Changed
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.meetings_kit import Reader, complaint, day_of, held, once, sentences
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import meeting_pages
from workflow.errors import NotFound, Refusal, Refused, UppdragError
from workflow.meeting import AgendaItem, Kind

pages = Pages()
_KINDS = tuple((k, v.capitalize()) for k, v in meeting_pages.KINDS.items())
_LONGEST = 600
_TITLE = "Rubrik"
_ALSO = {"item_without_title": "rubrik", "no_such_section": "avsnitt", "no_such_step": "till_steg",
         "no_such_uppdrag": "uppdrag"}  # fmt: skip


@pages.get("/moten/{day}/punkt", ("kansli",))
def ask(request: Request, day: str) -> Response:
    """What to add: an uppdrag, or something with a title of its own."""
    return _adding(request, day, {"sedd": str(held(request, day).meeting.version)})


@pages.post("/moten/{day}/punkt", ("kansli",))
def add(request: Request, day: str) -> Response:
    """Add an item, or one of those that wait."""
    web, form, on = web_of(request), form_of(request), day_of(day)
    actor, now = known_visitor(request).actor, web.settings.now()

    def change() -> str:
        what, said = _waiting(request, day, form["vantande"]) if form.get("vantande") else _addition(form)
        done = service.add(web.house, on, what, said, actor=actor, now=now, expected=forms.seen(form))
        return f"/moten/{day}?sparat=tillagd#punkt-{_new_number(done)}"

    try:
        return once(request, change)
    except UppdragError as no:
        held(request, day)
        return _adding(request, day, form, no)


@pages.get("/moten/{day}/punkt/{number}", ("kansli",))
def show(request: Request, day: str, number: str) -> Response:
    """An item as it is, to edit."""
    found, item = _at(request, day, number)
    stated = {
        "rubrik": item.title, "slag": item.kind, "forslag": item.proposal, "foredragande": item.presenter,
        "dnr": item.dnr, "handlingar": "\n".join(item.documents), "minuter": str(item.minutes or ""),
        "sedd": str(found.held.meeting.version),
    }  # fmt: skip
    return _editing(request, day, found, item, stated)


@pages.post("/moten/{day}/punkt/{number}", ("kansli",))
def edit(request: Request, day: str, number: str) -> Response:
    """Change what an item says."""
    web, form, on = web_of(request), form_of(request), day_of(day)

    def change() -> str:
        said = _said(form, whole=True)
        service.edit(web.house, on, _number(number), said, actor=known_visitor(request).actor, now=web.settings.now(),
                     expected=forms.seen(form))  # fmt: skip
        return f"/moten/{day}?sparat=andrad#punkt-{_number(number)}"

    try:
        return once(request, change)
    except UppdragError as no:
        found, item = _at(request, day, number)
        return _editing(request, day, found, item, form, no)


@pages.post("/moten/{day}/punkt/{number}/flytta", ("kansli",))
def move(request: Request, day: str, number: str) -> Response:
    """Up, down, or to a number."""
    web, form, on = web_of(request), form_of(request), day_of(day)
    at, way = _number(number), form.get("hall", "")

    def change() -> str:
        read = Reader(form)
        place = {"upp": at - 1, "ner": at + 1}.get(way) or read.number("plats", "Platsen", most=999)
        read.done()
        if not place:
            raise Refused([Refusal.of("fact_missing", fact="plats", label="Platsen")])
        done = service.move(web.house, on, at, place, actor=known_visitor(request).actor, now=web.settings.now(),
                            expected=forms.seen(form))  # fmt: skip
        led = min(max(place, 1), len(done.items))
        return f"/moten/{day}?flyttad={led}&hall={way if way in ('upp', 'ner') else 'till'}"

    return _or_told(request, day, change)


@pages.get("/moten/{day}/punkt/{number}/ta-bort", ("kansli",))
def ask_drop(request: Request, day: str, number: str) -> Response:
    """Whether an item is to be taken away."""
    found, item = _at(request, day, number)
    return _dropping(request, day, found, item)


@pages.post("/moten/{day}/punkt/{number}/ta-bort", ("kansli",))
def drop(request: Request, day: str, number: str) -> Response:
    """Take an item away; after the kallelse it stays under its number, as withdrawn."""
    web, form, on = web_of(request), form_of(request), day_of(day)

    def change() -> str:
        service.drop(web.house, on, _number(number), actor=known_visitor(request).actor, now=web.settings.now(),
                     expected=forms.seen(form))  # fmt: skip
        return f"/moten/{day}?sparat=borta"

    return _or_told(request, day, change)


def _or_told(request: Request, day: str, change: Callable[[], str]) -> Response:
    """Carry out a change that has nothing typed in it; where it is refused, say why and show the agenda's link."""
    try:
        return once(request, change)
    except NotFound:
        raise HTTPException(404) from None
    except UppdragError as no:
        held(request, day)
        return render(request, "mote_nej.html", status=status_of(no), day=day_of(day), lines=sentences(no),
                      back=(f"/moten/{day}", "Läs om dagordningen"))  # fmt: skip


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise HTTPException(404)
    return int(text)


def _at(request: Request, day: str, number: str) -> tuple[Agenda, AgendaItem]:
    """The agenda and one of its items. Raises HTTPException (404) where there is none of that number."""
    held(request, day)
    web, wanted = web_of(request), _number(number)
    found = service.agenda(web.house, day_of(day), now=web.settings.now())
    item = next((i for i in found.items if i.number == wanted), None)
    if item is None:
        raise HTTPException(404)
    return found, item


def _new_number(done: Changed) -> int:
    added = {d.item.key for d in done.differences if d.code in ("added", "late")}
    return next((i.number for i in done.items if i.key in added), 1)


def _waiting(request: Request, day: str, key: str) -> tuple[Addition, Mapping[str, Any]]:
    """One of the items that wait, as an addition that says what the rule says of it."""
    web = web_of(request)
    found = service.agenda(web.house, day_of(day), now=web.settings.now())
    item = next((i for i in found.waiting if i.key == key), None)
    if item is None:  # somebody has put it there, or its uppdrag has moved on
        raise Refused([Refusal.of("no_longer_waiting")])
    what = Addition(
        uppdrag=item.uppdrag, title=item.title, kind=item.kind, section=item.section, step=item.trigger,
        directive=item.directive,
    )  # fmt: skip
    return what, {"why": item.why, "presenter": item.presenter, "proposal": item.proposal, "dnr": item.dnr,
                  "documents": item.documents, "minutes": item.minutes}  # fmt: skip


def _addition(form: dict[str, str]) -> tuple[Addition, Mapping[str, Any]]:
    """What is asked for, cleaned. Raises Refused."""
    read = Reader(form)
    kind = _kind(read)
    id = read.text("uppdrag", "Uppdrag").upper()
    title = read.text("rubrik", _TITLE)
    if not id and not title:
        read.wrong.append(Refusal.of("item_without_title", fact="rubrik"))
    said = _said(form, whole=False, read=read)
    what = Addition(
        uppdrag=id, title=title, kind=kind, section=form.get("avsnitt", ""), step=form.get("till_steg", "")
    )  # fmt: skip
    return what, {name: value for name, value in said.items() if value}


def _said(form: dict[str, str], *, whole: bool, read: Reader | None = None) -> dict[str, Any]:
    """The fields of an item that a form states; `whole`: its title and kind too. Raises Refused."""
    read = read or Reader(form)
    papers = Reader({f"p{n}": line for n, line in enumerate(form.get("handlingar", "").splitlines())})
    listed = [papers.text(f"p{n}", "Handlingen") for n in range(len(form.get("handlingar", "").splitlines()))]
    read.wrong += [Refusal.of(r.code, **{**r.facts, "fact": "handlingar"}) for r in papers.wrong]
    said: dict[str, Any] = {
        "proposal": read.text("forslag", "Förslag till beslut", long=True),
        "presenter": read.text("foredragande", "Föredragande"), "dnr": read.text("dnr", "Diarienummer"),
        "documents": tuple(filter(None, listed)), "minutes": read.number("minuter", "Tid", most=_LONGEST),
    }  # fmt: skip
    if whole:
        said |= {"title": read.text("rubrik", _TITLE, needed=True), "kind": _kind(read)}
    read.done()
    return said


def _kind(read: Reader) -> Kind:
    stated = read.text("slag", "Slag", needed=True)
    found = next((k for k in get_args(Kind) if k == stated), None)
    if stated and found is None:
        read.wrong.append(
            Refusal.of("not_a_choice", fact="slag", label="Slag", value=stated[:80], expected=", ".join(get_args(Kind)))
        )
    return found or "beslut"


def _fields() -> list[Field]:
    return [
        Field(name="forslag", label="Förslag till beslut", kind="long"),
        Field(name="foredragande", label="Föredragande"),
        Field(name="dnr", label="Diarienummer"),
        Field(name="handlingar", label="Handlingar, en per rad", kind="long"),
        Field(name="minuter", label="Tid i minuter", kind="number"),
    ]


def _adding(request: Request, day: str, form: dict[str, str], no: UppdragError | None = None) -> Response:
    web, there = web_of(request), held(request, day)
    found = service.agenda(web.house, there.date.first, now=web.settings.now())
    sections = tuple((s.id, s.label) for s in found.form.sections)
    fields = [
        Field(name="uppdrag", label="Uppdrag", narrow=True, help="Numret, till exempel U2026-04. Utelämnat: en punkt "
              "med egen rubrik."),
        Field(name="rubrik", label=_TITLE, help="Utelämnad: uppdragets."),
        Field(name="slag", label="Slag", kind="choice", options=_KINDS, required=True),
        Field(name="avsnitt", label="Under", kind="select", options=sections,
              help=f"Utelämnat: {sections[-1][1] if sections else 'sist'}."),
        Field(name="till_steg", label="Vad ett bifall innebär för uppdraget", kind="select", options=_steps(request),
              help="Utelämnat: det steg som uppdraget har framför sig."),
        *(replace(f, help="Utelämnat: uppdragets eget.") if f.name != "minuter" else f for f in _fields()),
    ]  # fmt: skip
    fields = [replace(f, value=form.get(f.name, "")) for f in fields]
    wrong = NO_COMPLAINT if no is None else complaint(no, fields, _ALSO)
    late = " Kallelsen har gått ut: punkten får nästa nummer och märks som tillkommande." if there.meeting.summoned_on \
        else ""  # fmt: skip
    return render(
        request, "moten_form.html", status=200 if no is None else status_of(no), title="Lägg till en punkt",
        over=(f"/moten/{day}", f"Mötet {meeting_pages.dag(there.date.first)}"), button="Lägg till", step="lagg_till",
        lead=f"Ett uppdrag eller något annat.{late}", back=f"/moten/{day}", fields=forms.with_errors(fields, wrong),
        wrong=wrong, action=f"/moten/{day}/punkt",
        hidden={"sedd": _seen_after(no, there.meeting.version, form)},
    )  # fmt: skip


def _editing(
    request: Request, day: str, found: Agenda, item: AgendaItem, form: dict[str, str], no: UppdragError | None = None
) -> Response:  # fmt: skip
    fields = [
        Field(name="rubrik", label=_TITLE, required=True),
        Field(name="slag", label="Slag", kind="choice", options=_KINDS, required=True),
        *_fields(),
    ]  # fmt: skip
    fields = [replace(f, value=form.get(f.name, "")) for f in fields]
    wrong = NO_COMPLAINT if no is None else complaint(no, fields)
    meeting = found.held.meeting
    return render(
        request, "mote_punkt.html", status=200 if no is None else status_of(no), item=item, day=day_of(day),
        title=f"Punkt {item.number}", over=(f"/moten/{day}", f"Mötet {meeting_pages.dag(meeting.day)}"),
        lead=" ".join(filter(None, (item.uppdrag, item.title))), button="Spara", step="spara",
        back=f"/moten/{day}#punkt-{item.number}", fields=forms.with_errors(fields, wrong), wrong=wrong,
        action=f"/moten/{day}/punkt/{item.number}", hidden={"sedd": _seen_after(no, meeting.version, form)},
        movable=not meeting.summoned_on, last=len(found.items), seen=meeting.version,
    )  # fmt: skip


def _dropping(request: Request, day: str, found: Agenda, item: AgendaItem) -> Response:
    meeting, name = found.held.meeting, " ".join(filter(None, (item.uppdrag, item.title)))
    frozen = meeting.summoned_on is not None
    lead = (
        f"{name} står kvar under sitt nummer, märkt utgår, och får inget utfall." if frozen
        else f"{name} tas bort från dagordningen och kommer inte tillbaka av sig självt. Du kan lägga till det igen."
    )  # fmt: skip
    return render(
        request, "bekrafta.html", title=f"{'Punkt utgår' if frozen else 'Ta bort punkt'} {item.number}",
        lead=lead, button="Låt punkten utgå" if frozen else "Ta bort", about=(), warnings=(), danger=False,
        back=f"/moten/{day}#punkt-{item.number}", back_name=f"Mötet {meeting_pages.dag(meeting.day)}", fields=(),
        wrong=NO_COMPLAINT, hidden={"sedd": str(meeting.version)}, action=request.url.path,
    )  # fmt: skip


def _steps(request: Request) -> tuple[tuple[str, str], ...]:
    """The steps that chefsgruppen can take, each once, by the name of the first lifecycle that has it."""
    found: dict[str, str] = {}
    for lc in catalogue.newest(web_of(request).house):
        for t in lc.transitions:
            if "chefsgrupp" in t.roles:
                found.setdefault(t.trigger, t.label)
    return tuple(found.items())


def _seen_after(no: UppdragError | None, version: int, form: dict[str, str]) -> str:
    """The version that the form is made from: after somebody else's change has been told, the newest."""
    told = isinstance(no, Refused) and any(r.code == "meeting_changed" for r in no.refusals)
    return str(version) if told else form.get("sedd", "")
