"""*Be om uppgift*: whom a question would go to and what it says; and then, once somebody has seen it, the question."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response

from uppdrag import words
from uppdrag.service import catalogue, chasing, queries
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words.planning import VERDICTS
from workflow.errors import Refused

pages = Pages()
_CHOICES = {"region": "Region", "grupp": "Samverkansregion", "lage": "Läge", "ryms": "Sammanträdesplanen", "igen": ""}
"""What the question may be narrowed to; `igen`: also those that had a mail this week."""


@pages.get("/uppdrag/{id}/fraga", ("kansli",))
def show(request: Request, id: str) -> Response:
    """Who would be asked, who would not and why, and the first mail; those only that the address narrows it to."""
    return _shown(request, id, _narrowed(request.query_params))


@pages.post("/uppdrag/{id}/fraga", ("kansli",))
def ask(request: Request, id: str) -> Response:
    """Ask those that were shown. Where it would be others by now, or others' mails, nothing is asked."""
    web, form = web_of(request), form_of(request)
    narrowed, key = _narrowed(form), form.get("nyckel", "")
    asking = _asking(request, narrowed)
    try:
        plan = _plan(request, id, narrowed)
        same = form.get("visat", "") == _seal(plan)
        if not same and not chasing.asked(web.house, id, asking, key):
            told = "Läget har ändrats sedan du såg listan. Inget har skickats. Kontrollera den igen."
            return _shown(request, id, narrowed, told)
        answers = chasing.ask(web.house, id, asking, web.settings, now=web.settings.now(), key=key, shown=plan)
    except Refused as no:
        return _shown(request, id, narrowed, " ".join(words.sentence(r) for r in no.refusals), status_of(no))
    last = answers[-1].events[-1].seq if answers else 0
    return see_other(f"/uppdrag/{id}?registrerat={last}")


def _narrowed(stated: Mapping[str, str]) -> dict[str, str]:
    """What it is narrowed to; what is empty narrows nothing."""
    return {name: v[:60] for name in _CHOICES if (v := stated.get(name, "").strip())}


def _asking(request: Request, narrowed: Mapping[str, str]) -> chasing.Asking:
    def one(name: str) -> tuple[str, ...]:
        return (narrowed[name],) if name in narrowed else ()

    return chasing.Asking(
        actor=known_visitor(request).actor, regions=one("region") or None, groups=one("grupp"), states=one("lage"),
        verdicts=one("ryms"), again=narrowed.get("igen") == "ja",
    )  # fmt: skip


def _plan(request: Request, id: str, narrowed: Mapping[str, str]) -> chasing.Plan:
    web = web_of(request)
    return chasing.plan(web.house, id, _asking(request, narrowed), web.settings, now=web.settings.now())


def _shown(request: Request, id: str, narrowed: Mapping[str, str], wrong: str = "", status: int = 0) -> Response:
    web = web_of(request)
    plan = _plan(request, id, narrowed)
    found = queries.detail(web.house, id, now=web.settings.now())
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    track, groups = found.lifecycle.track, catalogue.groups(web.house)
    choices = {
        "region": [(code, words.region(regions, code)) for code in sorted(found.matter.regions)],
        "grupp": [(g, groups.get(g, g)) for g in sorted({g for r in regions.values() for g in r.samverkansregioner})],
        "lage": [(s.id, s.label) for s in (track.states if track else ()) if not s.final],
        "ryms": [(v, VERDICTS[v].capitalize()) for v in VERDICTS],
    }
    return render(
        request, "fraga.html", status=status or (409 if wrong else 200), plan=plan, wrong=wrong, seal=_seal(plan),
        nyckel=forms.new_key(), regions=regions, sentence=words.sentence, narrowed=narrowed, names=_CHOICES,
        choices=choices,
    )  # fmt: skip


def _seal(plan: chasing.Plan) -> str:
    """What a form carries, to say which list somebody has seen."""
    asked = [(q.region, q.message.recipient, q.message.text) for q in plan.questions]
    return sha256(repr(asked).encode()).hexdigest()
