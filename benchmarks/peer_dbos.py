"""The same life with `DBOS` as it comes: one workflow per uppdrag, one step per command.

Written as its documentation shows: a function that is a workflow, functions that are steps, and a system database, here
in SQLite. DBOS keeps what the workflow was called with, what each step returned, and what came out; a workflow that was
interrupted runs again from its beginning, and gets the returned values in place of the steps. So each command's content
is what its step returns, and each step is committed before the next begins. The file has the same PRAGMAs as ours,
where DBOS would leave the slower rollback journal on.

All 26 commands are at hand when the workflow starts, which is the quickest that it can be. Commands that come one by
one from outside would be messages (`DBOS.send` and `DBOS.recv`): more rows for each, and on SQLite polled for once a
second. No rows for lists, no actor's digest, no chain, and only the running workflow knows its state.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID

from benchmarks.peer_eventsourcing import FINAL, WAYS
from benchmarks.scenario import Step, Verdict, identity, steps, verdicts

LIMIT = 1_000_000


@DBOS.step()
def identify(n: int) -> dict[str, Any]:
    return identity(n)


@DBOS.step()
def advance(step: Step) -> dict[str, Any]:
    return step.content


@DBOS.step()
def decide(verdict: Verdict) -> dict[str, Any]:
    return verdict.content


@DBOS.workflow()
def uppdrag(n: int) -> dict[str, Any]:
    """The only rules: the way must be there, and a region decides once."""
    state = "identifierad"
    regions: dict[str, str] = dict.fromkeys(identify(n)["regions"], "")
    for step in steps(n):
        done = advance(step)
        source, target = WAYS[done["trigger"]]
        if state != source:
            raise ValueError(f"{step.trigger} from {state}")
        state = target
    for verdict in verdicts():
        decision = decide(verdict)
        if regions[decision["region"]] or decision["outcome"] not in FINAL:
            raise ValueError(f"{verdict.region} in {state}")
        regions[decision["region"]] = decision["outcome"]
    return {"state": "slutbehandlad" if all(regions.values()) else state, "regions": regions}


class OfWorkflows:
    """DBOS, launched on a new SQLite file. There is one in a process."""

    def __init__(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")  # the file remembers; FULL is what SQLite starts with
        config: DBOSConfig = {
            "name": "uppdrag", "system_database_url": f"sqlite:///{path}", "log_level": "ERROR",
            "application_version": "1",
        }  # fmt: skip
        DBOS(config=config)
        DBOS.launch()

    def live(self, n: int) -> None:
        with SetWorkflowID(f"uppdrag {n}"):
            uppdrag(n)

    def check(self, lives: int) -> None:
        """Raises AssertionError where the lives did not end as they should. It is the last that is asked of DBOS."""
        wanted = {"state": "slutbehandlad", "regions": {verdict.region: verdict.outcome for verdict in verdicts()}}
        try:
            done = [one.output for one in DBOS.list_workflows(status="SUCCESS", load_output=True, limit=LIMIT)]
            kept = sum(len(DBOS.list_workflow_steps(f"uppdrag {n}")) for n in range(1, lives + 1))
        finally:
            DBOS.destroy()
        if done != [wanted] * lives or kept != 26 * lives:
            raise AssertionError(f"DBOS: {len(done)} workflows, {kept} steps after {lives} lives")
