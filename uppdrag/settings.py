"""Settings, from the environment, checked once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from workflow.calendar import STOCKHOLM

MailMode = Literal["av", "simulera", "testadresser", "skarp"]
MAIL_MODES: tuple[MailMode, ...] = ("av", "simulera", "testadresser", "skarp")
DEFAULT_DATABASE = "sqlite:///var/uppdrag.db"


class SettingWrong(ValueError):
    """A setting has a value that will not do: its name, and what to write instead."""

    def __init__(self, name: str, instead: str) -> None:
        self.name = name
        self.instead = instead
        super().__init__(f"{name}: {instead}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`fixed_now`: the moment (aware) that every command takes for now, or None for the real clock."""

    database_url: str = DEFAULT_DATABASE
    mail: MailMode = "simulera"
    fixed_now: datetime | None = None

    def now(self) -> datetime:
        """This moment, aware."""
        return self.fixed_now or datetime.now(UTC)


def read(environ: Mapping[str, str] | None = None, *, now: str = "") -> Settings:
    """The settings of an environment (the process's own by default). `now` stands before UPPDRAG_NOW.

    Raises SettingWrong. With mail `skarp` nobody may set the clock.
    """
    env = os.environ if environ is None else environ
    mail = env.get("UPPDRAG_MAIL", "simulera")
    if mail not in MAIL_MODES:
        raise SettingWrong("UPPDRAG_MAIL", "skriv " + ", ".join(MAIL_MODES))
    stated = now or env.get("UPPDRAG_NOW", "")
    if stated and mail == "skarp":
        raise SettingWrong("--now", "klockan kan inte ställas när UPPDRAG_MAIL är skarp; ta bort --now och UPPDRAG_NOW")
    return Settings(
        database_url=env.get("UPPDRAG_DATABASE_URL") or DEFAULT_DATABASE,
        mail=mail,
        fixed_now=_moment(stated) if stated else None,
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingWrong("--now", "skriv ett ögonblick som 2026-03-27T09:00 eller 2026-03-27") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM)
