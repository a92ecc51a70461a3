"""Whatever is done to the record behind the program's back, `verify` finds it and names it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import SQLModel

from storage.proof import Report
from tests.integration.tampering import (
    EVERY_COLUMN,
    RECORD,
    WORK_IN_HAND,
    a_row,
    at_the_file,
    copy_of,
    other_values,
    put,
    verify,
)
from tests.reliability import Tried


def test_every_table_is_proved_or_is_work_in_hand() -> None:
    assert {t.__tablename__ for t in (*RECORD, *WORK_IN_HAND)} == set(SQLModel.metadata.tables)


def test_nothing_is_found_where_nothing_was_done(lived_in: Path) -> None:
    report = verify(lived_in)
    assert report.findings == ()
    assert report.emptied == ()
    assert report.head.startswith("3-")


def test_every_column_holds_something_to_tamper_with(lived_in: Path, tmp_path: Path) -> None:
    with at_the_file(copy_of(lived_in, tmp_path)) as db:
        bare = [(t, c) for t, c in EVERY_COLUMN if a_row(db, t, c)[1] in (None, "", 0)]
    assert bare == []


@pytest.mark.parametrize("most", [2, pytest.param(99, marks=pytest.mark.soak)])
@pytest.mark.parametrize(("table", "column"), EVERY_COLUMN)
def test_a_tampered_value_is_found(
    lived_in: Path, tmp_path: Path, table: str, column: str, most: int, tried: Tried
) -> None:
    """Of what may be written in its place the least different is tried first; everything in `make soak`."""
    with at_the_file(copy_of(lived_in, tmp_path)) as db:
        key, value = a_row(db, table, column)
    written = 0
    for sql, given in reversed([*other_values(value)]):
        if written == most:
            break
        path = copy_of(lived_in, tmp_path)
        with at_the_file(path) as db:
            if not put(db, table, key, column, sql, *given):
                continue
        written += 1
        report = verify(path)
        assert report.findings, f"{table} {key}: {column} {value!r} became {sql} {given}"
        if table == "event":
            assert first_bad_events(report, key[0]) == ["{}/{}".format(*key)]
    assert written
    tried("Loggen", "ett värde utbytt bakom programmets rygg, i varje kolumn av varje tabell i registren", written,
          "alla hittade")  # fmt: skip


def first_bad_events(report: Report, stream: object) -> list[str]:
    codes = ("event_changed", "event_missing", "content_changed")
    return [f.subject for f in report.findings if f.code in codes and f.subject.startswith(f"{stream}/")]
