"""A beredningsplan filled in: each matter at the meeting where its state, its planned time or somebody's hand puts it.

The rules are those of the agenda: the year's meetings are gone through in order, what `agenda.propose` would bring to
each is put there, and every uppdrag is then taken to be where that step leads.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from workflow.agenda import Candidate, Carried, Occasion, key_of, propose, section_by_hand
from workflow.agenda_form import CLOSING, OPENING, AgendaForm
from workflow.beredning import Beredningsplan, OwnMatter, Placement
from workflow.beredning_force import Force, Rounds, in_force
from workflow.calendar import Span
from workflow.errors import Refusal
from workflow.lifecycle import Lifecycle, Transition
from workflow.meeting import AgendaItem, Kind, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A matter in the plan. `day` None: at no meeting of the year. `what` is what chefsgruppen does with it, `state`
    where its uppdrag is today. `planned` is the time that is next to be met, and `planned_for` what is to be done by
    then, where that is something else. `placement` is what somebody has said of it by hand."""

    key: str
    title: str
    what: str
    why: Why
    uppdrag: str = ""
    kind: Kind = "beslut"
    day: date | None = None
    planned: Span | None = None
    planned_for: str = ""
    state: str = ""
    placement: Placement | None = None
    warnings: tuple[Refusal, ...] = ()

    @property
    def left_out(self) -> bool:
        return self.day is None and self.placement is not None and self.placement.day is None


def fill(
    form: AgendaForm, candidates: Iterable[Candidate], rounds: Rounds, plans: Sequence[Beredningsplan], year: int,
    *, dealt: Mapping[str, date], carried: tuple[Carried, ...] = (),
) -> list[Row]:  # fmt: skip
    """The rows of a year's plan: by meeting, then those at none. `plans` are those of the years from the first coming
    meeting's on; `carried` is what goes from the last closed meeting to the next."""
    own_plan = next((p for p in plans if p.year == year), Beredningsplan(year=year))
    filling = _Filling(form, candidates, rounds, own_plan, plans, dealt)
    for n, day in enumerate(d for d in rounds.coming if d.year <= year):
        filling.hold(day, carried if n == 0 else ())
    return filling.rows()


