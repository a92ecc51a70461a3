"""*Befattningshavare*: who holds which office, *Byt befattningshavare* step by step, and the correction of one."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from uppdrag import words
from uppdrag.service import composing, people, queries
from uppdrag.service.people import Replacement
from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import capital, day, render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.appointments import CHANGEABLE, called, in_words
from workflow.calendar import local_date
from workflow.errors import NotFound, Refusal, Refused, UppdragError
from workflow.model import Region
from workflow.people import OFFICES, REGION_OFFICES, Holder

pages = Pages()
CAPACITIES: Mapping[str, str] = {"ordinarie": "", "tf": "tf", "ersattare": "ersättare"}
_KINDS: Mapping[str, str] = {
    "ordinarie": "En efterträdare tar över", "tf": "Någon blir tillförordnad (tf)",
    "ersattare": "En ersättare under en tid; ordinarie står kvar", "vakant": "Befattningen blir vakant",
}  # fmt: skip
_NOBODY = "ingen"
_ALSO = {
    "name": "namn", "email": "epost", "first": "forsta", "last": "sista", "nobody_holds": "vem", "several_hold": "vem",
    "holder_unnamed": "namn", "shared_without_address": "epost", "ends_before_it_begins": "sista",
}  # fmt: skip
_WITH_REGION = (*REGION_OFFICES, "chefsgrupp")


class Post(NamedTuple):
    """An office in a region (länskod, empty where it has none), what people call it, and who is there or is coming."""

    office: str
    region: str
    name: str
    holders: tuple[Holder, ...]


@pages.get("/befattningshavare", ("kansli",))
def listing(request: Request) -> Response:
    """Who holds which office, the offices that nobody is known to hold, and where no mail arrives."""
    web = web_of(request)
    now = web.settings.now()
    region, office = request.query_params.get("region", "")[:2], request.query_params.get("befattning", "")[:30]
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    held: dict[tuple[str, str], list[Holder]] = {}
    for h in people.listed(web.house, now=now):
        held.setdefault((h.region, h.office), []).append(h)
    if held:
        for code in regions:
            for o in REGION_OFFICES:
                held.setdefault((code, o), [])
    order = list(OFFICES)
    posts = [
        Post(o, r, words.office(o, r, regions), tuple(held[r, o]))
        for r, o in sorted(held, key=lambda at: (at[0], order.index(at[1])))
        if (not region or r == region) and (not office or o == office)
    ]
    today = local_date(now)
    return render(
        request, "befattningshavare.html", posts=posts, region=region, office=office, regions=regions, offices=OFFICES,
        silent=people.without_address(web.house, now=now), known=bool(held), capacities=CAPACITIES,
        unheld=sum(not any(h.holds(today) and not h.vacant for h in p.holders) for p in posts), day_now=today,
        done=request.query_params.get("klart", ""),
    )  # fmt: skip


@pages.get("/befattningshavare/byt", ("kansli",))
def ask(request: Request) -> Response:
    """Which office it is about; then who leaves, who comes and from when."""
    asked = {name: request.query_params.get(name, "")[:30] for name in ("befattning", "region")}
    return _form(request, {**asked, "nyckel": forms.new_key()})


@pages.post("/befattningshavare/byt", ("kansli",))
def replace(request: Request) -> Response:
    """Show what follows, and then record it; what was shown is what is recorded."""
    web, form = web_of(request), form_of(request)
    if form.get("steg") == "andra":
        return _form(request, form)
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    office, region = form.get("befattning", ""), form.get("region", "")
    if _unfit(office, region):
        return _form(request, form)
    actor, now = known_visitor(request).actor, web.settings.now()
    try:
        stated, who, keep = _stated(request, form)
        trial = people.replace(web.house, stated, who=who, keep=keep, actor=actor, now=now, dry_run=True)
        lines = _told(trial, regions)
        seal = sha256("\n".join(lines).encode()).hexdigest()
        if form.get("steg") == "registrera" and (trial.repeated or form.get("visat") == seal):
            people.replace(web.house, stated, who=who, keep=keep, actor=actor, now=now)
            return see_other(f"/befattningshavare?{urlencode({'region': region, 'klart': 'byt'})}")
    except UppdragError as no:
        return _form(request, form, no)
    changed = ["Läget har ändrats sedan du såg listan. Kontrollera den igen."] if form.get("visat") else []
    silent = [] if trial.successor.email else ["Ingen e-postadress är känd. Post till befattningen når ingen."]
    kept = {k: v for k, v in form.items() if k not in ("formular", "steg", "visat")}
    return render(
        request, "granska.html", title="Byt befattningshavare", back="/befattningshavare", lines=lines,
        action="/befattningshavare/byt", kept={**kept, "visat": seal}, warnings=[*changed, *silent],
        about=[("Befattning", words.office(office, region, regions))], mail=_introduction(request, trial),
    )  # fmt: skip


@pages.get("/befattningshavare/ratta/{id}", ("kansli",))
def ask_correction(request: Request, id: str) -> Response:
    """What is known of somebody, to be corrected."""
    return _correction(request, id, {})


@pages.post("/befattningshavare/ratta/{id}", ("kansli",))
def correct(request: Request, id: str) -> Response:
    """Show before and after, and then record it."""
    web, form = web_of(request), form_of(request)
    if form.get("steg") == "andra":
        return _correction(request, id, form)
    stated = {
        "name": form.get("namn", ""), "email": form.get("epost", ""), "last": form.get("sista", ""),
        "shared": "ja" if form.get("delad") == "ja" else "nej",
    }  # fmt: skip
    record = form.get("steg") == "registrera"
    try:
        done = people.change(
            web.house, id, stated, actor=known_visitor(request).actor, now=web.settings.now(), dry_run=not record
        )
        if done.before == done.after and not record:
            raise Refused([Refusal.of("nothing_changed")])
    except UppdragError as no:
        return _correction(request, id, form, no)
    if record:
        return see_other(f"/befattningshavare?{urlencode({'region': done.after.region, 'klart': 'ratta'})}")
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    changed = words.differences(in_words(done.before, CHANGEABLE), in_words(done.after, CHANGEABLE))
    return render(
        request, "granska.html", title="Rätta befattningshavare", back="/befattningshavare",
        action=f"/befattningshavare/ratta/{id}", warnings=[],
        kept={k: v for k, v in form.items() if k not in ("formular", "steg")},
        lines=[f"{words.office(done.before.office, done.before.region, regions)}, {called(done.before)}: {changed}",
               *_rewritten(done.rewritten)],
        about=[],
    )  # fmt: skip


def _unfit(office: str, region: str) -> bool:
    """Whether it is not said yet which office of which region it is about."""
    return office not in OFFICES or (office in _WITH_REGION) != bool(region)


def _form(request: Request, form: Mapping[str, str], no: UppdragError | None = None) -> Response:
    web = web_of(request)
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    office, region = form.get("befattning", ""), form.get("region", "")
    if _unfit(office, region) or (region and region not in regions):
        return render(
            request, "byt_vilken.html", office=office, region=region, regions=regions, offices=OFFICES,
            with_region=office in _WITH_REGION, told=bool(office),
        )  # fmt: skip
    held = _held(request, office, region)
    fields = [forms.filled(f, form) for f in _fields(held)]
    wrong = NO_COMPLAINT if no is None else forms.complaint(no, [f.name for f in fields], _ALSO)
    return render(
        request, "byt.html", status=200 if no is None else status_of(no), name=words.office(office, region, regions),
        held=held, fields=forms.with_errors(fields, wrong), wrong=wrong, office=office, region=region,
        nyckel=form.get("nyckel", ""), capacities=CAPACITIES,
    )  # fmt: skip


def _fields(held: list[Holder]) -> list[Field]:
    leaving = [(h.id, f"{called(h)}{_suffix(h)}") for h in held]
    asked = [Field(name="vad", label="Vad händer", kind="choice", options=tuple(_KINDS.items()), required=True)]
    if held:
        help = "En ersättare tar över bara efter en tidigare ersättare. Den som har befattningen står då kvar."
        options = (*leaving, (_NOBODY, "Ingen slutar"))
        asked.append(Field(name="vem", label="Vem slutar", kind="choice", options=options, required=True, help=help))
    return [
        *asked,
        Field(name="namn", label="Namn på den som kommer", autocomplete="off"),
        Field(name="epost", label="E-postadress", autocomplete="email",
              help="Är befattningen vakant: den som bevakar den så länge."),
        Field(name="delad", label="Adressen är en delad brevlåda", kind="tick"),
        Field(name="forsta", label="Första dagen", kind="date", required=True),
        Field(name="sista", label="Sista dagen", kind="date", help="Bara om den är känd, som för en ersättare."),
    ]  # fmt: skip


def _stated(request: Request, form: Mapping[str, str]) -> tuple[dict[str, str], str, bool]:
    """What was said, as a line of a list; who leaves; and whether all stay. Raises Refused."""
    kind, who = form.get("vad", ""), form.get("vem", "")
    held = _held(request, form.get("befattning", ""), form.get("region", ""))
    wrong = []
    if kind not in _KINDS:
        wrong.append(Refusal.of("fact_missing", fact="vad", label="Vad som händer"))
    if held and kind != "ersattare" and who not in (*(h.id for h in held), _NOBODY):
        wrong.append(Refusal.of("fact_missing", fact="vem", label="Vem som slutar"))
    if kind in _KINDS and kind != "vakant" and not form.get("namn", "").strip() and not form.get("epost", "").strip():
        wrong.append(Refusal.of("fact_missing", fact="namn", label="Namnet"))
    if kind == "ersattare" and not form.get("sista", "").strip():
        wrong.append(Refusal.of("fact_missing", fact="sista", label="Sista dagen för ersättaren"))
    if wrong:
        raise Refused(wrong)
    stated = {
        "office": form.get("befattning", ""), "region": form.get("region", ""), "email": form.get("epost", ""),
        "name": "" if kind == "vakant" else form.get("namn", ""), "vacant": "ja" if kind == "vakant" else "",
        "capacity": kind if kind in ("tf", "ersattare") else "ordinarie", "shared": form.get("delad", ""),
        "first": form.get("forsta", ""), "last": form.get("sista", ""),
    }  # fmt: skip
    substitute = kind == "ersattare"
    return stated, "" if substitute or who == _NOBODY else who, who == _NOBODY and not substitute


def _held(request: Request, office: str, region: str) -> list[Holder]:
    """Who holds an office now or later."""
    web = web_of(request)
    return [h for h in people.listed(web.house, now=web.settings.now()) if (h.office, h.region) == (office, region)]


def _told(done: Replacement, regions: Mapping[str, Region]) -> list[str]:
    """What a change comes to, in sentences."""
    h = done.successor
    name = capital(words.office(h.office, h.region, regions))
    if done.repeated:
        return [f"Så var det redan. {name}: {called(h)} från {day(h.first)}."]
    until = f" till {day(h.last)}" if h.last else ""
    lines = [f"{called(gone)} slutar {day(gone.last)}." for gone in done.ended]
    lines.append(f"{name}{_suffix(h)}: {called(h)} från {day(h.first)}{until}.")
    if done.open:
        lines.append(f"Det som är öppet i regionen går över: {', '.join(done.open)}.")
    if done.introduced:
        lines.append(f"En introduktion går till {h.email}: vad som är öppet, och hur man svarar.")
    return [*lines, *_rewritten(done.rewritten)]


def _introduction(request: Request, done: Replacement) -> tuple[str, str, str] | None:
    """The mail that welcomes whoever comes, as it would be today: the heading over it, its subject and its text."""
    web, h = web_of(request), done.successor
    if not done.introduced:
        return None
    mail = composing.introduction(web.house, h, now=web.settings.now(), settings=web.settings)
    return f"Introduktionen till {h.email}, som den hade sett ut i dag", mail.subject, mail.text


def _rewritten(mails: int) -> list[str]:
    told = "mejl som inte har gått eller inte kommit fram skrivs på nytt, till rätt mottagare"
    return [f"{mails} {told}."] if mails else []


def _suffix(h: Holder) -> str:
    return f" ({CAPACITIES[h.capacity]})" if CAPACITIES[h.capacity] else ""


def _correction(
    request: Request, id: str, form: Mapping[str, str], no: UppdragError | None = None
) -> Response:  # fmt: skip
    web = web_of(request)
    holder = next((h for h in people.listed(web.house, now=web.settings.now(), ended=True) if h.id == id), None)
    if holder is None:
        raise NotFound("holder", id)
    last = holder.last.isoformat() if holder.last else ""
    fields = [
        Field(name="namn", label="Namn", value=holder.name, autocomplete="off"),
        Field(name="epost", label="E-postadress", value=holder.email, autocomplete="email"),
        Field(name="delad", label="Adressen är en delad brevlåda", kind="tick", value="ja" if holder.shared else ""),
        Field(name="sista", label="Sista dagen", kind="date", value=last, help="Lämna tomt om tiden inte är bestämd."),
    ]
    if form:
        fields = [forms.filled(f, {"delad": "", **form}) for f in fields]
    wrong = NO_COMPLAINT if no is None else forms.complaint(no, [f.name for f in fields], _ALSO)
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    return render(
        request, "ratta_person.html", status=200 if no is None else status_of(no), holder=holder, wrong=wrong,
        name=words.office(holder.office, holder.region, regions), fields=forms.with_errors(fields, wrong),
    )  # fmt: skip
