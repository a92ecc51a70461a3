"""The same life with `python-statemachine`, in two ways, both after its documentation's example of a persistent model.

`OfCharts` is the library as it comes: a StateChart whose 21 regions are parallel states, and which closes by itself
when the last of them is done. The configuration is kept in the uppdrag's row and written once per step.

`OfMachines` is what is left when we do the library's work: a small StateMachine per uppdrag and another per region,
each with a row of its own, and SQL that counts the regions left and says when to close.

Both load their machine for each command and write an event row (facts and decisions as JSON) in the same transaction.
Neither stores chain, digests, idempotency keys, decisions to list, counts or reminders.
"""

from __future__ import annotations

import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from statemachine import State, StateChart, StateMachine
from statemachine.orderedset import OrderedSet

from benchmarks.scenario import ACTOR, IDENTIFIED_ON, REGIONS, TIMES, Step, Verdict, steps, title, verdicts

SCHEMA = """
CREATE TABLE uppdrag (id INTEGER PRIMARY KEY, title TEXT NOT NULL, state TEXT, times TEXT NOT NULL);
CREATE TABLE region (
    uppdrag INTEGER NOT NULL REFERENCES uppdrag, region TEXT NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (uppdrag, region)
) WITHOUT ROWID;
CREATE TABLE event (
    number INTEGER PRIMARY KEY, uppdrag INTEGER NOT NULL REFERENCES uppdrag, kind TEXT NOT NULL, happened_on TEXT,
    actor TEXT NOT NULL, content TEXT NOT NULL
);
CREATE INDEX event_uppdrag ON event (uppdrag);
"""
EVENT = "INSERT INTO event (uppdrag, kind, happened_on, actor, content) VALUES (?, ?, ?, ?, ?)"


