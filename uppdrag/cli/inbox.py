"""inbox, suppression: what came back by mail, and the addresses that mail no longer goes to."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from uppdrag.cli.app import WRONG_USAGE, Group, app, complain, house, settings, told
from uppdrag.cli.doing import By, DryRun, On, Role, Show, actor_of, day_of
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from workflow.incoming import Incoming

inbox = typer.Typer(
    cls=Group, help="Inkommet: svar, studsar och annat som kom tillbaka.", no_args_is_help=True, rich_markup_mode=None
)
suppression = typer.Typer(
    cls=Group, help="Adresser som inget mejl går till.", no_args_is_help=True, rich_markup_mode=None
)
Mail = Annotated[str, typer.Argument(metavar="MEJL", help="Mejlets beteckning, ur uppdrag inbox list.")]


@inbox.command(epilog="Exempel: uppdrag inbox read")
@told
def read(context: typer.Context, format: Show = Format.table) -> None:
    """Läs brevlådan i UPPDRAG_MAILBOX. Inget raderas; okända mejl lämnas orörda."""
    from uppdrag.cli import show
    from uppdrag.service import incoming

    chosen = settings(context)
    if not chosen.mailbox:
        complain(["Ange brevlådan i UPPDRAG_MAILBOX: maildir:SÖKVÄG eller imap+ssl://ANVÄNDARE@SERVER/MAPP"])
        raise typer.Exit(WRONG_USAGE)
    r = incoming.read_mailbox(house(context), chosen.now(), chosen)
    if format is not Format.table:
        show.emit(format, [{"answers": r.answers, "bounces": r.bounces, "automatic": r.automatic,
                            "unknown": r.unknown, "known": r.known}])  # fmt: skip
        return
    typer.echo(f"Nya: {r.answers} svar, {r.bounces} studsar och kvitton, {r.automatic} autosvar, {r.unknown} okända.")


@inbox.command("list", epilog="Exempel: uppdrag inbox list --status alla")
@told
def list_(
    context: typer.Context,
    status: Annotated[str, typer.Option("--status", help="ny, registrerad, avfardad, klar eller alla.")] = "ny",
    kind: Annotated[str, typer.Option("--kind", help="svar, studs, autosvar eller okant.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Högst så många.")] = 1_000,
    format: Show = Format.table,
) -> None:
    """Visa det som har kommit in och väntar på någon."""
    from uppdrag.cli import show
    from uppdrag.service import inbox as service
    from workflow.calendar import local_date
    from workflow.incoming import SHOWN_KIND, SHOWN_STATUS, IncomingKind, IncomingStatus

    every = status == "alla"
    chosen = None if every else _one_of("--status", status, get_args(IncomingStatus))
    chosen_kind = _one_of("--kind", kind, get_args(IncomingKind)) if kind else None
    mails = service.listed(house(context), status=chosen, kind=chosen_kind, limit=limit)
    if format is not Format.table:
        show.emit(format, [_row(mail) for mail in mails])
        return
    if not mails:
        typer.echo("Inget väntar." if status == "ny" else "Inget sådant har kommit in.")
        return
    show.table(
        ("Mejl", "Ämne", "Kom", "Slag", "Läge", "Uppdrag", "Region", "Från", "Filer"),
        [
            (
                m.id, m.subject, local_date(m.received_at).isoformat(), SHOWN_KIND[m.kind], SHOWN_STATUS[m.status],
                m.uppdrag, m.region, m.sender, str(len(m.files) or ""),
            )
            for m in mails
        ],
    )  # fmt: skip


@inbox.command("show", epilog="Exempel: uppdrag inbox show 3fa9c1d2ab")
@told
def show_(context: typer.Context, mail: Mail, format: Show = Format.table) -> None:
    """Visa ett mejl med dess filer."""
    from uppdrag.cli import show
    from uppdrag.service import inbox as service
    from workflow.calendar import STOCKHOLM
    from workflow.incoming import SHOWN_KIND, SHOWN_STATUS

    m = service.show(house(context), mail)
    if format is not Format.table:
        show.emit(format, [{**_row(m), "body": m.body}])
        return
    moment = m.received_at.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")
    about = " ".join(filter(None, (m.uppdrag, f"region {m.region}" if m.region else "")))
    handled = f"{SHOWN_STATUS[m.status]}{f' av {m.handled_by}' if m.handled_by else ''}"
    lines = [
        ("Ämne", m.subject), ("Från", m.sender), ("Kom", moment), ("Slag", SHOWN_KIND[m.kind]), ("Läge", handled),
        ("Gäller", about or "inget uppdrag; ange --uppdrag och --region när det registreras"), ("Händelse", m.event),
        ("Diarienummer", m.dnr), ("Notering", m.note),
    ]  # fmt: skip
    for label, value in lines:
        if value:
            typer.echo(f"{label}: {value}")
    if m.body:
        typer.echo(f"\n{m.body}")
    if m.files:
        typer.echo("")
    for f in m.files:
        typer.echo(f"Fil {f.number}: {f.filename} ({f.refused or f'{f.size} byte'})")


@inbox.command(
    epilog='Exempel: uppdrag inbox register 3fa9c1d2ab --outcome antagen --body RF --paragraph 88 --by "Åsa"'
)
@told
def register(
    context: typer.Context,
    mail: Mail,
    outcome: Annotated[str, typer.Option("--outcome", help="Utfallet: antagen, antagen_med_anpassning, avslagen ...")],
    by: By,
    role: Role = "kansli",
    uppdrag: Annotated[str, typer.Option("--uppdrag", metavar="ID", help="Utelämnat: det som mejlet gäller.")] = "",
    region: Annotated[str, typer.Option("--region", metavar="LÄNSKOD", help="Utelämnad: den som svarar.")] = "",
    body: Annotated[str, typer.Option("--body", help="Beslutsinstans: RF, RS, nämnd, regiondirektör ...")] = "",
    on: On = "",
    paragraph: Annotated[str, typer.Option("--paragraph", help="Paragraf i protokollet.")] = "",
    dnr: Annotated[str, typer.Option("--dnr", help="Regionens diarienummer.")] = "",
    adaptation: Annotated[str, typer.Option("--adaptation", help="Vad anpassningen består i.")] = "",
    note: Annotated[str, typer.Option("--note", help="Notering.")] = "",
    source: Annotated[
        str,
        typer.Option("--source", help="Källa; utelämnad: protokollsutdrag om ett dokument följde med, annars epost."),
    ] = "",
    version: Annotated[
        int | None, typer.Option("--version", min=1, help="Förslagets version; utelämnad: den som regionen fick.")
    ] = None,
    more: Annotated[bool, typer.Option("--more-to-come", help="Regionen har fler beslut kvar att fatta.")] = False,
    dry_run: DryRun = False,
    format: Show = Format.table,
) -> None:
    """Registrera beslutet som ett mejl berättar om. Två gånger blir en händelse."""
    from uppdrag.cli import telling
    from uppdrag.service import inbox as service

    said = service.Registration(
        outcome=outcome, on=day_of(on), body=body, paragraph=paragraph, dnr=dnr, adaptation=adaptation, note=note,
        source=source, proposal_version=version, complete=not more, uppdrag=uppdrag, region=region,
    )  # fmt: skip
    place = house(context)
    answer = service.register(
        place, mail, said, actor=actor_of(role, by), now=settings(context).now(), dry_run=dry_run
    )  # fmt: skip
    telling.answers(place, [answer], format)


@inbox.command(epilog='Exempel: uppdrag inbox dismiss 3fa9c1d2ab --why "Reklam" --by Åsa')
@told
def dismiss(
    context: typer.Context,
    mail: Mail,
    why: Annotated[str, typer.Option("--why", help="Skälet till att mejlet inte leder till något.")],
    by: By,
    role: Role = "kansli",
) -> None:
    """Avfärda ett mejl, med skälet."""
    from uppdrag.service import inbox as service

    done = service.dismiss(house(context), mail, why, actor=actor_of(role, by), now=settings(context).now())
    typer.echo(f"Avfärdat: {done.id}.")


@inbox.command("dnr", epilog="Exempel: uppdrag inbox dnr 3fa9c1d2ab RK2026-00085-57 --by Åsa")
@told
def dnr_(
    context: typer.Context,
    mail: Mail,
    number: Annotated[str, typer.Argument(metavar="DIARIENUMMER", help="Numret i diariet.")],
    by: By,
    role: Role = "kansli",
) -> None:
    """Anteckna att ett mejl är diariefört, och under vilket nummer."""
    from uppdrag.service import inbox as service

    done = service.mark_dnr(house(context), mail, number, actor=actor_of(role, by), now=settings(context).now())
    typer.echo(f"Diariefört: {done.id} som {done.dnr}.")


@inbox.command("link", epilog="Exempel: uppdrag inbox link 3fa9c1d2ab U2026-01 03 --by Åsa")
@told
def link_(
    context: typer.Context,
    mail: Mail,
    uppdrag: Annotated[str, typer.Argument(metavar="ID", help="Uppdraget som mejlet gäller.")],
    region: Annotated[str, typer.Argument(metavar="LÄNSKOD", help="Regionen som mejlet kommer från.")],
    by: By,
    role: Role = "kansli",
) -> None:
    """Ange vilket uppdrag och vilken region ett mejl gäller."""
    from uppdrag.service import inbox as service

    done = service.link(
        house(context), mail, uppdrag, region, actor=actor_of(role, by), now=settings(context).now()
    )  # fmt: skip
    typer.echo(f"Kopplat: {done.id} gäller {done.uppdrag}, region {done.region}.")


@inbox.command(epilog="Exempel: uppdrag inbox save 3fa9c1d2ab --output bilagor")
@told
def save(
    context: typer.Context,
    mail: Mail,
    output: Annotated[
        Path, typer.Option("--output", metavar="MAPP", help="Mappen som filerna sparas i.", file_okay=False)
    ] = Path(),
) -> None:
    """Spara filerna som följde med ett mejl. En fil som redan finns skrivs inte över."""
    from uppdrag.service import inbox as service

    saved = 0
    for file, content in service.files(house(context), mail):
        path = output / f"{file.number:02d} {file.filename}"
        try:
            output.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as written:
                written.write(content)
        except FileExistsError:
            complain([f"{path} finns redan."])
            continue
        except OSError as wrong:
            complain([f"{path} går inte att skriva ({wrong.strerror})."])
            raise typer.Exit(WRONG_USAGE) from None
        typer.echo(str(path))
        saved += 1
    if not saved:
        typer.echo("Ingen fil sparades.")


@suppression.command("list", epilog="Exempel: uppdrag suppression list")
@told
def suppressed(context: typer.Context, format: Show = Format.table) -> None:
    """Visa adresserna som inget mejl går till, och varför."""
    from uppdrag.cli import show
    from uppdrag.service import suppressions as service
    from workflow.calendar import local_date

    found = service.listed(house(context))
    if format is not Format.table:
        show.emit(
            format, [{"address": s.address, "since": s.since.isoformat(), "reason": s.reason} for s in found]
        )  # fmt: skip
        return
    if not found:
        typer.echo("Mejl går till alla adresser.")
        return
    rows = [(s.address, s.reason, local_date(s.since).isoformat()) for s in found]
    show.table(("Adress", "Varför", "Sedan"), rows)


@suppression.command(epilog="Exempel: uppdrag suppression lift eva.holm@region.example --by Åsa")
@told
def lift(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADRESS", help="Adressen som fungerar igen.")],
    by: By,
    role: Role = "kansli",
    keep: Annotated[bool, typer.Option("--no-resend", help="Sänd inte om det som inte kom fram.")] = False,
) -> None:
    """Låt mejl gå till en adress igen, och sänd om det som inte kom fram."""
    from uppdrag.service import suppressions as service

    sent = service.lift(
        house(context), address, actor=actor_of(role, by), now=settings(context).now(), resend=not keep
    )  # fmt: skip
    typer.echo(f"Mejl går till {address} igen. {len(sent)} sänds om.")


def _one_of(flag: str, value: str, known: tuple[str, ...]) -> Any:
    if value not in known:
        complain([f"{flag}: {value} finns inte. Välj bland: {', '.join(known)}."])
        raise typer.Exit(WRONG_USAGE)
    return value


def _row(m: "Incoming") -> dict[str, Any]:
    return {
        "id": m.id, "received_at": m.received_at.isoformat(), "kind": m.kind, "status": m.status, "sender": m.sender,
        "subject": m.subject, "uppdrag": m.uppdrag or None, "region": m.region or None, "answers": m.answers or None,
        "event": m.event or None, "dnr": m.dnr or None, "note": m.note or None, "handled_by": m.handled_by or None,
        "files": [
            {"number": f.number, "filename": f.filename, "content_type": f.content_type or None, "size": f.size,
             "sha256": f.digest or None, "refused": f.refused or None}
            for f in m.files
        ],
    }  # fmt: skip


app.add_typer(inbox, name="inbox")
app.add_typer(suppression, name="suppression")
