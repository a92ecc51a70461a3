"""token: create, list, revoke: the keys that other systems use the API with."""

from typing import Annotated, Any

import typer

from uppdrag.cli.app import Group, app, house, settings, told
from uppdrag.cli.doing import By, Show
from uppdrag.cli.show import Format

token = typer.Typer(
    cls=Group, help="Nycklar: andra system som läser och registrerar.", no_args_is_help=True, rich_markup_mode=None
)


@token.command(epilog='Exempel: uppdrag token create Diariet --role region --region 03 --scope "read decide:region"')
@told
def create(
    context: typer.Context,
    client: Annotated[str, typer.Argument(metavar="SYSTEM", help="Systemets namn, som det står vid det registrerade.")],
    role: Annotated[str, typer.Option("--role", help="kansli, chefsgrupp, region eller insyn.")],
    scope: Annotated[
        str, typer.Option("--scope", help="Behörigheter: read, write, decide:region, sensitive; flera med mellanslag.")
    ] = "read",
    region: Annotated[str, typer.Option("--region", metavar="LÄNSKOD", help="Regionen, för rollen region.")] = "",
    days: Annotated[int, typer.Option("--days", metavar="DAGAR", help="Så länge gäller nyckeln, högst 366.")] = 365,
    by: By = "kansliet",
) -> None:
    """Skapa en nyckel åt ett annat system. Hemligheten visas en gång; bara ett avtryck av den sparas."""
    from uppdrag.service import tokens

    made = tokens.create(
        house(context), client, role=role, region=region, scopes=scope.replace(",", " ").split(), days=days, by=by,
        now=settings(context).now(),
    )  # fmt: skip
    row = _row(made.number, made.token)
    typer.echo(f"Nyckel {made.number}: {row['client']}, {row['scopes']}, till och med {row['last_day']}.")
    typer.echo(made.secret)
    typer.echo("Hemligheten visas inte igen. Spara den i systemet, aldrig i mejl.", err=True)


@token.command("list", epilog="Exempel: uppdrag token list")
@told
def list_(context: typer.Context, format: Show = Format.table) -> None:
    """Visa alla nycklar och kalenderlänkar: vems de är, vad de får, och när de användes senast."""
    from uppdrag.cli import show
    from uppdrag.service import tokens

    found = [_row(number, one) for number, one in tokens.listed(house(context))]
    if format is not Format.table:
        show.emit(format, found)
        return
    if not found:
        typer.echo("Inga nycklar. Skapa en: uppdrag token create SYSTEM --role ROLL")
        return
    kinds = {"api": "nyckel", "feed": "kalender"}
    show.table(
        ("Nr", "System", "Slag", "Roll", "Behörigheter", "Gäller till", "Använd"),
        [
            (str(r["number"]), r["client"], kinds[r["kind"]], " ".join(filter(None, (r["role"], r["region"]))),
             r["scopes"], "återkallad" if r["revoked_at"] else r["last_day"] or "tills vidare",
             r["used_on"] or "aldrig")
            for r in found
        ],
    )  # fmt: skip


@token.command(epilog="Exempel: uppdrag token revoke 1")
@told
def revoke(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NR", help="Nyckelns nummer; uppdrag token list visar det.")],
) -> None:
    """Återkalla en nyckel eller en kalenderlänk. Den slutar gälla direkt."""
    from uppdrag.service import tokens

    ended = tokens.revoke(house(context), number, now=settings(context).now())
    typer.echo(f"Nyckel {number} ({ended.client}) är återkallad.")


def _row(number: int, one: Any) -> dict[str, Any]:
    from datetime import timedelta

    from workflow.calendar import local_date

    last = local_date(one.ends_at - timedelta(seconds=1)) if one.ends_at else None
    return {
        "number": number, "client": one.client, "kind": one.kind, "role": one.role, "region": one.region or None,
        "scopes": one.scopes, "made_by": one.made_by, "made_at": one.made_at.isoformat(),
        "last_day": last.isoformat() if last else None, "used_on": one.used_on.isoformat() if one.used_on else None,
        "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
    }  # fmt: skip


app.add_typer(token, name="token")
