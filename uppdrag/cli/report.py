"""report: what leaves the house as letters, reports and files."""

import typer

from uppdrag.cli.app import Group, app

report = typer.Typer(cls=Group, help="Månadsbrev, verksamhetsberättelse och uttag som filer.", no_args_is_help=True)
app.add_typer(report, name="report")
