"""One mail: what it says, to whom and why, what became of it, and what can be done with it by hand."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256
from html import unescape
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from uppdrag import words
from uppdrag.service import mailing, preview, queries
from uppdrag.service.mailing import Letter
from uppdrag.web.confirming import confirm
from uppdrag.web.forms import Field
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import moment, render, see_other
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words.mails import MAIL_ACTS, SEND_AGAIN, Verb
from workflow.errors import UppdragError
from workflow.message import NONE, SHOWN, Inline

pages = Pages()
_STYLE = re.compile(r'\sstyle="([^"]*)"')
_SHEET = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_HREF = re.compile(r'\shref="[^"]*"')
FRAMES = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-src 'self'; frame-ancestors 'none'; base-uri 'none'",
}
"""What a page says of itself that shows a mail in a frame."""
_CODE = "Din kod till Uppdrag"


@pages.get("/utskick/{id}", ("kansli",))
def one(request: Request, id: str) -> Response:
    """A mail in full. A login code is not shown where mail may reach people: it would let one pass for another."""
    web = web_of(request)
    found = mailing.letter(web.house, id, now=web.settings.now())
    m = found.kept.queued
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    purposes = preview.names()
    response = render(
        request, "utskick_ett.html", m=m, message=found.kept.message, shown=SHOWN, letter=found,
        why=[(purposes.get(i.template, i.template), i) for i in found.intents],
        office=words.office(m.office, "" if m.region == NONE else m.region, regions) if m.office != NONE else "",
        holders=[(words.office(h.office, h.region, regions), h) for h in found.holders],
        verbs=[(act, _verb(act, found)) for act in found.possible], done=MAIL_ACTS, none=NONE,
        hidden=_hidden(request, found), frozen=found.kept.raw is not None,
    )  # fmt: skip
    response.headers.update(FRAMES)
    return response


@pages.get("/utskick/{id}/html", ("kansli",))
def html(request: Request, id: str) -> Response:
    """What the mail looks like, for a frame of ours."""
    web = web_of(request)
    found = mailing.letter(web.house, id, now=web.settings.now())
    if _hidden(request, found):
        raise HTTPException(404)
    return isolated(found.kept.message.html, found.kept.message.pictures)


@pages.get("/utskick/{id}/gor/{act}", ("kansli",))
def ask(request: Request, id: str, act: str) -> Response:
    """Whether something is to be done with a mail, and what would follow."""
    return _ask(request, id, act)


@pages.post("/utskick/{id}/gor/{act}", ("kansli",))
def do(request: Request, id: str, act: str) -> Response:
    """Do it."""
    web, form = web_of(request), form_of(request)
    if act not in MAIL_ACTS:
        raise HTTPException(404)
    who, key = known_visitor(request).name, form.get("nyckel", "")
    given: dict[str, Any] = {"who": who, "now": web.settings.now(), "key": key}
    if act == "avbryt":
        given["why"] = form.get("skal", "").strip()
    try:
        _DOES[act](web.house, id, **given)
    except UppdragError as no:
        return _ask(request, id, act, form, no)
    return see_other(f"/utskick/{id}")


_DOES: dict[str, Callable[..., str]] = {
    "hall": mailing.hold, "slapp": mailing.release, "forsok": mailing.retry, "avbryt": mailing.cancel,
}  # fmt: skip


def isolated(source: str, pictures: Iterable[Inline] = ()) -> Response:
    """A mail's HTML as a page that can do nothing: no script, no request, no link, in a sandbox.

    The pictures that came with it stand in it. Its styles stand in attributes, as mail programs want them. They are
    moved to a sheet, so that the policy can name the sheets by their digests and need allow no other.
    """
    rules: list[str] = []

    def named(found: re.Match[str]) -> str:
        rules.append(unescape(found[1]).replace("<", ""))
        return f' data-s="{len(rules)}"'

    plain = _HREF.sub("", _STYLE.sub(named, source))
    sheet = "".join(f'[data-s="{n}"]{{{rule}}}' for n, rule in enumerate(rules, start=1))
    plain = plain.replace("</title>", f"</title><style>{sheet}</style>", 1)
    digests = [b64encode(sha256(s.encode()).digest()).decode() for s in _SHEET.findall(plain)]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    for p in pictures:
        plain = plain.replace(f'"cid:{p.id}"', f'"data:{p.content_type};base64,{b64encode(p.content).decode()}"')
    policy = f"default-src 'none'; style-src {allowed}; img-src data:; frame-ancestors 'self'; base-uri 'none'; sandbox"
    return HTMLResponse(plain, headers={"content-security-policy": policy, "x-frame-options": "SAMEORIGIN"})


def _ask(
    request: Request, id: str, act: str, form: dict[str, str] | None = None, no: UppdragError | None = None
) -> Response:  # fmt: skip
    if act not in MAIL_ACTS:
        raise HTTPException(404)
    web = web_of(request)
    found = mailing.letter(web.house, id, now=web.settings.now())
    m, verb = found.kept.queued, _verb(act, found)
    doubt = "Det är osäkert om mejlet redan har gått." if act == "avbryt" and found.kept.maybe_sent else ""
    stopped = f"Adressen är spärrad: {found.suppressed}" if act == "forsok" and found.suppressed else ""
    why = Field(name="skal", label="Skälet", help="Sparas med mejlet.")
    return confirm(
        request, title=verb.question, lead=verb.follows, button=verb.button, back=(f"/utskick/{id}", "Mejlet"),
        fields=[why] if act == "avbryt" else [], warnings=[w for w in (doubt, stopped) if w], danger=act == "avbryt",
        about=[("Ämne", m.subject), ("Till", m.recipient), ("Läge", SHOWN[m.status]),
               ("Går tidigast", moment(m.not_before))], form=form, no=no,
    )  # fmt: skip


def _verb(act: str, found: Letter) -> Verb:
    return SEND_AGAIN if act == "forsok" and found.kept.maybe_sent else MAIL_ACTS[act]


def _hidden(request: Request, found: Letter) -> bool:
    real = web_of(request).settings.mail in ("testadresser", "skarp")
    return real and found.kept.queued.subject == _CODE
