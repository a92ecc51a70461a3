"""The outbox in a person's hands: see it, try again, hold, take back; and a look at the relay, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import uuid4

from notifications import smtp
from notifications.serialise import serialise
from notifications.smtp import Outcome
from storage import intents, mail_acts, mail_queue, outbox, people, suppressions
from storage.database import Session
from storage.mail_acts import MailAct
from storage.mail_queue import QueueState
from storage.outbox import Kept
from uppdrag.service.delivery import relay_of
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from uppdrag.settings import Settings
from workflow.calendar import local_date
from workflow.errors import NotFound, Refusal, Refused
from workflow.message import SHOWN, Intent, Message, MessageStatus, Queued
from workflow.people import Holder

Act = Literal["hall", "slapp", "avbryt", "forsok"]
_WAITING: tuple[MessageStatus, ...] = ("koad", "osaker")
ACTS: Mapping[Act, tuple[MessageStatus, ...]] = {
    "hall": _WAITING, "slapp": ("hallen",), "forsok": (*_WAITING, "kraver_atgard"),
    "avbryt": (*_WAITING, "kraver_atgard", "hallen"),
}  # fmt: skip
"""What a person may do to a message by hand, and as what it then has to stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message in full. `intents`: what it serves, so why it is sent; `acts`: what was done to it by hand. `holders`
    have its address now. `suppressed`: why mail no longer goes there, empty where it does."""

    kept: Kept
    intents: tuple[Intent, ...]
    acts: tuple[MailAct, ...]
    holders: tuple[Holder, ...]
    suppressed: str

    @property
    def possible(self) -> tuple[Act, ...]:
        """What may be done to it now. Mail to a suppressed address is not tried again."""
        status = self.kept.queued.status
        return tuple(a for a, was in ACTS.items() if status in was and not (a == "forsok" and self.suppressed))


def about(house: House, id: str, *, limit: int) -> list[Queued]:
    """The messages about an uppdrag, newest first."""
    with house.database.reading() as session:
        return outbox.about(session, id, limit=limit)


def listed(house: House, *, statuses: Iterable[MessageStatus] = (), recipient: str = "", limit: int) -> list[Queued]:
    """Messages, newest first; of every status where none is given."""
    with house.database.reading() as session:
        found = [
            message
            for status in (tuple(statuses) or ("",))
            for message in outbox.newest(session, status=status, recipient=recipient, limit=limit)
        ]
    return sorted(found, key=lambda message: message.created_at, reverse=True)[:limit]


def shown(house: House, start: str) -> Kept:
    """The message whose id begins like this. Raises NotFound, or Refused where several do."""
    with house.database.reading() as session:
        return _found(session, start)


def queue(house: House) -> QueueState:
    """How the queue stands."""
    with house.database.reading() as session:
        return mail_queue.state(session)


def letter(house: House, id: str, *, now: datetime) -> Letter:
    """A message with why it exists and what was done to it. Raises NotFound."""
    with house.database.reading() as session:
        kept = outbox.find(session, id)
        if kept is None:
            raise NotFound("mail", id)
        to = kept.queued.recipient.casefold()
        holders = [h for h in people.all_holders(session) if h.email.casefold() == to and h.holds(local_date(now))]
        return Letter(
            kept=kept, intents=tuple(intents.of_message(session, id)), acts=tuple(mail_acts.about(session, id)),
            suppressed=suppressions.reason(session, kept.queued.recipient), holders=tuple(holders),
        )  # fmt: skip


def counts(house: House) -> dict[MessageStatus, int]:
    """How many messages there are of each status that occurs."""
    with house.database.reading() as session:
        return outbox.counts(session)


def acts_on_queue(house: House) -> list[MailAct]:
    """Who has stopped and opened the queue, oldest first."""
    with house.database.reading() as session:
        return mail_acts.about(session, mail_acts.QUEUE)


@persevering
def retry(house: House, start: str, *, who: str, now: datetime, key: str = "") -> str:
    """Try a message again at once, and then in the usual rhythm; its id. Raises NotFound or Refused."""
    with house.database.transaction() as session:
        kept = _found(session, start)
        if not _noted(session, kept.queued.id, "forsok", who, now, key):
            return kept.queued.id
        why = suppressions.reason(session, kept.queued.recipient)
        if why:
            raise Refused([Refusal.of("mail_suppressed", address=kept.queued.recipient, why=why)], subject=start)
        to: MessageStatus = "osaker" if kept.queued.status == "osaker" else "koad"
        return _move(session, kept, ACTS["forsok"], to, now=now)


@persevering
def cancel(house: House, start: str, *, why: str, who: str, now: datetime, key: str = "") -> str:
    """Take back a message that has not left, or stop trying; what it asked for is not asked again. Its id.

    Raises NotFound or Refused.
    """
    with house.database.transaction() as session:
        kept = _found(session, start)
        if not _noted(session, kept.queued.id, "avbryt", who, now, key, why):
            return kept.queued.id
        doubt = " Det är osäkert om mejlet redan har gått." if kept.maybe_sent else ""
        told = f"Avbrutet: {why}.{doubt}" if why else f"Avbrutet.{doubt}"
        id = _move(session, kept, ACTS["avbryt"], "avbruten", response=told)
        intents.cancel(session, intents.of_message(session, id))
        return id


@persevering
def hold(house: House, start: str, *, who: str, now: datetime, key: str = "") -> str:
    """Keep a waiting message back until it is released; its id. Raises NotFound or Refused."""
    with house.database.transaction() as session:
        kept = _found(session, start)
        if not _noted(session, kept.queued.id, "hall", who, now, key):
            return kept.queued.id
        return _move(session, kept, ACTS["hall"], "hallen")


@persevering
def release(house: House, start: str, *, who: str, now: datetime, key: str = "") -> str:
    """Let a held message go; its id. Raises NotFound or Refused."""
    with house.database.transaction() as session:
        kept = _found(session, start)
        if not _noted(session, kept.queued.id, "slapp", who, now, key):
            return kept.queued.id
        return _move(session, kept, ACTS["slapp"], "koad", now=max(now, kept.queued.not_before))


@persevering
def pause(house: House, why: str, *, who: str, now: datetime, key: str = "") -> None:
    """Let nothing leave until `resume`. Raises Refused without a reason."""
    if not why.strip():
        raise Refused([Refusal.of("fact_missing", fact="skal", label="Skälet")])
    with house.database.transaction() as session:
        if _noted(session, mail_acts.QUEUE, "pausa", who, now, key, why):
            mail_queue.put(session, QueueState(why, now, None))


@persevering
def resume(house: House, *, who: str, now: datetime, key: str = "") -> None:
    """Let everything leave again that may."""
    with house.database.transaction() as session:
        if _noted(session, mail_acts.QUEUE, "starta", who, now, key):
            mail_queue.put(session, mail_queue.OPEN)


def examine_relay(
    house: House, settings: Settings, address: str, *, now: datetime, told: Callable[[Outcome], None]
) -> bool:
    """Connect to the relay as a sender does and tell of each step; whether all went well.

    A test mail is sent only where the mode lets mail reach the address. A queue that waits for the relay tries again at
    once. Raises SettingWrong where no relay is set, Malformed where `address` is none.
    """
    message = _test_mail(settings, address)
    raw = serialise(message, now)
    with smtp.Relay(relay_of(settings)) as relay:
        opened = relay.open(told)
        told(opened)
        if opened.kind != "accepted":
            return False
        last = relay.run(relay.send(address, raw) if _reaches(settings, address) else relay.ask(address))
        told(last)
    if last.kind != "accepted":
        return False
    with house.database.transaction() as session:
        state = mail_queue.state(session)
        if state.probe_at is not None:
            mail_queue.put(session, QueueState(state.why, state.since, now))
    return True


def _reaches(settings: Settings, address: str) -> bool:
    return settings.mail == "skarp" or (settings.mail == "testadresser" and settings.is_test_address(address))


def _test_mail(settings: Settings, address: str) -> Message:
    text = "Det här är ett provmejl. Det visar att utskick från uppdragssystemet kommer fram. Du behöver inte svara."
    return Message(
        id=f"{uuid4().hex[:26]}@{settings.mail_domain}", recipient=address, subject="Provmejl från uppdragssystemet",
        text=text, html=f'<!doctype html><html lang="sv"><title>Provmejl</title><p>{text}</p></html>',
        sender=settings.mail_from, reply_to=settings.mail_reply_to,
    )  # fmt: skip


def _found(session: Session, start: str) -> Kept:
    ids = outbox.starting(session, start) if start else []
    if start in ids:
        ids = [start]
    if len(ids) > 1:
        raise Refused([Refusal.of("mail_ambiguous", start=start)])
    kept = outbox.find(session, ids[0]) if ids else None
    if kept is None:
        raise NotFound("mail", start)
    return kept


def _noted(
    session: Session, about: str, act: str, who: str, now: datetime, key: str, why: str = ""
) -> bool:  # fmt: skip
    """Keep who did what. False where the same form has done it already."""
    return mail_acts.note(session, MailAct(at=now, about=about, act=act, who=who, why=why), key=key or uuid4().hex)


def _move(
    session: Session, kept: Kept, was: tuple[MessageStatus, ...], to: MessageStatus, *, now: datetime | None = None,
    response: str | None = None,
) -> str:  # fmt: skip
    id = kept.queued.id
    stood = outbox.move(session, id, was, to, now=now, response=response)
    if stood not in was:
        possible = ", ".join(dict.fromkeys(SHOWN[status] for status in was))
        # Claimed is shown as queued, but is on its way this moment.
        status = "på väg just nu" if stood == "tagen" else SHOWN[stood or "avbruten"]
        raise Refused([Refusal.of("mail_stands", status=status, possible=possible)], subject=id)
    return id
