"""letter: månadsbrevet, från utkast till utskick. Inget skickas som ingen har läst."""

from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import WRONG_USAGE, Group, app, complain, house, settings, told
from uppdrag.cli.doing import By, Show, actor_of
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from workflow.letter import Letter, PartText

letter = typer.Typer(
    cls=Group,
    help="Månadsbrevet till regionernas ledning: utkast, text, granskning och utskick.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(letter, name="letter")
Month = Annotated[str, typer.Argument(metavar="MÅNAD", help="Månaden som brevet gäller, till exempel 2026-02.")]
Seen = Annotated[
    int | None,
    typer.Option("--seen", metavar="VERSION", help="Versionen du såg. Har någon ändrat sedan dess sparas inget."),
]


@letter.command("list", epilog="Exempel: uppdrag letter list --format json")
@told
def list_(context: typer.Context, format: Show = Format.table) -> None:
    """Visa månadsbreven, det senaste först."""
    from uppdrag.cli import show
    from uppdrag.service import letters
    from uppdrag.words.reports import STATUS

    rows = [
        {
            "month": one.month, "status": one.status, "version": one.version, "held": one.held or None,
            "sent_at": one.sent.at.isoformat() if one.sent else None, "recipients": len(one.sent.to) if one.sent else 0,
        }
        for one in letters.every(house(context))
    ]  # fmt: skip
    if format is not Format.table:
        show.emit(format, rows)
        return
    if not rows:
        typer.echo("Inget månadsbrev finns än. Klockan skapar ett utkast första arbetsdagen i månaden.")
    for row in rows:
        held = f" ({row['held']})" if row["held"] else ""
        typer.echo(f"{row['month']}  {STATUS[str(row['status'])]}{held}, version {row['version']}")


@letter.command(epilog="Exempel: uppdrag letter draft 2026-02")
@told
def draft(context: typer.Context, month: Month, by: By = "kansliet") -> None:
    """Skapa utkastet för en månad som är slut. Annars gör klockan det första arbetsdagen i månaden efter."""
    from uppdrag.service import letters

    _told(letters.draft(house(context), month, actor=actor_of("kansli", by), now=settings(context).now()))


@letter.command(epilog="Exempel: uppdrag letter show 2026-02")
@told
def show(context: typer.Context, month: Month) -> None:
    """Visa brevet som mejl, vilka som får det, och kvittot som bekräftar att du har läst det.

    Hela brevet som PDF: uppdrag report letter. Kvittot gäller bara det som står nu.
    """
    from uppdrag import words
    from uppdrag.service import letters, letters_send

    chosen = settings(context)
    now = chosen.now()
    found = letters.shown(house(context), month, now=now)
    _told(found.letter)
    mail = letters_send.preview(found, chosen, now=now)
    if mail is not None:
        typer.echo(f"\nÄmne: {mail.subject}\n\n{mail.text.rstrip()}\n")
    for to in found.to:
        typer.echo(f"Till: {to.post}, {to.holder.email}")
    for why in found.missing:
        complain([f"Får inget: {words.sentence(why)}"])
    typer.echo(f"Kvitto: {found.digest}")


@letter.command(epilog='Exempel: uppdrag letter write 2026-02 --introduction "Här är läget."')
@told
def write(
    context: typer.Context,
    month: Month,
    introduction: Annotated[str | None, typer.Option("--introduction", metavar="TEXT", help="Inledningen.")] = None,
    part: Annotated[
        list[str] | None, typer.Option("--part", metavar="DEL=TEXT", help="Egna ord i en del; kan upprepas.")
    ] = None,
    hide: Annotated[
        str | None, typer.Option("--hide", metavar="DELAR", help="De delar som utelämnas; tom text visar alla.")
    ] = None,
    seen: Seen = None,
    by: By = "kansliet",
) -> None:
    """Ändra kansliets egna ord i brevet, eller vilka delar som visas. Ett vilande brev blir utkast igen.

    Delarna är korthet, chefsgruppen, regionerna, karta, kommer, avsnitt och sedan_sist.
    """
    from uppdrag.service import letters
    from uppdrag.service.letters import Change

    hidden = None if hide is None else tuple(filter(None, (name.strip() for name in hide.split(","))))
    change = Change(introduction=introduction, parts=tuple(map(_part, part or ())), hidden=hidden)
    now, actor = settings(context).now(), actor_of("kansli", by)
    _told(letters.write(house(context), month, change, seen=seen, actor=actor, now=now))


@letter.command(epilog='Exempel: uppdrag letter hold 2026-02 --why "Väntar på justering"')
@told
def hold(
    context: typer.Context,
    month: Month,
    why: Annotated[str, typer.Option("--why", metavar="SKÄL", help="Varför brevet ska vänta.")],
    seen: Seen = None,
    by: By = "kansliet",
) -> None:
    """Låt brevet vila. Det skickas inte förrän någon har ändrat det igen."""
    from uppdrag.service import letters

    now, actor = settings(context).now(), actor_of("kansli", by)
    _told(letters.hold(house(context), month, why, seen=seen, actor=actor, now=now))


@letter.command(epilog='Exempel: uppdrag letter send 2026-02 --read KVITTO --by "Anna Ek"')
@told
def send(
    context: typer.Context,
    month: Month,
    by: Annotated[str, typer.Option("--by", metavar="NAMN", help="Vem som har läst brevet.")],
    read: Annotated[str, typer.Option("--read", metavar="KVITTO", help="Kvittot från uppdrag letter show.")] = "",
) -> None:
    """Skicka brevet till regionernas ledning, som det stod när du läste det.

    Har något ändrats sedan dess skickas inget. Det som skickats står kvar med sina siffror.
    """
    from uppdrag.service import letters_send

    chosen = settings(context)
    done = letters_send.send(
        house(context), month, confirmed=read, actor=actor_of("kansli", by), settings=chosen, now=chosen.now()
    )
    many = len(done.letter.sent.to) if done.letter.sent else 0
    typer.echo(f"Brevet var redan skickat till {many}." if done.again else f"{many} mejl köade.")


@letter.command(epilog="Exempel: uppdrag letter subscribe 01 regiondirektor --off")
@told
def subscribe(
    context: typer.Context,
    region: Annotated[str, typer.Argument(metavar="LÄNSKOD", help="Regionen.")],
    office: Annotated[str, typer.Argument(metavar="BEFATTNING", help="regiondirektor eller hsd.")],
    off: Annotated[bool, typer.Option("--off", help="Skicka inte brevet dit.")] = False,
    by: By = "kansliet",
) -> None:
    """Skicka brevet till en befattning igen, eller sluta göra det, när den har bett om det."""
    from uppdrag.service import letters_send

    letters_send.subscribe(house(context), region, office, not off, by=by, now=settings(context).now())
    typer.echo("Får inte brevet längre." if off else "Får brevet.")


def _part(text: str) -> "PartText":
    from workflow.letter import PartText

    name, sign, said = text.partition("=")
    if not sign:
        complain([f'--part: "{text[:80]}" saknar likhetstecken. Skriv till exempel kommer="Vi ses i juni."'])
        raise typer.Exit(WRONG_USAGE)
    return PartText(part=name.strip(), text=said)


def _told(one: "Letter") -> None:
    from uppdrag.words.reports import STATUS

    held = f": {one.held}" if one.held else ""
    typer.echo(f"Månadsbrevet {one.month}, version {one.version}. {STATUS[one.status]}{held}.")
