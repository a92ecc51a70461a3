"""What the pages about chefsgruppen's meetings say first: what a meeting needs now, and what its agenda lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from workflow.agenda_form import CLOSING, OPENING
from workflow.calendar import MONTHS
from workflow.errors import Refusal
from workflow.meeting import AgendaItem, Meeting
from workflow.sammantraden import Sammantrade

KINDS = {"formalia": "formalia", "beslut": "beslut", "information": "information"}
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
OUTCOMES = {
    "bifall": "Bifall", "avslag": "Avslag", "aterremiss": "Återremiss", "bordlagd": "Bordlagd",
    "antecknad": "Antecknad till protokollet", "utgar": "Utgår",
}  # fmt: skip
"""The outcomes as a form names them."""
_ON_PAGES: Mapping[str, str] = {
    "no_such_meeting": "Chefsgruppen har inget möte {day}. Närmast: {near}.",
    "not_summoned": "Kallelsen har inte gått ut. Skicka den, eller registrera att den har gått ut, först.",
    "meeting_changed": "Någon har ändrat medan du skrev: {what}. Ditt är inte sparat men står kvar här. Läs det som "
    "har ändrats och spara sedan igen.",
    "outcome_stands": "Utfallet på punkt {number} (§ {paragraph}) har redan flyttat uppdrag. Rätta händelsen i "
    "uppdragets historik. Texten kan ändras tills paragrafen är justerad.",
    "attendance_missing": "Närvaron saknas. Ange vilka som var med.",
    "no_meetings_that_year": "Chefsgruppen har inga möten {year}. Planera dem först, under Möten.",
    "no_such_matter": "{matter} står inte kvar i beredningsplanen {year}.",
    "not_closed": "Mötet är inte avslutat. Avsluta det först.",
    "already_approved": "Det är redan justerat.",
    "meeting_has_been": "Mötet var {day}. Gick kallelsen ut på annat sätt: registrera det nedan.",
    "meeting_without_hours": "Ange när mötet börjar och slutar först.",
    "meeting_nowhere": "Varken plats eller länk är angiven.",
    "nobody_to_call": "Ingen hör till chefsgruppen {day}. Lägg in ledamöterna under Befattningshavare.",
    "person_without_address": "{who}, {office}, har ingen adress som fungerar.",
    "meeting_that_day": "Chefsgruppen har möte {day}. Ta ärendet där, eller välj en annan sista svarsdag.",
    "protokoll_not_locked": "Protokollet {day} är inte justerat i sin helhet. Justera det först.",
    "is_circulation": "{day} är sista svarsdag för ett beslut per capsulam, inte ett möte.",
    "paragraph_not_approved": "§ {paragraph} från mötet {day} är inte justerad. Justera den först.",
}
"""Where a refusal names a command, what it says on a page instead."""


def dag(day: date, today: date | None = None) -> str:
    """A day as people say it: `15 april`, with the year where it is another than today's."""
    year = f"\xa0{day.year}" if today is None or today.year != day.year else ""
    return f"{day.day}\xa0{MONTHS[day.month - 1]}{year}"


def on_page(refusal: Refusal) -> str:
    """A refusal's sentence on a page, empty where it is the same as elsewhere."""
    return _ON_PAGES[refusal.code].format_map(refusal.facts) if refusal.code in _ON_PAGES else ""


def need(there: Sammantrade, meeting: Meeting, today: date) -> str:
    """What a meeting needs now, one sentence."""

    def said(due: date | None, coming: str, passed: str) -> str:
        return "" if due is None else f"{coming if due >= today else passed} {dag(due, today)}."

    if meeting.digest:
        return "Protokollet är justerat och låst."
    if meeting.closed_on:
        given = meeting.minutes.notes if meeting.minutes else ()
        done = f"{len(meeting.approvals)} av {len(given)} paragrafer är justerade."
        due = said(meeting.arrangement.adjust_by, "Justeringen ska vara klar", "Justeringen skulle vara klar")
        return f"{done} {due}".strip()
    if asked := meeting.circulation:
        silent = asked.silent([i.key for i in meeting.items if not i.withdrawn])
        told = f"{len(asked.asked) - len(silent)} av {len(asked.asked)} har svarat."
        return f"{told} {said(there.first, 'Svar senast', 'Svarstiden gick ut')}"
    if today > there.first:
        since = (today - there.first).days
        days = "1 dag" if since == 1 else f"{since} dagar"
        return f"Mötet hölls {dag(there.first, today)}. Protokollet saknas sedan {days}."
    if today == there.first:
        return "Mötet är i dag." + ("" if meeting.summoned_on else " Kallelsen är inte registrerad.")
    if meeting.summoned_on:
        return f"Kallelsen gick ut {dag(meeting.summoned_on, today)}. Mötet är {dag(there.first, today)}."
    papers = said(there.papers_by, "Handlingarna ska vara inne", "") if (there.papers_by or today) >= today else ""
    summons = said(there.published_on, "Kallelsen ska ut senast", "Kallelsen skulle ha gått ut")
    return " ".join(filter(None, (papers, summons))) or "Kallelsen har inte gått ut."


def matters(items: Sequence[AgendaItem]) -> list[AgendaItem]:
    """The items that are about something: those that every agenda opens and closes with aside, and withdrawn ones."""
    return [i for i in items if i.section not in (OPENING, CLOSING) and not i.withdrawn]


def lacking(items: Sequence[AgendaItem]) -> str:
    """What an agenda lacks, and how long it takes: `12 ärenden, 2 saknar föredragande. Beräknad tid 2 tim 35 min.`"""
    about = matters(items)
    if not about:
        return "Inga ärenden finns än."
    without = sum(not i.presenter and not i.covers for i in about)
    told = f"{len(about)} {'ärende' if len(about) == 1 else 'ärenden'}"
    told += f", {without} saknar föredragande." if without else "."
    minutes = sum(i.minutes for i in items if not i.withdrawn)
    return f"{told} Beräknad tid {duration(minutes)}." if minutes else told


def duration(minutes: int) -> str:
    """`155` is `2 tim 35 min`."""
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, (f"{hours}\xa0tim" if hours else "", f"{rest}\xa0min" if rest else ""))) or "0\xa0min"


def weekday(day: date) -> str:
    return WEEKDAYS[day.weekday()]


def paragraphs(numbers: Sequence[int]) -> str:
    """`§ 12–18`, or `§ 12` for one."""
    return f"§\xa0{numbers[0]}" + (f"–{numbers[-1]}" if len(numbers) > 1 else "") if numbers else "inga paragrafer"
