"""Meetings of the bodies that decide: dates, last days for papers, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from workflow.workdays import WorkCalendar

CHEFSGRUPP = "-"
"""Stands where a region would: the meetings of chefsgruppen."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Sammantrade:
    """One meeting of one body, from its first local day to its last; most have one day.

    `region` is a länskod, or CHEFSGRUPP. `body` is `AU`, `RS`, `RF`, `chefsgrupp` or a nämnd's own name. `papers_by`
    is the handlingsstopp that somebody has stated for this very meeting, None where nobody has. `published_on`: when
    the kallelse is published. `period` is the period of office in which the body sits, such as `2022–2026`; empty where
    unknown. `source` says where the date comes from. `example`: made up for demonstration.
    """

    region: str
    body: str
    first: date
    last: date
    papers_by: date | None = None
    published_on: date | None = None
    period: str = ""
    source: str = ""
    example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PapersRule:
    """A handlingsstopp stated as a rule: so many working days before the meeting of `before`, for papers to `body`.

    "Tio arbetsdagar före AU" for RS is `body="RS", before="AU", working_days=10`: it counts from the last AU before that
    RS. `stated_by` says who said so.
    """

    region: str
    body: str
    working_days: int
    before: str
    stated_by: str = ""


@dataclass(frozen=True, slots=True)
class Sammantradesplan:
    """Everything that is known of one region's meetings, or of chefsgruppen's."""

    region: str
    meetings: tuple[Sammantrade, ...] = ()
    rules: tuple[PapersRule, ...] = ()
    _by_body: dict[str, tuple[Sammantrade, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for body in {m.body for m in self.meetings}:
            held = sorted((m for m in self.meetings if m.body == body), key=lambda m: (m.first, m.last))
            self._by_body[body] = tuple(held)

    def of(self, body: str) -> Sequence[Sammantrade]:
        """The meetings of a body, earliest first."""
        return self._by_body.get(body, ())

    def papers_by(self, meeting: Sammantrade, work: WorkCalendar) -> date | None:
        """The handlingsstopp of a meeting: as stated for it, else by the body's rule, else None."""
        if meeting.papers_by is not None:
            return meeting.papers_by
        rule = next((r for r in self.rules if r.body == meeting.body), None)
        if rule is None:
            return None
        counted_from = meeting.first
        if rule.before != meeting.body:
            earlier = [m.first for m in self.of(rule.before) if m.first <= meeting.first]
            if not earlier:
                return None
            counted_from = earlier[-1]
        return work.add_working_days(counted_from, -rule.working_days)


def plans_by_region(meetings: Iterable[Sammantrade], rules: Iterable[PapersRule] = ()) -> dict[str, Sammantradesplan]:
    """What is known, by region."""
    held: dict[str, list[Sammantrade]] = {}
    stated: dict[str, list[PapersRule]] = {}
    for meeting in meetings:
        held.setdefault(meeting.region, []).append(meeting)
    for rule in rules:
        stated.setdefault(rule.region, []).append(rule)
    return {
        region: Sammantradesplan(region, tuple(held.get(region, ())), tuple(stated.get(region, ())))
        for region in sorted({*held, *stated})
    }
