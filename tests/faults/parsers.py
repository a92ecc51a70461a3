"""What reads files from outside: real samples of each kind, and what may come of any file at all.

A reader gives a value, or refuses with a sentence that says which line, sheet or file. Whatever else it does, `check`
says.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from definitions import agenda, direktiv, loader, minutes, planning, scenarios, schema
from definitions.source import Source
from notifications import inbound
from notifications.attachments import NotKept
from notifications.catalogue import TEMPLATES
from notifications.inbound import FILE_LIMIT, Answer, AutoReply, Unknown
from notifications.quoting import BODY_LIMIT
from tests import mails
from tests.cast import KANSLI
from tests.unit.offices import REGIONS
from uppdrag.intake import budget, decisions, meeting_sheets, meetings, people, tabular
from uppdrag.words import error, sentence
from uppdrag.words.visible import visible
from workflow.errors import DefinitionInvalid, Refusal

CODES = [r.lanskod for r in REGIONS]
_BESIDE = budget.Beside(2026, "Beslut 2025-12-01")
_Read = Callable[[bytes], tuple[Any, Sequence[tabular.Refused]]]
_TABLES: Sequence[tuple[str, _Read]] = (
    ("befattning", lambda content: people.read(content, REGIONS)),
    ("organ", lambda content: meetings.read(content, REGIONS, region="14", body="AU")),
    ("utfall;instans", lambda content: decisions.read(content, KANSLI)),
    ("q1", lambda content: budget.read_posts(content, _BESIDE)),
    ("belopp", lambda content: budget.read_outcome(content, _BESIDE)),
    ("planerat", lambda content: budget.read_contributions(content, _BESIDE, REGIONS)),
)
"""A word of its heading, by which a sample is known, and what reads it."""


@dataclass(frozen=True, slots=True)
class Parser:
    """A kind of file. `check` reads one of number n: True where it gave a value, False where it was refused in the
    house's way; any other outcome raises."""

    name: str
    samples: Callable[[], Sequence[bytes]]
    check: Callable[[bytes, int], bool]
    archive: bool = False


@cache
def _fragments() -> dict[str, Source]:
    return loader.by_ref(loader.packaged("fragment"))


@cache
def _lifecycles() -> dict[str, Any]:
    found = (loader.load_lifecycle(s, _fragments(), templates=TEMPLATES) for s in loader.packaged("lifecycle"))
    return {lifecycle.id: lifecycle for lifecycle in found}


@cache
def _triggers() -> frozenset[str]:
    return frozenset(t.trigger for lifecycle in _lifecycles().values() for t in lifecycle.transitions)


def definition(content: bytes, _: int) -> bool:
    """Read a definition as its `kind` says; what says nothing is read as one of those that have none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False  # refused before anything reads it: uppdrag.service.sources
    source = Source("fil.yaml", text)
    invalid = _invalid(source)
    if invalid is None:
        return True
    last = len(text.splitlines()) + 1
    ours = {source.file, *(f.file for f in _fragments().values())}  # the file itself, or a fragment that it includes
    assert invalid.problems
    for problem in invalid.problems:
        assert problem.file in ours, problem
        assert 0 <= problem.line <= last or problem.file != source.file, problem
    for line in error(invalid):
        _told(line)
    return False


def _invalid(source: Source) -> DefinitionInvalid | None:
    try:
        _define(source)
    except DefinitionInvalid as invalid:
        return invalid
    return None


def _define(source: Source) -> None:
    text = source.text
    if text.startswith("kind: scenario"):
        scenarios.load_scenario(source)
    elif text.startswith("rubrik"):
        direktiv.load_directive(source, direktiv.template())
    elif text.startswith("ordforande"):
        minutes.load_minutes(source, date(2026, 3, 27))
    else:
        match loader.header(source).kind:
            case "organisation":
                loader.load_organisation(source)
            case "plan":
                planning.load_plan(source, _lifecycles(), CODES)
            case "agenda":
                agenda.load_agenda(source, _triggers())
            case _:
                loader.load_lifecycle(source, _fragments(), templates=TEMPLATES)


def table(content: bytes, number: int) -> bool:
    """Read a table as what its heading says; now and then, and where that says nothing, as another."""
    heading = content[:200].decode("utf-8", errors="replace").casefold()
    known = next((read for word, read in _TABLES if word in heading), None)
    if known is None or number % 20 == 0:
        known = _TABLES[number % len(_TABLES)][1]
    return _refused_well(known(content)[1], content)


def workbook(content: bytes, number: int) -> bool:
    """Read a workbook of meetings; now and then as one of people or decisions."""
    kind = 1 if number % 20 else number // 20 % 3
    return _refused_well(_TABLES[kind][1](content)[1], content)


def calendar(content: bytes, _: int) -> bool:
    """Read a calendar of a region's meetings."""
    if not content.lstrip(b"\xef\xbb\xbf \r\n").upper().startswith(b"BEGIN:VCALENDAR"):
        content = b"BEGIN:VCALENDAR\r\n" + content
    refused = meetings.read(content, REGIONS, region="14", body="AU")[1]
    return _refused_well(refused, content)


