"""Chefsgruppen called to its meetings: who is called, how it is sent and changed, and what each was told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from ical.calendar_stream import CalendarStream
from ical.event import Event

from storage import motes, outbox, people
from tests.cast import KANSLI
from tests.integration.test_dispatching import settle
from uppdrag.service import calling_off, chefsgrupp, summons
from uppdrag.service.house import House
from uppdrag.service.summons import Plan, Sent, Wanted
from uppdrag.settings import Settings
from workflow.appointments import Alter, End, HolderCommand, decide
from workflow.meeting import Arrangement, Meeting
from workflow.message import Message
from workflow.model import Actor
from workflow.people import Holder

MARCH, APRIL, JUNE = date(2026, 3, 27), date(2026, 4, 24), date(2026, 6, 12)
NOW = datetime(2026, 4, 15, 7, 0, tzinfo=UTC)
SETTINGS = Settings()
OTHER = Actor(role="kansli", name="Cia Dahl")
OVE = Holder(id="p-ove", office="ordforande", name="Ove Ord", email="ove@nspl.example")
EVA = Holder(id="p-eva", office="chefsgrupp", region="03", name="Eva Ek", email="eva@r03.example")
BO = Holder(id="p-bo", office="chefsgrupp", region="14", name="Bo Bo", email="bo@r14.example")
SUB = Holder(
    id="p-sub", office="chefsgrupp", region="14", name="Siv Ers", email="siv@r14.example", capacity="ersattare"
)
ADA = Holder(id="p-ada", office="chefsgrupp_adjungerad", name="Ada Skr", email="ada@skr.example")
KIM = Holder(id="p-kim", office="kansli", name="Kim Kans", email="kansli@nspl.example", shared=True)


def furnish(house: House, *more: Holder, without: tuple[Holder, ...] = ()) -> House:
    """Three meetings, and chefsgruppen with a chair, two members, a substitute and one adjungerad."""
    chefsgrupp.plan_year(
        house, 2026, (MARCH, APRIL, JUNE), Arrangement(place="Uppsala", link="https://mote.example/1"), actor=KANSLI,
        now=NOW - timedelta(days=30),
    )  # fmt: skip
    settle(house, *(h for h in (OVE, EVA, BO, SUB, ADA, KIM, *more) if h not in without))
    return house


def look(house: House, day: date = APRIL, now: datetime = NOW, **wanted: Any) -> Plan:
    return summons.plan(house, day, Wanted(actor=KANSLI, **wanted), SETTINGS, now=now)


def send(house: House, day: date = APRIL, now: datetime = NOW, shown: Plan | None = None, **wanted: Any) -> Sent:
    return summons.send(house, day, Wanted(actor=KANSLI, **wanted), SETTINGS, now=now, shown=shown)


def cancel(house: House, day: date = APRIL, now: datetime = NOW) -> calling_off.Done:
    return calling_off.call_off(house, day, "För få ärenden", SETTINGS, actor=KANSLI, now=now)


def arrange(house: House, day: date = APRIL, now: datetime = NOW, **where: Any) -> Meeting:
    return chefsgrupp.arrange(house, day, Arrangement(**where), actor=KANSLI, now=now)


def queued(house: House, to: str = "") -> list[Message]:
    """What stands in the outbox, oldest first."""
    with house.database.reading() as session:
        found = [k for m in outbox.newest(session, recipient=to) if (k := outbox.find(session, m.id))]
    return [k.message for k in sorted(found, key=lambda k: (k.queued.created_at, k.queued.recipient))]


def event_of(message: Message) -> tuple[str, Event]:
    """iTIP's method and the event, as another parser reads them."""
    assert message.calendar is not None
    (calendar,) = CalendarStream.from_ics(message.calendar.content.decode()).calendars
    (event,) = calendar.events
    assert calendar.method == message.calendar.method
    return str(calendar.method), event


def told(house: House, to: str) -> list[tuple[str, int | None, str | None]]:
    """Method, SEQUENCE and STATUS of every invitation to somebody, and that they are one and the same meeting."""
    found = [event_of(m) for m in queued(house, to)]
    assert len({event.uid for _, event in found}) <= 1
    return [(method, event.sequence, event.status) for method, event in found]


def later(hours: int) -> datetime:
    return NOW + timedelta(hours=hours)


def meeting_of(house: House, day: date = APRIL) -> Meeting:
    with house.database.reading() as session:
        return motes.load(session, day)


def leave(house: House, holder: Holder, last: date) -> None:
    change(house, holder, End(last))


def readdress(house: House, holder: Holder, email: str) -> None:
    change(house, holder, Alter({"email": email}))


def change(house: House, holder: Holder, command: HolderCommand) -> None:
    with house.database.transaction() as session:
        known = next(h for h in people.all_holders(session) if h.id == holder.id)
        regions = {r.lanskod for r in house.regions(session)}
        people.save(session, holder.id, known, decide(known, command, regions), KANSLI, NOW)
