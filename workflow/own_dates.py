"""What the kansli itself waits for from one region: the protokollsutdrag of its decision, and a completion.

Both hang on one of the region's decisions, by whose number a reminder of them is told from earlier ones.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflow.legal import has_justering
from workflow.model import Decision, Regionbeslut

PROTOKOLL, KOMPLETTERING = "protokoll", "komplettering"
OWN_DATES: Mapping[str, str] = {
    PROTOKOLL: "dagen för ett beslut vars protokollsutdrag inte har kommit",
    KOMPLETTERING: "dagen då det ska vara kompletterat som en region har återremitterat eller bordlagt",
}
"""What a reminder step may count from beside the deadlines that its lifecycle declares."""
RECIPIENTS = ("ansvarig", "c_nspl")
"""Who is reminded of them: never the region."""
PROVING = ("publicerat_protokoll", "protokollsutdrag")
"""The sources that leave nothing to wait for."""


def unproven(rb: Regionbeslut) -> Decision | None:
    """The latest decision that counts for a region and whose protokollsutdrag has not come; None where none is awaited.

    An office holder's decision has no protokoll, nor has a region that is not concerned and names no body. Where the
    same decision is registered from a proving source as well, that one proves it.
    """
    if not rb.decisions:
        return None
    standing = [d for d in rb.decisions if d.set_no == rb.set_no and not d.withdrawn]
    proven = [d for d in standing if d.source in PROVING]
    counting = [d for d in standing if d is standing[-1] or not d.complete]
    awaited = [d for d in counting if _has_protokoll(d, rb) and not any(_same(d, p) for p in proven)]
    return awaited[-1] if awaited else None


def incomplete(rb: Regionbeslut) -> Decision | None:
    """The decision by which a region sent back or postponed what the kansli has not completed; None where all is."""
    if rb.task is None:
        return None
    return next((d for d in reversed(rb.decisions) if d.task is not None and not d.withdrawn), None)


def asked_by(own_date: str, rb: Regionbeslut) -> Decision | None:
    """The decision that a date of the kansli's own follows from; None where it has been met, or never was."""
    return unproven(rb) if own_date == PROTOKOLL else incomplete(rb)


def _has_protokoll(d: Decision, rb: Regionbeslut) -> bool:
    return has_justering(d) and (d.body != "" or rb.category != "not_concerned")


def _same(d: Decision, other: Decision) -> bool:
    """Whether two registrations may well be of the same decision: nothing that both say differs."""
    said = ((d.body, other.body), (d.on, other.on), (d.paragraph, other.paragraph))
    return d.outcome == other.outcome and all(a == b or not a or not b for a, b in said)
