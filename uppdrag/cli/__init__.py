"""The command line. Imports late, starts fast: `--help` and `--version` touch neither database nor framework."""

from __future__ import annotations

import sys

from uppdrag.cli import swedish


def main(arguments: list[str] | None = None) -> None:
    """The `uppdrag` command. Ends the process: 0 done, 1 refused by a rule, 2 wrong usage, 3 no usable database."""
    swedish.speak()
    import typer

    from uppdrag.cli.app import WRONG_USAGE
    from uppdrag.cli.commands import app

    try:
        sys.exit(app(arguments, prog_name="uppdrag", standalone_mode=False) or 0)
    except typer.TyperException as wrong:
        context = getattr(wrong, "ctx", None)
        if context is not None:
            typer.echo(context.get_usage(), err=True)
        typer.echo(swedish.fault(wrong.format_message()), err=True)
        typer.echo(f"Hjälp: {context.command_path if context else 'uppdrag'} --help", err=True)
        sys.exit(WRONG_USAGE)
    except typer.Abort:
        typer.echo("Avbrutet. Det som inte hann registreras är inte registrerat.", err=True)
        sys.exit(130)
