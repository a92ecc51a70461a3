"""What the relay said of a mail, as the state that its message is in from then on."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from notifications.smtp import Outcome
from storage import outbox
from storage.database import Session
from storage.outbox import Kept
from uppdrag.service.incoming import give_up_address
from uppdrag.service.retries import retry_at
from workflow.message import MessageStatus

_COUNTED = {"skickad": "sent", "koad": "later", "osaker": "uncertain", "kraver_atgard": "stuck"}
_log = logging.getLogger("uppdrag.delivery")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that a worker has claimed. `before`: what it goes back to where it was not tried."""

    kept: Kept
    before: MessageStatus


def write(session: Session, claimed: Claimed, outcome: Outcome, now: datetime) -> Iterable[str]:
    """Write what became of a claimed message, and what to count it as; nothing where another has claimed it since."""
    kept = claimed.kept
    attempts = kept.queued.attempts + 1
    begun = kept.queued.not_before if kept.queued.attempts else now
    again = retry_at(attempts, begun, now) if outcome.kind in ("temporary", "uncertain") else None
    status: MessageStatus
    if outcome.kind == "accepted":
        status = "skickad"
    elif again is None:
        status = "kraver_atgard"
    else:
        status = "osaker" if outcome.kind == "uncertain" else claimed.before
    response = f"{outcome.code} {outcome.response}" if outcome.code else outcome.response
    if not outbox.settle(
        session, kept, status, response=response, attempts=attempts, begun=begun, next_try_at=again,
        sent_at=now if status == "skickad" else None,
    ):  # fmt: skip
        _log.warning("lease_lost", extra={"mail": kept.queued.id, "fence": kept.fence})
        return ()
    if outcome.address_refused:
        give_up_address(session, kept.queued, response, now)
    _log.info("mail", extra={"mail": kept.queued.id, "status": status, "code": outcome.code, "attempts": attempts})
    return (_COUNTED[status],)


def release(session: Session, untried: Iterable[Claimed]) -> None:
    """Let go of messages that were not tried: it costs them no attempt."""
    for claimed in untried:
        outbox.settle(session, claimed.kept, claimed.before, response=claimed.kept.queued.response)
