"""Be om uppgift: who is asked, how often, and that it can be proved afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from definitions.holidays import work_calendar
from storage import intents, mailed, outbox
from tests.cast import KANSLI
from tests.integration.doing import codes, correct, decide, matter, new, step, track
from tests.integration.test_dispatching import approved, registrator, send, settle, waiting
from uppdrag.service import chasing, clockwork, composing, delivery, queries
from uppdrag.service.chasing import Asking
from uppdrag.service.commands import Answer
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.errors import KeyReused, Refused
from workflow.sendout import last_asked

SETTINGS = Settings()
LATER = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


def ask(house: House, id: str, *, now: datetime = LATER, **narrowed: Any) -> tuple[Answer, ...]:
    return chasing.ask(house, id, Asking(actor=KANSLI, **narrowed), SETTINGS, now=now)


def look(house: House, id: str, *, now: datetime = LATER, **narrowed: Any) -> chasing.Plan:
    return chasing.plan(house, id, Asking(actor=KANSLI, **narrowed), SETTINGS, now=now)


def regions(plan: chasing.Plan) -> list[str]:
    return [q.region for q in plan.questions]


def left_out(plan: chasing.Plan) -> list[tuple[str, str]]:
    return [(region, why.code) for region, why in plan.left_out]


def deliver(house: House, now: datetime) -> delivery.Delivered:
    return delivery.deliver(house, SETTINGS, worker="prov", clock=lambda: now)


def test_those_without_an_answer_are_asked_and_the_log_says_who_when_and_by_whom(any_house: House) -> None:
    id = approved(any_house)
    decide(any_house, id, "01")
    answers = ask(any_house, id)
    assert [a.events[0].region for a in answers] == ["03", "04"]
    assert [k.queued.recipient for k in waiting(any_house)] == ["registrator@r03.example", "registrator@r04.example"]
    said = queries.history(any_house, id)[-2].event
    assert said.facts["mottagare"] == "registrator i Region Uppsala (registrator@r03.example)"  # type: ignore[union-attr]
    found = last_asked(queries.history(any_house, id))
    assert {r: (a.on.isoformat(), a.by) for r, a in found.items()} == {
        "03": ("2026-05-04", KANSLI.name), "04": ("2026-05-04", KANSLI.name)
    }  # fmt: skip
    assert {rb.state for rb in matter(any_house, id).regions.values()} == {"ej_expedierad", "beslutad"}, "no step on"
    assert not queries.verify(any_house).findings


def test_the_question_says_what_is_missing_and_by_when(house: House) -> None:
    id = approved(house, "03")
    (question,) = look(house, id).questions
    assert question.message.subject == f"{id} Ledningsmodell: hur går det med beslutet i Region Uppsala?"
    assert "Vi saknar uppgift om beslutet i Region Uppsala." in question.message.text
    assert "Planerad tid går ut 30 september 2026 (”Q2–Q3 2026”, läst som sista dagen i Q3)." in question.message.text
    assert waiting(house) == []


def test_an_uppdrag_without_planned_time_can_be_asked_about_too(house: House) -> None:
    id = new(house, "regiongemensamt", regions=("03",)).uppdrag
    step(house, id, "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    step(house, id, "besluta", mote="2026-03-13", paragraf="2")
    step(house, id, "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="1")
    step(house, id, "godkann", mote="2026-03-20", paragraf="5", forslagsversion="1")
    settle(house, registrator("03"))
    ask(house, id)
    assert "Planerad tid" not in waiting(house)[0].message.text
    assert deliver(house, LATER).simulated == 1


@pytest.mark.parametrize(
    ("narrowed", "chosen"),
    [
        ({}, ["01", "03", "04"]), ({"regions": ("04", "01")}, ["01", "04"]), ({"states": ("mottagen",)}, ["03"]),
        ({"groups": ("mellansverige",)}, ["03", "04"]),
        ({"groups": ("mellansverige",), "states": ("ej_expedierad",)}, ["04"]),
    ],
)  # fmt: skip
def test_it_can_be_narrowed(house: House, narrowed: dict[str, Any], chosen: list[str]) -> None:
    id = approved(house)
    track(house, id, "03", "ta_emot", dnr="RS 2026-7")
    assert regions(look(house, id, **narrowed)) == chosen


def test_it_can_be_narrowed_to_what_the_plan_says(house: House) -> None:
    id = approved(house, "01", "03")
    assert regions(look(house, id, verdicts=("uppgift_saknas",))) == ["01", "03"], "no meetings are known"
    assert regions(look(house, id, verdicts=("uppgift_saknas",), regions=("03",))) == ["03"]
    assert regions(look(house, id, verdicts=("ryms",))) == []
    with pytest.raises(Refused) as no:
        look(house, id, verdicts=("kanske",))
    assert codes(no.value) == ["not_a_choice"]


def test_a_region_that_has_stated_a_date_is_left_in_peace_until_ten_working_days_after(house: House) -> None:
    id = approved(house, "01", "03")
    track(house, id, "03", "planera", instans="RF", datum="2026-05-11")
    assert left_out(look(house, id)) == [("03", "region_has_stated")]
    assert regions(look(house, id, now=datetime(2026, 6, 15, 8, tzinfo=UTC))) == ["01", "03"]


def test_an_address_gets_at_most_one_mail_a_week_unless_somebody_insists(house: House) -> None:
    id = approved(house, "01", "03")
    ask(house, id, regions=("03",))
    soon, week = LATER + timedelta(days=3), LATER + timedelta(days=7)
    assert (regions(look(house, id, now=soon)), left_out(look(house, id, now=soon))) == (
        ["01"], [("03", "asked_this_week")]
    )  # fmt: skip
    assert regions(look(house, id, now=soon, again=True)) == ["01", "03"]
    deliver(house, LATER)
    assert regions(look(house, id, now=soon)) == ["01"]
    assert regions(look(house, id, now=week)) == ["01", "03"]
    assert len(ask(house, id, now=soon, again=True)) == 2
    assert len({k.queued.id for k in waiting(house)}) == 3


def test_a_missiv_of_this_week_counts_and_so_does_a_question_for_reminders(house: House) -> None:
    id = approved(house, "03")
    send(house, id, now=LATER - timedelta(days=3))
    assert left_out(look(house, id)) == [("03", "asked_this_week")]
    ask(house, id, again=True)
    with house.database.reading() as session:
        last = mailed.last_reminded(session, LATER - timedelta(days=1), LATER)
    assert last == {"registrator@r03.example": LATER}


def test_two_regions_at_one_address_are_not_asked_the_same_week(house: House) -> None:
    id = approved(house, "01", "03")
    settle(house, registrator("04", email="delad@r.example"), registrator("05", email="delad@r.example"))
    other = new(house, "regiongemensamt", regions=("04", "05")).uppdrag
    step(house, other, "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    step(house, other, "besluta", mote="2026-03-13", paragraf="2")
    step(house, other, "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="1")
    step(house, other, "godkann", mote="2026-03-20", paragraf="5", forslagsversion="1")
    assert (regions(look(house, other)), left_out(look(house, other))) == (["04"], [("05", "asked_this_week")])
    assert regions(look(house, id)) == ["01", "03"]


def test_a_region_that_no_mail_reaches_is_named(house: House) -> None:
    id = approved(house, "01")
    other = new(house, "regiongemensamt", regions=("01", "25")).uppdrag
    step(house, other, "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    step(house, other, "besluta", mote="2026-03-13", paragraf="2")
    step(house, other, "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="1")
    step(house, other, "godkann", mote="2026-03-20", paragraf="5", forslagsversion="1")
    assert left_out(look(house, other)) == [("25", "unreachable")]
    assert id != other


def test_the_mail_leaves_on_a_morning_and_not_where_the_region_has_answered(house: House) -> None:
    id = approved(house, "01", "03", "04")
    night = datetime(2026, 5, 4, 19, 0, tzinfo=UTC)
    morning = work_calendar().next_opening(night)
    ask(house, id, now=night)
    assert {k.queued.not_before for k in waiting(house)} == {morning}
    assert deliver(house, night).simulated == 0
    decide(house, id, "03")
    track(house, id, "04", "planera", instans="RF", datum="2026-06-09")
    done = deliver(house, morning)
    assert (done.simulated, done.cancelled) == (1, 2)


def test_a_clock_that_ticks_meanwhile_does_not_take_it_back(house: House) -> None:
    id = approved(house, "03")
    ask(house, id)
    track(house, id, "03", "ta_emot", dnr="RS 2026-7")
    tomorrow = LATER + timedelta(days=1)
    clockwork.tick(house, work_calendar(), now=tomorrow)
    composing.compose_due(house, now=tomorrow, settings=SETTINGS)
    assert [k.queued.status for k in waiting(house) if k.queued.recipient == "registrator@r03.example"] == ["koad"]
    deliver(house, tomorrow)
    assert [k.queued.status for k in waiting(house) if k.queued.recipient == "registrator@r03.example"] == ["skickad"]


def test_nothing_is_recorded_where_a_mail_cannot_be_queued(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    id = approved(house)
    before = len(queries.history(house, id))

    def breaks(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(outbox, "enqueue", breaks)
    with pytest.raises(OSError, match="disk"):
        ask(house, id)
    assert (len(queries.history(house, id)), waiting(house)) == (before, [])
    with house.database.reading() as session:
        assert intents.of_track(session, id, "03", 1) == []


def test_what_was_taken_back_was_not_asked(house: House) -> None:
    id = approved(house, "03")
    (answer,) = ask(house, id)
    correct(house, answer.events[0].id, withdraw=True)
    assert last_asked(queries.history(house, id)) == {}


def test_it_asks_only_where_regions_are_to_decide(house: House) -> None:
    id = approved(house, "03")
    refusals: list[tuple[str, dict[str, Any]]] = [
        ("region_not_concerned", {"regions": ("04",)}), ("not_a_choice", {"states": ("vilse",)}),
        ("not_a_choice", {"groups": ("mitten",)}),
    ]  # fmt: skip
    for refused, narrowed in refusals:
        with pytest.raises(Refused) as no:
            look(house, id, **narrowed)
        assert codes(no.value) == [refused]
    step(house, id, "pausa", paragraf="7", skal="Vi väntar")
    for other, refused in ((id, "paused"), (new(house, "atagande").uppdrag, "no_track"),
                           (new(house, "regiongemensamt", regions=("03",)).uppdrag, "nothing_to_ask")):  # fmt: skip
        with pytest.raises(Refused) as no:
            ask(house, other)
        assert codes(no.value) == [refused]


def test_what_was_shown_is_what_is_asked(house: House) -> None:
    id = approved(house)
    shown = look(house, id)
    decide(house, id, "03")
    with pytest.raises(Refused) as no:
        chasing.ask(house, id, Asking(actor=KANSLI), SETTINGS, now=LATER, shown=shown)
    assert codes(no.value) == ["dispatch_changed"]
    assert waiting(house) == []


def test_the_same_key_asks_once_also_those_who_were_asked_this_week(any_house: House) -> None:
    id, again = approved(any_house), Asking(actor=KANSLI, again=True)
    shown = chasing.plan(any_house, id, again, SETTINGS, now=LATER)
    first, second = (chasing.ask(any_house, id, again, SETTINGS, now=LATER, key="klick", shown=shown) for _ in range(2))
    assert [a.events for a in second] == [a.events for a in first]
    assert len(waiting(any_house)) == len(shown.questions) == 3
    decide(any_house, id, "03")
    assert chasing.ask(any_house, id, again, SETTINGS, now=LATER, key="klick", shown=shown) == second
    with pytest.raises(KeyReused):
        chasing.ask(any_house, id, Asking(actor=KANSLI, regions=("04",)), SETTINGS, now=LATER, key="klick")
