"""From the outbox to the relay: claim and freeze, commit, hand over, mark, commit. No transaction spans the network."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from notifications import smtp
from notifications.serialise import mailbox
from storage import mail_queue, outbox
from storage.mail_queue import QueueState
from uppdrag.service import outcomes
from uppdrag.service.claiming import LEASE, Batch, Claims
from uppdrag.service.gate import Checking
from uppdrag.service.house import House
from uppdrag.service.marks import Marks
from uppdrag.service.outcomes import Claimed
from uppdrag.service.retries import GIVE_UP, next_probe
from uppdrag.service.wanted import Wanted
from uppdrag.settings import DEFAULT_SENDER, Settings, SettingWrong

MEND = timedelta(hours=1)
"""How often one message is tried while the settings or the relay must be mended."""
FRESH = 0.5
"""Seconds after which claimed messages are checked once more before they leave."""
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


def is_wanted(house: House, settings: Settings, now: datetime) -> bool:
    """Whether a round would find something to do: a code to log in with should not wait for the next one."""
    if settings.mail == "av":
        return False
    with house.database.reading() as session:
        return mail_queue.state(session).open and outbox.any_waiting(session, now)


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
        self._relay, self._clock, self._stop = relay, clock, stop
        self._counts: Counter[str] = Counter()
        self._standing = ""
        self._checked_at = 0.0
        self._claims = Claims(house.database, settings, worker, clock, checking, self._counts)
        self._marks = Marks(house.database, clock, self._counts)
        self._ahead: Future[Batch] | None = None

    def __enter__(self) -> _Round:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._release(())
        finally:
            self._marks.close()

    def delivered(self) -> Delivered:
        self._marks.write_all()
        return Delivered(**self._counts, standing=self._standing)

    def go(self) -> bool:
        """Claim some messages and send them. False where there was nothing more to do."""
        batch = self._claimed_ahead() or self._claims.claim()
        self._standing = batch.standing or self._standing
        if not batch.mails or self._relay is None:
            return batch.found
        return self._open(batch.mails, self._relay) and self._relay.run(self._send(batch, self._relay))

    def _claimed_ahead(self) -> Batch | None:
        ahead, self._ahead = self._ahead, None
        return None if ahead is None else ahead.result()

    def _meanwhile(self) -> None:
        """Write out a mail of the next batch; when all are, have them claimed."""
        if self._claims.prepare() and self._ahead is None:
            self._ahead = self._marks.do(self._claims.claim)

    def _open(self, batch: Sequence[Claimed], relay: smtp.Relay) -> bool:
        """Connect where there is no connection. False where there is none to be had, and the round should end."""
        opened = relay.open() if relay.lost else None
        if opened is not None and opened.kind != "accepted":
            self._stand_still(opened, batch)
        return not relay.lost

    async def _send(self, batch: Batch, relay: smtp.Relay) -> bool:
        """Hand over claimed messages. False where the round should end."""
        self._checked_at = batch.at
        mails, gone = batch.mails, set[str]()
        for i, claimed in enumerate(mails):
            if self._stop() or monotonic() - batch.at > LEASE.total_seconds() / 2:
                self._release(mails[i:])
                return not self._stop()
            if monotonic() - self._checked_at >= FRESH:
                self._checked_at = monotonic()
                gone |= self._claims.settle_unwanted([c for c in mails[i:] if c.kept.queued.id not in gone])
            if claimed.kept.queued.id in gone:
                continue
            outcome = await relay.send(
                claimed.kept.queued.recipient, claimed.kept.raw or b"", meanwhile=self._meanwhile
            )  # fmt: skip
            if outcome.kind == "misconfigured":
                self._stand_still(outcome, mails[i:])
                return False
            self._marks.add(claimed, outcome)
            if relay.lost:
                rest = mails[i + 1 :]
                if not relay.taken:  # a connection that carries nothing is as good as none
                    self._stand_still(outcome, rest)
                    return False
                self._release(rest)  # they go over a new one
                return True
            if batch.probe:
                self._reopen()
        return True

    def _reopen(self) -> None:
        """The relay has answered: all may go again, unless a person has paused the queue meanwhile."""
        self._marks.write_all()
        with self._database.transaction() as session:
            if mail_queue.state(session).probe_at is not None:
                mail_queue.put(session, mail_queue.OPEN)
        self._standing = ""

    def _release(self, rest: Sequence[Claimed]) -> None:
        """Let go of messages that were not tried, and of those claimed ahead: it costs them no attempt."""
        ahead = self._claimed_ahead()
        rest = [*rest, *(ahead.mails if ahead else ())]
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
