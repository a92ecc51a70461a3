"""What chefsgruppen passes on: only what is justerat, to the regions and to declared bodies, and what came back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.cast import KANSLI
from tests.integration.doing import codes, new, step, track
from tests.integration.test_chefsgrupp import APRIL, MARCH, OTHER, plan
from tests.integration.test_minutes import BEFORE, approve, close, note, take
from uppdrag.service import agenda, chefsgrupp, handing_on, papers, queries
from uppdrag.service.agenda import Addition
from uppdrag.service.house import House
from workflow.aftermath import HandOff, Return
from workflow.errors import Refused
from workflow.handing_on import Asked
from workflow.meeting import Meeting

THEIRS, LATER = date(2026, 5, 20), datetime(2026, 5, 29, 9, tzinfo=UTC)
ROOMS = "Lokaler"


@pytest.fixture
def decided(any_house: House) -> House:
    """A sensitive proposal (U2026-20) was approved for three regions in March, and rooms were decided on."""
    plan(any_house, MARCH, APRIL)
    id = new(
        any_house, "regiongemensamt", title="Hemliga lager", sensitive=True, neutral_title="Ärende 7",
        regions=("01", "03", "04"),
    ).uppdrag  # fmt: skip
    step(any_house, id, "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    step(any_house, id, "besluta", mote="2026-03-13", paragraf="2")
    step(any_house, id, "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="1")
    agenda.add(any_house, MARCH, Addition(title=ROOMS), {}, actor=KANSLI, now=BEFORE)
    agenda.summon(any_house, MARCH, None, actor=KANSLI, now=BEFORE)
    said = "Chefsgruppen godkänner Hemliga lager."
    take(any_house, {id: note("bifall", decision=said), ROOMS: note("bifall", decision="Ja.")})
    close(any_house)
    return any_house


def paragraph(house: House, name: str) -> int:
    return next(
        f.note.paragraph for f in handing_on.overview(house, MARCH).followed if name in (f.item.uppdrag, f.item.title)
    )


def hand_on(house: House, *paragraphs: int, asks: str = "", **more: Any) -> HandOff:
    asked = Asked(paragraphs=dict.fromkeys(paragraphs, asks), **more)
    return handing_on.hand_on(house, MARCH, "skr", asked, actor=KANSLI, now=LATER)


def come_back(house: House, number: int, outcome: Return = "synpunkter", **more: Any) -> Meeting:
    return handing_on.come_back(house, MARCH, "skr", number, outcome, actor=KANSLI, now=LATER, **more)


def refused(attempt: Any) -> list[str]:
    with pytest.raises(Refused) as no:
        attempt()
    return codes(no.value)


def test_what_is_justerat_is_handed_on_and_what_comes_back_is_kept(decided: House) -> None:
    number, rooms = paragraph(decided, "U2026-20"), paragraph(decided, ROOMS)
    assert refused(lambda: hand_on(decided, number, rooms)) == ["paragraph_not_approved"] * 2
    approve(decided)
    hand_on(decided, number, meets_on=THEIRS)
    given = hand_on(decided, rooms, asks="Räcker lokalerna?", presenter="Ada C-NSPL")
    assert [(h.paragraph, h.asks) for h in given.handed] == [
        (number, "Arbetsgruppen lämnar sina synpunkter."), (rooms, "Räcker lokalerna?"),
    ]  # fmt: skip
    assert (given.label, given.meets_on, given.presenter) == ("SKR:s politiska arbetsgrupp", THEIRS, "Ada C-NSPL")
    come_back(decided, number, text="Kostnaden är oklar", on=THEIRS, reference="SKR 26/1")
    waiting = handing_on.listed(decided, only_open=True)
    assert [(p.handed.paragraph, p.returned) for p in waiting] == [(rooms, None)]
    came = next(p.returned for p in handing_on.listed(decided) if p.returned)
    assert (came.outcome, came.text, came.on, came.reference) == (
        "synpunkter", "Kostnaden är oklar", THEIRS, "SKR 26/1",
    )  # fmt: skip
    assert queries.verify(decided).findings == ()


def test_what_came_back_can_be_corrected_but_its_paragraph_not_taken_away(decided: House) -> None:
    approve(decided)
    rooms = paragraph(decided, ROOMS)
    hand_on(decided, rooms)
    before = come_back(decided, rooms)
    assert come_back(decided, rooms).version == before.version, "the same again is no event"
    come_back(decided, rooms, "tillstyrker")
    assert [p.returned.outcome for p in handing_on.listed(decided) if p.returned] == ["tillstyrker"]
    assert refused(lambda: hand_on(decided, without=(rooms,))) == ["returned_already"]
    assert refused(lambda: hand_on(decided, rooms, asks="Något annat")) == ["returned_already"]


def test_what_was_handed_on_by_mistake_is_taken_away(decided: House) -> None:
    approve(decided)
    rooms, other = paragraph(decided, ROOMS), paragraph(decided, "U2026-20")
    hand_on(decided, rooms, other)
    assert [h.paragraph for h in hand_on(decided, without=(rooms,)).handed] == [other]
    assert refused(lambda: come_back(decided, rooms)) == ["not_handed"]


def test_what_cannot_be_is_refused_by_name(decided: House) -> None:
    assert refused(lambda: handing_on.overview(decided, APRIL)) == ["not_closed"]
    approve(decided)
    rooms = paragraph(decided, ROOMS)
    assert refused(lambda: hand_on(decided)) == ["nothing_handed"]
    assert refused(lambda: hand_on(decided, 99, meets_on=date(2026, 3, 1))) == [
        "no_such_paragraph", "body_meets_before",
    ]  # fmt: skip
    asked = Asked(paragraphs={rooms: ""})
    with pytest.raises(Refused) as no:
        handing_on.hand_on(decided, MARCH, "eu", asked, actor=KANSLI, now=LATER)
    assert no.value.refusals[0].facts["known"] == "skr (SKR:s politiska arbetsgrupp)"
    hand_on(decided, rooms)
    assert refused(lambda: come_back(decided, rooms, on=date(2026, 3, 1))) == ["returned_before"]
    assert refused(lambda: come_back(decided, rooms, on=date(2026, 6, 1))) == ["date_in_future"]


def test_the_regions_are_followed_under_the_paragraph_that_sent_it_there(decided: House) -> None:
    def regions() -> dict[str, Any]:
        found = {f.item.uppdrag or f.item.title: f.regions for f in handing_on.overview(decided, MARCH).followed}
        assert found[ROOMS] is None
        return {n: (r.version, r.sent, r.concerned, r.last) for n, r in found.items() if r}

    assert regions() == {"U2026-20": (1, 0, 3, None)}
    approve(decided)
    track(decided, "U2026-20", "01", "expediera", version="1", kanal="epost")
    track(decided, "U2026-20", "03", "expediera", version="1", kanal="epost")
    assert regions() == {"U2026-20": (1, 2, 3, date(2026, 3, 27))}


def test_todo_asks_for_what_has_not_come_back_after_their_meeting(decided: House) -> None:
    def told(day: date) -> list[tuple[str, bool]]:
        return [(d.about, d.pressing) for d in chefsgrupp.due(decided, day) if d.what == "returned"]

    approve(decided)
    rooms = paragraph(decided, ROOMS)
    hand_on(decided, rooms, meets_on=THEIRS)
    about = f"SKR:s politiska arbetsgrupp: § {rooms}"
    assert told(THEIRS) == []
    assert told(date(2026, 5, 21)) == [(about, False)]
    assert told(date(2026, 5, 27)) == [(about, True)]
    come_back(decided, rooms)
    assert told(date(2026, 5, 27)) == []


def test_the_list_is_a_document_without_the_titles_of_what_is_sensitive(decided: House) -> None:
    approve(decided)
    number = paragraph(decided, "U2026-20")
    with pytest.raises(Refused):
        papers.handoff(decided, MARCH, "skr", now=LATER)
    hand_on(decided, number, paragraph(decided, ROOMS), asks="Stöder ni Hemliga lager?", meets_on=THEIRS)
    come_back(decided, number, text="Ja till Hemliga lager")
    page = papers.rendered(papers.handoff(decided, MARCH, "skr", now=LATER), "html").decode()
    assert "Hemliga lager" not in page
    for said in ("Från chefsgruppen till SKR:s politiska arbetsgrupp", "20 maj 2026", "Ärende 7", "Stöder ni Ärende 7?",
                 "Chefsgruppen godkänner Ärende 7.", "Ja till Ärende 7", ROOMS):  # fmt: skip
        assert said in page
    first = papers.rendered(papers.handoff(decided, MARCH, "skr", now=LATER), "docx")
    assert first == papers.rendered(papers.handoff(decided, MARCH, "skr", now=LATER.replace(hour=15)), "docx")


def test_the_second_of_two_is_told(decided: House) -> None:
    approve(decided)
    seen = chefsgrupp.one(decided, MARCH).meeting.version
    hand_on(decided, paragraph(decided, ROOMS))
    asked = Asked(paragraphs={paragraph(decided, "U2026-20"): ""})
    with pytest.raises(Refused) as no:
        handing_on.hand_on(decided, MARCH, "skr", asked, actor=OTHER, now=LATER, expected=seen)
    assert "lämnades vidare till SKR:s politiska arbetsgrupp" in no.value.refusals[0].facts["what"]
