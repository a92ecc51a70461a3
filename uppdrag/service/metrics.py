"""Numbers for a monitor: of the database, read anew each time, and of what this process has done. No person stands in
them. The only user of prometheus_client."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
    start_http_server,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from storage import heartbeats, intents, mail_queue, outbox, queries, standing
from uppdrag.service import health
from uppdrag.service.house import House
from workflow.calendar import local_date
from workflow.errors import StorageUnavailable

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_OF_A_PAGE = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
_OF_A_ROUND = (0.01, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0)


class Meters:
    """The numbers of a house, and of what one process has done since it started. Safe to share between threads."""

    def __init__(self, house: House, now: datetime | None = None) -> None:
        """`now`: the moment that ages are counted to, None for the real clock."""
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Kept(house, now))
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "uppdrag_requests", "Requests answered", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "uppdrag_request_seconds", "Time to answer", buckets=_OF_A_PAGE, registry=self._registry
        )
        self._rounds = Histogram(
            "uppdrag_round_seconds", "Time of a round of clock or sender", ["kind"], buckets=_OF_A_ROUND,
            registry=self._registry,
        )  # fmt: skip
        self._failed = Counter(
            "uppdrag_rounds_failed", "Rounds that ended in an error", ["kind"], registry=self._registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered. `route`: the pattern of its address, never the address itself."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.observe(seconds)

    @contextmanager
    def round(self, kind: str) -> Iterator[None]:
        """A round of a worker, however it ends."""
        began = time.perf_counter()
        try:
            yield
        except BaseException:
            self._failed.labels(kind).inc()
            raise
        finally:
            self._rounds.labels(kind).observe(time.perf_counter() - began)

    def text(self) -> str:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry).decode()

    def serve(self, port: int) -> None:
        """Show the numbers on a port that only this machine reaches."""
        start_http_server(port, addr="127.0.0.1", registry=self._registry)


class _Kept(Collector):
    """What the database holds, read anew each time. Of one that does not answer only that it does not."""

    def __init__(self, house: House, now: datetime | None) -> None:
        self._house = house
        self._now = now

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("uppdrag_database_up", "Whether the database answers")
        try:
            found = list(self._found(self._now or datetime.now(UTC)))
        except StorageUnavailable:
            up.add_metric([], 0.0)
            yield up
            return
        up.add_metric([], 1.0)
        yield up
        yield from found

    def _found(self, now: datetime) -> Iterator[Metric]:
        with self._house.database.reading() as session:
            open, overdue = standing.count(session, local_date(now))
            messages = GaugeMetricFamily("uppdrag_messages", "Messages in the outbox by status", labels=["status"])
            for status, count in outbox.counts(session).items():
                messages.add_metric([status], count)
            beats: dict[str, datetime] = {}  # the last of each kind: a worker that was stopped leaves its own behind
            for beat in heartbeats.every(session):
                beats[beat.kind] = max(beat.beat_at, beats.get(beat.kind, beat.beat_at))
            events = queries.count_events(session)
            first = health.first_look(session)
            queue, parked = mail_queue.state(session), len(intents.parked(session))
        workers = GaugeMetricFamily("uppdrag_heartbeat_age_seconds", "Since the last beat of a kind", labels=["kind"])
        for kind, at in beats.items():
            workers.add_metric([kind], (now - at).total_seconds())
        yield GaugeMetricFamily("uppdrag_queue_paused", "Whether a person has paused all mail", float(queue.paused))
        yield GaugeMetricFamily("uppdrag_relay_away", "Whether the relay takes no mail", float(queue.relay_away))
        yield GaugeMetricFamily("uppdrag_reminders_parked", "Reminders that cannot be written", parked)
        yield GaugeMetricFamily("uppdrag_open", "Uppdrag that are not finished", open)
        yield GaugeMetricFamily("uppdrag_overdue", "Uppdrag after their planned time", overdue)
        yield GaugeMetricFamily("uppdrag_events", "Events in the log", events)
        behind = max((now - first).total_seconds(), 0.0) if first else 0.0
        yield GaugeMetricFamily("uppdrag_clock_behind_seconds", "How late the oldest look of the clock is", behind)
        yield messages
        yield workers
