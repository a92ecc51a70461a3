"""*Möten*: chefsgruppen's meetings of a year, planning a year's dates at once, and where each is held."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import chefsgrupp
from uppdrag.service.chefsgrupp import Held, YearPlan
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.meetings_kit import READING, Reader, complaint, held, once, sentence
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import meeting_pages
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused, UppdragError
from workflow.facts import BadFact, clean_date
from workflow.meeting import Arrangement

pages = Pages()
_NEAR = range(2000, 2101)


@pages.get("/moten", READING)
def year(request: Request) -> Response:
    """A year's meetings: the next first, then those that have been."""
    web = web_of(request)
    today = local_date(web.settings.now())
    asked = request.query_params.get("ar", "")
    chosen = int(asked) if asked.isascii() and asked.isdigit() and int(asked[:5]) in _NEAR else today.year
    every = chefsgrupp.listed(web.house)
    of_year = [h for h in every if h.date.first.year == chosen]
    coming = [h for h in of_year if h.date.first >= today]
    been = [h for h in reversed(of_year) if h.date.first < today]
    return render(
        request, "moten.html", year=chosen, coming=coming, been=been, count=len(of_year),
        meetings_coming=[h for h in coming if not h.meeting.circulation],
        years=sorted({h.date.first.year for h in every} | {today.year, today.year + 1, chosen}),
        need=lambda h: meeting_pages.need(h.date, h.meeting, today), weekday=meeting_pages.weekday,
        open=[h for h in reversed(been) if h.meeting.version and not h.meeting.digest],
        planned=request.query_params.get("planerade", "")[:3],
        gone=request.query_params.get("installt", "")[:10],
    )  # fmt: skip


@pages.get("/moten/planera", ("kansli",))
def ask(request: Request) -> Response:
    """Which year, which days, and where."""
    asked = request.query_params.get("ar", "")
    following = local_date(web_of(request).settings.now()).year + 1
    return _form(request, {"nyckel": forms.new_key(), "ar": asked[:4] if asked.isdigit() else str(following)})


@pages.post("/moten/planera", ("kansli",))
def plan(request: Request) -> Response:
    """Show what a year's dates would be, and then set them."""
    web, form = web_of(request), form_of(request)
    if form.get("steg") == "andra":
        return _form(request, form)
    recording = form.get("steg") == "registrera"

    def planned(*, dry_run: bool) -> YearPlan:
        chosen, days, where = _stated(form)
        return chefsgrupp.plan_year(
            web.house, chosen, days, where, actor=known_visitor(request).actor, now=web.settings.now(), dry_run=dry_run
        )

    def change() -> str:
        done = planned(dry_run=False)
        return f"/moten?ar={form.get('ar', '')}&planerade={len(done.new)}"

    try:
        return once(request, change) if recording else _review(request, form, planned(dry_run=True))
    except UppdragError as no:
        return _form(request, form, no)


@pages.get("/moten/{day}/plats", ("kansli",))
def ask_where(request: Request, day: str) -> Response:
    """Where and when a meeting is held, as it is known."""
    there = held(request, day)
    at = there.meeting.arrangement
    stated = {"plats": at.place, "lank": at.link, "borjar": at.starts, "slutar": at.ends,
              "justeras": at.adjust_by.isoformat() if at.adjust_by else "",
              "sedd": str(there.meeting.version)}  # fmt: skip
    return _where(request, there, stated)


@pages.post("/moten/{day}/plats", ("kansli",))
def arrange(request: Request, day: str) -> Response:
    """Say where and when a meeting is held."""
    web, form, there = web_of(request), form_of(request), held(request, day)

    def change() -> str:
        read = Reader(form)
        where = replace(_read_where(read), adjust_by=read.day("justeras", "Justeringen klar"))
        read.done()
        chefsgrupp.arrange(
            web.house, there.date.first, where, actor=known_visitor(request).actor, now=web.settings.now(),
            expected=forms.seen(form),
        )  # fmt: skip
        return f"/moten/{day}?sparat=plats"

    try:
        return once(request, change)
    except UppdragError as no:
        return _where(request, held(request, day), form, no)


