"""kit: a region's tjänsteskrivelse and the table to fill in, as files."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from uppdrag.cli.app import WRONG_USAGE, app, complain, house, settings, told
from uppdrag.cli.dispatching import Regions, listed
from uppdrag.cli.doing import Id


class LetterFormat(StrEnum):
    """As what the tjänsteskrivelse is written."""

    docx = "docx"
    pdf = "pdf"


@app.command(epilog="Exempel: uppdrag kit U2026-01 --to underlag --regions 01,03")
@told
def kit(
    context: typer.Context,
    id: Id,
    to: Annotated[Path, typer.Option("--to", metavar="MAPP", help="Mappen som filerna sparas i.", file_okay=False)],
    regions: Regions = "alla",
    format: Annotated[LetterFormat, typer.Option("--format", help="Tjänsteskrivelsens format.")] = LetterFormat.docx,
) -> None:
    """Skriv ett beslutsunderlag för varje region: en tjänsteskrivelse och en tabell för svaret.

    Tjänsteskrivelsen är en DOCX som går att redigera, eller med --format pdf en PDF att läsa. Tabellen (XLSX och CSV)
    fyller registratorn i och skickar tillbaka; uppdrag decide --file läser den som den är. Regioner som har beslutat
    får inget. En fil som redan finns skrivs inte över.
    """
    from uppdrag.service import kit as service

    chosen = settings(context)
    wanted = None if regions == "alla" else listed(regions)
    files = service.make(house(context), id, wanted, chosen, now=chosen.now(), formats=(format.value,))
    saved = []
    for file in files:
        path = to / file.name
        try:
            to.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as written:
                written.write(file.content)
        except FileExistsError:
            complain([f"{path} finns redan."])
            continue
        except OSError as wrong:
            complain([f"{path} går inte att skriva ({wrong.strerror})."])
            raise typer.Exit(WRONG_USAGE) from None
        saved.append(file.region)
    many, count = len(saved), len(set(saved))
    told = f"{many} {'fil' if many == 1 else 'filer'} för {count} {'region' if count == 1 else 'regioner'} i {to}."
    typer.echo(told if saved else "Ingen fil sparades.")
