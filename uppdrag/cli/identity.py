"""identity: list, unbind, allow: who at the organisation's own login is which holder of an office."""

from typing import Annotated

import typer

from uppdrag.cli.app import Group, app, house, settings, told
from uppdrag.cli.doing import Show
from uppdrag.cli.show import Format

identity = typer.Typer(
    cls=Group, help="Knytningar mellan organisationens inloggning (OIDC) och befattningar.", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip
Subject = Annotated[
    str, typer.Argument(metavar="SUB", help="Personens id i inloggningen, som identity list visar det.")
]


@identity.command("list", epilog="Exempel: uppdrag identity list")
@told
def list_(context: typer.Context, format: Show = Format.table) -> None:
    """Visa vilka inloggningar som är knutna till vilka befattningar, även de som är lösta."""
    from uppdrag.cli import show
    from uppdrag.service import identities
    from workflow.people import OFFICES

    found = identities.listed(house(context))
    if format is not Format.table:
        show.emit(
            format,
            [
                {
                    "issuer": b.binding.issuer, "sub": b.binding.subject, "befattning": b.office, "region": b.region,
                    "namn": b.binding.name, "adress": b.binding.email, "knuten": b.binding.bound_at.isoformat(),
                    "lost": b.binding.revoked_at.isoformat() if b.binding.revoked_at else "",
                }
                for b in found
            ],
        )  # fmt: skip
        return
    if not found:
        typer.echo("Inga knytningar. De görs när någon loggar in med OIDC första gången.")
        return
    show.table(
        ("Sub", "Namn", "Befattning", "Region", "Adress", "Läge"),
        [
            (b.binding.subject, b.binding.name or "–", OFFICES[b.office], b.region or "–", b.binding.email,
             "löst" if b.binding.revoked_at else "knuten")
            for b in found
        ],
    )  # fmt: skip


@identity.command(epilog="Exempel: uppdrag identity unbind SUB")
@told
def unbind(context: typer.Context, subject: Subject) -> None:
    """Lös en inloggning från sina befattningar. Personen loggas ut direkt och knyts inte igen av sig själv."""
    from uppdrag.service import identities

    count = identities.unbind(house(context), subject, now=settings(context).now())
    typer.echo(f"{subject} är löst från {count} {'befattning' if count == 1 else 'befattningar'} och utloggad.")


@identity.command(epilog="Exempel: uppdrag identity allow SUB")
@told
def allow(context: typer.Context, subject: Subject) -> None:
    """Låt en löst inloggning knytas igen, nästa gång personen loggar in med en bekräftad adress."""
    from uppdrag.service import identities

    identities.allow(house(context), subject)
    typer.echo(f"{subject} knyts igen vid nästa inloggning.")


app.add_typer(identity, name="identity")
