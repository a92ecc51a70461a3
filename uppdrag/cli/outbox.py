"""outbox preview: a mail as it would be written, before anything is sent."""

from pathlib import Path
from typing import Annotated

import typer

from uppdrag.cli import show
from uppdrag.cli.app import WRONG_USAGE, Group, app, complain, house, settings, told

outbox = typer.Typer(
    cls=Group, help="Utskick: mejlen som väntar och de som har gått.", no_args_is_help=True, rich_markup_mode=None
)


@outbox.command("preview", epilog="Exempel: uppdrag outbox preview paminnelse_region --uppdrag U2026-01 --region 03")
@told
def preview(
    context: typer.Context,
    template: Annotated[str, typer.Argument(metavar="MALL", help="Mejlets namn, till exempel paminnelse_region.")],
    uppdrag: Annotated[str, typer.Option("--uppdrag", metavar="NUMMER", help="Utelämnat: ett påhittat exempel.")] = "",
    region: Annotated[
        str, typer.Option("--region", metavar="LÄNSKOD", help="Utelämnad: den första berörda regionen.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FIL.html", help="Skriv mejlets HTML till en fil.")
    ] = None,
) -> None:
    """Visa ett mejl som det skulle skrivas i dag. Inget skickas."""
    from uppdrag.service import preview as service

    known = service.names()
    if template not in known:
        complain([f"Mejlet {template} finns inte. De som finns:", *(f"  {n}: {why}" for n, why in known.items())])
        raise typer.Exit(WRONG_USAGE)
    chosen = settings(context)
    if region and not uppdrag:
        complain(["Ange --uppdrag tillsammans med --region."])
        raise typer.Exit(WRONG_USAGE)
    if uppdrag:
        mail = service.of_uppdrag(house(context), template, uppdrag, chosen, now=chosen.now(), region=region)
    else:
        mail = service.example(template, chosen, now=chosen.now())
    typer.echo(f"Till: {mail.recipient}")
    typer.echo(show.marked(f"Ämne: {mail.subject}", "strong"))
    typer.echo()
    typer.echo(mail.text.rstrip("\n"))
    if output is not None:
        output.write_text(mail.html, encoding="utf-8")
        typer.echo(f"HTML: {output}", err=True)


app.add_typer(outbox, name="outbox")
