"""The budget of a year: read in and noted, each change in one transaction; what stands so already changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from storage import budgets, log, uppdrag
from storage.database import Session
from uppdrag.intake import budget as intake
from uppdrag.intake.budget import Beside, Said
from uppdrag.intake.tabular import Refused as LineRefused
from uppdrag.service.commands import writing
from uppdrag.service.house import SYSTEM_STREAM, House
from uppdrag.service.persevering import persevering
from workflow.budget import Agreement, Budget, id_of
from workflow.budget_events import (
    BudgetEvent,
    BudgetFixed,
    ContributionAgreed,
    ContributionsDeclared,
    OutcomeNoted,
)
from workflow.budgeting import evolve, refused, said
from workflow.calendar import local_date
from workflow.errors import LinesRefused, NotFound, Refusal, Refused
from workflow.facts import BadFact, clean_paragraph, clean_text
from workflow.model import Actor

LIFECYCLE = "overenskommelse"
_SIGNED = ("undertecknad", "galler", "upphord")
"""The states of an överenskommelse that both have signed."""

_Read = Callable[[Session], tuple[list[Said], list[LineRefused]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What became of something that was said of a budget: the events, how much stood so already, what to check."""

    before: Budget
    after: Budget
    events: tuple[BudgetEvent, ...]
    unchanged: int
    warnings: tuple[Refusal, ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who says something of the budget of a year, and when (aware). `expected`: the version that was seen."""

    house: House
    year: int
    actor: Actor
    now: datetime
    expected: int | None = None
    dry_run: bool = False


@persevering
def import_posts(desk: Desk, file: str, content: bytes) -> Noted:
    """State the posts of a year by a CSV or XLSX file, all of them. Raises LinesRefused with every bad line."""
    return _keep(desk, lambda _: intake.read_posts(content, Beside(desk.year, file)), file=file)


@persevering
def import_outcome(desk: Desk, file: str, content: bytes, *, why: str = "") -> Noted:
    """Note the outcome by a CSV or XLSX file; all or nothing. `why`: what holds for every line that corrects another.
    Raises LinesRefused with every bad line."""
    beside = Beside(desk.year, file, _text("Skäl", why))
    return _keep(desk, lambda _: intake.read_outcome(content, beside), file=file)


@persevering
def import_contributions(desk: Desk, file: str, content: bytes, *, why: str = "") -> Noted:
    """Note what the regions contribute by a CSV or XLSX file; else as `import_outcome`."""
    beside = Beside(desk.year, file, _text("Skäl", why))
    return _keep(
        desk, lambda s: intake.read_contributions(content, beside, desk.house.regions(s)), file=file
    )  # fmt: skip


@persevering
def note_outcome(desk: Desk, stated: Mapping[str, str]) -> Noted:
    """Note the outcome of a post in a quarter, stated by the columns of a file. Raises Refused."""
    return _keep(desk, lambda _: _one(*intake.outcome(stated, Beside(desk.year, ""))))


@persevering
def note_contribution(desk: Desk, stated: Mapping[str, str]) -> Noted:
    """Note what a region contributes, stated by the columns of a file. Raises Refused."""
    beside = Beside(desk.year, "kansliet")
    return _keep(desk, lambda s: _one(*intake.contribution(stated, beside, desk.house.regions(s))))


@persevering
def declare(desk: Desk, extent: str, source: str) -> Noted:
    """State how many full-time posts the regions are to contribute together, and what says so. Raises Refused."""
    try:
        much = intake.read_extent(extent)
    except BadFact as bad:
        raise Refused([Refusal.of(bad.code, label="Antalet", value=extent[:80])]) from None
    wanted = _text("Källa", source)
    if not wanted:
        raise Refused([Refusal.of("budget_needs", fact="source", label="Källa")])
    return _keep(desk, lambda _: _one([ContributionsDeclared(year=desk.year, extent=much, source=wanted)], []))


@persevering
def fix(desk: Desk, on: date, paragraph: str, dnr: str = "") -> Noted:
    """Note that chefsgruppen fixed the budget as it was last stated. Raises Refused."""
    try:
        wanted = clean_paragraph(paragraph)
    except BadFact as bad:
        facts = {"label": "Paragraf", "value": paragraph[:80], "expected": bad.expected}
        raise Refused([Refusal.of(bad.code, fact="paragraf", **facts)]) from None
    event = BudgetFixed(year=desk.year, on=on, paragraph=wanted, dnr=_text("Diarienummer", dnr, "dnr"))
    return _keep(desk, lambda _: _one([event], []))


def unsigned(house: House, session: Session, agreements: Iterable[Agreement]) -> list[Refusal]:
    """The överenskommelser that are counted although nobody has signed them."""
    found = []
    for id in sorted({a.uppdrag for a in agreements if a.uppdrag}):
        u = uppdrag.load(session, id, seq=0).uppdrag
        if u.state not in _SIGNED:
            label = house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle.label_of(u.state)
            found.append(Refusal.of("agreement_not_signed", uppdrag=id, state=label))
    return found


def _keep(desk: Desk, read: _Read, *, file: str = "") -> Noted:
    """Record what is read that does not stand so already; all or nothing."""
    today = local_date(desk.now)
    with writing(desk.house, dry_run=desk.dry_run) as session:
        log.lock(session, SYSTEM_STREAM)  # the year's own stream may not be there yet
        before = budget = budgets.load(session, desk.year)
        asked, wrong = read(session)
        events: list[BudgetEvent] = []
        for one in asked:
            event = _as_known(budget, one.event)
            no = refused(budget, event, today=today) or _not_an_agreement(session, event)
            wrong += [(one.number, refusal) for refusal in no]
            if not no and not said(budget, event):
                events.append(event)
                budget = evolve(budget if budget.version else None, event, id=id_of(desk.year))
        if events or wrong:  # what stands so already can be said again by whoever saw an earlier version
            _expect(desk, before)
        if wrong and file:
            raise LinesRefused(file, sorted(wrong, key=lambda line: line[0]))
        if wrong:
            raise Refused([refusal for _, refusal in wrong], subject=f"Budget {desk.year}")
        after = budgets.save(session, before, events, desk.actor, desk.now)
        new = [a for a in after.agreements if a.event > before.version]
        return Noted(
            before=before, after=after, events=tuple(events), unchanged=len(asked) - len(events),
            warnings=tuple(unsigned(desk.house, session, new)), dry_run=desk.dry_run,
        )  # fmt: skip


def _one(events: list[BudgetEvent] | list[ContributionsDeclared] | list[BudgetFixed], wrong: list[Refusal]) -> tuple[
    list[Said], list[LineRefused]
]:  # fmt: skip
    """What somebody says without a file."""
    return [Said(0, event) for event in events if not wrong], [(0, refusal) for refusal in wrong]


def _expect(desk: Desk, budget: Budget) -> None:
    if desk.expected is not None and desk.expected != budget.version:
        facts = {"seen": desk.expected, "version": budget.version, "year": desk.year}
        raise Refused([Refusal.of("budget_changed", **facts)])


def _as_known(budget: Budget, event: BudgetEvent) -> BudgetEvent:
    """The same with the post called as the budget calls it."""
    if not isinstance(event, OutcomeNoted):
        return event
    known = {p.name.casefold(): p.name for p in (*budget.posts, *budget.lines)}
    return replace(event, post=known.get(event.post.casefold(), event.post))


def _not_an_agreement(session: Session, event: BudgetEvent) -> list[Refusal]:
    """Why the uppdrag that is stated cannot be an överenskommelse."""
    if not isinstance(event, ContributionAgreed) or not event.uppdrag:
        return []
    try:
        lifecycle = uppdrag.load(session, event.uppdrag, seq=0).uppdrag.lifecycle
    except NotFound:
        return [Refusal.of("no_such_uppdrag", uppdrag=event.uppdrag)]
    return [] if lifecycle == LIFECYCLE else [
        Refusal.of("not_an_agreement", uppdrag=event.uppdrag, lifecycle=lifecycle)
    ]  # fmt: skip


def _text(label: str, value: str, fact: str = "") -> str:
    try:
        return clean_text(value)
    except BadFact as bad:
        facts = {"fact": fact, "label": label, "value": value[:80], "expected": bad.expected}
        raise Refused([Refusal.of(bad.code, **facts)]) from None
