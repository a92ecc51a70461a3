"""A year as its page and its workbook have it: every figure by a name of its own, with what it was counted from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from uppdrag.documents.document import Document
from uppdrag.documents.sheet import Book, Cell, Column, Sheet
from uppdrag.service.kit import AUTHOR
from uppdrag.service.reports_letter import DECISIONS, known_by
from uppdrag.words import reports as words
from workflow.figures import BY_REGIONS, HAPPENED, Figure, Figures, Promised, Source, by_group
from workflow.model import Region

_SOURCES = (
    Column("Siffra", "Vad raden är räknad till.", 34), Column("Uppdrag", "Uppdragets nummer.", 11),
    Column("Rubrik", "Den neutrala rubriken där uppdraget är känsligt.", 50), Column("Avsnitt", "I planen.", 9),
    Column("Länskod", "Regionens, som text: 03.", 9), Column("Region", "Regionens namn.", 18),
    Column("Dag", "När det hände. Tom: Uppgift saknas."), Column("Paragraf", "Chefsgruppens eller regionens.", 10),
    Column("Diarienummer", "Ärendets eller regionens.", 18), Column("Händelse", "I uppdragets historik.", 14),
    Column("Registrerat", "Dagen då det registrerades."), Column("I efterhand", "ja: registrerat i efterhand."),
    Column("Mer", "Anpassningen, den nya tiden eller vad som väntas.", 40),
)  # fmt: skip
_PLAN = (
    Column("Uppdrag", "Uppdragets nummer.", 11), Column("Rubrik", "Neutral där uppdraget är känsligt.", 50),
    Column("Avsnitt", "I planen.", 9), Column("Vad", "Det som planen anger en tid för.", 30),
    Column("Planerat", "Planens egna ord, som de först angavs.", 24), Column("Ny tid", "Om den har flyttats.", 24),
    Column("Vad det blev", "Klart, flyttat, kvar eller avbrutet.", 12), Column("Klart den", "Dagen då det uppfylldes."),
    Column("Paragraf", "Den som uppfyllde det.", 10), Column("Läge", "Var uppdraget är i sin gång.", 24),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A year's report: its figures, and the document that is made from them. `regions` by länskod, `groups` the names
    of the samverkansregioner by id."""

    figures: Figures
    regions: Mapping[str, Region]
    groups: Mapping[str, str]
    document: Document

    def of_regions(self, figure: Figure) -> dict[str, tuple[str, Figure]]:
        """A figure region by region: each one's name and its part, by länskod."""
        return {
            code: (region.name, figure.where(lambda s, code=code: s.region == code))  # type: ignore[misc]  # mypy cannot see a lambda's default
            for code, region in self.regions.items()
        }

    def of_groups(self, figure: Figure) -> dict[str, tuple[str, Figure]]:
        """The same by samverkansregion; a region in two of them counts in its primary one alone."""
        parts = by_group(figure, self.regions.values())
        return {id: (self.groups.get(id, id), part) for id, part in parts.items()}


def figures(f: Figures) -> Mapping[str, tuple[str, Figure]]:
    """Every figure of a report, by what it is called in addresses, with its name in words."""
    return {
        "regionerna": (DECISIONS, f.of(*BY_REGIONS)),
        **{kind: (words.KINDS[kind], f.of(kind)) for kind in HAPPENED},
        **{f"plan-{outcome}": (f"Planen: {label.lower()}", _promised(f.promised, outcome))
           for outcome, label in words.OUTCOMES.items()},
        "backfilled": ("Registrerat i efterhand", f.backfilled),
        "earlier": ("Registrerat nu, hände tidigare", f.earlier),
        "undated": ("Dagen är inte känd", f.undated), "corrected": ("Rättat", f.corrected),
        "ahead": ("Det som kommer", f.ahead), "passed": ("Efter planerad tid", f.passed),
    }  # fmt: skip


def workbook(year: Year) -> Book:
    """Everything that was counted, thing by thing, and the plan beside what was done."""
    f = year.figures
    return Book(
        title=f"Verksamhetsberättelse {f.period.name}: siffrorna", author=AUTHOR, created=f.known_by,
        about=(("Period", f.period.text), ("Avstämning", known_by(f)),
               ("Siffrorna", "En rad för varje sak som räknats. Den kan vara räknad till flera siffror.")),
        sheets=(Sheet(name="Siffrorna", columns=_SOURCES, rows=_sources(year)),
                Sheet(name="Planen", columns=_PLAN, rows=map(_promise, f.promised))),
    )  # fmt: skip


def _sources(year: Year) -> Iterator[Sequence[Cell]]:
    for name, (label, figure) in figures(year.figures).items():
        if not name.startswith("plan-"):
            for s in figure.counted:
                region = year.regions[s.region].name if s.region in year.regions else ""
                yield (label, s.uppdrag, s.title, s.section, s.region, region, s.on, s.paragraph, s.dnr, s.event,
                       s.registered_on, s.backfilled, s.detail)  # fmt: skip


def _promise(p: Promised) -> Sequence[Cell]:
    done = p.done
    return (p.uppdrag, p.title, p.section, p.what, p.planned, p.now, words.OUTCOMES[p.outcome],
            done.on if done else None, done.paragraph if done else "", p.state)  # fmt: skip


def _promised(promised: Sequence[Promised], outcome: str) -> Figure:
    """The planned times that came to one thing, each on the day that it was met, else its last day."""
    return Figure(counted=tuple(
        Source(
            kind="planned", uppdrag=p.uppdrag, title=p.title, section=p.section, on=p.done.on if p.done else p.last,
            paragraph=p.done.paragraph if p.done else "", dnr=p.done.dnr if p.done else "",
            event=p.done.event if p.done else "",
            detail=f"{p.what or 'Uppdraget'}: {words.OUTCOMES[p.outcome].lower()}{f' till {p.now}' if p.now else ''}",
        ) for p in promised if p.outcome == outcome
    ))  # fmt: skip
