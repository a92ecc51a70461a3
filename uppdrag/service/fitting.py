"""How many regions a matter's planned time suffices for: the planner's verdict, as an agenda tells it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from definitions.holidays import work_calendar
from storage import meetings, uppdrag
from storage.database import Session
from uppdrag.service.planning import REMEMBERED, of_region
from workflow.following import window_of
from workflow.lifecycle import Lifecycle
from workflow.model import Uppdrag
from workflow.sammantraden import Sammantradesplan


class Fits:
    """How many regions a matter's planned time suffices for, as seen from a day; the calendars are read when first
    asked for."""

    def __init__(self, session: Session, today: date) -> None:
        self._session, self._today, self._work = session, today, work_calendar()
        self._calendars: Mapping[str, Sammantradesplan] | None = None
        self._known: dict[str, tuple[int, int] | None] = {}

    def of(self, lifecycle: Lifecycle, u: Uppdrag) -> tuple[int, int] | None:
        """The planner's verdict for an uppdrag that can be approved for decision in the regions; None for others."""
        if u.id not in self._known:
            self._known[u.id] = self._judged(lifecycle, u)
        return self._known[u.id]

    def _judged(self, lifecycle: Lifecycle, u: Uppdrag) -> tuple[int, int] | None:
        track, window = lifecycle.track, window_of(lifecycle, u.times)
        leads = track and any(t.target in track.open_in and "chefsgrupp" in t.roles for t in lifecycle.leaving[u.state])
        if track is None or not leads or window is None or u.state in track.open_in:
            return None
        if self._calendars is None:
            self._calendars = meetings.plans(self._session, self._today - REMEMBERED)
        tracks = uppdrag.load(self._session, u.id, seq=0, regions="*").regions.values()
        plans = [
            of_region(
                self._calendars.get(rb.region, Sammantradesplan(rb.region)), rb, track, window.span,
                today=self._today, work=self._work,
            )
            for rb in tracks if not rb.concluded
        ]  # fmt: skip
        return sum(p.fits for p in plans), len(plans)
