"""*Be om uppgift*: whom a question would go to and what it says; and then, once somebody has seen it, the question."""

from __future__ import annotations

from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response

from uppdrag import words
from uppdrag.service import chasing, queries
from uppdrag.web.errors import status_of
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.errors import Refused

pages = Pages()


@pages.get("/uppdrag/{id}/fraga", ("kansli",))
def show(request: Request, id: str) -> Response:
    """Who would be asked, who would not and why, and the first mail."""
    return _shown(request, id)


@pages.post("/uppdrag/{id}/fraga", ("kansli",))
def ask(request: Request, id: str) -> Response:
    """Ask those that were shown. Where it would be others by now, or others' mails, nothing is asked."""
    web = web_of(request)
    try:
        plan = _plan(request, id)
        if form_of(request).get("visat", "") != _seal(plan):
            return _shown(
                request, id, "Läget har ändrats sedan du såg listan. Inget har skickats. Kontrollera den igen."
            )
        answers = chasing.ask(
            web.house, id, chasing.Asking(actor=known_visitor(request).actor), web.settings, now=web.settings.now(),
            shown=plan,
        )  # fmt: skip
    except Refused as no:
        return _shown(request, id, " ".join(words.sentence(r) for r in no.refusals), status_of(no))
    last = answers[-1].events[-1].seq if answers else 0
    return see_other(f"/uppdrag/{id}?registrerat={last}")


def _plan(request: Request, id: str) -> chasing.Plan:
    web = web_of(request)
    asking = chasing.Asking(actor=known_visitor(request).actor)
    return chasing.plan(web.house, id, asking, web.settings, now=web.settings.now())


def _shown(request: Request, id: str, wrong: str = "", status: int = 0) -> Response:
    web = web_of(request)
    plan = _plan(request, id)
    return render(
        request, "fraga.html", status=status or (409 if wrong else 200), plan=plan, wrong=wrong, seal=_seal(plan),
        regions={r.lanskod: r for r in queries.regions(web.house)}, sentence=words.sentence,
    )  # fmt: skip


def _seal(plan: chasing.Plan) -> str:
    """What a form carries, to say which list somebody has seen."""
    asked = [(q.region, q.message.recipient, q.message.text) for q in plan.questions]
    return sha256(repr(asked).encode()).hexdigest()
