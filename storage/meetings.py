"""Meeting calendars: their rows, each saved together with what was stated of the body's meetings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlmodel import col

from storage import log, meeting_reminders
from storage.database import Session
from storage.meeting_tables import PapersRuleRow, SammantradeRow
from storage.statements import Row, Statement
from storage.tables import columns
from storage.writes import Table, Writes, differing
from workflow.convening import Calendar, Entry, evolve, id_of
from workflow.events import CalendarEvent, MeetingsStated
from workflow.model import Actor
from workflow.sammantraden import CHEFSGRUPP, PapersRule, Sammantrade, Sammantradesplan, plans_by_region

_MEETING_COLUMNS = columns(SammantradeRow)
_RULE_COLUMNS = columns(PapersRuleRow)
_NAMES = tuple(c.name for c in _MEETING_COLUMNS)
_ORDER = col(SammantradeRow.calendar), col(SammantradeRow.first)
_all = Statement(select(*_MEETING_COLUMNS).order_by(*_ORDER))
_between = Statement(
    select(*_MEETING_COLUMNS)
    .where(col(SammantradeRow.first) >= bindparam("earliest"), col(SammantradeRow.first) <= bindparam("latest"))
    .order_by(*_ORDER)
)
_rules = Statement(select(*_RULE_COLUMNS).order_by(col(PapersRuleRow.calendar)))
_withdraw = Statement(delete(PapersRuleRow).where(col(PapersRuleRow.calendar) == bindparam("withdrawn")))
_MEETING = Table(SammantradeRow, "calendar", "first")
_RULE = Table(PapersRuleRow, "calendar")

Statements = Sequence[tuple[Calendar, Sequence[CalendarEvent]]]
"""Calendars as they stand, each with what became true of it."""


def plans(
    session: Session, earliest: date | None = None, latest: date | None = None
) -> dict[str, Sammantradesplan]:  # fmt: skip
    """What is known of each region's meetings, and of chefsgruppen's under CHEFSGRUPP; of meetings that begin between
    two local days, both included, where they are given. A region of which nothing is known is not there."""
    if earliest is None and latest is None:
        rows = session.all(_all, {})
    else:
        rows = session.all(_between, {"earliest": earliest or date.min, "latest": latest or date.max})
    held = [entry.meeting for entry in map(_entry, rows) if not entry.cancelled]
    return plans_by_region(held, (_rule(row) for row in session.all(_rules, {})))


def all_calendars(session: Session) -> dict[str, Calendar]:
    """Every calendar by id, with what was cancelled."""
    entries: dict[str, dict[date, Entry]] = {}
    named: dict[str, tuple[str, str]] = {}
    for entry in map(_entry, session.all(_all, {})):
        m = entry.meeting
        entries.setdefault(id_of(m.region, m.body), {})[m.first] = entry
        named[id_of(m.region, m.body)] = m.region, m.body
    rules = {id_of(rule.region, rule.body): rule for rule in map(_rule, session.all(_rules, {}))}
    named.update({id: (rule.region, rule.body) for id, rule in rules.items()})
    return {id: Calendar(*named[id], entries.get(id, {}), rules.get(id)) for id in sorted(named)}


def save(session: Session, statements: Statements, actor: Actor, now: datetime) -> None:
    """Append what became true of calendars, and keep their rows as they then are.

    Raises VersionConflict where a stream has moved since it was read.
    """
    streams, writes = [], Writes(_MEETING, _RULE)
    withdrawn = []
    for before, events in statements:
        after = before
        for event in events:
            after = evolve(after, event, id=before.id)
        pending = log.Pending(before.id, log.peek(session, before.id))
        pending.add([log.Entry(event=event, state="", actor=actor) for event in events], now)
        streams.append(pending)
        _write_meetings(writes, before, after)
        if after.rule is None and before.rule is not None:
            withdrawn.append({"withdrawn": before.id})
        elif after.rule is not None and before.rule is None:
            writes.insert(_RULE, rule_row(after.rule))
        elif after.rule is not None and before.rule is not None:
            writes.update(_RULE, (before.id,), differing(rule_row(before.rule), rule_row(after.rule)))
    log.write_all(session, streams)
    writes.run(session)
    meeting_reminders.look(session, _of_chefsgrupp(statements), now)
    session.run_many(_withdraw, withdrawn)


def _of_chefsgrupp(statements: Statements) -> set[date]:
    """The days of chefsgruppen's meetings that were stated or cancelled."""
    stated = [e for c, events in statements for e in events if c.region == CHEFSGRUPP and isinstance(e, MeetingsStated)]
    return {day for e in stated for day in (*(m.first for m in e.meetings), *e.cancelled)}


def meeting_rows(calendar: Calendar) -> list[dict[str, Any]]:
    """The columns of every meeting of a calendar."""
    return [_meeting_row(calendar.id, entry) for entry in calendar.entries.values()]


def rule_row(rule: PapersRule) -> dict[str, Any]:
    """The columns of a rule."""
    return {
        "calendar": id_of(rule.region, rule.body), "region": rule.region, "body": rule.body,
        "working_days": rule.working_days, "counted_from": rule.before, "stated_by": rule.stated_by,
    }  # fmt: skip


def _write_meetings(writes: Writes, before: Calendar, after: Calendar) -> None:
    for day, entry in after.entries.items():
        row, known = _meeting_row(after.id, entry), before.entries.get(day)
        if known is None:
            writes.insert(_MEETING, row)
        elif known != entry:
            writes.update(_MEETING, (after.id, day), differing(_meeting_row(after.id, known), row))


def _meeting_row(calendar: str, entry: Entry) -> dict[str, Any]:
    m = entry.meeting
    return {
        "calendar": calendar, "first": m.first, "last": m.last, "region": m.region, "body": m.body,
        "papers_by": m.papers_by, "published_on": m.published_on, "period": m.period, "source": m.source,
        "example": m.example, "cancelled": entry.cancelled, "revision": entry.revision,
    }  # fmt: skip


def _entry(row: Row) -> Entry:
    r: Mapping[str, Any] = dict(zip(_NAMES, row, strict=True))
    meeting = Sammantrade(
        region=r["region"], body=r["body"], first=r["first"], last=r["last"], papers_by=r["papers_by"],
        published_on=r["published_on"], period=r["period"], source=r["source"], example=bool(r["example"]),
    )  # fmt: skip
    return Entry(meeting, r["revision"], bool(r["cancelled"]))


def _rule(row: Row) -> PapersRule:
    _, region, body, working_days, before, stated_by = row
    return PapersRule(region=region, body=body, working_days=working_days, before=before, stated_by=stated_by)
