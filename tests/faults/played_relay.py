"""A relay that is played: it takes, refuses, drops and is away, by chance, and tells the promises what it saw."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TypeVar, cast

from notifications.smtp import Outcome
from tests.faults.promises import Promises

T = TypeVar("T")
_TROUBLES = (
    Outcome(kind="temporary", step="mottagare", code=451, response="try again later"),
    Outcome(kind="temporary", step="leverans", code=452, response="insufficient storage"),
    Outcome(kind="uncertain", step="leverans", response="Förbindelsen bröts efter DATA"),
    Outcome(kind="permanent", step="leverans", code=554, response="refused by policy"),
)
AWAY = Outcome(kind="unreachable", step="anslutning", response="Servern går inte att nå")
WRONG = Outcome(kind="misconfigured", step="inloggning", code=535, response="authentication failed")
TAKEN = Outcome(kind="accepted", step="leverans", code=250, response="ok")


@dataclass
class PlayedRelay:
    """Stands in for `notifications.smtp.Relay`, whose own behaviour is tested against real servers."""

    promises: Promises
    clock: Callable[[], datetime]
    chance: Random
    trouble: float = 0.06
    """How likely a mail is to meet with trouble."""
    away: Outcome | None = None
    lost: bool = True
    taken: int = 0
    mails: list[str] = field(default_factory=list)

    def __enter__(self) -> PlayedRelay:
        self.lost = True
        return self

    def __exit__(self, *_: object) -> None:
        self.lost = True

    def open(self) -> Outcome:
        self.taken = 0
        self.lost = self.away is not None
        return self.away or TAKEN

    def run(self, sending: Coroutine[None, None, T]) -> T:
        """What is played never waits, so that one step is all of it."""
        try:
            sending.send(None)
        except StopIteration as done:
            return cast("T", done.value)
        raise AssertionError("a played relay does not wait")

    async def send(self, recipient: str, raw: bytes, *, meanwhile: Callable[[], None]) -> Outcome:
        now = self.clock()
        id = self.promises.leaving(recipient, raw, now)
        meanwhile()
        if self.chance.random() >= self.trouble:
            self.promises.taken(id, recipient, now)
            self.taken += 1
            self.mails.append(id)
            return TAKEN
        outcome = self.chance.choice(_TROUBLES)
        self.lost = outcome.kind == "uncertain"
        if self.lost and self.chance.random() < 0.5:  # the relay has it all the same
            self.promises.doubted(id, recipient, now)
        return outcome
