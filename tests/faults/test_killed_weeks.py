"""`kill -9` of pages, clock, sender and PostgreSQL at any moment: what was answered is kept, once; no mail is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import furnish
from tests.faults.killed_weeks import Weeks
from tests.faults.relay import Relay
from tests.integration.servers import Server
from tests.reliability import Tried

CI, SOAK = 2, 12
"""Weeks."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.remove()


def lived(weeks: int, url: str, folder: Path, seed: int, server: Server | None, tried: Tried) -> None:
    with Relay(folder / "relay.jsonl") as relay:
        life = Weeks(url, relay, folder, seed, server)
        life.live(weeks)
    killed = ", ".join(f"{n} {part}" for part, n in sorted(life.kills.items()))
    seen = f"frö {seed}: {killed}; {life.repeats} omsända svar, {life.known} redan registrerade"
    print(f"{seen}; {life.twice} mejl två gånger")  # noqa: T201 - what was seen
    assert all(life.kills[part] for part in ("web", "clock", "sender", *(["server"] if server else [])))
    where = "PostgreSQL" if server else "SQLite"
    names = {"web": "sidorna", "clock": "klockan", "sender": "utskicken", "server": "PostgreSQL självt"}
    for part, times in sorted(life.kills.items()):
        tried("Processer", f"kill -9 av {names[part]} under simulerade veckor, på {where}", times,
              "inget kvitterat borta, inget mejl borta, verify rent")  # fmt: skip
    assert life.known, "at least one a week was registered although its answer was lost"
    tried("Processer", f"svar som redan var registrerade när de sändes om, på {where}", life.known,
          "ingen händelse till")  # fmt: skip
    tried("Processer", f"svar från sidorna med nyckel medan processerna dödas, på {where}", len(life.posted),
          "exakt en händelse och ett kvitto för varje")  # fmt: skip


@pytest.mark.parametrize(
    ("seed", "weeks"), [(1, CI), *(pytest.param(s, SOAK, marks=pytest.mark.soak) for s in range(2, 7))]
)
@pytest.mark.sqlite_file("one house of each kind is enough")
def test_weeks_of_kills_on_sqlite(sqlite_url: str, tmp_path: Path, seed: int, weeks: int, tried: Tried) -> None:
    lived(weeks, sqlite_url, tmp_path, seed, None, tried)


@pytest.mark.parametrize(
    ("seed", "weeks"), [(1, 1), *(pytest.param(s, SOAK, marks=pytest.mark.soak) for s in range(2, 5))]
)
def test_weeks_of_kills_on_postgresql_whose_own_server_is_killed_too(
    server: Server, tmp_path: Path, seed: int, weeks: int, tried: Tried
) -> None:
    furnish(server.direct, plan=True)
    lived(weeks, server.direct, tmp_path, seed, server, tried)
