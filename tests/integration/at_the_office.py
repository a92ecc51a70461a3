"""The kansli at its pages: a house with an uppdrag that regions decide on, and mail about it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from notifications.mailbox import Letter
from storage import outbox
from tests import mails
from tests.cast import KANSLI, NOW
from tests.integration.doing import with_the_regions
from tests.integration.test_web_answers import PEOPLE
from tests.web import SETTINGS, Visiting, visiting
from uppdrag.service import inbox, incoming, people
from uppdrag.service.house import House
from workflow.message import Message

ANSWER = {"utfall": "antagen", "instans": "RF", "datum": "2026-03-20", "paragraf": "88"}
TO = "registrator@region-uppsala.example"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def id(house: House) -> str:
    """An uppdrag that lies with Stockholm and Uppsala, about which Uppsala's registrator has been mailed."""
    people.import_people(house, "exempel.csv", PEOPLE.read_bytes(), actor=KANSLI, now=NOW)
    id = with_the_regions(house, "01", "03")
    letter = Message(
        id=mails.SENT, recipient=TO, subject=f"{id} Påminnelse", text="Hur går det?",
        html=f'<!doctype html><title>Hej</title><p style="color: #123456">Hur går det? {EVIL}</p>',
        sender=SETTINGS.mail_from,
    )  # fmt: skip
    with house.database.transaction() as session:
        outbox.enqueue(session, letter, uppdrag=id, region="03", office="registrator", now=NOW, not_before=NOW)
    return id


@pytest.fixture
def at(house: House, id: str) -> Iterator[Visiting]:
    with visiting(house) as somebody:
        somebody.log_in("kansli")
        yield somebody


def do(at: Visiting, path: str, **said: str) -> int:
    return at.post(path, {**at.hidden(at.get(path)), **said}).status_code


def came_in(house: House, letter: bytes) -> str:
    incoming.receive(house, Letter(key="1", raw=letter, arrived_at=NOW), now=NOW, domain="uppdrag.example")
    return inbox.listed(house)[-1].id
