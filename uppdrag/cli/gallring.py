"""gallra: a gallringsbeslut is carried out."""

from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import REFUSED, WRONG_USAGE, app, complain, house, settings, told
from uppdrag.cli.doing import By, day_of
from uppdrag.cli.setting_up import database

if TYPE_CHECKING:
    from uppdrag.service.gallring import Done

_WHAT = Annotated[str, typer.Argument(metavar="VAD", help="Uppdraget, eller personen: person:03:registrator:1.")]


@app.command(
    epilog="Exempel: uppdrag gallra U2026-12 --decision RK2026-44 --decided 2026-03-20 --decided-by AU --dry-run"
)
@told
def gallra(
    context: typer.Context,
    target: _WHAT,
    decision: Annotated[str, typer.Option("--decision", metavar="NUMMER", help="Gallringsbeslutets diarienummer.")],
    decided: Annotated[str, typer.Option("--decided", metavar="DATUM", help="Dagen då det beslutades.")],
    decided_by: Annotated[str, typer.Option("--decided-by", metavar="VEM", help="Vem som beslutade.")],
    only_mail: Annotated[bool, typer.Option("--only-mail", help="Bara mejl, bilagor och frågor om uppdraget.")] = False,
    also: Annotated[
        list[str] | None,
        typer.Option("--also", metavar="HANDLING", help="En handling som också omfattas, som mote:2026-03-20."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Visa vad som skulle försvinna.")] = False,
    confirm: Annotated[
        str, typer.Option("--confirm", metavar="NUMMER", help="Beslutets nummer en gång till; annars frågas det.")
    ] = "",
    by: By = "kansliet",
) -> None:
    """Gallra ett uppdrag eller en person enligt ett gallringsbeslut.

    Innehållet töms för gott. Kvar blir nummer, tillstånd och att det är gallrat enligt beslutet. Loggen går fortfarande
    att kontrollera. Börja med --dry-run.
    """
    from uppdrag.service import gallring
    from uppdrag.words import gallring as words
    from workflow.gallring import Gallringsbeslut
    from workflow.model import Actor

    day = day_of(decided)
    if day is None:
        complain(["Ange dagen då gallringen beslutades: --decided ÅÅÅÅ-MM-DD."])
        raise typer.Exit(WRONG_USAGE)
    place, now = house(context), settings(context).now()
    asked = gallring.Asked(
        target=target, beslut=Gallringsbeslut(number=decision, on=day, by=decided_by), post=only_mail,
        also=tuple(also or ()), actor=Actor(role="kansli", name=by),
    )  # fmt: skip
    if dry_run or not confirm:
        shown = gallring.gallra(place, asked, confirmed="", now=now, dry_run=True)
        _tell(shown)
        if dry_run:
            return
        typer.echo(words.LAW)
        typer.echo(words.BACKUPS)
        confirm = typer.prompt(f"Skriv beslutets nummer ({decision}) för att gallra", default="", show_default=False)
    done = gallring.gallra(place, asked, confirmed=confirm, now=now)
    _tell(done)
    typer.echo(words.BACKUPS)
    if not gallring.overwrite(place):
        complain(["Innehållet är tömt, men databasfilen kunde inte skrivas om medan andra läser den.",
                  "Stanna tjänsten och kör: uppdrag db overwrite"])  # fmt: skip
        raise typer.Exit(REFUSED)
    typer.echo("Databasen är omskriven, så att inget av det ligger kvar i filen.")


def _tell(done: "Done") -> None:
    from uppdrag.cli import show
    from uppdrag.words import gallring as words

    if done.repeated:
        typer.echo(f"{done.target} är redan gallrat enligt beslutet ({done.event}). Inget har ändrats.")
        return
    lead = (
        f"{done.target}: så här mycket skulle gallras." if done.dry_run else f"{done.target} är gallrat ({done.event})."
    )
    typer.echo(lead)
    show.table(("Tabell", "Antal"), [("event", str(done.events)), *((name, str(n)) for name, n in done.rows.items())])
    if done.left:
        typer.echo("Ordagrann text ur det finns kvar på andra ställen, som beslutet inte omfattar:")
        show.table(("Tabell", "Rader"), [(name, str(n)) for name, n in done.left.items()])
    typer.echo(words.FILES)


@database.command("overwrite", epilog="Exempel: uppdrag db overwrite")
@told
def overwrite(context: typer.Context) -> None:
    """Skriv om databasfilen, så att det som är gallrat inte ligger kvar i den.

    Görs av uppdrag gallra. Behövs bara när tjänsten var i vägen den gången. Stanna den först.
    """
    from uppdrag.service import gallring

    if not gallring.overwrite(house(context)):
        complain(["Någon läser databasen. Stanna tjänsten och försök igen."])
        raise typer.Exit(REFUSED)
    typer.echo("Databasen är omskriven.")
