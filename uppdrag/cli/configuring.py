"""config show, config check: the settings that hold, and what is wrong with them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from uppdrag.cli.app import WRONG_USAGE, Group, app, complain
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from uppdrag.service.configuring import Line
    from uppdrag.settings import Given

config = typer.Typer(
    cls=Group, help="Inställningarna: vad som gäller och varifrån det kommer.", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip

_ORIGINS = {"default": "förvalt", "variable": "variabel", "file": "fil", "credential": "systemd"}


@config.command("show", epilog="Exempel: uppdrag config show")
def show_settings(
    format: Annotated[Format, typer.Option("--format", help="Tabell för människor, JSON eller CSV för program.")] = (
        Format.table
    ),
) -> None:
    """Visa varje inställning, vad som gäller och varifrån det kommer. Hemligheter döljs."""
    from uppdrag.cli import show
    from uppdrag.service import configuring

    found = configuring.lines()
    if format is not Format.table:
        show.emit(format, [_row(one) for one in found])
        return
    rows = [(one.setting.name, *_told(one.given)) for one in found]
    show.table(("Inställning", "Gäller", "Kommer från"), rows, wide=(1, 2))


@config.command("check", epilog="Exempel: uppdrag config check")
def check_settings() -> None:
    """Kontrollera inställningarna: allt som är fel på en gång. Slutstatus 2 när tjänsten inte skulle starta."""
    from uppdrag.service import configuring

    found = configuring.remarks()
    for one in found:
        complain([f"{'FEL' if one.stops else 'Att kontrollera'}: {one.name}: {one.text}"])
    if any(one.stops for one in found):
        raise typer.Exit(WRONG_USAGE)
    typer.echo("Inställningarna går att använda.")


def _told(given: "Given | None") -> tuple[str, str]:
    if given is None:
        return "går inte att läsa; uppdrag config check säger varför", "fil"
    return given.shown or "–", f"{_ORIGINS[given.origin]} {given.path}".rstrip()


def _row(line: "Line") -> dict[str, Any]:
    given = line.given
    return {
        "name": line.setting.name, "value": given.shown if given else None, "origin": given.origin if given else None,
        "path": given.path or None if given else None, "secret": line.setting.holds == "secret",
        "what": line.setting.what,
    }  # fmt: skip


app.add_typer(config, name="config")
