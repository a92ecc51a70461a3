"""Chains of meetings: the last that a window takes, the first that can be reached, and what is not known of either.

A chain has one meeting of each body, in order, each beginning after the one before has ended. It can be reached where
no known handlingsstopp in it has passed and its first meeting has not been held. Each of these is a matter of one
meeting alone, or of two neighbours, so the last chain is found from its end, body by body, by binary search.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto

from workflow.sammantraden import FIRST_DAY, Sammantrade, Sammantradesplan
from workflow.workdays import WorkCalendar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingLink:
    """One meeting in a chain. `papers_by`: the handlingsstopp, None where nobody has stated one.

    `papers_to` is the body whose handlingsstopp it is: "papers to RS ten working days before AU" is AU's too, since AU
    prepares what RS gets, unless AU has one of its own.
    """

    body: str
    first: date
    last: date
    papers_by: date | None = None
    papers_to: str = ""
    period: str = ""
    example: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """Meetings of the bodies in order; never empty."""

    links: tuple[MeetingLink, ...]

    @property
    def entry(self) -> MeetingLink | None:
        """The link whose handlingsstopp comes first; None where that of the chain's first link is not known.

        The region itself carries the matter on, but papers to RS that are due before AU meets bind the kansli too.
        """
        if self.links[0].papers_by is None:
            return None
        return min((link for link in self.links if link.papers_by), key=lambda link: link.papers_by or date.max)

    @property
    def send_by(self) -> date | None:
        """The last day the kansli can send the papers; None where it is not known."""
        return self.entry.papers_by if self.entry else None

    @property
    def decides_on(self) -> date:
        """The day by which the decision is there: the last day of the last meeting."""
        return self.links[-1].last


class Reach(Enum):
    """Which chains count: those that can be reached for SURE, those that MAY be reached although the first
    handlingsstopp is unknown, those AHEAD whatever the papers, those HELD as well."""

    SURE = auto()
    MAY = auto()
    AHEAD = auto()
    HELD = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Where no chain could be made: no meeting of `body` that ends by `limit`, seen from the end."""

    body: str
    limit: date
    before: MeetingLink | None


class Search:
    """Looks for chains of one region. The days of `first` and `last` are both included."""

    def __init__(self, plan: Sammantradesplan, bodies: tuple[str, ...], *, today: date, work: WorkCalendar) -> None:
        self.plan, self.bodies, self.today, self.work = plan, bodies, today, work
        self._links: dict[tuple[int, int], MeetingLink] = {}
        self._covering = tuple(
            next((r for r in plan.rules if r.before == body and r.body != body and r.body in bodies[j + 1 :]), None)
            for j, body in enumerate(bodies)
        )

    def last(
        self, limit: date, reach: Reach, *, start: int = 0, sent_after: date | None = None
    ) -> tuple[MeetingLink, ...] | Break:
        """The last meetings of the bodies from number `start` on, of which the last ends by `limit`.

        `sent_after`: only where the first handlingsstopp is known, and all that are known come after that day.
        """
        links: list[MeetingLink] = []
        for j in range(len(self.bodies) - 1, start - 1, -1):
            found = self._latest(j, limit, reach, sent_after)
            if found is None:
                return Break(body=self.bodies[j], limit=limit, before=links[-1] if links else None)
            links.append(found)
            limit = found.first - _DAY
        return tuple(reversed(links))

    def first_end(self, reach: Reach, *, stop: int | None = None) -> date | None:
        """The earliest day by which the bodies before number `stop` (all of them) can have met, one after another."""
        end = self.today - _DAY
        for j in range(len(self.bodies) if stop is None else stop):
            found = self._earliest(j, end, reach)
            if found is None:
                return None
            end = found
        return end

    def earliest(self, reach: Reach) -> Chain | None:
        """The chain that decides earliest and, of those, the one that begins last."""
        end = self.first_end(reach)
        found = None if end is None else self.last(end, reach)
        return None if found is None or isinstance(found, Break) else Chain(found)

    def unknown(self, limit: date) -> tuple[str, ...] | None:
        """The bodies that may have meetings nobody has told of, in a chain that ends by `limit`; None where not even
        they could make one."""
        bodies: list[str] = []
        for j in range(len(self.bodies) - 1, -1, -1):
            if limit < self.today:
                return None
            if self.plan.known_until(self.bodies[j]) < limit:
                bodies.append(self.bodies[j])
            else:
                found = self._latest(j, limit, Reach.MAY, None)
                if found is None:
                    return None
                limit = found.first
            limit -= _DAY
        return tuple(reversed(bodies))

    def with_meeting(self, body: str, day: date) -> Search:
        """The same search, had a body one more meeting."""
        extra = Sammantrade(region=self.plan.region, body=body, first=day, last=day)
        plan = Sammantradesplan(self.plan.region, (*self.plan.meetings, extra), self.plan.rules)
        return Search(plan, self.bodies, today=self.today, work=self.work)

    def _latest(self, j: int, limit: date, reach: Reach, sent_after: date | None) -> MeetingLink | None:
        """The meeting that begins last of those that end by `limit`; a meeting that lasts longer hides none before."""
        held = self.plan.of(self.bodies[j])
        for i in range(bisect_right(held, limit, key=FIRST_DAY) - 1, -1, -1):
            meeting = held[i]
            if meeting.first < self.today and reach is not Reach.HELD:
                return None
            if meeting.last <= limit:
                link = self._link(j, i, meeting)
                if self._reached(j, link, reach) and (sent_after is None or _open_after(j, link, sent_after)):
                    return link
        return None

    def _earliest(self, j: int, after: date, reach: Reach) -> date | None:
        """The earliest last day of a meeting that begins after a day."""
        held = self.plan.of(self.bodies[j])
        best: date | None = None
        for i in range(bisect_right(held, after, key=FIRST_DAY), len(held)):
            meeting = held[i]
            if best is not None and meeting.first > best:
                break
            if (best is None or meeting.last < best) and self._reached(j, self._link(j, i, meeting), reach):
                best = meeting.last
        return best

    def _reached(self, j: int, link: MeetingLink, reach: Reach) -> bool:
        if reach in (Reach.AHEAD, Reach.HELD):
            return True
        if link.papers_by is None:
            return j > 0 or reach is Reach.MAY
        return link.papers_by >= self.today

    def _link(self, j: int, i: int, meeting: Sammantrade) -> MeetingLink:
        if (j, i) not in self._links:
            papers_by, papers_to = self._papers(j, meeting)
            self._links[j, i] = MeetingLink(
                body=meeting.body, first=meeting.first, last=meeting.last, papers_by=papers_by, papers_to=papers_to,
                period=meeting.period, example=meeting.example,
            )  # fmt: skip
        return self._links[j, i]

    def _papers(self, j: int, meeting: Sammantrade) -> tuple[date | None, str]:
        own = self.plan.papers_by(meeting, self.work)
        rule = self._covering[j]
        if own is not None or rule is None:
            return own, meeting.body if own else ""
        return self.work.add_working_days(meeting.first, -rule.working_days), rule.body


def _open_after(j: int, link: MeetingLink, day: date) -> bool:
    return j > 0 if link.papers_by is None else link.papers_by > day
