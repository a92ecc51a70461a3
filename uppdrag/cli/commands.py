"""Every command, on the application, in the order in which a newcomer meets them."""

from __future__ import annotations

from uppdrag.cli import asking, catalogue, doing, setting_up
from uppdrag.cli.app import Command, app

MODULES = (setting_up, doing, asking, catalogue)

for group in (app, setting_up.database, catalogue.definitions):
    for registered in group.registered_commands:
        registered.cls = Command

__all__ = ["MODULES", "app"]
