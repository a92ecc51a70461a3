"""A simulation: the same service under a virtual clock, on a copy of the database. Nothing leaves or changes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from definitions.holidays import work_calendar
from definitions.scenarios import Act, load_scenario
from definitions.source import Source
from storage import copying, outbox, schema
from uppdrag import words
from uppdrag.service import clockwork, commands, composing, delivery, letters
from uppdrag.service import queries as asking
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.calendar import STOCKHOLM
from workflow.commands import Advance, AdvanceRegion, Decide
from workflow.errors import Refused
from workflow.message import NONE
from workflow.model import Actor

ACTS, MORNING = time(7, 30), time(8, 5)
"""When the people of a scenario act, and when the clock and the sender run, local time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A line of the timeline: a local day, what kind (`mejl`, `steg`, `vägrat`, `utkast`), about what, and in words."""

    day: date
    kind: str
    uppdrag: str
    region: str
    text: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Simulation:
    """The timeline in order, and the mails as bytes by Message-ID."""

    timeline: tuple[Happening, ...]
    mails: dict[str, bytes]


def simulate(
    house: House, settings: Settings, *, first: date, last: date, scenario: Source | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Simulation:  # fmt: skip
    """Live the days from `first` to `last`, both included. Raises DefinitionInvalid where the scenario will not do."""
    acts = load_scenario(scenario) if scenario else ()
    with tempfile.TemporaryDirectory(prefix="uppdrag-") as folder:
        path = Path(folder) / "simulering.db"
        copying.copy_to(house.database, path)
        copy = House(f"sqlite:///{path}")
        schema.check(copy.database)
        try:
            return _live(copy, replace(settings, mail="simulera"), acts, first, last, progress)
        finally:
            copy.database.close()


def _live(
    house: House, settings: Settings, acts: Sequence[Act], first: date, last: date,
    progress: Callable[[int, int], None],
) -> Simulation:  # fmt: skip
    calendar = work_calendar()
    timeline: list[Happening] = []
    mails: dict[str, bytes] = {}
    days = (last - first).days + 1
    with house.database.reading() as session:
        seen = {message.id for message in outbox.newest(session, limit=1_000_000)}
    for n in range(days):
        day = first + timedelta(days=n)
        timeline += _act(house, [act for act in acts if act.on == day], day)
        now = datetime.combine(day, MORNING, STOCKHOLM)
        clockwork.tick(house, calendar, now=now)
        if month := letters.draft_due(house, calendar, now=now):
            text = f"månadsbrevet {month} ligger som utkast, att läsa och skicka"
            timeline.append(Happening(day=day, kind="utkast", uppdrag=NONE, region=NONE, text=text))
        composing.compose_due(house, now=now, settings=settings)
        if _deliver(house, settings, now):
            timeline += _sent(house, day, seen, mails)
        progress(n + 1, days)
    return Simulation(tuple(timeline), mails)


def _deliver(house: House, settings: Settings, now: datetime) -> int:
    """Deliver what is due, to nowhere; how many mails it was."""

    def clock() -> datetime:
        return now

    return delivery.deliver(
        house, settings, worker="simulering", clock=clock,
    ).simulated  # fmt: skip


def _act(house: House, acts: Iterable[Act], day: date) -> list[Happening]:
    if not (acts := list(acts)):
        return []
    now = datetime.combine(day, ACTS, STOCKHOLM)
    regions = {r.lanskod: r for r in asking.regions(house)}
    told = []
    for act in acts:
        actor = Actor(role=act.role, name="scenariot")
        for lanskod in act.regions or ("",):
            try:
                answer = commands.handle(house, act.uppdrag, _command(act, lanskod, actor, day), now=now)
            except Refused as no:
                reasons = " ".join(words.sentence(r) for r in no.refusals)
                told.append(Happening(day=day, kind="vägrat", uppdrag=act.uppdrag, region=lanskod, text=reasons))
                continue
            lifecycle = asking.lifecycle_of(house, act.uppdrag)
            told += [
                Happening(
                    day=day, kind="steg", uppdrag=act.uppdrag, region=e.region,
                    text=words.event(e, lifecycle, regions),
                )
                for e in answer.events
            ]  # fmt: skip
    return told


def _command(act: Act, lanskod: str, actor: Actor, day: date) -> Advance | AdvanceRegion | Decide:
    if act.outcome:
        return Decide(actor=actor, on=day, region=lanskod, outcome=act.outcome, **act.facts)  # type: ignore[arg-type]  # texts
    if lanskod:
        return AdvanceRegion(actor=actor, region=lanskod, trigger=act.trigger, facts=act.facts)
    return Advance(actor=actor, trigger=act.trigger, facts=act.facts)


def _sent(house: House, day: date, seen: set[str], mails: dict[str, bytes]) -> list[Happening]:
    told = []
    with house.database.reading() as session:
        for message in reversed(outbox.newest(session, limit=10_000)):
            if message.id in seen:
                continue
            kept = outbox.find(session, message.id)
            if kept is None or kept.raw is None:
                continue
            seen.add(message.id)
            mails[message.id] = kept.raw
            text = f"till {message.recipient}: {message.subject}"
            told.append(
                Happening(
                    day=day, kind="mejl", uppdrag=message.uppdrag, region=message.region, text=text,
                    message=message.id,
                )
            )  # fmt: skip
    return told
