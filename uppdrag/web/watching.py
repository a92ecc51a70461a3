"""What a monitor asks: whether the process lives, whether it may be let in to, and its numbers. By any name that the
machine has, without a session, and never kept in the access log."""

from __future__ import annotations

import hmac
import json

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response

from uppdrag.service import health, metrics
from uppdrag.web.api.problems import Problem
from uppdrag.web.permissions import Permission
from uppdrag.web.state import web_of

ALIVE, READY, NUMBERS = "/halsa", "/halsa/redo", "/halsa/matvarden"
WATCHED = frozenset({ALIVE, READY, NUMBERS})
_SAFE = ["GET", "HEAD"]
_WHY = {
    "missing": "Databasen saknas.", "older": "Databasen har ett äldre schema än programmet.",
    "newer": "Databasen har ett nyare schema än programmet.", "busy": "Databasen är upptagen.",
    "full": "Disken är full.", "damaged": "Databasen är skadad.",
}  # fmt: skip


class Anybody(Permission):
    """For whoever asks. Nobody is looked up, and no thread is waited for: those may all be waiting for the database."""

    async def __call__(self, request: Request) -> None:
        """Lets everybody in, as nobody in particular."""


class WithNumbersKey(Permission):
    """For a monitor that has the key of UPPDRAG_METRICS_TOKEN. Where none is set there is no such address."""

    async def __call__(self, request: Request) -> None:
        """Raises Problem: 404 or 401."""
        wanted = web_of(request).settings.metrics_token
        if not wanted:
            raise Problem("no_such_address", "Mätvärdena är avstängda. UPPDRAG_METRICS_TOKEN öppnar dem.")
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        sent = given.strip().encode("latin-1")  # as a header's bytes are read
        if kind.casefold() != "bearer" or not hmac.compare_digest(sent, wanted.encode()):
            told = "Anropet har inte rätt nyckel. Skicka den så: Authorization: Bearer …"
            raise Problem("unauthorized", told, headers={"WWW-Authenticate": 'Bearer realm="uppdrag"'})


def install(app: FastAPI) -> None:
    """Add the addresses to an application."""
    app.add_api_route(ALIVE, _alive, methods=_SAFE, dependencies=[Depends(Anybody())])
    app.add_api_route(READY, _ready, methods=_SAFE, dependencies=[Depends(Anybody())])
    app.add_api_route(NUMBERS, _numbers, methods=_SAFE, dependencies=[Depends(WithNumbersKey())])


async def _alive(_: Request) -> Response:
    """The process answers; nothing else is touched."""
    return _told(200, "lever", "Processen svarar.")


def _ready(request: Request) -> Response:
    """The database answers and has this program's schema."""
    why = health.ready(web_of(request).house)
    if not why:
        return _told(200, "redo", "Databasen svarar och har rätt schema.")
    return _told(503, why, _WHY.get(why, "Databasen svarar inte."))


def _numbers(request: Request) -> Response:
    """The numbers of the database and of this process."""
    return Response(web_of(request).meters.text(), media_type=metrics.MEDIA_TYPE)


def _told(status: int, code: str, text: str) -> Response:
    told = json.dumps({"status": code, "text": text}, ensure_ascii=False)
    return Response(told, status_code=status, media_type="application/json")
