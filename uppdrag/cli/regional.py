"""Uppdrag and regions, as tables for people."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import date

import typer

from uppdrag import words
from uppdrag.cli import show
from uppdrag.service.following import Adaptations, InHand, RegionInHand
from uppdrag.service.queries import Matrix
from uppdrag.service.rows import day
from uppdrag.words import planning
from workflow.following import DecisionTaken
from workflow.lifecycle import Lifecycle
from workflow.model import Region
from workflow.planning import RegionPlan
from workflow.status import Cell, RegionCounts, StatusRow

WIDE = 120
GLUE = "\u00a0"
OPEN = ("Nummer", "Uppdrag", "Läge", "Beslut", "Handlingsstopp", "Ryms", "Planerad tid")
DECIDED = ("Nummer", "Uppdrag", "Utfall", "Beslut", "Källa", "Dnr")
MARKS = {"adopted": "●", "rejected": "✕", "not_concerned": "–"}
STEPS = {"expedierad": "›", "mottagen": "»", "aterremitterad": "↩", "bordlagd": "↩", "delvis_beslutad": "◌"}
BY_VERDICT = {"ryms": "+", "ryms_inte": "!", "uppgift_saknas": " "}
BY_SOURCE = {"protokollsutdrag": "p", "publicerat_protokoll": "w", "epost": "e", "muntlig": "m", "": "?"}
LEGEND = (
    "●  antagen   ◐  antagen med anpassning   ✕  avslagen   –  ej berörd",
    "○  planerad   ↩  återremitterad eller bordlagd   ◌  delvis beslutad",
    "›  expedierad   »  mottagen   ·  uppgift saknas",
    "Efter ett öppet tecken: +  ryms   !  ryms inte   (inget)  uppgift saknas, eller ingen planerad tid",
    "Källa efter utfallet: p  protokollsutdrag   w  publicerat protokoll   e  e-post   m  muntlig   ?  uppgift saknas",
)


def matrix_text(found: Matrix) -> None:
    """Uppdrag × regions as marks, with the words for each mark below."""
    codes = [r.lanskod for r in found.regions]
    rows = []
    for row in found.rows:
        marks = [_mark(found.cells.get((row.id, code)), found.fits.get((row.id, code))) for code in codes]
        rows.append((row.id, row.shown_title, f"{row.regions.decided}/{row.regions.concerned}", " ".join(marks)))
    show.table(("Nummer", "Uppdrag", "Klara", " ".join(codes)), rows, width=WIDE)
    typer.echo()
    for line in LEGEND:
        typer.echo(line)
    names = ", ".join(f"{r.lanskod} {r.short_name}".replace(" ", GLUE) for r in found.regions)
    for line in textwrap.wrap(names, WIDE, break_on_hyphens=False):
        typer.echo(line.replace(GLUE, " "))


def _mark(c: Cell | None, fits: RegionPlan | None) -> str:
    if c is None:
        return "  "
    if c.category:
        mark = "◐" if c.outcome == "antagen_med_anpassning" else MARKS[c.category]
        return mark + BY_SOURCE[c.source]
    fit = BY_VERDICT[fits.verdict] if fits else " "
    if c.outcome in ("aterremitterad", "bordlagd"):
        return f"↩{fit}"
    return ("○" if c.planned_on else STEPS.get(c.state, "·")) + fit


def region_text(
    found: RegionInHand, labels: Mapping[tuple[str, str], str], regions: Mapping[str, Region], year: int
) -> None:
    """What a region has in hand: what it has open first, then what it has decided, then what others have."""
    name = found.region.name
    left, done = len(found.open), len(found.decided)
    sentence = f"{left} {'öppet' if left == 1 else 'öppna'} uppdrag, {done} {'beslutat' if done == 1 else 'beslutade'}"
    typer.echo(show.marked(f"{name}: {sentence}.", "strong"))
    if not found.open and not found.decided:
        typer.echo("Regionen är inte berörd av något öppet uppdrag. uppdrag status visar alla uppdrag.")
    if found.open:
        typer.echo()
        show.table(OPEN, [_open_line(i, labels) for i in found.open], width=WIDE)
        typer.echo()
        for i in found.open:
            if i.fits:
                told = [planning.why(i.fits, year=year), *(planning.note(n, year=year) for n in i.fits.notes)]
                typer.echo(f"{i.row.id}: {' '.join(told)}")
    if found.decided:
        typer.echo()
        show.table(DECIDED, [_decided_line(i) for i in found.decided], width=WIDE)
    if found.open:
        typer.echo()
        typer.echo(show.marked("Vad de andra regionerna har beslutat om det som är öppet här:", "strong"))
    for i in found.open:
        typer.echo(f"{i.row.id}: {_divided(i.others, 'andra regioner')}")
        for d in i.adapted:
            typer.echo(f"  {_told(d, i.row, regions)}")


def _open_line(i: InHand, labels: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    c, track = i.cell, i.lifecycle.track
    state = state_or_outcome(c, i.lifecycle)
    if track and i.row.state not in track.open_in:  # the regions have not been asked yet
        state = labels.get((i.row.lifecycle, i.row.state), i.row.state)
    state = ", ".join(filter(None, (state, c.dnr, words.SOURCES[c.source] if c.outcome else "")))
    papers_by = i.fits.send_by if i.fits else None
    return (
        i.row.id, i.row.shown_title, state + (" (pausat)" if i.row.paused else ""), decided_or_planned(c),
        day(papers_by) or "Uppgift saknas", _sentence(planning.VERDICTS[i.fits.verdict]) if i.fits else "–",
        (day(i.window.last) or "") if i.window else "ingen tid angiven",
    )  # fmt: skip


def _decided_line(i: InHand) -> tuple[str, ...]:
    c = i.cell
    outcome, source = state_or_outcome(c, i.lifecycle), words.SOURCES[c.source]
    return i.row.id, i.row.shown_title, outcome, decided_or_planned(c), source, c.dnr or "–"


def state_or_outcome(c: Cell, lifecycle: Lifecycle) -> str:
    """What people call where a region stands."""
    if c.category:
        return words.outcome(lifecycle, c.outcome)
    states = lifecycle.track.states if lifecycle.track else ()
    return next((s.label for s in states if s.id == c.state), c.state)


def decided_or_planned(c: Cell) -> str:
    """When and where a region has decided or is planned to."""
    if c.decided_on or c.paragraph or c.body:
        return _where(c.body, c.decided_on, c.paragraph)
    if c.planned_on:
        return f"{_where(c.planned_body, c.planned_on, '')} (planerat)"
    return "Uppgift saknas"


def _where(body: str, on: date | None, paragraph: str) -> str:
    parts = (words.BODIES.get(body, body), day(on), f"§ {paragraph}" if paragraph else "")
    return " ".join(filter(None, parts))


def _divided(r: RegionCounts, whom: str) -> str:
    if not r.concerned:
        return f"inga {whom} är berörda."
    told = [f"{r.adopted} har antagit", f"{r.rejected} har avslagit"]
    told += [f"{r.not_concerned} är inte berörda"] if r.not_concerned else []
    return f"{r.decided} av {r.concerned} {whom} har beslutat: {', '.join(told)}." if r.decided else (
        f"ingen av {r.concerned} {whom} har beslutat än."
    )  # fmt: skip


def _told(d: DecisionTaken, row: StatusRow, regions: Mapping[str, Region]) -> str:
    """An adaptation in one line. What is said of a sensitive uppdrag is not shown to other regions."""
    facts = [f"version {d.proposal_version}"] if d.proposal_version else []
    facts += [where] if (where := _where(d.body, d.on, d.paragraph)) else []
    facts += [words.SOURCES[d.source]]
    text = "texten visas inte för ett känsligt uppdrag" if row.sensitive else d.adaptation
    return f"{words.region(regions, d.region)} ({', '.join(facts)}): {text}"


def adaptations_text(found: Adaptations, regions: Mapping[str, Region]) -> None:
    """What was recommended, then who adapted it and how, then who adopted it as it was, then who rejected it."""
    row, r = found.row, found.recommended
    typer.echo(show.marked(f"{row.id} · {row.title}{' (känsligt)' if row.sensitive else ''}", "strong"))
    approved = " ".join(filter(None, (r.on, f"§ {r.paragraph}" if r.paragraph else "")))
    version = f"version {r.version}" if r.version else "versionen är inte angiven"
    typer.echo(f"Rekommenderat: {version}{f', godkänd av chefsgruppen {approved}' if approved else ''}.")
    typer.echo(_sentence(_divided(found.regions, "regioner")))
    adapted = [d for d in found.taken if d.adapted]
    if adapted:
        typer.echo()
        show.table(
            ("Region", "Anpassning", "Version", "Beslut", "Källa"),
            [
                (words.region(regions, d.region), d.adaptation + _more(d), _version(d, r.version),
                 _where(d.body, d.on, d.paragraph) or "Uppgift saknas", words.SOURCES[d.source])
                for d in adapted
            ],
            width=WIDE,
        )  # fmt: skip
    typer.echo()
    as_it_was = [d for d in found.taken if d.category == "adopted" and not d.adapted]
    _listed("Antagit utan anpassning", as_it_was, r.version, regions)
    _listed("Med anpassning", adapted, r.version, regions)
    for d in found.taken:
        if d.category == "rejected":
            where = words.where(d.body, d.paragraph)
            typer.echo(f"Avslagit: {words.region(regions, d.region)}{where}. {d.note or 'Skäl: uppgift saknas.'}")


def _listed(lead: str, taken: Sequence[DecisionTaken], latest: int, regions: Mapping[str, Region]) -> None:
    """How many, and which version each group of them adopted."""
    if not taken:
        typer.echo(f"{lead}: ingen.")
        return
    by_version: dict[str, list[str]] = {}
    for d in taken:
        by_version.setdefault(_version(d, latest), []).append(words.region(regions, d.region))
    count = len({d.region for d in taken})
    told = "; ".join(f"version {version}: {', '.join(names)}" for version, names in by_version.items())
    for line in textwrap.wrap(f"{lead}: {count} ({told}).", WIDE):
        typer.echo(line)


def _version(d: DecisionTaken, latest: int) -> str:
    if not d.proposal_version:
        return "ej angiven"
    return f"{d.proposal_version}{'' if d.proposal_version == latest else ' (äldre)'}"


def _more(d: DecisionTaken) -> str:
    return "" if d.concluded else " (fler beslut väntas)"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
