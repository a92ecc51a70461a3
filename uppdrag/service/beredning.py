"""The beredningsplan of a year as it stands: filled in from what is known, with what somebody has moved by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from storage import beredningsplaner, motes, uppdrag
from storage.database import Session
from uppdrag.service.chefsgrupp import days, form_of
from uppdrag.service.house import House
from workflow.agenda import Candidate, key_of
from workflow.agenda_form import AgendaForm
from workflow.beredning import Beredningsplan, Line, Ruling, Tabled
from workflow.beredning_events import Change, compare
from workflow.beredning_fill import Row, fill
from workflow.beredning_force import Force, Rounds, in_force
from workflow.calendar import local_date
from workflow.carrying import left_for
from workflow.errors import Refusal
from workflow.events import Recorded
from workflow.holding import noted
from workflow.meeting import AgendaItem, Meeting, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """A matter that a closed meeting of the year has dealt with, and its §."""

    day: date
    paragraph: int
    title: str
    uppdrag: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """A year's beredningsplan. `days` are the year's meetings, `rounds` all that are known; `rows` first those at
    meetings to come, in order; `changes` is what is otherwise than when chefsgruppen decided on the plan."""

    plan: Beredningsplan
    form: AgendaForm
    rounds: Rounds
    days: tuple[date, ...]
    rows: tuple[Row, ...]
    handled: tuple[Handled, ...]
    decided: tuple[Ruling, Tabled] | None
    changes: tuple[Change, ...]

    @property
    def year(self) -> int:
        return self.plan.year

    @property
    def coming(self) -> tuple[date, ...]:
        """The year's meetings that are still to be held."""
        return tuple(d for d in self.days if d in self.rounds.coming)

    def row(self, key: str) -> Row | None:
        return next((r for r in self.rows if r.key == key), None)


def preparation(house: House, year: int, *, now: datetime) -> Preparation:
    """A year's plan as it stands."""
    with house.database.reading() as session:
        return read(house, session, year, now=now)


def read(house: House, session: Session, year: int, *, now: datetime) -> Preparation:
    """The same, in a transaction that is open."""
    today, form, known = local_date(now), form_of(house, session), motes.every(session)
    rounds = _rounds(days(session), known, today)
    plans = beredningsplaner.since(session, min(year, today.year))
    plan = next((p for p in plans if p.year == year), Beredningsplan(year=year))
    rows: list[Row] = []
    if year >= today.year:
        found = uppdrag.in_hand(session)
        candidates = [
            Candidate(uppdrag=u, lifecycle=house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle)
            for u in found
        ]
        first = next(iter(rounds.coming), today)
        carried = left_for(first, known).carried
        rows = fill(form, candidates, rounds, plans, year, dealt=_dealt(known), carried=carried)
        rows = [_on_agendas(row, known) for row in rows]
    decided = plan.decided
    lines = [replace(line, title=_neutral(session, line)) for line in decided[1].lines] if decided else []
    return Preparation(
        plan=plan, form=form, rounds=rounds, days=rounds.year(year), rows=tuple(rows),
        handled=tuple(_handled(session, known, year)), decided=decided,
        changes=tuple(compare(lines, lines_of(rows))) if decided else (),
    )  # fmt: skip


def lines_of(rows: Iterable[Row]) -> tuple[Line, ...]:
    """The rows as the plan is put before chefsgruppen."""
    return tuple(Line(key=r.key, title=called(r), day=r.day) for r in rows)


def called(row: Row) -> str:
    """A matter as people name it: `U2026-04 Robusta kommunikationer: Redovisning för chefsgruppen`."""
    return f"{row.uppdrag} {row.title}: {row.what}" if row.uppdrag else row.title


def force_on(session: Session, day: date, held: Sequence[date], known: Sequence[Meeting], now: datetime) -> Force:
    """What the plans have to say of the meeting on a day; `held` are all days, `known` the meetings something is known
    of."""
    plans = beredningsplaner.since(session, day.year)
    if not plans:
        return Force({}, ())
    rounds = _rounds(held, known, local_date(now), day)
    return in_force(plans, day.year, _dealt(known), rounds)


def history(house: House, year: int) -> list[Recorded]:
    """What somebody has made of a year's plan, in order."""
    with house.database.reading() as session:
        return beredningsplaner.history(session, year)


def _rounds(held: Sequence[date], known: Sequence[Meeting], today: date, asked: date | None = None) -> Rounds:
    closed = {m.day for m in known if m.closed_on}
    coming = tuple(d for d in held if (d >= today or d == asked) and d not in closed)
    moved = {m.day: m.called_off.to for m in known if m.called_off is not None and m.called_off.to is not None}
    return Rounds(days=tuple(held), coming=coming, moved=moved)


def _dealt(known: Iterable[Meeting]) -> dict[str, date]:
    """The last meeting that has dealt with a matter, by the key of the matter."""
    closed = sorted((m for m in known if m.closed_on), key=lambda m: m.day)
    return {key_of(item): m.day for m in closed for item, note in noted(m) if note.outcome not in ("", "utgar")}


def _handled(session: Session, known: Iterable[Meeting], year: int) -> list[Handled]:
    """What the closed meetings of a year have dealt with: its uppdrag, and what the plan or somebody put there."""
    found = []
    for m in sorted((m for m in known if m.closed_on and m.day.year == year), key=lambda m: m.day):
        for item, note in noted(m):
            if note.outcome and (item.uppdrag or item.why.code in ("plan", "by_hand", "yearly", "carried")):
                found.append(
                    Handled(
                        day=m.day, paragraph=note.paragraph, title=_title(session, item), uppdrag=item.uppdrag,
                        outcome=note.outcome,
                    )
                )  # fmt: skip
    return found


def _on_agendas(row: Row, known: Iterable[Meeting]) -> Row:
    """A row with a word of warning where the matter stands on the agenda of another meeting, whose kallelse is out."""
    stands = [
        m.day for m in known
        if m.summoned_on and not m.closed_on and m.circulation is None and m.called_off is None and m.day != row.day
        and any(key_of(i) == row.key and not i.withdrawn for i in m.items)
    ]  # fmt: skip
    return replace(row, warnings=(*row.warnings, *(Refusal.of("still_on_agenda", day=d) for d in stands)))


def _title(session: Session, item: AgendaItem) -> str:
    u = uppdrag.load(session, item.uppdrag, seq=0).uppdrag if item.uppdrag else None
    return u.neutral_title if u is not None and u.sensitive else item.title


def _neutral(session: Session, line: Line) -> str:
    """What a line may be called now: its uppdrag may have become sensitive since."""
    id, _, step = line.key.partition(":")
    if not step or not id.startswith("U"):
        return line.title
    u = uppdrag.load(session, id, seq=0).uppdrag
    return f"{id} {u.neutral_title}" if u.sensitive else line.title
