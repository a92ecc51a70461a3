"""The status and the decisions as lists to work on: which columns, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import IO

from storage import lines, queries
from storage.asof import Standing
from storage.database import Session
from storage.lines import DecisionLine
from uppdrag import words
from uppdrag.documents import sheet
from uppdrag.documents.sheet import Book, Cell, Column, Sheet
from uppdrag.service.house import House
from workflow.calendar import STOCKHOLM, local_date
from workflow.lifecycle import Lifecycle
from workflow.model import Region
from workflow.status import Cell as RegionCell
from workflow.status import StatusFilter, StatusRow

AUTHOR = "NSPL:s kansli"
COUNTS_AS = {"": "öppen", "adopted": "antagen", "rejected": "avslagen", "not_concerned": "ej berörd"}
"""What a region's handling comes to, in a word."""
_UPPDRAG = (
    Column("Nummer", "Uppdragets nummer.", 11),
    Column("Uppdrag", "Rubriken; den neutrala rubriken där uppdraget är känsligt.", 60),
    Column("Ärendegång", "Ärendegången som uppdraget följer.", 24), Column("Tillstånd", "Var i gången det är.", 20),
    Column("Avslutat", "ja: inget mer väntas."), Column("Pausat", "ja: arbetet är pausat."),
    Column("Ansvarig", "Vem som håller i uppdraget.", 22), Column("Diarienummer", "Ärendets eget.", 18),
    Column("Uppdragsdirektiv", "Direktivets diarienummer.", 18), Column("Avsnitt", "Avsnitt i verksamhetsplanen.", 9),
    Column("Planerad tid", "Planens egna ord.", 30), Column("Planerat från", "Första dagen så som orden är lästa."),
    Column("Planerat till", "Sista dagen så som orden är lästa."),
    Column("Efter planerad tid", "ja: sista dagen har passerat och uppdraget är varken avslutat eller pausat."),
    Column("Berörda regioner", "Antal."), Column("Har avslutat", "Antal berörda regioner som har avslutat."),
    Column("Antagit", "Antal, med och utan anpassning."), Column("Avslagit", "Antal."), Column("Ej berörda", "Antal."),
    Column("Återstår", "Antal berörda regioner som inte har avslutat."),
    Column("Känsligt", "ja: bara nummer och neutral rubrik får lämna huset."),
    Column("Senast ändrat", "Dagen då något senast registrerades."),
)  # fmt: skip
_REGIONER = (
    Column("Nummer", "Uppdragets nummer.", 11), Column("Uppdrag", "Rubriken, neutral där uppdraget är känsligt.", 60),
    Column("Länskod", "Regionens länskod, som text: 03.", 9), Column("Region", "Regionens namn.", 18),
    Column("Samverkansregion", "Den eller de som regionen ligger i.", 24),
    Column("Läge", "Var regionen står på sin egen väg till beslut.", 24),
    Column("Räknas som", "öppen, antagen, avslagen eller ej berörd.", 12),
    Column("Utfall", "Det senaste beslutet.", 26),
    Column("Beslutsdag", "Dagen då beslutet togs."), Column("Instans", "Vem som beslutade.", 18),
    Column("Paragraf", "Beslutets §.", 10), Column("Källa", "Varifrån uppgiften kommer.", 22),
    Column("Version", "Versionen av förslaget som beslutet gäller.", 9),
    Column("Planerad dag", "Dagen då regionen har sagt att den ska besluta."),
    Column("Planerad instans", "Vem som ska besluta.", 18), Column("Diarienummer", "Regionens eget.", 18),
)  # fmt: skip
_BESLUT = (
    Column("Nummer", "Uppdragets nummer.", 11), Column("Uppdrag", "Rubriken, neutral där uppdraget är känsligt.", 60),
    Column("Länskod", "Regionens länskod, som text: 03.", 9), Column("Region", "Regionens namn.", 18),
    Column("Beslut nr", "Regionens beslut i uppdraget, i den ordning de registrerades.", 10),
    Column("Utfall", "Beslutets utfall.", 26), Column("Regionen räknas som", "Vad regionens hela hantering blev.", 12),
    Column("Slag", "beslut, delegationsbeslut eller verkställighet.", 18),
    Column("Beslutsdag", "Dagen då beslutet togs."), Column("Instans", "Vem som beslutade.", 18),
    Column("Paragraf", "Beslutets §.", 10), Column("Diarienummer", "Regionens eget.", 18),
    Column("Källa", "Varifrån uppgiften kommer.", 22),
    Column("Version", "Versionen av förslaget som beslutet gäller.", 9),
    Column("Anpassning", "Anpassningen med dess ord. Står inte för känsliga uppdrag.", 40),
    Column("Alla beslut registrerade", "nej: regionen väntas fatta fler."), Column("Justerat", "Dag."),
    Column("Tillkännagivet", "Dag."), Column("Anmält", "Dagen då ett delegationsbeslut anmäldes."),
    Column("Tillbakataget", "ja: registreringen har tagits tillbaka och räknas inte."),
    Column("Händelse", "Händelsen i loggen som registrerade beslutet.", 14),
)  # fmt: skip


