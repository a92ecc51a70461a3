"""A region asks the kansli on its page, or says what is wrong; the kansli answers, by mail and on the page."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from html import escape
from uuid import uuid4

from storage import outbox, people, questions, uppdrag
from storage.database import Session
from uppdrag.service import heads, readings
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from uppdrag.settings import Settings
from workflow.calendar import local_date
from workflow.errors import NotFound, Refusal, Refused
from workflow.facts import BadFact, clean_text
from workflow.incoming import Question, QuestionKind
from workflow.message import NONE, Message
from workflow.model import Actor
from workflow.people import registry


@persevering
def ask(
    house: House, kind: QuestionKind, text: str, *, actor: Actor, region: str, office: str = "", uppdrag_id: str = "",
    event: str = "", now: datetime, key: str,
) -> Question:  # fmt: skip
    """Keep a question from a region (länskod). The same form, by its `key`, is kept once.

    Raises Refused where nothing is asked, or the uppdrag does not concern the region; NotFound for no uppdrag.
    """
    words = _cleaned(text, "fraga", "Texten")
    asked = Question(
        id=sha256("\x1f".join((actor.role, actor.name, region, key)).encode("utf-8", "surrogatepass")).hexdigest()[:16],
        kind=kind, asked_at=now, region=region, uppdrag=uppdrag_id, event=event, asker=actor.name, office=office,
        words=words,
    )  # fmt: skip
    with house.database.transaction() as session:
        if uppdrag_id:
            concerned = uppdrag.load(session, uppdrag_id, seq=0).uppdrag.concerned
            if region not in concerned:
                told = ", ".join(concerned) or "ingen"
                raise Refused([Refusal.of("region_not_concerned", region=region, concerned=told)])
        questions.keep(session, asked)
        return questions.find(session, asked.id) or asked


def listed(house: House, *, region: str = "", answered: bool = False) -> list[Question]:
    """The questions that wait, of one region or of all, the oldest first; also the answered ones where asked for."""
    with house.database.reading() as session:
        found = questions.listed(session, region=region, answered=answered)
        readings.about(session, (q.uppdrag for q in found))
    return found


def show(house: House, id: str) -> Question:
    """One question. Raises NotFound."""
    with house.database.reading() as session:
        asked = _found(session, id)
        readings.about(session, [asked.uppdrag])
    return asked


@persevering
def answer(house: House, settings: Settings, id: str, said: str, *, actor: Actor, now: datetime) -> Question:
    """Answer a question: on the region's page, and by mail to its registrator. Once; the same answer again is the same.

    Raises NotFound, or Refused where nothing is said or somebody has answered otherwise.
    """
    words = _cleaned(said, "svar", "Svaret")
    with house.database.transaction() as session:
        if questions.answer(session, id, words, actor.name, now):
            answered = _found(session, id)
            to = registry(people.all_holders(session), answered.region, local_date(now))
            if to is not None:
                outbox.enqueue(
                    session, heads.told(session, _mail(settings, to.email, answered)), office=to.office,
                    region=answered.region, now=now, not_before=now, uppdrag=answered.uppdrag or NONE,
                )  # fmt: skip
            return answered
        found = _found(session, id)
        if (found.answer, found.answered_by) != (words, actor.name):
            raise Refused([Refusal.of("question_answered", by=found.answered_by)])
        return found


def _found(session: Session, id: str) -> Question:
    found = questions.find(session, id)
    if found is None:
        raise NotFound("question", id)
    return found


def _cleaned(text: str, fact: str, label: str) -> str:
    try:
        cleaned = clean_text(text, long=True)
    except BadFact as bad:
        raise Refused([Refusal.of(bad.code, fact=fact, label=label, expected=bad.expected)]) from None
    if not cleaned:
        raise Refused([Refusal.of("fact_missing", fact=fact, label=label)])
    return cleaned


def _mail(settings: Settings, recipient: str, q: Question) -> Message:
    about = q.event or q.uppdrag
    subject = " ".join(filter(None, (q.uppdrag, "Svar från kansliet")))
    lines = (
        f"{q.asker} skrev till kansliet{f' om {about}' if about else ''}.",
        f"Svaret från {q.answered_by}:",
        q.answer,
        f"Frågan och svaret finns också på er sida: {settings.url}/regioner/{q.region}",
    )
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return Message(
        id=f"{uuid4().hex[:26]}@{settings.mail_domain}", recipient=recipient, subject=subject,
        text="\n\n".join(lines) + "\n",
        html=f'<!doctype html><html lang="sv"><title>Svar från kansliet</title><body>{html}</body></html>',
        sender=settings.mail_from, reply_to=settings.mail_reply_to,
    )  # fmt: skip
