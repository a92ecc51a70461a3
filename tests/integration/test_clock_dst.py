"""The clock minute by minute through nights that are an hour short or long, leap days, a quarter's end, set-backs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from definitions.holidays import work_calendar
from storage import intents, outbox
from tests.cast import actor
from tests.faults.lives import EXAMPLE
from tests.reliability import Tried
from uppdrag.service import clockwork, commands, composing, delivery, people, queries
from uppdrag.service.commands import New
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.calendar import STOCKHOLM, local_date, parse_span
from workflow.message import Intent

CALENDAR = work_calendar()
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SIMULATED = Settings(mail="simulera")
BEGUN = datetime(2026, 3, 2, 8, tzinfo=STOCKHOLM)
DST_NIGHTS = [
    date(year, month, 31) - timedelta(days=date(year, month, 31).isoweekday() % 7)
    for year in range(2026, 2037) for month in (3, 10)
]  # fmt: skip
"""The last Sundays of March and October (directive 2000/84/EC)."""
JUMPS = (
    timedelta(minutes=7), timedelta(hours=2), timedelta(hours=25), timedelta(days=3), timedelta(days=31),
)  # fmt: skip
STEPS = {("en_vecka_till_redovisning", "ansvarig"), ("en_vecka_till_redovisning", "c_nspl")}


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), STOCKHOLM).astimezone(UTC)


def ordered(house: House, due: date) -> str:
    """A utredning that is to be reported on a day, decided long before; its four weeks' reminder has gone."""
    times = {"redovisning": parse_span(due.isoformat())}
    utredning = New(title="Rapport", lifecycle="utredning", actor=actor("kansli"), times=times)
    return commands.new(house, utredning, now=local(due - timedelta(days=20), 12)).uppdrag


def kept(house: House, id: str) -> list[Intent]:
    with house.database.reading() as session:
        return intents.of_track(session, id, "-", 1)


