"""The service at work: clock and sender, in one process or apart, any number of each."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Literal

from definitions.holidays import work_calendar
from storage import checkpoints, heartbeats
from storage.heartbeats import Heartbeat
from uppdrag.service import clockwork, composing, delivery, incoming, letters, pruning, scheduler
from uppdrag.service.house import House
from uppdrag.service.metrics import Meters
from uppdrag.settings import Settings

Kind = Literal["clock", "sender"]
_log = logging.getLogger("uppdrag.service")

SEAL_EVERY = timedelta(hours=1)


def kinds(names: Collection[str]) -> tuple[Kind, ...]:
    """The kinds of workers by name. Raises ValueError for any other."""
    known: dict[str, Kind] = {"clock": "clock", "sender": "sender"}
    return tuple(known[name] for name in names)


class Worker:
    """One clock or sender of this process, under a name of its own."""

    def __init__(
        self, house: House, settings: Settings, kind: Kind, stopping: Callable[[], bool], meters: Meters
    ) -> None:  # fmt: skip
        self._meters = meters
        self._house = house
        self._settings = settings
        self._kind = kind
        self._stopping = stopping
        self._name = f"{kind}@{socket.gethostname()}:{os.getpid()}"
        self._calendar = work_calendar()
        self._renewed = False
        self._pruned_at: datetime | None = None

    def work(self) -> None:
        """One round: what is due now, then a sign of life."""
        with self._meters.round(self._kind):
            if self._kind == "clock":
                self._tick()
            else:
                self._send()
        now = self._settings.now()
        with self._house.database.transaction() as session:
            heartbeats.beat(session, Heartbeat(self._name, self._kind, now, self._settings.mail))
        if self._kind == "clock":
            self._prune(now)

    def _prune(self, now: datetime) -> None:
        """Take away what is too old, now and then: last of all, for nothing else waits for it."""
        if self._pruned_at is None or now - self._pruned_at >= pruning.EVERY:
            if gone := pruning.run(self._house, self._settings, now=now):
                _log.info("pruned", extra={**gone, "decision": self._settings.gallring_decision})
            self._pruned_at = now

    def _tick(self) -> None:
        now = self._settings.now()
        if not self._renewed:  # holidays or reminder steps may have changed since the last start
            for moved in clockwork.renew(self._house, self._calendar, now=now):
                _log.info("moved", extra=asdict(moved))
            self._renewed = True
        ticked = clockwork.tick(self._house, self._calendar, now=now)
        if month := letters.draft_due(self._house, self._calendar, now=now):
            _log.info("drafted", extra={"letter": month})
        with self._house.database.transaction() as session:  # before the mails, which tell of the newest checkpoint
            newest = checkpoints.last(session)
            if newest is None or now - newest.made_at >= SEAL_EVERY:
                checkpoints.write(session, now)
        composed = composing.compose_due(self._house, now=now, settings=self._settings)
        if ticked.looked:
            _log.info("tick", extra=asdict(ticked))
        if composed.messages:
            _log.info("composed", extra={"messages": len(composed.messages)})

    def _send(self) -> None:
        delivered = delivery.deliver(
            self._house, self._settings, worker=self._name, clock=self._settings.now, stop=self._stopping,
        )  # fmt: skip
        if delivered != delivery.Delivered():
            _log.info("delivered", extra=asdict(delivered))
        if self._settings.mailbox:
            _log.info("mailbox", extra=asdict(incoming.read_mailbox(self._house, self._settings.now(), self._settings)))


def serve(
    house: House, settings: Settings, kinds: Collection[Kind], *, every: timedelta, metrics_port: int = 0,
    meters: Meters | None = None, stop: threading.Event | None = None,
) -> None:  # fmt: skip
    """Run until told to stop. `metrics_port`: Prometheus metrics on loopback, 0 for none; `meters`: those of this
    process, where somebody else in it counts too.

    Raises SettingWrong at once where mail is to leave and the settings do not say how.
    """
    if "sender" in kinds:
        delivery.check_settings(settings)
    counted = meters or Meters(house)
    if metrics_port:
        counted.serve(metrics_port)
    stopping = stop or threading.Event()
    workers: dict[str, Callable[[], None]] = {
        kind: Worker(house, settings, kind, stopping.is_set, counted).work for kind in kinds
    }
    early = {"sender": lambda: delivery.is_wanted(house, settings, settings.now())} if "sender" in kinds else {}
    _log.info("started", extra={"workers": sorted(kinds), "mail": settings.mail})
    try:
        scheduler.run(workers, every=every, stop=stopping, early=early)
    finally:
        house.database.close()
        _log.info("stopped")