class _Filling:
    """The year's meetings, gone through one by one."""

    def __init__(
        self, form: AgendaForm, candidates: Iterable[Candidate], rounds: Rounds, plan: Beredningsplan,
        plans: Sequence[Beredningsplan], dealt: Mapping[str, date],
    ) -> None:  # fmt: skip
        self._form, self._rounds, self._plan, self._plans = form, rounds, plan, plans
        self._dealt = dict(dealt)
        self._force = {y: in_force(plans, y, dealt, rounds) for y in {d.year for d in rounds.coming} | {plan.year}}
        self._states: dict[str, str] = {}
        self._rows: list[Row] = []
        self._brought: set[tuple[int, str]] = set()
        self._last: dict[str, tuple[str, date]] = {}
        self._left: dict[str, Candidate] = {}
        self._unready: set[str] = set()
        for c in candidates:
            if not (c.uppdrag.final or c.uppdrag.paused):
                self._states[c.uppdrag.id] = c.lifecycle.label_of(c.uppdrag.state)
                self._onward(c)

    def hold(self, day: date, carried: tuple[Carried, ...]) -> None:
        """Bring to a meeting what the rules bring there, and let every uppdrag go where that leads."""
        force = self._force[day.year]
        placed = {key: day if at is not None and at < day else at for key, at in force.placed.items()}
        placed |= dict.fromkeys(key for year, key in self._brought if year == day.year)
        own = tuple(o for o in force.own if (day.year, o.key) not in self._brought)
        occasion = Occasion(
            day=day, following=self._rounds.after(day), year=self._rounds.year(day.year), carried=carried,
            placed=placed, own=Force(placed, own).own_items(day),
        )  # fmt: skip
        for item in propose(self._form, self._left.values(), (), occasion):
            if item.section in (OPENING, CLOSING):
                continue
            c = self._left.get(item.uppdrag)
            row = self._row(item, c, day)
            if day.year == self._plan.year:
                self._rows.append(row)
            if c is None:
                self._brought.add((day.year, item.key))
            else:
                self._last[row.uppdrag] = row.what, day
                self._onward(self._after(c, item))

    def rows(self) -> list[Row]:
        """What was brought to the meetings, then what was not brought to any."""
        found = sorted(self._rows, key=lambda r: (r.day is None, r.day or date.max))
        known = {r.key for r in found}
        for c in self._left.values():
            t = _next_step(self._form, c)
            if t is not None and f"{c.uppdrag.id}:{t.trigger}" not in known:
                found.append(self._at_none(c, t, self._why_not(c, t)))
        for o in self._force[self._plan.year].own:
            if o.key not in known:
                found.append(self._owned(o))
        return found + self._yearly_left_out(known)

    def _onward(self, c: Candidate) -> None:
        """Put an uppdrag where chefsgruppen's next step can be taken, past those that wait for the kansli first."""
        while (found := _nearest(c.lifecycle, c.uppdrag.state, _steps(self._form))) is not None:
            source, t = found
            key = f"{c.uppdrag.id}:{t.trigger}"
            due = any(t.trigger in s.triggers and s.when == "due" for s in self._form.sections)
            put = any(force.placed.get(key) for force in self._force.values())
            if source != c.uppdrag.state and c.uppdrag.task is not None:
                break  # what came back is dealt with where it is
            if source == c.uppdrag.state or due or put:
                c = replace(c, uppdrag=replace(c.uppdrag, state=source))
                break
            if key not in self._unready:
                self._unready.add(key)
                state = c.lifecycle.label_of(c.uppdrag.state)
                self._rows.append(self._at_none(c, t, Why.of("unready", state=state)))
            c = replace(c, uppdrag=replace(c.uppdrag, state=t.target or source))
        if c.uppdrag.final or c.lifecycle.by_state[c.uppdrag.state].final:
            self._left.pop(c.uppdrag.id, None)
        else:
            self._left[c.uppdrag.id] = c

    def _row(self, item: AgendaItem, c: Candidate | None, day: date) -> Row:
        key = key_of(item)
        placement, planned = self._plan.placement(key), c.uppdrag.due if c else None
        warnings = [Refusal.of("after_planned_time", day=day, text=planned.span.text, last=planned.span.last)] if (
            planned is not None and planned.span.last < day
        ) else []  # fmt: skip
        stated = placement.day if placement else next((o.day for o in self._plan.own if o.key == key), None)
        if stated is not None and stated != day and (key not in self._dealt or self._dealt[key] < stated):
            if stated not in self._rounds.days:
                warnings.append(Refusal.of("placed_meeting_gone", day=stated, instead=day))
            elif stated not in self._rounds.coming:
                warnings.append(Refusal.of("placed_meeting_passed", day=stated, instead=day))
            else:
                warnings.append(Refusal.of("placed_before_its_turn", day=stated, instead=day))
        t = _transition(c.lifecycle, item.trigger) if c else None
        why = item.why
        if why.code == "state" and item.uppdrag in self._last:
            before, when = self._last[item.uppdrag]
            why = Why.of("follows", what=before, day=when)
        return Row(
            key=key, title=item.title, what=_what(self._form, item.section, c, t), why=why, uppdrag=item.uppdrag,
            kind=item.kind, day=day, planned=planned.span if planned else None, placement=placement,
            planned_for=_planned_for(c, t) if c else "", state=self._states.get(item.uppdrag, ""),
            warnings=tuple(warnings),
        )  # fmt: skip

    def _after(self, c: Candidate, item: AgendaItem) -> Candidate:
        """An uppdrag as it is once chefsgruppen has dealt with an item as is proposed."""
        u, takes = c.uppdrag, next(s.takes for s in self._form.sections if s.id == item.section)
        t = _transition(c.lifecycle, item.trigger, u.state)
        if t is not None:
            times = tuple(replace(p, met=True) if p.deadline == t.meets else p for p in u.times)
            return replace(c, uppdrag=replace(u, state=t.target or u.state, times=times, task=None))
        if takes == "follow_up":
            return replace(c, uppdrag=replace(u, facts={}))
        return replace(c, uppdrag=replace(u, standing="") if takes == "reconsider" else replace(u, task=None))

    def _at_none(self, c: Candidate, t: Transition, why: Why) -> Row:
        u = c.uppdrag
        key = f"{u.id}:{t.trigger}"
        section = next(s.id for s in self._form.sections if t.trigger in s.triggers)
        return Row(
            key=key, title=u.neutral_title if u.sensitive else u.title, what=_what(self._form, section, c, t), why=why,
            uppdrag=u.id, planned=u.due.span if u.due else None, planned_for=_planned_for(c, t),
            placement=self._plan.placement(key), state=self._states[u.id],
        )  # fmt: skip

    def _why_not(self, c: Candidate, t: Transition) -> Why:
        """Why a step that chefsgruppen has before it is at no meeting of the year."""
        key = f"{c.uppdrag.id}:{t.trigger}"
        put, placed = self._plan.placement(key), self._force[self._plan.year].placed.get(key)
        if put is not None and put.day is None:
            return Why("left_out")
        if placed is not None and placed.year > self._plan.year:
            return Why.of("later_plan", day=placed)
        due = c.uppdrag.due
        planned = next((p for p in c.uppdrag.times if p.deadline == t.meets and not p.met), None) if t.meets else due
        if planned is not None and planned.span.last.year > self._plan.year:
            return Why.of("later", text=planned.span.text, last=planned.span.last)
        if planned is None and t.meets:
            return Why("no_time")
        return Why("no_meeting")

    def _owned(self, o: OwnMatter) -> Row:
        at = self._plan.placement(o.key)
        return Row(
            key=o.key, title=o.title, what=section_by_hand(self._form).label, kind=o.kind, placement=at,
            why=Why("left_out" if at and at.day is None else "no_meeting" if o.day or at else "not_placed"),
        )  # fmt: skip

    def _yearly_left_out(self, known: Collection[str]) -> list[Row]:
        yearly = [(s.label, y) for s in self._form.sections for y in s.yearly]
        found = [(label, y, p) for label, y in yearly if (p := self._plan.placement(y.id)) and y.id not in known]
        return [
            Row(key=y.id, title=y.title, what=label, kind=y.kind, placement=p,
                why=Why("no_meeting" if p.day else "left_out"))
            for label, y, p in found if y.id not in self._dealt
        ]  # fmt: skip


