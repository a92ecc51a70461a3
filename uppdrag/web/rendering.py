"""From a template of ours to a page. Everything is escaped, always; what a template is not given is an error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from uppdrag import VERSION
from uppdrag.documents import page
from uppdrag.documents.document import Document
from uppdrag.service import form_tokens, readings
from uppdrag.service.signing_in import WebRole
from uppdrag.web.state import Web, visitor_of, web_of
from uppdrag.words.summons import page as subject_page
from uppdrag.words.summons import subject
from workflow.calendar import MONTHS, STOCKHOLM, local_date


class Place(NamedTuple):
    """Somewhere to go in the navigation, and for whom."""

    address: str
    name: str
    roles: tuple[WebRole, ...]


PLACES = (
    Place("/att-gora", "Att göra", ("kansli",)),
    Place("/uppdrag", "Uppdrag", ("kansli", "chefsgrupp", "region", "insyn")),
    Place("/moten", "Möten", ("kansli", "chefsgrupp", "insyn")),
    Place("/laget", "Läget i regionerna", ("kansli", "chefsgrupp", "region", "insyn")),
    Place("/regioner", "Regioner", ("kansli", "chefsgrupp", "region", "insyn")),
    Place("/rapporter", "Rapporter", ("kansli", "chefsgrupp", "insyn")),
    Place("/kalender", "Kalender", ("region",)),  # the kansli has it at the foot of each page
    Place("/utskick", "Utskick", ("kansli", "drift")),
    Place("/inkommet", "Inkommet", ("kansli",)),
    Place("/befattningshavare", "Befattningshavare", ("kansli",)),
    Place("/arendegangar", "Ärendegångar", ("kansli", "chefsgrupp", "insyn", "drift")),
    Place("/systemstatus", "Systemstatus", ("kansli", "insyn", "drift")),
)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})", re.ASCII)
_MODES = {
    "av": ("Utskick är av.", "Inga mejl skickas."),
    "simulera": ("Simulering.", "Inga mejl lämnar systemet."),
    "testadresser": ("Test.", "Mejl går bara till testadresser."),
    "skarp": ("Skarp drift.", "Mejl går till mottagarna."),
}


class Renderer:
    """The templates of one program."""

    @staticmethod
    def bare(web: Web, template: str, status: int, **given: Any) -> Response:
        """A page outside the frame."""
        html = _environment().get_template(template).render(asset=web.assets.address, **given)
        return HTMLResponse(html, status_code=status)


def render(request: Request, template: str, *, status: int = 200, **given: Any) -> Response:
    """A page inside the frame: navigation, the mode, who is logged in."""
    web, visitor = web_of(request), visitor_of(request)
    token = getattr(request.state, "token", "")
    places = [p for p in PLACES if visitor is not None and visitor.role in p.roles]
    if visitor is not None and visitor.role == "region":
        places.insert(0, Place(f"/svar/{visitor.region}", "Att svara på", ("region",)))
    html = _environment().get_template(template).render(
        asset=web.assets.address, visitor=visitor, places=places, path=request.url.path,
        mode=_MODES[web.settings.mail], mode_name=web.settings.mail, version=VERSION,
        form_token=form_tokens.form_token(token) if token else "", today=local_date(web.settings.now()), **given,
    )  # fmt: skip
    return HTMLResponse(html, status_code=status)


def page_number(asked: str) -> int:
    """The number of a page as an address asks for it, the first where it is none."""
    return int(asked) if asked.isascii() and asked.isdigit() and 0 < int(asked[:9]) <= 1_000_000 else 1


def see_other(address: str) -> Response:
    """To another page, after a form."""
    return RedirectResponse(address, status_code=303)


def day(value: date | None) -> str:
    """A day as people write it: 30 september 2026. The spaces do not break."""
    return f"{value.day}\xa0{MONTHS[value.month - 1]}\xa0{value.year}" if value else "Uppgift saknas"


def moment(value: datetime | None) -> str:
    """A moment in Stockholm: 2026-03-27 09:00."""
    return value.astimezone(STOCKHOLM).strftime("%Y-%m-%d\xa0%H:%M") if value else "–"


def _moment_in_one_line(value: datetime | None) -> Markup:
    return Markup('<span class="dag">{}</span>').format(moment(value))  # a browser breaks a date at its hyphens


def unbroken(text: str) -> Markup:
    """A text whose days a narrow page does not break at their hyphens."""
    pieces = _DAY.split(text)
    return Markup().join(Markup('<span class="dag">{}</span>').format(p) if n % 2 else p for n, p in enumerate(pieces))


def capital(text: str) -> str:
    """A text as it begins a sentence; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def counted(number: int, one: str, many: str) -> str:
    """`1 region`, `8 regioner`, `Inga regioner` is for the template to say."""
    return f"{number}\xa0{one if number == 1 else many}"


def each(things: Iterable[object], ready: Mapping[object, Markup]) -> Markup:
    """The piece of a page that stands for each of some things: what a loop would write, without going through one."""
    return Markup("".join(map(ready.__getitem__, things)))  # noqa: S704 - of pieces that were escaped as they were made


def written(document: Document, *, top: int) -> Markup:
    """A document as the piece of a page whose own heading is `h{top}`."""
    return Markup(page.render(document, top=top))  # noqa: S704 - every text in it was escaped as it was put in


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("uppdrag.web", "templates"), autoescape=True, undefined=StrictUndefined,
        auto_reload=False,
    )  # fmt: skip
    environment.filters |= {
        "dag": day, "stund": _moment_in_one_line, "lokal": local_date, "stor": capital, "var_och_en": each,
        "arende": subject, "arendesida": subject_page,
    }  # fmt: skip
    environment.globals |= {"antal": counted, "rubrik_for": readings.title}
    return environment
