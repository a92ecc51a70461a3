"""A månadsbrev: the figures of a month, the kansli's own words about them, and what became of it. Frozen values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from workflow.figures import Figure, Figures, Source

STREAM = re.compile(r"manadsbrev:(\d{4}-\d{2})", re.ASCII)
"""The name of a letter's stream: `manadsbrev:2026-03`."""
STREAMS = "manadsbrev:"

PARTS = ("korthet", "chefsgruppen", "regionerna", "karta", "kommer", "avsnitt", "sedan_sist")
"""What a letter is made of, in its order. Each may have words of its own, and each may be left out."""

Status = Literal["utkast", "vilande", "skickat"]
STATUSES: tuple[Status, ...] = ("utkast", "vilande", "skickat")


def id_of(month: str) -> str:
    """The name of the stream of a month's letter."""
    return f"{STREAMS}{month}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartText:
    """The kansli's own words in one part of a letter."""

    part: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterText:
    """What the kansli writes in a letter, and the parts that it leaves out."""

    introduction: str = ""
    parts: tuple[PartText, ...] = ()
    hidden: tuple[str, ...] = ()

    def of(self, part: str) -> str:
        """The words of one part, empty where there are none."""
        return next((p.text for p in self.parts if p.part == part), "")

    def shows(self, part: str) -> bool:
        return part not in self.hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a past letter would say otherwise today: what it did not know, and what it said that stands no longer."""

    added: Figure = field(default_factory=Figure)
    gone: Figure = field(default_factory=Figure)

    @property
    def nothing(self) -> bool:
        return not self.added.value and not self.gone.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A letter as it was sent: its figures, what it said had changed, a digest (SHA-256 in hex) of it as shown, when
    (aware), and to which offices (`01:regiondirektor`)."""

    figures: Figures
    since_last: Difference
    digest: str
    at: datetime
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Everything that is known of one letter. `version` is the number of its last event, 0 before it is drafted."""

    month: str
    version: int = 0
    text: LetterText = LetterText()
    held: str = ""
    sent: Sent | None = None

    @property
    def status(self) -> Status:
        if self.sent is not None:
            return "skickat"
        return "vilande" if self.held else "utkast"


def difference(sent: Figures, now: Figures) -> Difference:
    """What the figures of one period say now that they did not say when they were sent, and the other way round."""
    return Difference(
        added=_but(now.happened.counted, sent.happened.counted), gone=_but(sent.happened.counted, now.happened.counted)
    )


def _but(these: Iterable[Source], those: Iterable[Source]) -> Figure:
    known = {_said(s) for s in those}
    return Figure(counted=tuple(s for s in these if _said(s) not in known))


def _said(s: Source) -> tuple[object, ...]:
    """What a letter says of a thing: not under which number the log has it, nor when it was registered."""
    return s.kind, s.uppdrag, s.region, s.on, s.paragraph, s.dnr
