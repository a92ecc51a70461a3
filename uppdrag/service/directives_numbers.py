"""Where else a directive's diarienummer stands. The same number on two documents is warned about, never refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from definitions.source import Source, read
from storage import definitions, direktiv, uppdrag
from storage.database import Session
from uppdrag.service.house import House
from workflow.direktiv import Directive
from workflow.errors import Refusal
from workflow.lifecycle import Lifecycle
from workflow.model import Uppdrag


def doubts(house: House, session: Session, directive: Directive) -> list[Refusal]:
    """What deserves a look about a directive's number: every other document on which it stands."""
    number = directive.text.number
    if not number or directive.ended:
        return []
    others = list(_others(house, session, directive, number))
    return [Refusal.of("directive_number_elsewhere", number=number, others="; ".join(others))] if others else []


def _others(house: House, session: Session, directive: Directive, number: str) -> Iterator[str]:
    for other in direktiv.numbered(session, number):
        if other.id != directive.id:
            yield f"uppdragsdirektivet {other.id}"
    told: dict[str, list[str]] = {}
    for id in direktiv.uppdrag_with(session, number):
        u = uppdrag.load(session, id, seq=0).uppdrag
        lifecycle = house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle
        for what in _on(u, lifecycle, number, directive.text.uppdrag):
            told.setdefault(what, []).append(id)
    yield from (f"{', '.join(ids)} ({what})" for what, ids in told.items())
    yield from _named_in_plans(session, number)


def _on(u: Uppdrag, lifecycle: Lifecycle, number: str, own: Iterable[str]) -> Iterator[str]:
    """What a number is on an uppdrag, beside being that of the directive that the uppdrag follows."""
    if u.dnr == number:
        yield "samverkansavtalets diarienummer" if u.lifecycle == "samverkansavtal" else "diarienummer"
    if u.directive == number and u.id not in own:
        yield "följer ett uppdragsdirektiv med det numret, men omfattas inte av detta"
    declared = {(t.trigger, f.name): f for t in lifecycle.transitions for f in t.facts}
    for trigger, facts in u.facts.items():
        for name, value in facts.items():
            fact = declared.get((trigger, name))
            if value == number and fact is not None and fact.sets not in ("directive", "dnr"):
                yield fact.label[:1].lower() + fact.label[1:]


def _named_in_plans(session: Session, number: str) -> Iterator[str]:
    """The documents that the plans in use name by the number, such as the samverkansavtal."""
    newest = {d.id: d for d in definitions.published(session, kind="plan")}
    for id, kept in newest.items():
        if what := _documents(kept.file, kept.source).get(number):
            yield f"{what}, enligt {id}"


@lru_cache(maxsize=16)
def _documents(file: str, text: str) -> Mapping[str, str]:
    values = read(Source(file, text)).values.get("documents") or {}
    return {str(number): str(what) for number, what in values.items()}
