"""What a region has been sent and asked, and the version that it decided on: for `status ID`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uppdrag.service.queries import Detail
from uppdrag.service.rows import sent_rows


def texts(d: Detail) -> Mapping[str, str]:
    """The same in words, by länskod: `version 1, 2026-03-27; tillfrågad 2026-05-04 av Anna`."""
    return {row["region"]: _text(row) for row in sent_rows(d)}


def _text(row: Mapping[str, Any]) -> str:
    parts = []
    if row["sent_version"]:
        parts.append(", ".join(filter(None, (f"version {row['sent_version']}", row["sent_on"]))))
    if row["asked_on"]:
        parts.append(f"tillfrågad {row['asked_on']} av {row['asked_by']}")
    return "; ".join(parts) or "inget"
