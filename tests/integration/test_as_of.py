"""`--as-of`: what the program says of an earlier day is what it said on that day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from tests.cast import INSTALLED, KANSLI, NOW
from tests.integration.days import MEETINGS, REGIONS, Days
from tests.integration.doing import codes, decide, empty, new, step, with_the_regions
from tests.integration.history import History
from tests.integration.worlds import without_waiting_for_the_disk
from uppdrag.service import asof, following, meetings, queries
from uppdrag.service.house import House
from workflow.calendar import local_date
from workflow.errors import NotFound, Refused
from workflow.status import MatrixFilter, StatusFilter, end_of

Said = dict[str, Any]


def said(house: House, day: date, *, as_of: date | None = None) -> Said:
    """Everything that the program says at the end of a day, or afterwards of it."""
    moment = end_of(day) - timedelta(microseconds=1)
    asked: dict[str, dict[str, Any]] = {
        "all": {}, "late": {"overdue": True}, "owner": {"owner": "dan"}, "region": {"region": "03"},
        "state": {"state": "regionbeslut"}, "lifecycle": {"lifecycle": "atagande"}, "plan": {"plan": "vp-2027"},
        "page": {"after": "U2026-04", "limit": 5}, "idle": {"idle_since": end_of(day) - timedelta(days=5)},
        "due": {"due_before": day + timedelta(days=20)}, "id": {"id": "U2026-21"},
    }  # fmt: skip
    lists = {
        name: queries.status(house, StatusFilter(today=day, **wanted), as_of=as_of) for name, wanted in asked.items()
    }
    today = StatusFilter(today=day)
    matrices = [
        queries.matrix(house, today, MatrixFilter(**chosen), as_of=as_of)
        for chosen in ({}, {"state": "beslutad"}, {"body": "RF"}, {"source": "epost"}, {"region": "12"})
    ]
    return {
        **lists,
        "matrices": matrices,
        "regions": [following.region(house, lk, now=moment, as_of=as_of) for lk in REGIONS],
        "labels": queries.labels(house, as_of=as_of),
        "known": queries.regions(house, as_of=as_of),
        "details": [queries.detail(house, row.id, now=moment, as_of=as_of) for row in lists["all"]],
    }


def lived(house: House, *, seed: int, days: int) -> dict[date, Said]:
    """What was said at the end of each day that was lived."""
    life, diary = Days(house, seed), {}
    for _ in range(days):
        life.live()
        diary[life.today] = said(house, life.today)
    return diary


def unlike(one: Said, other: Said) -> list[str]:
    """The answers that differ."""
    return [name for name in one if one[name] != other[name]]


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(1, 24))])
def test_what_is_said_of_a_day_is_what_was_said_on_it(house: House, seed: int) -> None:
    without_waiting_for_the_disk(house)
    diary = lived(house, seed=seed, days=25)
    for day, told in diary.items():
        assert unlike(told, said(house, day, as_of=day)) == [], day


def test_either_kind_of_database_remembers(any_house: House) -> None:
    diary = lived(any_house, seed=99, days=9)
    for day, told in diary.items():
        assert unlike(told, said(any_house, day, as_of=day)) == [], day


class Remembered(History):
    """A random history of one uppdrag, under a clock that may go back."""

    def remember(self) -> None:
        """Note what is said of today; and of each day noted before that the latest event was registered by."""
        diary = self.__dict__.setdefault("diary", {})
        last = local_date(self.world.history[-1].registered_at)
        for day in {*diary, self.world.today}:
            if day >= last:
                diary[day] = self.said(day, None)

    def said(self, day: date, as_of: date | None) -> object:
        id, moment = self.world.id, end_of(day) - timedelta(microseconds=1)
        wanted = StatusFilter(today=day, id=id)
        listed = queries.status(self.house, wanted, as_of=as_of)
        cells = queries.matrix(self.house, wanted, as_of=as_of).cells
        return listed, cells, queries.detail(self.house, id, now=moment, as_of=as_of)

    @rule(hours=st.sampled_from((1, 30, 1000, 5000, -2, -100)))
    def time_passes(self, hours: int) -> None:
        self.remember()
        super().time_passes(hours)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.remember()
            for day, told in self.__dict__["diary"].items():
                assert self.said(day, day) == told, day
        super().teardown()


@pytest.mark.parametrize(
    "lifecycle",
    ["regiongemensamt", *(pytest.param(one, marks=pytest.mark.soak) for one in ("samverkansavtal", "atagande"))],
)
def test_a_history_under_a_clock_that_goes_back_is_remembered(house: House, lifecycle: str) -> None:
    without_waiting_for_the_disk(house)
    with house.database.reading() as session:
        found = house.newest(session, lifecycle).lifecycle
    triggers = tuple(sorted(t.trigger for t in found.transitions))
    machine = type("Remembered", (Remembered,), {"house": house, "lifecycle": found, "triggers": triggers})
    run_state_machine_as_test(
        cast("Any", machine),
        settings=settings(
            max_examples=40, stateful_step_count=40, print_blob=True, phases=[Phase.generate],
            # A history is forty commands on a real database: slow by what hypothesis is used to.
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )  # fmt: skip


def test_a_day_ends_at_midnight_in_stockholm(any_house: House) -> None:
    day = date(2026, 5, 4)
    midnight = datetime(2026, 5, 4, 22, tzinfo=UTC)
    before = new(any_house, now=midnight - timedelta(microseconds=1)).uppdrag
    after = new(any_house, now=midnight).uppdrag
    rows = queries.status(any_house, StatusFilter(today=day, after="U2026-19"), as_of=day)
    assert [row.id for row in rows] == [before]
    with pytest.raises(Refused) as refused:
        queries.detail(any_house, after, now=midnight, as_of=day)
    assert codes(refused.value) == ["registered_later"]
    with pytest.raises(NotFound):
        queries.detail(any_house, "U2026-99", now=midnight, as_of=day)


@pytest.mark.parametrize("id", ["system", "U2026-99", ""])
def test_only_uppdrag_are_found(any_house: House, id: str) -> None:
    with pytest.raises(NotFound):
        queries.detail(any_house, id, now=NOW, as_of=NOW.date())


def test_what_happened_earlier_counts_from_the_day_it_was_registered(any_house: House) -> None:
    id = with_the_regions(any_house, "01", "03")
    decide(any_house, id, "01", "antagen", on=NOW.date() - timedelta(days=5), body="RF")
    day = NOW.date()
    assert queries.matrix(any_house, StatusFilter(today=day), as_of=day).cells[id, "01"].outcome == "antagen"
    earlier = queries.matrix(any_house, StatusFilter(today=day), as_of=day - timedelta(days=1))
    assert (id, "01") not in earlier.cells


def test_late_is_judged_by_the_day_that_is_asked_about(any_house: House) -> None:
    later = datetime(2026, 6, 1, tzinfo=UTC)
    step(any_house, "U2026-01", "pausa", skal="Väntar", now=later)
    before, after = date(2026, 3, 31), date(2026, 4, 1)
    assert not queries.detail(any_house, "U2026-01", now=later, as_of=before).row.overdue
    assert queries.detail(any_house, "U2026-01", now=later, as_of=after).row.overdue
    late = StatusFilter(today=after, overdue=True, id="U2026-01")
    assert [row.id for row in queries.status(any_house, late, as_of=after)] == ["U2026-01"]
    assert queries.status(any_house, StatusFilter(today=later.date(), overdue=True, id="U2026-01")) == []


def test_a_day_that_has_not_been_is_refused_and_one_before_the_database_is_empty(any_house: House) -> None:
    with pytest.raises(Refused) as refused:
        asof.began(any_house, NOW.date() + timedelta(days=1), now=NOW)
    assert codes(refused.value) == ["as_of_in_future"]
    installed = local_date(INSTALLED)
    assert asof.began(any_house, NOW.date(), now=NOW) is None
    assert asof.began(any_house, installed, now=NOW) is None
    before = installed - timedelta(days=1)
    assert asof.began(any_house, before, now=NOW) == installed
    assert queries.status(any_house, StatusFilter(today=before), as_of=before) == []


def test_what_has_been_emptied_since_is_refused_rather_than_guessed(house: House) -> None:
    step(house, "U2026-06", "paborja", ansvarig="Cia Dahl", now=NOW + timedelta(days=9))
    empty(house, "U2026-06", 1, now=NOW + timedelta(days=9))
    for ask in (
        lambda: queries.status(house, StatusFilter(today=NOW.date()), as_of=NOW.date()),
        lambda: queries.detail(house, "U2026-06", now=NOW, as_of=NOW.date()),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        assert codes(refused.value) == ["emptied_since"]


def test_meetings_that_became_known_later_say_nothing_of_the_day_before(any_house: House) -> None:
    id = with_the_regions(any_house, "01", "03")
    step(any_house, id, "omprioritera", planerad_tid="Q4 2026", tidsgrans="regionbeslut", paragraf="7")
    known = NOW + timedelta(days=9)
    meetings.import_meetings(any_house, "möten.csv", MEETINGS.encode(), actor=KANSLI, now=known)

    def fits(day: date, as_of: date | None) -> tuple[str, date | None]:
        plan = queries.matrix(any_house, StatusFilter(today=day), as_of=as_of).fits[id, "01"]
        return plan.verdict, plan.send_by

    later = known + timedelta(days=9)
    assert fits(NOW.date(), NOW.date()) == ("uppgift_saknas", None)
    assert fits(known.date(), known.date()) == ("ryms", date(2026, 10, 1))
    assert fits(later.date(), None) == fits(later.date(), later.date()) == ("ryms", date(2026, 10, 1))
