"""The schema: what the migrations make is what the tables say, and another program's schema is refused."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

import storage.migrations
from storage import codec, motes, outbox, schema
from storage.database import Database
from tests.cast import NOW
from uppdrag.service import queries, setup
from uppdrag.service.house import House
from workflow.errors import StorageUnavailable
from workflow.meeting import Arrangement, Meeting


@pytest.fixture
def revisions() -> ScriptDirectory:
    return ScriptDirectory(str(Path(storage.migrations.__file__).parent))


def test_the_migrations_make_what_the_tables_say(any_house: House) -> None:
    with any_house.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_every_check_of_the_tables_is_in_the_database(any_house: House) -> None:
    """Alembic does not compare CHECKs, so their names are looked for in what the database says of itself."""
    declared = {str(c.name) for t in SQLModel.metadata.tables.values() for c in t.constraints}
    with any_house.database.reading() as session:
        if any_house.database.path:
            text = "\n".join(row[0] or "" for row in session.raw("SELECT sql FROM sqlite_master"))
            held = {name for name in declared if f"CONSTRAINT {name} " in text}
        else:
            held = {row[0] for row in session.raw("SELECT conname::text FROM pg_constraint")}
    assert declared <= held


def test_nobody_else_on_the_machine_may_read_a_new_database(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        setup.init(f"sqlite:///{tmp_path / 'var' / 'new.db'}", now=NOW)
        house = House.open(f"sqlite:///{tmp_path / 'var' / 'new.db'}")
        queries.seal(house, now=NOW)
        made = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "var").iterdir()}
        house.database.close()
    finally:
        os.umask(before)
    assert made == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm"), 0o600)


def test_the_program_works_with_the_newest_revision(revisions: ScriptDirectory) -> None:
    assert revisions.get_current_head() == schema.HEAD
    assert [r.revision for r in reversed(list(revisions.walk_revisions()))] == list(schema.REVISIONS)


def test_a_database_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable) as refused:
        House.open(f"sqlite:///{tmp_path / 'ingen.db'}")
    assert refused.value.code == "missing"
    assert list(tmp_path.iterdir()) == [], "asking created no file"


def test_a_database_without_a_schema_is_missing(bare_url: str, tmp_path: Path) -> None:
    if bare_url.startswith("sqlite"):
        (tmp_path / "var").mkdir()
        sqlite3.connect(tmp_path / "var" / "bare.db").close()
    with pytest.raises(StorageUnavailable) as refused:
        House.open(bare_url)
    assert refused.value.code == "missing"


@pytest.mark.parametrize(("stands", "code"), [("0001", "older"), ("9999", "newer")])
def test_the_schema_of_another_program_is_refused(any_house: House, stands: str, code: str) -> None:
    if stands == schema.HEAD:
        pytest.skip("there is no older schema yet")
    _mark(any_house, stands)
    with pytest.raises(StorageUnavailable) as refused:
        House.open(any_house.database.url.render_as_string(hide_password=False))
    assert refused.value.code == code


def test_a_newer_schema_is_not_upgraded(any_house: House) -> None:
    _mark(any_house, "9999")
    with pytest.raises(StorageUnavailable) as refused:
        schema.upgrade(any_house.database)
    assert refused.value.code == "newer"


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "brev.db"
    path.write_text("Hej! Det här är ett brev och ingen databas." * 50, encoding="utf-8")
    with pytest.raises(StorageUnavailable) as refused:
        House.open(f"sqlite:///{path}")
    assert refused.value.code == "damaged"


@pytest.mark.parametrize("url", ["mysql://x/y", "inte en adress", "sqlite:////finns/inte/alls/u.db"])
def test_an_address_that_will_not_do_is_refused(url: str) -> None:
    with pytest.raises(StorageUnavailable):
        House.open(url)


def test_a_postgresql_server_that_does_not_answer_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable) as refused:
        House.open(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}")
    assert refused.value.code == "unreachable"


def test_setting_up_again_changes_nothing(bare_url: str) -> None:
    first = setup.init(bare_url, now=NOW)
    again = setup.init(bare_url, now=NOW)
    assert first.revisions == schema.REVISIONS
    assert len(first.published) == 10
    assert (again.revisions, again.published) == ((), ())
    house = House.open(bare_url)
    assert queries.verify(house).findings == ()
    house.database.close()


def test_a_database_of_the_first_revision_becomes_this_programs(bare_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Database(bare_url)) as database:
        with monkeypatch.context() as then:
            then.setattr(schema, "HEAD", "0001")
            then.setattr(schema, "REVISIONS", ("0001",))
            assert schema.upgrade(database) == ["0001"]
        assert schema.upgrade(database) == list(schema.REVISIONS[1:])
        with database.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_what_a_mail_says_outlives_the_move_to_tables_of_its_own(
    bare_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = schema.REVISIONS[: schema.REVISIONS.index("0010")]
    with closing(Database(bare_url)) as database:
        with monkeypatch.context() as then:
            then.setattr(schema, "HEAD", before[-1])
            then.setattr(schema, "REVISIONS", before)
            schema.upgrade(database)
        with database.transaction() as session:
            for id, status, raw in (("a@x", "koad", "NULL"), ("b@x", "skickad", "'Hej'")):
                bytes_of = f"CAST({raw} AS BLOB)" if database.path else f"{raw}::bytea"
                session.connection.execute(
                    "INSERT INTO message (id, recipient, office, region, uppdrag, subject, draft, raw, status,"
                    " created_at, not_before, attempts, next_try_at, fence, leased_by, response)"
                    f" VALUES ('{id}', 'eva@region.example', '-', '-', '-', 'Ämne', '{{}}', {bytes_of}, '{status}',"
                    " '2026-06-01 06:00:00', '2026-06-01 06:00:00', 0, '2026-06-01 06:00:00',"
                    f" {int(status == 'skickad')}, '', '')"
                )
        schema.upgrade(database)
        with database.reading() as session:
            kept = [outbox.find(session, id) for id in ("a@x", "b@x")]
    assert [(k.draft, k.raw, k.queued.status) for k in kept if k] == [("{}", None, "koad"), ("{}", b"Hej", "skickad")]


def test_a_meeting_kept_before_its_content_had_more_fields_reads_as_it_was_meant(
    bare_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = schema.REVISIONS[: schema.REVISIONS.index("0013")]
    meeting = Meeting(day=date(2026, 3, 27), version=1, arrangement=Arrangement(place="Umeå"))
    new = ("circulation", "signed", "settled", "handoffs", "returned", "summons", "called_off")
    known = {name: value for name, value in json.loads(codec.encode_sorted(meeting)).items() if name not in new}
    content = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
    with closing(Database(bare_url)) as database:
        with monkeypatch.context() as then:
            then.setattr(schema, "HEAD", before[-1])
            then.setattr(schema, "REVISIONS", before)
            schema.upgrade(database)
        with database.transaction() as session:
            session.connection.execute(
                f"INSERT INTO stream (name, seq, head, sealed) VALUES ('mote:2026-03-27', 1, '{'0' * 64}', 0)"
            )
            session.connection.execute(
                "INSERT INTO mote (name, day, status, version, content)"
                f" VALUES ('mote:2026-03-27', '2026-03-27', 'planerat', 1, '{content}')"
            )
        schema.upgrade(database)
        with database.reading() as session:
            assert motes.load(session, meeting.day) == meeting
            assert next(iter(session.raw("SELECT content FROM mote")))[0] == codec.encode_sorted(meeting)


def _mark(house: House, revision: str) -> None:
    with house.database.transaction() as session:
        session.connection.execute(f"UPDATE alembic_version SET version_num = '{revision}'")
