"""The routes of the API: each says who it is for, what it takes and what it answers; all that OpenAPI tells of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response

from uppdrag.service.persevering import persevering
from uppdrag.web.api import asked
from uppdrag.web.api.access import Bearer
from uppdrag.web.api.asked import Asked, DryRun, Nothing
from uppdrag.web.api.calls import Call, Reply
from uppdrag.web.api.problems import Problem
from uppdrag.web.permissions import Permission
from uppdrag.web.state import web_of

ROOT = "/api/v1"
F = TypeVar("F", bound=Callable[..., Reply])


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A route. `answer` is the shape of what it answers, in a page where `paged`; `changes` what If-Match is about,
    empty where nothing that is there is changed."""

    method: str
    path: str
    summary: str
    says: str
    tag: str
    permission: Permission
    handler: Callable[..., Reply]
    answer: type
    query: type[Asked] = Nothing
    body: type[Asked] | None = None
    paged: bool = False
    several: bool = False
    status: int = 200
    changes: str = ""

    @property
    def id(self) -> str:
        """What programs call it."""
        return self.handler.__name__


class Routes:
    """Routes of one kind, to be installed together."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.operations: list[Operation] = []
        self._maker = APIRouter()

    def get(
        self, path: str, summary: str, answer: type, *, says: str = "", query: type[Asked] = Nothing,
        paged: bool = False, several: bool = False,
    ) -> Callable[[F], F]:  # fmt: skip
        """A question, for whoever may read."""

        def added(handler: F) -> F:
            self.operations.append(
                Operation(
                    method="GET", path=path, summary=summary, says=says, tag=self.tag, permission=Bearer("read"),
                    handler=handler, answer=answer, query=query, paged=paged, several=several,
                )
            )  # fmt: skip
            return handler

        return added

    def post(
        self, path: str, summary: str, answer: type, *, body: type[Asked], scopes: tuple[str, ...], changes: str = "",
        says: str = "", status: int = 200, several: bool = False,
    ) -> Callable[[F], F]:  # fmt: skip
        """A command, for those whose key has one of some scopes."""

        def added(handler: F) -> F:
            self.operations.append(
                Operation(
                    method="POST", path=path, summary=summary, says=says, tag=self.tag, permission=Bearer(*scopes),
                    handler=handler, answer=answer, query=DryRun, body=body, several=several, status=status,
                    changes=changes,
                )
            )  # fmt: skip
            return handler

        return added

    def install(self, app: FastAPI) -> None:
        """Add the routes to an application; they are made once."""
        for operation in self.operations[len(self._maker.routes) :]:
            reading = operation.method == "GET"
            self._maker.add_api_route(
                ROOT + operation.path, persevering(_endpoint(operation)) if reading else _endpoint(operation),
                methods=["GET", "HEAD"] if reading else ["POST"],
                dependencies=[Depends(operation.permission), *([] if reading else [Depends(_read)])],
            )  # fmt: skip
        app.router.routes.extend(self._maker.routes)


def _endpoint(operation: Operation) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        call = Call(request, request.state.client, web_of(request).settings.now())
        given: list[Any] = [asked.query(request, operation.query)]
        if operation.body is not None:
            given.append(asked.body(request, operation.body))
        reply = operation.handler(call, *given)
        if operation.body is not None:
            return reply.respond(request, tagged=False)
        return reply.respond(request, tagged=True)

    return endpoint


async def _read(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind != "application/json":
        told = "Skicka JSON, med Content-Type: application/json. Inget har registrerats."
        raise Problem("media_type", told, headers={"Accept-Post": "application/json"})
    request.state.body = await request.body()
