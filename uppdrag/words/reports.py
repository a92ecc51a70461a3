"""What letters and reports call the things that they count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import assert_never

from uppdrag.words.papers import day_in_words
from workflow.figures import Kind, Source
from workflow.model import Region
from workflow.paper_events import LetterDrafted, LetterEvent, LetterHeld, LetterSent, LetterWritten

UNKNOWN = "Uppgift saknas"
_TITLE = 40
"""Characters of a title in a note."""
KINDS: Mapping[Kind, str] = {
    "decided": "Beslutat av chefsgruppen", "reported": "Redovisat för chefsgruppen",
    "approved": "Godkänt för beslut i regionerna", "adopted": "Antaget", "adapted": "Antaget med anpassning",
    "rejected": "Avslaget", "not_concerned": "Ej berörd", "returned": "Återremitterat eller bordlagt i en region",
    "concluded": "Slutbehandlat i alla berörda regioner", "reprioritised": "Omprioriterat", "corrected": "Rättat",
    "planned": "Planerad tid går ut", "meeting": "Chefsgruppens möte",
}  # fmt: skip
DECIDED: Mapping[Kind, str] = {
    "adopted": "antagna", "adapted": "antagna med anpassning", "rejected": "avslag", "not_concerned": "ej berörda",
}  # fmt: skip
"""The same after a number of regions' decisions."""
PARTS: Mapping[str, str] = {
    "korthet": "I korthet", "chefsgruppen": "Chefsgruppen", "regionerna": "Läget i regionerna",
    "karta": "Så långt har regionerna kommit", "kommer": "Det som kommer",
    "avsnitt": "Per avsnitt i verksamhetsplanen", "sedan_sist": "Sedan förra brevet",
}  # fmt: skip
"""The headings of a letter's parts."""
STATUS: Mapping[str, str] = {"utkast": "Utkast", "vilande": "Vilande", "skickat": "Skickat"}
OUTCOMES: Mapping[str, str] = {"klart": "Klart", "flyttat": "Flyttat", "kvar": "Kvar", "avbrutet": "Avbrutet"}
"""What became of a planned time."""


def day(value: date | None) -> str:
    """A day as people write it."""
    return day_in_words(value) if value else UNKNOWN


def counted(many: int, one: str, several: str) -> str:
    """`1 uppdrag`, `3 regioner`."""
    return f"{many} {one if many == 1 else several}"


def what(s: Source, regions: Mapping[str, Region]) -> str:
    """What happened, in a few words: `Antaget med anpassning, Uppsala`."""
    where = regions[s.region].short_name if s.region in regions else s.region
    said = s.detail if s.kind == "planned" else KINDS[s.kind]
    return f"{said}, {where}" if where else said


def where(s: Source) -> str:
    """The day, § and diarienummer of a thing: `20 mars 2026, § 4, dnr RK2026-1`."""
    parts = (day(s.on), f"§ {s.paragraph}" if s.paragraph else "", f"dnr {s.dnr}" if s.dnr else "")
    return ", ".join(filter(None, parts))


def about(s: Source) -> str:
    """The uppdrag that a thing is about: `U2026-01 Processer`."""
    return f"{s.uppdrag} {s.title}".strip()


def briefly(s: Source) -> str:
    """The same with so much of the title as tells it from others."""
    short = s.title if len(s.title) <= _TITLE else f"{s.title[:_TITLE].rpartition(' ')[0] or s.title[:_TITLE]} …"
    return f"{s.uppdrag} {short}".strip()


def happened(e: LetterEvent) -> str:
    """What happened with a letter."""
    match e:
        case LetterDrafted():
            return "utkastet skapades"
        case LetterWritten():
            return "texten ändrades"
        case LetterHeld():
            return f"brevet är vilande. Skäl: {e.why}"
        case LetterSent():
            return f"brevet skickades till {counted(len(e.sent.to), 'mottagare', 'mottagare')}"
        case _:
            assert_never(e)


REFUSALS: Mapping[str, str] = {
    "not_a_month": "”{value}” är inte en månad. Skriv till exempel 2026-03.",
    "not_a_year": "”{value}” är inte ett år. Skriv till exempel 2026.",
    "cut_off_not_yet": "{date} är inte slut än. Ange en tidigare dag, eller ingen.",
    "letter_not_drafted": "Månadsbrevet {month} har inget utkast. Skapa ett: uppdrag letter draft {month}",
    "letter_exists": "Månadsbrevet {month} har redan ett utkast. Ändra det i stället.",
    "letter_sent": "Månadsbrevet {month} skickades {date} och ändras inte. Skriv det som tillkommit i nästa brev.",
    "letter_month_not_over": "{month} är inte slut än. Vänta till {first}.",
    "letter_changed": "Brevet är inte längre det som visades. Läs det igen och bekräfta det som nu står där.",
    "letter_seen_changed": "Någon har ändrat brevet sedan du läste version {seen}; nu är det version {version}. "
    "Inget är sparat. Läs om och gör om din ändring.",
    "letter_unread": "Läs brevet först och bekräfta det du såg: uppdrag letter show {month}",
    "letter_nobody": "Ingen mottagare har en adress som fungerar. Lägg in regiondirektörer och hälso- och "
    "sjukvårdsdirektörer först.",
    "letter_held": "Brevet är vilande ({why}). Ändra eller återuppta det innan det skickas.",
    "sender_missing": "Ange vem som har läst brevet.",
    "letter_part_unknown": "Delen {part} finns inte. De som finns: {known}.",
    "letter_unsubscribed": "{post} vill inte ha brevet.",
    "letter_no_address": "{post} har ingen adress som fungerar.",
    "no_such_post": "{region} {office} är ingen som kan få brevet. Ange länskod och regiondirektor eller hsd.",
    "no_such_link": "Länken går inte att använda. Kontrollera att hela adressen är med, eller mejla NSPL:s kansli.",
    "period_not_begun": "{period} har inte börjat än. Vänta till {first}, eller ange en tidigare period.",
}
"""Why a letter or a report cannot be had, and what to do instead."""
