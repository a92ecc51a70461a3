"""What a region does beside answering: asks the kansli, says that something is wrong, names a substitute."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag import words
from uppdrag.service import people, queries, questions
from uppdrag.web import forms
from uppdrag.web.confirming import confirm
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.permissions import Pages, form_of, own_region
from uppdrag.web.rendering import day, render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.appointments import called
from workflow.errors import UppdragError
from workflow.model import Region
from workflow.people import REGION_OFFICES

pages = Pages()
_NAMES = {"name": "namn", "email": "epost", "first": "forsta", "last": "sista", "ends_before_it_begins": "sista"}


@pages.get("/regioner/{lanskod}/fraga", ("region",))
def ask(request: Request, lanskod: str) -> Response:
    """A question to the kansli, about an uppdrag or about none."""
    return _ask(request, lanskod, {"uppdrag": request.query_params.get("uppdrag", "")[:20]})


@pages.post("/regioner/{lanskod}/fraga", ("region",))
def send(request: Request, lanskod: str) -> Response:
    """Let the question land with the kansli."""
    own_region(request, lanskod)
    web, form, visitor = web_of(request), form_of(request), known_visitor(request)
    try:
        questions.ask(
            web.house, "fraga", form.get("fraga", ""), actor=visitor.actor, region=lanskod, office=visitor.office,
            uppdrag_id=form.get("uppdrag", ""), now=web.settings.now(), key=form.get("nyckel", ""),
        )  # fmt: skip
    except UppdragError as no:
        return _ask(request, lanskod, form, no)
    return see_other(f"/regioner/{lanskod}?klart=fraga#fragor")


@pages.get("/anmal-fel/{id}/{lanskod}/{seq}", ("region",))
def ask_fault(request: Request, id: str, lanskod: str, seq: str) -> Response:
    """What is wrong with something that was registered: where a receipt leads."""
    return _ask_fault(request, id, lanskod, seq)


@pages.post("/anmal-fel/{id}/{lanskod}/{seq}", ("region",))
def report_fault(request: Request, id: str, lanskod: str, seq: str) -> Response:
    """Let it land with the kansli."""
    own_region(request, lanskod)
    web, form, visitor = web_of(request), form_of(request), known_visitor(request)
    _recorded(request, id, lanskod, seq)
    try:
        questions.ask(
            web.house, "fel", form.get("fraga", ""), actor=visitor.actor, region=lanskod, office=visitor.office,
            uppdrag_id=id, event=f"{id}/{seq}", now=web.settings.now(), key=form.get("nyckel", ""),
        )  # fmt: skip
    except UppdragError as no:
        return _ask_fault(request, id, lanskod, seq, form, no)
    return see_other(f"/regioner/{lanskod}?klart=fel#fragor")


@pages.get("/regioner/{lanskod}/ersattare", ("region",))
def ask_substitute(request: Request, lanskod: str) -> Response:
    """Who stands in for one's own office, and when."""
    return _substitute(request, lanskod, {})


@pages.post("/regioner/{lanskod}/ersattare", ("region",))
def substitute(request: Request, lanskod: str) -> Response:
    """Show what follows, and then record it."""
    own_region(request, lanskod)
    web, form, visitor = web_of(request), form_of(request), known_visitor(request)
    if form.get("steg") == "andra":
        return _substitute(request, lanskod, form)
    stated = {column: form.get(field, "") for column, field in _NAMES.items() if column in ("name", "email", "first")}
    stated["last"] = form.get("sista", "")
    record = form.get("steg") == "registrera"
    try:
        done = people.substitute(
            web.house, visitor.office, lanskod, stated, actor=visitor.actor, now=web.settings.now(),
            dry_run=not record,
        )  # fmt: skip
    except UppdragError as no:
        return _substitute(request, lanskod, form, no)
    if record:
        return see_other(f"/regioner/{lanskod}?klart=ersattare")
    h = done.successor
    lines = [f"{called(gone)} slutar som ersättare {day(gone.last)}." for gone in done.ended]
    lines.append(f"{called(h)} är ersättare från {day(h.first)} till {day(h.last)}.")
    lines.append(f"{h.email} kan logga in och svara för regionen under den tiden, och får en introduktion.")
    return render(
        request, "granska.html", title="Namnge en ersättare", back=f"/regioner/{lanskod}", lines=lines, warnings=[],
        action=f"/regioner/{lanskod}/ersattare", about=[("Befattning", _post(request, lanskod))],
        kept={k: v for k, v in form.items() if k not in ("formular", "steg")},
    )  # fmt: skip


