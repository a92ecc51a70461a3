"""Logging people out who did not do it themselves: for whoever runs the program."""

from __future__ import annotations

import logging

from storage import sessions
from uppdrag.service.house import House

_log = logging.getLogger("uppdrag.login")


def end(house: House, name: str = "") -> tuple[str, ...]:
    """Log out everybody, or those who sign with a name; how each of the logins that ended was signed."""
    with house.database.transaction() as session:
        found = [s for s in sessions.everyone(session) if not name or s.name == name or s.name.startswith(f"{name}, ")]
        for one in found:
            sessions.end(session, one.digest)
    _log.warning("logged_out", extra={"number": len(found), "everybody": not name})
    return tuple(one.name for one in found)
