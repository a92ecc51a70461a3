"""The search box: uppdrag, decisions, regions and, for the kansli, people, mails and questions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage import incoming, outbox, people, queries, questions, search, uppdrag
from storage.database import Session
from storage.search import RegionsWord
from uppdrag.service import readings
from uppdrag.service.house import House
from uppdrag.service.signing_in import WebRole
from workflow.calendar import local_date
from workflow.incoming import Incoming, Question
from workflow.message import Queued
from workflow.model import Region
from workflow.people import Holder
from workflow.status import StatusFilter, StatusRow

MOST = 50
"""So many of each kind are told."""
_PARAGRAPH = re.compile(r"(?:§|paragraf)\s*(\d{1,5})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What a word was found in, at most MOST of each kind. `stated`: uppdrag of which it was said at a step, with
    the step's label. `decisions`: a region's on an uppdrag, by number or §. `more`: there are more than are told."""

    rows: tuple[StatusRow, ...] = ()
    stated: tuple[tuple[StatusRow, str], ...] = ()
    decisions: tuple[tuple[StatusRow, RegionsWord], ...] = ()
    regions: tuple[Region, ...] = ()
    holders: tuple[Holder, ...] = ()
    sent: tuple[Queued, ...] = ()
    came_in: tuple[Incoming, ...] = ()
    questions: tuple[Question, ...] = ()
    more: bool = False

    @property
    def count(self) -> int:
        """How many are told."""
        return sum(map(len, (self.rows, self.stated, self.decisions, self.regions, self.holders, self.sent,
                             self.came_in, self.questions)))  # fmt: skip


def find(house: House, asked: str, *, role: WebRole, now: datetime) -> Hits:
    """What has a word in it. Who is not of the kansli finds a sensitive uppdrag by number and neutral title only, and
    neither people nor mail. `§ 19` asks for decisions with that §."""
    word = asked.casefold().strip()
    if not word:
        return Hits()
    kansli = role == "kansli"
    number = _PARAGRAPH.fullmatch(asked.strip())
    with house.database.reading() as session:
        all_rows = queries.status(session, StatusFilter(today=local_date(now)))
        open_rows = {r.id: r for r in all_rows if kansli or not r.sensitive}
        rows = [r for r in all_rows if word in _told(r, kansli=kansli)]
        words = asked.strip()
        said = search.at_paragraph(session, number[1], MOST) if number else search.numbered(session, words, MOST)
        decisions = [(open_rows[d.uppdrag], d) for d in said if d.uppdrag in open_rows]
        stated = _stated(house, session, number[1] if number else words, open_rows, exact=bool(number))
        regions = [r for r in house.regions(session) if word in r.name.casefold() or word == r.lanskod]
        holders, sent, came_in, asks = [], [], [], []
        if kansli:
            holders = [h for h in people.all_holders(session) if word in f"{h.name}\n{h.email}".casefold()]
            sent = [k.queued for i in search.sent(session, words, MOST) if (k := outbox.find(session, i))]
            came_in = [m for i in search.came_in(session, words, MOST) if (m := incoming.find(session, i))]
            asks = [
                q for q in questions.listed(session, answered=True) if word in f"{q.words}\n{q.asker}".casefold()
            ]  # fmt: skip
            readings.about(session, [*(m.uppdrag for m in came_in), *(q.uppdrag for q in asks)])
    return Hits(
        rows=tuple(rows[:MOST]), decisions=tuple(decisions[:MOST]), regions=tuple(regions), sent=tuple(sent),
        holders=tuple(holders[:MOST]), stated=tuple(stated[:MOST]), came_in=tuple(came_in),
        questions=tuple(asks[:MOST]),
        more=any(len(found) >= MOST for found in (rows, decisions, holders, stated, sent, came_in, asks)),
    )  # fmt: skip


def _told(row: StatusRow, *, kansli: bool) -> str:
    if row.sensitive and not kansli:
        return f"{row.id} {row.shown_title}".casefold()
    return " ".join((row.id, row.title, row.dnr, row.directive, row.section, row.owner)).casefold()


def _stated(
    house: House, session: Session, word: str, rows: dict[str, StatusRow], *, exact: bool
) -> Sequence[tuple[StatusRow, str]]:
    """The steps at which something was stated, each with its uppdrag. `exact`: a § of that number."""
    found = []
    for id in search.stated(session, word, MOST):
        if id not in rows:
            continue
        u = uppdrag.load(session, id, seq=0).uppdrag
        lifecycle = house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle
        for trigger, facts in u.facts.items():
            step = next((t for t in lifecycle.transitions if t.trigger == trigger), None)
            kinds = {f.name: f.type for f in step.facts} if step else {}
            for name, value in facts.items():
                held = str(value).casefold()
                if (held == word and kinds.get(name) == "paragraph") if exact else word.casefold() in held:
                    found.append((rows[id], step.label if step else trigger))
                    break
    return found
