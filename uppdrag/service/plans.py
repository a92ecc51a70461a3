"""Read a verksamhetsplan in: new uppdrag, those that a revision changes, those carried over, ended or reconsidered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from definitions import planning
from definitions.loader import Header
from definitions.source import Source
from storage import checkpoints, definitions, log, queries, uppdrag
from storage.database import Session
from uppdrag.service import setup
from uppdrag.service.commands import advance, identify, writing
from uppdrag.service.house import House
from uppdrag.words import sentence
from workflow import gallring
from workflow.calendar import local_date
from workflow.commands import Advance, Change, Identify
from workflow.errors import DefinitionInvalid, NotFound, Problem, Refusal, Refused
from workflow.events import PlanImported
from workflow.model import Actor, Uppdrag
from workflow.plan import Plan, PlanRow
from workflow.status import StatusFilter, StatusRow

_TEXTS = ("title", "neutral_title", "source", "section", "owner", "dnr", "directive", "notes")


@dataclass(slots=True, kw_only=True)
class PlanReport:
    """What reading a plan in did, or would do: ids in the plan's order, and per changed id what changed."""

    plan: str
    title: str
    revision: int = 0
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    carried_over: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    reconsidered: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    differences: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    warnings: list[Refusal] = field(default_factory=list)
    dry_run: bool = False


@dataclass(slots=True)
class _Reading:
    """A plan being read in: everything that its steps share."""

    house: House
    session: Session
    source: Source
    plan: Plan
    previous: Mapping[str, PlanRow]
    actor: Actor
    now: datetime
    report: PlanReport
    problems: list[Problem] = field(default_factory=list)

    def problem(self, row_id: str, text: str) -> None:
        self.problems.append(Problem(self.source.file, _line_of(self.source, row_id), text))


def import_plan(house: House, source: Source, *, actor: Actor, now: datetime, dry_run: bool = False) -> PlanReport:
    """Read a plan in; all or nothing, and the same plan twice changes nothing.

    What a revision leaves as it was in the plan stays as it is in the system: a planned time that has been moved since
    is not moved back. Raises DefinitionInvalid with every problem.
    """
    with writing(house, dry_run=dry_run) as session:
        session.alone()
        lifecycles = house.lifecycles(session)
        regions = [r.lanskod for r in house.regions(session)]
        plan = planning.load_plan(source, lifecycles, regions)
        report = PlanReport(plan=plan.id, title=plan.title, dry_run=dry_run)
        earlier = [d for d in definitions.published(session) if d.id == plan.id]
        if earlier and earlier[0].kind != "plan":
            raise DefinitionInvalid([Problem(source.file, 1, f"namnet {plan.id} används redan; välj ett annat id")])
        report.revision = len(earlier)
        if source.digest in {d.digest for d in earlier}:  # an earlier revision, read in again, does not undo a later
            report.unchanged = [row.id for row in plan.rows]
            return report
        previous: dict[str, PlanRow] = {}
        if earlier:
            before = planning.load_plan(Source(earlier[-1].file, earlier[-1].source), lifecycles, regions)
            previous = {row.id: row for row in before.rows}
        reading = _Reading(house, session, source, plan, previous, actor, now, report)
        _read_in(reading)
        if reading.problems:
            raise DefinitionInvalid(reading.problems)
        report.revision = len(earlier) + 1
        _keep(reading)
    return report


def _read_in(r: _Reading) -> None:
    known = {row.id: row for row in queries.status(r.session, StatusFilter(today=local_date(r.now)))}
    fresh = [row for row in r.plan.rows if row.id not in known]
    _numbers_in_turn(r, [row.id for row in fresh])
    for row in r.plan.rows:
        try:
            if row.id not in known:
                _new(r, row)
            else:
                _known(r, row)
        except Refused as no:
            for refusal in no.refusals:
                r.problem(row.id, f"{row.id}: {sentence(refusal)}")
    _closures(r)
    _left_out(r, known)
    for row in r.plan.rows:
        if row.directive in r.plan.documents:
            refusal = Refusal.of("number_on_two_documents", number=row.directive, other=r.plan.documents[row.directive])
            if refusal not in r.report.warnings:
                r.report.warnings.append(refusal)


def _left_out(r: _Reading, known: Mapping[str, StatusRow]) -> None:
    """Every open uppdrag is carried over, ended or reconsidered: none drops out of a plan in silence."""
    mentioned = {row.id for row in r.plan.rows} | {c.id for c in (*r.plan.ended, *r.plan.reconsidered)}
    for gone in r.previous.keys() - mentioned:
        if not known[gone].final:
            r.problem("", f"{gone} stod i planen men står inte kvar; ange det under ended eller reconsidered")
    if r.plan.follows:
        for id, standing in known.items():
            if not standing.final and id not in mentioned and standing.plan != r.plan.id:
                what = "bär över det (uppdrag), avsluta det (ended) eller ompröva det (reconsidered)"
                r.problem("", f"{id} ({standing.title}) är öppet och nämns inte; {what}")


def _numbers_in_turn(r: _Reading, ids: list[str]) -> None:
    """New uppdrag take the year's next numbers without gaps: a gap would look like an uppdrag that is gone."""
    by_year: dict[int, list[int]] = {}
    for id in ids:
        by_year.setdefault(int(id[1:5]), []).append(int(id[6:]))
    for year, numbers in by_year.items():
        first = uppdrag.last_number(r.session, year) + 1
        for number, expected in zip(sorted(numbers), range(first, first + len(numbers)), strict=True):
            if number != expected:
                wrong = f"U{year}-{number:02d}"
                r.problem(wrong, f"{wrong} är nytt, men nästa lediga nummer är U{year}-{expected:02d}")
                return
        uppdrag.take_number(r.session, year, max(numbers))


