"""Planned time in the plan's words, read as two days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from workflow.calendar import NotASpan, local_date, parse_span


@pytest.mark.parametrize(
    ("words", "first", "last", "reading"),
    [
        ("Q1 2026", "2026-01-01", "2026-03-31", "sista dagen i Q1"),
        ("Q2–Q3 2026", "2026-04-01", "2026-09-30", "sista dagen i Q3"),
        ("Q2-Q3 2026", "2026-04-01", "2026-09-30", "sista dagen i Q3"),
        ("Q1-2 2027", "2027-01-01", "2027-06-30", "sista dagen i Q2"),
        ("Q4 2026–Q1 2027", "2026-10-01", "2027-03-31", "sista dagen i Q1"),
        ("senast under Q2–Q3 2026", "2026-04-01", "2026-09-30", "sista dagen i Q3"),
        ("senast utgången av Q3 2026", "2026-07-01", "2026-09-30", "sista dagen i Q3"),
        ("redovisas Q4 2026", "2026-10-01", "2026-12-31", "sista dagen i Q4"),
        ("kvartal 2 2026", "2026-04-01", "2026-06-30", "sista dagen i Q2"),
        ("första kvartalet 2026", "2026-01-01", "2026-03-31", "sista dagen i Q1"),
        ("H1 2026", "2026-01-01", "2026-06-30", "sista dagen i första halvåret"),
        ("andra halvåret 2026", "2026-07-01", "2026-12-31", "sista dagen i andra halvåret"),
        ("under våren 2026", "2026-03-01", "2026-05-31", "sista dagen i maj"),
        ("hösten 2026", "2026-09-01", "2026-11-30", "sista dagen i november"),
        ("december", "2026-12-01", "2026-12-31", "sista dagen i december"),
        ("i februari 2028", "2028-02-01", "2028-02-29", "sista dagen i februari"),
        ("mars–april 2026", "2026-03-01", "2026-04-30", "sista dagen i april"),
        ("under 2026", "2026-01-01", "2026-12-31", "sista dagen på året"),
        ("2026-09-30", "2026-09-30", "2026-09-30", "dagen själv"),
        ("2026-04-01--2026-09-30", "2026-04-01", "2026-09-30", "sista dagen"),
    ],
)
def test_words_are_read_as_two_days(words: str, first: str, last: str, reading: str) -> None:
    span = parse_span(words, year=2026)
    assert (span.first.isoformat(), span.last.isoformat(), span.reading) == (first, last, reading)
    assert span.text == words


@pytest.mark.parametrize(
    "words",
    ["", "Q5 2026", "Q0 2026", "snart", "2026-02-30", "2026-13-01", "Q3–Q2 2026", "vintern 2026", "99", "Q1 1066",
     "2026-09-30--2026-04-01", "juni–mars 2026"],
)  # fmt: skip
def test_what_is_no_planned_time_is_refused(words: str) -> None:
    with pytest.raises(NotASpan):
        parse_span(words, year=2026)


def test_words_without_a_year_need_one() -> None:
    with pytest.raises(NotASpan):
        parse_span("december")


def test_a_season_is_the_kanslis_own_reading_and_says_so() -> None:
    assert parse_span("våren 2026").working() == "våren 2026 → sista dagen i maj → 2026-05-31 (kansliets läsning)"
    assert parse_span("Q2–Q3 2026").working() == "Q2–Q3 2026 → sista dagen i Q3 → 2026-09-30"


def test_the_plans_own_words_are_kept_beside_the_reading() -> None:
    span = parse_span("Q1 2026", text="redovisas Q1 2026", interpreted=True)
    assert (span.text, span.interpreted) == ("redovisas Q1 2026", True)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), date(2026, 3, 31)),
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), date(2026, 4, 1)),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_a_day_is_stockholms_day(moment: datetime, day: date) -> None:
    assert local_date(moment) == day