def _transition(lifecycle: Lifecycle, trigger: str, state: str = "") -> Transition | None:
    ways = lifecycle.leaving[state] if state else lifecycle.transitions
    return next((t for t in ways if trigger and t.trigger == trigger), None)


def _steps(form: AgendaForm) -> frozenset[str]:
    return frozenset(trigger for section in form.sections for trigger in section.triggers)


def _next_step(form: AgendaForm, c: Candidate) -> Transition | None:
    found = _nearest(c.lifecycle, c.uppdrag.state, _steps(form))
    return found[1] if found else None


def _nearest(lifecycle: Lifecycle, start: str, triggers: Collection[str]) -> tuple[str, Transition] | None:
    """The first of chefsgruppen's steps on the way from a state, and the state that it is taken from."""
    queue, seen = deque([start]), {start}
    while queue:
        here = queue.popleft()
        for t in lifecycle.leaving[here]:
            if t.trigger in triggers and "chefsgrupp" in t.roles:
                return here, t
        ahead = [t.target for t in lifecycle.leaving[here] if t.target and not t.effect and "kansli" in t.roles]
        queue += [state for state in dict.fromkeys(ahead) if state not in seen]
        seen.update(ahead)
    return None


def _planned_for(c: Candidate, t: Transition | None) -> str:
    """What is to be done by the time that is next to be met, where a step does not itself meet it."""
    due = c.uppdrag.due
    if due is None or (t is not None and t.meets == due.deadline):
        return ""
    return next((d.label for d in c.lifecycle.deadlines if d.id == due.deadline), "")


def _what(form: AgendaForm, section: str, c: Candidate | None, t: Transition | None) -> str:
    """What chefsgruppen does with a matter: the planned time that the step meets, or the heading of the agenda."""
    of = {d.id: d.label for d in c.lifecycle.deadlines} if c else {}
    return of.get(t.meets, "") if t is not None and t.meets else form.label(section)
