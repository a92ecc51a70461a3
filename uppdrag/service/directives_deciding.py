"""The decision on an uppdragsdirektiv at a meeting of chefsgruppen: it is locked, and its uppdrag get its number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from storage import direktiv, log, uppdrag
from storage.database import Session
from uppdrag.service import commands
from uppdrag.service.commands import Answer
from uppdrag.service.directives_numbers import doubts
from uppdrag.service.directives_reading import carried_of
from uppdrag.service.house import House
from uppdrag.words.direktiv import called
from workflow.commands import Change
from workflow.direktiv import Directive, stream_of
from workflow.errors import NotFound, Refusal, Refused
from workflow.events import Recorded
from workflow.meeting import AgendaItem
from workflow.model import Actor
from workflow.paper_events import DirectiveDecided


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the decision on a directive came to: the events of it and of the uppdrag that have got its number, and what
    deserves a look."""

    directive: Directive
    event: Recorded
    ties: tuple[Answer, ...]
    warnings: tuple[Refusal, ...]

    @property
    def events(self) -> tuple[Recorded, ...]:
        return (self.event, *(e for answer in self.ties for e in answer.events))


def take_up(session: Session, items: Iterable[AgendaItem]) -> set[str]:
    """Let every other change wait of the directives that some items decide on; the uppdrag that these carry."""
    found = set[str]()
    for id in sorted({i.directive for i in items if i.directive}):
        log.lock(session, stream_of(id))
        found.update(direktiv.load(session, id).text.uppdrag)
    return found


def decide_within(
    house: House, session: Session, id: str, day: date, paragraph: int, *, actor: Actor, now: datetime, key: str = "",
    digest: str = "",
) -> Decision:  # fmt: skip
    """Record in an open transaction that chefsgruppen decided a draft. `key` is an owned key with its digest.

    Raises Refused where there is no draft, NotFound.
    """
    before = opened(session, id)
    refuse_ended(before)
    if before.draft is None:
        raise Refused([Refusal.of("directive_no_draft", directive=called(before))])
    event = DirectiveDecided(day=day, paragraph=paragraph, carried=carried_of(house, session, before.draft))
    after, recorded = direktiv.save(session, before, [event], actor, now, key=key, digest=digest)
    warnings = doubts(house, session, after)
    if not after.text.number:
        warnings.append(Refusal.of("directive_without_number", directive=id))
    ties = tie(house, session, after, actor, now)
    return Decision(directive=after, event=recorded[0], ties=ties, warnings=tuple(warnings))


def tie(
    house: House, session: Session, directive: Directive, actor: Actor, now: datetime
) -> tuple[Answer, ...]:  # fmt: skip
    """Let every open uppdrag that a decided directive carries follow it by its number."""
    if not directive.text.number:
        return ()
    why, answers = f"uppdragsdirektivet {directive.id}", []
    for id in sorted(directive.text.uppdrag):
        u = uppdrag.load(session, id, seq=0).uppdrag
        if not u.final and u.directive != directive.text.number:
            change = Change(actor=actor, why=why, attributes={"directive": directive.text.number})
            answers.append(commands.advance(house, session, id, change, now))
    return tuple(answers)


def opened(session: Session, id: str) -> Directive:
    """A directive that somebody is about to change; every other change of it waits. Raises NotFound."""
    try:
        log.lock(session, stream_of(id))
    except NotFound:
        raise NotFound("directive", id) from None
    return direktiv.load(session, id)


def refuse_ended(found: Directive) -> None:
    """Raises Refused where a directive has ended: nothing more can be done with it."""
    if found.ended:
        raise Refused([Refusal.of("directive_ended", directive=called(found))], subject=found.id)
