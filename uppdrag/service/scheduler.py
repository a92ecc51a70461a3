"""The only user of APScheduler: a clock without a memory. It wakes jobs; what is due the database says."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]  # ships no types

_log = logging.getLogger("uppdrag.scheduler")
logging.getLogger("apscheduler").setLevel(logging.WARNING)

Job = Callable[[], None]
LOOKS_EVERY = 1.0
"""Seconds between two questions whether a job is wanted before its time."""


def run(
    jobs: Mapping[str, Job], *, every: timedelta, stop: threading.Event | None = None,
    early: Mapping[str, Callable[[], bool]] | None = None,
) -> None:  # fmt: skip
    """Run jobs, each at once and then every so often, until SIGTERM, SIGINT or `stop`. A running job is let finish.

    `early` says of some jobs, by name, whether they are wanted before their time.

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
    guarded = {name: _Guarded(name, one) for name, one in jobs.items()}
    for name, job in guarded.items():
        job()
        scheduler.add_job(job, "interval", seconds=every.total_seconds(), id=name, name=name)
    scheduler.start()
    try:
        while not stopping.wait(LOOKS_EVERY):
            for name, wanted in (early or {}).items():
                if not guarded[name].running and _says_yes(wanted):
                    scheduler.modify_job(name, next_run_time=datetime.now(UTC))
    finally:
        scheduler.shutdown(wait=True)


class _Guarded:
    """A job whose failure is told and does not end the service; the next run tries again."""

    def __init__(self, name: str, job: Job) -> None:
        self._name, self._job = name, job
        self.running = False

    def __call__(self) -> None:
        self.running = True
        try:
            self._job()
        except Exception:  # noqa: BLE001 - whatever a job does, the clock goes on and says so
            _log.exception("job_failed", extra={"job": self._name})
        finally:
            self.running = False


def _says_yes(wanted: Callable[[], bool]) -> bool:
    try:
        return wanted()
    except Exception:  # noqa: BLE001 - the job itself will meet with the same, and tell
        return False