def _new(r: _Reading, row: PlanRow) -> None:
    engine = r.house.newest(r.session, row.lifecycle)
    command = Identify(
        actor=r.actor, backfill=bool(row.state), id=row.id, regions=row.regions or (), plan=r.plan.id,
        sensitive=row.sensitive, times=row.times, **{name: getattr(row, name) for name in _TEXTS},
    )  # fmt: skip
    if r.problems:
        engine.decide(None, command, r.now)
        return
    identify(r.house, r.session, engine, command, r.now)
    for t in (engine.lifecycle.path_to(row.state) or ()) if row.state else ():
        step = Advance(actor=r.actor, backfill=True, trigger=t.trigger)
        advance(r.house, r.session, row.id, step, r.now)
    r.report.new.append(row.id)


def _known(r: _Reading, row: PlanRow) -> None:
    head = log.lock(r.session, row.id)
    u = uppdrag.load(r.session, row.id, seq=head.seq).uppdrag
    if gallring.number_of(u):  # what a plan still says of it is not to come back
        r.report.unchanged.append(row.id)
        return
    if u.lifecycle != row.lifecycle:
        r.problem(row.id, f"{row.id} följer ärendegången {u.lifecycle} och kan inte byta till {row.lifecycle}")
        return
    carried = u.plan != r.plan.id
    if carried and u.final:
        r.problem(row.id, f"{row.id} är redan avslutat ({u.state}) och kan inte bäras över")
        return
    command = _change(r, row, u, carried)
    if not (command.attributes or command.times or command.sensitive is not None or command.regions is not None):
        r.report.unchanged.append(row.id)
        return
    try:
        answer = advance(r.house, r.session, row.id, command, r.now, regions="*")
    except Refused as no:
        if [refusal.code for refusal in no.refusals] == ["nothing_changed"]:
            r.report.unchanged.append(row.id)
            return
        raise
    (r.report.carried_over if carried else r.report.changed).append(row.id)
    event = answer.events[0].event
    r.report.differences[row.id] = {k: (event.before[k], event.after[k]) for k in getattr(event, "after", {})}  # type: ignore[union-attr]  # a Changed


def _change(r: _Reading, row: PlanRow, u: Uppdrag, carried: bool) -> Change:
    """What the plan now says otherwise than it did; a plan that takes an uppdrag over says all of it anew."""
    was = r.previous.get(row.id)
    said = {name: getattr(row, name) for name in _TEXTS}
    if was is not None:
        said = {name: value for name, value in said.items() if value != getattr(was, name)}
        times = {d: span for d, span in row.times.items() if was.times.get(d) != span}
        regions = row.regions if row.regions != was.regions else None
    else:
        said = {name: value for name, value in said.items() if value}
        times, regions = dict(row.times), row.regions
    if carried:
        said |= {"plan": r.plan.id, "standing": ""}
    sensitive = row.sensitive if was is None or was.sensitive != row.sensitive else None
    return Change(
        actor=r.actor, why=r.plan.title, times=times or None, regions=regions if u.concerned else None,
        attributes={name: value for name, value in said.items() if value != getattr(u, name)},
        sensitive=sensitive if sensitive != u.sensitive else None,
    )  # fmt: skip


def _closures(r: _Reading) -> None:
    for closure in (*r.plan.ended, *r.plan.reconsidered):
        ending = bool(closure.trigger)
        try:
            head = log.lock(r.session, closure.id)
            u = uppdrag.load(r.session, closure.id, seq=head.seq).uppdrag
            if u.final if ending else (u.plan == r.plan.id and u.standing == "omprovas"):
                r.report.unchanged.append(closure.id)
            elif ending:
                engine = r.house.engine(r.session, u.lifecycle, u.lifecycle_version)
                option = engine.option(u, closure.trigger, role=None)
                wanted = [a.fact for a in option.facts if a.fact.required] if option else []
                reason = {f.name: closure.why for f in wanted if f.type == "long_text"}
                advance(
                    r.house, r.session, closure.id, Advance(actor=r.actor, trigger=closure.trigger, facts=reason), r.now
                )
                r.report.ended.append(closure.id)
            else:
                attributes = {"plan": r.plan.id, "standing": "omprovas"}
                change = Change(actor=r.actor, why=closure.why, attributes=attributes)
                advance(r.house, r.session, closure.id, change, r.now, regions="*")
                r.report.reconsidered.append(closure.id)
        except NotFound:
            r.problem(closure.id, f"{closure.id} finns inte")
        except Refused as no:
            for refusal in no.refusals:
                r.problem(closure.id, f"{closure.id}: {sentence(refusal)}")


def _line_of(source: Source, id: str) -> int:
    lines = source.text.splitlines()
    return next((n for n, line in enumerate(lines, start=1) if id and line.strip(" -").startswith(f"id: {id}")), 0)


def _keep(r: _Reading) -> None:
    """Keep the revision, and say in the plan's own stream what it did."""
    setup.keep(r.session, Header("plan", r.plan.id, r.report.revision), r.source, r.now)
    stream, report = f"plan:{r.plan.id}", r.report
    event = PlanImported(
        plan=r.plan.id, version=report.revision, digest=r.source.digest, new=tuple(report.new),
        changed=tuple(report.changed), carried_over=tuple(report.carried_over), ended=tuple(report.ended),
        reconsidered=tuple(report.reconsidered),
    )  # fmt: skip
    entry = log.Entry(event=event, state="", actor=r.actor)
    log.append(r.session, stream, log.peek(r.session, stream), [entry], r.now)
    checkpoints.write(r.session, r.now)
