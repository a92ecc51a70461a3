"""Chefsgruppen's meetings for tests in a browser: one closed, one called, one planned, and a decision per capsulam."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.cast import KANSLI, NOW
from tests.integration.doing import step
from uppdrag.service import agenda, budget, chefsgrupp, circulating, letters, minutes, sources
from uppdrag.service.agenda import Addition
from uppdrag.service.budget import Desk
from uppdrag.service.circulating import Matter
from uppdrag.service.house import House
from workflow.meeting import Action, Arrangement, Note, Present
from workflow.minutes import Taken

CLOSED, TODAY, PLANNED, CIRCULATED = date(2026, 3, 13), date(2026, 3, 27), date(2026, 4, 24), date(2026, 4, 3)
_BEFORE, _AFTER = datetime(2026, 3, 10, 9, tzinfo=UTC), datetime(2026, 3, 13, 15, tzinfo=UTC)


def plan_meetings(house: House, *days: date) -> None:
    """Chefsgruppen's meetings on some days, in Uppsala."""
    where = Arrangement(place="Uppsala", link="https://mote.example/1")
    chefsgrupp.plan_year(house, 2026, days, where, actor=KANSLI, now=NOW)


def hold_meetings(house: House, _: str) -> None:
    """Something on every page about meetings, the draft of a månadsbrev, and the posts of a budget."""
    budget.import_posts(Desk(house=house, year=2026, actor=KANSLI, now=NOW), *sources.budget("exempel"))
    plan_meetings(house, CLOSED, TODAY, PLANNED)
    step(house, "U2026-02", "redovisa", mote="2026-03-06", paragraf="4", rapport="r.pdf", forslagsversion="2")
    agenda.add(house, CLOSED, Addition(title="Lokaler för övningen"), {}, actor=KANSLI, now=_BEFORE)
    agenda.summon(house, CLOSED, None, actor=KANSLI, now=_BEFORE)
    action = Action(what="Boka sal till övningen", owner="Anna Ek", due=CLOSED)
    notes = {
        i.number: Note(item="", outcome="bifall" if i.uppdrag == "U2026-02" else "antecknad", decision="Så beslutas.",
                       actions=(action,), dissent=("Eva Ek anser något annat.",))
        for i in chefsgrupp.one(house, CLOSED).meeting.items
    }  # fmt: skip
    head = {"present": (Present(name="Eva Ek", left="14.10"),), "chair": "Ove Ord", "secretary": "Anna Ek"}
    minutes.take(house, CLOSED, Taken(head=head, notes=notes), actor=KANSLI, now=_AFTER)
    minutes.close(house, CLOSED, actor=KANSLI, now=_AFTER)
    minutes.approve(house, CLOSED, 1, on=None, actor=KANSLI, now=_AFTER)
    agenda.add(house, TODAY, Addition(title="Budget"), {}, actor=KANSLI, now=NOW)
    agenda.summon(house, TODAY, None, actor=KANSLI, now=NOW)
    agenda.add(house, TODAY, Addition(title="Sent inkommet"), {}, actor=KANSLI, now=NOW)
    agenda.drop(house, TODAY, 4, actor=KANSLI, now=NOW)
    matter = Matter(what=Addition(title="Hyra lokal"), said={"proposal": "Chefsgruppen hyr lokalen."})
    circulating.circulate(house, CIRCULATED, [matter], actor=KANSLI, now=NOW, members=("Eva Ek", "Bo Bo"))
    letters.draft(house, "2026-02", actor=KANSLI, now=NOW)
    circulating.answer(house, CIRCULATED, "Eva Ek", "bifall", channel="epost", words="Gärna.", actor=KANSLI, now=NOW)


ADDRESSES = tuple(
    f"/moten/{address}"
    for address in (
        f"{TODAY}/protokoll", f"{CLOSED}/protokoll", PLANNED, CIRCULATED, f"{CIRCULATED}/fraga", f"{CLOSED}/vidare",
        f"{PLANNED}/punkt/5", f"{TODAY}/punkt/5", f"{CLOSED}/protokoll/2", f"{CIRCULATED}/protokoll/1",
        f"{TODAY}/kallelse", f"{PLANNED}/kallelse", f"{TODAY}/versioner", f"{TODAY}/avsluta",
    )
)  # fmt: skip
"""Where the pages about meetings begin, beside those that stand in the menu."""
