"""The link in a månadsbrev by which an office has no more of them: looking changes nothing, and no login is asked for.

A mail program may post to it by itself (RFC 8058): it has no cookies and says from nowhere. What it knows is the link.
"""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import letters_send
from uppdrag.web.permissions import Pages
from uppdrag.web.rendering import render
from uppdrag.web.state import web_of
from workflow.errors import Refused

pages = Pages()


@pages.get_by_link("/avregistrera/{token}")
def ask(request: Request, token: str) -> Response:
    """Whose letters the link is about, and the button."""
    post = letters_send.leaving(web_of(request).house, token)
    return render(request, "avregistrera.html", status=200 if post else 404, post=post, done=False)


@pages.post_by_link("/avregistrera/{token}")
def leave(request: Request, token: str) -> Response:
    """No more letters, however often it is asked."""
    web = web_of(request)
    try:
        post = letters_send.leave(web.house, token, now=web.settings.now())
    except Refused:
        return render(request, "avregistrera.html", status=404, post="", done=False)
    return render(request, "avregistrera.html", post=post, done=True)
