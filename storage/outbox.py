"""Messages waiting to leave, and the archive of what left. From the first claim a message's bytes never change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, get_args

from sqlalchemy import bindparam, func, insert, null, select, text, update
from sqlmodel import col

from storage import codec
from storage.database import Session
from storage.mail_tables import DraftRow, LetterRow, MessageRow
from storage.statements import Row, Statement
from storage.tables import columns
from workflow.message import NONE, Message, MessageStatus, Queued

_M, _D, _L = MessageRow, DraftRow, LetterRow
_QUEUED = (
    col(_M.id), col(_M.recipient), col(_M.office), col(_M.region), col(_M.uppdrag), col(_M.subject), col(_M.status),
    col(_M.created_at), col(_M.not_before), col(_M.expires_on), col(_M.attempts), col(_M.next_try_at), col(_M.sent_at),
    col(_M.response),
)  # fmt: skip
_WAITING = text("status IN ('koad', 'tagen', 'osaker')")
_NEVER_CLAIMED = (col(_M.fence) == 0, text("status IN ('koad', 'hallen')"))

_NOT_YET = ("leased_until", "sent_at")
"""NULL while a message waits. Left out of the statement: SQLite's driver searches long for what to make of a None."""
_enqueue = Statement(insert(_M).values({c.name: bindparam(c.name) for c in columns(_M) if c.name not in _NOT_YET}))
_draft = Statement(insert(_D))
_readdress = Statement(
    update(_M)
    .where(col(_M.id) == bindparam("at"), *_NEVER_CLAIMED)
    .values(recipient=bindparam("new_recipient"), subject=bindparam("new_subject"))
)
_redraft = Statement(update(_D).where(col(_D.message) == bindparam("at")).values(content=bindparam("new_draft")))
_withdraw = Statement(
    update(_M)
    .where(col(_M.id) == bindparam("at"), *_NEVER_CLAIMED)
    .values(status="avbruten", response=bindparam("why"))
)
_KEPT = (
    select(*_QUEUED, col(_D.content), col(_L.raw), col(_M.fence))
    .join(_D, col(_D.message) == col(_M.id))
    .outerjoin(_L, col(_L.message) == col(_M.id))
)
_due = Statement(
    _KEPT.where(_WAITING, col(_M.next_try_at) <= bindparam("moment"))
    .order_by(col(_M.next_try_at), col(_M.id))
    .limit(bindparam("at_most"))
    .with_for_update(of=_M, skip_locked=True)
)
_any_fresh = Statement(
    select(col(_M.id)).where(text("status = 'koad'"), col(_M.next_try_at) <= bindparam("moment")).limit(1)
)
_claim = Statement(
    update(_M)
    .where(col(_M.id) == bindparam("at"), col(_M.fence) == bindparam("seen"))
    .values(
        status="tagen", fence=bindparam("next_fence"), leased_by=bindparam("worker"), leased_until=bindparam("until"),
        next_try_at=bindparam("until_too"),
    )
)  # fmt: skip
_freeze = Statement(insert(_L))
_settle = Statement(
    update(_M)
    .where(
        col(_M.id) == bindparam("at"), col(_M.fence) == bindparam("seen"), col(_M.status) == bindparam("seen_status")
    )
    .values(
        status=bindparam("new_status"), attempts=bindparam("new_attempts"), next_try_at=bindparam("new_try"),
        not_before=bindparam("new_not_before"), sent_at=bindparam("new_sent"), response=bindparam("new_response"),
        leased_by="", leased_until=null(),
    )
)  # fmt: skip
_move = {
    status: Statement(
        update(_M)
        .where(col(_M.id) == bindparam("at"), col(_M.status) == bindparam("was"))
        .values(
            status=status, attempts=bindparam("new_attempts"), next_try_at=bindparam("new_try"),
            not_before=bindparam("new_not_before"), response=bindparam("new_response"),
        )
    )
    for status in get_args(MessageStatus)
}  # fmt: skip
_give_up = Statement(
    update(_M)
    .where(text("status IN ('koad', 'osaker')"), col(_M.next_try_at) <= bindparam("waited_since"))
    .values(status="kraver_atgard", response=bindparam("why"))
)
_one = Statement(_KEPT.where(col(_M.id) == bindparam("at")))
_newest = Statement(
    select(*_QUEUED)
    .where(
        (bindparam("any_status") == 1) | (col(_M.status) == bindparam("with_status")),
        (bindparam("any_recipient") == 1) | (col(_M.recipient) == bindparam("with_recipient")),
    )
    .order_by(col(_M.created_at).desc(), col(_M.id))
    .limit(bindparam("at_most"))
)
_about = Statement(
    select(*_QUEUED)
    .where(col(_M.uppdrag) == bindparam("of"))
    .order_by(col(_M.created_at).desc(), col(_M.id))
    .limit(bindparam("at_most"))
)
_starting = Statement(
    select(col(_M.id)).where(func.substr(col(_M.id), 1, bindparam("length")) == bindparam("start")).order_by(col(_M.id))
)
_counts = Statement(select(col(_M.status), func.count()).group_by(col(_M.status)))
_thread = Statement(
    select(col(_M.id), col(_M.subject))
    .where(
        col(_M.uppdrag) == bindparam("of"), col(_M.region) == bindparam("at"), col(_M.recipient) == bindparam("to"),
        col(_M.status) != "avbruten",
    )
    .order_by(col(_M.created_at), col(_M.id))
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A message as it is kept. `raw`: its bytes, None until the first claim; `fence`: how often it was claimed."""

    queued: Queued
    draft: str
    raw: bytes | None
    fence: int

    @property
    def message(self) -> Message:
        """What was composed. Raises ValueError where it cannot be read."""
        return codec.decode(self.draft, Message)

    @property
    def maybe_sent(self) -> bool:
        """Whether a worker may have handed it over without being able to say so."""
        return self.queued.status in ("tagen", "osaker")


@dataclass(frozen=True, slots=True)
class Thread:
    """An earlier exchange: its Message-IDs, oldest first, and the subject that it began with (empty: no thread)."""

    references: tuple[str, ...]
    subject: str


def waiting(
    message: Message, *, office: str = NONE, region: str = NONE, uppdrag: str = NONE, now: datetime,
    not_before: datetime, expires_on: date | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A message as it is to be kept. It leaves at `not_before` (aware) or later, never after the day `expires_on`."""
    return {
        "id": message.id, "recipient": message.recipient, "office": office, "region": region, "uppdrag": uppdrag,
        "subject": message.subject, "status": "koad", "created_at": now, "not_before": not_before,
        "expires_on": expires_on, "attempts": 0, "next_try_at": not_before, "fence": 0, "leased_by": "", "response": "",
        "message": message.id, "content": codec.encode(message),
    }  # fmt: skip


def enqueue_all(session: Session, many: Sequence[Mapping[str, Any]]) -> None:
    """Keep messages, each as `waiting` made it."""
    session.run_many(_enqueue, many)
    session.run_many(_draft, many)


def enqueue(
    session: Session,
    message: Message,
    *,
    office: str = NONE,
    region: str = NONE,
    uppdrag: str = NONE,
    now: datetime,
    not_before: datetime,
    expires_on: date | None = None,
) -> None:
    """Keep one message."""
    enqueue_all(session, [waiting(
        message, office=office, region=region, uppdrag=uppdrag, now=now, not_before=not_before, expires_on=expires_on
    )])  # fmt: skip


def replace_draft(session: Session, message: Message) -> bool:
    """Write a message anew under its id. False where it has been claimed, or is no longer waiting: it stands."""
    addressed = {"at": message.id, "new_recipient": message.recipient, "new_subject": message.subject}
    if not session.run(_readdress, addressed):
        return False
    return session.run(_redraft, {"at": message.id, "new_draft": codec.encode(message)}) == 1


def cancel(session: Session, id: str, why: str) -> bool:
    """Take back a message. False where it has been claimed, or is no longer waiting: it stands."""
    return session.run(_withdraw, {"at": id, "why": why}) == 1


def due(session: Session, now: datetime, limit: int) -> list[Kept]:
    """Messages that should leave now, oldest first, among them those whose worker's lease has run out.

    They are locked for this transaction; what another worker has locked is passed over.
    """
    return [_kept(row) for row in session.all(_due, {"moment": now, "at_most": limit})]


def any_waiting(session: Session, now: datetime) -> bool:
    """Whether some message that nobody has claimed should leave now."""
    return session.one(_any_fresh, {"moment": now}) is not None


def claim(session: Session, chosen: Sequence[tuple[Kept, bytes]], *, worker: str, until: datetime) -> list[Kept]:
    """Lease messages from `due` to a worker and, at the first claim, freeze the bytes given. What was claimed."""
    claimed = [
        replace(kept, raw=kept.raw or raw, fence=kept.fence + 1, queued=replace(kept.queued, status="tagen"))
        for kept, raw in chosen
    ]
    lease = {"worker": worker, "until": until, "until_too": until}
    session.run_many(_claim, [
        {"at": kept.queued.id, "seen": kept.fence - 1, "next_fence": kept.fence, **lease} for kept in claimed
    ])  # fmt: skip
    session.run_many(_freeze, [{"message": kept.queued.id, "raw": raw} for kept, raw in chosen if kept.raw is None])
    return claimed


def settle(
    session: Session,
    kept: Kept,
    status: MessageStatus,
    *,
    response: str,
    attempts: int | None = None,
    begun: datetime | None = None,
    next_try_at: datetime | None = None,
    sent_at: datetime | None = None,
) -> bool:
    """Write what became of a message that was seen or claimed under this fence. False where another has claimed it
    since, or a returned mail has said what became of it: then nothing is written. What is None stays as it was.

    `begun`: when it was first tried, from which on its `not_before` says so.
    """
    was = kept.queued
    return (
        session.run(_settle, {
            "at": was.id, "seen": kept.fence, "seen_status": was.status, "new_status": status, "new_response": response,
            "new_attempts": was.attempts if attempts is None else attempts,
            "new_not_before": begun or was.not_before, "new_try": next_try_at or was.next_try_at,
            "new_sent": sent_at or was.sent_at,
        })
        == 1
    )  # fmt: skip


def give_up(session: Session, waited_since: datetime, why: str) -> int:
    """Ask for a hand with everything that has waited since a moment or longer; how many messages that was."""
    return session.run(_give_up, {"waited_since": waited_since, "why": why})


def move(session: Session, id: str, was: Collection[MessageStatus], to: MessageStatus, *, now: datetime | None = None,
         response: str | None = None) -> MessageStatus | None:  # fmt: skip
    """Move a message that stands in one of `was`; with `now` it is tried from then on, and anew. None where there is
    no such message, else the status it had: where that is not in `was`, nothing has changed."""
    while (kept := find(session, id)) is not None and kept.queued.status in was:
        queued = kept.queued
        if session.run(_move[to], {
            "at": id, "was": queued.status, "new_attempts": queued.attempts if now is None else 0,
            "new_not_before": queued.not_before if now is None else now,
            "new_try": queued.next_try_at if now is None else now,
            "new_response": queued.response if response is None else response,
        }):  # fmt: skip
            break  # else a worker was faster, and it stands otherwise now
    return None if kept is None else kept.queued.status


def find(session: Session, id: str) -> Kept | None:
    """A message, or None."""
    row = session.one(_one, {"at": id})
    return None if row is None else _kept(row)


def starting(session: Session, start: str) -> list[str]:
    """The ids that begin like this."""
    return [id for (id,) in session.all(_starting, {"start": start, "length": len(start)})]


def newest(session: Session, *, status: str = "", recipient: str = "", limit: int = 100) -> list[Queued]:
    """The messages, newest first; those of one status or recipient where that is said."""
    return [
        _queued(row)
        for row in session.all(_newest, {
            "any_status": int(not status), "with_status": status, "any_recipient": int(not recipient),
            "with_recipient": recipient, "at_most": limit,
        })
    ]  # fmt: skip


def about(session: Session, uppdrag: str, *, limit: int) -> list[Queued]:
    """The messages about an uppdrag, newest first."""
    return [_queued(row) for row in session.all(_about, {"of": uppdrag, "at_most": limit})]


def counts(session: Session) -> dict[MessageStatus, int]:
    """How many messages there are of each status that occurs."""
    return dict(session.all(_counts, {}))


def thread(session: Session, uppdrag: str, region: str, recipient: str) -> Thread:
    """What one recipient has been mailed about one uppdrag and region, taken-back messages left out."""
    rows = session.all(_thread, {"of": uppdrag, "at": region, "to": recipient})
    return Thread(tuple(id for id, _ in rows), rows[0][1] if rows else "")


def _kept(row: Row) -> Kept:
    *queued, draft, raw, fence = row
    return Kept(queued=_queued(queued), draft=draft, raw=None if raw is None else bytes(raw), fence=fence)


def _queued(row: Sequence[Any]) -> Queued:
    return Queued(**dict(zip(_NAMES, row, strict=True)))


_NAMES = tuple(field.name for field in fields(Queued))
