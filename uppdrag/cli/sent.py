"""What a region has been sent and asked, and the version that it decided on: for `status ID`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uppdrag.service.queries import Detail
from workflow.model import Regionbeslut
from workflow.sendout import Asked, last_asked, sending


def rows(d: Detail) -> list[dict[str, Any]]:
    """What each region has been sent and asked, in order of länskod, as rows."""
    asked = last_asked(d.history)
    return [_row(d, rb, asked.get(lanskod)) for lanskod, rb in sorted(d.matter.regions.items())]


def texts(d: Detail) -> Mapping[str, str]:
    """The same in words, by länskod: `version 1, 2026-03-27; tillfrågad 2026-05-04 av Anna`."""
    return {row["region"]: _text(row) for row in rows(d)}


def _row(d: Detail, rb: Regionbeslut, asked: Asked | None) -> dict[str, Any]:
    step = sending(d.lifecycle)
    on = rb.facts.get(step.trigger, {}).get("on") if step and rb.sent_version else None
    return {
        "region": rb.region, "sent_version": rb.sent_version or None, "sent_on": on, "channel": rb.channel or None,
        "asked_on": asked.on.isoformat() if asked else None, "asked_by": asked.by if asked else None,
    }  # fmt: skip


def _text(row: Mapping[str, Any]) -> str:
    parts = []
    if row["sent_version"]:
        parts.append(", ".join(filter(None, (f"version {row['sent_version']}", row["sent_on"]))))
    if row["asked_on"]:
        parts.append(f"tillfrågad {row['asked_on']} av {row['asked_by']}")
    return "; ".join(parts) or "inget"
