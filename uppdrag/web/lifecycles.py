"""*Ärendegångar*: the lifecycles drawn and in words, what the checks say of them, and who follows which version."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import catalogue
from uppdrag.service.signing_in import WebRole
from uppdrag.web import drawing
from uppdrag.web.permissions import Pages
from uppdrag.web.rendering import render
from uppdrag.web.state import web_of
from uppdrag.words.lifecycles import CHECKED
from workflow.lifecycle import AUDIENCES
from workflow.soundness import unsound

pages = Pages()
_ROLES: tuple[WebRole, ...] = ("kansli", "chefsgrupp", "insyn", "drift")


@pages.get("/arendegangar", _ROLES)
def listing(request: Request) -> Response:
    """Every published version, the newest of each first, and how many uppdrag follow it."""
    found = _lifecycles(request)
    newest = {d.id: max(o.version for o in found if o.id == d.id) for d in found}
    return render(request, "arendegangar.html", found=found, newest=newest)


@pages.get("/arendegangar/{id}", _ROLES)
def one(request: Request, id: str) -> Response:
    """The newest version of one, drawn and in words."""
    return _lifecycle(request, id)


@pages.get("/arendegangar/{id}/{version}", _ROLES)
def version(request: Request, id: str, version: str) -> Response:
    """The same of a certain version."""
    return _lifecycle(request, f"{id}/{version}")


def _lifecycles(request: Request) -> Sequence[catalogue.Listed]:
    found = [d for d in catalogue.listed(web_of(request).house) if d.kind == "lifecycle"]
    return sorted(found, key=lambda d: (d.label, -d.version))


def _lifecycle(request: Request, ref: str) -> Response:
    lc = catalogue.lifecycle(web_of(request).house, ref)
    return render(
        request, "arendegang.html", lc=lc, drawn=drawing.diagram(lc), audiences=AUDIENCES, checked=CHECKED,
        deadlines={d.id: d.label for d in lc.deadlines}, flaws=unsound(lc),
        versions=[d for d in _lifecycles(request) if d.id == lc.id],
    )  # fmt: skip
