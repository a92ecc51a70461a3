"""What is to be mailed and not yet written. An occasion is accepted once, ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, null, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.database import Session
from storage.mail_tables import IntentRow
from storage.statements import Row, Statement
from workflow.message import Intent, Occasion

_I = IntentRow
_FIELDS = (
    col(_I.id), col(_I.uppdrag), col(_I.region), col(_I.deadline), col(_I.step), col(_I.round), col(_I.office),
    col(_I.template), col(_I.send_on), col(_I.due), col(_I.expires_on), col(_I.reason), col(_I.status),
    col(_I.message), col(_I.parked),
)  # fmt: skip
_add = {
    "sqlite": Statement(sqlite.insert(_I).on_conflict_do_nothing()),
    "postgresql": Statement(postgresql.insert(_I).on_conflict_do_nothing()),
}
_waiting = Statement(
    select(*_FIELDS)
    .where(col(_I.status) == "vantar", col(_I.send_on) <= bindparam("day"))
    .order_by(col(_I.send_on), col(_I.id))
)
_any_waiting = Statement(
    select(col(_I.id)).where(col(_I.status) == "vantar", col(_I.send_on) <= bindparam("day")).limit(1)
)
_of_track = Statement(
    select(*_FIELDS)
    .where(
        col(_I.uppdrag) == bindparam("of"), col(_I.region) == bindparam("at"), col(_I.round) == bindparam("in_round")
    )
    .order_by(col(_I.id))
)
_AT_ONCE = 50
_of_messages = Statement(
    select(*_FIELDS).where(col(_I.message).in_([bindparam(f"of{i}") for i in range(_AT_ONCE)])).order_by(col(_I.id))
)
_of_message = Statement(select(*_FIELDS).where(col(_I.message) == bindparam("of")).order_by(col(_I.id)))
_mark = Statement(
    update(_I)
    .where(col(_I.id) == bindparam("at"), col(_I.status) == bindparam("was"))
    .values(status=bindparam("now_status"), message=bindparam("now_message"), parked=null())
)
_park = Statement(
    update(_I).where(col(_I.id) == bindparam("at"), col(_I.status) == "vantar").values(parked=bindparam("why"))
)
_parked = Statement(
    select(*_FIELDS)
    .where(col(_I.status) == "vantar", col(_I.parked).is_not(None))
    .order_by(col(_I.send_on), col(_I.id))
)  # fmt: skip
_release = Statement(
    update(_I)
    .where(col(_I.message) == bindparam("of"), col(_I.status) == "skriven")
    .values(status="vantar", message="")
)


def id_of(occasion: Occasion) -> str:
    """An intent's id, the same for the same occasion."""
    o = occasion
    parts = (o.uppdrag, o.region, o.deadline, o.step, str(o.round), o.office)
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def add(session: Session, intents: Iterable[Intent], now: datetime) -> int:
    """Keep intents whose occasion is new; how many were. The others have been served already."""
    return sum(session.run(_add[session.dialect.name], _row(intent, now)) for intent in intents)


def any_waiting(session: Session, day: date) -> bool:
    """Whether some intent should have left by a local date."""
    return session.one(_any_waiting, {"day": day}) is not None


def waiting(session: Session, day: date) -> list[Intent]:
    """The intents that should have left by a local date, oldest first."""
    return [_intent(row) for row in session.all(_waiting, {"day": day})]


def of_track(session: Session, uppdrag: str, region: str, round: int) -> list[Intent]:
    """All intents of one track in one round, whatever became of them."""
    return [_intent(row) for row in session.all(_of_track, {"of": uppdrag, "at": region, "in_round": round})]


def of_message(session: Session, message: str) -> list[Intent]:
    """The intents that a message serves."""
    return [_intent(row) for row in session.all(_of_message, {"of": message})]


def of_messages(session: Session, messages: Sequence[str]) -> dict[str, list[Intent]]:
    """The intents that messages serve, by message; an empty list where no intent asked for one."""
    found: dict[str, list[Intent]] = {id: [] for id in messages}
    for start in range(0, len(messages), _AT_ONCE):
        asked = messages[start : start + _AT_ONCE]
        params = {f"of{i}": asked[min(i, len(asked) - 1)] for i in range(_AT_ONCE)}
        for row in session.all(_of_messages, params):
            intent = _intent(row)
            found[intent.message].append(intent)
    return found


def written(session: Session, intents: Iterable[Intent], message: str) -> None:
    """Mark waiting intents as served by a message."""
    all_written(session, [(intent, message) for intent in intents])


def all_written(session: Session, served: Iterable[tuple[Intent, str]]) -> None:
    """Mark waiting intents as served, each by its message."""
    marks = [{"at": i.id, "was": "vantar", "now_status": "skriven", "now_message": message} for i, message in served]
    session.run_many(_mark, marks)


def park(session: Session, intents: Iterable[Intent], why: str) -> None:
    """Note that waiting intents could not be written, and why. They wait on, and are tried again."""
    for intent in intents:
        session.run(_park, {"at": intent.id, "why": why})


def parked(session: Session) -> list[Intent]:
    """The waiting intents that could not be written when that was last tried, oldest first."""
    return [_intent(row) for row in session.all(_parked, {})]


def cancel(session: Session, intents: Iterable[Intent]) -> None:
    """Mark intents as no longer needed. One that is written into a message that is not claimed yet may be cancelled."""
    for intent in intents:
        session.run(_mark, {"at": intent.id, "was": intent.status, "now_status": "avbruten", "now_message": ""})


def skip(session: Session, intents: Iterable[Intent]) -> None:
    """Mark waiting intents as passed over: a later step says it, or the day has gone."""
    for intent in intents:
        session.run(_mark, {"at": intent.id, "was": "vantar", "now_status": "overhoppad", "now_message": ""})


def release(session: Session, message: str) -> int:
    """Let the intents of a message that was taken back wait again; how many they are."""
    return session.run(_release, {"of": message})


def _row(intent: Intent, now: datetime) -> dict[str, Any]:
    o = intent.occasion
    return {
        "id": intent.id, "uppdrag": o.uppdrag, "region": o.region, "deadline": o.deadline, "step": o.step,
        "round": o.round, "office": o.office, "template": intent.template, "send_on": intent.send_on,
        "due": intent.due, "expires_on": intent.expires_on, "reason": intent.reason, "status": intent.status,
        "message": intent.message, "created_at": now, "parked": None,
    }  # fmt: skip


def _intent(row: Row) -> Intent:
    (
        id, uppdrag, region, deadline, step, round, office, template, send_on, due, expires_on, reason, status, message,
        parked,
    ) = row  # fmt: skip
    return Intent(
        id=id, template=template, send_on=send_on, due=due, expires_on=expires_on, reason=reason, status=status,
        message=message, parked=parked or "",
        occasion=Occasion(
            uppdrag=uppdrag, region=region, deadline=deadline, step=step, round=round, office=office
        ),
    )  # fmt: skip