def mail(content: bytes, _: int) -> bool:
    """Read a mail: it never fails, and what cannot be read is parked with a note that says why."""
    found = inbound.read(content)
    for text in (found.message_id, found.sender, found.subject, found.token, found.note, *found.references):
        _told(text, empty=True)
    if isinstance(found, (Answer, AutoReply, Unknown)):
        assert len(found.text) <= BODY_LIMIT
        assert all(c.isprintable() or c in "\n\t" or c.isspace() for c in found.text), found.text
    if isinstance(found, (Answer, Unknown)):
        assert len(found.files) <= FILE_LIMIT + 1
        for file in found.files:
            assert "/" not in file.filename
            assert file.filename not in ("", ".", "..")
            if isinstance(file, NotKept):
                _told(file.reason)
    return not found.note


def _refused_well(refused: Sequence[tuple[int, Refusal]], content: bytes) -> bool:
    last = content.count(b"\n") + content.count(b"\r") + 2
    for number, refusal in refused:
        assert 1 <= number <= (tabular.ROW_LIMIT * 2 + 1 if content.startswith(b"PK") else last), (number, refusal)
        _told(sentence(refusal))
    return not refused


def _told(text: str, *, empty: bool = False) -> None:
    """What a person reads is on one line, holds nothing that a terminal obeys, and is not a book."""
    assert empty or text
    assert visible(text) == text, text
    assert len(text) < 5_000, len(text)


@cache
def _definitions() -> Sequence[bytes]:
    packaged = {s.file: s.text for kind in schema.FILES for s in loader.packaged(kind)}
    plan = packaged["vp-2026.yaml"]
    head, _, rows = plan.partition("\nuppdrag:")
    few = f"{head}\nuppdrag:" + "\n  - ".join(rows.split("\n  - ")[:4]) + "\n"
    organisation = packaged["regioner-1.yaml"]
    head, _, rows = organisation.partition("\nregions:")
    regions = f"{head}\nregions:" + "\n  - ".join(rows.split("\n  - ")[:4]) + "\n"
    small = (SCENARIO, DIRECTIVE, MINUTES, few, regions, packaged["arsplan-1.yaml"], packaged["atagande-1.yaml"])
    whole = (packaged["samverkansavtal-1.yaml"], packaged["chefsgrupp-1.yaml"])
    return [text.encode() for text in (*small * 3, *whole)]


@cache
def _tables() -> Sequence[bytes]:
    folder = resources.files("definitions")
    shipped = [
        file.read_bytes()
        for name in ("people", "budget")
        for file in sorted(folder.joinpath(name).iterdir(), key=lambda f: f.name)
        if file.name.endswith(".csv")
    ]
    few = [b"\n".join(content.splitlines()[:8]) + b"\n" for content in shipped]
    text = DECISIONS.decode()
    return [*few, MEETINGS, DECISIONS, text.encode("utf-16"), text.encode("cp1252"), text.replace(";", "\t").encode()]


