"""Uppdrag with their regions' tracks: load, and save what an event changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, bindparam, insert, literal, or_, select, update
from sqlmodel import col

from storage import codec, tracks
from storage.database import Session
from storage.mail_tables import IntentRow
from storage.statements import Row, Statement
from storage.tables import SeriesRow, UppdragRow, columns
from storage.writes import Table, Values, Writes, differing
from workflow.errors import NotFound
from workflow.message import NONE
from workflow.model import Consultation, Counts, Facts, Matter, PlannedTime, Task, Uppdrag


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


_SAME_IN_BOTH = (
    "lifecycle", "lifecycle_version", "state", "final", "title", "neutral_title", "sensitive", "source", "section",
    "owner", "dnr", "directive", "plan", "standing", "notes", "paused", "round", "proposal_version",
)  # fmt: skip
# Counted, dated and sorted columns are made from the rest: what is read back is this.
_LOADED = ("id", "parent", "adopted", "rejected", "not_concerned", "detail", *_SAME_IN_BOTH)


_UPPDRAG = Table(UppdragRow, "id")
_SELECTED = select(*(c for name in _LOADED for c in columns(UppdragRow) if c.name == name))
_load = Statement(_SELECTED.where(col(UppdragRow.id) == bindparam("uppdrag")))
_is_sensitive = Statement(select(col(UppdragRow.sensitive)).where(col(UppdragRow.id) == bindparam("uppdrag")))
_to_remind_of = Statement(
    _SELECTED.where(
        col(UppdragRow.id).in_(
            select(col(IntentRow.uppdrag)).where(
                col(IntentRow.status) == "vantar", col(IntentRow.send_on) <= bindparam("day"),
                col(IntentRow.region) == NONE,
            )
        )
    )
)  # fmt: skip
_in_hand = Statement(_SELECTED.where(~col(UppdragRow.final), ~col(UppdragRow.paused)).order_by(col(UppdragRow.id)))
State = tuple[str, str]
"""A lifecycle's id, and the id of one of its states."""
_HELD, _OF = "|", "/"


def _among(name: str) -> ColumnElement[bool]:
    """Whether the state is one of a list of states, as `_listed` writes them."""
    here = literal(f"%{_HELD}").concat(col(UppdragRow.lifecycle)).concat(_OF).concat(col(UppdragRow.state))
    return bindparam(name, type_=Text).like(here.concat(f"{_HELD}%"))


_for_meeting = Statement(
    _SELECTED.where(
        ~col(UppdragRow.final), ~col(UppdragRow.paused),
        or_(
            _among("ready"),
            and_(_among("timed"), or_(col(UppdragRow.due_last) < bindparam("horizon"),
                                 col(UppdragRow.due_first) <= bindparam("begun"))),
            col(UppdragRow.standing) == "omprovas",
            # As the detail is written: quotes inside a text have a backslash before them.
            col(UppdragRow.detail).like('%"task":{%'),
            col(UppdragRow.detail).like('%"nasta":"%'),
        ),
    )
)  # fmt: skip
_with_regions = Statement(
    select(
        col(UppdragRow.id), col(UppdragRow.regions),
        col(UppdragRow.adopted) + col(UppdragRow.rejected) + col(UppdragRow.not_concerned),
    ).where(~col(UppdragRow.final), ~col(UppdragRow.paused), col(UppdragRow.regions) > 0, _among("ready"))
)  # fmt: skip
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
    in_hand = tracks.load_all(session, id) if regions == "*" else tracks.load_one(session, id, regions)
    return Matter(uppdrag=uppdrag, regions=in_hand, seq=seq)


def is_sensitive(session: Session, id: str) -> bool:
    """Whether only the number and the neutral title of an uppdrag may leave the kansli; False where there is none."""
    row = session.one(_is_sensitive, {"uppdrag": id})
    return bool(row and row[0])


def to_remind_of(session: Session, day: date) -> list[Uppdrag]:
    """The uppdrag about which, and not about one of their regions, something should have left by a local date."""
    return [_uppdrag_of(row) for row in session.all(_to_remind_of, {"day": day})]


def for_meeting(
    session: Session, ready: Iterable[State], timed: Iterable[State], *, before: date, begun: date
) -> list[Uppdrag]:
    """The open uppdrag that an agenda may take up: those in a `ready` state; those in a `timed` one whose next planned
    time ends before a local day or has begun on another; and all that wait for something, have a follow-up set or are
    to be reconsidered. More may come along than a rule then names; never fewer."""
    states = {"ready": _listed(ready), "timed": _listed(timed), "horizon": before, "begun": begun}
    return [_uppdrag_of(row) for row in session.all(_for_meeting, states)]


def in_hand(session: Session) -> list[Uppdrag]:
    """Every uppdrag that is neither finished nor paused, by number."""
    return [_uppdrag_of(row) for row in session.all(_in_hand, {})]


def with_regions(session: Session, states: Iterable[State]) -> list[tuple[str, int, int]]:
    """The open uppdrag that lie with regions, in some states: id, how many are concerned and how many have decided."""
    return [(row[0], row[1], row[2]) for row in session.all(_with_regions, {"ready": _listed(states)})]


def _listed(states: Iterable[State]) -> str:
    return f"{_HELD}{_HELD.join(sorted(_OF.join(state) for state in set(states)))}{_HELD}"


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
        writes = Writes(_UPPDRAG, tracks.REGIONBESLUT, tracks.BESLUT)
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
                    tracks.note(writes, id, was, rb)
        writes.run(session)


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


def _uppdrag_of(row: Row) -> Uppdrag:
    """The uppdrag that a row of `_LOADED` holds."""
    (
        id, parent, adopted, rejected, not_concerned, kept, lifecycle, lifecycle_version, state, final, title,
        neutral_title, sensitive, source, section, owner, dnr, directive, plan, standing, notes, paused, round,
        proposal_version,
    ) = row  # fmt: skip
    detail = codec.decode(kept, _Detail)
    return Uppdrag(
        id=id, lifecycle=lifecycle, lifecycle_version=lifecycle_version, state=state, title=title, final=final,
        neutral_title=neutral_title, sensitive=sensitive, source=source, section=section, parent=parent or "",
        owner=owner, dnr=dnr, directive=directive, plan=plan, standing=standing, notes=notes,
        networks=detail.networks, concerned=detail.concerned, tracked=detail.tracked, paused=paused, round=round,
        proposal_version=proposal_version, times=detail.times, task=detail.task, consultations=detail.consultations,
        facts=detail.facts, counts=Counts(adopted=adopted, rejected=rejected, not_concerned=not_concerned),
    )  # fmt: skip
