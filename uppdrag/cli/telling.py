"""The answers to commands and questions, as tables for people."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from uppdrag import words
from uppdrag.cli import roads, sent, show
from uppdrag.cli.regional import decided_or_planned, state_or_outcome
from uppdrag.cli.show import Format
from uppdrag.service import queries
from uppdrag.service.catalogue import Migration
from uppdrag.service.commands import Answer
from uppdrag.service.house import House
from uppdrag.service.queries import Detail
from uppdrag.service.rows import answer_row, day
from workflow.calendar import local_date
from workflow.engine import Option
from workflow.events import Changed, Corrected, Migrated, Recorded
from workflow.lifecycle import Lifecycle
from workflow.model import Region
from workflow.status import Cell, StatusRow


def answers(place: House, given: Sequence[Answer], format: Format) -> None:
    """What some commands came to."""
    if format is not Format.table:
        show.emit(format, [answer_row(a) for a in given])
        return
    regions = {r.lanskod: r for r in queries.regions(place)}
    for a in given:
        lifecycle = lifecycle_of(place, a)
        lead = "Skulle registreras" if a.dry_run else "Redan registrerat" if a.repeated else "Registrerat"
        for recorded in a.events:
            back = ", registrerat i efterhand" if recorded.backfilled else ""
            number = "" if a.dry_run else f" {recorded.id}"
            typer.echo(f"{lead}{number}: {a.uppdrag} {words.event(recorded, lifecycle, regions)}{back}.")
        for warning in a.warnings:
            typer.echo(f"Att kontrollera: {words.sentence(warning)}", err=True)


def lifecycle_of(place: House, a: Answer) -> Lifecycle | None:
    """The lifecycle that an answer's uppdrag follows; None where a dry run left no uppdrag behind."""
    return queries.lifecycle_of(place, a.uppdrag)


def status_table(rows: Sequence[StatusRow], labels: dict[tuple[str, str], str]) -> None:
    """A list of uppdrag, its truth first."""
    late = sum(row.overdue for row in rows)
    open_ = sum(not row.final for row in rows)
    sentence = f"{len(rows)} uppdrag, {open_} öppna."
    if late:
        sentence += f" {late} är efter planerad tid."
    typer.echo(show.marked(sentence, "strong"))
    if not rows:
        typer.echo("Inget uppdrag passar urvalet. uppdrag status utan val visar alla.")
        return
    typer.echo()
    show.table(
        ("Nummer", "Uppdrag", "Tillstånd", "Regioner", "Planerad tid", "Ansvarig"),
        [
            (
                row.id,
                row.shown_title + (" (känsligt)" if row.sensitive else ""),
                labels.get((row.lifecycle, row.state), row.state) + (" (pausat)" if row.paused else ""),
                f"{row.regions.decided} av {row.regions.concerned}" if row.regions.concerned else "–",
                _planned(row),
                row.owner or "–",
            )
            for row in rows
        ],
    )


def _planned(row: StatusRow) -> str:
    if row.deadline is None:
        return "ingen tid angiven"
    mark = " ! efter planerad tid" if row.overdue else ""
    return f"{row.deadline.last.isoformat()}{mark}"


def detail_text(d: Detail, regions: dict[str, Region], options: Sequence[Option], *, then: bool = False) -> None:
    """One uppdrag in full: the truth first, then what needs a hand, then the rest. `then`: as it stood earlier."""
    u, row, lc = d.matter.uppdrag, d.row, d.lifecycle
    typer.echo(f"{u.id} · {row.dnr or row.directive or 'inget diarienummer'} · avsnitt {u.section or 'saknas'}")
    typer.echo(show.marked(u.title + (" (känsligt)" if u.sensitive else ""), "strong"))
    typer.echo(
        f"{lc.label}. {lc.label_of(u.state)}{', pausat' if u.paused else ''}. Ansvarig: {u.owner or 'ingen angiven'}."
    )
    if row.regions.concerned:
        left = row.regions.pending
        typer.echo(f"{left} av {row.regions.concerned} regioner återstår." if left else "Alla regioner har avslutat.")
    for t in u.times:
        label = next((x.label for x in lc.deadlines if x.id == t.deadline), t.deadline)
        done = "klart" if t.met else "planerad tid har gått ut" if row.overdue and t is u.due else ""
        typer.echo(f"{label}: {t.span.working()}{f' ({done})' if done else ''}")
    if u.task:
        typer.echo(
            f"Att komplettera: {u.task.what}. {u.task.owner} {f'senast {u.task.due}' if u.task.due else ''}".rstrip()
        )
    roads.tasks(d.matter, regions)
    for c in u.consultations:
        waiting = [a.recipient for a in c.answers if not a.answer]
        state = (
            f"svar senast {c.answer_by}; väntar på {', '.join(waiting) or 'ingen'}"
            if c.open
            else f"avslutad: {c.summary}"
        )
        typer.echo(f"Remissrunda {c.number}: {state}")
    if u.notes:
        typer.echo(u.notes)
    if d.cells:
        typer.echo()
        told = sent.texts(d)
        show.table(
            ("Region", "Läge", "Beslut", "Källa", "Utskick"),
            [(*_cell_line(c, regions, lc), told[c.region]) for c in sorted(d.cells, key=_needs_a_hand)],
            wide=(4,),
        )
        roads.text(d, regions)
    allowed = [o for o in options if o.allowed and not o.automatic]
    if allowed:
        typer.echo()
        lead = "Kunde göras då" if then else "Kan göras nu"
        typer.echo(f"{lead}: " + ", ".join(f"{o.label} ({o.trigger})" for o in allowed))


