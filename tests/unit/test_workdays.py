"""Working days, quiet weeks and mornings: when a mail may leave."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from definitions.holidays import work_calendar
from workflow.calendar import STOCKHOLM
from workflow.workdays import WorkCalendar, quiet_periods

CALENDAR = work_calendar()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def test_next_years_holidays_are_known() -> None:
    # Fails when the list of holidays no longer reaches a year ahead: upgrade `holidays` and raise LAST.
    year = datetime.now(STOCKHOLM).year + 1
    assert year <= CALENDAR.known_until
    for month, day in ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)):
        assert date(year, month, day) in CALENDAR.free
    fridays_of_midsummer = [date(year, 6, day) for day in range(19, 26) if date(year, 6, day).weekday() == 4]
    assert fridays_of_midsummer[0] in CALENDAR.free
    thursdays = [day for day in CALENDAR.free if day.year == year and day.weekday() == 3 and day.month in (4, 5, 6)]
    assert thursdays, "Kristi himmelsfärdsdag is missing"


def test_a_year_without_holidays_is_refused() -> None:
    with pytest.raises(ValueError, match="2150"):
        work_calendar(2150, 2150)


@pytest.mark.parametrize(
    "day",
    ["2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-06-19", "2026-12-24",
     "2026-12-25", "2026-12-31", "2026-10-03"],
)  # fmt: skip
def test_free_days_of_2026(day: str) -> None:
    assert not CALENDAR.is_working(date.fromisoformat(day))


def test_the_last_working_day_of_2026_is_30_december() -> None:
    days = (date(2026, 12, 31) - timedelta(days=n) for n in range(31))
    assert next(day for day in days if CALENDAR.is_working(day)) == date(2026, 12, 30)
    assert CALENDAR.add_working_days(date(2027, 1, 1), -1) == date(2026, 12, 30)


def test_july_and_christmas_are_quiet() -> None:
    assert [(q.first, q.last) for q in quiet_periods([2026])] == [
        (date(2026, 7, 6), date(2026, 8, 2)),  # weeks 28 to 31
        (date(2026, 12, 23), date(2027, 1, 6)),
    ]
    assert CALENDAR.is_quiet(date(2025, 1, 3)), "the days around Christmas reach into the first year"


@pytest.mark.parametrize(
    ("day", "leaves"),
    [
        ("2026-07-15", "2026-07-03"),  # a quiet July: the Friday before week 28
        ("2026-12-28", "2026-12-22"),
        ("2027-01-06", "2026-12-22"),
        ("2026-06-19", "2026-06-18"),  # midsommarafton
        ("2026-04-06", "2026-04-02"),  # annandag påsk, over the whole of Easter
        ("2026-09-05", "2026-09-04"),  # a Saturday
        ("2026-09-04", "2026-09-04"),
    ],
)
def test_what_counts_down_leaves_earlier(day: str, leaves: str) -> None:
    assert CALENDAR.earlier(date.fromisoformat(day)) == date.fromisoformat(leaves)


@pytest.mark.parametrize(
    ("day", "leaves"),
    [("2026-07-15", "2026-08-03"), ("2026-12-28", "2027-01-07"), ("2026-05-14", "2026-05-15")],
)
def test_what_follows_up_leaves_later(day: str, leaves: str) -> None:
    assert CALENDAR.later(date.fromisoformat(day)) == date.fromisoformat(leaves)


def test_working_days_are_counted_both_ways() -> None:
    maundy_thursday, tuesday_after = date(2026, 4, 2), date(2026, 4, 7)
    assert CALENDAR.add_working_days(maundy_thursday, 1) == tuesday_after
    assert CALENDAR.add_working_days(tuesday_after, -1) == maundy_thursday
    assert CALENDAR.working_days_between(maundy_thursday, tuesday_after) == 1
    assert CALENDAR.working_days_between(tuesday_after, maundy_thursday) == -1
    assert CALENDAR.add_working_days(date(2028, 2, 28), 1) == date(2028, 2, 29), "a leap day is a day of work"


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-09-01T07:59", "2026-09-01T08:00"),
        ("2026-09-01T08:00", "2026-09-01T08:00"),
        ("2026-09-01T10:59", "2026-09-01T10:59"),
        ("2026-09-01T11:00", "2026-09-02T08:00"),
        ("2026-09-04T11:00", "2026-09-07T08:00"),  # Friday to Monday
        ("2026-07-06T09:00", "2026-08-03T08:00"),
        ("2026-03-28T12:00", "2026-03-30T08:00"),  # over the night when the clock goes forward
        ("2026-10-24T12:00", "2026-10-26T08:00"),  # and back
    ],
)
def test_the_window_is_8_to_11_local_time_on_a_day_of_work(moment: str, opens: str) -> None:
    assert CALENDAR.next_opening(local(moment)) == local(opens)


def test_the_window_is_8_in_stockholm_summer_and_winter() -> None:
    assert CALENDAR.opens_on(date(2026, 3, 27)) == datetime(2026, 3, 27, 7, tzinfo=UTC)
    assert CALENDAR.opens_on(date(2026, 3, 30)) == datetime(2026, 3, 30, 6, tzinfo=UTC)


def test_whether_it_is_open_does_not_depend_on_the_zone_of_the_moment() -> None:
    assert CALENDAR.is_open(datetime(2026, 9, 1, 6, 30, tzinfo=UTC))
    assert not CALENDAR.is_open(datetime(2026, 9, 1, 9, 30, tzinfo=UTC))


def test_a_calendar_knows_only_what_it_is_given() -> None:
    assert WorkCalendar(frozenset()).is_working(date(2026, 12, 25))
