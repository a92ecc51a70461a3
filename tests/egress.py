"""Nothing that is tested may reach for another machine: each connection of Python's is heard, and a foreign one fails.

What libraries in C connect to is not heard here: tests/security/test_egress.py looks at the real program's sockets.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Generator
from ipaddress import ip_address
from typing import Any

import pytest

_reached: list[str] = []


class LeavesTheMachine(OSError):
    """A test was about to reach for another machine."""


def foreign(event: str, arguments: tuple[Any, ...]) -> str:
    """Whom an audit event (docs.python.org/3/library/audit_events.html) is about, empty for nobody but this machine."""
    if event == "socket.getaddrinfo":
        return _elsewhere(arguments[0])
    if event in ("socket.gethostbyname", "socket.gethostbyaddr"):
        return _elsewhere(arguments[0])
    if event in ("socket.connect", "socket.sendto"):
        one, address = arguments[:2]
        internet = one.family in (socket.AF_INET, socket.AF_INET6)
        return _elsewhere(address[0]) if internet and isinstance(address, tuple) else ""
    return ""


def pytest_configure() -> None:
    sys.addaudithook(_hear)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Fails a test that has reached for another machine, also where what it tested made nothing of the refusal."""
    _reached.clear()
    result = yield
    if _reached:
        pytest.fail(f"reached for another machine: {', '.join(sorted(set(_reached)))}", pytrace=False)
    return result


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith("socket.") and (whom := foreign(event, arguments)):
        _reached.append(whom)
        raise LeavesTheMachine(f"{event}: {whom}")


def _elsewhere(host: object) -> str:
    name = host.decode(errors="replace") if isinstance(host, bytes) else str(host or "")
    try:
        here = ip_address(name.partition("%")[0]).is_loopback or ip_address(name).is_unspecified
    except ValueError:  # a name: only this machine's own are looked up
        here = name in ("", "localhost", socket.gethostname())
    return "" if here else name
