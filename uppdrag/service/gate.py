"""What keeps a message from leaving: its address is given up, its day has gone, or what it asks for is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from notifications import smtp
from storage import suppressions
from storage.database import Session
from workflow.calendar import local_date
from workflow.errors import UppdragError
from workflow.message import MessageStatus, Queued


class Checks(Protocol):
    """What is asked of messages before they leave. Reads only, and takes no locks: the messages are locked already."""

    def still(self, queued: Queued, /) -> bool:
        """Whether the message should still leave."""

    def morning(self, queued: Queued, /) -> datetime:
        """When it may leave: now, or the next moment (UTC) at which its recipient may be disturbed."""


Checking = Callable[[Session, datetime, Sequence[Queued]], Checks]
"""The checks of one transaction, at one moment (aware), of these messages."""


class Gate:
    """What keeps messages from leaving at a moment, as one transaction sees it."""

    def __init__(self, session: Session, checking: Checking, now: datetime, messages: Sequence[Queued]) -> None:
        self.now = now
        self.checks = checking(session, now, messages)
        self._suppressed = suppressions.reasons(session)

    def hindrance(self, queued: Queued) -> tuple[MessageStatus, str]:
        """What becomes of a message that must not leave, and why not; the reason is empty where it may."""
        suppressed = self._suppressed.get(queued.recipient.lower())
        if suppressed:
            return "kraver_atgard", f"Adressen är spärrad: {suppressed}"
        if queued.expires_on is not None and queued.expires_on < local_date(self.now):
            return "avbruten", f"Dagen som det gällde ({queued.expires_on}) har passerat."
        try:
            wanted = self.checks.still(queued)
        except (UppdragError, ValueError, LookupError) as wrong:
            return "kraver_atgard", f"Det går inte att kontrollera om mejlet behövs: {smtp.clean(str(wrong))}"
        return "avbruten", "" if wanted else "Behövs inte längre."
