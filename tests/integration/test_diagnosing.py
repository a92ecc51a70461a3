"""`uppdrag doctor` finds what is wrong with a machine, a database and its mail, and says what to do."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from storage import diagnosing as stored
from storage.database import Session
from storage.heartbeats import Heartbeat, beat
from tests.cast import NOW
from tests.reliability import Tried
from uppdrag.service import backups, certificates, diagnosing, diagnosing_machine, queries
from uppdrag.service.diagnosing_machine import Finding
from uppdrag.service.house import House
from uppdrag.service.system import Disk
from uppdrag.settings import Settings, Smtp

SENT = Smtp(host="127.0.0.1", port=0, security="tls")


def seen(house: House, now: datetime = NOW, **chosen: object) -> dict[str, Finding]:
    """What the doctor says, by area, the worst of each."""
    settings = replace(Settings(database_url=_url(house)), **chosen)  # type: ignore[arg-type]  # fields of Settings
    found: dict[str, Finding] = {}
    for one in diagnosing.look(settings, {}, now=now):
        if one.area not in found or _weight(one) > _weight(found[one.area]):
            found[one.area] = one
    return found


def _weight(one: Finding) -> int:
    return ("bra", "varning", "fel").index(one.level)


def _url(house: House) -> str:
    return house.database.url.render_as_string(hide_password=False)


@pytest.mark.parametrize(
    ("version", "flawed"),
    [("3.6.23", False), ("3.7.0", True), ("3.40.1", True), ("3.44.5", True), ("3.44.6", False), ("3.45.0", True),
     ("3.50.6", True), ("3.50.7", False), ("3.51.0", True), ("3.51.2", True), ("3.51.3", False), ("3.53.0", False)],
)  # fmt: skip
def test_the_versions_of_sqlite_that_may_lose_something_are_known(version: str, flawed: bool) -> None:
    assert stored.may_lose(version) is flawed


def test_a_setting_that_loses_what_was_acknowledged_is_found(any_house: House, tried: Tried) -> None:
    lax = (
        {"synchronous": ("PRAGMA synchronous = ", "NORMAL", "FULL"),
         "foreign_keys": ("PRAGMA foreign_keys = ", "OFF", "ON")}
        if any_house.database.path else {"synchronous_commit": ("SET synchronous_commit = ", "off", "on")}
    )  # fmt: skip
    for name, (said, off, on) in lax.items():
        pooled = any_house.database.engine.raw_connection()
        connection: Any = pooled.driver_connection
        session = Session(connection, any_house.database.dialect)
        for value, wrong in ((off, True), (on, False)):
            connection.execute(said + value)
            assert (name in stored.diagnose(session).wrong) is wrong, (name, value)
        pooled.close()
    tried("uppdrag doctor", "inställningar som tappar det kvitterade", len(lax), "var och en namngavs")


def test_a_setting_that_is_wrong_is_told_of(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(house)["durability"].level == "bra"
    well = stored.diagnose
    monkeypatch.setattr(stored, "diagnose", lambda session: replace(well(session), wrong={"synchronous": "1"}))
    assert seen(house)["durability"] == Finding(
        "durability", "fel",
        "synchronous är 1. Vid strömavbrott kan kvitterade beslut försvinna. Ställ tillbaka den i databasen.",
    )  # fmt: skip


def test_a_clock_that_is_wrong_is_found(any_house: House) -> None:
    real = datetime.now(UTC)
    assert seen(any_house, now=NOW)["future"].level == "bra"
    assert seen(any_house, now=NOW - timedelta(days=900))["future"].level == "fel"
    if not any_house.database.path:
        for away, level in ((0, "bra"), (20, "varning"), (-20, "varning"), (3_600, "fel"), (-3_600, "fel")):
            assert seen(any_house, now=real + timedelta(seconds=away))["clock_skew"].level == level


def test_a_checkpoint_that_was_tampered_with_is_found(house: House) -> None:
    queries.seal(house, now=NOW)
    assert seen(house)["log"].level == "bra"
    with house.database.transaction() as session:
        session.connection.execute("DROP TRIGGER checkpoint_stream_no_update")
        session.connection.execute("UPDATE checkpoint_stream SET seq = seq + 1 WHERE checkpoint = "
                                   "(SELECT MAX(number) FROM checkpoint)")  # fmt: skip
    assert seen(house)["log"].level == "fel"


def test_a_backup_that_is_missing_or_old_is_found(house: House, tmp_path: Path) -> None:
    assert seen(house)["backup"].level == "varning"
    assert seen(house, mail="skarp")["backup"].level == "fel"
    backups.take(_url(house), tmp_path / "natt.backup", now=NOW)
    (tmp_path / "natt.backup").chmod(0o664)
    assert "natt.backup" in seen(house)["permissions"].text
    for age, level in ((1, "bra"), (29, "bra"), (31, "varning"), (24 * 7, "varning"), (24 * 9, "fel")):
        found = seen(house, now=NOW + timedelta(hours=age))["backup"]
        assert found.level == level, age
        assert "natt.backup" in found.text
    backups.restore(f"sqlite:///{tmp_path}/ny.db", tmp_path / "natt.backup", now=NOW, who="driften")
    again = House.open(f"sqlite:///{tmp_path}/ny.db")
    assert seen(again)["backup"].level == "varning"  # of this database there is none
    again.database.close()


def test_mail_that_waits_is_found_where_it_should_have_left(house: House) -> None:
    waits = "INSERT INTO message (id, recipient, office, region, uppdrag, subject, status, created_at, not_before, "
    waits += "attempts, next_try_at, fence, leased_by, response) VALUES ('m', 'e@r03.example', 'hsd', '-', '-', 'Hej', "
    waits += "'koad', "
    waits += "'2026-03-27 05:00:00.000000', '2026-03-27 05:00:00.000000', 0, "
    waits += "'2026-03-27 05:00:00.000000', 0, '', '')"
    assert seen(house, mail="skarp")["mail"].level == "bra"
    with house.database.transaction() as session:
        session.connection.execute(waits)
    late = seen(house, mail="skarp")["mail"]
    assert (late.level, "1 mejl" in late.text, "2026-03-27 06:00" in late.text) == ("fel", True, True)
    assert seen(house, mail="av")["mail"].level == "varning"


def test_files_that_others_may_read_or_change_are_found(tmp_path: Path) -> None:
    file = tmp_path / "uppdrag.db"
    file.touch()
    chosen = Settings(database_url=f"sqlite:///{file}")
    for mode, shut, level in (
        (0o600, False, "bra"), (0o640, False, "bra"), (0o644, False, "fel"), (0o660, False, "fel"),
        (0o644, True, "bra"), (0o602, False, "fel"),
    ):  # fmt: skip
        for folder in (tmp_path, *tmp_path.parents):
            if folder.is_relative_to("/tmp") and folder != Path("/tmp"):  # noqa: S108 - where pytest keeps its files
                folder.chmod(0o755)
        tmp_path.chmod(0o700 if shut else 0o755)
        file.chmod(mode)
        (found,) = diagnosing_machine.permissions(chosen, {})
        assert found.level == level, f"{mode:o} {shut}"


def test_room_on_the_disk_is_weighed_against_the_database() -> None:
    for free, level in ((10**8, "fel"), (10**9 - 1, "varning"), (10**10, "bra")):
        assert [f.level for f in diagnosing_machine.space(Disk(used=10**6, free=free))] == [level]
    assert [f.level for f in diagnosing_machine.space(Disk(used=10**10, free=3 * 10**10))] == ["varning"]


def test_a_library_in_another_version_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert [f.level for f in diagnosing_machine.versions() if f.area == "libraries"] == ["bra"]
    lock = tmp_path / "server.txt"
    lock.write_text("sqlalchemy==1.0.0 \\\n    --hash=sha256:0\nnot-here==2.0 ; sys_platform == 'win32'\n")
    monkeypatch.setattr(diagnosing_machine, "LOCKS", (lock,))
    (found,) = (f for f in diagnosing_machine.versions() if f.area == "libraries")
    assert (found.level, "sqlalchemy" in found.text, "not-here" in found.text) == ("varning", True, False)


@pytest.mark.parametrize(("days", "level"), [(-1, "fel"), (3, "fel"), (20, "varning"), (90, "bra")])
def test_a_certificate_in_a_file_is_told_by_its_day(tmp_path: Path, days: int, level: str) -> None:
    now = datetime.now(UTC)
    file = tmp_path / "klient.pem"
    issued = trustme.CA().issue_cert("db.example", not_after=now + timedelta(days=days))
    issued.cert_chain_pems[0].write_to_path(file)
    chosen = Settings(database_url=f"postgresql+psycopg://db.example/uppdrag?sslcert={file}")
    (found,) = diagnosing_machine.certificates(chosen, now, connect=False)
    assert found.level == level
    file.write_text("inget")
    (found,) = diagnosing_machine.certificates(chosen, now, connect=False)
    assert found.level == "fel"


@pytest.fixture
def shown() -> Iterator[tuple[int, int, datetime]]:
    """Two servers on this machine with a certificate that ends in ten days: at once, and after STARTTLS."""
    ends = (datetime.now(UTC) + timedelta(days=10)).replace(microsecond=0)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1", not_after=ends).configure_cert(context)
    listening = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]

    def serve(place: socket.socket, starttls: bool) -> None:
        try:
            plain, _ = place.accept()
            with plain:
                if starttls:
                    plain.sendall(b"220 relay.example\r\n")
                    plain.recv(100)
                    plain.sendall(b"250-relay.example\r\n250 STARTTLS\r\n")
                    plain.recv(100)
                    plain.sendall(b"220 go ahead\r\n")
                with context.wrap_socket(plain, server_side=True) as secure:
                    secure.recv(1)
        except OSError:
            pass

    threads = [threading.Thread(target=serve, args=(place, bool(n))) for n, place in enumerate(listening)]
    for thread in threads:
        thread.start()
    yield listening[0].getsockname()[1], listening[1].getsockname()[1], ends
    for place in listening:
        place.close()
    for thread in threads:
        thread.join(5)


def test_a_server_is_asked_for_its_certificate_only_where_that_is_wanted(shown: tuple[int, int, datetime]) -> None:
    at_once, after, ends = shown
    chosen = Settings(smtp=replace(SENT, port=at_once))
    (silent,) = diagnosing_machine.certificates(chosen, NOW, connect=False)
    assert (silent.level, "--connect" in silent.text) == ("bra", True)
    now = datetime.now(UTC)
    (found,) = diagnosing_machine.certificates(chosen, now, connect=True)
    assert (found.level, f"127.0.0.1:{at_once}" in found.text) == ("varning", True)
    assert certificates.of_server("127.0.0.1", after, starttls=True) == ends


def test_a_server_that_does_not_answer_is_told_of(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    (found,) = diagnosing_machine.certificates(Settings(smtp=replace(SENT, port=port)), NOW, connect=True)
    assert found.level == "fel"


def test_the_doctor_changes_nothing(house: House) -> None:
    with house.database.transaction() as session:
        beat(session, Heartbeat("clock@a:1", "clock", NOW, ""))
    before = Path(house.database.path).read_bytes()
    seen(house)
    assert Path(house.database.path).read_bytes() == before
