"""The backward plan of one uppdrag: each region's road to a decision in a window, and what would help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from definitions.holidays import work_calendar
from storage import meetings, uppdrag
from uppdrag.intake.meetings import clean_body
from uppdrag.service.house import House
from workflow import following
from workflow.calendar import Span, local_date
from workflow.errors import Refusal, Refused
from workflow.facts import BadFact, clean_span
from workflow.lifecycle import Lifecycle, RegionTrack
from workflow.links import body_code
from workflow.model import Matter, Regionbeslut, Uppdrag
from workflow.planning import RegionPlan, bodies_of, plan_region, without_meeting
from workflow.sammantraden import Sammantradesplan
from workflow.status import Cell
from workflow.windows import Ranked, Survey, ranking, survey
from workflow.workdays import WorkCalendar

REMEMBERED = timedelta(days=366)
"""How far back meetings are read: those that say what was missed, and that a rule counts from."""
_BOARDS = frozenset({"AU", "RS", "RF"})


@dataclass(frozen=True, slots=True, kw_only=True)
class UppdragPlan:
    """How the regions of an uppdrag that have not concluded fit a window, by länskod.

    `stated`: somebody asked for this very window; otherwise it is the planned time of the regions. `concluded` are the
    länskoder of those that are not planned. `today` is the local day from which papers can be sent.
    """

    uppdrag: Uppdrag
    today: date
    window: Span
    stated: bool
    plans: tuple[RegionPlan, ...]
    concluded: tuple[str, ...]
    survey: Survey
    ranked: tuple[Ranked, ...]


def plan(house: House, id: str, *, now: datetime, window: str = "") -> UppdragPlan:
    """Plan an uppdrag backwards from a window in words ("Q3 2026"), or from the time planned for its regions.

    Raises NotFound; Refused where the lifecycle has no regions, none is left, or there is no window.
    """
    today, work = local_date(now), work_calendar()
    with house.database.reading() as session:
        matter = uppdrag.load(session, id, seq=0, regions="*")
        u = matter.uppdrag
        lifecycle = house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle
        left = _left(lifecycle, matter)
        asked = _window(lifecycle, matter, window, today)
        calendars = meetings.plans(session, today - REMEMBERED)
    plans = [
        of_region(
            calendars.get(rb.region, Sammantradesplan(rb.region)), rb, lifecycle.track, asked, today=today, work=work
        )
        for rb in left
    ]
    return UppdragPlan(
        uppdrag=u, today=today, window=asked, stated=bool(window), plans=tuple(plans),
        concluded=tuple(sorted(lanskod for lanskod, rb in matter.regions.items() if rb.concluded)),
        survey=survey(plans, asked, today=today),
        ranked=ranking(plans, calendars, asked, today=today, work=work),
    )  # fmt: skip


def of_region(
    calendar: Sammantradesplan, rb: Regionbeslut | Cell, track: RegionTrack | None, window: Span, *, today: date,
    work: WorkCalendar,
) -> RegionPlan:  # fmt: skip
    """One region's plan for a window, by what it has said of body and day."""
    decides = _decides(rb, calendar, track)
    if decides == "regiondirektor" and rb.planned_on is None:
        return without_meeting(rb.region, decides, window, today=today)
    return plan_region(
        calendar, bodies_of(decides), window, today=today, work=work, planned_on=rb.planned_on, planned_body=decides
    )


def _left(lifecycle: Lifecycle, matter: Matter) -> list[Regionbeslut]:
    """The regions that have not concluded, by länskod."""
    if lifecycle.track is None or not matter.regions:
        raise Refused([Refusal.of("no_track", lifecycle=lifecycle.id)], subject=matter.uppdrag.id)
    left = [rb for _, rb in sorted(matter.regions.items()) if not rb.concluded]
    if not left:
        raise Refused([Refusal.of("all_concluded")], subject=matter.uppdrag.id)
    return left


def _window(lifecycle: Lifecycle, matter: Matter, words: str, today: date) -> Span:
    if words:
        try:
            return clean_span(words, today)
        except BadFact as bad:
            refusal = Refusal.of(bad.code, label="Tiden", value=words[:80], expected=bad.expected)
            raise Refused([refusal]) from None
    planned = following.window(lifecycle, matter)
    if planned is None:
        raise Refused([Refusal.of("no_window")], subject=matter.uppdrag.id)
    return planned.span


def _decides(rb: Regionbeslut | Cell, calendar: Sammantradesplan, track: RegionTrack | None) -> str:
    """The body that decides in a region, as its calendar names it: as stated, else fullmäktige where it may.

    "nämnd" is the one nämnd whose meetings are known, where there is only one.
    """
    may = track.bodies if track else ()
    code = body_code(rb.planned_body or (may[-1] if may and "RF" not in may else "RF"))
    if code == "namnd":
        others = {m.body for m in calendar.meetings} - _BOARDS
        return others.pop() if len(others) == 1 else code
    try:
        return code if code in ("regiondirektor", "annan") else clean_body(code)
    except BadFact:
        return code
