"""People at work with a house, by chance: they decide, plan, pause, move, correct, come and go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import definitions
from tests.cast import KANSLI, actor
from tests.integration.ingredients import good_facts
from uppdrag.service import commands, correcting, people, queries
from uppdrag.service.commands import New
from uppdrag.service.house import House
from workflow.calendar import local_date, parse_span
from workflow.commands import Advance, AdvanceRegion, Decide
from workflow.errors import Refused
from workflow.events import RegionDecided
from workflow.lifecycle import Transition
from workflow.model import Matter, Uppdrag
from workflow.status import StatusFilter

EXAMPLE = Path(definitions.__file__).parent / "people" / "exempel.csv"
OFFICES = ("kontakt", "registrator", "regiondirektor", "hsd", "regiondirektor")
OUTCOMES = (*["antagen"] * 6, "avslagen", "ej_berord", "aterremitterad", "bordlagd", "overlamnad")
TASKS = ("aterremitterad", "bordlagd")
RARE = {"avbryt": 0.03, "pausa": 0.2, "bordlagg": 0.3, "remittera": 0.2, "aterremittera": 0.3}
"""How likely these steps are, against one for the others."""


@dataclass
class People:
    """What the kansli, chefsgruppen and the regions do. What is refused is let be."""

    house: House
    chance: Random
    first: date
    last: date
    changed: int = 0
    _flagged: list[str] = field(default_factory=list)

    def move_in(self, now: datetime) -> None:
        """The example's office holders, and four more uppdrag whose windows lie in the time that will be lived."""
        people.import_people(self.house, EXAMPLE.name, EXAMPLE.read_bytes(), actor=KANSLI, now=now)
        for n in range(4):
            window = self._window(self.first, 90, (self.last - self.first).days - 60)
            times = {"redovisning": parse_span(self.first.isoformat()), "regionbeslut": parse_span(window)}
            wanted = New(title=f"Till regionerna {n}", lifecycle="regiongemensamt", actor=KANSLI, times=times,
                         owner="Exempel Kansliet")  # fmt: skip
            id = commands.new(self.house, wanted, now=now).uppdrag
            matter, lifecycle, _ = queries.next_steps(self.house, id, role=None)
            for t in lifecycle.path_to("regionbeslut") or ():
                facts = self._facts(t, matter.uppdrag, local_date(now))
                commands.handle(
                    self.house, id, Advance(actor=actor(t.roles[0]), trigger=t.trigger, facts=facts), now=now
                )

    def work(self, now: datetime, queued: Sequence[tuple[str, str]]) -> None:
        """A working day. `queued`: the tracks (uppdrag, region) that mails are waiting to leave about."""
        for id, region in queued[:3]:
            if self.chance.random() < 0.3:  # just then somebody answers
                self._try(lambda id=id, region=region: self._region(id, now, region))  # type: ignore[misc]
            elif self.chance.random() < 0.05:
                self._try(lambda id=id: self._step(id, now))  # type: ignore[misc]
        today = local_date(now)
        rows = [r for r in queries.status(self.house, StatusFilter(today=today)) if not r.final]
        if rows and self.chance.random() < 0.2:
            self._try(lambda: self._step(self.chance.choice(rows).id, now))
        for row in rows:
            if row.state == "regionbeslut" and self.chance.random() < 0.12:
                self._try(lambda id=row.id: self._region(id, now))  # type: ignore[misc]  # the row of this turn
        if rows and self.chance.random() < 0.03:
            self._try(lambda: self._correct(self.chance.choice(rows).id, now))
        if self.chance.random() < 0.1:
            self._try(lambda: self._prove(now))
        if self.chance.random() < 0.05:
            self._try(lambda: self._replace(now))
        if self.chance.random() < 0.03:
            self._bounce(now)

    def _try(self, act: Callable[[], None]) -> None:
        with suppress(Refused):
            act()
            self.changed += 1

    def _step(self, id: str, now: datetime) -> None:
        matter, lifecycle, options = queries.next_steps(self.house, id, role=None)
        allowed = [o for o in options if o.allowed and not o.automatic and o.trigger != "foljduppdrag"]
        if not allowed:
            return
        option = self.chance.choices(allowed, [RARE.get(o.trigger, 1.0) for o in allowed])[0]
        t = next(
            t for t in lifecycle.leaving[matter.uppdrag.state] if (t.trigger, t.label) == (option.trigger, option.label)
        )
        facts = self._facts(t, matter.uppdrag, local_date(now))
        command = Advance(actor=actor(option.roles[0]), trigger=option.trigger, facts=facts)
        commands.handle(self.house, id, command, now=now)

    def _region(self, id: str, now: datetime, region: str = "") -> None:
        matter = self._matter(id, now)
        open_ones = sorted(lk for lk, rb in matter.regions.items() if not rb.concluded)
        region = region or self.chance.choice(open_ones)
        kind = self.chance.choice(("decide", "decide", "plan", "receive", "send"))
        command: Decide | AdvanceRegion
        if kind == "decide":
            outcome = self.chance.choice(OUTCOMES)
            command = Decide(
                actor=actor("region"), region=region, outcome=outcome, note="Skäl", adaptation="Egen form",
                source=self.chance.choice(("", "muntlig", "epost", "protokollsutdrag")),
                task_due=local_date(now) + timedelta(days=self.chance.randrange(5, 60)) if outcome in TASKS else None,
            )  # fmt: skip
        elif kind == "plan":
            day = local_date(now) + timedelta(days=self.chance.randrange(10, 90))
            facts = {"instans": "RF", "datum": day.isoformat()}
            command = AdvanceRegion(actor=actor("region"), region=region, trigger="planera", facts=facts)
        elif kind == "send":
            facts = {"version": str(matter.uppdrag.proposal_version or 1)}
            command = AdvanceRegion(actor=KANSLI, region=region, trigger="expediera", facts=facts)
        else:
            facts = {"dnr": f"RS {now.year}-{self.chance.randrange(999)}"}
            command = AdvanceRegion(actor=actor("region"), region=region, trigger="ta_emot", facts=facts)
        commands.handle(self.house, id, command, now=now)

    def _correct(self, id: str, now: datetime) -> None:
        event = self.chance.choice(queries.history(self.house, id)[-30:])
        correcting.correct(self.house, event.id, why="Fel", actor=KANSLI, changes={}, withdraw=True, now=now)

    def _prove(self, now: datetime) -> None:
        """A protokollsutdrag comes for one of the decisions that have none, also where the uppdrag is finished."""
        rows = [r for r in queries.status(self.house, StatusFilter(today=local_date(now))) if r.regions.decided]
        told = [
            e.id for row in self.chance.sample(rows, min(1, len(rows))) for e in queries.history(self.house, row.id)
            if isinstance(e.event, RegionDecided) and e.event.decision.source in ("", "muntlig", "epost")
        ]  # fmt: skip
        if told:
            changes = {"source": "protokollsutdrag"}
            correcting.correct(
                self.house, self.chance.choice(told), why="Protokollsutdraget har kommit", actor=KANSLI,
                changes=changes, withdraw=False, now=now,
            )  # fmt: skip

    def _replace(self, now: datetime) -> None:
        office, region = self.chance.choice(OFFICES), self.chance.choice(queries.regions(self.house)).lanskod
        first = local_date(now) + timedelta(days=self.chance.randrange(14))
        number = self.chance.randrange(10**6)
        vacant = self.chance.random() < 0.1
        successor = {
            "office": office, "region": region, "name": "" if vacant else f"Efterträdare {number}",
            "email": "" if vacant else f"ny{number}@region.example", "capacity": "ordinarie",
            "first": first.isoformat(), "vacant": "ja" if vacant else "",
        }  # fmt: skip
        people.replace(self.house, successor, actor=KANSLI, now=now)

    def _bounce(self, now: datetime) -> None:
        """An address no longer takes mail, or does again."""
        with self.house.database.transaction() as session:
            if self._flagged and self.chance.random() < 0.6:
                people.clear_address(session, self._flagged.pop(), KANSLI, now)
                return
            held = people.listed(self.house, now=now)
            address = self.chance.choice([h.email for h in held if h.email and h.region])
            people.flag_address(session, address, "550 5.1.1", KANSLI, now)
            self._flagged.append(address)

    def _facts(self, t: Transition, u: Uppdrag, today: date) -> dict[str, str]:
        """Facts that will do, with planned times that lie ahead."""
        facts = good_facts(t, u, self.chance.randrange(64))
        for fact in t.facts:
            if fact.type == "span" and fact.name in facts:
                facts[fact.name] = self._window(today, 20, 300)
            elif fact.type == "date" and fact.sets == "day":
                facts[fact.name] = today.isoformat()
            elif fact.type == "date" and fact.name in facts:
                facts[fact.name] = (today + timedelta(days=self.chance.randrange(15, 120))).isoformat()
        return facts

    def _window(self, after: date, least: int, most: int) -> str:
        day = after + timedelta(days=self.chance.randrange(least, most))
        return self.chance.choice((f"Q{(day.month + 2) // 3} {day.year}", day.isoformat()))

    def _matter(self, id: str, now: datetime) -> Matter:
        return queries.detail(self.house, id, now=now).matter
