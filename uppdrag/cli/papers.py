"""meeting kallelse, meeting extract, missiv: chefsgruppens handlingar som dokument."""

from pathlib import Path
from typing import Annotated

import typer

from uppdrag.cli.app import WRONG_USAGE, app, complain, house, settings, told
from uppdrag.cli.dispatching import Regions, listed
from uppdrag.cli.doing import Id
from uppdrag.cli.meeting import Day, meeting, meeting_day
from uppdrag.cli.saving import As, Output, PaperFormat, put, save

_DIGITS = 6
"""More than a year's § ever have."""
Paragraph = Annotated[str, typer.Argument(metavar="§", help="Paragrafens nummer, till exempel 12.")]


@meeting.command(epilog="Exempel: uppdrag meeting kallelse 2026-03-27 --format docx")
@told
def kallelse(context: typer.Context, day: Day, format: As = PaperFormat.pdf, output: Output = "") -> None:
    """Skriv kallelsen som dokument: tid och plats, dagordningen och vilka som kallas. Inget skickas."""
    from uppdrag.service import papers

    save(papers.kallelse(house(context), meeting_day(day), now=settings(context).now()), format, output)


@meeting.command(epilog="Exempel: uppdrag meeting extract 2026-03-27 12 --format docx")
@told
def extract(
    context: typer.Context, day: Day, paragraph: Paragraph, format: As = PaperFormat.pdf, output: Output = ""
) -> None:
    """Skriv ett protokollsutdrag för en paragraf. Är den inte justerad står det i utdraget."""
    from uppdrag.service import papers

    asked, number, now = meeting_day(day), paragraph_of(paragraph), settings(context).now()
    save(papers.utdrag(house(context), asked, number, now=now), format, output)


@app.command(epilog="Exempel: uppdrag missiv U2026-01 --to missiv --regions 01,03")
@told
def missiv(
    context: typer.Context,
    id: Id,
    to: Annotated[Path, typer.Option("--to", metavar="MAPP", help="Mappen som filerna sparas i.", file_okay=False)],
    regions: Regions = "alla",
    format: As = PaperFormat.pdf,
) -> None:
    """Skriv brevet till varje region om ett godkänt förslag, med samma uppgifter som mejlet. Inget skickas.

    Regioner som har beslutat får inget. En fil som redan finns skrivs inte över.
    """
    from uppdrag.service import papers

    chosen = settings(context)
    wanted = None if regions == "alla" else listed(regions)
    made = papers.missives(house(context), id, wanted, chosen, now=chosen.now())
    name, content = papers.file_name, papers.rendered
    count = sum(put(to / name(letter, format.value), content(letter, format.value)) for letter in made)
    typer.echo(f"{count} brev i {to}." if count else "Inget brev sparades.")


def paragraph_of(text: str) -> int:
    """A § as it was typed: `12` or `§ 12`. Ends with status 2 where it is none."""
    number = text.strip().removeprefix("§").strip()
    if not (number.isascii() and number.isdigit() and len(number) <= _DIGITS):
        complain([f'§: "{text[:80]}" är inte en paragraf. Skriv till exempel 12.'])
        raise typer.Exit(WRONG_USAGE)
    return int(number)
