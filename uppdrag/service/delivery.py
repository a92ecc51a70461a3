"""From the outbox to the relay: claim and freeze, commit, hand over, mark, commit. No transaction spans the network."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Protocol

from notifications import smtp
from notifications.serialise import Malformed, mailbox, serialise
from storage import intents, mail_queue, outbox, suppressions
from storage.database import Session
from storage.mail_queue import QueueState
from storage.outbox import Kept
from uppdrag.service import outcomes
from uppdrag.service.house import House
from uppdrag.service.marks import Marks
from uppdrag.service.outcomes import Claimed
from uppdrag.service.retries import GIVE_UP, next_probe
from uppdrag.service.wanted import Wanted
from uppdrag.settings import DEFAULT_SENDER, Settings, SettingWrong
from workflow.calendar import local_date
from workflow.errors import UppdragError
from workflow.message import MessageStatus, Queued


class Checks(Protocol):
    """What is asked of messages before they leave. Reads only, and takes no locks: the messages are locked already."""

    def still(self, queued: Queued, /) -> bool:
        """Whether the message should still leave."""

    def morning(self, queued: Queued, /) -> datetime:
        """When it may leave: now, or the next moment (UTC) at which its recipient may be disturbed."""


Checking = Callable[[Session, datetime], Checks]
"""The checks of one transaction, at one moment (aware)."""

BATCH = 100
LEASE = timedelta(minutes=10)
MEND = timedelta(hours=1)
"""How often one message is tried while the settings or the relay must be mended."""
FRESH = 0.5
"""Seconds after which claimed messages are checked once more before they leave."""
SIMULATED = "simulerat"
_log = logging.getLogger("uppdrag.delivery")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one round did. `later`: to be tried again. `standing`: why the queue stands still, or empty."""

    sent: int = 0
    simulated: int = 0
    later: int = 0
    uncertain: int = 0
    stuck: int = 0
    cancelled: int = 0
    standing: str = ""


def deliver(
    house: House,
    settings: Settings,
    *,
    worker: str,
    clock: Callable[[], datetime],
    checking: Checking = Wanted,
    stop: Callable[[], bool] = lambda: False,
    timeout: float = smtp.TIMEOUT,
) -> Delivered:
    """Send what is due, over one connection, until nothing is or `stop` says so. Any number of workers may do so.

    `worker` names this worker among them; `clock` tells the moment (aware); `timeout` is how many seconds the relay may
    take for an answer. Raises SettingWrong where the mode needs a relay and none is set.
    """
    if settings.mail == "av":
        return Delivered()
    relay = None if settings.mail == "simulera" else smtp.Relay(relay_of(settings), timeout=timeout)
    with relay or nullcontext(), _Round(
        house, settings, relay, worker, clock, checking, stop
    ) as round:  # fmt: skip
        while not stop() and round.go():
            pass
        return round.delivered()


def check_settings(settings: Settings) -> None:
    """Raises SettingWrong where the mode lets mail leave and no relay, or nobody whom mail comes from, is set."""
    if settings.mail in ("testadresser", "skarp"):
        relay_of(settings)


def relay_of(settings: Settings) -> smtp.Server:
    """The relay that mail is handed to. Raises SettingWrong where it, or whom mail comes from, is not set."""
    if settings.smtp is None:
        raise SettingWrong("UPPDRAG_SMTP_HOST", "ange servern som mejl ska lämnas till, till exempel smtp.example.se")
    if settings.mail_from == DEFAULT_SENDER:
        raise SettingWrong("UPPDRAG_MAIL_FROM", "ange vem mejl kommer från: NSPL:s kansli <uppdrag@example.se>")
    relay = settings.smtp
    return smtp.Server(
        host=relay.host, port=relay.port, security=relay.security, user=relay.user, password=relay.password,
        sender=mailbox(settings.mail_from)[1],
    )  # fmt: skip