@cache
def _workbooks() -> Sequence[bytes]:
    """The meetings as we export them, as a person types them, and with a formula, an error and a styled cell."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own

    stated, wrong = meetings.read(MEETINGS, REGIONS)
    assert not wrong
    found = [_lean(meeting_sheets.write_xlsx([one.meeting for one in stated], {}), styled=True)]
    for odd in (False, True):
        book = Workbook()
        for cells in csv.reader(MEETINGS.decode().splitlines()):
            book.active.append(cells)
        if odd:
            book.active["A4"], book.active["B4"], book.active["C4"] = "=1+1", "#N/A", date(2026, 3, 27)
            book.active["A4"].number_format = "00"
        kept = io.BytesIO()
        book.save(kept)
        found.append(_lean(kept.getvalue(), styled=odd))
    return found


def _lean(workbook: bytes, *, styled: bool) -> bytes:
    """The same without what no reader of ours looks at, so that ten thousand of them are read in seconds."""
    lean = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(lean, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if "theme" not in name and "docProps" not in name and (styled or "styles" not in name):
                target.writestr(name, source.read(name))
    return lean.getvalue()


@cache
def _calendars() -> Sequence[bytes]:
    return [CALENDAR, FOREIGN]


@cache
def _mails() -> Sequence[bytes]:
    return [
        mails.answer(), mails.answer("Se bifogat.", ("beslut.pdf", mails.PDF), ("tabell.xlsx", mails.XLSX)),
        mails.answer("Hej", ("beslut.docx", mails.DOCX), ("bild.png", mails.PNG)), mails.postfix(), mails.exchange(),
        mails.gmail(), mails.exim(), mails.answer(Auto_Submitted="auto-replied"),
    ]  # fmt: skip


SCENARIO = """\
kind: scenario
title: Två regioner svarar i tid
acts:
  - {on: "2026-06-15", uppdrag: U2026-01, decide: antagen, regions: ["03", "17"]}
  - {on: "2026-08-20", uppdrag: U2026-01, decide: avslagen, regions: ["08"], role: region}
  - {on: "2026-08-21", uppdrag: U2026-01, advance: besluta, facts: {diarienummer: RK2026-1}}
"""
DIRECTIVE = """\
rubrik: Ledningsmodell
diarienummer: RK2026-00012-3
uppdrag: [U2026-01, U2026-02]
avsnitt:
  bakgrund: |
    Regionerna har frågat.
  syfte: En gemensam modell.
"""
MINUTES = """\
ordforande: Åsa Öberg
sekreterare: Anna Ek
justerare: [Bo Ek]
forsta_paragraf: 12
"""
DECISIONS = """\
uppdrag;region;utfall;instans;datum;paragraf;dnr;anpassning;version
U2026-01;03;Antagen;RF;2026-03-10;§ 12;RK2026-00012-3;;1
U2026-01;17;Antagen med anpassning;RS;2026-03-12;7;HSN 2026/44;"Bara ""norra"" delen; till 2027";
U2026-02;08;Återremitterad;AU;2026-04-01;;;;
""".encode()
MEETINGS = """\
länskod,organ,datum,sista dag,handlingsstopp,regel för handlingsstopp,kallelse,mandatperiod,källa,exempel,inställt
03,AU,2026-02-10,,2026-01-27,tio arbetsdagar före AU,,2023-2026,https://region.example/1,ja,
14,RF,2026-02-24,2026-02-25,,,2026-02-10,,,nej,x
""".encode()
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//uppdrag//sammantraden//SV
BEGIN:VEVENT
UID:5@uppdrag
DTSTAMP:20260301T080000Z
DTSTART;VALUE=DATE:20260310
DTEND;VALUE=DATE:20260312
SUMMARY:Regionfullmäktige
URL:https://region.example/1
STATUS:CONFIRMED
X-UPPDRAG-LANSKOD:14
X-UPPDRAG-HANDLINGSSTOPP:2026-02-24
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n").encode()
FOREIGN = """\
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:040000008200E00074C5B7101A82E008
DTSTART;TZID=W. Europe Standard Time:20260310T130000
DURATION:PT2H
SUMMARY;LANGUAGE=sv:Arbetsutskottet\\, Gävle
 borg
RRULE:FREQ=MONTHLY;COUNT=3
BEGIN:VALARM
TRIGGER:-PT15M
END:VALARM
END:VEVENT
BEGIN:VEVENT
DTSTART:20260401T230000Z
SUMMARY:RS
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n").encode()

PARSERS = (
    Parser("definitioner och planer i YAML", _definitions, definition),
    Parser("tabeller i CSV", _tables, table),
    Parser("arbetsböcker i XLSX", _workbooks, workbook, archive=True),
    Parser("kalendrar i iCalendar", _calendars, calendar),
    Parser("inkommande mejl", _mails, mail),
)
