"""The bodies that a matter goes through in a region, in the order in which they take it: AU → RS → RF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise

from workflow.model import Link

_BODY_WORDS = {
    "rf": "RF", "regionfullmäktige": "RF", "fullmäktige": "RF",
    "rs": "RS", "regionstyrelsen": "RS", "regionstyrelse": "RS",
    "nämnd": "namnd", "namnd": "namnd", "regiondirektör": "regiondirektor", "regiondirektören": "regiondirektor",
    "regiondirektor": "regiondirektor", "annan": "annan", "au": "AU", "arbetsutskott": "AU", "arbetsutskottet": "AU",
}  # fmt: skip

RANK: Mapping[str, int] = {"AU": 1, "RS": 2, "RF": 3}
"""Who comes first on one and the same day. A nämnd may come anywhere."""


def body_code(text: str) -> str:
    """The code of a body by any of its names; the text itself where it is none of those, as a nämnd's own name."""
    return _BODY_WORDS.get(text.casefold(), text)


def in_order(links: Iterable[Link]) -> bool:
    """Whether no link lies before the one that precedes it. Days that nobody knows say nothing.

    A body may come twice: after an återremiss the chain begins anew.
    """
    dated = [(link.on, RANK.get(link.body, 0)) for link in links if link.on is not None]
    return all(
        a < b or (a == b and (not first or not second or first < second)) for (a, first), (b, second) in pairwise(dated)
    )


def as_text(link: Link) -> str:
    """A link as it is kept among facts and typed: `AU:2026-03-10:45`; what is unknown at the end is left out."""
    return ":".join((link.body, link.on.isoformat() if link.on else "", link.paragraph)).rstrip(":")


def from_text(text: str) -> Link:
    """The link again. Raises ValueError where the text was not written by `as_text`."""
    body, on, paragraph = (*text.split(":"), "", "")[:3]
    return Link(body=body, on=date.fromisoformat(on) if on else None, paragraph=paragraph)
