"""meeting summon, reschedule, cancel: the kallelse, and a meeting that is moved or not held."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uppdrag.cli.app import house, settings, told
from uppdrag.cli.dispatching import Yes, confirm, listed, show_mail, warn
from uppdrag.cli.doing import By, DryRun, Show, actor_of, day_of
from uppdrag.cli.meeting import Day, Seen, meeting, meeting_day
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from uppdrag.service import calling_off
    from uppdrag.service import summons as service
    from uppdrag.service.summons_letters import Letter
    from workflow.errors import Refusal


@meeting.command(epilog="Exempel: uppdrag meeting summon 2026-03-27 --channel annan --on 2026-03-20")
@told
def summon(
    context: typer.Context,
    day: Day,
    without: Annotated[
        str, typer.Option("--without", metavar="NAMN", help="De som inte får något härifrån; namn med komma mellan.")
    ] = "",
    channel: Annotated[
        str,
        typer.Option(
            "--channel", metavar="KANAL", help="epost, saker_kanal, post eller annan; bara epost skickas härifrån."
        ),
    ] = "epost",
    on: Annotated[
        str, typer.Option("--on", metavar="DATUM", help="Dagen då kallelsen gick ut, om den gick på annat sätt.")
    ] = "",
    by: By = "kansliet",
    seen: Seen = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    format: Show = Format.table,
) -> None:
    """Skicka kallelsen, med dagordningen som PDF och en inbjudan till kalendern.

    Första gången läggs dagordningens nummer fast. Körs det igen skickas det som har ändrats till alla, och kallelsen
    till den som är ny. Den som inte längre hör till chefsgruppen får veta att kallelsen inte gäller.
    """
    from uppdrag.cli import show
    from uppdrag.service import summons as service
    from uppdrag.service.dispatching import MAIL

    place, chosen, asked = house(context), settings(context), meeting_day(day)
    wanted = service.Wanted(
        actor=actor_of("kansli", by), without=listed(without), channel=channel, on=day_of(on)
    )  # fmt: skip
    now = chosen.now()
    plan = service.plan(place, asked, wanted, chosen, now=now)
    plan = plan if seen is None else replace(plan, version=seen)
    mailed, table = channel == MAIL, format is Format.table
    if table and mailed:
        _show(plan)
    warn(plan.warnings)
    if dry_run or (mailed and not plan.letters):
        if not table:
            show.emit(format, [_row(letter, plan, dry_run=True) for letter in plan.letters])
        elif not mailed:
            typer.echo(f"Det här skulle registreras: kallelsen till mötet {asked} gick ut {plan.on}.")
        else:
            typer.echo("Inget är skickat." if plan.letters else "Alla som kallas har redan den senaste kallelsen.")
        return
    if mailed:
        confirm(f"Skicka till {_many(len(plan.letters))}?", yes)
    done = service.send(place, asked, wanted, chosen, now=now, shown=plan)
    if not table:
        show.emit(format, [_row(letter, plan, dry_run=False) for letter in plan.letters])
        return
    if not plan.sequence and done.meeting.summoned_on == plan.on:
        count = len(done.meeting.items)
        typer.echo(f"Kallelsen till mötet {asked} gick ut {plan.on}. {count} punkter ligger fast.")
    if done.messages:
        typer.echo(f"{len(done.messages)} mejl är köade. uppdrag outbox list visar dem.")
    elif done.again:
        typer.echo("Redan skickat. Inget mer har gått.")


@meeting.command(epilog="Exempel: uppdrag meeting reschedule 2026-04-24 2026-04-29")
@told
def reschedule(
    context: typer.Context,
    day: Day,
    to: Annotated[str, typer.Argument(metavar="NY_DAG", help="Dagen då mötet hålls i stället, ÅÅÅÅ-MM-DD.")],
    by: By = "kansliet",
    seen: Seen = None,
) -> None:
    """Flytta ett möte till en annan dag, med dagordning och kallelse.

    Handlingsstopp, kallelse och justering räknas om. Ingen får veta det förrän kallelsen skickas igen.
    """
    from uppdrag.service import calling_off
    from uppdrag.words.summons import not_told

    after = calling_off.move(
        house(context), meeting_day(day), meeting_day(to), actor=actor_of("kansli", by), now=settings(context).now(),
        expected=seen,
    )  # fmt: skip
    typer.echo(f"Mötet {day} hålls {after.day}.")
    if told := not_told(after):
        typer.echo(told)


@meeting.command(epilog='Exempel: uppdrag meeting cancel 2026-06-12 --why "För få ärenden" --dry-run')
@told
def cancel(
    context: typer.Context,
    day: Day,
    why: Annotated[str, typer.Option("--why", metavar="SKÄL", help="Varför mötet ställs in; det står i mejlet.")],
    by: By = "kansliet",
    seen: Seen = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Ställ in ett möte. De som har kallelsen får veta det, och mötet tas bort ur deras kalender.

    Det som kansliet har lagt på dagordningen går till nästa möte. Ett möte med påbörjat protokoll kan inte ställas in.
    """
    from uppdrag.service import calling_off

    place, chosen, asked = house(context), settings(context), meeting_day(day)
    now = chosen.now()
    plan = calling_off.plan(place, asked, _reason(why), chosen, now=now)
    plan = plan if seen is None else replace(plan, version=seen)
    _show_cancelling(plan)
    if dry_run:
        typer.echo("Mötet är inte inställt.")
        return
    confirm(f"Ställa in mötet {asked}?", yes)
    done = calling_off.call_off(
        place, asked, plan.why, chosen, actor=actor_of("kansli", by), now=now, shown=plan
    )  # fmt: skip
    typer.echo(f"Mötet {asked} är inställt.")
    if done.messages:
        typer.echo(f"{len(done.messages)} mejl är köade. uppdrag outbox list visar dem.")


