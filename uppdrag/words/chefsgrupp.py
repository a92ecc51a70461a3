"""What people read of chefsgruppen's meetings: what happened with one, and why an item is on its agenda."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import assert_never

from uppdrag.words import after_meetings, summons
from workflow.agenda_edits import Difference, compare
from workflow.duties import Duty, Following, Task
from workflow.meeting import AgendaItem, Meeting, Why
from workflow.meeting_events import (
    AgendaKept,
    MeetingArranged,
    MeetingCalledOff,
    MeetingClosed,
    MeetingEvent,
    MeetingSummoned,
    MeetingTakenOver,
    MinutesTaken,
    ParagraphsApproved,
    SummonsMailed,
)

STATUS = {"planerat": "planerat", "kallat": "kallelsen är ute", "avslutat": "avslutat", "justerat": "justerat"}
"""How far a meeting has come; `status` says it of one."""
OUTCOMES = {
    "bifall": "bifall", "avslag": "avslag", "aterremiss": "återremiss", "bordlagd": "bordlagd",
    "antecknad": "antecknad", "utgar": "utgår", "": "utfall saknas",
}  # fmt: skip
_FIELDS = {
    "title": "rubrik", "kind": "slag", "proposal": "förslag till beslut", "presenter": "föredragande",
    "dnr": "diarienummer", "documents": "handlingar", "minutes": "tid", "trigger": "steg",
    "covers": "uppdrag som punkten omfattar", "section": "rubrik på dagordningen",
}  # fmt: skip


def status(meeting: Meeting) -> str:
    """How far a meeting or a decision per capsulam has come."""
    asked = meeting.circulation is not None and meeting.status == "kallat"
    return "ute hos ledamöterna" if asked else STATUS[meeting.status]


def why(w: Why) -> str:
    """Which state, deadline or plan brought an item to the agenda."""
    f = w.facts
    match w.code:
        case "standing":
            return "Står på varje dagordning."
        case "state":
            fits = f" {verdict(f['fits'])}" if f["fits"] else ""
            return f"Läget är {f['state']}. Nästa steg: {f['step']}.{fits}"
        case "deadline":
            how = "Den tiden har gått." if f["passed"] else "Inget senare möte ligger före den dagen."
            return f"{f['deadline']}: {f['text']}, senast {f['last']}. {how}"
        case "task":
            due = f" Klart senast {f['due']}." if f["due"] else ""
            return f"Återremitterat eller bordlagt: {f['what'].rstrip('.')}.{due}"
        case "carried":
            what = f" {f['what'].rstrip('.')}." if f["what"] else ""
            how = "Återremitterat" if f["how"] == "aterremiss" else "Bordlagt"
            return f"{how} {f['day']}, § {f['paragraph']}.{what}"
        case "regions":
            count = f"{f['count']} uppdrag ligger för beslut i regionerna"
            return f"{count}. {f['decided']} av {f['concerned']} beslut är tagna."
        case "follow_up":
            return f"Uppföljning var satt till {f['day']}."
        case "reconsider":
            return f"Planen {f['plan']} säger att uppdraget ska omprövas." if f["plan"] else "Uppdraget ska omprövas."
        case "yearly":
            return f"Återkommer varje år, senast i {f['month']}."
        case _:
            return _why_beside(w)


def _why_beside(w: Why) -> str:
    """The same where it was neither state nor deadline."""
    f = w.facts
    match w.code:
        case "directive":
            return _directive_why(f)
        case "circulated":
            return f"Beslutat sedan förra mötet: {f['told']}."
        case "promises":
            more = f" och {f['more']} till" if f["more"] != "0" else ""
            return f"Öppna åtgärder: {f['told']}{more}."
        case "plan":
            return f"Enligt beredningsplanen {f['year']}."
        case "by_hand":
            return f"Tillagt av {f['who']} {f['day']}."
        case _:
            return w.code


def _directive_why(f: Mapping[str, str]) -> str:
    """Why an uppdragsdirektiv is to be decided: a draft that several uppdrag share, or a new version."""
    told = f"Uppdragsdirektivet {f['directive']} är ett utkast"
    if f["day"]:
        told = f"Version {f['revision']} av uppdragsdirektivet {f['directive']} är ett utkast. Den förra beslutades "
        told += f"{f['day']}, § {f['paragraph']}"
    if f["count"] == "0":
        return f"{told}. Det omfattar {f['uppdrag']}."
    count = "ett uppdrag som är berett" if f["count"] == "1" else f"{f['count']} uppdrag som är beredda"
    later = f" Beslutas inte nu: {f['later']}." if f["later"] else ""
    return f"{told} för {count}.{later}" if not f["day"] else f"{told}. Det omfattar {count}.{later}"


def verdict(fits: str) -> str:
    """The planner's verdict: `Ryms i 16 av 21.`"""
    some, _, every = fits.partition("/")
    return f"Ryms i {some} av {every}."


