"""What waits for the justering of chefsgruppen's §: steps, questions and the clock's reminders to the regions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from definitions.holidays import work_calendar
from storage import intents
from tests.cast import KANSLI
from tests.integration.doing import codes, state
from tests.integration.test_chefsgrupp import MARCH, OTHER
from tests.integration.test_dispatching import SETTINGS
from tests.integration.test_minutes import AFTER, BEFORE, called, close, note, take
from uppdrag.service import chasing, clockwork, commands, minutes, people, sources
from uppdrag.service.chasing import Asking
from uppdrag.service.house import House
from workflow.commands import AdvanceRegion
from workflow.errors import Refused
from workflow.holding import noted
from workflow.meeting import Meeting

__all__ = ["called"]
ID, REGIONS = "U2026-02", ("01", "03")
LATE = datetime(2027, 6, 24, 8, tzinfo=UTC)
"""A week before the regions' window ends."""
BY_POST = AdvanceRegion(
    actor=KANSLI, region="03", trigger="expediera", on=MARCH, facts={"version": "2", "kanal": "annan"}
)  # fmt: skip


@pytest.fixture
def closed(called: House) -> tuple[House, Meeting]:
    """The meeting in March has approved U2026-02 for decision, under a § that is not justerad."""
    people.import_people(called, *sources.people("exempel"), actor=KANSLI, now=BEFORE, dry_run=False)
    take(called, {ID: note("bifall", decision="Chefsgruppen godkänner version 2.")})
    meeting = close(called).meeting
    assert state(called, ID) == "regionbeslut"
    return called, meeting


def approve(house: House, meeting: Meeting, about: str) -> None:
    paragraph = next(n.paragraph for item, n in noted(meeting) if about in (item.uppdrag, item.title))
    minutes.approve(house, MARCH, paragraph, on=None, actor=OTHER, now=AFTER)


def reminded(house: House, by: datetime) -> int:
    """How many reminders about the uppdrag the clock has made for regions by a moment, at which it looks."""
    clockwork.tick(house, work_calendar(), now=by)
    with house.database.reading() as session:
        return sum(len(intents.of_track(session, ID, region, 1)) for region in REGIONS)


def test_no_region_is_told_or_asked_before_the_approval_is_justerad(closed: tuple[House, Meeting]) -> None:
    house, meeting = closed
    asking = Asking(actor=KANSLI, regions=("03",))
    for refused in (
        lambda: commands.handle(house, ID, BY_POST, now=AFTER),
        lambda: chasing.ask(house, ID, asking, SETTINGS, now=AFTER),
    ):
        with pytest.raises(Refused) as no:
            refused()
        assert codes(no.value) == ["paragraph_not_approved"]
    approve(house, meeting, ID)
    commands.handle(house, ID, BY_POST, now=AFTER)
    assert len(chasing.ask(house, ID, asking, SETTINGS, now=AFTER)) == 1


def test_what_a_region_has_done_itself_is_registered_all_the_same(closed: tuple[House, Meeting]) -> None:
    house, _ = closed
    taken = AdvanceRegion(actor=KANSLI, region="03", trigger="ta_emot", on=MARCH, facts={"dnr": "RS 2026-1"})
    assert commands.handle(house, ID, taken, now=AFTER).events


def test_the_clock_waits_for_the_justering_and_then_looks(closed: tuple[House, Meeting]) -> None:
    house, meeting = closed
    assert reminded(house, AFTER) == 0
    assert reminded(house, LATE) == 0
    approve(house, meeting, ID)
    assert reminded(house, AFTER) == 0  # nothing is due yet
    assert reminded(house, LATE) > 0


def test_another_paragraph_holds_nothing_back(closed: tuple[House, Meeting]) -> None:
    house, meeting = closed
    approve(house, meeting, "Lokaler")
    with pytest.raises(Refused):
        commands.handle(house, ID, BY_POST, now=AFTER)
