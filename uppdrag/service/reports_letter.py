"""A månadsbrev as a document: the kansli's words, the month's figures, and notes of what each was counted from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from uppdrag.documents.document import Block, Document, Heading, Labelled, Notice, Paragraph, Table
from uppdrag.service.kit import AUTHOR
from uppdrag.service.reports_notes import Notes
from uppdrag.service.reports_pictures import concluded_map, with_regions
from uppdrag.words import reports as words
from workflow.calendar import STOCKHOLM
from workflow.figures import BY_CHEFSGRUPP, BY_REGIONS, Figure, Figures, Kind, Standing, by_group, by_section
from workflow.letter import PARTS, Difference, LetterText
from workflow.model import Region

_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
DECISIONS = "Beslut i regionerna"
_BRIEF: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    *((words.KINDS[kind], (kind,)) for kind in BY_CHEFSGRUPP),
    (DECISIONS, BY_REGIONS),
    *((words.KINDS[kind], (kind,)) for kind in ("concluded", "reprioritised")),
)
"""What a month is told by in short, each with the kinds of things that it counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a letter is put together from. `regions` by länskod, `groups` the names of the samverkansregioner by id;
    `sent` is false while it may still change."""

    figures: Figures
    text: LetterText
    since: Difference
    regions: Mapping[str, Region]
    groups: Mapping[str, str]
    sent: bool


def document(w: Written) -> Document:
    """The letter whole. The same letter is the same document, whenever it is written out."""
    f, notes = w.figures, Notes(w.regions)
    title = f"Månadsbrev {f.period.text}"
    body = [block for part in PARTS if w.text.shows(part) for block in _part(part, w, notes)]
    draft = [] if w.sent else [Notice("UTKAST. Brevet har inte skickats och kan ändras.")]
    return Document(
        title=title, author=AUTHOR, created=f.known_by, subject="Månadsbrev till regionernas ledning",
        name=f"manadsbrev-{f.period.name}", footer=title if w.sent else f"UTKAST · {title}",
        blocks=(
            Paragraph("NSPL · Månadsbrev till regionernas ledning", quiet=True), Heading(title, 1), *draft,
            Labelled((("Räknat på", known_by(f)),)), *prose(w.text.introduction), *body, *notes.blocks(),
        ),
    )  # fmt: skip


def known_by(f: Figures) -> str:
    """The day of cut-off: until when something had to be registered to be counted."""
    moment = f.known_by.astimezone(STOCKHOLM)
    if moment.time() == time():
        return f"det som var registrerat till och med {words.day(moment.date() - timedelta(days=1))}"
    return f"det som var registrerat {words.day(moment.date())} klockan {moment:%H.%M}"


def prose(text: str) -> list[Paragraph]:
    """What somebody has written, as paragraphs."""
    return [Paragraph(" ".join(piece.split())) for piece in _PARAGRAPHS.split(text) if piece.strip()]


def brief(f: Figures) -> list[tuple[str, Figure]]:
    """The month in short: what was counted, by name."""
    return [(label, f.of(*kinds)) for label, kinds in _BRIEF]


def _part(part: str, w: Written, notes: Notes) -> Iterator[Block]:
    blocks = list(_PARTS[part](w, notes))
    said = prose(w.text.of(part))
    if blocks or said:
        yield Heading(words.PARTS[part])
        yield from said
        yield from blocks


def _in_short(w: Written, notes: Notes) -> Iterator[Block]:
    rows = tuple((label, str(figure.value), notes.of(label, figure) or "–") for label, figure in brief(w.figures))
    caption = f"Det som hände {w.figures.period.text}"
    yield Table(caption=caption, headings=("Vad", "Antal", "Not"), rows=rows, widths=(8, 2, 2))


def _chefsgrupp(w: Written, _: Notes) -> Iterator[Block]:
    happened = w.figures.of(*BY_CHEFSGRUPP, "reprioritised")
    if not happened.value:
        yield Paragraph(f"Chefsgruppen har inte tagit upp något uppdrag under {w.figures.period.text}.")
        return
    yield Table(
        caption="Uppdrag som chefsgruppen har tagit upp", headings=("Uppdrag", "Vad", "Dag och paragraf"),
        widths=(8, 5, 5),
        rows=tuple(
            (words.about(s), f"{words.KINDS[s.kind]}{f' till {s.detail}' if s.detail else ''}", words.where(s))
            for s in happened.counted
        ),
    )  # fmt: skip


def _regions(w: Written, notes: Notes) -> Iterator[Block]:
    f = w.figures
    decided = f.of(*BY_REGIONS)
    yield Paragraph(
        f"Under {f.period.text} fattade regionerna {notes.number(DECISIONS, decided)} beslut{_split(decided)}. "
        "Besluten räknas på dagen då de fattades."
    )
    if decided.value:
        yield Table(
            caption=f"Beslut {f.period.text} per samverkansregion", widths=(5, 2, 3, 2, 2),
            headings=("Samverkansregion", "Antaget", "Med anpassning", "Avslaget", "Ej berörd"),
            rows=tuple(
                (w.groups.get(group, group), *(str(part.of(kind).value) for kind in BY_REGIONS))
                for group, part in by_group(decided, w.regions.values()).items()
            ),
        )  # fmt: skip
    if f.leads:
        yield lead_times(f)
    if standing := with_regions(f):
        yield standings(standing, f"Läget i regionerna, {known_by(f)}")


def _map(w: Written, _: Notes) -> Iterator[Block]:
    if picture := concluded_map(w.figures, w.regions):
        yield from picture.blocks()


def _split(decided: Figure) -> str:
    """`: 3 antagna och 1 avslag`."""
    told = [f"{many} {words.DECIDED[kind]}" for kind in BY_REGIONS if (many := decided.of(kind).value)]
    return f": {listed(told)}" if told else ""


def listed(told: Sequence[str]) -> str:
    """`a, b och c`."""
    return " och ".join(filter(None, (", ".join(told[:-1]), *told[-1:])))


def standings(standing: Sequence[Standing], caption: str) -> Table:
    """How the regions divide on each uppdrag: counts alone."""
    return Table(
        caption=caption, widths=(9, 2, 2, 3, 2, 2, 2),
        headings=("Uppdrag", "Berörda", "Antaget", "varav med anpassning", "Avslaget", "Ej berörd", "Kvar"),
        rows=tuple(
            (
                f"{s.uppdrag} {s.title}", str(s.concerned), str(s.adopted), str(s.adapted), str(s.rejected),
                str(s.not_concerned), str(s.pending),
            )
            for s in standing
        ),
    )  # fmt: skip


def lead_times(f: Figures) -> Table:
    """How long it took from the report to the last region's decision."""
    return Table(
        caption="Tid från redovisning till sista regionens beslut", widths=(8, 5, 5, 3),
        headings=("Uppdrag", "Redovisat", "Sista beslutet", "Dagar"),
        rows=tuple(
            (f"{one.uppdrag} {one.title}", words.where(one.reported), words.day(one.last.on), str(one.days))
            for one in f.leads
        ),
    )  # fmt: skip


