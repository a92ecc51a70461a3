"""Gallring: what a decision to destroy leaves of an uppdrag or of a holder, and what it may not be carried out on.

Allmänna handlingar are destroyed only under a gallringsbeslut (arkivlagen 1990:782, 10 §). What is left is the number,
the state, the days of the planned times and what each region's handling counts as: that there was a matter, and that
it was gallrat, is never silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from workflow.errors import Refusal
from workflow.facts import BadFact, clean_text
from workflow.model import Decision, Matter, PlannedTime, Regionbeslut, Uppdrag, altered
from workflow.people import Holder

TRIGGER = "gallring"
"""Under this name an uppdrag holds what it was gallrat by, beside what was stated with its steps."""
_TOKEN = re.compile(
    r"[A-Za-z0-9_./:@+%,;()§ -]{0,7}|[a-z0-9_:./-]*|[\d: .+-]*|U\d{4}-\d{2,6}(?:/\d+)?|\d{4}-\d\d-\d\dT[\d:.Z+-]*",
    re.ASCII,
)
"""What says nothing by itself: ids, numbers, days and very short words."""

_SHARED = frozenset({
    "source", "section", "owner", "ansvarig", "natverk", "networks", "plan", "directive", "lifecycle", "trigger",
    "reading",
})  # fmt: skip
"""What an uppdrag has in common with others, by the names of its columns and of the facts of its steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallringsbeslut:
    """A decision to destroy: its number in the diarium, the local day, and who took it."""

    number: str
    on: date
    by: str

    @property
    def words(self) -> str:
        """What stands in the place of what is gone."""
        return f"Gallrat enligt beslut {self.number}"


def cleaned(beslut: Gallringsbeslut, today: date) -> tuple[Gallringsbeslut, list[Refusal]]:
    """The decision as it will be registered, and what is wrong with it."""
    wrong: list[Refusal] = []
    texts: dict[str, str] = {}
    for name, label in (("number", "Beslutets nummer"), ("by", "Vem som beslutade")):
        try:
            texts[name] = clean_text(getattr(beslut, name))
        except BadFact as bad:
            wrong.append(
                Refusal.of(bad.code, fact=name, label=label, value=getattr(beslut, name), expected=bad.expected)
            )
            continue
        if not texts[name]:
            wrong.append(Refusal.of("fact_missing", fact=name, label=label))
    if beslut.on > today:
        wrong.append(Refusal.of("gallring_ahead", day=beslut.on.isoformat()))
    return replace(beslut, **texts), wrong  # type: ignore[arg-type]  # texts, both


def number_of(u: Uppdrag) -> str:
    """The number of the decision that an uppdrag was gallrat by, empty where it was not."""
    return str(u.facts.get(TRIGGER, {}).get("beslut", ""))


def left_of(matter: Matter, beslut: Gallringsbeslut) -> tuple[Uppdrag, tuple[Regionbeslut, ...]]:
    """What is left of an uppdrag and of its regions' tracks."""
    u = matter.uppdrag
    told = {"beslut": beslut.number, "datum": beslut.on.isoformat(), "av": beslut.by}
    left = altered(
        u, title=beslut.words, neutral_title=beslut.words if u.sensitive else "", source="", section="", owner="",
        dnr="", directive="", notes="", standing="", networks=(), task=None, consultations=(),
        times=tuple(map(_days_of, u.times)), facts={TRIGGER: told},
    )  # fmt: skip
    tracks = (_track_of(rb, beslut) for _, rb in sorted(matter.regions.items()))
    return left, tuple(tracks)


def left_of_holder(holder: Holder) -> Holder:
    """What is left of somebody who held an office: the office and the time in it."""
    return replace(holder, name="", email="", flagged="")


def texts(values: Iterable[Any]) -> frozenset[str]:
    """The texts in what was written (JSON as Python has it) that somebody would know it by again: no ids, no days,
    nothing that others have too."""
    found: set[str] = set()
    for value in values:
        if isinstance(value, str):
            found.add(value.strip())
        elif isinstance(value, Mapping):
            found |= texts(one for name, one in value.items() if name not in _SHARED)
        elif isinstance(value, list | tuple):
            found |= texts(value)
    return frozenset(text for text in found if not _TOKEN.fullmatch(text))


def without(value: Any, gone: Iterable[str], about: str, words: str) -> Any:
    """What was written (JSON as Python has it) of several uppdrag, without the one that it is `about`: every text that
    holds one of those that are gone is replaced by `words`, and so is all that is said under the uppdrag's number."""
    named = frozenset({about, *_keys(value, about)})
    return _without(value, tuple(gone), named, about, words, all=False)


def _without(
    value: Any, gone: tuple[str, ...], named: frozenset[str], about: str, words: str, *, all: bool
) -> Any:  # fmt: skip
    if isinstance(value, str):
        told = all and not _TOKEN.fullmatch(value) and value not in named
        return words if told or any(text in value for text in gone) else value
    if isinstance(value, Mapping):
        # Said of it alone: an item that names it, or a text that carries no other.
        within = all or any(one in named if isinstance(one, str) else one == [about] for one in value.values())
        return {key: _without(one, gone, named, about, words, all=within) for key, one in value.items()}
    return [_without(one, gone, named, about, words, all=all) for one in value] if isinstance(value, list) else value


def _keys(value: Any, about: str) -> Iterator[str]:
    """What an item about an uppdrag is called where it is told of further on."""
    if isinstance(value, Mapping):
        if value.get("uppdrag") == about and isinstance(value.get("key"), str):
            yield value["key"]
        for one in value.values():
            yield from _keys(one, about)
    elif isinstance(value, list):
        for one in value:
            yield from _keys(one, about)


def _days_of(time: PlannedTime) -> PlannedTime:
    span = time.span
    return replace(time, span=replace(span, text=span.last.isoformat(), reading="", interpreted=False))


def _track_of(rb: Regionbeslut, beslut: Gallringsbeslut) -> Regionbeslut:
    decisions = tuple(
        Decision(
            number=d.number, seq=d.seq, set_no=d.set_no, outcome=d.outcome, complete=d.complete, withdrawn=d.withdrawn,
            proposal_version=d.proposal_version,
            adaptation=beslut.words if d.adaptation else "",  # an adaptation without words cannot be written
        )
        for d in rb.decisions
    )  # fmt: skip
    return altered(
        rb, dnr="", channel="", planned_on=None, planned_body="", planned_chain=(), task=None, facts={},
        decisions=decisions,
    )  # fmt: skip
