"""Justering, tillkännagivande and laga kraft: the last days that the law gives, and the earliest day it allows.

Working knowledge of a secretariat, not legal advice. Which days are free is asked of `is_working`, as WorkCalendar has
it: Saturdays, Sundays, public holidays, midsommarafton, julafton and nyårsafton are not, which are the days that 2 §
lagen (1930:173) om beräkning av lagstadgad tid names.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from workflow.model import Decision

IsWorking = Callable[[date], bool]

WITHOUT_JUSTERING = ("regiondirektor", "annan")
"""Bodies that keep no protocol: an office holder's decision is not justerat."""

_DAY = timedelta(days=1)


def justeras_senast(held: date) -> date:
    """The last day to justera the protocol of a meeting held on a day: within 14 days (kommunallagen 5 kap. 69 §, for
    styrelse and nämnder through 6 kap. 35 §)."""
    return held + timedelta(days=14)


def tillkannages_senast(justerat: date) -> date:
    """The last day to announce a justering on the anslagstavla: the second day after it (kommunallagen 8 kap. 12 §)."""
    return justerat + timedelta(days=2)


def overklagas_senast(announced: date, is_working: IsWorking) -> date:
    """The last day to appeal: within three weeks from the day of the announcement (kommunallagen 13 kap. 5 §).

    Weeks end on the weekday on which they began, and a last day that is not a working day moves to the next (1 and
    2 §§ lagen 1930:173).
    """
    return next_working(announced + timedelta(weeks=3), is_working)


def laga_kraft_tidigast(d: Decision, is_working: IsWorking) -> date | None:
    """The first day on which a decision can have laga kraft, were nobody to appeal; None where no day is known.

    It counts from the tillkännagivande, or from the justering where only that is known: it was not announced before.
    Only what is justerat wins laga kraft in this way: a delegationsbeslut or verkställighet has no such day here.
    """
    announced = d.tillkannagivet or d.justerat
    if announced is None or not has_justering(d):
        return None
    return overklagas_senast(announced, is_working) + _DAY


def has_justering(d: Decision) -> bool:
    """Whether a decision is of the kind whose protocol is justerat: fullmäktige's, styrelsens and the nämnder's own."""
    return d.kind == "beslut" and d.body not in WITHOUT_JUSTERING


def next_working(day: date, is_working: IsWorking) -> date:
    """The day itself, or the first working day after it."""
    while not is_working(day):
        day += _DAY
    return day
