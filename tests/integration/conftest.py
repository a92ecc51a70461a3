"""What several of the tests on real databases share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.lived import live_a_little
from tests.integration.tampering import copy_of
from uppdrag.service.house import House


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory, templates: Callable[[bool], Path]) -> Path:
    """An SQLite file with something in every table of the record; to be copied, not changed."""
    path = copy_of(templates(True), tmp_path_factory.mktemp("lived_in"))
    house = House.open(f"sqlite:///{path}")
    live_a_little(house)
    house.database.close()
    return path
