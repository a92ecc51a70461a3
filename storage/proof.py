"""The proof: the log told again, and every column of every row compared with what it should be.

Rows are read exactly as the database holds them. Nothing is ever mended here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlmodel import SQLModel

from storage import attachments, checkpoints, letter_tables, log, meeting_tables, tables
from storage.beredningsplaner import plan_row
from storage.budgets import budget_row
from storage.database import Session
from storage.definitions import region_row
from storage.direktiv import directive_row
from storage.letters import letter_row
from storage.meetings import meeting_rows, rule_row
from storage.motes import mote_row, paragraph_rows
from storage.people import holder_row
from storage.raw import RawTable
from storage.retold import Finding, Retold
from storage.statements import Row
from storage.tracks import beslut_row
from storage.tracks import region_row as track_row
from storage.uppdrag import uppdrag_row
from workflow.model import Region


@dataclass(frozen=True, slots=True)
class Report:
    """What was gone through, and what was found. `head` is the newest checkpoint's name, empty where there is none.

    `emptied` are the events whose content is gone, `gallrat` how many of them by each gallringsbeslut's number.
    """

    streams: int
    events: int
    head: str
    findings: tuple[Finding, ...]
    emptied: tuple[str, ...] = ()
    gallrat: tuple[tuple[str, int], ...] = ()


class Proof:
    """One run of the proof over everything, in one read transaction."""

    def __init__(self, session: Session, regions: Sequence[Region]) -> None:
        """`regions` as the organisation in use declares them."""
        self._session = session
        self._regions = regions
        self._retold = Retold(session)
        self._newest = ""

    def run(self, asked_head: str = "") -> Report:
        """Go through everything. `asked_head` is the name of a checkpoint that left the machine earlier."""
        findings = (
            *self._retold.findings(), *self._retold.undecided(), *self._streams(), *self._uppdrag(), *self._holders(),
            *self._meetings(), *self._chefsgrupp(), *self._letters(), *self._signed(), *self._definitions(),
            *self._compare(tables.RegionRow, [region_row(r) for r in self._regions]), *self._checkpoints(asked_head),
        )  # fmt: skip
        retold = self._retold
        gallrat = Counter(retold.decided[id] for id in retold.emptied if id in retold.decided)
        return Report(
            len(retold.streams), retold.events, self._newest, findings, tuple(retold.emptied),
            tuple(sorted(gallrat.items())),
        )  # fmt: skip

    def _streams(self) -> Iterator[Finding]:
        table, seen = RawTable(self._session, tables.StreamRow), set()
        for row in table.rows():
            name, values = str(row[0]), table.typed(row)
            seen.add(name)
            told = self._retold.streams.get(name)
            if values is None:
                yield Finding("row_changed", table.subject((name,)))
            elif told is None:
                yield Finding("event_missing", f"{name}/1")
            elif told.length and (values["seq"], values["head"]) != (told.length, told.head):
                yield Finding("head_differs", name, f"{name}/{told.length}")
        for name in sorted(self._retold.streams.keys() - seen):
            yield Finding("stream_missing", name)
        numbers = self._retold.numbers(seen)
        yield from self._compare(tables.SeriesRow, [{"year": y, "last": max(given)} for y, given in numbers.items()])
        for year, given in numbers.items():
            for missing in sorted(set(range(1, max(given) + 1)) - given):
                yield Finding("stream_missing", f"U{year}-{missing:02d}")

    def _uppdrag(self) -> Iterator[Finding]:
        """Uppdrag, their regions and decisions. Of a broken stream the first bad event says enough."""
        whole = [(told.matter, told.at) for _, told in self._retold.uppdrag() if told.matter and not told.broken]
        silent = {id for id, told in self._retold.uppdrag() if told.matter is None or told.broken}
        tracks = [(m.uppdrag.id, rb) for m, _ in whole for rb in m.regions.values()]
        yield from self._compare(tables.UppdragRow, [uppdrag_row(m.uppdrag, at) for m, at in whole], silent)
        yield from self._compare(tables.RegionbeslutRow, [track_row(id, rb) for id, rb in tracks], silent)
        yield from self._compare(
            tables.BeslutRow, [beslut_row(id, rb.region, d) for id, rb in tracks for d in rb.decisions], silent
        )
        yield from self._emptied()

    def _emptied(self) -> Iterator[Finding]:
        """What can still be said of uppdrag with emptied events: the other columns of the log were kept."""
        emptied = {id: told for id, told in self._retold.uppdrag() if told.emptied and not told.broken}
        if not emptied:
            return
        table, tracks = RawTable(self._session, tables.UppdragRow), RawTable(self._session, tables.RegionbeslutRow)
        versions: dict[str, dict[str, Any]] = {id: {} for id in emptied}
        for row in tracks.rows():
            if row[0] in versions:
                versions[row[0]][row[1]] = row[tracks.names.index("version")]
        for id, told in emptied.items():
            wanted = {**dict.fromkeys(versions[id], 0), **told.touched}
            for region, version in wanted.items():
                if versions[id].get(region) != version:
                    code = "row_changed" if region in versions[id] else "row_missing"
                    yield Finding(code, tracks.subject((id, region)), "version")
        rows = {row[0]: row for row in table.rows()}
        for id, told in emptied.items():
            if id not in rows:
                yield Finding("row_missing", table.subject((id,)))
            elif (values := table.typed(rows[id])) is None:
                yield Finding("row_changed", table.subject((id,)))
            else:
                year, number = (int(part) for part in id.removeprefix("U").split("-"))
                said = {"year": year, "number": number, "state": told.state, "regions": len(versions[id])}
                as_said = table.stored({**values, **said, "changed_at": told.at})
                if columns := table.difference(rows[id], as_said):
                    yield Finding("row_changed", table.subject((id,)), columns)

    def _holders(self) -> Iterator[Finding]:
        streams = self._retold.streams
        whole = [told.holder for told in streams.values() if told.holder and not told.broken]
        silent = {name for name, told in streams.items() if told.broken or told.emptied}
        yield from self._compare(tables.HolderRow, [holder_row(h) for h in whole], silent)

    def _meetings(self) -> Iterator[Finding]:
        streams = self._retold.streams
        whole = [told.calendar for told in streams.values() if told.calendar and not told.broken]
        silent = {name for name, told in streams.items() if told.broken or told.emptied}
        meetings = [row for calendar in whole for row in meeting_rows(calendar)]
        rules = [rule_row(calendar.rule) for calendar in whole if calendar.rule]
        yield from self._compare(meeting_tables.SammantradeRow, meetings, silent)
        yield from self._compare(meeting_tables.PapersRuleRow, rules, silent)

    def _chefsgrupp(self) -> Iterator[Finding]:
        """Chefsgruppen's meetings and their §, and what it decides on. Of what was emptied nothing more can be said."""
        streams = self._retold.streams
        whole = [told.meeting for told in streams.values() if told.meeting and not told.broken]
        silent = {name for name, told in streams.items() if told.broken or told.emptied}
        yield from self._compare(meeting_tables.MoteRow, [mote_row(m) for m in whole], silent)
        paragraphs = [row for m in whole for row in paragraph_rows(m)]
        yield from self._compare(meeting_tables.ParagrafRow, paragraphs, silent)
        directives = [told.directive for told in streams.values() if told.directive and not told.broken]
        yield from self._compare(meeting_tables.DirektivRow, [directive_row(d) for d in directives], silent)
        plans = [told.plan for told in streams.values() if told.plan and not told.broken]
        yield from self._compare(meeting_tables.BeredningsplanRow, [plan_row(p) for p in plans], silent)
        budgets = [told.budget for told in streams.values() if told.budget and not told.broken]
        yield from self._compare(meeting_tables.BudgetRow, [budget_row(b) for b in budgets], silent)

    def _letters(self) -> Iterator[Finding]:
        """The månadsbrev, with the figures that they were sent with."""
        streams = self._retold.streams
        whole = [told.letter for told in streams.values() if told.letter and not told.broken]
        silent = {name for name, told in streams.items() if told.broken or told.emptied}
        yield from self._compare(letter_tables.ManadsbrevRow, [letter_row(one) for one in whole], silent)

    def _signed(self) -> Iterator[Finding]:
        """The signed protokoll: each file is there, and is the one that was attached."""
        for name, told in self._retold.streams.items():
            for file in told.meeting.signed if told.meeting and not told.broken else ():
                content = attachments.content(self._session, file.digest)
                if content is None:
                    yield Finding("file_missing", f"{name} {file.name}", file.digest)
                elif sha256(content).hexdigest() != file.digest:
                    yield Finding("file_changed", f"{name} {file.name}", file.digest)

    def _definitions(self) -> Iterator[Finding]:
        table = RawTable(self._session, tables.DefinitionRow)
        sources = {(row[0], row[1]): row[table.names.index("source")] for row in table.rows()}
        wanted = []
        for (id, version), (event, at) in self._retold.published.items():
            source = sources.get((id, version), "")
            wanted.append({
                "id": id, "version": version, "kind": event.kind, "file": event.file, "digest": event.digest,
                "source": source, "published_at": at,
            })  # fmt: skip
            if (id, version) in sources and event.digest != _digest_of(source):
                yield Finding("row_changed", table.subject((id, version)), "source")
        streams = self._retold.streams.items()
        silent = {n.removeprefix("definition:") for n, told in streams if told.broken or told.emptied}
        yield from self._compare(tables.DefinitionRow, wanted, silent)

    def _compare(
        self, of: type[SQLModel], wanted: Iterable[Mapping[str, Any]], silent: Collection[str] = ()
    ) -> Iterator[Finding]:
        """Rows against what the log says. Rows whose key begins with one of `silent` the log cannot speak of."""
        table = RawTable(self._session, of)
        left = {table.key(row): row for row in (table.stored(values) for values in wanted)}
        for row in table.rows():
            key = table.key(row)
            should = left.pop(key, None)
            if should is None:
                if key[0] not in silent:
                    yield Finding("row_unexplained", table.subject(key))
            elif columns := table.difference(row, should):
                yield Finding("row_changed", table.subject(key), columns)
        for key in left:
            yield Finding("row_missing", table.subject(key))

    def _checkpoints(self, asked: str) -> Iterator[Finding]:
        table = RawTable(self._session, tables.CheckpointRow)
        parts = RawTable(self._session, tables.CheckpointStreamRow)
        held: dict[int, list[tuple[str, int, str]]] = {}
        sealed: dict[str, int] = {}
        for row in parts.rows():
            if parts.typed(row) is None:
                yield Finding("row_changed", parts.subject(parts.key(row)))
                continue
            number, stream, seq, head = row
            held.setdefault(number, []).append((stream, seq, head))
            sealed[stream] = max(seq, sealed.get(stream, 0))
            if self._retold.links.get((stream, seq)) != head and not self._broken_before(stream, seq):
                yield Finding("stream_cut", stream, f"{stream}/{seq}")
        names = {""}
        previous, expected = log.GENESIS, 1
        for row in table.rows():
            if not _continues(table, row, previous, expected, held.pop(expected, [])):
                yield Finding("checkpoint_changed", f"checkpoint {expected}")
                break
            self._newest = f"{expected}-{row[2]}"
            names.add(self._newest)
            previous, expected = row[2], expected + 1
        else:
            for number in held:  # lines of a checkpoint that is not there
                yield Finding("checkpoint_changed", f"checkpoint {number}")
        for name, *_, mark in RawTable(self._session, tables.StreamRow).rows():
            if mark != sealed.get(name, 0):
                yield Finding("row_changed", f"stream {name}", "sealed")
        if asked not in names:
            yield Finding("head_unknown", asked)

    def _broken_before(self, stream: str, seq: int) -> bool:
        """Whether the stream is already named as broken before that event."""
        told = self._retold.streams.get(stream)
        return told is not None and told.broken and told.length < seq


def _continues(table: RawTable, row: Row, previous: str, number: int, held: list[tuple[str, int, str]]) -> bool:
    """Whether a checkpoint is the one that follows."""
    values = table.typed(row)
    if values is None or values["number"] != number:
        return False
    return bool(checkpoints.link(previous, number, values["made_at"], held) == values["head"])


def _digest_of(source: Any) -> str:
    """SHA-256 in hex over a definition's text, empty where it is none."""
    try:
        return sha256(source.encode()).hexdigest()
    except (AttributeError, UnicodeError):
        return ""
