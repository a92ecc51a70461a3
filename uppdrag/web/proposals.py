"""The versions of a proposal: which one stands, who has been sent it, and which regions have decided on which."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from uppdrag import words
from uppdrag.service.queries import Detail
from workflow.events import Advanced, Corrected
from workflow.model import Region


class Version(NamedTuple):
    """One version: when and under which § it was stated, whether it stands, and the regions' short names."""

    number: int
    on: date | None
    paragraph: str
    stands: bool
    sent: tuple[str, ...]
    decided: tuple[str, ...]


def versions(found: Detail, regions: Mapping[str, Region]) -> list[Version]:
    """Every version that somebody has stated, been sent or decided on, the newest first."""
    gone = {e.replaces for e in found.history if isinstance(e.event, Corrected) and e.event.withdrawn}
    stated: dict[int, tuple[date | None, str]] = {}
    for e in found.history:
        if isinstance(e.event, Advanced) and e.seq not in gone and (number := e.event.patch.get("proposal_version")):
            stated.setdefault(number, (e.on, str(e.event.facts.get("paragraf", ""))))
    sent: dict[int, list[str]] = {}
    decided: dict[int, list[str]] = {}
    for lanskod, rb in sorted(found.matter.regions.items()):
        if rb.sent_version:
            sent.setdefault(rb.sent_version, []).append(words.region(regions, lanskod))
    for c in found.cells:
        if c.category and c.proposal_version:
            decided.setdefault(c.proposal_version, []).append(words.region(regions, c.region))
    current = found.matter.uppdrag.proposal_version
    numbers = sorted({*stated, *sent, *decided, *([current] if current else [])}, reverse=True)
    return [
        Version(n, *stated.get(n, (None, "")), n == current, tuple(sent.get(n, ())), tuple(decided.get(n, ())))
        for n in numbers
    ]
