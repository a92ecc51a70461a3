"""Who may see and do what: every route says so itself, and one that does not stops the start."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from uppdrag.service import form_tokens, signing_in
from uppdrag.service.persevering import persevering
from uppdrag.service.signing_in import WEB_ROLES, WebRole
from uppdrag.web.state import visitor_of, web_of

F = TypeVar("F", bound=Callable[..., Any])

PUBLIC: tuple[WebRole, ...] = ()
"""Stands for everybody, logged in or not."""
EVERYBODY: tuple[WebRole, ...] = WEB_ROLES
READERS: tuple[WebRole, ...] = ("kansli", "chefsgrupp", "region", "insyn")
MAX_FIELDS = 200
_SAFE = ("GET", "HEAD")


class LoginWanted(Exception):
    """Only those see this who are logged in."""


class Forbidden(Exception):
    """Who is logged in may not do this. `why`: `role`, `region` (another's), `form` (not posted from our own pages) or
    `session` (from a page of ours that another session was shown)."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class PermissionMissing(RuntimeError):
    """A route that does not say who may use it."""


class Permission(ABC):
    """What a route says of who may use it. Each route has one, as a dependency."""

    @abstractmethod
    def __call__(self, request: Request) -> Awaitable[None] | None:
        """Raises what tells that somebody may not."""


class Allow(Permission):
    """The roles that a route is for. Knows the visitor, and lets no other site post a form in a visitor's name."""

    def __init__(self, roles: tuple[WebRole, ...]) -> None:
        self.roles = roles

    def __call__(self, request: Request) -> None:
        """Raises LoginWanted or Forbidden."""
        web = web_of(request)
        token = request.cookies.get(web.session_cookie, "")
        visitor = signing_in.visitor(web.house, token, now=web.settings.now())
        request.state.visitor = visitor
        request.state.token = token if visitor else ""
        if request.method not in _SAFE:
            _check_origin(request)
        if self.roles and visitor is None:
            raise LoginWanted
        if self.roles and visitor is not None and visitor.role not in self.roles:
            raise Forbidden("role")
        if request.method in _SAFE or visitor is None:
            return
        if not form_tokens.is_form_token(token, str(request.state.form.get("formular", ""))):
            raise Forbidden("session" if self.roles else "form")


class AllowByLink(Allow):
    """For whoever has the link, which nobody can guess: there is no session that another site could misuse."""

    def __init__(self) -> None:
        super().__init__(PUBLIC)

    def __call__(self, request: Request) -> None:
        """Lets everybody in, as nobody in particular."""
        request.state.visitor = None
        request.state.token = ""


class Pages:
    """Routes that say who they are for."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, Callable[..., Any], list[str], list[Any]]] = []
        self._maker = APIRouter()

    def get(self, path: str, roles: tuple[WebRole, ...]) -> Callable[[F], F]:
        """A page, which changes nothing."""
        return self._add(path, list(_SAFE), [Depends(Allow(roles))])

    def post(self, path: str, roles: tuple[WebRole, ...], *, files: int = 0) -> Callable[[F], F]:
        """What a form is posted to, with at most so many files."""
        return self._add(path, ["POST"], [Depends(_reading(files)), Depends(Allow(roles))])

    def get_by_link(self, path: str) -> Callable[[F], F]:
        """A page for whoever has the link, which changes nothing."""
        return self._add(path, list(_SAFE), [Depends(AllowByLink())])

    def post_by_link(self, path: str) -> Callable[[F], F]:
        """What whoever has the link posts to."""
        return self._add(path, ["POST"], [Depends(_reading(0)), Depends(AllowByLink())])

    def install(self, app: FastAPI) -> None:
        """Add the routes to an application, each as itself: FastAPI would hide those of a router inside one route.

        What a route is costs more to find out than to serve: it is made once, and knows nothing of its application.
        """
        made = self._maker.routes
        for path, handler, methods, dependencies in self._routes[len(made) :]:
            # A page only reads: what a lost connection broke off is read again.
            safe = persevering(handler) if "GET" in methods else handler
            self._maker.add_api_route(
                path, safe, methods=methods, dependencies=dependencies, response_class=HTMLResponse
            )
        app.router.routes.extend(made)

    def _add(self, path: str, methods: list[str], dependencies: list[Any]) -> Callable[[F], F]:
        def added(handler: F) -> F:
            self._routes.append((path, handler, methods, dependencies))
            return handler

        return added


def own_region(request: Request, lanskod: str) -> None:
    """Raises Forbidden where somebody of one region asks for what is another's own."""
    visitor = visitor_of(request)
    if visitor is not None and visitor.role == "region" and visitor.region != lanskod:
        raise Forbidden("region")


def form_of(request: Request) -> dict[str, str]:
    """What was posted, each field once; the last where one came twice."""
    form: dict[str, str] = request.state.form
    return form


def files_of(request: Request) -> dict[str, tuple[str, bytes]]:
    """The files that were posted: name and content by field, those left out that have neither."""
    files: dict[str, tuple[str, bytes]] = request.state.files
    return files


def check(app: FastAPI) -> None:
    """Raises PermissionMissing where a route does not say who it is for."""
    for route in app.routes:
        said = [d.dependency for d in route.dependencies] if isinstance(route, APIRoute) else []
        if sum(isinstance(one, Permission) for one in said) != 1:
            raise PermissionMissing(f"{getattr(route, 'path', route)} does not say who may use it")


def permission(route: APIRoute) -> tuple[WebRole, ...]:
    """The roles that a route is for."""
    return next(d.dependency.roles for d in route.dependencies if isinstance(d.dependency, Allow))


def _reading(files: int) -> Callable[[Request], Awaitable[None]]:
    async def read(request: Request) -> None:
        async with request.form(max_files=files, max_fields=MAX_FIELDS) as form:
            request.state.form = {name: value for name, value in form.multi_items() if isinstance(value, str)}
            request.state.files = {
                name: (value.filename or "", await value.read())
                for name, value in form.multi_items()
                if not isinstance(value, str) and value.filename
            }

    return read


def _check_origin(request: Request) -> None:
    """A browser says where a form was posted from, in Origin or Sec-Fetch-Site; neither may say that it was elsewhere.

    Under our Referrer-Policy Chromium's Origin is `null` also from our own pages (Fetch standard, "append a request
    Origin header"): then the other must say that it was from here.
    """
    origin, site = request.headers.get("origin", "null"), request.headers.get("sec-fetch-site")
    elsewhere = site not in (None, "same-origin")
    if elsewhere or (origin not in web_of(request).origins and (origin != "null" or site is None)):
        raise Forbidden("form")
