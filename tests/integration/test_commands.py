"""Commands on either kind of database: once by key, whole or not at all, and with the reason why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from storage import log
from tests.cast import CHEFSGRUPP, INSTALLED, KANSLI, NOW, TODAY, actor
from tests.integration.doing import codes, correct, decide, matter, new, state, step, with_the_regions
from uppdrag.service import commands, queries
from uppdrag.service.commands import Answer
from uppdrag.service.house import House
from workflow.errors import KeyReused, NotFound, Refused, TransitionRefused, VersionConflict
from workflow.events import Identified

OPEN = "U2026-06"
"""An uppdrag that is just identified."""


def length(house: House, id: str = OPEN) -> int:
    return len(queries.history(house, id))


def test_the_same_key_and_command_give_the_same_answer_and_no_second_event(any_house: House) -> None:
    first = step(any_house, OPEN, "bordlagg", key="k", skal="Mer underlag")
    again = step(any_house, OPEN, "bordlagg", key="k", skal="Mer underlag")
    assert (first.repeated, again.repeated) == (False, True)
    assert again.events == first.events
    assert length(any_house) == 2


def test_a_key_with_other_content_is_refused(any_house: House) -> None:
    step(any_house, OPEN, "bordlagg", key="k", skal="Mer underlag")
    with pytest.raises(KeyReused) as refused:
        step(any_house, OPEN, "bordlagg", key="k", skal="Annat")
    assert (refused.value.stream, refused.value.seq) == (OPEN, 2)


def test_a_key_with_another_uppdrag_is_refused(any_house: House) -> None:
    step(any_house, OPEN, "bordlagg", key="k")
    with pytest.raises(KeyReused):
        step(any_house, "U2026-07", "bordlagg", key="k")


def test_a_key_belongs_to_who_uses_it(any_house: House) -> None:
    for who in (KANSLI, CHEFSGRUPP, actor("kansli", "Dan Dahl")):
        assert not step(any_house, OPEN, "bordlagg", key="k", by=who).repeated
    assert length(any_house) == 4


def test_a_refusal_is_not_remembered(any_house: House) -> None:
    with pytest.raises(Refused):
        step(any_house, OPEN, "avsluta", key="k", resultat="Klart")
    step(any_house, OPEN, "paborja", ansvarig="Cia Dahl")
    assert not step(any_house, OPEN, "avsluta", key="k", resultat="Klart").repeated


def test_a_repeated_answer_is_given_also_when_the_state_has_moved_on(any_house: House) -> None:
    first = step(any_house, OPEN, "paborja", key="k", ansvarig="Cia Dahl")
    step(any_house, OPEN, "avbryt", skal="Behövs inte")
    assert step(any_house, OPEN, "paborja", key="k", ansvarig="Cia Dahl").events == first.events


def test_every_kind_of_command_can_be_sent_again(any_house: House) -> None:
    id = with_the_regions(any_house)
    decided = decide(any_house, id, "01").events[0].id

    facts = {"planerad_tid": "Q4 2026", "paragraf": "3", "tidsgrans": "regionbeslut"}

    def reschedule() -> Answer:
        return commands.reschedule(any_house, [id], facts, actor=KANSLI, on=None, now=NOW, key="d")[0]

    calls: list[Callable[[], Answer]] = [
        lambda: new(any_house, key="a", title="Nytt"),
        lambda: decide(any_house, id, "03", key="b"),
        lambda: correct(any_house, decided, key="c", withdraw=True),
        reschedule,
    ]
    for call in calls:
        first, again = call(), call()
        assert again.repeated
        assert again.events == first.events


def test_a_page_that_is_out_of_date_is_told_so(any_house: House) -> None:
    step(any_house, OPEN, "bordlagg", expected=1)
    with pytest.raises(VersionConflict) as conflict:
        step(any_house, OPEN, "bordlagg", expected=1)
    assert (conflict.value.expected, conflict.value.found) == (1, 2)


def test_who_read_the_head_before_another_wrote_writes_nothing(any_house: House) -> None:
    """The last of the locks: where the head was read before this transaction, no event is written over another."""
    with any_house.database.transaction() as session:
        read_early, first = log.peek(session, OPEN), log.read_one(session, OPEN, 1)
    step(any_house, OPEN, "bordlagg")
    late = log.Entry(event=first.event, state=first.state, actor=KANSLI)
    with pytest.raises(VersionConflict), any_house.database.transaction() as session:
        log.append(session, OPEN, read_early, [late], NOW)
    assert (length(any_house), queries.verify(any_house).findings) == (2, ())


def test_a_region_is_disturbed_only_by_its_own_events(any_house: House) -> None:
    id = with_the_regions(any_house)
    decide(any_house, id, "01", expected=0)
    decide(any_house, id, "03", "bordlagd", expected=0)
    seen = matter(any_house, id).regions["03"].version
    decide(any_house, id, "03", expected=seen)
    with pytest.raises(VersionConflict):
        decide(any_house, id, "03", "avslagen", expected=seen)


def test_a_rehearsal_answers_as_the_real_thing_and_leaves_nothing(any_house: House) -> None:
    before = queries.verify(any_house)
    rehearsed = step(any_house, OPEN, "paborja", dry_run=True, key="k", ansvarig="Cia Dahl")
    assert rehearsed.state == "pagar"
    after = queries.verify(any_house)
    assert (after.events, after.findings) == (before.events, ())
    assert state(any_house, OPEN) == "identifierad"
    assert not step(any_house, OPEN, "paborja", key="k", ansvarig="Cia Dahl").repeated


def test_every_reason_why_not_is_told_at_once(any_house: House) -> None:
    step(any_house, OPEN, "paborja", ansvarig="Cia Dahl")
    step(any_house, OPEN, "remittera", mottagare="HSD-nätverket", svarsdag="2026-05-01")
    step(any_house, OPEN, "pausa", skal="Väntar")
    with pytest.raises(TransitionRefused) as refused:
        step(any_house, OPEN, "avsluta", by=actor("region"), paragraf="första", klart="ja")
    assert sorted(codes(refused.value)) == [
        "consultation_open", "fact_missing", "not_a_paragraph", "paused", "role_not_allowed", "unknown_fact",
    ]  # fmt: skip
    assert length(any_house) == 4


@pytest.mark.parametrize("id", ["U2026-99", "U2026-1", "", "system", "%"])
def test_what_is_not_an_uppdrag_is_not_found(any_house: House, id: str) -> None:
    with pytest.raises(NotFound):
        step(any_house, id, "bordlagg")


@pytest.mark.parametrize("event", ["U2026-06/9", "U2026-06/0", "U2026-06/x", "U2026-06/²", "U2026-06", "", "U9/1"])
def test_what_is_not_an_event_is_not_found(any_house: House, event: str) -> None:
    with pytest.raises(NotFound):
        correct(any_house, event, withdraw=True)


def test_uppdrag_are_numbered_in_the_year_in_stockholm(any_house: House) -> None:
    new_years_eve = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight there
    assert new(any_house).uppdrag == "U2026-20"
    assert new(any_house, now=new_years_eve).uppdrag == "U2027-01"
    assert new(any_house).uppdrag == "U2026-21"


def test_a_follow_up_is_noted_on_its_parent(any_house: House) -> None:
    child = new(any_house, parent="U2026-03", title="Åtgärder").uppdrag
    assert matter(any_house, child).uppdrag.parent == "U2026-03"
    noted = queries.history(any_house, "U2026-03")[-1].event
    assert getattr(noted, "facts", {}) == {"uppdrag": child}


def test_a_follow_up_that_the_parent_does_not_allow_takes_no_number(any_house: House) -> None:
    with pytest.raises(Refused):
        new(any_house, parent=OPEN)
    assert new(any_house).uppdrag == "U2026-20"


def test_what_happened_before_the_installation_is_marked(any_house: House) -> None:
    before, after = date(2026, 2, 28), date(2026, 3, 1)
    assert step(any_house, OPEN, "bordlagg", on=before).events[0].backfilled
    assert not step(any_house, OPEN, "bordlagg", on=after).events[0].backfilled
    assert INSTALLED.date() == after


def test_what_is_no_longer_known_may_be_left_out_when_it_is_entered_afterwards(any_house: House) -> None:
    event = step(any_house, OPEN, "paborja", backfill=True).events[0]
    assert event.backfilled
    with pytest.raises(Refused):
        step(any_house, "U2026-07", "bered")


def test_what_has_not_happened_cannot_be_entered(any_house: House) -> None:
    with pytest.raises(Refused) as refused:
        step(any_house, OPEN, "bordlagg", on=date(2026, 3, 28))
    assert codes(refused.value) == ["date_in_future"]
    assert step(any_house, OPEN, "bordlagg", on=TODAY).events[0].on == TODAY


def test_a_new_uppdrag_is_refused_with_every_fault(any_house: House) -> None:
    with pytest.raises(Refused) as refused:
        new(any_house, title="En\nrad", sensitive=True, regions=("01", "02"), owner="x" * 301)
    assert sorted(codes(refused.value)) == [
        "control_character", "neutral_title_missing", "text_too_long", "unknown_region",
    ]  # fmt: skip


def test_one_paragraph_moves_several_uppdrag_or_none(any_house: House) -> None:
    facts = {"planerad_tid": "Q1 2027", "paragraf": "12"}
    ids = ["U2026-07", OPEN, "U2026-07"]
    answers = commands.reschedule(any_house, ids, facts, actor=CHEFSGRUPP, on=None, now=NOW)
    assert [a.uppdrag for a in answers] == [OPEN, "U2026-07"]
    assert matter(any_house, OPEN).uppdrag.round == 2
    step(any_house, OPEN, "avbryt", skal="Behövs inte")
    with pytest.raises(Refused) as refused:
        commands.reschedule(any_house, ["U2026-08", OPEN], facts, actor=CHEFSGRUPP, on=None, now=NOW)
    assert refused.value.refusals[0].facts["uppdrag"] == OPEN
    assert length(any_house, "U2026-08") == 1


def test_the_first_event_tells_all_that_was_said_of_the_uppdrag(any_house: House) -> None:
    id = new(any_house, title="  Titel  ", owner="Cia Dahl", section="6.1", source="HSD-nätverket").uppdrag
    event = queries.history(any_house, id)[0].event
    assert isinstance(event, Identified)
    u = matter(any_house, id).uppdrag
    assert (u.title, u.owner, u.section, u.source) == (event.title, event.owner, event.section, event.source)
    assert u.title == "Titel"
