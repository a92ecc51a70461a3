"""The day that a question is about, where it is not today: what was known and declared by then."""

from __future__ import annotations

from datetime import date, datetime

from definitions import loader
from definitions.source import Source
from storage import definitions, log
from storage.asof import Standing
from storage.database import Session
from uppdrag.service.house import House
from workflow.calendar import local_date
from workflow.errors import NotFound, Refusal, Refused
from workflow.facts import is_uppdrag_id
from workflow.lifecycle import Lifecycle
from workflow.model import Region
from workflow.status import end_of


def began(house: House, day: date, *, now: datetime) -> date | None:
    """The local day on which the database came into being, where `day` lies before it; else None.

    Raises Refused for a day that has not been.
    """
    today = local_date(now)
    if day > today:
        raise Refused([Refusal.of("as_of_in_future", date=day, today=today)])
    with house.database.reading() as session:
        installed = house.installed_on(session)
    return installed if day < installed else None


def moment(day: date | None) -> datetime | None:
    """The moment before which a thing must have been registered; None where the question is about now."""
    return None if day is None else end_of(day)


def refuse_later(session: Session, id: str, day: date | None) -> None:
    """Raise Refused where the uppdrag is there, but was registered after the day."""
    if day is None or not is_uppdrag_id(id):
        return
    try:
        first = log.read_one(session, id, 1)
    except NotFound:
        return
    raise Refused([Refusal.of("registered_later", uppdrag=id, date=day, first=local_date(first.registered_at))])


def lifecycles(house: House, session: Session, day: date | None) -> list[Lifecycle]:
    """The newest version of every lifecycle that had been published by a day, or now."""
    if day is None:
        return list(house.lifecycles(session).values())
    published = Standing(session, end_of(day)).published()
    return [
        house.engine(session, id, versions[-1]).lifecycle
        for (kind, id), versions in published.items()
        if kind == "lifecycle"
    ]


def regions(house: House, session: Session, day: date | None) -> list[Region]:
    """The regions by länskod, as the organisation had been declared by a day, or is now."""
    if day is None:
        return house.regions(session)
    declared: dict[str, Region] = {}
    published = Standing(session, end_of(day)).published()
    for (kind, id), versions in published.items():
        if kind == "organisation":
            for version in versions:
                kept = definitions.published(session, id, version)[0]
                declared |= {r.lanskod: r for r in loader.load_organisation(Source(kept.file, kept.source)).regions}
    return [declared[lanskod] for lanskod in sorted(declared)]
