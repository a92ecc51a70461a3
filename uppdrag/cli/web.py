"""serve, login: the pages with clock and sender beside them, and a way in for whoever runs the program."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import WRONG_USAGE, app, complain, house, settings, told
from uppdrag.cli.clock import Every, Metrics

if TYPE_CHECKING:
    from uppdrag.settings import Settings

_LOOPBACK = ("127.0.0.1", "localhost")


@app.command(epilog="Exempel: uppdrag serve --port 8080")
@told
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help="Adressen som sidorna lyssnar på.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Porten; 0 tar en ledig.")] = 8000,
    every: Every = 30.0,
    metrics_port: Metrics = 0,
    only_pages: Annotated[
        bool, typer.Option("--only-pages", help="Bara sidorna; klockan och utskicken körs för sig.")
    ] = False,
) -> None:
    """Visa sidorna, och kör klockan och utskicken, tills någon säger stopp.

    En länk skrivs ut som loggar in kansliet en gång. Ska andra nå sidorna: ange adressen i UPPDRAG_URL, med https.
    """
    from uppdrag.service import delivery, logs, running, signing_in
    from uppdrag.service.metrics import Meters
    from uppdrag.web.assets import AssetsMissing
    from uppdrag.web.server import PortTaken, free_port, serving

    port = port or free_port(host)
    chosen = _reached(settings(context), host, port)
    workers = () if only_pages else ("clock", "sender")
    if workers:
        delivery.check_settings(chosen)
    place = house(context)
    meters = Meters(place)
    logs.to_stderr(chosen.log_format)
    try:
        with serving(place, chosen, host=host, port=port, meters=meters):
            typer.echo(f"Sidorna: {chosen.url}")
            if workers and chosen.mail != "skarp":  # what a service prints may be kept in a log
                token = signing_in.invite(place, "kansli", now=chosen.now())
                typer.echo(f"Logga in som kansliet, en gång inom en timme: {chosen.url}/logga-in/lank?nyckel={token}")
            running.serve(
                place, chosen, running.kinds(workers), every=timedelta(seconds=every), metrics_port=metrics_port,
                meters=meters,
            )  # fmt: skip
    except AssetsMissing:
        complain(["Stilmallarna saknas. Kör make run, eller installera programmet ur en färdig hjulfil."])
        raise typer.Exit(WRONG_USAGE) from None
    except PortTaken as taken:
        complain([f"{taken} går inte att lyssna på; något annat kan vara igång där. Ange en annan port med --port."])
        raise typer.Exit(WRONG_USAGE) from None


@app.command(epilog="Exempel: uppdrag login --role drift")
@told
def login(
    context: typer.Context,
    role: Annotated[str, typer.Option("--role", help="kansli, chefsgrupp, insyn eller drift.")] = "kansli",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Porten, om UPPDRAG_URL inte är satt.")] = 8000,
) -> None:
    """Skriv en länk som loggar in någon en gång, inom en timme.

    Regionerna loggar in med en kod till sin egen adress.
    """
    from uppdrag.service import signing_in

    chosen = _reached(settings(context), "127.0.0.1", port)
    known = next((r for r in signing_in.WEB_ROLES if r == role and r != "region"), None)
    if known is None:
        complain([f'--role: "{role}" går inte. Välj bland: kansli, chefsgrupp, insyn, drift.'])
        raise typer.Exit(WRONG_USAGE)
    token = signing_in.invite(house(context), known, now=chosen.now())
    typer.echo(f"{chosen.url}/logga-in/lank?nyckel={token}")


def _reached(chosen: "Settings", host: str, port: int) -> "Settings":
    """The settings with the address where people reach the pages: UPPDRAG_URL, or else this machine itself."""
    from uppdrag.settings import DEFAULT_URL, SettingWrong

    if chosen.url != DEFAULT_URL:
        return chosen
    if host not in _LOOPBACK:
        raise SettingWrong("UPPDRAG_URL", "ange adressen som sidorna nås på, till exempel https://uppdrag.example.se")
    return replace(chosen, url=f"http://{host}:{port}")


@app.command(epilog="Exempel: uppdrag logout --all")
@told
def logout(
    context: typer.Context,
    name: Annotated[str, typer.Option("--name", help="Den som ska loggas ut, med namnet från inloggningen.")] = "",
    everybody: Annotated[bool, typer.Option("--all", help="Alla som är inloggade.")] = False,
) -> None:
    """Logga ut någon, eller alla, direkt.

    När en dator har kommit bort, eller någon inte längre ska vara inne. Inget som är registrerat ändras.
    """
    from uppdrag.service import logging_out

    if bool(name) == everybody:
        complain(["Ange vem det gäller: --name NAMN, eller --all för alla."])
        raise typer.Exit(WRONG_USAGE)
    ended = logging_out.end(house(context), name)
    if not ended:
        typer.echo(f"Ingen är inloggad som {name}." if name else "Ingen är inloggad.")
    for one in ended:
        typer.echo(f"Utloggad: {one}")
