"""*Rätta* and *Ta tillbaka*: what was registered wrongly is replaced in the open, and what stood there stays."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag import words
from uppdrag.service import commands, correcting, queries
from uppdrag.service.correcting import DAY, Standing
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field, Kind
from uppdrag.web.history import correctable, may_correct
from uppdrag.web.permissions import Forbidden, Pages, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.engine import FactAsked
from workflow.errors import Refusal, Refused, UppdragError
from workflow.events import Corrected, Identified, RegionDecided
from workflow.model import BODIES, KINDS, SOURCES

pages = Pages()
_WHY = "_skal"
_PREFIX = "v_"
_STOOD = "o_"
_MORE = "Annat som saknas eller kan läggas till"
_FIRST = ("outcome", "body", "on", "paragraph", "source")
_OWN_NAME = "body_name"
_LONG = ("adaptation", "note", "missing", "notes")
_DAYS = ("on", "justerat", "tillkannagivet", "reported_on", "task_due")
_TEXTS = ("title", "neutral_title", "source", "section", "owner", "dnr", "directive", "notes")


@pages.get("/uppdrag/{id}/historik/{seq}/ratta", ("kansli", "region"))
def ask(request: Request, id: str, seq: str) -> Response:
    """The form, filled in with what is recorded."""
    found = _standing(request, id, seq)
    return _form(request, found, {f"{_PREFIX}{k}": v for k, v in found.said.items()} | {"nyckel": forms.new_key()})


@pages.post("/uppdrag/{id}/historik/{seq}/ratta", ("kansli", "region"))
def correct(request: Request, id: str, seq: str) -> Response:
    """Show before and after, and then record it."""
    return _carry_out(request, id, seq, withdraw=False)


@pages.get("/uppdrag/{id}/historik/{seq}/aterta", ("kansli", "region"))
def ask_withdrawal(request: Request, id: str, seq: str) -> Response:
    """Why an event is to be taken back."""
    return _form(request, _standing(request, id, seq), {"nyckel": forms.new_key()}, withdraw=True)


@pages.post("/uppdrag/{id}/historik/{seq}/aterta", ("kansli", "region"))
def withdraw(request: Request, id: str, seq: str) -> Response:
    """Show what is taken back, and then take it back."""
    return _carry_out(request, id, seq, withdraw=True)


def _carry_out(request: Request, id: str, seq: str, *, withdraw: bool) -> Response:
    web, form = web_of(request), form_of(request)
    repeat = form.get("steg") == "registrera"
    _allowed(request, id, seq)
    try:
        found = _standing(request, id, seq)
    except Refused:
        if not repeat:  # the same form may come twice, the second time to what it has itself taken back
            raise
        found = None
    if found is not None and form.get("steg") == "andra":
        return _form(request, found, form, withdraw=withdraw)
    try:
        changes = {} if withdraw else _changes(form)
        answer = correcting.correct(
            web.house, f"{id}/{seq}", why=form.get(_WHY, ""), actor=known_visitor(request).actor, changes=changes,
            withdraw=withdraw, now=web.settings.now(), key=form.get("nyckel", ""), expected=forms.seen(form),
            dry_run=not repeat,
        )  # fmt: skip
    except UppdragError as no:
        if found is None:
            raise
        return _form(request, found, form, no, withdraw=withdraw)
    event = answer.events[0].event
    here = f"/uppdrag/{id}/region/{event.region}" if isinstance(event, Corrected) and event.region else f"/uppdrag/{id}"
    if not answer.dry_run or found is None:
        return see_other(f"{here}?registrerat={answer.events[0].seq}#h{answer.events[0].seq}")
    return _review(request, found, form, answer, back=here, withdraw=withdraw)


def _review(
    request: Request, found: Standing, form: dict[str, str], answer: commands.Answer, *, back: str, withdraw: bool
) -> Response:
    event = answer.events[0].event
    regions = {r.lanskod: r for r in queries.regions(web_of(request).house)}
    labels = {f.name.removeprefix(_PREFIX): f for f in _fields(found, form)}
    changed = []
    if isinstance(event, Corrected) and not withdraw:
        names = [n for n in dict.fromkeys((*event.before, *event.after)) if event.before.get(n) != event.after.get(n)]
        changed = [
            (_label(labels, n), _shown(labels, n, event.before.get(n, "")), _shown(labels, n, event.after.get(n, "")))
            for n in names
        ]
    verb = "aterta" if withdraw else "ratta"
    return render(
        request, "rattelse_granska.html", event=found.event, changed=changed, withdraw=withdraw, back=back,
        stood=words.event(found.event, found.lifecycle, regions), why=form.get(_WHY, ""),
        follows=[words.event(e, found.lifecycle, regions) for e in answer.events[1:]],
        action=f"/uppdrag/{found.event.stream}/historik/{found.event.seq}/{verb}",
        kept={k: v for k, v in form.items() if k not in ("formular", "steg")},
        warnings=[words.sentence(w) for w in answer.warnings],
    )  # fmt: skip


def _standing(request: Request, id: str, seq: str) -> Standing:
    _allowed(request, id, seq)
    return correcting.standing(web_of(request).house, id, int(seq))


def _allowed(request: Request, id: str, seq: str) -> None:
    """Raises 404 where there is no such event, Forbidden where it is not the visitor's to correct."""
    web = web_of(request)
    event = next((e for e in queries.history(web.house, id) if str(e.seq) == seq), None)
    if event is None:
        raise HTTPException(404)
    lifecycle = queries.lifecycle_of(web.house, id)
    visitor = known_visitor(request)
    if lifecycle is None or not (visitor.role == "kansli" or may_correct(event, lifecycle, visitor)):
        raise Forbidden("region")
    if not correctable(event) and not event.replaces:
        raise Refused([Refusal.of("cannot_correct", event=event.id)])


