"""The whole status as one document to print and put in a drawer: for the day when nothing else is at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from uppdrag import words
from uppdrag.documents.document import Block, Bullets, Document, Heading, Notice, Paragraph, Table
from uppdrag.service import meetings, people, queries
from uppdrag.service.house import House
from uppdrag.service.queries import Matrix
from uppdrag.service.sheets import AUTHOR
from workflow.calendar import STOCKHOLM, local_date
from workflow.lifecycle import Lifecycle
from workflow.model import Region
from workflow.people import OFFICES, Holder
from workflow.sammantraden import CHEFSGRUPP
from workflow.status import Cell, StatusFilter, StatusRow

_CAPACITY = {"ordinarie": "", "tf": "tf", "ersattare": "ersättare"}
_BY_HAND = (
    "Anteckna varje beslut med region, uppdragets nummer, utfall, datum, instans, paragraf och hur ni fick veta det.",
    "Spara protokollsutdrag och mejl. Diarieför det som kommer in som vanligt.",
    "Registrera i efterhand när programmet går igen: på sidan Många beslut på en gång.",
    "Ring hellre än att vänta. Befattningarna står sist.",
)


def document(house: House, *, now: datetime) -> Document:
    """Everything that the kansli needs on paper: what is planned when, every uppdrag, every region, who to reach.

    A sensitive uppdrag has its number and neutral title.
    """
    today, taken = local_date(now), now.astimezone(STOCKHOLM)
    found = queries.matrix(house, StatusFilter(today=today))
    rows = queries.status(house, StatusFilter(today=today))
    kinds = queries.followed(house, rows)
    regions = {r.lanskod: r for r in queries.regions(house)}
    board = [k.meeting.first for k in meetings.listed(house, meetings.Wanted(region=CHEFSGRUPP))]
    holders = [h for h in people.listed(house, now=now) if h.holds(today)]
    open_ = [r for r in rows if not r.final]
    moment = f"{taken:%Y-%m-%d} kl. {taken:%H.%M}"
    blocks: list[Block] = [
        Heading("Läget i regionernas gemensamma uppdrag", 1),
        Notice(f"Det här är en kopia, tagen {moment}. Det som har hänt efter det står inte här."),
        Paragraph(_lead(open_)),
        Heading("Om programmet inte går att nå"), Bullets(_BY_HAND),
        Heading("Det som kommer"), *_coming(found, open_, regions, board, today),
        Heading("Uppdragen"), *_uppdrag("Pågående uppdrag", open_, kinds),
        *_uppdrag("Avslutade uppdrag", [r for r in rows if r.final], kinds),
        Heading("Regionerna"), *_regions(found, kinds, regions),
        Heading("Vem som har vilken befattning"), *_holders(holders, regions),
    ]  # fmt: skip
    return Document(
        title=f"Läget i regionernas gemensamma uppdrag {today}", author=AUTHOR, created=now, blocks=tuple(blocks),
        footer=f"Kopia tagen {moment}", name=f"laget-{today}",
    )  # fmt: skip


def _lead(open_: Sequence[StatusRow]) -> str:
    late, asked = sum(r.overdue for r in open_), sum(r.regions.pending for r in open_)
    told = f"{len(open_)} uppdrag pågår. {late} är efter planerad tid." if late else f"{len(open_)} uppdrag pågår."
    return f"{told} {asked} beslut i regionerna återstår." if asked else told


def _coming(
    found: Matrix, open_: Sequence[StatusRow], regions: Mapping[str, Region], board: Iterable[date], today: date
) -> Iterator[Block]:
    entries = [(day, "Chefsgruppens möte", "") for day in board if day >= today]
    entries += [
        (r.deadline.last, f"Planerad tid går ut: {r.deadline.text}", _named(r)) for r in open_
        if r.deadline and r.deadline.last >= today
    ]  # fmt: skip
    rows = {r.id: r for r in found.rows}
    papers: dict[tuple[date, str], list[str]] = {}
    planned: dict[tuple[date, str], list[str]] = {}
    for (id, region), cell in found.cells.items():
        plan = found.fits.get((id, region))
        if plan and plan.send_by and plan.send_by >= today:
            papers.setdefault((plan.send_by, id), []).append(region)
        if not cell.category and cell.planned_on and cell.planned_on >= today:
            planned.setdefault((cell.planned_on, id), []).append(region)
    for held, what in ((papers, "Sista dag för handlingar"), (planned, "Planerat beslut")):
        for (day, id), codes in held.items():
            entries.append((day, f"{what}: {', '.join(words.region(regions, c) for c in codes)}", _named(rows[id])))
    if not entries:
        yield Paragraph("Inget är planerat efter den här dagen.")
        return
    yield Table(
        caption="Det som är planerat, i tidsordning", headings=("Dag", "Vad", "Uppdrag"), widths=(2, 6, 6),
        rows=tuple((day.isoformat(), what, which) for day, what, which in sorted(entries)),
    )  # fmt: skip


def _uppdrag(
    caption: str, rows: Sequence[StatusRow], kinds: Mapping[tuple[str, int], Lifecycle]
) -> Iterator[Block]:  # fmt: skip
    if rows:
        yield Table(
            caption=f"{caption}, {len(rows)}",
            headings=("Nummer", "Uppdrag", "Läge", "Planerad tid", "Regioner", "Ansvarig"),
            widths=(3, 9, 5, 4, 3, 4),
            rows=tuple(
                (
                    r.id, r.shown_title,
                    kinds[r.lifecycle, r.lifecycle_version].label_of(r.state) + (", pausat" if r.paused else ""),
                    _time(r),
                    f"{r.regions.decided} av {r.regions.concerned}" if r.regions.concerned else "–", r.owner or "–",
                )
                for r in rows
            ),
        )  # fmt: skip


def _time(r: StatusRow) -> str:
    if r.deadline is None:
        return "ingen angiven"
    return f"{r.deadline.last}{', efter planerad tid' if r.overdue else ''}"


def _regions(
    found: Matrix, kinds: Mapping[tuple[str, int], Lifecycle], regions: Mapping[str, Region]
) -> Iterator[Block]:  # fmt: skip
    """The regions of each uppdrag that has gone out to them; of the others there is nothing to say."""
    told = False
    for row in found.rows:
        lifecycle = kinds[row.lifecycle, row.lifecycle_version]
        cells = [c for (id, _), c in found.cells.items() if id == row.id]
        out = lifecycle.track is not None and row.state in lifecycle.track.open_in
        if not out and not row.regions.decided:
            continue
        told = True
        yield Heading(f"{row.id} {row.shown_title}", 3)
        yield Table(
            caption=f"Regionerna på {row.id}: {row.regions.decided} av {row.regions.concerned} har avslutat",
            headings=("Region", "Läge", "Beslut", "Källa"), widths=(4, 6, 6, 4),
            rows=tuple(_region(c, lifecycle, regions) for c in cells),
        )  # fmt: skip
    if not told:
        yield Paragraph("Inget uppdrag ligger hos regionerna, och ingen region har beslutat.")


def _region(c: Cell, lifecycle: Lifecycle, regions: Mapping[str, Region]) -> tuple[str, str, str, str]:
    states = {s.id: s.label for s in lifecycle.track.states} if lifecycle.track else {}
    name = words.region(regions, c.region)
    if c.outcome:
        day = c.decided_on.isoformat() if c.decided_on else "dag saknas"
        return (
            name,
            words.outcome(lifecycle, c.outcome),
            f"{day}{words.where(c.body, c.paragraph)}",
            (words.SOURCES[c.source]),
        )
    planned = f"planerat {c.planned_on}{words.where(c.planned_body, '')}" if c.planned_on else "–"
    return name, states.get(c.state, c.state), planned, "–"


def _holders(holders: Sequence[Holder], regions: Mapping[str, Region]) -> Iterator[Block]:
    if not holders:
        yield Paragraph("Inga befattningshavare är registrerade.")
    for place in dict.fromkeys(h.region for h in holders):
        its = [h for h in holders if h.region == place]
        name = regions[place].name if place in regions else "NSPL"
        yield Heading(name, 3)
        yield Table(
            caption=f"Befattningar: {name}", widths=(5, 5, 7, 3),
            headings=("Befattning", "Namn", "E-post", "Anmärkning"),
            rows=tuple((OFFICES.get(h.office, h.office), h.name or "–", h.email or "–", _noted(h)) for h in its),
        )  # fmt: skip


def _noted(h: Holder) -> str:
    notes = (
        _CAPACITY.get(h.capacity, h.capacity), "vakant" if h.vacant else "", "delad brevlåda" if h.shared else "",
        "post kommer inte fram" if h.flagged else "", f"till {h.last}" if h.last else "",
    )  # fmt: skip
    return ", ".join(filter(None, notes))


def _named(row: StatusRow) -> str:
    return f"{row.id} {row.shown_title}"
