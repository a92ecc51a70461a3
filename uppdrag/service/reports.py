"""Reports as documents: a month's letter as it would be now, and the verksamhetsberättelse of a year."""

from __future__ import annotations

from datetime import date, datetime

from storage.database import Session
from uppdrag.documents.document import Document
from uppdrag.service import budget_reading, catalogue, figures, reports_annual, reports_letter
from uppdrag.service.figures import Progress
from uppdrag.service.house import House
from uppdrag.service.reports_letter import Written
from uppdrag.service.reports_year import Year
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused
from workflow.figures import Period, period_of
from workflow.letter import Difference, LetterText
from workflow.model import Region
from workflow.status import end_of


def period(text: str, *, month: bool) -> Period:
    """A period as it was asked for. Raises Refused where it is not one, or not of the kind."""
    found = period_of(text)
    if found is None or found.is_month != month:
        raise Refused([Refusal.of("not_a_month" if month else "not_a_year", value=text[:40])])
    return found


def cut_off(day: date | None, *, now: datetime) -> datetime:
    """The moment until which something had to be registered: now, or the end of an earlier day.

    Raises Refused for a day that has not been.
    """
    if day is None or end_of(day) <= now:
        return now if day is None else end_of(day)
    raise Refused([Refusal.of("cut_off_not_yet", date=day)])


def begun(asked: Period, *, known_by: datetime) -> None:
    """Raises Refused for a period that had not begun at the cut-off."""
    if asked.first > local_date(known_by):
        raise Refused([Refusal.of("period_not_begun", period=asked.text, first=asked.first)])


def years(house: House, today: date) -> list[int]:
    """The years that there is something to tell of, this one first."""
    with house.database.reading() as session:
        first = house.installed_on(session).year
    return list(range(today.year, first - 1, -1))


def annual(house: House, year: str, *, known_by: datetime, progress: Progress | None = None) -> Document:
    """The verksamhetsberättelse of a year, by what had been registered before a moment. Raises Refused."""
    return of_year(house, year, known_by=known_by, progress=progress).document


def of_year(house: House, year: str, *, known_by: datetime, progress: Progress | None = None) -> Year:
    """The same with its figures."""
    asked = period(year, month=False)
    begun(asked, known_by=known_by)
    groups = catalogue.groups(house)
    with house.database.reading() as session:
        found = figures.within(house, session, asked, known_by=known_by, progress=progress)
        places = regions(house, session)
        budget = budget_reading.within(house, session, asked.first.year, known_by=known_by)
        document = reports_annual.document(found, places, groups, budget)
        return Year(figures=found, regions=places, groups=groups, document=document)


def letter(house: House, month: str, *, known_by: datetime, progress: Progress | None = None) -> Document:
    """A month's letter in draft, by what had been registered before a moment. Raises Refused."""
    asked = period(month, month=True)
    begun(asked, known_by=known_by)
    groups = catalogue.groups(house)
    with house.database.reading() as session:
        found = figures.within(house, session, asked, known_by=known_by, progress=progress)
        places = regions(house, session)
    return reports_letter.document(
        Written(figures=found, text=LetterText(), since=Difference(), regions=places, groups=groups, sent=False)
    )


def regions(house: House, session: Session) -> dict[str, Region]:
    """The regions by länskod."""
    return {r.lanskod: r for r in house.regions(session)}
