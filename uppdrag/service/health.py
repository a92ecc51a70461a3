"""Is everything alive? For a monitor, and as metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from storage import heartbeats, intents, mail_queue, meeting_reminders, outbox, queries, reminders
from storage.database import Session
from storage.mail_queue import QueueState
from uppdrag.service.house import House
from uppdrag.words.summons import subject
from workflow.calendar import STOCKHOLM, local_date
from workflow.message import NONE, Intent
from workflow.status import StatusFilter

SILENT_AFTER = timedelta(minutes=5)
"""A clock or sender that has not beaten for so long is taken for dead."""

_NAMED = 3

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
        queue = mail_queue.state(session)
        return [
            *_workers(session, now, wanted), _looks(session, now), _queue(queue), _relay(queue), _stuck(session),
            _parked(session),
        ]  # fmt: skip


def _workers(session: Session, now: datetime, wanted: frozenset[str]) -> Iterator[Check]:
    beats = heartbeats.every(session)
    names = {"clock": "klockan", "sender": "utskicken"}
    for kind in sorted(wanted):
        last = max((b.beat_at for b in beats if b.kind == kind), default=None)
        if last is None:
            yield Check(kind, False, f"{names[kind]} har aldrig gått. Starta med uppdrag serve.")
        elif now - last > SILENT_AFTER:
            yield Check(kind, False, f"{names[kind]} har varit tyst sedan {last.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}.")
        else:
            yield Check(kind, True, f"{names[kind]} går.")


def _looks(session: Session, now: datetime) -> Check:
    first = _first(session)
    late = first is not None and now - first > LATE_AFTER
    if late and first:
        return Check("reminders", False, f"Påminnelser väntar sedan {first.isoformat(timespec='minutes')}.")
    return Check("reminders", True, "Inget väntar på klockan.")


def _first(session: Session) -> datetime | None:
    """The moment of the first look to come, at a track or a meeting."""
    looks = reminders.first(session), meeting_reminders.first(session)
    return min((look for look in looks if look is not None), default=None)


def _queue(state: QueueState) -> Check:
    if not state.paused:
        return Check("queue", True, "Kön är öppen.")
    text = f"Kön är pausad sedan {_local(state.since)}: {state.why}. Starta den: uppdrag outbox resume"
    return Check("queue", False, text)


def _relay(state: QueueState) -> Check:
    if not state.relay_away:
        return Check("relay", True, "Mejlservern svarar, såvitt vi vet.")
    text = f"Mejl går inte att lämna sedan {_local(state.since)}: {state.why}. Nästa försök {_local(state.probe_at)}."
    return Check("relay", False, f"{text} Pröva servern: uppdrag mail test ADRESS")


def _stuck(session: Session) -> Check:
    stuck = outbox.counts(session).get("kraver_atgard", 0)
    return Check("messages", stuck == 0, f"{stuck} mejl kräver åtgärd." if stuck else "Inga mejl kräver åtgärd.")


def _parked(session: Session) -> Check:
    found = intents.parked(session)
    if not found:
        return Check("parked", True, "Alla påminnelser går att skriva.")
    named = "; ".join(dict.fromkeys(map(_named, found[:_NAMED])))
    more = f" och {len(found) - _NAMED} till" if len(found) > _NAMED else ""
    help = "Rätta uppdragets rubrik eller mallen; klockan försöker igen av sig själv. Se mejlet: uppdrag outbox preview"
    return Check("parked", False, f"{len(found)} påminnelser går inte att skriva: {named}{more}. {help}")


def _named(intent: Intent) -> str:
    at = intent.occasion
    region = f" region {at.region}" if at.region != NONE else ""
    about = f" om {subject(at.uppdrag)}{region}" if at.uppdrag != NONE else region
    return f"{intent.template}{about} ({intent.parked})"


def _local(moment: datetime | None) -> str:
    return f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}" if moment else "okänd tid"


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
            first = _first(session)
            queue, parked = mail_queue.state(session), len(intents.parked(session))
        yield GaugeMetricFamily("uppdrag_queue_paused", "Whether a person has paused all mail", float(queue.paused))
        yield GaugeMetricFamily("uppdrag_relay_away", "Whether the relay takes no mail", float(queue.relay_away))
        yield GaugeMetricFamily("uppdrag_reminders_parked", "Reminders that cannot be written", parked)
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
