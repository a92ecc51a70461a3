"""readings: who has read what is sensitive."""

from typing import Annotated

import typer

from uppdrag.cli.app import app, house, told
from uppdrag.cli.doing import Show, day_of
from uppdrag.cli.show import Format


@app.command(epilog="Exempel: uppdrag readings U2026-01 --since 2026-03-01")
@told
def readings(
    context: typer.Context,
    id: Annotated[str, typer.Argument(metavar="[ID]", help="Bara läsningar av ett uppdrag.")] = "",
    person: Annotated[str, typer.Option("--person", metavar="NAMN", help="Bara vad en person eller nyckel läst.")] = "",
    since: Annotated[str, typer.Option("--since", metavar="DATUM", help="Från och med en dag.")] = "",
    format: Show = Format.table,
) -> None:
    """Visa vem som har läst känsliga uppdrag.

    Varje gång något ur ett känsligt uppdrag visas skrivs det upp i läsloggen: vem, när, vilket uppdrag och genom
    vilken dörr. Raderna finns i två år.
    """
    from uppdrag.cli import show
    from uppdrag.service import readings as log
    from uppdrag.words import readings as words
    from workflow.calendar import STOCKHOLM

    found = log.listed(house(context), uppdrag=id, name=person, since=day_of(since))
    if format is not Format.table:
        show.emit(format, [
            {"at": r.at.isoformat(), "uppdrag": r.uppdrag, "door": r.door, "what": r.what, "role": r.role or None,
             "region": r.region or None, "office": r.office or None, "name": r.name}
            for r in found
        ])  # fmt: skip
        return
    if not found:
        typer.echo("Ingen har läst något känsligt.")
        return
    rows = [
        (f"{r.at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}", r.uppdrag, r.name, words.who(r.role, r.region, r.office),
         words.DOORS[r.door], r.what)
        for r in found
    ]  # fmt: skip
    show.table(("När", "Uppdrag", "Vem", "Som", "Dörr", "Vad"), rows)
    if len(found) == log.MOST:
        typer.echo(f"Bara de {log.MOST} senaste visas. Välj ett uppdrag, en person eller en senare dag.")
