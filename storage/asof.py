"""How things stand, or stood: by what had been registered by a moment, told again where it has changed since.

A clock may be set back, so that a later event has an earlier moment. What had been registered by a moment is everything
up to the last event of the uppdrag that has an earlier one: what the program said the last time the clock showed it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from storage import codec, log, meetings, queries, uppdrag
from storage.database import Session
from storage.statements import Row, Statement
from storage.tables import DefinitionRow, EventRow, UppdragRow, columns
from workflow import convening
from workflow.convening import Calendar
from workflow.errors import NotFound, Refusal, Refused
from workflow.events import Recorded, UppdragEvent
from workflow.evolution import evolve, replay
from workflow.facts import is_uppdrag_id
from workflow.gallring_events import Gallrat
from workflow.model import Matter, PlannedTime
from workflow.sammantraden import PapersRule, Sammantrade, Sammantradesplan, plans_by_region
from workflow.status import Cell, StatusFilter, StatusRow, cell_of, in_order, passes, row_of

_until = (
    select(col(EventRow.stream).label("name"), func.max(EventRow.seq).label("last"))
    .join(UppdragRow, col(UppdragRow.id) == col(EventRow.stream))
    .where(col(UppdragRow.changed_at) >= bindparam("settled_by"), col(EventRow.registered_at) < bindparam("settled_by"))
    .group_by(col(EventRow.stream))
    .subquery()
)
_changed_since = Statement(
    select(col(EventRow.stream), col(EventRow.registered_at), col(EventRow.kind), col(EventRow.content))
    .join(_until, (_until.c.name == col(EventRow.stream)) & (col(EventRow.seq) <= _until.c.last))
    .order_by(col(EventRow.stream), col(EventRow.seq))
)
_last_of_one = (
    select(func.max(EventRow.seq))
    .where(col(EventRow.stream) == bindparam("name"), col(EventRow.registered_at) < bindparam("settled_by"))
    .scalar_subquery()
)
_of_one = Statement(
    select(*columns(EventRow))
    .where(col(EventRow.stream) == bindparam("name"), col(EventRow.seq) <= _last_of_one)
    .order_by(col(EventRow.seq))
)
_published = Statement(
    select(col(DefinitionRow.kind), col(DefinitionRow.id), col(DefinitionRow.version)).where(
        col(DefinitionRow.published_at) < bindparam("settled_by")
    )
)

_CALENDARS = col(EventRow.stream) >= "meetings:", col(EventRow.stream) < "meetings;"  # what begins with "meetings:"
_calendar_changed = Statement(
    select(col(EventRow.seq)).where(*_CALENDARS, col(EventRow.registered_at) >= bindparam("settled_by")).limit(1)
)
_of_calendars = Statement(
    select(*columns(EventRow)).where(*_CALENDARS).order_by(col(EventRow.stream), col(EventRow.seq))
)
_detail = Statement(select(col(UppdragRow.detail)).where(col(UppdragRow.id) == bindparam("name")))
_details = {
    later: Statement(
        select(col(UppdragRow.id), col(UppdragRow.detail)).where(
            ~col(UppdragRow.final), col(UppdragRow.regions) > 0,
            *([col(UppdragRow.changed_at) < bindparam("settled_by")] if later else []),
        )
    )
    for later in (False, True)
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """What is read of an uppdrag's detail for its planned times alone."""

    times: tuple[PlannedTime, ...]


