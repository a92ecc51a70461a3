"""Which reminder comes next, to whom, on which morning, and why that morning.

A plan is made for one track: an uppdrag's own (region `-`) or one region's. What counts down leaves early rather than
late, and never after the day it counts to; what follows up a planned time that has passed never leaves before it has.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workflow import gallring
from workflow.lifecycle import Lifecycle, ReminderStep
from workflow.message import NONE, Occasion
from workflow.model import Decision, PlannedTime, Regionbeslut, Uppdrag
from workflow.own_dates import KOMPLETTERING, OWN_DATES, PROTOKOLL, asked_by
from workflow.sammantraden import Sammantradesplan
from workflow.workdays import WorkCalendar

SILENCE_AFTER_STATED = 10
"""Working days after a region's own stated date during which it is left in peace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One step to one office. `due` is the day it counts to, `send_on` the morning it leaves, `why` how that came.

    `stands`: it is not passed over where its morning came before the plan was made.
    """

    occasion: Occasion
    template: str
    due: date
    send_on: date
    counts_down: bool
    why: str
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """The reminders of a track on a morning: to send now, and passed over because a later one says it."""

    send: tuple[Reminder, ...]
    skip: tuple[Reminder, ...]


def of_uppdrag(
    lifecycle: Lifecycle, u: Uppdrag, calendar: WorkCalendar, *, meetings: Sammantradesplan | None = None
) -> list[Reminder]:
    """The reminders of the uppdrag's own planned time, the next to be met; none when it is paused or finished.

    `meetings` are chefsgruppen's, where they are known.
    """
    planned = u.due
    if u.final or u.paused or planned is None or _regional(lifecycle, planned.deadline):
        return []
    last = due_day(lifecycle, planned, meetings)
    named = "" if last == planned.span.last else "chefsgruppens sista möte"
    at = Occasion(uppdrag=u.id, deadline=planned.deadline, step="", round=u.round)
    return _plan(lifecycle, at, (last, named), last, calendar, silent_until=None, silent=False)


def due_day(lifecycle: Lifecycle, planned: PlannedTime, meetings: Sammantradesplan | None) -> date:
    """The day that a planned time counts to: the last day of its span, or of chefsgruppen's last meeting within it
    where it is met at one and any is known."""
    span = planned.span
    if meetings is not None and any(d.id == planned.deadline and d.at_meeting for d in lifecycle.deadlines):
        within = [m.last for m in meetings.of("chefsgrupp") if span.first <= m.first and m.last <= span.last]
        return max(within, default=span.last)
    return span.last


def of_region(
    lifecycle: Lifecycle, u: Uppdrag, rb: Regionbeslut, calendar: WorkCalendar, *, papers_by: date | None = None
) -> list[Reminder]:
    """The reminders to one region; none where it has concluded or the matter is not with the regions.

    `papers_by` is the handlingsstopp of the last chain of meetings that fits the window; without one the window's end
    counts.
    """
    track = lifecycle.track
    if track is None or u.final or u.paused or rb.concluded or u.state not in track.open_in:
        return []
    planned = regional_time(lifecycle, u)
    if planned is None:
        return []
    last = planned.span.last
    due = (papers_by, "handlingsstopp") if papers_by and papers_by <= last else (last, "")
    silent = rb.planned_on is None and not rb.dnr and not rb.decisions
    until = silent_until(rb, calendar)
    at = Occasion(uppdrag=u.id, region=rb.region, deadline=planned.deadline, step="", round=u.round)
    return _plan(lifecycle, at, due, last, calendar, silent_until=until, silent=silent)


def of_own_dates(
    lifecycle: Lifecycle, u: Uppdrag, rb: Regionbeslut, calendar: WorkCalendar, *, registered: Callable[[int], date]
) -> list[Reminder]:
    """What the kansli itself is reminded of about one region: a protokollsutdrag that has not come, something to
    complete. The first also of a region that has concluded and of an uppdrag that is finished; none while it is paused.

    Instead of a round these occasions have the number of the decision that they follow from. `registered`: the local
    day on which an event was registered, by its seq; asked only where a decision's own day is unknown.
    """
    found: list[Reminder] = []
    for own_date in OWN_DATES:
        d = _decision_behind(own_date, u, rb)
        if d is None:
            continue
        at = Occasion(uppdrag=u.id, region=rb.region, deadline=own_date, step="", round=d.number)
        if own_date == PROTOKOLL:
            due = (d.on, "beslutet") if d.on else (registered(d.seq), "registreringen")
        elif rb.task and rb.task.due:
            due = rb.task.due, "sista dag att komplettera"
        else:
            continue
        found += _plan(lifecycle, at, due, due[0], calendar, silent_until=None, silent=False)
    return found


def owners(occasion: Occasion, u: Uppdrag, rb: Regionbeslut | None) -> tuple[str, ...]:
    """The names of those who answer for what an occasion asks, the first that mail reaches: who is to complete what was
    sent back, by chefsgruppen or by a region, and who is ansvarig for the uppdrag."""
    tasks = {KOMPLETTERING: rb.task if rb else None, PROTOKOLL: None}
    task = tasks.get(occasion.deadline, u.task)
    return (task.owner, u.owner) if task else (u.owner,)


def _decision_behind(own_date: str, u: Uppdrag, rb: Regionbeslut) -> Decision | None:
    """The decision that one of the kansli's own dates follows from; None where nothing is awaited."""
    over = u.paused or (u.final and own_date == KOMPLETTERING) or bool(gallring.number_of(u))
    return None if over else asked_by(own_date, rb)


