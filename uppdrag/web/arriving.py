"""Logging in with the organisation's own login: to the OpenID provider and back, and out again."""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hmac import compare_digest
from secrets import token_urlsafe

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from uppdrag import words
from uppdrag.service import identities, oidc
from uppdrag.service.oidc import Provider
from uppdrag.web.clients import browser_of, client_of, put
from uppdrag.web.login import kept, logged_in
from uppdrag.web.permissions import PUBLIC, Pages
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import web_of
from workflow.errors import Refusal, Refused

pages = Pages()
_STATUS = {"oidc_unreachable": 503, "asked_too_often": 429}
_ASK_THE_KANSLI = ("oidc_unknown", "oidc_taken")


@pages.get("/logga-in/oidc", PUBLIC)
def leave_for(request: Request) -> Response:
    """To the provider. Nothing is written here: the browser keeps what the answer will be held against.

    Another site that leads here comes to a page where somebody chooses: else it could log people in unasked.
    """
    if request.headers.get("sec-fetch-site") == "cross-site":
        return see_other(f"/logga-in{kept(request.query_params.get('vidare', ''))}")
    token = f"{int(time.time())}.{token_urlsafe(32)}.{_packed(request.query_params.get('vidare', ''))}"
    try:
        answer = RedirectResponse(_provider(request).address(token), status_code=303)
    except Refused as no:
        return _told(request, no)
    put(request, answer, web_of(request).oidc_cookie, token, oidc.LASTS.total_seconds())
    return answer


@pages.get("/logga-in/oidc/svar", PUBLIC)
def come_back(request: Request) -> Response:
    """From the provider. The one page that changes something when it is opened: by whom began here, and once."""
    web, answer = web_of(request), dict(request.query_params)
    token = request.cookies.get(web.oidc_cookie, "")
    provider, client, now = _provider(request), client_of(request), web.settings.now()
    if not _is_ours(token, answer.get("state", "")):
        return _told(request, Refused([Refusal.of("oidc_stale")]))
    try:
        identities.begin(web.house, token, client=client, now=now)
        who = provider.who(answer, token, now=now)
        arrived = identities.arrive(
            web.house, who, choice=token_urlsafe(32), client=client, now=now, browser=browser_of(request),
            before=request.cookies.get(web.session_cookie, ""),
        )  # fmt: skip
    except Refused as no:
        return _told(request, no)
    onward = _unpacked(token.rpartition(".")[2])
    if not arrived.chooses:
        return logged_in(request, arrived.token, onward)
    page = see_other(f"/logga-in/vem{kept(onward)}")
    put(request, page, web.login_cookie, arrived.token, oidc.LASTS.total_seconds())
    return page


@pages.get("/utloggad", PUBLIC)
def left(request: Request) -> Response:
    """After a logout: how to log out from the organisation's login too."""
    web = web_of(request)
    provider = _provider(request)
    return render(
        request, "utloggad.html", name=provider.chosen.name,
        address=provider.logout_address(f"{web.settings.url}/logga-in"),
    )  # fmt: skip


def _told(request: Request, no: Refused) -> Response:
    codes = [r.code for r in no.refusals]
    return render(
        request, "logga_in_fel.html", status=next((_STATUS[c] for c in codes if c in _STATUS), 403),
        lines=[words.sentence(r) for r in no.refusals], kansli=web_of(request).settings.mail_answers_to,
        ask=any(c in _ASK_THE_KANSLI for c in codes), by_code=web_of(request).settings.code_login,
    )  # fmt: skip


def _provider(request: Request) -> Provider:
    provider = web_of(request).provider
    if provider is None:
        raise HTTPException(404)
    return provider


def _is_ours(token: str, state: str) -> bool:
    """Whether an answer belongs to what this browser began with, and not long ago."""
    began = token.partition(".")[0]
    fresh = began.isascii() and began.isdigit() and len(began) < 12
    return (
        fresh
        and 0 <= time.time() - int(began) <= oidc.LASTS.total_seconds()
        and compare_digest(oidc.state_of(token).encode(), state.encode())
    )  # fmt: skip


def _packed(onward: str) -> str:
    return urlsafe_b64encode(onward[:500].encode("utf-8", "replace")).decode().rstrip("=")


def _unpacked(packed: str) -> str:
    try:
        return urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except ValueError:
        return ""
