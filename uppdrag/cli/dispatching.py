"""dispatch, chase: what goes to the regions. Shown first, then confirmed, then recorded and queued as one."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uppdrag.cli.app import WRONG_USAGE, app, complain, house, settings, told
from uppdrag.cli.doing import By, DryRun, Id, Key, On, Role, Show, actor_of, day_of
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from uppdrag.service import chasing, dispatching
    from uppdrag.service.house import House
    from workflow.errors import Refusal
    from workflow.message import Message
    from workflow.model import Region

Yes = Annotated[bool, typer.Option("--yes", help="Fråga inte först.")]
Regions = Annotated[str, typer.Option("--regions", metavar="LÄNSKODER", help="alla, eller länskoder som 01,03.")]


@app.command(epilog="Exempel: uppdrag dispatch U2026-01 --paper RK2026-00012-3 --as kansli --by Anna --dry-run")
@told
def dispatch(
    context: typer.Context,
    id: Id,
    role: Role,
    by: By,
    regions: Regions = "alla",
    without: Annotated[
        str, typer.Option("--without", metavar="LÄNSKODER", help="Regioner som lämnas utan, till exempel 09,12.")
    ] = "",
    channel: Annotated[
        str, typer.Option("--channel", metavar="KANAL", help="epost, saker_kanal, post eller annan.")
    ] = "epost",
    version: Annotated[
        int | None, typer.Option("--version", min=1, help="Förslagets version; bara den godkända kan skickas ut.")
    ] = None,
    paper: Annotated[
        list[str] | None,
        typer.Option("--paper", metavar="HÄNVISNING", help="En handling: diarienummer eller länk. Kan upprepas."),
    ] = None,
    on: On = "",
    key: Key = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    format: Show = Format.table,
) -> None:
    """Expediera det godkända förslaget till regionernas registratorer.

    Först visas vem som får vad. Allt registreras och köas, eller inget. Handlingar bifogas aldrig, bara hänvisningar.
    """
    from uppdrag.cli import show
    from uppdrag.service import dispatching as service

    place, chosen = house(context), settings(context)
    wanted = service.Wanted(
        actor=actor_of(role, by), regions=None if regions == "alla" else listed(regions), without=listed(without),
        channel=channel, version=version, papers=tuple(p.strip() for p in paper or () if p.strip()), on=day_of(on),
    )  # fmt: skip
    now = chosen.now()
    plan = service.plan(place, id, wanted, chosen, now=now, key=key)
    names = _names(place)
    if format is Format.table:
        _show_dispatch(plan, names)
    warn(plan.warnings)
    if dry_run or not plan.letters:
        if format is not Format.table:
            show.emit(format, [_letter_row(letter, plan, dry_run=True) for letter in plan.letters])
        elif plan.letters:
            typer.echo("Inget är skickat.")
        else:
            typer.echo("Redan registrerat. Inget skickas." if plan.done else "Ingen region återstår att skicka till.")
        return
    confirm(f"Skicka till {_many(len(plan.letters))}?" if channel == service.MAIL else "Registrera?", yes)
    done = service.dispatch(place, id, wanted, chosen, now=now, key=key, shown=plan)
    if format is not Format.table:
        show.emit(format, [_letter_row(letter, done.plan, dry_run=False) for letter in done.plan.letters])
        return
    typer.echo(f"Registrerat: version {plan.version} är expedierad till {_many(len(plan.letters))}.")
    if done.messages:
        typer.echo(f"{len(done.messages)} mejl är köade. uppdrag outbox list visar dem.")


@app.command(epilog="Exempel: uppdrag chase U2026-01 --where samverkansregion=norra --as kansli --by Anna --dry-run")
@told
def chase(
    context: typer.Context,
    id: Id,
    role: Role,
    by: By,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where", metavar="VAD=VÄRDE", help="Bara där state, samverkansregion, region eller verdict är detta."
        ),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Även den som har fått mejl den senaste veckan.")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    format: Show = Format.table,
) -> None:
    """Be om uppgift: fråga de regioner som inte har svarat.

    Först visas vem som får frågan. Vem som frågades, när och av vem står sedan i historiken.
    """
    from uppdrag.cli import show
    from uppdrag.service import chasing as service

    place, chosen = house(context), settings(context)
    now = chosen.now()
    asking = _asking(actor_of(role, by), where or [], again=again)
    plan = service.plan(place, id, asking, chosen, now=now)
    if format is Format.table:
        _show_chase(plan, _names(place))
    warn(plan.warnings)
    if not dry_run and plan.questions:
        confirm(f"Fråga {_many(len(plan.questions))}?", yes)
        answers = service.ask(place, id, asking, chosen, now=now, shown=plan)
        if format is Format.table:
            typer.echo(f"Registrerat: {_many(len(answers))} tillfrågas.")
    elif format is Format.table:
        typer.echo("Ingen region återstår att fråga." if not plan.questions else "Inget är skickat.")
    if format is not Format.table:
        rows = [
            {"uppdrag": id, "region": q.region, "to": q.to, "address": q.message.recipient,
             "leaves_at": plan.leaves_at.isoformat(), "dry_run": dry_run}
            for q in plan.questions
        ]  # fmt: skip
        show.emit(format, rows)


def _asking(actor: Any, where: Sequence[str], *, again: bool) -> "chasing.Asking":
    """What --where narrows it to; ends with status 2 where it cannot be read."""
    from uppdrag.service import chasing as service

    chosen: dict[str, tuple[str, ...]] = {"state": (), "samverkansregion": (), "region": (), "verdict": ()}
    for one in where:
        name, sign, value = (part.strip() for part in one.partition("="))
        if not sign or name not in chosen or not value:
            complain([f'--where: "{one}" går inte att läsa. Skriv {" eller ".join(f"{n}=…" for n in chosen)}.'])
            raise typer.Exit(WRONG_USAGE)
        chosen[name] += listed(value)
    return service.Asking(
        actor=actor, again=again, states=chosen["state"], groups=chosen["samverkansregion"],
        regions=chosen["region"] or None, verdicts=chosen["verdict"],
    )  # fmt: skip


def listed(codes: str) -> tuple[str, ...]:
    """What was typed with commas between."""
    return tuple(code.strip() for code in codes.split(",") if code.strip())


def _names(place: "House") -> "dict[str, Region]":
    from uppdrag.service import queries

    return {r.lanskod: r for r in queries.regions(place)}


def _many(count: int) -> str:
    return "en region" if count == 1 else f"{count} regioner"


def _show_dispatch(plan: "dispatching.Plan", names: "dict[str, Region]") -> None:
    from uppdrag.cli import show

    channel = {"epost": "e-post", "saker_kanal": "säker kanal", "post": "post", "annan": "annan kanal"}
    typer.echo(show.marked(f"{plan.uppdrag} {plan.title}", "strong"))
    typer.echo(f"Version {plan.version}, {channel.get(plan.channel, plan.channel)}, {plan.on.isoformat()}.")
    if plan.letters:
        typer.echo()
        rows = [
            (names[letter.region].short_name, letter.to or "ingen: en person skickar",
             letter.message.recipient if letter.message else "–")
            for letter in plan.letters
        ]  # fmt: skip
        show.table(("Region", "Till", "Adress"), rows)
    _left_out(plan.left_out)
    if plan.done:
        typer.echo(f"{_many(len(plan.done)).capitalize()}: redan registrerat med samma nyckel.")
    if plan.letters and plan.letters[0].message is not None:
        show_mail(plan.letters[0].message, names[plan.letters[0].region].name)


def _show_chase(plan: "chasing.Plan", names: "dict[str, Region]") -> None:
    from uppdrag.cli import show
    from workflow.calendar import STOCKHOLM

    typer.echo(show.marked(f"{plan.uppdrag} {plan.title}", "strong"))
    if plan.questions:
        moment = plan.leaves_at.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")
        typer.echo(f"Mejlen går tidigast {moment}.")
        typer.echo()
        rows = [(names[q.region].short_name, q.to, q.message.recipient) for q in plan.questions]
        show.table(("Region", "Till", "Adress"), rows)
    _left_out(plan.left_out)
    if plan.questions:
        show_mail(plan.questions[0].message, names[plan.questions[0].region].name)


def _left_out(left_out: "Sequence[tuple[str, Refusal]]") -> None:
    from uppdrag import words

    if left_out:
        typer.echo("\nLämnas utan:")
    for _, why in left_out:
        typer.echo(f"  {words.sentence(why)}")


def show_mail(message: "Message", to: str) -> None:
    typer.echo(f"\nMejlet till {to}:\n")
    typer.echo(f"Ämne: {message.subject}\n")
    typer.echo(f"{message.text.rstrip()}\n")


def warn(warnings: "Sequence[Refusal]") -> None:
    from uppdrag import words

    complain([f"Att kontrollera: {words.sentence(w)}" for w in warnings])


def confirm(question: str, yes: bool) -> None:
    """Ask before something leaves; ends with status 2 where there is nobody to ask, 1 where the answer is no."""
    if yes:
        return
    if not sys.stdin.isatty():
        complain(["Ingen terminal att fråga i. Inget är skickat. Ange --yes om det ska göras."])
        raise typer.Exit(WRONG_USAGE)
    answer = typer.prompt(f"{question} Skriv ja", default="nej", show_default=False, err=True)
    if answer.strip().casefold() not in ("ja", "j"):
        complain(["Inget är skickat."])
        raise typer.Exit(1)


def _letter_row(letter: "dispatching.Letter", plan: "dispatching.Plan", *, dry_run: bool) -> dict[str, Any]:
    return {
        "uppdrag": plan.uppdrag, "region": letter.region, "version": plan.version, "channel": plan.channel,
        "on": plan.on.isoformat(), "to": letter.to or None,
        "address": letter.message.recipient if letter.message else None, "dry_run": dry_run,
    }  # fmt: skip
