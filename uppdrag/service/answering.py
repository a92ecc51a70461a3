"""A region's answer given on the page: registered once, and a receipt mailed to the region's own mailbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape
from uuid import uuid4

from storage import outbox, people
from uppdrag.service import commands
from uppdrag.service.commands import Answer
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.calendar import local_date
from workflow.commands import AdvanceRegion, Decide
from workflow.message import Message
from workflow.people import registry


def register(
    house: House, settings: Settings, id: str, command: Decide | AdvanceRegion, *, now: datetime, key: str,
    expected: int, told: Callable[[Answer], str], dry_run: bool = False,
) -> Answer:  # fmt: skip
    """Carry out a region's command, with a receipt to its registrator in the same transaction.

    `told` says what was recorded, in a sentence. The same `key` again is the same answer, without a second receipt.
    Raises as `commands.handle` does; then nothing happened.
    """
    with commands.writing(house, dry_run=dry_run) as session:
        answer = commands.handle_within(
            house, session, id, command, now=now, key=key, expected=expected, dry_run=dry_run
        )
        to = registry(people.all_holders(session), command.region, local_date(now))
        if not (dry_run or answer.repeated) and to is not None:
            mail = _receipt(settings, to.email, id, answer, told(answer), command)
            outbox.enqueue(
                session, mail, office=to.office, region=command.region, uppdrag=id, now=now, not_before=now
            )  # fmt: skip
        return answer


def _receipt(
    settings: Settings, recipient: str, id: str, answer: Answer, told: str, command: Decide | AdvanceRegion
) -> Message:
    link = f"{settings.url}/svar/{id}/{command.region}"
    number = answer.events[0].id
    lines = (
        f"Registrerat: {told}.",
        f"Uppgiften lämnades av {command.actor.name} och har numret {number}.",
        f"Stämmer det inte? Anmäl fel genom att svara på det här mejlet. Uppgiften rättas öppet: {link}",
    )
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return Message(
        id=f"{uuid4().hex[:26]}@{settings.mail_domain}", recipient=recipient, subject=f"{id} Kvitto: {number}",
        text="\n\n".join(lines) + "\n",
        html=f'<!doctype html><html lang="sv"><title>Kvitto</title><body>{html}</body></html>',
        sender=settings.mail_from, reply_to=settings.mail_reply_to,
    )  # fmt: skip
