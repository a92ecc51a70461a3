"""Uppdrag, their regions and the decisions: load, and save what an event changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import col

from storage import codec
from storage.database import Row, Session, Statement
from storage.tables import BeslutRow, RegionbeslutRow, SeriesRow, UppdragRow, columns
from storage.writes import Table, Values, Writes, differing
from workflow.errors import NotFound
from workflow.model import (
    Consultation,
    Counts,
    Decision,
    Facts,
    Link,
    Matter,
    PlannedTime,
    Regionbeslut,
    Task,
    Uppdrag,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Detail:
    """What no query filters on."""

    networks: tuple[str, ...]
    concerned: tuple[str, ...]
    tracked: bool
    times: tuple[PlannedTime, ...]
    task: Task | None
    consultations: tuple[Consultation, ...]
    facts: Mapping[str, Facts]


@dataclass(frozen=True, slots=True, kw_only=True)
class _MoreOfRegion:
    """What few tracks have."""

    planned_chain: tuple[Link, ...] = ()
    task: Task | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _MoreOfBeslut:
    """What few decisions have."""

    links: tuple[Link, ...] = ()
    justerat: date | None = None
    tillkannagivet: date | None = None
    delegationspunkt: str = ""
    reported_to: str = ""
    reported_on: date | None = None
    task: Task | None = None


_NOTHING = "{}"
_NO_MORE = _MoreOfBeslut()
_NO_MORE_OF_REGION = _MoreOfRegion()
_REGION_COLUMNS = columns(RegionbeslutRow)
_BESLUT_COLUMNS = columns(BeslutRow)
_SAME_IN_BOTH = (
    "lifecycle", "lifecycle_version", "state", "final", "title", "neutral_title", "sensitive", "source", "section",
    "owner", "dnr", "directive", "plan", "standing", "notes", "paused", "round", "proposal_version",
)  # fmt: skip
_REGION_PLAIN = (
    "state", "outcome", "category", "set_no", "version", "dnr", "sent_version", "channel", "planned_on", "planned_body",
)  # fmt: skip
# Counted, dated and sorted columns are made from the rest: what is read back is this.
_LOADED = ("id", "parent", "adopted", "rejected", "not_concerned", "detail", *_SAME_IN_BOTH)


_UPPDRAG = Table(UppdragRow, "id")
_REGIONBESLUT = Table(RegionbeslutRow, "uppdrag", "region")
_BESLUT = Table(BeslutRow, "uppdrag", "region", "number")

_load = Statement(
    select(*(c for name in _LOADED for c in columns(UppdragRow) if c.name == name)).where(
        col(UppdragRow.id) == bindparam("uppdrag")
    )
)
_regions = Statement(
    select(*_REGION_COLUMNS)
    .where(col(RegionbeslutRow.uppdrag) == bindparam("uppdrag"))
    .order_by(col(RegionbeslutRow.region))
)
_region = Statement(
    select(*_REGION_COLUMNS).where(
        col(RegionbeslutRow.uppdrag) == bindparam("uppdrag"), col(RegionbeslutRow.region) == bindparam("lanskod")
    )
)
_all_beslut = Statement(
    select(*_BESLUT_COLUMNS)
    .where(col(BeslutRow.uppdrag) == bindparam("uppdrag"))
    .order_by(col(BeslutRow.region), col(BeslutRow.number))
)
_beslut = Statement(
    select(*_BESLUT_COLUMNS)
    .where(col(BeslutRow.uppdrag) == bindparam("uppdrag"), col(BeslutRow.region) == bindparam("lanskod"))
    .order_by(col(BeslutRow.number))
)
_last_number = Statement(
    select(col(SeriesRow.last)).where(col(SeriesRow.year) == bindparam("in_year")).with_for_update()
)
_first_in_year = Statement(insert(SeriesRow))
_next_in_year = Statement(
    update(SeriesRow).where(col(SeriesRow.year) == bindparam("in_year")).values(last=bindparam("new_last"))
)


def load(session: Session, id: str, *, seq: int, regions: str | None = None) -> Matter:
    """An uppdrag with one of its regions, with all (`regions="*"`), or with none. Raises NotFound.

    `seq` is its stream's length, from the lock that the command has taken.
    """
    row = session.one(_load, {"uppdrag": id})
    if row is None:
        raise NotFound("uppdrag", id)
    uppdrag = _uppdrag_of(row)
    if regions is None:
        return Matter(uppdrag=uppdrag, regions={}, seq=seq)
    if regions == "*":
        rows = session.all(_regions, {"uppdrag": id})
        decided = session.all(_all_beslut, {"uppdrag": id}) if any(r[6] for r in rows) else []
        return Matter(uppdrag=uppdrag, regions=_with_decisions(rows, decided), seq=seq)
    return Matter(uppdrag=uppdrag, regions=load_region(session, id, regions), seq=seq)


def load_region(session: Session, id: str, lanskod: str) -> dict[str, Regionbeslut]:
    """One region's track with its decisions, by länskod; empty where the region is not concerned."""
    row = session.one(_region, {"uppdrag": id, "lanskod": lanskod})
    # version 0: no event has touched the region, so it has no decisions to fetch.
    decided = session.all(_beslut, {"uppdrag": id, "lanskod": lanskod}) if row and row[6] else []
    return _with_decisions([row] if row else [], decided)


