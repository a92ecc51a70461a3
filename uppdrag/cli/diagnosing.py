"""doctor: what whoever runs the program should know and do."""

from typing import Annotated

import typer

from uppdrag.cli.app import REFUSED, WRONG_USAGE, app, told


@app.command(epilog="Exempel: uppdrag doctor")
@told
def doctor(
    context: typer.Context,
    connect: Annotated[
        bool, typer.Option("--connect", help="Anslut till servrarna i inställningarna och pröva deras certifikat.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Skriv som JSON, för program.")] = False,
) -> None:
    """Undersök installationen: versioner, databas, klocka, logg, mejl, säkerhetskopia, certifikat och filer.

    Varje rad är bra, varning eller fel, med vad som ska göras. Inget ändras. Slutstatus 0 när inget är fel, 1 när
    något är det och 2 när inställningarna inte går att använda.
    """
    from uppdrag import settings
    from uppdrag.cli import show
    from uppdrag.cli.show import Format
    from uppdrag.service import diagnosing

    env = settings.environment()
    chosen, wrong = settings.examine(env, now=context.obj or "")
    found = diagnosing.look(chosen, env, now=chosen.now(), connect=connect)
    if json:
        show.emit(Format.json, [one._asdict() for one in found])
    else:
        for one in found:
            typer.echo(f"{one.level.upper() if one.level == 'fel' else one.level:8}{one.text}")
    if wrong:
        raise typer.Exit(WRONG_USAGE)
    if diagnosing.worst(found) == "fel":
        raise typer.Exit(REFUSED)
