"""Named conditions that a definition may ask for. Each returns None, or the reason why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workflow.errors import Refusal
from workflow.model import Facts, Uppdrag

Condition = Callable[[Uppdrag, Facts], Refusal | None]


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition. `evidence` ones ask for something to have been recorded, and are waived when what happened before
    the system was there is entered."""

    condition: Condition
    label: str
    evidence: bool = False


def regions_concerned(u: Uppdrag, _: Facts) -> Refusal | None:
    return None if u.concerned else Refusal.of("no_regions")


def all_regions_concluded(u: Uppdrag, _: Facts) -> Refusal | None:
    left = len(u.concerned) - u.counts.decided
    return None if u.concerned and not left else Refusal.of("regions_left", left=left, concerned=len(u.concerned))


def some_region_open(u: Uppdrag, _: Facts) -> Refusal | None:
    return None if u.counts.decided < len(u.concerned) else Refusal.of("all_concluded")


def all_regions_adopted(u: Uppdrag, _: Facts) -> Refusal | None:
    wanted = len(u.concerned) - u.counts.not_concerned
    if u.concerned and u.counts.adopted == wanted > 0:
        return None
    return Refusal.of("not_all_adopted", adopted=u.counts.adopted, wanted=wanted)


def some_region_not_adopted(u: Uppdrag, _: Facts) -> Refusal | None:
    return None if all_regions_adopted(u, _) else Refusal.of("all_adopted")


def some_region_rejected(u: Uppdrag, _: Facts) -> Refusal | None:
    return None if u.counts.rejected else Refusal.of("none_rejected")


def no_region_rejected(u: Uppdrag, _: Facts) -> Refusal | None:
    return Refusal.of("some_rejected", rejected=u.counts.rejected) if u.counts.rejected else None


def consultations_closed(u: Uppdrag, _: Facts) -> Refusal | None:
    still = [c.number for c in u.consultations if c.open]
    return Refusal.of("consultation_open", round=", ".join(map(str, still))) if still else None


def consultation_open(u: Uppdrag, _: Facts) -> Refusal | None:
    return None if any(c.open for c in u.consultations) else Refusal.of("no_consultation_open")


def cost_analysed(_: Uppdrag, facts: Facts) -> Refusal | None:
    """A proposal with cost has an ekonomisk konsekvensanalys (verksamhetsplan 2026, section 6.1.2)."""
    if facts.get("medfor_kostnad") and not facts.get("konsekvensanalys"):
        return Refusal.of("analysis_missing")
    return None


def is_paused(u: Uppdrag, _: Facts) -> Refusal | None:
    return None if u.paused else Refusal.of("not_paused")


def has_time_to_move(u: Uppdrag, facts: Facts) -> Refusal | None:
    return None if facts.get("tidsgrans") or u.due or not facts else Refusal.of("no_time_to_move")


GUARDS: Mapping[str, Guard] = {
    "regions_concerned": Guard(regions_concerned, "minst en region är berörd"),
    "all_regions_concluded": Guard(all_regions_concluded, "alla berörda regioner har avslutat sin hantering"),
    "some_region_open": Guard(some_region_open, "någon region har inte avslutat sin hantering"),
    "all_regions_adopted": Guard(all_regions_adopted, "alla berörda regioner har antagit"),
    "some_region_not_adopted": Guard(some_region_not_adopted, "någon region har inte antagit"),
    "some_region_rejected": Guard(some_region_rejected, "någon region har avslagit"),
    "no_region_rejected": Guard(no_region_rejected, "ingen region har avslagit"),
    "consultations_closed": Guard(consultations_closed, "ingen remissrunda är öppen", evidence=True),
    "consultation_open": Guard(consultation_open, "en remissrunda är öppen"),
    "cost_analysed": Guard(cost_analysed, "ett förslag med kostnad har en ekonomisk konsekvensanalys", evidence=True),
    "is_paused": Guard(is_paused, "uppdraget är pausat"),
    "has_time_to_move": Guard(has_time_to_move, "det finns en planerad tid att flytta"),
}
"""Every guard that a definition may name."""
