"""A line of the log: one for each event whatever stands in it, and nothing that a library says of its data."""

from __future__ import annotations

import ast
import json
import logging
from pathlib import Path

import pytest

from tests.reliability import Tried
from uppdrag.service import logs

ROOT = Path(__file__).parents[2]
EVIL = 'a\nb\r\x1b[2K\x85\u2028\u202e\ud800"}{\x00\x7fÅ'


def _record(name: str, said: str, *args: object, **extra: object) -> logging.LogRecord:
    return logging.getLogger(name).makeRecord(name, logging.INFO, "f", 1, said, args, None, extra=extra)


@pytest.mark.parametrize("formatter", [logs.JsonLines(), logs.TextLines()])
def test_nothing_in_a_line_breaks_it_or_hides_in_it(formatter: logging.Formatter, tried: Tried) -> None:
    line = formatter.format(_record("uppdrag.web", EVIL, path=EVIL, level=EVIL, at=EVIL))
    assert line.isprintable()
    assert line.encode()  # no surrogate of its own
    if isinstance(formatter, logs.JsonLines):
        told = json.loads(line)
        assert (told["event"], told["path"], told["level"]) == (EVIL, EVIL, "info"), "nothing given replaces our own"
        assert told["at"].endswith("+00:00")
    tried("Indata", "text som kunde bryta eller gömma en rad i driftens logg", 1, "en rad, där varje tecken syns")


def test_a_library_tells_only_what_kind_of_thing_happened() -> None:
    told = logs.told(_record("asyncio", "%s has left", "Anna Ek", holder="Anna Ek"))
    assert told["event"] == "%s has left"
    assert "Anna" not in str(told)


def test_the_format_follows_what_is_chosen_and_who_reads(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    for chosen, terminal, is_json in (("auto", False, True), ("auto", True, False), ("json", True, True),
                                      ("text", False, False)):  # fmt: skip
        monkeypatch.setattr("sys.stderr.isatty", lambda terminal=terminal: terminal)
        logs.to_stderr(chosen)  # type: ignore[arg-type]  # a tuple of literals is of str
        logging.getLogger("uppdrag.service").info("started", extra={"workers": ["clock"]})
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("{") == is_json
        assert "started" in line


def test_every_event_of_ours_has_a_name_and_no_sentence() -> None:
    """What differs from time to time stands beside the name, where it can be seen that it is no person."""
    found = []
    for room in ("workflow", "definitions", "notifications", "storage", "uppdrag"):
        for file in (ROOT / room).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                    continue
                named = isinstance(call.func.value, ast.Name) and call.func.value.id in ("log", "_log")
                if named and call.func.attr in ("debug", "info", "warning", "error", "exception", "critical"):
                    (event,) = call.args
                    assert isinstance(event, ast.Constant), f"{file}:{call.lineno}"
                    assert str(event.value).isidentifier(), f"{file}:{call.lineno}"
                    found.append(event.value)
    assert len(found) > 10
