"""Every page, by every role, for one's own region and another's: as who_may_what.txt declares it, line by line.

A new page stops this test until somebody has written down who may use it. `python -m tests.integration.test_web_matrix`
shows what the program does today; compare it with what it should do before a line is taken over.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute
from httpx2 import Response

from tests.integration.doing import decide, with_the_regions
from tests.reliability import Tried
from tests.web import SETTINGS, Visiting, visiting
from uppdrag.service import queries
from uppdrag.service.house import House
from uppdrag.service.signing_in import WebRole
from uppdrag.web.app import create_app
from uppdrag.web.permissions import Allow

DECLARED = Path(__file__).parent / "who_may_what.txt"
OWN, OTHERS = "03", "01"
COLUMNS: tuple[tuple[str, WebRole | None, str], ...] = (
    ("ingen", None, OWN), ("kansli", "kansli", OWN), ("chefsgrupp", "chefsgrupp", OWN), ("egen", "region", OWN),
    ("annans", "region", OTHERS), ("insyn", "insyn", OWN), ("drift", "drift", OWN),
)  # fmt: skip
_OF_THE_RECORD = (
    "POST /uppdrag",
    "POST /svar",
    "POST /regioner",
    "POST /inkommet",
    "POST /utskick",
    "POST /moten",
    "POST /rapporter",
)
_ENDS_THE_SESSION = ("/logga-ut", "/inloggningar")


def test_every_page_is_for_whom_it_is_declared(house: House, tried: Tried) -> None:
    declared = [line for line in DECLARED.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    found = list(matrix(house))
    differing = [f"+ {f}" for f in found if f not in declared] + [f"- {d}" for d in declared if d not in found]
    assert not differing, "\n".join(["does not agree with who_may_what.txt:", *differing])
    tried("Åtkomst", "varje sida och metod, för varje roll, egen och annans region", len(found) * len(COLUMNS),
          "bara den som är angiven släpptes in")  # fmt: skip


def test_nobody_but_the_kansli_and_a_region_can_change_anything_of_a_matter() -> None:
    """The declaration itself: what is posted under these addresses is the record."""
    for line in DECLARED.read_text(encoding="utf-8").splitlines():
        if line.startswith(_OF_THE_RECORD):
            cells = dict(zip((c[0] for c in COLUMNS), line.split()[2:], strict=True))
            assert cells["ingen"] == "in", line
            assert {cells["chefsgrupp"], cells["insyn"], cells["drift"]} == {"nej"}, line
            assert "{lanskod}" not in line or cells["annans"] == "nej", line


def matrix(house: House) -> Iterator[str]:
    """One line per method and page: `ja`, `nej`, or `in` where a login is wanted, for each column."""
    id = with_the_regions(house, OWN, OTHERS)
    for region in (OWN, OTHERS):
        decide(house, id, region)
    seqs = {e.region: str(e.seq) for e in queries.history(house, id) if e.region}
    app = create_app(house, SETTINGS)
    seen: dict[tuple[str, str], list[str]] = {}
    with visiting(house, app=app) as at:
        for _, role, region in COLUMNS:
            _be(at, role)
            for route in pages(app):
                known = {"id": id, "lanskod": region, "trigger": "pausa", "seq": seqs[region], "version": "1",
                         "name": "x", "act": "x", "number": "1", "day": "2026-04-24",
                         "year": "2026", "month": "2026-02", "token": "x"}  # fmt: skip
                for method in sorted(route.methods or ()):
                    seen.setdefault((method, route.path), []).append(
                        _told(_ask(at, method, route.path_format.format(**known)))
                    )
                    if method == "POST" and route.path in _ENDS_THE_SESSION:
                        _be(at, role)
    for (method, path), cells in sorted(seen.items(), key=lambda one: (one[0][1], one[0][0])):
        if method == "HEAD" and cells == seen["GET", path]:
            continue  # as it should be
        yield f"{method:4} {path:52} {' '.join(f'{cell:3}' for cell in cells)}".rstrip()


def pages(app: FastAPI) -> list[APIRoute]:
    """The pages of an application; its API has keys in the place of sessions."""
    return [
        route for route in app.routes
        if isinstance(route, APIRoute) and any(isinstance(d.dependency, Allow) for d in route.dependencies)
    ]  # fmt: skip


def _be(at: Visiting, role: WebRole | None) -> None:
    if role:
        at.log_in(role, OWN if role == "region" else "")


def _ask(at: Visiting, method: str, path: str) -> Response:
    if method == "POST":
        return at.post(path, {})
    return at.client.request(method, path, follow_redirects=False)


def _told(response: Response) -> str:
    wanted = response.headers.get("location", "").startswith("/logga-in?vidare=")
    return "in" if response.status_code == 303 and wanted else "nej" if response.status_code == 403 else "ja"


if __name__ == "__main__":
    import sys
    import tempfile

    from tests.conftest import furnish

    with tempfile.TemporaryDirectory() as folder:
        furnish(f"sqlite:///{folder}/uppdrag.db", plan=True)
        at_home = House.open(f"sqlite:///{folder}/uppdrag.db")
        sys.stdout.write("".join(f"{line}\n" for line in matrix(at_home)))
        at_home.database.close()
