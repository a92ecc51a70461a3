"""report workbook, research, crisis, public, matter: what others read and work on, as files.

What is there already is never written over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer

from uppdrag.cli.app import REFUSED, WRONG_USAGE, complain, house, settings, told
from uppdrag.cli.report import report
from uppdrag.cli.saving import As, PaperFormat, write

Folder = Annotated[
    Path, typer.Option("--output", metavar="MAPP", help="Mappen som filerna sparas i.", file_okay=False)
]  # fmt: skip


@report.command(epilog="Exempel: uppdrag report workbook --output uttag")
@told
def workbook(context: typer.Context, output: Folder = Path()) -> None:
    """Skriv alla uppdrag, regioner och beslut som en arbetsbok i Excel, att filtrera och arbeta i.

    Bladen är Uppdrag, Regioner, Beslut och Om filen. Det som ändras i arbetsboken registreras inte.
    """
    from uppdrag.service import sheets
    from workflow.calendar import local_date

    now, place = settings(context).now(), house(context)
    path = output / f"uppdrag-{local_date(now)}.xlsx"
    with fresh(path) as file, counting("Skriver rader") as progress:
        count = sheets.write_all(place, file, now=now, told=progress)
    typer.echo(f"{count} rader i {path}.")


@report.command(epilog="Exempel: uppdrag report research --output forskning")
@told
def research(context: typer.Context, output: Folder = Path()) -> None:
    """Skriv uppdrag, händelser och beslut som CSV för följeforskningen, utan personuppgifter.

    Fri text, namn och adresser är inte med. dataordlista.csv säger vad varje kolumn betyder och vad som utelämnats.
    """
    from uppdrag.service import research as of_research

    now, place = settings(context).now(), house(context)
    with counting("Skriver rader") as progress:
        counts = of_research.write(place, lambda name: fresh(output / name), now=now, told=progress)
    for name, count in counts.items():
        typer.echo(f"{output / name}: {count} rader.")
    typer.echo(f"{output / of_research.DICTIONARY}: vad varje kolumn betyder.")


@report.command(epilog="Exempel: uppdrag report crisis --output krisparm")
@told
def crisis(context: typer.Context, output: Folder = Path()) -> None:
    """Skriv hela läget som en enda fil att skriva ut och lägga i en pärm.

    Filen behöver inget nät: uppdragen, regionerna, det som är planerat och vem som har vilken befattning.
    """
    from uppdrag.documents.formats import file_name, rendered
    from uppdrag.service import crisis as of_crisis

    made = of_crisis.document(house(context), now=settings(context).now())
    path = output / file_name(made, "html")
    write(path, rendered(made, "html"))
    typer.echo(f"Sparat: {path}. Skriv ut den, och gör en ny när läget har ändrats.")


@report.command(epilog='Exempel: uppdrag report public --output webb --confirmed-by "Anna Ek"')
@told
def public(
    context: typer.Context,
    output: Folder = Path(),
    confirmed_by: Annotated[
        str, typer.Option("--confirmed-by", metavar="NAMN", help="Vem som har sett igenom sammanställningen.")
    ] = "",
) -> None:
    """Skriv en statussida för webbplatsen: uppdragen, planerad tid och vad regionerna har beslutat.

    Inget känsligt uppdrag är med. Utan --confirmed-by visas vad sidan skulle visa, och inget skrivs. Den som bekräftar
    står i loggen.
    """
    from uppdrag.cli import show
    from uppdrag.service import public as of_public

    now, place = settings(context).now(), house(context)
    path = output / "index.html"
    if not confirmed_by.strip():
        found = of_public.shown(place, now=now)
        show.table(
            ("Nummer", "Uppdrag", "Beslut i regionerna"),
            [(r.id, r.title, f"{found.decided[r.id]} av {r.regions.concerned}" if r.regions.concerned else "–")
             for r in found.rows],
            title=f"Det här skulle sidan visa: {len(found.rows)} uppdrag, och varje känt beslut med region, dag och "
            "slag av instans.",
        )  # fmt: skip
        typer.echo(f"Utelämnat som känsligt: {', '.join(r.id for r in found.left_out) or 'inget'}.\n")
    made, recorded = of_public.publish(place, confirmed_by, lambda page: write(path, page), now=now)
    typer.echo(f"Sparat: {path}. {len(made.rows)} uppdrag. Bekräftat av {recorded.actor.name}, {recorded.id} i loggen.")


@report.command(epilog="Exempel: uppdrag report matter --uppdrag U2026-01 --output arkiv")
@told
def matter(
    context: typer.Context,
    uppdrag: Annotated[str, typer.Option("--uppdrag", metavar="ID", help="Uppdragets nummer.")],
    output: Folder = Path(),
) -> None:
    """Packa ett ärende för diariet och arkivet: handlingar, mejl, svar med bilagor och hela loggen.

    I paketet finns en förteckning att läsa, SHA-256 för varje fil och kontrollen av loggens kedja.
    """
    from uppdrag.service import matter as of_matter

    with counting("Packar filer") as progress:
        made = of_matter.make(house(context), uppdrag, now=settings(context).now(), told=progress)
    path = output / made.name
    write(path, made.content)
    typer.echo(f"{len(made.files)} filer i {path}.")
    complain([f"Inte med: {text}" for text in made.left_out])
    if not made.holds:
        complain(["Loggen eller en sparad fil är inte som den skrevs. Kör uppdrag verify."])
        raise typer.Exit(REFUSED)


@report.command(epilog="Exempel: uppdrag report pictures --uppdrag U2026-01 --output bilder")
@told
def pictures(
    context: typer.Context,
    uppdrag: Annotated[
        str, typer.Option("--uppdrag", metavar="ID", help="Bilderna av ett uppdrag; utelämnad: av alla.")
    ] = "",
    output: Folder = Path(),
    format: As = PaperFormat.pdf,
) -> None:
    """Skriv bilderna med sina tabeller som ett dokument, och var och en som SVG och PNG.

    Av ett uppdrag: kartan, och besluten över tid. Av alla: planen kvartal för kvartal, uppdragen mot regionerna, och
    hur långt uppdragen har kommit.
    """
    from uppdrag.documents.formats import file_name, rendered
    from uppdrag.service import pictures as of_pictures

    now, place = settings(context).now(), house(context)
    made = of_pictures.of_uppdrag(place, uppdrag, now=now) if uppdrag else of_pictures.of_all(place, now=now)
    if not made:
        typer.echo("Det finns inget att rita: uppdraget går inte till regionerna, eller så finns inga uppdrag.")
        return
    title = f"Bilder: {uppdrag}" if uppdrag else "Bilder: alla uppdrag"
    whole = of_pictures.document(made, title, now=now, name=f"bilder-{uppdrag or 'alla'}")
    for picture in made:
        write(output / f"{picture.name}.svg", picture.svg.encode())
        write(output / f"{picture.name}.png", picture.png)
    path = output / file_name(whole, format.value)
    write(path, rendered(whole, format.value))
    typer.echo(f"{len(made)} bilder och {path}.")


@contextmanager
def fresh(path: Path) -> Iterator[IO[bytes]]:
    """A file that is not there yet, to write to; gone again where the writing fails. Ends with status 2 where it is
    there, or cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            try:
                yield file
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        complain([f"{path} finns redan och skrivs inte över. Ange en annan plats, eller flytta filen."])
        raise typer.Exit(WRONG_USAGE) from None
    except OSError as wrong:
        complain([f"{path} går inte att skriva ({wrong.strerror})."])
        raise typer.Exit(WRONG_USAGE) from None


@contextmanager
def counting(label: str) -> Iterator[Callable[[int], None]]:
    """How far long work has come, on stderr where somebody looks."""
    import sys

    last = 0

    def told(count: int) -> None:
        nonlocal last
        last = count
        if sys.stderr.isatty():
            typer.echo(f"\r{label}: {count:,}".replace(",", " "), err=True, nl=False)

    yield told
    if last and sys.stderr.isatty():
        typer.echo(err=True)