def listed(
    house: House, rows: Sequence[StatusRow], cells: Iterable[RegionCell] = (), *, now: datetime,
    day: date | None = None, owners: bool = True,
) -> Book:  # fmt: skip
    """Some uppdrag as a workbook, and some of their regions where there are any.

    `day`: they are as they stood by what was registered that day. `owners`: the reader may know who is responsible.
    """
    by_id = {row.id: row for row in rows}
    with house.database.reading() as session:
        known = _Known(house, session, house.regions(session))
        uppdrag = [known.uppdrag(r, owners=owners) for r in rows]
        regions = [known.cell(c, by_id[c.uppdrag]) for c in cells]
    sheets = [Sheet(name="Uppdrag", columns=_UPPDRAG, rows=uppdrag)]
    sheets += [Sheet(name="Regioner", columns=_REGIONER, rows=regions)] if regions else []
    return _book("Uppdrag", tuple(sheets), now=now, chosen=True, day=day)


def _book(title: str, sheets: tuple[Sheet, ...], *, now: datetime, chosen: bool, day: date | None = None) -> Book:
    taken = now.astimezone(STOCKHOLM)
    what = f"läget den {day} enligt vad som var registrerat den dagen" if day else "vad som var registrerat då"
    return Book(
        title=title, author=AUTHOR, created=now, sheets=sheets,
        about=(
            ("Uttaget", f"{taken:%Y-%m-%d} kl. {taken:%H.%M}"),
            ("Det här är", f"en kopia av {what}. Det som ändras här registreras inte."),
            ("Urval", "det som valdes när filen togs ut" if chosen else "allt"),
            ("Tom ruta", "Uppgift saknas, eller så är det inte aktuellt. Aldrig nej."),
            ("Känsliga uppdrag", "står med nummer och neutral rubrik."),
        ),
    )  # fmt: skip


@contextmanager
def whole(house: House, *, now: datetime) -> Iterator[Book]:
    """Every uppdrag, every region of each and every registered decision. All of it is read in one transaction, the
    regions and decisions while they are written: the workbook is to be written within the block."""
    with house.database.reading() as session:
        rows = Standing(session).status(StatusFilter(today=local_date(now)))
        known, by_id = _Known(house, session, house.regions(session)), {row.id: row for row in rows}
        sheets = (
            Sheet(name="Uppdrag", columns=_UPPDRAG, rows=map(known.uppdrag, rows)),
            Sheet(name="Regioner", columns=_REGIONER, rows=(
                known.cell(c, by_id[c.uppdrag]) for c in queries.each_cell(session)
            )),
            Sheet(name="Beslut", columns=_BESLUT, rows=known.decisions()),
        )  # fmt: skip
        yield _book("Läget och besluten", sheets, now=now, chosen=False)


