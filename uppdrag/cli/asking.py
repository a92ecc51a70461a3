"""status, next, history, verify: what asks and changes nothing but a checkpoint."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import REFUSED, app, complain, house, settings, told
from uppdrag.cli.doing import Id, Show, day_of
from uppdrag.cli.saving import ListFormat, SheetOutput, ShowOrSheet, save_sheet
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from uppdrag.service.house import House


AsOf = Annotated[
    str, typer.Option("--as-of", metavar="DATUM", help="Läget en tidigare dag, enligt vad som var registrerat då.")
]


@app.command(epilog="Exempel: uppdrag status --overdue")
@told
def status(
    context: typer.Context,
    id: Annotated[str, typer.Argument(metavar="[ID]", help="Ett uppdrag i sin helhet.")] = "",
    state: Annotated[str, typer.Option("--state", help="Bara detta tillstånd.")] = "",
    lifecycle: Annotated[str, typer.Option("--lifecycle", help="Bara denna ärendegång.")] = "",
    region: Annotated[str, typer.Option("--region", metavar="LÄNSKOD", help="Bara där denna region är berörd.")] = "",
    owner: Annotated[str, typer.Option("--owner", help="Bara denna ansvariga.")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Bara det som är efter planerad tid.")] = False,
    due_before: Annotated[str, typer.Option("--due-before", metavar="DATUM", help="Planerad tid före denna dag.")] = "",
    idle_days: Annotated[int, typer.Option("--idle-days", min=0, help="Inget har hänt på så många dagar.")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Högst så många.")] = 0,
    after: Annotated[str, typer.Option("--after", metavar="ID", help="Fortsätt efter detta uppdrag.")] = "",
    as_of: AsOf = "",
    format: ShowOrSheet = ListFormat.table,
    output: SheetOutput = "",
) -> None:
    """Visa läget för alla uppdrag eller ett.

    Alla uppdrag går också att skriva som en arbetsbok i Excel, med --format xlsx.
    """
    from uppdrag.cli import show, telling
    from uppdrag.service import queries, rows, sheets
    from workflow.calendar import local_date
    from workflow.errors import NotFound
    from workflow.facts import is_uppdrag_id
    from workflow.status import StatusFilter, end_of

    now = settings(context).now()
    place = house(context)
    day = day_asked(place, as_of, now, format.shown)
    if id:
        detail = queries.detail(place, id, now=now, as_of=day)
        if format is ListFormat.xlsx:
            save_sheet(sheets.listed(place, [detail.row], detail.cells, now=now, day=day), output, f"{id}.xlsx")
            return
        if format is not ListFormat.table:
            show.emit(format.shown, [rows.detail_row(detail)])
            return
        regions = {r.lanskod: r for r in queries.regions(place, as_of=day)}
        say(day)
        telling.detail_text(detail, regions, queries.options(place, detail), then=day is not None)
        if day is None:
            _directives(place, id, detail.row.directive)
        return
    if after and not is_uppdrag_id(after):
        raise NotFound("uppdrag", after)
    moment = end_of(day) if day else now
    wanted = StatusFilter(
        today=day or local_date(now), state=state, lifecycle=lifecycle, region=region, owner=owner, overdue=overdue,
        due_before=day_of(due_before), idle_since=moment - timedelta(days=idle_days) if idle_days else None,
        limit=limit, after=after,
    )  # fmt: skip
    found = queries.status(place, wanted, as_of=day)
    if format is ListFormat.table:
        if day is None:
            _alarm(place, now)
        say(day)
        telling.status_table(found, queries.labels(place, as_of=day))
    elif format is ListFormat.xlsx:
        save_sheet(sheets.listed(place, found, now=now, day=day), output, f"uppdrag-{wanted.today}.xlsx")
    else:
        show.emit(format.shown, [rows.status_row(row) for row in found])


def _directives(place: "House", id: str, number: str) -> None:
    from uppdrag.service import directives_reading
    from uppdrag.words.direktiv import on_uppdrag

    for line in on_uppdrag(directives_reading.of_uppdrag(place, id), number):
        typer.echo(f"Uppdragsdirektiv {line}")


def _alarm(place: "House", now: datetime) -> None:
    """Say on stderr which regions mail cannot reach."""
    from uppdrag import words
    from uppdrag.service import people

    if silent := people.without_address(place, now=now):
        complain([words.without_address([r.short_name for r in silent])])


def day_asked(place: "House", written: str, now: datetime, format: Format) -> date | None:
    """The earlier day that a question is about; None where it is about now.

    Ends the command, with status 0, where there was no database yet that day.
    """
    from uppdrag import words
    from uppdrag.cli import show
    from uppdrag.service import asof

    day = day_of(written)
    if day is None:
        return None
    if (installed := asof.began(place, day, now=now)) is not None:
        if format is Format.table:
            typer.echo(words.began(day, installed))
        else:
            complain([words.began(day, installed)])
            show.emit(format, [])
        raise typer.Exit
    return day


def say(day: date | None) -> None:
    """Say above an answer which earlier day it is about."""
    from uppdrag import words

    if day is not None:
        typer.echo(words.as_of(day))


@app.command("next", epilog="Exempel: uppdrag next U2026-01 --as kansli")
@told
def next_(
    context: typer.Context,
    id: Id,
    role: Annotated[str, typer.Option("--as", metavar="ROLL", help="Visa vad denna roll får göra.")] = "",
    format: Show = Format.table,
) -> None:
    """Visa vad som kan hända härnäst.

    För vem, vilka uppgifter som krävs, och varför det andra inte går.
    """
    from uppdrag.cli import roads, show, telling
    from uppdrag.cli.doing import known_role
    from uppdrag.service import queries, rows

    place = house(context)
    matter, lifecycle, options = queries.next_steps(place, id, role=known_role(role) if role else None)
    if format is not Format.table:
        show.emit(format, rows.options_rows(options))
        return
    telling.options_text(id, lifecycle, matter.uppdrag.state, options)
    roads.tasks(matter, {r.lanskod: r for r in queries.regions(place)})


@app.command(epilog="Exempel: uppdrag history U2026-01")
@told
def history(context: typer.Context, id: Id, format: Show = Format.table) -> None:
    """Visa allt som har hänt med ett uppdrag."""
    from uppdrag import words
    from uppdrag.cli import show, telling
    from uppdrag.service import queries, rows

    place = house(context)
    events = queries.history(place, id)
    lifecycle, regions = queries.lifecycle_of(place, id), {r.lanskod: r for r in queries.regions(place)}
    told_as = [(e, words.event(e, lifecycle, regions)) for e in events]
    if format is not Format.table:
        show.emit(format, [rows.history_row(e, text) for e, text in told_as])
        return
    telling.history_text(told_as)


@app.command(epilog="Exempel: uppdrag verify --head 17-3fa9...")
@told
def verify(
    context: typer.Context,
    head: Annotated[
        str, typer.Option("--head", metavar="KONTROLLPUNKT", help="En kontrollpunkt som har lämnat maskinen.")
    ] = "",
    format: Show = Format.table,
) -> None:
    """Kontrollera att ingenting har förvanskats.

    Går igenom loggen och registren, och sätter en kontrollpunkt när allt stämmer.
    """
    from uppdrag import words
    from uppdrag.cli import show
    from uppdrag.service import queries

    place, now = house(context), settings(context).now()
    report = queries.verify(place, asked_head=head)
    newest = report.head
    if not report.findings:
        sealed = queries.seal(place, now=now)
        newest = sealed.name if sealed else ""
    found = [
        {"code": f.code, "subject": f.subject, "text": words.finding(f.code, f.subject, f.detail)}
        for f in report.findings
    ]
    if format is not Format.table:
        row = {"ok": not found, "streams": report.streams, "events": report.events, "head": newest,
               "gallrat": dict(report.gallrat), "findings": found}  # fmt: skip
        show.emit(format, [row])
    elif not found:
        typer.echo(f"Allt stämmer: {report.events} händelser i {report.streams} serier.")
        for number, many in report.gallrat:
            typer.echo(f"{many} av dem är gallrade enligt beslut {number}.")
        typer.echo(f"Kontrollpunkt: {newest}")
    if found:
        complain([f"{len(found)} fel. Rör inte databasen; jämför med den senaste säkerhetskopian."])
        complain([f["text"] for f in found])
        raise typer.Exit(REFUSED)
