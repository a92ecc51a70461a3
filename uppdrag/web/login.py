"""Logging in: an address, the code that was mailed to it, and then who it is. A link opens a form as well."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import queries, signing_in
from uppdrag.service.signing_in import Visitor, WebRole
from uppdrag.web import forms
from uppdrag.web.clients import browser_of, client_of, put
from uppdrag.web.compression import AS_IT_IS
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Complaint, Field
from uppdrag.web.permissions import EVERYBODY, PUBLIC, Pages, form_of
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, visitor_of, web_of
from workflow.errors import Refused
from workflow.people import OFFICES

pages = Pages()
_ROLES: dict[WebRole, str] = {
    "kansli": "Kansliet", "chefsgrupp": "Chefsgruppen", "insyn": "Insyn", "drift": "Drift", "region": "Region",
}  # fmt: skip
_OURS = re.compile(r"/(?!/)[^\\\s\x00-\x1f]{0,500}")


@pages.get("/logga-in", PUBLIC)
def login(request: Request) -> Response:
    """Where a login begins."""
    if visitor_of(request) is not None:
        return see_other(_onward(request.query_params.get("vidare", "")))
    return _address(request, request.query_params.get("vidare", ""))


@pages.post("/logga-in", PUBLIC)
def ask(request: Request) -> Response:
    """Mail a code, where the address is known; say the same where it is not."""
    web, form = web_of(request), form_of(request)
    if not web.settings.code_login:
        return see_other(f"/logga-in{kept(form.get('vidare', ''))}")
    address, onward = form.get("adress", "").strip(), form.get("vidare", "")
    if not 3 <= len(address) <= 254 or "@" not in address or not address.isprintable():
        wrong = Complaint({"adress": "Skriv hela adressen, till exempel registrator@region.se."}, ())
        return _address(request, onward, address, wrong, status=422)
    try:
        token = signing_in.ask_code(
            web.house, web.settings, address, client=client_of(request), now=web.settings.now()
        )  # fmt: skip
    except Refused as no:
        return _address(request, onward, address, forms.complaint(no, ("adress",)), status=status_of(no))
    answer = see_other(f"/logga-in/kod{kept(onward)}")
    put(request, answer, web.login_cookie, token, signing_in.CODE_LASTS.total_seconds())
    return answer


@pages.get("/logga-in/kod", PUBLIC)
def code(request: Request) -> Response:
    """Where the code is written."""
    return _code(request, request.query_params.get("vidare", ""))


@pages.post("/logga-in/kod", PUBLIC)
def prove(request: Request) -> Response:
    """Take the code."""
    web, form = web_of(request), form_of(request)
    onward = form.get("vidare", "")
    try:
        signing_in.prove(web.house, _login_token(request), form.get("kod", "")[:20], now=web.settings.now())
    except Refused as no:
        return _code(request, onward, forms.complaint(no, ("kod",), {"code_wrong": "kod", "code_spent": "kod"}), 422)
    return see_other(f"/logga-in/vem{kept(onward)}")


@pages.get("/logga-in/vem", PUBLIC)
def who(request: Request) -> Response:
    """Where the person behind the office's address says who it is."""
    return _who(request, request.query_params.get("vidare", ""))


@pages.post("/logga-in/vem", PUBLIC)
def enter(request: Request) -> Response:
    """Log in."""
    web, form = web_of(request), form_of(request)
    onward, name, post = form.get("vidare", ""), form.get("namn", ""), form.get("befattning", "")
    try:
        token = signing_in.enter(
            web.house, _login_token(request), post, name, now=web.settings.now(), before=_session_token(request),
            browser=browser_of(request),
        )  # fmt: skip
    except Refused as no:
        return _who(request, onward, name, post, no)
    return logged_in(request, token, onward)


@pages.get("/logga-in/lank", PUBLIC)
def link(request: Request) -> Response:
    """What a link opens: a form, for what only opens links must not use it up."""
    return _link(request, request.query_params.get("nyckel", ""))


@pages.post("/logga-in/lank", PUBLIC)
def accept(request: Request) -> Response:
    """Log in with a link."""
    web, form = web_of(request), form_of(request)
    key, name = form.get("nyckel", ""), form.get("namn", "")
    try:
        token = signing_in.accept(
            web.house, key, name, now=web.settings.now(), before=_session_token(request), browser=browser_of(request)
        )
    except Refused as no:
        return _link(request, key, name, forms.complaint(no, ("namn",), {"name_missing": "namn"}), 422)
    return logged_in(request, token, "")


@pages.post("/logga-ut", EVERYBODY)
def leave(request: Request) -> Response:
    """Log out."""
    signing_in.leave(web_of(request).house, _session_token(request))
    return after_logout(request, known_visitor(request))


