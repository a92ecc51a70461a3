"""The database itself refuses to forget or rewrite the record, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from storage.database import Session
from tests.integration.lived import FIRST, live_a_little
from uppdrag.service import queries
from uppdrag.service.house import House

NEVER_DELETED = (
    "event", "stream", "uppdrag", "regionbeslut", "beslut", "series", "definition", "checkpoint", "checkpoint_stream",
)  # fmt: skip
NEVER_CHANGED = {
    "definition": "source = 'x'", "checkpoint": "made_at = made_at", "checkpoint_stream": "seq = seq",
    "event": "state = state",
}  # fmt: skip
RULES = {
    "a state without a name": "UPDATE uppdrag SET state = ''",
    "a sensitive uppdrag without a neutral title": "UPDATE uppdrag SET sensitive = true, neutral_title = ''",
    "an unknown standing": "UPDATE uppdrag SET standing = 'borta'",
    "more decided than concerned": "UPDATE uppdrag SET adopted = regions + 1",
    "a negative count": "UPDATE uppdrag SET rejected = -1",
    "a deadline without days": "UPDATE uppdrag SET due = 'redovisning', due_first = NULL, due_last = NULL",
    "a span that ends before it begins": "UPDATE uppdrag SET due_first = '2027-01-01', due_last = '2026-01-01'",
    "a category without an outcome": "UPDATE regionbeslut SET category = 'adopted', outcome = ''",
    "an unknown category": "UPDATE regionbeslut SET category = 'kanske'",
    "an adaptation without words": "UPDATE beslut SET outcome = 'antagen_med_anpassning', adaptation = ''",
    "an unknown source": "UPDATE beslut SET source = 'rykte'",
    "a seal beyond the end": "UPDATE stream SET sealed = seq + 1",
    "a head that is no digest": "UPDATE stream SET head = 'x'",
    "an uppdrag of an unknown lifecycle": "UPDATE uppdrag SET lifecycle_version = 99",
    "a region that does not exist": "UPDATE regionbeslut SET region = '99' WHERE region = '25'",
    "the same number twice": "UPDATE uppdrag SET number = 1 WHERE number = 2",
    "a decision that no event tells of": "UPDATE beslut SET seq = 999",
}


class Refused(Exception):
    """The database said no."""


@contextmanager
def trying(house: House) -> Iterator[Session]:
    """A transaction on the driver's own connection, undone however it ends."""
    rules = house.database.engine.dialect.loaded_dbapi
    try:
        with house.database.transaction(undo=True) as session:
            yield session
    except (rules.IntegrityError, rules.ProgrammingError) as no:
        raise Refused(str(no)) from no


@pytest.fixture
def lived_in_house(any_house: House) -> House:
    live_a_little(any_house)
    return any_house


def test_nothing_of_the_record_can_be_deleted(lived_in_house: House) -> None:
    for table in NEVER_DELETED:
        with pytest.raises(Refused, match=f"{table}: DELETE is refused"), trying(lived_in_house) as session:
            session.connection.execute(f"DELETE FROM {table}")


def test_what_was_written_once_can_not_be_changed(lived_in_house: House) -> None:
    for table, change in NEVER_CHANGED.items():
        with pytest.raises(Refused, match=f"{table}: UPDATE is refused"), trying(lived_in_house) as session:
            session.connection.execute(f"UPDATE {table} SET {change}")


@pytest.mark.parametrize("emptied", ["content, actor", "content, salt", "actor, salt", "content, actor, salt, chain"])
def test_an_event_can_only_be_emptied_whole_and_of_nothing_else(lived_in_house: House, emptied: str) -> None:
    values = ", ".join(f"{column} = NULL" for column in emptied.split(", "))
    with pytest.raises(Refused), trying(lived_in_house) as session:
        session.connection.execute(f"UPDATE event SET {values} WHERE stream = '{FIRST}' AND seq = 2")


def test_what_no_rule_allows_can_not_be_written(lived_in_house: House) -> None:
    written = []
    for rule, change in RULES.items():
        try:
            with trying(lived_in_house) as session:
                session.connection.execute(change)
            written.append(rule)
        except Refused:
            pass
    assert written == []


def test_a_read_transaction_cannot_write(any_house: House) -> None:
    with pytest.raises(Exception, match=r"(?i)read.?only"), any_house.database.reading() as session:
        session.connection.execute("UPDATE stream SET seq = seq + 1")
    assert queries.verify(any_house).findings == ()
