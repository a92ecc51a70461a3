"""One matter with its documents and its log as a package for the diarium and the archive.

The same database gives the same bytes, whenever the package is made: it says how far its log goes, not when it was
taken.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from storage import attachments, motes, package, uppdrag
from storage.package import Letter, Line
from uppdrag import words
from uppdrag.documents import page
from uppdrag.documents.document import Block, Document, Heading, Labelled, Notice, Paragraph, Table
from uppdrag.service import directives_reading, papers, queries, rows
from uppdrag.service.house import House
from uppdrag.service.queries import Detail
from uppdrag.service.sheets import AUTHOR
from workflow.calendar import STOCKHOLM
from workflow.errors import Refusal, Refused, UppdragError
from workflow.incoming import Incoming
from workflow.model import Region

INDEX, SUMS = "index.html", "SHA256SUMS.txt"
_PACKED = (1980, 1, 1, 0, 0, 0)
"""The earliest moment that ZIP knows; ours stand in what is packed."""
_KEPT = re.compile(r"[^0-9A-Za-zÅÄÖåäöÉé._-]+")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of the package: its path in it, its bytes, and what it is in words."""

    path: str
    content: bytes
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package. `holds`: its log and every file that is kept by its hash are as they were written. `left_out`: what is
    not in it, and why."""

    name: str
    content: bytes
    files: tuple[File, ...]
    holds: bool
    left_out: tuple[str, ...]


def make(house: House, id: str, *, now: datetime, told: Callable[[int], None] = lambda _: None) -> Package:
    """The package of an uppdrag. `told`: how many files it has so far.

    Raises NotFound; Refused where the uppdrag is sensitive, of which only number and neutral title may leave.
    """
    with house.database.reading() as session:
        if uppdrag.is_sensitive(session, id):
            raise Refused([Refusal.of("package_sensitive")], subject=id)
    found = queries.detail(house, id, now=now)
    regions = {r.lanskod: r for r in queries.regions(house)}
    with house.database.reading() as session:
        log, at_head = package.told(session, id)
        mails, came = package.letters(session, id), package.answers(session, id)
        kept = {f.digest: attachments.content(session, f.digest) for mail in came for f in mail.files if f.digest}
        paragraphs = package.paragraphs(session, id)
        signed = [
            (day, f) for day in dict.fromkeys(day for day, _ in paragraphs) for f in motes.load(session, day).signed
        ]
    files, left_out, good = list[File](), list[str](), at_head and all(line.holds for line in log)
    for file in (
        *_papers(house, paragraphs, left_out, now), *_directives(house, id, left_out), *_mailed(mails),
        *_arrived(came, kept, left_out), *_record(found, log, at_head, regions),
    ):  # fmt: skip
        files.append(file)
        told(len(files))
    left_out += (
        f"Undertecknat protokoll {day}, {f.name} (SHA-256 {f.digest}): det gäller hela mötet och hör till mötets akt."
        for day, f in signed
    )
    good = good and all(content is None or sha256(content).hexdigest() == digest for digest, content in kept.items())
    files.sort(key=lambda file: file.path)
    index = page.whole(
        _index(found, log, regions, good, left_out), links=[(f.path, f"{f.path}: {f.what}") for f in files]
    )
    files.insert(0, File(path=INDEX, content=index, what="förteckning"))
    sums = "".join(f"{sha256(f.content).hexdigest()}  {f.path}\n" for f in files)
    files.append(File(path=SUMS, content=sums.encode(), what="kontrollsummor"))
    return Package(
        name=f"{id}-arende.zip", content=_packed(id, files), files=tuple(files), holds=good, left_out=tuple(left_out)
    )  # fmt: skip


def safe(name: str) -> str:
    """A file's name that every system takes and that leads nowhere else."""
    flat = _KEPT.sub("-", unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]).strip(".-_")
    stem, dot, ending = flat.rpartition(".")
    if dot and len(ending) <= 8:
        flat = f"{stem[: _LONGEST - len(ending) - 1].rstrip('.-_')}.{ending}"
    flat = flat[:_LONGEST] or "fil"
    return f"fil-{flat}" if _RESERVED.fullmatch(flat) else flat


