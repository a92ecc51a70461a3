"""*Inkommet*: what a person does with a mail that came in. It leads to a decision, gets its number, or is put aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4

from storage import attachments, incoming, log, mail_acts
from storage import uppdrag as stored
from storage.database import Session
from storage.mail_acts import MailAct
from uppdrag.service import commands, readings
from uppdrag.service.commands import Answer
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from workflow.commands import Decide
from workflow.errors import NotFound, Refusal, Refused
from workflow.facts import BadFact, clean_text
from workflow.incoming import SHOWN_STATUS, Incoming, IncomingFile, IncomingKind, IncomingStatus
from workflow.model import Actor

IMAGE = "image/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What a mail says, as the one who registers it reads it. Text is still as it was typed.

    `uppdrag` and `region` empty: those that the mail was matched to. `source` empty: protokollsutdrag where a document
    came with the mail, else e-post. `proposal_version` None: the version that the region was sent.
    """

    outcome: str
    on: date | None = None
    body: str = ""
    paragraph: str = ""
    dnr: str = ""
    adaptation: str = ""
    note: str = ""
    source: str = ""
    proposal_version: int | None = None
    complete: bool = True
    uppdrag: str = ""
    region: str = ""


def listed(
    house: House, *, status: IncomingStatus | None = None, kind: IncomingKind | None = None, limit: int = 1_000
) -> list[Incoming]:  # fmt: skip
    """The mails that came in, the one that has waited longest first."""
    with house.database.reading() as session:
        found = incoming.listed(session, status=status, kind=kind, limit=limit)
        _shown(session, *found)
    return found


def show(house: House, id: str) -> Incoming:
    """One mail with its files. Raises NotFound."""
    with house.database.reading() as session:
        mail = _found(session, id)
        _shown(session, mail)
    return mail


def files(house: House, id: str) -> Iterator[tuple[IncomingFile, bytes]]:
    """The files that were kept with a mail, one at a time. Raises NotFound."""
    with house.database.reading() as session:
        mail = _found(session, id)
        _shown(session, mail)
    for file in mail.files:
        if file.digest:
            with house.database.reading() as session:
                content = attachments.content(session, file.digest)
            if content is not None:
                yield file, content


def file(house: House, id: str, number: int) -> tuple[IncomingFile, bytes]:
    """One file that came with a mail. Raises NotFound, also where it was not kept."""
    with house.database.reading() as session:
        mail = _found(session, id)
        found = next((f for f in mail.files if f.number == number and f.digest), None)
        _shown(session, mail)
        content = attachments.content(session, found.digest) if found else None
    if found is None or content is None:
        raise NotFound("file", f"{id}/{number}")
    return found, content


@persevering
def link(house: House, id: str, uppdrag: str, region: str, *, actor: Actor, now: datetime, key: str = "") -> Incoming:
    """Say which uppdrag and region a mail is about. The same form again changes nothing.

    Raises NotFound, or Refused where somebody has dealt with the mail or the region (länskod) is not concerned.
    """
    with house.database.transaction() as session:
        mail = _found(session, id, lock=True)
        matter = stored.load(session, uppdrag.strip().upper(), seq=0)
        at = matter.uppdrag.id
        act = MailAct(at=now, about=f"inkommet:{id}", act="koppla", who=actor.name, why=f"{at} {region}")
        if not mail_acts.note(session, act, key=key or uuid4().hex):
            return mail
        if mail.status != "ny":
            raise _handled(mail)
        if region not in matter.uppdrag.concerned:
            concerned = ", ".join(matter.uppdrag.concerned) or "ingen"
            raise Refused([Refusal.of("region_not_concerned", region=region, concerned=concerned)])
        incoming.assign(session, id, at, region)
        return replace(mail, uppdrag=at, region=region)


def acts(house: House, id: str) -> list[MailAct]:
    """What was done to a mail by hand, besides registering it or putting it aside; oldest first."""
    with house.database.reading() as session:
        return mail_acts.about(session, f"inkommet:{id}")


@persevering
def register(
    house: House, id: str, said: Registration, *, actor: Actor, now: datetime, dry_run: bool = False
) -> Answer:  # fmt: skip
    """Register the decision that a mail tells of. Pressed twice it is one event, and the second answer says so.

    Raises NotFound, or Refused where somebody has dealt with the mail, where it belongs to no uppdrag and region and
    none are named, or where the decision itself will not do. Then nothing happened.
    """
    with commands.writing(house, dry_run=dry_run) as session:
        mail = _found(session, id, lock=True)
        key = f"inkommet:{mail.digest}"
        _still_new(session, mail, actor, key)
        uppdrag, region = said.uppdrag or mail.uppdrag, said.region or mail.region
        if not (uppdrag and region):
            raise Refused([Refusal.of("incoming_unmatched", mail=id)], subject="")
        command = Decide(
            actor=actor, on=said.on, region=region, outcome=said.outcome, body=said.body, paragraph=said.paragraph,
            dnr=said.dnr, adaptation=said.adaptation, note=said.note, source=said.source or default_source(mail),
            proposal_version=said.proposal_version, complete=said.complete,
        )  # fmt: skip
        answer = commands.handle_within(house, session, uppdrag, command, now=now, key=key, dry_run=dry_run)
        registered(session, mail, answer, region=region, by=actor.name, now=now)
        return answer


