"""Actions of the minutes: told of when due, marked as done without touching the protokoll, followed up at the next."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.cast import KANSLI
from tests.integration.doing import codes
from tests.integration.test_chefsgrupp import APRIL, JUNE, MARCH, OTHER, plan
from tests.integration.test_minutes import BEFORE, approve, close, note, take
from uppdrag.service import actions, agenda, chefsgrupp, minutes, queries
from uppdrag.service.agenda import Addition
from uppdrag.service.house import House
from workflow.aftermath import HowSettled
from workflow.errors import Refused
from workflow.meeting import Action, Meeting
from workflow.minutes import Taken

LATER = datetime(2026, 4, 13, 9, tzinfo=UTC)
SEND = Action(what="Skicka ut handlingarna.", owner="Anna Ek", due=date(2026, 4, 10))
ASK = Action(what="Fråga Socialstyrelsen", owner="Bo Bo")


@pytest.fixture
def promised(any_house: House) -> House:
    """Two actions of one § in March, the one due on 10 April."""
    plan(any_house, MARCH, APRIL, JUNE)
    agenda.add(any_house, MARCH, Addition(title="Lokaler"), {}, actor=KANSLI, now=BEFORE)
    agenda.summon(any_house, MARCH, None, actor=KANSLI, now=BEFORE)
    take(any_house, {"Lokaler": note("bifall", decision="Ja.", actions=(SEND, ASK))})
    close(any_house)
    return any_house


def paragraph(house: House) -> int:
    return actions.listed(house)[0].paragraph


def settle(
    house: House, number: int | None, how: HowSettled = "klar", *, on: date | None = None, note: str = "",
    expected: int | None = None,
) -> Meeting:  # fmt: skip
    return actions.settle(
        house, MARCH, paragraph(house), number, how, on=on, note=note, actor=KANSLI, now=LATER, expected=expected
    )


def waiting(house: House) -> list[str]:
    return [p.action.what for p in actions.listed(house, only_open=True)]


def test_a_mark_leaves_the_justerade_protokoll_as_it_is(promised: House) -> None:
    digest = approve(promised).digest
    assert waiting(promised) == [SEND.what, ASK.what]
    after = settle(promised, 1, on=date(2026, 4, 9), note="Utskickat")
    assert (after.digest, after.status, waiting(promised)) == (digest, "justerat", [ASK.what])
    (mark,) = [p.settled for p in actions.listed(promised) if p.settled]
    assert (mark.how, mark.on, mark.by, mark.note) == ("klar", date(2026, 4, 9), "Anna Ek", "Utskickat")
    assert settle(promised, 1, on=date(2026, 4, 9), note="Utskickat").version == after.version
    settle(promised, 2, "behovs_inte")
    assert waiting(promised) == []
    settle(promised, 1, "oppen")
    assert waiting(promised) == [SEND.what]
    assert queries.verify(promised).findings == ()


def test_todo_tells_of_what_is_due_until_it_is_done(promised: House) -> None:
    def told(day: date) -> list[tuple[str, bool]]:
        return [(d.about, d.pressing) for d in chefsgrupp.due(promised, day) if d.what == "action"]

    about = f"§ {paragraph(promised)} Skicka ut handlingarna (Anna Ek, senast 2026-04-10)"
    assert told(date(2026, 4, 9)) == []
    assert told(date(2026, 4, 10)) == [(about, False)]
    assert told(date(2026, 4, 13)) == [(about, True)]
    settle(promised, 1)
    assert told(date(2026, 4, 13)) == []


def test_the_next_agenda_follows_up_what_is_open(promised: House) -> None:
    def followed(day: date) -> list[str]:
        items = agenda.agenda(promised, day, now=LATER).items
        return [i.why.facts["told"] for i in items if i.section == "atgarder"]

    number = paragraph(promised)
    both = f"§ {number} Skicka ut handlingarna (Anna Ek, senast 2026-04-10); § {number} Fråga Socialstyrelsen (Bo Bo)"
    assert (followed(APRIL), followed(JUNE), followed(MARCH)) == ([both], [both], [])
    settle(promised, 1)
    assert followed(APRIL) == [f"§ {number} Fråga Socialstyrelsen (Bo Bo)"]
    settle(promised, 2)
    assert followed(APRIL) == []


def test_an_action_that_reads_otherwise_after_a_correction_is_open_again(promised: House) -> None:
    settle(promised, 1)
    number = next(i.number for i in chefsgrupp.one(promised, MARCH).meeting.items if i.title == "Lokaler")
    other = Action(what="Skicka ut protokollet", owner="Anna Ek")
    said = note("bifall", decision="Ja.", actions=(other, ASK))
    minutes.take(promised, MARCH, Taken(notes={number: said}), actor=KANSLI, now=LATER)
    assert set(waiting(promised)) == {other.what, ASK.what}


def test_what_is_not_there_or_cannot_be_is_refused_by_name(promised: House) -> None:
    for number, on, code in (
        (None, None, "which_action"), (3, None, "no_such_action"), (1, date(2026, 3, 1), "settled_before_meeting"),
        (1, APRIL, "date_in_future"),
    ):  # fmt: skip
        with pytest.raises(Refused) as no:
            settle(promised, number, on=on)
        assert codes(no.value) == [code]
    for day, paragraph_, code in ((MARCH, 99, "no_action"), (APRIL, 1, "not_closed")):
        with pytest.raises(Refused) as no:
            actions.settle(promised, day, paragraph_, 1, "klar", actor=KANSLI, now=LATER)
        assert codes(no.value) == [code]
    assert [p.action.owner for p in actions.listed(promised, owner="anna")] == ["Anna Ek"]


def test_the_second_of_two_is_told(promised: House) -> None:
    seen = chefsgrupp.one(promised, MARCH).meeting.version
    actions.settle(promised, MARCH, paragraph(promised), 1, "klar", actor=OTHER, now=LATER)
    with pytest.raises(Refused) as no:
        settle(promised, 2, expected=seen)
    assert "Cia Dahl" in no.value.refusals[0].facts["what"]
    assert "är klar" in no.value.refusals[0].facts["what"]