def _show(plan: "service.Plan") -> None:
    version = f"version {plan.sequence + 1} av kallelsen" if plan.sequence else "kallelsen"
    typer.echo(f"Chefsgruppens möte {plan.day}, {version}. {len(plan.items)} punkter på dagordningen.")
    _letters(plan.letters)
    _left_out(plan.left_out)
    if plan.letters:
        first = plan.letters[0]
        show_mail(first.message, first.name or first.address)
        if not first.cancels:
            typer.echo(f"Bilagor: kallelse-{plan.day}.pdf och en inbjudan till kalendern.\n")


def _show_cancelling(plan: "calling_off.Plan") -> None:
    from uppdrag.words.chefsgrupp import called

    _letters(plan.letters)
    if plan.letters:
        show_mail(plan.letters[0].message, plan.letters[0].name or plan.letters[0].address)
    if plan.told_elsewhere:
        typer.echo("Kallelsen gick inte ut härifrån. Meddela att mötet är inställt på samma sätt.")
    if plan.carried:
        lead = f"Till mötet {plan.next_day}" if plan.next_day else "Inget senare möte är planerat. Lägg till för hand"
        typer.echo(f"{lead}: {', '.join(called(replace(i, number=0)) for i in plan.carried)}.")


def _letters(letters: "Sequence[Letter]") -> None:
    from uppdrag.cli import show
    from uppdrag.words.summons import AS_WHAT, WHAT

    if letters:
        typer.echo()
        rows = [(one.name or "–", AS_WHAT[one.role], one.address, WHAT[one.template]) for one in letters]
        show.table(("Till", "Som", "Adress", "Vad"), rows)


def _left_out(left_out: "Sequence[Refusal]") -> None:
    from uppdrag import words

    if left_out:
        typer.echo("\nFår inget:")
    for why in left_out:
        typer.echo(f"  {words.sentence(why)}")


def _many(count: int) -> str:
    return "en person" if count == 1 else f"{count} personer"


def _reason(text: str) -> str:
    from workflow.errors import Refusal, Refused
    from workflow.facts import BadFact, clean_text

    try:
        return clean_text(text)
    except BadFact as bad:
        raise Refused([Refusal.of(bad.code, label="Skälet", value=text[:80], expected=bad.expected)]) from None


def _row(letter: "Letter", plan: "service.Plan", *, dry_run: bool) -> dict[str, Any]:
    return {
        "meeting": plan.day.isoformat(), "sequence": plan.sequence, "name": letter.name, "role": letter.role,
        "address": letter.address, "what": letter.template, "message": letter.message.id, "dry_run": dry_run,
    }  # fmt: skip