def regional_time(lifecycle: Lifecycle, u: Uppdrag) -> PlannedTime | None:
    """The planned time that the regions are to meet and that is not met, or None."""
    return next((p for p in u.times if not p.met and _regional(lifecycle, p.deadline)), None)


def silent_until(rb: Regionbeslut, calendar: WorkCalendar) -> date | None:
    """The last day on which a region that has stated a date is left in peace; None where it has stated none."""
    return None if rb.planned_on is None else calendar.add_working_days(rb.planned_on, SILENCE_AFTER_STATED)


def split(plan: Sequence[Reminder], served: Collection[Occasion], *, since: date, today: date) -> Split:
    """What leaves today: for each office the latest step that is due; those before it are passed over.

    A step whose morning came before the plan was made (`since`) is passed over too: it was never due, unless it stands.
    So is one that counts down to a day that has gone.
    """
    fresh = [r for r in plan if r.occasion not in served and r.send_on <= today]
    alive = [r for r in fresh if (r.stands or r.send_on >= since) and not (r.counts_down and r.due < today)]
    latest: dict[tuple[str, str], Reminder] = {}
    for r in sorted(alive, key=lambda r: (r.send_on, r.due)):
        latest[r.occasion.deadline, r.occasion.office] = r
    send = tuple(latest.values())
    return Split(send, tuple(r for r in fresh if r not in send))


def next_morning(plan: Sequence[Reminder], served: Collection[Occasion], *, since: date) -> date | None:
    """The first day on which something of the plan is still to leave; None where nothing is."""
    days = [r.send_on for r in plan if r.occasion not in served and (r.stands or r.send_on >= since)]
    return min(days, default=None)


def still_missing(occasion: Occasion, u: Uppdrag, rb: Regionbeslut | None) -> bool:
    """Whether what was asked for at an occasion has not come, and the uppdrag still goes on as it did then.

    `rb` is the region's track where the occasion has a region. Knows no calendar: whether it is time is for the plan.
    """
    if occasion.deadline in OWN_DATES:
        behind = _decision_behind(occasion.deadline, u, rb) if rb else None
        return behind is not None and behind.number == occasion.round
    if u.final or u.paused or u.round != occasion.round:
        return False
    if not any(t.deadline == occasion.deadline and not t.met for t in u.times):
        return False
    return occasion.region == NONE or (rb is not None and not rb.concluded)


def _regional(lifecycle: Lifecycle, deadline: str) -> bool:
    return any(d.id == deadline and d.regional for d in lifecycle.deadlines)


def _plan(
    lifecycle: Lifecycle, at: Occasion, due: tuple[date, str], last: date, calendar: WorkCalendar, *,
    silent_until: date | None, silent: bool,
) -> list[Reminder]:  # fmt: skip
    """The steps that count from an occasion's deadline, to each office; `at` lacks both."""
    own = at.deadline in OWN_DATES
    reminders = []
    for step in lifecycle.reminders:
        if step.deadline != at.deadline or (step.only_if_silent and not silent):
            continue
        morning = _morning(step, due, last, calendar, silent_until)
        if morning is None:
            continue
        send_on, counted_to, why = morning
        for office in step.audience:
            occasion = Occasion(
                uppdrag=at.uppdrag, region=at.region, deadline=at.deadline, step=step.id, round=at.round, office=office
            )
            reminders.append(
                Reminder(
                    occasion=occasion, template=step.template, due=counted_to, send_on=send_on,
                    counts_down=step.weeks < 0, why=why, stands=own and step.weeks >= 0,
                )
            )  # fmt: skip
    return sorted(reminders, key=lambda r: (r.send_on, r.occasion))


def _morning(
    step: ReminderStep, due: tuple[date, str], window_ends: date, calendar: WorkCalendar, silent_until: date | None
) -> tuple[date, date, str] | None:
    """The day a step leaves, the day it counts to and why; None where a stated date makes it needless."""
    day, named = due
    counted_to = day if step.weeks < 0 else window_ends
    named = f"{named} " if named and counted_to == day else ""
    wished = counted_to + (timedelta(weeks=step.weeks) if step.weeks else timedelta(days=1))
    send_on = calendar.earlier(wished)
    if step.weeks >= 0 and send_on <= window_ends:
        send_on = calendar.later(window_ends + timedelta(days=1))
    why = f"{_weeks(step.weeks)} {named}{counted_to.isoformat()}"
    if send_on != wished:
        why += f"; {wished.isoformat()} är ledig eller tyst"
    if silent_until is not None and send_on <= silent_until:
        if step.weeks < 0:
            return None
        send_on = calendar.later(silent_until + timedelta(days=1))
        why += f"; regionen har angett ett datum, tio arbetsdagar efter det är {silent_until.isoformat()}"
    return send_on, counted_to, why


def _weeks(weeks: int) -> str:
    if not weeks:
        return "dagen efter"
    count = "en vecka" if abs(weeks) == 1 else f"{abs(weeks)} veckor"
    return f"{count} {'före' if weeks < 0 else 'efter'}"
