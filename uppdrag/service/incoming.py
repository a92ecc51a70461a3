"""The mailbox is read: what each mail leads to is kept in one transaction, and only then is the mail marked."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from notifications import inbound
from notifications.attachments import Kept
from notifications.inbound import Answer, AutoReply, Bounce, Inbound, Unknown
from notifications.mailbox import Letter, Mailbox, open_mailbox
from notifications.returned import Outcome
from storage import incoming, intents, outbox, suppressions
from storage.database import Session
from uppdrag.service import people
from uppdrag.service.house import House
from uppdrag.service.meeting_duties import day_of
from uppdrag.settings import Settings
from uppdrag.words.summons import subject
from workflow.calendar import local_date
from workflow.errors import StorageUnavailable
from workflow.incoming import Incoming, IncomingFile, IncomingKind
from workflow.message import NONE, Intent, MessageStatus, Occasion, Queued
from workflow.model import SYSTEM

log = logging.getLogger(__name__)

BOUNCED = "studs"
"""The step, and the template, of the mail that tells the kansli about an address that does not work."""

_LEFT: frozenset[MessageStatus] = frozenset({"tagen", "skickad", "osaker", "levererad", "koad"})
_IN_DOUBT: frozenset[MessageStatus] = frozenset({"skickad", "osaker"})
_WHY_LIMIT = 200
_NOTES: Mapping[Outcome, str] = {
    "delivered": "Mejlet har levererats till {}.",
    "permanent": "Adressen {} fungerar inte.",
    "temporary": "Mejlet till {} kom inte fram. Adressen kan fungera.",
    "delayed": "Mejlet till {} är försenat. Servern försöker igen.",
    "relayed": "Mejlet till {} har lämnats till en server som inte ger besked.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reading of the mailbox came to: how many mails of each kind were new, and how many were known."""

    answers: int = 0
    bounces: int = 0
    automatic: int = 0
    unknown: int = 0
    known: int = 0

    def and_one(self, kind: IncomingKind, *, known: bool) -> Reading:
        """The same with one more mail."""
        if known:
            return replace(self, known=self.known + 1)
        match kind:
            case "svar":
                return replace(self, answers=self.answers + 1)
            case "studs":
                return replace(self, bounces=self.bounces + 1)
            case "autosvar":
                return replace(self, automatic=self.automatic + 1)
            case "okant":
                return replace(self, unknown=self.unknown + 1)


def read_mailbox(house: House, now: datetime, settings: Settings) -> Reading:
    """Read the mailbox of UPPDRAG_MAILBOX, none where it is not set. Safe to run late, twice or twice at once.

    Raises MailboxUnavailable or StorageUnavailable; what was read until then is kept.
    """
    if not settings.mailbox:
        return Reading()
    with open_mailbox(settings.mailbox, settings.mailbox_password) as mailbox:
        return read_letters(house, mailbox, now=now, domain=settings.mail_domain)


def read_letters(house: House, mailbox: Mailbox, *, now: datetime, domain: str) -> Reading:
    """Read every mail that nobody has seen. `domain` is what our own Message-IDs end with.

    Unknown mail is listed and left as it is; all other is marked as seen once it is kept.
    """
    reading = Reading()
    for letter in mailbox.letters():
        kind, known = receive(house, letter, now=now, domain=domain)
        if kind == "okant":
            mailbox.leave(letter)
        else:
            mailbox.seen(letter)
        reading = reading.and_one(kind, known=known)
    return reading


def receive(house: House, letter: Letter, *, now: datetime, domain: str) -> tuple[IncomingKind, bool]:
    """Keep one mail and what it leads to: what it was taken for, and whether it was known already.

    A mail on which something breaks is parked as unknown, with a note.
    """
    mail = inbound.read(letter.raw)
    with house.database.reading() as session:
        known = incoming.kind_of(session, mail.digest)
    if known is not None:
        return known, True
    arrived_at = min(letter.arrived_at or now, now)
    try:
        return _keep(house, mail, arrived_at, now, domain)
    except StorageUnavailable:
        raise
    except Exception as wrong:  # noqa: BLE001 - a poison mail parks itself, and the others go on
        log.warning("mail_parked", extra={"mail": mail.digest[:10], "reason": type(wrong).__name__})
        parked = Unknown(digest=mail.digest, note=f"Mejlet gick inte att behandla ({type(wrong).__name__}).")
        return _keep(house, parked, arrived_at, now, domain)


def _keep(
    house: House, mail: Inbound, arrived_at: datetime, now: datetime, domain: str
) -> tuple[IncomingKind, bool]:  # fmt: skip
    with house.database.transaction() as session:
        kind = incoming.kind_of(session, mail.digest)  # another reader may have been faster
        if kind is not None:
            return kind, True
        kept = _read(session, mail, arrived_at, domain)
        contents = {f.digest: f.content for f in getattr(mail, "files", ()) if isinstance(f, Kept)}
        new = incoming.keep(session, kept, contents)
        if new is not None and isinstance(mail, Bounce) and new.status == "klar":
            _follow(session, mail, new, now)
        return kept.kind, new is None


