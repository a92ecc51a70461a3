"""The reading log: whoever is shown what is sensitive of an uppdrag is written down first, or is not shown it.

What finds something sensitive says so with `shown`, wherever it stands; it knows nothing of who asks. Whoever answers
has opened a `Reader` before: it writes what was shown, in a transaction of its own, before the answer leaves.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from storage import readings
from storage import uppdrag as stored
from storage.database import Session
from storage.readings import Door as Door  # what the front doors call themselves by
from storage.readings import Reading
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from workflow.calendar import STOCKHOLM
from workflow.errors import NotFound
from workflow.facts import is_uppdrag_id

KEPT = timedelta(days=730)
"""How long the reading log is kept."""
MOST = 1_000
"""Readings that are listed at a time."""


class Titled(Protocol):
    """A row of a list, of an uppdrag."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def shown_title(self) -> str: ...
    @property
    def sensitive(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads, as the log has it: somebody who is logged in, another system, or an account at the command line."""

    name: str
    role: str = ""
    region: str = ""
    office: str = ""


class Shown:
    """The sensitive uppdrag of which something stands in the answer that is being made."""

    __slots__ = ("ids",)

    def __init__(self) -> None:
        self.ids: dict[str, None] = {}

    def add(self, id: str) -> None:
        """Something of this one stands there."""
        self.ids[id] = None


class _AtOnce(Shown):
    """The same where the answer leaves piece by piece, as on the command line: written before it is known."""

    __slots__ = ("_by", "_door", "_house", "_now", "_what")

    def __init__(self, house: House, by: Reader, door: Door, what: str, now: datetime) -> None:
        super().__init__()
        self._house, self._by, self._door, self._what, self._now = house, by, door, what, now

    def add(self, id: str) -> None:
        if id not in self.ids:
            note(self._house, [id], self._by, self._door, self._what, now=self._now)
            super().add(id)


_answer: ContextVar[Shown | None] = ContextVar("shown", default=None)


def shown(id: str) -> None:
    """Something sensitive of this uppdrag goes into the answer. Raises StorageUnavailable where that cannot be kept."""
    answer = _answer.get()
    if answer is not None:
        answer.add(id)


def title(row: Titled, whole: bool) -> str:
    """What a list calls an uppdrag: for the kansli, who sees the `whole`, by its own title."""
    if not whole:
        return row.shown_title
    if row.sensitive:
        shown(row.id)
    return row.title


def about(session: Session, ids: Iterable[str]) -> None:
    """The same of those that are sensitive among some uppdrag, of which something is shown beside them: a mail, a file
    or a question. Ids that are empty, or no uppdrag's, are passed over."""
    if _answer.get() is None:
        return
    for id in dict.fromkeys(ids):
        if is_uppdrag_id(id) and stored.is_sensitive(session, id):
            shown(id)


@contextmanager
def gathering() -> Iterator[Shown]:
    """An answer is made: what of it is sensitive is gathered, for `note`."""
    answer = Shown()
    before = _answer.set(answer)
    try:
        yield answer
    finally:
        _answer.reset(before)


def at_once(house: House, by: Reader, door: Door, what: str, *, now: datetime) -> Callable[[], None]:
    """Whatever is shown from now on is written as it is found, before anybody sees it. What ends that."""
    before = _answer.set(_AtOnce(house, by, door, what, now))
    return lambda: _answer.reset(before)


def account() -> Reader:
    """Who is at the command line: the account on this machine, and the one that it was taken over from."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a number without a name
        name = str(os.getuid())
    whose = os.environ.get("SUDO_USER", "")
    return Reader(name=f"{name} ({whose})" if whose and whose != name else name, role="konto")


@persevering
def note(house: House, ids: Iterable[str], by: Reader, door: Door, what: str, *, now: datetime) -> None:
    """Keep that somebody was shown something of some sensitive uppdrag, in a transaction of its own."""
    kept = [
        Reading(at=now.astimezone(UTC), uppdrag=id, door=door, what=what[:200], role=by.role, region=by.region,
                office=by.office, name=by.name)
        for id in ids
    ]  # fmt: skip
    with house.database.transaction() as session:
        readings.note(session, kept)


def listed(house: House, *, uppdrag: str = "", name: str = "", since: date | None = None) -> list[Reading]:
    """Who has read what since a local day, newest first, at most `MOST`: of one uppdrag, by one name, or all. Raises
    NotFound where the uppdrag's number is none."""
    if uppdrag and not is_uppdrag_id(uppdrag):
        raise NotFound("uppdrag", uppdrag)
    moment = datetime.combine(since or date.min.replace(year=1970), time(), STOCKHOLM)
    with house.database.reading() as session:
        return readings.listed(session, since=moment, uppdrag=uppdrag, name=" ".join(name.split()), most=MOST)
