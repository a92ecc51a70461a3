"""init, import, db: the database and the plan."""

from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import Group, app, complain, house, settings, told

if TYPE_CHECKING:
    from definitions.source import Source
    from uppdrag.service.plans import PlanReport

database = typer.Typer(cls=Group, help="Databasens schema.", no_args_is_help=True, rich_markup_mode=None)


@app.command(epilog="Exempel: uppdrag init")
@told
def init(
    context: typer.Context,
    example: Annotated[
        bool,
        typer.Option(
            "--example",
            help="Är databasen ny: läs också in exempelpersoner och exempelsammanträden, märkta som exempel.",
        ),
    ] = False,
) -> None:
    """Skapa databasen och ta med definitionerna. Görs det igen ändras inget."""
    from uppdrag.service import setup

    chosen = settings(context)
    done = setup.init(chosen.database_url, now=chosen.now())
    if done.revisions:
        typer.echo(f"Databasen är klar: {done.database}")
    if done.published:
        typer.echo(f"Definitioner tagna i bruk: {', '.join(done.published)}")
    if not done.revisions and not done.published:
        typer.echo(f"Databasen fanns redan och är aktuell: {done.database}")
    if example and done.new:
        _read_examples_in(context)


def _read_examples_in(context: typer.Context) -> None:
    from uppdrag.service import meetings, people, sources
    from workflow.model import Actor

    place, now = house(context), settings(context).now()
    kansli = Actor(role="kansli", name="kansliet")
    name, content = sources.people("exempel")
    holders = people.import_people(place, name, content, actor=kansli, now=now)
    name, content = sources.meetings("exempel")
    calendars = meetings.import_meetings(place, name, content, actor=kansli, now=now)
    typer.echo(
        f"Exempel inlästa, påhittade och märkta så: {len(holders.new)} befattningshavare, "
        f"{len(calendars.new)} sammanträden."
    )


@app.command("import", epilog="Exempel: uppdrag import vp-2026 --dry-run")
@told
def import_plan(
    context: typer.Context,
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="En YAML-fil, eller namnet på en plan som följer med.")],
    by: Annotated[str, typer.Option("--by", help="Vem som läser in planen.")] = "kansliet",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Visa vad som skulle hända.")] = False,
) -> None:
    """Läs in en verksamhetsplan. Allt eller inget; samma plan två gånger ändrar inget."""
    from uppdrag.service import plans
    from workflow.model import Actor

    chosen = settings(context)
    source = plan_source(plan)
    report = plans.import_plan(
        house(context), source, actor=Actor(role="kansli", name=by), now=chosen.now(), dry_run=dry_run
    )
    _tell(report)


def plan_source(name: str) -> "Source":
    """The text of a plan: a file, or one that comes with the program."""
    from uppdrag.service import sources

    return sources.plan(name)


def _tell(report: "PlanReport") -> None:
    from uppdrag import words

    parts = [
        (report.new, "nya"), (report.changed, "ändrade"), (report.carried_over, "överburna"),
        (report.ended, "avslutade"), (report.reconsidered, "omprövas"), (report.unchanged, "oförändrade"),
    ]  # fmt: skip
    counts = ", ".join(f"{len(ids)} {word}" for ids, word in parts if ids) or "inga uppdrag"
    lead = "Det här skulle hända" if report.dry_run else report.title
    typer.echo(f"{lead}: {counts}.")
    for ids, word in parts[:-1]:
        if ids:
            typer.echo(f"  {word}: {', '.join(ids)}")
    for id, changes in report.differences.items():
        for name, (before, after) in changes.items():
            typer.echo(f"  {id} {words.FIELDS.get(name, name)}: {before or '–'} → {after or '–'}")
    for warning in report.warnings:
        complain([f"Att kontrollera: {words.sentence(warning)}"])


@database.command("upgrade", epilog="Exempel: uppdrag db upgrade")
@told
def upgrade(context: typer.Context) -> None:
    """Uppgradera databasens schema till programmets."""
    from uppdrag.service import setup

    done = setup.upgrade(settings(context).database_url)
    typer.echo(f"Schemat är uppgraderat till {done[-1]}." if done else "Schemat är aktuellt.")


app.add_typer(database, name="db")
