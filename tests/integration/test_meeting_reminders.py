"""The rhythm of chefsgruppen's meetings as mail to the kansli: each thing once on its day, none once it is done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest

from definitions.holidays import work_calendar
from storage import intents, meeting_reminders, outbox
from tests.cast import KANSLI
from tests.integration.test_dispatching import settle
from uppdrag.service import agenda, chefsgrupp, clockwork, composing, delivery, health, minutes, reminding, simulate
from uppdrag.service import meetings as calendars
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.calendar import STOCKHOLM
from workflow.meeting import Arrangement, id_of
from workflow.message import NONE, Message
from workflow.people import Holder

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 11), date(2026, 10, 9), date(2026, 11, 13)
PLANNED = datetime(2026, 8, 3, 7, tzinfo=UTC)
SETTINGS = Settings()
KIM = Holder(id="p-kim", office="kansli", name="Kim Kans", email="kansli@nspl.example", shared=True)
ALL = [
    ("mote_handlingar", date(2026, 9, 18)), ("mote_handlingar", date(2026, 9, 25)),
    ("mote_kallelse", date(2026, 9, 30)),
    ("mote_protokoll", date(2026, 10, 12)), ("mote_protokoll", date(2026, 10, 16)),
]  # fmt: skip
"""What the kansli is told about the meeting in October where nobody does anything."""


@pytest.fixture
def planned(empty_house: House) -> House:
    return furnish(empty_house)


def furnish(house: House) -> House:
    settle(house, KIM)
    days = (SEPTEMBER, OCTOBER, NOVEMBER)
    chefsgrupp.plan_year(house, 2026, days, Arrangement(place="Uppsala"), actor=KANSLI, now=PLANNED)
    return house


def at(day: date, hour: int = 8, minute: int = 5) -> datetime:
    return datetime.combine(day, time(hour, minute), STOCKHOLM)


def morning(house: House, now: datetime) -> None:
    """What the service does once: the clock, then the sender."""
    clockwork.tick(house, work_calendar(), now=now)
    composing.compose_due(house, now=now, settings=SETTINGS)
    delivery.deliver(house, SETTINGS, worker="prov", clock=lambda: now)


def live(house: House, first: date, last: date) -> None:
    for n in range((last - first).days + 1):
        morning(house, at(first + timedelta(days=n)))


def mails(house: House) -> list[tuple[date, Message]]:
    """Every mail that left, oldest first, with the local day."""
    with house.database.reading() as session:
        kept = [k for m in outbox.newest(session) if (k := outbox.find(session, m.id))]
    gone = [(k.queued.sent_at.astimezone(STOCKHOLM).date(), k.message) for k in kept if k.queued.sent_at]
    return sorted(gone, key=lambda one: (one[0], one[1].subject))


def told(house: House, meeting: date = OCTOBER) -> list[tuple[str, date]]:
    """Which mails about a meeting left on which day."""
    with house.database.reading() as session:
        rounds = (SEPTEMBER + timedelta(days=n) for n in range(-60, 120))
        found = [i for r in rounds for i in intents.of_track(session, id_of(meeting), NONE, r.toordinal())]
        left = [(i.template, outbox.find(session, i.message)) for i in found if i.status == "skriven"]
    return sorted(
        (template, k.queued.sent_at.astimezone(STOCKHOLM).date()) for template, k in left if k and k.queued.sent_at
    )


def test_an_autumn_without_a_hand_tells_each_thing_once_on_its_day(planned: House) -> None:
    live(planned, date(2026, 8, 3), date(2026, 12, 23))
    assert told(planned) == ALL
    assert len(mails(planned)) == 15, "five about each of three meetings"
    (_, mail) = next(one for one in mails(planned) if "kallelsen ska gå ut 30 september" in one[1].subject)
    assert mail.recipient == "kansli@nspl.example"
    assert "Kallelsen till mötet ska gå ut i dag." in mail.text
    assert "Chefsgruppens möte fredag 9 oktober 2026 kl. 09.00–12.00" in mail.text
    assert "https://uppdrag.nspl.example/moten/2026-10-09" in mail.text
    assert "Protokollet från mötet saknas sedan 7 dagar." in mails(planned)[-1][1].text
    with planned.database.reading() as session:
        assert meeting_reminders.first(session) is None, "nothing more is to come"


def test_none_after_it_is_done(planned: House) -> None:
    live(planned, date(2026, 9, 16), date(2026, 9, 21))
    agenda.summon(planned, OCTOBER, None, actor=KANSLI, now=at(date(2026, 9, 22)))
    live(planned, date(2026, 9, 22), OCTOBER)
    assert told(planned) == ALL[:1]
    items = agenda.agenda(planned, OCTOBER, now=at(OCTOBER)).items
    rows = "\n".join(f"  - {{punkt: {i.number}, utfall: antecknad}}" for i in items)
    file = f"ordforande: Ove Ord\nnarvarande: [Eva Ek]\nforsta_paragraf: 1\npunkter:\n{rows}\n".encode()
    minutes.take(planned, OCTOBER, minutes.read("p.yaml", file, OCTOBER), actor=KANSLI, now=at(OCTOBER, 13))
    minutes.close(planned, OCTOBER, actor=KANSLI, now=at(OCTOBER, 14))
    live(planned, OCTOBER, date(2026, 10, 22))
    assert told(planned) == ALL[:1], "the protokoll is there"
    live(planned, date(2026, 10, 23), date(2026, 10, 26))
    assert told(planned) == [ALL[0], ("mote_justering", date(2026, 10, 23))]
    minutes.approve(planned, OCTOBER, None, on=None, actor=KANSLI, now=at(date(2026, 10, 27)))
    live(planned, date(2026, 10, 27), date(2026, 12, 23))
    assert len(told(planned)) == 2


def test_what_was_justerat_in_time_is_not_asked_for(planned: House) -> None:
    agenda.summon(planned, SEPTEMBER, None, actor=KANSLI, now=PLANNED)
    items = agenda.agenda(planned, SEPTEMBER, now=PLANNED).items
    rows = "\n".join(f"  - {{punkt: {i.number}, utfall: antecknad}}" for i in items)
    file = f"ordforande: Ove Ord\nnarvarande: [Eva Ek]\nforsta_paragraf: 1\npunkter:\n{rows}\n".encode()
    minutes.take(planned, SEPTEMBER, minutes.read("p.yaml", file, SEPTEMBER), actor=KANSLI, now=at(SEPTEMBER, 13))
    minutes.close(planned, SEPTEMBER, actor=KANSLI, now=at(SEPTEMBER, 14))
    minutes.approve(planned, SEPTEMBER, None, on=None, actor=KANSLI, now=at(SEPTEMBER, 15))
    live(planned, SEPTEMBER, date(2026, 12, 23))
    assert told(planned, SEPTEMBER) == []


def test_what_is_done_while_the_mail_waits_takes_it_back(planned: House) -> None:
    """Written on the morning, done before the sender came to it."""
    now = at(date(2026, 9, 30))
    clockwork.tick(planned, work_calendar(), now=now)
    composing.compose_due(planned, now=now, settings=SETTINGS)
    agenda.summon(planned, OCTOBER, None, actor=KANSLI, now=now + timedelta(minutes=1))
    delivery.deliver(planned, SETTINGS, worker="prov", clock=lambda: now + timedelta(minutes=2))
    live(planned, date(2026, 9, 30), OCTOBER)
    assert ("mote_kallelse", date(2026, 9, 30)) not in told(planned)
    assert "kallelsen ska gå ut 30 september 2026" not in {m.subject.partition(": ")[2] for _, m in mails(planned)}


def test_a_clock_that_was_away_tells_the_latest_of_each_thing(planned: House) -> None:
    live(planned, date(2026, 8, 3), date(2026, 9, 14))
    morning(planned, at(date(2026, 10, 19)))
    assert told(planned) == [("mote_protokoll", date(2026, 10, 19))], (
        "one mail about the protokoll, none of what has been"
    )
    live(planned, date(2026, 10, 19), date(2026, 10, 30))
    assert len(told(planned)) == 1


def test_a_doubled_clock_tells_nothing_twice(any_house: House) -> None:
    furnish(any_house)
    for day in (date(2026, 9, 18), date(2026, 9, 25), date(2026, 9, 30)):
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda _, day=day: morning(any_house, at(day)), range(12)))
    assert told(any_house) == ALL[:3]
    assert sum("9 oktober" in m.subject for _, m in mails(any_house)) == 3


def test_a_clock_that_breaks_off_goes_on_where_it_was(planned: House, monkeypatch: pytest.MonkeyPatch) -> None:
    real = intents.add

    def broken(*given: object) -> int:
        real(*given)  # type: ignore[arg-type]
        raise RuntimeError("strömavbrott")

    now = at(date(2026, 9, 18))
    monkeypatch.setattr(intents, "add", broken)
    with pytest.raises(RuntimeError):
        clockwork.tick(planned, work_calendar(), now=now)
    monkeypatch.undo()
    live(planned, date(2026, 9, 18), date(2026, 9, 24))
    assert told(planned) == ALL[:1]


def test_mail_leaves_in_the_morning_of_a_working_day_only(planned: House) -> None:
    for hour in (0, 7, 13, 23):
        morning(planned, at(date(2026, 9, 17), hour))
    morning(planned, at(date(2026, 9, 18), 6))
    assert told(planned) == []
    morning(planned, at(date(2026, 9, 18), 8))
    assert told(planned) == ALL[:1]


def test_a_day_that_is_set_anew_is_told_anew_and_a_meeting_that_is_called_off_is_not(planned: House) -> None:
    live(planned, date(2026, 9, 16), date(2026, 9, 18))
    row = "länskod,organ,datum,handlingsstopp,kallelse\n-,chefsgrupp,2026-10-09,2026-09-30,2026-10-02\n"
    calendars.import_meetings(planned, "nya.csv", row.encode(), actor=KANSLI, now=at(date(2026, 9, 19)))
    live(planned, date(2026, 9, 19), OCTOBER)
    assert told(planned) == [
        ("mote_handlingar", date(2026, 9, 18)), ("mote_handlingar", date(2026, 9, 23)),
        ("mote_handlingar", date(2026, 9, 30)), ("mote_kallelse", date(2026, 10, 2)),
    ]  # fmt: skip
    gone = "länskod,organ,datum,inställt\n-,chefsgrupp,2026-11-13,ja\n"
    calendars.import_meetings(planned, "nya.csv", gone.encode(), actor=KANSLI, now=at(OCTOBER))
    live(planned, OCTOBER, date(2026, 12, 23))
    assert told(planned, NOVEMBER) == []


def test_a_meeting_that_was_planned_late_is_not_told_of_what_had_been(empty_house: House) -> None:
    settle(empty_house, KIM)
    late = at(date(2026, 10, 1))
    chefsgrupp.plan_year(empty_house, 2026, (SEPTEMBER, OCTOBER), Arrangement(), actor=KANSLI, now=late)
    live(empty_house, date(2026, 10, 1), OCTOBER)
    assert (told(empty_house), told(empty_house, SEPTEMBER)) == ([], [])


def test_it_waits_for_no_week_and_makes_nothing_else_wait(planned: House) -> None:
    live(planned, date(2026, 9, 24), date(2026, 9, 30))
    left = [day for _, day in told(planned)]
    assert left == [date(2026, 9, 24), date(2026, 9, 25), date(2026, 9, 30)], "late, and then two in the same week"


def test_nobody_at_the_kansli_is_an_alarm_and_the_reminder_waits(empty_house: House) -> None:
    chefsgrupp.plan_year(empty_house, 2026, (OCTOBER,), Arrangement(), actor=KANSLI, now=PLANNED)
    now = at(date(2026, 9, 18))
    clockwork.tick(empty_house, work_calendar(), now=now)
    composed = composing.compose_due(empty_house, now=now, settings=SETTINGS)
    assert ("kansli", NONE) in composed.unreachable
    settle(empty_house, KIM)
    live(empty_house, date(2026, 9, 21), date(2026, 9, 22))
    assert told(empty_house) == [("mote_handlingar", date(2026, 9, 21))]


def test_it_is_foreseen_listed_and_simulated(planned: House) -> None:
    now = at(date(2026, 9, 14))
    (row,) = [r for r in reminding.foreseen(planned, day=date(2026, 9, 30), now=now) if r.uppdrag == "mote:2026-10-09"]
    assert (row.recipient, row.due, row.reason) == (
        "kansli@nspl.example", date(2026, 9, 30), "dagen då kallelsen ska gå ut, 2026-09-30",
    )  # fmt: skip
    coming = [
        r.send_on for r in reminding.coming(planned, last=date(2026, 9, 30), now=now) if r.uppdrag != "mote:2026-09-11"
    ]
    assert coming == [date(2026, 9, 18), date(2026, 9, 25), date(2026, 9, 30)]
    lived = simulate.simulate(planned, SETTINGS, first=date(2026, 9, 15), last=date(2026, 9, 30))
    texts = [h.text for h in lived.timeline if h.kind == "mejl" and "9 oktober" in h.text]
    assert len(texts) == 3
    assert mails(planned) == []


def test_health_tells_when_no_clock_has_looked(planned: House) -> None:
    clockwork.tick(planned, work_calendar(), now=at(date(2026, 9, 15)))
    checks = {c.name: c.ok for c in health.check(planned, now=at(date(2026, 9, 16)))}
    assert checks["reminders"]
    checks = {c.name: c.ok for c in health.check(planned, now=at(date(2026, 9, 18), 12))}
    assert not checks["reminders"]


def test_an_empty_tick_asks_once_and_finds_nothing_to_look_at(planned: House) -> None:
    calendar, now = work_calendar(), at(date(2026, 8, 4))
    clockwork.tick(planned, calendar, now=now)
    assert clockwork.tick(planned, calendar, now=now + timedelta(hours=1)) == clockwork.Ticked(0, 0, 0)


def test_meetings_that_were_planned_before_the_clock_knew_of_them_are_looked_at(planned: House) -> None:
    with planned.database.transaction() as session:
        for day in (SEPTEMBER, OCTOBER, NOVEMBER):
            meeting_reminders.forget(session, day)
    clockwork.renew(planned, work_calendar(), now=at(date(2026, 9, 17)))
    live(planned, date(2026, 9, 17), date(2026, 9, 18))
    assert told(planned) == ALL[:1]
