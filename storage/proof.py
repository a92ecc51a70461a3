"""The proof: the chains recomputed, the log replayed, and every column of every row compared with what it should be.

Rows are read exactly as the database holds them, so that a value which merely reads alike (a 5 where a 1 stood for
true) is found too. Nothing is ever mended here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import SQLModel

from storage import checkpoints, log, tables
from storage.database import Row, Session, Statement
from storage.definitions import region_row
from storage.people import holder_row
from storage.uppdrag import beslut_row, uppdrag_row
from storage.uppdrag import region_row as track_row
from workflow import appointments
from workflow.events import HolderAppointed, HolderEvent, Identified, Published, Recorded
from workflow.evolution import evolve
from workflow.model import Matter, Region
from workflow.people import Holder

_UPPDRAG = re.compile(r"U\d{4}-\d{2,6}")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written: a code, its subject, and the event or column that shows it."""

    code: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What was gone through, and what was found. `head` is the newest checkpoint's name, empty where there is none."""

    streams: int
    events: int
    head: str
    findings: tuple[Finding, ...]


class _Table:
    """One table read raw, with what its rows should look like in the database's own values."""

    def __init__(self, session: Session, table: type[SQLModel]) -> None:
        self._columns = tables.columns(table)
        self.names = tuple(c.name for c in self._columns)
        self.key = tuple(i for i, c in enumerate(self._columns) if c.primary_key)
        self._select = Statement(select(*self._columns)).on(session.dialect)
        self._insert = Statement(insert(table)).on(session.dialect)
        self._session = session

    def rows(self, order: Sequence[str]) -> Iterator[Row]:
        quoted = ", ".join(f'"{name}"' for name in order)
        yield from self._session.raw(f"{self._select.sql} ORDER BY {quoted}")  # column names of our own

    def typed(self, row: Row) -> dict[str, Any] | None:
        """The row as Python values, or None where some value is not of its type."""
        try:
            return dict(zip(self.names, self._select.read(row), strict=True))
        except (ValueError, TypeError, AttributeError):
            return None

    def stored(self, values: Mapping[str, Any]) -> Row:
        """Values as the database would hold them."""
        given = self._insert.given(values)
        return tuple(int(v) if isinstance(v := given[n], bool) and self._session.dialect.name == "sqlite" else v
                     for n in self.names)  # fmt: skip

    def difference(self, row: Row, wanted: Row) -> str:
        """The columns in which two rows differ, in value or in kind."""
        return ", ".join(n for n, a, b in zip(self.names, row, wanted, strict=True) if a != b or type(a) is not type(b))


