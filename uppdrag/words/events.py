"""What happened, as history tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from uppdrag.words.beredning import happened as of_plan
from uppdrag.words.budget import happened as of_budget
from uppdrag.words.chefsgrupp import happened
from uppdrag.words.direktiv import happened as of_directive
from uppdrag.words.gallring import happened as of_gallring
from uppdrag.words.labels import decided, differences, facts, office, outcome, region, where
from uppdrag.words.meetings import papers_rule, whose
from uppdrag.words.reports import happened as of_letter
from workflow.budget_events import BudgetEvent
from workflow.calendar import STOCKHOLM
from workflow.events import (
    AddressCleared,
    AddressFlagged,
    Advanced,
    CalendarEvent,
    Changed,
    Corrected,
    HolderAppointed,
    HolderChanged,
    HolderEnded,
    HolderEvent,
    Identified,
    Installed,
    MeetingsStated,
    Migrated,
    PapersRuleStated,
    PapersRuleWithdrawn,
    PlanImported,
    Published,
    Recorded,
    RegionAdvanced,
    RegionDecided,
    Restored,
    StatusPublished,
)
from workflow.gallring_events import Emptied, Gallrat
from workflow.lifecycle import Lifecycle
from workflow.meeting_events import MeetingEvent
from workflow.model import Region
from workflow.paper_events import DirectiveEvent, LetterEvent, PreparationEvent

_OfProgram = Installed | Restored | Published | PlanImported | StatusPublished


def event(recorded: Recorded, lifecycle: Lifecycle | None, regions: Mapping[str, Region]) -> str:
    """What happened, in one Swedish sentence. `lifecycle` gives triggers and outcomes their labels."""
    e = recorded.event
    match e:
        case Identified():
            plan = f" i {e.plan}" if e.plan else ""
            return f"Identifierat{plan}: {e.title}"
        case Advanced():
            ways = lifecycle.transitions if lifecycle else ()
            way = next((t for t in ways if t.trigger == e.trigger and e.source in t.sources), None)
            done = way.done if way else ""
            done = done or (_state(lifecycle, e.target) if e.source != e.target else way.label if way else e.trigger)
            return f"{done}{facts(e.facts, way.facts if way else ())}"
        case RegionAdvanced():
            steps = lifecycle.track.transitions if lifecycle and lifecycle.track else ()
            step = next((t for t in steps if t.trigger == e.trigger), None)
            states = lifecycle.track.states if lifecycle and lifecycle.track else ()
            done = (step.done if step else "") or next((s.label for s in states if s.id == e.target), e.trigger)
            return f"{region(regions, e.region)}: {done}{facts(e.facts, step.facts if step else ())}"
        case RegionDecided():
            d = e.decision
            more = "" if d.complete else ", fler beslut väntas"
            how = f"{where(d.body, d.paragraph)}{decided(d)}{more}"
            return f"{region(regions, e.region)}: {outcome(lifecycle, d.outcome)}{how}"
        case Changed():
            return f"Ändrat enligt {e.why}: {differences(e.before, e.after)}"
        case Corrected():
            about = f"{region(regions, e.region)}: " if e.region else ""
            original = f"{recorded.stream}/{e.replaces}"
            if e.withdrawn:
                return f"{about}{original} tas tillbaka. Skäl: {e.why}"
            return f"{about}{original} rättas: {differences(e.before, e.after)}. Skäl: {e.why}"
        case Gallrat() | Emptied():
            return of_gallring(e)
        case Migrated():
            return f"Följer version {e.patch['lifecycle_version']} av ärendegången (förut {e.version_before})"
        case _:
            return _beside_uppdrag(e, regions)


def _beside_uppdrag(
    e: HolderEvent
    | CalendarEvent
    | MeetingEvent
    | DirectiveEvent
    | PreparationEvent
    | LetterEvent
    | BudgetEvent
    | _OfProgram,
    regions: Mapping[str, Region],
) -> str:
    if isinstance(e, LetterEvent | PreparationEvent | DirectiveEvent):
        return _of_papers(e)
    if isinstance(e, BudgetEvent):
        return f"Budget {e.year}: {of_budget(e, regions)}"
    match e:
        case Installed() | Restored() | Published() | PlanImported() | StatusPublished():
            return _of_program(e)
        case HolderAppointed():
            return f"{office(e.office, e.region, regions)}: {e.name or e.email or 'vakant'}"
        case HolderChanged():
            return f"Ändrat: {differences(e.before, e.after)}"
        case HolderEnded():
            return f"Slutar {e.last}"
        case AddressFlagged():
            return f"Post till {e.address} kommer inte fram: {e.why}"
        case AddressCleared():
            return f"Post till {e.address} kan skickas igen"
        case MeetingsStated() | PapersRuleStated() | PapersRuleWithdrawn():
            return f"{whose(e.region, e.body, regions)}: {_of_calendar(e)}"
        case _:
            return f"Chefsgruppens möte {e.day}: {happened(e, ())}"


def _of_program(e: _OfProgram) -> str:
    match e:
        case Installed():
            return "Databasen skapades"
        case Restored():
            taken = f"{e.taken_at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"
            held = f"; {e.held} mejl som väntade hålls kvar" if e.held else ""
            return f"Databasen återställdes ur en säkerhetskopia från {taken}{held}"
        case Published():
            return f"{e.id} version {e.version} togs i bruk"
        case StatusPublished():
            return f"Publicerat: läget för {len(e.uppdrag)} uppdrag (SHA-256 {e.digest[:12]}…)"
        case PlanImported():
            return f"{e.plan} lästes in: {len(e.new)} nya, {len(e.changed)} ändrade, {len(e.carried_over)} överburna"
        case _:
            assert_never(e)


def _of_papers(e: LetterEvent | PreparationEvent | DirectiveEvent) -> str:
    if isinstance(e, LetterEvent):
        return f"Månadsbrevet {e.month}: {of_letter(e)}"
    if isinstance(e, PreparationEvent):
        return f"Beredningsplan {e.year}: {of_plan(e)}"
    return f"Uppdragsdirektivet: {of_directive(e, None)}"


def _of_calendar(e: CalendarEvent) -> str:
    match e:
        case MeetingsStated():
            told = [f"{len(e.meetings)} sammanträden enligt {e.source}"] if e.meetings else []
            told += [f"ställs in: {', '.join(day.isoformat() for day in e.cancelled)}"] if e.cancelled else []
            return "; ".join(told)
        case PapersRuleStated():
            return f"handlingsstopp {papers_rule(e.working_days, e.before)}, enligt {e.stated_by or 'okänd'}"
        case PapersRuleWithdrawn():
            return "regeln om handlingsstopp gäller inte längre"
        case _:
            assert_never(e)


def _state(lifecycle: Lifecycle | None, state: str) -> str:
    return lifecycle.label_of(state) if lifecycle else state
