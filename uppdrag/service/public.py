"""The status page for everybody: what it would show, and publishing it once a person has looked at the whole.

Each decision is public where it was taken. What 21 regions come to beside each other may not be: secrecy reaches the
compiled picture too, so that somebody confirms it each time, by name, and the log says what was confirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from storage import log
from uppdrag import words
from uppdrag.documents.document import Block, Document, Heading, Paragraph, Table
from uppdrag.documents.formats import rendered
from uppdrag.service import queries
from uppdrag.service.house import House
from uppdrag.service.research_fields import KNOWN_BODIES, OTHER
from uppdrag.service.sheets import AUTHOR
from workflow.calendar import MONTHS, local_date
from workflow.errors import Refusal, Refused
from workflow.events import Recorded, StatusPublished
from workflow.lifecycle import Lifecycle
from workflow.model import Actor, Region
from workflow.status import Cell, StatusFilter, StatusRow

STREAM = "publicering"
"""The stream of what has been confirmed."""
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page would show. `left_out`: the sensitive uppdrag, which it says nothing of. `decided`: how many regions
    it shows to have decided, per uppdrag."""

    page: bytes
    rows: tuple[StatusRow, ...]
    left_out: tuple[StatusRow, ...]
    decided: Mapping[str, int]

    @property
    def digest(self) -> str:
        """SHA-256 in hex over the page."""
        return sha256(self.page).hexdigest()


def shown(house: House, *, now: datetime) -> Shown:
    """What the page would show now. Nothing is written."""
    today = local_date(now)
    found = queries.matrix(house, StatusFilter(today=today))
    every = queries.status(house, StatusFilter(today=today))
    rows = [r for r in every if not r.sensitive]
    kinds = queries.followed(house, rows)
    regions = {r.lanskod: r for r in queries.regions(house)}
    decided: dict[str, list[Cell]] = {r.id: [] for r in rows}
    for cell in found.cells.values():
        if cell.category and cell.uppdrag in decided:
            decided[cell.uppdrag].append(cell)
    day = f"{today.day} {MONTHS[today.month - 1]} {today.year}"
    blocks: list[Block] = [
        Heading("Läget i regionernas gemensamma uppdrag", 1), Paragraph(f"Läget den {day}.", quiet=True),
        Paragraph(
            "Sveriges 21 regioner planerar hälso- och sjukvården i totalförsvaret tillsammans, genom NSPL. Varje "
            "region fattar sina egna beslut. Här står vilka uppdrag som pågår, när de är planerade och vad regionerna "
            "har beslutat."
        ),
        Heading("Uppdrag som pågår"), *_uppdrag("Uppdrag som pågår", [r for r in rows if not r.final], kinds),
        Heading("Avslutade uppdrag"), *_uppdrag("Avslutade uppdrag", [r for r in rows if r.final], kinds),
        Heading("Regionernas beslut"), *_decisions(rows, kinds, decided, regions),
    ]  # fmt: skip
    page = rendered(
        Document(
            title="Läget i regionernas gemensamma uppdrag", author=AUTHOR, created=now, blocks=tuple(blocks),
            footer=f"NSPL:s kansli, {day}", name="index",
        ),
        "html",
    )  # fmt: skip
    return Shown(
        page=page, rows=tuple(rows), left_out=tuple(r for r in every if r.sensitive),
        decided={id: len(cells) for id, cells in decided.items()},
    )  # fmt: skip


def publish(house: House, by: str, keep: Callable[[bytes], None], *, now: datetime) -> tuple[Shown, Recorded]:
    """Record who has looked at the whole, and hand the page to `keep`: both or neither.

    Raises Refused where nobody is named.
    """
    name = " ".join(by.split())
    if not name or len(name) > _LONGEST:
        raise Refused([Refusal.of("publication_unconfirmed")])
    made = shown(house, now=now)
    event = StatusPublished(digest=made.digest, uppdrag=tuple(r.id for r in made.rows))
    with house.database.transaction() as session:
        session.alone()
        entry = log.Entry(event=event, state="", actor=Actor(role="kansli", name=name))
        (recorded,), _ = log.append(session, STREAM, log.peek(session, STREAM), [entry], now)
        keep(made.page)
    return made, recorded


def _uppdrag(
    caption: str, rows: Sequence[StatusRow], kinds: Mapping[tuple[str, int], Lifecycle]
) -> Iterator[Block]:  # fmt: skip
    if not rows:
        yield Paragraph("Inga.")
        return
    yield Table(
        caption=f"{caption}: {len(rows)}", headings=("Uppdrag", "Läge", "Planerad tid", "Regioner som har avslutat"),
        widths=(8, 4, 4, 3),
        rows=tuple(
            (
                r.title, kinds[r.lifecycle, r.lifecycle_version].label_of(r.state),
                r.deadline.text if r.deadline else "ingen angiven",
                f"{r.regions.decided} av {r.regions.concerned}" if r.regions.concerned else "–",
            )
            for r in rows
        ),
    )  # fmt: skip


def _body(written: str) -> str:
    """A body by its kind: one in words of somebody's own may be an office holder by name."""
    if not written:
        return "Uppgift saknas"
    known = written in KNOWN_BODIES and written != OTHER
    return words.BODIES.get(written, written) if known else words.BODIES[OTHER]


def _decisions(
    rows: Sequence[StatusRow], kinds: Mapping[tuple[str, int], Lifecycle], decided: Mapping[str, Sequence[Cell]],
    regions: Mapping[str, Region],
) -> Iterator[Block]:  # fmt: skip
    """The decisions that are known. Of a region that is not among them nothing is said."""
    if not any(decided.values()):
        yield Paragraph("Ingen region har beslutat om ett uppdrag än.")
    for row in rows:
        cells = decided[row.id]
        if cells:
            lifecycle = kinds[row.lifecycle, row.lifecycle_version]
            yield Heading(row.title, 3)
            yield Table(
                caption=f"{len(cells)} av {row.regions.concerned} regioner har avslutat sin hantering",
                headings=("Region", "Beslut", "Dag", "Instans"), widths=(5, 6, 3, 5),
                rows=tuple(
                    (
                        words.region(regions, c.region), words.outcome(lifecycle, c.outcome),
                        c.decided_on.isoformat() if c.decided_on else "Uppgift saknas",
                        _body(c.body),
                    )
                    for c in cells
                ),
            )  # fmt: skip
