"""meeting preparation, place, leave-out, restore, matter, submit: årets beredningsplan."""

from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.agenda import KindOf, Title
from uppdrag.cli.app import house, settings, told
from uppdrag.cli.doing import By, DryRun, actor_of, day_of
from uppdrag.cli.meeting import Day, Seen, meeting, meeting_day
from uppdrag.cli.saving import AnyFormat, Output, ShowOrWrite, save, shown
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from uppdrag.service.beredning import Preparation
    from uppdrag.service.beredning_changing import Moved
    from workflow.beredning_fill import Row

Year = Annotated[int, typer.Argument(metavar="ÅR", min=2000, max=2200, help="Planens år.")]
Matter = Annotated[str, typer.Argument(metavar="ÄRENDE", help="Uppdraget, eller ärendet som U2026-01:redovisa.")]
Why = Annotated[str, typer.Option("--why", metavar="SKÄL", help="Varför; står i planen.")]


@meeting.command(epilog="Exempel: uppdrag meeting preparation 2026 --format pdf")
@told
def preparation(context: typer.Context, year: Year, format: ShowOrWrite = AnyFormat.table, output: Output = "") -> None:
    """Visa årets beredningsplan: vilket ärende som är tänkt till vilket möte, och varför."""
    from uppdrag.cli import show
    from uppdrag.service import beredning as service
    from uppdrag.service import beredning_rows as rows
    from uppdrag.service.beredning_document import document

    now = settings(context).now()
    found = service.preparation(house(context), year, now=now)
    if format.paper is not None:
        save(document(found, now=now), format.paper, output)
        return
    with shown(output):
        if format.shown is Format.json:
            show.emit_one(rows.plan_row(found))
        elif format.shown is Format.csv:
            show.emit(Format.csv, [rows.matter_row(r) for r in found.rows])
        else:
            _tell(found)


@meeting.command(epilog='Exempel: uppdrag meeting place 2026 U2026-04:redovisa 2026-09-25 --why "Väntar på underlag"')
@told
def place(
    context: typer.Context, year: Year, matter: Matter, day: Day, why: Why = "", by: By = "kansliet",
    seen: Seen = None, dry_run: DryRun = False,
) -> None:  # fmt: skip
    """Ställ ett ärende till ett annat möte i beredningsplanen. Mötets dagordning följer efter."""
    from uppdrag.service import beredning_changing as service

    done = service.place(
        house(context), year, matter, meeting_day(day), _text("Skälet", why), actor=actor_of("kansli", by),
        now=settings(context).now(), expected=seen, dry_run=dry_run,
    )  # fmt: skip
    _moved(done, dry_run)


@meeting.command("leave-out", epilog='Exempel: uppdrag meeting leave-out 2026 U2026-04:redovisa --why "Tas upp 2027"')
@told
def leave_out(
    context: typer.Context, year: Year, matter: Matter, why: Why = "", by: By = "kansliet", seen: Seen = None,
    dry_run: DryRun = False,
) -> None:  # fmt: skip
    """Lämna ett ärende utanför årets plan."""
    from uppdrag.service import beredning_changing as service

    done = service.place(
        house(context), year, matter, None, _text("Skälet", why), actor=actor_of("kansli", by),
        now=settings(context).now(), expected=seen, dry_run=dry_run,
    )  # fmt: skip
    _moved(done, dry_run)


@meeting.command(epilog="Exempel: uppdrag meeting restore 2026 U2026-04:redovisa")
@told
def restore(
    context: typer.Context, year: Year, matter: Matter, by: By = "kansliet", seen: Seen = None, dry_run: DryRun = False
) -> None:
    """Låt ett ärende följa planerad tid igen, efter att ha ställts till ett möte eller lämnats utanför."""
    from uppdrag.service import beredning_changing as service

    actor, now = actor_of("kansli", by), settings(context).now()
    _moved(service.restore(house(context), year, matter, actor=actor, now=now, expected=seen, dry_run=dry_run), dry_run)


