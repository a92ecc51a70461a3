"""Working days and mornings: when a mail may leave so that somebody can still act on it.

Days are local dates in Europe/Stockholm; moments are aware. Which days are free and which weeks are quiet is given, not
known here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter

from workflow.calendar import STOCKHOLM

OPENS, CLOSES = time(8), time(11)
"""Mail leaves between these, local time, Monday to Friday."""

_DAY = timedelta(days=1)
_FIRST = attrgetter("first")


@dataclass(frozen=True, slots=True)
class QuietPeriod:
    """Days, both included, when what would be sent is sent earlier instead."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """`free` are the holidays that are not weekends; `quiet` the periods when nobody reads, in order and apart;
    `known_until` the last year whose holidays are known."""

    free: frozenset[date]
    quiet: tuple[QuietPeriod, ...] = ()
    known_until: int = 9999
    _free_weekdays: tuple[date, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_free_weekdays", tuple(sorted(day for day in self.free if day.weekday() < 5)))

    def is_working(self, day: date) -> bool:
        """Whether people work that day."""
        return day.weekday() < 5 and day not in self.free

    def is_quiet(self, day: date) -> bool:
        """Whether the day lies in a quiet period."""
        at = bisect_right(self.quiet, day, key=_FIRST)
        return at > 0 and day <= self.quiet[at - 1].last

    def may_send_on(self, day: date) -> bool:
        """Whether mail that is not urgent leaves that day."""
        return self.is_working(day) and not self.is_quiet(day)

    def earlier(self, day: date) -> date:
        """The day itself, or the last day before it on which mail may leave."""
        while not self.may_send_on(day):
            day -= _DAY
        return day

    def later(self, day: date) -> date:
        """The day itself, or the first day after it on which mail may leave."""
        while not self.may_send_on(day):
            day += _DAY
        return day

    def add_working_days(self, day: date, number: int) -> date:
        """The working day that lies `number` working days after (before, where negative) a day."""
        step = _DAY if number >= 0 else -_DAY
        left = abs(number)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after `first` up to and with `last`; negative where `last` comes before."""
        return self._working_days_until(last) - self._working_days_until(first)

    def is_open(self, now: datetime) -> bool:
        """Whether mail may leave at this moment."""
        local = now.astimezone(STOCKHOLM)
        return OPENS <= local.time() < CLOSES and self.may_send_on(local.date())

    def opens_on(self, day: date) -> datetime:
        """The moment (UTC) when mail begins to leave on a day."""
        return datetime.combine(day, OPENS, STOCKHOLM).astimezone(UTC)

    def next_opening(self, now: datetime) -> datetime:
        """`now` where mail may leave, otherwise the next moment (UTC) when it may."""
        if self.is_open(now):
            return now.astimezone(UTC)
        local = now.astimezone(STOCKHOLM)
        day = local.date() if local.time() < OPENS else local.date() + _DAY
        return self.opens_on(self.later(day))

    def _working_days_until(self, day: date) -> int:
        weeks, rest = divmod(day.toordinal(), 7)  # day 1 was a Monday
        return 5 * weeks + min(rest, 5) - bisect_right(self._free_weekdays, day)


def quiet_periods(years: Collection[int]) -> tuple[QuietPeriod, ...]:
    """July (weeks 28–31) and the days around Christmas (23 December to 6 January), for some years.

    The plan's own rhythm (DOMAIN: July and the days around Christmas are quiet).
    """
    return tuple(
        period
        for year in sorted(years)
        for period in (
            QuietPeriod(date.fromisocalendar(year, 28, 1), date.fromisocalendar(year, 31, 7)),
            QuietPeriod(date(year, 12, 23), date(year + 1, 1, 6)),
        )
    )
