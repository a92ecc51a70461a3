"""What mornings are counted from: the days on which people work, and the meetings that are known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from storage import log, meetings
from storage.database import Session
from uppdrag.service import justering
from workflow.calendar import Span, local_date
from workflow.chains import Break, Chain, Reach, Search
from workflow.lifecycle import Lifecycle
from workflow.model import Matter, Regionbeslut, Uppdrag
from workflow.planning import bodies_of
from workflow.reminders import Reminder, of_own_dates, of_region, of_uppdrag, regional_time
from workflow.sammantraden import CHEFSGRUPP, Sammantradesplan
from workflow.workdays import WorkCalendar


class Almanac:
    """The meetings are read when first asked for, and then good for one tick or one question."""

    def __init__(self, work: WorkCalendar) -> None:
        self.work = work
        self._meetings: Mapping[str, Sammantradesplan] | None = None
        self._papers: dict[tuple[object, ...], date | None] = {}
        self._waits: dict[str, bool] = {}

    def of_uppdrag(self, session: Session, lifecycle: Lifecycle, u: Uppdrag) -> list[Reminder]:
        """The reminders of the uppdrag's own planned time."""
        return of_uppdrag(lifecycle, u, self.work, meetings=self._known(session).get(CHEFSGRUPP))

    def of_region(
        self, session: Session, lifecycle: Lifecycle, matter: Matter, rb: Regionbeslut, since: date
    ) -> list[Reminder]:
        """The reminders to one region, whose plan began on the local day `since`, and the kansli's own about it. A
        region is not reminded of what chefsgruppen approved under a § that is not justerad."""
        u = matter.uppdrag
        if u.id not in self._waits:
            self._waits[u.id] = bool(justering.awaited(session, lifecycle, matter))
        if self._waits[u.id]:
            return self.of_own_dates(session, lifecycle, u, rb)
        planned = regional_time(lifecycle, u)
        papers_by = None if planned is None else self._papers_by(session, rb, planned.span, since)
        to_region = of_region(lifecycle, u, rb, self.work, papers_by=papers_by)
        return [*to_region, *self.of_own_dates(session, lifecycle, u, rb)]

    def of_own_dates(self, session: Session, lifecycle: Lifecycle, u: Uppdrag, rb: Regionbeslut) -> list[Reminder]:
        """The kansli's own reminders about one region."""

        def registered(seq: int) -> date:
            return local_date(log.read_one(session, u.id, seq).registered_at)

        return of_own_dates(lifecycle, u, rb, self.work, registered=registered)

    def _papers_by(self, session: Session, rb: Regionbeslut, window: Span, since: date) -> date | None:
        """The handlingsstopp of the last chain of meetings that ends in the window and could be reached when the plan
        began; None where no such chain is known, and then the window's own end counts."""
        plan = self._known(session).get(rb.region)
        bodies = bodies_of(rb.planned_body)
        if plan is None or not bodies:
            return None
        key = rb.region, bodies, window, since
        if key not in self._papers:
            found = Search(plan, bodies, today=since, work=self.work).last(window.last, Reach.SURE)
            chain = None if isinstance(found, Break) else Chain(found)
            self._papers[key] = chain.send_by if chain and chain.decides_on >= window.first else None
        return self._papers[key]

    def _known(self, session: Session) -> Mapping[str, Sammantradesplan]:
        if self._meetings is None:
            self._meetings = meetings.plans(session)
        return self._meetings
