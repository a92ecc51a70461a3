"""What Typer itself says, in Swedish: headings of help, and wrong usage."""

from __future__ import annotations

import gettext
import re
from typing import Any

_HEADINGS = {
    "Options": "Flaggor", "Commands": "Kommandon", "Arguments": "Argument", "required": "måste anges",
    "default: {default}": "utelämnad: {default}", "[default: {}]": "[utelämnad: {}]", "[required]": "[måste anges]",
    "No such command {name!r}.": "Kommandot {name} finns inte.",
}  # fmt: skip

# Compiled when somebody has typed something wrong, not at every start.
_FAULTS = (
    (r"Missing argument '(.+?)'.*", r"Argumentet \1 saknas."),
    (r"Missing option '(.+?)'.*", r"Flaggan \1 saknas."),
    (r"Missing command\.?", "Kommandot saknas."),
    (r"No such option: (\S+).*", r"Flaggan \1 finns inte."),
    (r"Option '(.+?)' requires an argument\.?", r"Flaggan \1 måste följas av ett värde."),
    (r"Got unexpected extra arguments? \((.+)\)", r"För många argument: \1."),
    (
        r"Invalid value for '(.+?)': (?:Value error, )?(.+) is not one of (.+?)\.?",
        r"\1: \2 finns inte. Välj bland: \3.",
    ),
    (r"Invalid value for '(.+?)': (?:File|Path) (.+) does not exist\.?", r"\1: filen \2 finns inte."),
    (r"Invalid value for '(.+?)': (.+) is not a valid int(?:eger)?\.?", r"\1: \2 är inte ett heltal."),
    (r"Invalid value for '(.+?)': .*", r"\1: värdet går inte att använda."),
)


def speak() -> None:
    """Make Typer's own headings Swedish; to be called before Typer is imported."""
    original = gettext.gettext

    def translated(message: str) -> str:
        return _HEADINGS.get(message) or original(message)

    gettext.gettext = translated


def fault(message: str) -> str:
    """A usage error as Swedish; unchanged where it is not known."""
    for pattern, told in _FAULTS:
        if match := re.fullmatch(pattern, message, re.DOTALL):
            return match.expand(told)
    return message


def commands() -> tuple[type[Any], type[Any]]:
    """Typer's group and command, with a usage line and a help option that speak Swedish."""
    from typer.core import TyperCommand, TyperGroup

    class Speaking:
        def format_usage(self, ctx: Any, formatter: Any) -> None:
            pieces = " ".join(self.collect_usage_pieces(ctx))  # type: ignore[attr-defined]  # Typer's, beside this one
            formatter.write_usage(ctx.command_path, pieces, prefix="Så här: ")

        def get_help_option(self, ctx: Any) -> Any:
            option = super().get_help_option(ctx)  # type: ignore[misc]  # Typer's, beside this one
            if option is not None:
                option.help = "Visa hjälpen."
            return option

    class Group(Speaking, TyperGroup):
        pass

    class Command(Speaking, TyperCommand):
        pass

    return Group, Command