def _stated(form: dict[str, str]) -> tuple[int, list[date], Arrangement]:
    """What is asked for: the year, the days (none: by the rhythm), and where. Raises Refused."""
    read = Reader(form)
    chosen = read.number("ar", "År", most=_NEAR[-1])
    if not read.wrong and chosen not in _NEAR:
        expected = f"ett år mellan {_NEAR[0]} och {_NEAR[-1]}"
        read.wrong.append(
            Refusal.of("not_a_number", fact="ar", label="År", value=form.get("ar", "")[:10], expected=expected)
        )
    days = []
    for written in filter(None, form.get("dagar", "").replace(",", " ").split()):
        try:
            days.append(clean_date(written))
        except BadFact as bad:
            read.wrong.append(
                Refusal.of(bad.code, fact="dagar", label="Dagar", value=written[:80], expected=bad.expected)
            )
    where = _read_where(read)
    read.done()
    return chosen, days, where


def _read_where(read: Reader) -> Arrangement:
    return Arrangement(
        place=read.text("plats", "Plats"), link=read.text("lank", "Länk"), starts=read.time("borjar", "Börjar"),
        ends=read.time("slutar", "Slutar"),
    )  # fmt: skip


def _where_fields() -> list[Field]:
    return [
        Field(name="plats", label="Plats"),
        Field(name="lank", label="Länk till mötet på distans"),
        Field(name="borjar", label="Börjar", narrow=True, help="Till exempel 09.00."),
        Field(name="slutar", label="Slutar", narrow=True),
    ]


def _form(request: Request, form: dict[str, str], no: UppdragError | None = None) -> Response:
    fields = [
        Field(name="ar", label="År", kind="number", required=True),
        Field(name="dagar", label="Dagar", kind="long",
              help="En per rad, som 2027-02-12. Utelämnat: enligt rytmen i dagordningens definition, till exempel "
              "andra fredagen i månaden."),
        *_where_fields(),
    ]  # fmt: skip
    fields = [replace(f, value=form.get(f.name, "")) for f in fields]
    wrong = NO_COMPLAINT if no is None else complaint(no, fields, {"date_of_another_year": "dagar"})
    return render(
        request, "moten_form.html", status=200 if no is None else status_of(no), title="Planera årets möten",
        over=("/moten", "Möten"), lead="Alla årets datum på en gång. Du ser vad som läggs till innan något sparas. "
        "Sista dag för handlingar, dagen för kallelsen och justeringen räknas ut.", button="Granska", step="granska",
        back="/moten", fields=forms.with_errors(fields, wrong), wrong=wrong, action="/moten/planera",
        hidden={"nyckel": form.get("nyckel", "")},
    )  # fmt: skip


def _review(request: Request, form: dict[str, str], found: YearPlan) -> Response:
    return render(
        request, "moten_granska.html", plan=found, year=form.get("ar", ""), weekday=meeting_pages.weekday,
        kept={k: v for k, v in form.items() if k not in ("formular", "steg")},
        warnings=[sentence(w) for w in found.warnings],
    )  # fmt: skip


def _where(request: Request, there: Held, form: dict[str, str], no: UppdragError | None = None) -> Response:
    day = there.date.first
    fields = [*_where_fields(), Field(name="justeras", label="Justeringen klar senast", kind="date")]
    fields = [replace(f, value=form.get(f.name, "")) for f in fields]
    also = {"adjusted_before_meeting": "justeras"}
    wrong = NO_COMPLAINT if no is None else complaint(no, fields, also)
    changed = isinstance(no, Refused) and any(r.code == "meeting_changed" for r in no.refusals)
    return render(
        request, "moten_form.html", status=200 if no is None else status_of(no), title="Plats, länk och tid",
        over=(f"/moten/{day}", f"Mötet {meeting_pages.dag(day)}"), lead="Det som lämnas tomt står kvar som det är.",
        button="Spara", step="spara", back=f"/moten/{day}", fields=forms.with_errors(fields, wrong), wrong=wrong,
        action=f"/moten/{day}/plats",
        hidden={"sedd": str(there.meeting.version) if changed else form.get("sedd", "")},
    )  # fmt: skip
