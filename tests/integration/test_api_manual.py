"""docs/api.md, carried out call by call: what it says is what is answered."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.api import Calling, calling
from tests.integration.doing import with_the_regions
from uppdrag.service.house import House
from uppdrag.web.api import install, problems

MANUAL = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```http\n(GET|POST) (\S+)\n((?:[A-Z][A-Za-z-]+: .+\n)*)(\{.*\}\n)?(\d{3})\n(\{.*\})\n```")
TAG_OF = re.compile(r"<ETag för (\S+)>")


def _holds(told: Any, said: Any) -> bool:
    """Whether an answer holds what an example shows of it."""
    if isinstance(said, dict):
        return isinstance(told, dict) and all(name in told and _holds(told[name], v) for name, v in said.items())
    if isinstance(said, list):
        return isinstance(told, list) and len(told) == len(said) and all(map(_holds, told, said))
    return bool(told == said)


def test_every_example_is_answered_as_it_says(house: House) -> None:
    assert with_the_regions(house, "01", "03") == "U2026-20"
    examples = EXAMPLE.findall(MANUAL)
    assert len(examples) == MANUAL.count("```http")
    with calling(house) as at:
        at.log_in("region", "03")
        for method, address, headers, body, status, said in examples:
            found = _call(at, method, address, headers, body)
            assert found.status_code == int(status), found.text
            assert _holds(found.json(), json.loads(said)), found.text


def _call(at: Calling, method: str, address: str, headers: str, body: str) -> Any:
    key = {"Authorization": f"Bearer {at.secret}"}
    sent = dict(line.split(": ", 1) for line in headers.splitlines())
    for name, value in sent.items():
        if asked := TAG_OF.fullmatch(value):
            sent[name] = at.client.get(asked[1], headers=key).headers["etag"]
    if not body:
        return at.client.request(method, address, headers={**key, **sent})
    return at.client.request(method, address, headers={**key, **sent}, json=json.loads(body))


def test_every_command_and_every_code_stands_in_it() -> None:
    for operation in install.OPERATIONS:
        assert operation.method == "GET" or f"`POST {operation.path}`" in MANUAL, operation.path
    for code in set(problems.CODES) - {"internal", "misdirected", "idempotency_key_invalid"}:
        assert f"`{code}`" in MANUAL, code
