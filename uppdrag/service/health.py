"""Is everything alive? For a monitor, and as metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from storage import heartbeats, mail_queue, outbox, queries, reminders
from storage.database import Session
from uppdrag.service.house import House
from workflow.calendar import local_date
from workflow.status import StatusFilter

SILENT_AFTER = timedelta(minutes=5)
"""A clock or sender that has not beaten for so long is taken for dead."""

LATE_AFTER = timedelta(hours=1)
"""A track that should have been looked at so long ago says that no clock runs."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its name, whether it is as it should be, and a Swedish sentence."""

    name: str
    ok: bool
    text: str


def check(house: House, *, now: datetime, wanted: frozenset[str] = frozenset({"clock", "sender"})) -> list[Check]:
    """Everything a monitor wants to know; `wanted` are the kinds of workers that should be running."""
    with house.database.reading() as session:
        return [*_workers(session, now, wanted), _looks(session, now), _queue(session), _stuck(session)]


def _workers(session: Session, now: datetime, wanted: frozenset[str]) -> Iterator[Check]:
    beats = heartbeats.every(session)
    names = {"clock": "klockan", "sender": "utskicken"}
    for kind in sorted(wanted):
        last = max((b.beat_at for b in beats if b.kind == kind), default=None)
        if last is None:
            yield Check(kind, False, f"{names[kind]} har aldrig gått. Starta: uppdrag serve")
        elif now - last > SILENT_AFTER:
            yield Check(kind, False, f"{names[kind]} har varit tyst sedan {last.isoformat(timespec='seconds')}.")
        else:
            yield Check(kind, True, f"{names[kind]} går.")


def _looks(session: Session, now: datetime) -> Check:
    first = reminders.first(session)
    late = first is not None and now - first > LATE_AFTER
    if late and first:
        return Check("reminders", False, f"Påminnelser väntar sedan {first.isoformat(timespec='minutes')}.")
    return Check("reminders", True, "Inget väntar på klockan.")


def _queue(session: Session) -> Check:
    state = mail_queue.state(session)
    return Check("queue", not state.why, f"Kön står stilla: {state.why}" if state.why else "Kön är öppen.")


def _stuck(session: Session) -> Check:
    stuck = outbox.counts(session).get("kraver_atgard", 0)
    return Check("messages", stuck == 0, f"{stuck} mejl kräver åtgärd." if stuck else "Inga mejl kräver åtgärd.")


class Metrics(Collector):
    """The numbers of a database, read anew at each scrape; no person stands in them."""

    def __init__(self, house: House, now: datetime | None = None) -> None:
        self._house = house
        self._now = now

    def collect(self) -> Iterator[Metric]:
        now = self._now or datetime.now(UTC)
        with self._house.database.reading() as session:
            rows = queries.status(session, StatusFilter(today=local_date(now)))
            messages = GaugeMetricFamily("uppdrag_messages", "Messages in the outbox by status", labels=["status"])
            for status, count in outbox.counts(session).items():
                messages.add_metric([status], count)
            workers = GaugeMetricFamily("uppdrag_heartbeat_age_seconds", "Since a worker's last beat", labels=["kind"])
            for beat in heartbeats.every(session):
                workers.add_metric([beat.kind], (now - beat.beat_at).total_seconds())
            events = queries.count_events(session)
            first = reminders.first(session)
        yield GaugeMetricFamily("uppdrag_open", "Uppdrag that are not finished", sum(not r.final for r in rows))
        yield GaugeMetricFamily("uppdrag_overdue", "Uppdrag after their planned time", sum(r.overdue for r in rows))
        yield GaugeMetricFamily("uppdrag_events", "Events in the log", events)
        behind = max((now - first).total_seconds(), 0.0) if first else 0.0
        yield GaugeMetricFamily("uppdrag_clock_behind_seconds", "How late the oldest look of the clock is", behind)
        yield messages
        yield workers


def registry(house: House, now: datetime | None = None) -> CollectorRegistry:
    """A registry with nothing but this database's numbers."""
    found = CollectorRegistry(auto_describe=False)
    found.register(Metrics(house, now))
    return found
