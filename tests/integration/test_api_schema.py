"""The description of the API against the API itself: schemathesis makes calls up, right and wrong, and compares.

No call may end in 500, in a status, header or content that is not described, or be taken although it breaks the
description. 1,000 calls, and 5,000 more in `make soak`, in chunks that workers share; each operation has its part of
every chunk.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from httpx2 import Response
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.api import ROOT, Calling, calling
from tests.cast import KANSLI, NOW
from tests.integration.doing import decide, with_the_regions
from tests.web import SETTINGS
from uppdrag.service import meetings
from uppdrag.service.house import House
from uppdrag.web.api import install

CALLS, MORE_CALLS = 1_000, 5_000
CHUNKS = 4
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection, unsupported_method,
]  # fmt: skip
MEETINGS = Path(__file__).parents[2] / "definitions" / "meetings" / "exempel-2026-2027.csv"


@pytest.fixture
def at(house: House) -> Iterator[Calling]:
    """A client that may do everything, at a house where there is something to do."""
    meetings.import_meetings(house, "exempel.csv", MEETINGS.read_bytes(), actor=KANSLI, now=NOW)
    decide(house, with_the_regions(house, "01", "03"), "03", body="RF")
    with calling(house) as somebody:
        somebody.log_in("kansli")
        somebody.unhurried()
        yield somebody


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_what_is_described_is_what_is_answered(at: Calling, chunk: int) -> None:
    call(at, chunk, CALLS // CHUNKS)


@pytest.mark.soak
@pytest.mark.parametrize("chunk", range(CHUNKS, 2 * CHUNKS))
def test_what_is_described_is_what_is_answered_five_thousand_times(at: Calling, chunk: int) -> None:
    call(at, chunk, MORE_CALLS // CHUNKS)


def call(at: Calling, chunk: int, number: int) -> None:
    """Make so many calls up; the same ones for the same chunk."""
    each = -(-number // len(install.OPERATIONS))
    document = at.client.get(f"{ROOT}/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    key = {"Authorization": f"Bearer {at.secret}"}
    made = 0
    for operation in (found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)):
        cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

        @seed(chunk)
        @settings(
            max_examples=each, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=cases)
        def calls(case: Any) -> None:
            nonlocal made
            made += 1
            case.validate_response(_sent(at, case), checks=CHECKS, headers=key)

        calls()
    assert made >= number


def _sent(at: Calling, case: Any) -> Response:
    """The call as it would go over the network, byte for byte."""
    told = case.as_transport_kwargs(base_url=SETTINGS.url, headers={"Authorization": f"Bearer {at.secret}"})
    request = requests.Request(**told).prepare()
    headers = [(_bytes(name), _bytes(value)) for name, value in request.headers.items()]
    return at.client.request(str(request.method), str(request.url), headers=headers, content=_bytes(request.body))


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value or "").encode("latin-1")