def _region(request: Request, lanskod: str) -> Region:
    own_region(request, lanskod)
    found = next((r for r in queries.regions(web_of(request).house) if r.lanskod == lanskod), None)
    if found is None:
        raise HTTPException(404)
    return found


def _ask(request: Request, lanskod: str, form: Mapping[str, str], no: UppdragError | None = None) -> Response:
    region, about = _region(request, lanskod), form.get("uppdrag", "")
    text = Field(name="fraga", label="Din fråga", kind="long", required=True, help="Skriv inget hemligt.")
    return confirm(
        request, title="Fråga kansliet", fields=[text], back=(f"/regioner/{lanskod}", region.name), button="Skicka",
        lead="Kansliet svarar på er sida och med ett mejl till registratorn.", hidden={"uppdrag": about},
        about=[("Gäller", about)] if about else [], form=form if no else None, no=no,
    )  # fmt: skip


def _recorded(request: Request, id: str, lanskod: str, seq: str) -> str:
    """What was registered, in words."""
    _region(request, lanskod)
    web = web_of(request)
    found = queries.detail(web.house, id, now=web.settings.now())
    event = next((e for e in found.history if str(e.seq) == seq and e.region == lanskod), None)
    if event is None:
        raise HTTPException(404)
    return words.event(event, found.lifecycle, {r.lanskod: r for r in queries.regions(web.house)})


def _ask_fault(
    request: Request, id: str, lanskod: str, seq: str, form: Mapping[str, str] | None = None,
    no: UppdragError | None = None,
) -> Response:  # fmt: skip
    told = _recorded(request, id, lanskod, seq)
    text = Field(name="fraga", label="Vad är fel?", kind="long", required=True, help="Skriv inget hemligt.")
    return confirm(
        request, title="Anmäl fel", fields=[text], back=(f"/regioner/{lanskod}", "Till regionens sida"), form=form,
        lead="Kansliet rättar öppet: det som stod fel finns kvar i historiken, med skälet.", button="Anmäl fel",
        about=[("Registrerat", told), ("Nummer", f"{id}/{seq}")], no=no,
    )  # fmt: skip


def _post(request: Request, lanskod: str) -> str:
    regions = {r.lanskod: r for r in queries.regions(web_of(request).house)}
    office = known_visitor(request).office
    return words.office(office, lanskod, regions) if office in REGION_OFFICES else "Uppgift saknas"


def _substitute(
    request: Request, lanskod: str, form: Mapping[str, str], no: UppdragError | None = None
) -> Response:  # fmt: skip
    region = _region(request, lanskod)
    fields = [
        Field(name="namn", label="Ersättarens namn", required=True, autocomplete="off"),
        Field(name="epost", label="Ersättarens e-postadress", required=True, autocomplete="email",
              help="En adress hos regionen. Koder och påminnelser går dit när ni inte nås."),
        Field(name="forsta", label="Första dagen", kind="date", required=True),
        Field(name="sista", label="Sista dagen", kind="date", required=True),
    ]  # fmt: skip
    fields = [forms.filled(f, form) for f in fields]
    wrong = NO_COMPLAINT if no is None else forms.complaint(no, [f.name for f in fields], _NAMES)
    return render(
        request, "ersattare.html", status=200 if no is None else status_of(no), region=region, wrong=wrong,
        fields=forms.with_errors(fields, wrong), post=_post(request, lanskod),
        known=known_visitor(request).office in REGION_OFFICES,
    )  # fmt: skip
