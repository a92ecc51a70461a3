"""One meeting of chefsgruppen: what it needs, its agenda with why each item is there, and the agenda's versions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import agenda as service
from uppdrag.service import minutes_desk
from uppdrag.service.agenda import Agenda
from uppdrag.web import meetings_circulating
from uppdrag.web.meetings_kit import READING, day_of, held
from uppdrag.web.permissions import Pages
from uppdrag.web.rendering import capital, render
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import chefsgrupp, meeting_pages
from workflow.agenda_edits import Difference
from workflow.calendar import local_date
from workflow.errors import Refused
from workflow.meeting import AgendaItem, Meeting
from workflow.summoning import untold

pages = Pages()
_LATE = "Tillkommande efter kallelsen"
_SAVED = {"plats": "Plats och tid är sparade.", "tillagd": "Punkten är tillagd.", "andrad": "Punkten är ändrad.",
          "borta": "Punkten är borttagen.", "kallad": "Kallelsen är registrerad. Numren ligger fast.",
          "flyttat": "Mötet har fått en ny dag. Meddela de kallade."}  # fmt: skip


class Row(NamedTuple):
    """One item as it is shown, with what brought it there."""

    item: AgendaItem
    why: str


@pages.get("/moten/{day}", READING)
def one(request: Request, day: str) -> Response:
    """What the meeting needs, and its agenda as it stands."""
    web, visitor = web_of(request), known_visitor(request)
    now, on = web.settings.now(), day_of(day)
    there = held(request, day)
    if there.meeting.circulation:
        return meetings_circulating.show(request, there)
    found = service.agenda(web.house, on, now=now)
    kansli = visitor.role == "kansli"
    meeting, today = found.held.meeting, local_date(now)
    items = found.items
    if not kansli:
        items = tuple(map(minutes_desk.discreet(web.house, meeting, items).item, items))
    rows = [_row(i) for i in items]
    return render(
        request, "mote.html", found=found, meeting=meeting, there=found.held.date, day=on, kansli=kansli,
        need=meeting_pages.need(found.held.date, meeting, today), lacking=meeting_pages.lacking(found.items),
        groups=[(label, list(those)) for label, those in groupby(rows, key=lambda r: _heading(found, r.item))],
        waiting=[_row(i) for i in found.waiting] if kansli else [], weekday=meeting_pages.weekday(on),
        frozen=bool(meeting.summoned_on), editable=kansli and not meeting.closed_on, last=len(found.items),
        moved=request.query_params.get("flyttad", "")[:4], way=request.query_params.get("hall", "")[:3],
        saved=_SAVED.get(request.query_params.get("sparat", ""), ""), over_time=_over_time(found),
        untold=kansli and (untold(meeting) or _told_elsewhere(meeting)),
    )  # fmt: skip


@pages.get("/moten/{day}/versioner", ("kansli", "insyn"))
def versions(request: Request, day: str) -> Response:
    """The versions of the agenda, and what one has otherwise than another."""
    web, on = web_of(request), day_of(day)
    held(request, day)
    kept = service.versions(web.house, on)
    asked = [request.query_params.get(name, "") for name in ("fran", "till")]
    one, other = (int(a) if a.isascii() and a.isdigit() and len(a) < 6 else None for a in asked)
    differences: list[Difference] | None = None
    if one is None and len(kept) > 1:
        one = kept[-2][0]
    if one is not None:
        try:
            differences = service.compare(web.house, on, one, other, now=web.settings.now())
        except Refused:
            one, other = None, None
    return render(
        request, "mote_versioner.html", day=on, kept=kept, one=one, other=other,
        differences=None if differences is None else [capital(chefsgrupp.difference(d)) for d in differences],
    )  # fmt: skip


def _row(item: AgendaItem) -> Row:
    return Row(item, "" if item.why.code == "standing" else chefsgrupp.why(item.why))


def _heading(found: Agenda, item: AgendaItem) -> str:
    return _LATE if item.late else found.form.label(item.section)


def _told_elsewhere(meeting: Meeting) -> bool:
    """Whether the kallelse went out by another way, so that a person tells of what changes."""
    return bool(meeting.summoned_on and not meeting.summons and any(i.late or i.withdrawn for i in meeting.items))


def _over_time(found: Agenda) -> str:
    """By how much the times of the items go beyond the meeting's own, empty where they do not, or none is known."""
    at = found.held.meeting.arrangement
    long = _minutes(at.ends) - _minutes(at.starts) if at.starts and at.ends else 0
    wanted = sum(i.minutes for i in _standing(found.items))
    return meeting_pages.duration(wanted - long) if 0 < long < wanted else ""


def _standing(items: Sequence[AgendaItem]) -> list[AgendaItem]:
    return [i for i in items if not i.withdrawn]


def _minutes(time: str) -> int:
    hours, _, minutes = time.partition(".")
    return int(hours) * 60 + int(minutes)
