"""*Dina inloggningar*: where somebody is logged in, and out of all of it at once."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import signing_in
from uppdrag.web.login import after_logout
from uppdrag.web.permissions import EVERYBODY, Pages
from uppdrag.web.rendering import render
from uppdrag.web.state import known_visitor, web_of

pages = Pages()


@pages.get("/inloggningar", EVERYBODY)
def own(request: Request) -> Response:
    """Where the same person is logged in."""
    web, visitor = web_of(request), known_visitor(request)
    now = web.settings.now()
    found = [s for s in signing_in.own(web.house, visitor) if now < s.ends_at and now - s.used_at < signing_in.IDLE]
    return render(request, "inloggningar.html", found=found, here=visitor.digest)


@pages.post("/inloggningar", EVERYBODY)
def leave_everywhere(request: Request) -> Response:
    """Log out everywhere."""
    visitor = known_visitor(request)
    signing_in.leave_everywhere(web_of(request).house, visitor)
    return after_logout(request, visitor)
