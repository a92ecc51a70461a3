"""What went wrong, as problem+json (RFC 9457): a stable code for programs, sentences for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match

from uppdrag import words
from workflow.errors import KeyReused, NotFound, Refused, StorageUnavailable, UppdragError, VersionConflict

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/"
_TITLES = {
    400: "Anropet går inte att läsa", 401: "Nyckel saknas eller gäller inte", 403: "Behörighet saknas",
    404: "Finns inte", 405: "Går inte att göra här", 409: "Nyckeln är redan använd", 412: "Ändrat av någon annan",
    413: "För mycket data", 415: "Fel format", 421: "Fel adress till tjänsten", 422: "Något stämmer inte",
    428: "Villkor saknas", 429: "För många anrop", 500: "Något gick fel hos oss", 503: "Databasen svarar inte",
}  # fmt: skip
_NOTHING = "Inget har registrerats."
_PLAIN = {
    400: ("unreadable", f"Adressen eller anropet går inte att läsa. {_NOTHING}"),
    404: ("no_such_address", "Adressen finns inte. Beskrivningen finns på /api/v1/openapi.json."),
    405: ("method_not_allowed", "Metoden går inte att använda på den här adressen. De som går står i Allow."),
    413: ("too_large", f"Anropet är större än 1 MB. {_NOTHING}"),
    421: ("misdirected", "Använd den adress som tjänsten har i UPPDRAG_URL."),
    500: ("internal", "Det som redan var registrerat är kvar. Försök igen med samma Idempotency-Key."),
    503: ("unavailable", "Det som redan var registrerat är kvar. Försök igen om en stund med samma Idempotency-Key."),
}
CODES = {
    "unreadable": 400, "json_invalid": 400, "if_match_invalid": 400, "idempotency_key_missing": 400,
    "idempotency_key_invalid": 400, "unauthorized": 401, "scope_missing": 403, "other_region": 403,
    "role_not_allowed": 403, "sensitive": 403, "not_found": 404, "no_such_address": 404, "method_not_allowed": 405,
    "key_reused": 409, "changed": 412, "too_large": 413, "media_type": 415, "misdirected": 421, "invalid": 422,
    "refused": 422, "if_match_missing": 428, "too_often": 429, "internal": 500, "unavailable": 503,
}  # fmt: skip
"""Every code of a problem as a whole, with its status. Those of single `errors` are the rules' own."""


class Problem(Exception):
    """A request that is not carried out. `errors`: each field's `field`, `code` and `detail`."""

    def __init__(
        self, code: str, detail: str, *, errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.code = code
        self.status = CODES[code]
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        super().__init__(f"{code}: {detail}")


def concerns(path: str) -> bool:
    """Whether somebody at an address expects JSON."""
    return path.startswith(PREFIX)


def of(request: Request, wrong: Exception) -> Problem:
    """What to tell of an error."""
    match wrong:
        case Problem():
            return wrong
        case NotFound():
            return Problem("not_found", " ".join(words.error(wrong)))
        case VersionConflict():
            return Problem("changed", " ".join(words.error(wrong)))
        case KeyReused():
            used = f"{wrong.stream}/{wrong.seq}"
            told = f"Idempotency-Key har redan använts för något annat ({used}). Använd en ny nyckel."
            return Problem("key_reused", told)
        case StorageUnavailable():
            # A database's own words may hold paths and addresses, which are for the one who runs it.
            told = "Det som redan var registrerat är kvar. Försök igen om en stund med samma Idempotency-Key."
            if wrong.code == "uncertain":
                told = (
                    "Förbindelsen med databasen bröts just när det skulle sparas. Det går inte att säga om det "
                    "registrerades. Skicka samma anrop igen med samma Idempotency-Key: det registreras bara en gång."
                )
            return Problem("unavailable", told, headers={"Retry-After": "5"})
        case Refused():
            errors = [
                {"field": r.facts.get("fact") or None, "code": r.code, "detail": words.sentence(r)}
                for r in wrong.refusals
            ]  # fmt: skip
            return Problem("refused", " ".join([*(e["detail"] or "" for e in errors), _NOTHING]), errors=errors)
        case UppdragError():
            return Problem("refused", " ".join(words.error(wrong)))
        case HTTPException():
            status = wrong.status_code if wrong.status_code in _PLAIN else 400
            code, detail = _PLAIN[status]
            allowed = {"Allow": ", ".join(_methods(request))} if status == 405 else {}
            return Problem(code, detail, headers=allowed)
        case _:
            raise wrong


def answer(request: Request, wrong: Exception) -> Response:
    """An error as it is answered."""
    return rendered(of(request, wrong), request.url.path)


def plain(status: int, path: str) -> Response:
    """The same for what never reached a route."""
    code, detail = _PLAIN[status]
    return rendered(Problem(code, detail), path)


def rendered(problem: Problem, path: str) -> Response:
    """A problem as JSON."""
    told = {
        "type": f"urn:uppdrag:problem:{problem.code}", "title": _TITLES[problem.status], "status": problem.status,
        "detail": problem.detail, "instance": path, "code": problem.code, "errors": list(problem.errors),
    }  # fmt: skip
    return Response(
        json.dumps(told, ensure_ascii=False), status_code=problem.status, media_type=MEDIA_TYPE,
        headers={"Content-Language": "sv", **problem.headers},
    )  # fmt: skip


def title(status: int) -> str:
    """What a status is called."""
    return _TITLES.get(status) or HTTPStatus(status).phrase


def _methods(request: Request) -> list[str]:
    """Every method that some route has at the address that was asked for."""
    app: FastAPI = request.app
    found = [r for r in app.routes if isinstance(r, APIRoute) and r.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in found for method in route.methods or ()})
