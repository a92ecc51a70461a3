"""The same life with `eventsourcing` as it comes: one aggregate per uppdrag, one save per command.

Written as its documentation shows: an Aggregate with `@event` methods, an Application that gets, calls and saves, and
the SQLite module chosen by the environment. It stores the events of the aggregate and nothing else: no rows for lists,
no idempotency keys, no actor's digest, no chain, and it replays the aggregate's events to load it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.scenario import ACTOR, IDENTIFIED_ON, REGIONS, TIMES, Step, Verdict, steps, title, verdicts

WAYS = {
    "bered": ("identifierad", "beredd"),
    "besluta": ("beredd", "chefsgruppsbeslut"),
    "redovisa": ("chefsgruppsbeslut", "redovisad"),
    "godkann": ("redovisad", "regionbeslut"),
}
FINAL = ("antagen", "antagen_med_anpassning", "avslagen", "ej_berord")


class Uppdrag(Aggregate):
    """An uppdrag with its regions. The only rules: the way must be there, and a region decides once."""

    @event("Identified")
    def __init__(self, title: str, on: str, actor: str, regions: list[str], times: dict[str, list[str]]) -> None:
        self.title = title
        self.on = on
        self.actor = actor
        self.times = times
        self.state = "identifierad"
        self.facts: dict[str, Mapping[str, Any]] = {}
        self.regions: dict[str, dict[str, str]] = {region: {} for region in regions}

    def advance(self, trigger: str, facts: dict[str, Any], on: str, actor: str) -> None:
        source, target = WAYS[trigger]
        if self.state != source:
            raise ValueError(f"{trigger} from {self.state}")
        self._advanced(trigger, target, facts, on, actor)

    @event("Advanced")
    def _advanced(self, trigger: str, target: str, facts: dict[str, Any], on: str, actor: str) -> None:  # noqa: ARG002 - kept in the event
        self.state = target
        self.facts[trigger] = facts

    def decide(self, region: str, decision: dict[str, str], actor: str) -> None:
        if self.state != "regionbeslut" or self.regions[region] or decision["outcome"] not in FINAL:
            raise ValueError(f"{region} in {self.state}")
        self._decided(region, decision, actor)
        if all(self.regions.values()):
            self._closed()

    @event("RegionDecided")
    def _decided(self, region: str, decision: dict[str, str], actor: str) -> None:  # noqa: ARG002 - kept in the event
        self.regions[region] = decision

    @event("Closed")
    def _closed(self) -> None:
        self.state = "slutbehandlad"


class Kansli(Application[UUID]):
    """One method for each command, as the documentation has it."""

    def identify(self, title: str, on: str, actor: str, regions: list[str], times: dict[str, list[str]]) -> UUID:
        uppdrag = Uppdrag(title, on, actor, regions, times)
        self.save(uppdrag)
        return uppdrag.id

    def advance(self, id: UUID, step: Step, actor: str) -> None:
        uppdrag: Uppdrag = self.repository.get(id)
        uppdrag.advance(step.trigger, dict(step.facts), str(step.on), actor)
        self.save(uppdrag)

    def decide(self, id: UUID, verdict: Verdict, actor: str) -> None:
        uppdrag: Uppdrag = self.repository.get(id)
        decision = {
            "outcome": verdict.outcome, "body": verdict.body, "on": str(verdict.on), "paragraph": verdict.paragraph,
            "dnr": verdict.dnr, "adaptation": verdict.adaptation, "note": verdict.note, "source": verdict.source,
        }  # fmt: skip
        uppdrag.decide(verdict.region, decision, actor)
        self.save(uppdrag)


class OfAggregates:
    """An application on a new SQLite file."""

    def __init__(self, path: Path) -> None:
        self.application = Kansli(env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)})

    def live(self, n: int) -> None:
        times = {name: [str(span.first), str(span.last)] for name, span in TIMES.items()}
        id = self.application.identify(title(n), str(IDENTIFIED_ON), ACTOR.name, list(REGIONS), times)
        for step in steps(n):
            self.application.advance(id, step, ACTOR.name)
        for verdict in verdicts():
            self.application.decide(id, verdict, ACTOR.name)

    def check(self, lives: int) -> None:
        """Raises AssertionError where the lives did not end as they should."""
        events = self.application.recorder.max_notification_id()
        if events != 27 * lives:
            raise AssertionError(f"eventsourcing: {events} events after {lives} lives")
