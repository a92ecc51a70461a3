"""What chefsgruppen's papers say of a meeting: when and where, and what an item is about, in words for people."""

from __future__ import annotations

import re
from datetime import date

from uppdrag.words.chefsgrupp import verdict, why
from workflow.calendar import MONTHS
from workflow.meeting import Action, AgendaItem, Arrangement

UNKNOWN = "Uppgift saknas"
OPENING_LABEL, CLOSING_LABEL, LATE_LABEL = "Inledning", "Avslutning", "Tillkommande ärenden"
KINDS = {"formalia": "", "beslut": "Beslut", "information": "Information"}
_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}\b", re.ASCII)
_WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")


def day_in_words(day: date) -> str:
    """`27 mars 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def time_of(day: date, at: Arrangement) -> str:
    """`Fredag 27 mars 2026 klockan 09.00–12.00`."""
    hours = "–".join(filter(None, (at.starts, at.ends)))
    return f"{_WEEKDAYS[day.weekday()].capitalize()} {day_in_words(day)}{f' klockan {hours}' if hours else ''}"


def place_of(at: Arrangement) -> tuple[tuple[str, str], ...]:
    """Where a meeting is held, as lines of a label and what it says."""
    known = tuple((label, text) for label, text in (("Plats", at.place), ("Länk", at.link)) if text)
    return known or (("Plats", UNKNOWN),)


def about(item: AgendaItem, *, minutes: bool = True) -> str:
    """One line about an item: number of the uppdrag, diarienummer, kind, föredragande and time."""
    parts = (
        item.uppdrag, item.dnr and f"dnr {item.dnr}", KINDS[item.kind],
        item.presenter and f"föredragande {item.presenter}",
        f"{item.minutes} minuter" if minutes and item.minutes else "",
    )  # fmt: skip
    text = " · ".join(filter(None, parts))
    return text[:1].upper() + text[1:]


def background(item: AgendaItem) -> str:
    """Why an item is taken up, where that says more than that it is its turn."""
    match item.why.code:
        case "standing" | "by_hand" | "yearly":
            return ""
        case "state":
            told = verdict(item.why.facts["fits"]).rstrip(".") if item.why.facts.get("fits") else ""
            return f"{told} regioner." if told and told.casefold() not in item.proposal.casefold() else ""
        case _:
            return _ISO.sub(_in_words, why(item.why))


def _in_words(found: re.Match[str]) -> str:
    try:
        return day_in_words(date.fromisoformat(found[0]))
    except ValueError:  # digits that only look like a day
        return found[0]


def action(a: Action) -> str:
    """`Skicka ut handlingarna. Ansvarig: Anna Ek. Klart senast 10 april 2026.`"""
    who = f" Ansvarig: {a.owner}." if a.owner else ""
    due = f" Klart senast {day_in_words(a.due)}." if a.due else ""
    return f"{a.what.rstrip('.')}.{who}{due}"
