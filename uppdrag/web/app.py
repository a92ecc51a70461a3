"""The web application: its routes, and what stands around them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from uppdrag.service.house import House
from uppdrag.service.metrics import Meters
from uppdrag.service.oidc import Provider
from uppdrag.service.overview import Overview
from uppdrag.service.verifying import Verifying
from uppdrag.service.visits import Visits
from uppdrag.settings import Settings
from uppdrag.web import (
    answers,
    beredning,
    beredning_forms,
    budget,
    budget_file,
    budget_fixing,
    calendars,
    entrance,
    errors,
    meetings_places,
    office,
    permissions,
    places,
    regions,
    reports,
    reports_doing,
    todo,
    tracks,
    unsubscribing,
    watching,
)
from uppdrag.web.api.install import install as install_api
from uppdrag.web.assets import Assets
from uppdrag.web.compression import Compressed
from uppdrag.web.guard import Guard
from uppdrag.web.state import Web


def create_app(house: House, settings: Settings, meters: Meters | None = None) -> FastAPI:
    """The pages of a house. `settings.url` is where people reach them; forms are taken from there only. `meters` are
    those of this process, where somebody else in it counts too.

    Raises PermissionMissing where a route does not say who may use it, AssetsMissing without stylesheets.
    """
    web = Web(
        house=house, settings=settings, assets=Assets(), visits=Visits(house), verifying=Verifying(house),
        meters=meters or Meters(house),
        overview=Overview(house, tracks.in_overview),
        provider=Provider(settings.oidc, f"{settings.url}/logga-in/oidc/svar") if settings.oidc else None,
    )  # fmt: skip

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        web.visits.start()
        yield
        web.visits.stop()

    app = FastAPI(
        title="Uppdrag", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    app.state.web = web
    for pages in (
        *entrance.ENTRANCE,
        todo.pages,
        *places.UPPDRAG,
        *meetings_places.MOTEN,
        beredning.pages,
        beredning_forms.pages,
        regions.pages,
        answers.pages,
        *office.OFFICE,
        calendars.pages,
        reports_doing.pages,
        reports.pages,
        budget.pages,
        budget_file.pages,
        budget_fixing.pages,
        unsubscribing.pages,
    ):
        pages.install(app)
    install_api(app)
    watching.install(app)
    errors.install(app)
    app.add_middleware(Compressed)
    app.add_middleware(Guard, web=web)
    permissions.check(app)
    return app
