"""Pages about what went wrong: what happened, what is safe, what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from uppdrag import words
from uppdrag.service.logs import request_id
from uppdrag.web import resuming
from uppdrag.web.api import problems
from uppdrag.web.permissions import PUBLIC, Allow, Forbidden, LoginWanted
from uppdrag.web.rendering import Renderer, render
from uppdrag.web.state import Web
from workflow.errors import KeyReused, NotFound, Refused, StorageUnavailable, UppdragError, VersionConflict


class Told(NamedTuple):
    """A heading, what is safe, and what to do."""

    heading: str
    safe: str
    instead: str


_NOTHING = "Inget har ändrats."
_TOLD = {
    400: Told("Adressen går inte att läsa", _NOTHING, "Gå till startsidan och välj därifrån."),
    403: Told("Du har inte behörighet till det här", _NOTHING, "Behöver du se det? Fråga kansliet."),
    404: Told("Sidan finns inte", _NOTHING, "Kontrollera adressen, eller sök efter uppdragets nummer."),
    405: Told("Sidan går inte att använda så", _NOTHING, "Gå tillbaka och fyll i formuläret."),
    409: Told("Någon annan hann före", _NOTHING, "Läs om sidan och se vad som har ändrats."),
    413: Told("Det var för mycket text", _NOTHING, "Korta texten och skicka in den igen."),
    421: Told("Fel adress till tjänsten", _NOTHING, "Använd den adress som kansliet har gett dig."),
    422: Told("Något stämmer inte", _NOTHING, "Gå tillbaka, rätta och försök igen."),
    429: Told("För många försök", _NOTHING, "Vänta tio minuter och försök igen."),
    500: Told(
        "Något gick fel hos oss",
        "Det som redan var registrerat är kvar.",
        "Försök igen. Samma formulär registreras bara en gång, även om du skickar det igen.",
    ),
    503: Told("Databasen svarar inte", "Det som redan var registrerat är kvar.", "Försök igen om en stund."),
}
_UNCERTAIN = Told(
    "Det går inte att säga om det registrerades",
    "Förbindelsen med databasen bröts just när det skulle sparas.",
    "Se uppdragets historik, eller mötets sida, innan du gör om det. Står det inte där, så är det inte registrerat.",
)
_FULL = Told(
    "Disken är full", "Inget har ändrats. Det som redan var registrerat är kvar.",
    "Säg till den som sköter driften, och försök igen när det finns plats.",
)  # fmt: skip
_FORBIDDEN = {
    "role": _TOLD[403],
    "region": Told("Det här hör till en annan region", _NOTHING, "Du är inloggad för en region och kan svara för den."),
    "form": Told(
        "Formuläret gäller inte längre",
        "Inget har registrerats.",
        "Gå tillbaka, läs om sidan och skicka in formuläret igen. Du kan behöva logga in på nytt.",
    ),
}


def page(request: Request, status: int, told: Told | None = None, lines: Sequence[str] = ()) -> Response:
    """The page about an error, inside the frame that all pages have."""
    shown = told or _TOLD.get(status) or Told(HTTPStatus(status).phrase, _NOTHING, "Gå till startsidan.")
    return render(request, "fel.html", status=status, told=shown, lines=lines, code=status, number=_number(status))


def plain(web: Web, status: int, path: str = "") -> Response:
    """The same without a frame, for when nobody knows who asks; JSON where a program expects it at a path."""
    if problems.concerns(path):
        return problems.plain(status, path)
    return Renderer.bare(
        web, "fel_utan_ram.html", status, told=_TOLD[status], code=status, number=_number(status)
    )  # fmt: skip


def _number(status: int) -> str:
    """By what an error of ours is found in the log; empty for those that are not ours."""
    return request_id.get() if status >= 500 else ""


def install(app: FastAPI) -> None:
    """Let every error that is told on purpose become a page."""
    app.add_exception_handler(LoginWanted, _login)
    app.add_exception_handler(Forbidden, _forbidden)
    app.add_exception_handler(UppdragError, _as_asked(_told))
    app.add_exception_handler(HTTPException, _as_asked(_http))
    app.add_exception_handler(problems.Problem, problems.answer)
    app.add_exception_handler(RequestValidationError, lambda request, _: page(request, 422))


def status_of(wrong: UppdragError) -> int:
    """The HTTP status of a refusal."""
    match wrong:
        case NotFound():
            return 404
        case VersionConflict() | KeyReused():
            return 409
        case StorageUnavailable():
            return 503
        case Refused() if any(r.code == "asked_too_often" for r in wrong.refusals):
            return 429
        case _:
            return 422


def _as_asked(page: Callable[[Request, Exception], Response]) -> Callable[[Request, Exception], Response]:
    """A page about an error for people; JSON for programs."""

    def told(request: Request, wrong: Exception) -> Response:
        return (problems.answer if problems.concerns(request.url.path) else page)(request, wrong)

    return told


def _login(request: Request, _: Exception) -> Response:
    """To the login, with the right matter behind it. What was posted without a session is shown again after it."""
    if request.method not in ("GET", "HEAD"):
        return resuming.keep(request)
    onward = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/logga-in?vidare={quote(onward)}", status_code=303)


def _forbidden(request: Request, wrong: Exception) -> Response:
    why = wrong.why if isinstance(wrong, Forbidden) else "role"
    if why == "session":
        return resuming.show_again(request) or page(request, 403, _FORBIDDEN["form"])
    return page(request, 403, _FORBIDDEN[why])


def _told(request: Request, wrong: Exception) -> Response:
    if not isinstance(wrong, UppdragError):
        raise wrong
    # A database's own words may hold paths and addresses, which are for the one who runs it.
    if isinstance(wrong, StorageUnavailable):
        told = _UNCERTAIN if wrong.code == "uncertain" else _FULL if wrong.code == "full" else _TOLD[503]
        return resuming.not_kept(request, told, _number(503)) or page(request, 503, told)
    return page(request, status_of(wrong), None, words.error(wrong))


def _http(request: Request, wrong: Exception) -> Response:
    if request.method in ("GET", "HEAD") and not hasattr(request.state, "visitor"):
        Allow(PUBLIC)(request)  # where there is no route nobody has asked yet who it is
    return page(request, wrong.status_code if isinstance(wrong, HTTPException) else 500)
