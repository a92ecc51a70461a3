"""Structured logs: one JSON object a line on stderr, without personal data."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

_STANDARD = frozenset(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as JSON: moment in UTC, level, logger, event, and the facts given with it."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        told |= {name: value for name, value in record.__dict__.items() if name not in _STANDARD}
        if record.exc_info and record.exc_info[0]:
            told["error"] = record.exc_info[0].__name__  # the text of an error may hold an address or a name
        return json.dumps(told, ensure_ascii=False, default=str)


def to_stderr() -> None:
    """Send the service's logs to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger("uppdrag")
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    root.propagate = False
