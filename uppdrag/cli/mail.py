"""outbox, mail, sender: the mails that wait and those that have left, the relay, and sending by hand."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uppdrag.cli.app import REFUSED, WRONG_USAGE, Group, app, complain, house, settings, told
from uppdrag.cli.clock import Every, Metrics, run_workers
from uppdrag.cli.doing import By, Show
from uppdrag.cli.outbox import outbox
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from notifications.smtp import Outcome
    from workflow.message import MessageStatus, Queued

mail = typer.Typer(cls=Group, help="Servern som mejl lämnas till.", no_args_is_help=True, rich_markup_mode=None)
Id = Annotated[str, typer.Argument(metavar="MEJL", help="Mejlets beteckning eller början av den.")]


@outbox.command("list", epilog="Exempel: uppdrag outbox list --status osäker")
@told
def list_(
    context: typer.Context,
    status: Annotated[str, typer.Option("--status", metavar="LÄGE", help="Bara detta läge, till exempel köad.")] = "",
    recipient: Annotated[str, typer.Option("--to", metavar="ADRESS", help="Bara till denna adress.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Högst så många.")] = 100,
    format: Show = Format.table,
) -> None:
    """Visa mejlen i kön och de som har gått, de nyaste först."""
    from uppdrag.cli import show
    from uppdrag.service import mailing
    from workflow.message import SHOWN

    place = house(context)
    messages = mailing.listed(place, statuses=_statuses(status), recipient=recipient, limit=limit)
    if format is not Format.table:
        show.emit(format, [_row(m) for m in messages])
        return
    state = mailing.queue(place)
    if not state.open:
        again = f" Nästa försök {_moment(state.probe_at)}." if state.probe_at else " Starta: uppdrag outbox resume"
        typer.echo(f"Kön står stilla sedan {_moment(state.since)}: {state.why}{again}")
    if not messages:
        typer.echo("Inga mejl här. De skrivs av klockan (uppdrag clock) eller med uppdrag remind.")
        return
    rows = [(m.id[:10], m.subject, SHOWN[m.status], m.recipient, _moment(m.sent_at or m.next_try_at)) for m in messages]
    show.table(("Mejl", "Ämne", "Läge", "Till", "Gick eller ska gå"), rows)


@outbox.command("show", epilog="Exempel: uppdrag outbox show 3fa9c1d2ab")
@told
def show_(
    context: typer.Context,
    id: Id,
    raw: Annotated[bool, typer.Option("--raw", help="Visa mejlet byte för byte, som det gick.")] = False,
    format: Show = Format.table,
) -> None:
    """Visa ett mejl: läget, vad servern svarade och texten."""
    from uppdrag.cli import show
    from uppdrag.service import mailing
    from workflow.message import SHOWN

    kept = mailing.shown(house(context), id)
    if raw:
        if kept.raw is None:
            complain(["Mejlet har inte gått, och kan fortfarande skrivas om. Visa texten utan --raw."])
            raise typer.Exit(REFUSED)
        typer.get_binary_stream("stdout").write(kept.raw)
        return
    if format is not Format.table:
        show.emit(format, [{**_row(kept.queued), "text": kept.message.text}])
        return
    m = kept.queued
    facts = [
        ("Mejl", m.id), ("Till", m.recipient), ("Ämne", m.subject), ("Läge", SHOWN[m.status]), ("Svar", m.response),
        ("Försök", str(m.attempts)), ("Gick", _moment(m.sent_at)),
        ("Nästa försök", _moment(m.next_try_at) if m.status in ("koad", "osaker") else ""),
    ]  # fmt: skip
    for name, value in facts:
        if value:
            typer.echo(f"{name}: {value}")
    typer.echo()
    typer.echo(kept.message.text.rstrip("\n"))


@outbox.command(epilog="Exempel: uppdrag outbox retry 3fa9c1d2ab")
@told
def retry(context: typer.Context, id: Id, by: By = "kansliet") -> None:
    """Försök genast igen med ett mejl som är köat, osäkert eller kräver åtgärd. Samma mejl, byte för byte."""
    from uppdrag.service import mailing

    done = mailing.retry(house(context), id, who=by, now=settings(context).now())
    typer.echo(f"{done}: köad, nästa försök är nu.")


@outbox.command(epilog='Exempel: uppdrag outbox cancel 3fa9c1d2ab --why "Regionen har ringt"')
@told
def cancel(
    context: typer.Context,
    id: Id,
    why: Annotated[str, typer.Option("--why", help="Skälet; sparas med mejlet.")] = "",
    by: By = "kansliet",
) -> None:
    """Avbryt ett mejl som inte har gått. Det som det frågar efter frågas inte igen."""
    from uppdrag.service import mailing

    done = mailing.cancel(house(context), id, why=why, who=by, now=settings(context).now())
    typer.echo(f"{done}: avbruten.")


@outbox.command(epilog="Exempel: uppdrag outbox hold 3fa9c1d2ab")
@told
def hold(context: typer.Context, id: Id, by: By = "kansliet") -> None:
    """Håll kvar ett mejl i kön tills någon släpper det."""
    from uppdrag.service import mailing

    done = mailing.hold(house(context), id, who=by, now=settings(context).now())
    typer.echo(f"{done}: hållen. Släpp: uppdrag outbox release")


@outbox.command(epilog="Exempel: uppdrag outbox release 3fa9c1d2ab")
@told
def release(context: typer.Context, id: Id, by: By = "kansliet") -> None:
    """Släpp ett mejl som hålls kvar."""
    from uppdrag.service import mailing

    typer.echo(f"{mailing.release(house(context), id, who=by, now=settings(context).now())}: köad.")


@outbox.command(epilog='Exempel: uppdrag outbox pause --why "Vi väntar på chefsgruppen"')
@told
def pause(
    context: typer.Context,
    why: Annotated[str, typer.Option("--why", help="Skälet.")],
    by: By = "kansliet",
) -> None:
    """Stanna hela kön tills någon startar den igen."""
    from uppdrag.service import mailing

    mailing.pause(house(context), why, who=by, now=settings(context).now())
    typer.echo("Kön står stilla. Starta: uppdrag outbox resume")


@outbox.command(epilog="Exempel: uppdrag outbox resume")
@told
def resume(context: typer.Context, by: By = "kansliet") -> None:
    """Starta kön igen."""
    from uppdrag.service import mailing

    mailing.resume(house(context), who=by, now=settings(context).now())
    typer.echo("Kön är öppen.")


@mail.command("test", epilog="Exempel: uppdrag mail test eva@example.se")
@told
def test(
    context: typer.Context, address: Annotated[str, typer.Argument(metavar="ADRESS", help="Vart provmejlet ska gå.")]
) -> None:
    """Kontrollera servern steg för steg: anslutning, kryptering, inloggning, avsändare och mottagare.

    Ett provmejl skickas bara när UPPDRAG_MAIL låter mejl gå till adressen. Annars frågas servern om den skulle ta emot.
    """
    from notifications.serialise import Malformed
    from uppdrag.service import mailing

    chosen = settings(context)
    try:
        well = mailing.examine_relay(house(context), chosen, address, now=chosen.now(), told=_tell)
    except Malformed as wrong:
        complain([f"{address}: {wrong.why}."])
        raise typer.Exit(WRONG_USAGE) from None
    if not well:
        complain(["Inget har skickats. Rätta det som servern svarade och försök igen."])
        raise typer.Exit(REFUSED)
    if chosen.mail in ("av", "simulera") or not _sent_for_real(chosen, address):
        typer.echo(f"Servern tar emot mejl till {address}. Läget är {chosen.mail}, så inget provmejl har skickats.")
    else:
        typer.echo(f"Provmejlet är lämnat till servern. Se efter att det har kommit till {address}.")


@app.command(epilog="Exempel: uppdrag sender --once")
@told
def sender(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Skicka det som ska gå nu, och sluta.")] = False,
    every: Every = 30.0,
    metrics_port: Metrics = 0,
) -> None:
    """Kör bara utskicken. Flera kan gå samtidigt."""
    from uppdrag.service import delivery

    if not once:
        run_workers(context, ("sender",), every, metrics_port)
        return
    chosen = settings(context)
    done = delivery.deliver(house(context), chosen, worker="sender --once", clock=chosen.now)
    counts = (
        (done.sent, "skickade"), (done.simulated, "simulerade"), (done.later, "försöks igen senare"),
        (done.uncertain, "osäkra"), (done.stuck, "kräver åtgärd"), (done.cancelled, "avbrutna"),
    )  # fmt: skip
    if chosen.mail == "av":
        typer.echo("Utskick är avstängda (UPPDRAG_MAIL är av). Mejlen väntar i kön.")
    else:
        typer.echo(", ".join(f"{n} {word}" for n, word in counts if n) + "." if any(n for n, _ in counts) else
                   "Inget mejl ska gå nu.")  # fmt: skip
    if done.standing:
        complain([f"Kön står stilla: {done.standing}"])
        raise typer.Exit(REFUSED)


def _tell(outcome: Outcome) -> None:
    mark = "bra  " if outcome.kind == "accepted" else "FEL  "
    code = f"{outcome.code} " if outcome.code else ""
    typer.echo(f"{mark}{outcome.step}: {code}{outcome.response}")


def _sent_for_real(chosen: Any, address: str) -> bool:
    return chosen.mail == "skarp" or bool(chosen.is_test_address(address))


def _statuses(word: str) -> tuple[MessageStatus, ...]:
    from workflow.message import MESSAGE_STATUSES, SHOWN

    if not word:
        return ()
    found = tuple(status for status in MESSAGE_STATUSES if word.lower() in (status, SHOWN[status]))
    if not found:
        complain([f"--status: {word} finns inte. Välj bland: {', '.join(dict.fromkeys(SHOWN.values()))}."])
        raise typer.Exit(WRONG_USAGE)
    return found


def _moment(moment: datetime | None) -> str:
    from workflow.calendar import STOCKHOLM

    return f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}" if moment else ""


def _row(m: Queued) -> dict[str, Any]:
    from workflow.message import NONE, SHOWN

    def iso(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "id": m.id, "recipient": m.recipient, "subject": m.subject, "status": m.status, "shown": SHOWN[m.status],
        "uppdrag": None if m.uppdrag == NONE else m.uppdrag, "region": None if m.region == NONE else m.region,
        "office": None if m.office == NONE else m.office, "created_at": iso(m.created_at),
        "not_before": iso(m.not_before), "expires_on": m.expires_on.isoformat() if m.expires_on else None,
        "attempts": m.attempts, "next_try_at": iso(m.next_try_at), "sent_at": iso(m.sent_at), "response": m.response,
    }  # fmt: skip


app.add_typer(mail, name="mail")
