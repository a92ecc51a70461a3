"""The real program with somebody listening: `python -m tests.security.overheard LOG serve ...`.

Each connection, name that is looked up and port that is opened is written to LOG, as the program asks for it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

_LINES = {"socket.connect": "connect", "socket.sendto": "connect", "socket.bind": "bind"}
_NAMES = ("socket.getaddrinfo", "socket.gethostbyname")


def main() -> None:
    """Listen, and be the program."""
    log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _LINES and isinstance(arguments[1], tuple):
            os.write(log, f"{_LINES[event]} {arguments[1][0]} {arguments[1][1]}\n".encode())
        elif event in _NAMES:
            name = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
            os.write(log, f"name {name} 0\n".encode())
        elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
            os.write(log, f"program {arguments[0]!s} 0\n".encode())

    sys.addaudithook(hear)
    sys.argv[:] = ["uppdrag", *sys.argv[2:]]
    from uppdrag.cli import main as program

    program()


def heard(log: Path, what: str) -> set[tuple[str, int]]:
    """The hosts and ports of one kind of line."""
    lines = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
    return {(host, int(port)) for kind, host, port in lines if kind == what}


if __name__ == "__main__":
    main()
