"""Many processes at one uppdrag: nothing is lost, nothing is done twice, and it closes once."""

from __future__ import annotations

from collections import Counter

import pytest

from storage import uppdrag
from tests.cast import NOW, TODAY, actor
from tests.integration.ingredients import good_facts
from tests.integration.processes import at_once, create_two, decide_one, hammer, seal_often, set_up, use_a_key
from uppdrag.service import commands, queries
from uppdrag.service.commands import New
from uppdrag.service.house import House
from workflow.commands import Advance
from workflow.events import Advanced
from workflow.evolution import replay
from workflow.status import StatusFilter


@pytest.fixture
def with_the_regions(any_house: House) -> str:
    """An uppdrag that lies with all 21 regions."""
    wanted = New(title="Till regionerna", lifecycle="regiongemensamt", actor=actor("kansli"))
    id = commands.new(any_house, wanted, now=NOW).uppdrag
    _, lifecycle, _ = queries.next_steps(any_house, id, role=None)
    for t in lifecycle.path_to("regionbeslut") or ():
        matter, _, _ = queries.next_steps(any_house, id, role=None)
        command = Advance(actor=actor("kansli"), trigger=t.trigger, facts=good_facts(t, matter.uppdrag, 0))
        commands.handle(any_house, id, command, now=NOW)
    return id


def test_twenty_one_processes_that_decide_at_once_close_the_uppdrag_once(
    any_house: House, database_url: str, with_the_regions: str
) -> None:
    regions = [r.lanskod for r in queries.regions(any_house)]
    done = at_once(decide_one, [(database_url, with_the_regions, region) for region in regions])

    history = queries.history(any_house, with_the_regions)
    closings = [e for e in history if isinstance(e.event, Advanced) and e.event.trigger == "slutbehandla"]
    assert len(closings) == 1
    assert closings[0] == history[-1]
    assert history[-1].state == "slutbehandlad"
    assert Counter(e.region for e in history if e.region) == Counter(regions)
    assert [e for d in done for events in d.accepted.values() for e in events if e not in history] == []
    row = queries.detail(any_house, with_the_regions, now=NOW).row
    assert (row.regions.adopted, row.regions.pending) == (21, 0)
    assert queries.verify(any_house).findings == ()


def test_eight_processes_hammering_one_uppdrag_lose_and_duplicate_nothing(
    any_house: House, database_url: str, with_the_regions: str
) -> None:
    before = queries.history(any_house, with_the_regions)
    done = at_once(hammer, [(database_url, with_the_regions, number, 30) for number in range(8)])

    answered = sorted((e for d in done for events in d.accepted.values() for e in events), key=lambda e: e.seq)
    history = queries.history(any_house, with_the_regions)
    assert answered == history[len(before) :], "what was answered is what the log holds, each thing once"
    assert len(answered) > 60, "most of what they thought of could be done"
    with any_house.database.reading() as session:
        assert replay(history) == uppdrag.load(session, with_the_regions, seq=len(history), regions="*")
    assert queries.verify(any_house).findings == ()


def test_processes_that_create_uppdrag_at_once_get_a_number_each(any_house: House, database_url: str) -> None:
    done = at_once(create_two, [(database_url, number) for number in range(6)])
    shared = {d.accepted["samma"] for d in done}
    own = [events[0].stream for d in done for key, events in d.accepted.items() if key != "samma"]
    assert len(shared) == 1, "one key, one uppdrag"
    numbers = {*own, next(iter(shared))[0].stream}
    assert sorted(numbers) == [f"U2027-{n:02d}" for n in range(1, 8)]
    assert queries.verify(any_house).findings == ()


def test_processes_that_set_up_the_same_database_at_once_set_up_one(bare_url: str) -> None:
    at_once(set_up, [(bare_url,) for _ in range(4)])
    house = House.open(bare_url)
    assert queries.verify(house).findings == ()
    assert len(queries.status(house, StatusFilter(today=TODAY))) == 19
    house.database.close()


def test_a_key_used_on_many_uppdrag_at_once_is_accepted_on_one(any_house: House, database_url: str) -> None:
    done = at_once(use_a_key, [(database_url, f"U2026-{n:02d}", "nyckel") for n in range(1, 7)])
    assert [len(d.accepted) for d in done].count(1) == 1
    assert queries.verify(any_house).findings == ()


def test_processes_that_seal_while_others_work_make_one_chain(any_house: House, database_url: str) -> None:
    at_once(seal_often, [(database_url, f"U2026-{n:02d}") for n in range(1, 7)])
    queries.seal(any_house, now=NOW)
    assert queries.verify(any_house).findings == ()
