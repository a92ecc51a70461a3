"""A region's answer given on the page: registered once, and a receipt mailed to the region's own mailbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from html import escape
from uuid import uuid4

from storage import outbox, people
from uppdrag.service import commands, heads, inbox
from uppdrag.service.commands import Answer
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from uppdrag.settings import Settings
from workflow.calendar import local_date
from workflow.commands import AdvanceRegion, Decide
from workflow.message import Message
from workflow.people import registry


@persevering
def register(
    house: House, settings: Settings, id: str, command: Decide | AdvanceRegion, *, now: datetime, key: str,
    expected: int | None, told: Callable[[Answer], str], dry_run: bool = False, mail: str = "",
) -> Answer:  # fmt: skip
    """Carry out a region's command, with a receipt to its registrator in the same transaction.

    `told` says what was recorded, in a sentence. The same `key` again is the same answer, without a second receipt.
    `mail` is the id of the mail in *Inkommet* that tells of it, empty where none does: it is marked as registered, and
    is the decision's source where no other is stated. Raises as `commands.handle` does, and where somebody has dealt
    with the mail; then nothing happened.
    """
    with commands.writing(house, dry_run=dry_run) as session:
        told_by = inbox.to_register(session, mail, actor=command.actor, key=key) if mail else None
        if told_by and isinstance(command, Decide) and not command.source:
            command = replace(command, source=inbox.default_source(told_by))
        answer = commands.handle_within(
            house, session, id, command, now=now, key=key, expected=expected, dry_run=dry_run
        )
        if told_by:
            inbox.registered(session, told_by, answer, region=command.region, by=command.actor.name, now=now)
        to = registry(people.all_holders(session), command.region, local_date(now))
        if not (dry_run or answer.repeated) and to is not None:
            receipt = _receipt(settings, to.email, id, answer, told(answer), command)
            outbox.enqueue(
                session, heads.told(session, receipt), office=to.office, region=command.region, uppdrag=id, now=now,
                not_before=now,
            )  # fmt: skip
        return answer


def _receipt(
    settings: Settings, recipient: str, id: str, answer: Answer, told: str, command: Decide | AdvanceRegion
) -> Message:
    number = answer.events[0].id
    link = f"{settings.url}/anmal-fel/{id}/{command.region}/{answer.events[0].seq}"
    lines = (
        f"Registrerat: {told}.",
        f"Uppgiften lämnades av {command.actor.name} och har numret {number}.",
        f"Stämmer det inte? Anmäl fel: {link} Eller svara på det här mejlet. Uppgiften rättas öppet.",
    )
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return Message(
        id=f"{uuid4().hex[:26]}@{settings.mail_domain}", recipient=recipient, subject=f"{id} Kvitto: {number}",
        text="\n\n".join(lines) + "\n",
        html=f'<!doctype html><html lang="sv"><title>Kvitto</title><body>{html}</body></html>',
        sender=settings.mail_from, reply_to=settings.mail_reply_to,
    )  # fmt: skip
