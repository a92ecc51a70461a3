"""A short life of a house in steps, lived on a disk with a fault and then again until it is whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TypeVar, cast

import pytest
from sqlmodel import SQLModel

from definitions.holidays import work_calendar
from notifications import smtp
from notifications.smtp import Outcome
from storage import connecting
from tests.cast import KANSLI, REGION
from tests.conftest import furnish
from tests.integration.secretariat import ONE_WEEK, U, furnished
from uppdrag.service import answering, clockwork, commands, composing, correcting, delivery, persevering, queries
from uppdrag.service.commands import Answer, New
from uppdrag.service.house import House
from uppdrag.settings import Settings, Smtp
from workflow.commands import Advance, AdvanceRegion, Decide

T = TypeVar("T")

NEW = "U2026-20"
SETTINGS = Settings(
    mail="skarp", mail_from="NSPL:s kansli <kansliet@nspl.example>",
    smtp=Smtp(host="127.0.0.1", port=25, security="ingen"),
)  # fmt: skip
FEW_PAGES = 40
"""Pages of the log before they go into the file, instead of 2,000: so that they do so within a short life."""
AT_ONCE = (0.0, 0.0)
"""The pauses before a command that was broken off is tried again: a disk is not well the sooner for waiting."""
_BY_CHANCE = {
    "event": {"salt", "content_digest", "chain"}, "stream": {"head"}, "checkpoint": {"head"},
    "checkpoint_stream": {"head"}, "draft": {"message"}, "letter": {"message", "raw"}, "intent": {"message"},
    "message": {
        "id", "attempts", "next_try_at", "fence", "leased_by", "leased_until", "sent_at", "response", "not_before"
    },
}  # fmt: skip
"""Columns that hold something random, or how many tries a mail took."""
_MADE_UP = re.compile(r"[0-9a-f]{26}@")
"""The ids of mails that answer somebody are random."""
_TAKEN = Outcome(kind="accepted", step="leverans", code=250, response="ok")


@dataclass
class Wire:
    """A relay that takes every mail, and says so to `told` before it has done so."""

    told: Callable[[str, str], None] = field(default=lambda _id, _digest: None)
    lost: bool = True
    taken: int = 0

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.lost = True

    def open(self) -> Outcome:
        self.lost, self.taken = False, 0
        return _TAKEN

    def run(self, sending: Coroutine[None, None, T]) -> T:
        try:
            sending.send(None)
        except StopIteration as done:
            return cast("T", done.value)
        raise AssertionError("this relay does not wait")

    async def send(self, recipient: str, raw: bytes, *, meanwhile: Callable[[], None]) -> Outcome:
        self.told(recipient, sha256(raw).hexdigest())
        meanwhile()
        self.taken += 1
        return _TAKEN


@contextmanager
def hurried(wire: Wire) -> Iterator[None]:
    """With that relay, a log that is soon full, and nothing that is waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smtp, "Relay", lambda *_, **__: wire)
        patch.setattr(connecting, "WAL_PAGES", FEW_PAGES)
        patch.setattr(persevering, "PAUSES", AT_ONCE)
        yield


@dataclass(frozen=True, slots=True)
class Done:
    """What a step was answered: the ids of its events, and whether its key had been accepted before."""

    events: tuple[str, ...] = ()
    repeated: bool = False


def _done(answer: Answer) -> Done:
    return Done(tuple(e.id for e in answer.events), answer.repeated)


def _new(house: House, _: int) -> Done:
    wanted = New(title="Nytt uppdrag", lifecycle="regiongemensamt", actor=KANSLI, regions=("01",))
    return _done(commands.new(house, wanted, now=ONE_WEEK, key="ny"))


def _prepared(house: House, _: int) -> Done:
    command = Advance(actor=KANSLI, trigger="bered", facts={"ansvarig": "Cia Dahl", "natverk": "HSD-nätverket"})
    return _done(commands.handle(house, NEW, command, now=ONE_WEEK, key="bered"))


def _received(house: House, _: int) -> Done:
    command = AdvanceRegion(actor=KANSLI, region="03", trigger="ta_emot", facts={"dnr": "RS 2026/7"})
    return _done(commands.handle(house, U, command, now=ONE_WEEK, key="mottagen"))


def _ticked(house: House, _: int) -> Done:
    clockwork.tick(house, work_calendar(), now=ONE_WEEK)
    composing.compose_due(house, now=ONE_WEEK, settings=SETTINGS)
    return Done()


def _delivered(house: House, attempt: int) -> Done:
    """Later each time, for what was claimed by one who died is let alone for ten minutes."""
    at = ONE_WEEK + timedelta(minutes=15 * attempt)
    delivery.deliver(house, SETTINGS, worker="prov", clock=lambda: at)
    return Done()


def _decided(house: House, _: int) -> Done:
    """As the page does it: a receipt is mailed in the same transaction."""
    command = Decide(actor=REGION, region="03", outcome="antagen", body="RF", on=ONE_WEEK.date(), paragraph="8")
    return _done(
        answering.register(
            house, SETTINGS, U, command, now=ONE_WEEK, key="beslut", expected=None, told=lambda _: "Uppsala: Antagen"
        )
    )


def _corrected(house: House, _: int) -> Done:
    decided = _decided(house, 0).events[0]  # what had been accepted under the key
    answer = correcting.correct(
        house, decided, why="Fel paragraf", actor=KANSLI, changes={"paragraph": "9"}, withdraw=False, now=ONE_WEEK,
        key="rättelse",
    )  # fmt: skip
    return _done(answer)


def _refused(house: House, _: int) -> Done:
    command = Decide(actor=REGION, region="04", outcome="avslagen", note="Kostnaden")
    return _done(commands.handle(house, U, command, now=ONE_WEEK, key="avslag"))


def _sealed(house: House, _: int) -> Done:
    queries.seal(house, now=ONE_WEEK)
    return Done()


STEPS: Mapping[str, Callable[[House, int], Done]] = {
    "ny": _new, "bered": _prepared, "mottagen": _received, "klockan": _ticked, "utskick": _delivered,
    "beslut": _decided, "kvitto": _delivered, "rättelse": _corrected, "avslag": _refused, "försegling": _sealed,
    "klockan efteråt": _ticked, "utskick efteråt": _delivered,
}  # fmt: skip
"""The life, in order. Doing a step that is done does nothing."""


def template(path: Path) -> None:
    """The database that every life begins with: an uppdrag lies with the regions and is soon due."""
    furnish(f"sqlite:///{path}", plan=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smtp, "Relay", lambda *_, **__: Wire())
        house = House.open(f"sqlite:///{path}")
        furnished(house)
        before = ONE_WEEK - timedelta(days=7)
        clockwork.tick(house, work_calendar(), now=before)
        composing.compose_due(house, now=before, settings=SETTINGS)
        delivery.deliver(house, SETTINGS, worker="prov", clock=lambda: before)
        house.database.close()


def state(house: House) -> dict[str, list[str]]:
    """All that is in the database, save for what is random or tells how many tries a mail took; mails by whom they are
    to and what about."""
    kept: dict[str, list[str]] = {}
    with house.database.reading() as session:
        for name, table in SQLModel.metadata.tables.items():
            columns = [c.name for c in table.columns if c.name not in _BY_CHANCE.get(name, ())]
            quoted = ", ".join(f'"{one}"' for one in columns) or "1"
            rows = session.raw(f'SELECT {quoted} FROM "{name}"')
            kept[name] = sorted(_MADE_UP.sub("@", repr(tuple(row))) for row in rows)
    return kept
