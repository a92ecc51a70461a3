"""The proof of the log, run beside the pages: started by a person, one at a time, and asked how it went."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import datetime

from storage.proof import Report
from uppdrag.service import queries
from uppdrag.service.house import House

_log = logging.getLogger("uppdrag.web")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A run of the proof. `done_at` and `report` are None while it runs; `failed`: why there is no report."""

    by: str
    started_at: datetime
    done_at: datetime | None = None
    report: Report | None = None
    failed: bool = False


class Verifying:
    """The last run of one process. Safe to share between threads."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = threading.Lock()
        self._last: Verification | None = None

    @property
    def last(self) -> Verification | None:
        """The run that goes on, else the last one; None where there has been none since this process began."""
        with self._lock:
            return self._last

    def start(self, by: str, now: datetime) -> bool:
        """Begin a run. False where one goes on already."""
        with self._lock:
            if self._last is not None and self._last.done_at is None:
                return False
            self._last = Verification(by=by, started_at=now)
        threading.Thread(target=self._run, args=(by, now), name="verify", daemon=True).start()
        return True

    def _run(self, by: str, started_at: datetime) -> None:
        began = datetime.now(started_at.tzinfo)
        report, failed = None, False
        try:
            report = queries.verify(self._house)
        except Exception as wrong:  # noqa: BLE001 - whatever went wrong, the page says that there is no result
            _log.exception("verify_failed", extra={"kind": type(wrong).__name__})
            failed = True
        done = started_at + (datetime.now(started_at.tzinfo) - began)
        with self._lock:
            self._last = Verification(by=by, started_at=started_at, done_at=done, report=report, failed=failed)
