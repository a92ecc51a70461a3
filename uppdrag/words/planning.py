"""How the backward plan reads: why a region fits or not, what is missing, what would help, and the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import assert_never

from uppdrag.words.labels import BODIES, region
from workflow.calendar import MONTHS, Span
from workflow.chains import Chain, MeetingLink
from workflow.model import Region
from workflow.planning import Missing, Note, RegionPlan
from workflow.windows import Ranked, Remedy, Survey

VERDICTS = {"ryms": "ryms", "ryms_inte": "ryms inte", "uppgift_saknas": "uppgift saknas"}
_ASKED = {"namndsekreterare": "nämndsekreteraren", "kontakt": "kontaktpersonen", "registrator": "registratorn"}
_COUNTS = ("noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")


def why(plan: RegionPlan, *, year: int) -> str:
    """Why the verdict is what it is: `RF 15 juni är sista; handlingar till RS senast 27 april.`

    Days are written without their year when it is `year`.
    """
    w = plan.why
    at = _meeting(w.body, w.day, year) if w.day else _body(w.body)
    match w.code:
        case "last_chain":
            return f"{at} är sista; {_papers(w.papers_to, w.papers_by, year)}."
        case "papers_passed":
            by = _day(w.papers_by, year)
            told = f"{at} är sista, men handlingarna till {_body(w.papers_to)} skulle ha varit inne {by}."
        case "meeting_passed":
            told = f"Ärendet skulle ha varit uppe i {at}, som redan har hållits."
        case "no_chain" if w.before:
            told = f"{_body(w.body)} har inget sammanträde som hinner före {_meeting(w.before, w.before_day, year)}."
        case "no_chain":
            told = f"{_body(w.body)} har inget sammanträde till och med {_day(w.day, year)}."
        case "window_passed":
            told = f"Planerad tid gick ut {_day(w.day, year)}."
        case "stated_date" | "stated_date_late":
            return f"Regionen har angett {at}{', efter planerad tid' if w.code == 'stated_date_late' else ''}."
        case "papers_unknown":
            return f"Om det ryms beror på handlingsstoppet till {at}, som inte är känt."
        case "meetings_unknown":
            return f"Om det ryms beror på sammanträden i {at} som inte är kända."
        case "no_meeting":
            return f"Beslutas av {_body(w.body)}, utan sammanträde."
        case "bodies_unknown":
            return "Det är inte känt vilka instanser som ska besluta."
        case _:
            assert_never(w.code)
    first = plan.first_possible
    return f"{told} {_earliest(first, year)}" if first else told


def missing(items: Iterable[Missing], *, year: int) -> list[str]:
    """What is not known and whom to ask: `Uppgift saknas: handlingsstopp till AU 7 april. Fråga nämndsekreteraren.`"""
    grouped: dict[Missing, list[str]] = {}
    for m in items:
        alike = Missing(what=m.what, day=m.day, ask=m.ask)
        grouped.setdefault(alike, []).append(_body(m.body))
    return [
        f"Uppgift saknas: {_unknown(m, bodies, year)}. Fråga {_ASKED.get(m.ask, m.ask)}."
        for m, bodies in grouped.items()
    ]


def note(n: Note, *, year: int) -> str:
    """Something to know about a chain, such as a new period of office within it."""
    after = _meeting(n.after, n.after_day, year) if n.after_day else ""
    match n.code:
        case "shift_of_boards":
            told = f"Mandatperioden skiftar mellan {_meeting(n.before, n.before_day, year)} och {after}."
            rule = "Det följer av huvudregeln: nytt fullmäktige 15 oktober efter valet, nya styrelser och nämnder"
            return told if n.stated else f"{told} {rule} 1 januari. Regionen kan ha bestämt något annat."
        case "not_in_calendar":
            return f"{after} finns inte bland regionens kända sammanträden. Kontrollera datumet."
        case "example":
            return "Sammanträdesdagarna är exempel, inte regionens egna."


def remedy(r: Remedy, *, year: int) -> str:
    """One thing that would make a region fit, as a request to make."""
    last = _day(r.last, year)
    match r.kind:
        case "ask" if r.missing:
            return missing([r.missing], year=year)[0]
        case "earlier_meeting":
            return f"Be regionen ta upp ärendet redan i {_link(r.chain[-1], year)}{_send(Chain(r.chain), year)}."
        case "earlier_papers":
            days = "1 arbetsdag" if r.working_days == 1 else f"{r.working_days} arbetsdagar"
            return (
                f"Be regionen ta emot handlingarna till {_body(r.body)} {days} efter handlingsstoppet {last}. "
                f"Då ryms {_link(r.chain[-1], year)}."
            )
        case "ordforandebeslut":
            return (
                f"Be om ordförandebeslut i {_body(r.body)} senast {last}, om ordföranden får besluta i brådskande "
                "ärenden (6 kap. 39 § kommunallagen)."
            )
        case _:
            return f"Be om ett extra sammanträde i {_body(r.body)} senast {last}."


def ranked(one: Ranked, *, year: int) -> list[str]:
    """What would help a region that keeps the window from fitting all, the best first."""
    asked = [r.missing for r in one.remedies if r.missing]
    if one.remedies:
        return missing(asked, year=year) + [remedy(r, year=year) for r in one.remedies if not r.missing]
    first = one.plan.first_possible
    return [f"Ingen enskild åtgärd räcker.{f' {_earliest(first, year)}' if first else ''}"]


def lead(s: Survey) -> str:
    """The same in a sentence or two: `16 av 21 regioner hinner besluta till Q3. De andra kan besluta tidigast 24
    november.`"""
    year = s.quarters[0].last.year if s.quarters else s.window.last.year
    until, left = _until(s.window, year), s.concerned - len(s.fits)
    if not left:
        return f"Alla {s.concerned} regioner hinner besluta till {until}."
    if s.fits:
        told, others = f"{len(s.fits)} av {s.concerned} regioner hinner besluta till {until}.", "De andra"
    else:
        told, others = f"Ingen av {_regions(s.concerned)} hinner besluta till {until}.", "De"
    days = sorted(day for _, day in s.first_for if day)
    if days:
        span = _day(days[0], year)
        if days[-1] != days[0]:
            span += f", den sista {_day(days[-1], year)}"
        few = _regions(len(days))
        whose = others if len(days) == left else few[:1].upper() + few[1:]
        told += f" {whose} kan besluta tidigast {span}."
    if s.unknown:
        told += f" För {_regions(len(s.unknown))} saknas uppgift."
    return told


def survey(s: Survey, regions: Mapping[str, Region]) -> list[str]:
    """A window over all regions, the answer first: `Ryms i 16 av 21 till Q3; dessa fem tidigast 2026-11-24: …`"""

    def named(lanskoder: Iterable[str]) -> str:
        return _list([region(regions, lanskod) for lanskod in lanskoder])

    how_many = f"alla {s.concerned}" if len(s.fits) == s.concerned else f"{len(s.fits)} av {s.concerned}"
    lines = [f"Ryms i {how_many} till {_until(s.window, s.quarters[0].last.year)}{_late(s, regions)}."]
    if s.unknown:
        lines.append(f"Uppgift saknas för {_regions(len(s.unknown))}: {named(s.unknown)}.")
    if s.breaks:
        places = (f"{_body(body) or 'planerad tid'} ({_regions(count)})" for body, count in s.breaks)
        lines.append(f"Det brister vid {_list(list(places))}.")
    if s.send_by:
        lines.append(f"Handlingarna måste skickas senast {s.send_by} för att nå alla som ryms.")
    if s.fits_all_by:
        lines.append(f"Alla {s.concerned} ryms om tiden sätts till {s.fits_all_by} eller senare.")
    elif s.undetermined == s.unknown:
        lines.append("Tills dess går det inte att säga när alla ryms.")
    else:
        lines.append(f"När alla ryms går inte att säga: det beror på {named(s.undetermined)}.")
    if s.quarters:
        lines.append(_list([f"{q.text}: {q.fits} av {s.concerned}" for q in s.quarters]) + ".")
    return lines


def _late(s: Survey, regions: Mapping[str, Region]) -> str:
    """The regions that do not fit, by the day on which each may have decided."""
    days: dict[date | None, list[str]] = {}
    for lanskod, first in s.first_for:
        days.setdefault(first, []).append(region(regions, lanskod))
    known = [(day, names) for day, names in days.items() if day]
    told = ""
    if len(known) == 1 and len(known[0][1]) > 1:
        day, names = known[0]
        told = f"; dessa {_count(len(names))} tidigast {day}: {_list(names)}"
    elif known:
        told = f"; tidigast {_list([f'{day} för {_list(names)}' for day, names in known])}"
    if None in days:
        told += f"; ingen känd dag för {_list(days[None])}"
    return told


def _until(window: Span, year: int) -> str:
    """The window's end as people say it: `Q3`, with its year where it is not `year`; else the day."""
    end = window.reading.removeprefix("sista dagen i ")
    if not end.startswith("Q"):
        return window.last.isoformat()
    return end if window.last.year == year else f"{end[:2]} {window.last.year}"


