"""The settings as whoever runs the program sees them: what holds, where it came from, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from uppdrag import settings
from uppdrag.service import delivery
from uppdrag.settings import DEFAULT_URL, SETTINGS, Given, Setting, Settings, SettingWrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A setting as it stands. `given` is None where what is given cannot be read."""

    setting: Setting
    given: Given | None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a setting, in Swedish. `stops`: the program refuses to start with it."""

    name: str
    text: str
    stops: bool


def lines(environ: Mapping[str, str] | None = None) -> list[Line]:
    """Every setting, in the order in which they are declared."""
    env = settings.environment() if environ is None else environ
    return [Line(setting=one, given=_given(env, one.name)) for one in SETTINGS]


def remarks(environ: Mapping[str, str] | None = None) -> list[Remark]:
    """Everything that is wrong or doubtful, what stops the program first."""
    env = settings.environment() if environ is None else environ
    chosen, wrong = settings.examine(env)
    if not wrong:
        try:
            delivery.check_settings(chosen)
        except SettingWrong as one:
            wrong.append(one)
    stopping = [Remark(one.name, f"{one.instead}.", stops=True) for one in wrong]
    return stopping + _doubtful(chosen) + [
        Remark(name, "Inställningen finns inte, så variabeln gör inget. Är den felstavad?", stops=False)
        for name in settings.unknown(env)
    ]  # fmt: skip


def _given(env: Mapping[str, str], name: str) -> Given | None:
    try:
        return settings.given(env, name)
    except SettingWrong:
        return None


def _doubtful(chosen: Settings) -> list[Remark]:
    found = []
    at = urlsplit(chosen.url)
    if chosen.url == DEFAULT_URL and chosen.mail == "skarp":
        found.append(Remark("UPPDRAG_URL", "Länkarna i mejlen leder till en påhittad adress. Ange den riktiga.",
                            stops=False))  # fmt: skip
    if at.scheme != "https" and not _is_loopback(at.hostname or ""):
        found.append(Remark("UPPDRAG_URL", "Utan https går inloggningen i klartext. Ange en adress med https.",
                            stops=False))  # fmt: skip
    if chosen.fixed_now is not None:
        found.append(Remark("UPPDRAG_NOW", "Klockan är ställd och står stilla. Ta bort den i drift.", stops=False))
    return found


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
