"""A decision between meetings: who was asked, and what each has answered. Frozen values, and what they amount to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

Answer = Literal["bifall", "avslag", "mote"]
ANSWERS: tuple[Answer, ...] = ("bifall", "avslag", "mote")
"""What a member can answer; `mote`: take it up at a meeting instead."""
Channel = Literal["epost", "telefon", "brev", "muntligt"]
CHANNELS: tuple[Channel, ...] = ("epost", "telefon", "brev", "muntligt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a member answered about one matter (the key of its item), in which words, on which local day, and how it
    came."""

    member: str
    item: str
    answer: Answer
    on: date
    channel: Channel
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circulation:
    """Matters that are decided per capsulam: the members who were asked, by name, and their answers so far, one of each
    member about each matter."""

    asked: tuple[str, ...]
    replies: tuple[Reply, ...] = ()

    def of(self, item: str) -> tuple[Reply, ...]:
        """The answers about a matter, in the order in which the members were asked."""
        found = {r.member: r for r in self.replies if r.item == item}
        return tuple(found[name] for name in self.asked if name in found)

    def answered(self) -> tuple[str, ...]:
        """Those who have answered about something."""
        heard = {r.member for r in self.replies}
        return tuple(name for name in self.asked if name in heard)

    def silent(self, items: Iterable[str]) -> tuple[str, ...]:
        """Those who have not answered about each of some matters."""
        known = {(r.member, r.item) for r in self.replies}
        wanted = list(items)
        return tuple(name for name in self.asked if any((name, item) not in known for item in wanted))

    def with_replies(self, replies: Iterable[Reply]) -> Circulation:
        """The same with more answers; what a member says again about a matter is what counts."""
        kept = {(r.member, r.item): r for r in self.replies}
        kept.update({(r.member, r.item): r for r in replies})
        return replace(self, replies=tuple(kept.values()))
