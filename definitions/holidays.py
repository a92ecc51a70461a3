"""Which days people are free and which weeks are quiet: Sweden's holidays, as a work calendar."""

from __future__ import annotations

from functools import lru_cache

from workflow.workdays import WorkCalendar, quiet_periods

FIRST, LAST = 2025, 2060
"""The years of the calendar in use: from the year before the first plan, and further than any planned time reaches."""


@lru_cache(maxsize=8)
def work_calendar(first: int = FIRST, last: int = LAST) -> WorkCalendar:
    """The calendar of the years `first` to `last`, both included.

    Free are the public holidays (lagen om allmänna helgdagar, SFS 1989:253) and the de facto ones: midsommarafton,
    julafton and nyårsafton. Raises ValueError where the list of holidays lacks a year.
    """
    from holidays.countries.sweden import Sweden  # late: the library takes a tenth of a second to import

    years = range(first, last + 1)
    free = frozenset(Sweden(categories=("public", "de_facto"), language="sv", years=years))
    missing = [year for year in years if sum(day.year == year for day in free) < 14]
    if missing:
        raise ValueError(f"no holidays are known for {', '.join(map(str, missing))}")
    return WorkCalendar(free, quiet_periods(range(first - 1, last + 1)), known_until=last)
