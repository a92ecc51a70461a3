"""Decisions per capsulam: asked, answered, concluded into steps and §§ like a meeting, and told at the next one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.cast import KANSLI
from tests.integration.doing import codes, matter, state, step
from tests.integration.test_chefsgrupp import APRIL, JUNE, MARCH, OTHER, plan
from tests.integration.test_minutes import AFTER, BEFORE, close, note, take
from uppdrag.service import agenda, calling_off, chefsgrupp, circulating, justering, meetings, minutes, queries
from uppdrag.service.agenda import Addition
from uppdrag.service.circulating import Matter
from uppdrag.service.house import House
from uppdrag.service.minutes import Closing
from workflow.circulation import Answer
from workflow.errors import LinesRefused, Refused
from workflow.meeting import Meeting, Note
from workflow.minutes import Taken

ASKED, LAST = datetime(2026, 4, 1, 9, tzinfo=UTC), date(2026, 4, 10)
DUE = datetime(2026, 4, 10, 14, tzinfo=UTC)
MEMBERS = ("Eva Ek", "Bo Bo", "Cia Dahl")
ROOMS = Matter(what=Addition(title="Lokaler"), said={"proposal": "Chefsgruppen godkänner lokalerna."})


@pytest.fixture
def asked(any_house: House) -> House:
    """A directive (U2026-04) and an item about rooms are put to three members, after a meeting that gave §§ 1–n."""
    plan(any_house, MARCH, APRIL, JUNE)
    step(any_house, "U2026-04", "bered", ansvarig="Bo Bo", natverk="HSD-nätverket")
    circulate(any_house)
    return any_house


def circulate(house: House, day: date = LAST, *matters: Matter, now: datetime = ASKED) -> Meeting:
    wanted = matters or (Matter(what=Addition(uppdrag="U2026-04")), ROOMS)
    return circulating.circulate(house, day, wanted, members=MEMBERS, actor=KANSLI, now=now)


def answer(
    house: House, member: str, said: Answer = "bifall", *numbers: int, now: datetime = ASKED, words: str = ""
) -> Meeting:
    return circulating.answer(
        house, LAST, member, said, channel="epost", words=words, numbers=numbers, actor=KANSLI, now=now
    )


def conclude(house: House, *outcomes: Note, now: datetime = DUE, dry_run: bool = False) -> Closing:
    taken = Taken(notes=dict(enumerate(outcomes, start=1)))
    return circulating.conclude(house, LAST, taken, actor=KANSLI, now=now, dry_run=dry_run)


def everybody(house: House) -> None:
    for member in MEMBERS:
        answer(house, member)


YES = note("bifall")


def test_what_all_agree_on_moves_the_uppdrag_under_paragraphs_of_the_year(asked: House) -> None:
    agenda.summon(asked, MARCH, MARCH, actor=KANSLI, now=AFTER)
    take(asked)
    last = max(n.paragraph for n in close(asked).meeting.minutes.notes)  # type: ignore[union-attr]  # it has minutes
    everybody(asked)
    assert conclude(asked, YES, YES, dry_run=True).moved == ("U2026-04",)
    assert state(asked, "U2026-04") == "beredd"
    done = conclude(asked, YES, YES)
    assert (done.moved, done.warnings, state(asked, "U2026-04")) == (("U2026-04",), (), "chefsgruppsbeslut")
    kept = chefsgrupp.one(asked, LAST).meeting
    assert kept.minutes is not None
    assert [n.paragraph for n in kept.minutes.notes] == [last + 1, last + 2]
    assert [p.name for p in kept.minutes.present] == list(MEMBERS)
    facts = matter(asked, "U2026-04").uppdrag.facts["besluta"]
    assert (facts["mote"], facts["paragraf"]) == ("2026-04-10", str(last + 1))
    assert minutes.approve(asked, LAST, None, on=None, actor=KANSLI, now=DUE).status == "justerat"
    assert queries.verify(asked).findings == ()


def test_it_can_be_concluded_early_when_all_have_answered_and_bears_that_day(asked: House) -> None:
    answer(asked, "Eva Ek")
    answer(asked, "bo")
    with pytest.raises(Refused) as no:
        conclude(asked, YES, YES, now=ASKED)
    assert [(r.code, r.facts["who"]) for r in no.value.refusals] == [("answers_awaited", "Cia Dahl")]
    answer(asked, "Cia Dahl")
    conclude(asked, YES, YES, now=ASKED)
    assert matter(asked, "U2026-04").uppdrag.facts["besluta"]["mote"] == "2026-04-01"
    assert chefsgrupp.one(asked, LAST).meeting.decided_on == date(2026, 4, 1)
    assert queries.verify(asked).findings == ()


def test_on_the_last_day_the_silent_are_named_and_those_who_differ_stand_in_the_protokoll(asked: House) -> None:
    answer(asked, "Eva Ek")
    answer(asked, "Bo Bo", "avslag", 2, words="För dyrt")
    answer(asked, "Bo Bo", "bifall", 1)
    done = conclude(asked, YES, YES)
    assert [(w.code, w.facts["who"]) for w in done.warnings] == [
        ("members_silent", "Cia Dahl"), ("answers_differ", "Bo Bo"),
    ]  # fmt: skip
    noted = done.meeting.minutes
    assert noted is not None
    assert [n.dissent for n in noted.notes] == [(), ("Bo Bo (avslag): För dyrt",)]


def test_who_wants_a_meeting_gets_one_and_the_matter_comes_on_its_agenda(asked: House) -> None:
    answer(asked, "Eva Ek")
    answer(asked, "Cia Dahl")
    answer(asked, "Bo Bo", "bifall", 2)
    answer(asked, "Bo Bo", "mote", 1)
    with pytest.raises(Refused) as no:
        conclude(asked, YES, YES)
    assert [(r.code, r.facts["who"]) for r in no.value.refusals] == [("meeting_wanted", "Bo Bo")]
    assert chefsgrupp.one(asked, LAST).meeting.minutes is None, "nothing was kept"
    done = conclude(asked, note("bordlagd", decision="Tas upp på möte."), YES)
    assert (done.next_day, state(asked, "U2026-04")) == (APRIL, "beredd")
    items = agenda.agenda(asked, APRIL, now=DUE).items
    assert [i.uppdrag for i in items if i.section == "aterkommande"] == ["U2026-04"]


def test_what_the_meeting_before_postponed_is_still_carried_past_a_decision_per_capsulam(asked: House) -> None:
    agenda.add(asked, MARCH, Addition(title="Resor"), {}, actor=KANSLI, now=BEFORE)
    agenda.add(asked, MARCH, Addition(title="Lokaler"), {}, actor=KANSLI, now=BEFORE)
    agenda.summon(asked, MARCH, None, actor=KANSLI, now=BEFORE)
    take(asked, {"Resor": note("bordlagd"), "Lokaler": note("bordlagd")})
    close(asked)
    everybody(asked)
    conclude(asked, YES, YES)
    items = agenda.agenda(asked, APRIL, now=DUE).items
    assert [i.title for i in items if i.section == "aterkommande"] == ["Resor"], "the rooms have been decided on"


def test_the_next_meeting_is_told_once(asked: House) -> None:
    everybody(asked)
    conclude(asked, YES, YES)

    def told(day: date) -> list[tuple[str, str, tuple[str, ...]]]:
        items = agenda.agenda(asked, day, now=DUE).items
        return [(i.kind, i.why.facts["told"], i.documents) for i in items if i.section == "per_capsulam"]

    assert told(APRIL) == [
        ("information", "2026-04-10, §§ 1–2", ("Protokoll per capsulam 2026-04-10, §§ 1–2",))
    ]  # fmt: skip
    assert told(MARCH) == []
    later = datetime(2026, 4, 24, 15, tzinfo=UTC)
    agenda.summon(asked, APRIL, APRIL, actor=KANSLI, now=later)
    take_all = {i.number: note("antecknad") for i in chefsgrupp.one(asked, APRIL).meeting.items}
    head = {"present": take(asked, day=APRIL).minutes.present}  # type: ignore[union-attr]  # it was just taken
    minutes.take(asked, APRIL, Taken(head=head, notes=take_all), actor=KANSLI, now=later)
    close(asked, APRIL, later)
    assert told(JUNE) == []


def test_it_stands_in_no_calendar_but_in_the_list(asked: House) -> None:
    wanted = meetings.Wanted(region="-")
    assert LAST not in [k.meeting.first for k in meetings.listed(asked, wanted)]
    listed = {h.date.first: h.meeting.circulation is not None for h in chefsgrupp.listed(asked, year=2026)}
    assert listed == {MARCH: False, LAST: True, APRIL: False, JUNE: False}


def test_a_day_with_a_meeting_is_refused_and_so_is_a_meeting_on_its_day(asked: House) -> None:
    gone = date(2026, 3, 1)
    for day, code in ((APRIL, "meeting_that_day"), (LAST, "already_circulated"), (gone, "answer_day_passed")):
        with pytest.raises(Refused) as no:
            circulate(asked, day)
        assert codes(no.value) == [code]
    with pytest.raises(Refused) as no:
        plan(asked, LAST)
    assert codes(no.value) == ["circulation_that_day"]
    for attempt in (
        lambda: agenda.agenda(asked, LAST, now=ASKED),
        lambda: agenda.add(asked, LAST, Addition(title="Mer"), {}, actor=KANSLI, now=ASKED),
        lambda: agenda.summon(asked, LAST, None, actor=KANSLI, now=ASKED),
        lambda: calling_off.move(asked, LAST, date(2026, 4, 17), actor=KANSLI, now=ASKED),
        lambda: circulating.answer(asked, APRIL, "Eva", "bifall", channel="epost", actor=KANSLI, now=ASKED),
    ):
        with pytest.raises(Refused) as no:
            attempt()
        assert codes(no.value)[0] in ("is_circulation", "circulation_fixed", "not_circulation")


def test_a_list_of_meetings_cannot_take_its_day_either(asked: House) -> None:
    lines = "länskod,organ,datum\n-,chefsgrupp,2026-04-10\n".encode()
    with pytest.raises(LinesRefused) as no:
        meetings.import_meetings(asked, "m.csv", lines, actor=KANSLI, now=ASKED)
    assert [(n, r.code) for n, r in no.value.lines] == [(2, "circulation_that_day")]


def test_every_reason_why_not_is_told_at_once(house: House) -> None:
    with pytest.raises(Refused) as no:
        circulating.circulate(house, LAST, [Matter(what=Addition(title="Resor"))], actor=KANSLI, now=ASKED)
    assert codes(no.value) == ["no_members", "proposal_missing"]
    with pytest.raises(Refused) as no:
        circulating.circulate(house, LAST, [], members=MEMBERS, actor=KANSLI, now=ASKED)
    assert codes(no.value) == ["no_matters"]


def test_an_answer_from_a_stranger_before_the_question_or_after_the_end_is_refused(asked: House) -> None:
    with pytest.raises(Refused) as no:
        circulating.answer(
            asked, LAST, "Nils", "bifall", channel="brev", on=date(2026, 3, 1), numbers=[7], actor=KANSLI, now=ASKED
        )
    assert codes(no.value) == ["no_such_item", "no_such_member", "answered_before_asked"]
    with pytest.raises(Refused) as no:
        conclude(asked, YES, YES)
    assert codes(no.value)[0] == "nobody_answered"
    everybody(asked)
    seen = chefsgrupp.one(asked, LAST).meeting.version
    assert answer(asked, "Eva Ek").version == seen, "the same answer again is no event"
    with pytest.raises(Refused) as no:
        conclude(asked, YES)
    assert codes(no.value) == ["item_without_outcome"]
    with pytest.raises(Refused) as no:
        conclude(asked, note("avslag"), YES)
    assert codes(no.value) == ["nobody_answered_so"]
    conclude(asked, YES, YES)
    with pytest.raises(Refused) as no:
        answer(asked, "Eva Ek", "avslag", now=DUE)
    assert codes(no.value) == ["circulation_closed"]


def test_a_question_that_was_wrong_is_taken_back(asked: House) -> None:
    done = conclude(asked, note("utgar"), note("utgar"), now=ASKED)
    assert (done.moved, done.meeting.status) == ((), "avslutat")


def test_the_second_secretary_is_told_what_the_first_noted(asked: House) -> None:
    seen = chefsgrupp.one(asked, LAST).meeting.version
    answer(asked, "Eva Ek")
    with pytest.raises(Refused) as no:
        circulating.answer(
            asked, LAST, "Bo Bo", "avslag", channel="epost", actor=OTHER, now=ASKED, expected=seen
        )  # fmt: skip
    assert "Eva Ek bifall" in no.value.refusals[0].facts["what"]


def test_todo_tells_when_the_last_day_to_answer_has_come(asked: House) -> None:
    def told(day: date) -> list[tuple[str, date, bool]]:
        found = chefsgrupp.due(asked, day)
        return [(d.what, d.meeting, d.pressing) for d in found if d.meeting == LAST]

    assert told(date(2026, 4, 9)) == []
    assert told(LAST) == [("answers", LAST, False)]
    assert told(date(2026, 4, 11)) == [("answers", LAST, True)]
    everybody(asked)
    assert told(date(2026, 4, 2)) == [("answers", LAST, False)], "all have answered: it can be concluded"
    conclude(asked, YES, YES)
    assert told(LAST) == []
    assert told(date(2026, 5, 5)) == [("justering", LAST, True)]


def test_nothing_decided_per_capsulam_is_dispatched_before_its_paragraph_is_justerad(asked: House) -> None:
    everybody(asked)
    done = conclude(asked, YES, YES, now=ASKED)
    assert (awaited(asked), done.meeting.status) == ([("paragraph_not_approved", "2026-04-10")], "avslutat")
    minutes.approve(asked, LAST, None, on=None, actor=KANSLI, now=DUE)
    assert awaited(asked) == []


def awaited(house: House) -> list[tuple[str, str]]:
    """What holds back what would be sent about U2026-04, and the meeting to justera."""
    known = matter(house, "U2026-04")
    with house.database.reading() as session:
        lifecycle = house.engine(session, known.uppdrag.lifecycle, known.uppdrag.lifecycle_version).lifecycle
        return [(r.code, r.facts["day"]) for r in justering.awaited(session, lifecycle, known)]
