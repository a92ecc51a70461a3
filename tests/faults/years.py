"""Years of a house under a made-up clock: mornings, odd hours, outages, crashes, a relay with moods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from notifications import smtp
from storage.database import Session
from tests.faults.lives import People
from tests.faults.played_relay import AWAY, WRONG, PlayedRelay
from tests.faults.promises import CALENDAR, Promises
from uppdrag.service import clockwork, composing, delivery, queries
from uppdrag.service.house import House
from uppdrag.settings import Settings, Smtp
from workflow.calendar import STOCKHOLM

SETTINGS = Settings(
    mail="skarp", mail_from="NSPL:s kansli <kansliet@nspl.example>",
    smtp=Smtp(host="127.0.0.1", port=25, security="ingen"),
)  # fmt: skip
FIRST = date(2026, 3, 2)
FIRST_MORNING = datetime.combine(FIRST, time(8, 5), STOCKHOLM).astimezone(UTC)
JUMPS = (0.1, 1, 2, 5, 26, 80, 744)
"""So many hours a clock is off for a while, one way or the other: minutes, hours, days, a month."""


class Crash(Exception):
    """The process was killed here."""


@contextmanager
def killed_at(statement: int) -> Iterator[None]:
    """Let the process die at its nth statement: nothing that it does from then on reaches the database."""
    left = statement

    def dying(run: Any) -> Any:
        def instead(session: Session, *arguments: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise Crash
            return run(session, *arguments)

        return instead

    with pytest.MonkeyPatch.context() as patch:
        for name in ("run", "all", "one", "run_many"):
            patch.setattr(Session, name, dying(getattr(Session, name)))
        with suppress(Crash):
            yield


@dataclass
class Outages:
    """Until which day what is away."""

    clock: date = FIRST
    sender: date = FIRST
    relay: date = FIRST


@dataclass
class Years:
    """A house that is lived in from FIRST on."""

    house: House
    seed: int
    last: date
    promises: Promises = field(init=False)
    relay: PlayedRelay = field(init=False)
    calm: bool = False
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.now = datetime.combine(FIRST, time(7), STOCKHOLM)
        self.promises = Promises(self.house)
        self.relay = PlayedRelay(self.promises, lambda: self.now, self.chance)
        self.people = People(self.house, self.chance, FIRST, self.last)
        self.outages = Outages()

    def live(self) -> None:
        """All of it; then three weeks in which nothing more goes wrong and nobody does anything."""
        self.people.move_in(self.now)
        day = FIRST
        while day <= self.last:
            self._day(day)
            day += timedelta(days=1)
        self.calm, self.outages, self.relay.trouble, self.relay.away = True, Outages(), 0.0, None
        while day <= self.last + timedelta(days=21) or not CALENDAR.may_send_on(day):
            self._day(day)
            day += timedelta(days=1)
        self._at_the_end(day)

    def _day(self, day: date) -> None:
        self._luck(day)
        awake = 2 if CALENDAR.may_send_on(day) else 1
        rounds = [time(8 + self.chance.randrange(3), self.chance.randrange(60)) for _ in range(awake)]
        if self.chance.random() < 0.3:
            rounds.append(time(self.chance.randrange(24), self.chance.randrange(60)))
        at_work = day.weekday() < 5 and not self.calm
        busy = time(8 + self.chance.randrange(3), self.chance.randrange(60))
        for moment in sorted([*rounds, busy]):
            self.now = datetime.combine(day, moment, STOCKHOLM).astimezone(UTC)
            if moment == busy and at_work:
                self.people.work(self.now, self.promises.queued())
            elif moment != busy:
                self._round(day)

    def _luck(self, day: date) -> None:
        if self.calm:
            return
        for name in ("clock", "sender", "relay"):
            if self.chance.random() < 0.008:
                self.happened[f"{name} borta"] += 1
                setattr(self.outages, name, day + timedelta(days=self.chance.choice((1, 2, 5, 21, 28))))
        if self.chance.random() < 0.004:
            self.happened["allt borta"] += 1
            gone = day + timedelta(days=self.chance.choice((2, 8, 21, 28)))
            self.outages.clock = self.outages.sender = gone
        away = self.chance.choice((AWAY, WRONG)) if self.outages.relay > day else None
        self.relay.away = away

    def _round(self, day: date) -> None:
        """One waking of clock and sender; sometimes doubled, set back, or killed in the middle."""
        off = timedelta()
        if self._now_and_then(0.02, "bakåt"):
            off = -timedelta(hours=self.chance.choice(JUMPS))
        elif self._now_and_then(0.01, "framåt"):
            off = timedelta(hours=self.chance.choice(JUMPS))
        self.now += off
        if day >= self.outages.clock and not self._now_and_then(0.2, "bara utskicken"):
            for _ in range(2 if self._now_and_then(0.05, "dubbelt") else 1):
                self._clock()
        if day >= self.outages.sender and not self._now_and_then(0.2, "bara klockan"):
            self._sender()
        self.now -= off

    def _clock(self) -> None:
        if self._now_and_then(0.04, "klockan dog"):
            with killed_at(self.chance.randrange(60)):
                clockwork.tick(self.house, CALENDAR, now=self.now)
                composing.compose_due(self.house, now=self.now, settings=SETTINGS)
            return
        clockwork.tick(self.house, CALENDAR, now=self.now)
        composed = composing.compose_due(self.house, now=self.now, settings=SETTINGS)
        assert composed.parked == ()
        self.happened["mejl"] += len(composed.messages)
        self.happened["passerat"] += composed.skipped
        self.promises.written(composed.messages, self.now)

    def _sender(self) -> None:
        if self._now_and_then(0.03, "utskicken dog"):
            before = len(self.relay.mails)
            with killed_at(self.chance.randrange(60)):
                self._deliver()
            self.promises.killed(self.relay.mails[before:])
            return
        self._deliver()

    def _deliver(self) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(smtp, "Relay", lambda *_, **__: self.relay)
            delivery.deliver(self.house, SETTINGS, worker="s", clock=lambda: self.now)

    def _now_and_then(self, how_often: float, what: str) -> bool:
        happens = not self.calm and self.chance.random() < how_often
        self.happened[what] += happens
        return happens

    def _at_the_end(self, day: date) -> None:
        broken = self.promises.broken
        self.now = datetime.combine(day, time(8, 5), STOCKHOLM).astimezone(UTC)
        clockwork.tick(self.house, CALENDAR, now=self.now)
        composed = composing.compose_due(self.house, now=self.now, settings=SETTINGS)
        if forgotten := self.promises.forgotten(composed.unreachable, self.now):
            broken.append(f"{forgotten} väntar fortfarande {self.now}")
        if behind := self.promises.behind(self.now):
            broken.append(f"{behind} spår väntar på klockan {self.now}")
        if findings := queries.verify(self.house).findings:
            broken.append(f"{findings}")