def to_register(session: Session, id: str, *, actor: Actor, key: str) -> Incoming:
    """A mail whose answer is about to be registered by a form known by `key`, locked for this transaction.

    Raises NotFound, or Refused where somebody has dealt with it otherwise.
    """
    mail = _found(session, id, lock=True)
    _still_new(session, mail, actor, key)
    return mail


def registered(session: Session, mail: Incoming, answer: Answer, *, region: str, by: str, now: datetime) -> None:
    """Note what a mail led to, in the transaction that registered it. A mail that has been noted stays as it is."""
    done = replace(
        mail, status="registrerad", event=answer.events[0].id, uppdrag=answer.uppdrag, region=region, handled_by=by,
        handled_at=now,
    )  # fmt: skip
    incoming.settle(session, done)


def wants_number(mail: Incoming) -> bool:
    """Whether a mail is an inkommen handling (an answer) that has no number in the diarium yet."""
    return mail.kind == "svar" and mail.status != "avfardad" and not mail.dnr


def default_source(mail: Incoming) -> str:
    """Källa where nobody has said otherwise: a document beats the words of the mail; a picture may be a mere logo."""
    documents = [f for f in mail.files if f.digest and not f.content_type.startswith(IMAGE)]
    return "protokollsutdrag" if documents else "epost"


@persevering
def mark_dnr(house: House, id: str, number: str, *, actor: Actor, now: datetime, key: str = "") -> Incoming:
    """Note that a mail is diarieförd, and under which number. The same form again changes nothing.

    Raises NotFound, or Refused for a number that is none.
    """
    cleaned = _cleaned(number, "dnr", "Diarienumret")
    with house.database.transaction() as session:
        mail = _found(session, id, lock=True)
        act = MailAct(at=now, about=f"inkommet:{id}", act="diariefor", who=actor.name, why=cleaned)
        if not mail_acts.note(session, act, key=key or uuid4().hex):
            return mail
        incoming.number(session, id, cleaned, actor.name)
        return replace(mail, dnr=cleaned)


@persevering
def dismiss(house: House, id: str, why: str, *, actor: Actor, now: datetime) -> Incoming:
    """Put a mail aside, with the reason. Raises NotFound, or Refused where somebody has dealt with it."""
    cleaned = _cleaned(why, "why", "Skälet")
    with house.database.transaction() as session:
        mail = _found(session, id, lock=True)
        if mail.status != "ny":
            raise _handled(mail)
        note = " ".join(filter(None, (mail.note, f"Avfärdat: {cleaned}")))
        done = replace(mail, status="avfardad", note=note, handled_by=actor.name, handled_at=now)
        incoming.settle(session, done)
        return done


def _shown(session: Session, *mails: Incoming) -> None:
    """Note that what came in about sensitive uppdrag is read."""
    readings.about(session, (mail.uppdrag for mail in mails))


def _found(session: Session, id: str, *, lock: bool = False) -> Incoming:
    mail = incoming.find(session, id, lock=lock)
    if mail is None:
        raise NotFound("incoming", id)
    return mail


def _still_new(session: Session, mail: Incoming, actor: Actor, key: str) -> None:
    """Raises Refused where a mail has been dealt with, save by the same form."""
    if mail.status != "ny" and log.find_key(session, log.owned_key(actor, key)) is None:
        raise _handled(mail)


def _handled(mail: Incoming) -> Refused:
    about = {"mail": mail.id, "status": SHOWN_STATUS[mail.status], "by": mail.handled_by or "systemet"}
    return Refused([Refusal.of("incoming_registered", **about, event=mail.event) if mail.event
                    else Refusal.of("incoming_handled", **about)])  # fmt: skip


def _cleaned(text: str, fact: str, label: str) -> str:
    """A text that must be there, on one line. Raises Refused."""
    try:
        cleaned = clean_text(text)
    except BadFact as bad:
        raise Refused([Refusal.of(bad.code, fact=fact, label=label, expected=bad.expected)]) from None
    if not cleaned:
        raise Refused([Refusal.of("fact_missing", fact=fact, label=label)])
    return cleaned