def _packed(id: str, files: Iterable[File]) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for file in files:
            info = ZipInfo(f"{id}/{file.path}", _PACKED)
            info.external_attr = 0o644 << 16
            archive.writestr(info, file.content, ZIP_DEFLATED)
    return made.getvalue()


def _papers(
    house: House, paragraphs: Iterable[tuple[date, int]], left_out: list[str], now: datetime
) -> Iterator[File]:  # fmt: skip
    for day, number in paragraphs:
        try:
            made = papers.utdrag(house, day, number, now=now)
        except UppdragError as no:
            left_out.append(f"§ {number} {day}: {' '.join(words.error(no))}")
            continue
        yield File(
            path=f"handlingar/{safe(papers.file_name(made, 'pdf'))}", content=papers.rendered(made, "pdf"),
            what=f"protokollsutdrag § {number}, chefsgruppen {day}",
        )  # fmt: skip


def _directives(house: House, id: str, left_out: list[str]) -> Iterator[File]:
    for directive in directives_reading.of_uppdrag(house, id):
        if directives_reading.one(house, directive.id).sensitive:
            left_out.append(f"Uppdragsdirektiv {directive.id}: det gäller också ett känsligt uppdrag.")
            continue
        for decision in directive.decisions:
            made = directives_reading.document(house, directive.id, revision=decision.revision)
            yield File(
                path=f"handlingar/{safe(papers.file_name(made, 'pdf'))}", content=papers.rendered(made, "pdf"),
                what=f"uppdragsdirektiv {directive.id}, version {decision.revision}",
            )  # fmt: skip


def _mailed(mails: Iterable[Letter]) -> Iterator[File]:
    for number, mail in enumerate(mails, start=1):
        when = _moment(mail.sent_at) if mail.sent_at else "inte bekräftat sänt"
        yield File(
            path=f"skickat/{number:03d}-{safe(mail.subject.replace('/', ' '))[:60].strip('.-_')}.eml", content=mail.raw,
            what=f"mejl till {mail.recipient}, {when}",
        )  # fmt: skip


def _arrived(came: Iterable[Incoming], kept: dict[str, bytes | None], left_out: list[str]) -> Iterator[File]:
    for number, mail in enumerate(came, start=1):
        folder = f"inkommet/{number:03d}"
        head = (
            f"Från: {mail.sender}\nInkom: {_moment(mail.received_at)}\nÄmne: {mail.subject}\n"
            f"Diarienummer: {mail.dnr or 'saknas'}\nRegistrerat som: {mail.event or 'saknas'}\n\n"
        )
        yield File(
            path=f"{folder}/mejl.txt", content=(head + mail.body).encode("utf-8", "replace"),
            what=f"svar från {mail.sender}, {_moment(mail.received_at)}",
        )  # fmt: skip
        for f in mail.files:
            content = kept.get(f.digest)
            if content is None:
                left_out.append(f"{f.filename} i svaret {_moment(mail.received_at)}: {f.refused or 'finns inte kvar'}")
                continue
            yield File(
                path=f"{folder}/{f.number:02d}-{safe(f.filename)}", content=content, what=f"bilaga, {f.content_type}"
            )  # fmt: skip


