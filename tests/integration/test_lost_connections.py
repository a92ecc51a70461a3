"""A connection that is lost, a server that restarts, a standby that takes over: nothing twice, nothing lost, the truth
told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from starlette.requests import Request

from storage import heartbeats
from storage.database import Database
from tests.cast import KANSLI, NOW
from tests.conftest import Postgres, furnish
from tests.integration.doing import with_the_regions
from tests.integration.servers import Cut, Server, Wire, until
from tests.reliability import Tried
from tests.web import visiting
from uppdrag import settings, words
from uppdrag.service import commands, queries, running
from uppdrag.service.house import House
from uppdrag.web.api import problems
from workflow.commands import Advance
from workflow.errors import StorageUnavailable
from workflow.events import Advanced, Recorded

POSTPONE = Advance(actor=KANSLI, trigger="bordlagg")
ID = "U2026-01"
ANSWER = {"utfall": "antagen", "instans": "RF", "datum": "2026-03-20", "paragraf": "88", "dnr": "RS 2026-17"}


def is_postponed(e: Recorded) -> bool:
    return isinstance(e.event, Advanced) and e.event.trigger == POSTPONE.trigger


@pytest.fixture
def wire(postgres_url: str) -> Iterator[Wire]:
    """A wire to the shared server."""
    wire = Wire(Path(str(make_url(postgres_url).query["host"])) / ".s.PGSQL.5432")
    yield wire
    wire.close()


@pytest.fixture
def far(postgres_url: str, wire: Wire) -> Iterator[House]:
    """A house whose server is at the other end of the wire."""
    name = make_url(postgres_url).database
    house = House.open(f"postgresql+psycopg://postgres@127.0.0.1:{wire.port}/{name}?sslmode=disable&gssencmode=disable")
    yield house
    house.database.close()


@pytest.mark.parametrize("where", ["before", "after", "late"])
def test_a_command_whose_answer_is_lost_is_done_once_under_its_key(
    far: House, wire: Wire, where: Cut, tried: Tried
) -> None:
    before = len(queries.history(far, ID))
    wire.cut(where)
    answer = commands.handle(far, ID, POSTPONE, now=NOW, key="nyckel")
    assert wire.cuts == 1
    assert answer.repeated is (where != "before"), "what was kept is found, not done again"
    assert queries.history(far, ID)[before:] == list(answer.events)
    wire.cut(where, where)
    made = commands.new(far, commands.New(title="Nytt", lifecycle="atagande", actor=KANSLI), now=NOW, key="ny")
    assert wire.cuts == 3, "it was lost twice"
    assert [e.stream for e in queries.history(far, made.uppdrag)] == [made.uppdrag] * len(made.events)
    assert queries.verify(far).findings == ()
    tried("Förbindelser", "TCP avklippt vid COMMIT: före, efter och medan det kom fram för sent, med nyckel", wire.cuts,
          "registrerat exakt en gång")  # fmt: skip


@pytest.mark.parametrize(("where", "kept"), [("before", 0), ("after", 1)])
def test_without_a_key_somebody_is_told_that_nobody_knows(
    far: House, wire: Wire, where: Cut, kept: int, tried: Tried
) -> None:
    before = len(queries.history(far, ID))
    wire.cut(where)
    with pytest.raises(StorageUnavailable) as told:
        commands.handle(far, ID, POSTPONE, now=NOW)
    assert told.value.code == "uncertain"
    (sentence,) = words.error(told.value)
    assert "Det går inte att säga om det registrerades. Se historiken" in sentence
    assert len(queries.history(far, ID)) == before + kept
    tried("Förbindelser", "TCP avklippt vid COMMIT, utan nyckel", wire.cuts,
          "den som frågade fick veta att ingen vet, och att se i historiken")  # fmt: skip


def test_what_is_in_doubt_stays_so_while_the_server_is_away(
    far: House, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uppdrag.service.persevering.PAUSES", (0.01, 0.01))
    wire.cut("after")
    wire.gone_after_cut = True
    with pytest.raises(StorageUnavailable) as told:
        commands.handle(far, ID, POSTPONE, now=NOW, key="nyckel")
    assert told.value.code == "uncertain", "not that the server cannot be reached: it may have kept it"


def test_a_form_is_registered_once_and_pages_open_though_every_connection_is_lost(
    far: House, wire: Wire, tried: Tried
) -> None:
    id = with_the_regions(far, "01", "03")
    with visiting(far) as somebody:
        somebody.log_in("region", "03", name="Eva Lind")
        hidden = somebody.hidden(somebody.get(f"/svar/{id}/03"))
        before = len(queries.history(far, id))
        wire.cut("after")
        done = somebody.post(f"/svar/{id}/03", {**hidden, **ANSWER, "steg": "registrera"})
        assert (done.status_code, wire.cuts) == (303, 1)
        assert len(queries.history(far, id)) == before + 1
        for _ in range(3):
            wire.cut_all()
            assert somebody.get(f"/svar/{id}/03").status_code == 200, "pages notice nothing"
        wire.cut_at(b"regionbeslut")
        assert somebody.get(f"/svar/{id}/03").status_code == 200, "nor when it is lost in the middle of one"
        assert wire.cuts == 2
    tried("Förbindelser", "varje förbindelse avklippt medan sidor öppnas och formulär sänds", wire.cuts + 3,
          "sidorna öppnades, svaret registrerades en gång")  # fmt: skip


def test_a_page_tells_when_nobody_knows(far: House, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    def doubtful(*_: object, **__: object) -> None:
        raise StorageUnavailable("uncertain", "hemligt", passing=True)

    monkeypatch.setattr("uppdrag.service.answering.register", doubtful)
    id = with_the_regions(far, "01", "03")
    with visiting(far) as somebody:
        somebody.log_in("region", "03", name="Eva Lind")
        hidden = somebody.hidden(somebody.get(f"/svar/{id}/03"))
        told = somebody.post(f"/svar/{id}/03", {**hidden, **ANSWER, "steg": "registrera"})
    assert told.status_code == 503
    assert "Det går inte att säga om det registrerades" in told.text
    assert "historik" in told.text
    assert "hemligt" not in told.text
    problem = problems.of(Request({"type": "http"}), StorageUnavailable("uncertain", "hemligt"))
    assert (problem.status, problem.code) == (503, "unavailable")
    assert "Skicka samma anrop igen med samma Idempotency-Key: det registreras bara en gång." in problem.detail


def test_requests_go_on_when_the_server_has_ended_every_connection(
    far: House, postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    sessions = [far.database.reading() for _ in range(4)]
    for one in sessions:
        one.__enter__()
    for one in sessions:
        one.__exit__(None, None, None)
    name = make_url(str(far.database.url)).database
    postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    for number in range(6):
        assert commands.handle(far, ID, POSTPONE, now=NOW, key=f"nyckel {number}").repeated is False
    assert "tried_again" not in caplog.text, "nothing had been asked on those that were lost"


def test_the_server_that_answers_is_found_among_several(postgres_url: str, wire: Wire) -> None:
    gone = Wire(Path("/nowhere"))
    name = make_url(postgres_url).database
    found = Database(
        f"postgresql+psycopg://postgres@127.0.0.1:{gone.port},127.0.0.1:{wire.port}/{name}?sslmode=disable&gssencmode=disable"
    )
    with found.transaction() as session:
        assert list(session.raw("SELECT 1")) == [(1,)]
    assert found.url.query["target_session_attrs"] == "read-write"
    found.close()
    gone.close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.remove()


@pytest.mark.soak
def test_clock_sender_and_commands_go_on_after_a_restart(server: Server) -> None:
    furnish(server.url(), plan=True)
    house, stop = House.open(server.url()), threading.Event()
    chosen = replace(settings.read({}), mail="simulera")
    at_work = threading.Thread(
        target=running.serve, args=(house, chosen, ("clock", "sender")),
        kwargs={"every": timedelta(seconds=0.2), "stop": stop},
    )  # fmt: skip
    at_work.start()
    try:
        for how in ("fast", "immediate"):
            until(lambda: len(_beats(house)) == 2)
            server.stop(how)
            starting = threading.Timer(0.5, server.start)
            starting.start()
            answer = commands.handle(house, ID, POSTPONE, now=NOW, key=how)
            assert not answer.repeated
            starting.join()
            until(partial(_have_beaten, house, _beats(house)))
            for number in range(5):
                commands.handle(house, ID, POSTPONE, now=NOW, key=f"{how} {number}")
        assert queries.verify(house).findings == ()
    finally:
        stop.set()
        at_work.join()


def _have_beaten(house: House, since: dict[str, datetime]) -> bool:
    return all(at > since[kind] for kind, at in _beats(house).items())


def _beats(house: House) -> dict[str, datetime]:
    with house.database.reading() as session:
        return {beat.kind: beat.beat_at for beat in heartbeats.every(session)}


@pytest.mark.soak
def test_nothing_is_lost_or_done_twice_when_a_standby_takes_over(server: Server, tried: Tried) -> None:
    furnish(server.url(), plan=True)
    standby = Server(copy_of=server)
    server.run("ALTER SYSTEM SET synchronous_standby_names = '*'")  # else the last commits may be on one server only
    server.run("SELECT pg_reload_conf()")
    both = f"postgresql+psycopg://postgres@127.0.0.1:{standby.wire.port},127.0.0.1:{server.wire.port}/postgres"
    url = f"{both}?sslmode=disable&gssencmode=disable"
    accepted: list[str] = []
    enough, after = threading.Event(), threading.Event()

    def work(number: int) -> None:
        house, n = House.open(url), 0
        while not after.is_set() or n % 10:
            key = f"{number}:{n}"
            n += 1
            while key not in accepted:
                with suppress(StorageUnavailable):  # longer away than a page waits: somebody sends it again
                    commands.handle(house, f"U2026-{number:02d}", POSTPONE, now=NOW, key=key)
                    accepted.append(key)
            if len(accepted) > 100:
                enough.set()
        house.database.close()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(1, 5)]
    for worker in workers:
        worker.start()
    try:
        assert enough.wait(60)
        server.stop("immediate")
        standby.promote()
        so_far = len(accepted)
        until(lambda: len(accepted) > so_far + 100)
        after.set()
        for worker in workers:
            worker.join()
        house = House.open(url)
        histories = [queries.history(house, f"U2026-{n:02d}") for n in range(1, 5)]
        there = [e for history in histories for e in history if is_postponed(e)]
        assert len(accepted) == len(set(accepted)) == len(there)
        assert queries.verify(house).findings == ()
        house.database.close()
        tried("Förbindelser", "kommandon medan en reservserver tog över", len(accepted), "alla kvar, inget två gånger")
    finally:
        after.set()
        standby.remove()
