"""definitions: check, list, show, diagram, schema, publish, migrate."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import REFUSED, Group, app, complain, house, settings, told
from uppdrag.cli.doing import By, DryRun, Show, actor_of
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from uppdrag.service.house import House

definitions = typer.Typer(
    cls=Group,
    help="Ärendegångar, organisation, planer och dagordningens form.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Files = Annotated[list[str] | None, typer.Argument(metavar="[FIL...]", help="YAML-filer.")]
Ref = Annotated[str, typer.Argument(metavar="NAMN", help="Namn, eller namn/version.")]


@definitions.command(epilog="Exempel: uppdrag definitions check min-arendegang.yaml")
@told
def check(files: Files = None) -> None:
    """Granska filer; utan filer de som följer med programmet. Alla fel på en gång, med fil och rad."""
    from uppdrag.service import catalogue, sources

    problems = catalogue.check(sources.files(files or []))
    if problems:
        complain([str(p) for p in problems])
        complain([f"{len(problems)} fel."])
        raise typer.Exit(REFUSED)
    typer.echo("Inga fel.")


@definitions.command("list", epilog="Exempel: uppdrag definitions list")
@told
def list_(context: typer.Context, format: Show = Format.table) -> None:
    """Visa allt som är i bruk, med versioner."""
    from uppdrag.cli import show
    from uppdrag.service import catalogue
    from uppdrag.service.region_rows import definition_row

    found = catalogue.listed(house(context))
    if format is not Format.table:
        show.emit(format, [definition_row(d) for d in found])
        return
    kinds = {
        "lifecycle": "ärendegång", "fragment": "delad", "organisation": "organisation", "plan": "plan",
        "agenda": "dagordning",
    }  # fmt: skip
    show.table(
        ("Slag", "Namn", "Version", "Uppdrag"),
        [
            (kinds[d.kind], f"{d.label} ({d.id})", str(d.version), str(d.uppdrag) if d.kind == "lifecycle" else "")
            for d in found
        ],
    )


@definitions.command(epilog="Exempel: uppdrag definitions show regiongemensamt/1")
@told
def show(context: typer.Context, name: Ref) -> None:
    """Visa texten till en definition som är i bruk."""
    from uppdrag.service import catalogue

    typer.echo(catalogue.source(house(context), name), nl=False)


def _opened(context: typer.Context, names: list[str]) -> "House | None":
    """The house, where some name is not a file and so must be looked up."""
    return None if names and all(Path(name).is_file() for name in names) else house(context)


@definitions.command(epilog="Exempel: uppdrag definitions diagram regiongemensamt")
@told
def diagram(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAMN|FIL...]", help="Utelämnat: alla i bruk.")] = None,
) -> None:
    """Rita ärendegångar som Mermaid-text."""
    from uppdrag.service import catalogue

    for drawing in catalogue.draw(_opened(context, names or []), names or []):
        typer.echo(drawing, nl=False)


@definitions.command(epilog="Exempel: uppdrag definitions schema > uppdrag.schema.json")
@told
def schema() -> None:
    """Skriv JSON Schema, så att en textredigerare kan komplettera YAML."""
    import json

    from uppdrag.service import catalogue

    typer.echo(json.dumps(catalogue.json_schema(), ensure_ascii=False, indent=2))


@definitions.command(epilog="Exempel: uppdrag definitions publish regiongemensamt-2.yaml")
@told
def publish(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FIL...", help="YAML-filer.")],
) -> None:
    """Ta definitioner i bruk. En version som är i bruk ändras aldrig; gör en ny version i stället."""
    from uppdrag.service import catalogue, sources

    fresh = catalogue.publish(house(context), sources.files(files), now=settings(context).now())
    typer.echo(f"Tagna i bruk: {', '.join(fresh)}" if fresh else "De fanns redan.")


@definitions.command(epilog="Exempel: uppdrag definitions migrate regiongemensamt-2.yaml --dry-run")
@told
def migrate(
    context: typer.Context,
    targets: Annotated[
        list[str], typer.Argument(metavar="NAMN|FIL...", help="namn/version, eller filer som tas i bruk först.")
    ],
    by: By = "kansliet",
    dry_run: DryRun = False,
    format: Show = Format.table,
) -> None:
    """Flytta pågående uppdrag till en ny version av sin ärendegång. --dry-run visar vad som ändras för vart och ett."""
    from uppdrag.cli import telling
    from uppdrag.service import catalogue

    moved = catalogue.migrate(
        house(context), targets, actor=actor_of("kansli", by), now=settings(context).now(), dry_run=dry_run
    )
    stuck = telling.migrations(moved, format)
    if stuck:
        raise typer.Exit(REFUSED)


app.add_typer(definitions, name="definitions")
