"""A secretariat at work: a matter with its regions, those who hold the offices, and a clock set by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from storage import intents, outbox, people
from storage.outbox import Kept
from tests.cast import CHEFSGRUPP, KANSLI
from uppdrag.service import commands, composing, delivery, health
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.appointments import Appoint, HolderCommand
from workflow.appointments import decide as decide_holder
from workflow.commands import Advance, Decide
from workflow.message import Intent, Message, Occasion
from workflow.people import Holder

U = "U2026-01"
SETTINGS = Settings()
EIGHT_WEEKS = datetime(2026, 7, 3, 7, 0, tzinfo=UTC)
"""The Friday before the quiet weeks: eight weeks before 30 September lies in week 31, and is sent earlier."""
ONE_WEEK = datetime(2026, 9, 23, 7, 0, tzinfo=UTC)
EVERYBODY = (
    Holder(id="c", office="c_nspl", name="Cecilia Nord", email="cecilia@nspl.example"),
    Holder(id="k", office="kansli", name="", email="kansli@nspl.example", shared=True),
    Holder(id="r03", office="registrator", region="03", email="registrator@uppsala.example", shared=True),
    Holder(id="k03", office="kontakt", region="03", name="Kim Kontakt", email="kim@uppsala.example"),
    Holder(id="d03", office="regiondirektor", region="03", name="Dana Direktör", email="dana@uppsala.example"),
    Holder(id="d04", office="regiondirektor", region="04", name="Dag Direktör", email="dag@sormland.example"),
    Holder(id="g03", office="chefsgrupp", region="03", name="Dana Direktör", email="dana@uppsala.example"),
    Holder(id="g04", office="chefsgrupp", region="04", name="Dag Direktör", email="dag@sormland.example"),
)


@dataclass
class Office:
    """The house at work, its matter with the regions 03 and 04, and a clock that is set by hand."""

    house: House
    now: datetime = EIGHT_WEEKS

    def advance(self, trigger: str, uppdrag: str = U, **facts: str) -> None:
        actor = CHEFSGRUPP if trigger == "godkann" else KANSLI
        commands.handle(self.house, uppdrag, Advance(actor=actor, trigger=trigger, facts=facts), now=self.now)

    def decide(self, region: str, outcome: str = "antagen") -> None:
        command = Decide(actor=KANSLI, region=region, outcome=outcome, body="RF", on=date(2026, 6, 15))
        commands.handle(self.house, U, command, now=self.now)

    def holder(self, holder: Holder, command: HolderCommand | None = None) -> None:
        with self.house.database.transaction() as session:
            known = {r.lanskod for r in self.house.regions(session)}
            before = holder if command else None
            events = decide_holder(before, command or Appoint(holder), known)
            people.save(session, holder.id, before, events, KANSLI, self.now)

    def ask(self, region: str = "03", office: str = "registrator", uppdrag: str = U, **more: object) -> Intent:
        """An intent as the clock writes it: the step eight weeks before."""
        at = Occasion(
            uppdrag=uppdrag, region=region, deadline="regionbeslut", step="atta_veckor_till_regionbeslut", round=1,
            office=office,
        )  # fmt: skip
        intent = Intent(
            id="", occasion=replace(at, **more.pop("at", {})), template="paminnelse_region",  # type: ignore[arg-type]
            send_on=self.now.date(), due=date(2026, 9, 30), expires_on=date(2026, 9, 30),
        )  # fmt: skip
        intent = replace(intent, **more)  # type: ignore[arg-type]  # a test names the fields
        intent = replace(intent, id=intents.id_of(intent.occasion))
        with self.house.database.transaction() as session:
            assert intents.add(session, [intent], self.now) == 1
        return intent

    def follow_up(self, step: str, template: str, office: str, region: str = "03") -> Intent:
        return self.ask(
            region, office, at={"step": step}, template=template, expires_on=None, due=date(2026, 9, 30)
        )  # fmt: skip

    def compose(self) -> composing.Composed:
        return composing.compose_due(self.house, now=self.now, settings=SETTINGS)

    def send(self) -> None:
        delivery.deliver(self.house, SETTINGS, worker="prov", clock=lambda: self.now)

    def kept(self, id: str) -> Kept:
        with self.house.database.reading() as session:
            found = outbox.find(session, id)
        assert found is not None
        return found

    def mails(self) -> list[Message]:
        """The messages that wait to leave, by recipient."""
        with self.house.database.reading() as session:
            waiting = outbox.newest(session, status="koad")
        return sorted((self.kept(q.id).message for q in waiting), key=lambda m: m.recipient)

    def health(self, name: str) -> tuple[bool, str]:
        """Whether a check is well, and its sentence up to the advice."""
        check = next(c for c in health.check(self.house, now=self.now) if c.name == name)
        return check.ok, check.text.partition(": ")[2].partition(". ")[0]

    def status(self, intent: Intent) -> str:
        at = intent.occasion
        with self.house.database.reading() as session:
            return next(
                i.status for i in intents.of_track(session, at.uppdrag, at.region, at.round) if i.id == intent.id
            )


def furnished(house: House) -> Office:
    made = Office(house, now=datetime(2026, 3, 27, 9, tzinfo=UTC))
    made.advance("redovisa", mote="2026-03-27", paragraf="12", rapport="R1", forslagsversion="1")
    made.advance("godkann", mote="2026-03-27", paragraf="18", forslagsversion="1")
    for holder in EVERYBODY:
        made.holder(holder)
    made.now = EIGHT_WEEKS
    return made
