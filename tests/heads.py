"""The checkpoint that a mail ends with, as whoever has the mail finds it."""

from __future__ import annotations

from notifications.heads import SAYS


def head_in(text: str) -> str:
    """The checkpoint's name that a mail's text ends with, empty where it has none."""
    last = text.rstrip().rpartition("\n")[2]
    return last.removeprefix(SAYS) if last.startswith(SAYS) else ""
