"""Sending a månadsbrev: seen first, then recorded and queued as one. And leaving it, by the link in the letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from notifications.heads import stamped
from storage import letters as stored
from storage import outbox, people, subscriptions
from uppdrag.documents.formats import file_name, rendered
from uppdrag.service import catalogue, heads, letters, letters_mail
from uppdrag.service.addressing import Addresses
from uppdrag.service.commands import writing
from uppdrag.service.house import House
from uppdrag.service.letters import Shown
from uppdrag.service.letters_mail import LEADERSHIP
from uppdrag.service.persevering import persevering
from uppdrag.settings import Settings
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused
from workflow.letter import Letter, Sent, id_of
from workflow.message import Attachment, Message
from workflow.model import Actor
from workflow.paper_events import LetterSent
from workflow.people import OFFICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A letter that has been sent, and the ids of its mails. `again`: it had been sent already as it was shown."""

    letter: Letter
    messages: tuple[str, ...] = ()
    again: bool = False


def preview(found: Shown, settings: Settings, *, now: datetime) -> Message | None:
    """The mail as the first recipient would have it, with a link that unsubscribes nobody; None where there is none."""
    if not found.to:
        return None
    return letters_mail.mail(
        found.to[0], found.figures, found.letter.text, settings, token="forhandsvisning",  # noqa: S106 - no secret
        ask=("", settings.mail_answers_to), version=found.letter.version, now=now,
        picture=letters_mail.picture_of(found.figures, found.letter.text, found.regions, settings),
    )  # fmt: skip


@persevering
def send(
    house: House, month: str, *, confirmed: str, actor: Actor, settings: Settings, now: datetime
) -> Done:  # fmt: skip
    """Record that a letter is sent and queue its mails: all of it, or nothing.

    `confirmed` is the digest of what the person has read: where the letter no longer says that, or nobody has read it,
    Refused. Sending what has been sent, as when somebody clicks twice, does nothing more.
    """
    groups = catalogue.groups(house)
    if not actor.name.strip():
        raise Refused([Refusal.of("sender_missing")])
    preview(letters.shown(house, month, now=now), settings, now=now)  # drawn, and remembered, before the lock is taken
    with writing(house) as session:
        found = letters.within(house, session, month, groups, now=now)
        if found.letter.sent is not None and confirmed == found.digest:
            return Done(letter=found.letter, again=True)
        if refused := _refused(found, confirmed, month):
            raise Refused(refused, subject=f"Månadsbrevet {month}")
        holders = people.all_holders(session)
        kansli = Addresses(holders, house.regions(session), local_date(now)).kansli()
        sent = Sent(
            figures=found.figures,
            since_last=found.since,
            digest=found.digest,
            at=now,
            to=tuple(r.named for r in found.to),
        )
        letter = stored.save(session, found.letter, [LetterSent(month=month, sent=sent)], actor, now)
        document = letters.within(house, session, month, groups, now=now).document
        pdf = Attachment(
            filename=file_name(document, "pdf"), content_type="application/pdf", content=rendered(document, "pdf")
        )
        picture = letters_mail.picture_of(found.figures, letter.text, found.regions, settings)
        waiting, queued, head = [], [], heads.newest(session)
        for to in found.to:
            token = token_urlsafe(32)
            subscriptions.add_link(session, token, (to.region, to.office), now=now)
            message = letters_mail.mail(
                to, found.figures, letter.text, settings, token=token, version=letter.version, now=now,
                picture=picture, ask=(kansli.name, kansli.email) if kansli else ("", settings.mail_answers_to),
            )  # fmt: skip
            whole = stamped(letters_mail.with_file(message, pdf), head)
            waiting.append(outbox.waiting(
                whole, office=to.office, region=to.region, uppdrag=id_of(month), now=now, not_before=now
            ))  # fmt: skip
            queued.append(message.id)
        outbox.enqueue_all(session, waiting)
        return Done(letter=letter, messages=tuple(queued))


def leaving(house: House, token: str) -> str:
    """The office that a link in a letter unsubscribes, in words; empty where it is nobody's. Changes nothing."""
    with house.database.reading() as session:
        post = subscriptions.post_of(session, token)
        regions = {r.lanskod: r.name for r in house.regions(session)}
    return f"{OFFICES.get(post[1], post[1])} i {regions.get(post[0], post[0])}" if post else ""


@persevering
def leave(house: House, token: str, *, now: datetime) -> str:
    """Unsubscribe the office of a link, however often it is asked. The office in words. Raises Refused."""
    told = leaving(house, token)
    with writing(house) as session:
        post = subscriptions.post_of(session, token)
        if post is None:
            raise Refused([Refusal.of("no_such_link")])
        subscriptions.leave(session, post, how="länken i brevet", now=now)
    return told


@persevering
def subscribe(house: House, region: str, office: str, wanted: bool, *, by: str, now: datetime) -> None:
    """Let an office have the letter or not, as it has asked the kansli. Raises Refused where it never has it."""
    with writing(house) as session:
        if office not in LEADERSHIP or region not in {r.lanskod for r in house.regions(session)}:
            raise Refused([Refusal.of("no_such_post", region=region[:20], office=office[:40])])
        if wanted:
            subscriptions.come_back(session, (region, office))
        else:
            subscriptions.leave(session, (region, office), how=f"registrerat av {by}", now=now)


def _refused(found: Shown, confirmed: str, month: str) -> list[Refusal]:
    """Every reason why a letter cannot be sent."""
    letter = found.letter
    if letter.sent is not None:
        return [Refusal.of("letter_sent", month=month, date=local_date(letter.sent.at))]
    refused = [Refusal.of("letter_held", why=letter.held)] if letter.held else []
    if not found.to:
        refused.append(Refusal.of("letter_nobody"))
    if not confirmed:
        refused.append(Refusal.of("letter_unread", month=month))
    elif confirmed != found.digest:
        refused.append(Refusal.of("letter_changed"))
    return refused
