"""*Registrera i efterhand*: the way that an uppdrag had come, and what regions had decided, recorded as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from uppdrag.service import commands
from uppdrag.service.commands import Answer, New
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from workflow.commands import Advance, Decide
from workflow.errors import Refusal, Refused

STEP, REGION = "s", "r"
"""What the parts of it are called: `s0` is its first step, `r03` the decision of region 03."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Afterwards:
    """What had happened: to an uppdrag that is known, or to a `new` one, its steps in order and regions' decisions."""

    uppdrag: str = ""
    new: New | None = None
    steps: tuple[Advance, ...] = ()
    decisions: tuple[Decide, ...] = ()


@persevering
def register(
    house: House, what: Afterwards, *, now: datetime, key: str = "", dry_run: bool = False
) -> tuple[Answer, ...]:
    """Record all of it, or nothing; the answers in order. The same key and content again are the same answers.

    Raises NotFound, KeyReused, or Refused; each refusal names the `part` that it is about, and `new` has none. After a
    step that is refused the later ones are not tried; of the regions every one is.
    """
    answers: list[Answer] = []
    with commands.writing(house, dry_run=dry_run) as session:
        id = what.uppdrag
        if what.new is not None:
            answers.append(commands.new_within(house, session, what.new, now=now, key=f"{key}:ny" if key else ""))
            id = answers[0].uppdrag
        refused: list[Refusal] = []
        parts: list[tuple[str, Advance | Decide]] = [(f"{STEP}{n}", command) for n, command in enumerate(what.steps)]
        for part, command in (*parts, *((f"{REGION}{d.region}", d) for d in what.decisions)):
            try:
                its_key = f"{key}:{part}" if key else ""
                answers.append(commands.handle_within(house, session, id, command, now=now, key=its_key))
            except Refused as no:
                refused += _about(no.refusals, part)
                if part.startswith(STEP):
                    break
        if refused:
            raise Refused(refused, subject=what.uppdrag)
    return tuple(replace(a, dry_run=dry_run) for a in answers)


def _about(refusals: Sequence[Refusal], part: str) -> list[Refusal]:
    return [replace(r, about=(*r.about, ("part", part))) for r in refusals]