class Proof:
    """One run of the proof over everything, in one read transaction."""

    def __init__(self, session: Session, regions: Sequence[Region]) -> None:
        """`regions` as the organisation in use declares them."""
        self._session = session
        self._regions = regions
        self._tables = {t: _Table(session, t) for t in _ALL}
        self._links: dict[tuple[str, int], str] = {}
        self._lengths: dict[str, int] = {}
        self._heads: dict[str, str] = {}
        self._matters: dict[str, tuple[Matter, Any]] = {}
        self._holders: dict[str, Holder] = {}
        self._published: dict[tuple[str, int], tuple[Published, Any]] = {}
        self._events = 0

    def run(self, asked_head: str = "") -> Report:
        """Go through everything. `asked_head` is the name of a checkpoint that left the machine earlier."""
        findings = [
            *self._log(), *self._streams(), *self._projection(), *self._definitions(), *self._organisation(),
            *self._series(), *self._checkpoints(asked_head),
        ]  # fmt: skip
        newest = checkpoints.last(self._session)
        return Report(len(self._lengths), self._events, newest.name if newest else "", tuple(findings))

    def _log(self) -> Iterator[Finding]:
        table, broken = self._tables[tables.EventRow], set()
        for row in table.rows(("stream", "seq")):
            self._events += 1
            stream, seq = row[0], row[1]
            if stream in broken:
                continue
            expected = self._lengths.get(stream, 0) + 1
            values = table.typed(row)
            if seq != expected:
                broken.add(stream)
                yield Finding("event_missing", f"{stream}/{expected}")
            elif values is None or row != table.stored(values):
                broken.add(stream)
                wrong = table.difference(row, table.stored(values)) if values else ""
                yield Finding("event_changed", f"{stream}/{seq}", wrong)
            elif log.link(self._heads.get(stream, log.GENESIS), values) != values["chain"]:
                broken.add(stream)
                yield Finding("event_changed", f"{stream}/{seq}")
            elif values["content"] is not None and log.content_digest(values) != values["content_digest"]:
                broken.add(stream)
                yield Finding("content_changed", f"{stream}/{seq}")
            else:
                self._lengths[stream], self._heads[stream] = seq, values["chain"]
                self._links[stream, seq] = values["chain"]
                if values["content"] is None:
                    broken.add(stream)  # emptied by a gallring decision: the chain holds, there is nothing to replay
                    self._matters.pop(stream, None)
                    self._holders.pop(stream, None)
                else:
                    yield from self._replay(stream, log.recorded(row_of(table, values)), values)

    def _replay(self, stream: str, recorded: Recorded, values: Mapping[str, Any]) -> Iterator[Finding]:
        event = recorded.event
        if isinstance(event, Published):
            self._published[event.id, event.version] = (event, recorded.registered_at)
        if appointments.STREAM.fullmatch(stream):
            yield from self._replay_holder(recorded, values)
        if not _UPPDRAG.fullmatch(stream):
            return
        before = self._matters[stream][0] if stream in self._matters else None
        if (before is None) != isinstance(event, Identified):
            yield Finding("event_changed", recorded.id)
            return
        after = evolve(before, event, id=stream)  # type: ignore[arg-type]  # an uppdrag's own stream
        self._matters[stream] = (after, recorded.registered_at)
        told = (type(event).__name__, recorded.region, recorded.replaces, after.uppdrag.state)
        if told != (values["kind"], values["region"], values["replaces"], values["state"]):
            yield Finding("event_changed", recorded.id, "kind, region, replaces, state")

    def _replay_holder(self, recorded: Recorded, values: Mapping[str, Any]) -> Iterator[Finding]:
        event, before = recorded.event, self._holders.get(recorded.stream)
        if not isinstance(event, HolderEvent) or (before is None) != isinstance(event, HolderAppointed):
            yield Finding("event_changed", recorded.id)
            return
        self._holders[recorded.stream] = appointments.evolve(before, event, id=recorded.stream)
        if (type(event).__name__, recorded.region, "") != (values["kind"], values["region"], values["state"]):
            yield Finding("event_changed", recorded.id, "kind, region, state")

    def _streams(self) -> Iterator[Finding]:
        table, seen = self._tables[tables.StreamRow], set()
        for row in table.rows(("name",)):
            name, seq, head, _ = row
            seen.add(name)
            if self._lengths.get(name, 0) < seq and name not in self._lengths:
                yield Finding("event_missing", f"{name}/1")
            elif (seq, head) != (self._lengths[name], self._heads[name]):
                yield Finding("head_differs", name, f"{name}/{self._lengths[name]}")
        for name in self._lengths.keys() - seen:
            yield Finding("stream_missing", name)

    def _projection(self) -> Iterator[Finding]:
        matters = self._matters
        yield from self._compare(
            tables.UppdragRow,
            [uppdrag_row(m.uppdrag, at) for m, at in matters.values()],
        )
        tracks = [(id, rb) for id, (m, _) in matters.items() for rb in m.regions.values()]
        yield from self._compare(tables.RegionbeslutRow, [track_row(id, rb) for id, rb in tracks])
        yield from self._compare(tables.HolderRow, [holder_row(h) for h in self._holders.values()])
        yield from self._compare(
            tables.BeslutRow, [beslut_row(id, rb.region, d) for id, rb in tracks for d in rb.decisions]
        )

    def _compare(self, of: type[SQLModel], wanted: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
        table = self._tables[of]
        left = {tuple(row[i] for i in table.key): row for row in (table.stored(values) for values in wanted)}
        for row in table.rows(tuple(table.names[i] for i in table.key)):
            key = tuple(row[i] for i in table.key)
            should = left.pop(key, None)
            subject = f"{of.__tablename__} {' '.join(map(str, key))}"
            if should is None:
                yield Finding("row_unexplained", subject)
            elif columns := table.difference(row, should):
                yield Finding("row_changed", subject, columns)
        for key in left:
            yield Finding("row_missing", f"{of.__tablename__} {' '.join(map(str, key))}")

    def _definitions(self) -> Iterator[Finding]:
        wanted = []
        table = self._tables[tables.DefinitionRow]
        sources = {(row[0], row[1]): row[5] for row in table.rows(("id", "version"))}
        for (id, version), (event, at) in self._published.items():
            source = sources.get((id, version), "")
            wanted.append({
                "id": id, "version": version, "kind": event.kind, "file": event.file, "digest": event.digest,
                "source": source, "published_at": at,
            })  # fmt: skip
            if (id, version) in sources and event.digest != digest_of(source):
                yield Finding("row_changed", f"definition {id} {version}", "source")
        yield from self._compare(tables.DefinitionRow, wanted)

    def _organisation(self) -> Iterator[Finding]:
        yield from self._compare(tables.RegionRow, [region_row(r) for r in self._regions])

    def _series(self) -> Iterator[Finding]:
        numbers: dict[int, set[int]] = {}
        for id in self._matters:
            numbers.setdefault(int(id[1:5]), set()).add(int(id[6:]))
        yield from self._compare(
            tables.SeriesRow, [{"year": year, "last": max(given)} for year, given in numbers.items()]
        )
        for year, given in numbers.items():
            for missing in sorted(set(range(1, max(given) + 1)) - given):
                if f"U{year}-{missing:02d}" not in self._lengths:
                    yield Finding("stream_missing", f"U{year}-{missing:02d}")

    def _checkpoints(self, asked: str) -> Iterator[Finding]:
        parts, table = self._tables[tables.CheckpointStreamRow], self._tables[tables.CheckpointRow]
        held: dict[int, list[tuple[str, int, str]]] = {}
        sealed: dict[str, int] = {}
        for number, stream, seq, head in parts.rows(("checkpoint", "stream")):
            held.setdefault(number, []).append((stream, seq, head))
            sealed[stream] = max(seq, sealed.get(stream, 0))
            if self._links.get((stream, seq)) != head and not self._known_broken(stream, seq):
                yield Finding("stream_cut", stream, f"{stream}/{seq}")
        previous, expected, names = log.GENESIS, 1, set()
        for row in table.rows(("number",)):
            values = table.typed(row)
            number, _, head = row
            good = values is not None and row == table.stored(values) and number == expected
            if not good or checkpoints.link(previous, number, values["made_at"], held.get(number, [])) != head:  # type: ignore[index]  # good says that it is there
                yield Finding("checkpoint_changed", f"checkpoint {expected}")
                break
            names.add(f"{number}-{head}")
            previous, expected = head, expected + 1
        for name, *_, mark in self._tables[tables.StreamRow].rows(("name",)):
            if mark != sealed.get(name, 0):
                yield Finding("row_changed", f"stream {name}", "sealed")
        if asked and asked not in names:
            yield Finding("head_unknown", asked)

    def _known_broken(self, stream: str, seq: int) -> bool:
        """Whether the stream is already named as broken before that event."""
        return stream in self._lengths and 0 < self._lengths[stream] < seq and (stream, seq) not in self._links


def row_of(table: _Table, values: Mapping[str, Any]) -> Row:
    """The values of a row in the table's order."""
    return tuple(values[name] for name in table.names)


def digest_of(source: str) -> str:
    """A definition's digest: SHA-256 in hex over its text with line ends as in Unix."""
    return sha256(source.replace("\r\n", "\n").encode()).hexdigest()


_ALL: tuple[type[SQLModel], ...] = (
    tables.EventRow, tables.StreamRow, tables.UppdragRow, tables.RegionbeslutRow, tables.BeslutRow,
    tables.HolderRow, tables.DefinitionRow, tables.RegionRow, tables.SeriesRow, tables.CheckpointRow,
    tables.CheckpointStreamRow,
)  # fmt: skip
