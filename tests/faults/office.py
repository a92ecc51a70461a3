"""A post office for tests: a house, a relay, messages, and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from storage import mail_queue, outbox
from storage.database import Session
from storage.mail_queue import QueueState
from storage.outbox import Kept
from uppdrag.service import delivery, gate
from uppdrag.service.house import House
from uppdrag.settings import MailMode, Settings, Smtp
from workflow.message import Message, Queued

MORNING = datetime(2026, 3, 2, 7, tzinfo=UTC)
SENDER = "NSPL:s kansli <kansli@nspl.example>"


@dataclass(frozen=True)
class _Answers:
    """What a test wants to be answered, whatever the database says."""

    wanted: Callable[[Queued], bool]
    at: datetime

    def still(self, queued: Queued) -> bool:
        return self.wanted(queued)

    def morning(self, _queued: Queued) -> datetime:
        return self.at


@dataclass
class Office:
    """Sends what is in a house's outbox to a relay on loopback."""

    house: House
    smtp: Smtp | None
    mode: MailMode = "skarp"
    now: datetime = MORNING
    timeout: float = 5.0
    test_addresses: frozenset[str] = frozenset()
    still_wanted: Callable[[Queued], bool] = field(default=lambda _queued: True)
    next_morning: Callable[[datetime], datetime] = field(default=lambda now: now)

    @property
    def settings(self) -> Settings:
        return Settings(
            mail=self.mode, mail_from=SENDER, smtp=self.smtp, mail_test_addresses=self.test_addresses,
            database_url=self.house.database.url.render_as_string(hide_password=False),
        )  # fmt: skip

    def write(self, *names: str, expires_on: date | None = None) -> None:
        """Put a mail to each of these in the outbox, due now."""
        with self.house.database.transaction() as session:
            for name in names:
                outbox.enqueue(session, letter(name), now=self.now, not_before=self.now, expires_on=expires_on)

    def deliver(self, worker: str = "prov") -> delivery.Delivered:
        """One round."""
        return delivery.deliver(
            self.house, self.settings, worker=worker, clock=lambda: self.now, checking=self._asked,
            timeout=self.timeout,
        )  # fmt: skip

    def _asked(self, _session: Session, now: datetime, _messages: Sequence[Queued]) -> gate.Checks:
        return _Answers(self.still_wanted, self.next_morning(now))

    def later(self, **passed: float) -> delivery.Delivered:
        """A round after some time (as timedelta has it)."""
        self.now += timedelta(**passed)
        return self.deliver()

    def kept(self, name: str) -> Kept:
        with self.house.database.reading() as session:
            found = outbox.find(session, letter(name).id)
        assert found is not None
        return found

    def status(self, name: str) -> str:
        return self.kept(name).queued.status

    def statuses(self) -> dict[str, int]:
        with self.house.database.reading() as session:
            return {status: count for status, count in outbox.counts(session).items() if count}

    def queue(self) -> QueueState:
        with self.house.database.reading() as session:
            return mail_queue.state(session)


def letter(name: str) -> Message:
    """A mail to NAME@region.example, always the same."""
    return Message(
        id=f"{name}@nspl.example", recipient=f"{name}@region.example", subject=f"Uppgift saknas från {name} – åäö",
        text=f"Hej {name}!\n.\nSvara på detta mejl.\n", html=f"<p>Hej {name}!</p>", sender=SENDER,
    )  # fmt: skip


def plain(port: int) -> Smtp:
    """A relay on this machine, without encryption."""
    return Smtp(host="127.0.0.1", port=port, security="ingen")
