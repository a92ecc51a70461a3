"""*Registrera i efterhand*: which uppdrag, how far it had come, what is known of each step, which regions had decided.

The pages follow one another and keep what was said on the ones before; nothing is recorded until all of it was shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response

from uppdrag import words
from uppdrag.service import afterwards, catalogue, commands, queries, readings
from uppdrag.service.afterwards import REGION, STEP, Afterwards
from uppdrag.web import deciding, forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Complaint, Field
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import Web, known_visitor, web_of
from workflow.calendar import local_date
from workflow.commands import Advance, Decide
from workflow.engine import FactAsked
from workflow.errors import Refusal, Refused, UppdragError
from workflow.lifecycle import Lifecycle, Transition
from workflow.model import BODIES, Region
from workflow.status import StatusFilter

pages = Pages()
_PAGES = ("vilket", "lage", "steg", "regioner", "granska", "registrera")
_SHOWN = {"vilket": "Vilket uppdrag", "lage": "Hur långt det hade kommit", "steg": "Vad som är känt",
          "regioner": "Regionerna", "granska": "Granska"}  # fmt: skip
_CELLS = ("utfall", "instans", "datum", "paragraf", "text")
_NEEDS_TEXT = dict.fromkeys(("adaptation", "note", "missing"), "text")


class Begun(NamedTuple):
    """What is being registered: its lifecycle, the state it is in, that it had come to, and the steps between."""

    lifecycle: Lifecycle
    start: str
    goal: str
    path: tuple[Transition, ...]
    regions: tuple[str, ...]

    @property
    def decides(self) -> bool:
        """Whether regions may have decided."""
        track = self.lifecycle.track
        return track is not None and self.goal in track.open_in and bool(self.regions)


@pages.get("/uppdrag/efterhand", ("kansli",))
def begin(request: Request) -> Response:
    """The first page. An uppdrag may be named in the address."""
    chosen = request.query_params.get("uppdrag", "")[:20]
    return _page(request, "vilket", {"nyckel": forms.new_key(), "uppdrag": chosen})


@pages.post("/uppdrag/efterhand", ("kansli",))
def go_on(request: Request) -> Response:
    """The page that is asked for, or the one before it where something will not do."""
    web, form = web_of(request), form_of(request)
    wanted = form.get("till", "")
    if wanted not in _PAGES or wanted == "vilket":
        return _page(request, "vilket", form | {"fran": ""})
    try:
        begun = _begun(web, form)
        if wanted == "lage":
            return _page(request, "lage", form)
        if not begun.goal:
            return _page(request, "lage", form, Refused([Refusal.of("fact_missing", fact="lage", label="Läget")]))
        return _further(request, form, begun, wanted)
    except UppdragError as no:
        return _page(request, "vilket", form, no)


def _further(request: Request, form: dict[str, str], begun: Begun, wanted: str) -> Response:
    """What comes after the state is chosen. What was said so far is tried out, and undone."""
    web = web_of(request)
    if wanted == "steg" and begun.path:
        return _page(request, "steg", form)
    try:
        answers = _try(web, request, form, begun, with_regions=False)
    except UppdragError as no:
        return _page(request, "steg" if begun.path else "lage", form, no)
    if wanted in ("steg", "regioner") and begun.decides:
        return _page(request, "regioner", form)
    try:
        answers = _try(web, request, form, begun, with_regions=begun.decides, dry_run=wanted != "registrera")
        if not answers:
            raise Refused([Refusal.of("nothing_changed")])
    except UppdragError as no:
        return _page(request, "regioner" if begun.decides else "steg" if begun.path else "lage", form, no)
    if wanted == "registrera":
        return see_other(f"/uppdrag/{answers[0].uppdrag}?registrerat={answers[-1].events[0].seq}")
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    lines = [(a, [words.event(e, begun.lifecycle, regions) for e in a.events]) for a in answers]
    return render(
        request, "efterhand_granska.html", lines=lines, pages=_SHOWN, here="granska", kept=_kept(form),
        uppdrag=form.get("uppdrag") or f"Nytt uppdrag: {form.get('rubrik', '')}", final=answers[-1].state,
        label=begun.lifecycle.label_of(answers[-1].state), back="regioner" if begun.decides else "steg",
        warnings=[words.sentence(w) for a in answers for w in a.warnings],
    )  # fmt: skip


def _begun(web: Web, form: Mapping[str, str]) -> Begun:
    """What the first pages say. Raises Refused where they do not say enough, NotFound for an uppdrag that is none."""
    goal = form.get("lage", "")
    if id := form.get("uppdrag", "").strip():
        found = queries.detail(web.house, id, now=web.settings.now())
        lifecycle, regions = found.lifecycle, tuple(sorted(found.matter.regions))
        # The state that the pages began from: the same form a second time is about the same steps.
        start = form["fran"] if form.get("fran") in lifecycle.by_state else found.row.state
    else:
        wrong = [Refusal.of("fact_missing", fact=n, label=label) for n, label in
                 (("slag", "Uppdraget, eller slaget av ett nytt,"), ("rubrik", "Rubriken"))
                 if not form.get(n, "").strip()]  # fmt: skip
        if wrong:
            raise Refused(wrong)
        lifecycle = catalogue.lifecycle(web.house, form["slag"])
        start, regions = lifecycle.initial, tuple(r.lanskod for r in queries.regions(web.house))
    path = lifecycle.path_to(goal, start=start) if goal else ()
    if path is None:
        label = lifecycle.label_of(goal)
        raise Refused([Refusal.of("not_a_choice", fact="lage", label="Läget", value=label,
                                  expected=", ".join(name for _, name in _goals(lifecycle, start)))])  # fmt: skip
    return Begun(lifecycle, start, goal, path, regions)


def _goals(lifecycle: Lifecycle, start: str) -> list[tuple[str, str]]:
    """The states that an uppdrag may have come to from one, that one included."""
    return [(s.id, s.label + (" (där står det nu)" if s.id == start else "")) for s in lifecycle.states
            if lifecycle.path_to(s.id, start=start) is not None]  # fmt: skip


def _try(
    web: Web, request: Request, form: Mapping[str, str], begun: Begun, *, with_regions: bool, dry_run: bool = True
) -> tuple[commands.Answer, ...]:
    actor = known_visitor(request).actor
    steps = tuple(_step(request, form, n, t) for n, t in enumerate(begun.path))
    decisions = tuple(d for code in begun.regions if (d := _decision(request, form, code))) if with_regions else ()
    new = None
    if not form.get("uppdrag", "").strip():
        new = commands.New(
            title=form.get("rubrik", ""), lifecycle=begun.lifecycle.id, section=form.get("avsnitt", ""), actor=actor,
            owner=form.get("ansvarig", ""), source=form.get("kalla", ""),
        )  # fmt: skip
    what = Afterwards(uppdrag=form.get("uppdrag", "").strip(), new=new, steps=steps, decisions=decisions)
    return afterwards.register(
        web.house, what, now=web.settings.now(), key=form.get("nyckel", ""), dry_run=dry_run
    )  # fmt: skip


def _step(request: Request, form: Mapping[str, str], n: int, t: Transition) -> Advance:
    name = f"{STEP}{n}__dag"
    days = deciding.read_days({name: form.get(name, "").strip()}, [(name, f"{t.label}, dagen")])
    facts = {f.name: v for f in t.facts if (v := form.get(f"{STEP}{n}_{f.name}", "")).strip()}
    return Advance(actor=known_visitor(request).actor, on=days[name], trigger=t.trigger, facts=facts, backfill=True)


def _decision(request: Request, form: Mapping[str, str], code: str) -> Decide | None:
    said = {cell: form.get(f"{REGION}{code}_{cell}", "").strip() for cell in _CELLS}
    if not any(said.values()):
        return None
    name = f"{REGION}{code}_datum"
    if not said["utfall"]:
        raise Refused([Refusal.of("fact_missing", fact=f"{REGION}{code}_utfall", label="Utfall")])
    on = deciding.read_days({name: said["datum"]}, [(name, "Datum")])[name]
    about = {"antagen_med_anpassning": "adaptation", "aterremitterad": "missing", "bordlagd": "missing"}
    text = {n: said["text"] if n == about.get(said["utfall"], "note") else "" for n in _NEEDS_TEXT}
    return Decide(
        actor=known_visitor(request).actor, on=on, region=code, outcome=said["utfall"], body=said["instans"],
        paragraph=said["paragraf"], backfill=True, adaptation=text["adaptation"], note=text["note"],
        missing=text["missing"],
    )  # fmt: skip


def _page(request: Request, here: str, form: dict[str, str], no: UppdragError | None = None) -> Response:
    """One of the pages, filled in with what has been said."""
    web = web_of(request)
    begun = None
    if here != "vilket":
        begun = _begun(web, form)
    fields = _fields(web, here, form, begun)
    regions = [r for r in queries.regions(web.house) if begun and r.lanskod in begun.regions]
    wrong = NO_COMPLAINT if no is None else _complaint(no, fields, regions)
    own = {f.name for f in fields} | ({f"{REGION}{r.lanskod}_{c}" for r in regions for c in _CELLS}
                                      if here == "regioner" else set())  # fmt: skip
    track = begun.lifecycle.track if begun else None
    may = track.bodies if track and track.bodies else BODIES
    kept = {k: v for k, v in _kept(form).items() if k not in own} | ({"fran": begun.start} if begun else {})
    return render(
        request, "efterhand.html", status=200 if no is None else status_of(no), pages=_SHOWN, here=here, wrong=wrong,
        fields=forms.with_errors(fields, wrong), kept=kept,
        groups=[(f"{STEP}{n}_", t.label) for n, t in enumerate(begun.path)] if begun and here == "steg" else [],
        regions=regions if here == "regioner" else [], said=form, outcomes=track.outcomes if track else (),
        bodies=[b for b in BODIES if b in may],
        body_names=words.BODIES, errors=wrong.by_field, onward=_onward(here, begun), back=_back(here, begun),
    )  # fmt: skip


def _onward(here: str, begun: Begun | None) -> str:
    return {"vilket": "lage", "lage": "steg", "steg": "regioner", "regioner": "granska"}[here] if (
        here != "steg" or (begun and begun.decides)
    ) else "granska"  # fmt: skip


def _back(here: str, begun: Begun | None) -> str:
    if here == "regioner" and begun and not begun.path:
        return "lage"
    return {"lage": "vilket", "steg": "lage", "regioner": "steg"}.get(here, "")


def _fields(web: Web, here: str, form: Mapping[str, str], begun: Begun | None) -> list[Field]:
    fields: list[Field] = []
    if here == "vilket":
        fields = _which(web)
    elif here == "lage" and begun:
        goals = _goals(begun.lifecycle, begun.start)
        fields = [Field(name="lage", label="Läget som uppdraget hade nått", kind="choice", options=tuple(goals),
                        required=True)]  # fmt: skip
    elif here == "steg" and begun:
        for n, t in enumerate(begun.path):
            asked = [forms.of_fact(FactAsked(fact=f, known=None), {}) for f in t.facts]
            fields += [replace(f, name=f"{STEP}{n}_{f.name}", required=False) for f in asked]
            if not any(f.sets == "day" for f in t.facts):
                fields.append(Field(name=f"{STEP}{n}__dag", label="Dagen då det hände", kind="date"))
    return [replace(f, value=form.get(f.name, "")) for f in fields]


def _which(web: Web) -> list[Field]:
    today = local_date(web.settings.now())
    rows = [r for r in queries.status(web.house, StatusFilter(today=today)) if not r.final]
    kinds = {lc.id: lc.label for lc in catalogue.newest(web.house)}
    known = tuple((r.id, f"{r.id} {readings.title(r, True)}"[:90]) for r in rows)
    return [
        Field(name="uppdrag", label="Ett uppdrag som finns", kind="select", options=known, required=True),
        Field(name="slag", label="Eller ett nytt, av slaget", kind="select", options=tuple(kinds.items()),
              required=True),
        Field(name="rubrik", label="Det nya uppdragets rubrik", required=True),
        Field(name="avsnitt", label="Avsnitt i verksamhetsplanen", narrow=True),
        Field(name="ansvarig", label="Ansvarig"),
        Field(name="kalla", label="Varifrån behovet kom"),
    ]  # fmt: skip


def _complaint(no: UppdragError, fields: list[Field], regions: list[Region]) -> Complaint:
    """Each refusal beside the field of the part that it is about; else in general, with the region's name."""
    if not isinstance(no, Refused):
        return Complaint({}, tuple(words.on_a_page(no)))
    names = {f.name for f in fields} | {f"{REGION}{r.lanskod}_{c}" for r in regions for c in _CELLS}
    short = {f"{REGION}{r.lanskod}": r.short_name for r in regions}
    by_field: dict[str, str] = {}
    general = []
    for r in no.refusals:
        part, fact = r.facts.get("part", ""), r.facts.get("fact", "")
        fact = {**deciding.ALSO, **_NEEDS_TEXT}.get(fact, fact) if part.startswith(REGION) else fact
        name = f"{part}_{fact}" if part else fact
        told = words.sentence(r)
        if part in short:
            told = f"{short[part]}: {told}"
        if name in names and (part or name not in by_field):
            by_field[name] = told
        else:
            general.append(told)
    return Complaint(by_field, tuple(general))


def _kept(form: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in form.items() if k not in ("formular", "till") and v}
