"""Addresses that mail no longer goes to: seen, and lifted once somebody has found out that they work."""

from __future__ import annotations

from datetime import datetime

from storage import outbox, suppressions
from storage.suppressions import Suppression
from uppdrag.service import people
from uppdrag.service.house import House
from workflow.calendar import local_date
from workflow.errors import NotFound
from workflow.model import Actor

_AT_MOST = 10_000


def listed(house: House) -> list[Suppression]:
    """All of them, oldest first."""
    with house.database.reading() as session:
        return suppressions.everyone(session)


def lift(house: House, address: str, *, actor: Actor, now: datetime, resend: bool = True) -> list[str]:
    """Let mail go to an address again: its office is no longer flagged, and what did not arrive is sent again.

    The ids of the messages that are sent again: the same bytes, and none whose last day has passed. Raises NotFound.
    """
    today = local_date(now)
    with house.database.transaction() as session:
        stopped = suppressions.lift(session, address)
        if not people.clear_address(session, address, actor, now) and not stopped:
            raise NotFound("suppression", address)
        waiting = outbox.newest(session, status="kraver_atgard", limit=_AT_MOST) if resend else []
        again = [
            m.id
            for m in waiting
            if m.recipient.casefold() == address.casefold() and (m.expires_on is None or m.expires_on >= today)
        ]
        for id in again:
            outbox.move(session, id, {"kraver_atgard"}, "koad", now=now)
        return again
