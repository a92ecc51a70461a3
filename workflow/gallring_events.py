"""What became true when a gallringsbeslut was carried out, and what then stands in the place of what was emptied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflow.model import Regionbeslut, Uppdrag
from workflow.people import Holder

Scope = Literal["allt", "post", "person"]
"""An uppdrag whole; only what came in and was mailed about it; a holder of an office."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallrat:
    """A gallringsbeslut was carried out: what the named events said is gone, and what had been copied of it.

    `decision` is the decision's number in the diarium, `decided_by` who took it on the local day `decided_on`.
    `emptied` names events (`U2026-01/1`), also of other streams; `removed` says how many rows of each table were
    emptied or deleted. What is left after an uppdrag was emptied whole is `uppdrag` and `regions`, after a holder
    `holder`: the stream is told again from here. `seq` is this event's own number.
    """

    seq: int
    decision: str
    decided_on: date
    decided_by: str
    scope: Scope
    emptied: tuple[str, ...]
    removed: Mapping[str, int]
    uppdrag: Uppdrag | None = None
    regions: tuple[Regionbeslut, ...] = ()
    holder: Holder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptied:
    """What stands in the place of an event that a gallringsbeslut has emptied. Never written: `kind` and `region` are
    what the log still says of it."""

    kind: str
    region: str