def last_number(session: Session, year: int) -> int:
    """The last number given in a year, 0 where none has been."""
    row = session.one(_last_number, {"in_year": year})
    return row[0] if row else 0


def take_number(session: Session, year: int, number: int | None = None) -> int:
    """The next number of a year, or `number` itself (from a plan), which then counts as given."""
    last = last_number(session, year)
    taken = last + 1 if number is None else number
    if last == 0:
        session.run(_first_in_year, {"year": year, "last": taken})
    elif taken > last:
        session.run(_next_in_year, {"in_year": year, "new_last": taken})
    return taken


class Changes:
    """Matters before and after, gathered and then written: a command saves one, a batch many.

    Only what changed is written. `save` may be called again for the same matter: the last state counts.
    """

    __slots__ = ("_after", "_before", "_moments")

    def __init__(self) -> None:
        self._before: dict[str, Matter | None] = {}
        self._after: dict[str, Matter] = {}
        self._moments: dict[str, datetime] = {}

    def save(self, before: Matter | None, after: Matter, now: datetime) -> None:
        """Note what a command changed."""
        id = after.uppdrag.id
        self._before.setdefault(id, before)
        self._after[id] = after
        self._moments[id] = now.astimezone(UTC)

    def write(self, session: Session) -> None:
        """Write everything noted; the events must have been written before."""
        writes = Writes(_UPPDRAG, _REGIONBESLUT, _BESLUT)
        for id, after in self._after.items():
            before = self._before[id]
            if before is None:
                writes.insert(_UPPDRAG, uppdrag_row(after.uppdrag, self._moments[id]))
            else:
                changed = _changed(before.uppdrag, after.uppdrag)
                writes.update(_UPPDRAG, (id,), {**changed, "changed_at": self._moments[id]})
            known = before.regions if before else {}
            for lanskod, rb in after.regions.items():
                was = known.get(lanskod)
                if was is not rb:
                    _note_region(writes, id, was, rb)
        writes.run(session)


def _note_region(writes: Writes, id: str, was: Regionbeslut | None, rb: Regionbeslut) -> None:
    if was is None:
        writes.insert(_REGIONBESLUT, region_row(id, rb))
    else:
        writes.update(_REGIONBESLUT, (id, rb.region), _region_changed(was, rb))
    old = {d.number: d for d in was.decisions} if was else {}
    for d in rb.decisions:
        before = old.get(d.number)
        if before is None:
            writes.insert(_BESLUT, beslut_row(id, rb.region, d))
        elif before != d:
            changed = differing(beslut_row(id, rb.region, before), beslut_row(id, rb.region, d))
            writes.update(_BESLUT, (id, rb.region, d.number), changed)


def uppdrag_row(u: Uppdrag, changed_at: datetime) -> dict[str, Any]:
    """The columns of an uppdrag; `changed_at` is the moment of its last event."""
    _, _, serial = u.id.partition("-")
    row: Values = {"id": u.id, "year": int(u.id[1:5]), "number": int(serial), "changed_at": changed_at}
    for _, made in _PARTS:
        row.update(made(u))
    return row


def _changed(before: Uppdrag, after: Uppdrag) -> Values:
    """The columns whose values differ; parts whose sources are as they were are not even made."""
    values: Values = {}
    for sources, made in _PARTS:
        if sources(before) != sources(after):
            values.update(differing(made(before), made(after)))
    return values


def _plain(u: Uppdrag) -> Values:
    return {"parent": u.parent or None, **{name: getattr(u, name) for name in _SAME_IN_BOTH}}


def _counted(u: Uppdrag) -> Values:
    counts = u.counts
    return {
        "regions": u.tracks, "adopted": counts.adopted, "rejected": counts.rejected,
        "not_concerned": counts.not_concerned,
    }  # fmt: skip


def _dated(u: Uppdrag) -> Values:
    due = u.due
    if due is None:
        return {"due": "", "due_text": "", "due_first": None, "due_last": None}
    return {
        "due": due.deadline, "due_text": due.span.text, "due_first": due.span.first, "due_last": due.span.last
    }  # fmt: skip


def _detailed(u: Uppdrag) -> Values:
    detail = _Detail(
        networks=u.networks, concerned=u.concerned, tracked=u.tracked, times=u.times, task=u.task,
        consultations=u.consultations, facts=u.facts,
    )  # fmt: skip
    return {"detail": codec.encode_sorted(detail)}