def minutes(first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += MINUTE


def when_made(house: House, id: str, moments: Iterable[datetime]) -> dict[tuple[str, str], datetime]:
    """Tick at these moments; when each step was made that is to leave, by step and office. None is made twice."""
    made: dict[tuple[str, str], datetime] = {}
    count = 0
    for now in moments:
        if more := clockwork.tick(house, CALENDAR, now=now).made:
            count += more
            for intent in kept(house, id):
                if intent.status == "vantar":
                    made.setdefault((intent.occasion.step, intent.occasion.office), now)
    assert count == len(made)
    return made


@pytest.mark.parametrize("night", DST_NIGHTS, ids=str)
def test_a_night_that_is_an_hour_short_or_long_sends_each_step_once_when_the_morning_opens(
    empty_house: House, night: date, tried: Tried
) -> None:
    due = night + timedelta(days=8)  # a Monday; a week before it is the Monday after the night
    id = ordered(empty_house, due)
    morning = CALENDAR.earlier(due - timedelta(days=7))
    lived = {*minutes(local(night - DAY, 22), local(night + DAY, 11)), *minutes(local(morning, 7), local(morning, 9))}
    made = when_made(empty_house, id, sorted(lived))
    assert set(made) == STEPS
    assert set(made.values()) == {local(morning, 8)}
    tried("Klockan", "varje minut runt sommartidens början och slut 2026–2036, klockan själv", len(lived),
          "varje påminnelse blev till en gång, klockan 8 svensk tid")  # fmt: skip


def test_every_minute_around_every_change_has_its_day_and_its_opening(tried: Tried) -> None:
    """Against a count of our own: an hour ahead of UTC, two from the last Sunday of March at 01 to that of October."""
    tried_minutes = 0
    for spring, autumn in zip(DST_NIGHTS[::2], DST_NIGHTS[1::2], strict=True):
        summer = [datetime.combine(day, time(1), UTC) for day in (spring, autumn)]
        for change in summer:
            opened: list[datetime] = []
            waits = CALENDAR.next_opening(change - 4 * DAY)
            for now in minutes(change - 4 * DAY, change + 4 * DAY):
                shown = now + timedelta(hours=2 if summer[0] <= now < summer[1] else 1)
                assert local_date(now) == shown.date(), now
                works = CALENDAR.may_send_on(shown.date())
                is_open = works and time(8) <= shown.time() < time(11)
                assert CALENDAR.is_open(now) == is_open, now
                if now >= waits and (not opened or opened[-1] < waits):
                    opened.append(now)
                if not is_open:
                    waits = CALENDAR.next_opening(now)
                assert CALENDAR.next_opening(now) >= now
                if works and shown.time() == time(8):
                    assert CALENDAR.opens_on(shown.date()) == now == opened[-1], now
                tried_minutes += 1
            days = [local_date(at) for at in opened]
            first = local_date(change - 4 * DAY)  # at night; so is the end, and its morning does not come
            wanted = [day for n in range(8) if CALENDAR.may_send_on(day := first + n * DAY)]
            assert days == wanted, "each morning once: none twice, none passed over"
    tried("Klockan", "varje minut fyra dygn före och efter varje omställning 2026–2036: dag och nästa öppning",
          tried_minutes, "rätt dag, och varje morgon nådd exakt en gång")  # fmt: skip


@pytest.mark.parametrize("jump", [sign * jump for jump in JUMPS for sign in (1, -1)], ids=str)
def test_a_clock_that_jumps_and_is_set_right_sends_nothing_twice(
    empty_house: House, jump: timedelta, tried: Tried
) -> None:
    """Before, while or after the mails of the week leave; a clock that ran ahead has only passed steps over."""
    people.import_people(empty_house, EXAMPLE.name, EXAMPLE.read_bytes(), actor=actor("kansli"), now=BEGUN)
    due = date(2026, 10, 20)
    ids = [ordered(empty_house, due) for _ in range(3)]
    morning = due - timedelta(days=7)
    written: list[str] = []
    right = [*minutes(local(morning, 7, 30), local(morning, 9))][::10]
    wrong = [now + jump for fell in (local(morning, 7, 50), local(morning, 8, 5), local(morning, 8, 40))
             for now in (fell, fell + MINUTE)]  # fmt: skip
    moments = sorted([(now, now) for now in right] + [(now - jump, now) for now in wrong])
    rest = [local(morning + n * DAY, hour) for n in range(1, 40) for hour in (8, 10)]
    for now in [*(now for _, now in moments), *rest]:
        clockwork.tick(empty_house, CALENDAR, now=now)
        written += composing.compose_due(empty_house, now=now, settings=SIMULATED).messages
        delivery.deliver(
            empty_house, SIMULATED, worker="prov", clock=lambda now=now: now,  # type: ignore[misc]  # of this turn
        )  # fmt: skip
    left = Counter(i.status for id in ids for i in kept(empty_house, id))
    assert left["vantar"] == 0
    assert sum(left.values()) == 12, "two steps to two people about each of the three"
    assert len(written) == len(set(written))
    assert written or jump > due - morning, "unless the clock believed that the day itself had gone"
    assert queries.verify(empty_house).findings == ()
    tried("Klockan", "språng framåt och bakåt: minuter, timmar, dygn, en månad, och rätt igen", len(wrong),
          "inget mejl två gånger, inget blev kvar")  # fmt: skip


def test_the_leap_day_of_2028_is_a_day_like_any_other(empty_house: House) -> None:
    due = date(2028, 3, 7)
    id = ordered(empty_house, due)
    made = when_made(empty_house, id, minutes(local(date(2028, 2, 28), 23), local(date(2028, 3, 1), 12)))
    assert set(made) == STEPS
    assert set(made.values()) == {local(date(2028, 2, 29), 8)}


def test_what_counts_to_the_leap_day_never_leaves_after_it(empty_house: House) -> None:
    id = ordered(empty_house, date(2028, 2, 29))
    assert when_made(empty_house, id, [local(date(2028, 3, 1), 8)]) == {}
    assert Counter(i.status for i in kept(empty_house, id)) == {"overhoppad": 4}


def test_a_quarter_that_ends_while_the_clock_sleeps_leaves_only_what_is_still_true(empty_house: House) -> None:
    """The week's reminder counted to 30 June, which has passed; nobody is asked to keep a day that has gone."""
    utredning = New(title="Q2", lifecycle="utredning", actor=actor("kansli"),
                  times={"redovisning": parse_span("Q2 2026")})  # fmt: skip
    id = commands.new(empty_house, utredning, now=local(date(2026, 5, 25), 9)).uppdrag
    made = when_made(empty_house, id, minutes(local(date(2026, 6, 2), 12), local(date(2026, 6, 2), 13)))
    assert {step for step, _ in made} == {"fyra_veckor_till_redovisning"}
    when_made(empty_house, id, minutes(local(date(2026, 7, 1), 7, 50), local(date(2026, 7, 1), 8, 10)))
    assert {(i.occasion.step, i.status) for i in kept(empty_house, id)} == {
        ("fyra_veckor_till_redovisning", "vantar"), ("en_vecka_till_redovisning", "overhoppad"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "moment", [time(7, 30), time(8, 0), time(8, 1), time(9, 30), time(10, 59), time(11, 30)], ids=str
)
def test_a_clock_that_is_set_back_two_hours_sends_each_mail_once(empty_house: House, moment: time) -> None:
    due = date(2026, 10, 20)
    id = ordered(empty_house, due)
    morning = due - timedelta(days=7)
    fell = datetime.combine(morning, moment, STOCKHOLM).astimezone(UTC)
    back = [*minutes(local(morning, 7), fell), *minutes(fell - timedelta(hours=2), local(morning, 12))]
    settings = SIMULATED
    people.import_people(empty_house, EXAMPLE.name, EXAMPLE.read_bytes(), actor=actor("kansli"), now=BEGUN)
    written: list[str] = []
    for now in back[::5]:
        clockwork.tick(empty_house, CALENDAR, now=now)
        written += composing.compose_due(empty_house, now=now, settings=settings).messages
        delivery.deliver(
            empty_house, settings, worker="prov", clock=lambda now=now: now,  # type: ignore[misc]  # of this turn,
        )  # fmt: skip
    assert Counter(i.status for i in kept(empty_house, id)) == {"skriven": 2, "overhoppad": 2}
    assert len(written) == len(set(written)) == 2
    with empty_house.database.reading() as session:
        left = [m.sent_at for m in outbox.newest(session, status="skickad")]
    assert len(left) == 2
    assert all(at is not None and CALENDAR.is_open(at) for at in left)