class _Round:
    """One round of one worker."""

    def __init__(
        self, house: House, settings: Settings, relay: smtp.Relay | None, worker: str, clock: Callable[[], datetime],
        checking: Checking, stop: Callable[[], bool],
    ) -> None:  # fmt: skip
        """`relay`: None where nothing leaves (`simulera`)."""
        self._database = house.database
        self._settings, self._relay, self._worker, self._clock = settings, relay, worker, clock
        self._checking, self._stop = checking, stop
        self._gone: frozenset[str] = frozenset()
        self._coming: list[Kept] = []
        self._prepared: dict[tuple[str, str], bytes] = {}
        self._counts: Counter[str] = Counter()
        self._standing = ""
        self._probing = False
        self._claimed_at = self._checked_at = 0.0
        self._marks = Marks(house.database, clock, self._counts)

    def __enter__(self) -> _Round:
        return self

    def __exit__(self, *_: object) -> None:
        self._marks.close()

    def delivered(self) -> Delivered:
        self._marks.write_all()
        return Delivered(**self._counts, standing=self._standing)

    def go(self) -> bool:
        """Claim some messages and send them. False where there was nothing more to do."""
        batch, found = self._claim()
        return self._send(batch, self._relay) if batch and self._relay is not None else found

    def _claim(self) -> tuple[list[Claimed], bool]:
        """What to send, and whether anything was due at all."""
        self._claimed_at = self._checked_at = monotonic()
        self._gone = frozenset()
        now = self._clock()
        batch: list[Claimed] = []
        with self._database.transaction() as session:
            checks = self._checking(session, now)
            state = mail_queue.state(session)
            limit = self._may_take(session, state, now)
            found = outbox.due(session, now, 2 * limit) if limit else []
            for kept in found[:limit]:
                self._take(session, checks, kept, now, batch)
            self._coming, self._prepared = found[limit:], {}
            if self._probing and not batch:
                mail_queue.put(session, state)  # what was to be tried stays at home; the next one is tried instead
        return batch, bool(found)

    def _may_take(self, session: Session, state: QueueState, now: datetime) -> int:
        """How many messages may leave as the queue stands: all, one to see if the relay is well again, or none."""
        self._probing = False
        if state.open or (self._relay is None and state.probe_at is not None):
            return BATCH
        self._standing = state.why
        if state.probe_at is None or state.probe_at > now:
            return 0
        self._probing = mail_queue.take_probe(session, state, now + LEASE)
        return int(self._probing)

    def _take(self, session: Session, checks: Checks, kept: Kept, now: datetime, batch: list[Claimed]) -> None:
        """Claim a message and freeze its bytes, or settle it where it must not leave."""
        if self._settled(session, checks, kept, now, maybe_sent=kept.maybe_sent) or self._waits(
            session, checks, kept, now
        ):
            return
        try:
            raw = kept.raw or self._prepared.get((kept.queued.id, kept.draft)) or serialise(kept.message, now)
        except ValueError as wrong:
            why = str(wrong) if isinstance(wrong, Malformed) else "utkastet går inte att läsa"
            self._finish(session, kept, "kraver_atgard", f"Mejlet kan inte skrivas: {smtp.clean(why)}", kept.maybe_sent)
            return
        claimed = outbox.claim(session, kept, worker=self._worker, until=now + LEASE, raw=raw)
        if self._leaves(kept.queued.recipient):
            batch.append(Claimed(claimed, "osaker" if kept.maybe_sent else "koad"))
            return
        self._counts["simulated"] += 1
        outbox.settle(session, claimed, "skickad", response=SIMULATED, attempts=kept.queued.attempts + 1, sent_at=now)

    def _prepare(self) -> None:
        """Write out a message of the next batch beforehand, while the relay works on another."""
        if self._coming:
            kept = self._coming.pop()
            with suppress(ValueError):  # what cannot be written is parked when its turn comes
                self._prepared[kept.queued.id, kept.draft] = kept.raw or serialise(kept.message, self._clock())

    def _leaves(self, recipient: str) -> bool:
        if self._settings.mail == "testadresser":
            return self._settings.is_test_address(recipient)
        return self._settings.mail == "skarp"

    def _settled(self, session: Session, checks: Checks, kept: Kept, now: datetime, *, maybe_sent: bool) -> bool:
        """Settle a message that must not leave any more. Whether it was."""
        status, why = self._hindrance(session, checks, kept.queued, now)
        if why:
            self._finish(session, kept, status, why, maybe_sent)
        return bool(why)

    def _waits(self, session: Session, checks: Checks, kept: Kept, now: datetime) -> bool:
        """Let a message that must not leave at this hour wait for the next morning. Whether it does."""
        moment = checks.morning(kept.queued)
        if moment > now:
            status: MessageStatus = "osaker" if kept.maybe_sent else "koad"
            outbox.settle(session, kept, status, response=kept.queued.response, next_try_at=moment)
        return moment > now

    def _hindrance(self, session: Session, checks: Checks, queued: Queued, now: datetime) -> tuple[MessageStatus, str]:
        """What becomes of a message that must not leave, and why not; the reason is empty where it may."""
        suppressed = suppressions.reason(session, queued.recipient)
        if suppressed:
            return "kraver_atgard", f"Adressen är spärrad: {suppressed}"
        if queued.expires_on is not None and queued.expires_on < local_date(now):
            return "avbruten", f"Dagen som det gällde ({queued.expires_on}) har passerat."
        try:
            wanted = checks.still(queued)
        except (UppdragError, ValueError, LookupError) as wrong:
            return "kraver_atgard", f"Det går inte att kontrollera om mejlet behövs: {smtp.clean(str(wrong))}"
        return "avbruten", "" if wanted else "Behövs inte längre."

    def _finish(self, session: Session, kept: Kept, status: MessageStatus, why: str, maybe_sent: bool) -> None:
        self._counts["cancelled" if status == "avbruten" else "stuck"] += 1
        doubt = " Det är osäkert om mejlet redan har gått." if maybe_sent else ""
        outbox.settle(session, kept, status, response=why + doubt)
        if status == "avbruten" and not maybe_sent:
            intents.release(session, kept.queued.id)  # what is still missing is written anew

    def _send(self, batch: Sequence[Claimed], relay: smtp.Relay) -> bool:
        """Hand over claimed messages. False where the round should end."""
        if relay.lost:
            opened = relay.open()
            if opened.kind != "accepted":
                self._stand_still(opened, batch)
                return False
        for i, claimed in enumerate(batch):
            if self._stop() or monotonic() - self._claimed_at > LEASE.total_seconds() / 2:
                self._release(batch[i:])
                return not self._stop()
            if monotonic() - self._checked_at >= FRESH:
                self._check_again(batch[i:])
            if claimed.kept.queued.id in self._gone:
                continue
            outcome = relay.send(claimed.kept.queued.recipient, claimed.kept.raw or b"", meanwhile=self._prepare)
            if outcome.kind == "misconfigured":
                self._stand_still(outcome, batch[i:])
                return False
            self._marks.add(claimed, outcome)
            if relay.lost:
                rest = batch[i + 1 :]
                if not relay.taken:  # a connection that carries nothing is as good as none
                    self._stand_still(outcome, rest)
                    return False
                self._release(rest)  # they go over a new one
                return True
            if self._probing:
                self._reopen()
        return True

    def _check_again(self, rest: Sequence[Claimed]) -> None:
        """Settle those of the claimed messages that are no longer wanted: some time has passed since they were."""
        self._checked_at = monotonic()
        with self._database.reading() as session:
            checks = self._checking(session, self._clock())
            gone = [c for c in rest if c.kept.queued.id not in self._gone and not checks.still(c.kept.queued)]
        if not gone:
            return
        with self._database.transaction() as session:
            now = self._clock()
            checks = self._checking(session, now)
            settled = [
                c.kept.queued.id
                for c in gone
                if self._settled(session, checks, c.kept, now, maybe_sent=c.before == "osaker")
            ]
        self._gone |= frozenset(settled)

    def _reopen(self) -> None:
        """The relay has answered: all may go again, unless a person has paused the queue meanwhile."""
        self._marks.write_all()
        with self._database.transaction() as session:
            if mail_queue.state(session).probe_at is not None:
                mail_queue.put(session, mail_queue.OPEN)
        self._probing, self._standing = False, ""

    def _release(self, rest: Sequence[Claimed]) -> None:
        """Let go of messages that were not tried: it costs them no attempt."""
        if not rest:
            return
        with self._database.transaction() as session:
            outcomes.release(session, rest)

    def _stand_still(self, outcome: smtp.Outcome, rest: Sequence[Claimed]) -> None:
        """Let go of what was not tried, and let the queue wait: for the relay, or for somebody who mends."""
        self._marks.write_all()
        self._release(rest)
        now = self._clock()
        with self._database.transaction() as session:
            state = mail_queue.state(session)
            if not state.open and state.probe_at is None:
                return  # a person has paused it meanwhile
            since = state.since or now
            if outcome.kind == "misconfigured":
                probe = now + MEND
            else:
                probe = next_probe(since, now)
                if now - since >= GIVE_UP:
                    self._counts["stuck"] += outbox.give_up(session, now - GIVE_UP, outcome.response)
            self._standing = outcome.response
            mail_queue.put(session, QueueState(outcome.response, since, probe))
        _log.warning("queue_stands_still", extra={"kind": outcome.kind, "step": outcome.step, "code": outcome.code})
