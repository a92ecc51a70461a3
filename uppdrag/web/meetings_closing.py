"""*Avsluta mötet*: what will happen is shown first, each reason why not by name, and then all of it is done at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response

from uppdrag import words
from uppdrag.service import minutes as service
from uppdrag.service import minutes_desk, queries
from uppdrag.service.minutes import Closing
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.meetings_kit import day_of, held, once, sentence
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import Web, known_visitor, web_of
from uppdrag.words import meeting_pages
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused, UppdragError
from workflow.meeting import AgendaItem
from workflow.status import StatusFilter

pages = Pages()


class Step(NamedTuple):
    """A step that a § leads to: of which uppdrag, from and to which state, and the step in words."""

    paragraph: int
    item: AgendaItem
    uppdrag: str
    before: str
    after: str
    told: str


class Reason(NamedTuple):
    """A reason why the meeting cannot be closed, and where it is mended."""

    told: str
    address: str
    name: str


@pages.get("/moten/{day}/avsluta", ("kansli",))
def ask(request: Request, day: str) -> Response:
    """What keeps the meeting open, and the button that shows what would happen."""
    there = held(request, day)
    if there.meeting.closed_on:
        return see_other(f"/moten/{day}/protokoll")
    desk = minutes_desk.desk(web_of(request).house, there.date.first)
    left = [Refusal.of("item_without_outcome", number=s.item.number, title=s.item.title) for s in desk.left]
    return _page(request, day, reasons=[_reason(day, r) for r in left])


@pages.post("/moten/{day}/avsluta", ("kansli",))
def close(request: Request, day: str) -> Response:
    """Show what will happen, and then close the meeting."""
    web, form, on = web_of(request), form_of(request), day_of(day)
    there, actor = held(request, day), known_visitor(request).actor
    recording = form.get("steg") == "registrera"

    def change() -> str:
        service.close(web.house, on, actor=actor, now=web.settings.now(), expected=forms.seen(form))
        return f"/moten/{day}/protokoll?avslutat=ja"

    try:
        if recording:
            return once(request, change)
        found = service.close(web.house, on, actor=actor, now=web.settings.now(), dry_run=True)
    except UppdragError as no:
        refusals = no.refusals if isinstance(no, Refused) else ()
        reasons = [_reason(day, r) for r in refusals] or [Reason(t, "", "") for t in words.on_a_page(no)]
        return _page(request, day, status=status_of(no), reasons=reasons)
    return _page(
        request, day, found=found, steps=_steps(web, found), seen=there.meeting.version,
        span=meeting_pages.paragraphs([n.paragraph for n in found.meeting.minutes.notes])
        if found.meeting.minutes else "", warnings=_warnings(found),
    )  # fmt: skip


def _page(request: Request, day: str, *, status: int = 200, **given: object) -> Response:
    shown: Mapping[str, object] = {
        "day": day_of(day),
        "found": None,
        "steps": (),
        "reasons": (),
        "seen": 0,
        "span": "",
        "warnings": (),
        **given,
    }
    return render(request, "protokoll_avsluta.html", status=status, **shown)


def _steps(web: Web, found: Closing) -> list[Step]:
    """Every step, with the state before and after in words."""
    rows = {r.id: r for r in queries.status(web.house, StatusFilter(today=local_date(web.settings.now())))}
    labels, regions = queries.labels(web.house), {r.lanskod: r for r in queries.regions(web.house)}
    given = {n.item: n.paragraph for n in found.meeting.minutes.notes} if found.meeting.minutes else {}
    now = {id: row.state for id, row in rows.items()}
    told = []
    for item, answer in found.answers:
        row, lifecycle = rows[answer.uppdrag], queries.lifecycle_of(web.house, answer.uppdrag)
        before, now[answer.uppdrag] = now[answer.uppdrag], answer.state
        was, is_now = (labels.get((row.lifecycle, s), s) for s in (before, answer.state))
        text = " ".join(words.event(e, lifecycle, regions) for e in answer.events[:1])
        told.append(Step(given.get(item.key, 0), item, answer.uppdrag, was, is_now, text))
    return told


def _warnings(found: Closing) -> list[str]:
    of_steps = (f"{a.uppdrag}: {sentence(w)}" for _, a in found.answers for w in a.warnings)
    return list(dict.fromkeys([*of_steps, *map(sentence, found.warnings)]))


def _reason(day: str, refusal: Refusal) -> Reason:
    """A reason with the link to what it is about."""
    facts, minutes = refusal.facts, f"/moten/{day}/protokoll"
    match refusal.code:
        case (
            "item_without_outcome" | "item_refused" | "directive_item_refused" | "meeting_wanted" | "nobody_answered_so"
        ):
            return Reason(sentence(refusal), f"{minutes}#p-{facts['number']}", f"Till punkt {facts['number']}")
        case "attendance_missing" | "paragraph_taken":
            return Reason(sentence(refusal), f"{minutes}#narvaro", "Till närvaron")
        case "not_summoned":
            return Reason(sentence(refusal), f"/moten/{day}/kallelse", "Till kallelsen")
        case "earlier_meeting_open":
            return Reason(sentence(refusal), f"/moten/{facts['day']}/protokoll", f"Till mötet {facts['day']}")
        case _:
            return Reason(sentence(refusal), minutes, "Till protokollet")