def _needs_a_hand(c: Cell) -> tuple[bool, bool, str]:
    """Open before concluded, unplanned before planned, then by länskod."""
    return (bool(c.category), c.planned_on is not None, c.region)


def _cell_line(c: Cell, regions: dict[str, Region], lc: Lifecycle) -> tuple[str, str, str, str]:
    source = words.SOURCES[c.source] if c.outcome else "–"
    version = f", version {c.proposal_version}" if c.proposal_version else ""
    return words.region(regions, c.region), state_or_outcome(c, lc), f"{decided_or_planned(c)}{version}", source


def options_text(id: str, lifecycle: Lifecycle, state: str, options: Sequence[Option]) -> None:
    """What can happen next: what may be done first, then why the rest may not."""
    typer.echo(show.marked(f"{id} · {lifecycle.label} · {lifecycle.label_of(state)}", "strong"))
    allowed = [o for o in options if o.allowed and not o.automatic]
    typer.echo("Kan göras nu:" if allowed else "Inget kan göras härifrån.")
    for o in allowed:
        leads = f" → {lifecycle.label_of(o.target)}" if o.target != state else ""
        typer.echo(f"  {show.marked(o.trigger, 'good')}: {o.label}{leads} (får göras av {', '.join(o.roles)})")
        for a in o.facts:
            need = "måste anges" if a.fact.required and a.known is None else "kan anges"
            known = f", känt: {words.value(a.known)}" if a.known is not None else ""
            choices = f" ({', '.join(a.fact.choices)})" if a.fact.choices else ""
            typer.echo(f"      {a.fact.name}: {a.fact.label}{choices}, {need}{known}")
    blocked = [o for o in options if not o.allowed and not o.automatic]
    if blocked:
        typer.echo("Går inte nu:")
    for o in blocked:
        typer.echo(f"  {o.trigger}: {o.label}. {' '.join(words.sentence(r) for r in o.reasons)}")
    for o in options:
        if o.automatic:
            waits = " ".join(words.sentence(r) for r in o.reasons)
            typer.echo(f"Sker av sig självt: {o.label}. {waits}")


def history_text(events: Sequence[tuple[Recorded, str]]) -> None:
    """What has happened, oldest first; when it happened, and when it was registered where that is another day."""
    rows = []
    for e, text in events:
        registered = local_date(e.registered_at)
        # What the log itself does happens when it is registered; only what happened in the world has a day of its own.
        of_the_log = isinstance(e.event, Corrected | Changed | Migrated) or getattr(e.event, "automatic", False)
        when = day(e.on) or (day(registered) if of_the_log else None) or "dag ej angiven"
        noted = [f"registrerat {registered}"] if when != day(registered) else []
        noted += ["i efterhand"] if e.backfilled else []
        rows.append((e.id, f"{text} ({', '.join(noted)})" if noted else text, when, e.actor.name or e.actor.role))
    show.table(("Händelse", "Vad", "När", "Av"), rows)


def migrations(moved: Sequence[Migration], format: Format) -> bool:
    """What moving to new versions does, per uppdrag; whether some uppdrag cannot be moved."""
    rows = [
        {
            "uppdrag": m.uppdrag, "lifecycle": one.lifecycle, "from": m.from_version, "to": m.to_version,
            "state": m.state, "gained": list(m.gained), "lost": list(m.lost),
            "moved": not m.refusals and not one.dry_run,
            "reasons": [{"code": r.code, "text": words.sentence(r)} for r in m.refusals],
        }
        for one in moved
        for m in one.moves
    ]  # fmt: skip
    stuck = any(m.refusals for one in moved for m in one.moves)
    if format is not Format.table:
        show.emit(format, rows)
        return stuck
    for one in moved:
        if one.published:
            typer.echo(f"Tagna i bruk: {', '.join(one.published)}")
        verb = "skulle flyttas" if one.dry_run else "flyttade"
        typer.echo(f"{one.lifecycle} version {one.version}: {len(one.moves)} uppdrag {verb}.")
        for m in one.moves:
            gained = f" nya steg: {', '.join(m.gained)}" if m.gained else ""
            lost = f" borttagna steg: {', '.join(m.lost)}" if m.lost else ""
            typer.echo(f"  {m.uppdrag}: version {m.from_version} → {m.to_version}.{gained}{lost}")
            for r in m.refusals:
                typer.echo(f"    Går inte: {words.sentence(r)}")
    return stuck
