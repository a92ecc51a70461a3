"""When a mail is tried again: after 1, 5, 15 and 60 minutes, then every four hours, until 72 hours have passed.

What was to be tried outside the mornings when mail leaves is tried on the next of them, so that the hours are counted
rather than the attempts; where they end on a free day the next morning's attempt is the last.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import accumulate

_FIRST = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60))
_THEN = timedelta(hours=4)
GIVE_UP = timedelta(hours=72)
"""How long is tried."""


def retry_at(attempts: int, begun: datetime, now: datetime) -> datetime | None:
    """When a message that has been tried `attempts` times, first at `begun`, is tried again, or None: then a person
    must look at it."""
    again = now + (_FIRST[attempts - 1] if attempts <= len(_FIRST) else _THEN)
    return again if again - begun <= GIVE_UP else None


def next_probe(since: datetime, now: datetime) -> datetime:
    """When a relay that has been away since `since` is tried again, in the same rhythm but without an end."""
    after = next((wait for wait in accumulate(_FIRST) if since + wait > now), None)
    return since + after if after else now + _THEN
