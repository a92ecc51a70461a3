"""The application object, its global options, and how errors end."""

# Modules that declare commands do without `from __future__ import annotations`: with it Typer would evaluate every
# annotation of every command at each start, which takes longer than all the rest of ours.

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

import typer

from uppdrag.cli import swedish

if TYPE_CHECKING:
    from uppdrag.service.house import House
    from uppdrag.settings import Settings
    from workflow.errors import Refusal

REFUSED, WRONG_USAGE, NO_DATABASE = 1, 2, 3

P = ParamSpec("P")
R = TypeVar("R")

Group, Command = swedish.commands()

app = typer.Typer(
    cls=Group,
    help="Uppdrag: motorn för regionernas gemensamma uppdrag.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from uppdrag import VERSION

        typer.echo(f"uppdrag {VERSION}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    now: Annotated[
        str, typer.Option("--now", metavar="ÖGONBLICK", help="Ställ klockan, till exempel 2026-03-27T09:00.")
    ] = "",
    _shown: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Visa versionen.")
    ] = False,
) -> None:
    """Uppdrag: motorn för regionernas gemensamma uppdrag."""
    context.obj = now


def settings(context: typer.Context) -> "Settings":
    """The settings of this run; ends with status 2 where one is wrong."""
    from uppdrag.settings import SettingWrong, read

    try:
        return read(now=context.obj or "")
    except SettingWrong as wrong:
        complain([f"{wrong.name}: {wrong.instead}"])
        raise typer.Exit(WRONG_USAGE) from None


def house(context: typer.Context) -> "House":
    """The house at the database of this run; ends with status 3 where it cannot be used."""
    from uppdrag.service import readings
    from uppdrag.service.house import House

    chosen = settings(context)
    place = House.open(chosen.database_url)
    # What is sensitive is shown to an account of this machine's: nobody has logged in.
    leave = readings.at_once(place, readings.account(), "kommando", context.command_path, now=chosen.now())
    context.call_on_close(leave)
    return place


def complain(lines: list[str]) -> None:
    """Say on stderr what went wrong."""
    for line in lines:
        typer.echo(line, err=True)


_FLAGS = {
    "neutral_title_missing": "Ange --neutral-title.",
    "already_registered": "Använd uppdrag correct {event}.",
    "fact_missing": "Ange --set {fact}=…",
    "decision_needs": "Ange --{fact}.",
    "delegationspunkt_missing": "Ange --delegationspunkt.",
    "why_missing": "Ange --why.",
    "nothing_to_correct": "Använd --set eller --withdraw.",
    "regions_left": "uppdrag matrix visar vilka.",
    "region_without_address": "Utelämna: --without. Annan kanal: --channel.",
    "publication_unconfirmed": "Lägg till --confirmed-by NAMN.",
    "incoming_unmatched": "Ange --uppdrag och --region.",
    "budget_needs": "Ange --{fact}.",
    "outcome_noted": "Ange --why.",
    "contribution_noted": "Ange --why.",
}
"""What to type, where a refusal has an answer on the command line."""


def _flag(refusal: "Refusal") -> str:
    told = _FLAGS.get(refusal.code, "").format_map(refusal.facts)
    return f" {told}" if told else ""


def told(command: Callable[P, R]) -> Callable[P, R]:
    """A command whose refusals end as sentences on stderr and an exit status, never as a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        from uppdrag import words
        from uppdrag.settings import SettingWrong
        from workflow.errors import StorageUnavailable, UppdragError

        try:
            return command(*args, **kwargs)
        except SettingWrong as wrong:  # one that only this command needs
            complain([f"{wrong.name}: {wrong.instead}"])
            raise typer.Exit(WRONG_USAGE) from None
        except UppdragError as wrong:
            complain(words.error(wrong, how=_flag))
            raise typer.Exit(NO_DATABASE if isinstance(wrong, StorageUnavailable) else REFUSED) from None
        except BrokenPipeError:
            sys.stderr.close()  # the reader has gone (`| head`); nothing more can be told
            raise typer.Exit(REFUSED) from None

    return run
