"""What is asked before an uppdragsdirektiv gets a new revision, is decided afterwards or ends, and then done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import directives, directives_reading
from uppdrag.service.directives import Changed
from uppdrag.web import forms
from uppdrag.web.confirming import confirm
from uppdrag.web.forms import Field
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import see_other
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import direktiv as direktiv_words
from workflow.errors import Refusal, Refused, UppdragError
from workflow.facts import BadFact, clean_date, clean_number

pages = Pages()


@pages.get("/direktiv/{id}/ny-version", ("kansli",))
def ask_revision(request: Request, id: str) -> Response:
    """Whether a new revision of a decided directive is to be begun."""
    return _revision(request, id)


@pages.post("/direktiv/{id}/ny-version", ("kansli",))
def revise(request: Request, id: str) -> Response:
    """Begin it."""
    return _done(request, id, directives.revise, _revision, f"/direktiv/{id}/andra")


@pages.get("/direktiv/{id}/beslut", ("kansli",))
def ask_decision(request: Request, id: str) -> Response:
    """At which meeting a draft was decided, where the protokoll is not here."""
    return _decision(request, id)


@pages.post("/direktiv/{id}/beslut", ("kansli",))
def decide(request: Request, id: str) -> Response:
    """Register the decision."""
    form = form_of(request)

    def decided(house: object, id: str, **given: object) -> Changed:
        day, paragraph = _when(form)
        return directives.decide(house, id, day, paragraph, **given)  # type: ignore[arg-type]  # as `_done` gives

    return _done(request, id, decided, _decision, f"/direktiv/{id}")


@pages.get("/direktiv/{id}/avsluta", ("kansli",))
def ask_end(request: Request, id: str) -> Response:
    """Whether a draft is to be given up, or a directive to hold no longer."""
    return _end(request, id)


@pages.post("/direktiv/{id}/avsluta", ("kansli",))
def end(request: Request, id: str) -> Response:
    """Do it."""
    why = form_of(request).get("skal", "")

    def ended(house: object, id: str, **given: object) -> Changed:
        return directives.end(house, id, why, **given)  # type: ignore[arg-type]  # what `_done` gives every change

    return _done(request, id, ended, _end, f"/direktiv/{id}?klart=avslutat")


def _done(
    request: Request, id: str, change: Callable[..., Changed],
    again: Callable[[Request, str, Mapping[str, str], UppdragError], Response], led: str,
) -> Response:  # fmt: skip
    """Carry out a change that was asked about, and go on; the question again where it is refused."""
    web, form = web_of(request), form_of(request)
    try:
        change(
            web.house, id, actor=known_visitor(request).actor, now=web.settings.now(), expected=forms.seen(form),
            key=form.get("nyckel", ""),
        )  # fmt: skip
    except UppdragError as no:
        return again(request, id, form, no)
    return see_other(led)


def _revision(
    request: Request, id: str, form: Mapping[str, str] | None = None, no: UppdragError | None = None
) -> Response:  # fmt: skip
    d = directives_reading.one(web_of(request).house, id).directive
    return confirm(
        request, title=f"Ny version av {direktiv_words.called(d)}?", back=(f"/direktiv/{id}", id),
        lead="Den nya versionen börjar som utkast med samma text. Den förra gäller tills chefsgruppen har beslutat den "
        "nya.", button="Gör en ny version", about=[("Läge", direktiv_words.standing(d))],
        hidden={"sedd": str(d.version)}, form=form, no=no,
    )  # fmt: skip


def _when(form: Mapping[str, str]) -> tuple[date, int]:
    """The meeting's day and the §, as typed. Raises Refused."""
    wrong = []
    day, paragraph = date.min, 0
    try:
        day = clean_date(form.get("dag", ""))
    except BadFact as bad:
        about = {"fact": "dag", "label": "Mötets dag", "value": form.get("dag", "")[:80]}
        wrong.append(Refusal.of(bad.code, **about, expected=bad.expected))
    try:
        paragraph = clean_number(form.get("paragraf", "").strip().removeprefix("§"))
    except BadFact as bad:
        about = {"fact": "paragraf", "label": "Paragrafen", "value": form.get("paragraf", "")[:80]}
        wrong.append(Refusal.of(bad.code, **about, expected=bad.expected))
    if wrong:
        raise Refused(wrong)
    return day, paragraph


def _decision(
    request: Request, id: str, form: Mapping[str, str] | None = None, no: UppdragError | None = None
) -> Response:  # fmt: skip
    d = directives_reading.one(web_of(request).house, id).directive
    return confirm(
        request, title=f"Registrera beslut om {direktiv_words.called(d)}", back=(f"/direktiv/{id}", id),
        lead="Bara för ett möte vars protokoll inte finns här. Annars registreras beslutet när mötet avslutas. "
        "Direktivet låses. Uppdragens beslut registreras på vart och ett av dem.", button="Registrera beslutet",
        fields=[Field(name="dag", label="Mötets dag", kind="date", required=True),
                Field(name="paragraf", label="Paragraf", narrow=True, required=True, help="Bara siffran.")],
        about=[("Rubrik", d.text.title), ("Läge", direktiv_words.standing(d))], hidden={"sedd": str(d.version)},
        form=form, no=no,
    )  # fmt: skip


def _end(
    request: Request, id: str, form: Mapping[str, str] | None = None, no: UppdragError | None = None
) -> Response:  # fmt: skip
    d = directives_reading.one(web_of(request).house, id).directive
    draft = d.draft is not None
    follows = "Direktivet gäller inte längre. Uppdragen påverkas inte."
    if draft:
        follows = "Utkastet dras tillbaka och försvinner från dagordningen. Uppdragen påverkas inte."
        if d.decisions:
            follows = f"{follows} Version {len(d.decisions)} gäller som förut."
    what = "Dra tillbaka utkastet" if draft else "Låt direktivet upphöra"
    return confirm(
        request, title=f"{what} {direktiv_words.called(d)}?", lead=follows, button=what, back=(f"/direktiv/{id}", id),
        fields=[Field(name="skal", label="Skälet", required=True, help="Sparas med direktivet.")], danger=True,
        about=[("Rubrik", d.text.title), ("Läge", direktiv_words.standing(d))], hidden={"sedd": str(d.version)},
        form=form, no=no,
    )  # fmt: skip
