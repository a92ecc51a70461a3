"""The program's own processes, to be killed as `kill -9` does it, forked by `python -m tests.faults.service`.

The fork server has opened a house and asked it for everything once, so that a start of the program costs a tenth.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).parents[2]
Part = Literal["web", "clock", "sender"]
PARTS: tuple[Part, ...] = ("web", "clock", "sender")
PATIENCE = 90.0
NO_DATABASE = 3
"""The exit status of what could not open its database (deploy/ starts it again)."""


@dataclass
class Service:
    """Pages, clock and sender, each a process of its own that may be killed and started again under a later clock."""

    url: str
    port: int
    env: dict[str, str]
    told: Path
    """Where the processes say what they have to say."""
    _running: dict[Part, int] = field(default_factory=dict)

    def __enter__(self) -> Service:
        self._server = subprocess.Popen(
            [sys.executable, "-m", __name__], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._server.communicate()  # at the end of what it is asked it kills what it has forked

    def start(self, part: Part, now: datetime) -> None:
        """Start one part; its clock stands at `now`."""
        asked = {
            "web": ["serve", "--only-pages", "--port", str(self.port)], "clock": ["clock", "--every", "0.1"],
            "sender": ["sender", "--every", "0.1"],
        }  # fmt: skip
        self._running[part] = self._run(asked[part], now)

    def kill(self, part: Part, *, may_have_ended: bool = False) -> None:
        """Kill one part, wherever it is. It fails where that had ended by itself, unless it had no database then."""
        pid = self._running.pop(part)
        os.kill(pid, signal.SIGKILL)  # its number is its own until somebody has waited for it
        ended = self._ask("wait", pid=pid)
        assert ended == -signal.SIGKILL or (may_have_ended and ended == NO_DATABASE), f"{part}: {ended}{self._said()}"

    def revive(self, now: datetime) -> None:
        """Start again what had no database to begin with and said so, as the system's own supervisor does."""
        for part, pid in [*self._running.items()]:
            ended = self._ask("look", pid=pid)
            assert ended in (None, NO_DATABASE), f"{part}: {ended}{self._said()}"
            if ended is not None:
                self.start(part, now)

    def uppdrag(self, *arguments: str, now: datetime) -> None:
        """Let one command of the program run to its end."""
        ended = self._ask("wait", pid=self._run([*arguments], now))
        assert ended == 0, f"{arguments}: {ended}{self._said()}"

    def _run(self, arguments: list[str], now: datetime) -> int:
        env = {**self.env, "UPPDRAG_DATABASE_URL": self.url, "UPPDRAG_NOW": now.isoformat()}
        return int(self._ask("run", arguments=arguments, env=env, told=str(self.told)))

    def _ask(self, what: str, **more: Any) -> Any:
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps({"what": what, **more}) + "\n")
        self._server.stdin.flush()
        return json.loads(self._server.stdout.readline())

    def _said(self) -> str:
        return "\n" + self.told.read_text()[-2000:]


def patiently(deadline: float) -> None:
    """Wait a little; it fails where the deadline (monotonic) has passed."""
    assert time.monotonic() < deadline, "nothing came of it"
    time.sleep(0.03)  # another process does it: there is nothing here to wait on


def _serve() -> None:
    _get_ready()
    living = dict[int, int]()
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["what"] == "run":
            pid = os.fork()
            if pid == 0:
                _live(asked["arguments"], asked["env"], asked["told"])
            living[pid] = pid
            answer: int | None = pid
        else:
            pid, status = os.waitpid(asked["pid"], os.WNOHANG if asked["what"] == "look" else 0)
            answer = os.waitstatus_to_exitcode(status) if pid else None
            if pid:
                del living[pid]
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in living:
        os.kill(pid, signal.SIGKILL)


def _get_ready() -> None:
    """Do once what every process would do at its start."""
    from definitions.holidays import work_calendar
    from tests.conftest import furnish
    from tests.faults.years import FIRST_MORNING, SETTINGS
    from uppdrag.cli import commands, web
    from uppdrag.service import clockwork, composing, delivery, running, signing_in
    from uppdrag.service.house import House
    from uppdrag.web import app, server

    assert all((commands, web, running, signing_in, server))
    with tempfile.TemporaryDirectory() as folder:
        furnish(f"sqlite:///{folder}/klar.db", plan=True)
        house = House.open(f"sqlite:///{folder}/klar.db")
        app.create_app(house, SETTINGS)
        clockwork.renew(house, work_calendar(), now=FIRST_MORNING)
        composing.compose_due(house, now=FIRST_MORNING, settings=SETTINGS)
        delivery.deliver(house, SETTINGS, worker="s", clock=lambda: FIRST_MORNING)
        house.database.close()


def _live(arguments: list[str], env: Mapping[str, str], told: str) -> None:
    """In the fork: `uppdrag ARGUMENTS` in an environment; what it says goes to a file."""
    for name in [name for name in os.environ if name.startswith("UPPDRAG_")]:
        del os.environ[name]
    os.environ.update(env)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number in (1, 2):
        os.dup2(os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), number)
    from uppdrag.cli import main

    ended = 1
    try:
        main(arguments)
    except SystemExit as end:
        ended = int(end.code or 0)
    finally:
        sys.stdout.flush()
        os._exit(ended)


if __name__ == "__main__":
    _serve()
