"""Chefsgruppen fixed the budget: what is then fixed, and the kansli's note of the day and the §."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import budget, budget_reading
from uppdrag.service.budget import Desk
from uppdrag.web import forms
from uppdrag.web.budget import year_of
from uppdrag.web.confirming import confirm
from uppdrag.web.forms import Field
from uppdrag.web.meetings_kit import once
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import budget as told
from workflow.errors import Refusal, Refused
from workflow.facts import BadFact, clean_date

pages = Pages()
_FIELDS = (
    Field(name="dag", label="Dagen då chefsgruppen fastställde den", kind="date", required=True),
    Field(name="paragraf", label="Paragraf", required=True, narrow=True, help="Bara siffran, till exempel 45."),
    Field(name="dnr", label="Diarienummer", help="Till exempel RK2025-00123-1."),
)


@pages.get("/budget/{year}/faststall", ("kansli",))
def ask(request: Request, year: str) -> Response:
    """What would be fixed, and when and how it was."""
    return _form(request, year_of(year))


@pages.post("/budget/{year}/faststall", ("kansli",))
def fix(request: Request, year: str) -> Response:
    """Note that the budget was fixed as it was shown."""
    at, web, form = year_of(year), web_of(request), form_of(request)

    def note() -> str:
        desk = Desk(house=web.house, year=at, actor=known_visitor(request).actor, now=web.settings.now(),
                    expected=forms.seen(form))  # fmt: skip
        try:
            day = clean_date(form.get("dag", ""))
        except BadFact as bad:
            facts = {"label": "Dagen", "value": form.get("dag", "")[:20], "expected": bad.expected}
            raise Refused([Refusal.of(bad.code, fact="dag", **facts)]) from None
        budget.fix(desk, day, form.get("paragraf", ""), form.get("dnr", ""))
        return f"/budget/{at}?klart=faststalld"

    try:
        return once(request, note)
    except Refused as no:
        return _form(request, at, form, no)


def _form(
    request: Request, year: int, form: Mapping[str, str] | None = None, no: Refused | None = None
) -> Response:  # fmt: skip
    now = budget_reading.shown(web_of(request).house, year).budget
    whole = told.kronor(sum(p.total for p in now.posts))
    about = [(p.name, told.kronor(p.total)) for p in now.posts]
    return confirm(
        request, title=f"Registrera att budget {year} är fastställd", button="Registrera", fields=_FIELDS,
        back=(f"/budget/{year}", f"Budget {year}"), about=[*about, (told.ALL_POSTS, whole)] if about else [],
        lead=f"Posterna som de står nu blir den budget som utfallet räknas mot, tillsammans {whole}." if about
        else f"Budgeten {year} har inga poster. Läs in dem först.",
        hidden={"sedd": str(now.version)}, form=form, no=no,
    )  # fmt: skip
