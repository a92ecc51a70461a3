"""The regions' tracks and their decisions as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, text, union_all
from sqlmodel import col

from storage import codec
from storage.database import Session
from storage.statements import Row, Statement
from storage.tables import BeslutRow, RegionbeslutRow, columns
from storage.writes import Table, Values, Writes, differing
from workflow.model import Decision, Facts, Link, Regionbeslut, Task


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
_REGION_PLAIN = (
    "state", "outcome", "category", "set_no", "version", "dnr", "sent_version", "channel", "planned_on", "planned_body",
)  # fmt: skip
REGIONBESLUT = Table(RegionbeslutRow, "uppdrag", "region")
BESLUT = Table(BeslutRow, "uppdrag", "region", "number")
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
_numbered = (
    col(BeslutRow.region) == bindparam("lanskod"),
    col(BeslutRow.paragraph) == bindparam("paragraph"),
    text("paragraph <> ''"),  # the index holds only these, and is used only where the question says so too
    col(BeslutRow.body) == bindparam("body"),
    ~col(BeslutRow.withdrawn),
)
# In two ranges rather than one that leaves out a day: thousands of decisions may share a § and its day.
_same_paragraph = Statement(
    union_all(
        select(col(BeslutRow.uppdrag)).where(
            *_numbered,
            col(BeslutRow.decided_on) >= bindparam("new_year"),
            col(BeslutRow.decided_on) < bindparam("day"),
        ),
        select(col(BeslutRow.uppdrag)).where(
            *_numbered,
            col(BeslutRow.decided_on) > bindparam("day"),
            col(BeslutRow.decided_on) <= bindparam("end_of_year"),
        ),
    )
)

_paragraphs = Statement(
    select(col(BeslutRow.uppdrag), col(BeslutRow.body), col(BeslutRow.paragraph), col(BeslutRow.decided_on)).where(
        col(BeslutRow.region) == bindparam("lanskod"),
        text("paragraph <> ''"),
        col(BeslutRow.decided_on) >= bindparam("new_year"),
        col(BeslutRow.decided_on) <= bindparam("end_of_year"),
        ~col(BeslutRow.withdrawn),
    )
)


def load_all(session: Session, id: str) -> dict[str, Regionbeslut]:
    """Every region's track on an uppdrag with its decisions, by länskod."""
    rows = session.all(_regions, {"uppdrag": id})
    decided = session.all(_all_beslut, {"uppdrag": id}) if any(r[6] for r in rows) else []
    return _with_decisions(rows, decided)


def load_one(session: Session, id: str, lanskod: str) -> dict[str, Regionbeslut]:
    """One region's track with its decisions, by länskod; empty where the region is not concerned."""
    row = session.one(_region, {"uppdrag": id, "lanskod": lanskod})
    # version 0: no event has touched the region, so it has no decisions to fetch.
    decided = session.all(_beslut, {"uppdrag": id, "lanskod": lanskod}) if row and row[6] else []
    return _with_decisions([row] if row else [], decided)


def same_paragraph(session: Session, body: str, lanskod: str, paragraph: str, on: date) -> list[str]:
    """The uppdrag on which a body's § of that year stands with another day than `on`. One § may decide several uppdrag,
    but only at one meeting."""
    asked = {"body": body, "lanskod": lanskod, "paragraph": paragraph, "day": on, **_ends(on.year)}
    return sorted({row[0] for row in session.all(_same_paragraph, asked)})


def paragraphs(session: Session, lanskod: str, year: int) -> list[tuple[str, str, str, date]]:
    """Uppdrag, body, § and day of every decision of a region in a year that has a §."""
    found = session.all(_paragraphs, {"lanskod": lanskod, **_ends(year)})
    return [(row[0], row[1], row[2], row[3]) for row in found]


def _ends(year: int) -> dict[str, date]:
    return {"new_year": date(year, 1, 1), "end_of_year": date(year, 12, 31)}


def note(writes: Writes, id: str, was: Regionbeslut | None, rb: Regionbeslut) -> None:
    """Note what changed on a track and among its decisions."""
    if was is None:
        writes.insert(REGIONBESLUT, region_row(id, rb))
    else:
        writes.update(REGIONBESLUT, (id, rb.region), _region_changed(was, rb))
    old = {d.number: d for d in was.decisions} if was else {}
    for d in rb.decisions:
        before = old.get(d.number)
        if before is None:
            writes.insert(BESLUT, beslut_row(id, rb.region, d))
        elif before != d:
            changed = differing(beslut_row(id, rb.region, before), beslut_row(id, rb.region, d))
            writes.update(BESLUT, (id, rb.region, d.number), changed)


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


def decision(row: Sequence[Any]) -> Decision:
    """A decision from its columns."""
    _, _, number, seq, set_no, outcome, body, on, paragraph, dnr, adaptation, note, source, *rest = row
    proposal_version, complete, withdrawn, kind, kept = rest
    more = codec.decode(kept, _MoreOfBeslut) if kept != _NOTHING else _NO_MORE
    return Decision(
        number=number, seq=seq, set_no=set_no, outcome=outcome, body=body, on=on, paragraph=paragraph, dnr=dnr,
        adaptation=adaptation, note=note, source=source, proposal_version=proposal_version, complete=bool(complete),
        withdrawn=bool(withdrawn), kind=kind, links=more.links, justerat=more.justerat,
        tillkannagivet=more.tillkannagivet, delegationspunkt=more.delegationspunkt, reported_to=more.reported_to,
        reported_on=more.reported_on, task=more.task,
    )  # fmt: skip


def _with_decisions(rows: Iterable[Row], decided: Iterable[Row]) -> dict[str, Regionbeslut]:
    decisions: dict[str, list[Decision]] = {}
    for row in decided:
        decisions.setdefault(row[1], []).append(decision(row))
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
