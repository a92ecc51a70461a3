"""report letter, annual, personal-data: månadsbrev, verksamhetsberättelse och personuppgifter. Inget skickas."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import WRONG_USAGE, house, settings, told
from uppdrag.cli.doing import day_of
from uppdrag.cli.report import report
from uppdrag.cli.saving import As, PaperFormat, put

if TYPE_CHECKING:
    from datetime import datetime

    from uppdrag.documents.document import Document

Folder = Annotated[
    Path, typer.Option("--output", metavar="MAPP", help="Mappen som filen sparas i.", file_okay=False)
]  # fmt: skip
CutOff = Annotated[
    str, typer.Option("--as-of", metavar="DATUM", help="Räkna på det som var registrerat den dagen.")
]  # fmt: skip


@report.command(epilog="Exempel: uppdrag report letter --period 2026-03 --output brev")
@told
def letter(
    context: typer.Context,
    period: Annotated[str, typer.Option("--period", metavar="MÅNAD", help="Månaden, till exempel 2026-03.")],
    as_of: CutOff = "",
    format: As = PaperFormat.pdf,
    output: Folder = Path(),
) -> None:
    """Skriv månadsbrevet som dokument, med en not till varje siffra. Inget skickas.

    Ett brev som har skickats skrivs som det skickades, ett utkast med kansliets ord. Med --as-of räknas det om.
    """
    from uppdrag.service import letters

    place, cut_off = house(context), _cut_off(context, as_of)
    with counting("Räknar uppdrag") as progress:
        written = letters.document(
            place, period, now=settings(context).now(), cut_off=cut_off if as_of else None, progress=progress
        )
    _save(written, format, output)


@report.command(epilog="Exempel: uppdrag report annual --period 2026 --format docx --output rapporter")
@told
def annual(
    context: typer.Context,
    period: Annotated[str, typer.Option("--period", metavar="ÅR", help="Året, till exempel 2026.")],
    as_of: CutOff = "",
    format: As = PaperFormat.docx,
    output: Folder = Path(),
) -> None:
    """Skriv verksamhetsberättelsen för ett år som dokument, med en not till varje siffra.

    Det som står inom hakparentes skriver kansliet. Avstämningsdagen är i dag, eller den som anges med --as-of.
    """
    from uppdrag.service import reports

    place, cut_off = house(context), _cut_off(context, as_of)
    with counting("Räknar uppdrag") as progress:
        written = reports.annual(place, period, known_by=cut_off, progress=progress)
    _save(written, format, output)


@contextmanager
def counting(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr while something long is done; it is told how many of how many."""
    with typer.progressbar(length=1, label=label, file=typer.get_text_stream("stderr")) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield progress


@report.command("personal-data", epilog="Exempel: uppdrag report personal-data")
@told
def personal_data() -> None:
    """Skriv registret över personuppgifter (artikel 30 i dataskyddsförordningen) som text.

    Varje kolumn i databasen står där, med ändamål, rättslig grund, gallring och mottagare.
    """
    from uppdrag.service.personal_data_page import render

    typer.echo(render(), nl=False)


def _cut_off(context: typer.Context, as_of: str) -> "datetime":
    from uppdrag.service import reports

    return reports.cut_off(day_of(as_of, "--as-of") if as_of else None, now=settings(context).now())


def _save(document: "Document", format: PaperFormat, output: Path) -> None:
    from uppdrag.documents.formats import file_name, rendered

    path = output / file_name(document, format.value)
    if not put(path, rendered(document, format.value)):
        raise typer.Exit(WRONG_USAGE)
    typer.echo(f"Sparat: {path}")
