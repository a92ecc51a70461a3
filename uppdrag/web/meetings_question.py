"""*Fråga ledamöterna*: a question per capsulam by mail, to whom and how it reads, and once more to who is silent."""

from __future__ import annotations

from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag.service import circulating_mail as service
from uppdrag.service.circulating_mail import Plan
from uppdrag.web.errors import status_of
from uppdrag.web.meetings_kit import day_of, held, once, sentence, sentences
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render
from uppdrag.web.state import known_visitor, web_of
from workflow.errors import Refusal, Refused, UppdragError

pages = Pages()


@pages.get("/moten/{day}/fraga", ("kansli",))
def ask(request: Request, day: str) -> Response:
    """Who would be asked; with `igen` in the address those who have not answered."""
    return _page(request, day, again=request.query_params.get("igen") == "ja")


@pages.post("/moten/{day}/fraga", ("kansli",))
def send(request: Request, day: str) -> Response:
    """Send what was shown; where it is no longer what would go, show that instead."""
    web, form, on = web_of(request), form_of(request), day_of(day)
    held(request, day)
    again = form.get("igen") == "ja"

    def change() -> str:
        planned = service.plan(web.house, on, web.settings, now=web.settings.now(), again=again)
        if form.get("visat") != _seal(planned):
            raise Refused([Refusal.of("question_changed")])
        sent = service.send(web.house, on, web.settings, actor=known_visitor(request).actor, now=web.settings.now(),
                            again=again, shown=planned)  # fmt: skip
        return f"/moten/{day}?skickat={len(sent)}"

    try:
        return once(request, change)
    except UppdragError as no:
        return _page(request, day, again=again, no=no)


def _page(request: Request, day: str, *, again: bool, no: UppdragError | None = None) -> Response:
    web, there = web_of(request), held(request, day)
    if there.meeting.circulation is None:
        raise HTTPException(404)
    plan, why_not = None, sentences(no) if no is not None else []
    try:
        plan = service.plan(web.house, there.date.first, web.settings, now=web.settings.now(), again=again)
    except Refused as refused:
        why_not = why_not or sentences(refused)
    return render(
        request, "per_capsulam_fraga.html", status=200 if no is None else status_of(no), day=there.date.first,
        plan=plan, again=again, why_not=why_not, seal=_seal(plan) if plan else "",
        left_out=[sentence(r) for r in plan.left_out] if plan else [],
    )  # fmt: skip


def _seal(planned: Plan) -> str:
    letters = [(one.member, one.address, one.message.subject, one.message.text) for one in planned.letters]
    return sha256(repr((planned.version, planned.again, letters)).encode()).hexdigest()
