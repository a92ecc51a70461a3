"""What somebody posted whose session had ended: kept, sealed, until they have logged in and can see it again.

The key is in the browser only. Nothing of it is ever carried out: it is shown, and the person posts it anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from storage import drafts, sessions
from storage.drafts import Draft
from uppdrag.service import sealing
from uppdrag.service.house import House
from uppdrag.service.signing_in import Visitor

LASTS = timedelta(hours=1)
FROM_ONE = 20
"""How many a machine may leave in an hour."""
IN_ALL = 1_000
LARGEST = 100_000
"""Characters of one draft. The longest text that is kept has 10,000."""


@dataclass(frozen=True, slots=True)
class Left:
    """What was posted, and where to."""

    path: str
    fields: tuple[tuple[str, str], ...]


def keep(house: House, left: Left, *, session_token: str, client: str, now: datetime) -> str:
    """Keep what was posted; the token that the browser is to keep, empty where there is no room for more.

    `session_token` is that of the session that ended: only somebody in the same role and region is shown it.
    """
    text = json.dumps([left.path, left.fields])
    token = token_urlsafe(32)
    if len(text) > LARGEST:
        return ""
    with house.database.transaction() as session:
        drafts.forget(session, before=now)
        of_client, in_all = drafts.count(session, client=client, since=now - LASTS)
        if of_client >= FROM_ONE or in_all >= IN_ALL:
            return ""
        whose = sessions.find(session, _digest(session_token)) if session_token else None
        drafts.keep(
            session,
            Draft(digest=_digest(token), role=whose.role if whose else "", region=whose.region if whose else "",
                  client=client, sealed=sealing.seal(text, token), made_at=now, ends_at=now + LASTS),
        )  # fmt: skip
    return token


def shown(house: House, token: str, who: Visitor, *, now: datetime) -> Left | None:
    """What was posted, to somebody who may see it; None where there is nothing, or the time is up."""
    if not token:
        return None
    with house.database.reading() as session:
        found = drafts.find(session, _digest(token))
    if found is None or now >= found.ends_at or (found.role and (found.role, found.region) != (who.role, who.region)):
        return None
    text = sealing.unseal(found.sealed, token)
    if text is None:
        return None
    path, fields = json.loads(text)
    return Left(path=path, fields=tuple((str(name), str(value)) for name, value in fields))


def throw_away(house: House, token: str) -> None:
    """Delete what was kept."""
    with house.database.transaction() as session:
        drafts.end(session, _digest(token))


def as_left(path: str, form: Mapping[str, str]) -> Left:
    """What was posted, without the form's own token, which was another session's."""
    return Left(path=path, fields=tuple((name, value) for name, value in form.items() if name != "formular"))


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
