"""The register of personal data says of every column whether it tells of somebody, and stands in docs as it is."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import SQLModel

from storage import transfer
from tests.reliability import Tried
from uppdrag.service import personal_data, pruning
from uppdrag.service.personal_data import OTHER, REGISTER
from uppdrag.service.personal_data_page import render

PAGE = Path(__file__).parents[2] / "docs" / "personuppgifter.md"
NAMED = ("name", "email", "address", "sender", "recipient", "asker", "actor", "contact", "subject", "who", "by")
"""What a column that tells of somebody is often called, whole or as its last word."""


def test_every_column_of_every_table_is_declared_once(tried: Tried) -> None:
    assert transfer.all_tables(), "the metadata is filled"
    schema = sorted(f"{t.name}.{c.name}" for t in SQLModel.metadata.sorted_tables for c in t.columns)
    told = [f"{table}.{name}" for t in REGISTER for table, columns in t.personal.items() for name in columns]
    told += [f"{table}.{name}" for table, names in OTHER.items() for name in names.split()]
    assert sorted(told) == schema
    tried("Integritet", "kolumner i databasens schema, mot registret över personuppgifter", len(schema),
          "varje kolumn var deklarerad, en gång")  # fmt: skip


def test_nothing_that_sounds_like_somebody_is_called_impersonal() -> None:
    streams = {"stream.name", "region.name", "region.short_name"}  # of matters and of regions
    keyed = {f"{table}.name" for table in ("mote", "direktiv", "beredningsplan", "budget", "manadsbrev")}
    found = {
        f"{table}.{name}" for table, names in OTHER.items() for name in names.split()
        if name.rpartition("_")[2] in NAMED or name in NAMED
    }  # fmt: skip
    assert found - streams - keyed == {"message.leased_by", "sammantrade.papers_by"}, "a process, and a day"


def test_what_is_kept_for_a_time_has_a_schedule_that_exists() -> None:
    named = [name for t in REGISTER for name in t.pruned]
    known = {kind.name for kind in pruning.SCHEDULE}
    assert len(named) == len(set(named))
    assert set(named) == known - {"heartbeat"}, "which tells of nobody"


def test_the_page_is_what_the_program_says() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == render(), "python -m uppdrag.service.personal_data_page > docs/personuppgifter.md"
    assert all(f"## {t.name}\n" in written for t in REGISTER)
    assert personal_data.personal()["holder"]["name"] == "namn"
