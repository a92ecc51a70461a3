"""Following up: what regions have decided on a proposal, beside what was recommended to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from workflow.lifecycle import Lifecycle
from workflow.model import Category, Matter, PlannedTime
from workflow.status import RegionCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTaken:
    """One final decision of a region that stands, in the set that counts.

    `concluded`: the region has no more decisions to come. `adaptation` and `note` are as entered; `source` a Källa.
    """

    region: str
    outcome: str
    category: Category
    proposal_version: int
    adaptation: str
    body: str
    on: date | None
    paragraph: str
    source: str
    note: str
    concluded: bool

    @property
    def adapted(self) -> bool:
        return bool(self.adaptation) and self.category == "adopted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """What chefsgruppen approved for decision in the regions: the version, and §, its day and that of its justering
    (ISO) where they are known."""

    version: int
    paragraph: str = ""
    on: str = ""
    justerad: str = ""


def decisions_taken(lifecycle: Lifecycle, matter: Matter) -> Iterator[DecisionTaken]:
    """What the regions have decided, by länskod."""
    track = lifecycle.track
    for lanskod, rb in sorted(matter.regions.items()):
        for d in rb.decisions:
            outcome = track.outcome(d.outcome) if track else None
            if outcome is not None and outcome.final and d.set_no == rb.set_no and not d.withdrawn:
                yield DecisionTaken(
                    region=lanskod, outcome=d.outcome, category=outcome.counts, proposal_version=d.proposal_version,
                    adaptation=d.adaptation if "adaptation" in outcome.requires else "", body=d.body, on=d.on,
                    paragraph=d.paragraph, source=d.source, note=d.note, concluded=rb.concluded,
                )  # fmt: skip


def counts(matter: Matter, *, but: str = "") -> RegionCounts:
    """How the concerned regions divide, one of them left out."""
    found = [rb.category for lanskod, rb in matter.regions.items() if lanskod != but]
    return RegionCounts(len(found), found.count("adopted"), found.count("rejected"), found.count("not_concerned"))


def recommendation(lifecycle: Lifecycle, matter: Matter) -> Recommendation:
    """What the regions are asked to adopt: the latest version, as it was approved."""
    u, track = matter.uppdrag, lifecycle.track
    for t in lifecycle.transitions:
        stated = u.facts.get(t.trigger)
        sets = {f.sets for f in t.facts}
        if stated and track and t.target in track.open_in and "proposal_version" in sets:
            known = {f.name: f for f in t.facts if f.name in stated}
            of_type = {f.type: str(stated[name]) for name, f in known.items()}
            days = (str(stated[name]) for name, f in known.items() if f.sets == "day")
            return Recommendation(
                version=u.proposal_version, paragraph=of_type.get("paragraph", ""), on=next(days, ""),
                justerad=str(stated.get("justerad", "")),
            )  # fmt: skip
    return Recommendation(version=u.proposal_version)


def window(lifecycle: Lifecycle, matter: Matter) -> PlannedTime | None:
    """The planned time that the regions are to meet; None where none has been stated."""
    return window_of(lifecycle, matter.uppdrag.times)


def window_of(lifecycle: Lifecycle, times: Iterable[PlannedTime]) -> PlannedTime | None:
    """The same among an uppdrag's planned times."""
    regional = {d.id for d in lifecycle.deadlines if d.regional}
    return next((t for t in times if t.deadline in regional), None)