class Standing:
    """The uppdrag as they stand, or as they stood by what had been registered before `by` (aware).

    Good for one transaction. What has not changed since is read from its rows; the rest is told again once.
    """

    def __init__(self, session: Session, by: datetime | None = None) -> None:
        self._session, self._by = session, by
        self._again: dict[str, tuple[Matter, datetime]] | None = None

    def status(self, wanted: StatusFilter) -> list[StatusRow]:
        """The uppdrag that a filter asks for, in order of id."""
        rows = queries.status(self._session, wanted, settled_by=self._by)
        told = [
            row
            for matter, at in self._told().values()
            if passes(wanted, row := row_of(matter, at, wanted.today), matter.regions)
        ]
        if told:
            rows = sorted([*rows, *told], key=lambda row: in_order(row.id))
        return rows[: wanted.limit] if wanted.limit else rows

    def cells(self, *, region: str = "") -> list[Cell]:
        """Every region of every uppdrag that has regions, or one region of each, by uppdrag and länskod."""
        cells = queries.cells(self._session, region=region, settled_by=self._by)
        told = [
            cell_of(id, rb)
            for id, (matter, _) in self._told().items()
            for rb in matter.regions.values()
            if not region or rb.region == region
        ]
        return sorted([*cells, *told], key=lambda cell: (in_order(cell.uppdrag), cell.region)) if told else cells

    def matter(self, id: str) -> Matter:
        """An uppdrag of `status` with all its regions."""
        found = self._told().get(id)
        return found[0] if found else uppdrag.load(self._session, id, seq=0, regions="*")

    def one(self, id: str, today: date) -> tuple[StatusRow, Matter, list[Recorded]]:
        """One uppdrag as it stands in a list, in full, and what has happened with it. Raises NotFound.

        Costs in proportion to its own events.
        """
        if not is_uppdrag_id(id):
            raise NotFound("uppdrag", id)
        if self._by is None:
            history = list(log.read(self._session, id))
            matter = uppdrag.load(self._session, id, seq=len(history), regions="*")
            (row,) = queries.status(self._session, StatusFilter(today=today, id=id))
            return row, matter, history
        rows = self._session.all(_of_one, {"name": id, "settled_by": self._by})
        _still_there(id, ((row[_KIND], row[_CONTENT]) for row in rows))
        history = [log.recorded(row) for row in rows]
        found = replay(history)
        if found is None:
            raise NotFound("uppdrag", id)
        return row_of(found, history[-1].registered_at, today), found, history

    def times(self) -> dict[str, tuple[PlannedTime, ...]]:
        """The planned times of every uppdrag that has regions and is not finished, by id."""
        rows = self._session.all(_details[self._by is not None], {"settled_by": self._by})
        kept = {id: codec.decode(detail, _Times).times for id, detail in rows}
        return kept | {id: m.uppdrag.times for id, (m, _) in self._told().items() if m.regions and not m.uppdrag.final}

    def times_of(self, ids: Iterable[str]) -> dict[str, tuple[PlannedTime, ...]]:
        """The planned times of some uppdrag as they stand now, by id."""
        rows = {id: self._session.one(_detail, {"name": id}) for id in ids}
        return {id: codec.decode(row[0], _Times).times for id, row in rows.items() if row}

    def calendars(self, earliest: date) -> dict[str, Sammantradesplan]:
        """What is known of each region's meetings that begin on the local day `earliest` or later."""
        if self._by is None or self._session.one(_calendar_changed, {"settled_by": self._by}) is None:
            return meetings.plans(self._session, earliest)
        held, rules = list[Sammantrade](), list[PapersRule]()
        for id, rows in groupby(self._session.all(_of_calendars, {}), key=itemgetter(0)):
            events = [log.recorded(row) for row in rows]
            known = max((e.seq for e in events if e.registered_at < self._by), default=0)
            calendar: Calendar | None = None
            for e in events[:known]:
                calendar = convening.evolve(calendar, e.event, id=id)  # type: ignore[arg-type]  # a calendar's own stream
            if calendar is not None:
                held += [m for m in calendar.standing() if m.first >= earliest]
                rules += [calendar.rule] if calendar.rule else []
        return plans_by_region(held, rules)

    def published(self) -> dict[tuple[str, str], list[int]]:
        """The versions of everything declared that had been published by then, by kind and id."""
        by = self._by or datetime.max.replace(tzinfo=UTC)
        versions: dict[tuple[str, str], list[int]] = {}
        for kind, id, version in self._session.all(_published, {"settled_by": by}):
            versions.setdefault((kind, id), []).append(version)
        return {of: sorted(found) for of, found in versions.items()}

    def _told(self) -> dict[str, tuple[Matter, datetime]]:
        """The uppdrag that have changed since, each with the moment of its last event before."""
        if self._again is None:
            rows = self._session.all(_changed_since, {"settled_by": self._by}) if self._by else []
            self._again = {id: _retold(id, list(events)) for id, events in groupby(rows, key=itemgetter(0))}
        return self._again


_KIND, _CONTENT = ([c.name for c in columns(EventRow)].index(name) for name in ("kind", "content"))


def _retold(id: str, events: list[Row]) -> tuple[Matter, datetime]:
    """The uppdrag after its events, and the moment of the last one."""
    _still_there(id, ((kind, content) for _, _, kind, content in events))
    matter: Matter | None = None
    for _, _, kind, content in events:
        if content is None:
            continue
        event: UppdragEvent = codec.decode(content, codec.KINDS[kind])  # type: ignore[assignment]  # an uppdrag's own
        matter = evolve(matter, event, id=id)
    if matter is None:
        raise ValueError("an uppdrag has a history")
    return matter, events[-1][1]


def _still_there(id: str, events: Iterable[tuple[str, str | None]]) -> None:
    """Refuse where a gallring decision has since emptied what would have to be told again: by then it had said more
    than what is left of it."""
    emptied = False
    for kind, content in events:
        emptied = content is None or (emptied and kind != Gallrat.__name__)
    if emptied:
        raise Refused([Refusal.of("emptied_since", uppdrag=id)])
