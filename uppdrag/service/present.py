"""The uppdrag as they stand now, read once: their plans and their threads of mail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from storage import mailed, outbox
from storage import uppdrag as stored
from storage.database import Session
from uppdrag.service.almanac import Almanac
from uppdrag.service.house import House
from uppdrag.service.meeting_duties import Rhythm, day_of, rhythm
from workflow.errors import NotFound
from workflow.lifecycle import Lifecycle
from workflow.message import NONE, Intent, Occasion
from workflow.model import Matter, Regionbeslut, Uppdrag
from workflow.own_dates import OWN_DATES
from workflow.reminders import Reminder, of_region
from workflow.workdays import WorkCalendar


class Present:
    """What one composing has read. Good for one transaction."""

    def __init__(self, house: House, session: Session, calendar: WorkCalendar) -> None:
        self._house, self._session, self._calendar = house, session, calendar
        self._almanac = Almanac(calendar)
        self._matters: dict[tuple[str, bool], tuple[Matter, Lifecycle] | None] = {}
        self._plans: dict[tuple[object, ...], dict[tuple[str, str, int, str], Reminder]] = {}
        self._rhythms: dict[date, Rhythm | None] = {}
        self._threads: dict[str, dict[tuple[str, str], tuple[str, ...]]] = {}

    def matter(self, id: str, *, regions: bool = True) -> tuple[Matter, Lifecycle] | None:
        """An uppdrag with all its regions, or with none, and its lifecycle; None where there is none."""
        key = id, regions
        if key not in self._matters:
            try:
                matter = stored.load(self._session, id, seq=0, regions="*" if regions else None)
            except NotFound:
                self._matters[key] = None
            else:
                self._matters[key] = matter, self._lifecycle(matter.uppdrag)
        return self._matters[key]

    def read_uppdrag(self, day: date) -> None:
        """Read at once those that something by this day is about; others are read when they are asked for."""
        for u in stored.to_remind_of(self._session, day):
            self._matters[u.id, False] = Matter(uppdrag=u, regions={}, seq=0), self._lifecycle(u)

    def read_threads(self, waiting: Iterable[Intent], day: date) -> None:
        """The same for the threads, once no more mails are taken back."""
        self._threads = {i.occasion.uppdrag: {} for i in waiting}
        self._threads.update(mailed.threads_waited_for(self._session, day))

    def asked(self, intent: Intent) -> tuple[Matter, Lifecycle] | None:
        """What an intent is about, with the regions where it is about one of them."""
        return self.matter(intent.occasion.uppdrag, regions=intent.occasion.region != NONE)

    def uppdrag(self, intent: Intent) -> Uppdrag | None:
        """The uppdrag that an intent is about."""
        found = self.asked(intent)
        return found[0].uppdrag if found else None

    def region(self, intent: Intent) -> Regionbeslut | None:
        """The region's track that an intent is about; None where it is about none."""
        found = self.asked(intent)
        return found[0].regions.get(intent.occasion.region) if found else None

    def rhythm(self, day: date, today: date) -> Rhythm | None:
        """Chefsgruppen's meeting on a day with its reminders; None where there is none."""
        if day not in self._rhythms:
            self._rhythms[day] = rhythm(self._session, day, self._calendar, today=today)
        return self._rhythms[day]

    def in_plan(self, intent: Intent, today: date) -> Reminder | None:
        """The reminder of the present plan that an intent was made for; None where the plan has it no longer.

        Its occasion may name another track: those of which the same is known share a plan.
        """
        at = intent.occasion
        if (day := day_of(at.uppdrag)) is not None:
            known = self.rhythm(day, today)
            return next((r for r in known.reminders if r.occasion == at), None) if known else None
        found = self.asked(intent)
        if found is None:
            return None
        matter, lifecycle = found
        rb = matter.regions.get(at.region)
        if at.region != NONE and rb is None:
            return None
        u, calendar = matter.uppdrag, self._calendar
        if rb and at.deadline in OWN_DATES:
            own = self._almanac.of_own_dates(self._session, lifecycle, u, rb)
            return next((r for r in own if r.occasion == at), None)
        papers_by = intent.due if rb and intent.expires_on else None
        of_rb = (rb.planned_on, rb.concluded, bool(rb.dnr), bool(rb.decisions)) if rb else None
        of_u = (u.lifecycle, u.lifecycle_version, u.state, u.final, bool(u.paused), u.round, u.times)
        key = (of_u, of_rb, papers_by)
        plan = self._plans.get(key)
        if plan is None:
            if rb:
                made = of_region(lifecycle, u, rb, calendar, papers_by=papers_by)
            else:
                made = self._almanac.of_uppdrag(self._session, lifecycle, u)
            plan = self._plans[key] = {_step(r.occasion): r for r in made}
        return plan.get(_step(at))

    def thread(self, of: str, at: str, recipient: str) -> tuple[str, ...]:
        """The earlier Message-IDs to a recipient about an uppdrag and a region (`-`: several), oldest first."""
        if of == NONE:
            return outbox.thread(self._session, of, at, recipient).references
        if of not in self._threads:
            self._threads[of] = mailed.threads(self._session, of)
        return self._threads[of].get((at, recipient), ())

    def _lifecycle(self, u: Uppdrag) -> Lifecycle:
        return self._house.engine(self._session, u.lifecycle, u.lifecycle_version).lifecycle


def _step(at: Occasion) -> tuple[str, str, int, str]:
    """An occasion without its track."""
    return at.deadline, at.step, at.round, at.office
