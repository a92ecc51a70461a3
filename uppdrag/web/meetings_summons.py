"""*Kallelsen*: who gets what is shown before it is sent, also what those who were summoned have not been told yet."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import summons as service
from uppdrag.service.dispatching import MAIL
from uppdrag.service.summons import Plan, Wanted
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.meetings_kit import Reader, complaint, day_of, held, once, sentence, sentences
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import summons as words
from workflow.errors import Refusal, Refused, UppdragError
from workflow.summoning import untold

pages = Pages()
_WITHOUT = "utan_"
_MOST_WITHOUT = 100


@pages.get("/moten/{day}/kallelse", ("kansli",))
def ask(request: Request, day: str) -> Response:
    """Who would get what."""
    if held(request, day).meeting.circulation:
        return see_other(f"/moten/{day}")
    return _page(request, day, {})


@pages.post("/moten/{day}/kallelse", ("kansli",))
def send(request: Request, day: str) -> Response:
    """Show it anew without some, send what was shown, or record that it went out by another way."""
    form = form_of(request)
    held(request, day)
    try:
        if form.get("steg") == "skicka":
            return _sent(request, day, form)
        if form.get("steg") == "registrera":
            return once(request, lambda: _recorded(request, day, form))
    except UppdragError as no:
        return _page(request, day, form, no)
    return _page(request, day, form)


def _sent(request: Request, day: str, form: dict[str, str]) -> Response:
    """Send what was shown; where it is no longer what would go, show that instead."""
    web, on, wanted = web_of(request), day_of(day), _wanted(request, form)

    def change() -> str:
        planned = service.plan(web.house, on, wanted, web.settings, now=web.settings.now())
        if not planned.letters or form.get("visat") != _seal(planned):
            raise Refused([Refusal.of("summons_changed")])
        service.send(web.house, on, wanted, web.settings, now=web.settings.now(), shown=planned)
        return f"/moten/{day}/kallelse?skickat={len(planned.letters)}"

    return once(request, change)


def _recorded(request: Request, day: str, form: dict[str, str]) -> str:
    web, read = web_of(request), Reader(dict(form))
    on, channel = read.day("dag", "Dagen"), read.text("kanal", "Hur kallelsen gick ut", needed=True)
    if channel and channel not in dict(_channels()):
        read.wrong.append(Refusal.of("not_a_choice", fact="kanal", label="Hur kallelsen gick ut", value=channel[:80],
                                     expected=", ".join(dict(_channels()).values())))  # fmt: skip
    read.done()
    wanted = Wanted(actor=known_visitor(request).actor, channel=channel, on=on)
    service.send(web.house, day_of(day), wanted, web.settings, now=web.settings.now())
    return f"/moten/{day}?sparat=kallad"


def _wanted(request: Request, form: dict[str, str]) -> Wanted:
    left_out = (form.get(f"{_WITHOUT}{n}", "").strip() for n in range(_MOST_WITHOUT))
    return Wanted(actor=known_visitor(request).actor, without=tuple(dict.fromkeys(filter(None, left_out))))


def _page(request: Request, day: str, form: dict[str, str], no: UppdragError | None = None) -> Response:
    web, there = web_of(request), held(request, day)
    wanted, meeting = _wanted(request, form), there.meeting
    plan, why_not, unreachable = None, list[str](), list[str]()
    try:
        plan = service.plan(web.house, meeting.day, wanted, web.settings, now=web.settings.now())
    except Refused as refused:
        why_not = [sentence(r) for r in refused.refusals]
        unreachable = [r.facts["word"] for r in refused.refusals if r.code == "person_without_address"]
    fields = [
        Field(name="kanal", label="Hur kallelsen gick ut", kind="choice", options=_channels(), required=True,
              value=form.get("kanal", "")),
        Field(name="dag", label="Dagen då den gick ut", kind="date", value=form.get("dag", ""),
              help="Utelämnad: i dag."),
    ]  # fmt: skip
    also = {"date_in_future": "dag", "summoned_after_meeting": "dag", "already_summoned": "kanal"}
    by_hand = form.get("steg") == "registrera"
    wrong = complaint(no, fields, also) if no is not None and by_hand else NO_COMPLAINT
    told = request.query_params.get("skickat", "")[:4]
    return render(
        request, "mote_kallelse.html", status=200 if no is None else status_of(no), meeting=meeting, plan=plan,
        day=meeting.day, why_not=why_not, unreachable=unreachable, without=wanted.without, what=words.WHAT,
        as_what=words.AS_WHAT, changed=words.changed(plan.changes) if plan else (), untold=untold(meeting),
        left_out=[sentence(r) for r in plan.left_out] if plan else [], seal=_seal(plan) if plan else "",
        warnings=[sentence(r) for r in plan.warnings] if plan else [], told=told, there=there.date,
        fields=forms.with_errors([replace(f) for f in fields], wrong), wrong=wrong,
        refused=sentences(no) if no is not None and not by_hand else [],
    )  # fmt: skip


def _channels() -> tuple[tuple[str, str], ...]:
    return tuple((id, name.capitalize()) for id, name in words.CHANNELS.items() if id != MAIL)


def _seal(planned: Plan) -> str:
    """What a form carries, to say which letters somebody has seen."""
    letters = [(one.template, one.address, one.message.subject, one.message.text) for one in planned.letters]
    return sha256(repr((planned.version, planned.sequence, letters)).encode()).hexdigest()