def _unknown(m: Missing, bodies: Sequence[str], year: int) -> str:
    day, body = _day(m.day, year), _list(bodies)
    match m.what:
        case "papers_by":
            return f"handlingsstopp till {body} {day}"
        case "meetings":
            return f"sammanträden i {body} till och med {day}"
        case "later_meetings":
            return f"sammanträden i {body} efter {day}"
        case "outcome":
            return f"vad {body or 'regionen'} beslutade {day}"
        case "bodies":
            return "vilka instanser som ska besluta"


def _earliest(chain: Chain, year: int) -> str:
    return f"Tidigast {_link(chain.links[-1], year)}{_send(chain, year)}."


def _send(chain: Chain, year: int) -> str:
    if chain.entry is None:
        first = chain.links[0]
        return f"; handlingsstoppet till {_link(first, year)} är inte känt"
    return f"; {_papers(chain.entry.papers_to, chain.entry.papers_by, year)}"


def _papers(body: str, by: date | None, year: int) -> str:
    return f"handlingar till {_body(body)} senast {_day(by, year)}"


def _link(link: MeetingLink, year: int) -> str:
    if link.first == link.last:
        return _meeting(link.body, link.first, year)
    if (link.first.year, link.first.month) == (link.last.year, link.last.month):
        return f"{_body(link.body)} {link.first.day}–{_day(link.last, year)}"
    return f"{_body(link.body)} {_day(link.first, link.last.year)}–{_day(link.last, year)}"


def _meeting(body: str, day: date | None, year: int) -> str:
    return " ".join(filter(None, (_body(body), _day(day, year))))


def _body(body: str) -> str:
    return BODIES.get(body, body)


def _day(day: date | None, year: int) -> str:
    if day is None:
        return ""
    return f"{day.day} {MONTHS[day.month - 1]}{'' if day.year == year else f' {day.year}'}"


def _count(number: int) -> str:
    return _COUNTS[number] if number < len(_COUNTS) else str(number)


def _regions(count: int) -> str:
    return "en region" if count == 1 else f"{_count(count)} regioner"


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} och {names[-1]}" if names else ""
