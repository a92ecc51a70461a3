"""*Inkommet*: what a person does with a mail that came in. It leads to a decision, gets its number, or is put aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from storage import incoming, log
from storage.database import Session
from uppdrag.service import commands
from uppdrag.service.commands import Answer
from uppdrag.service.house import House
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
        return incoming.listed(session, status=status, kind=kind, limit=limit)


def show(house: House, id: str) -> Incoming:
    """One mail with its files. Raises NotFound."""
    with house.database.reading() as session:
        return _found(session, id)


def files(house: House, id: str) -> Iterator[tuple[IncomingFile, bytes]]:
    """The files that were kept with a mail, one at a time. Raises NotFound."""
    with house.database.reading() as session:
        mail = _found(session, id)
    for file in mail.files:
        if file.digest:
            with house.database.reading() as session:
                content = incoming.content(session, file.digest)
            if content is not None:
                yield file, content


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
        if mail.status != "ny" and log.find_key(session, log.owned_key(actor, key)) is None:
            raise _handled(mail)
        uppdrag, region = said.uppdrag or mail.uppdrag, said.region or mail.region
        if not (uppdrag and region):
            raise Refused([Refusal.of("incoming_unmatched", mail=id)], subject="")
        command = Decide(
            actor=actor, on=said.on, region=region, outcome=said.outcome, body=said.body, paragraph=said.paragraph,
            dnr=said.dnr, adaptation=said.adaptation, note=said.note, source=said.source or default_source(mail),
            proposal_version=said.proposal_version, complete=said.complete,
        )  # fmt: skip
        answer = commands.handle_within(house, session, uppdrag, command, now=now, key=key, dry_run=dry_run)
        done = replace(
            mail, status="registrerad", event=answer.events[0].id, uppdrag=uppdrag, region=region,
            handled_by=actor.name, handled_at=now,
        )  # fmt: skip
        incoming.settle(session, done)
        return answer


def default_source(mail: Incoming) -> str:
    """Källa where nobody has said otherwise: a document beats the words of the mail; a picture may be a mere logo."""
    documents = [f for f in mail.files if f.digest and not f.content_type.startswith(IMAGE)]
    return "protokollsutdrag" if documents else "epost"


def mark_dnr(house: House, id: str, number: str, *, actor: Actor) -> Incoming:
    """Note that a mail is diarieförd, and under which number. Raises NotFound, or Refused for a number that is none."""
    cleaned = _cleaned(number, "dnr", "Diarienumret")
    with house.database.transaction() as session:
        mail = _found(session, id, lock=True)
        incoming.number(session, id, cleaned, actor.name)
        return replace(mail, dnr=cleaned)


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


def _found(session: Session, id: str, *, lock: bool = False) -> Incoming:
    mail = incoming.find(session, id, lock=lock)
    if mail is None:
        raise NotFound("incoming", id)
    return mail


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
