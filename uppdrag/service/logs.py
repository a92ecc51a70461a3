"""Structured logs on stderr: a line for each event, without personal data, that nobody can break into two."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from uppdrag.settings import LogFormat

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The request that this thread or task answers, as its answer names it; empty where it answers none."""

_STANDARD = frozenset(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "asctime", "taskName"}
_OURS = ("uppdrag", "workflow", "definitions", "notifications", "storage")
_ROOT = Path(__file__).parents[2]
_FRAMES = 5
_LONGEST = 300


def told(record: logging.LogRecord) -> dict[str, Any]:
    """A record as facts: moment in UTC, level, logger, event, the request, and what was given with it.

    Of an error only its kind and where in our code it came up are kept, and of what a library says only its template:
    the texts themselves may hold an address or a name.
    """
    ours = record.name.partition(".")[0] in _OURS
    facts: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": record.getMessage() if ours else str(record.msg).strip()[:_LONGEST],
    }
    if number := request_id.get():
        facts["request"] = number
    if ours:
        facts |= {name: v for name, v in record.__dict__.items() if name not in _STANDARD and name not in facts}
    if record.exc_info and record.exc_info[0]:
        facts["error"] = record.exc_info[0].__name__
        facts["where"] = list(_places(record.exc_info[2]))[-_FRAMES:]
    return facts


class JsonLines(logging.Formatter):
    """A record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        return _one_line(json.dumps(told(record), ensure_ascii=False, default=str))


class TextLines(logging.Formatter):
    """A record as a line that a person reads in a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        facts = told(record)
        at, level, logger, event = (facts.pop(name) for name in ("at", "level", "logger", "event"))
        rest = " ".join(f"{name}={json.dumps(value, ensure_ascii=False, default=str)}" for name, value in facts.items())
        return _one_line(f"{at} {level:7} {logger} {event} {rest}".rstrip())


def to_stderr(format: LogFormat = "auto") -> None:
    """Send the logs of this process to stderr. `auto`: text where stderr is a terminal, JSON otherwise."""
    plain = format == "text" or (format == "auto" and sys.stderr.isatty())
    handler = _Stderr()
    handler.setFormatter(TextLines() if plain else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [*(one for one in root.handlers if not isinstance(one, _Stderr)), handler]
    root.setLevel(logging.WARNING)  # of libraries
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)


class _Stderr(logging.Handler):
    """Writes to what stderr is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except OSError:  # nobody reads: the service goes on
            return


def _one_line(text: str) -> str:
    """A text in which every sign shows itself: what breaks a line, moves the cursor or turns the direction of reading
    is written as its number."""
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)


def _places(trace: TracebackType | None) -> Iterator[str]:
    """Where in our own code an error came up, the outermost first."""
    for frame in traceback.extract_tb(trace):
        path = Path(frame.filename)
        if path.is_relative_to(_ROOT) and path.relative_to(_ROOT).parts[0] in _OURS:
            yield f"{path.relative_to(_ROOT)}:{frame.lineno}"
