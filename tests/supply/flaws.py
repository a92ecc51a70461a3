"""bandit, held against the reasons that stand in the code: `python -m tests.supply.flaws`, a part of `make check`.

What bandit finds is right where its line says why, as ruff wants it said (`noqa: S608 - names of our own`: bandit's
B608 is ruff's S608), or where it stands in EXPLAINED. Anything else ends it with status 1, and so does a reason in
EXPLAINED for what is no longer found.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from tests.supply.lock import ROOT

ROOMS = ("workflow", "definitions", "notifications", "storage", "uppdrag")
EXPLAINED: Mapping[tuple[str, str], str] = {
    ("notifications/mailbox.py", "B107"): "an empty password is none: a maildir needs no login",
    ("storage/gallring.py", "B105"): "what a table holds, in Swedish",
    ("uppdrag/documents/charts_svg.py", "B405"): "it reads what matplotlib has just drawn, never a file from outside",
    ("uppdrag/service/personal_data.py", "B105"): "names of columns",
    ("uppdrag/web/permissions.py", "B105"): "an empty token is none",
    ("uppdrag/web/resuming.py", "B105"): "an empty token is none",
    ("uppdrag/words/errors.py", "B105"): "the Swedish word for a key",
    ("uppdrag/words/refusals.py", "B105"): "Swedish sentences about keys",
}
"""Why what bandit finds in a file is right, where ruff does not ask."""


def findings(*rooms: str) -> list[dict[str, Any]]:
    """What bandit finds."""
    run = subprocess.run(
        [sys.executable, "-m", "bandit", "--quiet", "--recursive", "--format", "json", *rooms],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(run.stdout)["results"]
    return found


def unexplained(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """The findings that nobody has given a reason for, and the reasons that nothing is found for."""
    told = {(str(one["filename"]), str(one["test_id"])) for one in found}
    stale = [f"{file}: {test} är förklarad men finns inte" for file, test in EXPLAINED if (file, test) not in told]
    return stale + [
        f"{one['filename']}:{one['line_number']}: {one['test_id']} {one['issue_text']}"
        for one in found
        if (one["filename"], one["test_id"]) not in EXPLAINED and not _says_why(one)
    ]


def _says_why(one: Mapping[str, Any]) -> bool:
    lines = (ROOT / one["filename"]).read_text(encoding="utf-8").splitlines()
    own = " ".join(lines[n - 1] for n in {*one["line_range"], one["line_number"]} if n <= len(lines))
    return re.search(rf"# noqa: [A-Z0-9, ]*\bS{one['test_id'][1:]}\b[A-Z0-9, ]* - \S", own) is not None


if __name__ == "__main__":
    wrong = unexplained(findings(*ROOMS))
    sys.stdout.write("".join(f"{line}\n" for line in wrong))
    sys.exit(bool(wrong))
