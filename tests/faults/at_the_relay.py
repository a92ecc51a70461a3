"""A mail server to begin with, and an office that has mail to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.office import Office
from tests.faults.relay import Mail, Relay
from uppdrag.service.house import House

Start = Callable[..., Relay]
TWENTY_ONE = tuple(f"region{n:02d}" for n in range(21))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts servers, and stops them after the test."""
    running: list[Relay] = []

    def begin(**script: Any) -> Relay:
        running.append(Relay(tmp_path / "relay.jsonl", **script).__enter__())
        return running[-1]

    yield begin
    for relay in running:
        relay.__exit__(None, None, None)


@pytest.fixture
def office(empty_house: House) -> Office:
    return Office(empty_house, None)


def recipients(mails: list[Mail]) -> list[str]:
    return [address.partition("@")[0] for mail in mails for address in mail.recipients]
