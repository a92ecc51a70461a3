"""Running the command line in this process, as a person would from a shell."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CommandLine = Callable[..., "Run"]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of the command said, and its exit status."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)
