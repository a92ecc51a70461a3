"""meeting actions, done: åtgärderna ur protokollen, och vad det har blivit av dem."""

from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import WRONG_USAGE, complain, house, settings, told
from uppdrag.cli.doing import By, Show, actor_of, day_of
from uppdrag.cli.meeting import Day, Seen, meeting, meeting_day
from uppdrag.cli.papers import Paragraph, paragraph_of
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from workflow.actions import Promise


@meeting.command(epilog="Exempel: uppdrag meeting actions --open")
@told
def actions(
    context: typer.Context,
    only_open: Annotated[bool, typer.Option("--open", help="Bara de öppna, den som brådskar mest först.")] = False,
    owner: Annotated[str, typer.Option("--owner", metavar="VEM", help="Bara den som har tagit på sig det.")] = "",
    format: Show = Format.table,
) -> None:
    """Visa åtgärderna ur protokollen: vad, vem, till när, och vad det har blivit av dem."""
    from uppdrag.cli import show
    from uppdrag.service import actions as service
    from uppdrag.service.after_rows import action_row
    from uppdrag.words.after_meetings import settled
    from workflow.calendar import local_date

    found = service.listed(house(context), only_open=only_open, owner=owner)
    if format is not Format.table:
        show.emit(format, [action_row(p) for p in found])
        return
    if not found:
        typer.echo("Inga öppna åtgärder." if only_open else "Inga åtgärder.")
        return
    today = local_date(settings(context).now())
    show.table(
        ("Möte", "§", "Nr", "Åtgärd", "Vem", "Senast", "Läge"),
        [
            (str(p.meeting), str(p.paragraph), str(p.number), _what(p), p.action.owner, str(p.action.due or "–"),
             settled(p, today))
            for p in found
        ],
        wide=(3,),
    )  # fmt: skip


def _what(p: "Promise") -> str:
    note = p.settled.note if p.settled and not p.open else ""
    return f"{p.action.what} ({note})" if note else p.action.what


@meeting.command(epilog='Exempel: uppdrag meeting done 2026-03-27 16 --on 2026-04-08 --note "Utskickat"')
@told
def done(
    context: typer.Context,
    day: Day,
    paragraph: Paragraph,
    number: Annotated[
        int | None, typer.Argument(metavar="[NR]", min=1, help="Vilken av paragrafens åtgärder, om de är flera.")
    ] = None,
    not_needed: Annotated[bool, typer.Option("--not-needed", help="Den behövs inte längre.")] = False,
    reopen: Annotated[bool, typer.Option("--reopen", help="Den är öppen igen.")] = False,
    on: Annotated[str, typer.Option("--on", metavar="DATUM", help="Dagen då den blev klar.")] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="En anmärkning.")] = "",
    by: By = "kansliet",
    seen: Seen = None,
) -> None:
    """Markera en åtgärd som klar. Protokollet ändras inte."""
    from uppdrag.cli.circulating import clean
    from uppdrag.service import actions as service
    from uppdrag.words.after_meetings import SETTLED
    from workflow.aftermath import HowSettled

    if not_needed and reopen:
        complain(["Ange --not-needed eller --reopen, inte båda."])
        raise typer.Exit(WRONG_USAGE)
    how: HowSettled = "behovs_inte" if not_needed else "oppen" if reopen else "klar"
    asked = meeting_day(day)
    after = service.settle(
        house(context), asked, paragraph_of(paragraph), number, how, on=day_of(on),
        note=clean("Anmärkningen", note, long=True), actor=actor_of("kansli", by), now=settings(context).now(),
        expected=seen,
    )  # fmt: skip
    typer.echo(f"§ {paragraph_of(paragraph)} från mötet {asked}: {SETTLED[how]}. Version {after.version}.")
