"""How cost grows: NSPL once, ten, a hundred and a thousand times over, and 100,000 uppdrag that 300 parties decide on.

python -m benchmarks.growth, and then with --largest: prints the tables of docs/scale.md. `skala` has the bars.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from fastapi.testclient import TestClient

from benchmarks.scale_data import TOKEN, lived
from benchmarks.scenario import ACTOR, LIFECYCLE, NOW, VERSION
from definitions.holidays import work_calendar
from storage import in_hand, listing
from storage import queries as kept
from storage.in_hand import State
from uppdrag import settings
from uppdrag.service import backups, clockwork, commands, queries
from uppdrag.service.house import House
from uppdrag.web.app import create_app
from workflow.commands import Decide
from workflow.status import Listed, StatusFilter

TIMES = (1, 10, 100, 1_000)
UPPDRAG, PARTIES, OPEN = 100_000, 300, 10_000
_ROUNDS = 7
_SOME = """
INSERT INTO uppdrag (id, year, number, state, final, parent, {rest})
SELECT 'S' || x, 1926 + x / 1000, 1000 + x, iif(x < :closed, 'slutbehandlad', 'regionbeslut'), x < :closed, NULL, {rest}
FROM n, (SELECT * FROM uppdrag WHERE NOT final LIMIT 1)
"""
_TRACKS = """
INSERT INTO regionbeslut (uppdrag, region, category, outcome, {rest})
SELECT 'S' || x, p.region, iif(x < :closed, 'adopted', ''), iif(x < :closed, 'antagen', ''), {rest}
FROM n, p, (SELECT * FROM regionbeslut WHERE category = '' LIMIT 1)
"""
_INDEX = "ix_regionbeslut_region"
_OURS = ("uppdrag", "region", "category", "outcome")
_URL = "http://127.0.0.1:8000"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth")
    parser.add_argument("--largest", action="store_true", help=f"{UPPDRAG} uppdrag × {PARTIES} parter")
    asked = parser.parse_args()
    place = Path("var")
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place, prefix="growth-") as name:
        folder = Path(name).resolve()
        columns = {f"{UPPDRAG} × {PARTIES}": _largest(folder)} if asked.largest else {
            f"{times} ×": _of_nspl(folder, times) for times in TIMES
        }  # fmt: skip
        print("\n".join(_table(columns)))
    print(f"\nPython {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} kärnor; CPU-tid.")


def _of_nspl(folder: Path, times: int) -> Mapping[str, str]:
    path = lived(folder, times)
    connection = sqlite3.connect(path)
    (uppdrag,), (tracks,), (events,) = (
        connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("uppdrag", "regionbeslut", "event")
    )
    ids = [id for (id,) in connection.execute("SELECT id FROM uppdrag WHERE NOT final ORDER BY year, number")]
    connection.close()
    house = House.open(f"sqlite:///{path}")
    middle = ids[len(ids) // 2]
    calendar = work_calendar()
    while clockwork.tick(house, calendar, now=NOW).looked:
        pass
    page = StatusFilter(today=NOW.date(), after=middle, limit=50)
    told = {
        "uppdrag": f"{uppdrag}", "regioners hantering": f"{tracks}", "händelser": f"{events}",
        "databasen": f"{path.stat().st_size / 1e6:.0f} MB",
        "en sida om 50, frågan": _ms(lambda: queries.status(house, page)),
        "ett tick då inget väntar": _ms(lambda: clockwork.tick(house, calendar, now=NOW)),
        "ett regionbeslut": _decisions(house, [i for i in ids if i != middle]),
    }  # fmt: skip
    app = create_app(house, replace(settings.read({}), url=_URL, fixed_now=NOW))
    with TestClient(app, base_url=_URL) as client:
        client.cookies.set("uppdrag", TOKEN)
        for label, address in (
            ("ett uppdrags sida", f"/uppdrag/{middle}"), ("en regions sida", "/regioner/03"),
            ("listan, 50 uppdrag", "/uppdrag"), ("läget i regionerna, 200 uppdrag", "/laget"),
            ("regionerna", "/regioner"), ("sökningen", "/sok?q=riktlinje"), ("att göra", "/att-gora"),
        ):  # fmt: skip
            told[label] = _ms(partial(_opened, client, address))
    told["kontroll av hela loggen"] = _ms(lambda: queries.verify(house), rounds=1)
    told["säkerhetskopia"] = _ms(
        lambda: backups.take(f"sqlite:///{path}", path.with_suffix(".kopia"), now=NOW), rounds=1
    )
    house.database.close()
    for file in folder.iterdir():
        file.unlink()
    return told


def _opened(client: TestClient, address: str) -> None:
    client.get(address).raise_for_status()


def _decisions(house: House, ids: list[str]) -> str:
    """One region after another decides; of the smallest database there are fewer."""
    left = [
        (c.uppdrag, c.region)
        for id in ids[:_ROUNDS]
        for c in queries.detail(house, id, now=NOW).cells if not c.category
    ]  # fmt: skip
    turns = iter(left)

    def decide() -> None:
        id, region = next(turns)
        commands.handle(house, id, Decide(actor=ACTOR, region=region, outcome="antagen", body="RS"), now=NOW)

    return _ms(decide)


def _largest(folder: Path) -> Mapping[str, str]:
    """Tracks alone, as many as there would be: their log is as that of the others, a stream for each uppdrag."""
    path = folder / "largest.db"
    lived(folder, 1).rename(path)
    connection = sqlite3.connect(path, isolation_level=None)
    run = connection.execute
    for pragma in ("foreign_keys = OFF", "journal_mode = OFF", "synchronous = OFF", "cache_size = -400000"):
        run(f"PRAGMA {pragma}")
    columns = [c[1] for c in run("PRAGMA table_info(uppdrag)")]
    rest = ", ".join(c for c in columns if c not in ("id", "year", "number", "state", "final", "parent"))
    made = ", ".join(c[1] for c in run("PRAGMA table_info(regionbeslut)") if c[1] not in _OURS)
    connection.execute("CREATE TEMP TABLE n (x INTEGER)")
    connection.executemany("INSERT INTO n VALUES (?)", ((n,) for n in range(UPPDRAG)))
    connection.execute("CREATE TEMP TABLE p (region TEXT)")
    connection.executemany("INSERT INTO p VALUES (?)", ((f"{n:03d}",) for n in range(1, PARTIES + 1)))
    (index,) = run("SELECT sql FROM sqlite_master WHERE name = ?", (_INDEX,)).fetchone()
    run(f"DROP INDEX {_INDEX}")  # it is quicker made than kept
    for statement in (_SOME.format(rest=rest), _TRACKS.format(rest=made)):
        run(statement, {"closed": UPPDRAG - OPEN})
    run(index)
    connection.close()
    house = House.open(f"sqlite:///{path}")
    state, calendar = State(LIFECYCLE, VERSION, "regionbeslut"), work_calendar()
    open_ = Listed(today=NOW.date(), final=False)
    with house.database.reading() as session:
        return {
            "uppdrag": f"{UPPDRAG}", "parters hantering": f"{UPPDRAG * PARTIES}",
            "databasen": f"{path.stat().st_size / 1e6:.0f} MB",
            "en sida om 50, frågan": _ms(lambda: listing.page(session, open_, skip=0, limit=50)),
            "vad en part har, 200 uppdrag": _ms(lambda: in_hand.open_in(session, "150", [state], limit=200)),
            "hur mycket en part är klar med": _ms(lambda: in_hand.concluded(session, "150")),
            "ett uppdrags 300 parter": _ms(lambda: kept.cells(session, f"S{UPPDRAG - 5}")),
            "ett tick då inget väntar": _ms(lambda: clockwork.tick(house, calendar, now=NOW)),
        }  # fmt: skip


def _ms(work: Callable[[], object], rounds: int = _ROUNDS) -> str:
    """The median CPU time of some work, in milliseconds."""
    costs = []
    for turn in range(rounds + (rounds > 1)):
        start = time.process_time()
        work()
        if turn or rounds == 1:  # the first time fills caches
            costs.append(time.process_time() - start)
    found = median(costs) * 1e3
    return f"{found:.2f} ms" if found < 10 else f"{found:.0f} ms" if found < 10_000 else f"{found / 1e3:.0f} s"


def _table(columns: Mapping[str, Mapping[str, str]]) -> Iterable[str]:
    """The table as Markdown."""
    yield f"| | {' | '.join(columns)} |"
    yield f"|---|{'---:|' * len(columns)}"
    for label in next(iter(columns.values())):
        yield f"| {label} | {' | '.join(told[label] for told in columns.values())} |"


if __name__ == "__main__":
    main()
