"""*Expediera* and the decision kit: what would go to which region is shown first, and what was shown is what goes."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag import words
from uppdrag.service import dispatching, kit, queries
from uppdrag.service.dispatching import Plan, Wanted
from uppdrag.service.queries import Detail
from uppdrag.web import deciding, forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.permissions import Pages, form_of, own_region
from uppdrag.web.rendering import render, see_other, written
from uppdrag.web.state import known_visitor, web_of
from workflow.errors import Refusal, Refused, UppdragError
from workflow.sendout import sending

pages = Pages()
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8",
}  # fmt: skip
_LETTERS: tuple[kit.Format, ...] = ("docx", "pdf")
_WITH = "till_"


@pages.get("/uppdrag/{id}/expediera", ("kansli",))
def ask(request: Request, id: str) -> Response:
    """To whom, by which channel, with which papers. Those that are left to send to are ticked."""
    found = _found(request, id)
    return _form(request, found, {"nyckel": forms.new_key(), **{f"{_WITH}{r}": "ja" for r in _left(found)}})


@pages.post("/uppdrag/{id}/expediera", ("kansli",))
def send(request: Request, id: str) -> Response:
    """Show who gets what, and then record and queue it: all of it or nothing."""
    web, form, found = web_of(request), form_of(request), _found(request, id)
    if form.get("steg") == "andra":
        return _form(request, found, form)
    key, now = form.get("nyckel", ""), web.settings.now()
    try:
        wanted = _wanted(request, found, form)
        plan = dispatching.plan(web.house, id, wanted, web.settings, now=now, key=key)
        if form.get("steg") == "registrera" and plan.done and not plan.letters:
            return see_other(_done(id, plan.done[-1].events[0].seq))
        if form.get("steg") != "registrera" or form.get("visat", "") != _seal(plan):
            stale = form.get("steg") == "registrera"
            return _shown(request, found, form, plan, stale=stale)
        done = dispatching.dispatch(web.house, id, wanted, web.settings, now=now, key=key, shown=plan)
    except UppdragError as no:
        return _form(request, found, form, no)
    return see_other(_done(id, done.answers[-1].events[0].seq) if done.answers else f"/uppdrag/{id}")


@pages.get("/uppdrag/{id}/underlag", ("kansli",))
def kits(request: Request, id: str) -> Response:
    """Every region's kit in one archive, or one at a time."""
    web, found = web_of(request), _found(request, id)
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    files = kit.make(web.house, id, None, web.settings, now=web.settings.now(), formats=_LETTERS)
    by_region: dict[str, list[str]] = {}
    for file in files:
        by_region.setdefault(file.region, []).append(file.name)
    return render(
        request, "underlag.html", row=found.row, whole=True,
        kits=[(regions[code], names) for code, names in by_region.items()], letter="",
    )  # fmt: skip


@pages.get("/uppdrag/{id}/underlag/alla.zip", ("kansli",))
def archive(request: Request, id: str) -> Response:
    """The kits of the regions that have not decided, a folder each."""
    web = web_of(request)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file in kit.make(web.house, id, None, web.settings, now=web.settings.now(), formats=_LETTERS):
            zipped.writestr(f"{file.region}/{file.name}", file.content)
    return _download(packed.getvalue(), f"{id}-underlag.zip", "application/zip")


@pages.get("/uppdrag/{id}/underlag/{lanskod}", ("kansli", "region"))
def one_kit(request: Request, id: str, lanskod: str) -> Response:
    """The files of one region's kit, and the tjänsteskrivelse to read."""
    own_region(request, lanskod)
    web, found, now = web_of(request), _found(request, id), web_of(request).settings.now()
    names = [f.name for f in kit.make(web.house, id, (lanskod,), web.settings, now=now, formats=_LETTERS)]
    letter = written(kit.letter(web.house, id, lanskod, web.settings, now=now), top=2)
    region = next(r for r in queries.regions(web.house) if r.lanskod == lanskod)
    return render(request, "underlag.html", row=found.row, whole=False, kits=[(region, names)], letter=letter)


@pages.get("/uppdrag/{id}/underlag/{lanskod}/{name}", ("kansli", "region"))
def file(request: Request, id: str, lanskod: str, name: str) -> Response:
    """One file of a region's kit."""
    own_region(request, lanskod)
    web = web_of(request)
    made = kit.make(web.house, id, (lanskod,), web.settings, now=web.settings.now(), formats=_LETTERS)
    found = next((f for f in made if f.name == name), None)
    if found is None:
        raise HTTPException(404)
    return _download(found.content, found.name, _TYPES[found.name.rpartition(".")[2]])


