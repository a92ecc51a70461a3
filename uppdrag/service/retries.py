"""When a mail is tried again: after 1, 5, 15 and 60 minutes, then every four hours up to 72 hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import accumulate

_FIRST = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60))
_THEN = timedelta(hours=4)
_AT_MOST = timedelta(hours=72)
_WAITS = (*_FIRST, *[_THEN] * ((_AT_MOST - sum(_FIRST, timedelta())) // _THEN))


def retry_at(attempts: int, now: datetime) -> datetime | None:
    """When a message that has been tried `attempts` times is tried again, or None: then a person must look at it."""
    return now + _WAITS[attempts - 1] if attempts <= len(_WAITS) else None


def next_probe(since: datetime, now: datetime) -> datetime:
    """When a relay that has been away since `since` is tried again, in the same rhythm but without an end."""
    after = next((wait for wait in accumulate(_FIRST) if since + wait > now), None)
    return since + after if after else now + _THEN