def after_logout(request: Request, visitor: Visitor) -> Response:
    """Forget the session, and say how to leave the organisation's own login where that was used."""
    web = web_of(request)
    answer = see_other("/utloggad" if visitor.issuer and web.provider else "/logga-in")
    answer.delete_cookie(web.session_cookie, path="/", secure=web.secure, httponly=True, samesite="lax")
    answer.headers["clear-site-data"] = '"cache", "storage"'
    return answer


def _address(
    request: Request, onward: str, value: str = "", wrong: Complaint = NO_COMPLAINT, status: int = 200
) -> Response:
    field = Field(
        name="adress", label="Befattningens e-postadress", value=value, required=True, autocomplete="email",
        help="Adressen som kansliet skriver till, ofta en delad brevlåda.",
    )  # fmt: skip
    fields, chosen = forms.with_errors([field], wrong), web_of(request).settings
    return render(
        request, "logga_in.html", status=status, fields=fields, wrong=wrong, vidare=onward, onward=kept(onward),
        provider=chosen.oidc.name if chosen.oidc else "", by_code=chosen.code_login, left_behind=onward == "/fortsatt",
    )  # fmt: skip


def _code(request: Request, onward: str, wrong: Complaint = NO_COMPLAINT, status: int = 200) -> Response:
    field = Field(
        name="kod", label="Koden, sex siffror", kind="number", required=True, autocomplete="one-time-code", narrow=True
    )
    fields = forms.with_errors([field], wrong)
    return render(request, "logga_in_kod.html", status=status, fields=fields, wrong=wrong, vidare=onward)


def _who(request: Request, onward: str, name: str = "", post: str = "", no: Refused | None = None) -> Response:
    web = web_of(request)
    try:
        posts = signing_in.posts(web.house, _login_token(request), now=web.settings.now())
        known = signing_in.called(web.house, _login_token(request), now=web.settings.now())
    except Refused:
        return see_other(f"/logga-in{kept(onward)}")
    regions = {r.lanskod: r.name for r in queries.regions(web.house)}
    names = tuple((p.key, _called(p, regions)) for p in posts)
    fields = []
    if not known:
        fields.append(
            Field(name="namn", label="Ditt namn", value=name, required=True, autocomplete="name",
                  help="Namnet står vid det du registrerar."),
        )  # fmt: skip
    if len(names) > 1:
        fields.append(
            Field(name="befattning", label="Vilken befattning gäller det?", kind="choice", value=post, required=True,
                  options=names),
        )  # fmt: skip
    wrong = NO_COMPLAINT
    if no is not None:
        wrong = forms.complaint(no, [f.name for f in fields], {"name_missing": "namn", "post_missing": "befattning"})
    return render(
        request, "logga_in_vem.html", status=422 if wrong.any else 200, fields=forms.with_errors(fields, wrong),
        wrong=wrong, vidare=onward, known=known, only=names[0][1] if len(names) == 1 else "",
    )  # fmt: skip


def _link(
    request: Request, key: str, name: str = "", wrong: Complaint = NO_COMPLAINT, status: int = 200
) -> Response:  # fmt: skip
    field = Field(
        name="namn", label="Ditt namn", value=name, required=True, autocomplete="name",
        help="Namnet står vid det du registrerar.",
    )  # fmt: skip
    fields = forms.with_errors([field], wrong)
    answer = render(request, "logga_in_lank.html", status=status, fields=fields, wrong=wrong, nyckel=key)
    answer.headers["cache-control"] = AS_IT_IS
    return answer


def _called(post: signing_in.Post, regions: dict[str, str]) -> str:
    if not post.office:
        return _ROLES[post.role]
    place = f" i {regions.get(post.region, post.region)}" if post.region else ""
    name = OFFICES[post.office]
    return f"{name[:1].upper()}{name[1:]}{place}"


def logged_in(request: Request, token: str, onward: str) -> Response:
    """To where somebody was going, with the new session's token."""
    web = web_of(request)
    answer = see_other(_onward(onward))
    put(request, answer, web.session_cookie, token, signing_in.LONGEST.total_seconds())
    for name in (web.login_cookie, web.oidc_cookie):
        answer.delete_cookie(name, path="/", secure=web.secure, httponly=True, samesite="lax")
    return answer


def _onward(address: str) -> str:
    """Where somebody was going. Only to our own pages."""
    return address if _OURS.fullmatch(address) else "/"


def kept(onward: str) -> str:
    """The part of an address that says where somebody was going."""
    return f"?vidare={quote(_onward(onward))}" if onward else ""


def _login_token(request: Request) -> str:
    return request.cookies.get(web_of(request).login_cookie, "")


def _session_token(request: Request) -> str:
    return request.cookies.get(web_of(request).session_cookie, "")