def _read(session: Session, mail: Inbound, arrived_at: datetime, domain: str) -> Incoming:
    """The mail as it is to be kept."""
    blank = Incoming(
        id="", digest=mail.digest, received_at=arrived_at, kind="okant", sender=mail.sender, subject=mail.subject,
        note=mail.note,
    )  # fmt: skip
    match mail:
        case Bounce():
            return _bounce(session, mail, blank)
        case AutoReply():
            about = _answered(session, mail, domain)
            return replace(_matched(session, blank, about), kind="autosvar", status="klar", body=mail.text)
        case Answer() | Unknown():
            about = _answered(session, mail, domain)
            kept = replace(_matched(session, blank, about), body=mail.text, files=_files(mail))
            return replace(kept, kind="svar") if about and isinstance(mail, Answer) else kept


def _answered(session: Session, mail: Inbound, domain: str) -> Queued | None:
    """The mail of ours that it answers: the nearest in its thread, else the one whose address it was sent to."""
    by_address = (f"{mail.token.casefold()}@{domain}",) if mail.token else ()
    return _first(session, (*mail.references, *by_address))


def _first(session: Session, ids: tuple[str, ...]) -> Queued | None:
    return next((kept.queued for id in ids if (kept := outbox.find(session, id))), None)


def _matched(session: Session, kept: Incoming, about: Queued | None) -> Incoming:
    """The mail with the uppdrag and region that our mail was about; a digest may have been about several."""
    if about is None:
        return kept
    notes = [kept.note] if kept.note else []
    occasions = [i.occasion for i in intents.of_message(session, about.id)]
    named = sorted({o.uppdrag for o in occasions} - {NONE}) or [u for u in (about.uppdrag,) if u != NONE]
    uppdrag = [u for u in named if day_of(u) is None]
    notes += [f"Mejlet som besvaras gällde {subject(u)}." for u in named if day_of(u) is not None]
    regions = {o.region for o in occasions} - {NONE} or {r for r in (about.region,) if r != NONE}
    if len(uppdrag) > 1:
        notes.append(f"Mejlet som besvaras gällde {', '.join(uppdrag)}.")
    if kept.sender.casefold().rpartition("@")[2] != about.recipient.casefold().rpartition("@")[2]:
        notes.append(f"Avsändaren har en annan adress än den som fick mejlet ({about.recipient}).")
    return replace(
        kept, answers=about.id, uppdrag=uppdrag[0] if len(uppdrag) == 1 else "",
        region=next(iter(regions)) if len(regions) == 1 else "", note=" ".join(notes),
    )  # fmt: skip


def _files(mail: Answer | Unknown) -> tuple[IncomingFile, ...]:
    return tuple(
        IncomingFile(
            number=n, filename=f.filename, digest=f.digest, content_type=f.content_type, size=len(f.content)
        )
        if isinstance(f, Kept)
        else IncomingFile(number=n, filename=f.filename, refused=f.reason)
        for n, f in enumerate(mail.files, start=1)
    )  # fmt: skip


def _bounce(session: Session, mail: Bounce, blank: Incoming) -> Incoming:
    """A mail server's word, as it is to be kept: done with, or for a person where it is not clear whom it is about."""
    about = _first(session, mail.originals)
    kept = replace(blank, kind="studs", body=mail.said)
    if about is None:
        return replace(kept, note=f"Studsen gäller {mail.recipient or 'okänd adress'}. Mejlet hittas inte i utskicken.")
    kept = replace(
        kept, answers=about.id, uppdrag="" if about.uppdrag == NONE or day_of(about.uppdrag) else about.uppdrag,
        region="" if about.region == NONE else about.region,
    )  # fmt: skip
    ours = {about.recipient.casefold()}
    if ours.isdisjoint({mail.recipient.casefold(), mail.intended.casefold()} - {""}) and mail.recipient:
        return replace(kept, note=f"{about.recipient} har skickat mejlet vidare till {mail.recipient}. Det är den "
                       "adressen som studsar.")  # fmt: skip
    note = _NOTES[mail.outcome].format(about.recipient)
    return replace(kept, note=note, status="klar")


def _follow(session: Session, mail: Bounce, kept: Incoming, now: datetime) -> None:
    """What a mail server's word leads to."""
    match mail.outcome:
        case "delivered":
            outbox.move(session, kept.answers, _IN_DOUBT, "levererad")
        case "temporary":
            outbox.move(session, kept.answers, _LEFT, "kraver_atgard", response=mail.said[:_WHY_LIMIT])
        case "permanent":
            outbox.move(session, kept.answers, _LEFT, "kraver_atgard", response=mail.said[:_WHY_LIMIT])
            if about := _first(session, (kept.answers,)):
                give_up_address(session, about, mail.said[:_WHY_LIMIT] or "Mejlet kom i retur.", now)
        case "delayed" | "relayed":
            pass


def give_up_address(session: Session, about: Queued, why: str, now: datetime) -> bool:
    """Send no more mail to where a mail did not arrive: its office is flagged, and the kansli is told.

    `why` is the server's word. False where the address had been given up already: then nothing more happens.
    """
    if not suppressions.add(session, about.recipient, why, now):
        return False
    people.flag_address(session, about.recipient, why, SYSTEM, now)
    occasion = Occasion(region=about.region, deadline=about.id, step=BOUNCED, office="kansli")
    told = Intent(
        id=intents.id_of(occasion), occasion=occasion, template=BOUNCED, send_on=local_date(now),
        reason=f"{about.recipient}: {why}",
    )  # fmt: skip
    intents.add(session, [told], now)
    return True
