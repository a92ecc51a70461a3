"""Every command, on the application, in the order in which a newcomer meets them."""

from __future__ import annotations

from importlib import import_module

from uppdrag.cli.app import Command, app

# The order is that of `uppdrag --help`.
NAMES = (
    "setting_up", "doing", "deciding", "asking", "dispatching", "kit", "following", "people", "meetings",
    "meeting", "agenda", "summons", "papers", "minutes", "circulating", "signed", "actions", "handing_on", "beredning",
    "directives", "planning", "budget", "reporting", "letters", "web", "exporting", "identity", "tokens", "clock",
    "outbox", "mail", "inbox", "safekeeping", "readings", "gallring", "pruning", "diagnosing", "catalogue",
    "configuring",
)  # fmt: skip
MODULES = tuple(import_module(f"uppdrag.cli.{name}") for name in NAMES)

for group in (app, *(added.typer_instance for added in app.registered_groups)):
    for registered in group.registered_commands if group else ():
        registered.cls = Command

__all__ = ["MODULES", "app"]
