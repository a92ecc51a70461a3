"""meeting minutes, close, approve: protokollet, avslutandet och justeringen."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import REFUSED, complain, house, settings, told
from uppdrag.cli.doing import By, DryRun, actor_of, day_of
from uppdrag.cli.meeting import Day, Seen, meeting, meeting_day
from uppdrag.cli.papers import paragraph_of
from uppdrag.cli.saving import AnyFormat, Output, ShowOrWrite, save, shown
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uppdrag.service.commands import Answer
    from uppdrag.service.house import House
    from uppdrag.service.minutes import Closing
    from workflow.meeting import Meeting, Present


@meeting.command(epilog="Exempel: uppdrag meeting minutes 2026-03-27 --file protokoll.yaml")
@told
def minutes(
    context: typer.Context,
    day: Day,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FIL", help="YAML eller JSON; utelämnad: visa protokollet.")
    ] = None,
    by: By = "kansliet",
    seen: Seen = None,
    format: ShowOrWrite = AnyFormat.table,
    output: Output = "",
) -> None:
    """Ta in protokollet: närvaro, utfall, beslutstext, avvikande mening och åtgärder. Det som utelämnas står kvar.

    Filen har ordforande, sekreterare, justerare, narvarande, adjungerade och punkter med punkt, utfall, beslut,
    avvikande_mening, atgarder, uppgifter och omprioritera. Utfallen: bifall, avslag, aterremiss, bordlagd, antecknad,
    utgar. Med --format docx, pdf eller html sparas protokollet som dokument, märkt utkast tills det är justerat.
    """
    from uppdrag.cli import show
    from uppdrag.service import chefsgrupp, chefsgrupp_rows
    from uppdrag.service import minutes as service

    place, asked = house(context), meeting_day(day)
    if file is None:
        found = chefsgrupp.one(place, asked).meeting
    else:
        try:
            content = file.read_bytes()
        except OSError as wrong:
            complain([f"{file} går inte att läsa ({wrong.strerror})."])
            raise typer.Exit(REFUSED) from None
        actor, now = actor_of("kansli", by), settings(context).now()
        taken = service.read(file.name, content, asked)
        found = service.take(place, asked, taken, actor=actor, now=now, expected=seen)
    if format.paper:
        from uppdrag.service import papers

        save(papers.protokoll(place, asked, now=settings(context).now()), format.paper, output)
        return
    row = chefsgrupp_rows.minutes_row(found)
    with shown(output):
        if format.shown is Format.json:
            show.emit_one(row)
        elif format.shown is Format.csv:
            show.emit(Format.csv, row["items"])
        else:
            _tell(found)


@meeting.command(epilog="Exempel: uppdrag meeting close 2026-03-27 --dry-run")
@told
def close(context: typer.Context, day: Day, by: By = "kansliet", seen: Seen = None, dry_run: DryRun = False) -> None:
    """Avsluta mötet: ge paragraferna nummer och ta de steg som besluten innebär, alla eller inga.

    Inget skickas till regionerna förrän paragrafen är justerad och någon expedierar.
    """
    from uppdrag.service import minutes as service

    actor, now = actor_of("kansli", by), settings(context).now()
    place = house(context)
    done = service.close(place, meeting_day(day), actor=actor, now=now, expected=seen, dry_run=dry_run)
    closed(place, done)


@meeting.command(epilog="Exempel: uppdrag meeting approve 2026-03-27 12")
@told
def approve(
    context: typer.Context,
    day: Day,
    paragraph: Annotated[
        str, typer.Argument(metavar="[§]", help="En paragraf som justeras för sig; utelämnad: alla som är kvar.")
    ] = "",
    on: Annotated[str, typer.Option("--on", metavar="DATUM", help="Dagen då det justerades.")] = "",
    by: By = "kansliet",
    seen: Seen = None,
) -> None:
    """Registrera justeringen. En justerad paragraf kan inte ändras; när alla är justerade är protokollet låst."""
    from uppdrag.service import minutes as service

    number = paragraph_of(paragraph) if paragraph.strip() else None
    after = service.approve(
        house(context), meeting_day(day), number, on=day_of(on),
        actor=actor_of("kansli", by), now=settings(context).now(), expected=seen,
    )  # fmt: skip
    typer.echo(f"Justerat: {', '.join(f'§ {a.paragraph}' for a in after.approvals)}.")
    if after.digest:
        typer.echo(f"Protokollet är låst. SHA-256: {after.digest}")


def closed(place: "House", done: "Closing") -> None:
    """Tell what closing a meeting did, or would do."""
    from uppdrag import words

    lead = "Det här skulle hända: " if done.dry_run else ""
    count = len(done.moved)
    typer.echo(f"{lead}{count} uppdrag flyttas.")
    for item, answer in done.answers:
        title = f" {item.title}" if item.uppdrag == answer.uppdrag else ""
        events = ", ".join(e.id for e in answer.events)
        typer.echo(f"  {item.number}. {answer.uppdrag}{title}: {_step(place, answer)} ({events})")
    for warning in dict.fromkeys([*done.warnings, *(w for _, answer in done.answers for w in answer.warnings)]):
        complain([f"Att kontrollera: {words.sentence(warning)}"])
    for year, version in done.plans:
        typer.echo(f"  Beredningsplan {year}, version {version}, {'blir' if done.dry_run else 'är'} beslutad.")
    for d in done.directives:
        typer.echo(f"  Uppdragsdirektivet {d.text.number or d.id} {'blir' if done.dry_run else 'är'} beslutat.")
    for item in done.carried:
        to = f"mötet {done.next_day}" if done.next_day else "nästa möte"
        typer.echo(f"  {item.number}. {item.title}: bordlagd till {to}")
    notes = done.meeting.minutes.notes if done.meeting.minutes else ()
    if notes:
        typer.echo(f"Paragraferna {'blir' if done.dry_run else 'är'} § {notes[0].paragraph}–{notes[-1].paragraph}.")
    if not done.dry_run:
        typer.echo(f"Inget är skickat. Justera: uppdrag meeting approve {done.meeting.day}")


def _step(place: "House", answer: "Answer") -> str:
    """What a step did, in the lifecycle's own words: `Beredd → Chefsgruppsbeslut`."""
    from uppdrag import words
    from uppdrag.service import queries
    from workflow.events import Advanced

    lifecycle, first, last = queries.lifecycle_of(place, answer.uppdrag), answer.events[0], answer.events[-1]
    before = first.event.source if isinstance(first.event, Advanced) else last.state
    if lifecycle is None or before == last.state:
        return words.event(first, lifecycle, {})
    return f"{lifecycle.label_of(before)} → {lifecycle.label_of(last.state)}"


