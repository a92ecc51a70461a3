"""The kallelse to a meeting of chefsgruppen as it has been told: to whom, in which version, and saying what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

CallRole = Literal["ordforande", "ledamot", "adjungerad", "ersattare"]
CALL_ROLES: tuple[CallRole, ...] = ("ordforande", "ledamot", "adjungerad", "ersattare")
"""In which capacity somebody is called, the first that fits. A substitute gets the kallelse for information."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """Somebody who has the kallelse. `messages` are the Message-IDs of the mails about it, oldest first; `sequence` is
    the version that the last of them told."""

    address: str
    name: str
    role: CallRole
    sequence: int
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summons:
    """The kallelse as last mailed. `uid` is the invitation's for good (RFC 5545, 3.8.4.7), whatever changes;
    `sequence` its version (3.8.7.4). The rest is what it then said: `agenda_version` which agenda was with it."""

    uid: str
    sequence: int
    on: date
    day: date
    place: str
    link: str
    starts: str
    ends: str
    agenda_version: int
    called: tuple[Called, ...] = ()

    def has(self, address: str) -> Called | None:
        """The one who has it at an address."""
        wanted = address.casefold()
        return next((c for c in self.called if c.address.casefold() == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledOff:
    """A meeting that is not held: said on which local day and why; `to` is the day that it is held on instead."""

    on: date
    why: str = ""
    to: date | None = None
