"""*Att göra*: what needs a hand at the kansli today, read at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from storage import (
    in_hand,
    incoming,
    intents,
    listing,
    mail_queue,
    outbox,
    people,
    queries,
    questions,
    uppdrag,
    web_faults,
)
from storage.database import Session
from storage.in_hand import State
from storage.mail_queue import QueueState
from uppdrag.service import chefsgrupp, readings
from uppdrag.service.house import House
from uppdrag.service.inbox import wants_number
from workflow.calendar import local_date
from workflow.duties import Duty
from workflow.engine import Option
from workflow.incoming import Incoming, Question
from workflow.lifecycle import Lifecycle
from workflow.message import Intent, Queued
from workflow.model import Region, Task
from workflow.people import Holder, unreachable
from workflow.status import Listed, StatusFilter, StatusRow

SOON = timedelta(days=28)
AGED = timedelta(days=90)
"""What has no planned time and has not changed for so long deserves a look."""
_AT_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Something that the kansli has to complete: for an uppdrag as a whole, or for one region (länskod)."""

    row: StatusRow
    task: Task
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An uppdrag whose planned time has passed or soon will, and what the kansli can do with it."""

    row: StatusRow
    lifecycle: Lifecycle
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """What needs a hand. `soon`: planned times that run out within four weeks. `flagged`: holders whom mail no longer
    reaches; `unreachable`: regions to which none can be sent. `mails`: uncertain ones and those that are stuck.
    `reported`: how many faults in the pages wait for an answer. `meetings`: what chefsgruppen's meetings ask for."""

    overdue: tuple[Due, ...]
    soon: tuple[Due, ...]
    waiting: tuple[Waiting, ...]
    come_in: tuple[Incoming, ...]
    questions: tuple[Question, ...]
    unnumbered: tuple[Incoming, ...]
    unsent: tuple[tuple[StatusRow, int], ...]
    parked: tuple[Intent, ...]
    aged: tuple[StatusRow, ...]
    mails: tuple[Queued, ...]
    flagged: tuple[Holder, ...]
    unreachable: tuple[Region, ...]
    queue: QueueState
    reported: int
    meetings: tuple[Duty, ...]

    @property
    def count(self) -> int:
        """How many things there are to do."""
        lists = (
            self.overdue, self.soon, self.waiting, self.come_in, self.questions, self.unnumbered, self.unsent,
            self.parked, self.aged, self.mails, self.flagged, self.unreachable, self.meetings,
        )  # fmt: skip
        return sum(map(len, lists)) + bool(self.queue.why) + bool(self.reported)


def todo(house: House, *, now: datetime) -> Todo:
    """What needs a hand now, in each list what has waited longest first."""
    today = local_date(now)
    with house.database.reading() as session:
        holders = people.all_holders(session)
        regions = {r.lanskod: r for r in house.regions(session)}
        due = list(_due(house, session, today))
        undated = Listed(today=today, final=False, undated=True, order="alder")
        mails = [
            m for s in ("kraver_atgard", "osaker", "hallen") for m in outbox.newest(session, status=s, limit=_AT_MOST)
        ]  # fmt: skip
        found = Todo(
            overdue=tuple(sorted((d for d in due if d.row.overdue), key=_ends)),
            soon=tuple(sorted((d for d in due if not d.row.overdue), key=_ends)),
            waiting=tuple(_waiting(session, today)),
            come_in=tuple(incoming.listed(session, status="ny", limit=_AT_MOST)),
            questions=tuple(questions.listed(session)), unsent=tuple(_unsent(house, session, today)),
            parked=tuple(intents.parked(session)),
            unnumbered=tuple(
                m for m in incoming.listed(session, status="registrerad", kind="svar") if wants_number(m)
            )[:_AT_MOST],
            aged=tuple(
                r for r in listing.page(session, undated, skip=0, limit=_AT_MOST).rows
                if not r.paused and now - r.changed_at > AGED
            ),
            mails=tuple(sorted(mails, key=lambda m: m.created_at)),
            flagged=tuple(h for h in holders if h.flagged and h.holds(today)),
            unreachable=tuple(regions[one] for one in unreachable(holders, regions, today)) if holders else (),
            queue=mail_queue.state(session),
            reported=web_faults.waiting(session),
            meetings=tuple(chefsgrupp.duties(session, today)),
        )  # fmt: skip
        came = [*found.come_in, *found.unnumbered]
        readings.about(session, [*(m.uppdrag for m in came), *(q.uppdrag for q in found.questions)])
    return found


def _due(house: House, session: Session, today: date) -> Iterator[Due]:
    for row in listing.page(session, Listed(today=today, final=False, order="tid"), skip=0, limit=_AT_MOST).rows:
        if row.deadline and row.deadline.last <= today + SOON:
            engine = house.engine(session, row.lifecycle, row.lifecycle_version)
            matter = uppdrag.load(session, row.id, seq=0)
            yield Due(row=row, lifecycle=engine.lifecycle, options=tuple(engine.explain(matter.uppdrag, role="kansli")))


def _waiting(session: Session, today: date) -> Iterator[Waiting]:
    for id, region in in_hand.tasks(session, limit=_AT_MOST):
        matter = uppdrag.load(session, id, seq=0, regions=region or None)
        task = matter.regions[region].task if region else matter.uppdrag.task
        if task:
            yield Waiting(row=_row(session, id, today), task=task, region=region)


def _unsent(house: House, session: Session, today: date) -> Iterator[tuple[StatusRow, int]]:
    for lc in house.every_lifecycle(session):
        for state in lc.track.open_in if lc.track else ():
            place = State(lc.id, lc.version, state)
            initial = lc.track.initial if lc.track else ""
            for id, many in in_hand.unsent(session, place, initial, limit=_AT_MOST):
                yield _row(session, id, today), many


def _row(session: Session, id: str, today: date) -> StatusRow:
    return queries.status(session, StatusFilter(today=today, id=id))[0]


def _ends(due: Due) -> tuple[date, str]:
    return (due.row.deadline.last if due.row.deadline else date.max, due.row.id)
