"""What a meeting leaves to follow: the signed protokoll, actions that were settled, what was handed on. Values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

HowSettled = Literal["klar", "behovs_inte", "oppen"]
"""Done, or not needed any more; `oppen` takes an earlier mark back."""
Return = Literal["tillstyrker", "avstyrker", "synpunkter", "noterat"]
RETURNS: tuple[Return, ...] = ("tillstyrker", "avstyrker", "synpunkter", "noterat")
"""What can come back from a body that a § was handed on to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedFile:
    """The protokoll as it was signed: a PDF that is kept under its `digest`, SHA-256 in hex. `size` in bytes; `on` is
    the local day when it was attached."""

    digest: str
    name: str
    size: int
    on: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of an action: the `number`th, from 1, of a §, as it read (`what` and `owner`). `on` is a local day.

    An action that has been corrected since reads otherwise, and is open again.
    """

    paragraph: int
    number: int
    what: str
    owner: str
    how: HowSettled
    on: date
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A § that is handed on, and what is asked of whoever gets it; `asks` empty: to take note of it."""

    paragraph: int
    asks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOff:
    """What one meeting hands on to one body, by its declared id. `meets_on`: when that body meets, None where not yet
    known; `presenter`: who presents there; `on`: the local day when it was decided what to hand on."""

    body: str
    label: str
    on: date
    handed: tuple[Handed, ...]
    meets_on: date | None = None
    presenter: str = ""

    def of(self, paragraph: int) -> Handed | None:
        return next((h for h in self.handed if h.paragraph == paragraph), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What came back about a § from a body: the outcome, in which words, on which local day, and its number there."""

    body: str
    paragraph: int
    outcome: Return
    on: date
    by: str
    text: str = ""
    reference: str = ""