def _ahead(w: Written, notes: Notes) -> Iterator[Block]:
    f = w.figures
    if f.ahead.value:
        yield Table(
            caption="Möten och planerade tider de närmaste tre månaderna", headings=("Dag", "Vad", "Uppdrag"),
            widths=(4, 6, 8),
            rows=tuple((words.day(s.on), words.what(s, w.regions), words.about(s) or "–") for s in f.ahead.counted),
        )  # fmt: skip
    else:
        yield Paragraph("Inget möte och ingen planerad tid är känd för de närmaste tre månaderna.")
    if f.passed.value:
        many = words.counted(f.passed.value, "uppdrag", "uppdrag")
        note = notes.of("Efter planerad tid", f.passed)
        yield Paragraph(f"För {many} har den planerade tiden gått ut utan att den är uppfylld (not {note}).")


def _sections(w: Written, _: Notes) -> Iterator[Block]:
    happened = w.figures.happened.of(*BY_CHEFSGRUPP, *BY_REGIONS, "concluded", "reprioritised")
    if not happened.value:
        return
    yield Table(
        caption=f"Det som hände {w.figures.period.text}, per avsnitt", widths=(4, *(3 for _kinds in _BRIEF)),
        headings=("Avsnitt", *(label for label, _kinds in _BRIEF)),
        rows=tuple(
            (section or "Utan avsnitt", *(str(part.of(*kinds).value) for _, kinds in _BRIEF))
            for section, part in by_section(happened).items()
        ),
    )  # fmt: skip


def _since_last(w: Written, notes: Notes) -> Iterator[Block]:
    f, since = w.figures, w.since
    if f.earlier.value:
        label = "Registrerat nu, hände tidigare"
        yield Paragraph(
            f"{words.counted(f.earlier.value, 'sak', 'saker')} registrerades under {f.period.text} men hände tidigare "
            f"(not {notes.of(label, f.earlier)})."
        )
    if f.undated.value:
        label = "Dagen är inte känd"
        yield Paragraph(
            f"{words.counted(f.undated.value, 'sak', 'saker')} registrerades utan att dagen är känd "
            f"(not {notes.of(label, f.undated)})."
        )
    if since.added.value:
        label = "Tillkommet sedan förra brevet"
        yield Paragraph(
            f"Det förra brevet skulle i dag ha haft {since.added.value} uppgifter till "
            f"(not {notes.of(label, since.added)})."
        )
    if since.gone.value:
        label = "Står inte längre kvar från förra brevet"
        yield Paragraph(
            f"{since.gone.value} uppgifter i det förra brevet har rättats (not {notes.of(label, since.gone)})."
        )


_PARTS = {
    "korthet": _in_short, "chefsgruppen": _chefsgrupp, "regionerna": _regions, "karta": _map, "kommer": _ahead,
    "avsnitt": _sections, "sedan_sist": _since_last,
}  # fmt: skip
