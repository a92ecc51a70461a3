"""docs/kommandon.md, written from the commands themselves: `python -m tests.journeys.manual > docs/kommandon.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from uppdrag.cli import swedish

swedish.speak()

import typer  # noqa: E402 - Typer must be imported after Swedish is spoken

from uppdrag.cli.commands import app  # noqa: E402

HEADING = """# Kommandon

Före kommandot ställer `--now ÖGONBLICK` klockan, så att ett år kan spelas på en minut. `--help` visar hjälpen.

Slutstatus: 0 klart; 1 vägrat av en regel, skälet står på stderr och inget har ändrats; 2 fel användning; 3 ingen
användbar databas.

Nycklarna i `--format json` är på engelska och ändras inte. Ett känsligt uppdrag visas med sin neutrala rubrik."""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with the words that call it."""
    yield from _below(typer.main.get_command(app), "uppdrag")


def _below(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, inner in command.commands.items():
        if hasattr(inner, "commands"):
            yield from _below(inner, f"{path} {name}")
        else:
            yield f"{path} {name}", inner


def render() -> str:
    """The manual."""
    parts = [HEADING]
    for path, command in commands():
        parts.append(f"## {path}")
        parts.append(" ".join((command.help or "").split()))
        rows = []
        for p in command.params:
            names = (p.metavar or p.name) if p.param_type_name == "argument" else ", ".join(f"`{o}`" for o in p.opts)
            must = " Måste anges." if p.required else ""
            rows.append(f"| {names} | {p.help or ''}{must} |")
        if rows:
            parts.append("\n".join(["| | |", "|---|---|", *rows]))
        example = (command.epilog or "").removeprefix("Exempel: ")
        parts.append(f"    {example}")
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render())
