"""What somebody could not use on the pages: reported without a login, and kept until the kansli has dealt with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from storage import web_faults
from storage.web_faults import Fault
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from workflow.errors import NotFound, Refusal, Refused
from workflow.facts import BadFact, clean_text

FROM_ONE = 10
"""How many a machine may report in an hour."""
IN_ALL = 200
"""How many are taken in an hour, whoever reports."""
_WINDOW = timedelta(hours=1)
_LONG = ("text", "answer")
_LABELS = {"text": "Vad som inte fungerar", "page": "Sidan", "contact": "Hur vi når dig", "answer": "Svaret"}


@persevering
def report(house: House, *, text: str, page: str, contact: str, key: str, client: str, now: datetime) -> None:
    """Keep what somebody could not use, once for each `key`. Only the text is needed. Raises Refused."""
    said, where, whom = _cleaned("text", text), _cleaned("page", page), _cleaned("contact", contact)
    if not said:
        raise Refused([Refusal.of("fact_missing", fact="text", label=_LABELS["text"])])
    id = sha256((key or token_urlsafe(16)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    with house.database.transaction() as session:
        web_faults.forget(session, before=now - _WINDOW)
        of_client, in_all = web_faults.count(session, client=client, since=now - _WINDOW)
        if of_client >= FROM_ONE or in_all >= IN_ALL:
            raise Refused([Refusal.of("reported_too_often")])
        web_faults.add(session, Fault(id=id, text=said, page=where, contact=whom, client=client, made_at=now))


def listed(house: House) -> list[Fault]:
    """What was reported; what waits stands first, the oldest first."""
    with house.database.reading() as session:
        return web_faults.listed(session, most=500)


def waiting(house: House) -> int:
    """How many wait for somebody at the kansli."""
    with house.database.reading() as session:
        return web_faults.waiting(session)


@persevering
def deal_with(house: House, id: str, *, who: str, answer: str, now: datetime) -> None:
    """Say what became of one. Said twice it stays what was said first. Raises NotFound, or Refused without a word."""
    told = _cleaned("answer", answer)
    if not told:
        raise Refused([Refusal.of("fact_missing", fact="answer", label=_LABELS["answer"])])
    with house.database.transaction() as session:
        if not web_faults.exists(session, id):
            raise NotFound("report", id)
        web_faults.handle(session, id, who=who, answer=told, now=now)


def _cleaned(name: str, value: str) -> str:
    try:
        return clean_text(value, long=name in _LONG)
    except BadFact as bad:
        raise Refused([Refusal.of(bad.code, fact=name, label=_LABELS[name], expected=bad.expected)]) from None
