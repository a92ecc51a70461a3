"""db move, backup, restore, outbox restored: the whole database, and the mail that an older copy would send again."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import REFUSED, WRONG_USAGE, app, complain, house, settings, told
from uppdrag.cli.doing import By
from uppdrag.cli.outbox import outbox
from uppdrag.cli.setting_up import database

if TYPE_CHECKING:
    from datetime import datetime

    from uppdrag.service.backups import Backup, Restoration
    from uppdrag.service.relocating import Moved

_File = Annotated[Path, typer.Argument(metavar="FIL", help="Säkerhetskopian.")]
_Head = Annotated[
    str, typer.Option("--head", metavar="KONTROLLPUNKT", help="En kontrollpunkt som har lämnat maskinen.")
]


@database.command("move", epilog="Exempel: uppdrag db move sqlite:///var/uppdrag.db postgresql+psycopg://db/uppdrag")
@told
def move(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="KÄLLA", help="Adressen till databasen som finns. Den läses bara.")],
    target: Annotated[str, typer.Argument(metavar="MÅL", help="Adressen till en tom databas.")],
) -> None:
    """Flytta allt till en annan databas, från SQLite till PostgreSQL eller tvärtom.

    Stanna tjänsten först. Varje rad jämförs och loggen kontrolleras innan målet går att använda. Avbryts flytten:
    kör samma kommando igen, så fortsätter den. Lösenord kan stå i PGPASSWORD eller ~/.pgpass i stället för i adressen.
    """
    from uppdrag.service import relocating

    done = relocating.move(source, target, now=settings(context).now(), progress=_progress())
    if done.anew:
        complain(["Källan har ändrats sedan det avbrutna försöket. Kopian började om från början."])
    elif done.found and not done.repeated:
        complain([f"{done.found} rader fanns redan sedan ett avbrutet försök."])
    _stop_at_findings(done, "De finns i källan också. Målet går inte att använda. Kör uppdrag verify mot källan.")
    lead = "Allt är redan flyttat" if done.repeated else "Flytten är klar"
    typer.echo(f"{lead}: {done.rows} rader i {done.tables} tabeller, lika i båda databaserna.")
    _well(done)
    typer.echo(f"Använd nu {done.target} som UPPDRAG_DATABASE_URL.")
    typer.echo(f"{done.source} är orörd. Låt ingen tjänst gå mot den, annars går mejl från båda.")
    if done.alive:
        complain(["Obs! En klocka eller ett utskick har nyss gått mot källan. Se till att allt där är stannat."])


@app.command(epilog="Exempel: uppdrag backup var/uppdrag-2026-03-27.backup")
@told
def backup(
    context: typer.Context,
    file: _File,
    check: Annotated[bool, typer.Option("--check", help="Kontrollera en kopia som finns. Inget skrivs.")] = False,
    head: _Head = "",
    force: Annotated[bool, typer.Option("--force", help="Skriv över en fil som redan finns.")] = False,
) -> None:
    """Ta en säkerhetskopia medan arbetet pågår, av SQLite eller PostgreSQL.

    Kopian är en enda fil som bara ägaren får läsa. Den kontrolleras direkt. Inloggningar följer inte med. Med --check
    granskas varje byte och hela loggen i en kopia som finns.
    """
    from uppdrag.service import backups

    if head and not check:
        complain(["--head hör till --check."])
        raise typer.Exit(WRONG_USAGE)
    if check:
        done = backups.check(file, head=head)
        lead = "Säkerhetskopian är hel"
    else:
        chosen = settings(context)
        done = backups.take(chosen.database_url, file, now=chosen.now(), replace=force, progress=_progress())
        lead = "Säkerhetskopian är tagen"
    m = done.manifest
    typer.echo(f"{lead}: {file}, {_size(done.size)}, {_moment(m.moment)}, schema {m.schema}, program {m.program}.")
    if m.newest:
        typer.echo(f"Senaste händelsen är från {_moment(m.newest)}.")
    if done.report is None:
        typer.echo(f"Schemat är äldre än programmet. Loggen kontrolleras med uppdrag backup --check {file}")
        return
    _stop_at_findings(done, "Kopian finns kvar, men återställ inte ur den. Jämför med en äldre.")
    _well(done)


@app.command(epilog="Exempel: uppdrag restore var/uppdrag-2026-03-27.backup --replace")
@told
def restore(
    context: typer.Context,
    file: _File,
    replace: Annotated[
        bool, typer.Option("--replace", help="Ersätt databasen som finns. Den sparas under ett annat namn.")
    ] = False,
    head: _Head = "",
    by: By = "driften",
) -> None:
    """Gör en databas av en säkerhetskopia, i SQLite eller PostgreSQL.

    Stanna tjänsten först. Kopian och loggen kontrolleras innan något ändras. Därefter står utskicken stilla tills en
    person startar dem, för mejlen kan redan ha gått. Alla är utloggade.
    """
    from uppdrag.service import backups

    chosen = settings(context)
    done = backups.restore(
        chosen.database_url, file, now=chosen.now(), who=by, replace=replace, head=head, progress=_progress()
    )
    _stop_at_findings(done, "Inget har ändrats. Ta en annan kopia.")
    _tell(done)


@outbox.command("restored", epilog="Exempel: uppdrag outbox restored")
@told
def restored(
    context: typer.Context,
    release: Annotated[bool, typer.Option("--release", help="Släpp alla: de går när kön är igång.")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Avbryt alla: de har redan gått. Ange --why.")] = False,
    why: Annotated[str, typer.Option("--why", help="Skälet; sparas med mejlen.")] = "",
    by: By = "kansliet",
) -> None:
    """Visa, släpp eller avbryt mejlen som hålls efter en återställning.

    De väntade när säkerhetskopian togs och kan ha gått sedan dess. Ett i taget: uppdrag outbox release och cancel.
    """
    from uppdrag.cli import show
    from uppdrag.service import backups

    if (release and cancel) or (cancel and not why.strip()):
        complain(["Ange antingen --release eller --cancel, och --why när du avbryter."])
        raise typer.Exit(WRONG_USAGE)
    place, now = house(context), settings(context).now()
    if release:
        typer.echo(
            f"{backups.release_held(place, who=by, now=now)} mejl är släppta. Kön startas med uppdrag outbox resume"
        )
        return
    if cancel:
        typer.echo(f"{backups.cancel_held(place, why=why, who=by, now=now)} mejl är avbrutna.")
        return
    found = backups.held(place)
    if not found:
        typer.echo("Inga mejl hålls efter en återställning.")
        return
    rows = [(m.id[:10], m.subject, m.recipient, _moment(m.not_before)) for m in found]
    show.table(("Mejl", "Ämne", "Till", "Skulle gå"), rows)


def _tell(done: "Restoration") -> None:
    m, held = done.manifest, done.held
    taken = _moment(m.moment)
    typer.echo(f"{done.database} är återställd ur säkerhetskopian från {taken}.")
    _well(done)
    if done.upgraded:
        typer.echo(f"Kopian var äldre än programmet. Schemat är uppgraderat till {done.upgraded[-1]}.")
    if done.aside:
        typer.echo(f"Det som fanns förut ligger kvar som {done.aside}.")
    typer.echo(f"Det som har registrerats efter {taken} finns inte här. Registrera det igen.")
    if held is None:
        return
    typer.echo("Utskicken står stilla tills du startar dem: uppdrag outbox resume")
    if held.messages:
        typer.echo(
            f"{held.messages} mejl väntade i kopian och skulle gå {_moment(held.first)} – {_moment(held.last)}. "
            "De kan ha gått redan och hålls kvar."
        )
        typer.echo("  Jämför med mejlserverns logg: uppdrag outbox restored visar dem.")
        typer.echo("  Har de inte gått: uppdrag outbox restored --release")
        typer.echo('  Har de gått: uppdrag outbox restored --cancel --why "Hade redan gått"')
    if held.reminders:
        typer.echo(
            f"{held.reminders} påminnelser har fått sin dag sedan kopian togs. De kan ha gått, och klockan skriver dem "
            "på nytt. Låt klockan gå och se efter i kön innan du startar den: uppdrag outbox list --status köad"
        )
    typer.echo("Alla är utloggade.")
    if held.keys:
        typer.echo(
            f"{held.keys} nycklar till andra system gäller som när kopian togs. Återkalla dem som inte ska gälla: "
            "uppdrag token list"
        )


def _progress() -> Callable[[str, str, int, int], None]:
    """Tells on stderr what goes on: each step, and each table that is copied."""
    from uppdrag.words.safekeeping import STEPS

    last = [""]
    live = sys.stderr.isatty()

    def progress(step: str, table: str, done: int, total: int) -> None:
        if step != last[0]:
            last[0] = step
            typer.echo(f"{STEPS[step]} …", err=True)
        if step == "copy" and (live or done == total):
            typer.echo(f"{chr(13) if live else ''}  {table}: {done} av {total}", err=True, nl=done == total)

    return progress


def _well(done: "Backup | Moved | Restoration") -> None:
    if report := done.report:
        typer.echo(f"Loggen stämmer: {report.events} händelser i {report.streams} serier.")
        typer.echo(f"Kontrollpunkt: {report.head or '–'}")


def _stop_at_findings(done: "Backup | Moved | Restoration", instead: str) -> None:
    from uppdrag import words

    if done.report and done.report.findings:
        complain([f"Loggen stämmer inte: {len(done.report.findings)} fel. {instead}"])
        complain([words.finding(f.code, f.subject, f.detail) for f in done.report.findings])
        raise typer.Exit(REFUSED)


def _moment(moment: "datetime | None") -> str:
    from workflow.calendar import STOCKHOLM

    return f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}" if moment else "–"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB".replace(".", ",")
