"""Many regions' decisions at once, from a file or pasted rows: every bad line named, all of them or none."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from fastapi import Request
from fastapi.responses import Response

from uppdrag import words
from uppdrag.intake.decisions import COLUMNS, REQUIRED
from uppdrag.service import batch, queries
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.permissions import Pages, files_of, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.errors import LinesRefused, Refusal, Refused, UppdragError

pages = Pages()
_FILE = "fil"
_PASTED = "rader"
_KEPT = "innehall"
_LARGEST = 650_000
"""Bytes of a file: it goes with the form that is looked at first, and a form is at most a megabyte."""
_PAGE_OF_LINES = 300


@pages.get("/uppdrag/beslut", ("kansli",))
def ask(request: Request) -> Response:
    """A file, or rows pasted from one."""
    return _form(request, {"nyckel": forms.new_key()})


@pages.post("/uppdrag/beslut", ("kansli",), files=1)
def register(request: Request) -> Response:
    """Show what will be recorded, line by line, and then record it."""
    web, form = web_of(request), form_of(request)
    if form.get("steg") == "andra":
        return _form(request, form)
    try:
        name, content = _content(request, form)
        answers = batch.decide_file(
            web.house, name, content, actor=known_visitor(request).actor, key=form.get("nyckel", ""),
            now=web.settings.now(), dry_run=form.get("steg") != "registrera",
        )  # fmt: skip
        if not answers:
            raise Refused([Refusal.of("empty_file")])
    except UppdragError as no:
        return _form(request, form, no)
    if form.get("steg") == "registrera":
        ids = {a.uppdrag for a in answers}
        return see_other(f"/uppdrag/{ids.pop()}?antal={len(answers)}" if len(ids) == 1 else "/uppdrag")
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    told = {id: queries.lifecycle_of(web.house, id) for id in {a.uppdrag for a in answers}}
    lines = [(a.uppdrag, [words.event(e, told[a.uppdrag], regions) for e in a.events], a.repeated) for a in answers]
    return render(
        request, "beslut_granska.html", lines=lines[:_PAGE_OF_LINES], count=len(answers), name=name,
        left_out=max(0, len(lines) - _PAGE_OF_LINES), nyckel=form.get("nyckel", ""),
        kept={_KEPT: urlsafe_b64encode(content).decode(), "namn": name, _PASTED: form.get(_PASTED, "")},
        warnings=[f"{a.uppdrag} {words.region(regions, a.events[0].region)}: {words.sentence(w)}"
                  for a in answers for w in a.warnings],
    )  # fmt: skip


def _content(request: Request, form: dict[str, str]) -> tuple[str, bytes]:
    """What was posted: a file, rows, or what has been looked at. Raises Refused where it is nothing, or too much."""
    files = files_of(request)
    if _FILE in files and files[_FILE][1]:
        name, content = files[_FILE]
        name = name[-80:]
    elif form.get(_KEPT):
        try:
            name, content = form.get("namn", "")[-80:], urlsafe_b64decode(form[_KEPT].encode())
        except (NotBase64, ValueError):
            raise Refused([Refusal.of("empty_file")]) from None
    elif form.get(_PASTED, "").strip():
        name, content = "Inklistrade rader", form[_PASTED].encode()
    else:
        raise Refused([Refusal.of("fact_missing", fact=_FILE, label="En fil, eller inklistrade rader,")])
    if len(content) > _LARGEST:
        raise Refused([Refusal.of("file_too_large", limit=f"{_LARGEST // 1000} kB", fact=_FILE)])
    return name, content


def _form(request: Request, form: dict[str, str], no: UppdragError | None = None) -> Response:
    lines = [(n, words.sentence(r)) for n, r in no.lines] if isinstance(no, LinesRefused) else []
    general = words.on_a_page(no) if no is not None and not lines else []
    columns = [(names[1] if len(names) > 1 else names[0], key in REQUIRED) for key, names in COLUMNS.items()]
    return render(
        request, "beslut_fil.html", status=200 if no is None else status_of(no), lines=lines[:_PAGE_OF_LINES],
        count=len(lines), general=general, columns=columns, pasted=form.get(_PASTED, ""),
        nyckel=form.get("nyckel") or forms.new_key(),
    )  # fmt: skip
