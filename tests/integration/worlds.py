"""One uppdrag under test: what is done to it, and what must hold after each thing that was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from storage import log, uppdrag
from tests.cast import NOW
from uppdrag.service.commands import Answer
from uppdrag.service.house import House
from workflow.calendar import local_date
from workflow.engine import Option
from workflow.errors import UppdragError
from workflow.events import Advanced, Changed, Corrected, Identified, Recorded
from workflow.evolution import replay
from workflow.lifecycle import Lifecycle
from workflow.model import Matter, Regionbeslut, Uppdrag

Rows = tuple[tuple[object, ...], ...]
Call = Callable[[], Answer]
Many = Callable[[], Sequence[Answer]]

_OF_ONE = {"stream": "name", "event": "stream", "uppdrag": "id"} | {
    name: "uppdrag" for name, table in SQLModel.metadata.tables.items() if "uppdrag" in table.c
}
_PLAIN = (
    "state", "final", "title", "owner", "dnr", "directive", "networks", "paused", "proposal_version", "task",
)  # fmt: skip
_ELSEWHERE = "SELECT ({}), (SELECT count(*) FROM stream), (SELECT max(last) FROM series)"
_EVENTS = {"sqlite": "SELECT max(rowid) FROM event", "postgresql": "SELECT count(*) FROM event"}


@dataclass(frozen=True)
class Kept:
    """A command that was accepted under a key: how to send it again, how to send another, and its answer."""

    again: Call
    other: Call
    answer: Answer


def without_waiting_for_the_disk(house: House) -> None:
    """Whether a commit outlives a power cut is another test's subject. The servers of the tests never wait."""
    if house.database.path:
        house.database.close()
        sa.event.listen(house.database.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous = OFF"))


class World:
    """An uppdrag in a house, and a clock."""

    def __init__(self, house: House, begin: Callable[[datetime], Answer]) -> None:
        self.house = house
        self.now = NOW
        kind = house.database.dialect.name
        self._elsewhere, self._mark = _ELSEWHERE.format(_EVENTS[kind]), "?" if kind == "sqlite" else "%s"
        self._pooled = house.database.engine.raw_connection()
        self._raw: Any = self._pooled.driver_connection
        self.kept: list[Kept] = []
        self.history: list[Recorded] = []
        self.identified = begin(self.now)
        self.id = self.identified.uppdrag
        self._read(self.identified.events)
        with house.database.reading() as session:
            u = self.matter.uppdrag
            self.lifecycle: Lifecycle = house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle
        self._check_events(self.identified, "")
        self._check_rows()
        self.occasion = 0

    @property
    def u(self) -> Uppdrag:
        return self.matter.uppdrag

    @property
    def today(self) -> date:
        return local_date(self.now)

    def close(self) -> None:
        self._pooled.close()

    def let_time_pass(self, hours: int) -> None:
        """Move the clock, within the time that the tests are about."""
        moved = self.now + timedelta(hours=hours)
        if timedelta(days=-14) < moved - NOW < timedelta(days=700):
            self.now = moved

    def attempt(self, call: Call) -> Answer | UppdragError:
        """Do it. Whatever was refused, rehearsed or repeated has left no trace."""
        done = self.attempt_many(lambda: [call()])
        return done if isinstance(done, UppdragError) else done[0]

    def attempt_many(self, call: Many) -> Sequence[Answer] | UppdragError:
        """Do several things at once, all of them or none."""
        state = self.u.state
        try:
            answers = call()
        except UppdragError as no:
            self._check_no_trace(repr(no))
            return no
        if all(a.dry_run or a.repeated for a in answers):
            self._check_no_trace("what was rehearsed or repeated")
            return answers
        self._read([e for a in answers if a.uppdrag == self.id and not a.repeated for e in a.events])
        for answer in answers:
            if answer.uppdrag == self.id:
                state = self._check_events(answer, state)
        self._check_rows()
        return answers

    def check_replay(self) -> None:
        """The log, replayed, is what the rows hold; and that is what the events that still stand say."""
        with self.house.database.reading() as session:
            assert list(log.read(session, self.id)) == self.history, "what was answered is what the log holds"
        assert replay(self.history) == self.matter
        assert [e.seq for e in self.history] == list(range(1, self.matter.seq + 1))
        for name, value in standing(self.history).items():
            assert getattr(self.u, name) == value, f"{name} is not what the last standing event said"

    def _read(self, answered: Sequence[Recorded]) -> None:
        """Look at the rows again. The log is read only where more than what was answered has come to it."""
        self.rows = self._dump()
        (_, (_, seq, *_), *_) = self.rows
        with self.house.database.reading() as session:
            if seq == len(self.history) + len(answered):
                self.history += answered
            else:
                self.history = list(log.read(session, self.id))
            self.matter: Matter = uppdrag.load(session, self.id, seq=len(self.history), regions="*")

    def _dump(self) -> Rows:
        rows: list[tuple[object, ...]] = self._raw.execute(self._elsewhere).fetchall()
        for table, column in _OF_ONE.items():
            held = f"SELECT * FROM {table} WHERE {column} = {self._mark} ORDER BY 1, 2, 3"
            rows += self._raw.execute(held, (self.id,))
        return tuple(rows)

    def _check_no_trace(self, what: str) -> None:
        assert self._dump() == self.rows, f"{what} left a trace"

    def _check_events(self, answer: Answer, state: str) -> str:
        """Only declared transitions happened, each from where the one before ended; where they led."""
        first = answer.events[0].seq
        assert [e.cause for e in answer.events] == [first] * len(answer.events)
        assert list(answer.events) == self.history[first - 1 : first - 1 + len(answer.events)]
        for recorded in answer.events:
            event = recorded.event
            match event:
                case Identified():
                    state = event.state
                    assert state == self.lifecycle.initial
                case Advanced():
                    assert event.source == state
                    assert self._declares(event, recorded.actor.role)
                    state = event.target
                case Corrected():
                    state = event.patch.get("state", state)
                case _:
                    pass
            assert recorded.state == state
        return state

    def _declares(self, event: Advanced, role: str) -> bool:
        return any(
            t.trigger == event.trigger
            and event.source in t.sources
            and (t.target or event.source) == event.target
            and t.automatic == event.automatic
            and (t.automatic or role in t.roles)
            for t in self.lifecycle.transitions
        )

    def _check_rows(self) -> None:
        """State, event and log agree; so do counts and regions."""
        u, regions = self.u, self.matter.regions
        assert u.final == self.lifecycle.by_state[u.state].final
        assert self.history[-1].state == u.state
        assert set(regions) == set(u.concerned if self.lifecycle.track else ())
        counted = [rb.category for rb in regions.values()]
        assert u.counts.adopted == counted.count("adopted")
        assert u.counts.rejected == counted.count("rejected")
        assert u.counts.not_concerned == counted.count("not_concerned")
        for rb in regions.values():
            self._check_region(rb)
        self._check_closing()
        waiting = [o.trigger for o in self.options(None) if o.automatic and o.allowed]
        assert not waiting, f"{waiting} should have happened by themselves"

    def _check_region(self, rb: Regionbeslut) -> None:
        """A region has concluded exactly when the decisions of its current set that stand say so."""
        track = self.lifecycle.track
        assert track is not None
        standing = [d for d in rb.decisions if d.set_no == rb.set_no and not d.withdrawn]
        category = ""
        if standing and standing[-1].complete and standing[-1].outcome in track.amounts_to:
            weightiest = min((d.outcome for d in standing if d.outcome in track.amounts_to), key=track.amounts_to.index)
            category = next(o.counts for o in track.outcomes if o.id == weightiest)
        assert rb.category == category
        assert rb.concluded == (rb.state == track.decided)
        left = standing[-1].task if standing else None
        assert rb.task is None or (rb.task == left and not rb.concluded)
        if rb.state in ("aterremitterad", "bordlagd"):
            assert rb.task == left, "what is missing stands until it is sent anew or decided"
        if rb.state == "expedierad":
            assert rb.task is None, "what was missing has been sent"

    def _check_closing(self) -> None:
        u = self.u
        left = len(u.concerned) - u.counts.decided
        match u.lifecycle, u.state:
            case "regiongemensamt", "slutbehandlad":
                assert u.concerned
                assert not left
            case "regiongemensamt", "regionbeslut":
                assert left
            case "samverkansavtal", "stoppat":
                assert u.counts.rejected
            case "samverkansavtal", "antaget":
                assert not left
                assert not u.counts.rejected
                assert u.counts.adopted
            case "samverkansavtal", "regionbeslut":
                assert not u.counts.rejected
            case _:
                pass

    def options(self, role: str | None) -> list[Option]:
        with self.house.database.reading() as session:
            return self.house.engine(session, self.u.lifecycle, self.u.lifecycle_version).explain(self.u, role=role)


def standing(history: Sequence[Recorded]) -> dict[str, object]:
    """What was last said of each plain attribute by an event that has not been withdrawn, as corrected since."""
    fixes = {e.replaces: e.event for e in history if isinstance(e.event, Corrected)}
    told: dict[str, object] = {"final": False, "networks": (), "paused": False, "proposal_version": 0, "task": None}
    for recorded in history:
        event, fix = recorded.event, fixes.get(recorded.seq)
        if isinstance(event, Identified):
            told |= {name: getattr(event, name) for name in ("state", "title", "owner", "dnr", "directive")}
        elif isinstance(event, Advanced):
            told |= event.patch if fix is None else fix.effective
        elif isinstance(event, Changed) or (isinstance(event, Corrected) and event.of == "Identified"):
            told |= event.patch
    return {name: value for name, value in told.items() if name in _PLAIN}


def same(one: Answer, two: Answer) -> bool:
    """Whether two answers tell the same, save for one of them being a repetition."""
    return replace(one, repeated=False, warnings=()) == replace(two, repeated=False, warnings=())
