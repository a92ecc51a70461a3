"""*Uppdragsdirektiv*: the list, one as it is read and fetched, and the form that a draft is written in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from definitions.direktiv import Stated
from uppdrag import words
from uppdrag.documents.formats import MEDIA_TYPES, Format, file_name, rendered
from uppdrag.service import directives, directives_reading
from uppdrag.service.directives_reading import Found
from uppdrag.service.directives_rows import told
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.meetings_kit import READING
from uppdrag.web.permissions import Forbidden, Pages, form_of
from uppdrag.web.rendering import render, see_other, written
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words import direktiv as direktiv_words
from workflow.direktiv import Directive, DirectiveText
from workflow.errors import KeyReused, Refusal, Refused, UppdragError
from workflow.facts import BadFact, clean_list

pages = Pages()
_FILE = re.compile(r"uppdragsdirektiv-(D\d{4}-\d{2,6})-v([1-9]\d{0,3})\.(docx|pdf)", re.ASCII)
AT = "/direktiv"
_SECTION = "avsnitt-"
_ALSO = {"title": "rubrik", "number": "diarienummer", "no_such_uppdrag": "uppdrag", "directive_decided": ""}
_CHANGED = ("directive_changed", "meeting_version_unknown")


@pages.get("/direktiv", READING)
def listing(request: Request) -> Response:
    """Every directive, and the numbers that uppdrag follow without a document here."""
    found, imported = directives_reading.listed(web_of(request).house)
    return render(
        request, "direktiv_lista.html", found=found, imported=imported, standing=direktiv_words.standing,
        kansli=known_visitor(request).role == "kansli",
    )  # fmt: skip


@pages.get("/direktiv/nytt", ("kansli",))
def ask(request: Request) -> Response:
    """Which uppdrag a new directive carries."""
    asked = {"uppdrag": request.query_params.get("uppdrag", "")[:1000], "nyckel": forms.new_key()}
    return _ask(request, asked)


@pages.post("/direktiv/nytt", ("kansli",))
def begin(request: Request) -> Response:
    """Write the draft, filled with what is known."""
    web, form = web_of(request), form_of(request)
    try:
        stated = Stated(title=form.get("rubrik", "").strip() or None, number=form.get("diarienummer", ""))
        done = directives.new(
            web.house, _ids(form), stated, actor=known_visitor(request).actor, now=web.settings.now(),
            key=form.get("nyckel", ""),
        )  # fmt: skip
    except UppdragError as no:
        return _ask(request, form, no)
    return see_other(f"/direktiv/{done.directive.id}/andra?nytt=ja")


@pages.get("/direktiv/{id}", READING)
def one(request: Request, id: str) -> Response:
    """A directive as it is read. Of one with a sensitive uppdrag only the kansli sees more than numbers."""
    web = web_of(request)
    found = directives_reading.one(web.house, id)
    kansli = known_visitor(request).role == "kansli"
    hidden = found.sensitive and not kansli
    document = directives_reading.document(web.house, id)
    revisions = range(1, found.directive.revision + 1)
    return render(
        request, "direktiv.html", found=found, d=found.directive, kansli=kansli, hidden=hidden,
        standing=direktiv_words.standing(found.directive), warnings=[words.sentence(w) for w in found.warnings],
        text="" if hidden else written(document, top=2), history=told(found.history) if kansli else [],
        files=[] if hidden else [(n, f"{AT}/{id}/fil/uppdragsdirektiv-{id}-v{n}") for n in reversed(revisions)],
        done=request.query_params.get("klart", ""),
    )  # fmt: skip


@pages.get("/direktiv/{id}/fil/{name}", READING)
def file(request: Request, id: str, name: str) -> Response:
    """A revision of a directive as a DOCX to edit or a PDF to read."""
    web = web_of(request)
    asked = _FILE.fullmatch(name)
    if asked is None or asked[1] != id:
        raise HTTPException(404)
    if directives_reading.one(web.house, id).sensitive and known_visitor(request).role != "kansli":
        raise Forbidden("role")
    try:
        document = directives_reading.document(web.house, id, revision=int(asked[2]))
    except Refused:
        raise HTTPException(404) from None
    format: Format = "docx" if asked[3] == "docx" else "pdf"
    disposition = f'attachment; filename="{file_name(document, format)}"'
    return Response(
        rendered(document, format), media_type=MEDIA_TYPES[format], headers={"content-disposition": disposition}
    )


@pages.get("/direktiv/{id}/andra", ("kansli",))
def edit(request: Request, id: str) -> Response:
    """The draft, to be written on; of a decided directive only a number that it lacks."""
    return _edit(request, directives_reading.one(web_of(request).house, id), {})


@pages.post("/direktiv/{id}/andra", ("kansli",))
def save(request: Request, id: str) -> Response:
    """Keep what was written, unless somebody else has changed it since."""
    web, form = web_of(request), form_of(request)
    found = directives_reading.one(web.house, id)
    try:
        directives.edit(
            web.house, id, _stated(found.directive, form), actor=known_visitor(request).actor, now=web.settings.now(),
            expected=forms.seen(form), key=form.get("nyckel", ""),
        )  # fmt: skip
    except UppdragError as no:
        return _edit(request, directives_reading.one(web.house, id), form, no)
    return see_other(f"/direktiv/{id}?klart=sparat")


def _ask(request: Request, form: Mapping[str, str], no: UppdragError | None = None) -> Response:
    fields = [
        Field(name="uppdrag", label="Uppdrag som direktivet omfattar", required=True,
              help="Nummer med komma mellan, som U2026-04, U2026-07. Det som är känt om dem fylls i."),
        Field(name="rubrik", label="Rubrik", help="Utelämnat: uppdragets rubrik, om det bara är ett."),
        Field(name="diarienummer", label="Diarienummer", narrow=True, help="Som RK2026-00012-7. Kan anges senare."),
    ]  # fmt: skip
    return _form(
        request, [forms.filled(f, form) for f in fields], title="Nytt uppdragsdirektiv", back=("/direktiv", "Direktiv"),
        lead="Ett utkast skrivs med det som är känt om uppdragen. Resten står inom hakparentes, att fylla i.",
        button="Skriv utkastet", action="/direktiv/nytt", form=form, no=no,
    )  # fmt: skip


def _edit(request: Request, found: Found, form: Mapping[str, str], no: UppdragError | None = None) -> Response:
    d = found.directive
    locked = d.draft is None and bool(d.decisions)
    if d.ended or (locked and d.text.number):
        return see_other(f"/direktiv/{d.id}")
    conflict = isinstance(no, Refused) and any(r.code in _CHANGED for r in no.refusals)
    fields = []
    for f in _fields(d.text)[1:2] if locked else _fields(d.text):
        filled = forms.filled(f, form)
        if conflict and _plain(filled.value) != _plain(f.value):
            filled = replace(filled, help=f"Sparat nu: {f.value or '(tomt)'}")
        fields.append(filled)
    seen = str(d.version) if conflict or not form else form.get("sedd", "")
    fresh = request.query_params.get("nytt") == "ja"
    lead = "Direktivet är beslutat. Det enda som kan anges är diarienumret." if locked else ""
    lead = lead or ("Utkastet är ifyllt med det som är känt. " if fresh else "")
    lead = lead if locked else f"{lead}Skriv det som står inom hakparentes. En rad som börjar med - blir en punkt."
    return _form(
        request, fields, title=f"Ändra {d.id}", back=(f"/direktiv/{d.id}", d.id), lead=lead, button="Spara",
        action=f"/direktiv/{d.id}/andra", form=form, no=no, hidden={"sedd": seen},
    )  # fmt: skip


def _form(
    request: Request, fields: list[Field], *, title: str, back: tuple[str, str], lead: str, button: str, action: str,
    form: Mapping[str, str], no: UppdragError | None, hidden: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    wrong = NO_COMPLAINT
    if no is not None:
        also = {**_ALSO, **{f.name.removeprefix(_SECTION): f.name for f in fields if f.name.startswith(_SECTION)}}
        wrong = forms.complaint(no, [f.name for f in fields], also)
    used = isinstance(no, KeyReused)
    key = forms.new_key() if used else form.get("nyckel") or forms.new_key()
    return render(
        request, "direktiv_form.html", status=200 if no is None else status_of(no), title=title, back=back, lead=lead,
        button=button, action=action, fields=forms.with_errors(fields, wrong), wrong=wrong,
        hidden={"nyckel": key, **(hidden or {})},
    )  # fmt: skip


def _fields(text: DirectiveText) -> list[Field]:
    return [
        Field(name="rubrik", label="Rubrik", required=True, value=text.title),
        Field(name="diarienummer", label="Diarienummer", narrow=True, value=text.number,
              help="Som RK2026-00012-7. Står det redan på en annan handling sägs det till."),
        Field(name="uppdrag", label="Uppdrag som direktivet omfattar", required=True, value=", ".join(text.uppdrag),
              help="Nummer med komma mellan."),
        # Any section may be empty, but none of them is beside the point, as "kan utelämnas" would say.
        *(Field(name=f"{_SECTION}{s.id}", label=s.label, kind="long", value=s.text, required=True)
          for s in text.sections),
    ]  # fmt: skip


def _stated(d: Directive, form: Mapping[str, str]) -> Stated:
    """What was written in the form. Raises Refused."""
    return Stated(
        title=form.get("rubrik"), number=form.get("diarienummer"), uppdrag=_ids(form) if "uppdrag" in form else None,
        sections={s.id: form[f"{_SECTION}{s.id}"] for s in d.text.sections if f"{_SECTION}{s.id}" in form},
    )  # fmt: skip


def _ids(form: Mapping[str, str]) -> tuple[str, ...]:
    """The uppdrag that were named. Raises Refused."""
    try:
        return tuple(id.upper() for id in clean_list(form.get("uppdrag", "")))
    except BadFact as bad:
        about = {"fact": "uppdrag", "label": "Uppdragen", "value": form.get("uppdrag", "")[:80]}
        raise Refused([Refusal.of(bad.code, **about, expected=bad.expected)]) from None


def _plain(text: str) -> str:
    """A text as it is compared with one that a browser has sent."""
    return text.replace("\r\n", "\n").strip()
