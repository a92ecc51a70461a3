"""Is everything alive, and may anybody be let in?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage import heartbeats, intents, mail_queue, meeting_reminders, outbox, reminders, restoring, schema
from storage.database import Session
from storage.mail_queue import QueueState
from uppdrag.service.house import SYSTEM_STREAM, House
from uppdrag.words.summons import subject
from workflow.calendar import STOCKHOLM
from workflow.errors import StorageUnavailable
from workflow.message import NONE, Intent

SILENT_AFTER = timedelta(minutes=5)
"""A clock or sender that has not beaten for so long is taken for dead."""

_NAMED = 3

LATE_AFTER = timedelta(hours=1)
"""A track that should have been looked at so long ago says that no clock runs."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its name, whether it is as it should be, and a Swedish sentence."""

    name: str
    ok: bool
    text: str


def check(house: House, *, now: datetime, wanted: frozenset[str] = frozenset({"clock", "sender"})) -> list[Check]:
    """Everything a monitor wants to know; `wanted` are the kinds of workers that should be running."""
    with house.database.reading() as session:
        queue = mail_queue.state(session)
        return [
            *_workers(session, now, wanted), _looks(session, now), _queue(queue), _relay(queue), _stuck(session),
            _parked(session), *_restored(session),
        ]  # fmt: skip


def ready(house: House) -> str:
    """Whether the database answers and has this program's schema: empty where so, else what is wrong with it, as
    StorageUnavailable names it."""
    try:
        schema.check(house.database)
    except StorageUnavailable as wrong:
        return wrong.code
    return ""


def _workers(session: Session, now: datetime, wanted: frozenset[str]) -> Iterator[Check]:
    beats = heartbeats.every(session)
    names = {"clock": "Klockan", "sender": "Utskicken"}
    for kind in sorted(wanted):
        last = max((b.beat_at for b in beats if b.kind == kind), default=None)
        if last is None:
            yield Check(kind, False, f"{names[kind]} har aldrig gått. Starta med uppdrag serve.")
        elif now - last > SILENT_AFTER:
            yield Check(kind, False, f"{names[kind]} har varit tyst sedan {last.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}.")
        else:
            yield Check(kind, True, f"{names[kind]} går.")


def _looks(session: Session, now: datetime) -> Check:
    first = first_look(session)
    late = first is not None and now - first > LATE_AFTER
    if late and first:
        return Check("reminders", False, f"Påminnelser väntar sedan {first.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}.")
    return Check("reminders", True, "Inget väntar på klockan.")


def first_look(session: Session) -> datetime | None:
    """The moment of the first look to come, at a track or a meeting."""
    looks = reminders.first(session), meeting_reminders.first(session)
    return min((look for look in looks if look is not None), default=None)


def _queue(state: QueueState) -> Check:
    if not state.paused:
        return Check("queue", True, "Kön är öppen.")
    text = f"Kön är pausad sedan {_local(state.since)}: {state.why}. Starta den: uppdrag outbox resume"
    return Check("queue", False, text)


def _relay(state: QueueState) -> Check:
    if not state.relay_away:
        return Check("relay", True, "Mejlservern svarar, såvitt vi vet.")
    text = f"Mejl går inte att lämna sedan {_local(state.since)}: {state.why}. Nästa försök {_local(state.probe_at)}."
    return Check("relay", False, f"{text} Pröva servern: uppdrag mail test ADRESS")


def _stuck(session: Session) -> Check:
    stuck = outbox.counts(session).get("kraver_atgard", 0)
    return Check("messages", stuck == 0, f"{stuck} mejl kräver åtgärd." if stuck else "Inga mejl kräver åtgärd.")


def _parked(session: Session) -> Check:
    found = intents.parked(session)
    if not found:
        return Check("parked", True, "Alla påminnelser går att skriva.")
    named = "; ".join(dict.fromkeys(map(_named, found[:_NAMED])))
    more = f" och {len(found) - _NAMED} till" if len(found) > _NAMED else ""
    help = "Rätta uppdragets rubrik eller mallen; klockan försöker igen av sig själv. Se mejlet: uppdrag outbox preview"
    return Check("parked", False, f"{len(found)} påminnelser går inte att skriva: {named}{more}. {help}")


def _restored(session: Session) -> Iterator[Check]:
    """A database that was made of a backup says so for good; what was held then waits for a person."""
    found = restoring.last(session, SYSTEM_STREAM)
    if found is None:
        return
    at, of = found
    text = f"Databasen återställdes {_local(at)} ur en säkerhetskopia från {_local(of.taken_at)}."
    held = len(restoring.held(session))
    if held:
        text += f" {held} mejl hålls sedan dess: uppdrag outbox restored"
    yield Check("restored", True, text)


def _named(intent: Intent) -> str:
    at = intent.occasion
    region = f" region {at.region}" if at.region != NONE else ""
    about = f" om {subject(at.uppdrag)}{region}" if at.uppdrag != NONE else region
    return f"{intent.template}{about} ({intent.parked})"


def _local(moment: datetime | None) -> str:
    return f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}" if moment else "okänd tid"
