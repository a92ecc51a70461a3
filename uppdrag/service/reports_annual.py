"""A verksamhetsberättelse as a document: a year's plan beside what was done, and what the regions decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from uppdrag.documents.document import Block, Document, Heading, Labelled, Paragraph, Table
from uppdrag.service import reports_budget
from uppdrag.service.budget_reading import Shown
from uppdrag.service.kit import AUTHOR
from uppdrag.service.reports_letter import DECISIONS, brief, known_by, lead_times, listed, standings
from uppdrag.service.reports_notes import Notes
from uppdrag.service.reports_pictures import concluded, plan
from uppdrag.words import reports as words
from workflow.figures import BY_REGIONS, Figure, Figures, Promised, Source, by_group, section_order
from workflow.model import Region


def document(
    f: Figures, regions: Mapping[str, Region], groups: Mapping[str, str], budget: Shown
) -> Document:  # fmt: skip
    """The report on a year. `regions` by länskod, `groups` the names of the samverkansregioner by id. What the
    kansli is to write stands within hakparenteser."""
    notes, year = Notes(regions), f.period.name
    title = f"Verksamhetsberättelse {year}"
    return Document(
        title=title, author=AUTHOR, created=f.known_by, subject="NSPL:s verksamhetsberättelse", footer=title,
        name=f"verksamhetsberattelse-{year}",
        blocks=(
            Paragraph("NSPL · Verksamhetsberättelse", quiet=True), Heading(title, 1),
            Labelled((
                ("Period", f"{words.day(f.period.first)}–{words.day(f.period.last)}"),
                ("Avstämning", known_by(f)),
            )),
            Heading("Inledning"), Paragraph("[Året i korthet, med kansliets egna ord]"),
            Heading("Året i siffror"), *_brief(f, notes),
            Heading("Planerat och gjort"), *_promised(f),
            Heading("Regionernas beslut"), *_decisions(f, regions, groups, notes), *_concluded(f, regions),
            Heading("Budget och utfall"), *reports_budget.money(budget, notes),
            Heading("Regionernas resursbidrag"), *reports_budget.contributed(budget, notes),
            Heading("Omprioriteringar"), *_reprioritised(f),
            Heading("Registrerat i efterhand"), *_afterwards(f, notes),
            Heading("Det som kommer"), *_ahead(f, regions),
            *notes.blocks(),
        ),
    )  # fmt: skip


def _brief(f: Figures, notes: Notes) -> Iterator[Block]:
    rows = tuple((label, str(figure.value), notes.of(label, figure) or "–") for label, figure in brief(f))
    yield Table(caption=f"Det som hände {f.period.text}", headings=("Vad", "Antal", "Not"), rows=rows, widths=(8, 2, 2))


def _promised(f: Figures) -> Iterator[Block]:
    promised, picture = f.promised, plan(f.promised)
    if picture is None:
        yield Paragraph("Ingen verksamhetsplan för året är inläst.")
        return
    many = {outcome: sum(p.outcome == outcome for p in promised) for outcome in words.OUTCOMES}
    told = [f"{many[outcome]} {label.lower()}" for outcome, label in words.OUTCOMES.items() if many[outcome]]
    yield Paragraph(f"Planen hade {words.counted(len(promised), 'punkt', 'punkter')}: {listed(told)}.")
    yield from picture.blocks()
    for section in sorted({p.section for p in promised}, key=section_order):
        yield Table(
            caption=f"Avsnitt {section}" if section else "Utan avsnitt i planen",
            headings=("Uppdrag", "Planerat", "Vad det blev"), widths=(7, 6, 6),
            rows=tuple(_promise(p) for p in promised if p.section == section),
        )  # fmt: skip


def _promise(p: Promised) -> tuple[str, str, str]:
    planned = ": ".join(filter(None, (p.what, p.planned))) or "Ingen tid angiven"
    became = words.OUTCOMES[p.outcome]
    if p.done:
        became += f", {words.where(p.done)}"
    elif p.now:
        became += f" till {p.now}"
    return f"{p.uppdrag} {p.title}", planned, f"{became}. Läge: {p.state}"


def _decisions(
    f: Figures, regions: Mapping[str, Region], groups: Mapping[str, str], notes: Notes
) -> Iterator[Block]:  # fmt: skip
    decided = f.of(*BY_REGIONS)
    undated = f.undated.of(*BY_REGIONS)
    yield Paragraph(
        f"Regionerna fattade {notes.number(DECISIONS, decided)} beslut under {f.period.text}, räknat på "
        f"dagen då beslutet fattades. {_undated(undated, notes)}"
    )
    headings = ("Antaget", "Med anpassning", "Avslaget", "Ej berörd")
    if decided.value:
        yield Table(
            caption="Beslut per region", headings=("Region", *headings), widths=(6, 3, 3, 3, 3),
            rows=tuple(
                (r.name, *_counts(decided.where(lambda s, lk=r.lanskod: s.region == lk)))  # type: ignore[misc]  # mypy cannot see a lambda's default
                for r in regions.values()
            ),
        )  # fmt: skip
        yield Table(
            caption="Beslut per samverkansregion", headings=("Samverkansregion", *headings), widths=(6, 3, 3, 3, 3),
            rows=tuple(
                (groups.get(group, group), *_counts(part))
                for group, part in by_group(decided, regions.values()).items()
            ),
        )  # fmt: skip
    for kind, heading, column in (
        ("adapted", "Antaget med anpassning", "Anpassning"), ("rejected", "Avslag", "Diarienummer"),
    ):  # fmt: skip
        found = decided.of(kind)  # type: ignore[arg-type]  # both are kinds
        if found.value:
            yield Table(
                caption=heading, headings=("Region", "Uppdrag", "Dag och paragraf", column), widths=(4, 6, 4, 5),
                rows=tuple(_decision(s, regions, kind == "adapted") for s in found.counted),
            )  # fmt: skip
    if f.standings:
        yield standings(f.standings, "Läget per uppdrag vid avstämningen")
    if f.leads:
        yield lead_times(f)


def _concluded(f: Figures, regions: Mapping[str, Region]) -> Iterator[Block]:
    """The uppdrag that the last region concluded in the year, each with its map and its time."""
    for standing, picture in concluded(f, regions):
        yield Heading(f"{standing.uppdrag} {standing.title}", 3)
        yield from picture.blocks()


def _undated(undated: Figure, notes: Notes) -> str:
    many = notes.number("Regionernas beslut utan känd dag", undated)
    return f"För {many} registrerade beslut är dagen inte känd." if undated.value else ""


def _counts(figure: Figure) -> tuple[str, ...]:
    return tuple(str(figure.of(kind).value) for kind in BY_REGIONS)


def _decision(s: Source, regions: Mapping[str, Region], adapted: bool) -> tuple[str, ...]:
    where = ", ".join(filter(None, (words.day(s.on), f"§ {s.paragraph}" if s.paragraph else "")))
    name = regions[s.region].name if s.region in regions else s.region
    return name, words.about(s), where, (s.detail if adapted else s.dnr) or words.UNKNOWN


def _reprioritised(f: Figures) -> Iterator[Block]:
    moved = [*f.of("reprioritised").counted, *f.undated.of("reprioritised").counted]
    if not moved:
        yield Paragraph(f"Inget uppdrag omprioriterades under {f.period.text}.")
        return
    yield Table(
        caption="Uppdrag som fick en ny planerad tid", headings=("Uppdrag", "Ny planerad tid", "Dag och paragraf"),
        widths=(8, 4, 5), rows=tuple((words.about(s), s.detail or "–", words.where(s)) for s in moved),
    )  # fmt: skip


def _afterwards(f: Figures, notes: Notes) -> Iterator[Block]:
    """What was registered afterwards, in either direction, and what was corrected."""
    lines = (
        (f"hände {f.period.text} men registrerades i efterhand", "Registrerat i efterhand", f.backfilled),
        (f"registrerades {f.period.text} men hände tidigare", "Registrerat nu, hände tidigare", f.earlier),
        (f"registrerades {f.period.text} utan att dagen är känd", "Dagen är inte känd", f.undated),
        (f"registreringar rättades {f.period.text}", "Rättelser", f.corrected),
    )  # fmt: skip
    told = [f"{notes.number(label, figure)} {said}" for said, label, figure in lines if figure.value]
    yield Paragraph(f"{listed(told)}." if told else "Inget har registrerats i efterhand.")


def _ahead(f: Figures, regions: Mapping[str, Region]) -> Iterator[Block]:
    if not f.ahead.value:
        yield Paragraph("Inget möte och ingen planerad tid är känd för de närmaste tre månaderna.")
        return
    yield Table(
        caption="Möten och planerade tider de närmaste tre månaderna", headings=("Dag", "Vad", "Uppdrag"),
        widths=(4, 6, 8),
        rows=tuple((words.day(s.on), words.what(s, regions), words.about(s) or "–") for s in f.ahead.counted),
    )  # fmt: skip
