"""A list of befattningshavare read in: the difference shown before, then all of it or nothing."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response

from uppdrag import words
from uppdrag.service import people, queries
from uppdrag.service.people import PeopleReport
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT
from uppdrag.web.permissions import Pages, files_of, form_of
from uppdrag.web.rendering import day, render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.appointments import CHANGEABLE, called, in_words
from workflow.errors import Refusal, Refused, UppdragError
from workflow.model import Region
from workflow.people import Holder

pages = Pages()
LARGEST = 500_000
"""Bytes. The file goes with the form that confirms it, so that nothing is kept meanwhile."""


@pages.get("/befattningshavare/lista", ("kansli",))
def ask(request: Request) -> Response:
    """Which file, and whether everybody stands in it."""
    return _form(request)


@pages.post("/befattningshavare/lista", ("kansli",), files=1)
def read(request: Request) -> Response:
    """Show the difference, and then read the list in; where the difference is another by then it is shown again."""
    web, form = web_of(request), form_of(request)
    complete = form.get("hel") == "ja"
    try:
        file, content = sent(request)
        actor, now = known_visitor(request).actor, web.settings.now()
        trial = people.import_people(
            web.house, file, content, actor=actor, now=now, complete=complete, dry_run=True
        )  # fmt: skip
        regions = {r.lanskod: r for r in queries.regions(web.house)}
        lines = _lines(trial, regions)
        seal = sha256("\n".join(lines).encode()).hexdigest()
        if form.get("steg") == "registrera" and (not lines or form.get("visat") == seal):
            people.import_people(web.house, file, content, actor=actor, now=now, complete=complete)
            return see_other("/befattningshavare?klart=lista")
    except UppdragError as no:
        return _form(request, form, no)
    return render(
        request, "lista_skillnad.html", report=trial, lines=lines, file=file, complete=complete, seal=seal,
        content=urlsafe_b64encode(content).decode(), changed=bool(form.get("visat")), names=regions,
        warnings=[words.sentence(w) for w in trial.warnings],
        left_out=[_called(h, regions) for h in trial.left_out],
    )  # fmt: skip


def sent(request: Request) -> tuple[str, bytes]:
    """The file of a form: as it was chosen, or as it was shown. Raises Refused."""
    form = form_of(request)
    if form.get("innehall"):
        try:
            content = urlsafe_b64decode(form["innehall"].encode("ascii", "replace"))
        except NotBase64:
            raise Refused([Refusal.of("fact_missing", fact="fil", label="Filen")]) from None
        file = form.get("filnamn", "")
    else:
        file, content = files_of(request).get("fil", ("", b""))
    if not content:
        raise Refused([Refusal.of("fact_missing", fact="fil", label="Filen")])
    if len(content) > LARGEST:
        raise Refused([Refusal.of("file_too_large", limit="500 kB")])
    return file[:100] or "filen", content


def _form(request: Request, form: Mapping[str, str] | None = None, no: UppdragError | None = None) -> Response:
    wrong = NO_COMPLAINT if no is None else forms.complaint(no, ["fil"])
    return render(
        request, "lista.html", status=200 if no is None else status_of(no), wrong=wrong,
        complete=(form or {}).get("hel") == "ja",
    )  # fmt: skip


def _lines(report: PeopleReport, regions: Mapping[str, Region]) -> list[str]:
    """The difference, one sentence for each holder."""
    lines = [f"Ny: {_called(h, regions)}{f', {h.email}' if h.name and h.email else ''}" for h in report.new]
    for before, after in report.changed:
        told = words.differences(in_words(before, CHANGEABLE), in_words(after, CHANGEABLE))
        lines.append(f"Ändras: {_called(before, regions)}: {told}")
    return [*lines, *(f"Slutar {day(h.last)}: {_called(h, regions)}" for h in report.ended)]


def _called(h: Holder, regions: Mapping[str, Region]) -> str:
    return f"{words.office(h.office, h.region, regions)}: {called(h)}"
