"""A full disk, a read-only disk, a locked database: nothing is written and that is said, reading goes on, no mail
leaves that was not claimed, and all recovers by itself."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

import definitions
from notifications import smtp
from storage import heartbeats, outbox
from tests.cast import KANSLI, NOW
from tests.faults.at_the_disk import the_disk
from tests.faults.disk_life import SETTINGS as MAILING
from tests.faults.disk_life import Wire
from tests.faults.office import letter
from tests.faults.syscalls import Call, intercepted
from tests.faults.trouble import KINDS, Disk, Kind, under
from tests.integration.doing import with_the_regions
from tests.journeys.command_line import CommandLine
from tests.journeys.conftest import command_line
from tests.reliability import Tried
from tests.web import Visiting, visiting
from uppdrag import words
from uppdrag.service import commands, people, queries, running
from uppdrag.service.house import House
from workflow.commands import Advance
from workflow.errors import StorageUnavailable

__all__ = ["command_line", "the_disk"]
pytestmark = [pytest.mark.usefixtures("the_disk"), pytest.mark.sqlite_file("the calls on it are intercepted")]

ID = "U2026-01"
ANSWER = {"utfall": "antagen", "instans": "RF", "datum": "2026-03-20", "paragraf": "88", "dnr": "RS 2026-17"}
READ = ("/uppdrag", "/laget", f"/uppdrag/{ID}", "/regioner", "/halsa", "/halsa/redo")
SAID = {"full": "Disken är full", "readonly": "går bara att läsa", "busy": "Databasen är upptagen"}
_WORDS = {"full": "disken är full", "readonly": "disken bara går att läsa", "busy": "databasen är låst"}
PEOPLE = Path(definitions.__file__).parent / "people" / "exempel.csv"
PATIENCE = 30.0
AHEAD = timedelta(seconds=3)


@pytest.fixture
def disk(house: House) -> Iterator[Disk]:
    with under(house) as disk:
        yield disk


def postpone(house: House, key: str = "") -> commands.Answer:
    return commands.handle(house, ID, Advance(actor=KANSLI, trigger="bordlagg"), now=NOW, key=key)


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_is_answered_503_with_what_was_typed_and_pages_go_on(
    house: House, disk: Disk, kind: Kind, tried: Tried
) -> None:
    id = with_the_regions(house, "01", "03")
    with visiting(house) as somebody:
        somebody.log_in("region", "03", name="Eva Lind")
        hidden = somebody.hidden(somebody.get(f"/svar/{id}/03"))
        before = len(queries.history(house, id))
        with disk.trouble(kind):
            for _ in range(3):
                told = somebody.post(f"/svar/{id}/03", {**hidden, **ANSWER, "steg": "registrera"})
                _tells(told.status_code, told.text, kind)
                assert 'value="RS 2026-17"' in told.text, "the form comes back filled in"
                hidden |= somebody.hidden(told)
            for path in READ:
                assert somebody.get(path).status_code == 200, path
            assert len(queries.history(house, id)) == before
        again = {**hidden, **ANSWER, "steg": "registrera"}
        assert somebody.post(f"/svar/{id}/03", again).status_code == 303
        assert somebody.post(f"/svar/{id}/03", again).status_code == 303, "and twice is once"
        assert len(queries.history(house, id)) == before + 1
        _visits_are_kept(somebody)
    assert queries.verify(house).findings == ()
    what = f"formulär när {_WORDS[kind]}"
    tried("Disken", what, 3, "503, det skrivna kvar, sidorna öppna, registrerat en gång efteråt")


def _tells(status: int, text: str, kind: Kind) -> None:
    assert status == 503
    told = unescape(text)
    if kind == "readonly" and "Det går inte att säga om det registrerades" in told:
        return  # to a file that was open already SQLite calls it an error of the disk, like any other
    assert SAID[kind] in told
    assert "Inget har ändrats" in told
    for secret in ("Traceback", "sqlite", "uppdrag.db", "UPPDRAG_", "database"):
        assert secret not in text


def _visits_are_kept(somebody: Visiting) -> None:
    """The access log waited meanwhile, and is written now."""
    somebody.web.visits.write()
    with somebody.house.database.reading() as session:
        ((count,),) = session.raw("SELECT count(*) FROM web_visit WHERE status = 503")
    assert int(str(count)) >= 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_that_does_not_come_back_by_itself_is_shown_with_what_was_typed(
    house: House, disk: Disk, kind: Kind
) -> None:
    id = with_the_regions(house, "01", "03")
    people.import_people(house, PEOPLE.name, PEOPLE.read_bytes(), actor=KANSLI, now=NOW)
    with visiting(house) as somebody:
        somebody.log_in("kansli")
        page = somebody.get(f"/uppdrag/{id}/fraga")
        typed = {**somebody.hidden(page), "lan": "03", "steg": "registrera"}
        with disk.trouble(kind):
            told = somebody.post(f"/uppdrag/{id}/fraga", typed)
        assert told.status_code == 503, told.text
        assert 'name="lan" value="03"' in told.text, "it can be sent again as it is"
        assert f'action="/uppdrag/{id}/fraga"' in told.text
        assert "Det du skrev finns kvar här" in told.text
        assert typed["nyckel"] in told.text


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_line_says_so_with_status_3_and_reads_on(
    house: House, disk: Disk, kind: Kind, command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, tried: Tried
) -> None:
    monkeypatch.setenv("UPPDRAG_DATABASE_URL", f"sqlite:///{disk.path}")
    monkeypatch.setenv("UPPDRAG_NOW", "2026-03-27T09:00")
    queries.history(house, ID)  # the service is at work, and has the file open
    step = ("advance", ID, "bordlagg", "--as", "kansli", "--by", "Anna", "--key", "k1")
    with disk.trouble(kind):
        for wanted in (step, ("new", "Nytt uppdrag", "--lifecycle", "atagande", "--as", "kansli"), ("remind",)):
            run = command_line(*wanted)
            assert run.status == 3, (wanted, run.out, run.err)
            assert SAID[kind] in run.err
            assert "Inget har ändrats." in run.err
            assert "Traceback" not in run.err
        for reading in (("status",), ("history", ID), ("next", ID), ("matrix", "--state", "regionbeslut")):
            run = command_line(*reading)
            assert run.status == 0, (reading, run.err)
    assert command_line(*step).status == 0
    assert len([e for e in queries.history(house, ID) if e.event.__class__.__name__ == "Advanced"]) == 3
    tried("Disken", f"kommandoraden när {_WORDS[kind]}", 7, "skrivande kommandon gav 3, läsande gick som vanligt")


@contextmanager
def at_work(house: House, wire: Wire) -> Iterator[threading.Thread]:
    """Clock and sender in a thread, five rounds a second."""
    stop = threading.Event()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smtp, "Relay", lambda *_, **__: wire)
        thread = threading.Thread(
            target=running.serve, args=(house, MAILING, ("clock", "sender")),
            kwargs={"every": timedelta(seconds=0.2), "stop": stop},
        )  # fmt: skip
        thread.start()
        try:
            yield thread
        finally:
            stop.set()
            thread.join(PATIENCE)


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)  # threads of the service do it at their own pace
    assert holds()


@pytest.mark.parametrize("kind", KINDS)
def test_clock_and_sender_live_on_and_no_mail_leaves_that_could_not_be_claimed(
    house: House, disk: Disk, kind: Kind, caplog: pytest.LogCaptureFixture, tried: Tried
) -> None:
    sent: list[str] = []
    wire = Wire(lambda to, _digest: sent.append(to))

    def failed() -> int:
        return sum(r.message == "job_failed" for r in caplog.records)

    names = [f"r{n:02d}" for n in range(7)]
    with at_work(house, wire) as thread:
        until(lambda: _beats(house) == 2)
        now = datetime.now(UTC)
        with house.database.transaction() as session:
            for name in names:
                outbox.enqueue(session, letter(name), now=now, not_before=now + AHEAD)
        with disk.trouble(kind):
            until(lambda: datetime.now(UTC) > now + AHEAD)
            before = failed()
            until(lambda: failed() >= before + 4)
            assert sent == [], "nothing could be claimed"
            assert thread.is_alive()
        until(lambda: len(sent) == len(names))
        until(lambda: _unsent(house) == 0)
    assert sorted(sent) == [f"{name}@region.example" for name in names]
    assert queries.verify(house).findings == ()
    what = f"klocka och utskick när {_WORDS[kind]}"
    tried("Disken", what, failed(), "inget mejl gick som inte var taget, sedan gick alla en gång, utan omstart")


def _beats(house: House) -> int:
    with house.database.reading() as session:
        return len(list(heartbeats.every(session)))


def _unsent(house: House) -> int:
    with house.database.reading() as session:
        return sum(n for status, n in outbox.counts(session).items() if status != "skickad")


@pytest.mark.parametrize(("name", "code"), [("open", "unopened"), ("pread", "io"), ("fstat", "io")])
def test_what_is_wrong_with_the_disk_is_called_by_its_name(house: House, disk: Disk, name: str, code: str) -> None:
    """Found by the faults: it was told that the database was missing, or elsewhere."""

    def fails(call: Call) -> int:
        return call.fail(errno.EIO) if call.name == name else call.through()

    disk.answer = fails  # type: ignore[method-assign]
    house.database.close()
    with intercepted(disk.path, fails), pytest.raises(StorageUnavailable) as told:
        House.open(str(house.database.url))
    assert told.value.code == code
    assert "Inget har ändrats." in words.error(told.value)[0]


def test_a_connection_that_was_opened_while_the_disk_failed_is_not_used_again(house: House, disk: Disk) -> None:
    """Found by the faults: SQLite had then opened the file for reading only, and nothing could be written until the
    program was started anew."""
    queries.history(house, ID)
    with disk.trouble("readonly"), pytest.raises(StorageUnavailable, match="readonly"):
        postpone(house, "k")
    assert not postpone(house, "k").repeated
