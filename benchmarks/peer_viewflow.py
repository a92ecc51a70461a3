"""The same life with `django-viewflow` as it comes: a flow whose 21 regions are tasks between a Split and a Join.

Django is set up as a project would: its own settings for SQLite, with the same PRAGMAs as ours and transactions that
are IMMEDIATE from their start, and viewflow's migrations. Each command finds its task and runs it, in one transaction.
What is stored is viewflow's process and one task for each node, with what was entered in the task's JSON column; the
flow itself says what may be done, that a region decides once, and when to close. No rows for lists, no idempotency
keys, no chain.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from benchmarks.scenario import identity, steps, verdicts


class OfFlows:
    """Django on a new SQLite file. There is one in a process."""

    def __init__(self, path: Path) -> None:
        init = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"
        options = {"init_command": init, "transaction_mode": "IMMEDIATE", "timeout": 30}
        settings.configure(
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": options}},
            DEFAULT_AUTO_FIELD="django.db.models.AutoField",
            INSTALLED_APPS=[
                "django.contrib.auth", "django.contrib.contenttypes", "viewflow", "viewflow.workflow", "benchmarks",
            ],
            LOGGING_CONFIG=None,
            USE_TZ=True,
        )  # fmt: skip
        django.setup()
        call_command("migrate", verbosity=0)
        # Its models can be imported only now.
        from viewflow.workflow.models import Process, Task

        from benchmarks.peer_viewflow_flow import UppdragFlow

        self._flow: Any = UppdragFlow
        self._processes: Any = Process.objects
        self._tasks: Any = Task.objects

    def live(self, n: int) -> None:
        process = self._flow.identify.run(_process_data=identity(n)).pk
        for step in steps(n):
            self._run(process, step.trigger, step.content)
        for verdict in verdicts():
            self._run(process, f"region_{verdict.region}", verdict.content)

    def check(self, lives: int) -> None:
        """Raises AssertionError where the lives did not end as they should. It is the last that is asked of Django."""
        done = self._processes.filter(status="DONE").count()
        entered = self._tasks.filter(status="DONE", flow_task_type="FUNCTION").values_list("data", flat=True)
        wanted = [(verdict.region, verdict.outcome) for verdict in verdicts()] * lives
        outcomes = [(data["region"], data["outcome"]) for data in entered if "outcome" in data]
        triggers = [data["trigger"] for data in entered if "trigger" in data]
        ways = [step.trigger for step in steps(1)] * lives
        connection.close()
        if done != lives or sorted(outcomes) != sorted(wanted) or sorted(triggers) != sorted(ways):
            raise AssertionError(f"django-viewflow: {done} processes, {len(entered)} tasks after {lives} lives")

    def _run(self, process: int, name: str, content: dict[str, Any]) -> None:
        node = getattr(self._flow, name)
        node.run(self._tasks.get(process=process, flow_task=node, status="NEW"), content=content)