def _found(request: Request, id: str) -> Detail:
    web = web_of(request)
    return queries.detail(web.house, id, now=web.settings.now())


def _download(content: bytes, name: str, kind: str) -> Response:
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


def _left(found: Detail) -> list[str]:
    """The regions that have neither decided nor had the version that stands."""
    version = found.matter.uppdrag.proposal_version
    return [c for c, rb in sorted(found.matter.regions.items()) if not rb.concluded and rb.sent_version != version]


def _wanted(request: Request, found: Detail, form: dict[str, str]) -> Wanted:
    day = deciding.read_days({"dag": form.get("dag", "").strip()}, [("dag", "Dagen")])["dag"]
    chosen = tuple(code for code in sorted(found.matter.regions) if form.get(f"{_WITH}{code}") == "ja")
    lacking = [] if form.get("kanal") else [Refusal.of("fact_missing", fact="kanal", label="Kanal")]
    lacking += [] if chosen else [Refusal.of("fact_missing", label="Minst en region")]
    if lacking:
        raise Refused(lacking)
    papers = tuple(p.strip() for p in form.get("handlingar", "").splitlines() if p.strip())
    return Wanted(
        actor=known_visitor(request).actor, regions=chosen, channel=form.get("kanal", ""), papers=papers, on=day
    )


def _shown(request: Request, found: Detail, form: dict[str, str], plan: Plan, *, stale: bool) -> Response:
    regions = {r.lanskod: r for r in queries.regions(web_of(request).house)}
    return render(
        request, "expediera_granska.html", status=409 if stale else 200, plan=plan, regions=regions, seal=_seal(plan),
        stale=stale, kept={k: v for k, v in form.items() if k not in ("formular", "steg", "visat")},
        channel=dict(_channels(found)).get(plan.channel, plan.channel), by_mail=plan.channel == dispatching.MAIL,
        left_out=[words.sentence(why) for _, why in plan.left_out],
        warnings=[words.sentence(w) for w in plan.warnings],
    )  # fmt: skip


def _form(request: Request, found: Detail, form: dict[str, str], no: UppdragError | None = None) -> Response:
    u = found.matter.uppdrag
    if refused := dispatching.not_approved(found.lifecycle, u):
        raise Refused([refused], subject=u.id)
    papers = "\n".join(dispatching.papers_of(u))
    fields = [
        Field(name="kanal", label="Kanal", kind="choice", options=tuple(_channels(found)), required=True),
        Field(name="handlingar", label="Handlingar, en per rad", kind="long", help="Diarienummer eller länk. "
              "Handlingar bifogas aldrig. " + (f"Utelämnat: {papers.replace(chr(10), ', ')}." if papers else "")),
        Field(name="dag", label="Dagen då det skickades", kind="date",
              help="Bara för en annan kanal än e-post, som går i dag."),
    ]  # fmt: skip
    fields = [replace(f, value=form.get(f.name, "")) for f in fields]
    wrong = NO_COMPLAINT if no is None else forms.complaint(no, [f.name for f in fields], {"mail_leaves_today": "dag"})
    regions = {r.lanskod: r for r in queries.regions(web_of(request).house)}
    rows = [(f"{_WITH}{code}", words.region(regions, code), form.get(f"{_WITH}{code}") == "ja", rb)
            for code, rb in sorted(found.matter.regions.items())]  # fmt: skip
    return render(
        request, "expediera.html", status=200 if no is None else status_of(no), row=found.row, u=u, wrong=wrong,
        fields=forms.with_errors(fields, wrong), rows=rows, left=len(_left(found)), nyckel=form.get("nyckel", ""),
    )  # fmt: skip


def _channels(found: Detail) -> list[tuple[str, str]]:
    step = sending(found.lifecycle)
    return [pair for f in (step.facts if step else ()) if f.sets == "channel" for pair in f.choices.items()]


def _seal(plan: Plan) -> str:
    """What a form carries, to say which list somebody has seen."""
    letters = [(one.region, one.to, one.message.recipient, one.message.text) if one.message else (one.region, one.to)
               for one in plan.letters]  # fmt: skip
    return sha256(repr((plan.version, plan.channel, plan.on, letters)).encode()).hexdigest()


def _done(id: str, seq: int) -> str:
    return f"/uppdrag/{id}?registrerat={seq}"