def happened(event: MeetingEvent, earlier: Sequence[MeetingEvent]) -> str:
    """What an event made of a meeting, in words; `earlier` are the events before it."""
    match event:
        case MeetingArranged():
            told = [event.arrangement.place, event.arrangement.link, event.arrangement.starts]
            return f"plats och tid angavs ({', '.join(filter(None, told)) or 'uppgift saknas'})"
        case AgendaKept() | MeetingSummoned():
            before = next((e.items for e in reversed(earlier) if isinstance(e, AgendaKept | MeetingSummoned)), None)
            lead = "kallelsen gick ut" if isinstance(event, MeetingSummoned) else ""
            if before is None:
                return lead or f"dagordningen sparades med {len(event.items)} punkter"
            told = [difference(d) for d in compare(before, event.items)]
            return ", ".join(filter(None, [lead, *told])) or "dagordningen sparades"
        case MinutesTaken():
            was = next((e.minutes for e in reversed(earlier) if isinstance(e, MinutesTaken | MeetingClosed)), None)
            known = {n.item: n for n in was.notes} if was else {}
            changed = sum(known.get(n.item) != n for n in event.minutes.notes)
            head = was is None or any(
                getattr(was, name) != getattr(event.minutes, name)
                for name in ("present", "adjungerade", "chair", "secretary", "adjusters")
            )
            told = [f"protokollet för {changed} punkter"] if changed else []
            return f"{' och '.join([*told, *(['närvaron'] if head else [])]) or 'protokollet'} sparades"
        case MeetingClosed():
            return f"mötet avslutades och {len(event.moved)} steg registrerades"
        case ParagraphsApproved():
            return f"justerat: {', '.join(f'§ {a.paragraph}' for a in event.approvals)}"
        case SummonsMailed() | MeetingCalledOff() | MeetingTakenOver():
            return summons.happened(event)
        case _:
            return after_meetings.happened(event)


def duty(d: Duty, today: date) -> str:
    """What there is to do about a meeting."""
    match d.what:
        case "papers":
            return f"Handlingarna till mötet {d.meeting} ska vara inne {d.due}."
        case "summons":
            return (
                f"Kallelsen till mötet {d.meeting} skulle gå ut {d.due}."
                if d.pressing
                else (f"Kallelsen till mötet {d.meeting} ska gå ut i dag.")
            )
        case "protokoll":
            return f"Protokollet från mötet {d.meeting} saknas sedan {(today - d.due).days} dagar."
        case "justering":
            return f"Protokollet från mötet {d.meeting} skulle vara justerat {d.due}."
        case _:
            return after_meetings.duty(d, d.what)


HANDS: Mapping[Task | Following, str] = {
    **after_meetings.HANDS,
    "papers": "uppdrag meeting agenda", "summons": "uppdrag meeting summon", "protokoll": "uppdrag meeting close",
    "justering": "uppdrag meeting approve",
}  # fmt: skip
"""What one does about it, on the command line."""


def difference(d: Difference) -> str:
    """One difference between two versions of an agenda."""
    match d.code:
        case "added":
            return f"{called(d.item)} lades till"
        case "late":
            return f"{called(d.item)} tillkom efter kallelsen"
        case "removed":
            return f"{called(d.item)} togs bort"
        case "withdrawn":
            return f"{called(d.item)} utgår"
        case "moved":
            return f"{called(d.item)} flyttades"
        case "edited":
            return f"{called(d.item)} ändrades ({', '.join(_FIELDS[n] for n in d.fields)})"
        case _:
            assert_never(d.code)


def called(item: AgendaItem) -> str:
    """An item as people name it: `7 U2026-04 Robusta kommunikationer`."""
    parts = (str(item.number) if item.number else "", item.uppdrag, item.title)
    return " ".join(filter(None, parts))
