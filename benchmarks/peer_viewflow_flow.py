"""The flow of an uppdrag in `django-viewflow`. It can be imported once Django is set up: see peer_viewflow."""

from __future__ import annotations

from typing import Any

from viewflow import this
from viewflow.workflow import flow, lock

from benchmarks.scenario import REGIONS


def _enter(activation: Any, content: dict[str, Any]) -> None:
    """What was entered goes into the task's own data, which is saved when the task is done."""
    activation.task.data = content


def _split() -> Any:
    split = flow.Split()
    for region in REGIONS:
        split = split.Next(getattr(this, f"region_{region}"))
    return split


class UppdragFlow(flow.Flow):  # type: ignore[misc] # the library has no types
    lock_impl = lock.select_for_update_lock  # for flows that have a Join

    identify = flow.StartHandle().Next(this.bered)
    bered = flow.Handle(_enter).Next(this.besluta)
    besluta = flow.Handle(_enter).Next(this.redovisa)
    redovisa = flow.Handle(_enter).Next(this.godkann)
    godkann = flow.Handle(_enter).Next(this.regionbeslut)
    regionbeslut = _split()
    locals().update({f"region_{region}": flow.Handle(_enter).Next(this.all_decided) for region in REGIONS})
    all_decided = flow.Join().Next(this.slutbehandlad)
    slutbehandlad = flow.End()
