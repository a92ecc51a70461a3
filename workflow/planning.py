"""The backward plan of one region: its last chain of meetings in a window, when papers must leave, and what is missing.

The verdict has three values and keeps to what is known. `ryms`: a chain of known meetings fits, and its handlingsstopp
is known and has not passed. `ryms_inte`: no chain fits, whatever the dates that nobody has told of turn out to be.
`uppgift_saknas`: such a date decides. Days are local dates; `today` is the day from which papers can be sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from workflow.calendar import Span
from workflow.chains import Break, Chain, MeetingLink, Reach, Search
from workflow.sammantraden import Sammantradesplan, period_of, same_period
from workflow.workdays import WorkCalendar

Verdict = Literal["ryms", "ryms_inte", "uppgift_saknas"]

WITHOUT_MEETING = ("regiondirektor", "annan")
"""Who may decide without a meeting: the director, or somebody else than the bodies that are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that is not known, and the office to ask.

    `papers_by`: the handlingsstopp to `body` for its meeting on `day`. `meetings`: no meeting of `body` is known from
    today on, they are needed up to `day`. `later_meetings`: none is known after `day`. `bodies`: which bodies are to
    decide. `outcome`: what `body` decided on `day`, which the region had stated.
    """

    what: Literal["papers_by", "meetings", "later_meetings", "bodies", "outcome"]
    body: str = ""
    day: date | None = None
    ask: str = "namndsekreterare"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What the verdict rests on: a code and its facts; the words are elsewhere.

    `last_chain`: `body` meets last on `day`, papers to `papers_to` by `papers_by`. `papers_passed`: the same, but that
    day has gone. `meeting_passed`: `body`, the first link, met on `day`, before today. `no_chain`: `body` has no
    meeting up to `day`, before that of `before` on `before_day` where it is not the last. `window_passed`: the window
    ended on `day`. `stated_date`, `stated_date_late`: the region has stated `day`, for `body`. `papers_unknown`: the
    handlingsstopp to `body` on `day`. `meetings_unknown`: those of `body`. `bodies_unknown`: who decides.
    `no_meeting`: `body` decides without one.
    """

    code: Literal[
        "last_chain", "papers_passed", "meeting_passed", "no_chain", "window_passed", "stated_date",
        "stated_date_late", "papers_unknown", "meetings_unknown", "bodies_unknown", "no_meeting",
    ]  # fmt: skip
    body: str = ""
    day: date | None = None
    papers_to: str = ""
    papers_by: date | None = None
    before: str = ""
    before_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something to know about the chain, or about the earliest possible where that one does not fit.

    `shift_of_boards`: `before` meets on `before_day` in one period of office and `after` on `after_day` in the next;
    `stated` where the calendars say so, else by the general rule. `not_in_calendar`: `after` has no known meeting on
    the day `after_day` that the region has stated. `example`: the calendar is made up.
    """

    code: Literal["shift_of_boards", "not_in_calendar", "example"]
    stated: bool = True
    before: str = ""
    before_day: date | None = None
    after: str = ""
    after_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPlan:
    """One region's road to a decision in a window.

    `chain` is the chain that the verdict speaks of: the last that fits; where none does, the last that would have,
    papers aside; empty where there is none. `send_by`, `decides_on` and `slack_working_days` (from today to `send_by`,
    negative where it has passed) are that chain's, None where unknown. `first_possible` is the earliest chain that is
    not ruled out, its handlingsstopp perhaps unknown; `first_sure` the earliest that is known to be within reach.
    `stated`: the region's own date decided.
    """

    region: str
    bodies: tuple[str, ...]
    verdict: Verdict
    why: Why
    chain: tuple[MeetingLink, ...] = ()
    send_by: date | None = None
    decides_on: date | None = None
    slack_working_days: int | None = None
    missing: tuple[Missing, ...] = ()
    notes: tuple[Note, ...] = ()
    first_possible: Chain | None = None
    first_sure: Chain | None = None
    stated: bool = False

    @property
    def fits(self) -> bool:
        return self.verdict == "ryms"


def plan_region(
    plan: Sammantradesplan, bodies: tuple[str, ...], window: Span, *, today: date, work: WorkCalendar,
    planned_on: date | None = None, planned_body: str = "",
) -> RegionPlan:  # fmt: skip
    """One region's plan for a window: `bodies` meet in that order, and the last has met by the window's last day.

    A region that has stated a date is judged by it alone. Decisions before the window's first day are welcome.
    """
    if planned_on is not None:
        return _stated(plan, bodies, window, today, work, planned_on, planned_body)
    if not bodies:
        missing = Missing(what="bodies", ask="kontakt")
        return RegionPlan(
            region=plan.region, bodies=(), verdict="uppgift_saknas", why=Why(code="bodies_unknown"), missing=(missing,)
        )
    search = Search(plan, bodies, today=today, work=work)
    verdict, why, chain, missing_dates = _judged(search, window.last)
    possible = search.earliest(Reach.MAY)
    notes = _notes(chain) if verdict == "ryms" else tuple(dict.fromkeys((*_notes(chain), *_notes(possible))))
    send_by = chain.send_by if chain else None
    if why.code == "papers_passed":
        send_by = why.papers_by  # though the first handlingsstopp is unknown
    return RegionPlan(
        region=plan.region, bodies=bodies, verdict=verdict, why=why, chain=chain.links if chain else (),
        send_by=send_by, decides_on=chain.decides_on if chain else None,
        slack_working_days=None if send_by is None else work.working_days_between(today, send_by),
        missing=missing_dates, notes=notes, first_possible=possible, first_sure=search.earliest(Reach.SURE),
    )  # fmt: skip


def without_meeting(region: str, decides: str, window: Span, *, today: date) -> RegionPlan:
    """The plan of a region where `decides`, an office holder, needs no meeting: no calendar stands in the way."""
    if window.last < today:
        return RegionPlan(region=region, bodies=(), verdict="ryms_inte", why=Why(code="window_passed", day=window.last))
    return RegionPlan(region=region, bodies=(), verdict="ryms", why=Why(code="no_meeting", body=decides))


def bodies_of(decides: str) -> tuple[str, ...]:
    """The bodies that a matter passes, in order, where `decides` is the last of them: fullmäktige if nobody has said.

    Empty for a director or another office holder, who needs no meeting (DOMAIN: AU prepares for RS, RS for RF).
    """
    match decides:
        case "" | "RF":
            return "AU", "RS", "RF"
        case "RS":
            return "AU", "RS"
        case _ if decides in WITHOUT_MEETING:
            return ()
        case _:
            return (decides,)


def _judged(search: Search, limit: date) -> tuple[Verdict, Why, Chain | None, tuple[Missing, ...]]:
    if limit < search.today:
        return "ryms_inte", Why(code="window_passed", day=limit), None, ()
    unknown = search.unknown(limit)
    found = search.last(limit, Reach.MAY)
    if unknown is None:
        why, chain = _broken(search, limit)
        return "ryms_inte", why, chain, ()
    missing = tuple(_meetings_of(search, body, limit) for body in unknown)
    if isinstance(found, Break):
        return "uppgift_saknas", Why(code="meetings_unknown", body=unknown[-1]), None, missing
    first = found[0]
    if first.papers_by is None:
        missing = (Missing(what="papers_by", body=first.body, day=first.first), *missing)
        sure = search.last(limit, Reach.SURE)
        if isinstance(sure, Break):
            return "uppgift_saknas", Why(code="papers_unknown", body=first.body, day=first.first), Chain(found), missing
        found = sure
    chain = Chain(found)
    return "ryms", _speaking_of("last_chain", chain), chain, missing


def _broken(search: Search, limit: date) -> tuple[Why, Chain | None]:
    """Why nothing fits, and the last chain that would have, had the papers been in."""
    ahead = search.last(limit, Reach.AHEAD)
    if not isinstance(ahead, Break):
        chain = Chain(ahead)
        return _speaking_of("papers_passed", chain), chain
    held = search.last(limit, Reach.HELD)
    if not isinstance(held, Break) and held[-1].last >= search.today:
        return Why(code="meeting_passed", body=held[0].body, day=held[0].first), Chain(held)
    before = ahead.before
    why = Why(
        code="no_chain", body=ahead.body, day=ahead.limit, before=before.body if before else "",
        before_day=before.first if before else None,
    )  # fmt: skip
    return why, None


def _speaking_of(code: Literal["last_chain", "papers_passed"], chain: Chain) -> Why:
    decides = chain.links[-1]
    passed = min((link for link in chain.links if link.papers_by), key=lambda link: link.papers_by or date.max)
    return Why(code=code, body=decides.body, day=decides.first, papers_to=passed.papers_to, papers_by=passed.papers_by)


def _meetings_of(search: Search, body: str, limit: date) -> Missing:
    last = search.plan.last_known(body)
    if last is None or last < search.today:
        return Missing(what="meetings", body=body, day=limit)
    return Missing(what="later_meetings", body=body, day=last)


def _notes(chain: Chain | None) -> tuple[Note, ...]:
    if chain is None:
        return ()
    notes = []
    for one, other in pairwise(chain.links):
        before = one.period or period_of(one.body, one.first)
        after = other.period or period_of(other.body, other.first)
        if not same_period(before, after):
            notes.append(
                Note(
                    code="shift_of_boards", stated=bool(one.period and other.period), before=one.body,
                    before_day=one.first, after=other.body, after_day=other.first,
                )
            )  # fmt: skip
    if any(link.example for link in chain.links):
        notes.append(Note(code="example"))
    return tuple(notes)


def _stated(
    plan: Sammantradesplan, bodies: tuple[str, ...], window: Span, today: date, work: WorkCalendar, day: date,
    body: str,
) -> RegionPlan:  # fmt: skip
    body = body or (bodies[-1] if bodies else "")
    meeting = plan.on(body, day)
    papers_by = plan.papers_by(meeting, work) if meeting else None
    link = MeetingLink(
        body=body, first=day, last=day, papers_by=papers_by, papers_to=body if papers_by else "",
        period=meeting.period if meeting else "", example=bool(meeting and meeting.example),
    )  # fmt: skip
    fits = day <= window.last
    known = meeting is not None or body in ("", *WITHOUT_MEETING)
    return RegionPlan(
        region=plan.region, bodies=bodies, verdict="ryms" if fits else "ryms_inte",
        why=Why(code="stated_date" if fits else "stated_date_late", body=body, day=day), chain=(link,),
        send_by=papers_by, decides_on=day,
        slack_working_days=None if papers_by is None else work.working_days_between(today, papers_by),
        missing=(Missing(what="outcome", body=body, day=day),) if day < today else (),
        notes=() if known else (Note(code="not_in_calendar", after=body, after_day=day),),
        first_possible=Chain((link,)), first_sure=Chain((link,)), stated=True,
    )  # fmt: skip
