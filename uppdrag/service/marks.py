"""What became of mails, written into the database by a thread of its own while the next mail is on its way out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from time import monotonic
from typing import TypeVar

from notifications.smtp import Outcome
from storage.database import Database
from uppdrag.service import outcomes
from uppdrag.service.outcomes import Claimed

T = TypeVar("T")

GROUP = 8
"""How many mails share a transaction when they go fast."""
IN_DOUBT = 5 * GROUP
"""How many mails at most may have left without anything being written, beside the group that is being written; so many
only while the next ones are claimed. They go twice, the same bytes, where the worker is killed just then."""
AT_ONCE = 0.02
"""Seconds since the last writing after which a mail does not wait for others."""


class Marks:
    """Outcomes on their way into the database. `close` it."""

    def __init__(self, database: Database, clock: Callable[[], datetime], counts: Counter[str]) -> None:
        """`counts`: where to count what became of the mails."""
        self._database, self._clock, self._counts = database, clock, counts
        self._writer = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None
        self._written_at = 0.0
        self._waiting: list[tuple[Claimed, Outcome]] = []

    def add(self, claimed: Claimed, outcome: Outcome) -> None:
        """Have an outcome written soon. Raises what went wrong with an earlier one."""
        self._waiting.append((claimed, outcome))
        soon = len(self._waiting) >= GROUP or monotonic() - self._written_at > AT_ONCE
        if soon and (self._writing is None or self._writing.done() or len(self._waiting) >= IN_DOUBT):
            self._hand_over()

    def do(self, work: Callable[[], T]) -> Future[T]:
        """Have something else done that writes: there is one writer, so that it need not wait for itself."""
        return self._writer.submit(work)

    def write_all(self) -> None:
        """Wait until every outcome so far is in the database."""
        if self._waiting:
            self._hand_over()
        if self._writing is not None:
            self._writing.result()
            self._writing = None

    def close(self) -> None:
        """The same, for good."""
        try:
            self.write_all()
        finally:
            self._writer.shutdown()

    def _hand_over(self) -> None:
        if self._writing is not None:
            self._writing.result()
        done, self._waiting, self._written_at = self._waiting, [], monotonic()
        self._writing = self._writer.submit(self._write, done)

    def _write(self, done: Sequence[tuple[Claimed, Outcome]]) -> None:
        with self._database.transaction() as session:
            for claimed, outcome in done:
                self._counts.update(outcomes.write(session, claimed, outcome, self._clock()))
