"""A mailbox and the mail that has left: what tests of incoming mail begin with."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from storage import outbox
from tests import mails
from tests.cast import KANSLI, NOW, TODAY
from uppdrag.service import commands, inbox
from uppdrag.service.house import House
from uppdrag.service.inbox import Registration
from uppdrag.settings import Settings
from workflow.commands import Advance
from workflow.incoming import Incoming
from workflow.message import Message, MessageStatus

EVA = "eva.holm@region.example"
SAID = Registration(outcome="antagen", body="RF", paragraph="§ 88", on=TODAY)
ROSTER = f"befattning;länskod;namn;e-post\nregistrator;17;Eva Holm;{EVA}\nkansli;;Kansliet;kansliet@nspl.example\n"


class Post:
    """A maildir, into which the tests put mail."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._numbers = count(1)
        for folder in ("new", "cur", "tmp"):
            (path / folder).mkdir(parents=True)

    def put(self, *raw: bytes, folder: str = "new", flags: str = "", at: datetime = NOW) -> None:
        for one in raw:
            file = self.path / folder / f"{next(self._numbers):04d}.example{flags}"
            file.write_bytes(one)
            os.utime(file, (at.timestamp(), at.timestamp()))

    def names(self, folder: str) -> list[str]:
        return sorted(p.name for p in (self.path / folder).iterdir())


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path / "Maildir")


@pytest.fixture
def settings(post: Post, house_url: str) -> Settings:
    return Settings(database_url=house_url, mailbox=f"maildir:{post.path}", mail_from="NSPL <nspl@uppdrag.example>")


def send(house: House, id: str = mails.SENT, *, uppdrag: str = "U2026-01", region: str = "17", to: str = EVA,
         status: MessageStatus = "skickad", now: datetime = NOW, expires_on: date | None = None) -> None:  # fmt: skip
    """A mail that has left, as the outbox keeps it."""
    message = Message(id=id, recipient=to, subject="Påminnelse", text="Hej", html="", sender="nspl@uppdrag.example")
    with house.database.transaction() as session:
        outbox.enqueue(session, message, office="registrator", region=region, uppdrag=uppdrag, now=now, not_before=now,
                       expires_on=expires_on)  # fmt: skip
        (waiting,) = [k for k in outbox.due(session, now, 100) if k.queued.id == id]
        [taken] = outbox.claim(session, [(waiting, b"raw")], worker="w", until=now + timedelta(minutes=5))
        outbox.settle(session, taken, status, response="250 ok", sent_at=now)


def open_for_decisions(house: House, id: str = "U2026-01") -> None:
    facts = {"mote": "2026-03-27", "paragraf": "18", "forslagsversion": "1"}
    for trigger, more in (("redovisa", {"rapport": "R-1"}), ("godkann", {})):
        command = Advance(actor=KANSLI, on=TODAY, trigger=trigger, facts={**facts, **more})
        commands.handle(house, id, command, now=NOW)


def status_of(house: House, id: str = mails.SENT) -> str:
    with house.database.reading() as session:
        found = outbox.find(session, id)
    assert found is not None
    return found.queued.status


def everything(house: House) -> list[Incoming]:
    return inbox.listed(house)


def only(house: House) -> Incoming:
    (mail,) = everything(house)
    return mail


def decisions(house: House) -> int:
    with house.database.reading() as session:
        return sum(1 for _ in session.raw("SELECT 1 FROM beslut"))
