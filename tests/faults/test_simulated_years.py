"""Twenty simulated years, two at a time: whatever people, machines and the relay do, no promise is broken."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.faults.years import Years
from tests.reliability import Tried
from uppdrag.service.house import House

IN_MEMORY = "/dev/shm"  # noqa: S108 - a test's own folder in it
LAST, YEARS = date(2028, 3, 3), 2


@pytest.fixture
def house(templates: Callable[[bool], Path]) -> Iterator[House]:
    """A house in memory where there is such a place: these lives are not about the disk, which takes time."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if Path(IN_MEMORY).is_dir() else None) as folder:
        house = House.open(f"sqlite:///{shutil.copy(templates(True), f'{folder}/uppdrag.db')}")
        yield house
        house.database.close()


@pytest.mark.parametrize("seed", [*range(10), *(pytest.param(s, marks=pytest.mark.soak) for s in range(100, 190))])
@pytest.mark.sqlite_file("the promises are checked in the file itself")
def test_no_promise_is_broken_in_two_years_of_outages_and_changes_of_mind(
    house: House, seed: int, tried: Tried
) -> None:
    years = Years(house, seed, LAST)
    try:
        years.live()
    finally:
        years.promises.close()
    told = ", ".join(f"{what} {count}" for what, count in sorted(years.happened.items()))
    print(f"frö {seed}: {years.people.changed} steg, {len(years.relay.mails)} lämnade, {told}")  # noqa: T201 - what was seen
    broken = years.promises.broken
    assert not broken, f"frö {seed}: {len(broken)} brutna löften\n" + "\n".join(broken[:20])
    assert len(years.relay.mails) > 50
    assert all(years.happened[what] for what in ("bakåt", "framåt", "dubbelt", "klockan dog", "utskicken dog"))
    stops = sum(years.happened[f"{what} borta"] for what in ("clock", "sender", "relay", "allt"))
    tried("Klockan", "simulerade år", YEARS, "inget löfte om påminnelser brutet, verify rent")
    tried(
        "Klockan", "stopp i dagar och veckor under de åren, följda av ett enda varv", stops, "var och en fick ett mejl"
    )
    jumps = years.happened["bakåt"] + years.happened["framåt"]
    tried("Klockan", "klockan fel under ett varv av de åren, minuter till en månad, framåt eller bakåt", jumps,
          "inget mejl två gånger")  # fmt: skip
