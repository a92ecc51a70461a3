"""matrix, region, adaptations: how far the regions have come, each for itself and beside the others."""

from typing import Annotated

import typer

from uppdrag.cli.app import app, house, settings, told
from uppdrag.cli.asking import AsOf, day_asked, say
from uppdrag.cli.doing import Id, Show
from uppdrag.cli.saving import ListFormat, SheetOutput, ShowOrSheet, save_sheet
from uppdrag.cli.show import Format


@app.command(epilog="Exempel: uppdrag matrix --samverkansregion sydostra --format csv")
@told
def matrix(
    context: typer.Context,
    state: Annotated[str, typer.Option("--state", help="Bara detta tillstånd, uppdragets eller regionens.")] = "",
    lifecycle: Annotated[str, typer.Option("--lifecycle", help="Bara denna ärendegång.")] = "",
    region: Annotated[str, typer.Option("--region", metavar="LÄNSKOD", help="Bara denna region.")] = "",
    samverkansregion: Annotated[
        str, typer.Option("--samverkansregion", metavar="NAMN", help="Bara regionerna i denna samverkansregion.")
    ] = "",
    body: Annotated[
        str, typer.Option("--body", metavar="INSTANS", help="Bara där denna instans har beslutat eller ska besluta.")
    ] = "",
    source: Annotated[
        str, typer.Option("--source", metavar="KÄLLA", help="Bara beslut med denna källa; saknas: ingen är angiven.")
    ] = "",
    as_of: AsOf = "",
    format: ShowOrSheet = ListFormat.table,
    output: SheetOutput = "",
) -> None:
    """Visa uppdragen mot de 21 regionerna, eller skriv dem som en arbetsbok i Excel."""
    from uppdrag.cli import regional, show
    from uppdrag.service import queries, region_rows, sheets
    from workflow.calendar import local_date
    from workflow.status import MatrixFilter, StatusFilter

    place, now = house(context), settings(context).now()
    day = day_asked(place, as_of, now, format.shown)
    wanted = StatusFilter(today=day or local_date(now), lifecycle=lifecycle)
    chosen = MatrixFilter(state=state, body=body, source=source, region=region, samverkansregion=samverkansregion)
    found = queries.matrix(place, wanted, chosen, as_of=day)
    if format is ListFormat.xlsx:
        made = sheets.listed(place, found.rows, found.cells.values(), now=now, day=day)
        save_sheet(made, output, f"regioner-{wanted.today}.xlsx")
        return
    if format is not ListFormat.table:
        show.emit(format.shown, region_rows.matrix_rows(found, wanted.today.year))
        return
    say(day)
    if not found.rows:
        typer.echo(
            "Inget uppdrag har regioner som passar urvalet. uppdrag matrix utan val visar alla som har regioner."
        )
        return
    regional.matrix_text(found)


@app.command(epilog="Exempel: uppdrag region 03")
@told
def region(
    context: typer.Context,
    lanskod: Annotated[str, typer.Argument(metavar="LÄNSKOD", help="Två siffror, till exempel 03.")],
    as_of: AsOf = "",
    format: Show = Format.table,
) -> None:
    """Visa vad en region har öppet och har beslutat.

    Det öppna står först, det som brådskar mest överst. Sist står vad andra regioner har beslutat om samma uppdrag.
    """
    from uppdrag.cli import regional, show
    from uppdrag.service import following, queries, region_rows
    from workflow.calendar import local_date

    place, now = house(context), settings(context).now()
    day = day_asked(place, as_of, now, format)
    found = following.region(place, lanskod, now=now, as_of=day)
    if format is not Format.table:
        show.emit(format, region_rows.region_rows(found, (day or local_date(now)).year))
        return
    say(day)
    names = {r.lanskod: r for r in queries.regions(place, as_of=day)}
    regional.region_text(found, queries.labels(place, as_of=day), names, (day or local_date(now)).year)


@app.command(epilog="Exempel: uppdrag adaptations U2026-01")
@told
def adaptations(context: typer.Context, id: Id, format: Show = Format.table) -> None:
    """Visa vad som rekommenderades och vad varje region har antagit.

    Anpassningarna med sina ord, vilka som har antagit vilken version utan anpassning, och vilka som har avslagit.
    """
    from uppdrag.cli import regional, show
    from uppdrag.service import following, queries, region_rows

    place = house(context)
    found = following.adaptations(place, id, now=settings(context).now())
    names = {r.lanskod: r for r in queries.regions(place)}
    if format is not Format.table:
        show.emit(format, region_rows.adaptations_rows(found, names))
        return
    regional.adaptations_text(found, names)
