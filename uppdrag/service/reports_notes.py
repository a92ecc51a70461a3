"""The notes of a letter or a report: each figure that is written has one, with what it was counted from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from uppdrag.documents.document import Block, Heading, Paragraph, Table
from uppdrag.words import reports as words
from workflow.figures import Figure, Source
from workflow.model import Region

Said = tuple[str, str, str]
"""A line of a note on what was not counted but stated: what, where it is from, and the event that says so."""


class Notes:
    """The notes of one document, numbered as they are referred to. The same figure under the same words is one note."""

    def __init__(self, regions: Mapping[str, Region]) -> None:
        self._regions = regions
        self._notes: dict[tuple[str, tuple[Source, ...] | tuple[Said, ...]], int] = {}

    def number(self, label: str, figure: Figure) -> str:
        """The figure as it is written in a sentence: `3 (not 1)`, and `0` where there is nothing to follow."""
        note = self.of(label, figure)
        return f"{figure.value} (not {note})" if note else str(figure.value)

    def of(self, label: str, figure: Figure) -> str:
        """The number of the note on a figure, empty where nothing was counted."""
        if not figure.value:
            return ""
        return str(self._notes.setdefault((label, figure.counted), len(self._notes) + 1))

    def told(self, label: str, said: Sequence[Said]) -> str:
        """The number of the note on a figure that was stated, such as an amount; empty where nothing says it."""
        if not said:
            return ""
        return str(self._notes.setdefault((label, tuple(said)), len(self._notes) + 1))

    def blocks(self) -> Iterator[Block]:
        """Every note, to stand last in the document."""
        if not self._notes:
            return
        yield Heading("Noter")
        stated = any(not isinstance(s, Source) for _, found in self._notes for s in found)
        of_budget = " Budgetens händelser står på sidan Budget." if stated else ""
        yield Paragraph(
            f"Varje siffra är räknad från det som står här. Händelsens nummer finns i uppdragets historik.{of_budget}",
            quiet=True,
        )
        for (label, found), number in self._notes.items():
            counted = tuple(s for s in found if isinstance(s, Source))
            if not counted:
                yield Table(
                    caption=f"Not {number}. {label}", headings=("Vad", "Varifrån", "Händelse"), widths=(8, 8, 4),
                    rows=tuple(s for s in found if not isinstance(s, Source)),
                )  # fmt: skip
                continue
            yield Table(
                caption=f"Not {number}. {label}: {len(counted)}",
                headings=("Uppdrag", "Vad", "Dag, paragraf och diarienummer", "Händelse"), widths=(7, 6, 6, 4),
                rows=tuple(self._row(s) for s in counted),
            )  # fmt: skip

    def _row(self, s: Source) -> tuple[str, ...]:
        return (
            words.briefly(s) or "–", words.what(s, self._regions), words.where(s),
            f"{s.event}{' (i efterhand)' if s.backfilled else ''}" or "–",
        )  # fmt: skip
