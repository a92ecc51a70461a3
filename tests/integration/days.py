"""Days at the kansli, one after the other, on many uppdrag at once: whatever chance takes them to do."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from random import Random

from definitions import loader
from definitions.source import Source
from tests.cast import NOW, actor
from tests.integration.ingredients import OUTCOMES, good_facts, good_step, pick
from tests.integration.test_plans import next_years
from uppdrag.service import catalogue, commands, correcting, meetings, plans, queries
from uppdrag.service.commands import New
from uppdrag.service.house import House
from workflow.calendar import local_date, parse_span
from workflow.commands import Advance, AdvanceRegion, Decide
from workflow.errors import UppdragError
from workflow.events import RegionDecided
from workflow.lifecycle import Lifecycle
from workflow.model import Matter
from workflow.status import StatusFilter

REGIONS = ("01", "03", "12", "25")
_LIFECYCLES = ("regiongemensamt", "regiongemensamt", "samverkansavtal", "utredning", "atagande")
HEADING = "länskod;organ;datum;handlingsstopp;inställt"
MEETINGS = HEADING + "".join(
    f"\n{region};{body};2026-{month:02d}-{day};2026-{month:02d}-{day - 9:02d};"
    for region in REGIONS[:3]
    for body, day in (("AU", 10), ("RS", 17), ("RF", 24))
    for month in (4, 6, 9, 10)
)
_SECOND = ("version: 1", "version: 2"), ("label: Pågår", "label: Under arbete")


class Days:
    """A house, a clock that only goes forward, and a chance of its own."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.chance = house, Random(seed)
        self.now: datetime = NOW
        self.number = 0

    @property
    def today(self) -> date:
        return local_date(self.now)

    def live(self) -> None:
        """A day's work. On the second the next plan is read in, on the fifth a lifecycle is replaced, and on the
        seventh the meetings become known."""
        self.number += 1
        self.now += timedelta(days=self.chance.randint(1, 9))
        if self.number == 3:
            for _ in range(3):
                self._sent_to_regions()
        elif self.number == 2:
            plans.import_plan(self.house, next_years(), actor=actor("kansli"), now=self.now)
        elif self.number == 5:
            self._replace_a_lifecycle()
        elif self.number == 7:
            meetings.import_meetings(self.house, "möten.csv", MEETINGS.encode(), actor=actor("kansli"), now=self.now)
        for _ in range(self.chance.randint(0, 8) if self.number > 3 else 0):
            self.now += timedelta(minutes=self.chance.randint(1, 90))
            with suppress(UppdragError):
                self.chance.choice((
                    self._begins, self._goes_on, self._goes_on, self._region_goes_on, self._region_decides,
                    self._region_decides, self._region_decides, self._is_corrected, self._is_corrected, self._is_moved,
                    self._meets,
                ))()  # fmt: skip

    def _sent_to_regions(self) -> None:
        id = self._begins("regiongemensamt")
        for t in self._lifecycle(id).path_to("regionbeslut") or ():
            self._advance(id, t.trigger)

    def _begins(self, lifecycle: str = "") -> str:
        id = lifecycle or self.chance.choice(_LIFECYCLES)
        sensitive = self.chance.random() < 0.2
        new = New(
            title="Ett uppdrag", lifecycle=id, actor=actor("kansli"), sensitive=sensitive, neutral_title="Ett ärende",
            regions=REGIONS if id in ("regiongemensamt", "samverkansavtal") else None,
            times={"regionbeslut": parse_span("Q2 2026")} if lifecycle else {},
        )  # fmt: skip
        return commands.new(self.house, new, now=self.now).uppdrag

    def _goes_on(self) -> None:
        id = self._any()
        _, _, options = queries.next_steps(self.house, id, role=None)
        allowed = [o.trigger for o in options if o.allowed and not o.automatic]
        if allowed:
            self._advance(id, self.chance.choice(allowed))

    def _advance(self, id: str, trigger: str) -> None:
        matter, lifecycle = self._matter(id), self._lifecycle(id)
        t = next(t for t in lifecycle.leaving[matter.uppdrag.state] if t.trigger == trigger)
        facts = good_facts(t, matter.uppdrag, self.chance.randint(0, 63))
        command = Advance(actor=actor(t.roles[0]), trigger=trigger, facts=facts)
        commands.handle(self.house, id, command, now=self.now)

    def _region_goes_on(self) -> None:
        id, lanskod = self._any("regiongemensamt"), self.chance.choice(REGIONS)
        track, rb = self._lifecycle(id).track, self._matter(id).regions[lanskod]
        assert track is not None
        t = self.chance.choice([t for t in track.transitions if rb.state in t.sources] or track.transitions)
        facts = good_step(t, rb, self.chance.randint(0, 63)) or {}
        command = AdvanceRegion(actor=actor("kansli"), region=lanskod, trigger=t.trigger, facts=facts)
        commands.handle(self.house, id, command, now=self.now)

    def _region_decides(self) -> None:
        n = self.chance.randint(0, 63)
        decision = Decide(
            actor=actor("region"), region=self.chance.choice(REGIONS), outcome=pick(OUTCOMES[:6], n),
            body=pick(("RF", "RS", ""), n), adaptation="Egen form", note="Skäl", complete=n % 5 != 4,
            on=self.today if n % 2 else None, paragraph=str(n + 1), source=pick(("epost", "", "muntlig"), n),
        )  # fmt: skip
        commands.handle(self.house, self._any("regiongemensamt"), decision, now=self.now)

    def _is_corrected(self) -> None:
        history = queries.history(self.house, self._any())
        decided = [e for e in history if isinstance(e.event, RegionDecided)]
        event = self.chance.choice(decided if decided and self.chance.random() < 0.7 else history)
        changes = self.chance.choice(({}, {"paragraph": "99"}, {"owner": "Dan"}, {"title": "Nytt namn"}, {"on": ""}))
        correcting.correct(
            self.house, event.id, why="Fel från början", actor=actor("kansli"), changes=changes, withdraw=not changes,
            now=self.now,
        )  # fmt: skip

    def _is_moved(self) -> None:
        facts = {"planerad_tid": self.chance.choice(("Q3 2026", "2026-04-15", "Q1 2027")), "paragraf": "§ 3"}
        commands.reschedule(self.house, [self._any()], facts, actor=actor("chefsgrupp"), on=None, now=self.now)

    def _meets(self) -> None:
        """What is known of a region's meetings changes."""
        region, chance = self.chance.choice(REGIONS), self.chance
        if chance.random() < 0.5:
            words = f"{chance.randint(3, 20)} arbetsdagar före RF"
            meetings.set_rule(self.house, region, "RF", words, by="Eva", actor=actor("kansli"), now=self.now)
        else:
            more = f"{HEADING}\n{region};RF;{self.today + timedelta(days=chance.randint(20, 99))};;\n"
            meetings.import_meetings(self.house, "fler.csv", more.encode(), actor=actor("kansli"), now=self.now)

    def _replace_a_lifecycle(self) -> None:
        first = next(s for s in loader.packaged("lifecycle") if s.file == "atagande-1.yaml")
        text = first.text
        for old, new in _SECOND:
            text = text.replace(old, new, 1)
        catalogue.publish(self.house, [Source("atagande-2.yaml", text)], now=self.now)
        (moved,) = catalogue.migrate(self.house, ["atagande"], actor=actor("kansli"), now=self.now, dry_run=False)
        assert moved.moves

    def _any(self, lifecycle: str = "") -> str:
        """One of the uppdrag that there are, mostly one of the newest."""
        ids = [row.id for row in queries.status(self.house, StatusFilter(today=self.today))]
        matching = [id for id in ids if not lifecycle or self._lifecycle(id).id == lifecycle]
        return self.chance.choice(matching[-8:] if self.chance.random() < 0.8 else matching)

    def _matter(self, id: str) -> Matter:
        return queries.detail(self.house, id, now=self.now).matter

    def _lifecycle(self, id: str) -> Lifecycle:
        found = queries.lifecycle_of(self.house, id)
        assert found is not None
        return found
