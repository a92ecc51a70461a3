"""directive: uppdragsdirektiv, från utkast till beslut, som egna dokument."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import REFUSED, Group, app, complain, house, settings, told
from uppdrag.cli.doing import By, Key, Show, actor_of
from uppdrag.cli.saving import As, Output, PaperFormat, save, shown
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from definitions.direktiv import Stated
    from uppdrag.service.directives import Changed
    from uppdrag.service.directives_reading import Found

directive = typer.Typer(
    cls=Group,
    help="Uppdragsdirektiv: egna dokument, som chefsgruppen beslutar. Ett direktiv kan omfatta flera uppdrag.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Id = Annotated[str, typer.Argument(metavar="ID", help="Direktivets beteckning, till exempel D2026-01.")]
Seen = Annotated[
    int | None,
    typer.Option("--seen", metavar="NR", help="Ändringen du såg. Har någon ändrat sedan dess sparas inget."),
]
Title = Annotated[str | None, typer.Option("--title", metavar="RUBRIK", help="Direktivets rubrik.")]
Number = Annotated[str | None, typer.Option("--number", metavar="DNR", help="Direktivets diarienummer.")]
Uppdrag = Annotated[
    list[str] | None, typer.Option("--uppdrag", metavar="ID", help="Ett uppdrag som omfattas; kan upprepas.")
]  # fmt: skip


@directive.command(epilog='Exempel: uppdrag directive new --uppdrag U2026-04 --uppdrag U2026-07 --title "Samband"')
@told
def new(
    context: typer.Context,
    uppdrag: Uppdrag = None,
    title: Title = None,
    number: Number = None,
    by: By = "kansliet",
    key: Key = "",
) -> None:
    """Skriv ett utkast, ifyllt med det som är känt om uppdragen. Det som ska skrivas står inom hakparentes."""
    from definitions.direktiv import Stated
    from uppdrag.service import directives

    actor, now = actor_of("kansli", by), settings(context).now()
    stated = Stated(title=title, number=number)
    _changed(directives.new(house(context), uppdrag or (), stated, actor=actor, now=now, key=key))


@directive.command("list", epilog="Exempel: uppdrag directive list --format json")
@told
def list_(context: typer.Context, format: Show = Format.table) -> None:
    """Visa direktiven, och de nummer som uppdragen anger utan att dokumentet finns här."""
    from uppdrag.cli import show
    from uppdrag.service import directives_reading, directives_rows
    from uppdrag.words.direktiv import standing

    found, imported = directives_reading.listed(house(context))
    if format is not Format.table:
        show.emit(format, [*map(directives_rows.listed_row, found), *map(directives_rows.imported_row, imported)])
        return
    if not found and not imported:
        typer.echo("Inga uppdragsdirektiv. Skriv ett utkast: uppdrag directive new --uppdrag ID")
        return
    rows = [
        (f.directive.id, f.title, f.directive.text.number or "–", ", ".join(f.directive.text.uppdrag),
         standing(f.directive))
        for f in found
    ]  # fmt: skip
    rows += [("–", "Dokumentet finns inte här", i.number, ", ".join(i.uppdrag), "–") for i in imported]
    show.table(("Direktiv", "Rubrik", "Diarienummer", "Uppdrag", "Läge"), rows)
    for f in found:
        _doubts(f)


@directive.command("show", epilog="Exempel: uppdrag directive show D2026-01")
@told
def show_(context: typer.Context, id: Id, format: Show = Format.table) -> None:
    """Visa ett direktiv: avsnitten, uppdragen och vad som har hänt med det."""
    from uppdrag.cli import show
    from uppdrag.service import directives_reading, directives_rows

    found = directives_reading.one(house(context), id)
    if format is Format.json:
        show.emit_one(directives_rows.directive_row(found))
    elif format is Format.csv:
        show.emit(format, [directives_rows.listed_row(found)])
    else:
        _tell(found)


@directive.command(epilog="Exempel: uppdrag directive edit D2026-01 --number RK2026-00012-7 --seen 1")
@told
def edit(
    context: typer.Context,
    id: Id,
    title: Title = None,
    number: Number = None,
    uppdrag: Uppdrag = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FIL", help="Avsnitten som YAML, som export skriver dem.")
    ] = None,
    by: By = "kansliet",
    seen: Seen = None,
    key: Key = "",
) -> None:
    """Ändra ett utkast. Det som utelämnas står kvar. Ett beslutat direktiv är låst; gör en ny version med revise."""
    from uppdrag.service import directives

    actor, now = actor_of("kansli", by), settings(context).now()
    stated = _stated(_in_file(context, id, file), title, number, uppdrag)
    _changed(directives.edit(house(context), id, stated, actor=actor, now=now, expected=seen, key=key))


@directive.command(epilog="Exempel: uppdrag directive export D2026-01 --output direktiv.yaml")
@told
def export(context: typer.Context, id: Id, output: Output = "") -> None:
    """Skriv direktivet som YAML, att ändra i och läsa in igen med edit --file."""
    from uppdrag.service import directives_reading

    with shown(output):
        typer.echo(directives_reading.exported(house(context), id), nl=False)


@directive.command(epilog="Exempel: uppdrag directive revise D2026-01")
@told
def revise(context: typer.Context, id: Id, by: By = "kansliet", seen: Seen = None, key: Key = "") -> None:
    """Gör en ny version av ett beslutat direktiv. Den förra gäller tills chefsgruppen har beslutat den nya."""
    from uppdrag.service import directives

    actor, now = actor_of("kansli", by), settings(context).now()
    _changed(directives.revise(house(context), id, actor=actor, now=now, expected=seen, key=key))


@directive.command(epilog="Exempel: uppdrag directive decide D2026-01 --meeting 2026-03-27 --paragraph 9")
@told
def decide(
    context: typer.Context,
    id: Id,
    meeting: Annotated[str, typer.Option("--meeting", metavar="DATUM", help="Mötets dag, ÅÅÅÅ-MM-DD.")],
    paragraph: Annotated[int, typer.Option("--paragraph", metavar="§", min=1, max=9999, help="Paragrafen.")],
    by: By = "kansliet",
    seen: Seen = None,
    key: Key = "",
) -> None:
    """Registrera ett beslut från ett möte vars protokoll inte finns här. Annars följer beslutet av meeting close."""
    from uppdrag.cli.meeting import meeting_day
    from uppdrag.service import directives

    actor, now = actor_of("kansli", by), settings(context).now()
    _changed(
        directives.decide(
            house(context), id, meeting_day(meeting), paragraph, actor=actor, now=now, expected=seen, key=key
        )
    )


@directive.command(epilog='Exempel: uppdrag directive end D2026-01 --why "Ersätts av ett annat"')
@told
def end(
    context: typer.Context,
    id: Id,
    why: Annotated[str, typer.Option("--why", metavar="SKÄL", help="Skälet, som sparas.")],
    by: By = "kansliet",
    seen: Seen = None,
    key: Key = "",
) -> None:
    """Dra tillbaka ett utkast, eller låt ett beslutat direktiv upphöra."""
    from uppdrag.service import directives

    actor, now = actor_of("kansli", by), settings(context).now()
    _changed(directives.end(house(context), id, why, actor=actor, now=now, expected=seen, key=key))


@directive.command(epilog="Exempel: uppdrag directive document D2026-01 --format docx --output direktiv.docx")
@told
def document(
    context: typer.Context,
    id: Id,
    format: As = PaperFormat.docx,
    output: Output = "",
    revision: Annotated[
        int | None,
        typer.Option("--revision", metavar="VERSION", min=1, help="En tidigare beslutad version av direktivet."),
    ] = None,
) -> None:
    """Skriv direktivet som dokument: DOCX att redigera, PDF eller HTML att läsa."""
    from uppdrag.service import directives_reading

    save(directives_reading.document(house(context), id, revision=revision), format, output)


def _in_file(context: typer.Context, id: str, file: Path | None) -> "Stated":
    """What a file states of a directive; nothing where there is none. Ends with status 1 where it cannot be read."""
    from definitions.direktiv import Stated
    from uppdrag.service import directives_reading

    if file is None:
        return Stated()
    try:
        content = file.read_bytes()
    except OSError as wrong:
        complain([f"{file} går inte att läsa ({wrong.strerror})."])
        raise typer.Exit(REFUSED) from None
    return directives_reading.read(house(context), id, file.name, content)


def _stated(stated: "Stated", title: str | None, number: str | None, uppdrag: list[str] | None) -> "Stated":
    """What the file states, and what was said beside it."""
    from dataclasses import replace

    return replace(
        stated, title=stated.title if title is None else title, number=stated.number if number is None else number,
        uppdrag=tuple(uppdrag) if uppdrag else stated.uppdrag,
    )  # fmt: skip


def _changed(done: "Changed") -> None:
    from uppdrag import words
    from uppdrag.words.direktiv import standing

    d = done.directive
    what = f" Ändrat: {', '.join(done.differing)}." if done.differing else ""
    typer.echo(f"{d.id}, ändring {d.version}: {standing(d)}.{what}")
    for warning in done.warnings:
        complain([f"Att kontrollera: {words.sentence(warning)}"])


def _doubts(found: "Found") -> None:
    from uppdrag import words

    for warning in found.warnings:
        complain([f"Att kontrollera: {found.directive.id}: {words.sentence(warning)}"])


def _tell(found: "Found") -> None:
    from uppdrag.service.directives_rows import told as happenings
    from uppdrag.words.direktiv import standing

    d = found.directive
    typer.echo(f"{d.id} {d.text.title}")
    typer.echo(f"Diarienummer: {d.text.number or 'uppgift saknas'}. {standing(d)}. Ändring {d.version}.")
    for c in found.carried:
        times = ". ".join(c.times)
        typer.echo(f"  {c.uppdrag} {c.title}{f' ({times})' if times else ''}")
    for s in d.text.sections:
        typer.echo(f"\n{s.label}\n{s.text or '–'}")
    typer.echo("\nHistorik")
    for seq, when, who, what in happenings(found.history):
        typer.echo(f"  {seq}. {when} {who}: {what}")
    _doubts(found)


app.add_typer(directive, name="directive")
