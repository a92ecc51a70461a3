"""The same life with `SpiffWorkflow` as it comes: a BPMN process, stored as JSON after each of its tasks.

Written as its documentation shows: the process is BPMN, four user tasks and then one that is a parallel multi-instance
over the 21 regions; each command runs one task and lets the engine carry on. The library has no store of its own, but a
`BpmnWorkflowSerializer` whose JSON the application is to keep. It is kept here in a row of an SQLite file with the same
PRAGMAs as ours; each command loads it, restores the workflow, and writes it again in one transaction.

What the tasks were given is in the data of the tasks, which the JSON has: no events, no rows for lists, no idempotency
keys, no chain.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from benchmarks.scenario import identity, steps, verdicts

BPMN = """
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="definitions" targetNamespace="uppdrag">
  <process id="uppdrag" isExecutable="true">
    <startEvent id="identifierad"><outgoing>f0</outgoing></startEvent>
    <userTask id="bered" name="bered"><incoming>f0</incoming><outgoing>f1</outgoing></userTask>
    <userTask id="besluta" name="besluta"><incoming>f1</incoming><outgoing>f2</outgoing></userTask>
    <userTask id="redovisa" name="redovisa"><incoming>f2</incoming><outgoing>f3</outgoing></userTask>
    <userTask id="godkann" name="godkann"><incoming>f3</incoming><outgoing>f4</outgoing></userTask>
    <userTask id="regionbeslut" name="regionbeslut">
      <incoming>f4</incoming><outgoing>f5</outgoing>
      <multiInstanceLoopCharacteristics>
        <loopDataInputRef>regions</loopDataInputRef>
        <loopDataOutputRef>decided</loopDataOutputRef>
        <inputDataItem id="region" name="region" />
        <outputDataItem id="decision" name="decision" />
      </multiInstanceLoopCharacteristics>
    </userTask>
    <endEvent id="slutbehandlad"><incoming>f5</incoming></endEvent>
    <sequenceFlow id="f0" sourceRef="identifierad" targetRef="bered" />
    <sequenceFlow id="f1" sourceRef="bered" targetRef="besluta" />
    <sequenceFlow id="f2" sourceRef="besluta" targetRef="redovisa" />
    <sequenceFlow id="f3" sourceRef="redovisa" targetRef="godkann" />
    <sequenceFlow id="f4" sourceRef="godkann" targetRef="regionbeslut" />
    <sequenceFlow id="f5" sourceRef="regionbeslut" targetRef="slutbehandlad" />
  </process>
</definitions>
"""
SCHEMA = "CREATE TABLE workflow (id INTEGER PRIMARY KEY, done BOOLEAN NOT NULL, serialization TEXT NOT NULL)"


class OfProcesses:
    """One connection, kept open, to a new SQLite file with a row per workflow."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(SCHEMA)
        parser = BpmnParser()
        parser.add_bpmn_str(BPMN)
        self._spec = parser.get_spec("uppdrag")
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())

    def live(self, n: int) -> None:
        self._identify(n)
        for step in steps(n):
            with self._at_work(n) as workflow:
                self._run(workflow, step.trigger, step.content)
        for verdict in verdicts():
            with self._at_work(n) as workflow:
                self._decide(workflow, verdict.region, verdict.content)

    def check(self, lives: int) -> None:
        """Raises AssertionError where the lives did not end as they should."""
        rows = self._connection.execute("SELECT done, serialization FROM workflow").fetchall()
        wanted = {verdict.region: verdict.outcome for verdict in verdicts()}
        for done, serialization in rows:
            data = self._serializer.deserialize_json(serialization).data
            outcomes = {decision["region"]: decision["outcome"] for decision in data.get("decided", [])}
            facts = [data.get(step.trigger) for step in steps(1)]
            if not done or outcomes != wanted or None in facts:
                raise AssertionError(f"SpiffWorkflow: {done=}, {len(outcomes)} decisions, {facts}")
        if len(rows) != lives:
            raise AssertionError(f"SpiffWorkflow: {len(rows)} workflows after {lives} lives")

    def _identify(self, n: int) -> None:
        workflow = BpmnWorkflow(self._spec)
        (start,) = workflow.get_tasks(state=TaskState.READY)
        start.data.update(identity(n))
        workflow.do_engine_steps()
        kept = (n, workflow.completed, self._serializer.serialize_json(workflow))
        self._connection.execute("INSERT INTO workflow VALUES (?, ?, ?)", kept)

    def _run(self, workflow: Any, name: str, content: dict[str, Any]) -> None:
        (task,) = workflow.get_tasks(state=TaskState.READY, spec_name=name)
        task.data[name] = content
        task.run()

    def _decide(self, workflow: Any, region: str, content: dict[str, Any]) -> None:
        ready = workflow.get_tasks(state=TaskState.READY, manual=True)
        (task,) = (one for one in ready if one.data["region"] == region)
        task.data["decision"] = content
        task.run()

    @contextmanager
    def _at_work(self, n: int) -> Iterator[Any]:
        """The workflow as it was left; what is done with it becomes durable at the end."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            found = self._connection.execute("SELECT serialization FROM workflow WHERE id = ?", (n,)).fetchone()
            workflow = self._serializer.deserialize_json(found[0])
            yield workflow
            workflow.do_engine_steps()
            kept = (workflow.completed, self._serializer.serialize_json(workflow), n)
            self._connection.execute("UPDATE workflow SET done = ?, serialization = ? WHERE id = ?", kept)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
