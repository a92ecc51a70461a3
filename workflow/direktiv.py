"""An uppdragsdirektiv: which uppdrag it carries, what it says, and what chefsgruppen has decided. Frozen values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflow.meeting import DIRECTIVE

STREAM = re.compile(rf"direktiv:({DIRECTIVE.pattern})", re.ASCII)
"""The name of a directive's stream: `direktiv:D2026-01`."""
MOST_UPPDRAG = 50
"""More than any directive has carried: a longer list is a slip of the pen."""

Status = Literal["utkast", "beslutat", "upphort"]


def stream_of(id: str) -> str:
    """The name of a directive's stream."""
    return f"direktiv:{id}"


@dataclass(frozen=True, slots=True)
class Section:
    """One section under its heading. Its text has paragraphs and `- ` before what stands in a list."""

    id: str
    label: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveText:
    """What a directive says. `number` is its diarienummer, empty until it has one; `uppdrag` are those it carries."""

    title: str
    number: str = ""
    uppdrag: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()

    def section(self, id: str) -> Section | None:
        return next((s for s in self.sections if s.id == id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """An uppdrag as it stood in a directive when that was decided: its title as it may be shown, its planned times in
    words, and who leads it."""

    uppdrag: str
    title: str
    times: tuple[str, ...] = ()
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A revision that chefsgruppen decided: at the meeting on a local day, under a §, with its text then."""

    revision: int
    day: date
    paragraph: int
    text: DirectiveText
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """Everything that is known of one directive. `version` is the number of its last event.

    `draft` is what is being written, None where nothing is; `decisions` are the revisions that were decided, each
    locked. `ended` says why it no longer holds, or why a draft was given up.
    """

    id: str
    version: int = 0
    draft: DirectiveText | None = None
    decisions: tuple[Decided, ...] = ()
    ended: str = ""

    @property
    def status(self) -> Status:
        if self.ended:
            return "upphort"
        return "beslutat" if self.draft is None else "utkast"

    @property
    def standing(self) -> Decided | None:
        """The revision that was decided last."""
        return self.decisions[-1] if self.decisions else None

    @property
    def text(self) -> DirectiveText:
        """What is being written, else what was decided last."""
        if self.draft is not None:
            return self.draft
        return self.decisions[-1].text if self.decisions else DirectiveText(title="")

    @property
    def revision(self) -> int:
        """Which revision `text` is, from 1."""
        return len(self.decisions) + (self.draft is not None or not self.decisions)
