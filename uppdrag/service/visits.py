"""What was asked for, and when sessions and keys were last used: written beside the pages, by themselves."""

from __future__ import annotations

import logging
import threading
from collections import deque
from datetime import date, datetime

from storage import sessions, tokens
from storage.sessions import Visit
from uppdrag.service.house import House
from uppdrag.service.signing_in import Visitor
from uppdrag.service.tokens import Client
from workflow.calendar import local_date
from workflow.errors import UppdragError

PAUSE = 1.0
"""Seconds between writings: a page never waits for one."""
_MOST = 50_000
_log = logging.getLogger("uppdrag.web")


class Visits:
    """The access log of one process. Safe to share between threads."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._waiting: deque[Visit] = deque(maxlen=_MOST)
        self._used: dict[str, datetime] = {}
        self._keys_used: dict[str, date] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Write every second, until `stop`."""
        self._thread = threading.Thread(target=self._run, name="visits", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, and no more."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self.write()

    def note(self, who: Visitor | Client | None, method: str, path: str, status: int, *, now: datetime) -> None:
        """A page was asked for, or something of the API. No secret may be in the path."""
        role, region, name = (who.role, who.region, who.name) if who else ("", "", "")
        with self._lock:
            self._waiting.append(Visit(now, role, region, name, method, path[:200], status))
            if isinstance(who, Client):
                self._keys_used[who.digest] = local_date(now)
            elif who is not None:
                self._used[who.digest] = now

    def write(self) -> None:
        """Write what waits. Where the database cannot be written it waits on."""
        with self._lock:
            visits, used, keys = list(self._waiting), self._used, self._keys_used
            self._waiting.clear()
            self._used, self._keys_used = {}, {}
        if not visits:
            return
        try:
            with self._house.database.transaction() as session:
                sessions.note_visits(session, visits)
                sessions.use(session, sorted(used.items()))
                tokens.use(session, sorted(keys.items()))
        except UppdragError as wrong:
            _log.warning("visits_wait", extra={"error": type(wrong).__name__, "visits": len(visits)})
            with self._lock:
                self._waiting.extendleft(reversed(visits))
                self._used, self._keys_used = {**used, **self._used}, {**keys, **self._keys_used}

    def _run(self) -> None:
        while not self._stopping.wait(PAUSE):
            self.write()
