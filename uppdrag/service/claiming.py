"""Which messages leave next: claimed for a worker, their bytes frozen, or settled where they must not leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from notifications import smtp
from notifications.serialise import Malformed, serialise
from storage import intents, mail_queue, outbox
from storage.database import Database, Session
from storage.mail_queue import QueueState
from storage.outbox import Kept
from uppdrag.service.gate import Checking, Gate
from uppdrag.service.outcomes import Claimed
from uppdrag.settings import Settings
from workflow.message import MessageStatus

BATCH = 50
"""How many messages are claimed at once."""
LEASE = timedelta(minutes=10)
SIMULATED = "simulerat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Claimed messages, at a moment of the monotonic clock. `found`: whether anything was due at all. `probe`: it is
    one message, to see if the relay is well again. `standing`: why the queue stands still, or empty."""

    mails: Sequence[Claimed]
    at: float
    found: bool
    probe: bool = False
    standing: str = ""


class Claims:
    """What one worker claims, batch by batch. What is prepared beforehand is claimed the sooner."""

    def __init__(
        self, database: Database, settings: Settings, worker: str, clock: Callable[[], datetime], checking: Checking,
        counts: Counter[str],
    ) -> None:  # fmt: skip
        """`counts`: where to count what does not leave."""
        self._database, self._settings, self._worker, self._clock = database, settings, worker, clock
        self._checking, self._counts = checking, counts
        self._coming: list[Kept] = []
        self._prepared: dict[tuple[str, str], bytes] = {}

    def claim(self) -> Batch:
        """What to send next."""
        at, now = monotonic(), self._clock()
        with self._database.transaction() as session:
            state = mail_queue.state(session)
            probe = self._probes(session, state, now)
            limit = BATCH if self._flows(state) else int(probe)
            found = outbox.due(session, now, limit + BATCH) if limit else []
            mails = self._take(session, found[:limit], now)
            if probe and not mails:
                mail_queue.put(session, state)  # what was to be tried stays at home; the next one is tried instead
        self._prepared, self._coming = {}, [] if probe else found[limit:]
        standing = "" if self._flows(state) else state.why
        return Batch(mails=mails, at=at, found=bool(found), probe=probe, standing=standing)

    def prepare(self) -> bool:
        """Write out a message of the next batch beforehand. Whether all are written, and wait to be claimed."""
        if not self._coming:
            return bool(self._prepared)
        kept = self._coming.pop()
        with suppress(ValueError):  # what cannot be written is parked when its turn comes
            self._prepared[kept.queued.id, kept.draft] = kept.raw or serialise(kept.message, self._clock())
        return False

    def settle_unwanted(self, claimed: Sequence[Claimed]) -> set[str]:
        """Settle those of claimed messages that are no longer wanted, where some time has passed since they were; their
        ids."""
        with self._database.reading() as session:
            gate = Gate(session, self._checking, self._clock(), [c.kept.queued for c in claimed])
            gone = [c for c in claimed if not gate.checks.still(c.kept.queued)]
        if not gone:
            return set()
        with self._database.transaction() as session:
            gate = Gate(session, self._checking, self._clock(), [c.kept.queued for c in gone])
            return {
                c.kept.queued.id for c in gone if self._settled(session, gate, c.kept, maybe_sent=c.before == "osaker")
            }

    def _flows(self, state: QueueState) -> bool:
        """Whether all messages may leave as the queue stands. What only seems to leave needs no relay."""
        return state.open or (self._settings.mail == "simulera" and state.probe_at is not None)

    def _probes(self, session: Session, state: QueueState, now: datetime) -> bool:
        """Whether one message is tried now, to see if the relay is well again."""
        if self._flows(state) or state.probe_at is None or state.probe_at > now:
            return False
        return mail_queue.take_probe(session, state, now + LEASE)

    def _take(self, session: Session, found: Sequence[Kept], now: datetime) -> list[Claimed]:
        """Claim messages and freeze their bytes, or settle those that must not leave."""
        gate = Gate(session, self._checking, now, [kept.queued for kept in found])
        written = []
        for kept in found:
            if self._settled(session, gate, kept, maybe_sent=kept.maybe_sent) or self._waits(session, gate, kept):
                continue
            try:
                raw = kept.raw or self._prepared.get((kept.queued.id, kept.draft)) or serialise(kept.message, now)
            except ValueError as wrong:
                why = str(wrong) if isinstance(wrong, Malformed) else "utkastet går inte att läsa"
                why = f"Mejlet kan inte skrivas: {smtp.clean(why)}"
                self._finish(session, kept, "kraver_atgard", why, kept.maybe_sent)
            else:
                written.append((kept, raw))
        claimed = outbox.claim(session, written, worker=self._worker, until=now + LEASE)
        batch = []
        for (before, _), kept in zip(written, claimed, strict=True):
            if self._leaves(kept.queued.recipient):
                batch.append(Claimed(kept, "osaker" if before.maybe_sent else "koad"))
                continue
            self._counts["simulated"] += 1
            outbox.settle(session, kept, "skickad", response=SIMULATED, attempts=kept.queued.attempts + 1, sent_at=now)
        return batch

    def _leaves(self, recipient: str) -> bool:
        if self._settings.mail == "testadresser":
            return self._settings.is_test_address(recipient)
        return self._settings.mail == "skarp"

    def _settled(self, session: Session, gate: Gate, kept: Kept, *, maybe_sent: bool) -> bool:
        """Settle a message that must not leave any more. Whether it was."""
        status, why = gate.hindrance(kept.queued)
        if why:
            self._finish(session, kept, status, why, maybe_sent)
        return bool(why)

    def _waits(self, session: Session, gate: Gate, kept: Kept) -> bool:
        """Let a message that must not leave at this hour wait for the next morning. Whether it does."""
        moment = gate.checks.morning(kept.queued)
        if moment > gate.now:
            status: MessageStatus = "osaker" if kept.maybe_sent else "koad"
            outbox.settle(session, kept, status, response=kept.queued.response, next_try_at=moment)
        return moment > gate.now

    def _finish(self, session: Session, kept: Kept, status: MessageStatus, why: str, maybe_sent: bool) -> None:
        self._counts["cancelled" if status == "avbruten" else "stuck"] += 1
        doubt = " Det är osäkert om mejlet redan har gått." if maybe_sent else ""
        outbox.settle(session, kept, status, response=why + doubt)
        if status == "avbruten" and not maybe_sent:
            intents.release(session, kept.queued.id)  # what is still missing is written anew
