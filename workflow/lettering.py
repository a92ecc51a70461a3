"""What becomes of a månadsbrev: drafted, written, held or sent. Rules and their reasons; the figures are given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import assert_never

from workflow.errors import Refusal
from workflow.figures import Figures, Period, month_before
from workflow.letter import PARTS, STREAM, Difference, Letter, LetterText
from workflow.paper_events import LetterDrafted, LetterEvent, LetterHeld, LetterSent, LetterWritten
from workflow.workdays import WorkCalendar


def evolve(letter: Letter | None, event: LetterEvent, *, id: str) -> Letter:
    """The letter after one more event of the stream `id`; None before the first."""
    found = STREAM.fullmatch(id)
    if found is None or (letter is None) != isinstance(event, LetterDrafted):
        raise ValueError(f"{id}: {type(event).__name__}")
    if letter is None:
        letter = Letter(month=found[1])
    letter = replace(letter, version=letter.version + 1)
    match event:
        case LetterDrafted():
            return letter
        case LetterWritten():
            return replace(letter, text=event.text, held="")
        case LetterHeld():
            return replace(letter, held=event.why)
        case LetterSent():
            return replace(letter, sent=event.sent, held="")
        case _:
            assert_never(event)


def due(today: date, calendar: WorkCalendar) -> Period | None:
    """The month whose letter is to be drafted by now: the one before, from this month's first working day on."""
    first = today.replace(day=1)
    while not calendar.is_working(first):
        first = date.fromordinal(first.toordinal() + 1)
    return month_before(today) if today >= first else None


def written(text: LetterText) -> LetterText:
    """A text as it is kept: each part once, in the letter's order, and none that says nothing."""
    parts = {p.part: p for p in text.parts if p.text.strip()}
    return replace(
        text, introduction=text.introduction.strip(), parts=tuple(parts[name] for name in PARTS if name in parts),
        hidden=tuple(name for name in PARTS if name in text.hidden),
    )  # fmt: skip


def refused(letter: Letter) -> list[Refusal]:
    """Why nothing more can be done with a letter."""
    if letter.sent is None:
        return []
    return [Refusal.of("letter_sent", month=letter.month, date=letter.sent.at.date())]


def digest(figures: Figures, since: Difference, text: LetterText, to: Iterable[str]) -> str:
    """SHA-256 in hex over all that a letter says and to whom: what a person confirms. The moment of counting aside."""
    said = (
        figures.period, figures.happened, figures.undated, figures.earlier, figures.corrected, figures.ahead,
        figures.passed, figures.leads, figures.standings, since, text, tuple(to),
    )  # fmt: skip
    return sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()
