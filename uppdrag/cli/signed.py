"""meeting sign, signed: det undertecknade protokollet."""

from pathlib import Path
from typing import Annotated

import typer

from uppdrag.cli.app import REFUSED, complain, house, settings, told
from uppdrag.cli.doing import By, actor_of
from uppdrag.cli.meeting import Day, Seen, meeting, meeting_day


@meeting.command(epilog="Exempel: uppdrag meeting sign 2026-03-27 --file protokoll.pdf")
@told
def sign(
    context: typer.Context,
    day: Day,
    file: Annotated[Path, typer.Option("--file", metavar="FIL", help="Det undertecknade protokollet som PDF.")],
    by: By = "kansliet",
    seen: Seen = None,
) -> None:
    """Fäst det undertecknade protokollet, när alla paragrafer är justerade.

    Filen sparas med sin SHA-256, som uppdrag verify kontrollerar. En ny fil ersätter den förra, som finns kvar.
    """
    from uppdrag.service import signed as service

    try:
        content = file.read_bytes()
    except OSError as wrong:
        complain([f"{file} går inte att läsa ({wrong.strerror})."])
        raise typer.Exit(REFUSED) from None
    after = service.sign(
        house(context), meeting_day(day), file.name, content, actor=actor_of("kansli", by),
        now=settings(context).now(), expected=seen,
    )  # fmt: skip
    kept = after.signed[-1]
    typer.echo(f"Det undertecknade protokollet är fäst: {kept.name}, {kept.size} byte.")
    typer.echo(f"SHA-256: {kept.digest}")


@meeting.command(epilog="Exempel: uppdrag meeting signed 2026-03-27 --output undertecknat.pdf")
@told
def signed(
    context: typer.Context,
    day: Day,
    output: Annotated[
        str, typer.Option("--output", metavar="FIL", help="Var filen sparas; utelämnad: visa vad som är fäst.")
    ] = "",
    number: Annotated[
        int | None, typer.Option("--number", metavar="NR", min=1, help="En tidigare fil, räknad från den första.")
    ] = None,
) -> None:
    """Hämta det undertecknade protokollet, oförändrat, eller visa vad som är fäst."""
    from uppdrag.cli.saving import write
    from uppdrag.service import chefsgrupp
    from uppdrag.service import signed as service

    place, asked = house(context), meeting_day(day)
    _, content = service.signed(place, asked, number)
    if output:
        write(Path(output), content)
        typer.echo(f"Sparat: {output}")
        return
    files = chefsgrupp.one(place, asked).meeting.signed
    for place_of, one in enumerate(files, start=1):
        counts = " (gäller)" if place_of == len(files) else " (ersatt)"
        typer.echo(f"{place_of}. {one.name}{counts}: {one.size} byte, fäst {one.on} av {one.by}")
        typer.echo(f"   SHA-256: {one.digest}")
