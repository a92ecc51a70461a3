"""Addresses that mail no longer goes to: seen, and lifted once somebody has found out that they work."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from storage import mail_acts, outbox, suppressions
from storage.database import Session
from storage.mail_acts import MailAct
from storage.suppressions import Suppression
from uppdrag.service import people
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from workflow.calendar import local_date
from workflow.errors import NotFound
from workflow.message import Queued
from workflow.model import Actor

_AT_MOST = 10_000


def listed(house: House) -> list[Suppression]:
    """All of them, oldest first."""
    with house.database.reading() as session:
        return suppressions.everyone(session)


def waiting(house: House, address: str, *, now: datetime) -> list[Queued]:
    """What did not arrive at an address and would be sent again, were it lifted."""
    with house.database.reading() as session:
        return _waiting(session, address, now)


@persevering
def lift(
    house: House, address: str, *, actor: Actor, now: datetime, resend: bool = True, key: str = ""
) -> list[str]:  # fmt: skip
    """Let mail go to an address again: its office is no longer flagged, and what did not arrive is sent again.

    The ids of the messages that are sent again: the same bytes, and none whose last day has passed. The same `key`
    again changes nothing. Raises NotFound.
    """
    if not address.strip():
        raise NotFound("suppression", address)
    with house.database.transaction() as session:
        act = MailAct(at=now, about=address.lower(), act="hav", who=actor.name)
        if not mail_acts.note(session, act, key=key or uuid4().hex):
            return []
        stopped = suppressions.lift(session, address)
        if not people.clear_address(session, address, actor, now) and not stopped:
            raise NotFound("suppression", address)
        again = [m.id for m in _waiting(session, address, now)] if resend else []
        for id in again:
            outbox.move(session, id, {"kraver_atgard"}, "koad", now=now)
        return again


def _waiting(session: Session, address: str, now: datetime) -> list[Queued]:
    today, wanted = local_date(now), address.casefold()
    return [
        m
        for m in outbox.newest(session, status="kraver_atgard", limit=_AT_MOST)
        if m.recipient.casefold() == wanted and (m.expires_on is None or m.expires_on >= today)
    ]