def _record(found: Detail, log: list[Line], at_head: bool, regions: dict[str, Region]) -> Iterator[File]:
    told = {k: v for k, v in rows.detail_row(found).items() if k != "overdue"}  # which depends on the day
    yield File(path="uppdrag.json", content=_json(told, indent=2), what="uppdraget och regionernas beslut, som data")
    lines = []
    for line in log:
        text = words.event(line.event, found.lifecycle, regions) if line.event else None
        lines.append(_json({**line.columns, "holds": line.holds, "text": text}) + b"\n")
    yield File(
        path="logg.jsonl", content=b"".join(lines), what="loggen, en händelse per rad, med kedjans kontrollsummor"
    )
    proof = {
        "uppdrag": found.row.id, "events": len(log), "head": log[-1].columns["chain"], "last_is_head": at_head,
        "broken": [f"{found.row.id}/{line.columns['seq']}" for line in log if not line.holds],
    }  # fmt: skip
    yield File(path="kontroll.json", content=_json(proof, indent=2), what="kontrollen av loggens kedja")


def _index(
    found: Detail, log: list[Line], regions: dict[str, Region], good: bool, left_out: Iterable[str]
) -> Document:  # fmt: skip
    row, last = found.row, log[-1].columns
    verdict = (
        f"Loggens kedja är kontrollerad: alla {len(log)} händelser är som de skrevs."
        if good
        else "Kontrollen av loggen eller av en sparad fil stämmer inte. Se kontroll.json och kör uppdrag verify."
    )
    blocks: list[Block] = [
        Paragraph("Ärendepaket ur uppdragsregistret", quiet=True), Heading(f"{row.id} {row.title}", 1),
        Notice(verdict),
        Labelled((
            ("Diarienummer", row.dnr or "[diarienummer]"), ("Uppdragsdirektiv", row.directive or "inget"),
            ("Ärendegång", f"{found.lifecycle.label}, version {row.lifecycle_version}"),
            ("Läge", found.lifecycle.label_of(row.state)), ("Ansvarig", row.owner or "ingen angiven"),
            ("Händelser", f"{row.id}/1–{last['seq']}, den sista registrerad {_moment(last['registered_at'])}"),
            ("Kontrollsummor", f"{SUMS} (SHA-256), att kontrollera med sha256sum -c"),
        )),
    ]  # fmt: skip
    if found.cells:
        blocks += [Heading("Regionernas beslut"), Table(
            caption=f"{row.regions.decided} av {row.regions.concerned} regioner har avslutat",
            headings=("Region", "Beslut", "Dag", "Instans och §", "Källa"),
            rows=tuple(
                (
                    words.region(regions, c.region),
                    words.outcome(found.lifecycle, c.outcome) if c.outcome else "inget registrerat",
                    c.decided_on.isoformat() if c.decided_on else "–",
                    words.where(c.body, c.paragraph).removeprefix(", ") or "–",
                    words.SOURCES[c.source] if c.outcome else "–",
                )
                for c in found.cells
            ),
        )]  # fmt: skip
    if found.history:
        blocks += [Heading("Historik"), Table(
            caption="Händelserna i ordning", headings=("Händelse", "Hände", "Registrerat", "Av", "Vad"),
            widths=(3, 2, 3, 3, 8), rows=tuple(_happened(found, line, regions) for line in log),
        )]  # fmt: skip
    if missing := tuple(left_out):
        blocks += [Heading("Det som inte är med"), *(Paragraph(text) for text in missing)]
    return Document(
        title=f"{row.id} {row.title}", author=AUTHOR, created=last["registered_at"], blocks=tuple(blocks),
        footer=f"{row.id} {row.dnr}".strip(), name=row.id,
    )  # fmt: skip


def _happened(found: Detail, line: Line, regions: dict[str, Region]) -> tuple[str, ...]:
    c, e = line.columns, line.event
    told = words.event(e, found.lifecycle, regions) if e else "Innehållet är gallrat."
    who = ", ".join(filter(None, (c["actor"], c["role"])))
    on = c["happened_on"].isoformat() if c["happened_on"] else "–"
    return f"{c['stream']}/{c['seq']}", on, _moment(c["registered_at"]), who, told


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H.%M}"


def _json(value: Any, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=lambda v: v.isoformat()).encode(
        "utf-8", "replace"
    )
