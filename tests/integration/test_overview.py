"""*Läget i regionerna* is remembered from one look to the next, and never an older look than what has happened."""

from __future__ import annotations

from datetime import timedelta

from tests.cast import TODAY
from tests.integration.doing import decide, with_the_regions
from uppdrag.service.house import House
from uppdrag.service.overview import Looked, Overview
from workflow.lifecycle import Lifecycle
from workflow.planning import RegionPlan
from workflow.status import Cell


def outcome(cell: Cell, _lifecycle: Lifecycle, _state: str, _plan: RegionPlan | None) -> str:
    return cell.outcome


def shown(looked: Looked[str], id: str) -> dict[str, str]:
    return next(dict(cells) for row, cells in looked.rows if row.id == id)


def test_a_look_is_remembered_until_something_happens(any_house: House) -> None:
    one, other = (with_the_regions(any_house, "01", "03") for _ in range(2))
    overview = Overview(any_house, outcome)
    first = overview.look(TODAY, every=True)
    assert shown(first, one) == {"01": "", "03": ""}
    assert overview.look(TODAY, every=True) is first
    elsewhere = House.open(any_house.database.url.render_as_string(hide_password=False))  # another process's
    decide(elsewhere, one, "01", "antagen", body="RF", on=TODAY)
    elsewhere.database.close()
    then = overview.look(TODAY, every=True)
    assert shown(then, one) == {"01": "antagen", "03": ""}
    assert shown(then, other) == {"01": "", "03": ""}
    assert next(row.regions.decided for row, _ in then.rows if row.id == one) == 1


def test_another_day_and_another_choice_are_other_looks(any_house: House) -> None:
    with_the_regions(any_house, "01", "03")
    overview = Overview(any_house, outcome)
    assert overview.look(TODAY, every=True).rows
    assert len(overview.look(TODAY).rows) < len(overview.look(TODAY, every=True).rows)
    late = TODAY + timedelta(days=3650)
    assert not any(row.overdue for row, _ in overview.look(TODAY - timedelta(days=3650), every=True).rows)
    assert any(row.overdue for row, _ in overview.look(late, every=True).rows)
