"""The only user of APScheduler: a clock without a memory. It wakes jobs; what is due the database says."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, timedelta

from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]  # ships no types

_log = logging.getLogger("uppdrag.scheduler")
logging.getLogger("apscheduler").setLevel(logging.WARNING)

Job = Callable[[], None]


def run(jobs: Mapping[str, Job], *, every: timedelta, stop: threading.Event | None = None) -> None:
    """Run jobs, each at once and then every so often, until SIGTERM, SIGINT or `stop`. A running job is let finish.

    Memory store and a UTC interval: no cron, no stored jobs, so that neither daylight saving nor a renamed function
    can lose a run; a missed run is made up for once.
    """
    stopping = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda *_: stopping.set())
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    for name, job in jobs.items():
        _guarded(name, job)()
        scheduler.add_job(_guarded(name, job), "interval", seconds=every.total_seconds(), id=name, name=name)
    scheduler.start()
    try:
        while not stopping.wait(0.5):
            pass
    finally:
        scheduler.shutdown(wait=True)


def _guarded(name: str, job: Job) -> Job:
    """A job whose failure is told and does not end the service; the next run tries again."""

    def run_once() -> None:
        try:
            job()
        except Exception:  # noqa: BLE001 - whatever a job does, the clock goes on and says so
            _log.exception("job_failed", extra={"job": name})

    return run_once
