"""*Nytt uppdrag*: which kind it is, what is asked of that kind, what will be recorded, and then the uppdrag."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request
from fastapi.responses import Response

from uppdrag import words
from uppdrag.service import catalogue, commands
from uppdrag.web import deciding, forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import Web, known_visitor, web_of
from workflow.calendar import Span, local_date
from workflow.errors import Refusal, Refused, UppdragError
from workflow.facts import BadFact, clean_list, clean_span
from workflow.lifecycle import Lifecycle

pages = Pages()
_MORE = "Följduppdrag, dag och regioner"


@pages.get("/uppdrag/nytt", ("kansli",))
def new(request: Request) -> Response:
    """Which kind of uppdrag it is; then what is asked of that kind."""
    return _new(request, {"nyckel": forms.new_key(), "slag": request.query_params.get("slag", "")})


@pages.post("/uppdrag/nytt", ("kansli",))
def create(request: Request) -> Response:
    """Show what will be recorded, and then record it."""
    web, form = web_of(request), form_of(request)
    if form.get("steg") == "andra":
        return _new(request, form)
    try:
        wanted = _wanted(web, request, form)
        answer = commands.new(
            web.house, wanted, now=web.settings.now(), key=form.get("nyckel", ""),
            dry_run=form.get("steg") != "registrera",
        )  # fmt: skip
    except UppdragError as no:
        return _new(request, form, no)
    if not answer.dry_run:
        return see_other(f"/uppdrag/{answer.uppdrag}?registrerat={answer.events[-1].seq}")
    lines = [words.event(e, None, {}) for e in answer.events]
    return render(
        request, "granska.html", title="Nytt uppdrag", lines=lines, back="/uppdrag", action="/uppdrag/nytt",
        kept=_kept(form), warnings=[words.sentence(w) for w in answer.warnings], about=_about_new(web, form),
    )  # fmt: skip


def _new(request: Request, form: dict[str, str], no: UppdragError | None = None) -> Response:
    web = web_of(request)
    kinds, chosen = catalogue.newest(web.house), form.get("slag", "")
    lifecycle = next((lc for lc in kinds if lc.id == chosen), None)
    fields = _new_fields(lifecycle, form) if lifecycle else []
    wrong = NO_COMPLAINT if no is None else forms.complaint(no, [f.name for f in fields], _ALSO)
    return render(
        request, "uppdrag_nytt.html", status=200 if no is None else status_of(no), kinds=kinds, lifecycle=lifecycle,
        fields=forms.with_errors(fields, wrong), wrong=wrong, nyckel=form.get("nyckel", ""), slag=chosen,
    )  # fmt: skip


_ALSO = {"title": "rubrik", "neutral_title": "neutral_rubrik", "neutral_title_missing": "neutral_rubrik",
         "title_missing": "rubrik", "owner": "ansvarig", "section": "avsnitt", "source": "kalla",
         "unknown_region": "regioner", "on": "dag", "date_in_future": "dag"}  # fmt: skip


def _new_fields(lifecycle: Lifecycle, form: dict[str, str]) -> list[Field]:
    """What is asked of a new uppdrag of a kind."""
    fields = [
        Field(name="rubrik", label="Rubrik", required=True, help="Vad regionerna ska göra tillsammans, på en rad."),
        Field(name="avsnitt", label="Avsnitt i verksamhetsplanen", narrow=True, help="Till exempel 6.2."),
        Field(name="kalla", label="Varifrån behovet kommer"),
        Field(name="ansvarig", label="Ansvarig"),
    ]  # fmt: skip
    fields += [
        Field(name=f"tid_{d.id}", label=f"Planerad tid: {d.label[:1].lower()}{d.label[1:]}",
              help="Som planen skriver det: Q3 2026, under hösten 2026 eller 2026-09-30.")
        for d in lifecycle.deadlines
    ]  # fmt: skip
    fields += [
        Field(name="kansligt", label="Känsligt: bara nummer och neutral rubrik lämnar kansliet", kind="tick"),
        Field(name="neutral_rubrik", label="Neutral rubrik", help="Behövs när uppdraget är känsligt."),
        Field(name="foralder", label="Följduppdrag till", narrow=True, group=_MORE, help="Till exempel U2026-03."),
        Field(name="dag", label="Dagen då behovet blev känt", kind="date", group=_MORE),
    ]  # fmt: skip
    if lifecycle.track:
        fields.append(
            Field(name="regioner", label="Berörda regioner", group=_MORE,
                  help="Utelämnat: alla 21. Annars länskoder, som 01, 03.")
        )  # fmt: skip
    return [replace(f, value=form.get(f.name, "")) for f in fields]


def _wanted(web: Web, request: Request, form: dict[str, str]) -> commands.New:
    lifecycle = catalogue.lifecycle(web.house, form.get("slag", ""))
    times: dict[str, Span] = {}
    refused = []
    today = local_date(web.settings.now())
    for d in lifecycle.deadlines:
        written = form.get(f"tid_{d.id}", "").strip()
        if not written:
            continue
        try:
            times[d.id] = clean_span(written, today)
        except BadFact as bad:
            refused.append(
                Refusal.of(bad.code, fact=f"tid_{d.id}", label=d.label, value=written[:80], expected=bad.expected)
            )
    if not form.get("rubrik", "").strip():
        refused.append(Refusal.of("fact_missing", fact="rubrik", label="Rubriken"))
    codes: tuple[str, ...] = ()
    try:
        codes = clean_list(form.get("regioner", ""))
    except BadFact as bad:
        refused.append(Refusal.of(bad.code, fact="regioner", label="Berörda regioner", expected=bad.expected))
    if refused:
        raise Refused(refused)
    on = deciding.read_days({"dag": form.get("dag", "").strip()}, [("dag", "Dagen")])["dag"]
    return commands.New(
        title=form.get("rubrik", ""), lifecycle=lifecycle.id, section=form.get("avsnitt", ""),
        source=form.get("kalla", ""), owner=form.get("ansvarig", ""), sensitive=form.get("kansligt") == "ja",
        neutral_title=form.get("neutral_rubrik", ""), times=times, actor=known_visitor(request).actor,
        parent=form.get("foralder", "").strip(), on=on, regions=codes or None,
    )  # fmt: skip


def _about_new(web: Web, form: dict[str, str]) -> list[tuple[str, str]]:
    lifecycle = catalogue.lifecycle(web.house, form.get("slag", ""))
    today = local_date(web.settings.now())
    told = [("Slag", lifecycle.label)]
    for f in _new_fields(lifecycle, form):
        if f.value.strip() and f.name != "rubrik":
            spanned = f.name.startswith("tid_")
            told.append((f.label, clean_span(f.value, today).working() if spanned else f.answer))
    if lifecycle.track:
        told = [pair for pair in told if pair[0] != "Berörda regioner"]
        told.append(("Berörda regioner", form.get("regioner", "").strip() or "Alla 21"))
    return told


def _kept(form: dict[str, str]) -> dict[str, str]:
    return {k: v for k, v in form.items() if k not in ("formular", "steg")}