def _form(
    request: Request, found: Standing, form: dict[str, str], no: UppdragError | None = None, *, withdraw: bool = False
) -> Response:
    regions = {r.lanskod: r for r in queries.regions(web_of(request).house)}
    fields = [] if withdraw else _fields(found, form)
    why = Field(name=_WHY, label="Skäl", kind="long", required=True, value=form.get(_WHY, ""),
                help="Varför det som stod är fel. Det står kvar i historiken.")  # fmt: skip
    fields = [*fields, why]
    also = {"why": _WHY, "why_missing": _WHY, **{n: f"{_PREFIX}{n}" for n in found.said}}
    wrong = NO_COMPLAINT if no is None else forms.complaint(no, [f.name for f in fields], also)
    conflict = no is not None and status_of(no) == 409
    return render(
        request, "rattelse.html", status=200 if no is None else status_of(no), event=found.event, withdraw=withdraw,
        fields=forms.with_errors(fields, wrong), wrong=wrong, nyckel=form.get("nyckel", ""),
        stood_there={f"{_STOOD}{n}": v if conflict else form.get(f"{_STOOD}{n}", v) for n, v in found.said.items()},
        seen=str(found.last) if conflict else form.get("sedd") or str(found.last),
        stood=words.event(found.event, found.lifecycle, regions),
        back=f"/uppdrag/{found.event.stream}" + (f"/region/{found.event.region}" if found.event.region else ""),
        action=f"/uppdrag/{found.event.stream}/historik/{found.event.seq}/{'aterta' if withdraw else 'ratta'}",
    )  # fmt: skip


def _fields(found: Standing, form: dict[str, str]) -> list[Field]:
    """A question for everything that the event says."""
    if isinstance(found.event.event, RegionDecided):
        order = (*_FIRST, *(n for n in found.said if n not in _FIRST))
        stated = {n for n in found.said if found.said[n] or form.get(f"{_PREFIX}{n}", "")}
        fields = [_of_decision(found, n) for n in order]
        named = Field(name=_OWN_NAME, label="Nämndens namn", help="Om instansen är en nämnd.")
        fields.insert(order.index("body") + 1, named)
        fields = [f if f.name in (*stated, *_FIRST, _OWN_NAME) else replace(f, group=_MORE) for f in fields]
    elif isinstance(found.event.event, Identified):
        fields = [Field(name=n, label=_capital(words.FIELDS[n]), kind="long" if n in _LONG else "text") for n in _TEXTS]
        fields.append(Field(name="sensitive", label="Känsligt", kind="choice", options=(("ja", "Ja"), ("nej", "Nej"))))
    else:
        fields = [forms.of_fact(FactAsked(fact=f, known=None), {}) for f in found.facts]
        if DAY in found.said:
            fields.append(Field(name=DAY, label="Dagen då det hände", kind="date"))
    return [replace(f, name=f"{_PREFIX}{f.name}", value=form.get(f"{_PREFIX}{f.name}", "")) for f in fields]


def _of_decision(found: Standing, name: str) -> Field:
    kind = _kind(name)
    options: tuple[tuple[str, str], ...] = ()
    track = found.lifecycle.track
    if name == "outcome" and track:
        kind, options = "choice", tuple((o.id, o.label) for o in track.outcomes)
    elif name == "body":
        held = found.said.get(name, "")
        known = dict.fromkeys((*BODIES, *([held] if held else ())))  # a nämnd may stand there by its own name
        kind, options = "select", tuple((b, _capital(words.BODIES.get(b, b))) for b in known)
    elif name == "source":
        kind, options = "select", tuple((s, _capital(words.SOURCES[s])) for s in SOURCES)
    elif name == "kind":
        kind, options = "choice", tuple((k, _capital(words.KINDS[k])) for k in KINDS)
    elif name == "complete":
        kind, options = "choice", (("ja", "Ja"), ("nej", "Nej, fler beslut väntas"))
    help = "Instans, dag och paragraf: AU:2026-03-10:45, RS:2026-03-24:12." if name == "links" else ""
    return Field(
        name=name, label=_capital(words.FIELDS[name]), kind=kind, options=options, help=help,
        narrow=name in ("paragraph", "version"), required=name in ("outcome", "kind", "complete"),
    )  # fmt: skip


def _kind(name: str) -> Kind:
    return "date" if name in _DAYS else "long" if name in _LONG else "number" if name == "version" else "text"


def _changes(form: dict[str, str]) -> dict[str, str]:
    """What was altered in the form: against what it was filled in with, so that the same form twice is the same."""
    posted = {k.removeprefix(_PREFIX): v.replace("\r\n", "\n") for k, v in form.items() if k.startswith(_PREFIX)}
    own_name = posted.pop(_OWN_NAME, "").strip()
    if own_name and posted.get("body") == "namnd":
        posted["body"] = own_name
    return {n: v for n, v in posted.items() if v.strip() != form.get(f"{_STOOD}{n}", "").replace("\r\n", "\n").strip()}


def _label(fields: dict[str, Field], name: str) -> str:
    return fields[name].label if name in fields else _capital(words.FIELDS.get(name, "datum" if name == DAY else name))


def _shown(fields: dict[str, Field], name: str, value: str) -> str:
    options = dict(fields[name].options) if name in fields else {}
    return options.get(value, value) or "–"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
