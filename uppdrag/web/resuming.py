"""What was posted when nobody was logged in, or in another session: shown again, to be posted anew by a person."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import drafts
from uppdrag.service.drafts import Left
from uppdrag.web.clients import client_of, put
from uppdrag.web.permissions import EVERYBODY, Pages, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, visitor_of, web_of

pages = Pages()
PLACE = "/fortsatt"
_TECHNICAL = ("nyckel", "sedd", "visat", "steg", "vidare", "version", "leder")
_OF_A_MEETING = re.compile(r"(?:punkt(\d+)|(narv|adj)\d+)((?:_\w+)?)", re.ASCII)
_PEOPLE = {"narv": "Närvarande", "adj": "Adjungerad"}
_REVIEWED = ("granska", "registrera", "andra")
_NOT_KEPT = ("/logga-", "/inloggningar", PLACE, "/tillganglighet")
_LABELS = {
    "kalla": "Källa", "skal": "Skäl", "mote": "Möte", "anpassning": "Anpassning", "planerad_tid": "Planerad tid",
    "forslagsversion": "Förslagets version", "befattning": "Befattning", "epost": "E-post", "lanskod": "Länskod",
    "medfor_kostnad": "Medför kostnad", "svarsdag": "Svarsdag", "mottagare": "Mottagare", "fraga": "Fråga",
    "fran": "Från", "forsta": "Från", "agare": "Ansvarig", "lan": "Län",
}  # fmt: skip


@pages.get(PLACE, EVERYBODY)
def again(request: Request) -> Response:
    """What was posted before the login."""
    web = web_of(request)
    token = request.cookies.get(web.draft_cookie, "")
    left = drafts.shown(web.house, token, known_visitor(request), now=web.settings.now())
    return render(request, "fortsatt.html", status=200 if left else 404, **_shown(left), other=False)


@pages.post(f"{PLACE}/slang", EVERYBODY)
def throw_away(request: Request) -> Response:
    """Throw away what was posted."""
    web = web_of(request)
    drafts.throw_away(web.house, request.cookies.get(web.draft_cookie, ""))
    answer = see_other("/")
    answer.delete_cookie(web.draft_cookie, path="/", secure=web.secure, httponly=True, samesite="lax")
    return answer


def keep(request: Request) -> Response:
    """Keep what was posted without a session, and go to the login; None of it is carried out.

    Where there is nothing to keep, or no room for it, to the login with the page that the form was for behind it.
    """
    web, path = web_of(request), request.url.path
    left = drafts.as_left(path, form_of(request))
    token = ""
    if not path.startswith(_NOT_KEPT) and any(value for name, value in left.fields if name not in _TECHNICAL):
        token = drafts.keep(
            web.house, left, session_token=request.cookies.get(web.session_cookie, ""), client=client_of(request),
            now=web.settings.now(),
        )  # fmt: skip
    onward = PLACE if token else "/" if path.startswith(_NOT_KEPT) else path
    answer = see_other(f"/logga-in?vidare={quote(onward)}")
    if token:
        put(request, answer, web.draft_cookie, token, drafts.LASTS.total_seconds())
    return answer


def show_again(request: Request) -> Response | None:
    """What was posted from a page of an earlier session, to somebody who is logged in anew; None where it was nothing
    to lose."""
    if request.url.path.startswith(_NOT_KEPT):
        return None
    left = drafts.as_left(request.url.path, form_of(request))
    return render(request, "fortsatt.html", status=403, **_shown(left), other=True)


def not_kept(request: Request, told: object, number: str) -> Response | None:
    """What was posted by somebody when the database could not keep it, to be posted again; None where nothing had been
    typed. `told`: what happened; `number`: by what it is found in the log."""
    if request.method in ("GET", "HEAD") or visitor_of(request) is None or request.url.path.startswith(_NOT_KEPT):
        return None
    left = drafts.as_left(request.url.path, form_of(request))
    typed = [(_label(name), value) for name, value in left.fields if name not in _TECHNICAL and value]
    if not typed:
        return None
    return render(
        request, "inte_sparat.html", status=503, told=told, left=left, typed=typed, code=503, number=number
    )  # fmt: skip


def _shown(left: Left | None) -> dict[str, object]:
    fields = left.fields if left else ()
    reviewed = dict(fields).get("steg") in _REVIEWED
    return {
        "left": left,
        "typed": [(_label(name), value) for name, value in fields if name not in _TECHNICAL and value],
        "hidden": [one for one in fields if not (reviewed and one[0] == "steg")],
        "reviewed": reviewed,
    }


def _label(name: str) -> str:
    if numbered := _OF_A_MEETING.fullmatch(name):
        item, person, rest = numbered.groups()
        about = f"Punkt {item}" if item else "Lämnade mötet" if rest else _PEOPLE[person]
        return f"{about}: {_label(rest.strip('_')).lower()}" if item else about
    return _LABELS.get(name) or name.replace("_", " ").strip().capitalize()
