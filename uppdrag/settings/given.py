"""What the environment gives: the value of each setting, and where it came from.

A secret may come from a variable, from the file that NAME_FILE names, or from the credentials that systemd hands a
service (systemd.exec(5), LoadCredential=): then the credential has the setting's name.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from uppdrag.settings.declared import BY_NAME, Setting, SettingWrong

Origin = Literal["default", "variable", "file", "credential"]
HIDDEN = "********"
_CREDENTIALS = "CREDENTIALS_DIRECTORY"
_IN_AUTHORITY = re.compile(r"(://[^:/]*:).*(@)")
_IN_QUERY = re.compile(r"(\b\w*passw\w*=)[^&]*", re.IGNORECASE)
_LARGEST = 10_000


@dataclass(frozen=True, slots=True)
class Given:
    """The value of a setting, empty where it has none; `path` is the file it came from, empty where from none."""

    setting: Setting
    value: str = field(repr=False)
    origin: Origin
    path: str = ""

    @property
    def shown(self) -> str:
        """The value as anybody may see it."""
        if not self.value or self.setting.holds == "open":
            return self.value
        if self.setting.holds == "secret":
            return HIDDEN
        return _IN_QUERY.sub(rf"\1{HIDDEN}", _IN_AUTHORITY.sub(rf"\1{HIDDEN}\2", self.value))


def given(env: Mapping[str, str], name: str) -> Given:
    """What an environment gives for a declared setting; its default where nothing or an empty text is given.

    Raises SettingWrong where a file cannot be read, is read by everybody, or where two places give the setting.
    """
    setting = BY_NAME[name]
    stated = env.get(name, "")
    path = env.get(f"{name}_FILE", "") if setting.may_come_from_a_file else ""
    if stated and path:
        raise SettingWrong(name, f"ange {name} eller {name}_FILE, inte båda")
    if stated:
        return Given(setting, stated, "variable")
    if path:
        return Given(setting, _content(Path(path), f"{name}_FILE"), "file", path)
    if setting.may_come_from_a_file and (folder := env.get(_CREDENTIALS)):
        handed = Path(folder, name)
        if handed.is_file():
            return Given(setting, _content(handed, name), "credential", str(handed))
    return Given(setting, setting.default, "default")


def unknown(env: Mapping[str, str]) -> list[str]:
    """The variables that look like settings and are none: a name that was misspelt does nothing."""
    known = {*BY_NAME, *(f"{one.name}_FILE" for one in BY_NAME.values() if one.may_come_from_a_file)}
    return sorted(name for name in env if name.startswith("UPPDRAG_") and name not in known)


def _content(path: Path, name: str) -> str:
    """What a file holds, without the line break at its end. A file that everybody may read holds no secret."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & (stat.S_IROTH | stat.S_IWOTH):
                raise SettingWrong(name, f"filen går att läsa av alla på maskinen; kör: chmod o-rwx {path}")
            held = file.read(_LARGEST + 1)
    except OSError:
        raise SettingWrong(name, "filen går inte att läsa") from None
    try:
        text = held.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise SettingWrong(name, "filen går inte att läsa") from None
    if len(held) > _LARGEST or "\n" in text or "\0" in text:
        raise SettingWrong(name, "filen ska innehålla en enda rad")
    if not text:
        raise SettingWrong(name, "filen är tom")
    return text
