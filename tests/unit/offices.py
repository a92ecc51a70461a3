"""Holders of offices, and lists of them, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from definitions import loader
from tests.cast import TODAY
from uppdrag.intake import people
from workflow.model import Region
from workflow.people import Holder
from workflow.roster import compare

(ORGANISATION,) = (loader.load_organisation(source) for source in loader.packaged("organisation"))
REGIONS: Sequence[Region] = ORGANISATION.regions
BY_CODE = {r.lanskod: r for r in REGIONS}
EXAMPLE = Path(__file__).parents[2] / "definitions" / "people" / "exempel.csv"


def example() -> list[Holder]:
    rows, refused = people.read(EXAMPLE.read_bytes(), REGIONS)
    assert not refused
    return [holder for _, holder in compare([], rows, TODAY).new]


def holder(number: int = 1, /, **values: object) -> Holder:
    base: dict[str, object] = {"office": "registrator", "region": "03", "email": f"r{number}@region.example"}
    return Holder(id=f"person:03:registrator:{number}", **(base | values))  # type: ignore[arg-type]  # fields of a Holder
