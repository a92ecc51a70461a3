"""How far the log has come, told in each mail that leaves for the regions: what is removed from the log afterwards can
be shown by whoever has the mail (`uppdrag verify --head`)."""

from __future__ import annotations

from notifications.heads import stamped
from storage import checkpoints
from storage.database import Session
from workflow.message import Message


def newest(session: Session) -> str:
    """The newest checkpoint's name; empty where there is none."""
    found = checkpoints.last(session)
    return found.name if found else ""


def told(session: Session, message: Message) -> Message:
    """A mail as it is to leave for a region. Where there are many, ask for `newest` once."""
    return stamped(message, newest(session))