def write_all(house: House, to: IO[bytes], *, now: datetime, told: Callable[[int], None] = lambda _: None) -> int:
    """Write the whole as a workbook; how many rows it has. `told`: how many there are so far, now and then."""
    with whole(house, now=now) as book:
        return sheet.write(book, to, told)


class _Known:
    """What the lines are told with: names and labels, looked up once."""

    def __init__(self, house: House, session: Session, regions: Iterable[Region]) -> None:
        self._house, self._session = house, session
        self._names = {r.lanskod: r.short_name for r in regions}
        self._groups = {r.lanskod: ", ".join(r.samverkansregioner) for r in regions}
        self._outcomes: dict[tuple[str, int], Mapping[str, str]] = {}
        self._states: dict[tuple[str, int], Mapping[str, str]] = {}

    def lifecycle(self, id: str, version: int) -> Lifecycle:
        return self._house.engine(self._session, id, version).lifecycle

    def uppdrag(self, r: StatusRow, *, owners: bool = True) -> tuple[Cell, ...]:
        d, n, has = r.deadline, r.regions, bool(r.regions.concerned)
        lifecycle = self.lifecycle(r.lifecycle, r.lifecycle_version)
        return (
            r.id, r.shown_title, lifecycle.label, lifecycle.label_of(r.state), r.final, r.paused,
            r.owner if owners else "", r.dnr, r.directive, r.section, d.text if d else "", d.first if d else None,
            d.last if d else None, r.overdue, n.concerned if has else None, n.decided if has else None,
            n.adopted if has else None, n.rejected if has else None, n.not_concerned if has else None,
            n.pending if has else None, r.sensitive, local_date(r.changed_at),
        )  # fmt: skip

    def cell(self, c: RegionCell, row: StatusRow) -> tuple[Cell, ...]:
        follows = row.lifecycle, row.lifecycle_version
        return (
            row.id, row.shown_title, c.region, self._names.get(c.region, c.region), self._groups.get(c.region, ""),
            self._state(follows, c.state), COUNTS_AS[c.category], self._outcome(follows, c.outcome), c.decided_on,
            words.BODIES.get(c.body, c.body), c.paragraph, words.SOURCES[c.source] if c.outcome else "",
            c.proposal_version or None, c.planned_on, words.BODIES.get(c.planned_body, c.planned_body), c.dnr,
        )  # fmt: skip

    def decisions(self) -> Iterator[tuple[Cell, ...]]:
        bodies, sources, kinds, names = words.BODIES, words.SOURCES, words.KINDS, self._names
        for line in lines.decisions(self._session):
            d = line.decision
            yield (
                line.uppdrag, line.shown_title, line.region, names.get(line.region, line.region), d.number,
                self._of(line), COUNTS_AS[line.category], kinds[d.kind], d.on, bodies.get(d.body, d.body), d.paragraph,
                d.dnr, sources[d.source], d.proposal_version or None, "" if line.sensitive else d.adaptation,
                d.complete, d.justerat, d.tillkannagivet, d.reported_on, d.withdrawn, f"{line.uppdrag}/{d.seq}",
            )  # fmt: skip

    def _of(self, line: DecisionLine) -> str:
        return self._outcome((line.lifecycle, line.lifecycle_version), line.decision.outcome)

    def _outcome(self, follows: tuple[str, int], id: str) -> str:
        if follows not in self._outcomes:
            track = self.lifecycle(*follows).track
            self._outcomes[follows] = {o.id: o.label for o in track.outcomes} if track else {}
        return self._outcomes[follows].get(id, id)

    def _state(self, follows: tuple[str, int], id: str) -> str:
        if follows not in self._states:
            track = self.lifecycle(*follows).track
            self._states[follows] = {s.id: s.label for s in track.states} if track else {}
        return self._states[follows].get(id, id)