# Which attributes go into which columns.
_PARTS: tuple[tuple[Callable[[Uppdrag], Any], Callable[[Uppdrag], Values]], ...] = (
    (attrgetter("parent", *_SAME_IN_BOTH), _plain),
    (attrgetter("concerned", "tracked", "counts"), _counted),
    (attrgetter("times"), _dated),
    (attrgetter("networks", "concerned", "tracked", "times", "task", "consultations", "facts"), _detailed),
)


def region_row(id: str, rb: Regionbeslut) -> dict[str, Any]:
    """The columns of a region's track."""
    plain = {name: getattr(rb, name) for name in _REGION_PLAIN}
    facts = codec.encode_sorted(rb.facts) if rb.facts else _NOTHING
    return {"uppdrag": id, "region": rb.region, **plain, "facts": facts, "more": _more_of_region(rb)}


def _region_changed(before: Regionbeslut, after: Regionbeslut) -> Values:
    values = {n: new for n in _REGION_PLAIN if (new := getattr(after, n)) != getattr(before, n)}
    if before.facts != after.facts:
        values["facts"] = codec.encode_sorted(after.facts)
    if before.task != after.task or before.planned_chain != after.planned_chain:
        values["more"] = _more_of_region(after)
    return values


def _more_of_region(rb: Regionbeslut) -> str:
    if rb.task is None and not rb.planned_chain:
        return _NOTHING
    return codec.encode_sorted(_MoreOfRegion(planned_chain=rb.planned_chain, task=rb.task))


def _more_of_beslut(d: Decision) -> str:
    more = _MoreOfBeslut(
        links=d.links, justerat=d.justerat, tillkannagivet=d.tillkannagivet, delegationspunkt=d.delegationspunkt,
        reported_to=d.reported_to, reported_on=d.reported_on, task=d.task,
    )  # fmt: skip
    return _NOTHING if more == _NO_MORE else codec.encode_sorted(more)


def beslut_row(id: str, lanskod: str, d: Decision) -> dict[str, Any]:
    """The columns of a decision."""
    return {
        "uppdrag": id, "region": lanskod, "number": d.number, "seq": d.seq, "set_no": d.set_no, "outcome": d.outcome,
        "body": d.body, "decided_on": d.on, "paragraph": d.paragraph, "dnr": d.dnr, "adaptation": d.adaptation,
        "note": d.note, "source": d.source, "proposal_version": d.proposal_version, "complete": d.complete,
        "withdrawn": d.withdrawn, "kind": d.kind, "more": _more_of_beslut(d),
    }  # fmt: skip


def _uppdrag_of(row: Row) -> Uppdrag:
    """The uppdrag that a row of `_LOADED` holds."""
    id, parent, adopted, rejected, not_concerned, kept, *same = row
    detail = codec.decode(kept, _Detail)
    return Uppdrag(
        id=id, parent=parent or "", networks=detail.networks, concerned=detail.concerned,
        tracked=detail.tracked, times=detail.times, task=detail.task,
        consultations=detail.consultations, facts=detail.facts,
        counts=Counts(adopted=adopted, rejected=rejected, not_concerned=not_concerned),
        **dict(zip(_SAME_IN_BOTH, same, strict=True)),
    )  # fmt: skip


def _with_decisions(rows: Iterable[Row], decided: Iterable[Row]) -> dict[str, Regionbeslut]:
    decisions: dict[str, list[Decision]] = {}
    for row in decided:
        _, region, number, seq, set_no, outcome, body, on, paragraph, dnr, adaptation, note, source, *rest = row
        proposal_version, complete, withdrawn, kind, kept = rest
        more = codec.decode(kept, _MoreOfBeslut) if kept != _NOTHING else _NO_MORE
        decisions.setdefault(region, []).append(
            Decision(
                number=number, seq=seq, set_no=set_no, outcome=outcome, body=body, on=on, paragraph=paragraph,
                dnr=dnr, adaptation=adaptation, note=note, source=source, proposal_version=proposal_version,
                complete=bool(complete), withdrawn=bool(withdrawn), kind=kind, links=more.links,
                justerat=more.justerat, tillkannagivet=more.tillkannagivet, delegationspunkt=more.delegationspunkt,
                reported_to=more.reported_to, reported_on=more.reported_on, task=more.task,
            )
        )  # fmt: skip
    found = {}
    for row in rows:
        _, region, state, outcome, category, set_no, version, dnr, sent, channel, on, body, facts, kept = row
        its_own = codec.decode(kept, _MoreOfRegion) if kept != _NOTHING else _NO_MORE_OF_REGION
        found[region] = Regionbeslut(
            region=region, state=state, outcome=outcome, category=category, set_no=set_no, version=version, dnr=dnr,
            sent_version=sent, channel=channel, planned_on=on, planned_body=body,
            planned_chain=its_own.planned_chain, task=its_own.task,
            facts=codec.decode(facts, dict[str, Facts]) if facts != _NOTHING else {},
            decisions=tuple(decisions.get(region, ())),
        )  # fmt: skip
    return found
