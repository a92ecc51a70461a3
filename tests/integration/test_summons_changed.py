"""What those who were called are told when the meeting changes, is moved or is called off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from tests.cast import KANSLI
from tests.integration.called import (
    APRIL,
    BO,
    EVA,
    JUNE,
    MARCH,
    NOW,
    SETTINGS,
    arrange,
    cancel,
    event_of,
    furnish,
    later,
    leave,
    meeting_of,
    queued,
    readdress,
    send,
    told,
)
from tests.integration.doing import codes
from tests.integration.test_dispatching import settle
from uppdrag.service import agenda, calling_off, chefsgrupp, minutes, queries
from uppdrag.service.agenda import Addition
from uppdrag.service.house import House
from workflow.calendar import STOCKHOLM
from workflow.errors import Refused
from workflow.meeting import Arrangement


@pytest.fixture
def planned(house: House) -> House:
    return furnish(house)


@pytest.mark.parametrize(
    "change", [{"starts": "10.00"}, {"ends": "15.00"}, {"place": "Gävle"}, {"link": "https://mote.example/2"}]
)
def test_a_change_raises_sequence_and_goes_to_all_in_the_same_thread(planned: House, change: dict[str, Any]) -> None:
    send(planned)
    arrange(planned, now=later(1), **change)
    assert len(send(planned, now=later(2)).messages) == 5
    assert told(planned, "eva@r03.example") == [("REQUEST", 0, "CONFIRMED"), ("REQUEST", 1, "CONFIRMED")]
    first, second = queued(planned, "eva@r03.example")
    assert (second.subject, second.references) == (
        "Chefsgruppens möte 24 april 2026: ändrad kallelse", (first.id,),
    )  # fmt: skip
    arrange(planned, now=later(3), adjust_by=date(2026, 5, 20))
    assert send(planned, now=later(4)).messages == (), "the last day for justering is nothing that guests are told"


def test_what_comes_later_is_told_first_and_what_falls_away_too(planned: House) -> None:
    send(planned)
    new = Addition(title="Lägesbild; \\n, BEGIN:VEVENT", kind="information")
    agenda.add(planned, APRIL, new, {}, actor=KANSLI, now=later(1))
    agenda.drop(planned, APRIL, 2, actor=KANSLI, now=later(1))
    send(planned, now=later(2))
    assert told(planned, "eva@r03.example")[-1] == ("REQUEST", 1, "CONFIRMED")
    mail = queued(planned, "eva@r03.example")[-1]
    assert mail.subject.endswith(": kompletterad kallelse")
    after = mail.text.partition("Nytt på dagordningen:\n- ")[2]
    number = meeting_of(planned).items[-1].number
    assert after.startswith(f"{number} Lägesbild; \\n, BEGIN:VEVENT\nUtgår: 2 Godkännande av dagordningen.")
    about = event_of(mail)[1].description or ""
    assert f"{number}. Lägesbild; \\n, BEGIN:VEVENT" in about
    assert "2. Godkännande av dagordningen (utgår)" in about


def test_who_comes_to_chefsgruppen_gets_the_kallelse_and_who_leaves_is_told(planned: House) -> None:
    send(planned)
    settle(planned, replace(EVA, id="p-ny", region="01", name="Nya Ny", email="ny@r01.example"))
    leave(planned, BO, date(2026, 4, 20))
    done = send(planned, now=later(2))
    assert {(x.address, x.template) for x in done.plan.letters} == {
        ("ny@r01.example", "kallelse"), ("bo@r14.example", "kallelse_atertagen"),
    }  # fmt: skip
    assert told(planned, "ny@r01.example") == [("REQUEST", 0, "CONFIRMED")]
    assert told(planned, "bo@r14.example") == [("REQUEST", 0, "CONFIRMED"), ("CANCEL", 0, None)]
    assert send(planned, now=later(3)).messages == ()
    arrange(planned, now=later(4), place="Gävle")
    assert {x.address for x in send(planned, now=later(5)).plan.letters} == {
        "ove@nspl.example", "eva@r03.example", "ada@skr.example", "siv@r14.example", "ny@r01.example",
    }  # fmt: skip
    settle(planned, replace(BO, id="p-bo-igen"))
    send(planned, now=later(6))
    assert told(planned, "bo@r14.example")[-1] == ("REQUEST", 1, "CONFIRMED")


def test_whose_address_is_another_gets_it_there_and_nothing_at_the_old_one(planned: House) -> None:
    send(planned)
    readdress(planned, EVA, "eva.ek@r03.example")
    done = send(planned, now=later(2))
    assert [(x.address, x.template) for x in done.plan.letters] == [("eva.ek@r03.example", "kallelse")]
    cancel(planned, now=later(3))
    assert [m for m, _, _ in told(planned, "eva@r03.example")] == ["REQUEST"]
    assert [m for m, _, _ in told(planned, "eva.ek@r03.example")] == ["REQUEST", "CANCEL"]


def test_a_meeting_that_is_moved_keeps_its_invitation(any_house: House) -> None:
    furnish(any_house)
    send(any_house)
    agenda.add(any_house, APRIL, Addition(title="Lokaler"), {}, actor=KANSLI, now=later(1))
    moved = calling_off.move(any_house, APRIL, date(2026, 4, 29), actor=KANSLI, now=later(1))
    assert (moved.status, moved.items[-1].title) == ("kallat", "Lokaler")
    assert [h.date.first for h in chefsgrupp.listed(any_house)] == [MARCH, date(2026, 4, 29), JUNE]
    send(any_house, date(2026, 4, 29), later(2))
    assert told(any_house, "eva@r03.example") == [("REQUEST", 0, "CONFIRMED"), ("REQUEST", 1, "CONFIRMED")]
    mail = queued(any_house, "eva@r03.example")[-1]
    assert event_of(mail)[1].dtstart == datetime(2026, 4, 29, 9, tzinfo=STOCKHOLM)
    assert "Mötet flyttas från 24 april 2026." in mail.text
    assert f"Nytt på dagordningen:\n- {len(moved.items)} Lokaler\n\nOnsdag 29 april" in mail.text
    assert send(any_house, date(2026, 4, 29), later(3)).messages == ()
    calling_off.move(any_house, date(2026, 4, 29), APRIL, actor=KANSLI, now=later(4))
    send(any_house, APRIL, later(5))
    assert told(any_house, "eva@r03.example")[-1] == ("REQUEST", 2, "CONFIRMED")
    assert queries.verify(any_house).findings == ()


def test_a_meeting_is_moved_only_where_there_is_room(planned: House) -> None:
    for to, code in ((APRIL, "same_day"), (JUNE, "day_taken"), (date(2026, 4, 1), "meeting_moved_back")):
        with pytest.raises(Refused) as no:
            calling_off.move(planned, APRIL, to, actor=KANSLI, now=NOW)
        assert codes(no.value) == [code]


def test_a_meeting_that_is_called_off_is_told_and_leaves_its_agenda_to_the_next(any_house: House) -> None:
    furnish(any_house)
    agenda.add(any_house, APRIL, Addition(title="Lokaler"), {}, actor=KANSLI, now=NOW)
    send(any_house)
    shown = calling_off.plan(any_house, APRIL, "För få ärenden", SETTINGS, now=later(1))
    assert ([i.title for i in shown.carried], shown.next_day, len(shown.letters)) == (["Lokaler"], JUNE, 5)
    cancel(any_house, now=later(1))
    assert told(any_house, "eva@r03.example") == [("REQUEST", 0, "CONFIRMED"), ("CANCEL", 1, "CANCELLED")]
    mail = queued(any_house, "eva@r03.example")[-1]
    assert "Skäl: För få ärenden" in mail.text
    assert mail.references == (queued(any_house, "eva@r03.example")[0].id,)
    assert [h.date.first for h in chefsgrupp.listed(any_house)] == [MARCH, JUNE]
    assert "Lokaler" in [i.title for i in agenda.agenda(any_house, JUNE, now=later(1)).items]
    with pytest.raises(Refused) as no:
        cancel(any_house, now=later(2))
    assert codes(no.value) == ["no_such_meeting"]
    assert len(queued(any_house, "eva@r03.example")) == 2
    assert queries.verify(any_house).findings == ()


def test_an_item_of_the_same_number_by_hand_is_another_item(planned: House) -> None:
    for day, title in ((APRIL, "Lokaler"), (JUNE, "Budget")):
        agenda.add(planned, day, Addition(title=title), {}, actor=KANSLI, now=NOW)
    cancel(planned)
    assert {"Lokaler", "Budget"} <= {i.title for i in agenda.agenda(planned, JUNE, now=NOW).items}


def test_a_meeting_planned_anew_on_the_same_day_goes_on_with_its_invitation(planned: House) -> None:
    send(planned)
    cancel(planned, now=later(1))
    chefsgrupp.plan_year(planned, 2026, (APRIL,), Arrangement(place="Umeå"), actor=KANSLI, now=later(2))
    assert (meeting_of(planned).status, meeting_of(planned).items) == ("planerat", ())
    send(planned, now=later(3))
    assert told(planned, "eva@r03.example")[1:] == [("CANCEL", 1, "CANCELLED"), ("REQUEST", 2, "CONFIRMED")]


def test_nobody_is_told_of_a_meeting_that_nobody_was_called_to(planned: House) -> None:
    assert cancel(planned).messages == ()
    agenda.summon(planned, JUNE, None, actor=KANSLI, now=NOW)
    done = cancel(planned, JUNE)
    assert (done.messages, done.plan.told_elsewhere) == ((), True)


def test_a_meeting_with_minutes_is_neither_moved_nor_called_off(planned: House) -> None:
    agenda.summon(planned, MARCH, MARCH, actor=KANSLI, now=NOW)
    minutes.take(planned, MARCH, minutes.read("p.yaml", b"narvarande: [Eva Ek]", MARCH), actor=KANSLI, now=NOW)
    with pytest.raises(Refused) as no:
        cancel(planned, MARCH)
    assert codes(no.value) == ["minutes_taken"]
    with pytest.raises(Refused) as no:
        calling_off.move(planned, MARCH, date(2026, 4, 29), actor=KANSLI, now=NOW)
    assert codes(no.value) == ["minutes_taken"]