def _tell(m: "Meeting") -> None:
    from uppdrag.words.chefsgrupp import OUTCOMES, called, status
    from workflow.meeting import Minutes, Note
    from workflow.minutes import left

    minutes = m.minutes or Minutes()
    lead = f"Protokoll per capsulam {m.decided_on}" if m.circulation else f"Protokoll {m.day}"
    typer.echo(f"{lead}, {status(m)}. Version {m.version}.")
    there = "Deltog i beslutet" if m.circulation else "Närvarande"
    people = (
        ("Ordförande", minutes.chair), ("Sekreterare", minutes.secretary), ("Justerare", ", ".join(minutes.adjusters)),
        (there, _names(minutes.present)), ("Adjungerade", _names(minutes.adjungerade)),
    )  # fmt: skip
    for label, text in people:
        typer.echo(f"{label}: {text or 'uppgift saknas'}")
    for item in m.items:
        if item.withdrawn:
            continue
        note = minutes.of(item.key) or Note(item=item.key)
        adjusted = ", justerad" if note.paragraph and m.approval(note.paragraph) else ""
        lead = f"§ {note.paragraph} " if note.paragraph else "  "
        typer.echo(f"{lead}{called(item)}: {OUTCOMES[note.outcome]}{adjusted}")
        if note.decision:
            typer.echo(f"     {note.decision}")
        for one in note.dissent:
            typer.echo(f"     Avvikande mening: {one}")
        for action in note.actions:
            due = f" senast {action.due}" if action.due else ""
            typer.echo(f"     Åtgärd: {action.what} ({action.owner}{due})")
    missing = left(m)
    if missing and not m.closed_on:
        numbers = ", ".join(str(i.number) for i in missing)
        typer.echo(f"Utan utfall: punkt {numbers}. Mötet kan inte avslutas än.")


def _names(people: "Iterable[Present]") -> str:
    return ", ".join(p.name + (f" (till {p.left})" if p.left else "") for p in people)
