"""A table of the budget read in: what it would change shown before, then all of it or nothing."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response

from uppdrag import words
from uppdrag.service import budget, queries
from uppdrag.service.budget import Desk, Noted
from uppdrag.web import forms
from uppdrag.web.budget import year_of
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Complaint
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import capital, render, see_other
from uppdrag.web.rosters import sent
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words.budget import happened
from workflow.errors import LinesRefused, Refusal, Refused, UppdragError

pages = Pages()
_OF_REGIONS = "region, planerat, överenskommet, uppdrag, diarienummer, från, till, kvartal, använt, källa, skäl"
KINDS: Mapping[str, tuple[str, str]] = {
    "poster": ("Årets poster", "post, q1, q2, q3, q4, helår"),
    "utfall": ("Utfall", "post, kvartal, belopp, källa, skäl"),
    "bidrag": ("Regionernas resursbidrag", _OF_REGIONS),
}
"""What a file may hold, and its columns."""


@pages.get("/budget/{year}/fil", ("kansli",))
def ask(request: Request, year: str) -> Response:
    """Which file, and what it holds."""
    return _form(request, year_of(year))


@pages.post("/budget/{year}/fil", ("kansli",), files=1)
def read(request: Request, year: str) -> Response:
    """Show what the file would change, and then read it in; where that is another by then it is shown again."""
    at, web, form = year_of(year), web_of(request), form_of(request)

    def desk(*, dry_run: bool, expected: int | None = None) -> Desk:
        return Desk(house=web.house, year=at, actor=known_visitor(request).actor, now=web.settings.now(),
                    expected=expected, dry_run=dry_run)  # fmt: skip

    try:
        kind = form.get("vad", "")
        if kind not in KINDS:
            raise Refused([Refusal.of("fact_missing", fact="vad", label="Vad filen innehåller")])
        file, content = sent(request)
        keep = _keeping(kind, file, content, form.get("skal", ""))
        trial = keep(desk(dry_run=True))
        regions = {r.lanskod: r for r in queries.regions(web.house)}
        lines = [f"{capital(happened(event, regions))}." for event in trial.events]
        seal = sha256("\n".join((str(trial.before.version), *lines)).encode()).hexdigest()
        if form.get("steg") == "registrera" and (not lines or form.get("visat") == seal):
            keep(desk(dry_run=False, expected=trial.before.version))
            return see_other(f"/budget/{at}?klart=fil")
    except UppdragError as no:
        return _form(request, at, form, no)
    return render(
        request, "budget_granska.html", year=at, lines=lines, file=file, kind=kind, called=KINDS[kind][0], seal=seal,
        why=form.get("skal", ""), same=trial.unchanged, changed=bool(form.get("visat")),
        content=urlsafe_b64encode(content).decode(), warnings=[words.sentence(w) for w in trial.warnings],
    )  # fmt: skip


def _keeping(kind: str, file: str, content: bytes, why: str) -> Callable[[Desk], Noted]:
    if kind == "poster":
        return lambda desk: budget.import_posts(desk, file, content)
    keep = budget.import_outcome if kind == "utfall" else budget.import_contributions
    return lambda desk: keep(desk, file, content, why=why)


def _form(
    request: Request, year: int, form: Mapping[str, str] | None = None, no: UppdragError | None = None
) -> Response:
    stated = form or {}
    return render(
        request, "budget_fil.html", status=200 if no is None else status_of(no), wrong=_complaint(no), year=year,
        kinds=KINDS, kind=stated.get("vad", ""), why=stated.get("skal", ""),
    )  # fmt: skip


def _complaint(no: UppdragError | None) -> Complaint:
    if isinstance(no, LinesRefused):  # each with its line
        return Complaint({}, tuple(words.error(no)))
    return NO_COMPLAINT if no is None else forms.complaint(no, ["vad", "fil"])