class Peer(ABC):
    """One connection, kept open, to a new SQLite file with a schema of its own; the same PRAGMAs as ours."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(SCHEMA)

    def live(self, n: int) -> None:
        self._create(n)
        for step in steps(n):
            self._advance(n, step)
        for verdict in verdicts():
            self._decide(n, verdict)

    def check(self, lives: int) -> None:
        """Raises AssertionError where the lives did not end as they should."""
        done = self._connection.execute("SELECT count(*) FROM uppdrag WHERE state LIKE '%slutbehandlad%'").fetchone()
        events = self._connection.execute("SELECT count(*) FROM event").fetchone()
        if (done[0], events[0]) != (lives, 26 * lives):
            raise AssertionError(f"python-statemachine: {done[0]} uppdrag, {events[0]} events after {lives} lives")

    @abstractmethod
    def _create(self, n: int) -> None: ...

    @abstractmethod
    def _advance(self, n: int, step: Step) -> None: ...

    @abstractmethod
    def _decide(self, n: int, verdict: Verdict) -> None: ...

    def _identified(self, n: int, state: str | None) -> None:
        times = {name: [str(span.first), str(span.last)] for name, span in TIMES.items()}
        self._connection.execute("INSERT INTO uppdrag VALUES (?, ?, ?, ?)", (n, title(n), state, _json(times)))
        self._event(n, "Identified", str(IDENTIFIED_ON), {"title": title(n), "regions": REGIONS, "times": times})

    def _advanced(self, n: int, step: Step) -> None:
        self._event(n, "Advanced", str(step.on), {"trigger": step.trigger, "facts": step.facts})

    def _decided(self, n: int, v: Verdict) -> None:
        content = {
            "region": v.region, "outcome": v.outcome, "body": v.body, "paragraph": v.paragraph, "dnr": v.dnr,
            "adaptation": v.adaptation, "note": v.note, "source": v.source,
        }  # fmt: skip
        self._event(n, "RegionDecided", str(v.on), content)

    def _event(self, n: int, kind: str, on: str | None, content: object) -> None:
        self._connection.execute(EVENT, (n, kind, on, ACTOR.name, _json(content)))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


class PersistentModel:
    """A domain model whose state is a column, as the documentation has it."""

    def __init__(self, connection: sqlite3.Connection, table: str, *key: object) -> None:
        self._connection = connection
        self._key = key
        where = "uppdrag = ? AND region = ?" if table == "region" else "id = ?"
        self._select = f"SELECT state FROM {table} WHERE {where}"
        self._update = f"UPDATE {table} SET state = ? WHERE {where}"
        self._state: Any = None

    @property
    def state(self) -> Any:
        if self._state is None:
            (kept,) = self._connection.execute(self._select, self._key).fetchone()
            found = None if kept is None else json.loads(kept)
            self._state = OrderedSet(found) if isinstance(found, list) else found
        return self._state

    @state.setter
    def state(self, value: Any) -> None:
        self._state = value
        kept = _json(list(value) if isinstance(value, OrderedSet) else value)
        self._connection.execute(self._update, (kept, *self._key))


def _track(region: str) -> Any:
    """One region as a compound state, with events of its own."""
    names = ("ej_expedierad", "expedierad", "mottagen", "planerad", "beslutad")
    on = {name: State(value=f"{name}_{region}", initial=name == names[0], final=name == names[-1]) for name in names}
    decided = on["ej_expedierad"].to(on["beslutad"])
    for name in ("expedierad", "mottagen", "planerad"):
        decided |= on[name].to(on["beslutad"])
    body: dict[str, Any] = {f"{name}_{region}": state for name, state in on.items()}
    body |= {
        f"expediera_{region}": on["ej_expedierad"].to(on["expedierad"]),
        f"ta_emot_{region}": on["expedierad"].to(on["mottagen"]),
        f"planera_{region}": on["mottagen"].to(on["planerad"]),
        f"decide_{region}": decided,
    }
    return _made(State.Compound, f"region_{region}", body)


def _made(kind: Any, name: str, body: dict[str, Any]) -> Any:
    """What `class name(kind): body` makes: the library turns the class into a state."""
    return type(kind)(name, (kind,), body)


class UppdragChart(StateChart[Any]):
    atomic_configuration_update = True  # one write per step instead of one per state entered
    allow_event_without_transition = False
    catch_errors_as_events = False

    identifierad = State(initial=True)
    beredd = State()
    chefsgruppsbeslut = State()
    redovisad = State()
    regionbeslut = _made(State.Parallel, "regionbeslut", {f"region_{r}": _track(r) for r in REGIONS})
    slutbehandlad = State(final=True)

    bered = identifierad.to(beredd)
    besluta = beredd.to(chefsgruppsbeslut)
    redovisa = chefsgruppsbeslut.to(redovisad)
    godkann = redovisad.to(regionbeslut)
    done_state_regionbeslut = regionbeslut.to(slutbehandlad)


class OfCharts(Peer):
    """One chart per uppdrag, with 21 parallel regions."""

    def _create(self, n: int) -> None:
        with self._transaction():
            self._identified(n, None)
            self._chart(n)

    def _advance(self, n: int, step: Step) -> None:
        with self._transaction():
            self._chart(n).send(step.trigger)
            self._advanced(n, step)

    def _decide(self, n: int, verdict: Verdict) -> None:
        with self._transaction():
            self._chart(n).send(f"decide_{verdict.region}")
            self._decided(n, verdict)

    def _chart(self, n: int) -> UppdragChart:
        return UppdragChart(model=PersistentModel(self._connection, "uppdrag", n))


class UppdragMachine(StateMachine):
    identifierad = State(initial=True)
    beredd = State()
    chefsgruppsbeslut = State()
    redovisad = State()
    regionbeslut = State()
    slutbehandlad = State(final=True)

    bered = identifierad.to(beredd)
    besluta = beredd.to(chefsgruppsbeslut)
    redovisa = chefsgruppsbeslut.to(redovisad)
    godkann = redovisad.to(regionbeslut)
    slutbehandla = regionbeslut.to(slutbehandlad)


class RegionMachine(StateMachine):
    ej_expedierad = State(initial=True)
    expedierad = State()
    mottagen = State()
    planerad = State()
    beslutad = State(final=True)

    expediera = ej_expedierad.to(expedierad)
    ta_emot = expedierad.to(mottagen)
    planera = mottagen.to(planerad)
    decide = ej_expedierad.to(beslutad) | expedierad.to(beslutad) | mottagen.to(beslutad) | planerad.to(beslutad)


class OfMachines(Peer):
    """A machine per uppdrag and one per region; what holds them together is SQL."""

    def _create(self, n: int) -> None:
        with self._transaction():
            self._identified(n, '"identifierad"')
            rows = [(n, region, '"ej_expedierad"') for region in REGIONS]
            self._connection.executemany("INSERT INTO region VALUES (?, ?, ?)", rows)

    def _advance(self, n: int, step: Step) -> None:
        with self._transaction():
            UppdragMachine(model=PersistentModel(self._connection, "uppdrag", n)).send(step.trigger)
            self._advanced(n, step)

    def _decide(self, n: int, verdict: Verdict) -> None:
        with self._transaction():
            RegionMachine(model=PersistentModel(self._connection, "region", n, verdict.region)).send("decide")
            self._decided(n, verdict)
            left = "SELECT count(*) FROM region WHERE uppdrag = ? AND state <> '\"beslutad\"'"
            if self._connection.execute(left, (n,)).fetchone() == (0,):
                UppdragMachine(model=PersistentModel(self._connection, "uppdrag", n)).send("slutbehandla")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
