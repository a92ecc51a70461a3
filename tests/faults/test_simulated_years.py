"""Twenty simulated years, two at a time: whatever people, machines and the relay do, no promise is broken."""

from __future__ import annotations

from datetime import date

import pytest

from tests.faults.years import Years
from uppdrag.service.house import House


def live(house: House, seed: int) -> None:
    years = Years(house, seed, date(2028, 3, 3))
    try:
        years.live()
    finally:
        years.promises.close()
    told = ", ".join(f"{what} {count}" for what, count in sorted(years.happened.items()))
    print(f"seed {seed}: {years.people.changed} steg, {len(years.relay.mails)} lämnade, {told}")  # noqa: T201
    broken = years.promises.broken
    assert not broken, f"seed {seed}: {len(broken)} brutna löften\n" + "\n".join(broken[:20])
    assert len(years.relay.mails) > 50
    assert all(years.happened[what] for what in ("bakåt", "dubbelt", "klockan dog", "utskicken dog"))


@pytest.mark.parametrize("seed", [*range(5), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(5, 10))])
def test_no_promise_is_broken_in_two_years_of_outages_and_changes_of_mind(house: House, seed: int) -> None:
    live(house, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 200))
def test_no_promise_is_broken_in_two_hundred_years(house: House, seed: int) -> None:
    live(house, seed)