@meeting.command(epilog='Exempel: uppdrag meeting matter 2026 --title "Lokaler för 2027" --on 2026-09-25')
@told
def matter(
    context: typer.Context,
    year: Year,
    title: Title = "",
    kind: KindOf = "beslut",
    on: Annotated[str, typer.Option("--on", metavar="DATUM", help="Mötet; utelämnat: inget än.")] = "",
    by: By = "kansliet",
    seen: Seen = None,
    dry_run: DryRun = False,
) -> None:
    """Lägg till ett ärende i beredningsplanen som inte gäller ett uppdrag."""
    from uppdrag.cli.agenda import kind_of
    from uppdrag.service import beredning_changing as service

    done = service.add(
        house(context), year, _text("Rubriken", title), kind_of(kind), day_of(on, "--on"),
        actor=actor_of("kansli", by), now=settings(context).now(), expected=seen, dry_run=dry_run,
    )  # fmt: skip
    _moved(done, dry_run)


@meeting.command(epilog="Exempel: uppdrag meeting submit 2026 2026-03-27")
@told
def submit(context: typer.Context, year: Year, day: Day, by: By = "kansliet", seen: Seen = None) -> None:
    """Sätt beredningsplanen på ett mötes dagordning för beslut, i den version som gäller nu."""
    from uppdrag.service import beredning_changing as service

    actor, now = actor_of("kansli", by), settings(context).now()
    done = service.submit(house(context), year, meeting_day(day), actor=actor, now=now, expected=seen)
    lead = "" if done.changed else "Stod där redan: "
    typer.echo(
        f"{lead}Punkt {done.number} på mötet {done.meeting}: beredningsplan {year}, version {done.plan.edition}."
    )


def _tell(found: "Preparation") -> None:
    from uppdrag.cli import show
    from uppdrag.service.beredning_document import remark
    from uppdrag.words.beredning import NOWHERE, change, counted, standing
    from uppdrag.words.chefsgrupp import OUTCOMES

    by_hand = sum(r.placement is not None for r in found.rows)
    typer.echo(f"Beredningsplan {found.year}, version {found.plan.edition}. {standing(found.decided)}.")
    typer.echo(f"{counted(len(found.rows), by_hand)}, {len(found.days)} möten.")
    for one in found.changes:
        typer.echo(f"  {change(one)}")
    typer.echo("")
    if not found.days:
        typer.echo(f"Chefsgruppen har inga möten {found.year}. Planera dem: uppdrag meeting plan {found.year}")
        return

    def row(r: "Row") -> tuple[str, ...]:
        at = r.day.isoformat() if r.day else "utelämnat" if r.left_out else NOWHERE
        title = f"{r.title}: {r.what}\n{'' if (told := remark(r)) == '–' else told}".rstrip()
        return at, title, r.key, r.planned.last.isoformat() if r.planned else "–"

    show.table(("Möte", "Ärende", "Nyckel", "Planerad tid"), [row(r) for r in found.rows])
    for h in found.handled:
        typer.echo(f"Behandlat {h.day}, § {h.paragraph}: {' '.join(filter(None, (h.uppdrag, h.title)))}, "
                   f"{OUTCOMES[h.outcome]}")  # fmt: skip


def _moved(done: "Moved", dry_run: bool) -> None:
    from uppdrag import words
    from uppdrag.cli.app import complain
    from uppdrag.service.beredning import called
    from uppdrag.words.beredning import NOWHERE, why

    after = done.after
    lead = "Det här skulle hända: " if dry_run else "" if done.changed else "Så var det redan: "
    if after is not None:
        at = f"mötet {after.day}" if after.day else "utelämnat ur årets plan" if after.left_out else NOWHERE
        typer.echo(f"{lead}{called(after)}, {at}. {why(after.why)} Nyckel: {after.key}")
        for warning in after.warnings:
            complain([f"Att kontrollera: {words.sentence(warning)}"])
    elif done.before is not None:
        typer.echo(f"{lead}{called(done.before)} är inte kvar i årets plan.")
    if not dry_run:
        typer.echo(f"Beredningsplan {done.plan.year}, version {done.plan.edition}.")


def _text(label: str, value: str) -> str:
    from workflow.errors import Refusal, Refused
    from workflow.facts import BadFact, clean_text

    try:
        return clean_text(value)
    except BadFact as bad:
        raise Refused([Refusal.of(bad.code, label=label, value=value[:80], expected=bad.expected)]) from None
