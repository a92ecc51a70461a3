"""Which mail a reminder became: when an address last had one, and what of it has not left."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import bindparam, case, func, select, text
from sqlmodel import col

from storage.database import Session
from storage.mail_tables import IntentRow, MessageRow, SuppressionRow
from storage.statements import Statement
from workflow.message import NONE

_M, _I = MessageRow, IntentRow
_WAITING = text("status IN ('koad', 'tagen', 'osaker', 'hallen')")
_OF_MEETINGS = "'mote_handlingar', 'mote_kallelse', 'mote_protokoll', 'mote_justering'"
"""What the kansli is reminded of about chefsgruppen's meetings: on its day, whatever else has gone out that week."""
_A_REMINDER = text("template NOT IN ('studs', 'introduktion', 'be_om_uppgift')")
_IN_ITS_WEEK = text(f"template NOT IN ('studs', 'introduktion', 'be_om_uppgift', {_OF_MEETINGS})")
_COUNTS = text(f"template NOT IN ('studs', {_OF_MEETINGS})")
_NOT_BY_HAND = text("template <> 'be_om_uppgift'")
"""What somebody has confirmed leaves as it was shown, or not at all: it is never written anew."""
_since = Statement(
    select(
        func.lower(col(_M.recipient)), func.max(col(_M.not_before)), func.max(col(_M.sent_at)),
        func.max(case((_WAITING, 1), else_=0)),
    )
    .where(
        text("(status <> 'avbruten' OR fence > 0)"),  # what was taken back after a try may have arrived
        (col(_M.not_before) > bindparam("since")) | (col(_M.sent_at) > bindparam("since")) | _WAITING,
        col(_M.id).in_(select(col(_I.message)).where(col(_I.status) == "skriven", _COUNTS)),
    )
    .group_by(func.lower(col(_M.recipient)))
)  # fmt: skip
_overdue = Statement(
    select(col(_M.id))
    .where(
        col(_M.status) == "koad", col(_M.fence) == 0, col(_M.not_before) < bindparam("before"),
        col(_M.id).in_(select(col(_I.message)).where(col(_I.status) == "skriven", _A_REMINDER)),
    )
    .order_by(col(_M.id))
)  # fmt: skip
_not_begun = Statement(
    select(func.lower(col(_M.recipient)), col(_M.id))
    .where(
        col(_M.status) == "koad", col(_M.fence) == 0,
        col(_M.id).in_(select(col(_I.message)).where(col(_I.status) == "skriven", _IN_ITS_WEEK)),
    )
    .order_by(col(_M.id))
)  # fmt: skip
_asked_for = Statement(
    select(col(_M.id))
    .where(
        ((col(_M.status) == "koad") & (col(_M.fence) == 0))
        | (
            (col(_M.status) == "kraver_atgard") & func.lower(col(_M.recipient)).in_(select(col(SuppressionRow.address)))
        ),
        col(_M.id).in_(select(col(_I.message)).where(col(_I.status) == "skriven", _NOT_BY_HAND)),
    )
    .order_by(col(_M.id))
)
_OF_TRACK = (
    select(col(_M.id))
    .join(_I, col(_I.message) == col(_M.id))
    .where(col(_I.uppdrag) == bindparam("of"), col(_M.status) == "koad", col(_M.fence) == 0, _NOT_BY_HAND)
)
_of_uppdrag = Statement(_OF_TRACK)
_of_region = Statement(_OF_TRACK.where(col(_I.region) == bindparam("at")))
_taken_back = Statement(select(col(_M.id)).where(col(_M.status) == "avbruten"))
_threads = Statement(
    select(col(_M.region), col(_M.recipient), col(_M.id))
    .where(col(_M.uppdrag) == bindparam("of"), text("status <> 'avbruten'"))
    .order_by(col(_M.created_at), col(_M.id))
)
_threads_waited_for = Statement(
    select(col(_M.uppdrag), col(_M.region), col(_M.recipient), col(_M.id))
    .where(
        col(_M.uppdrag).in_(
            select(col(_I.uppdrag)).where(
                col(_I.status) == "vantar", col(_I.send_on) <= bindparam("day"), col(_I.uppdrag) != NONE
            )
        ),
        text("status <> 'avbruten'"),
    )
    .order_by(col(_M.created_at), col(_M.id))
)  # fmt: skip


def last_reminded(session: Session, since: datetime, now: datetime) -> dict[str, datetime]:
    """When each address (in small letters) last had a reminder, where that was after `since`; `now` where one waits to
    leave, however long it has waited.

    Told in aware UTC. What was taken back before anybody tried to send it does not count, nor does a notice that mail
    did not arrive.
    """
    rows = session.all(_since, {"since": since})
    return {address: max(planned, sent or planned, now if waits else planned) for address, planned, sent, waits in rows}


def overdue(session: Session, before: datetime) -> list[str]:
    """The queued reminders that nobody has claimed although they should have left before a moment."""
    return [row[0] for row in session.all(_overdue, {"before": before})]


def not_begun(session: Session) -> dict[str, list[str]]:
    """The queued reminders that nobody has claimed, by their address in small letters."""
    found: dict[str, list[str]] = {}
    for address, id in session.all(_not_begun, {}):
        found.setdefault(address, []).append(id)
    return found


def may_go_elsewhere(session: Session) -> list[str]:
    """The messages that somebody else may be given instead: nobody has claimed them, or their address is given up."""
    return [row[0] for row in session.all(_asked_for, {})]


def unclaimed(session: Session, uppdrag: str, region: str) -> list[str]:
    """The queued messages that nobody has claimed yet about a region's track, or (`-`) about an uppdrag as a whole."""
    if region == NONE:
        found = session.all(_of_uppdrag, {"of": uppdrag})
    else:
        found = session.all(_of_region, {"of": uppdrag, "at": region})
    return list(dict.fromkeys(row[0] for row in found))  # a digest serves several occasions


def taken_back(session: Session) -> frozenset[str]:
    """The messages that did not leave after all: the same occasions to the same recipient would have the same id."""
    return frozenset(row[0] for row in session.all(_taken_back, {}))


def threads(session: Session, uppdrag: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """The threads of an uppdrag by region and recipient: Message-IDs, oldest first, without what was taken back."""
    found: dict[tuple[str, str], list[str]] = {}
    for region, recipient, id in session.all(_threads, {"of": uppdrag}):
        found.setdefault((region, recipient), []).append(id)
    return {at: tuple(ids) for at, ids in found.items()}


def threads_waited_for(session: Session, day: date) -> dict[str, dict[tuple[str, str], tuple[str, ...]]]:
    """The same by uppdrag, of those about which something should have left by a local date."""
    found: dict[str, dict[tuple[str, str], tuple[str, ...]]] = {}
    for uppdrag, region, recipient, id in session.all(_threads_waited_for, {"day": day}):
        thread = found.setdefault(uppdrag, {})
        thread[region, recipient] = (*thread.get((region, recipient), ()), id)
    return found
