"""The same rows written by hand with the standard library's sqlite3: what a careful programmer would write without us.

It has no rules: it is told what each command comes to. It reads what it cannot do without (the number to give, the
stream's head, the facts already kept, the counts that close the uppdrag) and writes every row that we write, with salt,
digests and chain, in the same schema under the same PRAGMAs, each command in a durable transaction of its own. A key
that has been used before stops at the UNIQUE index.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.scenario import (
    ACTOR,
    IDENTIFIED_ON,
    LIFECYCLE,
    REGIONS,
    TIMES,
    VERSION,
    Step,
    Verdict,
    steps,
    title,
    verdicts,
)  # fmt: skip

GENESIS = "0" * 64
BEGIN = "BEGIN IMMEDIATE"
LAST = "SELECT last FROM series WHERE year = ?"
HEAD = "SELECT seq, head FROM stream WHERE name = ?"
EVENT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
STREAM = "INSERT INTO stream VALUES (?, ?, ?, 0)"
MOVE = "UPDATE stream SET seq = ?, head = ? WHERE name = ? AND seq = ?"
UPPDRAG = (
    "INSERT INTO uppdrag (id, year, number, lifecycle, lifecycle_version, state, final, title, neutral_title, "
    "sensitive, source, section, parent, owner, dnr, directive, plan, standing, notes, paused, round, "
    "proposal_version, regions, adopted, rejected, not_concerned, due, due_text, due_first, due_last, changed_at, "
    "detail) VALUES "
    "(?, ?, ?, ?, ?, ?, FALSE, ?, '', FALSE, ?, ?, NULL, ?, '', '', '', '', '', FALSE, 1, 0, ?, 0, 0, 0, "
    "?, ?, ?, ?, ?, ?)"
)
REGION = (
    "INSERT INTO regionbeslut (uppdrag, region, state, outcome, category, set_no, version, dnr, sent_version, channel, "
    "planned_on, planned_body, facts, more) "
    "VALUES (?, ?, 'ej_expedierad', '', '', 1, 0, '', 0, '', NULL, '', '{}', '{}')"
)
DECIDED = (
    "UPDATE regionbeslut SET state = 'beslutad', outcome = ?, category = ?, version = ? "
    "WHERE uppdrag = ? AND region = ? AND version = 0"
)
BESLUT = "INSERT INTO beslut VALUES (?, ?, 1, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, 1, TRUE, FALSE, 'beslut', '{}')"
COUNT = {
    category: f"UPDATE uppdrag SET {category} = {category} + 1, changed_at = ? WHERE id = ?"
    for category in ("adopted", "rejected", "not_concerned")
}
CLOSED = (
    "UPDATE uppdrag SET state = 'slutbehandlad', final = TRUE, due = '', due_text = '', due_first = NULL, "
    "due_last = NULL, detail = ? WHERE id = ?"
)
CLOSED_AT_ONCE = (
    "UPDATE uppdrag SET adopted = ?, rejected = ?, not_concerned = ?, state = 'slutbehandlad', final = TRUE, due = '', "
    "due_text = '', due_first = NULL, due_last = NULL, changed_at = ?, detail = ? WHERE id = ?"
)
LOOK = (
    "INSERT INTO reminder (uppdrag, region, next_at, since, round) VALUES (?, ?, ?, ?, 1) "
    "ON CONFLICT (uppdrag, region) DO UPDATE SET next_at = excluded.next_at"
)

FORGET = "DELETE FROM reminder WHERE uppdrag = ? AND region = ?"


class ByHand:
    """One connection, kept open, to a database that our migration has made."""

    connection: Any

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        self.run: Callable[..., Any] = self.connection.execute
        self.run_many: Callable[..., Any] = self.connection.executemany
        self.connection.execute("PRAGMA foreign_keys = ON")
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = FULL")

    def live(self, n: int, now: datetime) -> str:
        """The whole life of uppdrag number `n`; its id."""
        id = self.create(n, now)
        for step in steps(n):
            self.advance(id, step, now, key=f"{id} {step.trigger}")
        for verdict in verdicts():
            self.decide(id, verdict, now, key=f"{id} {verdict.region}")
        return id

    def create(self, n: int, now: datetime) -> str:
        run, at = self.run, _moment(now)
        content = {
            "lifecycle": LIFECYCLE, "lifecycle_version": VERSION, "state": "identifierad", "title": title(n),
            "neutral_title": "", "sensitive": False, "source": "Verksamhetsplan 2026", "section": "5.2", "parent": "",
            "owner": "", "dnr": "", "directive": "", "plan": "", "notes": "", "concerned": REGIONS,
            "track_state": "ej_expedierad", "times": _times(()),
        }  # fmt: skip
        due = TIMES["redovisning"]
        run(BEGIN)
        try:
            row = run(LAST, (now.year,)).fetchone()
            number = row[0] + 1 if row else 1
            if row:
                run("UPDATE series SET last = ? WHERE year = ?", (number, now.year))
            else:
                run("INSERT INTO series VALUES (?, ?)", (now.year, number))
            id = f"U{now.year}-{number:02d}"
            event, chain = _event(
                GENESIS, id, 1, 1, "Identified", "", "identifierad", str(IDENTIFIED_ON), at, content,
                key=f"new {n}",
            )  # fmt: skip
            run(STREAM, (id, 1, chain))
            run(EVENT, event)
            detail = {
                "networks": [], "concerned": REGIONS, "tracked": True, "times": content["times"], "task": None,
                "consultations": [], "facts": {},
            }  # fmt: skip
            run(UPPDRAG, (
                id, now.year, number, LIFECYCLE, VERSION, "identifierad", title(n), "Verksamhetsplan 2026", "5.2", "",
                len(REGIONS), "redovisning", due.text, str(due.first), str(due.last), at, _sorted_json(detail),
            ))  # fmt: skip
            self.run_many(REGION, [(id, region) for region in REGIONS])
            run(LOOK, (id, "-", at, at[:10]))
            run("COMMIT")
        except BaseException:
            run("ROLLBACK")
            raise
        return id

    def advance(self, id: str, step: Step, now: datetime, *, key: str) -> None:
        run, at, on = self.run, _moment(now), str(step.on)
        run(BEGIN)
        try:
            seq, head = run(HEAD, (id,)).fetchone()
            detail = json.loads(run("SELECT detail FROM uppdrag WHERE id = ?", (id,)).fetchone()[0])
            columns: dict[str, Any] = {"state": step.target, "changed_at": at, **step.columns}
            patch: dict[str, Any] = {"state": step.target, "final": False}
            if step.meets:
                patch["times"] = detail["times"] = _times((step.meets,))
                columns |= _due(detail["times"])
            patch |= {**step.columns, **step.detail}
            patch["facts"] = {**detail["facts"], step.trigger: {**step.facts, "on": on}}
            detail |= {**step.detail, "facts": patch["facts"]}
            content = {
                "trigger": step.trigger, "source": step.source, "target": step.target, "facts": step.facts,
                "patch": {**patch, "facts": _sorted_facts(patch["facts"])}, "automatic": False,
            }  # fmt: skip
            event, chain = _event(
                head, id, seq + 1, seq + 1, "Advanced", "", step.target, on, at, content, key=key
            )  # fmt: skip
            run(MOVE, (seq + 1, chain, id, seq))
            run(EVENT, event)
            assignments = ", ".join(f"{name} = ?" for name in columns)
            run(
                f"UPDATE uppdrag SET {assignments}, detail = ? WHERE id = ?",
                (*columns.values(), _sorted_json(detail), id),
            )
            run(LOOK, (id, "-", at, at[:10]))
            run("COMMIT")
        except BaseException:
            run("ROLLBACK")
            raise

    def decide(self, id: str, verdict: Verdict, now: datetime, *, key: str) -> None:
        run, at = self.run, _moment(now)
        run(BEGIN)
        try:
            seq, head = run(HEAD, (id,)).fetchone()
            (left,) = run(
                "SELECT regions - adopted - rejected - not_concerned FROM uppdrag WHERE id = ?", (id,)
            ).fetchone()
            event, chain = _decided(head, id, seq + 1, verdict, at, key)
            events = [event]
            detail = ""
            if left == 1:
                detail, content = _closing(run("SELECT detail FROM uppdrag WHERE id = ?", (id,)).fetchone()[0])
                event, chain = _event(
                    chain, id, seq + 2, seq + 1, "Advanced", "", "slutbehandlad", None, at, content, key=""
                )  # fmt: skip
                events.append(event)
            run(MOVE, (seq + len(events), chain, id, seq))
            for event in events:
                run(EVENT, event)
            run(COUNT[verdict.category], (at, id))
            if left == 1:
                run(CLOSED, (detail, id))
            run(DECIDED, (verdict.outcome, verdict.category, seq + 1, id, verdict.region))
            run(BESLUT, _beslut(id, seq + 1, verdict))
            if left == 1:
                run(LOOK, (id, "-", at, at[:10]))
            else:
                run(FORGET, (id, verdict.region))
            run("COMMIT")
        except BaseException:
            run("ROLLBACK")
            raise

    def batch(self, ids: Sequence[str], now: datetime) -> list[tuple[str, list[tuple[Any, ...]]]]:
        """The rows that every region's decision on these uppdrag comes to, for one executemany per table."""
        at, wanted = _moment(now), verdicts()
        counts = [sum(v.category == c for v in wanted) for c in ("adopted", "rejected", "not_concerned")]
        heads, events, closed, decided, beslut, looks, over = [], [], [], [], [], [], []
        for id in ids:
            start, chain = self.connection.execute("SELECT seq, head FROM stream WHERE name = ?", (id,)).fetchone()
            kept = self.connection.execute("SELECT detail FROM uppdrag WHERE id = ?", (id,)).fetchone()[0]
            for seq, verdict in enumerate(wanted, start=start + 1):
                event, chain = _decided(chain, id, seq, verdict, at, f"{id} {verdict.region}")
                events.append(event)
                decided.append((verdict.outcome, verdict.category, seq, id, verdict.region))
                beslut.append(_beslut(id, seq, verdict))
            last = start + len(wanted)
            detail, content = _closing(kept)
            event, chain = _event(
                chain, id, last + 1, last, "Advanced", "", "slutbehandlad", None, at, content, key=""
            )  # fmt: skip
            events.append(event)
            heads.append((last + 1, chain, id, start))
            closed.append((*counts, at, detail, id))
            looks.append((id, "-", at, at[:10]))
            over += [(id, region) for region in REGIONS[:-1]]
        return [
            (MOVE, heads),
            (EVENT, events),
            (CLOSED_AT_ONCE, closed),
            (DECIDED, decided),
            (BESLUT, beslut),
            (LOOK, looks),
            (FORGET, over),
        ]

    def write(self, batch: Iterable[tuple[str, list[tuple[Any, ...]]]]) -> None:
        """Nothing but executemany, in one transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            for statement, rows in batch:
                self.connection.executemany(statement, rows)
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise


def _decided(head: str, id: str, seq: int, v: Verdict, at: str, key: str) -> tuple[tuple[Any, ...], str]:
    content = {
        "region": v.region,
        "decision": {
            "number": 1, "seq": seq, "set_no": 1, "outcome": v.outcome, "body": v.body, "on": str(v.on),
            "paragraph": v.paragraph, "dnr": v.dnr, "adaptation": v.adaptation, "note": v.note, "source": v.source,
            "proposal_version": 1, "complete": True, "withdrawn": False, "kind": "beslut", "links": [],
            "justerat": None, "tillkannagivet": None, "delegationspunkt": "", "reported_to": "", "reported_on": None,
            "task": None,
        },
        "patch": {"state": "beslutad", "outcome": v.outcome, "category": v.category, "set_no": 1},
    }  # fmt: skip
    return _event(head, id, seq, seq, "RegionDecided", v.region, "regionbeslut", str(v.on), at, content, key=key)


def _beslut(id: str, seq: int, v: Verdict) -> tuple[Any, ...]:
    return (
        id, v.region, seq, v.outcome, v.body, str(v.on), v.paragraph, v.dnr, v.adaptation, v.note, v.source
    )  # fmt: skip


def _closing(kept: str) -> tuple[str, dict[str, Any]]:
    """The detail of an uppdrag that closes, and the content of the event that closes it."""
    detail = json.loads(kept)
    detail["times"] = _times(("redovisning", "regionbeslut"))
    patch = {"state": "slutbehandlad", "final": True, "times": detail["times"]}
    return _sorted_json(detail), {
        "trigger": "slutbehandla", "source": "regionbeslut", "target": "slutbehandlad", "facts": {}, "patch": patch,
        "automatic": True,
    }  # fmt: skip


def _event(
    head: str, id: str, seq: int, cause: int, kind: str, region: str, state: str, on: str | None, at: str,
    content: object, *, key: str,
) -> tuple[tuple[Any, ...], str]:  # fmt: skip
    """The row of an event, and the link of the chain that it is."""
    text, salt = _json(content), os.urandom(16).hex()
    digest = _digest(salt, ACTOR.name, text)
    owned = _digest(ACTOR.role, ACTOR.name, key) if key else ""
    asked = _digest(kind, key, text) if key else ""
    chain = _digest(
        head, id, str(seq), str(cause), kind, region, state, on or "", f"{at[:10]}T{at[11:]}+00:00", "0", "0",
        ACTOR.role, owned, asked, digest,
    )  # fmt: skip
    row = (
        id, seq, cause, kind, region, state, on, at, False, 0, ACTOR.role, owned, asked, ACTOR.name, text, salt, digest,
        chain,
    )  # fmt: skip
    return row, chain


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _sorted_json(detail: dict[str, Any]) -> str:
    """The detail with its facts in order, as we keep it."""
    return _json({**detail, "facts": _sorted_facts(detail["facts"])})


def _sorted_facts(facts: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {trigger: dict(sorted(stated.items())) for trigger, stated in sorted(facts.items())}


def _moment(now: datetime) -> str:
    return f"{now:%Y-%m-%d %H:%M:%S.%f}"


def _times(met: Iterable[str]) -> list[dict[str, Any]]:
    return [
        {
            "deadline": name,
            "span": {
                "text": span.text, "first": str(span.first), "last": str(span.last), "reading": span.reading,
                "interpreted": span.interpreted,
            },
            "met": name in met,
        }
        for name, span in TIMES.items()
    ]  # fmt: skip


def _due(times: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The columns of the planned time that is next to be met."""
    left = next(t for t in times if not t["met"])
    span = left["span"]
    return {"due": left["deadline"], "due_text": span["text"], "due_first": span["first"], "due_last": span["last"]}
